#include <criterion/criterion.h>
#include <string.h>

#include "mem/mem.h"

static struct xe_mem *mem;

static void setup(void)
{
    mem = xe_mem_create(0x1000000, NULL);
    cr_assert_not_null(mem);
}

static void teardown(void)
{
    xe_mem_destroy(mem);
}

TestSuite(mem_heap, .init = setup, .fini = teardown);

static xe_gva alloc(uint32_t size)
{
    return xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, size, 0, XE_PAGE_READWRITE, true, false);
}

Test(mem_heap, first_fit_reuses_the_lowest_gap_and_it_is_zero)
{
    xe_gva a = alloc(0x1000), b = alloc(0x2000), c = alloc(0x1000);

    cr_assert_eq(b, a + 0x1000);
    cr_assert_eq(c, b + 0x2000);
    xe_mem_set_u32(mem, b, 0xDEADBEEF);
    cr_assert(xe_mem_free(mem, b, NULL));
    cr_assert_not(xe_mem_free(mem, b, NULL));
    cr_assert_eq(alloc(0x3000), c + 0x1000);
    cr_assert_eq(alloc(0x1000), b);
    cr_assert_eq(xe_mem_u32(mem, b), 0);
}

Test(mem_heap, top_down_takes_the_highest)
{
    xe_gva a = xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, 0, 1, 0, XE_PAGE_READWRITE, true, true);

    cr_assert_eq(a, 0x6FFF0000);
    cr_assert_eq(
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, 0, 1, 0x100000, XE_PAGE_READWRITE, true, true),
        0x6FF00000);
}

Test(mem_heap, a_taken_or_foreign_base_is_refused)
{
    cr_assert_eq(xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, 0x82000000, 0x20000, 0, XE_PAGE_READWRITE,
                              true, false),
                 0x82000000);
    cr_assert_eq(xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, 0x82010000, 0x20000, 0, XE_PAGE_READWRITE,
                              true, false),
                 0);
    cr_assert_eq(xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, 0x92000000, 0x1000, 0, XE_PAGE_READWRITE,
                              true, false),
                 0);
    cr_assert_eq(xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, 0x8FFF0000, 0x20000, 0, XE_PAGE_READWRITE,
                              true, false),
                 0);
}

Test(mem_heap, sizes_that_overflow_are_refused)
{
    cr_assert_eq(alloc(0xFFFFFFFF), 0);
    cr_assert_eq(alloc(0), 0);
}

Test(mem_heap, the_commit_limit_holds_and_counts_back)
{
    uint64_t v, p;
    xe_gva a = alloc(0xFFF000);

    cr_assert_neq(a, 0);
    cr_assert_eq(alloc(0x2000), 0);
    cr_assert_neq(alloc(0x1000), 0);
    cr_assert_eq(xe_mem_alloc_physical(mem, 0x1000, 0, XE_PAGE_READWRITE, 0, 0x1FFFFFFF, true), 0);
    xe_mem_free(mem, a, NULL);
    xe_mem_usage(mem, &v, &p);
    cr_assert_eq(v, 0x1000);
    cr_assert_neq(xe_mem_alloc_physical(mem, 0x1000, 0, XE_PAGE_READWRITE, 0, 0x1FFFFFFF, true), 0);
}

Test(mem_heap, reserve_then_commit_then_query)
{
    struct xe_mem_region r;
    xe_gva a =
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x10000, 0, XE_PAGE_READWRITE, false, false);

    cr_assert_null(xe_mem_view(mem, a, 1));
    cr_assert(xe_mem_commit(mem, a + 0x2000, 0x1000, XE_PAGE_READWRITE));
    cr_assert(xe_mem_query(mem, a + 0x2010, &r));
    cr_assert(r.reserved && r.committed);
    cr_assert_eq(r.base, a + 0x2000);
    cr_assert_eq(r.size, 0x1000);
    cr_assert_eq(r.allocation_base, a);
    cr_assert(xe_mem_query(mem, a + 0x3000, &r));
    cr_assert(r.reserved && !r.committed);
    cr_assert_eq(r.size, 0xD000);
    cr_assert(xe_mem_query(mem, a + 0x10000, &r));
    cr_assert_not(r.reserved);
    cr_assert_not(xe_mem_query(mem, 0xFFE00000, &r));
    cr_assert_not(xe_mem_commit(mem, a + 0xF000, 0x2000, XE_PAGE_READWRITE));
}

Test(mem_heap, physical_bounds_are_kept_and_any_alias_frees)
{
    xe_gpa p =
        xe_mem_alloc_physical(mem, 0x4000, 0x10000, XE_PAGE_READWRITE, 0x1000000, 0x1FFFFFF, true);

    cr_assert_eq(p, 0x1FF0000);
    cr_assert(xe_mem_free(mem, XE_MEM_PHYS_E + p - 0x1000, NULL));
    cr_assert_null(xe_mem_view(mem, XE_MEM_PHYS_A + p, 1));
}

/* What is told to debuggers, once and for all, is where something may be allocated or is mirrored.
 */
Test(mem_heap, the_ranges_are_those_that_have_pages)
{
    static const struct {
        xe_gva first, last;
    } ranges[] = {
#define RANGE(first, last, what) {first, last},
#include "xe/ranges.def"
#undef RANGE
    };

    for (uint32_t page = 0; page < XE_MEM_PAGES; page++) {
        xe_gva va = page << XE_MEM_PAGE_SHIFT;
        bool told = false;

        for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
            told |= va >= ranges[i].first && va <= ranges[i].last;
        cr_assert_eq(xe_mem_page_size_at(va) != 0, told, "0x%08x", va);
    }
}
