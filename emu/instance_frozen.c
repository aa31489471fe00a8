/* Frozen instances: the layers of memory, and the rest as saved bytes beside them. Another process
 * gets those, behind memory's table, in a sealed file of their own. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "emu/instance_internal.h"
#include "xe/frozen.h"

#define SEALS     (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define STATE_MAX ((off_t)256 << 20) /* of the file that holds the state */

_Static_assert(XE_FROZEN_FILES == 1 + XE_MEM_LAYERS, "one for the state, the rest for memory");

struct xe_frozen {
    struct xe_mem_frozen *memory; /* owned */
    uint8_t *state;               /* owned */
    size_t size;
    int file; /* owned: table and state; -1: not made yet */
};

void xe_frozen_destroy(struct xe_frozen *frozen)
{
    if (!frozen)
        return;
    xe_mem_frozen_destroy(frozen->memory);
    xe_free(frozen->state);
    if (frozen->file >= 0)
        close(frozen->file);
    xe_free(frozen);
}

static struct xe_frozen *create(struct xe_error *err)
{
    struct xe_frozen *frozen = xe_calloc(1, sizeof(*frozen));

    if (frozen)
        frozen->file = -1;
    else
        xe_error_set(err, XE_ERR_NO_MEMORY, "frozen instance: out of memory");
    return frozen;
}

struct xe_frozen *xe_instance_hand_over(struct xe_instance *instance, struct xe_error *err)
{
    struct xe_frozen *frozen = create(err);

    if (frozen)
        frozen->state = xe__instance_save_frozen(instance, &frozen->size, err);
    if (frozen && frozen->state)
        frozen->memory = xe_mem_freeze(instance->mem, err);
    if (frozen && frozen->memory)
        return frozen;
    xe_frozen_destroy(frozen);
    return NULL;
}

void xe_instance_go_on(struct xe_instance *instance)
{
    xe_mem_go_on(instance->mem);
}

struct xe_frozen *xe_instance_freeze(struct xe_instance *instance, struct xe_error *err)
{
    struct xe_frozen *frozen = xe_instance_hand_over(instance, err);

    xe_instance_go_on(instance);
    return frozen;
}

bool xe_instance_thaw(struct xe_instance *instance, const struct xe_frozen *frozen,
                      struct xe_error *err)
{
    return xe__instance_load_frozen(instance, frozen->state, frozen->size, frozen->memory, err);
}

/* ---- to another process --------------------------------------------------------------------- */

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static int state_file(const struct xe_frozen *frozen, const uint8_t *table)
{
    int fd = memfd_create("xe360-frozen", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd >= 0 && write_all(fd, table, XE_MEM_GRANULES) &&
        write_all(fd, frozen->state, frozen->size) && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

uint32_t xe_frozen_files(struct xe_frozen *frozen, int ret_fd[XE_FROZEN_FILES],
                         struct xe_error *err)
{
    const uint8_t *table;
    uint32_t layers = xe_mem_frozen_files(frozen->memory, ret_fd + 1, &table);

    if (frozen->file < 0)
        frozen->file = state_file(frozen, table);
    ret_fd[0] = frozen->file;
    if (frozen->file >= 0)
        return 1 + layers;
    xe_error_set(err, XE_ERR_NO_MEMORY, "no file for a frozen instance: %s", strerror(errno));
    return 0;
}

/* ---- from another process ------------------------------------------------------------------- */

static bool read_all(int fd, void *bytes, size_t size, off_t at)
{
    while (size > 0) {
        ssize_t n = pread(fd, bytes, size, at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = (char *)bytes + n;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

/* The file's two parts; the size is asked with lseek, since a worker may not stat. */
static bool read_state(struct xe_frozen *frozen, int fd, uint8_t table[XE_MEM_GRANULES],
                       struct xe_error *err)
{
    off_t size = lseek(fd, 0, SEEK_END);

    if (fcntl(fd, F_GET_SEALS) != SEALS || size <= (off_t)XE_MEM_GRANULES || size > STATE_MAX)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                            "the state is not sealed, or of %lld bytes", (long long)size);
    frozen->size = (size_t)size - XE_MEM_GRANULES;
    frozen->state = xe_calloc(1, frozen->size);
    if (!frozen->state)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a state of %zu bytes",
                            frozen->size);
    return (read_all(fd, table, XE_MEM_GRANULES, 0) &&
            read_all(fd, frozen->state, frozen->size, XE_MEM_GRANULES)) ||
           xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "the state can't be read");
}

static void close_files(const int *fd, uint32_t files)
{
    for (uint32_t i = 0; i < files; i++)
        close(fd[i]);
}

struct xe_frozen *xe_frozen_take(const int *fd, uint32_t files, struct xe_error *err)
{
    struct xe_frozen *frozen = create(err);
    uint8_t *table = xe_calloc(1, XE_MEM_GRANULES);
    bool ok = frozen && (table || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a table"));

    ok = ok && ((files > 0 && files <= XE_FROZEN_FILES) ||
                xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%u files", files));
    ok = ok && read_state(frozen, fd[0], table, err);
    if (ok) {
        close(fd[0]);
        frozen->memory = xe_mem_frozen_take(fd + 1, files - 1, table, err);
    } else {
        close_files(fd, files);
    }
    xe_free(table);
    if (ok && frozen->memory)
        return frozen;
    xe_frozen_destroy(frozen);
    return NULL;
}
