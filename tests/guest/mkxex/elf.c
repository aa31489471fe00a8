/* Reading the ELF: segments become image pages, .xe.import becomes the import list. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tests/guest/mkxex/mkxex.h"
#include "xe/types.h"

#define SYMBOL_SIZE(elf) ((elf)->wide ? 24u : 16u)
#define LINK_HINT        "link it with -T xe360.ld (xe360-cc does)"

struct elf {
    const uint8_t *bytes;
    size_t size;
    bool wide; /* ELF64 */
    uint64_t segments_at, sections_at;
    uint32_t segment_size, segment_count, section_size, section_count, section_names;
};

struct segment {
    uint32_t type, flags;
    uint64_t offset, address, file_size, memory_size;
};

struct section {
    uint32_t name, type, link;
    uint64_t address, offset, size;
};

static const uint8_t *at(const struct elf *elf, uint64_t offset, uint64_t size, const char *what)
{
    if (offset > elf->size || size > elf->size - offset)
        mkxex_fail("%s at 0x%llx (0x%llx bytes) lies outside the file", what,
                   (unsigned long long)offset, (unsigned long long)size);
    return elf->bytes + offset;
}

static uint64_t word(const struct elf *elf, const uint8_t *p, size_t at32, size_t at64)
{
    return elf->wide ? xe_load_be64(p + at64) : xe_load_be32(p + at32);
}

static void read_header(struct elf *elf, struct mkxex *x)
{
    const uint8_t *p = at(elf, 0, sizeof(Elf32_Ehdr), "ELF header");

    if (memcmp(p, ELFMAG, SELFMAG) != 0)
        mkxex_fail("not an ELF file");
    if (p[EI_DATA] != ELFDATA2MSB)
        mkxex_fail("a little-endian ELF file; compile with --target=powerpc-unknown-elf");
    elf->wide = p[EI_CLASS] == ELFCLASS64;
    p = at(elf, 0, elf->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), "ELF header");
    if (xe_load_be16(p + 16) != ET_EXEC)
        mkxex_fail("ELF type is %u, not an executable (2); " LINK_HINT, xe_load_be16(p + 16));
    if (xe_load_be16(p + 18) != EM_PPC && xe_load_be16(p + 18) != EM_PPC64)
        mkxex_fail("ELF machine is %u, not PowerPC", xe_load_be16(p + 18));
    x->entry = (uint32_t)word(elf, p, 24, 24);
    elf->segments_at = word(elf, p, 28, 32);
    elf->sections_at = word(elf, p, 32, 40);
    p += elf->wide ? 54 : 42;
    elf->segment_size = xe_load_be16(p);
    elf->segment_count = xe_load_be16(p + 2);
    elf->section_size = xe_load_be16(p + 4);
    elf->section_count = xe_load_be16(p + 6);
    elf->section_names = xe_load_be16(p + 8);
}

static struct segment segment_at(const struct elf *elf, uint32_t i)
{
    const uint8_t *p = at(elf, elf->segments_at + (uint64_t)i * elf->segment_size,
                          elf->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), "program header");
    struct segment s = {
        .type = xe_load_be32(p),
        .flags = xe_load_be32(p + (elf->wide ? 4 : 24)),
        .offset = word(elf, p, 4, 8),
        .address = word(elf, p, 8, 16),
        .file_size = word(elf, p, 16, 32),
        .memory_size = word(elf, p, 20, 40),
    };

    if (s.file_size > s.memory_size || s.address + s.memory_size > UINT32_MAX)
        mkxex_fail("segment %u: sizes or address make no sense", i);
    return s;
}

static struct section section_at(const struct elf *elf, uint32_t i)
{
    const uint8_t *p = at(elf, elf->sections_at + (uint64_t)i * elf->section_size,
                          elf->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), "section header");

    return (struct section){
        .name = xe_load_be32(p),
        .type = xe_load_be32(p + 4),
        .link = xe_load_be32(p + (elf->wide ? 40 : 24)),
        .address = word(elf, p, 12, 16),
        .offset = word(elf, p, 16, 24),
        .size = word(elf, p, 20, 32),
    };
}

/* Lowest and highest address of what is loaded; the image starts a page below for the PE header. */
static void place_image(const struct elf *elf, struct mkxex *x)
{
    uint64_t low = UINT64_MAX, high = 0;

    for (uint32_t i = 0; i < elf->segment_count; i++) {
        struct segment s = segment_at(elf, i);

        if (s.type != PT_LOAD || !s.memory_size)
            continue;
        low = s.address < low ? s.address : low;
        high = s.address + s.memory_size > high ? s.address + s.memory_size : high;
    }
    if (!high)
        mkxex_fail("nothing to load: no PT_LOAD segment");
    if (low < 0x80000000 + x->page_size || high > 0xA0000000)
        mkxex_fail(
            "segments lie at 0x%llx to 0x%llx, a title's between 0x80000000 and 0x9fffffff; " LINK_HINT,
            (unsigned long long)low, (unsigned long long)high);
    if (low % x->page_size)
        mkxex_fail("the first segment (0x%llx) does not start a page of 0x%x; " LINK_HINT
                   ", or --page-size=4k",
                   (unsigned long long)low, x->page_size);
    x->base = (uint32_t)(low - x->page_size);
    x->size = (uint32_t)((high - x->base + x->page_size - 1) & ~(uint64_t)(x->page_size - 1));
    if (x->size > MKXEX_IMAGE_MAX)
        mkxex_fail("the image would be 0x%x bytes; 256 MiB is the limit", x->size);
    x->image = mkxex_alloc(x->size);
    x->page_kind = mkxex_alloc(x->size / x->page_size);
    memset(x->page_kind, 3, x->size / x->page_size);
}

static const char *kind_name(uint8_t kind)
{
    static const char *const name[] = {"", "code", "data", "read-only data"};

    return name[kind];
}

/* Pages of a segment get its kind. Read-only data may share with the others, code not with data. */
static void mark_pages(struct mkxex *x, uint32_t offset, uint64_t size, uint8_t kind)
{
    uint64_t last = (offset + size - 1) / x->page_size;

    for (uint64_t page = offset / x->page_size; page <= last; page++) {
        if (x->page_kind[page] != 3 && kind != 3 && x->page_kind[page] != kind)
            mkxex_fail(
                "the page at 0x%08x would hold %s and %s, but has one protection; " LINK_HINT,
                x->base + (uint32_t)page * x->page_size, kind_name(x->page_kind[page]),
                kind_name(kind));
        if (x->page_kind[page] == 3)
            x->page_kind[page] = kind;
    }
}

static void copy_segments(const struct elf *elf, struct mkxex *x)
{
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        struct segment s = segment_at(elf, i);
        uint8_t kind = s.flags & PF_W ? 2 : s.flags & PF_X ? 1 : 3;
        uint32_t offset = (uint32_t)(s.address - x->base);

        if (s.type == PT_TLS) {
            x->tls_address = (uint32_t)s.address;
            x->tls_size = (uint32_t)s.memory_size;
            x->tls_raw_size = (uint32_t)s.file_size;
        }
        if (s.type != PT_LOAD || !s.memory_size)
            continue;
        memcpy(x->image + offset, at(elf, s.offset, s.file_size, "segment"), s.file_size);
        mark_pages(x, offset, s.memory_size, kind);
    }
}

static uint8_t *image_at(struct mkxex *x, uint32_t address, uint32_t size, const char *what)
{
    if (address < x->base || size > x->size || address - x->base > x->size - size)
        mkxex_fail("%s at 0x%08x lies outside the image", what, address);
    return x->image + (address - x->base);
}

/* One record: module, ordinal, slot, thunk. Slot and thunk words are put in their unpatched form.
 */
static void add_import(struct mkxex *x, const uint8_t *record)
{
    struct mkxex_import *import = &x->import[x->imports];

    if (x->imports++ == MKXEX_IMPORTS)
        mkxex_fail("more than %d imports", MKXEX_IMPORTS);
    import->library = xe_load_be32(record);
    import->ordinal = xe_load_be32(record + 4);
    import->slot = xe_load_be32(record + 8);
    import->thunk = xe_load_be32(record + 12);
    if (import->library >= MKXEX_OWN + x->froms || import->ordinal > 0xFFFF)
        mkxex_fail("import %u: library %u ordinal 0x%x", x->imports - 1, import->library,
                   import->ordinal);
    image_at(x, import->slot, 4, "import slot");
    if (import->thunk)
        image_at(x, import->thunk, 16, "import thunk");
}

static bool section_is(const struct elf *elf, const struct section *s, const char *name)
{
    struct section names = section_at(elf, elf->section_names);
    size_t size = strlen(name) + 1;

    return s->name < names.size && names.size - s->name >= size &&
           memcmp(at(elf, names.offset + s->name, size, "section name"), name, size) == 0;
}

static void read_imports(const struct elf *elf, struct mkxex *x)
{
    for (uint32_t i = 0; i < elf->section_count; i++) {
        struct section s = section_at(elf, i);
        const uint8_t *record;

        if (!section_is(elf, &s, ".xe.import"))
            continue;
        record = at(elf, s.offset, s.size, ".xe.import");
        for (uint64_t k = 0; k + 16 <= s.size; k += 16)
            add_import(x, record + k);
    }
}

/* ---- symbols ------------------------------------------------------------------------------- */

/* Value of a defined symbol in a symbol table; false if it is not there. */
static bool symbol_in(const struct elf *elf, const struct section *table, const char *name,
                      uint32_t *ret_value)
{
    struct section texts = section_at(elf, table->link);
    const uint8_t *symbols = at(elf, table->offset, table->size, "symbol table");
    const uint8_t *text = at(elf, texts.offset, texts.size, "symbol names");
    size_t size = strlen(name) + 1;

    for (uint64_t k = 0; k + SYMBOL_SIZE(elf) <= table->size; k += SYMBOL_SIZE(elf)) {
        const uint8_t *p = symbols + k;
        uint32_t offset = xe_load_be32(p);

        if (xe_load_be16(p + (elf->wide ? 6 : 14)) != SHN_UNDEF && offset < texts.size &&
            texts.size - offset >= size && memcmp(text + offset, name, size) == 0) {
            *ret_value = (uint32_t)word(elf, p, 4, 8);
            return true;
        }
    }
    return false;
}

static void find_export(const struct elf *elf, struct mkxex *x, struct mkxex_export *export)
{
    for (uint32_t i = 0; i < elf->section_count; i++) {
        struct section s = section_at(elf, i);

        if (s.type == SHT_SYMTAB && s.link < elf->section_count &&
            symbol_in(elf, &s, export->symbol, &export->address)) {
            image_at(x, export->address, 1, export->symbol);
            return;
        }
    }
    mkxex_fail("no symbol '%s' to export as ordinal %u (--gc-sections drops what nothing uses: "
               "link with -u %s)",
               export->symbol, export->ordinal, export->symbol);
}

/* ---- functions to unwind ----------------------------------------------------------------------
 */

/* All functions that the symbol table names. */
static void read_functions(const struct elf *elf, struct mkxex *x, const struct section *table)
{
    const uint8_t *symbols = at(elf, table->offset, table->size, "symbol table");

    for (uint64_t k = 0; k + SYMBOL_SIZE(elf) <= table->size; k += SYMBOL_SIZE(elf)) {
        const uint8_t *p = symbols + k;

        if ((p[elf->wide ? 4 : 12] & 0xF) == STT_FUNC)
            mkxex_unwind_function(x, (uint32_t)word(elf, p, 4, 8), (uint32_t)word(elf, p, 8, 16));
    }
}

/* Rows that the program brings; only then does it get others. */
static void read_unwinds(const struct elf *elf, struct mkxex *x)
{
    for (uint32_t i = 0; i < elf->section_count; i++) {
        struct section s = section_at(elf, i);
        const uint8_t *row;

        if (!section_is(elf, &s, ".pdata"))
            continue;
        row = at(elf, s.offset, s.size, ".pdata");
        for (uint64_t k = 0; k + 8 <= s.size; k += 8)
            mkxex_unwind_row(x, xe_load_be32(row + k), xe_load_be32(row + k + 4));
    }
    for (uint32_t i = 0; x->unwinds && i < elf->section_count; i++) {
        struct section s = section_at(elf, i);

        if (s.type == SHT_SYMTAB)
            read_functions(elf, x, &s);
    }
}

/* The entry of a 64-bit program may be a function descriptor; those lie in .opd. */
static void find_entry(const struct elf *elf, struct mkxex *x)
{
    for (uint32_t i = 0; elf->wide && i < elf->section_count; i++) {
        struct section s = section_at(elf, i);

        if (section_is(elf, &s, ".opd") && x->entry - s.address < s.size)
            x->entry = (uint32_t)xe_load_be64(image_at(x, x->entry, 8, "entry descriptor"));
    }
    if (!x->library || x->entry)
        image_at(x, x->entry, 4, "entry point");
}

void mkxex_read_elf(struct mkxex *x, const char *path)
{
    struct elf elf = {0};
    uint8_t *bytes = mkxex_read_file(path, &elf.size);

    elf.bytes = bytes;
    read_header(&elf, x);
    place_image(&elf, x);
    copy_segments(&elf, x);
    read_imports(&elf, x);
    read_unwinds(&elf, x);
    for (uint32_t i = 0; i < x->export_count; i++)
        find_export(&elf, x, &x->exports[i]);
    find_entry(&elf, x);
    free(bytes);
}
