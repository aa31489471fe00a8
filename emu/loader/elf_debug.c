/* What an ELF file beside a title says besides lines, read by libelf from bytes in memory: whose it
 * is (build id, code), and names. Such a file need not be one that can be loaded: its code may have
 * been left out (objcopy --only-keep-debug).
 * Source: the System V ABI and its 64-bit PowerPC supplement (.opd). */
#include <stdlib.h>
#include <string.h>

#include <elfutils/libdwelf.h>
#include <gelf.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/image_internal.h"
#include "loader/symbols_internal.h"

#define NAMES_MAX    0x100000u /* ours: bounds memory at 72 MiB */
#define BREATH_NAMES 0x10000u

static Elf *begin(const uint8_t *file, size_t size)
{
    elf_version(EV_CURRENT);
    return elf_memory((char *)file, size); /* it is only read */
}

static bool corrupt(struct xe_error *err, const char *what)
{
    return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "%s: %s", what, elf_errmsg(-1));
}

static bool check_header(Elf *elf, const char **ret_kind, struct xe_error *err)
{
    GElf_Ehdr header;

    if (!elf || !gelf_getehdr(elf, &header))
        return corrupt(err, "ELF header");
    if (header.e_ident[EI_DATA] != ELFDATA2MSB ||
        (header.e_machine != EM_PPC && header.e_machine != EM_PPC64))
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                            "ELF machine is 0x%x, byte order %u; expected 0x14 or 0x15 (PowerPC) "
                            "and 2 (big-endian)",
                            header.e_machine, header.e_ident[EI_DATA]);
    *ret_kind = header.e_ident[EI_CLASS] == ELFCLASS64 ? "elf64" : "elf32";
    return true;
}

bool xe__loader_elf_debug_check(const uint8_t *file, size_t size, const char **ret_kind,
                                struct xe_error *err)
{
    Elf *elf = begin(file, size);
    bool ok = check_header(elf, ret_kind, err);

    elf_end(elf);
    return ok;
}

void xe__loader_elf_debug_build_id(const uint8_t *file, size_t size, struct xe__build_id *ret)
{
    Elf *elf = begin(file, size);
    const void *id = NULL;
    ssize_t n = elf ? dwelf_elf_gnu_build_id(elf, &id) : -1;

    *ret = (struct xe__build_id){0};
    if (n > 0 && (size_t)n <= sizeof(ret->bytes)) {
        memcpy(ret->bytes, id, (size_t)n);
        ret->size = (uint32_t)n;
    }
    elf_end(elf);
}

/* ---- code ------------------------------------------------------------------------------------ */

/* Where the import thunk that an address lies in ends; the address itself: in none. */
static xe_gva thunk_end(const struct xe_symbols *symbols, xe_gva address)
{
    size_t i = xe__loader_symbols_below(symbols->own, symbols->owns, (uint64_t)address + 1);

    for (; i > 0 && address - symbols->own[i - 1].address < XE__THUNK_SIZE; i--)
        if (symbols->own[i - 1].kind == XE_SYMBOL_IMPORT)
            return symbols->own[i - 1].address + XE__THUNK_SIZE;
    return address;
}

/* Byte i of the section. Its word is told where both have all of it: a file may begin anywhere. */
static bool differs(const struct xe__part *part, xe_gva address, const uint8_t *bytes, size_t i,
                    size_t size, struct xe_error *err)
{
    uint32_t in_word = address & 3, at = address - part->address;
    xe_gva word = address - in_word;

    if (at < in_word || i < in_word || part->size - at < 4 - in_word || size - i < 4 - in_word)
        return xe_error_set(err, XE_ERR_SYMBOLS_MISMATCH,
                            "the code is not the title's: the first differing address is 0x%08x",
                            address);
    return xe_error_set(err, XE_ERR_SYMBOLS_MISMATCH,
                        "the code is not the title's: the first differing address is 0x%08x (the "
                        "word at 0x%08x is 0x%08x, in the title 0x%08x)",
                        address, word, xe_load_be32(bytes + i - in_word),
                        xe_load_be32(part->bytes + at - in_word));
}

static bool same_bytes(const struct xe_symbols *symbols, xe_gva begin_at, const uint8_t *bytes,
                       size_t size, struct xe_error *err)
{
    for (size_t i = 0; i < size;) {
        xe_gva address = begin_at + (xe_gva)i;
        const struct xe__part *part = xe__loader_symbols_code(symbols, address);
        xe_gva end;

        if (!part)
            return xe_error_set(err, XE_ERR_SYMBOLS_MISMATCH,
                                "the code is not the title's: the first differing address is "
                                "0x%08x, where the title has none",
                                address);
        if (part->bytes[address - part->address] == bytes[i]) {
            i++;
            continue;
        }
        end = thunk_end(symbols, address);
        if (end == address)
            return differs(part, address, bytes, i, size, err);
        i += end - address;
    }
    return true;
}

/* Code of a section: its address, and its bytes in the file. */
static bool is_code(const GElf_Shdr *header)
{
    return header->sh_type == SHT_PROGBITS && (header->sh_flags & SHF_ALLOC) &&
           (header->sh_flags & SHF_EXECINSTR) && header->sh_size > 0;
}

static bool check_place(const GElf_Shdr *header, size_t size, struct xe_error *err)
{
    if (header->sh_offset > size || header->sh_size > size - header->sh_offset)
        return xe_error_set(
            err, XE_ERR_IMAGE_CORRUPT,
            "code section at 0x%llx: offset is 0x%llx, expected 0x%llx bytes inside "
            "the file of 0x%zx",
            (unsigned long long)header->sh_addr, (unsigned long long)header->sh_offset,
            (unsigned long long)header->sh_size, size);
    return (header->sh_addr <= UINT32_MAX && header->sh_size <= UINT32_MAX - header->sh_addr) ||
           xe_error_set(err, XE_ERR_SYMBOLS_MISMATCH,
                        "the code is not the title's: the first differing address is 0x%llx",
                        (unsigned long long)header->sh_addr);
}

/* In the order of the file, which is that of addresses where a linker made it. */
bool xe__loader_elf_debug_same_code(const uint8_t *file, size_t size,
                                    const struct xe_symbols *symbols,
                                    const struct xe_breath *breath, struct xe_error *err)
{
    Elf *elf = begin(file, size);
    Elf_Scn *section = NULL;
    bool found = false, ok = true;

    while (elf && ok && (section = elf_nextscn(elf, section))) {
        GElf_Shdr header;

        if (!gelf_getshdr(section, &header) || !is_code(&header))
            continue;
        found = true;
        ok = check_place(&header, size, err) &&
             same_bytes(symbols, (xe_gva)header.sh_addr, file + header.sh_offset,
                        (size_t)header.sh_size, err);
        xe_breathe(breath);
    }
    elf_end(elf);
    if (!ok || found)
        return ok;
    return xe_error_set(err, XE_ERR_SYMBOLS_MISMATCH,
                        "it has no code to compare with the title's, and not both have a build id");
}

/* ---- names ----------------------------------------------------------------------------------- */

struct table {
    Elf *elf;
    const uint8_t *file;
    size_t size;
    const struct xe_symbols *symbols;
    const struct xe_breath *breath;
    struct xe__names *names;
    struct xe_error *err;
    GElf_Shdr descriptors; /* .opd, where functions of the first 64-bit ABI are; size 0: none */
};

static void find_descriptors(struct table *table)
{
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(table->elf, &names) < 0)
        return;
    while ((section = elf_nextscn(table->elf, section))) {
        GElf_Shdr header;
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(table->elf, names, header.sh_name) : NULL;

        if (name && strcmp(name, ".opd") == 0 && header.sh_type == SHT_PROGBITS &&
            header.sh_offset <= table->size && header.sh_size <= table->size - header.sh_offset)
            table->descriptors = header;
    }
}

/* Where a function's code is: a descriptor says so. */
static uint64_t code_of(const struct table *table, uint64_t address)
{
    uint64_t at = address - table->descriptors.sh_addr;

    if (table->descriptors.sh_size < 8 || at > table->descriptors.sh_size - 8)
        return address;
    return xe_load_be64(table->file + table->descriptors.sh_offset + at);
}

/* Names of places; not those of files and sections, nor labels for the assembler's own use. */
static bool add_symbol(struct table *table, const GElf_Sym *symbol, size_t strings)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    const char *name;

    if (type > STT_FUNC || symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS)
        return true;
    name = elf_strptr(table->elf, strings, symbol->st_name);
    if (!name || strncmp(name, ".L", 2) == 0)
        return true;
    return xe__loader_names_add(table->names, table->symbols, code_of(table, symbol->st_value),
                                symbol->st_size, name, strlen(name), table->err);
}

static bool read_table(struct table *table, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count;
    GElf_Sym symbol;

    if (!data)
        return corrupt(table->err, "symbol table");
    count = data->d_size / gelf_fsize(table->elf, ELF_T_SYM, 1, EV_CURRENT);
    if (count > NAMES_MAX)
        return xe_error_set(table->err, XE_ERR_RANGE_TOO_LARGE,
                            "symbol table: 0x%zx symbols, expected at most 0x%x", count, NAMES_MAX);
    for (size_t i = 0; i < count && gelf_getsym(data, (int)i, &symbol); i++) {
        if (!add_symbol(table, &symbol, header->sh_link))
            return false;
        if (i % BREATH_NAMES == BREATH_NAMES - 1)
            xe_breathe(table->breath);
    }
    return true;
}

bool xe__loader_elf_debug_names(const uint8_t *file, size_t size, const struct xe_symbols *symbols,
                                const struct xe_breath *breath, struct xe__names *ret,
                                struct xe_error *err)
{
    struct table table = {begin(file, size), file, size, symbols, breath, ret, err, {0}};
    Elf_Scn *section = NULL;
    bool ok = true, done = false;

    if (!table.elf)
        return corrupt(err, "ELF");
    find_descriptors(&table);
    while (ok && !done && (section = elf_nextscn(table.elf, section))) {
        GElf_Shdr header;

        done = gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB;
        ok = !done || read_table(&table, section, &header);
    }
    elf_end(table.elf);
    return ok;
}
