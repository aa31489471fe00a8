/* Blobs on disk: granules/ab/cdef..., named by what is in them.
 *
 * A snapshot may have thousands, and a flush costs milliseconds: so many are written first and then
 * flushed together, when most of it has reached the disk already. */
#include "daemon/shelf_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOGETHER  64 /* files flushed together */
#define FOLDERS   256
#define PATH_SIZE 68 /* "ab/", 62 digits, NUL */

/* ---- bytes ----------------------------------------------------------------------------------- */

bool xe__daemon_shelf_failed(struct xe_error *err, const char *what)
{
    return xe_error_set(err, XE_ERR_STORE_FAILED, "%s: %s", what,
                        errno ? strerror(errno) : "it ends too early");
}

bool xe__daemon_shelf_read(int fd, uint64_t at, void *bytes, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got = pread(fd, (char *)bytes + done, n - done, (off_t)(at + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = 0;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

bool xe__daemon_shelf_write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t put = write(fd, at, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        n -= (size_t)put;
    }
    return true;
}

/* ---- names ----------------------------------------------------------------------------------- */

static void path_of(const uint8_t sha256[32], char path[PATH_SIZE])
{
    size_t used = 0;

    for (int i = 0; i < 32; i++)
        used += (size_t)sprintf(path + used, i ? "%02x" : "%02x/", sha256[i]);
}

/* The hash whose file is this; false: it is no file of ours. */
static bool hash_of(unsigned folder, const char *name, uint8_t ret[32])
{
    unsigned byte;

    if (strlen(name) != 62 || strspn(name, "0123456789abcdef") != 62)
        return false;
    ret[0] = (uint8_t)folder;
    for (int i = 1; i < 32; i++) {
        sscanf(name + 2 * (i - 1), "%2x", &byte);
        ret[i] = (uint8_t)byte;
    }
    return true;
}

/* ---- putting --------------------------------------------------------------------------------- */

struct batch {
    struct xe_shelf *shelf;
    const struct xe_snapshot_head *head;
    struct {
        int fd;
        uint32_t blob;
    } file[TOGETHER];
    uint32_t files;
    bool touched[FOLDERS];
    uint64_t added;
    struct xe_error *err;
};

static void temporary(uint32_t i, char name[16])
{
    snprintf(name, 16, "blob-%u", i);
}

static void give_up(struct batch *b)
{
    char name[16];

    for (uint32_t i = 0; i < b->files; i++) {
        temporary(i, name);
        close(b->file[i].fd);
        unlinkat(b->shelf->tmp, name, 0);
    }
    b->files = 0;
}

/* The i-th file gets its name. */
static bool settle(struct batch *b, uint32_t i)
{
    const struct xe_snapshot_blob *blob = &b->head->blob[b->file[i].blob];
    char path[PATH_SIZE], name[16], folder[3];

    path_of(blob->sha256, path);
    snprintf(folder, sizeof(folder), "%.2s", path);
    temporary(i, name);
    if (mkdirat(b->shelf->granules, folder, 0700) < 0 && errno != EEXIST)
        return false;
    if (renameat(b->shelf->tmp, name, b->shelf->granules, path) < 0)
        return false;
    b->touched[blob->sha256[0]] = true;
    return true;
}

static bool flush(struct batch *b)
{
    bool ok = true;

    for (uint32_t i = 0; ok && i < b->files; i++)
        ok = fsync(b->file[i].fd) == 0;
    for (uint32_t i = 0; ok && i < b->files; i++)
        ok = settle(b, i);
    if (!ok)
        xe__daemon_shelf_failed(b->err, "write the snapshot");
    give_up(b);
    return ok;
}

static bool flush_folders(struct batch *b)
{
    bool ok = true;

    for (unsigned i = 0; ok && i < FOLDERS; i++) {
        char folder[3];
        int fd;

        if (!b->touched[i])
            continue;
        snprintf(folder, sizeof(folder), "%02x", i);
        fd = openat(b->shelf->granules, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ok = fd >= 0 && fsync(fd) == 0;
        if (fd >= 0)
            close(fd);
    }
    return (ok && fsync(b->shelf->granules) == 0) ||
           xe__daemon_shelf_failed(b->err, "flush the snapshot");
}

/* Is it there, whole as far as its size tells? */
static bool is_kept(struct xe_shelf *shelf, const struct xe_snapshot_blob *blob)
{
    char path[PATH_SIZE];
    struct stat st;

    path_of(blob->sha256, path);
    return fstatat(shelf->granules, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           st.st_size == (off_t)blob->size;
}

/* Equal granules of one snapshot are one blob. */
static bool is_written(const struct batch *b, const struct xe_snapshot_blob *blob)
{
    for (uint32_t i = 0; i < b->files; i++)
        if (memcmp(b->head->blob[b->file[i].blob].sha256, blob->sha256, 32) == 0)
            return true;
    return is_kept(b->shelf, blob);
}

static bool write_blob(struct batch *b, uint32_t i, const uint8_t *bytes)
{
    char name[16];
    int fd;

    if (b->files == TOGETHER && !flush(b))
        return false;
    temporary(b->files, name);
    fd = openat(b->shelf->tmp, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return xe__daemon_shelf_failed(b->err, "write the snapshot");
    b->file[b->files].fd = fd;
    b->file[b->files++].blob = i;
    b->added += b->head->blob[i].size;
    return xe__daemon_shelf_write_all(fd, bytes, b->head->blob[i].size) ||
           xe__daemon_shelf_failed(b->err, "write the snapshot");
}

/* Every blob is checked, even one that is there: the whole file holds, or nothing of it is kept. */
bool xe__daemon_shelf_put_blobs(struct xe_shelf *shelf, const struct xe_snapshot_head *head, int fd,
                                uint64_t *ret_added, struct xe_error *err)
{
    struct batch b = {.shelf = shelf, .head = head, .err = err};
    uint8_t *bytes = malloc(XE_SNAPSHOT_STORED_MAX);
    uint64_t at = head->size;
    bool ok = bytes || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a snapshot");

    for (uint32_t i = 0; ok && i < head->blobs; at += head->blob[i++].size) {
        ok = xe__daemon_shelf_read(fd, at, bytes, head->blob[i].size) ||
             xe__daemon_shelf_failed(err, "read the snapshot's file");
        ok = ok && xe_snapshot_blob_check(head, i, bytes, err);
        if (ok && !is_written(&b, &head->blob[i]))
            ok = write_blob(&b, i, bytes);
    }
    ok = ok && flush(&b) && flush_folders(&b);
    give_up(&b);
    free(bytes);
    *ret_added = b.added;
    return ok;
}

/* ---- getting --------------------------------------------------------------------------------- */

bool xe__daemon_shelf_get_blob(struct xe_shelf *shelf, const struct xe_snapshot_head *head,
                               uint32_t i, uint8_t *bytes, struct xe_error *err)
{
    const struct xe_snapshot_blob *blob = &head->blob[i];
    char path[PATH_SIZE], name[48];
    int fd;
    bool ok;

    path_of(blob->sha256, path);
    xe_snapshot_blob_name(blob, name, sizeof(name));
    fd = openat(shelf->granules, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ok = fd >= 0 && xe__daemon_shelf_read(fd, 0, bytes, blob->size);
    if (!ok && (fd < 0 ? errno == ENOENT : errno == 0))
        xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%s: its granule %s is %s", name, path,
                     fd < 0 ? "missing" : "cut off");
    else if (!ok)
        xe_error_set(err, XE_ERR_STORE_FAILED, "%s: its granule %s: %s", name, path,
                     strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok && xe_snapshot_blob_check(head, i, bytes, err);
}

/* ---- dropping -------------------------------------------------------------------------------- */

bool xe__daemon_hashes_add(struct xe__hashes *hashes, const struct xe_snapshot_head *head)
{
    size_t room = hashes->room ? hashes->room : 1024;
    void *grown;

    while (room - hashes->count < head->blobs)
        room *= 2;
    if (room != hashes->room) {
        grown = realloc(hashes->hash, room * sizeof(*hashes->hash));
        if (!grown)
            return false;
        hashes->hash = grown;
        hashes->room = room;
    }
    for (uint32_t i = 0; i < head->blobs; i++)
        memcpy(hashes->hash[hashes->count++], head->blob[i].sha256, 32);
    return true;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

void xe__daemon_hashes_sort(struct xe__hashes *hashes)
{
    if (hashes->count)
        qsort(hashes->hash, hashes->count, sizeof(*hashes->hash), compare);
}

bool xe__daemon_hashes_have(const struct xe__hashes *hashes, const uint8_t hash[32])
{
    return hashes->count &&
           bsearch(hash, hashes->hash, hashes->count, sizeof(*hashes->hash), compare);
}

static uint64_t drop_one(struct xe_shelf *shelf, const uint8_t sha256[32])
{
    char path[PATH_SIZE];
    struct stat st;

    path_of(sha256, path);
    if (fstatat(shelf->granules, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
        unlinkat(shelf->granules, path, 0) < 0)
        return 0;
    return (uint64_t)st.st_size;
}

static uint64_t drop_folder(struct xe_shelf *shelf, unsigned number, const struct xe__hashes *used)
{
    char folder[3];
    uint8_t hash[32];
    uint64_t freed = 0;
    const struct dirent *entry;
    DIR *dir;
    int fd;

    snprintf(folder, sizeof(folder), "%02x", number);
    fd = openat(shelf->granules, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    dir = fd >= 0 ? fdopendir(fd) : NULL;
    while (dir && (entry = readdir(dir)))
        if (hash_of(number, entry->d_name, hash) && !xe__daemon_hashes_have(used, hash))
            freed += drop_one(shelf, hash);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    return freed;
}

uint64_t xe__daemon_shelf_drop(struct xe_shelf *shelf, const struct xe_snapshot_head *head,
                               const struct xe__hashes *used)
{
    uint64_t freed = 0;

    for (uint32_t i = 0; head && i < head->blobs; i++)
        if (!xe__daemon_hashes_have(used, head->blob[i].sha256))
            freed += drop_one(shelf, head->blob[i].sha256);
    for (unsigned i = 0; !head && i < FOLDERS; i++)
        freed += drop_folder(shelf, i, used);
    return freed;
}
