/* Types that many rows share. */
#include "rpc/rpc.h"

static const char *const format_words[] = {"json", "text", NULL};

static const struct xe_rpc_field handle_item = {
    "handle", &xe_rpc_addr, true, 0, UINT32_MAX, "kernel handle or address", 0};
static const struct xe_rpc_field string_item = {"item", &xe_rpc_string, true, 0, 0, "text", 0};

const struct xe_rpc_type xe_rpc_any = {.kind = XE_RPC_KIND_ANY};
const struct xe_rpc_type xe_rpc_bool = {.kind = XE_RPC_KIND_BOOL};
const struct xe_rpc_type xe_rpc_int = {.kind = XE_RPC_KIND_INT};
const struct xe_rpc_type xe_rpc_addr = {.kind = XE_RPC_KIND_HEX};
const struct xe_rpc_type xe_rpc_u64 = {.kind = XE_RPC_KIND_HEX};
const struct xe_rpc_type xe_rpc_string = {.kind = XE_RPC_KIND_STRING};
const struct xe_rpc_type xe_rpc_text_or_null = {.kind = XE_RPC_KIND_STRING, .null = true};
const struct xe_rpc_type xe_rpc_open = {.kind = XE_RPC_KIND_OBJECT, .open = true};
const struct xe_rpc_type xe_rpc_handles = {.kind = XE_RPC_KIND_ARRAY, .items = &handle_item};
const struct xe_rpc_type xe_rpc_strings = {.kind = XE_RPC_KIND_ARRAY, .items = &string_item};
const struct xe_rpc_type xe_rpc_format = {.kind = XE_RPC_KIND_ENUM, .values = format_words};
