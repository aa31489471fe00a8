/* Rows of debug.disassemble and image.disassemble: the same lines, of an instance and of a file. */
#include <stdio.h>

#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define LINE  struct xe_rpc_assembly_view
#define LINES struct xe_rpc_assemblies_view

/* "main" or "main+0x10". */
static void place_text(const void *value, char *text, size_t size)
{
    const struct xe_place *place = value;

    snprintf(text, size, place->offset ? "%s+0x%x" : "%s", place->name, place->offset);
}

static const struct xe_rpc_type line_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("address", LINE, address, "of the instruction"),
        M_HEX("word", LINE, word, "the instruction"),
        M_STRING("text", LINE, text, "assembly; .long where there is no instruction"),
        M_MADE("place", LINE, place, place_text, "where that is, e.g. main+0x10",
               WHEN_SET(LINE, place.name)),
        M_STRING("symbol", LINE, place.name, "what begins here", WHEN(LINE, begins, true)),
        M_STRING("file", LINE, place.file, "source that it was made of",
                 WHEN_SET(LINE, place.line)),
        M_INT("line", LINE, place.line, NULL, "in that", WHEN_SET(LINE, place.line)),
        M_HEX("target", LINE, target, "where a branch goes", WHEN(LINE, branches, true)),
        M_MADE("target_place", LINE, target_place, place_text, "where that is",
               WHEN_SET(LINE, target_place.name)),
        M_VALUE("threads", LINE, threads, &xe_rpc_int_list, "ids of the threads whose pc this is",
                WHEN_SET(LINE, threads)),
        M_VALUE("points", LINE, points, &xe_rpc_int_list, "ids of the breakpoints here",
                WHEN_SET(LINE, points)),
        M_END,
    }};
static const struct xe_rpc_field line_item = {"line", &line_object, REQUIRED, 0, 0, "one line", 0};
static const struct xe_rpc_type line_list = {.kind = XE_RPC_KIND_ARRAY, .items = &line_item};

#define ITEMS M_LIST("items", LINES, line, lines, &line_list, "in order; fewer where memory ends")
#define PARAM_ADDRESS                                                                              \
    {                                                                                              \
        "address", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX,                                          \
            "of the first instruction, a multiple of 4; default: the entry point", 0               \
    }
#define PARAM_SYMBOL                                                                               \
    {                                                                                              \
        "symbol", &xe_rpc_string, OPTIONAL, 1, 160,                                                \
            "instead of address: entry, main+0x10, NtClose, sub_82061840", 0                       \
    }
#define PARAM_COUNT                                                                                \
    {                                                                                              \
        "count", &xe_rpc_int, OPTIONAL, 1, 4096, "instructions; default 16", 16                    \
    }

const struct xe_rpc_type xe_rpc_disassembled = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){M_BASE(LINES, base.), ITEMS, M_END}};
const struct xe_rpc_type xe_rpc_image_disassembled = {
    .kind = XE_RPC_KIND_OBJECT, .members = (const struct xe_rpc_member[]){ITEMS, M_END}};

const struct xe_rpc_method xe_rpc_method_debug_disassemble = {
    .name = "debug.disassemble",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Instructions in guest memory as assembly, with the names of places, the threads that "
           "are there and the breakpoints.",
    .result = &xe_rpc_disassembled,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_ADDRESS_UNMAPPED, XE_ERR_HANDLE_UNKNOWN,
               XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            PARAM_ADDRESS,
            PARAM_COUNT,
            PARAM_SYMBOL,
            {"tid", &xe_rpc_int, OPTIONAL, 0, UINT32_MAX,
             "instead of address: from this thread's pc on", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_image_disassemble = {
    .name = "image.disassemble",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_SLOW,
    .doc = "Instructions of an image as assembly, as they lie in its file, without running it.",
    .result = &xe_rpc_image_disassembled,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN, XE_ERR_ADDRESS_UNMAPPED},
    .params =
        {
            {"image", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
            PARAM_ADDRESS,
            PARAM_COUNT,
            PARAM_SYMBOL,
        },
};
