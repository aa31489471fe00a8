/* Containers made for tests, by writers that know nothing of the readers: they lay things out one
 * behind the other, where the readers calculate places.
 *
 * What is made is a file in memory, as sparse as what is in it. */
#ifndef TESTS_VFS_BUILD_H
#define TESTS_VFS_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct build_file {
    const char *path;  /* "folder/name"; a folder ends with '/', and comes before what it has */
    const void *bytes; /* NULL: zeros */
    uint64_t size;
};

struct built {
    int fd;
    uint8_t *bytes; /* the file, mapped; room for more than its size */
    uint64_t size, room;
};

void built_begin(struct built *built, uint64_t room);
/* A descriptor of its own, of the file as it is now. */
int built_fd(const struct built *built);
void built_fini(struct built *built);

/* ---- discs ---------------------------------------------------------------------------------- */

#define BUILD_SECTOR 0x800u

/* A volume whose partition begins at a byte of the image. */
void build_gdfx(struct built *ret, const struct build_file *files, size_t count,
                uint64_t partition);

/* ---- hard disks ----------------------------------------------------------------------------- */

struct build_disk {
    uint64_t size;    /* bytes of the partition */
    uint32_t sectors; /* of a cluster           */
    bool scattered;   /* files lie in pieces    */
};

void build_fatx(struct built *ret, const struct build_file *files, size_t count, uint64_t partition,
                const struct build_disk *disk);

/* ---- packages ------------------------------------------------------------------------------- */

struct build_package {
    const char *magic; /* "CON ", "LIVE", "PIRS" */
    uint32_t header_size, content_type, title_id;
    const char *display_name;
};

extern const struct build_package build_plain;

enum build_stfs_flags {
    BUILD_WRITABLE = 1,    /* two copies of each table, the second of odd ones current */
    BUILD_SECOND_ROOT = 2, /* of the last table, too                                   */
    BUILD_BACKWARDS = 4,   /* a file's first block is its last one: no contiguous files */
};

void build_stfs(struct built *ret, const struct build_package *package, unsigned flags,
                const struct build_file *files, size_t count);

#define BUILD_SVOD_FILES 4

struct built_svod {
    struct built head, data[BUILD_SVOD_FILES];
    size_t count;
};

enum build_svod_kind {
    BUILD_SVOD_DISC,     /* sectors as on a disc: the volume at 0x10000 */
    BUILD_SVOD_ENHANCED, /* without what is in front of the volume      */
    BUILD_SVOD_SINGLE,   /* enhanced, all in the head's file            */
};

/* Of a disc that was built with its partition at 0. */
void build_svod(struct built_svod *ret, const struct build_package *package,
                enum build_svod_kind kind, const struct built *disc);
void built_svod_fini(struct built_svod *svod);

/* ---- for writers ---------------------------------------------------------------------------- */

void build_be32(uint8_t *at, uint32_t value);
void build_le32(uint8_t *at, uint32_t value);
void build_sha1(const uint8_t *bytes, size_t size, uint8_t *ret);
/* Everything of a package's head but its descriptor; returns where the volume begins. */
uint64_t build_head(uint8_t *head, const struct build_package *package, uint32_t volume);
/* The content id, once the descriptor is written. */
void build_seal(uint8_t *head);

#endif
