/* The explanation as JSON (schema xe360/explain/1, doc/explain.md): who is stuck, behind what, who
 * should have acted, what is lacking, what to type next. The rows of these views are in
 * members_explain.c. */
#ifndef XE_RPC_REPORT_EXPLAIN_JSON_H
#define XE_RPC_REPORT_EXPLAIN_JSON_H

#include <jansson.h>

#include "rpc/report/spin_json.h"
#include "xe/explain.h"
#include "xe/instance.h"

#define XE_RPC_EXPLAIN_ROOTS    64u  /* told one by one, the weightiest first */
#define XE_RPC_EXPLAIN_LIST     256u /* threads, producers or groups of one list */
#define XE_RPC_EXPLAIN_PLACE    (XE_PLACE_TEXT + 8u)
#define XE_RPC_EXPLAIN_EVIDENCE 8u
#define XE_RPC_EXPLAIN_WANTED   4u /* objects of a group's wait that are told */
#define XE_RPC_EXPLAIN_VERDICTS 8u /* of the waiters for one root */

struct xe_rpc_producer_view {
    struct xe_producer who;
    bool has_until, has_acted;
    char place[XE_RPC_EXPLAIN_PLACE]; /* where it acted last, or made the promise; "" unknown */
    char spins_on[XE_RPC_SPIN_ON];    /* "": it doesn't                                      */
};

struct xe_rpc_explained_object {
    struct xe_released about;
    uint32_t key; /* as its first waiter named it */
    char kind[64];
    char made_at[XE_RPC_EXPLAIN_PLACE];
    struct xe_rpc_producer_view *producer; /* owned */
    uint32_t producers;
};

/* A thread that waits: for a root, or for the next one of a cycle. */
struct xe_rpc_explained_waiter {
    uint32_t tid;
    const char *name;
    const char *certainty;
    uint64_t since_cycle;
    const char *src;
    uint32_t lr, key;
    char kind[64];
    char place[XE_RPC_EXPLAIN_PLACE];
    bool all, alertable, suspended;
    uint64_t polls;                      /* it doesn't wait: it has asked so often */
    struct xe_rpc_producer_view *poster; /* owned: end its alertable waits */
    uint32_t posters;
};

struct xe_rpc_explained_root {
    const char *what; /* "object", "cycle", "thread" */
    const char *certainty;
    uint64_t since_cycle;
    const char *code, *sub;
    char text[192], detail[512];
    uint32_t call_at; /* 0: there is no such call */
    char call_place[XE_RPC_EXPLAIN_PLACE];
    uint32_t *alike; /* owned: tids that began where those who wait did, and go on */
    uint32_t alikes;
    uint64_t evidence[XE_RPC_EXPLAIN_EVIDENCE];
    uint32_t evidences;
    struct xe_audit_verdict
        *verdict; /* owned: where its waiters' differ; the first is that above */
    uint32_t verdicts;
    struct xe_rpc_explained_object *object; /* owned, as are the others */
    struct xe_rpc_explained_waiter *cycle, *waiter;
    uint32_t *behind;
    struct xe_rpc_explained_waiter *chain; /* what those wait for, the nearest first */
    struct xe_rpc_producer_view thread;    /* of what "thread" */
    bool has_thread;
    uint32_t objects, cycles, waiters, behinds; /* that are told */
    uint32_t objects_all, cycles_all, waiters_all, behinds_all;
};

/* Threads that stand alike. */
struct xe_rpc_explained_group {
    const uint32_t *tid; /* borrowed */
    uint32_t count;
    struct xe_rpc_producer_view first;
    char place[XE_RPC_EXPLAIN_PLACE]; /* of their wait */
    const char *src;
    const char *certainty;                  /* NULL: nothing is said of it */
    struct xe_rpc_explained_object *object; /* owned: what the first waits for */
    struct xe_rpc_producer_view *poster;    /* owned: end its alertable waits  */
    uint32_t objects, posters;
};

struct xe_rpc_lacking_view {
    const char *kind; /* "export", "promise", "device", "partial", or what else the kernel counts:
                       * "gpu", "file" */
    char name[256];
    uint64_t count;
    uint32_t first_caller;
    bool has_caller;
    char place[XE_RPC_EXPLAIN_PLACE]; /* of the first caller                       */
    char behind[512];                 /* who called it, and so on: "update, main"  */
    uint32_t tid;                     /* of the first; 0: no thread's, or not kept */
    char thread[64];
    const char *lacks; /* static: of what is there in part ("partial"); else NULL */
};

struct xe_rpc_explained_gpu {
    struct xe_explain_gpu about;
    const char *certainty;
    const char *halt; /* NULL: it hasn't */
    uint32_t *writer; /* owned: tids     */
    uint32_t writers;
};

struct xe_rpc_next_view {
    char command[160];
    const char *why;
};

struct xe_rpc_explain_view {
    const char *instance;
    struct xe_title_info title;
    struct xe_module_info module; /* the title's */
    uint64_t cycle;
    const char *engine;
    bool recorded;
    const char *verdict, *certainty; /* NULL: it has none */
    char sentence[1280];
    struct xe_explain_counts count;
    struct xe_rpc_explained_gpu gpu;
    struct xe_rpc_spin_view *spin; /* owned */
    uint32_t spins;
    struct xe_rpc_explained_root *root;
    uint32_t roots, roots_all;
    struct xe_rpc_explained_group *going, *healthy, *waiting;
    uint32_t goings, healthies, waitings;
    struct xe_rpc_lacking_view *lacking;
    uint32_t lackings;
    struct xe_rpc_next_view next[4];
    uint32_t nexts;
    char fingerprint[XE_FINGERPRINT_TEXT]; /* "": nobody is stuck */
    const char **shape;                    /* owned, with the texts: what it is the hash of */
    uint32_t shapes;
};

/* Of an instance; id is what the report calls it. NULL when out of memory. */
json_t *xe_rpc_explain_json(struct xe_instance *instance, const char *id);

/* How the GPU stands; its writers are the caller's (free). false: no memory. */
bool xe__rpc_explained_gpu_make(const struct xe_explain *explain, struct xe_rpc_explained_gpu *ret);
/* Of a root that is the GPU: why. false: it isn't. */
bool xe__rpc_gpu_why(const struct xe_explain *explain, const struct xe_explain_root *root,
                     struct xe_rpc_explained_root *ret);

/* What is lacking: exports that were called and aren't there, promises that nothing keeps, devices,
 * what else the kernel counts. *ret is owned by the caller (free). */
bool xe__rpc_lacking_find(struct xe_instance *instance, struct xe_rpc_lacking_view **ret,
                          uint32_t *ret_count);

#endif
