/* Out of host memory at every single allocation: an error, a status or a stop, never a crash, and
 * nothing leaks (the sanitizer build looks). */
#include <criterion/criterion.h>

#include "bench.h"

/* Make a kernel, two threads and some objects; use them; take all down. */
static void live_a_little(void)
{
    struct xe_kernel_config config = {.slice = 1000, .clock_hz = 1000000000};
    struct xe_mem *mem = xe_mem_create(0, NULL);
    struct xe_audit *audit = xe_audit_create(16, NULL);
    struct xe_log *log = xe_log_create(16);
    struct xe_kernel *kernel =
        mem && audit && log ? xe_kernel_create(mem, audit, log, &config, NULL) : NULL;
    struct xe_thread_request request = {.process = XE_PROCESS_TITLE};
    struct xe_object *object[3] = {0};
    struct xe_thread *thread[2] = {0};
    uint32_t status;

    if (!kernel)
        goto done;
    xe_audit_enable(audit, true, 0);
    for (uint32_t i = 0; i < 2; i++) {
        request.hw = (int32_t)i;
        thread[i] = xe_kernel_thread_create(kernel, &request, &status);
    }
    object[0] = xe_kernel_event_create(kernel, false, false);
    object[1] = xe_kernel_io_completion_create(kernel, 1);
    object[2] = xe_kernel_ktimer_create(kernel, true);
    xe_kernel_object_link_create(kernel, "a:", "b");
    for (uint32_t i = 0; i < 3; i++)
        if (object[i]) {
            xe_kernel_object_set_name(object[i], i ? i > 1 ? "x" : "y" : "z");
            xe_kernel_handle_open(object[i]);
        }
    if (object[1])
        xe_kernel_io_completion_post(object[1], 0, &(struct xe_packet){0});
    if (object[2])
        xe_kernel_ktimer_set(object[2], &(struct xe_ktimer_request){.due = -10, .period_ms = 1});
    if (thread[0] && object[0] && xe__kernel_sched_pick(kernel, 0) == thread[0]) {
        kernel->running = thread[0];
        xe_kernel_wait(thread[0], &(struct xe_wait_request){
                                      .count = 1, .object = {object[0]}, .timeout = -1000});
        kernel->running = NULL;
        xe_kernel_apc_queue_user(thread[0], 4, 0, 0, 0);
        xe_kernel_thread_call_guest(thread[0], 4, NULL, 0, XE_GUEST_END_NOTHING, 0);
    }
    xe__kernel_dpc_push(kernel, 2, &(struct xe__dpc){.routine = 4, .count = 1});
    if (thread[1])
        xe_kernel_thread_exit(thread[1], 0);
done:
    xe_kernel_destroy(kernel);
    xe_log_destroy(log);
    xe_audit_destroy(audit);
    xe_mem_destroy(mem);
}

Test(kernel_memory, every_allocation_may_fail)
{
    uint32_t n = 0;

    do {
        bench_fail_alloc(++n);
        live_a_little();
    } while (bench_alloc_failed());
    bench_fail_alloc(0);
    cr_expect_gt(n, 30, "it went through %u allocations", n - 1);
}
