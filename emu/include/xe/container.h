/* What a file that holds files says about itself: a disc image or a package. For people; a title
 * never sees it. Signatures are not checked (keys are not ours to judge). */
#ifndef XE_CONTAINER_H
#define XE_CONTAINER_H

#include <stddef.h>

#include "xe/breath.h"
#include "xe/error.h"
#include "xe/files.h"
#include "xe/image.h"

/* The head of a package (CON, LIVE, PIRS). Texts are UTF-8, in English or what comes first. */
struct xe_package_info {
    char magic[5];
    uint32_t header_size, content_type, metadata_version;
    uint64_t content_size, creator;
    uint32_t media_id, version, base_version, title_id, savegame_id;
    uint8_t platform, executable_type, disc_number, disc_count;
    char display_name[128 * 3 + 1], description[128 * 3 + 1];
    char publisher[64 * 3 + 1], title_name[64 * 3 + 1];
    enum xe_image_check content_id; /* the hash of the rest of the head */
};

/* What checking all that has a hash came to. */
struct xe_container_hashes {
    uint64_t good, bad; /* blocks of data; those that are free have none   */
    char first[512];    /* what is wrong with the first bad one, if one is */
};

#define XE_CONTAINER_KIND_WORDS "gdfx", "stfs", "svod", "fatx"

struct xe_container_info {
    const char *kind; /* one of them, static */
    uint64_t file_size;
    bool is_package;
    struct xe_package_info package;
    uint64_t files, folders; /* whole tree, the root not counted          */
    uint64_t bytes;          /* of its files                              */
    uint64_t damaged;        /* folders that can't be used                */
    uint64_t cut;            /* files whose end isn't there; of packages hashes say it */
    char damage[512];        /* what is wrong with the first of them      */
    char executable[256];    /* what would be run; "": there is none      */
    bool has_hashes;
    struct xe_container_hashes hashes;
};

struct xe_container;

/* Does a file, by its first bytes and those of its volume, look like one? fd is borrowed. */
bool xe_container_is(int fd);
/* Open one; takes the descriptor in any case. What lies beside it is in the first of these folders
 * (copied; NULL: unknown), where it is called so. NULL: it is damaged, or not all there. */
struct xe_container *xe_container_open(int fd, const char *name, const struct xe_files *beside,
                                       struct xe_error *err);
void xe_container_close(struct xe_container *container);

/* What it says of itself. With breath, and slow: everything that has a hash is read. */
void xe_container_info(struct xe_container *container, const struct xe_breath *breath,
                       struct xe_container_info *ret);
/* The bytes of its executable, default.xex in its root; free with free(). NULL: there is none, it
 * is damaged, or larger than max. */
void *xe_container_executable(struct xe_container *container, const struct xe_breath *breath,
                              size_t max, size_t *ret_size, struct xe_error *err);

#endif
