/* Names and lines from files beside a title, as clang, gcc, ld.lld, GNU ld and nm make them
 * (make-symbols.sh), and what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xe/symbols.h"

struct bytes {
    uint8_t *at; /* owned */
    size_t size;
};

/* Of the build folder; at is NULL if the toolchain that makes it isn't there. */
static struct bytes file(const char *name)
{
    struct bytes bytes = {calloc(1, 1 << 20), 0};
    char path[256];
    FILE *in;

    snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "tests/loader/symbols/", name);
    in = fopen(path, "rb");
    if (in)
        bytes.size = fread(bytes.at, 1, 1 << 20, in);
    if (in)
        fclose(in);
    if (bytes.size)
        return bytes;
    free(bytes.at);
    return (struct bytes){NULL, 0};
}

static struct xe_symbols *title(const char *name)
{
    struct bytes bytes = file(name);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image;
    struct xe_symbols *symbols;

    cr_assert_not_null(bytes.at, "%s", name);
    image = xe_image_parse(bytes.at, bytes.size, &err);
    cr_assert_not_null(image, "%s: %s", name, err.text);
    symbols = xe_symbols_create(image, NULL, NULL, &err);
    cr_assert_not_null(symbols, "%s: %s", name, err.text);
    xe_image_destroy(image);
    free(bytes.at);
    return symbols;
}

static struct xe_symbols_file load_bytes(struct xe_symbols *symbols, const void *at, size_t size)
{
    struct xe_symbols_file about;
    struct xe_error err = XE_ERROR_INIT;
    bool ok = xe_symbols_load(symbols, at, size, NULL, &about, &err);

    cr_assert(ok, "%s", err.text);
    return about;
}

static struct xe_symbols_file load(struct xe_symbols *symbols, const char *name)
{
    struct bytes bytes = file(name);
    struct xe_symbols_file about;

    cr_assert_not_null(bytes.at, "%s", name);
    about = load_bytes(symbols, bytes.at, bytes.size);
    free(bytes.at);
    return about;
}

/* It is refused, for a reason that says this. */
static void expect_refused(struct xe_symbols *symbols, const void *at, size_t size,
                           const char *reason)
{
    struct xe_symbols_file about;
    struct xe_error err = XE_ERROR_INIT;

    cr_expect_not(xe_symbols_load(symbols, at, size, NULL, &about, &err), "%s", reason);
    cr_expect(strstr(err.text, reason), "'%s', expected '%s'", err.text, reason);
}

static void expect_file_refused(struct xe_symbols *symbols, const char *name, const char *reason)
{
    struct bytes bytes = file(name);

    cr_assert_not_null(bytes.at, "%s", name);
    expect_refused(symbols, bytes.at, bytes.size, reason);
    free(bytes.at);
}

static void place(const struct xe_symbols *symbols, xe_gva address, char text[XE_PLACE_TEXT])
{
    struct xe_place at;

    strcpy(text, "-");
    if (xe_symbols_place(symbols, address, &at))
        xe_place_text(&at, text);
}

/* The function is there, and this is what its first instruction was made of. */
static void expect_place(const struct xe_symbols *symbols, const char *function, const char *wanted)
{
    char text[XE_PLACE_TEXT];
    xe_gva address = 0;

    cr_assert(xe_symbols_find(symbols, function, &address), "%s", function);
    place(symbols, address, text);
    cr_expect_str_eq(text, wanted);
}

static void expect_lines(const char *name)
{
    struct xe_symbols *symbols = title(name);
    struct xe_symbols_file about = load(symbols, name);
    struct xe_place at;
    xe_gva address = 0;

    cr_expect_eq(about.proof, XE_SYMBOLS_CODE);
    cr_expect(about.names >= 3 && about.lines > 5 && about.files == 1, "%s", name);
    expect_place(symbols, "twice", "twice at places.c:7");
    expect_place(symbols, "add", "add at places.c:3");
    cr_assert(xe_symbols_find(symbols, "_start", &address));
    cr_expect(xe_symbols_place(symbols, address, &at));
    cr_expect_str_eq(at.file, "places.c", "not below the folder that it was compiled in");
    cr_expect_eq(at.line, 8);
    xe_symbols_destroy(symbols);
}

Test(symbol_files, lines_of_clang)
{
    expect_lines("dwarf5.elf");
    expect_lines("dwarf4.elf");
    expect_lines("packed.elf");
}

Test(symbol_files, lines_of_gcc)
{
    if (!file("gnu.elf").at || !file("gnu64.elf").at)
        cr_skip_test("no gcc for powerpc and powerpc64");
    expect_lines("gnu.elf");
    expect_lines("gnu64.elf");
}

/* Every instruction of a function is in it, and of a line of its own source. */
Test(symbol_files, all_of_a_function)
{
    struct xe_symbols *symbols = title("dwarf5.elf");
    const struct xe_symbol *add;
    xe_gva address;

    load(symbols, "dwarf5.elf");
    cr_assert(xe_symbols_find(symbols, "add", &address));
    add = xe_symbols_at(symbols, address);
    for (uint32_t at = 0; at < add->size; at += 4) {
        struct xe_place in;

        cr_assert(xe_symbols_place(symbols, address + at, &in));
        cr_expect_str_eq(in.name, "add");
        cr_expect_eq(in.offset, at);
        cr_expect(in.file[0] ? in.line >= 1 && in.line <= 6 : in.line == 0, "0x%x: %u", at,
                  in.line);
    }
    cr_expect_not(xe_symbols_place(symbols, 0x82018000, &(struct xe_place){.line = 0}));
    xe_symbols_destroy(symbols);
}

/* A XEX was made of it by xe360-mkxex, which changes imports. */
Test(symbol_files, of_a_xex)
{
    struct xe_symbols *symbols = title("tests/guest/titles/four-handles.xex");
    struct xe_symbols_file about = load(symbols, "tests/guest/titles/four-handles.elf");
    struct xe_place at;
    xe_gva address = 0;

    cr_expect_eq(about.proof, XE_SYMBOLS_CODE);
    cr_assert(xe_symbols_find(symbols, "main", &address));
    cr_expect(xe_symbols_place(symbols, address, &at));
    cr_expect_str_eq(at.name, "main");
    expect_file_refused(symbols, "tests/guest/titles/waits.elf", "first differing address is 0x82");
    xe_symbols_destroy(symbols);
}

/* ---- whose it is ----------------------------------------------------------------------------- */

Test(symbol_files, another_build_is_refused_with_where_it_differs)
{
    struct xe_symbols *symbols = title("dwarf5.elf");
    struct bytes bytes = file("dwarf5.elf");
    char reason[80];
    xe_gva address = 0;
    uint8_t *code;

    cr_assert(xe_symbols_find(symbols, "add", &address));
    code = memmem(bytes.at, bytes.size, "\x7C\x08\x02\xA6", 4); /* mflr, where add begins */
    cr_assert_not_null(code);
    code[6] ^= 1;
    snprintf(reason, sizeof(reason), "the first differing address is 0x%08x ", address + 6);
    expect_refused(symbols, bytes.at, bytes.size, reason);
    expect_file_refused(symbols, "other.elf", "the first differing address is 0x820100");
    cr_expect_eq(xe_symbols_at(symbols, address)->address, address, "what was there stays");
    free(bytes.at);
    xe_symbols_destroy(symbols);
}

Test(symbol_files, a_build_id_decides_where_both_have_one)
{
    struct xe_symbols *symbols = title("id.elf");

    cr_expect_eq(load(symbols, "id.elf").proof, XE_SYMBOLS_BUILD_ID);
    cr_expect_eq(load(symbols, "id-debug.elf").proof, XE_SYMBOLS_BUILD_ID, "it has no code");
    expect_place(symbols, "add", "add at places.c:3");
    cr_expect_eq(load(symbols, "dwarf5.elf").proof, XE_SYMBOLS_CODE, "it has no build id");
    expect_file_refused(symbols, "id-other.elf",
                        "build id 0123456789abcdee is not the title's, 0123456789abcdef: the first "
                        "differing address is 0x82000217");
    expect_file_refused(symbols, "debug.elf", "no code to compare");
    xe_symbols_destroy(symbols);
}

Test(symbol_files, what_says_nothing_is_refused)
{
    struct xe_symbols *symbols = title("dwarf5.elf");
    struct xe_symbols_file about = load(symbols, "plain.elf");

    cr_expect_eq(about.lines, 0);
    cr_expect_eq(about.names, 3);
    expect_place(symbols, "add+4", "add+0x4");
    expect_file_refused(symbols, "stripped.elf", "it is stripped");
    expect_refused(symbols, "", 0, "names nothing");
    expect_refused(symbols,
                   "\x7F"
                   "ELF",
                   4, "ELF header");
    expect_refused(symbols, "\0\1\2", 3, "neither an ELF file nor a map");
    expect_refused(symbols, "# none\nhello world\n", 19, "line 2: 'hello world'");
    expect_place(symbols, "add+4", "add+0x4");
    xe_symbols_destroy(symbols);
}

Test(symbol_files, a_file_for_another_processor_is_refused)
{
    struct xe_symbols *symbols = title("dwarf5.elf");
    struct bytes bytes = file("dwarf5.elf");

    bytes.at[19] = 62;
    expect_refused(symbols, bytes.at, bytes.size, "ELF machine is 0x3e");
    free(bytes.at);
    xe_symbols_destroy(symbols);
}

/* ---- damage ---------------------------------------------------------------------------------- */

Test(symbol_files, a_damaged_line_table_is_told)
{
    struct xe_symbols *symbols = title("dwarf4.elf");
    struct bytes bytes = file("dwarf4.elf");
    uint8_t *name = memmem(bytes.at, bytes.size, "places.c\0\0\0", 12), *unit;

    cr_assert_not_null(name);
    for (unit = name; memcmp(unit + 4, "\0\4", 2) != 0; unit--)
        cr_assert(unit > bytes.at);
    unit[5] = 99; /* version */
    expect_refused(symbols, bytes.at, bytes.size, "lines of the compile unit at .debug_info+0x");
    unit[5] = 4;
    memset(unit, 0xEE, 4); /* length */
    expect_refused(symbols, bytes.at, bytes.size, "lines of the compile unit at .debug_info+0x");
    free(bytes.at);
    xe_symbols_destroy(symbols);
}

/* ---- maps ------------------------------------------------------------------------------------ */

Test(symbol_files, maps)
{
    static const char *const maps[] = {"dwarf5.map",   "nm.map",   "nm-size.map",
                                       "nm-posix.map", "list.map", "gnu.map"};

    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
        const char *gnu = strcmp(maps[i], "gnu.map") ? "dwarf5.elf" : "gnu.elf";
        struct bytes bytes = file(maps[i]);
        struct xe_symbols *symbols;
        struct xe_symbols_file about;

        if (!bytes.at && !strcmp(gnu, "gnu.elf"))
            continue; /* no gcc for powerpc */
        symbols = title(gnu);
        about = load(symbols, maps[i]);
        cr_expect_eq(about.proof, XE_SYMBOLS_STARTS);
        cr_expect_str_eq(about.kind, "map");
        expect_place(symbols, "add+8", "add+0x8");
        expect_place(symbols, "twice", "twice");
        free(bytes.at);
        xe_symbols_destroy(symbols);
    }
}

/* A text with the addresses that the title's add and twice have. */
static void write_map(const struct xe_symbols *symbols, const char *format, char *text, size_t size)
{
    xe_gva add = 0, twice = 0;

    cr_assert(xe_symbols_find(symbols, "add", &add) && xe_symbols_find(symbols, "twice", &twice));
    snprintf(text, size, format, add, twice);
}

/* The names differ from those of the title's own file, so that the map's are seen. */
Test(symbol_files, other_forms_of_maps)
{
    static const char *const forms[] = {
        "0x%08X plus\r\n0x%08X double(int, char)\r\n",
        "; functions\n%08x = plus\n\n%08x = double\n",
        "plus = 0x%08x\ndouble = 0x%08x\n",
        "%1$08x 00000034 %1$08x 0 plus\n%2$08x 00000008 %2$08x 0 double\n",
        " Timestamp is 0\n\n  Address         Publics by Value              Rva+Base     Lib:Object\n\n"
        " 0001:00000000       plus                       %08x f   a.obj\n"
        " 0001:00000044       double                     %08x f   a.obj\n",
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct xe_symbols *symbols = title("dwarf5.elf");
        char text[400];
        xe_gva plus = 0, twice = 1;

        write_map(symbols, forms[i], text, sizeof(text));
        cr_expect_eq(load_bytes(symbols, text, strlen(text)).names, 2, "%zu", i);
        cr_expect(xe_symbols_find(symbols, "plus", &plus), "%zu", i);
        cr_expect(xe_symbols_find(symbols, "add", &twice), "%zu", i);
        cr_expect_eq(plus, twice, "%zu", i);
        xe_symbols_destroy(symbols);
    }
}

Test(symbol_files, the_map_of_another_build_is_refused)
{
    struct xe_symbols *symbols = title("dwarf5.elf");
    char text[200], reason[80];
    xe_gva twice = 0;

    cr_assert(xe_symbols_find(symbols, "twice", &twice));
    snprintf(text, sizeof(text), "%08x T add\n%08x T twice\n", twice + 8, twice + 4);
    snprintf(reason, sizeof(reason), "the first differing address is 0x%08x (twice)", twice + 4);
    expect_refused(symbols, text, strlen(text), reason);
    expect_file_refused(symbols, "other.map", "aren't where functions of the title begin and end");
    expect_refused(symbols, "90000000 T far\n", 15, "names nothing in the title");
    xe_symbols_destroy(symbols);
}

/* What an earlier file said is gone, what the title itself says is not. */
Test(symbol_files, the_last_file_counts)
{
    struct xe_symbols *symbols = title("tests/guest/titles/four-handles.xex");
    xe_gva entry = 0, address;
    char text[40];

    cr_assert(xe_symbols_find(symbols, "entry", &entry));
    for (int i = 0; i < 2; i++) {
        snprintf(text, sizeof(text), "0x%08x %s\n", entry, i ? "second" : "first");
        load_bytes(symbols, text, strlen(text));
    }
    cr_expect_not(xe_symbols_find(symbols, "first", &address));
    cr_expect(xe_symbols_find(symbols, "second", &address) && address == entry);
    cr_expect(xe_symbols_find(symbols, "entry", &address) && address == entry);
    expect_place(symbols, "entry", "second");
    xe_symbols_destroy(symbols);
}
