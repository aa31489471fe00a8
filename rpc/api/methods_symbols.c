/* Rows of names and lines: debug.symbols.load and lookup of an instance, image.symbols of a file.
 */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define LOADED struct xe_rpc_symbols_view
#define LOOKUP struct xe_rpc_lookup_view
#define SYMBOL struct xe_rpc_symbol_view
#define LIST   struct xe_rpc_list_view

static const char *const file_words[] = {"elf32", "elf64", "map", NULL};
static const struct xe_rpc_type file_kind = {.kind = XE_RPC_KIND_ENUM, .values = file_words};
static const char *const proof_words[] = {XE_SYMBOLS_PROOF_WORDS, NULL};
static const struct xe_rpc_type proof = {.kind = XE_RPC_KIND_ENUM, .values = proof_words};
static const char *const kind_words[] = {XE_SYMBOL_KIND_WORDS, NULL};
static const struct xe_rpc_type symbol_kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};

const struct xe_rpc_type xe_rpc_place = {.kind = XE_RPC_KIND_OBJECT,
                                         .members = (const struct xe_rpc_member[]){
                                             M_PLACE(struct xe_place, ),
                                             M_END,
                                         }};

const struct xe_rpc_type xe_rpc_symbols_loaded = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LOADED, base.),
        M_STRING("file", LOADED, path, "as it was asked for"),
        M_VALUE("kind", LOADED, file.kind, &file_kind, "what it is"),
        M_VALUE("proof", LOADED, file.proof, &proof, "what shows that it is this title's"),
        M_INT("names", LOADED, file.names, NULL, "of places in the title"),
        M_INT("lines", LOADED, file.lines, NULL, "rows of its line tables"),
        M_INT("files", LOADED, file.files, NULL, "sources that these are of"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_symbols_lookup = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LOOKUP, base.),
        M_HEX("address", LOOKUP, address, "as asked, or of the symbol"),
        M_PLACE(LOOKUP, place.),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_symbol = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("address", SYMBOL, symbol.address, "where it begins"),
        M_INT("size", SYMBOL, symbol.size, "bytes", "of it, or to where its section ends"),
        M_VALUE("name", SYMBOL, symbol.name, &xe_rpc_guest, "the name"),
        M_VALUE("kind", SYMBOL, symbol.kind, &symbol_kind, "what says so"),
        M_VALUE("file", SYMBOL, line.file, &xe_rpc_guest, "source of what begins there, if known",
                WHEN_SET(SYMBOL, line.file)),
        M_INT("line", SYMBOL, line.line, NULL, "in that", WHEN_SET(SYMBOL, line.file)),
        M_END,
    }};
static const struct xe_rpc_field symbol_item = {"symbol", &xe_rpc_symbol,    REQUIRED, 0,
                                                0,        "name of a place", 0};
static const struct xe_rpc_type symbol_list = {.kind = XE_RPC_KIND_ARRAY, .items = &symbol_item};

const struct xe_rpc_type xe_rpc_symbol_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("items", LIST, items, &symbol_list,
                "by address; those of one in order of preference"),
        M_NEXT_CURSOR(LIST, next_cursor),
        M_INT("total", LIST, total, NULL, "that the filter lets through"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_debug_symbols_load = {
    .name = "debug.symbols.load",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_DEBUG,
    .flags = XE_RPC_SLOW,
    .doc = "Take names, files and lines of the title from the ELF file that it was made of, or "
           "from a map. It has to be this title's; else the first differing address is told. "
           "Nothing of it is guest-visible. The last file counts.",
    .result = &xe_rpc_symbols_loaded,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_IMAGE_NOT_FOUND, XE_ERR_PATH_FORBIDDEN,
               XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT, XE_ERR_SYMBOLS_MISMATCH,
               XE_ERR_RANGE_TOO_LARGE, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"file", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_debug_symbols_lookup = {
    .name = "debug.symbols.lookup",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Function, file and line of an address, or the address of a symbol.",
    .result = &xe_rpc_symbols_lookup,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"address", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "in guest memory", 0},
            {"symbol", &xe_rpc_string, OPTIONAL, 1, 160, "instead: main, main+0x10, NtClose", 0},
            {"call", &xe_rpc_bool, OPTIONAL, 0, 0,
             "address is where a call returns to: the line is the call's; default false", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_image_symbols = {
    .name = "image.symbols",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_SLOW,
    .doc = "Names of places in an image, as its file says them, without running it; of an ELF file "
           "also the lines.",
    .result = &xe_rpc_symbol_page,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN},
    .params =
        {
            {"image", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
            {"filter", &xe_rpc_string, OPTIONAL, 1, 64, "only names that contain this", 0},
            PARAM_LIMIT,
            PARAM_CURSOR,
        },
};
