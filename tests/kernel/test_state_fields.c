/* No field of the kernel's structs is left out of its state, but those that a list says why. */
#include <criterion/criterion.h>
#include <string.h>

#include "bench.h"
#include "kernel/core/file.h"
#include "kernel/core/io_internal.h"
#include "kernel/core/state.h"
#include "tests/support/fields.h"

static struct bench b;
static struct xe__state_world world;

static void setup(void)
{
    bench_init(&b, NULL);
    world = (struct xe__state_world){.kernel = b.kernel};
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_state_fields, .init = setup, .fini = teardown);

Test(kernel_state_fields, every_type_names_its_state)
{
    for (uint32_t class = 0; class < XE_OBJECT_CLASSES; class ++) {
        const struct xe_object_type *type = xe__object_types[class];

        if (!type)
            continue;
        cr_expect_eq(type->class, class, "%s", type->name);
        cr_expect_not_null(type->state, "%s", type->name);
        cr_expect(!type->destroy || type->state != xe_kernel_object_no_state ||
                      type == &xe_object_thread_type,
                  "%s keeps something that is no state", type->name);
    }
}

#define CHECK(type, sample, function)                                                              \
    fields_check(&(struct field_test){#type, sample, sizeof(type), function, except,               \
                                      sizeof(except) / sizeof(except[0])})

static void thread_state(struct xe_codec *c, void *sample)
{
    c->world = &world;
    xe__kernel_thread_state(c, sample);
}

#define T struct xe_thread
Test(kernel_state_fields, every_field_of_a_thread)
{
    static const struct field_range except[] = {
        FIELD(T, kernel, FIELD_LEADS, "the kernel"),
        FIELD(T, object, FIELD_LEADS, "its object, where it is listed"),
        FIELD(T, cpu, FIELD_LEADS, "tests/cpu/test_state.c"),
        FIELD(T, tid, FIELD_NONE, "the roster of objects has it"),
        FIELD(T, wait, FIELD_LEADS, "every_field_of_a_wait"),
        FIELD(T, apcs, FIELD_LEADS, "every_field_of_queued_calls"),
        FIELD(T, delay, FIELD_NONE, "0 without a seed; what_a_seed_remembers_of_a_thread_is_state"),
        FIELD(T, apc_timers, FIELD_NONE, "counted when timers are loaded"),
        FIELD(T, calls, FIELD_LEADS, "every_field_of_a_guest_call"),
        FIELD(T, call_depth, FIELD_LEADS, "how many calls there are"),
        FIELD(T, mutants, FIELD_LEADS, "told by ids"),
        FIELD(T, mutant_count, FIELD_LEADS, "how many mutants there are"),
        FIELD(T, mutant_capacity, FIELD_NONE, "room in host memory"),
        FIELD(T, queue, FIELD_LEADS, "told by its id"),
        FIELD(T, creator_tid, FIELD_BESIDE, "reports only"),
        FIELD(T, creator_lr, FIELD_BESIDE, "reports only"),
        FIELD(T, last_export, FIELD_LEADS, "told by its text"),
        FIELD(T, last_export_args, FIELD_BESIDE, "reports only"),
        FIELD(T, last_export_cycle, FIELD_BESIDE, "reports only"),
        FIELD(T, last_progress_cycle, FIELD_BESIDE, "reports only"),
        FIELD(T, suspender_tid, FIELD_BESIDE, "reports only"),
        FIELD_HOLE(T, suspender_tid, suspended_cycle),
        FIELD(T, suspended_cycle, FIELD_BESIDE, "reports only"),
        FIELD(T, ended_cycle, FIELD_BESIDE, "reports only"),
        FIELD(T, rw_held, FIELD_BESIDE, "reports only"),
        FIELD(T, rw_helds, FIELD_BESIDE, "reports only"),
        FIELD(T, posters, FIELD_BESIDE, "reports only"),
        FIELD(T, poster[0].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, poster[0].acts), offsetof(T, poster[1]), FIELD_BESIDE, "reports only"},
        FIELD(T, poster[1].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, poster[1].acts), offsetof(T, poster[2]), FIELD_BESIDE, "reports only"},
        FIELD(T, poster[2].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, poster[2].acts), offsetof(T, poster[3]), FIELD_BESIDE, "reports only"},
        FIELD(T, poster[3].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, poster[3].acts), offsetof(T, timeouts), FIELD_BESIDE, "reports only"},
        FIELD(T, timeouts, FIELD_BESIDE, "reports only"),
        FIELD(T, timeout_lr, FIELD_BESIDE, "reports only"),
        FIELD(T, timeout_cycle, FIELD_BESIDE, "reports only"),
        FIELD(T, still.retired, FIELD_BESIDE, "reports only"),
        FIELD(T, still.cycle, FIELD_BESIDE, "reports only"),
        FIELD(T, still.asked, FIELD_BESIDE, "reports only"),
        FIELD(T, still.asks, FIELD_BESIDE, "reports only"),
        FIELD_HOLE(T, still.asks, still.ask),
        FIELD(T, still.ask[0].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, still.ask[0].lr), offsetof(T, still.ask[1]), FIELD_BESIDE, "reports only"},
        FIELD(T, still.ask[1].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, still.ask[1].lr), offsetof(T, still.ask[2]), FIELD_BESIDE, "reports only"},
        FIELD(T, still.ask[2].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, still.ask[2].lr), offsetof(T, still.ask[3]), FIELD_BESIDE, "reports only"},
        FIELD(T, still.ask[3].src, FIELD_LEADS, "told by its text"),
        {offsetof(T, still.ask[3].lr), offsetof(T, ready_cycle), FIELD_BESIDE, "reports only"},
        FIELD(T, ready_cycle, FIELD_BESIDE, "reports only"),
        FIELD(T, ready_prev, FIELD_LEADS, "hardware threads list who is ready"),
        FIELD(T, ready_next, FIELD_LEADS, "hardware threads list who is ready"),
        FIELD(T, tid_prev, FIELD_LEADS, "all threads, by id"),
        FIELD(T, tid_next, FIELD_LEADS, "all threads, by id"),
        FIELD(T, wake_next, FIELD_LEADS, "inside one signal"),
        FIELD_HOLE(T, helper, process),
        FIELD_HOLE(T, fresh, saturation),
        FIELD_HOLE(T, apc_timers, calls),
        FIELD_HOLE(T, alerted, stall_until),
        FIELD_HOLE(T, creator_lr, wait),
        FIELD_HOLE(T, call_depth, mutants),
        {offsetof(T, name) + 63, offsetof(T, name) + 64, FIELD_NONE, "the NUL"},
        FIELD_TAIL(T, wake_next),
    };
    struct xe_thread *thread = bench_thread(&b, 0);

    xe_kernel_thread_set_name(thread,
                              "a name that takes all the room that there is for one, and more!");
    CHECK(T, thread, thread_state);
}

static void wait_state(struct xe_codec *c, void *sample)
{
    c->world = &world;
    xe__kernel_wait_state(c, sample, b.thread[0]);
}

#define W struct xe_wait
Test(kernel_state_fields, every_field_of_a_wait)
{
    static const struct field_range except[] = {
        FIELD(W, lost, FIELD_BESIDE, "a fault that was injected"),
        FIELD(W, count, FIELD_LEADS, "how many links there are"),
        {offsetof(W, link[0].thread), offsetof(W, link[0].object_id), FIELD_LEADS, "told by ids"},
        FIELD(W, link[0].object_id, FIELD_BESIDE, "for records"),
        FIELD(W, link[0].key, FIELD_BESIDE, "for records"),
        FIELD_HOLE(W, link[0].key, link[0].prev),
        {offsetof(W, link[0].prev), offsetof(W, link[1]), FIELD_LEADS, "the object's line"},
        {offsetof(W, link[1]), offsetof(W, timeout), FIELD_NONE, "beyond count"},
        FIELD(W, timeout, FIELD_BESIDE, "as given; the deadline is state"),
        FIELD(W, timer.slot, FIELD_NONE, "the events say which are armed"),
        FIELD(W, timer.kind, FIELD_NONE, "always a wait's"),
        FIELD(W, timer.owner, FIELD_LEADS, "the thread"),
        FIELD(W, id, FIELD_BESIDE, "for records"),
        FIELD(W, since_cycle, FIELD_BESIDE, "reports only"),
        FIELD(W, src, FIELD_LEADS, "told by its text"),
        FIELD(W, lr, FIELD_BESIDE, "reports only"),
        FIELD_HOLE(W, held, park),
        FIELD_HOLE(W, count, link),
    };
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);

    bench_wait(&b, thread, false, -1000, 1, &event);
    cr_assert(thread->wait.parked);
    CHECK(W, &thread->wait, wait_state);
}

static void call_state(struct xe_codec *c, void *sample)
{
    c->world = &world;
    xe__kernel_guest_call_state(c, sample, b.thread[0]);
}

#define G struct xe_guest_call
Test(kernel_state_fields, every_field_of_a_guest_call)
{
    static const struct field_range except[] = {
        FIELD(G, below, FIELD_LEADS, "the call below, told after this one"),
        FIELD(G, saved, FIELD_LEADS, "tests/cpu/test_state.c"),
        FIELD(G, interrupted, FIELD_LEADS, "a wait; every_field_of_a_wait"),
        FIELD_HOLE(G, below, saved),
        FIELD_HOLE(G, suspended, interrupted),
        FIELD_HOLE(G, step.process, step.code),
        FIELD_TAIL(G, step.code),
    };
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);

    bench_wait(&b, thread, false, -1000, 1, &event);
    cr_assert(xe_kernel_thread_call_guest(thread, PROGRAM_BASE, NULL, 0, XE_GUEST_END_DPC, 0));
    cr_assert(thread->calls->interrupted);
    CHECK(G, thread->calls, call_state);
}

static void module_state(struct xe_codec *c, void *sample)
{
    xe__kernel_module_state(c, sample);
}

#define M struct xe_module
Test(kernel_state_fields, every_field_of_a_module)
{
    static const struct field_range except[] = {
        {offsetof(M, name) + XE_MODULE_NAME - 1, offsetof(M, name) + XE_MODULE_NAME, FIELD_NONE,
         "the NUL"},
        FIELD_HOLE(M, attached, result),
        FIELD_TAIL(M, sha256),
    };
    struct xe_module module = {.size = 1};

    memset(module.name, 'x', sizeof(module.name) - 1);
    CHECK(M, &module, module_state);
}

static void object_state(struct xe_codec *c, void *sample)
{
    c->world = &world;
    xe__kernel_object_state(c, sample);
}

#define O struct xe_object
Test(kernel_state_fields, every_field_of_an_object)
{
    static const struct field_range except[] = {
        FIELD(O, kernel, FIELD_LEADS, "the kernel"),
        FIELD(O, type, FIELD_LEADS, "the roster has its class"),
        FIELD(O, id, FIELD_NONE, "the roster has it"),
        FIELD(O, announced, FIELD_BESIDE, "what the audit knows"),
        FIELD(O, told_state, FIELD_BESIDE, "what the audit knows"),
        FIELD(O, name, FIELD_LEADS, "told by its text"),
        FIELD(O, handles, FIELD_LEADS, "how many handles there are"),
        FIELD(O, first_waiter, FIELD_LEADS, "who waits is told with the threads"),
        FIELD(O, last_waiter, FIELD_LEADS, "who waits is told with the threads"),
        FIELD(O, waiters, FIELD_NONE, "who waits is told with the threads"),
        FIELD(O, first_handle, FIELD_LEADS, "told by handles"),
        FIELD(O, last_handle, FIELD_NONE, "the end of the same list"),
        FIELD(O, host, FIELD_LEADS, "of the type; every_field_of_small_ones"),
        FIELD_HOLE(O, permanent, name),
        {offsetof(O, block) + 4, offsetof(O, older), FIELD_NONE, "padding"},
        {offsetof(O, older), sizeof(O), FIELD_LEADS, "lists; told in their order"},
        FIELD_HOLE(O, last_handle, host),
    };
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);

    xe_kernel_handle_open(event);
    cr_assert(xe_kernel_object_set_name(event, "name"));
    CHECK(O, event, object_state);
}

static struct xe_object *timer, *port;

static void timer_state(struct xe_codec *c, void *sample)
{
    (void)sample;
    c->world = &world;
    xe__kernel_ktimer_state(c, timer);
}

#define K struct xe__ktimer
Test(kernel_state_fields, every_field_of_a_timer)
{
    static const struct field_range except[] = {
        FIELD(K, timer.slot, FIELD_NONE, "the events say which are armed"),
        FIELD(K, timer.kind, FIELD_NONE, "always a guest timer's"),
        FIELD(K, timer.owner, FIELD_LEADS, "itself"),
        FIELD(K, object, FIELD_LEADS, "whose it is"),
        FIELD(K, apc_thread, FIELD_LEADS, "told by its id"),
        FIELD_HOLE(K, apc_queued, apc_thread),
        FIELD(K, key, FIELD_BESIDE, "for records"),
        FIELD(K, many, FIELD_BESIDE, "for reports"),
        FIELD(K, origin.cycle, FIELD_BESIDE, "for records"),
        FIELD(K, origin.tid, FIELD_BESIDE, "for records"),
        FIELD(K, origin.lr, FIELD_BESIDE, "for records"),
        FIELD(K, origin.pc, FIELD_BESIDE, "for records"),
        FIELD(K, origin.hw_thread, FIELD_BESIDE, "for records"),
        FIELD(K, origin.src, FIELD_LEADS, "told by its text"),
        FIELD(K, origin.guest, FIELD_BESIDE, "for records"),
        FIELD(K, origin.frames, FIELD_BESIDE, "for records"),
        FIELD(K, origin.frame_count, FIELD_BESIDE, "for records"),
        FIELD(K, origin.origin_cycle, FIELD_BESIDE, "for records"),
        FIELD(K, origin.origin_tid, FIELD_BESIDE, "for records"),
        FIELD(K, origin.origin_lr, FIELD_BESIDE, "for records"),
        FIELD(K, origin.origin_src, FIELD_LEADS, "told by its text"),
        {offsetof(K, set), offsetof(K, set.cycle), FIELD_LEADS, "told by its text"},
        {offsetof(K, set.cycle), offsetof(K, cancelled), FIELD_BESIDE, "reports only"},
        {offsetof(K, cancelled), offsetof(K, cancelled.cycle), FIELD_LEADS, "told by its text"},
        {offsetof(K, cancelled.cycle), sizeof(K), FIELD_BESIDE, "reports only"},
        FIELD_HOLE(K, origin.guest, origin.frames),
        FIELD(K, origin.interrupt, FIELD_BESIDE, "for records"),
        FIELD_HOLE(K, origin.interrupt, origin.origin_cycle),
        FIELD_HOLE(K, key, origin),
    };

    timer = xe_kernel_ktimer_create(b.kernel, true);
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -5});
    CHECK(K, timer->host.ktimer, timer_state);
}

static void port_state(struct xe_codec *c, void *sample)
{
    (void)sample;
    c->world = &world;
    xe__kernel_port_state(c, port);
}

Test(kernel_state_fields, every_field_of_small_ones)
{
    static const struct field_range except[] = {
        FIELD(struct xe__port, ring, FIELD_LEADS, "packets, below"),
        FIELD(struct xe__port, first, FIELD_LEADS, "where the ring begins is no state"),
        FIELD(struct xe__port, count, FIELD_LEADS, "how many there are"),
        FIELD(struct xe__port, capacity, FIELD_LEADS, "room in host memory"),
        FIELD_TAIL(struct xe__port, capacity),
    };
    struct field_test packet = {"xe_packet", NULL, sizeof(struct xe_packet), port_state, NULL, 0};

    port = xe_kernel_io_completion_create(b.kernel, 0);
    xe_kernel_io_completion_post(port, 0, &(struct xe_packet){1, 2, 3, 4});
    CHECK(struct xe__port, port->host.port, port_state);
    packet.sample = port->host.port->ring;
    fields_check(&packet);
}

static void dpc_state(struct xe_codec *c, void *sample)
{
    xe__kernel_dpc_state(c, sample);
}

static void apc_state(struct xe_codec *c, void *sample)
{
    (void)sample;
    c->world = &world;
    xe__kernel_thread_state(c, b.thread[0]);
}

Test(kernel_state_fields, every_field_of_queued_calls)
{
    static const struct field_range except[] = {
        FIELD_HOLE(struct xe__dpc, routine, args),
    };
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe__dpc dpc;
    struct field_test apc = {"xe_apc_entry", NULL, sizeof(struct xe_apc_entry), apc_state, NULL, 0};

    memset(&dpc, 0, sizeof(dpc));
    CHECK(struct xe__dpc, &dpc, dpc_state);
    cr_assert_eq(xe_kernel_apc_queue_user(thread, PROGRAM_BASE, 1, 2, 3), XE_STATUS_SUCCESS);
    apc.sample = thread->apcs[XE_APC_USER].entry;
    fields_check(&apc);
}

static void client_state(struct xe_codec *c, void *sample)
{
    c->world = &world;
    xe__kernel_audio_client_state(c, sample);
    xe_apu_sink_state(c, &((struct xe__audio_client *)sample)->sink);
}

#define C struct xe__audio_client
Test(kernel_state_fields, every_field_of_an_audio_client)
{
    static const struct field_range except[] = {
        FIELD(C, event, FIELD_LEADS, "told by its id"),
        FIELD(C, thread, FIELD_LEADS, "told by its id"),
        FIELD_HOLE(C, closing, sink),
        FIELD(C, sink.audible, FIELD_BESIDE, "reports only"),
        FIELD(C, sink.odd_samples, FIELD_BESIDE, "reports only"),
        FIELD(C, sink.second, FIELD_BESIDE, "reports only"),
        FIELD(C, sink.kept, FIELD_LEADS, "for who asked for it"),
        FIELD(C, sink.kept_capacity, FIELD_NONE, "for who asked for it"),
        FIELD(C, sink.kept_count, FIELD_NONE, "for who asked for it"),
        FIELD(C, sink.kept_next, FIELD_NONE, "for who asked for it"),
    };
    uint32_t handle, status;

    bench_as(&b, bench_thread(&b, 0));
    cr_assert(xe_kernel_audio_register(b.kernel, PROGRAM_BASE, 1, &handle, &status));
    CHECK(C, &b.kernel->audio->client[0], client_state);
}

/* ---- files ---------------------------------------------------------------------------------- */

static struct xe_object *open_file(void)
{
    struct xe_vfs_node *node;
    struct xe_object *file;

    cr_assert(xe_kernel_mount_scratch(b.kernel, NULL));
    cr_assert_eq(
        xe_vfs_make(xe_vfs_mount_at(b.kernel->vfs, 0)->root, "a", 1, XE_VFS_NORMAL, 1, &node, NULL),
        XE_VFS_OK);
    cr_assert_eq(xe_kernel_file_create(b.kernel, node, XE_FILE_READ, 0, 0, &file),
                 XE_STATUS_SUCCESS);
    return file;
}

static struct xe_object *open_now;

static void file_state(struct xe_codec *c, void *sample)
{
    (void)sample;
    c->world = &world;
    xe__kernel_file_state(c, open_now);
}

#define F struct xe__file
Test(kernel_state_fields, every_field_of_a_file)
{
    static const struct field_range except[] = {
        FIELD(F, node, FIELD_LEADS, "told by its number"),
        {offsetof(F, pattern) + 255, offsetof(F, last), FIELD_NONE, "the NUL"},
        {offsetof(F, last) + 255, offsetof(F, port), FIELD_NONE, "the NUL"},
        FIELD_HOLE(F, options, position),
        FIELD(F, port, FIELD_LEADS, "told by its id"),
        FIELD(F, pending, FIELD_NONE, "counted when requests are loaded"),
    };

    open_now = open_file();
    memset(open_now->host.file->pattern, 'x', XE_VFS_NAME_MAX);
    memset(open_now->host.file->last, 'x', XE_VFS_NAME_MAX);
    CHECK(F, open_now->host.file, file_state);
}

static void io_state(struct xe_codec *c, void *sample)
{
    c->world = &world;
    xe__kernel_io_state(c, sample);
}

#define I struct xe__io
Test(kernel_state_fields, every_field_of_a_request)
{
    static const struct field_range except[] = {
        FIELD(I, file, FIELD_LEADS, "told by its id"),
        FIELD(I, event, FIELD_LEADS, "told by its id"),
        FIELD(I, thread, FIELD_LEADS, "told by its id"),
        FIELD(I, device, FIELD_NONE, "whose requests are told"),
        FIELD(I, key, FIELD_BESIDE, "for records"),
        FIELD(I, event_key, FIELD_BESIDE, "for records"),
        FIELD_HOLE(I, op, file),
        FIELD_HOLE(I, size, offset),
        FIELD_HOLE(I, waits, status),
        FIELD_HOLE(I, information, due),
        {offsetof(I, origin), offsetof(I, older), FIELD_LEADS, "beside; every_field_of_a_timer"},
        FIELD(I, older, FIELD_LEADS, "told in order"),
        FIELD(I, newer, FIELD_LEADS, "told in order"),
    };
    struct xe_io_request request = {.op = XE_IO_READ, .file = open_file(), .size = 1};
    bool waits;

    bench_as(&b, bench_thread(&b, 0));
    cr_assert_eq(xe_kernel_io_begin(b.kernel, &request, &waits), XE_STATUS_PENDING);
    CHECK(I, b.kernel->ios.queue[0].first, io_state);
}
