/* What titles tell of themselves: read, cut, damaged, hostile. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "build_spa.h"
#include "loader/spa.h"
#include "xe/types.h"

#define AT 0x82010000u /* where it lies in an image */

static const struct build_spa_string strings[] = {
    {1, 0x8000, "The Long Wait"},
    {1, 7, "First"},
    {1, 8, "Wait for the first time"},
    {3, 0x8000, "Das lange Warten"},
    {2, 0x8000, "\xE9\x95\xB7\xE3\x81\x84"},
    {3, 7, "Erstes"},
};
#define STRINGS (sizeof(strings) / sizeof(strings[0]))

static const struct build_spa_achievement achievements[] = {{1, 7, 8, 20, 3, 1},
                                                            {2, 9, 8, 65535, 4, 0}};
static const struct build_spa plain = {1, strings, STRINGS, achievements, 2, 0x20};

static uint8_t bytes[BUILD_SPA_MAX];
static size_t size;
static struct xe_spa *spa;

static void read_bytes(void)
{
    cr_assert(xe__loader_spa_read(bytes, (uint32_t)size, AT, &spa));
}

static void read_built(const struct build_spa *built)
{
    size = build_spa(built, bytes);
    read_bytes();
}

static void forget(void)
{
    xe__loader_spa_free(spa);
    spa = NULL;
}

TestSuite(loader_spa, .fini = forget);

Test(loader_spa, names_in_all_languages)
{
    read_built(&plain);
    cr_expect_str_eq(spa->damage, "");
    cr_expect_eq(spa->language, 1);
    cr_expect_str_eq(spa->name, "The Long Wait");
    cr_assert_eq(spa->name_count, 3);
    cr_expect_eq(spa->names[1].language, 2);
    cr_expect_str_eq(spa->names[1].text, "\xE9\x95\xB7\xE3\x81\x84");
    cr_expect_str_eq(spa->names[2].text, "Das lange Warten");
    cr_expect_eq(spa->icon_size, 0x20);
    cr_expect_eq(bytes[spa->icon - AT], 0x89);
}

Test(loader_spa, achievements_in_its_own_language)
{
    struct build_spa german = plain;

    read_built(&plain);
    cr_assert_eq(spa->achievements, 2);
    cr_expect_str_eq(spa->achievement[0].name, "First");
    cr_expect_str_eq(spa->achievement[0].description, "Wait for the first time");
    cr_expect_eq(spa->achievement[0].score, 20);
    cr_expect_eq(spa->achievement[0].image, 3);
    cr_expect_eq(spa->achievement[0].flags, 1);
    cr_expect_str_eq(spa->achievement[1].name, ""); /* of a string that isn't there */
    cr_expect_eq(spa->achievement[1].score, 65535);
    forget();
    german.language = 3;
    read_built(&german);
    cr_expect_str_eq(spa->name, "Das lange Warten");
    cr_expect_str_eq(spa->achievement[0].name, "Erstes");
    cr_expect_str_eq(spa->achievement[0].description, "");
}

Test(loader_spa, the_first_name_if_its_own_language_has_none)
{
    const struct build_spa french = {4, strings, STRINGS, NULL, 0, 0};

    read_built(&french);
    cr_expect_str_eq(spa->name, "The Long Wait");
    cr_expect_eq(spa->icon_size, 0);
    cr_expect_eq(spa->achievements, 0);
}

/* Text is text: whatever isn't can't be taken for something else where it is shown. */
Test(loader_spa, what_is_no_text_is_a_question_mark)
{
    static const struct {
        const char *text, *read;
    } rows[] = {
        {"line\nfeed\x1B[2J", "line?feed?[2J"},
        {"\x7F\xC2\x85", "???"},      /* control characters */
        {"\xC0\x80\xC1\xBF", "????"}, /* longer than need be */
        {"\xE0\x9F\xBF", "???"},      /* the same */
        {"\xED\xA0\x80", "???"},      /* half of a pair */
        {"\xF4\x90\x80\x80", "????"}, /* beyond the last one */
        {"\xF5\x80\x80\x80", "????"}, /* the same */
        {"\xE9\x95", "??"},           /* ends in the middle */
        {"\x95\xFFz", "??z"},         /* begins there */
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct build_spa_string one[] = {{1, 0x8000, rows[i].text}};
        const struct build_spa built = {1, one, 1, NULL, 0, 0};

        read_built(&built);
        cr_expect_str_eq(spa->name, rows[i].read, "%zu: '%s'", i, spa->name);
        forget();
    }
}

Test(loader_spa, long_names_are_cut_between_characters)
{
    char text[301] = "";
    const struct build_spa_string one[] = {{1, 0x8000, text}};
    const struct build_spa built = {1, one, 1, NULL, 0, 0};

    for (int i = 0; i < 100; i++)
        memcpy(text + 3 * i, "\xE9\x95\xB7", 4);
    read_built(&built);
    cr_expect_eq(strlen(spa->name), 126);
    cr_expect_eq(strncmp(spa->name, text, 126), 0);
}

/* ---- damage: what can be read is there all the same ------------------------------------------ */

#define DATA     (0x18 + 24 * 0x12 + 3 * 8)
#define ENTRY(n) (0x18 + (n)*0x12)

static const struct {
    const char *what;
    uint32_t at, value, count; /* of bytes, big-endian */
    const char *name, *damage;
} damages[] = {
    {"magic", 0, 0x58444247, 4, "", "offset 0x0: magic is 0x58444247, expected 0x58444246"},
    {"more entries than room", 0xC, 25, 4, "",
     "offset 0xc: 0x19 entries of 0x18, expected inside 0x2ed bytes (version 0x10000)"},
    {"room beyond the end", 0x8, 0xFFFFFFFF, 4, "",
     "offset 0xc: 0x6 entries of 0xffffffff, expected inside 0x2ed bytes (version 0x10000)"},
    {"free room beyond the end", 0x10, 0xFFFFFFFF, 4, "",
     "offset 0xc: 0x6 entries of 0x18, expected inside 0x2ed bytes (version 0x10000)"},
    {"an entry behind the end", ENTRY(2) + 10, 0xFFFFFFF0, 4, "\xE9\x95\xB7\xE3\x81\x84",
     "offset 0x3c: entry 0x2 is 0x43 bytes at 0xfffffff0, expected inside 0x10d"},
    {"an entry that is too long", ENTRY(2) + 14, 0x11C, 4, "\xE9\x95\xB7\xE3\x81\x84",
     "offset 0x3c: entry 0x2 is 0x11c bytes at 0x66, expected inside 0x10d"},
    {"a table of something else", DATA + 0x66, 0x58535400, 4, "\xE9\x95\xB7\xE3\x81\x84",
     "offset 0x246: 0x43 bytes, expected a table 0x58535452"},
    {"a string that is too long", DATA + 0x66 + 16, 0xFFFF, 2, "\xE9\x95\xB7\xE3\x81\x84",
     "offset 0x258: string 0x8000 has 0xffff bytes, expected inside the table's 0x43"},
    {"more strings than there are", DATA + 0x66 + 12, 0xFFFF, 2, "The Long Wait", ""},
    {"more achievements", DATA + 0x10 + 12, 3, 2, "The Long Wait",
     "offset 0x1f0: 0x3 achievements, expected at most 0x400 inside 0x56 bytes"},
    {"a language without a table", DATA + 12, 99, 4, "The Long Wait", ""},
    {"a short language", ENTRY(0) + 14, 15, 4, "The Long Wait",
     "offset 0x1e0: 0xf bytes, expected a language"},
};

Test(loader_spa, damage_is_told)
{
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        size = build_spa(&plain, bytes);
        for (uint32_t b = 0; b < damages[i].count; b++)
            bytes[damages[i].at + b] =
                (uint8_t)(damages[i].value >> 8 * (damages[i].count - 1 - b));
        read_bytes();
        cr_expect_str_eq(spa->name, damages[i].name, "%s: '%s'", damages[i].what, spa->name);
        cr_expect_str_eq(spa->damage, damages[i].damage, "%s:\n  is       %s\n  expected %s",
                         damages[i].what, spa->damage, damages[i].damage);
        forget();
    }
}

/* Exactly as many bytes as are told, so that a sanitizer sees one too many. */
Test(loader_spa, every_length_is_read_within_it)
{
    size_t whole = build_spa(&plain, bytes);

    for (size_t n = 0; n < whole; n++) {
        uint8_t *cut = malloc(n ? n : 1);

        memcpy(cut, bytes, n);
        cr_assert(xe__loader_spa_read(cut, (uint32_t)n, AT, &spa));
        cr_expect(spa->damage[0], "0x%zx", n);
        forget();
        free(cut);
    }
}
