/* An image as JSON. Addresses, flags and ids are "0x%08x" strings, sizes and counts integers; an
 * absent part is null. Out of memory anywhere yields NULL, never half a document: jansson's
 * packing fails as a whole when it is given a NULL part. */
#include "rpc/image_json.h"

#include <stdio.h>

enum bit_field { MODULE, IMAGE, MEDIA, REGION, PRIVILEGE0, PRIVILEGE1 };

struct names {
    xe_rpc_export_name *name;
    void *ctx;
};

static json_t *hex(uint32_t value)
{
    return json_sprintf("0x%08x", value);
}

static json_t *hex_or_null(uint32_t value)
{
    return value ? hex(value) : json_null();
}

/* Guest files name things in bytes of no known encoding; the loader left printable ASCII. */
static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

/* Names of the bits of a field that are set, in ascending order of their masks. */
static json_t *bits(enum bit_field field, uint32_t value)
{
    static const struct {
        enum bit_field field;
        uint32_t mask;
        const char *name;
    } all[] = {
#define BIT(field, mask, name) {field, mask, name},
#include "rpc/image_bits.def"
#undef BIT
    };
    json_t *names = json_array();

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (all[i].field == field && (value & all[i].mask))
            json_array_append_new(names, json_string(all[i].name));
    return names;
}

static json_t *flags(enum bit_field field, uint32_t value)
{
    return json_pack("{s:o, s:o}", "value", hex(value), "names", bits(field, value));
}

/* Source: emoose/idaxex: major in bits 31-28, minor 27-24, build 23-8, QFE 7-0. */
static json_t *version(uint32_t word)
{
    return json_sprintf("%u.%u.%u.%u", word >> 28, word >> 24 & 15, word >> 8 & 0xFFFF,
                        word & 0xFF);
}

static json_t *sha256(const uint8_t *digest)
{
    char text[65];

    for (int i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return json_string(text);
}

static const char *protect_name(uint32_t protect)
{
    switch (protect) {
    case 0x02:
        return "r--";
    case 0x04:
        return "rw-";
    case 0x20:
        return "r-x";
    case 0x40:
        return "rwx";
    default:
        return "?";
    }
}

/* --- lists --- */

/* An array of n elements made one by one; NULL as soon as one can't be made. */
#define LIST(n, element)                                                                           \
    do {                                                                                           \
        json_t *list = json_array();                                                               \
                                                                                                   \
        for (uint32_t i = 0; i < (n); i++)                                                         \
            if (json_array_append_new(list, (element))) {                                          \
                json_decref(list);                                                                 \
                return NULL;                                                                       \
            }                                                                                      \
        return list;                                                                               \
    } while (0)

static json_t *header_json(const struct xe_image_header *header)
{
    return json_pack("{s:o, s:o, s:s}", "key", hex(header->key), "value", hex(header->value),
                     "name", header->name);
}

static json_t *headers(const struct xe_image *image)
{
    LIST(image->header_count, header_json(&image->header[i]));
}

static json_t *section_json(const struct xe_image_section *section)
{
    return json_pack("{s:s, s:o, s:I, s:s, s:s}", "name", section->name, "address",
                     hex(section->address), "size", (json_int_t)section->size, "protect",
                     protect_name(section->protect), "kind", section->kind);
}

static json_t *sections(const struct xe_image *image)
{
    LIST(image->section_count, section_json(&image->section[i]));
}

static json_t *library_json(const struct xe_image_library *library)
{
    return json_pack("{s:s, s:o, s:o, s:I, s:s}", "name", library->name, "version",
                     version(library->version), "min_version", version(library->min_version),
                     "imports", (json_int_t)library->imports, "digest",
                     xe_image_check_name(library->digest));
}

static json_t *libraries(const struct xe_image *image)
{
    LIST(image->library_count, library_json(&image->library[i]));
}

static json_t *import_json(const struct xe_image_import *import, const struct names *names)
{
    const char *name =
        names->name ? names->name(names->ctx, import->library, import->ordinal) : NULL;

    return json_pack("{s:s, s:I, s:o, s:s, s:o, s:o}", "library", import->library, "ordinal",
                     (json_int_t)import->ordinal, "name", text_or_null(name), "kind",
                     import->function ? "function" : "variable", "slot", hex_or_null(import->slot),
                     "thunk", hex_or_null(import->thunk));
}

static json_t *imports(const struct xe_image *image, const struct names *names)
{
    LIST(image->import_count, import_json(&image->import[i], names));
}

static json_t *resource_json(const struct xe_image_resource *resource)
{
    return json_pack("{s:s, s:o, s:I}", "name", resource->name, "address", hex(resource->address),
                     "size", (json_int_t)resource->size);
}

static json_t *resources(const struct xe_image *image)
{
    LIST(image->resource_count, resource_json(&image->resource[i]));
}

static uint32_t cut(uint32_t count)
{
    return count < XE_RPC_IMAGE_LIST_MAX ? count : XE_RPC_IMAGE_LIST_MAX;
}

static json_t *export_json(const struct xe_image_export *entry)
{
    return json_pack("{s:I, s:o, s:o}", "ordinal", (json_int_t)entry->ordinal, "address",
                     hex(entry->address), "name", text_or_null(entry->name));
}

static json_t *exports(const struct xe_image *image)
{
    LIST(cut(image->export_count), export_json(&image->exports[i]));
}

static json_t *symbol_json(const struct xe_image_symbol *symbol)
{
    return json_pack("{s:s, s:o, s:I}", "name", symbol->name, "address", hex(symbol->address),
                     "size", (json_int_t)symbol->size);
}

static json_t *symbols(const struct xe_image *image)
{
    LIST(cut(image->symbol_count), symbol_json(&image->symbol[i]));
}

/* --- parts --- */

static json_t *checks(const struct xe_image *image)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "header_hash",
                     xe_image_check_name(image->check.header_hash), "import_digests",
                     xe_image_check_name(image->check.import_digests), "block_hashes",
                     xe_image_check_name(image->check.block_hashes), "page_hashes",
                     xe_image_check_name(image->check.page_hashes));
}

static json_t *execution(const struct xe_image *image)
{
    if (!image->has_execution_info)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:i}", "title_id",
                     hex(image->title_id), "media_id", hex(image->media_id), "savegame_id",
                     hex(image->savegame_id), "version", version(image->version), "base_version",
                     version(image->base_version), "platform", image->platform, "executable_type",
                     image->executable_type, "disc_number", image->disc_number, "disc_count",
                     image->disc_count);
}

static json_t *tls(const struct xe_image *image)
{
    if (!image->has_tls)
        return json_null();
    return json_pack("{s:I, s:o, s:I, s:I}", "slots", (json_int_t)image->tls_slots, "raw_address",
                     hex(image->tls_raw_address), "data_size", (json_int_t)image->tls_data_size,
                     "raw_size", (json_int_t)image->tls_raw_size);
}

static json_t *privileges(const struct xe_image *image)
{
    json_t *names = bits(PRIVILEGE0, image->privileges[0]);
    json_t *more = bits(PRIVILEGE1, image->privileges[1]);

    json_array_extend(names, more);
    json_decref(more);
    return json_pack("{s:[o, o, o], s:o}", "words", hex(image->privileges[0]),
                     hex(image->privileges[1]), hex(image->privileges[2]), "names", names);
}

/* What there is only in a XEX; null in an ELF file. */
static json_t *xex(const struct xe_image *image)
{
    if (image->kind != XE_IMAGE_XEX2)
        return json_null();
    return json_pack(
        "{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "module_flags",
        flags(MODULE, image->module_flags), "image_flags", flags(IMAGE, image->image_flags),
        "encryption", image->encryption, "compression", image->compression, "lzx_window",
        image->lzx_window ? json_integer(image->lzx_window) : json_null(), "pe_name",
        text_or_null(image->pe_name), "original_base", hex_or_null(image->original_base),
        "game_region", flags(REGION, image->game_region), "allowed_media",
        flags(MEDIA, image->allowed_media), "privileges", privileges(image), "execution",
        execution(image), "headers", headers(image));
}

json_t *xe_rpc_image_json_named(const struct xe_image *image, xe_rpc_export_name *name, void *ctx)
{
    const struct names names = {.name = name, .ctx = ctx};
    bool ids = image->has_execution_info;
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I}", "schema", "xe360/image/1",
        "kind", xe_image_kind_name(image->kind), "sha256", sha256(image->sha256), "file_size",
        (json_int_t)image->file_size, "title_id", ids ? hex(image->title_id) : json_null(),
        "media_id", ids ? hex(image->media_id) : json_null(), "base", hex(image->base), "entry",
        hex(image->entry), "size", (json_int_t)image->size, "page_size",
        (json_int_t)image->page_size, "stack_size", (json_int_t)image->stack_size, "heap_size",
        (json_int_t)image->heap_size);
    json_t *parts =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:I}", "checks",
                  checks(image), "xex", xex(image), "tls", tls(image), "sections", sections(image),
                  "libraries", libraries(image), "imports", imports(image, &names), "resources",
                  resources(image), "export_count", (json_int_t)image->export_count, "exports",
                  exports(image), "symbol_count", (json_int_t)image->symbol_count, "symbols",
                  symbols(image), "function_count", (json_int_t)image->function_count);

    if (!json || !parts || json_object_update(json, parts)) {
        json_decref(json);
        json = NULL;
    }
    json_decref(parts);
    return json;
}

json_t *xe_rpc_image_json(const struct xe_image *image)
{
    return xe_rpc_image_json_named(image, NULL, NULL);
}
