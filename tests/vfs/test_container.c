/* What people are told of containers, and the executable within one. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "xe/container.h"

static const struct build_file files[] = {{"Default.XEX", "title", 5},
                                          {"media/", NULL, 0},
                                          {"media/deep/", NULL, 0},
                                          {"media/deep/zeros", NULL, 0x3456}};
#define FILES (sizeof(files) / sizeof(files[0]))

/* Takes what was built. */
static struct xe_container *open_built(struct built *built)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_container *container;
    int fd = built_fd(built);

    cr_assert(xe_container_is(fd));
    container = xe_container_open(fd, "container", NULL, &err);
    cr_assert_not_null(container, "%s", err.text);
    built_fini(built);
    return container;
}

static struct xe_container *open_package(const struct build_package *head, unsigned flags)
{
    struct built built;

    build_stfs(&built, head, flags, files, FILES);
    return open_built(&built);
}

Test(vfs_container, says_what_a_package_is)
{
    const struct build_package head = {"CON ", 0xAD0E, 0x80000, 0x58450002, "A name"};
    struct xe_container *container = open_package(&head, BUILD_WRITABLE);
    struct xe_container_info info;

    xe_container_info(container, NULL, &info);
    cr_assert_str_eq(info.kind, "stfs");
    cr_assert_str_eq(info.package.magic, "CON");
    cr_assert_eq(info.package.content_type, 0x80000);
    cr_assert_eq(info.package.title_id, 0x58450002);
    cr_assert_eq(info.package.media_id, 0x11223344);
    cr_assert_eq(info.package.version, 0x10000001);
    cr_assert_eq(info.package.disc_count, 1);
    cr_assert_str_eq(info.package.display_name, "A name");
    cr_assert_str_eq(info.package.publisher, "Publisher");
    cr_assert_str_eq(info.package.title_name, "Title");
    cr_assert_eq(info.package.content_id, XE_IMAGE_GOOD);
    cr_assert(info.files == 2 && info.folders == 2 && info.bytes == 5 + 0x3456);
    cr_assert_str_eq(info.executable, "Default.XEX");
    cr_assert(info.has_hashes && info.hashes.good == 6 && info.hashes.bad == 0);
    xe_container_close(container);
}

Test(vfs_container, says_what_a_disc_is)
{
    struct xe_container_info info;
    struct xe_container *container;
    struct built disc;

    build_gdfx(&disc, files + 1, FILES - 1, 0);
    container = open_built(&disc);
    xe_container_info(container, NULL, &info);
    cr_assert_str_eq(info.kind, "gdfx");
    cr_assert(!info.is_package && !info.has_hashes);
    cr_assert(info.files == 1 && info.folders == 2 && !info.damaged && !info.cut);
    cr_assert_str_eq(info.executable, "");
    xe_container_close(container);
}

/* Where it was cut off, files lack their ends. */
Test(vfs_container, says_what_a_disc_lacks)
{
    static const struct build_file big[] = {
        {"a", "a", 1}, {"big", NULL, 0x4000}, {"none", NULL, 0}};
    struct xe_container_info info;
    struct xe_container *container;
    struct built disc;

    build_gdfx(&disc, big, 3, 0);
    disc.size -= 0x800;
    cr_assert_eq(ftruncate(disc.fd, (off_t)disc.size), 0);
    container = open_built(&disc);
    xe_container_info(container, NULL, &info);
    cr_expect(info.files == 3 && info.cut == 1 && !info.damaged);
    cr_expect(strstr(info.damage, "file 'big': 0x1 bytes at"), "%s", info.damage);
    xe_container_close(container);
}

/* One changed byte in a head and in a block: told, both. */
Test(vfs_container, says_what_is_damaged)
{
    struct xe_container_info info;
    struct xe_container *container;
    struct built built;

    build_stfs(&built, &build_plain, 0, files, FILES);
    built.bytes[0x412] ^= 1;
    built.bytes[built.size - 0x1000] ^= 1;
    container = open_built(&built);
    xe_container_info(container, NULL, &info);
    cr_assert_eq(info.package.content_id, XE_IMAGE_BAD);
    cr_assert_str_eq(info.package.display_name, "Qlain");
    cr_assert(info.hashes.good == 5 && info.hashes.bad == 1);
    cr_assert(strstr(info.hashes.first, "offset 0x10000: block 0x5 has SHA-1"), "%s",
              info.hashes.first);
    cr_assert_eq(info.damaged, 0);
    xe_container_close(container);
}

/* Half a pair, a control character, and what needs three bytes. */
Test(vfs_container, names_are_text_whatever_they_hold)
{
    static const uint8_t name[] = {0xD8, 0x00, 0x00, 0x1B, 0x65, 0xE5, 0x00, 0xE9, 0x00, 0x00};
    struct xe_container_info info;
    struct xe_container *container;
    struct built built;

    build_stfs(&built, &build_plain, 0, files, FILES);
    memcpy(built.bytes + 0x411, name, sizeof(name));
    container = open_built(&built);
    xe_container_info(container, NULL, &info);
    cr_assert_str_eq(info.package.display_name, "??\xE6\x97\xA5\xC3\xA9");
    xe_container_close(container);
}

Test(vfs_container, the_executable_is_the_roots_default_xex)
{
    struct xe_container *container = open_package(&build_plain, 0);
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    char *bytes = xe_container_executable(container, NULL, 1000, &size, &err);

    cr_assert_not_null(bytes, "%s", err.text);
    cr_assert(size == 5 && !memcmp(bytes, "title", 5));
    free(bytes);
    cr_assert_null(xe_container_executable(container, NULL, 4, &size, &err));
    cr_assert_str_eq(err.text, "default.xex has 0x5 bytes, at most 0x4");
    xe_container_close(container);
}

Test(vfs_container, without_an_executable_there_is_a_reason)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_container *container;
    struct built disc;
    size_t size;

    build_gdfx(&disc, files + 1, FILES - 1, 0);
    container = open_built(&disc);
    cr_assert_null(xe_container_executable(container, NULL, 1000, &size, &err));
    cr_assert_str_eq(err.text, "no default.xex in the root of the gdfx volume");
    xe_container_close(container);
}

Test(vfs_container, other_files_are_none)
{
    int fd = open("/dev/null", O_RDONLY);
    struct built built;

    cr_assert(!xe_container_is(fd));
    close(fd);
    built_begin(&built, 0x1000);
    built.size = 3;
    fd = built_fd(&built);
    cr_assert(!xe_container_is(fd));
    cr_assert_null(xe_container_open(fd, "three bytes", NULL, NULL));
    built_fini(&built);
}
