/* Rows of debug.disassemble and image.disassemble: the same lines, of an instance and of a file. */
#include "rpc/rows.h"

static const struct xe_rpc_field number_item = {
    "id", &xe_rpc_int, REQUIRED, 0, UINT32_MAX, "thread or breakpoint", 0};
static const struct xe_rpc_type number_list = {.kind = XE_RPC_KIND_ARRAY, .items = &number_item};

static const struct xe_rpc_type line_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"address", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "of the instruction", 0},
        {"word", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "the instruction", 0},
        {"text", &xe_rpc_string, REQUIRED, 0, 0, "assembly; .long where there is no instruction",
         0},
        {"place", &xe_rpc_string, OPTIONAL, 0, 0, "where that is, e.g. main+0x10", 0},
        {"symbol", &xe_rpc_string, OPTIONAL, 0, 0, "what begins here", 0},
        {"file", &xe_rpc_string, OPTIONAL, 0, 0, "source that it was made of", 0},
        {"line", &xe_rpc_int, OPTIONAL, 1, UINT32_MAX, "in that", 0},
        {"target", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "where a branch goes", 0},
        {"target_place", &xe_rpc_string, OPTIONAL, 0, 0, "where that is", 0},
        {"threads", &number_list, OPTIONAL, 0, 0, "ids of the threads whose pc this is", 0},
        {"points", &number_list, OPTIONAL, 0, 0, "ids of the breakpoints here", 0},
        END}};
static const struct xe_rpc_field line_item = {"line", &line_object, REQUIRED, 0, 0, "one line", 0};
static const struct xe_rpc_type line_list = {.kind = XE_RPC_KIND_ARRAY, .items = &line_item};

#define MEMBER_ITEMS                                                                               \
    {                                                                                              \
        "items", &line_list, REQUIRED, 0, 0, "in order; fewer where memory ends", 0                \
    }
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

static const struct xe_rpc_type debug_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){MEMBER_INSTANCE, MEMBER_CYCLE, MEMBER_ITEMS, END}};
static const struct xe_rpc_type image_result = {
    .kind = XE_RPC_KIND_OBJECT, .fields = (const struct xe_rpc_field[]){MEMBER_ITEMS, END}};

const struct xe_rpc_method xe_rpc_method_debug_disassemble = {
    .name = "debug.disassemble",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Instructions in guest memory as assembly, with the names of places, the threads that "
           "are there and the breakpoints.",
    .result = &debug_result,
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
    .result = &image_result,
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
