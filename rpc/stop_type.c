/* Why a run stopped, as the API tells it: the words are the rows of xe/stops.def, all of them. */
#include "rpc/rows.h"

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

static const struct xe_rpc_field argument_item = {"argument", &xe_rpc_addr,      REQUIRED, 0,
                                                  UINT32_MAX, "as it was given", 0};
static const struct xe_rpc_type argument_list = {.kind = XE_RPC_KIND_ARRAY,
                                                 .items = &argument_item};

const struct xe_rpc_type xe_rpc_stop_word = {.kind = XE_RPC_KIND_ENUM, .values = stop_words};
const struct xe_rpc_type xe_rpc_stop_reason = {
    .kind = XE_RPC_KIND_ENUM, .null = true, .values = reason_words};

const struct xe_rpc_type xe_rpc_stop = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"reason", &reason_type, REQUIRED, 0, 0, "as stop_reason", 0},
        {"cause", &cause_type, OPTIONAL, 0, 0, "of a crash, an exit or a break", 0},
        {"tid", &xe_rpc_int, OPTIONAL, 1, UINT32_MAX, "the thread that did it", 0},
        {"pc", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "where that is", 0},
        {"lr", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "its link register", 0},
        {"function", &xe_rpc_guest, OPTIONAL, 0, 0, "what pc lies in, if known", 0},
        {"offset", &xe_rpc_int, OPTIONAL, 0, UINT32_MAX, "from where that begins (bytes)", 0},
        {"file", &xe_rpc_guest, OPTIONAL, 0, 0, "source that pc was made of, if known", 0},
        {"line", &xe_rpc_int, OPTIONAL, 1, UINT32_MAX, "in that", 0},
        {"address", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "what was accessed, or gone to", 0},
        {"code", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX,
         "by cause: instruction word, bug check, exception or exit code, id of a breakpoint", 0},
        {"arguments", &argument_list, OPTIONAL, 1, 4, "of a bug check; flags of an exception", 0},
        {"text", &xe_rpc_string, REQUIRED, 0, 0, "the same as a sentence", 0},
        END}};
