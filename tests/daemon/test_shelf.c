/* Snapshots on disk: what was put comes back byte for byte, each blob is kept once and as long as
 * somebody refers to it; damage is told with its place; a disk that is full, or a process that is
 * killed, leaves nothing half. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "daemon/shelf.h"

#define BLOB 300u

static struct xe_shelf shelf = XE_SHELF_INIT;
static char top[64];

static void setup(void)
{
    struct xe_error err = XE_ERROR_INIT;

    snprintf(top, sizeof(top), "/tmp/xe360-shelf-XXXXXX");
    cr_assert(mkdtemp(top));
    cr_assert(xe_shelf_open(&shelf, top, &err), "%s", err.text);
}

static void teardown(void)
{
    char command[128];

    xe_shelf_close(&shelf);
    snprintf(command, sizeof(command), "rm -rf %s", top);
    cr_expect_eq(system(command), 0);
}

TestSuite(shelf, .init = setup, .fini = teardown);

/* ---- files ----------------------------------------------------------------------------------- */

struct file {
    uint8_t *bytes; /* owned */
    size_t size;
};

/* A snapshot's file whose blobs are one for each letter, filled with it. */
static struct file make(const char *letters)
{
    struct xe_snapshot_blob blob[32] = {{0}};
    struct xe_snapshot_head head = {.cycle = strlen(letters),
                                    .state_size = XE_SNAPSHOT_GRANULE,
                                    .settings = (char *)"config.seed=0\n",
                                    .blob = blob,
                                    .blobs = (uint32_t)strlen(letters)};
    struct file file;
    uint8_t *bytes, *at;

    for (uint32_t i = 0; letters[i]; i++) {
        uint8_t content[BLOB];

        memset(content, letters[i], BLOB);
        blob[i].what = i ? i : XE_SNAPSHOT_STATE;
        blob[i].size = BLOB;
        xe_snapshot_hash(content, BLOB, blob[i].sha256);
    }
    bytes = xe_snapshot_head_write(&head);
    file.size = head.total;
    file.bytes = malloc(file.size);
    memcpy(file.bytes, bytes, head.size);
    xe_free(bytes);
    at = file.bytes + head.size;
    for (uint32_t i = 0; letters[i]; i++, at += BLOB)
        memset(at, letters[i], BLOB);
    return file;
}

static int memfd(const struct file *file)
{
    int fd = memfd_create("file", MFD_CLOEXEC);

    cr_assert_eq(write(fd, file->bytes, file->size), (ssize_t)file->size);
    return fd;
}

static bool put_file(const char *name, bool replace, const struct file *file, uint64_t *ret_added,
                     struct xe_error *err)
{
    struct xe_shelf_item item;
    int fd = memfd(file);
    bool ok = xe_shelf_put(&shelf, name, replace, fd, &item, err);

    close(fd);
    if (!ok)
        return false;
    if (ret_added)
        *ret_added = item.added;
    xe_shelf_item_fini(&item);
    return true;
}

static uint64_t put(const char *name, const char *letters)
{
    struct xe_error err = XE_ERROR_INIT;
    struct file file = make(letters);
    uint64_t added = 0;

    cr_assert(put_file(name, true, &file, &added, &err), "%s", err.text);
    free(file.bytes);
    return added;
}

/* What is written of a snapshot; its error otherwise. */
static struct file written(const char *name, struct xe_error *err)
{
    int fd = memfd_create("file", MFD_CLOEXEC);
    struct xe_shelf_item item;
    struct file file = {0};

    if (xe_shelf_write(&shelf, name, fd, &item, err)) {
        file.size = item.head.total;
        file.bytes = malloc(file.size);
        cr_expect_eq(pread(fd, file.bytes, file.size, 0), (ssize_t)file.size);
        xe_shelf_item_fini(&item);
    }
    close(fd);
    return file;
}

static void expect_whole(const char *name, const char *letters)
{
    struct xe_error err = XE_ERROR_INIT;
    struct file expected = make(letters), found = written(name, &err);

    cr_assert(found.bytes, "%s", err.text);
    cr_expect_eq(found.size, expected.size);
    cr_expect_eq(memcmp(found.bytes, expected.bytes, expected.size), 0, "%s", name);
    free(expected.bytes);
    free(found.bytes);
}

/* Run a command in the state directory; its output's first line. */
static const char *in_top(const char *command)
{
    static char line[256];
    char text[512];
    FILE *pipe;

    snprintf(text, sizeof(text), "cd %s && %s", top, command);
    pipe = popen(text, "r");
    line[0] = '\0';
    if (fgets(line, sizeof(line), pipe))
        line[strcspn(line, "\n")] = '\0';
    pclose(pipe);
    return line;
}

static void expect_granules(const char *count)
{
    cr_expect_str_eq(in_top("find granules -type f | wc -l"), count);
    cr_expect_str_eq(in_top("ls tmp | wc -l"), "0");
}

/* ---- putting and removing -------------------------------------------------------------------- */

Test(shelf, what_was_put_comes_back)
{
    char **names;
    size_t count;

    put("two", "abcd");
    put("one", "xay");
    expect_whole("two", "abcd");
    expect_whole("one", "xay");
    cr_assert(xe_shelf_names(&shelf, &names, &count, NULL));
    cr_assert_eq(count, 2);
    cr_expect_str_eq(names[0], "one");
    cr_expect_str_eq(names[1], "two");
    xe_shelf_names_free(names, count);
}

Test(shelf, a_blob_is_kept_once_and_as_long_as_it_is_referred_to)
{
    uint64_t freed;

    cr_expect_eq(put("one", "abcdd"), 4 * BLOB);
    cr_expect_eq(put("two", "abce"), BLOB);
    expect_granules("5");
    cr_assert(xe_shelf_remove(&shelf, "one", &freed, NULL));
    cr_expect_eq(freed, BLOB);
    expect_whole("two", "abce");
    cr_assert(xe_shelf_remove(&shelf, "two", &freed, NULL));
    cr_expect_eq(freed, 4 * BLOB);
    expect_granules("0");
}

Test(shelf, a_name_is_taken_until_it_may_be_replaced)
{
    struct xe_error err = XE_ERROR_INIT;
    struct file file = make("ax");

    put("one", "abc");
    cr_expect(!put_file("one", false, &file, NULL, &err));
    cr_expect_eq(err.code, XE_ERR_INVALID_PARAMS);
    expect_whole("one", "abc");
    cr_expect(put_file("one", true, &file, NULL, NULL));
    expect_whole("one", "ax");
    expect_granules("2");
    free(file.bytes);
}

Test(shelf, names_lead_nowhere_else)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "..",
                                      "../x",
                                      "a/b",
                                      ".hidden",
                                      "-x",
                                      "_x",
                                      "a b",
                                      "a\n",
                                      "\xc3\xa4",
                                      "a:b",
                                      "0123456789012345678901234567890123"
                                      "4567890123456789012345678901234"};
    struct file file = make("ab");
    struct xe_shelf_item item;
    uint64_t freed;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;

        cr_expect(!put_file(bad[i], true, &file, NULL, &err), "%s", bad[i]);
        cr_expect_eq(err.code, XE_ERR_INVALID_PARAMS, "%s", err.text);
        cr_expect(!xe_shelf_get(&shelf, bad[i], &item, NULL));
        cr_expect(!xe_shelf_remove(&shelf, bad[i], &freed, NULL));
    }
    cr_expect(xe_shelf_name_check("Title-1.2_x", NULL));
    free(file.bytes);
}

Test(shelf, what_is_not_there_is_not_found)
{
    struct xe_error err = XE_ERROR_INIT;
    uint64_t freed;

    cr_expect(!xe_shelf_remove(&shelf, "one", &freed, &err));
    cr_expect_eq(err.code, XE_ERR_SNAPSHOT_NOT_FOUND);
    xe_error_clear(&err);
    written("one", &err);
    cr_expect_str_eq(err.text, "there is no snapshot 'one'");
}

Test(shelf, an_export_is_the_whole_file)
{
    struct file expected = make("abc");
    struct xe_shelf_item item;
    uint8_t found[32], sha256[32], bytes[8192];
    char *path;
    int fd;

    put("one", "abc");
    cr_assert(xe_shelf_export(&shelf, "one", &item, &path, found, NULL));
    xe_shelf_item_fini(&item);
    xe_snapshot_hash(expected.bytes, expected.size, sha256);
    cr_expect_eq(memcmp(found, sha256, 32), 0);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0, "%s", path);
    cr_expect_eq(read(fd, bytes, sizeof(bytes)), (ssize_t)expected.size);
    cr_expect_eq(memcmp(bytes, expected.bytes, expected.size), 0);
    close(fd);
    free(path);
    free(expected.bytes);
}

/* ---- damage ---------------------------------------------------------------------------------- */

static void expect_not_put(const struct file *file, const char *why)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_expect(!put_file("one", false, file, NULL, &err), "%s", why);
    cr_expect(strstr(err.text, why), "'%s', not '%s'", err.text, why);
    expect_granules("0");
    cr_expect_str_eq(in_top("ls snapshots | wc -l"), "0");
}

Test(shelf, files_that_are_none_leave_nothing)
{
    struct file file = make("abc");
    size_t size = file.size;

    file.size = 10;
    expect_not_put(&file, "it is cut off");
    file.size = 100;
    expect_not_put(&file, "it is cut off");
    file.size = size - 1;
    expect_not_put(&file, "its head says");
    file.size = size;
    file.bytes[size - 1] ^= 1;
    expect_not_put(&file, "memory at 0x00020000: its 300 bytes are damaged");
    file.bytes[size - 1] ^= 1;
    file.bytes[40] ^= 1;
    expect_not_put(&file, "its checksum is another");
    file.bytes[40] ^= 1;
    file.bytes[11] = 9;
    expect_not_put(&file, "is of format 9");
    free(file.bytes);
}

static void expect_damage(const char *damage, const char *why)
{
    struct xe_error err = XE_ERROR_INIT;

    put("one", "abc");
    in_top(damage);
    cr_expect_null(written("one", &err).bytes, "%s", damage);
    cr_expect(strstr(err.text, why), "'%s', not '%s'", err.text, why);
    in_top("rm -rf granules/*");
}

Test(shelf, damage_on_disk_is_told_with_its_place)
{
    /* printf 'aaa...' | sha256sum, 300 times each: 'c' is the last blob. */
    static const char c[] = "f=$(grep -lr c granules); ";
    char command[128];

    snprintf(command, sizeof(command), "%srm $f", c);
    expect_damage(command, "snapshot 'one': memory at 0x00020000: its granule ");
    snprintf(command, sizeof(command), "%struncate -s 299 $f", c);
    expect_damage(command, "is cut off");
    snprintf(command, sizeof(command), "%sprintf x | dd of=$f conv=notrunc status=none", c);
    expect_damage(command, "its 300 bytes are damaged (their checksum is another)");
    snprintf(command, sizeof(command), "%scp $(grep -lr a granules) $f", c);
    expect_damage(command, "its 300 bytes are damaged (their checksum is another)");
    expect_damage("printf x | dd of=snapshots/one conv=notrunc status=none", "this is no snapshot");
    expect_damage("truncate -s 200 snapshots/one", "it is cut off");
}

/* A damaged head may refer to anything: nothing is dropped, and it can be removed. */
Test(shelf, a_damaged_head_costs_nobody_else_anything)
{
    struct xe_error err = XE_ERROR_INIT;
    uint64_t freed;

    put("one", "abc");
    put("two", "ade");
    in_top("truncate -s 50 snapshots/one");
    cr_expect(!xe_shelf_collect(&shelf, &freed, &err));
    cr_assert(xe_shelf_remove(&shelf, "two", &freed, NULL));
    cr_expect_eq(freed, 0);
    expect_granules("5");
    cr_assert(xe_shelf_remove(&shelf, "one", &freed, NULL));
    expect_granules("0");
}

/* ---- the disk, and crashes ------------------------------------------------------------------- */

static void limit_files(rlim_t size)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(shelf, a_disk_that_takes_no_more_leaves_nothing_half)
{
    static const rlim_t sizes[] = {0, 299, 301, 400};
    struct xe_error err;
    struct file file = make("abcdefghijkl");
    struct xe_shelf_item item;
    int fd = memfd(&file);

    put("other", "ax");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        err = (struct xe_error)XE_ERROR_INIT;
        limit_files(sizes[i]);
        cr_expect(!xe_shelf_put(&shelf, "one", false, fd, &item, &err), "%d", (int)sizes[i]);
        limit_files(RLIM_INFINITY);
        cr_expect_eq(err.code, XE_ERR_STORE_FAILED);
        cr_expect(strstr(err.text, "snapshot 'one': write the snapshot"), "%s", err.text);
        cr_expect(strstr(err.text, "File too large"), "%s", err.text);
        expect_granules("2");
        expect_whole("other", "ax");
    }
    cr_expect(xe_shelf_put(&shelf, "one", false, fd, &item, &err), "%s", err.text);
    xe_shelf_item_fini(&item);
    close(fd);
    free(file.bytes);
}

Test(shelf, two_do_not_share_a_directory)
{
    struct xe_shelf second = XE_SHELF_INIT;
    struct xe_error err = XE_ERROR_INIT;

    cr_expect(!xe_shelf_open(&second, top, &err));
    cr_expect(strstr(err.text, "another xe360d uses it"), "%s", err.text);
    xe_shelf_close(&second);
}

static void reopen(void)
{
    uint64_t freed;

    xe_shelf_close(&shelf);
    cr_assert(xe_shelf_open(&shelf, top, NULL));
    cr_assert(xe_shelf_collect(&shelf, &freed, NULL));
}

Test(shelf, what_a_crash_left_is_gone_after_a_start)
{
    put("one", "abc");
    in_top("echo > tmp/blob-3; cp -r granules x; rm snapshots/one");
    reopen();
    expect_granules("0");
}

/* Puts and removes until it is killed; says each time that it begins. */
static void churn(int begun)
{
    static const char *const letters[] = {"abcdef", "abcxyz", "defghi"};

    for (unsigned i = 0;; i++) {
        uint64_t freed;

        put(i % 2 ? "odd" : "even", letters[i % 3]);
        if (i % 5 == 4)
            xe_shelf_remove(&shelf, "odd", &freed, NULL);
        if (write(begun, "", 1) != 1)
            _exit(1);
    }
}

static void expect_all_whole(void)
{
    char **names;
    size_t count;

    cr_assert(xe_shelf_names(&shelf, &names, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        struct xe_error err = XE_ERROR_INIT;
        struct file file = written(names[i], &err);

        cr_expect(file.bytes, "%s", err.text);
        free(file.bytes);
    }
    xe_shelf_names_free(names, count);
}

Test(shelf, whoever_is_killed_leaves_whole_snapshots)
{
    for (int round = 0; round < 12; round++) {
        int pair[2];
        char byte;
        pid_t child;

        cr_assert_eq(pipe(pair), 0);
        child = fork();
        if (child == 0)
            churn(pair[1]);
        for (int i = 0; i <= round; i++)
            cr_assert_eq(read(pair[0], &byte, 1), 1);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        close(pair[0]);
        close(pair[1]);
        reopen();
        expect_all_whole();
    }
}
