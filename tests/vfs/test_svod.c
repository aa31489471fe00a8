/* SVOD packages: as built in all layouts, with one data file and more; damaged, or incomplete. */
#include <criterion/criterion.h>
#include <string.h>

#include "containers.h"
#include "vfs/svod.h"

static const char story[] = "Once upon a time there was a title that hung.";

static const struct build_file plain[] = {
    {"default.xex", story, sizeof(story)},
    {"media/", NULL, 0},
    {"media/note.txt", story, 9},
    {"media/zeros.bin", NULL, 0x12345},
};
#define PLAIN (sizeof(plain) / sizeof(plain[0]))

/* A data file has 0xA1E8000 bytes of sectors at most. */
static const struct build_file large[] = {
    {"big.bin", NULL, 0xB000000},
    {"default.xex", story, sizeof(story)},
    {"far.bin", story, sizeof(story)},
};
#define LARGE (sizeof(large) / sizeof(large[0]))

struct made {
    struct built disc;
    struct built_svod svod;
    struct shelf shelf;
};

static void make(struct made *made, enum build_svod_kind kind, const struct build_file *files,
                 size_t count)
{
    build_gdfx(&made->disc, files, count, 0);
    build_svod(&made->svod, &build_plain, kind, &made->disc);
    shelf_init(&made->shelf, "container.data", made->svod.data, made->svod.count);
}

static void unmake(struct made *made)
{
    built_svod_fini(&made->svod);
    built_fini(&made->disc);
}

static struct xe_vfs_source *open_made(struct made *made)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_source *source = container_open(&made->svod.head, &made->shelf.source, &err);

    cr_assert_not_null(source, "%s", err.text);
    cr_assert_str_eq(source->type->name, "svod");
    return source;
}

static void expect_good(enum build_svod_kind kind, const struct build_file *files, size_t count)
{
    struct xe_container_hashes hashes;
    struct xe_vfs_source *source;
    struct made made;

    make(&made, kind, files, count);
    source = open_made(&made);
    container_expect(source, files, count);
    xe__svod_verify(source, NULL, &hashes);
    cr_assert_eq(hashes.bad, 0, "%s", hashes.first);
    cr_assert_gt(hashes.good, 0);
    source->type->close(source);
    unmake(&made);
}

Test(vfs_svod, all_layouts)
{
    expect_good(BUILD_SVOD_DISC, plain, PLAIN);
    expect_good(BUILD_SVOD_ENHANCED, plain, PLAIN);
    expect_good(BUILD_SVOD_SINGLE, plain, PLAIN);
}

Test(vfs_svod, more_than_one_data_file)
{
    expect_good(BUILD_SVOD_DISC, large, LARGE);
    expect_good(BUILD_SVOD_ENHANCED, large, LARGE);
}

/* ---- damage --------------------------------------------------------------------------------- */

static const struct container_damage damages[] = {
    {"length of the descriptor", 0x379, 0x23, false, NULL,
     "offset 0x379: length of the volume descriptor is 0x23, expected 0x24"},
    {"no data files", 0x3A0, 0, false, NULL, "offset 0x39d: 0x0 data files"},
    {"too many data files", 0x39D, 1, false, NULL,
     "offset 0x39d: 0x1000001 data files, expected at most 0x100"},
    {"more than are there", 0x3A0, 2, false, NULL, "no file 'Data0001' of the package's 0x2"},
    {"first sector", 0x379 + 0x1E, 0x7F, false, "default.xex",
     "offset 0xfffffff810010800: a folder of 0x800 bytes, expected inside the image of 0x25000"},
    {"hash of the first table", 0x379 + 4, 0, false, NULL,
     "volume descriptor: offset 0x0: table of level 1 of data file 0x0 has SHA-1 033eabb2, "
     "expected 003eabb2 (head of the package, 0x0)"},
};

Test(vfs_svod, damage_of_the_head_is_told)
{
    struct made made;

    make(&made, BUILD_SVOD_DISC, plain, PLAIN);
    container_expect_damage(&made.svod.head, &made.shelf.source, damages,
                            sizeof(damages) / sizeof(damages[0]));
    unmake(&made);
}

Test(vfs_svod, a_package_without_its_data_is_told)
{
    struct xe_error err = XE_ERROR_INIT;
    struct made made;

    make(&made, BUILD_SVOD_DISC, plain, PLAIN);
    cr_assert_null(container_open(&made.svod.head, NULL, &err));
    cr_assert_str_eq(err.text,
                     "the package's data files lie in 'container.data' beside it, and nothing "
                     "beside it may be looked at here");
    unmake(&made);
}

struct data_damage {
    size_t file;
    uint64_t at; /* a bit of this byte is changed */
    const char *path, *text;
};

/* The second file's first block is in the middle of big.bin, as is its first table of level 0. */
static const struct data_damage data_damages[] = {
    {1, 0x5000, "far.bin", ""},
    {1, 0x5000, "big.bin",
     "file 'big.bin': offset 0x5000: block 0xa1c7 has SHA-1 004c42b0, expected 1ceaf73d (table of "
     "level 0, 0xcb)"},
    {1, 0x1000, "big.bin",
     "file 'big.bin': offset 0x1000: table of level 0, 0xcb has SHA-1 a093415f, expected 740fb602 "
     "(table of level 1 of data file 0x1)"},
    {1, 0, "far.bin",
     "file 'far.bin': offset 0x0: table of level 1 of data file 0x1 has SHA-1 c302ecbe, expected "
     "2abd6b5b (table of level 1 of data file 0x0)"},
};

Test(vfs_svod, damage_of_data_is_told_with_its_table)
{
    struct made made;

    make(&made, BUILD_SVOD_DISC, large, LARGE);
    for (size_t i = 0; i < sizeof(data_damages) / sizeof(data_damages[0]); i++) {
        const struct data_damage *d = &data_damages[i];
        struct xe_vfs_source *source;
        const char *text;

        made.svod.data[d->file].bytes[d->at] ^= 1;
        source = open_made(&made);
        text = container_read(source, d->path);
        cr_expect_str_eq(text, d->text, "is %s\nexpected %s", text, d->text);
        source->type->close(source);
        made.svod.data[d->file].bytes[d->at] ^= 1;
    }
    unmake(&made);
}

/* The hash of a data file's first table is in that of the file before it. */
Test(vfs_svod, behind_a_broken_chain_nothing_has_a_hash)
{
    const struct build_file files[] = {{"big.bin", NULL, 0x15000000}, {"far.bin", story, 9}};
    struct xe_container_hashes hashes;
    struct xe_vfs_source *source;
    struct made made;

    make(&made, BUILD_SVOD_DISC, files, 2);
    cr_assert_eq(made.svod.count, 3);
    made.svod.data[1].bytes[0] ^= 1;
    source = open_made(&made);
    cr_assert_str_eq(
        container_read(source, "far.bin"),
        "file 'far.bin': data file 0x2 has no hash: offset 0x0: table of level 1 of "
        "data file 0x1 has SHA-1 ea717f8b, expected 78491f23 (table of level 1 of data "
        "file 0x0)");
    xe__svod_verify(source, NULL, &hashes);
    cr_assert_eq(hashes.good, 0xA1C4); /* the first file's */
    cr_assert_gt(hashes.bad, 0xA1C4);
    source->type->close(source);
    unmake(&made);
}

Test(vfs_svod, only_the_last_data_file_may_be_short)
{
    struct xe_error err = XE_ERROR_INIT;
    struct made made;

    make(&made, BUILD_SVOD_DISC, large, LARGE);
    made.svod.data[0].size -= 0x1000;
    cr_assert_null(container_open(&made.svod.head, &made.shelf.source, &err));
    cr_assert_str_eq(err.text, "data file 0x0 has 0xa28f000 bytes, expected 0xa290000");
    unmake(&made);
}

Test(vfs_svod, a_data_file_that_was_cut_is_told_when_it_is_read)
{
    struct xe_vfs_source *source;
    struct made made;

    make(&made, BUILD_SVOD_DISC, large, LARGE);
    made.svod.data[1].size = 0x5000;
    source = open_made(&made);
    cr_assert_str_eq(container_read(source, "far.bin"),
                     "file 'far.bin': 0x2e bytes at 0xb011800 lie behind the end at 0xa1c7000");
    source->type->close(source);
    unmake(&made);
}
