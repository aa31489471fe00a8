/* Snapshots by name; see shelf.h. */
#include "daemon/shelf_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gcrypt.h>

#define HEAD_FILE "head"
#define FILE_FILE "file"

/* ---- opening --------------------------------------------------------------------------------- */

static int folder(int top, const char *name)
{
    if (mkdirat(top, name, 0700) < 0 && errno != EEXIST)
        return -1;
    return openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* What a daemon that was killed was writing. */
static void empty(int folder_fd)
{
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            unlinkat(folder_fd, entry->d_name, 0);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
}

static bool claim(struct xe_shelf *shelf, struct xe_error *err)
{
    shelf->lock = openat(shelf->top, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (shelf->lock < 0)
        return xe__daemon_shelf_failed(err, "lock");
    if (flock(shelf->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "another xe360d uses it");
    return xe__daemon_shelf_failed(err, "lock");
}

static bool open_folders(struct xe_shelf *shelf, struct xe_error *err)
{
    shelf->snapshots = folder(shelf->top, "snapshots");
    shelf->granules = folder(shelf->top, "granules");
    shelf->exchange = folder(shelf->top, "exchange");
    shelf->tmp = folder(shelf->top, "tmp");
    if (shelf->snapshots < 0 || shelf->granules < 0 || shelf->exchange < 0 || shelf->tmp < 0)
        return xe__daemon_shelf_failed(err, "its folders");
    return fsync(shelf->top) == 0 || xe__daemon_shelf_failed(err, "flush");
}

bool xe_shelf_open(struct xe_shelf *shelf, const char *path, struct xe_error *err)
{
    bool ok;

    gcry_check_version(NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of its write */
    errno = 0;
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        shelf->path = realpath(path, NULL);
    if (shelf->path)
        shelf->top = open(shelf->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = shelf->top >= 0 || xe__daemon_shelf_failed(err, "open");
    ok = ok && claim(shelf, err) && open_folders(shelf, err);
    if (ok)
        empty(shelf->tmp);
    else
        xe_error_prefix(err, "state directory '%s'", path);
    return ok;
}

void xe_shelf_close(struct xe_shelf *shelf)
{
    const int fds[] = {shelf->snapshots, shelf->granules, shelf->exchange,
                       shelf->tmp,       shelf->lock,     shelf->top};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(shelf->path);
    *shelf = (struct xe_shelf)XE_SHELF_INIT;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool good_name(const char *name)
{
    static const char all[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t n = strspn(name, all);

    return n && n <= XE_SHELF_NAME_MAX && !name[n] && !strchr("._-", name[0]);
}

bool xe_shelf_name_check(const char *name, struct xe_error *err)
{
    return good_name(name) ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS,
                        "name '%.80s': expected 1 to %d letters, digits, '.', '_' and '-', the "
                        "first of them a letter or digit",
                        name, XE_SHELF_NAME_MAX);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_name(char ***names, size_t *count, const char *name)
{
    char **grown = realloc(*names, (*count + 1) * sizeof(**names));

    if (!grown)
        return false;
    *names = grown;
    grown[*count] = strdup(name);
    *count += grown[*count] != NULL;
    return grown[*count - 1] != NULL;
}

bool xe_shelf_names(struct xe_shelf *shelf, char ***ret, size_t *ret_count, struct xe_error *err)
{
    int fd = openat(shelf->snapshots, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    char **names = NULL;
    size_t count = 0;
    bool ok = dir || xe__daemon_shelf_failed(err, "list the snapshots");

    while (ok && (entry = readdir(dir)))
        if (good_name(entry->d_name) && !add_name(&names, &count, entry->d_name))
            ok = xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for names of snapshots");
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    if (!ok) {
        xe_shelf_names_free(names, count);
        return false;
    }
    if (count)
        qsort(names, count, sizeof(*names), by_text);
    *ret = names;
    *ret_count = count;
    return true;
}

void xe_shelf_names_free(char **names, size_t count)
{
    while (count > 0)
        free(names[--count]);
    free(names);
}

/* ---- heads ----------------------------------------------------------------------------------- */

void xe_shelf_item_fini(struct xe_shelf_item *item)
{
    xe_snapshot_head_fini(&item->head);
}

/* n bytes of a head; what is too short is no snapshot, or half of one. */
static bool read_some(int fd, void *bytes, size_t n, struct xe_error *err)
{
    if (xe__daemon_shelf_read(fd, 0, bytes, n))
        return true;
    return errno ? xe__daemon_shelf_failed(err, "read")
                 : xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                                "the snapshot's head: it is cut off");
}

/* The bytes of a head at the beginning of a file, owned; NULL with err set. */
static uint8_t *read_head(int fd, struct xe_snapshot_head *ret, struct xe_error *err)
{
    uint8_t prefix[XE_SNAPSHOT_PREFIX], *bytes;
    size_t size;

    if (!read_some(fd, prefix, sizeof(prefix), err))
        return NULL;
    size = xe_snapshot_head_size(prefix, err);
    if (!size)
        return NULL;
    bytes = malloc(size);
    if (!bytes) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the head of a snapshot");
        return NULL;
    }
    if (read_some(fd, bytes, size, err) && xe_snapshot_head_parse(bytes, size, ret, err))
        return bytes;
    free(bytes);
    return NULL;
}

static bool get_item(struct xe_shelf *shelf, const char *name, uint8_t **ret_bytes,
                     struct xe_shelf_item *ret, struct xe_error *err)
{
    int fd = openat(shelf->snapshots, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    uint8_t *bytes = NULL;

    if (fd < 0 && errno == ENOENT)
        return xe_error_set(err, XE_ERR_SNAPSHOT_NOT_FOUND, "there is no snapshot '%s'", name);
    if (fd < 0 || fstat(fd, &st) < 0)
        xe__daemon_shelf_failed(err, "read");
    else
        bytes = read_head(fd, &ret->head, err);
    if (fd >= 0)
        close(fd);
    if (!bytes)
        return xe_error_prefix(err, "snapshot '%s'", name);
    ret->created = st.st_mtime;
    ret->added = 0;
    if (ret_bytes)
        *ret_bytes = bytes;
    else
        free(bytes);
    return true;
}

bool xe_shelf_get(struct xe_shelf *shelf, const char *name, struct xe_shelf_item *ret,
                  struct xe_error *err)
{
    return xe_shelf_name_check(name, err) && get_item(shelf, name, NULL, ret, err);
}

/* All that heads refer to. */
static bool used_by_all(struct xe_shelf *shelf, struct xe__hashes *ret, struct xe_error *err)
{
    char **names = NULL;
    size_t count = 0;
    bool ok = xe_shelf_names(shelf, &names, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        struct xe_shelf_item item;

        ok = get_item(shelf, names[i], NULL, &item, err);
        if (!ok)
            break;
        ok = xe__daemon_hashes_add(ret, &item.head) ||
             xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for what snapshots refer to");
        xe_shelf_item_fini(&item);
    }
    if (ok)
        xe__daemon_hashes_sort(ret);
    xe_shelf_names_free(names, count);
    return ok;
}

/* Blobs of this head, or with NULL all, that no head refers to. */
static bool collect(struct xe_shelf *shelf, const struct xe_snapshot_head *head, uint64_t *ret,
                    struct xe_error *err)
{
    struct xe__hashes used = {0};
    bool ok = (!head || head->blobs) && used_by_all(shelf, &used, err);

    *ret = ok ? xe__daemon_shelf_drop(shelf, head, &used) : 0;
    free(used.hash);
    return ok;
}

bool xe_shelf_collect(struct xe_shelf *shelf, uint64_t *ret_freed, struct xe_error *err)
{
    return collect(shelf, NULL, ret_freed, err);
}

/* ---- putting --------------------------------------------------------------------------------- */

/* A file of `bytes` at folder/name, all of it or nothing. */
static bool place(struct xe_shelf *shelf, int to, const char *name, const uint8_t *bytes,
                  size_t size)
{
    int fd = openat(shelf->tmp, HEAD_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && xe__daemon_shelf_write_all(fd, bytes, size) && fsync(fd) == 0 &&
              renameat(shelf->tmp, HEAD_FILE, to, name) == 0 && fsync(to) == 0;
    int saved = errno;

    if (fd >= 0)
        close(fd);
    if (!ok)
        unlinkat(shelf->tmp, HEAD_FILE, 0);
    errno = saved;
    return ok;
}

static bool check_size(int fd, const struct xe_snapshot_head *head, struct xe_error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return xe__daemon_shelf_failed(err, "read");
    if (head->total > XE_SHELF_FILE_MAX)
        return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE, "a snapshot of %llu bytes, at most %llu",
                            (unsigned long long)head->total, (unsigned long long)XE_SHELF_FILE_MAX);
    return (uint64_t)st.st_size == head->total ||
           xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                        "the snapshot has %llu bytes, its head says %llu",
                        (unsigned long long)st.st_size, (unsigned long long)head->total);
}

/* May a snapshot of this name be put? What there is goes to *ret_old, if it can be read. */
static bool may_put(struct xe_shelf *shelf, const char *name, bool replace,
                    struct xe_shelf_item *ret_old, struct xe_error *err)
{
    struct stat st;

    if (!xe_shelf_name_check(name, err))
        return false;
    if (fstatat(shelf->snapshots, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT || xe__daemon_shelf_failed(err, "look for the snapshot");
    if (!replace)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "there is a snapshot '%s' already, and replace was not asked for",
                            name);
    get_item(shelf, name, NULL, ret_old, NULL);
    return true;
}

bool xe_shelf_put(struct xe_shelf *shelf, const char *name, bool replace, int fd,
                  struct xe_shelf_item *ret, struct xe_error *err)
{
    struct xe_shelf_item old = {0};
    struct xe_snapshot_head head;
    uint64_t added, freed;
    uint8_t *bytes;
    bool ok;

    if (!may_put(shelf, name, replace, &old, err))
        return false;
    bytes = read_head(fd, &head, err);
    ok = bytes && check_size(fd, &head, err);
    if (ok) {
        ok = xe__daemon_shelf_put_blobs(shelf, &head, fd, &added, err) &&
             (place(shelf, shelf->snapshots, name, bytes, head.size) ||
              xe__daemon_shelf_failed(err, "write the snapshot's head"));
        collect(shelf, ok ? &old.head : &head, &freed, NULL);
    }
    free(bytes);
    xe_shelf_item_fini(&old);
    if (bytes)
        xe_snapshot_head_fini(&head);
    if (!ok || !get_item(shelf, name, NULL, ret, err))
        return xe_error_prefix(err, "snapshot '%s'", name);
    ret->added = added;
    return true;
}

/* ---- getting --------------------------------------------------------------------------------- */

bool xe_shelf_write(struct xe_shelf *shelf, const char *name, int fd, struct xe_shelf_item *ret,
                    struct xe_error *err)
{
    uint8_t *head, *bytes;
    bool ok;

    if (!xe_shelf_name_check(name, err) || !get_item(shelf, name, &head, ret, err))
        return false;
    bytes = malloc(XE_SNAPSHOT_STORED_MAX);
    ok = bytes || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a snapshot");
    ok = ok && (xe__daemon_shelf_write_all(fd, head, ret->head.size) ||
                xe__daemon_shelf_failed(err, "write"));
    for (uint32_t i = 0; ok && i < ret->head.blobs; i++)
        ok = xe__daemon_shelf_get_blob(shelf, &ret->head, i, bytes, err) &&
             (xe__daemon_shelf_write_all(fd, bytes, ret->head.blob[i].size) ||
              xe__daemon_shelf_failed(err, "write"));
    free(bytes);
    free(head);
    if (ok)
        return true;
    xe_shelf_item_fini(ret);
    return xe_error_prefix(err, "snapshot '%s'", name);
}

static bool hash_file(int fd, uint64_t size, uint8_t sha256[32])
{
    uint8_t bytes[65536];
    gcry_md_hd_t md;
    bool ok = gcry_md_open(&md, GCRY_MD_SHA256, 0) == 0;

    for (uint64_t at = 0; ok && at < size; at += sizeof(bytes)) {
        size_t n = size - at < sizeof(bytes) ? (size_t)(size - at) : sizeof(bytes);

        ok = xe__daemon_shelf_read(fd, at, bytes, n);
        if (ok)
            gcry_md_write(md, bytes, n);
    }
    if (ok)
        memcpy(sha256, gcry_md_read(md, GCRY_MD_SHA256), 32);
    gcry_md_close(md);
    return ok;
}

bool xe_shelf_export(struct xe_shelf *shelf, const char *name, struct xe_shelf_item *ret,
                     char **ret_path, uint8_t sha256[32], struct xe_error *err)
{
    char file[XE_SHELF_NAME_MAX + sizeof(XE_SHELF_SUFFIX)], *path = NULL;
    int fd = openat(shelf->tmp, FILE_FILE, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 || xe__daemon_shelf_failed(err, "export the snapshot");

    ok = ok && xe_shelf_write(shelf, name, fd, ret, err);
    if (ok) {
        snprintf(file, sizeof(file), "%s" XE_SHELF_SUFFIX, name);
        ok = hash_file(fd, ret->head.total, sha256) && fsync(fd) == 0 &&
             renameat(shelf->tmp, FILE_FILE, shelf->exchange, file) == 0 &&
             fsync(shelf->exchange) == 0 &&
             asprintf(&path, "%s/exchange/%s", shelf->path, file) >= 0;
        if (!ok) {
            xe__daemon_shelf_failed(err, "export the snapshot");
            xe_shelf_item_fini(ret);
        }
    }
    if (fd >= 0)
        close(fd);
    if (!ok)
        unlinkat(shelf->tmp, FILE_FILE, 0);
    else
        *ret_path = path;
    return ok;
}

/* ---- removing -------------------------------------------------------------------------------- */

bool xe_shelf_remove(struct xe_shelf *shelf, const char *name, uint64_t *ret_freed,
                     struct xe_error *err)
{
    struct xe_shelf_item item = {0};
    struct xe_error unread = XE_ERROR_INIT;
    bool readable;

    *ret_freed = 0;
    if (!xe_shelf_name_check(name, err))
        return false;
    readable = get_item(shelf, name, NULL, &item, &unread);
    if (unread.code == XE_ERR_SNAPSHOT_NOT_FOUND)
        return xe_error_set(err, unread.code, "%s", unread.text);
    if (unlinkat(shelf->snapshots, name, 0) < 0 || fsync(shelf->snapshots) < 0) {
        xe_shelf_item_fini(&item);
        xe__daemon_shelf_failed(err, "remove");
        return xe_error_prefix(err, "snapshot '%s'", name);
    }
    collect(shelf, readable ? &item.head : NULL, ret_freed, NULL);
    xe_shelf_item_fini(&item);
    return true;
}
