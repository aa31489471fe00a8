/* The guarded view: what the host allows there is never more than access[]. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <unistd.h>

#include "mem/mem.h"

#define AT   0x10000u
#define SIZE 0x10000000u /* 64 Ki pages */

static struct xe_mem *mem;
static int ends[2];

static void setup(void)
{
    mem = xe_mem_create(0, NULL);
    cr_assert_not_null(mem);
    cr_assert(xe_mem_guard_create(mem, NULL));
    cr_assert_eq(
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, AT, SIZE, 0, XE_PAGE_READWRITE, true, false), AT);
    cr_assert_eq(pipe(ends), 0);
}

static void teardown(void)
{
    close(ends[0]);
    close(ends[1]);
    xe_mem_destroy(mem);
}

TestSuite(guard, .init = setup, .fini = teardown);

/* The kernel copies from and to the view as its host protection allows. */
static bool host_reads(xe_gva va)
{
    char c;

    return write(ends[1], mem->guarded + va, 1) == 1 && read(ends[0], &c, 1) == 1;
}

static bool host_writes(xe_gva va)
{
    char c = 0;

    cr_assert_eq(write(ends[1], &c, 1), 1);
    if (read(ends[0], mem->guarded + va, 1) == 1)
        return true;
    cr_assert_eq(read(ends[0], &c, 1), 1);
    return false;
}

Test(guard, opens_on_a_fault)
{
    cr_assert_not(host_reads(AT));
    cr_assert(xe_mem_guard_fault(mem, AT, true));
    cr_assert(host_reads(AT));
    cr_assert(host_writes(AT));
}

Test(guard, closes_on_sync)
{
    cr_assert(xe_mem_guard_fault(mem, AT, true));
    xe_mem_code_mark(mem, AT);
    xe_mem_guard_sync(mem);
    cr_assert(host_reads(AT));
    cr_assert_not(host_writes(AT));
    cr_assert_not(xe_mem_guard_fault(mem, AT, true));
}

/* No host can allow stores without loads. */
Test(guard, watched_loads_close_a_page_for_stores_too)
{
    cr_assert(xe_mem_guard_fault(mem, AT, true));
    xe_mem_watch(mem, AT, true, false);
    xe_mem_guard_sync(mem);
    cr_assert_not(host_reads(AT));
    cr_assert_not(host_writes(AT));
    cr_assert_not(xe_mem_guard_fault(mem, AT, false));
    cr_assert_not(xe_mem_guard_fault(mem, AT, true));
    xe_mem_watch(mem, AT, false, false);
    cr_assert(xe_mem_guard_fault(mem, AT, true));
    cr_assert(host_writes(AT));
}

/* Code and data that changes in one page: opening and closing it for each store would cost more
 * than doing the store slowly. */
Test(guard, a_page_closed_by_code_again_and_again_stays_closed_to_stores)
{
    for (int i = 0; i < 8; i++) {
        cr_assert(xe_mem_guard_fault(mem, AT, true), "%d", i);
        xe_mem_code_mark(mem, AT);
        xe_mem_guard_sync(mem);
        xe_mem_set_u32(mem, AT, 1);
    }
    cr_expect_not(xe_mem_guard_fault(mem, AT, true));
    cr_expect(xe_mem_guard_fault(mem, AT, false));
    cr_expect(host_reads(AT));
    cr_expect_not(host_writes(AT));
    cr_expect(xe_mem_guard_fault(mem, AT + 0x1000, true)); /* its neighbour is opened alone */
    cr_expect(host_writes(AT + 0x1000));
    cr_expect_not(host_writes(AT));
}

/* Hashing closes all pages, too, but now and then only. */
Test(guard, a_page_closed_by_hashing_opens_every_time)
{
    uint8_t hash[16];

    for (int i = 0; i < 100; i++) {
        cr_assert(xe_mem_guard_fault(mem, AT, true), "%d", i);
        cr_assert(host_writes(AT));
        xe_mem_digest(mem, hash);
        xe_mem_guard_sync(mem);
        cr_assert_not(host_writes(AT));
    }
}

/* Open every page from AT to end by a load, one by one, the run at `first` before. Returns the page
 * at which the view was closed, or end. */
static xe_gva open_each(xe_gva first, xe_gva end)
{
    cr_assert(xe_mem_guard_fault(mem, first, true));
    for (xe_gva page = AT; page < end; page += 0x1000) {
        cr_assert(xe_mem_guard_fault(mem, page, false));
        if (!host_reads(AT))
            return page;
    }
    return end;
}

/* The host gives a process so many mappings (vm.max_map_count). A title that uses them up must not
 * keep a page open that is to be closed. */
Test(guard, closes_when_the_host_has_no_more_mappings)
{
    xe_gva first = AT + SIZE - 0x20000, most; /* 16 pages alike begin there */
    uint32_t old;

    for (xe_gva page = AT; page < first; page += 0x2000)
        cr_assert(xe_mem_protect(mem, page, 0x1000, XE_PAGE_READONLY, &old));
    most = open_each(first, first);
    if (most == first)
        cr_skip("the host has more mappings than pages here");
    cr_assert_not(host_writes(first));
    while (open_each(first, most) != most) /* as many as there can be at once */
        most -= 0x1000;
    xe_mem_code_mark(mem, first + 0x5000);
    xe_mem_guard_sync(mem);
    cr_assert_not(host_writes(first + 0x5000));
}
