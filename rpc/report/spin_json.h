/* Threads that spin or poll, as views for JSON; their rows are in members_spin.c. */
#ifndef XE_RPC_REPORT_SPIN_JSON_H
#define XE_RPC_REPORT_SPIN_JSON_H

#include "xe/explain.h"
#include "xe/instance.h"
#include "xe/symbols.h"

#define XE_RPC_SPIN_PLACE (XE_PLACE_TEXT + 8u)
#define XE_RPC_SPIN_ON    128u

struct xe_rpc_spin_store_view {
    uint32_t at, tid;
    char place[XE_RPC_SPIN_PLACE];
};

struct xe_rpc_spin_word_view {
    struct xe_spin_word word;
    bool has_tid, has_object, has_gpu;
    struct xe_gpu_fence fence;          /* what the GPU does to it */
    char coming[16], stored[16];        /* values, as `value`; "": unknown, or none */
    char value[24];                     /* in hexadecimal; "": not of a size that has one */
    char last_place[XE_RPC_SPIN_PLACE]; /* of who wrote it last */
    struct xe_rpc_spin_store_view store[XE_SPIN_STORES];
    uint32_t stores; /* that are told */
    bool more_stores;
};

struct xe_rpc_spin_ask_view {
    struct xe_spin_ask ask;
    char place[XE_RPC_SPIN_PLACE];
    char kind[64]; /* of the first thing that it asks for, "": nothing */
};

struct xe_rpc_spin_view {
    uint32_t tid;
    const char *name;
    const char *certainty; /* that it spins: "certain" or "possible"     */
    const char *stuck;     /* that it never goes on; "healthy": it may   */
    struct xe_spin about;
    char place[XE_RPC_SPIN_PLACE];
    struct xe_rpc_spin_word_view word[XE_SPIN_WORDS];
    struct xe_rpc_spin_ask_view ask[XE_SPIN_ASKS];
    uint32_t change[32]; /* registers */
    uint32_t changes;
    uint32_t *writer; /* owned: tids that go on, and may write what it reads */
    uint32_t writers;
};

/* All threads that spin, in tid order, at most so many; *ret is for xe__rpc_spins_free. false: no
 * memory. */
bool xe__rpc_spins_make(struct xe_instance *instance, const struct xe_explain *explain,
                        uint32_t most, struct xe_rpc_spin_view **ret, uint32_t *ret_count);
void xe__rpc_spins_free(struct xe_rpc_spin_view *spin, uint32_t count);

/* Of the first thing that a question asks for: "Event/Auto"; "" if it asks for nothing. */
/* Of a register that a device has there; NULL: none, or no name. */
const char *xe__rpc_spin_register(const struct xe_spin_word *word);
void xe__rpc_spin_kind(const struct xe_explain *explain, const struct xe_spin_ask *ask,
                       char text[64]);
/* What a thread spins on, or asks for, in a few words: "0x82030010", "GPU registers (CP_RB_WPTR)",
 * "Event/Auto 0x00001004". */
void xe__rpc_spin_on(const struct xe_explain *explain, const struct xe_spin *spin,
                     char text[XE_RPC_SPIN_ON]);

#endif
