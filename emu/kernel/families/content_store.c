/* Where packages are, and what is in their folders; see content.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/core/clock.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/families/content.h"

#define CONTENT "Content"
#define DATA    "data"
#define HEAD    "head"
#define PARTS   5u /* of a package's path on its drive */

/* Guess: which ids memory units have; a title takes them from an enumerator, or from what the user
 * chose. */
static const struct xe__content_device devices[] = {
    {1, 1, "\\Device\\Harddisk0\\Partition1", "Hard Drive"},
    {2, 2, "\\Device\\Mu0", "Memory Unit"},
    {3, 2, "\\Device\\Mu1", "Memory Unit"},
};
#define DEVICES (sizeof(devices) / sizeof(devices[0]))

static struct xe_vfs_mount *mount_of(const struct xe_kernel *kernel,
                                     const struct xe__content_device *device)
{
    const char *rest;

    return xe_vfs_mount_of(kernel->vfs, device->device, &rest);
}

const struct xe__content_device *xe__content_device(const struct xe_kernel *kernel, uint32_t n)
{
    for (size_t i = 0; i < DEVICES; i++)
        if (mount_of(kernel, &devices[i]) && n-- == 0)
            return &devices[i];
    return NULL;
}

struct xe_vfs_mount *xe__content_mount(const struct xe_kernel *kernel, uint32_t id)
{
    for (size_t i = 0; i < DEVICES; i++)
        if (devices[i].id == (id ? id : 1))
            return mount_of(kernel, &devices[i]);
    return NULL;
}

uint32_t xe__content_error(enum xe_vfs_result result)
{
    return result == XE_VFS_OK ? 0 : xe__kernel_dos_error(xe_kernel_file_status(result));
}

/* ---- places --------------------------------------------------------------------------------- */

struct parts {
    char part[PARTS][XE__CONTENT_NAME_MAX + 1];
};

/* Source: doc/facts/kernel-calls.md, section 11: storage path. */
static void parts_of(const struct xe__content_key *key, struct parts *ret)
{
    snprintf(ret->part[0], sizeof(ret->part[0]), CONTENT);
    snprintf(ret->part[1], sizeof(ret->part[1]), "%016" PRIX64, key->xuid);
    snprintf(ret->part[2], sizeof(ret->part[2]), "%08X", key->title);
    snprintf(ret->part[3], sizeof(ret->part[3]), "%08X", key->type);
    memcpy(ret->part[4], key->name, sizeof(ret->part[4]));
}

static void path_of(const struct xe__content_key *key, uint32_t count, char *path, size_t size)
{
    struct parts parts;
    size_t used = 0;

    parts_of(key, &parts);
    for (uint32_t i = 0; i < count; i++)
        used += (size_t)snprintf(path + used, size - used, "\\%s", parts.part[i]);
}

/* Names compare without regard to case, and those of a title and of a file beside a title may
 * differ in it. */
static const struct xe_given *find_given(const struct xe_kernel *kernel,
                                         const struct xe__content_key *key)
{
    const struct xe_given *given;

    for (uint32_t i = 0; (given = xe_kernel_given(kernel, i)); i++)
        if (key->device <= 1 && given->face.content_type == key->type &&
            given->face.title_id == key->title && !xe_vfs_name_compare(given->name, key->name))
            return given;
    return NULL;
}

uint32_t xe__content_find(struct xe_call *call, const struct xe__content_key *key,
                          struct xe__content *ret)
{
    struct xe_vfs_mount *mount = xe__content_mount(call->kernel, key->device);
    char path[XE__CONTENT_PLACE];
    enum xe_vfs_result result;

    *ret = (struct xe__content){.given = find_given(call->kernel, key)};
    if (ret->given) {
        memcpy(ret->place, ret->given->device, sizeof(ret->given->device));
        return 0;
    }
    if (!mount)
        return XE__ERROR_DEVICE_NOT_CONNECTED;
    path_of(key, PARTS, path, sizeof(path));
    snprintf(ret->place, sizeof(ret->place), "%s%.120s\\" DATA, mount->device, path);
    result = xe_vfs_open(mount->root, path, &ret->folder, NULL);
    if (result == XE_VFS_OK && ret->folder->entry.attributes & XE_VFS_FOLDER)
        return 0;
    xe__content_done(ret);
    return result == XE_VFS_OK || result == XE_VFS_NONE || result == XE_VFS_NO_PATH
               ? XE__ERROR_FILE_NOT_FOUND
               : xe__content_error(result);
}

void xe__content_done(struct xe__content *content)
{
    if (content->folder)
        xe_vfs_unref(content->folder);
    content->folder = NULL;
}

/* ---- folders and files ---------------------------------------------------------------------- */

/* From an opened folder to the one of this name in it, made if need be. */
static enum xe_vfs_result go_into(struct xe_vfs_node **at, const char *name, uint64_t now)
{
    struct xe_vfs_node *below;
    enum xe_vfs_result result = xe_vfs_open(*at, name, &below, NULL);

    if (result == XE_VFS_NONE)
        result = xe_vfs_make(*at, name, strlen(name), XE_VFS_FOLDER, now, &below, NULL);
    if (result != XE_VFS_OK)
        return result;
    xe_vfs_unref(*at);
    *at = below;
    return XE_VFS_OK;
}

static enum xe_vfs_result put_file(struct xe_vfs_node *folder, const char *name,
                                   const uint8_t *bytes, uint32_t n, uint64_t now)
{
    struct xe_vfs_node *file;
    enum xe_vfs_result result = xe_vfs_open(folder, name, &file, NULL);

    if (result == XE_VFS_NONE)
        result = xe_vfs_make(folder, name, strlen(name), XE_VFS_NORMAL, now, &file, NULL);
    if (result != XE_VFS_OK)
        return result;
    result = xe_vfs_resize(file, 0, now);
    if (result == XE_VFS_OK)
        result = xe_vfs_write(file, 0, bytes, n, now, NULL);
    xe_vfs_unref(file);
    return result;
}

uint32_t xe__content_write(struct xe_call *call, const struct xe__content *content,
                           const char *name, const uint8_t *bytes, uint32_t n)
{
    return xe__content_error(
        put_file(content->folder, name, bytes, n, xe_kernel_system_time(call->kernel)));
}

uint32_t xe__content_read(const struct xe__content *content, const char *name, uint8_t *bytes,
                          uint32_t n)
{
    struct xe_vfs_node *file;
    size_t got = 0;

    if (xe_vfs_open(content->folder, name, &file, NULL) != XE_VFS_OK)
        return 0;
    if (file->entry.attributes & XE_VFS_FOLDER ||
        xe_vfs_read(file, 0, bytes, n, &got, NULL) != XE_VFS_OK)
        got = 0;
    xe_vfs_unref(file);
    return (uint32_t)got;
}

/* All that is in a folder goes; folders lie XE_VFS_DEPTH deep at most. */
static enum xe_vfs_result empty(struct xe_vfs_node *folder, uint64_t now)
{
    struct xe_vfs_entry entry;
    struct xe_vfs_node *node;
    enum xe_vfs_result result;

    while ((result = xe_vfs_next(folder, NULL, &entry, NULL)) == XE_VFS_OK) {
        result = xe_vfs_open(folder, entry.name, &node, NULL);
        if (result != XE_VFS_OK)
            return result;
        if (entry.attributes & XE_VFS_FOLDER)
            result = empty(node, now);
        if (result == XE_VFS_OK)
            result = xe_vfs_remove(node, now, NULL);
        xe_vfs_unref(node);
        if (result != XE_VFS_OK)
            return result;
    }
    return result == XE_VFS_NONE ? XE_VFS_OK : result;
}

uint32_t xe__content_clear(struct xe_call *call, const struct xe__content *content, bool all)
{
    uint64_t now = xe_kernel_system_time(call->kernel);
    struct xe_vfs_node *data;
    enum xe_vfs_result result;

    if (all) {
        result = empty(content->folder, now);
        if (result == XE_VFS_OK)
            result = xe_vfs_remove(content->folder, now, NULL);
        return xe__content_error(result);
    }
    result = xe_vfs_open(content->folder, DATA, &data, NULL);
    if (result != XE_VFS_OK)
        return xe__content_error(result);
    result = empty(data, now);
    xe_vfs_unref(data);
    return xe__content_error(result);
}

/* Its head, and a folder for what comes. */
static enum xe_vfs_result furnish(struct xe_vfs_node *folder, const uint8_t *head, uint64_t now)
{
    struct xe_vfs_node *data;
    enum xe_vfs_result result = put_file(folder, HEAD, head, XE_X_CONTENT_SIZE, now);

    if (result == XE_VFS_OK)
        result = xe_vfs_make(folder, DATA, strlen(DATA), XE_VFS_FOLDER, now, &data, NULL);
    if (result == XE_VFS_OK)
        xe_vfs_unref(data);
    return result;
}

/* What could be made only in part goes again: folders above it stay. */
uint32_t xe__content_make(struct xe_call *call, const struct xe__content_key *key,
                          const uint8_t data[XE_X_CONTENT_SIZE])
{
    struct xe_vfs_node *at = xe__content_mount(call->kernel, key->device)->root;
    uint64_t now = xe_kernel_system_time(call->kernel);
    enum xe_vfs_result result = XE_VFS_OK;
    struct parts parts;

    parts_of(key, &parts);
    xe_vfs_ref(at);
    for (uint32_t i = 0; i < PARTS && result == XE_VFS_OK; i++)
        result = go_into(&at, parts.part[i], now);
    if (result == XE_VFS_OK) {
        result = furnish(at, data, now);
        if (result != XE_VFS_OK && empty(at, now) == XE_VFS_OK)
            xe_vfs_remove(at, now, NULL);
    }
    xe_vfs_unref(at);
    return xe__content_error(result);
}

/* ---- listing -------------------------------------------------------------------------------- */

/* XCONTENT_DATA: what a title said of it, but for its place, which is where it was found. What a
 * title wrote there is no more than a text. */
static void describe(const struct xe__content_key *key, const uint8_t *text,
                     uint8_t ret[XE_X_CONTENT_SIZE])
{
    memset(ret, 0, XE_X_CONTENT_SIZE);
    xe_store_be32(ret + XE_X_CONTENT_DEVICE, key->device);
    xe_store_be32(ret + XE_X_CONTENT_TYPE, key->type);
    if (text)
        memcpy(ret + XE_X_CONTENT_TEXT, text, XE_X_CONTENT_NAME - XE_X_CONTENT_TEXT);
    for (uint32_t i = 0; !text && key->name[i]; i++)
        xe_store_be16(ret + XE_X_CONTENT_TEXT + 2 * i, (uint8_t)key->name[i]);
    memcpy(ret + XE_X_CONTENT_NAME, key->name, strlen(key->name));
}

static void visit_kept(struct xe_vfs_node *folder, struct xe__content_key *key,
                       xe__content_visit *fn, void *ctx)
{
    uint8_t head[XE_X_CONTENT_SIZE], data[XE_X_CONTENT_SIZE];
    struct xe__content content = {0};
    uint32_t got;

    if (xe_vfs_open(folder, key->name, &content.folder, NULL) != XE_VFS_OK)
        return;
    got = xe__content_read(&content, HEAD, head, sizeof(head));
    xe__content_done(&content);
    describe(key, got == sizeof(head) ? head + XE_X_CONTENT_TEXT : NULL, data);
    fn(ctx, key, data);
}

void xe__content_kept(struct xe_call *call, const struct xe__content_key *like,
                      xe__content_visit *fn, void *ctx)
{
    struct xe_vfs_mount *mount = xe__content_mount(call->kernel, like->device);
    struct xe__content_key key = *like;
    char path[XE__CONTENT_PLACE], after[XE_VFS_NAME_MAX + 1];
    struct xe_vfs_entry entry;
    struct xe_vfs_node *folder;

    path_of(like, PARTS - 1, path, sizeof(path));
    if (!mount || xe_vfs_open(mount->root, path, &folder, NULL) != XE_VFS_OK)
        return;
    for (const char *last = NULL; xe_vfs_next(folder, last, &entry, NULL) == XE_VFS_OK;) {
        memcpy(after, entry.name, sizeof(after));
        last = after;
        xe_kernel_work(call->kernel, 1000);
        if (!(entry.attributes & XE_VFS_FOLDER) || strlen(entry.name) > XE__CONTENT_NAME_MAX)
            continue;
        memcpy(key.name, entry.name, strlen(entry.name) + 1);
        visit_kept(folder, &key, fn, ctx);
    }
    xe_vfs_unref(folder);
}

void xe__content_given(const struct xe_kernel *kernel, const struct xe__content_key *like,
                       xe__content_visit *fn, void *ctx)
{
    uint8_t data[XE_X_CONTENT_SIZE];
    const struct xe_given *given;

    for (uint32_t i = 0; (given = xe_kernel_given(kernel, i)); i++) {
        struct xe__content_key key = *like;

        if (given->face.content_type != like->type || given->face.title_id != like->title)
            continue;
        memset(key.name, 0, sizeof(key.name));
        memcpy(key.name, given->name, strnlen(given->name, XE__CONTENT_NAME_MAX));
        describe(&key, given->face.text, data);
        fn(ctx, &key, data);
    }
}
