/* Names of files, and bytes of containers. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfs/source.h"

Test(vfs_names, upper_case_is_that_of_the_code_page)
{
    cr_assert_eq(xe_vfs_upcase('a'), 'A');
    cr_assert_eq(xe_vfs_upcase('['), '[');
    cr_assert_eq(xe_vfs_upcase(0xE4), 0xC4);
    cr_assert_eq(xe_vfs_upcase(0xF7), 0xF7); /* the sign of division */
    cr_assert_eq(xe_vfs_upcase(0xFF), 0xFF); /* its upper case is in no 8-bit page */
}

Test(vfs_names, compare_without_regard_to_case)
{
    cr_assert_eq(xe_vfs_name_compare("Default.XEX", "dEFAULT.xex"), 0);
    cr_assert_lt(xe_vfs_name_compare("a", "B"), 0);
    cr_assert_gt(xe_vfs_name_compare("a_", "AB"), 0); /* '_' comes after upper-case letters */
    cr_assert_lt(xe_vfs_name_compare("a", "a.txt"), 0);
    cr_assert_gt(xe_vfs_name_compare("\xE4", "z"), 0);
}

Test(vfs_names, hostile_ones_are_none)
{
    static const char *const bad[] = {"",    ".", "..", "a/b",  "a\\b",
                                      "a:b", "*", "a?", "a\nb", "a|b"};
    char longest[XE_VFS_NAME_MAX + 2];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert(!xe_vfs_name_is_valid(bad[i], strlen(bad[i])), "'%s'", bad[i]);
    cr_assert(!xe_vfs_name_is_valid("a\0b", 3));
    memset(longest, 'x', sizeof(longest));
    cr_assert(xe_vfs_name_is_valid(longest, XE_VFS_NAME_MAX));
    cr_assert(!xe_vfs_name_is_valid(longest, XE_VFS_NAME_MAX + 1));
    cr_assert(xe_vfs_name_is_valid("...", 3) && xe_vfs_name_is_valid("a b.c$", 6));
}

static int file_of(const char *text)
{
    int fd = memfd_create("bytes", MFD_CLOEXEC);

    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

Test(vfs_bytes, are_all_there_or_a_reason)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_bytes bytes;
    char got[4];

    cr_assert(xe_vfs_bytes_of_fd(file_of("0123456789"), &bytes, &err));
    cr_assert_eq(bytes.size, 10);
    cr_assert_eq(xe_vfs_bytes_read(&bytes, 6, got, 4, &err), XE_VFS_OK);
    cr_assert_arr_eq(got, "6789", 4);
    cr_assert_eq(xe_vfs_bytes_read(&bytes, 7, got, 4, &err), XE_VFS_DAMAGED);
    cr_assert_str_eq(err.text, "0x4 bytes at 0x7 lie behind the end at 0xa");
    cr_assert_eq(xe_vfs_bytes_read(&bytes, UINT64_MAX, got, 4, NULL), XE_VFS_DAMAGED);
    xe_vfs_bytes_close(&bytes);
}

Test(vfs_bytes, of_a_file_that_shrinks_are_no_zeros)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_bytes bytes;
    char got[4];

    cr_assert(xe_vfs_bytes_of_fd(file_of("0123456789"), &bytes, &err));
    cr_assert_eq(ftruncate(bytes.fd, 8), 0);
    cr_assert_eq(xe_vfs_bytes_read(&bytes, 6, got, 4, &err), XE_VFS_UNREADABLE);
    cr_assert_str_eq(err.text, "the file became shorter: 0x2 of 0x4 bytes at 0x6");
    xe_vfs_bytes_close(&bytes);
}

Test(vfs_bytes, are_of_regular_files)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_bytes bytes;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    cr_assert(!xe_vfs_bytes_of_fd(fd, &bytes, &err));
    cr_assert_str_eq(err.text, "not a regular file");
    cr_assert_lt(fcntl(fd, F_GETFD), 0, "it is closed");
}

Test(vfs_containers, what_is_none_says_so)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_bytes bytes;

    cr_assert(xe_vfs_bytes_of_fd(file_of("text"), &bytes, &err));
    cr_assert_null(xe_vfs_container_open(&bytes, NULL, XE_VFS_ROOT, "a.txt", &err));
    cr_assert_eq(err.code, XE_ERR_IMAGE_UNSUPPORTED);
    cr_assert_lt(bytes.fd, 0, "it is closed");
}
