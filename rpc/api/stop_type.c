/* Why a run stopped, as the API tells it: the words are the rows of xe/stops.def, all of them. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define VIEW struct xe_rpc_stop_view

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
        M_END,
    }};
