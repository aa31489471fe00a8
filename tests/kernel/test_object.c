/* Objects, handles, names, the guest pool. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "bench.h"

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_object, .init = setup, .fini = teardown);

Test(kernel_object, handles_start_at_1000_and_are_not_reused_soon)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    xe_handle first = xe_kernel_handle_open(event), second = xe_kernel_handle_open(event);

    cr_expect_eq(first, 0x1000);
    cr_expect_eq(second, 0x1004);
    cr_expect_eq(xe_kernel_handle_close(b.kernel, first), XE_STATUS_SUCCESS);
    cr_expect_eq(xe_kernel_handle_close(b.kernel, first), XE_STATUS_INVALID_HANDLE);
    cr_expect_eq(xe_kernel_handle_open(event), 0x1008);
    cr_expect_eq(xe_kernel_object_handle(event), second);
    cr_expect_eq(xe_kernel_object_handle_after(event, second), 0x1008);
    cr_expect_eq(xe_kernel_object_handle_after(event, 0x1008), 0);
}

Test(kernel_object, the_table_is_bounded_and_wraps)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);

    for (uint32_t i = 0; i < XE__HANDLES; i++)
        cr_assert_eq(xe_kernel_handle_open(event), XE_HANDLE_FIRST + i * 4);
    cr_expect_eq(xe_kernel_handle_open(event), 0);
    xe_kernel_handle_close(b.kernel, 0x1234);
    cr_expect_eq(xe_kernel_handle_open(event), 0x1234);
    xe_kernel_handle_close(b.kernel, 0x1100);
    xe_kernel_handle_close(b.kernel, 0x1230); /* just before where the search begins */
    xe_kernel_handle_close(b.kernel, 0x123C);
    xe_kernel_handle_close(b.kernel, 0x1300);
    cr_expect_eq(xe_kernel_handle_open(event), 0x123C);
    cr_expect_eq(xe_kernel_handle_open(event), 0x1300);
    cr_expect_eq(xe_kernel_handle_open(event), 0x1100);
    cr_expect_eq(xe_kernel_handle_open(event), 0x1230);
    cr_expect_eq(xe_kernel_handle_open(event), 0);
}

Test(kernel_object, bad_handles_name_nothing)
{
    static const xe_handle bad[] = {0, 4, 0xFFC, 0x2000, 0xFFFFFFFF, 0xFFFFFFFE, 0x80000000};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_null(xe_kernel_handle_object(b.kernel, bad[i]), "0x%08x", bad[i]);
}

Test(kernel_object, the_last_reference_frees_it)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    xe_handle handle = xe_kernel_handle_open(event);
    xe_gva body = event->body;

    cr_expect_eq(xe_mem_u32(b.mem, body - XE_X_OBJECT_HEADER_SIZE + XE_X_OBJECT_HANDLES), 1);
    xe_kernel_object_unref(event);
    cr_expect_not_null(xe_kernel_object_at(b.kernel, body));
    xe_kernel_handle_close(b.kernel, handle);
    cr_expect_null(xe_kernel_object_at(b.kernel, body));
    cr_expect_eq(xe_kernel_pool_size(b.kernel, body - 0x20), 0);
}

Test(kernel_object, names_ignore_case_and_go_with_the_last_handle)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    xe_handle handle = xe_kernel_handle_open(event);

    cr_expect(xe_kernel_object_set_name(event, "Ready"));
    cr_expect_eq(xe_kernel_object_named(b.kernel, "rEADY"), event);
    cr_expect_null(xe_kernel_object_named(b.kernel, "Read"));
    xe_kernel_handle_close(b.kernel, handle);
    cr_expect_null(xe_kernel_object_named(b.kernel, "Ready"));
    xe_kernel_object_unref(event);
}

Test(kernel_object, links_resolve_in_front_of_paths)
{
    char path[256];

    cr_expect_eq(xe_kernel_object_link_create(b.kernel, "\\??\\game:", "\\Device\\Cdrom0"), 0);
    cr_expect_eq(xe_kernel_object_link_create(b.kernel, "d:", "game:"), 0);
    cr_expect_eq(xe_kernel_object_link_create(b.kernel, "D:", "x"),
                 XE_STATUS_OBJECT_NAME_COLLISION);
    cr_expect_eq(xe_kernel_object_link_create(b.kernel, "D:", "Game:"), 0,
                 "it leads there already");
    cr_expect(xe_kernel_object_link_resolve(b.kernel, "D:\\media\\a.bin", path, sizeof(path)));
    cr_expect_str_eq(path, "\\Device\\Cdrom0\\media\\a.bin");
    cr_expect_eq(xe_kernel_object_link_delete(b.kernel, "d:"), XE_STATUS_SUCCESS);
    cr_expect_eq(xe_kernel_object_link_delete(b.kernel, "d:"), XE_STATUS_UNSUCCESSFUL);
    cr_expect_eq(xe_kernel_object_link_create(b.kernel, "d:", "x"), 0,
                 "one delete undid both creates");
    xe_kernel_object_link_create(b.kernel, "loop:", "loop:");
    cr_expect(!xe_kernel_object_link_resolve(b.kernel, "loop:\\x", path, sizeof(path)));
}

/* ObCreateObject makes an object of the type, without a target. */
Test(kernel_object, a_link_without_a_target_leads_nowhere)
{
    struct xe_object *link = xe_kernel_object_create(b.kernel, &xe_object_symlink_type, 0);
    char path[64] = "";

    cr_assert(xe_kernel_object_set_name(link, "game:"));
    cr_expect(xe_kernel_object_link_resolve(b.kernel, "game:\\x", path, sizeof(path)));
    cr_expect_str_eq(path, "game:\\x");
    cr_expect_eq(xe_kernel_object_link_create(b.kernel, "game:", "x"),
                 XE_STATUS_OBJECT_NAME_COLLISION);
}

Test(kernel_object, a_timer_made_something_else_is_no_longer_armed)
{
    xe_gva at = xe_kernel_pool_alloc(b.kernel, XE_X_TIMER_SIZE);
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_object *object;

    xe_kernel_header_init(b.kernel, at, XE_X_TIMER_MANUAL, 0);
    object = xe_kernel_object_initialize(b.kernel, at, &xe_object_timer_type);
    xe_kernel_ktimer_set(object, &(struct xe_ktimer_request){.due = -10});
    bench_wait(&b, thread, false, XE_WAIT_FOREVER, 1, &object);
    xe_kernel_header_init(b.kernel, at, XE_X_EVENT_MANUAL, 0);
    cr_assert_eq(xe_kernel_object_initialize(b.kernel, at, &xe_object_event_type), object,
                 "its waiters stay");
    cr_expect_eq(b.kernel->heap_count, 0);
    cr_expect_null(object->host.ktimer);
}

Test(kernel_object, pool_reuses_and_zeroes)
{
    xe_gva first = xe_kernel_pool_alloc(b.kernel, 40), big = xe_kernel_pool_alloc(b.kernel, 9000);

    cr_assert(first && big);
    cr_expect_eq(xe_kernel_pool_size(b.kernel, first), 64);
    cr_expect_eq(xe_kernel_pool_size(b.kernel, big), 12288);
    xe_mem_set_u32(b.mem, first, 1);
    cr_expect(xe_kernel_pool_free(b.kernel, first));
    cr_expect(!xe_kernel_pool_free(b.kernel, first), "only once");
    cr_expect_eq(xe_kernel_pool_alloc(b.kernel, 40), first);
    cr_expect_eq(xe_mem_u32(b.mem, first), 0);
    cr_expect(xe_kernel_pool_free(b.kernel, big));
}

/* More pointer objects than are remembered: the idle ones are forgotten, one in use is not. */
Test(kernel_object, adopted_objects_are_bounded)
{
    uint32_t size = (XE__ADOPTED + 16) * 16;
    xe_gva base = xe_mem_alloc(b.mem, XE_MEM_HEAP_VIRTUAL_64K, 0, (size + 0xFFFF) & ~0xFFFFu, 0,
                               XE_PAGE_READWRITE, true, false);
    struct xe_object *held;

    cr_assert(base);
    xe_kernel_header_init(b.kernel, base, XE_X_EVENT_AUTO, 0);
    held = xe_kernel_object_adopt(b.kernel, base, NULL);
    xe_kernel_object_ref(held);
    for (xe_gva at = base + 16; at < base + size; at += 16) {
        xe_kernel_header_init(b.kernel, at, XE_X_EVENT_AUTO, 0);
        cr_assert_not_null(xe_kernel_object_adopt(b.kernel, at, NULL));
    }
    cr_expect_eq(b.kernel->adopted, XE__ADOPTED);
    cr_expect_eq(xe_kernel_object_at(b.kernel, base), held);
    cr_expect_null(xe_kernel_object_at(b.kernel, base + 16));
}
