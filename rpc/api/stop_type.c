/* Why a run stopped, as the API tells it: the words are the rows of xe/stops.def, all of them. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define VIEW   struct xe_rpc_stop_view
#define CALLER struct xe_rpc_caller_view
#define WITHIN struct xe_stop_within

static const char *const reason_words[] = {
#define STOP(name, word, until, signal, doc) word,
#include "xe/stops.def"
    NULL};
static const char *const stop_words[] = {"none",
#define STOP(name, word, until, signal, doc) word,
#include "xe/stops.def"
                                         NULL};
static const char *const cause_words[] = {
#define CAUSE(name, word, reason, has, signal, says, doc) word,
#include "xe/stops.def"
    NULL};

static const struct xe_rpc_type reason_type = {.kind = XE_RPC_KIND_ENUM, .values = reason_words};
static const struct xe_rpc_type cause_type = {.kind = XE_RPC_KIND_ENUM, .values = cause_words};

const struct xe_rpc_type xe_rpc_stop_word = {.kind = XE_RPC_KIND_ENUM, .values = stop_words};
const struct xe_rpc_type xe_rpc_stop_reason = {
    .kind = XE_RPC_KIND_ENUM, .null = true, .values = reason_words};

static const struct xe_rpc_type caller = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("lr", CALLER, lr, "where the call returns to"),
        M_VALUE("module", CALLER, module, &xe_rpc_guest, "whose code it is, if known",
                WHEN_SET(CALLER, module)),
        M_PLACE(CALLER, place.),
        M_END,
    }};
static const struct xe_rpc_field caller_item = {"caller", &caller, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type callers = {.kind = XE_RPC_KIND_ARRAY, .items = &caller_item};

static const struct xe_rpc_type within = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("count", WITHIN, count, "exceptions", "within each other"),
        M_HEX("newest_code", WITHIN, newest_code, "the innermost one's"),
        M_HEX("newest_address", WITHIN, newest_address, "where that happened"),
        M_HEX("first_code", WITHIN, first_code, "the outermost one's"),
        M_HEX("first_address", WITHIN, first_address, "where that happened"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_stop = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("reason", VIEW, reason, &reason_type, "as stop_reason"),
        M_STRING("text", VIEW, text, "the same as a sentence"),
        M_VALUE("cause", VIEW, cause, &cause_type, "of a crash, an exit or a break",
                WHEN_SET(VIEW, cause)),
        M_INT("tid", VIEW, info.tid, NULL, "the thread that did it", WHEN_SET(VIEW, info.tid)),
        M_HEX("pc", VIEW, info.pc, "where that is", WHEN_SET(VIEW, info.tid)),
        M_HEX("lr", VIEW, info.lr, "its link register", WHEN_SET(VIEW, info.tid)),
        M_HEX("address", VIEW, info.address, "what was accessed, or gone to",
              WHEN(VIEW, has_address, true)),
        M_HEX("code", VIEW, info.code,
              "by cause: instruction word, bug check, exception or exit code, id of a breakpoint",
              WHEN(VIEW, info.has_code, true)),
        M_ARRAY("arguments", VIEW, info.argument, info.arguments, &xe_rpc_hex_32_list,
                "of a bug check; flags of an exception", WHEN_SET(VIEW, info.arguments)),
        M_PLACE(VIEW, place.),
        M_VALUE("module", VIEW, module, &xe_rpc_guest, "of a crash: whose code pc is in",
                WHEN_SET(VIEW, module)),
        M_ARRAY("callers", VIEW, caller, callers, &callers, "of a crash, nearest first",
                WHEN_SET(VIEW, callers)),
        M_STRUCT("within", VIEW, info.within, &within,
                 "of a crash: exceptions whose handlers had not returned",
                 WHEN_SET(VIEW, info.within.count)),
        M_END,
    }};
