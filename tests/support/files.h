/* A tree of files that a test makes up: a source (emu/vfs/source.h) in memory. */
#ifndef XE_TESTS_SUPPORT_FILES_H
#define XE_TESTS_SUPPORT_FILES_H

#include "vfs/source.h"

/* By path ("a\\b.txt"), in no order; text NULL: a folder. Folders on the way are there by
 * themselves. Borrowed. */
struct made_file {
    const char *path, *text;
    size_t size; /* 0: the text's */
};

struct xe_vfs_source *made_source(const struct made_file *file, size_t count);
#define MADE(files) made_source(files, sizeof(files) / sizeof((files)[0]))
/* Its identity says nothing of what a title has of it, as that of a folder of the host. */
void made_is_changing(struct xe_vfs_source *source);
/* What it answers from now on to every read (XE_VFS_OK: what is there). */
void made_fail(struct xe_vfs_source *source, enum xe_vfs_result result);

#endif
