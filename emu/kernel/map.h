/* A hash map from 32-bit keys to pointers. Never iterated, so its order can't reach a guest. */
#ifndef XE_KERNEL_MAP_H
#define XE_KERNEL_MAP_H

#include "xe/types.h"

struct xe_map_slot {
    uint32_t key;
    void *value; /* NULL: empty */
};

struct xe_map {
    struct xe_map_slot *slot; /* owned; capacity is 0 or a power of two */
    uint32_t capacity, used;
};

void xe_map_fini(struct xe_map *map);
void *xe_map_get(const struct xe_map *map, uint32_t key);
/* Set or replace. value must not be NULL. false: out of memory, nothing changed. */
bool xe_map_put(struct xe_map *map, uint32_t key, void *value);
/* Removes and returns it; NULL if there was none. */
void *xe_map_take(struct xe_map *map, uint32_t key);

#endif
