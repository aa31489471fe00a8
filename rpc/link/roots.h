/* The directories that images may come from, and opening files below them, beneath a descriptor:
 * no "..", no symbolic link leads out. */
#ifndef XE_RPC_LINK_ROOTS_H
#define XE_RPC_LINK_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "xe/error.h"

#define XE_ROOTS_MAX 64

struct xe_root {
    char *given, *real; /* owned: as given; absolute without links */
    int fd;             /* owned */
};

struct xe_roots {
    struct xe_root root[XE_ROOTS_MAX];
    size_t count;
};

bool xe_roots_add(struct xe_roots *roots, const char *path, struct xe_error *err);
void xe_roots_fini(struct xe_roots *roots);

/* Open a regular file for reading. path is relative to a root (the first that has it), or absolute
 * and below one. -1 with err set. */
int xe_roots_open(const struct xe_roots *roots, const char *path, struct xe_error *err);

/* Open a folder, for the broker of a worker (xe/files.h); or the one that a file lies in. */
int xe_roots_open_folder(const struct xe_roots *roots, const char *path, struct xe_error *err);
int xe_roots_open_folder_of(const struct xe_roots *roots, const char *path, struct xe_error *err);
int xe_roots_open_any_folder(const char *path, struct xe_error *err);
int xe_roots_open_any_folder_of(const char *path, struct xe_error *err);

/* Open any regular file, for a program that acts with its user's own rights. */
int xe_roots_open_any(const char *path, struct xe_error *err);

#endif
