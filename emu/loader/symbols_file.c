/* Names and lines from a file beside the title: is it this title's, and what does it add? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/image_internal.h"
#include "loader/symbols_internal.h"

/* What is read of a file before it counts. */
struct reading {
    const struct xe_symbols *symbols;
    const uint8_t *file;
    size_t size;
    const struct xe_breath *breath;
    struct xe_error *err;
    struct xe_symbols_file about;
    struct xe__names names;
    struct xe__lines lines;
};

bool xe__loader_names_add(struct xe__names *names, const struct xe_symbols *symbols,
                          uint64_t address, uint64_t size, const char *text, size_t length,
                          struct xe_error *err)
{
    const struct xe__part *part =
        address <= UINT32_MAX ? xe__loader_symbols_part(symbols, (xe_gva)address) : NULL;
    struct xe_image_symbol *name;

    if (!part || !length)
        return true;
    if (!xe_grow(&names->name, &names->room, names->count, sizeof(*names->name)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for names");
    name = &names->name[names->count++];
    *name = (struct xe_image_symbol){.address = (xe_gva)address};
    xe__loader_image_copy_text(name->name, sizeof(name->name), (const uint8_t *)text, length);
    if (size <= part->size - (name->address - part->address))
        name->size = (uint32_t)size;
    return true;
}

/* ---- whose it is ----------------------------------------------------------------------------- */

static bool same_id(const struct xe__build_id *title, const struct xe__build_id *file,
                    struct xe_error *err)
{
    char text[2][2 * XE__BUILD_ID_MAX + 1];
    const struct xe__build_id *id[] = {file, title};
    uint32_t at = 0;

    while (at < title->size && at < file->size && title->bytes[at] == file->bytes[at])
        at++;
    if (at == title->size && at == file->size)
        return true;
    for (int i = 0; i < 2; i++)
        for (uint32_t k = 0; k < id[i]->size; k++)
            snprintf(text[i] + 2 * k, 3, "%02x", id[i]->bytes[k]);
    return xe_error_set(err, XE_ERR_SYMBOLS_MISMATCH,
                        "build id %s is not the title's, %s: the first differing address is 0x%08x",
                        text[0], text[1], title->address + at);
}

static bool check_elf(struct reading *r)
{
    struct xe__build_id id;

    xe__loader_elf_debug_build_id(r->file, r->size, &id);
    if (id.size && r->symbols->build_id.size) {
        r->about.proof = XE_SYMBOLS_BUILD_ID;
        return same_id(&r->symbols->build_id, &id, r->err);
    }
    r->about.proof = XE_SYMBOLS_CODE;
    return xe__loader_elf_debug_same_code(r->file, r->size, r->symbols, r->breath, r->err);
}

/* Does execution not come from this instruction to the next one? */
static bool leaves(uint32_t word)
{
    return word >> 26 == 18
               ? !(word & 1) /* b */
               : word == 0x4E800020 || word == 0x4E800420 /* blr, bctr */ || word == 0 ||
                     word == 0x60000000 /* padding */ || word == 0x7FE00008 /* trap */;
}

/* Can a function begin there? One that is called, exported or in the unwind table does, and one
 * that lies behind the end of another may. */
static bool begins(const struct xe_symbols *symbols, xe_gva address)
{
    const struct xe__part *part = xe__loader_symbols_code(symbols, address);
    size_t i = xe__loader_symbols_below(symbols->own, symbols->owns, address);

    if (!part || address % 4)
        return false;
    if ((i < symbols->owns && symbols->own[i].address == address) || address - part->address < 4)
        return true;
    return leaves(xe_load_be32(part->bytes + (address - part->address - 4)));
}

/* What lies at an import's thunk is called like it, if that is known. */
static bool is_called_so(const struct xe_symbols *symbols, const struct xe_image_symbol *name)
{
    size_t i = xe__loader_symbols_below(symbols->own, symbols->owns, name->address);
    const struct xe_symbol *own = i < symbols->owns ? &symbols->own[i] : NULL;
    const char *import = own && own->address == name->address && own->kind == XE_SYMBOL_IMPORT
                             ? strchr(own->name, '!')
                             : NULL;

    return !import || import[1] == '#' || strstr(name->name, import + 1);
}

/* Padding is no function. */
static bool is_padding(const struct xe_symbols *symbols, xe_gva address)
{
    const struct xe__part *part = xe__loader_symbols_code(symbols, address);

    return !part || part->size - (address - part->address) < 4 ||
           xe_load_be32(part->bytes + (address - part->address)) == 0;
}

/* Is there a function of just that size, if it is known? */
static bool is_function(const struct xe_symbols *symbols, const struct xe_image_symbol *name)
{
    xe_gva end = name->address + name->size;

    return begins(symbols, name->address) && !is_padding(symbols, name->address) &&
           is_called_so(symbols, name) &&
           (!name->size || is_padding(symbols, end) || begins(symbols, end));
}

/* A map has no bytes to compare. But in another build of a title almost all functions lie
 * elsewhere, and its names would be inside of them. */
static bool check_map(struct reading *r)
{
    const struct xe_image_symbol *first = NULL;
    size_t functions = 0, inside = 0;

    r->about.proof = XE_SYMBOLS_STARTS;
    for (size_t i = 0; i < r->names.count; i++) {
        const struct xe_image_symbol *name = &r->names.name[i];

        if (!xe__loader_symbols_code(r->symbols, name->address))
            continue;
        functions++;
        if (is_function(r->symbols, name))
            continue;
        inside++;
        if (!first || name->address < first->address)
            first = name;
    }
    if (!functions)
        return xe_error_set(r->err, XE_ERR_SYMBOLS_MISMATCH,
                            "none of its names is in the title's code");
    return 2 * inside < functions ||
           xe_error_set(r->err, XE_ERR_SYMBOLS_MISMATCH,
                        "%zu of %zu names in code aren't where functions of the title begin and "
                        "end: the first differing address is 0x%08x (%s)",
                        inside, functions, first->address, first->name);
}

/* ---- what it says ---------------------------------------------------------------------------- */

static bool read_elf(struct reading *r)
{
    if (!xe__loader_elf_debug_check(r->file, r->size, &r->about.kind, r->err) || !check_elf(r) ||
        !xe__loader_elf_debug_names(r->file, r->size, r->symbols, r->breath, &r->names, r->err) ||
        !xe__loader_dwarf_lines(r->file, r->size, r->symbols, r->breath, &r->lines, r->err))
        return false;
    return r->names.count || r->lines.rows ||
           xe_error_set(r->err, XE_ERR_IMAGE_UNSUPPORTED,
                        "it is stripped: neither symbols nor line tables are in it");
}

static bool read_map(struct reading *r)
{
    r->about.kind = "map";
    if (memchr(r->file, 0, r->size < 4096 ? r->size : 4096))
        return xe_error_set(r->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "it is neither an ELF file nor a map, which is text");
    return xe__loader_map_read((const char *)r->file, r->size, r->symbols, r->breath, &r->names,
                               r->err) &&
           check_map(r);
}

static bool read_file(struct reading *r)
{
    if (r->size >= 4 && memcmp(r->file,
                               "\x7f"
                               "ELF",
                               4) == 0)
        return read_elf(r);
    return read_map(r);
}

/* ---- into the table -------------------------------------------------------------------------- */

/* The title says itself what its import stubs are, and of which library, unless only by number. */
static bool is_known_import(const struct xe_symbols *symbols, xe_gva address)
{
    size_t i = xe__loader_symbols_below(symbols->own, symbols->owns, address);

    for (; i < symbols->owns && symbols->own[i].address == address; i++)
        if (symbols->own[i].kind == XE_SYMBOL_IMPORT && !strstr(symbols->own[i].name, "!#"))
            return true;
    return false;
}

static size_t take_names(const struct xe_symbols *symbols, const struct xe__names *names,
                         struct xe_symbol *to)
{
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++) {
        const struct xe_image_symbol *name = &names->name[i];

        if (!is_known_import(symbols, name->address))
            to[count++] =
                (struct xe_symbol){name->address, name->size, XE_SYMBOL_NAMED, name->name};
    }
    xe__loader_symbols_order(to, count);
    return count;
}

/* Is a symbol of the title's said by the file, or a mere target of a branch inside of what the file
 * says is one function? */
static bool is_said(const struct xe_symbol *own, const struct xe_symbol *said, size_t count)
{
    size_t i = xe__loader_symbols_below(said, count, (uint64_t)own->address + 1);
    const struct xe_symbol *last = i ? &said[i - 1] : NULL;

    if (own->kind == XE_SYMBOL_CALLED)
        return last && last->address != own->address && own->address - last->address < last->size;
    for (; own->kind == XE_SYMBOL_NAMED && i > 0 && said[i - 1].address == own->address; i--)
        if (strcmp(said[i - 1].name, own->name) == 0)
            return true;
    return false;
}

/* A size that was only the distance to the section's end is not known. */
static struct xe_symbol unsized(const struct xe_symbol *own)
{
    struct xe_symbol symbol = *own;

    if (own->kind == XE_SYMBOL_CALLED || own->kind == XE_SYMBOL_ENTRY ||
        own->kind == XE_SYMBOL_EXPORT)
        symbol.size = 0;
    return symbol;
}

static struct xe_symbol *merge(const struct xe_symbols *symbols, const struct xe__names *names,
                               size_t *ret_count)
{
    struct xe_symbol *all = xe_calloc(symbols->owns + names->count + 1, sizeof(*all));
    size_t said = all ? take_names(symbols, names, all) : 0, count = said;

    for (size_t i = 0; all && i < symbols->owns; i++)
        if (!is_said(&symbols->own[i], all, said))
            all[count++] = unsized(&symbols->own[i]);
    if (all) {
        xe__loader_symbols_order(all, count);
        xe__loader_symbols_sizes(symbols, all, count);
    }
    *ret_count = count;
    return all;
}

static bool take(struct xe_symbols *symbols, struct reading *r)
{
    size_t count;
    struct xe_symbol *all = merge(symbols, &r->names, &count);

    if (!all)
        return xe_error_set(r->err, XE_ERR_NO_MEMORY, "no memory for %zu names", count);
    if (symbols->symbol != symbols->own)
        xe_free(symbols->symbol);
    symbols->symbol = all;
    symbols->count = count;
    xe_free(symbols->added);
    symbols->added = r->names.name;
    xe__loader_lines_fini(&symbols->lines);
    symbols->lines = r->lines;
    return true;
}

bool xe_symbols_load(struct xe_symbols *symbols, const void *file, size_t size,
                     const struct xe_breath *breath, struct xe_symbols_file *ret,
                     struct xe_error *err)
{
    struct reading r = {
        .symbols = symbols, .file = file, .size = size, .breath = breath, .err = err};

    if (read_file(&r) && take(symbols, &r)) {
        r.about.names = (uint32_t)r.names.count;
        r.about.lines = (uint32_t)r.lines.rows;
        r.about.files = (uint32_t)r.lines.files;
        *ret = r.about;
        return true;
    }
    xe_free(r.names.name);
    xe__loader_lines_fini(&r.lines);
    return false;
}
