/* Open addressing with linear probing, at most half full; deletion moves followers back, so there
 * are no tombstones and lookups stay short. */
#include "audit/audit_internal.h"
#include "base/alloc.h"

static uint32_t home(const struct xe__table *table, uint64_t key)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 32) & (table->capacity - 1);
}

void xe__table_fini(struct xe__table *table)
{
    xe_free(table->slot);
    *table = (struct xe__table){0};
}

/* The slot that holds key, or the empty one where it would go. capacity > 0. */
static uint32_t find(const struct xe__table *table, uint64_t key)
{
    uint32_t i = home(table, key);

    while (table->slot[i].value && table->slot[i].key != key)
        i = (i + 1) & (table->capacity - 1);
    return i;
}

void *xe__table_get(const struct xe__table *table, uint64_t key)
{
    return table->capacity ? table->slot[find(table, key)].value : NULL;
}

static bool grow(struct xe__table *table)
{
    struct xe__table bigger = {.capacity = table->capacity ? table->capacity * 2 : 64,
                               .used = table->used};

    bigger.slot = xe_calloc(bigger.capacity, sizeof(*bigger.slot));
    if (!bigger.slot)
        return false;
    for (uint32_t i = 0; i < table->capacity; i++)
        if (table->slot[i].value)
            bigger.slot[find(&bigger, table->slot[i].key)] = table->slot[i];
    xe_free(table->slot);
    *table = bigger;
    return true;
}

bool xe__table_put(struct xe__table *table, uint64_t key, void *value)
{
    uint32_t i;

    if (table->used * 2 >= table->capacity && !grow(table))
        return false;
    i = find(table, key);
    table->used += table->slot[i].value == NULL;
    table->slot[i] = (struct xe__slot){key, value};
    return true;
}

void *xe__table_take(struct xe__table *table, uint64_t key)
{
    uint32_t mask = table->capacity - 1, hole, i;
    void *value;

    if (!table->capacity)
        return NULL;
    hole = find(table, key);
    value = table->slot[hole].value;
    if (!value)
        return NULL;
    /* Pull back every follower whose home does not lie between the hole and itself. */
    for (i = (hole + 1) & mask; table->slot[i].value; i = (i + 1) & mask)
        if (((i - home(table, table->slot[i].key)) & mask) >= ((i - hole) & mask)) {
            table->slot[hole] = table->slot[i];
            hole = i;
        }
    table->slot[hole] = (struct xe__slot){0};
    table->used--;
    return value;
}
