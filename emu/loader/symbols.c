/* Names of places in a title; see xe/symbols.h.
 *
 * The table ascends by address, and names of one place stand in the order of preference. Every
 * symbol gets a size: the largest that is known of its place, else up to the end of the section. An
 * address lies in the last place that begins before it. */
#include "xe/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/symbols_internal.h"

#define BREATH_BYTES 0x10000u /* of code, looked through between two breaths */
#define CALLED_MAX   0x80000u /* ours: bounds memory at 64 MiB */

/* ---- making --------------------------------------------------------------------------------- */

static bool add(struct xe_symbols *symbols, enum xe_symbol_kind kind, xe_gva address, uint32_t size,
                const char *name)
{
    struct xe_symbol *symbol = &symbols->symbol[symbols->count];

    *symbol = (struct xe_symbol){address, size, kind, xe_strdup(name)};
    symbols->count += symbol->name != NULL;
    return symbol->name != NULL;
}

static bool add_named(struct xe_symbols *symbols, const struct xe_image *image)
{
    for (uint32_t i = 0; i < image->symbol_count; i++)
        if (!add(symbols, XE_SYMBOL_NAMED, image->symbol[i].address, image->symbol[i].size,
                 image->symbol[i].name))
            return false;
    return true;
}

static bool add_exports(struct xe_symbols *symbols, const struct xe_image *image)
{
    for (uint32_t i = 0; i < image->export_count; i++) {
        const struct xe_image_export *export = &image->exports[i];
        char name[sizeof(export->name) + 16];

        if (export->name[0])
            snprintf(name, sizeof(name), "%s", export->name);
        else
            snprintf(name, sizeof(name), "export_%u", export->ordinal);
        if (!add(symbols, XE_SYMBOL_EXPORT, export->address, 0, name))
            return false;
    }
    return true;
}

static bool add_imports(struct xe_symbols *symbols, const struct xe_image *image,
                        const char *(*export_name)(const char *library, uint32_t ordinal))
{
    for (uint32_t i = 0; i < image->import_count; i++) {
        const struct xe_image_import *import = &image->import[i];
        const char *known = export_name ? export_name(import->library, import->ordinal) : NULL;
        char name[128];

        if (!import->thunk)
            continue;
        if (known)
            snprintf(name, sizeof(name), "%s!%s", import->library, known);
        else
            snprintf(name, sizeof(name), "%s!#%u", import->library, import->ordinal);
        if (!add(symbols, XE_SYMBOL_IMPORT, import->thunk, XE__THUNK_SIZE, name))
            return false;
    }
    return true;
}

static bool add_function(struct xe_symbols *symbols, enum xe_symbol_kind kind, xe_gva address,
                         uint32_t size)
{
    char name[16];

    snprintf(name, sizeof(name), "sub_%08x", address);
    return add(symbols, kind, address, size, name);
}

static bool add_functions(struct xe_symbols *symbols, const struct xe_image *image)
{
    for (uint32_t i = 0; i < image->function_count; i++)
        if (!add_function(symbols, XE_SYMBOL_FUNCTION, image->function[i].address,
                          image->function[i].size))
            return false;
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct xe_symbol *left = a, *right = b;

    if (left->address != right->address)
        return left->address < right->address ? -1 : 1;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return strcmp(left->name, right->name);
}

void xe__loader_symbols_order(struct xe_symbol *symbol, size_t count)
{
    if (count)
        qsort(symbol, count, sizeof(*symbol), compare);
}

const struct xe__part *xe__loader_symbols_part(const struct xe_symbols *symbols, xe_gva address)
{
    uint32_t low = 0, high = symbols->parts;
    const struct xe__part *part;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (symbols->part[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    part = low ? &symbols->part[low - 1] : NULL;
    return part && address - part->address < part->size ? part : NULL;
}

const struct xe__part *xe__loader_symbols_code(const struct xe_symbols *symbols, xe_gva address)
{
    const struct xe__part *part = xe__loader_symbols_part(symbols, address);

    return part && part->bytes ? part : NULL;
}

/* From an address to the end of its section; 4 outside of them. */
static uint32_t section_rest(const struct xe_symbols *symbols, xe_gva address)
{
    const struct xe__part *part = xe__loader_symbols_part(symbols, address);

    return part ? part->size - (address - part->address) : 4;
}

/* The largest size of the symbols from i on that name one place; *ret_end is the index behind. */
static uint32_t largest(const struct xe_symbol *symbol, size_t count, size_t i, size_t *ret_end)
{
    uint32_t size = 0;
    size_t end = i;

    for (; end < count && symbol[end].address == symbol[i].address; end++)
        if (symbol[end].size > size)
            size = symbol[end].size;
    *ret_end = end;
    return size;
}

static void share_sizes(struct xe_symbol *symbol, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        uint32_t size = largest(symbol, count, i, &end);

        for (size_t k = i; k < end; k++)
            symbol[k].size = size;
    }
}

void xe__loader_symbols_sizes(const struct xe_symbols *symbols, struct xe_symbol *symbol,
                              size_t count)
{
    share_sizes(symbol, count);
    for (size_t i = 0; i < count; i++)
        if (!symbol[i].size)
            symbol[i].size = section_rest(symbols, symbol[i].address);
}

size_t xe__loader_symbols_below(const struct xe_symbol *symbol, size_t count, uint64_t address)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (symbol[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t below(const struct xe_symbols *symbols, uint64_t address)
{
    return xe__loader_symbols_below(symbols->symbol, symbols->count, address);
}

const struct xe_symbol *xe_symbols_at(const struct xe_symbols *symbols, xe_gva address)
{
    size_t n = below(symbols, (uint64_t)address + 1);
    const struct xe_symbol *symbol;

    if (n == 0)
        return NULL;
    symbol = &symbols->symbol[below(symbols, symbols->symbol[n - 1].address)];
    return address - symbol->address < symbol->size ? symbol : NULL;
}

/* ---- what is called ------------------------------------------------------------------------- */

/* A set of the words of an image, one bit each. */
struct words {
    const struct xe_image *image;
    uint32_t *bits; /* owned */
    uint32_t count; /* of them that are in */
};

/* Does a symbol begin there, or is it inside one whose size is known? */
static bool is_known(const struct xe_symbols *symbols, xe_gva address)
{
    return below(symbols, address) != below(symbols, (uint64_t)address + 1) ||
           xe_symbols_at(symbols, address);
}

static void put_word(struct words *words, xe_gva address)
{
    uint32_t word = (address - words->image->base) / 4;

    if (words->count == CALLED_MAX || (words->bits[word / 32] >> word % 32 & 1))
        return;
    words->bits[word / 32] |= 1u << word % 32;
    words->count++;
}

/* Where the calls (bl) of a section go, as far as that is code in which nothing is known. */
static void find_calls(struct words *words, const struct xe_symbols *symbols,
                       const struct xe__part *part, const struct xe_breath *breath)
{
    for (uint32_t at = 0; part->size - at >= 4; at += 4) {
        uint32_t word = xe_load_be32(part->bytes + at), offset = word & 0x03FFFFFC;
        xe_gva target = part->address + at + ((offset ^ 0x02000000) - 0x02000000);

        if ((word & 0xFC000003) == 0x48000001 && xe__loader_symbols_code(symbols, target) &&
            !is_known(symbols, target))
            put_word(words, target);
        if (at % BREATH_BYTES == BREATH_BYTES - 4)
            xe_breathe(breath);
    }
}

/* The table is in order before, and no longer afterwards. */
static bool add_called(struct xe_symbols *symbols, const struct xe_image *image,
                       const struct xe_breath *breath)
{
    struct words words = {image, xe_calloc(image->size / 128 + 1, sizeof(uint32_t)), 0};
    struct xe_symbol *grown;
    bool ok = words.bits != NULL;

    for (uint32_t i = 0; ok && i < symbols->parts; i++)
        if (symbols->part[i].bytes)
            find_calls(&words, symbols, &symbols->part[i], breath);
    grown =
        ok ? xe_reallocarray(symbols->symbol, symbols->count + words.count, sizeof(*grown)) : NULL;
    ok = grown != NULL;
    if (ok)
        symbols->symbol = grown;
    for (uint32_t i = 0; ok && i < image->size / 4; i++)
        if (words.bits[i / 32] >> i % 32 & 1)
            ok = add_function(symbols, XE_SYMBOL_CALLED, image->base + 4 * i, 0);
    xe_free(words.bits);
    return ok;
}

/* The sections, with the bytes of code: what a file beside the title is compared with. */
static bool keep_parts(struct xe_symbols *symbols, const struct xe_image *image)
{
    symbols->part = xe_calloc(image->section_count + 1u, sizeof(*symbols->part));
    if (!symbols->part)
        return false;
    for (uint32_t i = 0; i < image->section_count; i++) {
        const struct xe_image_section *section = &image->section[i];
        struct xe__part *part = &symbols->part[symbols->parts++];

        *part = (struct xe__part){section->address, section->size, NULL};
        if (strcmp(section->kind, "code") != 0)
            continue;
        part->bytes =
            (uint8_t *)xe_memdup(image->bytes + (section->address - image->base), section->size);
        if (!part->bytes)
            return false;
    }
    return true;
}

/* A note that says the build id: sizes of name and content, type 3, "GNU".
 * Source: the ELF note format; binutils documents the id with ld's --build-id. */
static void find_build_id(struct xe_symbols *symbols, const struct xe_image *image)
{
    static const uint8_t head[] = {0, 0, 0, 4}, tail[] = {0, 0, 0, 3, 'G', 'N', 'U', 0};

    for (uint32_t at = 0; image->size - at >= 16; at += 4) {
        const uint8_t *note = image->bytes + at;
        uint32_t size = xe_load_be32(note + 4);

        if (memcmp(note, head, sizeof(head)) || memcmp(note + 8, tail, sizeof(tail)) || !size ||
            size > XE__BUILD_ID_MAX || size > image->size - at - 16)
            continue;
        memcpy(symbols->build_id.bytes, note + 16, size);
        symbols->build_id.size = size;
        symbols->build_id.address = image->base + at + 16;
        return;
    }
}

static bool fill(struct xe_symbols *symbols, const struct xe_image *image,
                 const char *(*export_name)(const char *library, uint32_t ordinal),
                 const struct xe_breath *breath)
{
    if (!keep_parts(symbols, image) || !add_named(symbols, image) || !add_exports(symbols, image) ||
        !add_imports(symbols, image, export_name) || !add_functions(symbols, image) ||
        (image->entry && !add(symbols, XE_SYMBOL_ENTRY, image->entry, 0, "entry")))
        return false;
    xe__loader_symbols_order(symbols->symbol, symbols->count);
    share_sizes(symbols->symbol, symbols->count);
    if (!add_called(symbols, image, breath))
        return false;
    xe__loader_symbols_order(symbols->symbol, symbols->count);
    xe__loader_symbols_sizes(symbols, symbols->symbol, symbols->count);
    return true;
}

struct xe_symbols *xe_symbols_create(const struct xe_image *image,
                                     const char *(*export_name)(const char *library,
                                                                uint32_t ordinal),
                                     const struct xe_breath *breath, struct xe_error *err)
{
    size_t most = (size_t)image->symbol_count + image->export_count + image->import_count +
                  image->function_count + 1;
    struct xe_symbols *symbols = xe_calloc(1, sizeof(*symbols));

    if (symbols)
        symbols->symbol = xe_calloc(most, sizeof(*symbols->symbol));
    if (!symbols || !symbols->symbol || !fill(symbols, image, export_name, breath)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for %zu symbols", most);
        xe_symbols_destroy(symbols);
        return NULL;
    }
    find_build_id(symbols, image);
    symbols->own = symbols->symbol;
    symbols->owns = symbols->count;
    return symbols;
}

void xe_symbols_destroy(struct xe_symbols *symbols)
{
    struct xe_symbol *own;

    if (!symbols)
        return;
    own = symbols->own ? symbols->own : symbols->symbol;
    for (size_t i = 0; i < (symbols->own ? symbols->owns : symbols->count); i++)
        xe_free((char *)own[i].name);
    if (symbols->symbol != own)
        xe_free(symbols->symbol);
    xe_free(own);
    for (uint32_t i = 0; i < symbols->parts; i++)
        xe_free(symbols->part[i].bytes);
    xe_free(symbols->part);
    xe_free(symbols->added);
    xe__loader_lines_fini(&symbols->lines);
    xe_free(symbols);
}

/* ---- looking up ----------------------------------------------------------------------------- */

static bool is_called(const struct xe_symbol *symbol, const char *name, size_t size)
{
    const char *mark = symbol->kind == XE_SYMBOL_IMPORT ? strchr(symbol->name, '!') : NULL;

    return (strlen(symbol->name) == size && memcmp(symbol->name, name, size) == 0) ||
           (mark && strlen(mark + 1) == size && memcmp(mark + 1, name, size) == 0);
}

/* "+0x10" or "" as a number. */
static bool read_offset(const char *text, uint32_t *ret)
{
    unsigned long long value = 0;
    char *end = (char *)text;

    if (text[0] == '+' && text[1] >= '0' && text[1] <= '9')
        value = strtoull(text + 1, &end, 0);
    *ret = (uint32_t)value;
    return !*end && value <= UINT32_MAX;
}

/* A name may have a '+' of its own, so all of the text is tried before its part. */
bool xe_symbols_find(const struct xe_symbols *symbols, const char *text, xe_gva *ret)
{
    const char *plus = strrchr(text, '+');
    size_t sizes[] = {strlen(text), plus ? (size_t)(plus - text) : 0};

    for (int part = 0; part < 2; part++) {
        uint32_t offset;

        if (!sizes[part] || !read_offset(text + sizes[part], &offset))
            continue;
        for (size_t i = 0; i < symbols->count; i++)
            if (is_called(&symbols->symbol[i], text, sizes[part])) {
                *ret = symbols->symbol[i].address + offset;
                return true;
            }
    }
    return false;
}

size_t xe_symbols_count(const struct xe_symbols *symbols)
{
    return symbols->count;
}

const struct xe_symbol *xe_symbols_get(const struct xe_symbols *symbols, size_t i)
{
    return &symbols->symbol[i];
}

bool xe_symbols_line(const struct xe_symbols *symbols, xe_gva address, struct xe_line *ret)
{
    return xe__loader_lines_at(&symbols->lines, address, ret);
}

void xe_symbols_offer(const struct xe_symbols *symbols, struct xe_nearest *nearest)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const struct xe_symbol *symbol = &symbols->symbol[i];
        const char *mark = symbol->kind == XE_SYMBOL_IMPORT ? strchr(symbol->name, '!') : NULL;

        if (symbol->kind != XE_SYMBOL_FUNCTION && symbol->kind != XE_SYMBOL_CALLED)
            xe_nearest_offer(nearest, mark ? mark + 1 : symbol->name);
    }
}
