/* STFS packages: as built, in all formats and with all levels of tables; damaged, hostile, large.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "containers.h"
#include "vfs/stfs.h"

#define HEAD 0xA000u /* where build_plain's volume begins */

static const char story[] = "Once upon a time there was a title that hung.";
static uint8_t noise[0x9001];

static const struct build_file plain[] = {
    {"default.xex", noise, sizeof(noise)}, {"media/", NULL, 0},        {"media/Deep/", NULL, 0},
    {"media/Deep/note.txt", story, 9},     {"media/nothing", NULL, 0}, {"block.bin", noise, 0x1000},
};
#define PLAIN (sizeof(plain) / sizeof(plain[0]))

static void fill_noise(void)
{
    uint32_t state = 1;

    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
}

TestSuite(vfs_stfs, .init = fill_noise);

static struct xe_vfs_source *open_built(const struct built *package)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_source *source = container_open(package, NULL, &err);

    cr_assert_not_null(source, "%s", err.text);
    cr_assert_str_eq(source->type->name, "stfs");
    return source;
}

/* Everything is read and every block verified. */
static void expect_good(const struct build_package *head, unsigned flags,
                        const struct build_file *files, size_t count, uint64_t blocks)
{
    struct xe_container_hashes hashes;
    struct xe_vfs_source *source;
    struct built package;

    build_stfs(&package, head, flags, files, count);
    source = open_built(&package);
    container_expect(source, files, count);
    xe__stfs_verify(source, NULL, &hashes);
    cr_assert_eq(hashes.bad, 0, "%s", hashes.first);
    cr_assert_eq(hashes.good, blocks);
    source->type->close(source);
    built_fini(&package);
}

#define KINDS 6

static const unsigned kinds[KINDS] = {0,
                                      BUILD_WRITABLE,
                                      BUILD_WRITABLE | BUILD_SECOND_ROOT,
                                      BUILD_BACKWARDS,
                                      BUILD_WRITABLE | BUILD_BACKWARDS,
                                      BUILD_WRITABLE | BUILD_SECOND_ROOT | BUILD_BACKWARDS};

Test(vfs_stfs, one_level_of_tables)
{
    const struct build_package console = {"CON ", 0xAD0E, 1, 0x58450001, "Console"};

    for (int i = 0; i < KINDS; i++) {
        expect_good(&build_plain, kinds[i], plain, PLAIN, 13);
        expect_good(&console, kinds[i], plain, PLAIN, 13);
    }
}

/* Blocks on both sides of where the next table, and the next level, begins. */
Test(vfs_stfs, two_levels_of_tables)
{
    static const uint32_t blocks[] = {169, 170, 171, 172, 339, 340, 341, 1000};

    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        const struct build_file files[] = {{"zeros", NULL, (blocks[i] - 10) * UINT64_C(0x1000)},
                                           {"last", noise, 0x8FFF}};

        for (int kind = 0; kind < KINDS; kind++)
            expect_good(&build_plain, kinds[kind], files, 2, blocks[i]);
    }
}

Test(vfs_stfs, three_levels_of_tables)
{
    static const uint32_t blocks[] = {28900, 28901, 58000};

    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        const struct build_file files[] = {{"zeros", NULL, (blocks[i] - 10) * UINT64_C(0x1000)},
                                           {"last", noise, 0x8FFF}};

        expect_good(&build_plain, kinds[i], files, 2, blocks[i]);
        expect_good(&build_plain, kinds[i + 3], files, 2, blocks[i]);
    }
}

/* Each table by the place that the head of this file's source says, in blocks: what it covers is
 * lost, and no more; the copy that isn't current is nobody's loss. */
static const struct {
    const char *what;
    uint32_t blocks; /* of the volume, beside the last file's 9 and the listing */
    unsigned flags;
    uint32_t at;
    const char *path, *text; /* "": it can be read */
} tables[] = {
    {"level 0", 171, 0, 172, "last", "hash table of level 0, 0x1 has SHA-1"},
    {"level 0, others", 171, 0, 172, "first", ""},
    {"level 1", 171, 0, 171, "first", "hash table of level 1, 0x0 has SHA-1"},
    {"the first level 0", 171, 0, 0, "last", "hash table of level 0, 0x0 has SHA-1"},
    {"a copy of level 0", 171, BUILD_WRITABLE, 174, "last", ""},
    {"level 0, second copy", 171, BUILD_WRITABLE, 175, "last", "hash table of level 0, 0x1 has"},
    {"level 1, first copy", 171, BUILD_WRITABLE, 172, "first", "hash table of level 1, 0x0 has"},
    {"a copy of level 1", 171, BUILD_WRITABLE, 173, "first", ""},
    {"level 1, second copy", 171, BUILD_WRITABLE | BUILD_SECOND_ROOT, 173, "first",
     "hash table of level 1, 0x0 has"},
    {"level 2", 28901, 0, 29071, "first", "hash table of level 2, 0x0 has SHA-1"},
    {"level 1 of the second", 28901, 0, 29072, "last", "hash table of level 1, 0x1 has SHA-1"},
    {"level 0 of the second", 28901, 0, 29073, "last", "hash table of level 0, 0xaa has SHA-1"},
    {"level 1 of the second, others", 28901, 0, 29072, "first", ""},
};

Test(vfs_stfs, damage_of_a_table_is_that_of_what_it_covers)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        const struct build_file files[] = {
            {"first", noise, 0x1000},
            {"zeros", NULL, (tables[i].blocks - 2) * UINT64_C(0x1000)},
            {"last", noise, 0x8FFF}};
        struct xe_vfs_source *source;
        struct built package;
        const char *text;

        build_stfs(&package, &build_plain, tables[i].flags, files, 3);
        package.bytes[HEAD + tables[i].at * UINT64_C(0x1000) + 0x12] ^= 1;
        source = open_built(&package);
        text = container_read(source, tables[i].path);
        cr_expect(tables[i].text[0] ? strstr(text, tables[i].text) != NULL : !text[0], "%s: '%s'",
                  tables[i].what, text);
        source->type->close(source);
        built_fini(&package);
    }
}

Test(vfs_stfs, a_folder_of_fifty_thousand)
{
    enum { MANY = 50000 };
    static struct build_file files[MANY];
    static char names[MANY][12];

    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof(names[i]), "f%05d.b", i * 7919 % MANY);
        files[i] = (struct build_file){names[i], NULL, 0};
    }
    files[7] = (struct build_file){names[7], story, sizeof(story)};
    expect_good(&build_plain, 0, files, MANY, (MANY + 63) / 64 + 1);
}

Test(vfs_stfs, entries_say_what_the_package_does)
{
    struct xe_vfs_source *source;
    struct xe_vfs_entry entry;
    struct built package;

    build_stfs(&package, &build_plain, 0, plain, PLAIN);
    source = open_built(&package);
    cr_assert_eq(container_find(source, "MEDIA/deep/NOTE.TXT", &entry, NULL), XE_VFS_OK);
    cr_assert_str_eq(entry.name, "note.txt");
    cr_assert_eq(entry.created, 129471696000000000); /* 2011-04-13, 12:00:00 */
    cr_assert_eq(entry.created, entry.written);
    source->type->close(source);
    built_fini(&package);
}

/* ---- damage --------------------------------------------------------------------------------- */

#define DATA(block) (HEAD + 0x1000u * (1 + (block)))
#define ENTRY(n)    (DATA(0) + 0x40u * (n))

static const struct container_damage damages[] = {
    {"magic", 0, 'X', false, NULL, "'container' holds no files: of no known kind"},
    {"kind of volume", 0x3AC, 2, false, NULL, "'container' holds no files: of no known kind"},
    {"size of the head", 0x341, 0xFF, false, NULL,
     "offset 0x340: header size is 0xff971a, expected 0x971a to 0x100000"},
    {"length of the descriptor", 0x379, 0x23, false, NULL,
     "offset 0x379: length of the volume descriptor is 0x23, expected 0x24"},
    {"blocks", 0x395, 0x7F, false, NULL,
     "offset 0x395: 0x7f00000d blocks, 0x1 of them for the listing, expected at most 0x4af768"},
    {"a block more", 0x398, 0x0E, false, NULL,
     "offset 0x395: 0xe blocks end at 0x19000, expected inside the file of 0x18000"},
    {"blocks of the listing", 0x37D, 0x7F, false, NULL,
     "offset 0x395: 0xd blocks, 0x7f01 of them for the listing, expected at most 0x4af768"},
    {"first block of the listing", 0x37E, 0x0D, false, "default.xex",
     "listing: block 0xd, expected one of the volume's 0xd"},
    {"root hash", 0x381, 0, false, "default.xex",
     "listing: offset 0xa000: hash table of level 0, 0x0 has SHA-1 75d187f3, expected 00d187f3 (head of "
     "the package, 0x0)"},
    {"a table", HEAD + 0x18 * 3, 1, true, "default.xex",
     "listing: offset 0xa000: hash table of level 0, 0x0 has SHA-1 37179164, expected 75d187f3 "
     "(head of the package, 0x0)"},
    {"a block of the listing", ENTRY(0) + 0x34, 1, true, "default.xex",
     "listing: offset 0xb000: block 0x0 has SHA-1 931514fa, expected 5117f670 (hash "
     "table of level 0, 0x0)"},
    {"a block of a file", DATA(5), 1, true, "default.xex",
     "file 'default.xex': offset 0x10000: block 0x5 has SHA-1 8e340f0d, expected "
     "558e9cbb (hash table of level 0, 0x0)"},
    {"another file's block", DATA(5), 1, true, "block.bin", ""},
};

Test(vfs_stfs, damage_is_told_with_its_place)
{
    struct built package;

    build_stfs(&package, &build_plain, 0, plain, PLAIN);
    container_expect_damage(&package, NULL, damages, sizeof(damages) / sizeof(damages[0]));
    built_fini(&package);
}

/* ---- forgery: what is wrong has good hashes ------------------------------------------------- */

struct forged {
    const char *name;
    uint32_t at; /* of up to four bytes, big-endian, as many as value has */
    uint32_t value, bytes;
    const char *path, *text;
};

#define NEXT(block) (HEAD + 0x18u * (block) + 0x15) /* what follows it, 3 bytes */

/* Backwards: default.xex is blocks 0xA down to 1, note.txt is 0xB. */
static const struct forged forged[] = {
    {"a chain in a circle", NEXT(9), 0xA, 3, "default.xex",
     "file 'default.xex': link 0x2 of 0xa: block 0xa, for the second time"},
    {"a chain that leaves", NEXT(9), 0x10000, 3, "default.xex",
     "file 'default.xex': link 0x2 of 0xa: block 0x10000, expected one of the volume's 0xd"},
    {"a chain that ends early", NEXT(9), 0xFFFFFF, 3, "default.xex",
     "file 'default.xex': link 0x2 of 0xa: block 0xffffff, expected one of the volume's 0xd"},
    {"a file larger than all", ENTRY(0) + 0x34, 0x7FFFFFFF, 4, "default.xex",
     "file 'default.xex': 0x80000 blocks, expected at most the volume's 0xd"},
    {"a contiguous one that leaves", ENTRY(0) + 0x28, 0x4B, 1, "default.xex",
     "file 'default.xex': block 0xd, expected one of the volume's 0xd"},
    {"in itself", ENTRY(1) + 0x32, 1, 2, "default.xex",
     "listing: folder 'media' lies inside itself"},
    {"two in each other", ENTRY(1) + 0x32, 2, 2, "default.xex",
     "listing: folder 'media' lies inside itself"},
    {"in a file", ENTRY(5) + 0x32, 0, 2, "block.bin",
     "listing: 'block.bin' is in entry 0x0, expected that of a folder"},
    {"in nothing", ENTRY(5) + 0x32, 0x3F, 2, "block.bin",
     "listing: 'block.bin' is in entry 0x3f, expected that of a folder"},
    {"behind the listing", ENTRY(5) + 0x32, 0xFFFE, 2, "block.bin",
     "listing: 'block.bin' is in entry 0xfffe, expected that of a folder"},
    {"a separator", ENTRY(5) + 1, '/', 1, "block.bin",
     "listing: block 0x0, offset 0x140: 'b/ock.bin' (0x9 bytes) is no name of a file"},
    {"a NUL", ENTRY(5) + 1, 0, 1, "block.bin",
     "listing: block 0x0, offset 0x140: 'b?ock.bin' (0x9 bytes) is no name of a file"},
    {"dots", ENTRY(1), 0x2E2E, 2, "default.xex", ""}, /* "..dia": just odd */
    {"a long name", ENTRY(5) + 0x28, 0x29, 1, "block.bin",
     "listing: block 0x0, offset 0x140: a name of 0x29 bytes, expected at most 0x28"},
    {"a listing that ends early", 0x379 + 3, 2, 1, "default.xex",
     "listing: block 0xffffff, expected one of the volume's 0xd"},
    {"elsewhere", ENTRY(5) + 0x32, 1, 2, "media/block.bin", ""}, /* and nothing is wrong */
};

static void rehash(struct built *package)
{
    for (uint32_t n = 0; n < 13; n++)
        build_sha1(package->bytes + DATA(n), 0x1000, package->bytes + HEAD + 0x18 * n);
    build_sha1(package->bytes + HEAD, 0x1000, package->bytes + 0x379 + 8);
    build_seal(package->bytes);
}

static void expect_forged(const struct forged *f)
{
    struct xe_vfs_source *source;
    struct built package;
    const char *text;

    build_stfs(&package, &build_plain, BUILD_BACKWARDS, plain, PLAIN);
    for (uint32_t i = 0; i < f->bytes; i++)
        package.bytes[f->at + i] = (uint8_t)(f->value >> 8 * (f->bytes - 1 - i));
    rehash(&package);
    source = open_built(&package);
    text = container_read(source, f->path);
    cr_expect_str_eq(text, f->text, "%s:\n  is       %s\n  expected %s", f->name, text, f->text);
    source->type->close(source);
    built_fini(&package);
}

Test(vfs_stfs, good_hashes_make_no_good_package)
{
    for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
        expect_forged(&forged[i]);
}

/* Listing of two blocks, the second is the first. */
Test(vfs_stfs, a_listing_in_a_circle_ends)
{
    struct xe_vfs_source *source;
    struct built package;

    build_stfs(&package, &build_plain, 0, plain, PLAIN);
    package.bytes[0x379 + 3] = 2;
    memset(package.bytes + NEXT(0), 0, 3);
    rehash(&package);
    source = open_built(&package);
    cr_assert_str_eq(container_read(source, "default.xex"),
                     "listing: block 0x0, for the second time");
    source->type->close(source);
    built_fini(&package);
}

Test(vfs_stfs, two_entries_of_one_name_are_damage)
{
    struct xe_vfs_source *source;
    struct built package;

    build_stfs(&package, &build_plain, 0, plain, PLAIN);
    memcpy(package.bytes + ENTRY(5), "DEFAULT.XEX", 11);
    package.bytes[ENTRY(5) + 0x28] = 11;
    rehash(&package);
    source = open_built(&package);
    cr_assert_str_eq(container_read(source, "default.xex"), "two entries are called 'default.xex'");
    cr_assert_str_eq(container_read(source, "media/deep/note.txt"),
                     "two entries are called 'default.xex'");
    source->type->close(source);
    built_fini(&package);
}
