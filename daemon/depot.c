/* Files that clients have put; see depot.h. */
#include "daemon/depot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gcrypt.h>

#include "daemon/shelf_internal.h"

#define FOLDER "artifacts"

struct xe_depot {
    int folder, tmp; /* owned */
    pthread_mutex_t lock;
    uint64_t quota, used; /* guarded by lock; bytes, those that are coming included */
    uint64_t uploads;     /* likewise: that ever began                              */
};

struct xe_upload {
    struct xe_depot *depot;
    char name[XE_DEPOT_NAME], draft[32];
    int fd;        /* owned */
    uint64_t size; /* so far, counted in the depot's used */
    gcry_md_hd_t hash;
};

/* ---- room -------------------------------------------------------------------------------------
 */

static bool take_room(struct xe_depot *depot, uint64_t size, struct xe_error *err)
{
    uint64_t left;

    pthread_mutex_lock(&depot->lock);
    left = depot->used < depot->quota ? depot->quota - depot->used : 0;
    if (size <= left)
        depot->used += size;
    pthread_mutex_unlock(&depot->lock);
    return size <= left || xe_error_set(err, XE_ERR_QUOTA_EXCEEDED,
                                        "%llu bytes more are left for artifacts, and %llu are "
                                        "needed",
                                        (unsigned long long)left, (unsigned long long)size);
}

static void leave_room(struct xe_depot *depot, uint64_t size)
{
    pthread_mutex_lock(&depot->lock);
    depot->used -= size;
    pthread_mutex_unlock(&depot->lock);
}

void xe_depot_set_quota(struct xe_depot *depot, uint64_t quota)
{
    pthread_mutex_lock(&depot->lock);
    depot->quota = quota;
    pthread_mutex_unlock(&depot->lock);
}

/* ---- names ------------------------------------------------------------------------------------
 */

bool xe_depot_is_name(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool check_name(const char *text, struct xe_error *err)
{
    return xe_depot_is_name(text) ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS,
                        "artifact '%.70s': expected a SHA-256 as 64 hexadecimal digits, small ones",
                        text);
}

static bool stat_item(const struct xe_depot *depot, const char *name, struct xe_depot_item *ret)
{
    struct stat st;

    if (fstatat(depot->folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
        return false;
    snprintf(ret->sha256, sizeof(ret->sha256), "%s", name);
    ret->size = (uint64_t)st.st_size;
    ret->created = st.st_mtime;
    return true;
}

static bool missing(const char *sha256, struct xe_error *err)
{
    return xe_error_set(err, XE_ERR_ARTIFACT_NOT_FOUND, "there is no artifact %s", sha256);
}

bool xe_depot_get(struct xe_depot *depot, const char *sha256, struct xe_depot_item *ret,
                  struct xe_error *err)
{
    return check_name(sha256, err) && (stat_item(depot, sha256, ret) || missing(sha256, err));
}

int xe_depot_open(struct xe_depot *depot, const char *sha256, struct xe_error *err)
{
    int fd;

    if (!check_name(sha256, err))
        return -1;
    fd = openat(depot->folder, sha256, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        missing(sha256, err);
    return fd;
}

bool xe_depot_remove(struct xe_depot *depot, const char *sha256, uint64_t *ret_freed,
                     struct xe_error *err)
{
    struct xe_depot_item item;

    if (!xe_depot_get(depot, sha256, &item, err))
        return false;
    if (unlinkat(depot->folder, sha256, 0) < 0 || fsync(depot->folder) < 0)
        return xe__daemon_shelf_failed(err, sha256);
    leave_room(depot, item.size);
    *ret_freed = item.size;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct xe_depot_item *)a)->sha256,
                  ((const struct xe_depot_item *)b)->sha256);
}

/* false: no memory. */
static bool add_item(struct xe_depot_item **list, size_t *count, const struct xe_depot_item *item)
{
    struct xe_depot_item *grown = realloc(*list, (*count + 1) * sizeof(*grown));

    if (!grown)
        return false;
    *list = grown;
    grown[(*count)++] = *item;
    return true;
}

bool xe_depot_list(struct xe_depot *depot, struct xe_depot_item **ret, size_t *ret_count,
                   uint64_t *ret_used, uint64_t *ret_quota, struct xe_error *err)
{
    int fd = openat(depot->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    struct xe_depot_item item;
    bool ok = dir || xe__daemon_shelf_failed(err, FOLDER);

    *ret = NULL;
    *ret_count = 0;
    while (ok && (entry = readdir(dir)))
        if (xe_depot_is_name(entry->d_name) && stat_item(depot, entry->d_name, &item) &&
            !add_item(ret, ret_count, &item))
            ok = xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a list of artifacts");
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    if (*ret_count)
        qsort(*ret, *ret_count, sizeof(item), by_name);
    pthread_mutex_lock(&depot->lock);
    *ret_used = depot->used;
    *ret_quota = depot->quota;
    pthread_mutex_unlock(&depot->lock);
    return ok;
}

/* ---- uploads ----------------------------------------------------------------------------------
 */

static void upload_free(struct xe_upload *upload)
{
    if (upload->fd >= 0) {
        unlinkat(upload->depot->tmp, upload->draft, 0);
        close(upload->fd);
    }
    gcry_md_close(upload->hash);
    free(upload);
}

void xe_upload_abort(struct xe_upload *upload)
{
    if (!upload)
        return;
    leave_room(upload->depot, upload->size);
    upload_free(upload);
}

/* Is there room for so much, now? It is taken as it comes. */
static bool room_for(struct xe_depot *depot, uint64_t size, struct xe_error *err)
{
    if (!take_room(depot, size, err))
        return false;
    leave_room(depot, size);
    return true;
}

struct xe_upload *xe_upload_begin(struct xe_depot *depot, const char *sha256, uint64_t size,
                                  struct xe_error *err)
{
    struct xe_upload *upload;

    if (!check_name(sha256, err) || !room_for(depot, size, err))
        return NULL;
    upload = calloc(1, sizeof(*upload));
    if (!upload || gcry_md_open(&upload->hash, GCRY_MD_SHA256, 0)) {
        free(upload);
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for an artifact");
        return NULL;
    }
    upload->depot = depot;
    memcpy(upload->name, sha256, sizeof(upload->name));
    pthread_mutex_lock(&depot->lock);
    snprintf(upload->draft, sizeof(upload->draft), "artifact-%llu",
             (unsigned long long)++depot->uploads);
    pthread_mutex_unlock(&depot->lock);
    upload->fd = openat(depot->tmp, upload->draft,
                        O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (upload->fd >= 0)
        return upload;
    xe__daemon_shelf_failed(err, "an artifact");
    upload_free(upload);
    return NULL;
}

bool xe_upload_write(struct xe_upload *upload, const void *bytes, size_t size, struct xe_error *err)
{
    if (!take_room(upload->depot, size, err))
        return false;
    upload->size += size;
    gcry_md_write(upload->hash, bytes, size);
    return xe__daemon_shelf_write_all(upload->fd, bytes, size) ||
           xe__daemon_shelf_failed(err, "an artifact");
}

static bool check_hash(struct xe_upload *upload, struct xe_error *err)
{
    const uint8_t *hash = gcry_md_read(upload->hash, GCRY_MD_SHA256);
    char text[XE_DEPOT_NAME];

    for (int i = 0; i < 32; i++)
        sprintf(text + 2 * i, "%02x", hash[i]);
    return !strcmp(text, upload->name) ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS, "%llu bytes came, whose SHA-256 is %s, not %s",
                        (unsigned long long)upload->size, text, upload->name);
}

/* Under its name, unless it is there. */
static bool publish(struct xe_upload *upload, bool *ret_new, struct xe_error *err)
{
    struct xe_depot *depot = upload->depot;

    *ret_new = linkat(depot->tmp, upload->draft, depot->folder, upload->name, 0) == 0;
    if (!*ret_new && errno != EEXIST)
        return xe__daemon_shelf_failed(err, upload->name);
    if (fsync(depot->folder) == 0)
        return true;
    xe__daemon_shelf_failed(err, upload->name);
    if (*ret_new)
        unlinkat(depot->folder, upload->name, 0);
    return false;
}

bool xe_upload_finish(struct xe_upload *upload, struct xe_depot_item *ret, bool *ret_new,
                      struct xe_error *err)
{
    bool ok = check_hash(upload, err) &&
              (fsync(upload->fd) == 0 || xe__daemon_shelf_failed(err, "an artifact")) &&
              publish(upload, ret_new, err) &&
              (stat_item(upload->depot, upload->name, ret) || missing(upload->name, err));

    if (!ok || !*ret_new)
        leave_room(upload->depot, upload->size);
    upload_free(upload);
    return ok;
}

/* ---- start and end ----------------------------------------------------------------------------
 */

void xe_depot_destroy(struct xe_depot *depot)
{
    if (!depot)
        return;
    if (depot->folder >= 0)
        close(depot->folder);
    if (depot->tmp >= 0)
        close(depot->tmp);
    pthread_mutex_destroy(&depot->lock);
    free(depot);
}

static bool count_used(struct xe_depot *depot, struct xe_error *err)
{
    struct xe_depot_item *list;
    uint64_t used, quota;
    size_t count;

    if (!xe_depot_list(depot, &list, &count, &used, &quota, err))
        return false;
    for (size_t i = 0; i < count; i++)
        depot->used += list[i].size;
    free(list);
    return true;
}

struct xe_depot *xe_depot_create(int top, int tmp, uint64_t quota, struct xe_error *err)
{
    struct xe_depot *depot = calloc(1, sizeof(*depot));

    if (!depot) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for artifacts");
        return NULL;
    }
    gcry_check_version(NULL);
    pthread_mutex_init(&depot->lock, NULL);
    depot->quota = quota;
    if (mkdirat(top, FOLDER, 0700) == 0)
        fsync(top);
    depot->folder = openat(top, FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    depot->tmp = fcntl(tmp, F_DUPFD_CLOEXEC, 3);
    if (depot->folder < 0 || depot->tmp < 0)
        xe__daemon_shelf_failed(err, FOLDER);
    else if (count_used(depot, err))
        return depot;
    xe_depot_destroy(depot);
    return NULL;
}
