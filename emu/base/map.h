/* A hash map from 64-bit keys to pointers. Its order never shows: keys come out sorted. */
#ifndef XE_BASE_MAP_H
#define XE_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct xe_map_slot {
    uint64_t key;
    void *value; /* NULL: empty */
};

struct xe_map {
    struct xe_map_slot *slot; /* owned; capacity is 0 or a power of two */
    uint32_t capacity, used;
};

void xe_map_fini(struct xe_map *map);
void *xe_map_get(const struct xe_map *map, uint64_t key);
/* Set or replace. value must not be NULL. false: out of memory, nothing changed. */
bool xe_map_put(struct xe_map *map, uint64_t key, void *value);
/* Removes and returns it; NULL if there was none. */
void *xe_map_take(struct xe_map *map, uint64_t key);
/* All keys, ascending (map->used of them, owned); NULL: out of memory. */
uint64_t *xe_map_keys(const struct xe_map *map);

#endif
