/* Disc images: as built, damaged, hostile, large. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "containers.h"

static const char story[] = "Once upon a time there was a title that hung.";

static const struct build_file plain[] = {
    {"default.xex", story, sizeof(story)},
    {"media/", NULL, 0},
    {"media/Deep/", NULL, 0},
    {"media/Deep/note.txt", story, 9},
    {"media/zeros.bin", NULL, 0x12345},
    {"media/empty/", NULL, 0},
    {"nothing", NULL, 0},
    {"z\xE4hne.txt", story, 4},
};
#define PLAIN (sizeof(plain) / sizeof(plain[0]))

#define DESCRIPTOR 0x10000u
#define ROOT       0x10800u /* the first table */

static struct xe_vfs_source *open_built(const struct built *disc)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_source *source = container_open(disc, NULL, &err);

    cr_assert_not_null(source, "%s", err.text);
    cr_assert_str_eq(source->type->name, "gdfx");
    return source;
}

Test(vfs_gdfx, partitions_are_found_wherever_discs_have_them)
{
    static const uint64_t partitions[] = {0, 0x18300000, 0xFD90000, 0x2080000, 0xFB20, 0x20600};

    for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]); i++) {
        struct built disc;
        struct xe_vfs_source *source;

        build_gdfx(&disc, plain, PLAIN, partitions[i]);
        source = open_built(&disc);
        container_expect(source, plain, PLAIN);
        source->type->close(source);
        built_fini(&disc);
    }
}

Test(vfs_gdfx, entries_say_what_the_disc_does)
{
    struct xe_vfs_volume volume;
    struct xe_vfs_source *source;
    struct xe_vfs_entry entry;
    struct built disc;

    build_gdfx(&disc, plain, PLAIN, 0);
    source = open_built(&disc);
    cr_assert_eq(container_find(source, "MEDIA/deep/NOTE.TXT", &entry, NULL), XE_VFS_OK);
    cr_assert_str_eq(entry.name, "note.txt");
    cr_assert_eq(entry.attributes, XE_VFS_NORMAL);
    cr_assert_eq(entry.written, 0x01C60F2B4A0F0000);
    cr_assert_eq(container_find(source, "media/deep/none", &entry, NULL), XE_VFS_NONE);
    cr_assert_eq(container_find(source, "default.xex/none", &entry, NULL), XE_VFS_NONE);
    source->type->volume(source, &volume);
    cr_assert(volume.disc && volume.sector == 0x800);
    source->type->close(source);
    built_fini(&disc);
}

Test(vfs_gdfx, another_tree_is_another_identity)
{
    uint8_t first[XE_VFS_IDENTITY_SIZE], second[XE_VFS_IDENTITY_SIZE];
    struct built disc;

    for (size_t fewer = 0; fewer < 2; fewer++) {
        struct xe_vfs_source *source;

        build_gdfx(&disc, plain, PLAIN - fewer, 0);
        source = open_built(&disc);
        source->type->identity(source, fewer ? second : first, NULL);
        source->type->close(source);
        built_fini(&disc);
    }
    cr_assert(memcmp(first, second, sizeof(first)));
}

/* The root's table begins with the middle of its four entries, "nothing", then "media". */
static const struct container_damage damages[] = {
    {"no second magic", DESCRIPTOR + 0x7EC, 'X', false, NULL,
     "offset 0x10000: no volume descriptor, expected MICROSOFT*XBOX*MEDIA at its beginning and at "
     "its end"},
    {"root behind the end", DESCRIPTOR + 0x17, 0x7F, false, "default.xex",
     "offset 0x3f800010800: a folder of 0x800 bytes, expected inside the image of 0x26000"},
    {"root too large", DESCRIPTOR + 0x1B, 0x7F, false, "default.xex",
     "offset 0x10800: a folder of 0x7f000800 bytes, expected at most 0x2000000 in all"},
    {"link out of the table", ROOT + 1, 0x7F, false, "default.xex",
     "offset 0x10800: a link to entry 0x1fc18, expected inside 0x800 bytes"},
    {"left is right", ROOT + 2, 0x06, false, "default.xex",
     "offset 0x10800: a second link to entry 0x18, expected a tree"},
    {"own child", ROOT + 0x18, 0x06, false, "default.xex",
     "offset 0x10818: a second link to entry 0x18, expected a tree"},
    {"name out of the table", DESCRIPTOR + 0x19, 0, false, "default.xex", "none"},
    {"name with a separator", ROOT + 15, '/', false, "default.xex",
     "offset 0x10800: 'n/thing' (0x7 bytes) is no name of a file"},
    {"name with a NUL", ROOT + 15, 0, false, "default.xex",
     "offset 0x10800: 'n?thing' (0x7 bytes) is no name of a file"},
    {"no name", ROOT + 13, 0, false, "default.xex",
     "offset 0x10800: '' (0x0 bytes) is no name of a file"},
};

Test(vfs_gdfx, damage_is_told_with_its_place)
{
    struct built disc;

    build_gdfx(&disc, plain, PLAIN, 0);
    container_expect_damage(&disc, NULL, damages, sizeof(damages) / sizeof(damages[0]));
    built_fini(&disc);
}

/* A folder that lists the root again, and again. */
Test(vfs_gdfx, folders_in_a_circle_end)
{
    struct xe_vfs_source *source;
    struct xe_vfs_entry entry;
    struct built disc;

    build_gdfx(&disc, plain, PLAIN, 0);
    build_le32(disc.bytes + ROOT + 0x18 + 4, ROOT / BUILD_SECTOR);
    source = open_built(&disc);
    cr_assert_eq(container_find(source, "default.xex", &entry, NULL), XE_VFS_OK);
    cr_assert_str_eq(container_read(source, "media/note.txt"),
                     "offset 0x10800: a folder that another has listed, too");
    source->type->close(source);
    built_fini(&disc);
}

Test(vfs_gdfx, a_file_behind_the_end_is_told_when_it_is_read)
{
    struct xe_vfs_source *source;
    struct built disc;

    build_gdfx(&disc, plain, PLAIN, 0);
    disc.size = 0x12000;
    source = open_built(&disc);
    cr_assert_str_eq(container_read(source, "default.xex"), "");
    cr_assert_str_eq(container_read(source, "media/zeros.bin"),
                     "file 'zeros.bin': 0x4000 bytes at 0x13000 lie behind the end at 0x12000");
    source->type->close(source);
    built_fini(&disc);
}

/* As many as links of 16 bits can reach in one folder, more or less. */
Test(vfs_gdfx, a_folder_of_ten_thousand)
{
    enum { MANY = 10000 };
    static struct build_file files[MANY];
    static char names[MANY][12];
    struct xe_vfs_source *source;
    struct built disc;

    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof(names[i]), "f%05d.b", i * 7919 % MANY);
        files[i] = (struct build_file){names[i], story, 1 + (uint64_t)i % 20};
    }
    build_gdfx(&disc, files, MANY, 0);
    source = open_built(&disc);
    container_expect(source, files, MANY);
    source->type->close(source);
    built_fini(&disc);
}

Test(vfs_gdfx, an_image_of_more_than_four_gibibytes)
{
    const struct build_file files[] = {{"big.bin", NULL, 0xFFFFF800u},
                                       {"default.xex", story, sizeof(story)},
                                       {"late.bin", story, sizeof(story)}};
    struct xe_vfs_source *source;
    struct xe_vfs_entry entry;
    uint8_t last[0x100];
    struct built disc;
    size_t got;

    build_gdfx(&disc, files, 3, 0);
    cr_assert_gt(disc.size, UINT64_C(1) << 32);
    disc.bytes[UINT64_C(0xFFFFF800) + 0x11000 - 1] = 0x5A; /* the last byte of big.bin */
    source = open_built(&disc);
    cr_assert_eq(container_find(source, "big.bin", &entry, NULL), XE_VFS_OK);
    cr_assert_eq(
        source->type->read(source, entry.id, entry.size - 1, last, sizeof(last), &got, NULL),
        XE_VFS_OK);
    cr_assert(got == 1 && last[0] == 0x5A);
    cr_assert_str_eq(container_read(source, "late.bin"), "");
    source->type->close(source);
    built_fini(&disc);
}
