#include <criterion/criterion.h>
#include <string.h>

#include "mem/mem.h"

static struct xe_mem *filled(void)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    xe_gva a =
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, 0, 0x300000, 0, XE_PAGE_READWRITE, true, false);

    for (uint32_t at = 0; at < 0x300000; at += 0x10000)
        xe_mem_set_u32(mem, a + at, at + 1);
    return mem;
}

Test(mem_digest, cached_equals_fresh_after_every_kind_of_write)
{
    struct xe_mem *cached = filled();
    uint8_t one[16], two[16], first[16];
    xe_gva at;

    xe_mem_digest(cached, first);
    for (uint32_t i = 0; i < 3; i++) {
        struct xe_mem *fresh = filled();
        xe_gva where = 0x40010000 + i * 0x20000;

        for (uint32_t k = 0; k <= i; k++)
            xe_mem_set_u32(fresh, 0x40010000 + k * 0x20000, 77);
        if (i == 0)
            xe_mem_store_slow(cached, where, 4, 77, &at);
        else if (i == 1)
            xe_mem_set_u32(cached, where, 77);
        else
            xe_store_be32(xe_mem_view_rw(cached, where, 4), 77);
        xe_mem_digest(cached, one);
        xe_mem_digest(fresh, two);
        cr_assert_arr_eq(one, two, 16);
        cr_assert_neq(memcmp(one, first, 16), 0);
        xe_mem_destroy(fresh);
    }
    xe_mem_destroy(cached);
}

Test(mem_digest, a_write_through_a_mirror_counts)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    xe_gpa p =
        xe_mem_alloc_physical(mem, 0x10000, 0, XE_PAGE_READWRITE, 0x100000, 0x1FFFFFFF, false);
    uint8_t before[16], after[16], again[16];
    xe_gva at;

    xe_mem_digest(mem, before);
    cr_assert_eq(xe_mem_store_slow(mem, XE_MEM_PHYS_E + p, 4, 9, &at), XE_MEM_OK);
    xe_mem_digest(mem, after);
    cr_assert_neq(memcmp(before, after, 16), 0);
    cr_assert_eq(xe_mem_store_slow(mem, XE_MEM_PHYS_C + p + 0x1000, 4, 9, &at), XE_MEM_OK);
    xe_mem_digest(mem, again);
    cr_assert_arr_eq(after, again, 16);
    xe_mem_destroy(mem);
}

Test(mem_digest, rights_are_part_of_it)
{
    struct xe_mem *mem = filled();
    uint8_t before[16], after[16];

    xe_mem_digest(mem, before);
    xe_mem_protect(mem, 0x40000000, 0x10000, XE_PAGE_READONLY, NULL);
    xe_mem_digest(mem, after);
    cr_assert_neq(memcmp(before, after, 16), 0);
    xe_mem_destroy(mem);
}
