/* Folders of the host, as an instance gets at them: by a table of functions that its owner hands
 * in. An instance opens nothing itself; it names paths beneath folders that were chosen for it, and
 * who answers sees to it that they stay there. What comes back is hostile as far as it is names and
 * bytes of files. */
#ifndef XE_FILES_H
#define XE_FILES_H

#include <stdint.h>

#include "xe/error.h"

#define XE_FILES_ROOTS     8u           /* folders of one instance          */
#define XE_FILES_PATH_MAX  4095u        /* bytes of a path, without its NUL */
#define XE_FILES_LIST_MAX  (1u << 20)   /* entries of one folder            */
#define XE_FILES_BYTES_MAX (256u << 20) /* bytes of one listing             */

enum xe_files_got {
    XE_FILES_OK,
    XE_FILES_NONE,   /* nothing is there that can be had: no such file, a link, a device */
    XE_FILES_FAILED, /* the host gave an error, or does not answer; err says which       */
};

/* Paths have parts between '/', none of them "", "." or ".."; "" is the folder itself. */
struct xe_files {
    void *ctx;
    /* What is in a folder, as a file (the caller's) of struct xe_files_listed, each with its name
     * behind it, in any order. */
    enum xe_files_got (*list)(void *ctx, uint32_t root, const char *path, int *ret_fd,
                              struct xe_error *err);
    /* A regular file, open for reading (the caller's). */
    enum xe_files_got (*open)(void *ctx, uint32_t root, const char *path, int *ret_fd,
                              struct xe_error *err);
};

struct xe_files_listed {
    uint64_t size;  /* bytes, of a file        */
    uint8_t folder; /* 1: a folder; 0: a file  */
    uint8_t length; /* of the name that follows */
    uint8_t zero[6];
};
_Static_assert(sizeof(struct xe_files_listed) == 16, "between processes");

/* Where an instance's files are: a folder, or the file in it that holds them, as a device. */
struct xe_mount {
    const char *device; /* "game:", "usb0:", "\Device\Mass0": one of the console's, by any name */
    uint32_t root;      /* of its owner's folders */
    const char *file;   /* NULL: the folder itself */
};

#endif
