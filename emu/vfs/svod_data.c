/* Data files of SVOD packages. Each begins with a table of level 1, which has the hashes of its
 * tables of level 0 and, last, that of the next file's table of level 1; the head of the package
 * has the first file's. So a table that is damaged leaves everything behind it without a hash, and
 * that can't be read then. Source: doc/containers.md. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "vfs/svod_internal.h"

#define TABLE        0x1000ull
#define GROUPS       203u                                   /* of one file                 */
#define GROUP_BLOCKS 204u                                   /* of 4 KiB, two sectors each  */
#define GROUP        (TABLE + GROUP_BLOCKS * XE__VFS_BLOCK) /* bytes in the file           */
#define FILE_BYTES   ((uint64_t)GROUPS * GROUP_BLOCKS * XE__VFS_BLOCK)
#define FILE_MAX     (TABLE + GROUPS * GROUP)
#define SINGLE_MAGIC                                                                               \
    0x2000u /* of the volume, where data is behind the head: from its first table on */
#define SECTOR 0x800u

/* How many bytes of sectors a data file of this size has. */
static uint64_t payload(uint64_t size)
{
    uint64_t groups = size < TABLE ? 0 : (size - TABLE) / GROUP;
    uint64_t rest = size < TABLE ? 0 : (size - TABLE) % GROUP;

    return groups * GROUP_BLOCKS * XE__VFS_BLOCK +
           (rest > TABLE ? (rest - TABLE) / SECTOR * SECTOR : 0);
}

/* Only the last file may be smaller than all can be. */
static bool check_size(const struct xe__svod_data *data, size_t file, bool last,
                       struct xe_error *err)
{
    const struct xe__svod_file *f = &data->file[file];
    uint64_t size = f->bytes.size < f->from ? 0 : f->bytes.size - f->from;

    if (last ? size <= FILE_MAX : size == FILE_MAX)
        return true;
    return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                        "data file 0x%zx has 0x%" PRIx64 " bytes, expected %s0x%llx", file, size,
                        last ? "at most " : "", FILE_MAX);
}

static bool add_file(struct xe__svod_data *data, const struct xe_vfs_bytes *bytes, uint64_t from,
                     struct xe_error *err)
{
    struct xe__svod_file *file;

    if (!xe_grow(&data->file, &data->capacity, data->count, sizeof(*data->file)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a package's data files");
    file = &data->file[data->count++];
    *file = (struct xe__svod_file){.bytes = *bytes, .from = from};
    if (data->count > 1 && !check_size(data, data->count - 2, false, err))
        return false;
    data->size += bytes->size < from ? 0 : payload(bytes->size - from);
    return check_size(data, data->count - 1, true, err);
}

static bool open_files(struct xe__svod_data *data, const struct xe__package *package,
                       struct xe_vfs_source *beside, uint64_t folder, struct xe_error *err)
{
    struct xe_vfs_entry entry;
    struct xe_vfs_bytes bytes;
    char name[32];

    if (package->data_files > XE__SVOD_FILES_MAX)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x39d: 0x%x data files, expected at most 0x%x",
                            package->data_files, XE__SVOD_FILES_MAX);
    for (uint32_t i = 0; i < package->data_files; i++) {
        int length = snprintf(name, sizeof(name), "Data%04u", i);
        enum xe_vfs_result result =
            beside->type->find(beside, folder, name, (size_t)length, &entry, err);

        if (result == XE_VFS_NONE || (result == XE_VFS_OK && entry.attributes & XE_VFS_FOLDER))
            return xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "no file '%s' of the package's 0x%x",
                                name, package->data_files);
        if (result != XE_VFS_OK)
            return false;
        xe_vfs_bytes_of_file(beside, &entry, &bytes);
        if (!add_file(data, &bytes, 0, err))
            return false;
    }
    return true;
}

static bool open_folder(struct xe__svod_data *data, const struct xe__package *package,
                        struct xe_vfs_source *beside, uint64_t folder, const char *name,
                        struct xe_error *err)
{
    char path[XE_VFS_NAME_MAX + 1];
    int length = snprintf(path, sizeof(path), "%s.data", name);
    struct xe_vfs_entry entry;
    enum xe_vfs_result result = XE_VFS_NONE;

    if (beside && length < (int)sizeof(path))
        result = beside->type->find(beside, folder, path, (size_t)length, &entry, err);
    if (result == XE_VFS_NONE || (result == XE_VFS_OK && !(entry.attributes & XE_VFS_FOLDER)))
        return xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND,
                            beside ? "no folder '%s' beside the package: its data files lie there"
                                   : "the package's data files lie in '%s' beside it, and nothing "
                                     "beside it may be looked at here",
                            path);
    return result == XE_VFS_OK && open_files(data, package, beside, entry.id, err);
}

/* The first block has no table in front of the volume but those of its own file. */
static bool is_single(const struct xe_vfs_bytes *head, const struct xe__package *package)
{
    static const char expected[] = "MICROSOFT*XBOX*MEDIA";
    char magic[sizeof(expected) - 1];

    return xe_vfs_bytes_read(head, package->data + SINGLE_MAGIC, magic, sizeof(magic), NULL) ==
               XE_VFS_OK &&
           !memcmp(magic, expected, sizeof(magic));
}

static enum xe_vfs_result top_table(struct xe__svod_data *data, size_t file, const uint8_t **ret,
                                    struct xe_error *err)
{
    struct xe__svod_file *f = &data->file[file];
    const struct xe__vfs_checked_what what = {
        "table of level 1 of data file", file,
        file ? "table of level 1 of data file" : "head of the package,", file ? file - 1 : 0};

    return xe__vfs_checked_block(&data->checked, &f->bytes, f->from, TABLE, f->hash, &what, ret,
                                 err);
}

/* Follow the chain from file to file. */
static void learn_hashes(struct xe__svod_data *data, const struct xe__package *package)
{
    struct xe_error err = XE_ERROR_INIT;
    const uint8_t *table;

    memcpy(data->file[0].hash, package->descriptor + 4, XE__VFS_SHA1_SIZE);
    for (data->known = 1; data->known < data->count; data->known++) {
        if (top_table(data, data->known - 1, &table, &err) != XE_VFS_OK) {
            snprintf(data->damage, sizeof(data->damage), "%.255s", err.text);
            return;
        }
        memcpy(data->file[data->known].hash, table + GROUPS * XE__VFS_SHA1_SIZE, XE__VFS_SHA1_SIZE);
    }
}

static const struct xe_vfs_source_type data_type;

struct xe__svod_data *xe__svod_data_open(const struct xe_vfs_bytes *head,
                                         const struct xe__package *package,
                                         struct xe_vfs_source *beside, uint64_t folder,
                                         const char *name, struct xe_error *err)
{
    struct xe__svod_data *data = xe_calloc(1, sizeof(*data));
    bool good;

    if (!data) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a package");
        return NULL;
    }
    data->source.type = &data_type;
    good = is_single(head, package) ? add_file(data, head, package->data, err)
                                    : open_folder(data, package, beside, folder, name, err);
    if (good && data->count == 0)
        good = xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "offset 0x39d: 0x0 data files");
    if (good) {
        learn_hashes(data, package);
        return data;
    }
    xe__svod_data_close(data);
    return NULL;
}

void xe__svod_data_close(struct xe__svod_data *data)
{
    if (data)
        xe_free(data->file);
    xe_free(data);
}

/* ---- blocks --------------------------------------------------------------------------------- */

static enum xe_vfs_result hash_of(struct xe__svod_data *data, size_t file, uint64_t group,
                                  uint32_t index, uint8_t ret[XE__VFS_SHA1_SIZE],
                                  struct xe_error *err)
{
    struct xe__svod_file *f = &data->file[file];
    const struct xe__vfs_checked_what what = {"table of level 0,", file * GROUPS + group,
                                              "table of level 1 of data file", file};
    uint8_t hash[XE__VFS_SHA1_SIZE];
    const uint8_t *table;
    enum xe_vfs_result result;

    if (file >= data->known) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "data file 0x%zx has no hash: %s", file,
                     data->damage);
        return XE_VFS_DAMAGED;
    }
    result = top_table(data, file, &table, err);
    if (result != XE_VFS_OK)
        return result;
    memcpy(hash, table + group * XE__VFS_SHA1_SIZE, sizeof(hash));
    result = xe__vfs_checked_block(&data->checked, &f->bytes, f->from + TABLE + group * GROUP,
                                   TABLE, hash, &what, &table, err);
    if (result == XE_VFS_OK)
        memcpy(ret, table + index * XE__VFS_SHA1_SIZE, XE__VFS_SHA1_SIZE);
    return result;
}

enum xe_vfs_result xe__svod_data_block(struct xe__svod_data *data, uint64_t offset,
                                       const uint8_t **ret, struct xe_error *err)
{
    size_t file = offset / FILE_BYTES;
    uint64_t block = offset % FILE_BYTES / XE__VFS_BLOCK;
    uint64_t group = block / GROUP_BLOCKS, left = data->size - offset;
    uint32_t index = (uint32_t)(block % GROUP_BLOCKS);
    const struct xe__vfs_checked_what what = {"block", offset / XE__VFS_BLOCK, "table of level 0,",
                                              file * GROUPS + group};
    uint8_t hash[XE__VFS_SHA1_SIZE];
    enum xe_vfs_result result = hash_of(data, file, group, index, hash, err);

    if (result != XE_VFS_OK)
        return result;
    return xe__vfs_checked_block(
        &data->checked, &data->file[file].bytes,
        data->file[file].from + TABLE + group * GROUP + TABLE + (uint64_t)index * XE__VFS_BLOCK,
        left < XE__VFS_BLOCK ? (uint32_t)left : XE__VFS_BLOCK, hash, &what, ret, err);
}

static enum xe_vfs_result data_read(struct xe_vfs_source *source, uint64_t id, uint64_t offset,
                                    void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    struct xe__svod_data *data = (struct xe__svod_data *)source;
    uint64_t left = offset < data->size ? data->size - offset : 0;
    enum xe_vfs_result result = XE_VFS_OK;
    size_t done = 0;

    (void)id;
    if (n > left)
        n = (size_t)left;
    while (result == XE_VFS_OK && done < n) {
        uint64_t at = offset + done;
        size_t room = XE__VFS_BLOCK - at % XE__VFS_BLOCK;
        size_t piece = room < n - done ? room : n - done;
        const uint8_t *bytes;

        result = xe__svod_data_block(data, at - at % XE__VFS_BLOCK, &bytes, err);
        if (result == XE_VFS_OK)
            memcpy((uint8_t *)buffer + done, bytes + at % XE__VFS_BLOCK, piece);
        done += piece;
    }
    *ret_got = result == XE_VFS_OK ? n : 0;
    return result;
}

static const struct xe_vfs_source_type data_type = {.name = "svod data", .read = data_read};
