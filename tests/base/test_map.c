/* The hash map: what was put is found, what was taken is not. */
#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/map.h"

/* Keys that differ in their low halves, and in their high ones alone. */
static uint64_t key_of(uint32_t i)
{
    return ((uint64_t)(i / 2) << 33) | (i % 2);
}

Test(base_map, survives_random_use)
{
    struct xe_map map = {0};
    static uint32_t value[512];
    uint64_t state = 1;

    for (uint32_t step = 0; step < 200000; step++) {
        uint32_t i;
        uint64_t key;

        state = state * 6364136223846793005u + 1442695040888963407u;
        i = (uint32_t)(state >> 33) % 512;
        key = key_of(i);
        if (state >> 60 < 9) {
            value[i] = step + 1;
            cr_assert(xe_map_put(&map, key, &value[i]));
        } else {
            cr_assert_eq(xe_map_take(&map, key) != NULL, value[i] != 0);
            value[i] = 0;
        }
        cr_assert_eq(xe_map_get(&map, key) != NULL, value[i] != 0);
    }
    for (uint32_t i = 0; i < 512; i++)
        cr_assert_eq(xe_map_get(&map, key_of(i)), value[i] ? &value[i] : NULL);
    xe_map_fini(&map);
}

Test(base_map, keys_come_out_in_order)
{
    struct xe_map map = {0};
    uint64_t *keys;

    for (uint32_t i = 300; i > 0; i--)
        cr_assert(xe_map_put(&map, key_of(i), &map));
    keys = xe_map_keys(&map);
    cr_assert_not_null(keys);
    cr_assert_eq(map.used, 300);
    for (uint32_t i = 0; i < 300; i++)
        cr_assert_eq(keys[i], key_of(i + 1));
    xe_free(keys);
    xe_map_fini(&map);
}
