/* Hard disks and memory units: as built, damaged, hostile. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "containers.h"

static const char story[] = "Once upon a time there was a title that hung.";
static const uint8_t label[] = {0xFE, 0xFF, 0, 'D', 0, 'i', 0, 's', 0, 'k'};

static const struct build_file plain[] = {
    {"name.txt", label, sizeof(label)},
    {"Content/", NULL, 0},
    {"Content/0000000000000000/", NULL, 0},
    {"Content/0000000000000000/note.txt", story, sizeof(story)},
    {"Content/zeros.bin", NULL, 0x12345},
    {"Content/empty/", NULL, 0},
    {"nothing", NULL, 0},
    {"z\xE4hne.txt", story, 4},
};
#define PLAIN (sizeof(plain) / sizeof(plain[0]))

static const struct build_disk small = {0x100000, 8, false}; /* a table of 0x1000 bytes */

#define TABLE 0x1000u
#define DATA  0x2000u

static struct xe_vfs_source *open_built(const struct built *disk)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_source *source = container_open(disk, NULL, &err);

    cr_assert_not_null(source, "%s", err.text);
    cr_assert_str_eq(source->type->name, "fatx");
    return source;
}

static void expect_plain(uint64_t partition, const struct build_disk *how)
{
    struct xe_vfs_source *source;
    struct built disk;

    build_fatx(&disk, plain, PLAIN, partition, how);
    source = open_built(&disk);
    container_expect(source, plain, PLAIN);
    source->type->close(source);
    built_fini(&disk);
}

Test(vfs_fatx, partitions_are_found_wherever_media_have_them)
{
    static const uint64_t partitions[] = {0, 0x7FF000, 0x20000000, 0x130EB0000};

    for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]); i++)
        expect_plain(partitions[i], &small);
}

Test(vfs_fatx, a_kit_says_where_its_partition_is)
{
    struct xe_vfs_source *source;
    struct built disk;

    build_fatx(&disk, plain, PLAIN, 0x600000, &small);
    build_be32(disk.bytes, 0x00020000);
    build_be32(disk.bytes + 8, 0x600000 / 0x200);
    source = open_built(&disk);
    container_expect(source, plain, PLAIN);
    source->type->close(source);
    built_fini(&disk);
}

/* Entries of two bytes, and of four; files in one piece, and in many. */
Test(vfs_fatx, clusters_of_every_size_and_place)
{
    static const struct build_disk disks[] = {
        {0x100000, 1, false},       {0x100000, 1, true},   {0x1000000, 0x80, true},
        {0x2000000, 1, true},       {0x2000000, 1, false}, {0xFFEF * 0x200u, 1, true},
        {0xFFF0 * 0x200u, 1, true},
    };

    for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
        expect_plain(0, &disks[i]);
}

Test(vfs_fatx, the_disk_says_what_it_is)
{
    struct xe_vfs_source *source;
    struct xe_vfs_volume volume;
    struct xe_vfs_entry entry;
    struct built disk;

    build_fatx(&disk, plain, PLAIN, 0, &small);
    source = open_built(&disk);
    source->type->volume(source, &volume);
    cr_assert_str_eq(volume.label, "Disk");
    cr_assert(volume.serial == 0x12345678 && volume.sector == 0x200 && volume.unit == 8);
    cr_assert(volume.size == 0x100000 && !volume.disc);
    cr_assert_eq(container_find(source, "content/ZEROS.BIN", &entry, NULL), XE_VFS_OK);
    cr_assert_eq(entry.created, 128015892000000000); /* 2006-09-01, 13:00:00 */
    cr_assert_eq(container_find(source, "gone", &entry, NULL), XE_VFS_NONE);
    source->type->close(source);
    built_fini(&disk);
}

/* The root is written last, so its entries are behind all else; clusters are given to what is in
 * Content first: note.txt 2, its folder 3, zeros.bin 4 to 0x16, empty 0x17, Content 0x18, zähne
 * 0x19, the root 0x1A. name.txt has 1. */
#define ROOT (DATA + 0x19 * 0x1000)

static const struct container_damage damages[] = {
    {"no power of two", 0xB, 3, false, NULL,
     "offset 0x8: 0x3 sectors a cluster, expected a power of two up to 0x80"},
    {"no root", 0xF, 0, false, "nothing", "cluster 0x0, expected 0x1 to 0xfe"},
    {"root behind the end", 0xE, 0x10, false, "nothing", "cluster 0x101a, expected 0x1 to 0xfe"},
    {"long name", ROOT + 0x40, 0x2B, false, "nothing",
     "offset 0x1b040: a name of 0x2b bytes, expected at most 0x2a"},
    {"name with a separator", ROOT + 0x43, '/', false, "nothing",
     "offset 0x1b040: 'n/me.txt' (0x8 bytes) is no name of a file"},
    {"a folder that is its own", ROOT + 0x80 + 0x2F, 0x1A, false, "Content/zeros.bin",
     "cluster 0x1a, for the second time: in two chains, or in a circle"},
    {"a folder that is a file's", ROOT + 0x80 + 0x2F, 1, false, "Content/zeros.bin",
     "cluster 0x1, for the second time: in two chains, or in a circle"},
    {"chain too short", TABLE + 5 * 2, 0xFF, false, "Content/zeros.bin",
     "file 'zeros.bin': cluster 0xff06, expected 0x1 to 0xfe"},
    {"chain into another", TABLE + 5 * 2 + 1, 0x1, false, "Content/zeros.bin",
     "file 'zeros.bin': cluster 0x1, for the second time: in two chains, or in a circle"},
    {"chain into itself", TABLE + 5 * 2 + 1, 0x4, false, "Content/zeros.bin",
     "file 'zeros.bin': cluster 0x4, for the second time: in two chains, or in a circle"},
    {"free in a chain", TABLE + 5 * 2 + 1, 0, false, "Content/zeros.bin",
     "file 'zeros.bin': a chain of 0x2 clusters, expected 0x13"},
    {"a folder without an end", TABLE + 0x18 * 2, 0x80, true, "Content/zeros.bin",
     "cluster 0x7fff, expected 0x1 to 0xfe"},
};

Test(vfs_fatx, damage_is_told_with_its_place)
{
    struct built disk;

    build_fatx(&disk, plain, PLAIN, 0, &small);
    container_expect_damage(&disk, NULL, damages, sizeof(damages) / sizeof(damages[0]));
    built_fini(&disk);
}

/* A folder's chain that goes on and on, through clusters that nobody has. */
Test(vfs_fatx, a_folder_of_too_many_clusters)
{
    struct xe_vfs_source *source;
    struct built disk;

    build_fatx(&disk, plain, PLAIN, 0, &small);
    for (uint32_t i = 0x18; i < 0x80; i = i == 0x18 ? 0x20 : i + 1) {
        disk.bytes[TABLE + 2 * i] = 0;
        disk.bytes[TABLE + 2 * i + 1] = (uint8_t)(i == 0x18 ? 0x20 : i + 1);
    }
    source = open_built(&disk);
    cr_assert_str_eq(container_read(source, "Content/zeros.bin"),
                     "a chain of more than 0x40 clusters, expected its end");
    cr_assert_str_eq(container_read(source, "name.txt"), "");
    source->type->close(source);
    built_fini(&disk);
}

Test(vfs_fatx, a_size_that_the_chain_has_not_is_told)
{
    struct xe_vfs_source *source;
    struct built disk;

    build_fatx(&disk, plain, PLAIN, 0, &small);
    disk.bytes[0x2000 + 0x17 * 0x1000 + 0x80 + 0x30] = 0x7F; /* the size of zeros.bin */
    source = open_built(&disk);
    cr_assert_str_eq(container_read(source, "Content/zeros.bin"),
                     "file 'zeros.bin': a chain of 0x13 clusters, expected 0x7f013");
    cr_assert_str_eq(container_read(source, "name.txt"), "");
    source->type->close(source);
    built_fini(&disk);
}

Test(vfs_fatx, another_tree_is_another_identity)
{
    uint8_t first[XE_VFS_IDENTITY_SIZE], second[XE_VFS_IDENTITY_SIZE];
    struct built disk;

    for (size_t fewer = 0; fewer < 2; fewer++) {
        struct xe_vfs_source *source;

        build_fatx(&disk, plain, PLAIN - fewer, 0, &small);
        source = open_built(&disk);
        source->type->identity(source, fewer ? second : first, NULL);
        source->type->close(source);
        built_fini(&disk);
    }
    cr_assert(memcmp(first, second, sizeof(first)));
}
