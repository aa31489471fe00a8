/* Opening what was built, and holding it against what it was built of. */
#ifndef TESTS_VFS_CONTAINERS_H
#define TESTS_VFS_CONTAINERS_H

#include "build.h"
#include "vfs/source.h"

/* A source that has files side by side, and folders one below: enough for a package's data. It
 * outlives what is opened beside it. */
struct shelf {
    struct xe_vfs_source source;
    const char *folder; /* the one that there is */
    const struct built *files;
    size_t count;
};

void shelf_init(struct shelf *shelf, const char *folder, const struct built *files, size_t count);

/* Open it as what it is; beside may be NULL. */
struct xe_vfs_source *container_open(const struct built *built, struct xe_vfs_source *beside,
                                     struct xe_error *err);

/* Find a path; XE_VFS_NONE and so on as the source says. */
enum xe_vfs_result container_find(struct xe_vfs_source *source, const char *path,
                                  struct xe_vfs_entry *ret, struct xe_error *err);
/* Everything that it was built of is there, with these bytes, and nothing else. */
void container_expect(struct xe_vfs_source *source, const struct build_file *files, size_t count);
/* Read a file; the error's text, or "" when it is good. The text is static. */
const char *container_read(struct xe_vfs_source *source, const char *path);

/* One byte of what was built is another, and that is told so. */
struct container_damage {
    const char *name;
    uint64_t at;
    uint8_t value; /* written there, or is exclusive-ored if flip is */
    bool flip;
    const char *path; /* what is read then; NULL: nothing, opening fails */
    const char *text;
};

void container_expect_damage(const struct built *built, struct xe_vfs_source *beside,
                             const struct container_damage *damage, size_t count);

#endif
