/* Rows that look into an instance: threads, objects, memory, digest, exports, log. All of them are
 * out of band: answered from a safe point while a run goes on, changing nothing. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"
#include "xe/instance.h"

#define BYTES struct xe_rpc_bytes_view

static const struct xe_rpc_type threads_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"threads", &xe_rpc_short_threads, REQUIRED, 0, 0, "in order of their ids", 0},
        END}};

static const struct xe_rpc_type registers_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"tid", &xe_rpc_int, REQUIRED, 0, UINT32_MAX, "thread id", 0},
        {"registers", &xe_rpc_registers, REQUIRED, 0, 0, "64-bit values by name", 0},
        {"vectors", &xe_rpc_vectors, REQUIRED, 0, 0, "16 bytes in guest order by name", 0},
        END}};

static const struct xe_rpc_type objects_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"items", &xe_rpc_objects, REQUIRED, 0, 0, "in order of their ids", 0},
        MEMBER_NEXT_CURSOR,
        END}};

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

static const struct xe_rpc_type digest_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"digest", &xe_rpc_string, REQUIRED, 36, 36, XE_DIGEST_VERSION ":<32 hex digits>", 0},
        {"components", &xe_rpc_components, REQUIRED, 0, 0, "digest by component", 0},
        END}};

static const struct xe_rpc_type exports_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"items", &xe_rpc_exports, REQUIRED, 0, 0, "by module and ordinal", 0},
        MEMBER_NEXT_CURSOR,
        END}};

static const struct xe_rpc_type log_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"items", &xe_rpc_log_lines, REQUIRED, 0, 0, "oldest first", 0},
        {"next_seq", &xe_rpc_int, REQUIRED, 1, XE_RPC_COUNT_MAX, "from_seq to go on with", 0},
        END}};

static const char *const kind_words[] = {"all", "implemented", "missing", NULL};
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
    .result = &threads_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_thread_registers = {
    .name = "thread.registers",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "All registers of one thread.",
    .result = &registers_result,
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
    .result = &objects_result,
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
    .result = &digest_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_title_exports = {
    .name = "title.exports",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Exports that the title imports or asked for: are they there, how often called.",
    .result = &exports_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"filter", &export_kind, OPTIONAL, 0, 0, "all (default), implemented or missing", 0},
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
    .result = &log_result,
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
