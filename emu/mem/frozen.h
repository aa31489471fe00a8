/* Guest memory that stands still, for others to begin from.
 *
 * The idea: storage is a live file and a list of layers, files that nobody writes any more. A table
 * says for each granule of 64 KiB which layer has its bytes, or that the live file has them, or
 * that nobody has touched it yet. Freezing makes the live file the newest layer, and memory goes on
 * with an empty one: it copies a granule when it is touched. So neither freezing nor starting from
 * what is frozen copies memory, both cost what was touched, and no more is mapped than before: a
 * granule that is not in the live file has no rights in access[], and whoever comes the slow way
 * reads it in. To know what was touched the host need not be asked.
 *
 * A layer holds less than half as many granules as the one below it, or the two become one: there
 * are few, and copying for that is linear in what was touched. Pages that hold code are always in
 * the live file, so that translations stay. Layers are sealed: they may be given to others.
 *
 * Who waits for what is frozen waits for little: the live file becomes a layer while it is still
 * mapped, sealed against everybody else, and its pages are let go of afterwards (xe_mem_go_on),
 * which takes longest and is no matter of those that begin from it. */
#ifndef XE_MEM_FROZEN_H
#define XE_MEM_FROZEN_H

#include "mem/mem.h"

#define XE_MEM_LAYERS   8u
#define XE_MEM_GRANULES (XE_MEM_PHYS_C >> 16) /* of storage, by canonical address */

struct xe_codec;
struct xe_mem_frozen;

/* The bytes of memory as they are now. Not its allocations and rights: xe_mem_state_frozen saves
 * those. Until xe_mem_go_on memory may be looked at through views, but not changed: what is mapped
 * is what was frozen. NULL with err set; memory is whole then, and goes on. */
struct xe_mem_frozen *xe_mem_freeze(struct xe_mem *mem, struct xe_error *err);
void xe_mem_go_on(struct xe_mem *mem);
void xe_mem_frozen_destroy(struct xe_mem_frozen *frozen);

/* As xe_mem_state, but for the bytes: loading takes them from what is frozen. */
void xe_mem_state_frozen(struct xe_codec *c, struct xe_mem *mem,
                         const struct xe_mem_frozen *frozen);

/* Its layers' files (borrowed) and, for each granule, the number of the file that has it, from 1
 * on, or 0: it is all zero. Returns how many files there are. */
uint32_t xe_mem_frozen_files(const struct xe_mem_frozen *frozen, int ret_fd[XE_MEM_LAYERS],
                             const uint8_t **ret_source);
/* The same from somebody else: checks the files' seals and sizes, and the table. The descriptors
 * are given, even when it fails. */
struct xe_mem_frozen *xe_mem_frozen_take(const int *fd, uint32_t files,
                                         const uint8_t source[XE_MEM_GRANULES],
                                         struct xe_error *err);

#endif
