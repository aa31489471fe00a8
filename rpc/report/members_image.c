/* Members of an image (schema xe360/image/1): the rows of struct xe_image, from which
 * image.inspect, its schema and `xe360ctl inspect --json` follow. */
#include <stdio.h>

#include "rpc/report/image_json.h"
#include "rpc/api/rows.h"

#define HEADER  struct xe_image_header
#define SECTION struct xe_image_section
#define LIBRARY struct xe_image_library
#define IMPORT  struct xe_rpc_import_view
#define NAMED   struct xe_image_resource
#define EXPORT  struct xe_image_export
#define SYMBOL  struct xe_image_symbol
#define VIEW    struct xe_rpc_image_view

/* ---- texts ----------------------------------------------------------------------------------- */

/* Source: emoose/idaxex: major in bits 31-28, minor 27-24, build 23-8, QFE 7-0. */
static void version(const void *value, char *text, size_t size)
{
    uint32_t word = *(const uint32_t *)value;

    snprintf(text, size, "%u.%u.%u.%u", word >> 28, word >> 24 & 15, word >> 8 & 0xFFFF,
             word & 0xFF);
}

static void protection(const void *value, char *text, size_t size)
{
    uint32_t protect = *(const uint32_t *)value;

    snprintf(text, size, "%s",
             protect == 0x02   ? "r--"
             : protect == 0x04 ? "rw-"
             : protect == 0x20 ? "r-x"
             : protect == 0x40 ? "rwx"
                               : "?");
}

/* ---- bits ------------------------------------------------------------------------------------ */

enum bit_field { MODULE, IMAGE, MEDIA, REGION, PRIVILEGE0, PRIVILEGE1 };

static const struct {
    enum bit_field field;
    uint32_t mask;
} bits[] = {
#define BIT(field, mask, name) {field, mask},
#include "rpc/report/image_bits.def"
#undef BIT
};

/* Of all fields, in the order of bits. */
static const char *const bit_words[] = {
#define BIT(field, mask, name) name,
#include "rpc/report/image_bits.def"
#undef BIT
    NULL};
static const struct xe_rpc_type bit = {.kind = XE_RPC_KIND_ENUM, .values = bit_words};
static const struct xe_rpc_field bit_item = {"name", &bit, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type bit_names = {.kind = XE_RPC_KIND_ARRAY, .items = &bit_item};

static bool is_set(enum bit_field field, uint32_t value, size_t n)
{
    return bits[n].field == field && (value & bits[n].mask);
}

#define FLAGS(part, member, FIELD)                                                                 \
    static bool part##_has(const void *object, size_t n)                                           \
    {                                                                                              \
        return is_set(FIELD, ((const VIEW *)object)->image.member, n);                             \
    }                                                                                              \
    static const struct xe_rpc_type part = {                                                       \
        .kind = XE_RPC_KIND_OBJECT,                                                                \
        .members = (const struct xe_rpc_member[]){                                                 \
            M_HEX("value", VIEW, image.member, "all bits"),                                        \
            M_WORDS("names", part##_has, &bit_names, "of those that have one"), M_END}}
FLAGS(module_flags, module_flags, MODULE);
FLAGS(image_flags, image_flags, IMAGE);
FLAGS(game_region, game_region, REGION);
FLAGS(allowed_media, allowed_media, MEDIA);

static bool privileges_has(const void *object, size_t n)
{
    const struct xe_image *image = &((const VIEW *)object)->image;

    return is_set(PRIVILEGE0, image->privileges[0], n) ||
           is_set(PRIVILEGE1, image->privileges[1], n);
}

static const struct xe_rpc_type privileges = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_ALL("words", VIEW, image.privileges, &xe_rpc_hex_32_list, "all bits"),
        M_WORDS("names", privileges_has, &bit_names, "of those that have one"),
        M_END,
    }};

/* ---- lists ----------------------------------------------------------------------------------- */

#define LIST_OF(item)                                                                              \
    static const struct xe_rpc_field item##_item = {#item, &item, REQUIRED, 0, 0, "one", 0};       \
    static const struct xe_rpc_type item##_list = {.kind = XE_RPC_KIND_ARRAY, .items = &item##_item}

static const char *const check_words[] = {XE_IMAGE_CHECK_WORDS, NULL};
static const struct xe_rpc_type check = {.kind = XE_RPC_KIND_ENUM, .values = check_words};

static const struct xe_rpc_type header = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("key", HEADER, key, "which header"),
        M_HEX("value", HEADER, value, "its value, or where that is"),
        M_STRING("name", HEADER, name, "? where it has none"),
        M_END,
    }};
LIST_OF(header);

static const struct xe_rpc_type section = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", SECTION, name, "as in the file"),
        M_HEX("address", SECTION, address, "where it begins"),
        M_INT("size", SECTION, size, "bytes", "of it"),
        M_MADE("protect", SECTION, protect, protection, "r--, rw-, r-x or rwx"),
        M_STRING("kind", SECTION, kind, "such as code or data"),
        M_END,
    }};
LIST_OF(section);

static const struct xe_rpc_type library = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", LIBRARY, name, "as in the file"),
        M_MADE("version", LIBRARY, version, version, "that the title was built with"),
        M_MADE("min_version", LIBRARY, min_version, version, "that it needs"),
        M_INT("imports", LIBRARY, imports, NULL, "how many it imports from there"),
        M_VALUE("digest", LIBRARY, digest, &check, "does the list's digest hold?"),
        M_END,
    }};
LIST_OF(library);

static const char *const import_words[] = {"variable", "function", NULL};
static const struct xe_rpc_type import_kind = {.kind = XE_RPC_KIND_ENUM, .values = import_words};

static const struct xe_rpc_type import = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("library", IMPORT, import.library, "as in the file"),
        M_INT("ordinal", IMPORT, import.ordinal, NULL, "number in the library"),
        M_VALUE("name", IMPORT, name, &xe_rpc_text_or_null, "null: nobody knows",
                GIVEN_SET(IMPORT, name)),
        M_VALUE("kind", IMPORT, import.function, &import_kind, "what is imported"),
        M_VALUE("slot", IMPORT, import.slot, &xe_rpc_hex_32_or_null,
                "address of its 4 bytes; null: only a thunk", GIVEN_SET(IMPORT, import.slot)),
        M_VALUE("thunk", IMPORT, import.thunk, &xe_rpc_hex_32_or_null,
                "address of its 16 bytes of code; null: only a slot",
                GIVEN_SET(IMPORT, import.thunk)),
        M_END,
    }};
LIST_OF(import);

static const struct xe_rpc_type resource = {.kind = XE_RPC_KIND_OBJECT,
                                            .members = (const struct xe_rpc_member[]){
                                                M_STRING("name", NAMED, name, "as in the file"),
                                                M_HEX("address", NAMED, address, "where it begins"),
                                                M_INT("size", NAMED, size, "bytes", "of it"),
                                                M_END,
                                            }};
LIST_OF(resource);

static const struct xe_rpc_type export = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("ordinal", EXPORT, ordinal, NULL, "its number"),
        M_HEX("address", EXPORT, address, "where it is"),
        M_VALUE("name", EXPORT, name, &xe_rpc_text_or_null, "null: by number only",
                GIVEN_SET(EXPORT, name)),
        M_END,
    }};
LIST_OF(export);

static const struct xe_rpc_type symbol = {.kind = XE_RPC_KIND_OBJECT,
                                          .members = (const struct xe_rpc_member[]){
                                              M_STRING("name", SYMBOL, name, "as in the file"),
                                              M_HEX("address", SYMBOL, address, "where it begins"),
                                              M_INT("size", SYMBOL, size, "bytes", "of it"),
                                              M_END,
                                          }};
LIST_OF(symbol);

/* ---- parts ----------------------------------------------------------------------------------- */

static const struct xe_rpc_type checks = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("header_hash", VIEW, image.check.header_hash, &check, "of the headers"),
        M_VALUE("import_digests", VIEW, image.check.import_digests, &check, "of the import lists"),
        M_VALUE("block_hashes", VIEW, image.check.block_hashes, &check, "of compressed blocks"),
        M_VALUE("page_hashes", VIEW, image.check.page_hashes, &check, "of the pages in memory"),
        M_END,
    }};

static const struct xe_rpc_type execution = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_HEX("title_id", VIEW, image.title_id, "of the title"),
        M_HEX("media_id", VIEW, image.media_id, "of the disc or package"),
        M_HEX("savegame_id", VIEW, image.savegame_id, "of what it saves"),
        M_MADE("version", VIEW, image.version, version, "of the title"),
        M_MADE("base_version", VIEW, image.base_version, version, "that an update is for"),
        M_INT("platform", VIEW, image.platform, NULL, "as in the file"),
        M_INT("executable_type", VIEW, image.executable_type, NULL, "as in the file"),
        M_INT("disc_number", VIEW, image.disc_number, NULL, "from 1 on"),
        M_INT("disc_count", VIEW, image.disc_count, NULL, "discs of the title"),
        M_END,
    }};

static const struct xe_rpc_type tls = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_INT("slots", VIEW, image.tls_slots, NULL, "of each thread"),
        M_HEX("raw_address", VIEW, image.tls_raw_address, "of what their memory begins with"),
        M_INT("data_size", VIEW, image.tls_data_size, "bytes", "of each thread's memory"),
        M_INT("raw_size", VIEW, image.tls_raw_size, "bytes", "of what it begins with"),
        M_END,
    }};

static const struct xe_rpc_type xex = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_PART("module_flags", &module_flags, "what sort of module it is"),
        M_PART("image_flags", &image_flags, "what it asks of the console"),
        M_STRING("encryption", VIEW, image.encryption, "none, retail, devkit ..."),
        M_STRING("compression", VIEW, image.compression, "none, basic or lzx"),
        M_INT_OR_NULL("lzx_window", VIEW, image.lzx_window, "bytes", "null: none",
                      GIVEN_SET(VIEW, image.lzx_window)),
        M_VALUE("pe_name", VIEW, image.pe_name, &xe_rpc_text_or_null,
                "what it was called when it was built; null: unknown",
                GIVEN_SET(VIEW, image.pe_name)),
        M_VALUE("original_base", VIEW, image.original_base, &xe_rpc_hex_32_or_null,
                "where it was linked to; null: unknown", GIVEN_SET(VIEW, image.original_base)),
        M_PART("game_region", &game_region, "consoles that it runs on"),
        M_PART("allowed_media", &allowed_media, "where it may be run from"),
        M_PART("privileges", &privileges, "what it may do"),
        M_PART("execution", &execution, "who it is; null: not said",
               GIVEN(VIEW, image.has_execution_info, true)),
        M_LIST("headers", VIEW, image.header, image.header_count, &header_list,
               "optional headers, as they are in the file"),
        M_END,
    }};

/* ---- the whole ------------------------------------------------------------------------------- */

static const char *const schema_words[] = {"xe360/image/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};
static const char *const kind_words[] = {XE_IMAGE_KIND_WORDS, NULL};
static const struct xe_rpc_type kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};

const struct xe_rpc_type xe_rpc_image = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this object"),
        M_VALUE("kind", VIEW, image.kind, &kind, "of the container"),
        M_MADE("sha256", VIEW, image.sha256, xe__rpc_member_sha256, "of the whole file"),
        M_INT("file_size", VIEW, image.file_size, "bytes", "of the file"),
        M_VALUE("title_id", VIEW, image.title_id, &xe_rpc_hex_32_or_null, "null: not said",
                GIVEN(VIEW, image.has_execution_info, true)),
        M_VALUE("media_id", VIEW, image.media_id, &xe_rpc_hex_32_or_null, "null: not said",
                GIVEN(VIEW, image.has_execution_info, true)),
        M_HEX("base", VIEW, image.base, "where it is loaded"),
        M_HEX("entry", VIEW, image.entry, "its first instruction; 0: it has none"),
        M_INT("size", VIEW, image.size, "bytes", "in memory"),
        M_INT("page_size", VIEW, image.page_size, "bytes", "4096 or 65536"),
        M_INT("stack_size", VIEW, image.stack_size, "bytes", "of the main thread; 0: not said"),
        M_INT("heap_size", VIEW, image.heap_size, "bytes", "0: not said"),
        M_PART("checks", &checks, "do its checksums hold?"),
        M_PART("xex", &xex, "what only a XEX has; null: it is none",
               GIVEN(VIEW, image.kind, XE_IMAGE_XEX2)),
        M_PART("tls", &tls, "thread-local memory; null: none", GIVEN(VIEW, image.has_tls, true)),
        M_LIST("sections", VIEW, image.section, image.section_count, &section_list, "by address"),
        M_LIST("libraries", VIEW, image.library, image.library_count, &library_list,
               "that it imports from"),
        M_LIST("imports", VIEW, import, image.import_count, &import_list, "what it imports"),
        M_LIST("resources", VIEW, image.resource, image.resource_count, &resource_list,
               "in the image"),
        M_STRUCT("spa", VIEW, spa, &xe_rpc_spa,
                 "what it tells of itself, in the resource called as its title id; null: nothing",
                 GIVEN(VIEW, has_spa, true)),
        M_INT("export_count", VIEW, image.export_count, NULL, "of all exports"),
        M_LIST("exports", VIEW, image.exports, exports, &export_list, "the first 16384"),
        M_INT("symbol_count", VIEW, image.symbol_count, NULL, "of all symbols"),
        M_LIST("symbols", VIEW, image.symbol, symbols, &symbol_list, "the first 16384"),
        M_INT("function_count", VIEW, image.function_count, NULL, "functions in its unwind table"),
        M_END,
    }};
