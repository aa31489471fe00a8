/* JSON-RPC 2.0, text in and text out: the method table, its checks, the exchange.
 *
 * The idea: one row per method (methods_*.c) says its name, place, scope, parameters, result and
 * errors. Validation, rpc.discover, `xe360ctl methods`, the tests and the man page read that row;
 * nothing about a method is written twice. Handlers are bound by the program that has them: the
 * daemon binds the rows placed in the daemon and forwards the others, a worker binds the rest.
 * rpc/ knows no socket and no HTTP; everything here is for one thread. */
#ifndef XE_RPC_API_RPC_H
#define XE_RPC_API_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "rpc/api/text.h"
#include "xe/error.h"
#include "xe/nearest.h"

#define XE_RPC_VERSION    "1.0"
#define XE_RPC_BODY_MAX   (256u * 1024u)
#define XE_RPC_REPLY_MAX  (4u * 1024u * 1024u)
#define XE_RPC_KEPT_MAX   (64u * 1024u * 1024u) /* of batches that aren't answered yet, together */
#define XE_RPC_BATCH_MAX  64u
#define XE_RPC_DEPTH_MAX  32u
#define XE_RPC_VALUES_MAX 16384u
#define XE_RPC_COUNT_MAX  9007199254740991LL /* 2^53 - 1: what a JSON reader can hold exactly */
#define XE_RPC_PARAMS_MAX 16
#define XE_RPC_ERRORS_MAX 12

/* JSON-RPC's own error codes; positive codes come from xe/errors.def. */
enum {
    XE_RPC_PARSE = -32700,
    XE_RPC_INVALID_REQUEST = -32600,
    XE_RPC_UNKNOWN_METHOD = -32601,
    XE_RPC_BATCH_TOO_LARGE = -32003
};

/* ---- types of values ------------------------------------------------------------------------ */

enum xe_rpc_kind {
    XE_RPC_KIND_ANY,
    XE_RPC_KIND_BOOL,
    XE_RPC_KIND_INT,    /* field's min and max bound the value                          */
    XE_RPC_KIND_HEX,    /* "0x..." out; integer, "0x..." or decimal string in; bounded  */
    XE_RPC_KIND_STRING, /* field's min and max bound the length in bytes                */
    XE_RPC_KIND_ENUM,   /* one of values                                                */
    XE_RPC_KIND_ARRAY,  /* field's min and max bound the number of items                */
    XE_RPC_KIND_OBJECT,
    XE_RPC_KIND_MAP /* object whose members are named by what they are about; items: each value */
};

struct xe_rpc_field;
struct xe_rpc_member; /* rpc/api/member.h */

struct xe_rpc_type {
    enum xe_rpc_kind kind;
    bool open;                           /* object: members beside `fields` are allowed  */
    bool null;                           /* null is allowed                              */
    const char *const *values;           /* enum: the words, NULL at the end             */
    const struct xe_rpc_field *items;    /* array: what each item is (name unused)       */
    const struct xe_rpc_field *fields;   /* object: members, NULL name at the end       */
    const struct xe_rpc_member *members; /* or these, which lie in a C struct          */
    const struct xe_rpc_type *other;     /* object: it may be like this one instead    */
    bool guest; /* string: printable ASCII, '?' for what a guest wrote beside that     */
    int digits; /* hex: answered, never taken, as "0x" and so many; 0: taken as well  */
};

/* A parameter or a member. min = max = 0 means the kind's natural bounds. */
struct xe_rpc_field {
    const char *name;
    const struct xe_rpc_type *type;
    bool required;
    int64_t min, max;
    const char *doc;
    int64_t fallback; /* value of an absent int, hex or bool */
};

#define XE_RPC_REQUIRED true
#define XE_RPC_OPTIONAL false

extern const struct xe_rpc_type xe_rpc_any, xe_rpc_bool, xe_rpc_int, xe_rpc_addr, xe_rpc_u64,
    xe_rpc_scope_type, xe_rpc_scope_list, xe_rpc_string, xe_rpc_text_or_null, xe_rpc_open,
    xe_rpc_handles, xe_rpc_strings, xe_rpc_format;
/* Of members: "0x%08x" and "0x%016x", what a guest wrote, and lists. */
extern const struct xe_rpc_type xe_rpc_hex_32, xe_rpc_hex_64, xe_rpc_hex_32_or_null, xe_rpc_guest,
    xe_rpc_guest_or_null, xe_rpc_int_or_null, xe_rpc_bool_or_null, xe_rpc_hex_32_list,
    xe_rpc_hex_64_list, xe_rpc_int_list;

/* The n-th member of an object type, of either sort; field is NULL behind the last. */
struct xe_rpc_slot {
    const struct xe_rpc_field *field;
    bool required;
    const char *unit;
};
/* The n-th member of an object type, wherever its rows lie. */
struct xe_rpc_slot xe_rpc_slot(const struct xe_rpc_type *type, size_t n);

/* Does value fit field? The first misfit is described: *path ("params.config.seed"), found and
 * expected in err (XE_ERR_INVALID_PARAMS). */
struct xe_rpc_misfit {
    char path[256];
    char expected[160];
    bool unknown;                   /* path names a member that does not exist ... */
    const struct xe_rpc_type *type; /* ... of this type */
};
/* Does a value fit its field? false: *ret says what doesn't, by its path, and why. */
bool xe_rpc_check(const struct xe_rpc_field *field, const json_t *value, const char *path,
                  struct xe_rpc_misfit *ret);

/* The same of a value of this type, when nobody asks where it doesn't fit. */
bool xe_rpc_fits(const struct xe_rpc_type *type, const json_t *value);

/* What comes with a worker's event of this topic; NULL: there is no such event. */
const struct xe_rpc_type *xe_rpc_event_type(const char *topic);

/* JSON Schema of a field, as rpc.discover shows it. Owned by the caller. */
json_t *xe_rpc_schema(const struct xe_rpc_field *field);

/* ---- the method table ----------------------------------------------------------------------- */

enum xe_rpc_place {
    XE_RPC_DAEMON, /* answered by the daemon itself                     */
    XE_RPC_WORKER, /* answered by the worker of the instance it names   */
    XE_RPC_BOTH    /* prepared by the daemon, answered by a new worker  */
};

enum xe_rpc_scope {
    XE_RPC_READ = 1,
    XE_RPC_RUN = 2,
    XE_RPC_DEBUG = 4,
    XE_RPC_ADMIN = 8,
    XE_RPC_SCOPES = 15
};
/* Of one scope: "read", "run", "debug" or "admin". */
const char *xe_rpc_scope_name(enum xe_rpc_scope scope);

enum {
    XE_RPC_OOB = 1,  /* a read: answered while the instance runs, changes nothing       */
    XE_RPC_SLOW = 2, /* may take as long as the guest needs; liveness is seen by events */
    /* What a caller whose token has a prefix reaches of it: */
    XE_RPC_NAMES = 4,  /* `name` names what is made or used, an instance or a snapshot  */
    XE_RPC_FROM = 8,   /* `snapshot` names one that is used                             */
    XE_RPC_WHOLE = 16, /* nothing: it concerns the whole daemon                         */
};

struct xe_rpc_method {
    const char *name;
    enum xe_rpc_place place;
    enum xe_rpc_scope scope;
    unsigned flags;
    const char *doc;
    struct xe_rpc_field params[XE_RPC_PARAMS_MAX];
    const struct xe_rpc_type *result;
    enum xe_err errors[XE_RPC_ERRORS_MAX];
};

enum xe_rpc_method_id {
#define METHOD(id, text) XE_RPC_M_##id,
#include "rpc/api/methods.def"
#undef METHOD
    XE_RPC_METHODS
};

#define METHOD(id, text) extern const struct xe_rpc_method xe_rpc_method_##id;
#include "rpc/api/methods.def"
#undef METHOD

/* All rows, sorted by name, XE_RPC_METHODS of them. */
extern const struct xe_rpc_method *const xe_rpc_methods[];

/* NULL if there is none. */
const struct xe_rpc_method *xe_rpc_method_find(const char *name);
enum xe_rpc_method_id xe_rpc_method_id(const struct xe_rpc_method *method);

/* Names of methods near a wrong one: how many of ret are set. */
size_t xe_rpc_nearest(const char *name, const char *ret[XE_NEAREST_MAX]);

/* The OpenRPC 1.3 document. Owned by the caller. */
json_t *xe_rpc_discover(void);

/* ---- errors --------------------------------------------------------------------------------- */

/* A JSON-RPC error object {code, message, data{kind, retryable, hint, ...}}; extra (taken, may be
 * NULL) is merged into data. Owned by the caller. */
json_t *xe_rpc_error(const struct xe_error *err, json_t *extra);
json_t *xe_rpc_protocol_error(int code, const char *message, json_t *extra);

/* ---- calls ---------------------------------------------------------------------------------- */

/* Who calls, and what he may. */
struct xe_rpc_caller {
    unsigned scopes;
    const char *name;   /* of his token; "": he is the owner, or has the token of this start */
    const char *prefix; /* he sees what lasts only where its name begins so; "": all of it   */
};
extern const struct xe_rpc_caller xe_rpc_owner; /* who may everything */

/* One call under way. The handler answers exactly once, now or later, with reply or fail. */
struct xe_rpc_call {
    const struct xe_rpc_method *method;
    json_t *params; /* owned: an object that fits the row */
    void *ctx;      /* the server's */
    void (*done)(struct xe_rpc_call *call, json_t *result, json_t *error); /* one is NULL */
    void *owner;                                                           /* done's */
    const struct xe_rpc_caller *caller; /* borrowed until it is answered */
    /* While done is called: the result of xe_rpc_reply_text, result and error being NULL. Done's to
     * take. */
    struct xe_rpc_text *text;
};

typedef void xe_rpc_handler(struct xe_rpc_call *call);

struct xe_rpc_server {
    xe_rpc_handler *const *handlers; /* by method id; NULL where this program has none */
    xe_rpc_handler *forward;         /* for rows without a handler; NULL: unknown method */
    void *ctx;
    size_t *kept; /* bytes of replies that wait for the rest of their batches; NULL: not counted */
    bool (*admit)(const struct xe_rpc_call *call, struct xe_error *err); /* or NULL */
};

/* Start one call: find, check and normalise (by position -> by name), then run the handler. params
 * may be NULL or null and is borrowed. done gets the outcome, perhaps before this returns. */
void xe_rpc_start(const struct xe_rpc_server *server, const char *method, const json_t *params,
                  const struct xe_rpc_caller *caller,
                  void (*done)(struct xe_rpc_call *call, json_t *result, json_t *error),
                  void *owner);

/* Answer a call and free it. result is given; NULL (out of memory) becomes an internal error. */
void xe_rpc_reply(struct xe_rpc_call *call, json_t *result);
/* The same with a result that is JSON text, of which xe_rpc_is_object is true. It is given, unless
 * done leaves it. */
void xe_rpc_reply_text(struct xe_rpc_call *call, struct xe_rpc_text *text);
void xe_rpc_fail(struct xe_rpc_call *call, const struct xe_error *err);
void xe_rpc_fail_json(struct xe_rpc_call *call, json_t *error); /* error object, given */

/* Checked parameters; an absent one gives the row's fallback (strings: NULL). */
bool xe_rpc_has(const struct xe_rpc_call *call, const char *name);
int64_t xe_rpc_arg_int(const struct xe_rpc_call *call, const char *name);
bool xe_rpc_arg_bool(const struct xe_rpc_call *call, const char *name);
uint32_t xe_rpc_arg_u32(const struct xe_rpc_call *call, const char *name);
const char *xe_rpc_arg_string(const struct xe_rpc_call *call, const char *name);
json_t *xe_rpc_arg_json(const struct xe_rpc_call *call, const char *name); /* borrowed */

/* The value of a HEX-kind JSON value: integer, "0x..." or decimal string. */
bool xe_rpc_hex_value(const json_t *value, uint64_t *ret);
json_t *xe_rpc_hex32(uint32_t value); /* "0x%08x" */
json_t *xe_rpc_hex64(uint64_t value); /* "0x%016x" */

/* ---- text exchange -------------------------------------------------------------------------- */

/* Answer one request text, single or batch. done gets the reply (of no bytes when there is nothing
 * to say: notifications only), perhaps before this returns; what it doesn't take of it is freed. */
typedef void xe_rpc_answered(void *ctx, struct xe_rpc_text *reply);
void xe_rpc_exchange(const struct xe_rpc_server *server, const char *text, size_t size,
                     const struct xe_rpc_caller *caller, xe_rpc_answered *done, void *ctx);

#endif
