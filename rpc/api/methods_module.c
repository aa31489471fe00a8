/* Rows of module.*: what is loaded beside a title, and the title. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define MODULE  struct xe_module_info
#define MODULES struct xe_rpc_modules_view

static const char *const state_words[] = {XE_MODULE_STATE_WORDS, NULL};
static const struct xe_rpc_type module_state = {.kind = XE_RPC_KIND_ENUM, .values = state_words};

const struct xe_rpc_type xe_rpc_module = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("name", MODULE, name, &xe_rpc_guest, "as the title knows it"),
        M_MADE("sha256", MODULE, sha256, xe__rpc_member_sha256, "of its file"),
        M_HEX("handle", MODULE, handle, "of its LDR entry"),
        M_HEX("base", MODULE, base, "where it is loaded"),
        M_INT("size", MODULE, size, "bytes", "in memory"),
        M_HEX("entry", MODULE, entry, "what is called; 0: nothing"),
        M_VALUE("state", MODULE, state, &module_state, "what is being done with it"),
        M_INT("tid", MODULE, tid, NULL, "of the thread on which its entry is being called",
              WHEN_SET(MODULE, tid)),
        M_BOOL("orphaned", MODULE, orphaned,
               "the thread on which its entry was being called with ATTACH has ended in it",
               WHEN(MODULE, orphaned, true)),
        M_INT("load_count", MODULE, load_count, NULL, "of references, as guest memory has it"),
        M_HEX("flags", MODULE, flags, "that it was loaded with"),
        M_BOOL("title", MODULE, title, "it is what was run"),
        M_BOOL("library", MODULE, library, "it is a library"),
        M_HEX("attached", MODULE, result, "what its entry returned when it was attached",
              WHEN(MODULE, attached, true)),
        M_END,
    }};

static const struct xe_rpc_field module_item = {"module", &xe_rpc_module, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type module_items = {.kind = XE_RPC_KIND_ARRAY, .items = &module_item};

const struct xe_rpc_type xe_rpc_module_list = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(MODULES, base.),
        M_VALUE("items", MODULES, items, &module_items, "in order of loading"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_module_list = {
    .name = "module.list",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_READ,
    .doc = "Modules that are loaded: the title, and libraries beside it.",
    .result = &xe_rpc_module_list,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};
