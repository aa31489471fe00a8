/* Types that many rows share. */
#include <stdio.h>

#include "rpc/api/rows.h"
#include "rpc/api/views.h"

static const char *const format_words[] = {"json", "text", NULL};

static const struct xe_rpc_field handle_item = {
    "handle", &xe_rpc_addr, true, 0, UINT32_MAX, "kernel handle or address", 0};
static const struct xe_rpc_field path_item = {"path", &xe_rpc_string, true, 1, 4095, "a path", 0};
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
static const struct xe_rpc_type patch_wanted = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("address", struct xe_patch, address, &xe_rpc_addr, 0, UINT32_MAX, "of the word"),
        M_BOUNDED("value", struct xe_patch, value, &xe_rpc_addr, 0, UINT32_MAX, "what it is to be"),
        M_END,
    }};
static const struct xe_rpc_field patch_item = {"patch", &patch_wanted, true, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_patches = {.kind = XE_RPC_KIND_ARRAY, .items = &patch_item};
const struct xe_rpc_type xe_rpc_modules = {.kind = XE_RPC_KIND_ARRAY, .items = &path_item};
const struct xe_rpc_type xe_rpc_strings = {.kind = XE_RPC_KIND_ARRAY, .items = &string_item};
const struct xe_rpc_type xe_rpc_format = {.kind = XE_RPC_KIND_ENUM, .values = format_words};

static const struct xe_rpc_field hex_32_item = {"item", &xe_rpc_hex_32, true, 0, 0, NULL, 0};
static const struct xe_rpc_field hex_64_item = {"item", &xe_rpc_hex_64, true, 0, 0, NULL, 0};
static const struct xe_rpc_field int_item = {"item",           &xe_rpc_int, true, 0,
                                             XE_RPC_COUNT_MAX, NULL,        0};

const struct xe_rpc_type xe_rpc_hex_32 = {.kind = XE_RPC_KIND_HEX, .digits = 8};
const struct xe_rpc_type xe_rpc_hex_64 = {.kind = XE_RPC_KIND_HEX, .digits = 16};
const struct xe_rpc_type xe_rpc_hex_32_or_null = {
    .kind = XE_RPC_KIND_HEX, .digits = 8, .null = true};
const struct xe_rpc_type xe_rpc_guest = {.kind = XE_RPC_KIND_STRING, .guest = true};
const struct xe_rpc_type xe_rpc_guest_or_null = {
    .kind = XE_RPC_KIND_STRING, .guest = true, .null = true};
const struct xe_rpc_type xe_rpc_int_or_null = {.kind = XE_RPC_KIND_INT, .null = true};
const struct xe_rpc_type xe_rpc_bool_or_null = {.kind = XE_RPC_KIND_BOOL, .null = true};
const struct xe_rpc_type xe_rpc_hex_32_list = {.kind = XE_RPC_KIND_ARRAY, .items = &hex_32_item};
const struct xe_rpc_type xe_rpc_hex_64_list = {.kind = XE_RPC_KIND_ARRAY, .items = &hex_64_item};
const struct xe_rpc_type xe_rpc_int_list = {.kind = XE_RPC_KIND_ARRAY, .items = &int_item};

const struct xe_rpc_type xe_rpc_text_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(struct xe_rpc_text_view, base.),
        M_STRING("text", struct xe_rpc_text_view, text, "the report as people read it"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_changed = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){M_BASE(struct xe_rpc_base, ), M_END}};

/* In the order of their bits. */
static const char *const scope_words[] = {"read", "run", "debug", "admin", NULL};
const struct xe_rpc_type xe_rpc_scope_type = {.kind = XE_RPC_KIND_ENUM, .values = scope_words};
static const struct xe_rpc_field scope_item = {"scope", &xe_rpc_scope_type, true, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_scope_list = {.kind = XE_RPC_KIND_ARRAY, .items = &scope_item};

const char *xe_rpc_scope_name(enum xe_rpc_scope scope)
{
    return scope_words[__builtin_ctz(scope)];
}

void xe__rpc_member_sha256(const void *value, char *text, size_t size)
{
    const uint8_t *digest = value;

    for (size_t i = 0; i < 32 && 2 * i + 3 <= size; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

struct xe_rpc_slot xe_rpc_slot(const struct xe_rpc_type *type, size_t n)
{
    const struct xe_rpc_member *member = type->members ? &type->members[n] : NULL;
    const struct xe_rpc_field *field = member         ? &member->field
                                       : type->fields ? &type->fields[n]
                                                      : NULL;

    if (!field || !field->name)
        return (struct xe_rpc_slot){.field = NULL};
    return (struct xe_rpc_slot){
        .field = field,
        .required = member ? member->when.test == XE_RPC_ALWAYS : field->required,
        .unit = member ? member->unit : NULL,
    };
}
