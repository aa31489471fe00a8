/* A folder of the host; see folder.h. A folder's listing is asked for once and kept; some files
 * stay open, the one that was not used for longest is closed for another. */
#include "vfs/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "base/map.h"

#define OPEN_FILES 4u
/* 2005-11-22 00:00 UTC, the day on which the console came out. Guess: no title minds the date of
 * its own files; one that compares it with a save's would settle that. */
#define FILE_TIME UINT64_C(127770912000000000)

struct item {
    struct xe_vfs_entry *entry; /* owned */
    struct folder *folder;      /* that it is; NULL: a file, or not listed yet */
    struct folder *in;
};

struct folder {
    struct item *item; /* owned, by name; each is also in the map by id */
    size_t items;
    struct item *self; /* NULL: the root */
};

struct open_file {
    uint64_t id; /* 0: free */
    int fd;
    uint64_t used;
};

struct folder_source {
    struct xe_vfs_source source;
    struct xe_files files;
    uint32_t root;
    struct folder *top;
    struct xe_map by_id; /* id -> item */
    uint64_t last_id, uses;
    struct open_file open[OPEN_FILES];
};

/* ---- paths ---------------------------------------------------------------------------------- */

/* The path of an item; false: it is too long for anybody. */
static bool path_of(const struct item *item, char path[XE_FILES_PATH_MAX + 1])
{
    char *at = path + XE_FILES_PATH_MAX;

    *at = '\0';
    for (; item; item = item->in->self) {
        size_t length = strlen(item->entry->name);

        if ((size_t)(at - path) < length + 1)
            return false;
        if (*at)
            *--at = '/';
        at -= length;
        memcpy(at, item->entry->name, length);
    }
    memmove(path, at, strlen(at) + 1);
    return true;
}

static enum xe_vfs_result result_of(enum xe_files_got got)
{
    return got == XE_FILES_OK ? XE_VFS_OK : got == XE_FILES_NONE ? XE_VFS_NONE : XE_VFS_UNREADABLE;
}

/* ---- listings ------------------------------------------------------------------------------- */

/* By name as the guest sees it; those that it can't tell apart, by their bytes. */
static int by_name(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = xe_vfs_name_compare(x->entry->name, y->entry->name);

    return order ? order : strcmp(x->entry->name, y->entry->name);
}

static void folder_free(struct folder *folder)
{
    for (size_t i = 0; folder && i < folder->items; i++) {
        folder_free(folder->item[i].folder);
        xe_free(folder->item[i].entry);
    }
    if (folder)
        xe_free(folder->item);
    xe_free(folder);
}

/* All of a listing; owned. */
static uint8_t *read_listing(int fd, size_t *ret_size, struct xe_error *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    uint8_t *bytes = NULL;
    size_t used = 0;
    ssize_t n = 1;

    if (size >= 0 && size <= (off_t)XE_FILES_BYTES_MAX)
        bytes = xe_calloc(1, (size_t)size + 1);
    while (bytes && used < (size_t)size && n > 0) {
        n = pread(fd, bytes + used, (size_t)size - used, (off_t)used);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            used += (size_t)n;
    }
    if (bytes && used == (size_t)size) {
        *ret_size = used;
        return bytes;
    }
    xe_free(bytes);
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "a folder's listing can't be read");
    return NULL;
}

static bool add_item(struct folder *folder, size_t *capacity, const struct xe_files_listed *listed,
                     const uint8_t *name)
{
    struct xe_vfs_entry *entry;

    if (!xe_vfs_name_is_valid((const char *)name, listed->length))
        return true; /* no guest can ask for it */
    if (!xe_grow(&folder->item, capacity, folder->items, sizeof(*folder->item)))
        return false;
    entry = xe_calloc(1, sizeof(*entry));
    if (!entry)
        return false;
    memcpy(entry->name, name, listed->length);
    entry->attributes = listed->folder ? XE_VFS_FOLDER : XE_VFS_NORMAL;
    entry->size = listed->folder ? 0 : listed->size;
    entry->created = entry->accessed = entry->written = entry->changed = FILE_TIME;
    folder->item[folder->items++] = (struct item){.entry = entry, .in = folder};
    return true;
}

static bool parse(struct folder *folder, const uint8_t *bytes, size_t size, struct xe_error *err)
{
    struct xe_files_listed listed;
    size_t at = 0, capacity = 0;

    while (at < size) {
        size_t left = size - at;

        if (left >= sizeof(listed))
            memcpy(&listed, bytes + at, sizeof(listed));
        if (left < sizeof(listed) || left - sizeof(listed) < listed.length || !listed.length ||
            listed.folder > 1 || folder->items >= XE_FILES_LIST_MAX)
            return xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "a folder's listing is damaged at %zu",
                                at);
        at += sizeof(listed);
        if (!add_item(folder, &capacity, &listed, bytes + at))
            return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a folder's listing");
        at += listed.length;
    }
    return true;
}

/* In order, without those that can't be told from the one before, each with an id. */
static bool arrange(struct folder_source *self, struct folder *folder)
{
    size_t kept = 0;

    if (folder->items > 1)
        qsort(folder->item, folder->items, sizeof(*folder->item), by_name);
    for (size_t i = 0; i < folder->items; i++) {
        struct item item = folder->item[i];

        if (kept && !xe_vfs_name_compare(folder->item[kept - 1].entry->name, item.entry->name))
            xe_free(item.entry);
        else
            folder->item[kept++] = item;
    }
    folder->items = kept;
    for (size_t i = 0; i < kept; i++) {
        folder->item[i].entry->id = ++self->last_id;
        if (!xe_map_put(&self->by_id, self->last_id, &folder->item[i]))
            return false;
    }
    return true;
}

static enum xe_vfs_result list(struct folder_source *self, struct item *of, struct folder **ret,
                               struct xe_error *err)
{
    struct folder *folder = xe_calloc(1, sizeof(*folder));
    char path[XE_FILES_PATH_MAX + 1];
    enum xe_vfs_result result = XE_VFS_NO_MEMORY;
    uint8_t *bytes = NULL;
    size_t size = 0;
    int fd = -1;

    if (folder && path_of(of, path))
        result = result_of(self->files.list(self->files.ctx, self->root, path, &fd, err));
    if (result == XE_VFS_OK) {
        folder->self = of;
        bytes = read_listing(fd, &size, err);
        result = bytes && parse(folder, bytes, size, err) ? XE_VFS_OK : XE_VFS_UNREADABLE;
        close(fd);
    }
    xe_free(bytes);
    if (result == XE_VFS_OK && !arrange(self, folder))
        result = XE_VFS_NO_MEMORY;
    if (result == XE_VFS_OK)
        *ret = folder;
    else
        folder_free(folder);
    return result;
}

/* A folder by its id, listed if it was not yet. NONE: it is no folder, or went away. */
static enum xe_vfs_result folder_of(struct folder_source *self, uint64_t id, struct folder **ret,
                                    struct xe_error *err)
{
    struct item *item = id == XE_VFS_ROOT ? NULL : xe_map_get(&self->by_id, id);
    enum xe_vfs_result result = XE_VFS_OK;

    if (id == XE_VFS_ROOT) {
        *ret = self->top;
        return XE_VFS_OK;
    }
    if (!item || !(item->entry->attributes & XE_VFS_FOLDER))
        return XE_VFS_NONE;
    if (!item->folder)
        result = list(self, item, &item->folder, err);
    *ret = item->folder;
    return result;
}

/* Index of the first item that does not come before a name. */
static size_t place_of(const struct folder *folder, const char *name)
{
    size_t low = 0, high = folder->items;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (xe_vfs_name_compare(folder->item[middle].entry->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum xe_vfs_result folder_find(struct xe_vfs_source *source, uint64_t id, const char *name,
                                      size_t length, struct xe_vfs_entry *ret, struct xe_error *err)
{
    struct folder_source *self = (struct folder_source *)source;
    char text[XE_VFS_NAME_MAX + 1] = "";
    struct folder *folder;
    enum xe_vfs_result result = folder_of(self, id, &folder, err);
    size_t at;

    if (result != XE_VFS_OK || length > XE_VFS_NAME_MAX)
        return result == XE_VFS_OK ? XE_VFS_NONE : result;
    memcpy(text, name, length);
    at = place_of(folder, text);
    if (at == folder->items || xe_vfs_name_compare(folder->item[at].entry->name, text))
        return XE_VFS_NONE;
    *ret = *folder->item[at].entry;
    return XE_VFS_OK;
}

static enum xe_vfs_result folder_next(struct xe_vfs_source *source, uint64_t id, const char *after,
                                      struct xe_vfs_entry *ret, struct xe_error *err)
{
    struct folder *folder;
    enum xe_vfs_result result = folder_of((struct folder_source *)source, id, &folder, err);
    size_t at;

    if (result != XE_VFS_OK)
        return result;
    at = after ? place_of(folder, after) : 0;
    if (after && at < folder->items && !xe_vfs_name_compare(folder->item[at].entry->name, after))
        at++;
    if (at == folder->items)
        return XE_VFS_NONE;
    *ret = *folder->item[at].entry;
    return XE_VFS_OK;
}

/* ---- bytes ---------------------------------------------------------------------------------- */

/* Where an open file is kept: where it is already, a free place, or that of the one that was used
 * longest ago. */
static struct open_file *place_for(struct folder_source *self, uint64_t id)
{
    struct open_file *best = &self->open[0];

    for (size_t i = 0; i < OPEN_FILES; i++) {
        struct open_file *file = &self->open[i];

        if (file->id == id)
            return file;
        if (best->id && (!file->id || file->used < best->used))
            best = file;
    }
    return best;
}

static enum xe_vfs_result open_file(struct folder_source *self, const struct item *item,
                                    struct open_file **ret, struct xe_error *err)
{
    struct open_file *file = place_for(self, item->entry->id);
    char path[XE_FILES_PATH_MAX + 1];
    enum xe_vfs_result result = XE_VFS_OK;

    *ret = file;
    file->used = ++self->uses;
    if (file->id == item->entry->id)
        return XE_VFS_OK;
    if (file->id)
        close(file->fd);
    file->id = 0;
    if (!path_of(item, path))
        return XE_VFS_UNREADABLE;
    result = result_of(self->files.open(self->files.ctx, self->root, path, &file->fd, err));
    if (result == XE_VFS_OK)
        file->id = item->entry->id;
    else if (result == XE_VFS_NONE)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s' went away, or is no file any more", path);
    return result == XE_VFS_NONE ? XE_VFS_UNREADABLE : result;
}

static enum xe_vfs_result folder_read(struct xe_vfs_source *source, uint64_t id, uint64_t offset,
                                      void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    struct folder_source *self = (struct folder_source *)source;
    const struct item *item = xe_map_get(&self->by_id, id);
    struct open_file *file;
    enum xe_vfs_result result;

    *ret_got = 0;
    if (!item || item->entry->attributes & XE_VFS_FOLDER)
        return XE_VFS_NONE;
    if (offset >= item->entry->size)
        return XE_VFS_OK;
    if (n > item->entry->size - offset)
        n = (size_t)(item->entry->size - offset);
    result = open_file(self, item, &file, err);
    while (result == XE_VFS_OK && *ret_got < n) {
        ssize_t got =
            pread(file->fd, (uint8_t *)buffer + *ret_got, n - *ret_got, (off_t)(offset + *ret_got));

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s': %s", item->entry->name,
                         got ? strerror(errno) : "became shorter than it was listed");
            return XE_VFS_UNREADABLE;
        }
        *ret_got += (size_t)got;
    }
    return result;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void folder_volume(struct xe_vfs_source *source, struct xe_vfs_volume *ret)
{
    (void)source;
    *ret = (struct xe_vfs_volume){
        .sector = 0x200, .unit = 0x20, .size = UINT64_C(1) << 36, .created = FILE_TIME};
}

/* Names, kinds and sizes of what is in the folder itself, and in no other: a title may have a
 * hundred thousand files, and whoever asks is about to start it. */
static enum xe_vfs_result folder_identity(struct xe_vfs_source *source,
                                          uint8_t ret[XE_VFS_IDENTITY_SIZE], struct xe_error *err)
{
    const struct folder *top = ((struct folder_source *)source)->top;
    gcry_md_hd_t md;

    (void)err;
    if (gcry_md_open(&md, GCRY_MD_BLAKE2B_256, 0) != 0)
        return XE_VFS_NO_MEMORY;
    for (size_t i = 0; i < top->items; i++) {
        const struct xe_vfs_entry *entry = top->item[i].entry;
        char line[XE_VFS_NAME_MAX + 64];

        snprintf(line, sizeof(line), "%s %u %llu\n", entry->name, entry->attributes,
                 (unsigned long long)entry->size);
        gcry_md_write(md, line, strlen(line));
    }
    memcpy(ret, gcry_md_read(md, GCRY_MD_BLAKE2B_256), XE_VFS_IDENTITY_SIZE);
    gcry_md_close(md);
    return XE_VFS_OK;
}

static void folder_close(struct xe_vfs_source *source)
{
    struct folder_source *self = (struct folder_source *)source;

    for (size_t i = 0; i < OPEN_FILES; i++)
        if (self->open[i].id)
            close(self->open[i].fd);
    folder_free(self->top);
    xe_map_fini(&self->by_id);
    xe_free(self);
}

static const struct xe_vfs_source_type type = {
    .name = "folder",
    .find = folder_find,
    .next = folder_next,
    .read = folder_read,
    .volume = folder_volume,
    .identity = folder_identity,
    .close = folder_close,
    .changing = true,
    .writable = true,
};

struct xe_vfs_source *xe_vfs_folder_open(const struct xe_files *files, uint32_t root,
                                         struct xe_error *err)
{
    struct folder_source *self = xe_calloc(1, sizeof(*self));
    enum xe_vfs_result result;

    if (!self) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for files");
        return NULL;
    }
    self->source.type = &type;
    self->files = *files;
    self->root = root;
    result = list(self, NULL, &self->top, err);
    if (result == XE_VFS_OK)
        return &self->source;
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "the folder can't be listed");
    folder_close(&self->source);
    return NULL;
}
