/* Folders of the host, as an instance gets at them: by a table of functions that its owner hands
 * in. An instance opens nothing itself; it names paths beneath folders that were chosen for it, and
 * who answers sees to it that they stay there. What comes back is hostile as far as it is names and
 * bytes of files. */
#ifndef XE_FILES_H
#define XE_FILES_H

#include <stddef.h>
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

/* ---- reading, for reports ------------------------------------------------------------------- */

struct xe_kernel;

struct xe_mount_info {
    const char *device, *kind; /* "folder", "gdfx" ...; "scratch": nothing but what is written */
    bool writable;
    bool identified; /* of folders of the host and of scratch nothing says it */
    uint8_t identity[32];
    bool listed; /* a folder of the host: what there was to see, names and sizes of the first */
    uint8_t manifest[32];
    uint32_t files, folders;
    uint64_t bytes;
    bool whole; /* and all of it */
};

struct xe_file_info {
    char path[1024]; /* from the device on, of a difference; else the name */
    bool folder, changed, removed;
    uint32_t attributes;
    uint64_t size;
};

struct xe_files_usage {
    uint64_t used, limit; /* bytes of what is written, over all drives */
};

/* Nothing of these changes what a digest or a later run could see. Paths are the title's:
 * "game:\media". false with err set: there is no such thing, or it can't be read. */
bool xe_kernel_mount_info(const struct xe_kernel *kernel, uint32_t i, struct xe_mount_info *ret);
void xe_kernel_files_usage(const struct xe_kernel *kernel, struct xe_files_usage *ret);
bool xe_kernel_file_info(struct xe_kernel *kernel, const char *path, struct xe_file_info *ret,
                         struct xe_error *err);
/* What is in a folder behind a name ("": from the first on), at most so many, in order. */
bool xe_kernel_file_list(struct xe_kernel *kernel, const char *path, const char *after,
                         uint32_t most, void (*fn)(void *ctx, const struct xe_file_info *info),
                         void *ctx, bool *ret_more, struct xe_error *err);
bool xe_kernel_file_bytes(struct xe_kernel *kernel, const char *path, uint64_t offset, void *buffer,
                          size_t n, size_t *ret_got, struct xe_error *err);
/* Take back all that the title wrote to its drives: what it has open, changed or below something
 * changed, is in the way (INSTANCE_WRONG_STATE). */
bool xe_kernel_files_may_reset(const struct xe_kernel *kernel, struct xe_error *err);
bool xe_kernel_files_reset(struct xe_kernel *kernel, struct xe_error *err);
/* As an input, which is kept in the log. Between runs. */
struct xe_instance;
bool xe_instance_files_reset(struct xe_instance *instance, struct xe_error *err);

/* All that differs from what is mounted. */
void xe_kernel_file_differences(const struct xe_kernel *kernel,
                                void (*fn)(void *ctx, const struct xe_file_info *info), void *ctx);

#endif
