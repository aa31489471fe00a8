/* Members of what lists show: objects, exports, log lines. */
#include "rpc/api/rows.h"
#include "xe/instance.h"

#define OBJECT struct xe_object_info
#define EXPORT struct xe_export_info
#define LINE   struct xe_log_line

const struct xe_rpc_type xe_rpc_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("id", OBJECT, id, NULL, "number of the object; never used again"),
        M_STRING("type", OBJECT, type, "such as event, thread or file"),
        M_MADE_OR_NULL("kind", OBJECT, kind, xe__rpc_member_kind,
                       "such as Event/Manual; null: nothing can wait for it",
                       GIVEN(OBJECT, waitable, true)),
        M_BOOL("waitable", OBJECT, waitable, "a thread can wait for it"),
        M_BOOL("signaled", OBJECT, signaled, "is it signaled?"),
        M_HEX("address", OBJECT, address, "in guest memory; 0: it isn't there"),
        M_ARRAY("handles", OBJECT, handle, handles, &xe_rpc_hex_32_list, "open handles, at most 8"),
        M_INT("handle_count", OBJECT, handles, NULL, "open handles"),
        M_INT("references", OBJECT, references, NULL, "by pointer"),
        M_INT("waiters", OBJECT, waiters, "threads", "parked on it"),
        M_INT("owner_tid", OBJECT, owner_tid, NULL, "the thread that holds it; 0: none"),
        M_STRING("name", OBJECT, name, "may be empty"),
        M_END,
    }};
static const struct xe_rpc_field object_item = {"object", &xe_rpc_object, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_objects = {.kind = XE_RPC_KIND_ARRAY, .items = &object_item};

static const char *const status_words[] = {"missing", "implemented", NULL};
static const struct xe_rpc_type status = {.kind = XE_RPC_KIND_ENUM, .values = status_words};

const struct xe_rpc_type xe_rpc_export = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("module", EXPORT, module, "xboxkrnl, xam, xbdm; or the name asked for"),
        M_INT("ordinal", EXPORT, ordinal, NULL, "number in the module"),
        M_STRING("name", EXPORT, name, "? where nobody knows"),
        M_BOOL("variable", EXPORT, variable, "else a function"),
        M_VALUE("status", EXPORT, implemented, &status, "is it there?"),
        M_VALUE("state", EXPORT, state, &xe_rpc_coverage_state,
                "the same, telling what is there in part"),
        M_VALUE("lacks", EXPORT, lacks, &xe_rpc_text_or_null, "what isn't there of it",
                GIVEN_SET(EXPORT, lacks)),
        M_VALUE("why", EXPORT, why, &xe_rpc_text_or_null,
                "why it is missing, where somebody has said that", GIVEN_SET(EXPORT, why)),
        M_BOOL("imported", EXPORT, imported, "by the title"),
        M_INT("calls", EXPORT, calls, NULL, "so far"),
        M_HEX("first_lr", EXPORT, first_lr, "where the first call returned to"),
        M_INT("last_tid", EXPORT, last_tid, NULL, "who called it last"),
        M_HEX("last_lr", EXPORT, last_lr, "where that call returned to"),
        M_INT("last_cycle", EXPORT, last_cycle, "instructions", "when that was"),
        M_HEX("last_result", EXPORT, last_result, "what it was answered, r3"),
        M_VALUE("signature", EXPORT, signature, &xe_rpc_text_or_null,
                "names and types of its parameters; null: unknown", GIVEN_SET(EXPORT, signature)),
        M_END,
    }};
static const struct xe_rpc_field export_item = {"export", &xe_rpc_export, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_exports = {.kind = XE_RPC_KIND_ARRAY, .items = &export_item};

static const char *const level_words[] = {XE_LOG_LEVEL_WORDS, NULL};
const struct xe_rpc_type xe_rpc_log_level = {.kind = XE_RPC_KIND_ENUM, .values = level_words};

const struct xe_rpc_type xe_rpc_log_line = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("seq", LINE, seq, NULL, "number of the line, from 1 on"),
        M_INT("cycle", LINE, cycle, "instructions", "when it was written"),
        M_INT("tid", LINE, tid, NULL, "the thread; 0: none"),
        M_VALUE("level", LINE, level, &xe_rpc_log_level, "how bad it is, or whose"),
        M_STRING("category", LINE, category, "such as kernel or file"),
        M_STRING("text", LINE, text, "the line"),
        M_END,
    }};
static const struct xe_rpc_field line_item = {"line", &xe_rpc_log_line, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_log_lines = {.kind = XE_RPC_KIND_ARRAY, .items = &line_item};

static const struct xe_rpc_field register_item = {"value", &xe_rpc_hex_64, REQUIRED, 0,
                                                  0,       "of it",        0};
const struct xe_rpc_type xe_rpc_registers = {.kind = XE_RPC_KIND_MAP, .items = &register_item};
static const struct xe_rpc_field vector_item = {
    "value", &xe_rpc_string, REQUIRED, 32, 32, "hexadecimal digits, in guest order", 0};
const struct xe_rpc_type xe_rpc_vectors = {.kind = XE_RPC_KIND_MAP, .items = &vector_item};
