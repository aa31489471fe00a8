#include <criterion/criterion.h>
#include <string.h>

#include "mem/mem_internal.h"

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

Test(mem_heap, a_part_released_leaves_both_ends)
{
    xe_gva at = alloc(0x8000);
    uint64_t used, physical;
    struct xe_mem_region region;

    xe_mem_set_u32(mem, at, 1);
    xe_mem_set_u32(mem, at + 0x5000, 5);
    cr_expect_not(xe_mem_release(mem, at, 0));
    cr_expect_not(xe_mem_release(mem, at + 0x1000, 0x8000), "more than there is");
    cr_expect_not(xe_mem_release(mem, at + 0x800, 0x1000), "no whole pages");
    cr_expect_not(xe_mem_release(mem, at + 0x8000, 0x1000), "nobody's");
    cr_assert(xe_mem_release(mem, at + 0x2000, 0x3000));
    xe_mem_usage(mem, &used, &physical);
    cr_expect_eq(used, 0x5000);
    cr_expect(xe_mem_u32(mem, at) == 1 && xe_mem_u32(mem, at + 0x5000) == 5);
    cr_expect(xe_mem_query(mem, at + 0x2000, &region) && !region.reserved);
    cr_expect(xe_mem_query(mem, at + 0x6000, &region) && region.allocation_base == at + 0x5000 &&
              region.allocation_size == 0x3000);
    cr_expect_eq(alloc(0x3000), at + 0x2000, "there is room again");
    cr_expect(xe_mem_release(mem, at, 0x2000) && !xe_mem_free(mem, at, NULL));
}

/* Without memory for one more span all stays as it was. */
Test(mem_heap, a_part_that_cannot_be_released_stays)
{
    struct xe__mem_heap *heap = &mem->priv->heap[XE_MEM_HEAP_VIRTUAL_4K];
    xe_gva at = alloc(0x3000);

    while (heap->spans.count < XE__HEAP_MAX)
        cr_assert(
            xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 1, 0, XE_PAGE_READWRITE, false, false));
    cr_expect_not(xe_mem_release(mem, at + 0x1000, 0x1000));
    cr_expect(xe_mem_set_u32(mem, at + 0x1000, 1));
    cr_expect_eq(heap->spans.count, XE__HEAP_MAX);
    cr_expect(xe_mem_release(mem, at, 0x1000), "one end alone needs no more");
    cr_expect(xe_mem_free(mem, at + 0x1000, NULL));
}

Test(mem_heap, a_page_that_guards_faults_until_it_is_told)
{
    xe_gva a = xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x2000, 0, XE_PAGE_READWRITE, true,
                            false),
           at;
    uint64_t value;

    cr_assert(xe_mem_protect(mem, a, 0x1000, XE_PAGE_READONLY | XE_PAGE_ONCE, NULL));
    cr_expect_eq(mem->access[a >> XE_MEM_PAGE_SHIFT], 0);
    cr_expect_eq(xe_mem_store_slow(mem, a, 4, 1, &at), XE_MEM_PROTECTED, "it may not at all");
    cr_expect_eq(xe_mem_load_slow(mem, a + 0x1000, 4, &value, &at), XE_MEM_OK);
    cr_expect_eq(xe_mem_load_slow(mem, a + 0xFFC, 4, &value, &at), XE_MEM_GUARDED);
    cr_expect_eq(xe_mem_load_slow(mem, a + 0xFFC, 4, &value, &at), XE_MEM_GUARDED);
    xe_mem_unguard(mem, a + 0xFFC);
    cr_expect_eq(xe_mem_load_slow(mem, a + 0xFFC, 4, &value, &at), XE_MEM_OK);
    cr_expect_eq(xe_mem_store_slow(mem, a, 4, 1, &at), XE_MEM_PROTECTED);
    xe_mem_unguard(mem, a + 0x1000);
    cr_expect_eq(xe_mem_store_slow(mem, a + 0x1000, 4, 1, &at), XE_MEM_OK);
}

Test(mem_heap, who_claims_an_allocation_has_its_parts)
{
    xe_gva a =
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x4000, 0, XE_PAGE_READWRITE, true, false);
    xe_gpa p = xe_mem_alloc_physical(mem, 0x1000, 0, XE_PAGE_READWRITE, 0, 0x0FFFFFFF, true);
    struct xe_mem_region region;

    xe_mem_claim(mem, XE_MEM_HEAP_VIRTUAL_4K, a + 0x1000);
    cr_expect(xe_mem_query(mem, a, &region) && !region.kernels, "no allocation begins there");
    xe_mem_claim(mem, XE_MEM_HEAP_VIRTUAL_4K, a);
    xe_mem_claim(mem, XE_MEM_HEAP_PHYSICAL, p);
    cr_expect(xe_mem_release(mem, a + 0x1000, 0x1000));
    cr_expect(xe_mem_query(mem, a, &region) && region.kernels);
    cr_expect(xe_mem_query(mem, a + 0x2000, &region) && region.kernels);
    cr_expect(xe_mem_query(mem, a + 0x1000, &region) && !region.kernels);
    cr_expect(xe_mem_query(mem, XE_MEM_PHYS_E + p - 0x1000, &region) && region.kernels);
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

/* ---- many ----------------------------------------------------------------------------------- */

/* The same heap done the simple way: every gap is looked at, in order. */
/* How many there are at most, fewer in builds with tiny limits. */
#define ALLOCATIONS (XE__HEAP_MAX < 4000 ? XE__HEAP_MAX : 4000)

struct model {
    uint32_t base[4096], size[4096], count;
};

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % n;
}

static uint32_t model_fit(const struct model *m, uint64_t size, uint64_t align, uint64_t min,
                          uint64_t max, bool down)
{
    for (uint32_t k = 0; k <= m->count; k++) {
        uint32_t i = down ? m->count - k : k;
        uint64_t from = i ? (uint64_t)m->base[i - 1] + m->size[i - 1] : 0, at;
        uint64_t to = i < m->count ? m->base[i] : max;

        from = from > min ? from : min;
        to = to < max ? to : max;
        if (to < size || from > to)
            continue;
        at = down ? (to - size) & ~(align - 1) : (from + align - 1) & ~(align - 1);
        if (at >= from && at + size <= to)
            return (uint32_t)at;
    }
    return 0;
}

static void model_insert(struct model *m, uint32_t base, uint32_t size)
{
    uint32_t i = m->count++;

    for (; i && m->base[i - 1] > base; i--) {
        m->base[i] = m->base[i - 1];
        m->size[i] = m->size[i - 1];
    }
    m->base[i] = base;
    m->size[i] = size;
}

static void model_remove(struct model *m, uint32_t i)
{
    m->count--;
    for (; i < m->count; i++) {
        m->base[i] = m->base[i + 1];
        m->size[i] = m->size[i + 1];
    }
}

static void allocate_somewhere(struct model *m)
{
    uint32_t size = (1 + random_below(64)) * XE_MEM_PAGE, align = XE_MEM_PAGE << random_below(6);
    uint32_t min = 0x10000 + random_below(0x2000) * XE_MEM_PAGE;
    uint32_t max = random_below(2) ? XE_MEM_PHYS_SIZE : min + random_below(0x400) * XE_MEM_PAGE;
    bool down = random_below(2);
    uint32_t at = xe_mem_alloc_physical(mem, size, align, XE_PAGE_READWRITE, min, max - 1, down);

    cr_assert_eq(at, model_fit(m, size, align, min, max, down),
                 "0x%x bytes aligned to 0x%x in 0x%x to 0x%x: 0x%x", size, align, min, max, at);
    if (at)
        model_insert(m, at, size);
}

Test(mem_heap, places_are_those_that_a_look_at_every_gap_finds)
{
    static struct model m;

    mem->priv->limit = XE_MEM_PHYS_SIZE;
    for (int i = 0; i < 20000; i++) {
        if (m.count < 100 || (m.count < ALLOCATIONS && random_below(9) < 7)) {
            allocate_somewhere(&m);
        } else {
            uint32_t k = random_below(m.count), size;

            cr_assert(xe_mem_free(mem, XE_MEM_PHYS_A + m.base[k], &size));
            cr_assert_eq(size, m.size[k]);
            model_remove(&m, k);
        }
    }
    cr_expect_gt(m.count, ALLOCATIONS / 4);
}

/* An allocation costs about the same whether there are a thousand or all that there may be. */
Test(mem_heap, many_allocations_do_not_make_the_next_one_dear)
{
    const uint32_t most = XE__HEAP_MAX - 1;
    uint64_t worst = 0;

    for (uint32_t i = 0; i < most; i++) {
        uint64_t ns;

        cr_assert(xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, XE_MEM_PAGE, 0, XE_PAGE_READWRITE,
                               false, i % 2));
        ns = xe_mem_take_work(mem);
        worst = ns > worst ? ns : worst;
    }
    cr_expect_lt(worst, 10000, "one of %u took %llu ns' work", most, (unsigned long long)worst);
}

/* Nor do gaps that are large enough, in which no place begins where it must: as between the blocks
 * that threads have. */
Test(mem_heap, gaps_without_an_aligned_place_are_passed_by)
{
    const uint32_t most = XE__HEAP_MAX < 2000 ? XE__HEAP_MAX - 1 : 2000;
    uint64_t worst = 0;

    for (uint32_t i = 0; i < most; i++) {
        uint64_t ns;

        cr_assert(xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 2 * XE_MEM_PAGE, 0x10000,
                               XE_PAGE_READWRITE, false, true));
        ns = xe_mem_take_work(mem);
        worst = ns > worst ? ns : worst;
    }
    cr_expect_lt(worst, 10000, "one of %u took %llu ns' work", most, (unsigned long long)worst);
}
