/* What a folder of the host has, as a hash: names, kinds and sizes of what is in it and below,
 * folder by folder, each in the order of names. Their bytes aren't read, and only so many entries
 * are looked at, so that asking costs no more than a moment however large the folder is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "vfs/vfs.h"

struct walk {
    struct xe_vfs_source *source;
    gcry_md_hd_t hash;
    uint64_t folder[XE_VFS_MANIFEST_MAX + 1]; /* those found; looked at in that order */
    struct xe_vfs_manifest *manifest;
};

static void take_entry(struct walk *w, const struct xe_vfs_entry *entry)
{
    bool folder = entry->attributes & XE_VFS_FOLDER;
    char line[XE_VFS_NAME_MAX + 64];

    snprintf(line, sizeof(line), "%s%s %" PRIu64 "\n", entry->name, folder ? "/" : "", entry->size);
    gcry_md_write(w->hash, line, strlen(line));
    w->manifest->bytes += entry->size;
    if (folder)
        w->folder[++w->manifest->folders] = entry->id;
    else
        w->manifest->files++;
}

/* false: there are more entries than are looked at. */
static bool take_folder(struct walk *w, uint32_t i)
{
    struct xe_vfs_entry entry, last;
    const char *after = NULL;
    enum xe_vfs_result result;
    char line[32];

    snprintf(line, sizeof(line), "%u:\n", i);
    gcry_md_write(w->hash, line, strlen(line));
    while ((result = w->source->type->next(w->source, w->folder[i], after, &entry, NULL)) ==
           XE_VFS_OK) {
        if (w->manifest->files + w->manifest->folders == XE_VFS_MANIFEST_MAX)
            return false;
        take_entry(w, &entry);
        last = entry;
        after = last.name;
    }
    if (result != XE_VFS_NONE)
        gcry_md_write(w->hash, "?\n", 2); /* it went away, or may not be looked at */
    return true;
}

bool xe_vfs_mount_manifest(const struct xe_vfs_mount *mount, struct xe_vfs_manifest *ret)
{
    struct xe_vfs_source *source = mount->source;
    struct walk *w = source && source->type->changing ? xe_calloc(1, sizeof(*w)) : NULL;

    *ret = (struct xe_vfs_manifest){.whole = true};
    if (!w || gcry_md_open(&w->hash, GCRY_MD_SHA256, 0)) {
        xe_free(w);
        return false;
    }
    w->source = source;
    w->manifest = ret;
    w->folder[0] = XE_VFS_ROOT;
    for (uint32_t i = 0; ret->whole && i <= ret->folders; i++)
        ret->whole = take_folder(w, i);
    memcpy(ret->hash, gcry_md_read(w->hash, GCRY_MD_SHA256), sizeof(ret->hash));
    gcry_md_close(w->hash);
    xe_free(w);
    return true;
}
