#include <criterion/criterion.h>
#include <string.h>

#include "mem/mem.h"

static struct xe_mem *mem;

static void setup(void)
{
    mem = xe_mem_create(0, NULL);
    cr_assert_not_null(mem);
}

static void teardown(void)
{
    xe_mem_destroy(mem);
}

TestSuite(mem_access, .init = setup, .fini = teardown);

Test(mem_access, nothing_is_mapped_at_first)
{
    uint64_t value;
    xe_gva at;

    cr_assert_eq(xe_mem_load_slow(mem, 0, 4, &value, &at), XE_MEM_UNMAPPED);
    cr_assert_eq(xe_mem_load_slow(mem, 0xFFFFFFFE, 4, &value, &at), XE_MEM_UNMAPPED);
    cr_assert_null(xe_mem_view(mem, 0x82000000, 1));
    cr_assert_eq(xe_mem_u32(mem, 0x82000000), 0);
}

Test(mem_access, mirrors_are_one_storage_with_the_e_range_shifted)
{
    xe_gpa p =
        xe_mem_alloc_physical(mem, 0x10000, 0, XE_PAGE_READWRITE, 0x100000, 0x1FFFFFFF, false);

    cr_assert_eq(p, 0x100000);
    cr_assert(xe_mem_set_u32(mem, XE_MEM_PHYS_A + p, 0x11223344));
    cr_assert_eq(xe_mem_u32(mem, XE_MEM_PHYS_C + p), 0x11223344);
    cr_assert_eq(xe_mem_u32(mem, XE_MEM_PHYS_E + p - 0x1000), 0x11223344);
    cr_assert_eq(xe_mem_canonical(XE_MEM_PHYS_E + p - 0x1000), XE_MEM_PHYS_A + p);
    cr_assert_eq(xe_mem_to_physical(XE_MEM_PHYS_E + p - 0x1000), p);
}

Test(mem_access, read_only_pages_refuse_stores_and_name_the_byte)
{
    xe_gva a =
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x2000, 0, XE_PAGE_READWRITE, true, false);
    xe_gva at = 0;

    cr_assert(xe_mem_protect(mem, a + 0x1000, 0x1000, XE_PAGE_READONLY, NULL));
    cr_assert_eq(xe_mem_store_slow(mem, a + 0xFFE, 4, 1, &at), XE_MEM_PROTECTED);
    cr_assert_eq(at, a + 0x1000);
    cr_assert_eq(xe_mem_u32(mem, a + 0xFFC), 0, "a faulting store changes nothing");
    cr_assert(xe_mem_can(mem, a + 0x1000, 4, XE_MEM_FAST_READ));
    cr_assert_not(xe_mem_can(mem, a + 0xFFE, 4, XE_MEM_FAST_WRITE));
}

static xe_gva changed[4];
static int changes;

static void code_changed(void *ctx, xe_gva page)
{
    (void)ctx;
    changed[changes++ & 3] = page;
}

Test(mem_access, first_write_to_code_tells_the_listener_once)
{
    xe_gva a = xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, 0x82000000, 0x10000, 0,
                            XE_PAGE_EXECUTE_READWRITE, true, false);
    xe_gva at;

    changes = 0;
    xe_mem_code_listener(mem, code_changed, NULL);
    cr_assert(xe_mem_set_u32(mem, a, 0)); /* the first touch of it */
    cr_assert(xe_mem_can(mem, a, 4, XE_MEM_FAST_WRITE));
    xe_mem_code_mark(mem, a + 0x10);
    cr_assert_not(xe_mem_can(mem, a, 4, XE_MEM_FAST_WRITE));
    cr_assert_eq(xe_mem_store_slow(mem, a, 4, 0x60000000, &at), XE_MEM_OK);
    cr_assert_eq(changes, 1);
    cr_assert_eq(changed[0], a);
    cr_assert(xe_mem_can(mem, a, 4, XE_MEM_FAST_WRITE));
    cr_assert(xe_mem_set_u32(mem, a, 0));
    cr_assert_eq(changes, 1);
}

static enum xe_mem_fault device_read(void *ctx, xe_gva address, uint32_t size, uint64_t *ret_value)
{
    (void)ctx;
    if (size == 8)
        return XE_MEM_UNMAPPED;
    *ret_value = (address ^ 0xFFu) + size;
    return XE_MEM_OK;
}

static enum xe_mem_fault device_write(void *ctx, xe_gva address, uint32_t size, uint64_t value)
{
    if (size == 8)
        return XE_MEM_UNMAPPED;
    *(uint32_t *)ctx = address + (uint32_t)value + size;
    return XE_MEM_OK;
}

Test(mem_access, mmio_serves_what_is_aligned)
{
    uint32_t seen = 0;
    uint64_t value = 0;
    xe_gva at;
    struct xe_mem_mmio mmio = {.ctx = &seen, .read = device_read, .write = device_write};

    cr_assert(xe_mem_mmio_add(mem, 0x7FC80000, 0x10000, mmio));
    cr_assert_eq(xe_mem_load_slow(mem, 0x7FC80010, 4, &value, &at), XE_MEM_OK);
    cr_assert_eq(value, (0x7FC80010u ^ 0xFFu) + 4);
    cr_assert_eq(xe_mem_store_slow(mem, 0x7FC80010, 4, 5, &at), XE_MEM_OK);
    cr_assert_eq(seen, 0x7FC80019u);
    cr_assert_eq(xe_mem_load_slow(mem, 0x7FC80012, 2, &value, &at), XE_MEM_OK);
    cr_assert_eq(value, (0x7FC80012u ^ 0xFFu) + 2);
    cr_assert_eq(xe_mem_load_slow(mem, 0x7FC80010, 8, &value, &at), XE_MEM_UNMAPPED);
    cr_assert_eq(at, 0x7FC80010);
    cr_assert_eq(xe_mem_store_slow(mem, 0x7FC80018, 8, 5, &at), XE_MEM_UNMAPPED);
    cr_assert_eq(at, 0x7FC80018);
    cr_assert_eq(seen, 0x7FC80019u, "refused");
    cr_assert_eq(xe_mem_load_slow(mem, 0x7FC80011, 4, &value, &at), XE_MEM_PROTECTED);
    cr_assert_not(xe_mem_mmio_add(mem, 0x7FC80001, 0x10000, mmio));
}

static enum xe_mem_fault device_peek(void *ctx, xe_gva address, uint32_t size, uint64_t *ret_value)
{
    (void)ctx, (void)size;
    *ret_value = 7;
    return address & 0x100 ? XE_MEM_PROTECTED : XE_MEM_OK;
}

Test(mem_access, aside_a_device_is_only_peeked_at)
{
    uint32_t seen = 0;
    uint64_t value = 0;
    xe_gva at;
    struct xe_mem_mmio mmio = {&seen, device_read, device_write, device_peek};

    cr_assert(xe_mem_mmio_add(mem, 0x7FC80000, 0x10000, mmio));
    mmio.peek = NULL;
    cr_assert(xe_mem_mmio_add(mem, 0x7FC90000, 0x10000, mmio));
    xe_mem_aside(mem, true);
    cr_expect_eq(xe_mem_load_slow(mem, 0x7FC80010, 4, &value, &at), XE_MEM_OK);
    cr_expect_eq(value, 7);
    cr_expect_eq(xe_mem_load_slow(mem, 0x7FC80110, 4, &value, &at), XE_MEM_PROTECTED);
    cr_expect_eq(xe_mem_load_slow(mem, 0x7FC90010, 4, &value, &at), XE_MEM_PROTECTED);
    cr_expect_eq(xe_mem_store_slow(mem, 0x7FC80010, 4, 5, &at), XE_MEM_PROTECTED);
    cr_expect_eq(seen, 0, "nobody was told");
    xe_mem_aside(mem, false);
    cr_expect_eq(xe_mem_store_slow(mem, 0x7FC80010, 4, 5, &at), XE_MEM_OK);
    cr_expect_neq(seen, 0);
}

Test(mem_access, strnlen_stops_at_the_end_of_memory)
{
    xe_gva a =
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x1000, 0, XE_PAGE_READWRITE, true, false);
    uint8_t *p = xe_mem_view_rw(mem, a, 0x1000);

    memset(p, 'x', 0x1000);
    cr_assert_eq(xe_mem_strnlen(mem, a, 0x2000), -1);
    p[0xFFF] = 0;
    cr_assert_eq(xe_mem_strnlen(mem, a, 0x2000), 0xFFF);
    cr_assert_eq(xe_mem_strnlen(mem, a, 10), -1);
    cr_assert_eq(xe_mem_strnlen(mem, 0xFFFFFFFF, 10), -1);
}

Test(mem_access, stores_for_a_title_go_where_it_may_write)
{
    xe_gva base = xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x3000, 0, XE_PAGE_READWRITE, true,
                               false),
           at;

    cr_assert(xe_mem_protect(mem, base + 0x1000, 0x1000, XE_PAGE_EXECUTE_READ, NULL));
    cr_expect(xe_mem_set_u32(mem, base + 0x1000, 7), "the kernel may");
    cr_expect_not(xe_mem_for_guest(mem, true));
    cr_expect(xe_mem_set_u32(mem, base, 7));
    cr_expect_not(xe_mem_take_refused(mem, &at));
    cr_expect_not(xe_mem_set_u64(mem, base + 0xFFC, 0), "half of it");
    cr_expect_null(xe_mem_view_rw(mem, base + 0x1800, 0x1000));
    cr_expect(xe_mem_take_refused(mem, &at));
    cr_expect_eq(at, base + 0x1000, "the first");
    cr_expect_not(xe_mem_take_refused(mem, &at), "taken");
    cr_expect_not(xe_mem_set_u32(mem, base + 0x3000, 7), "nothing is there");
    cr_expect_not(xe_mem_take_refused(mem, &at));
    cr_expect(xe_mem_for_guest(mem, false));
    cr_expect_eq(xe_mem_u32(mem, base + 0x1000), 7);
}
