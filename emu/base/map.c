/* Open addressing with linear probing at most half full; deletion moves followers back, so there
 * are no tombstones and lookups stay short. */
#include "base/map.h"

#include <stdlib.h>

#include "base/alloc.h"

static uint32_t home(const struct xe_map *map, uint64_t key)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 32) & (map->capacity - 1);
}

void xe_map_fini(struct xe_map *map)
{
    xe_free(map->slot);
    *map = (struct xe_map){0};
}

/* Index of key's slot, or of the empty slot where it would go. capacity > 0. */
static uint32_t find(const struct xe_map *map, uint64_t key)
{
    uint32_t i = home(map, key);

    while (map->slot[i].value && map->slot[i].key != key)
        i = (i + 1) & (map->capacity - 1);
    return i;
}

void *xe_map_get(const struct xe_map *map, uint64_t key)
{
    return map->capacity ? map->slot[find(map, key)].value : NULL;
}

static bool grow(struct xe_map *map)
{
    struct xe_map bigger = {.capacity = map->capacity ? map->capacity * 2 : 64};

    bigger.slot = xe_calloc(bigger.capacity, sizeof(*bigger.slot));
    if (!bigger.slot)
        return false;
    for (uint32_t i = 0; i < map->capacity; i++)
        if (map->slot[i].value)
            bigger.slot[find(&bigger, map->slot[i].key)] = map->slot[i];
    bigger.used = map->used;
    xe_free(map->slot);
    *map = bigger;
    return true;
}

bool xe_map_put(struct xe_map *map, uint64_t key, void *value)
{
    uint32_t i;

    if (map->used * 2 >= map->capacity && !grow(map))
        return false;
    i = find(map, key);
    map->used += map->slot[i].value == NULL;
    map->slot[i] = (struct xe_map_slot){key, value};
    return true;
}

void *xe_map_take(struct xe_map *map, uint64_t key)
{
    uint32_t mask = map->capacity - 1, hole, i;
    void *value;

    if (!map->capacity)
        return NULL;
    hole = i = find(map, key);
    value = map->slot[hole].value;
    if (!value)
        return NULL;
    /* Pull back every follower whose home does not lie between the hole and itself. */
    for (i = (i + 1) & mask; map->slot[i].value; i = (i + 1) & mask)
        if (((i - home(map, map->slot[i].key)) & mask) >= ((i - hole) & mask)) {
            map->slot[hole] = map->slot[i];
            hole = i;
        }
    map->slot[hole] = (struct xe_map_slot){0};
    map->used--;
    return value;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

uint64_t *xe_map_keys(const struct xe_map *map)
{
    uint64_t *keys = xe_calloc(map->used, sizeof(*keys));
    size_t n = 0;

    for (uint32_t i = 0; keys && i < map->capacity; i++)
        if (map->slot[i].value)
            keys[n++] = map->slot[i].key;
    if (keys)
        qsort(keys, n, sizeof(*keys), by_value);
    return keys;
}
