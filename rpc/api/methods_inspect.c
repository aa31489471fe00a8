/* Rows that look into an instance: threads, objects, memory, digest, exports, log. All of them are
 * out of band: answered from a safe point while a run goes on, changing nothing. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"
#include "xe/instance.h"

#define BYTES  struct xe_rpc_bytes_view
#define LIST   struct xe_rpc_list_view
#define VALUES struct xe_rpc_registers_view
#define DIGEST struct xe_rpc_digest_view

const struct xe_rpc_type xe_rpc_thread_list = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("threads", LIST, items, &xe_rpc_short_threads, "in order of their ids"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_registers_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(VALUES, base.),
        M_INT("tid", VALUES, tid, NULL, "thread id"),
        M_VALUE("registers", VALUES, registers, &xe_rpc_registers, "64-bit values by name"),
        M_VALUE("vectors", VALUES, vectors, &xe_rpc_vectors, "16 bytes in guest order by name"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_object_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &xe_rpc_objects, "in order of their ids"),
        M_NEXT_CURSOR(LIST, next_cursor),
        M_END,
    }};

static const char *const encoding_words[] = {"hex", "base64", NULL};
static const struct xe_rpc_type encoding = {.kind = XE_RPC_KIND_ENUM, .values = encoding_words};

const struct xe_rpc_type xe_rpc_bytes = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(BYTES, base.),
        M_HEX("address", BYTES, address, "as asked"),
        M_INT("length", BYTES, length, "bytes", "as asked"),
        M_VALUE("encoding", BYTES, base64, &encoding, "of bytes"),
        M_STRING("bytes", BYTES, bytes, "the memory"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_digest_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(DIGEST, base.),
        M_DIGEST("digest", DIGEST, digest, "of the state"),
        M_VALUE("components", DIGEST, components, &xe_rpc_components, "digest by component"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_export_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &xe_rpc_exports, "by module and ordinal"),
        M_NEXT_CURSOR(LIST, next_cursor),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_log_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &xe_rpc_log_lines, "oldest first"),
        M_INT("next_seq", LIST, next_seq, NULL, "from_seq to go on with"),
        M_END,
    }};

static const char *const kind_words[] = {"all", "implemented", "partial", "missing", NULL};
static const struct xe_rpc_type export_kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};

#define THREAD_CURSOR_MAX 8589934591LL /* 2^33 - 1: an id, and whether it has ended */

const struct xe_rpc_method xe_rpc_method_thread_diagnostic = {
    .name = "thread.diagnostic",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Every thread: where it is, what it waits for, who called; and the run's totals.",
    .result = &xe_rpc_thread_diagnostic,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"limit", &xe_rpc_int, OPTIONAL, 1, 4096, "threads at most; a page may be shorter",
             4096},
            {"cursor", &xe_rpc_int, OPTIONAL, 0, THREAD_CURSOR_MAX,
             "where to go on: next_cursor of the page before", 0},
            PARAM_FORMAT,
        },
};

const struct xe_rpc_method xe_rpc_method_thread_list = {
    .name = "thread.list",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The threads, one short object each.",
    .result = &xe_rpc_thread_list,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_thread_registers = {
    .name = "thread.registers",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "All registers of one thread.",
    .result = &xe_rpc_registers_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_HANDLE_UNKNOWN, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"tid", &xe_rpc_int, REQUIRED, 0, UINT32_MAX, "thread id", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_object_list = {
    .name = "object.list",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Kernel objects, with their handles, state and waiters.",
    .result = &xe_rpc_object_page,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"type", &xe_rpc_string, OPTIONAL, 1, 32, "only this type, e.g. \"event\"", 0},
            PARAM_LIMIT,
            PARAM_CURSOR,
        },
};

const struct xe_rpc_method xe_rpc_method_mem_read = {
    .name = "mem.read",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Read guest memory.",
    .result = &xe_rpc_bytes,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_ADDRESS_UNMAPPED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"address", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "first guest virtual address", 0},
            {"length", &xe_rpc_int, REQUIRED, 1, 1 << 20, "bytes to read", 0},
            {"encoding", &encoding, OPTIONAL, 0, 0, "of the result; default hex", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_digest_get = {
    .name = "digest.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Digest of all guest-visible state, whole and by component.",
    .result = &xe_rpc_digest_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_title_exports = {
    .name = "title.exports",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Exports that the title imports or asked for: are they there, how often called.",
    .result = &xe_rpc_export_page,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"filter", &export_kind, OPTIONAL, 0, 0,
             "all (default), implemented (in part, too), partial or missing", 0},
            PARAM_LIMIT,
            PARAM_CURSOR,
        },
};

const struct xe_rpc_method xe_rpc_method_log_tail = {
    .name = "log.tail",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Log lines of the instance; level print is the title's own debug output.",
    .result = &xe_rpc_log_page,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"from_seq", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX,
             "first line; 0 = the newest ones", 0},
            {"level", &xe_rpc_log_level, OPTIONAL, 0, 0, "only this level", 0},
            {"category", &xe_rpc_string, OPTIONAL, 1, 32, "only this category, e.g. \"file\"", 0},
            PARAM_LIMIT,
        },
};
