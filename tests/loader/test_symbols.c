/* Names of places: what a built XEX and ELF say of theirs, and what an image made by hand does. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "build_elf.h"
#include "build_xex.h"
#include "xe/symbols.h"

static const char *export_name(const char *library, uint32_t ordinal)
{
    return strcmp(library, "xboxkrnl.exe") == 0 && ordinal == 0x0D ? "ExCreateThread" : NULL;
}

static struct xe_image *parse(const uint8_t *file, size_t size)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = xe_image_parse(file, size, &err);

    cr_assert_not_null(image, "%s", err.text);
    return image;
}

/* With an unwind table, and one more change if there is one. */
static struct xe_image *xex(const struct edit *edit)
{
    struct edit edits[BUILD_FUNCTIONS + 1];
    struct xe_image *image;
    uint8_t *file;
    size_t size;

    memcpy(edits, build_xex_functions, sizeof(build_xex_functions));
    if (edit)
        edits[BUILD_FUNCTIONS] = *edit;
    file = build_xex(build_xex_find("basic"), edits, BUILD_FUNCTIONS + (edit != NULL), &size);
    image = parse(file, size);
    free(file);
    return image;
}

static struct xe_symbols *symbols_of(struct xe_image *image)
{
    struct xe_symbols *symbols = xe_symbols_create(image, export_name, NULL, NULL);

    cr_assert_not_null(symbols);
    xe_image_destroy(image);
    return symbols;
}

/* An address, and what it lies in; NULL: nothing. */
struct expected {
    xe_gva address, start;
    const char *name;
};

static void expect_places(const struct xe_symbols *symbols, const struct expected *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct xe_symbol *symbol = xe_symbols_at(symbols, e[i].address);

        cr_expect_str_eq(symbol ? symbol->name : "-", e[i].name ? e[i].name : "-", "0x%08x",
                         e[i].address);
        if (symbol && e[i].name)
            cr_expect_eq(symbol->address, e[i].start, "0x%08x: 0x%08x", e[i].address,
                         symbol->address);
    }
}

#define EXPECT_PLACES(symbols, rows)                                                               \
    expect_places((symbols), (rows), sizeof(rows) / sizeof((rows)[0]))

Test(loader_symbols, of_a_xex)
{
    static const struct expected places[] = {
        {0x92000FFC, 0, NULL},
        {0x92001000, 0x92001000, "xboxkrnl.exe!ExCreateThread"},
        {0x9200100C, 0x92001000, "xboxkrnl.exe!ExCreateThread"},
        {0x92001010, 0x92001010, "xam.xex!#977"},
        {0x92001020, 0x92001020, "xam.xex!#5"},
        {0x92001030, 0x92001030, "sub_92001030"},
        {0x9200103C, 0x92001030, "sub_92001030"},
        {0x92001040, 0x92001040, "export_1"},
        {0x92001047, 0x92001040, "export_1"},
        {0x92001048, 0x92001048, "third"},
        {0x9200104C, 0x9200104C, "fourth"},
        {0x9200105C, 0x9200104C, "fourth"},
        {0x92001060, 0x92001060, "sub_92001060"},
        {0x9200106C, 0x92001060, "sub_92001060"},
        {0x92001070, 0, NULL},
        {0x92001100, 0x92001100, "sub_92001100"},
        {0x92001FFF, 0x92001100, "sub_92001100"},
        {0x92002000, 0, NULL},
        {0, 0, NULL},
        {0xFFFFFFFF, 0, NULL},
    };
    struct xe_symbols *symbols = symbols_of(xex(NULL));

    EXPECT_PLACES(symbols, places);
    xe_symbols_destroy(symbols);
}

Test(loader_symbols, are_found_by_name)
{
    static const struct {
        const char *text;
        xe_gva address;
    } texts[] = {
        {"entry", 0x92001040},
        {"export_1", 0x92001040},
        {"sub_92001040", 0x92001040},
        {"entry+0x10", 0x92001050},
        {"entry+16", 0x92001050},
        {"third+4", 0x9200104C},
        {"ExCreateThread", 0x92001000},
        {"xboxkrnl.exe!ExCreateThread", 0x92001000},
        {"xboxkrnl.exe!ExCreateThread+8", 0x92001008},
        {"#5", 0x92001020},
        {"sub_92001100", 0x92001100},
        {"", 0},
        {"+4", 0},
        {"thir", 0},
        {"third+", 0},
        {"third+x", 0},
        {"third+-4", 0},
        {"third+0x", 0},
        {"third+4x", 0},
        {"third+0x100000000", 0},
        {"xam.xex!ExCreateThread", 0},
        {"sub_92001044", 0},
    };
    struct xe_symbols *symbols = symbols_of(xex(NULL));

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        xe_gva address = 0;

        cr_expect_eq(xe_symbols_find(symbols, texts[i].text, &address), texts[i].address != 0, "%s",
                     texts[i].text);
        cr_expect_eq(address, texts[i].address, "%s: 0x%08x", texts[i].text, address);
    }
    xe_symbols_destroy(symbols);
}

Test(loader_symbols, of_an_elf)
{
    static const struct expected places[] = {
        {0x82000200, 0, NULL},
        {0x82000204, 0x82000204, "start"},
        {0x82000208, 0x82000204, "start"},
        {0x8200020C, 0, NULL},
    };
    uint8_t file[BUILD_ELF_SIZE];
    struct xe_symbols *symbols;

    build_elf(BUILD_ELF32, file);
    symbols = symbols_of(parse(file, sizeof(file)));
    EXPECT_PLACES(symbols, places);
    xe_symbols_destroy(symbols);
}

/* What is wrong with a PE header or its table costs the functions, never the image. */
static const struct wrong {
    struct edit edit;
    uint32_t functions; /* that are left */
} wrong[] = {
    {{EDIT_IMAGE, 0x00, "XX", 2}, 0},                           /* no PE                       */
    {{EDIT_IMAGE, 0x3C, "\xF0\xFF\x00\x00", 4}, 0},             /* its head is past the end    */
    {{EDIT_IMAGE, BUILD_IMAGE_PE + 20, "\x10\x00", 2}, 0},      /* a short optional header     */
    {{EDIT_IMAGE, BUILD_IMAGE_PE + 24, "\x0B\x02", 2}, 0},      /* a PE32+                     */
    {{EDIT_IMAGE, BUILD_IMAGE_PE + 24 + 92, "\3\0\0\0", 4}, 0}, /* three directories           */
    {{EDIT_IMAGE, BUILD_IMAGE_PE + 0x90, "\0\0\0\x7F", 4}, 0},  /* a table outside the image   */
    {{EDIT_IMAGE, BUILD_IMAGE_PE + 0x94, "\0\0\0\0", 4}, 0},    /* an empty one                */
    {{EDIT_IMAGE, BUILD_IMAGE_PE + 0x94, "\x0F\0\0\0", 4}, 1},  /* one and a half entries      */
    {{EDIT_IMAGE, BUILD_IMAGE_PE + 0x94, "\xFF\xFF\xFF\xFF", 4}, 3}, /* it is cut with the image */
    {{EDIT_IMAGE, BUILD_IMAGE_UNWIND, "\x92\x00\x10\x31", 4}, 2}, /* not at a word               */
    {{EDIT_IMAGE, BUILD_IMAGE_UNWIND, "\xFF\xFF\xFF\xFC", 4}, 2}, /* at the end of addresses     */
};

Test(loader_symbols, a_wrong_unwind_table_is_no_error)
{
    struct xe_image *image = xex(NULL);

    cr_expect_eq(image->function_count, 3);
    xe_image_destroy(image);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        image = xex(&wrong[i].edit);
        cr_expect_eq(image->function_count, wrong[i].functions, "%zu: %u", i,
                     image->function_count);
        xe_image_destroy(image);
    }
}

/* Every word calls another one, and names crowd one place: as many places as there are words. */
Test(loader_symbols, of_an_image_full_of_calls)
{
    struct xe_image_section code = {
        .name = ".text", .address = 0x82000000, .size = 0x1000, .kind = "code"};
    struct xe_image_symbol symbol[2] = {{.name = "a+b", .address = 0x82000010, .size = 4},
                                        {.name = "b", .address = 0x82000010, .size = 8}};
    static uint8_t bytes[0x1000];
    struct xe_image image = {.base = 0x82000000,
                             .size = 0x1000,
                             .bytes = bytes,
                             .section = &code,
                             .section_count = 1,
                             .symbol = symbol,
                             .symbol_count = 2};
    static const struct expected places[] = {
        {0x82000000, 0x82000000, "sub_82000000"}, {0x8200000C, 0x8200000C, "sub_8200000c"},
        {0x82000010, 0x82000010, "a+b"},          {0x82000014, 0x82000010, "a+b"},
        {0x82000018, 0x82000018, "sub_82000018"}, {0x82000FFC, 0x82000FFC, "sub_82000ffc"},
    };
    struct xe_symbols *symbols;
    xe_gva address = 0;

    for (uint32_t at = 0; at < sizeof(bytes); at += 4) /* word n calls word 1023 - n */
        xe_store_be32(bytes + at, 0x48000001 | ((0xFFC - 2 * at) & 0x03FFFFFC));
    symbols = xe_symbols_create(&image, NULL, NULL, NULL);
    cr_assert_not_null(symbols);
    EXPECT_PLACES(symbols, places);
    cr_expect(xe_symbols_find(symbols, "a+b", &address));
    cr_expect_eq(address, 0x82000010);
    cr_expect(xe_symbols_find(symbols, "a+b+4", &address));
    cr_expect_eq(address, 0x82000014);
    xe_symbols_destroy(symbols);
}

/* Names made of addresses are near each other, and nobody means another address. */
Test(loader_symbols, near_names_are_offered)
{
    static const struct {
        const char *text, *near;
    } texts[] = {{"thrid", "third"},
                 {"xboxkrnl.exe!ExCreateThraed+8", "ExCreateThread"},
                 {"sub_92001104", NULL}};
    struct xe_symbols *symbols = symbols_of(xex(NULL));

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct xe_nearest nearest;

        xe_nearest_init_place(&nearest, texts[i].text);
        xe_symbols_offer(symbols, &nearest);
        cr_expect_eq(nearest.count, texts[i].near != NULL, "%s", texts[i].text);
        if (texts[i].near && nearest.count)
            cr_expect_str_eq(nearest.name[0], texts[i].near);
    }
    xe_symbols_destroy(symbols);
}
