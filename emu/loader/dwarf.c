/* Lines of ELF files, read by libdw from bytes in memory.
 *
 * Compile units are walked one by one, since clang writes no .debug_aranges to find them by. The
 * file may be anybody's: sections are measured first, because libdw takes memory as they say, and
 * what it says is wrong with one is told with the place. Nothing is looked for in other files. */
#include <stdlib.h>
#include <string.h>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>

#include "loader/symbols_internal.h"

#define LINE_SECTION_MAX  0x1000000u  /* ours: a byte may become a row of 136 in libdw */
#define DEBUG_SECTION_MAX 0x10000000u /* ours, unpacked                                */

/* ---- what may be read ------------------------------------------------------------------------ */

static bool check_size(const char *name, uint64_t size, struct xe_error *err)
{
    uint64_t most = strcmp(name, ".debug_line") == 0 ? LINE_SECTION_MAX : DEBUG_SECTION_MAX;

    return size <= most || xe_error_set(err, XE_ERR_RANGE_TOO_LARGE,
                                        "section %s: 0x%llx bytes, expected at most 0x%llx", name,
                                        (unsigned long long)size, (unsigned long long)most);
}

/* Sections that were packed say themselves how large they become. */
static bool check_section(Elf_Scn *section, const GElf_Shdr *header, const char *name,
                          struct xe_error *err)
{
    GElf_Chdr packed;

    if (strncmp(name, ".zdebug_", 8) == 0)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                            "section %s is packed in the old way (objcopy "
                            "--decompress-debug-sections unpacks it)",
                            name);
    if (!(header->sh_flags & SHF_COMPRESSED))
        return check_size(name, header->sh_size, err);
    if (!gelf_getchdr(section, &packed))
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "section %s: %s", name, elf_errmsg(-1));
    return check_size(name, packed.ch_size, err);
}

/* Is there a line table, and is nothing too large? */
static bool check_sections(Elf *elf, bool *ret_lines, struct xe_error *err)
{
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(elf, &names) < 0)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "section names: %s", elf_errmsg(-1));
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;

        if (!name || (strncmp(name, ".debug_", 7) != 0 && strncmp(name, ".zdebug_", 8) != 0))
            continue;
        if (!check_section(section, &header, name, err))
            return false;
        *ret_lines |= strcmp(name, ".debug_line") == 0;
    }
    return true;
}

/* ---- compile units --------------------------------------------------------------------------- */

struct walk {
    const struct xe_symbols *symbols;
    struct xe__lines *lines;
    struct xe_error *err;
    const char *folder;   /* that the unit was compiled in; NULL: not said */
    const char *last;     /* name, as libdw has it, and its number         */
    uint32_t last_number; /* meaningless without last                      */
    bool open;            /* a sequence of rows is                         */
};

/* A path below the folder that it was compiled in, without that. */
static const char *shorten(const char *path, const char *folder)
{
    size_t size = folder ? strlen(folder) : 0;

    if (size && strncmp(path, folder, size) == 0 && path[size] == '/')
        path += size + 1;
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    return path;
}

static bool number_of(struct walk *walk, Dwarf_Line *line, uint32_t *ret)
{
    const char *name = dwarf_linesrc(line, NULL, NULL);

    if (!name)
        name = "?";
    if (name != walk->last && !xe__loader_lines_file(walk->lines, shorten(name, walk->folder),
                                                     &walk->last_number, walk->err))
        return false;
    walk->last = name;
    *ret = walk->last_number;
    return true;
}

/* What the linker dropped has rows, too, at addresses that aren't the title's. */
static bool add_row(struct walk *walk, Dwarf_Line *line)
{
    Dwarf_Addr address = 0;
    int number = 0;
    uint32_t file;
    bool end = true, inside;

    dwarf_lineaddr(line, &address);
    dwarf_lineno(line, &number);
    dwarf_lineendsequence(line, &end);
    inside =
        !end && address <= UINT32_MAX && xe__loader_symbols_code(walk->symbols, (xe_gva)address);
    if (!inside && !walk->open)
        return true;
    walk->open = inside;
    if (!inside)
        return address > UINT32_MAX ||
               xe__loader_lines_add(walk->lines, (xe_gva)address, 0, 0, walk->err);
    return number_of(walk, line, &file) &&
           xe__loader_lines_add(walk->lines, (xe_gva)address, file,
                                number > 0 ? (uint32_t)number : 0, walk->err);
}

static bool add_unit(struct walk *walk, Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Lines *lines;
    size_t count;

    if (!dwarf_hasattr(die, DW_AT_stmt_list))
        return true;
    walk->folder = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attribute));
    walk->last = NULL;
    walk->open = false;
    if (dwarf_getsrclines(die, &lines, &count) < 0)
        return xe_error_set(walk->err, XE_ERR_IMAGE_CORRUPT,
                            "lines of the compile unit at .debug_info+0x%llx: %s",
                            (unsigned long long)dwarf_dieoffset(die), dwarf_errmsg(-1));
    for (size_t i = 0; i < count; i++)
        if (!add_row(walk, dwarf_onesrcline(lines, i)))
            return false;
    return true;
}

static bool add_units(struct walk *walk, Dwarf *dwarf, const struct xe_breath *breath)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Die die = {0};
    uint8_t type;
    int got;

    while ((got = dwarf_get_units(dwarf, unit, &unit, NULL, &type, &die, NULL)) == 0) {
        xe_breathe(breath);
        if ((type == DW_UT_compile || type == DW_UT_skeleton) && !add_unit(walk, &die))
            return false;
    }
    return got > 0 ||
           xe_error_set(walk->err, XE_ERR_IMAGE_CORRUPT,
                        "compile unit behind .debug_info+0x%llx: %s",
                        (unsigned long long)(unit ? dwarf_dieoffset(&die) : 0), dwarf_errmsg(-1));
}

static bool read_lines(Elf *elf, struct walk *walk, const struct xe_breath *breath)
{
    Dwarf *dwarf;
    bool there = false, ok;

    if (!check_sections(elf, &there, walk->err))
        return false;
    if (!there)
        return true;
    dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    if (!dwarf)
        return xe_error_set(walk->err, XE_ERR_IMAGE_CORRUPT, "debug sections: %s",
                            dwarf_errmsg(-1));
    ok = add_units(walk, dwarf, breath);
    dwarf_end(dwarf);
    return ok;
}

bool xe__loader_dwarf_lines(const uint8_t *file, size_t size, const struct xe_symbols *symbols,
                            const struct xe_breath *breath, struct xe__lines *ret,
                            struct xe_error *err)
{
    struct walk walk = {.symbols = symbols, .lines = ret, .err = err};
    Elf *elf;
    bool ok;

    elf_version(EV_CURRENT);
    elf = elf_memory((char *)file, size); /* it is only read */
    if (!elf)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "ELF: %s", elf_errmsg(-1));
    ok = read_lines(elf, &walk, breath);
    elf_end(elf);
    xe__loader_lines_sort(ret);
    return ok;
}
