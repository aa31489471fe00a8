/* Where files come from: a read-only tree, as a table of functions over what a source keeps. A host
 * folder is one, a disc image or a package another; tests have one in memory. Writing is not a
 * source's affair: what a title writes lies over it (overlay.h).
 *
 * Names are the guest's bytes and compare without regard to case (xe_vfs_name_compare). Files and
 * folders are known by an id of 64 bits, which stays theirs while the source is open and is the
 * same whenever the same thing is opened again: ids are state. XE_VFS_ROOT is the root folder.
 *
 * All that lies in a source is hostile. A function that finds damage says so with its result and
 * tells in `err` what was found, what was expected and where; nothing is taken for granted later on
 * because it was right once. No host time, address or order may come out of one.
 * An instance's thread owns it. */
#ifndef XE_VFS_SOURCE_H
#define XE_VFS_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "xe/error.h"

#define XE_VFS_NAME_MAX      255u
#define XE_VFS_ROOT          UINT64_C(0)
#define XE_VFS_IDENTITY_SIZE 32u

/* Of files and folders. Source: FILE_ATTRIBUTE_ of Windows. */
enum {
    XE_VFS_READ_ONLY = 0x01,
    XE_VFS_HIDDEN = 0x02,
    XE_VFS_SYSTEM = 0x04,
    XE_VFS_FOLDER = 0x10,
    XE_VFS_ARCHIVE = 0x20,
    XE_VFS_NORMAL = 0x80, /* no other */
};

enum xe_vfs_result {
    XE_VFS_OK,
    XE_VFS_NONE,       /* no such entry, or no further one: err is not set        */
    XE_VFS_DAMAGED,    /* its structure contradicts itself, or a checksum is wrong */
    XE_VFS_UNREADABLE, /* the host gave an error                                   */
    XE_VFS_NO_MEMORY,
    /* Of the file system that lies over sources (vfs.h). */
    XE_VFS_NO_PATH, /* a folder on the way is not there       */
    XE_VFS_BAD_NAME,
    XE_VFS_EXISTS,
    XE_VFS_NOT_EMPTY,
    XE_VFS_IS_FOLDER,
    XE_VFS_NO_FOLDER,  /* a file, where a folder is wanted       */
    XE_VFS_WRITE_LOCK, /* its medium can't be written to         */
    XE_VFS_FULL,       /* the quota of what is written is used up */
    XE_VFS_RESULTS
};

struct xe_vfs_entry {
    uint64_t id;
    char name[XE_VFS_NAME_MAX + 1]; /* the guest's bytes, without '\\', '/' and NUL */
    uint32_t attributes;
    uint64_t size;                                /* bytes; 0 for folders             */
    uint64_t created, accessed, written, changed; /* 100 ns since 1601                */
};

struct xe_vfs_volume {
    char label[32];
    uint32_t serial;
    uint32_t sector; /* bytes: a power of two                                          */
    uint32_t unit;   /* sectors that are allocated at a time                           */
    uint64_t size;   /* bytes                                                          */
    uint64_t created;
    bool disc; /* a device for compact discs, read-only by nature                */
};

/* Begins what a source keeps. */
struct xe_vfs_source {
    const struct xe_vfs_source_type *type;
};

struct xe_vfs_source_type {
    const char *name; /* "folder", "gdfx": for reports */
    /* The entry of this name in a folder. */
    enum xe_vfs_result (*find)(struct xe_vfs_source *source, uint64_t folder, const char *name,
                               size_t length, struct xe_vfs_entry *ret, struct xe_error *err);
    /* The first entry of a folder whose name comes after this one; NULL: the first of all. Going
     * through a folder of n so takes n log n steps. */
    enum xe_vfs_result (*next)(struct xe_vfs_source *source, uint64_t folder, const char *after,
                               struct xe_vfs_entry *ret, struct xe_error *err);
    /* Up to n bytes of a file from an offset on; fewer only at its end, none there: XE_VFS_OK all
     * the same. */
    enum xe_vfs_result (*read)(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                               void *buffer, size_t n, size_t *ret_got, struct xe_error *err);
    void (*volume)(struct xe_vfs_source *source, struct xe_vfs_volume *ret);
    /* What is mounted, as a hash: another tree has another one. What a folder can't tell without
     * reading all of it (bytes of its files) is left out; a read that differs tells then. */
    enum xe_vfs_result (*identity)(struct xe_vfs_source *source, uint8_t ret[XE_VFS_IDENTITY_SIZE],
                                   struct xe_error *err);
    void (*close)(struct xe_vfs_source *source);
    /* Things come and go in it beside those that a title has, and its identity with them; so a
     * state may be loaded over another identity, if what is open there is found. */
    bool changing;
    /* A console writes to what it is: what a title writes may lie over it. */
    bool writable;
};

/* ---- bytes of a container ------------------------------------------------------------------- */

/* A file as a container has it: positioned reads, from a descriptor or from another source. */
struct xe_vfs_bytes {
    int fd;                       /* owned; -1: of a source */
    struct xe_vfs_source *source; /* not owned              */
    uint64_t file;
    uint64_t size; /* when it was opened; what shrinks later can't be read */
};

/* Takes the descriptor of a regular file, in any case. */
bool xe_vfs_bytes_of_fd(int fd, struct xe_vfs_bytes *ret, struct xe_error *err);
void xe_vfs_bytes_of_file(struct xe_vfs_source *source, const struct xe_vfs_entry *file,
                          struct xe_vfs_bytes *ret);
void xe_vfs_bytes_close(struct xe_vfs_bytes *bytes);
/* All n bytes, or a reason: XE_VFS_DAMAGED where they would lie behind its end. */
enum xe_vfs_result xe_vfs_bytes_read(const struct xe_vfs_bytes *bytes, uint64_t offset,
                                     void *buffer, size_t n, struct xe_error *err);

/* ---- containers ----------------------------------------------------------------------------- */

/* A kind of file that holds a tree. */
struct xe_vfs_container {
    const char *name;
    /* Does it look like one? A file that can't be read doesn't. */
    bool (*is)(const struct xe_vfs_bytes *bytes);
    /* Open it; takes the bytes if it succeeds. What lies beside the file is in this folder of
     * another source (NULL: unknown), which stays open for as long; name is the file's there. */
    struct xe_vfs_source *(*open)(struct xe_vfs_bytes *bytes, struct xe_vfs_source *beside,
                                  uint64_t folder, const char *name, struct xe_error *err);
};

/* All there are, ended by NULL (containers.c). */
extern const struct xe_vfs_container *const xe_vfs_containers[];

/* Open a file as the container that it is; takes the bytes in any case. NULL: it is none, or is
 * damaged. */
struct xe_vfs_source *xe_vfs_container_open(struct xe_vfs_bytes *bytes,
                                            struct xe_vfs_source *beside, uint64_t folder,
                                            const char *name, struct xe_error *err);

/* ---- names ---------------------------------------------------------------------------------- */

/* Upper case of a character of the 8-bit code page. */
uint8_t xe_vfs_upcase(uint8_t c);
/* As strcmp, of upper-cased names: the order of listings. */
int xe_vfs_name_compare(const char *a, const char *b);
/* Can a file be called so? Not "", ".", "..", nor with a control character, a separator, or one
 * that means something in patterns and paths. Source: names as Windows documents them. */
bool xe_vfs_name_is_valid(const char *name, size_t length);

#endif
