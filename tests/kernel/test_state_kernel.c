/* No field of the kernel itself is left out of its state, but those that a list says why. */
#include <criterion/criterion.h>
#include <string.h>

#include "bench.h"
#include "kernel/core/file.h"
#include "kernel/core/state.h"
#include "tests/support/fields.h"

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_state_kernel, .init = setup, .fini = teardown);

static void kernel_state(struct xe_codec *c, void *sample)
{
    (void)sample;
    xe_kernel_state(c, b.kernel);
}

#define H struct xe_kernel
static const struct field_range of_the_kernel[] = {
    {offsetof(H, mem), offsetof(H, config), FIELD_LEADS, "other parts"},
    FIELD(H, config.engine, FIELD_NONE, "engines are equal"),
    FIELD_HOLE(H, line, audio),
    FIELD(H, audio, FIELD_LEADS, "every_field_of_an_audio_client"),
    FIELD(H, config.livelock_after, FIELD_NONE, "reports only"),
    FIELD(H, config.renderer, FIELD_NONE,
          "pictures; where they are read back, see test_render_back"),
    FIELD(H, config.faults.fail_alloc, FIELD_NONE, "the host's memory"),
    FIELD(H, config.faults.jit_regions, FIELD_NONE, "engines are equal"),
    FIELD(H, config.faults.jit_hot, FIELD_NONE, "engines are equal"),
    FIELD(H, config.faults.jit_no_fma, FIELD_NONE, "engines are equal"),
    FIELD(H, config.faults.jit_gs, FIELD_NONE, "engines are equal"),
    FIELD(H, config.seed, FIELD_LEADS, "must be the same; whether stirred is told"),
    {offsetof(H, config.io_latency_us), offsetof(H, config.overlay_limit), FIELD_BESIDE,
     "settings; must be the same"},
    FIELD(H, config.overlay_limit, FIELD_NONE, "the file system has it; tests/vfs/test_vfs.c"),
    FIELD(H, vfs, FIELD_LEADS, "files; tests/vfs/test_vfs.c"),
    FIELD(H, ios.queue, FIELD_LEADS, "every_field_of_a_request"),
    FIELD(H, ios.count, FIELD_NONE, "counted when requests are loaded"),
    FIELD_HOLE(H, ios.count, laters),
    FIELD(H, laters.timer, FIELD_LEADS, "told with all that are armed"),
    FIELD(H, laters.first, FIELD_LEADS, "every_field_of_a_result"),
    FIELD(H, laters.last, FIELD_LEADS, "told in order"),
    FIELD_HOLE(H, laters.count, promises),
    {offsetof(H, beside), offsetof(H, ios), FIELD_LEADS, "what mounts lie in, and packages"},
    FIELD(H, config.slice, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.clock_hz, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.start_time, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.pads, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.users, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.network, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.video, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.readback, FIELD_BESIDE, "settings; must be the same"),
    FIELD(H, config.writable_code, FIELD_BESIDE, "settings; must be the same"),
    FIELD_HOLE(H, config.writable_code, config.faults),
    FIELD(H, config.faults.inject_lost_wake, FIELD_BESIDE, "settings; must be the same"),
    FIELD_HOLE(H, config.faults.jit_no_fma, config.faults.jit_gs),
    FIELD_HOLE(H, config.faults.jit_gs, engine),
    {offsetof(H, engine), offsetof(H, title), FIELD_LEADS, "other parts, and why"},
    {offsetof(H, title.path) + 255, offsetof(H, title.path) + 256, FIELD_NONE, "the NUL"},
    FIELD_HOLE(H, title.library, title.base),
    FIELD_HOLE(H, title.default_stack_size, cycle),
    FIELD(H, chunk_base, FIELD_NONE, "of the run at hand"),
    FIELD(H, chunk_due, FIELD_NONE, "of the run at hand"),
    FIELD_HOLE(H, time_bundle, pool),
    FIELD(H, pool, FIELD_LEADS, "told by addresses; the_pool_is_state"),
    FIELD(H, pool_blocks, FIELD_LEADS, "told by addresses; the_pool_is_state"),
    FIELD(H, oldest, FIELD_LEADS, "objects, by id"),
    FIELD(H, newest, FIELD_LEADS, "objects, by id"),
    FIELD(H, objects, FIELD_LEADS, "how many there are"),
    FIELD(H, adopted, FIELD_LEADS, "how many there are"),
    FIELD(H, idle_oldest, FIELD_LEADS, "the adopted, by last use"),
    FIELD(H, idle_newest, FIELD_LEADS, "the adopted, by last use"),
    FIELD(H, by_address, FIELD_LEADS, "an index of objects"),
    FIELD(H, names, FIELD_LEADS, "an index of objects"),
    FIELD_HOLE(H, type_block, handle),
    FIELD(H, handle, FIELD_LEADS, "objects tell their handles"),
    FIELD(H, handle_taken, FIELD_LEADS, "objects tell their handles"),
    FIELD(H, handle_top, FIELD_LEADS, "objects tell their handles"),
    FIELD(H, first_thread, FIELD_LEADS, "threads, by id"),
    FIELD(H, last_thread, FIELD_LEADS, "threads, by id"),
    FIELD(H, by_tid, FIELD_LEADS, "an index of threads"),
    FIELD(H, hw, FIELD_LEADS, "the_ready_are_state"),
    FIELD(H, order, FIELD_NONE, "the seed makes it"),
    FIELD_HOLE(H, order, turn),
    FIELD_HOLE(H, slice_left, stirred),
    FIELD(H, stirred, FIELD_NONE, "0 without a seed; what_a_seed_remembers_is_state"),
    FIELD(H, stirring, FIELD_NONE, "of the run at hand"),
    FIELD(H, ahead, FIELD_NONE, "0 without a seed; who_goes_ahead_is_state"),
    {offsetof(H, running), offsetof(H, process), FIELD_LEADS, "of the run at hand"},
    FIELD(H, tls_slots, FIELD_LEADS, "how many there are; must be the same"),
    FIELD_HOLE(H, tls_image_size, tls_used),
    FIELD(H, tls_used, FIELD_LEADS, "the_ready_are_state"),
    FIELD(H, module, FIELD_LEADS, "every_field_of_a_module"),
    FIELD(H, module_count, FIELD_LEADS, "how many there are"),
    FIELD(H, module_source, FIELD_LEADS, "another part"),
    FIELD_HOLE(H, title_threads, module),
    FIELD_HOLE(H, ending.has_code, ending.code),
    FIELD_HOLE(H, last_filter, heap),
    {offsetof(H, ending.what) + 239, offsetof(H, ending.what) + 240, FIELD_NONE, "the NUL"},
    FIELD(H, heap, FIELD_LEADS, "events, in their order"),
    FIELD(H, heap_count, FIELD_LEADS, "how many there are"),
    FIELD(H, heap_capacity, FIELD_NONE, "room in host memory"),
    FIELD(H, hopeful, FIELD_NONE, "which is asked first, whatever the answer"),
    FIELD(H, promises, FIELD_LEADS, "beside; tests/kernel/test_promise.c"),
    FIELD(H, lacking, FIELD_BESIDE, "reports only"),
    {offsetof(H, past_modules), offsetof(H, past_modules.row[0].name) + 63, FIELD_BESIDE,
     "reports only"},
    {offsetof(H, past_modules.row[0].name) + 63, offsetof(H, past_modules.row[0].base), FIELD_NONE,
     "the NUL"},
    FIELD(H, past_modules.row[0].base, FIELD_BESIDE, "reports only"),
    FIELD(H, past_modules.row[0].size, FIELD_BESIDE, "reports only"),
    FIELD(H, past_modules.row[0].tid, FIELD_BESIDE, "reports only"),
    FIELD_HOLE(H, past_modules.row[0].tid, past_modules.row[0].cycle),
    FIELD(H, past_modules.row[0].cycle, FIELD_BESIDE, "reports only"),
    {offsetof(H, past_modules.row[1]), offsetof(H, past_modules.count), FIELD_NONE, "beyond count"},
    FIELD(H, past_modules.count, FIELD_LEADS, "how many there are"),
    FIELD_HOLE(H, past_modules.count, milestones),
    FIELD(H, milestones, FIELD_LEADS, "beside; tests/kernel/test_milestone.c"),
    {offsetof(H, lacking_files), offsetof(H, lacking_files.file[0].name) + 255, FIELD_BESIDE,
     "reports only"},
    {offsetof(H, lacking_files.file[0].name) + 255, offsetof(H, lacking_files.file[0].wanted),
     FIELD_NONE, "the NUL"},
    FIELD(H, lacking_files.file[0].wanted, FIELD_BESIDE, "reports only"),
    {offsetof(H, lacking_files.file[1]), offsetof(H, lacking_files.count), FIELD_NONE,
     "beyond count"},
    FIELD(H, lacking_files.count, FIELD_LEADS, "how many there are"),
    FIELD_HOLE(H, lacking_files.count, lacking_files.others),
    FIELD(H, lacking_files.others, FIELD_BESIDE, "reports only"),
    FIELD(H, lacking_hypervisor.number[0], FIELD_BESIDE, "reports only"),
    {offsetof(H, lacking_hypervisor.number[1]), offsetof(H, lacking_hypervisor.wanted), FIELD_NONE,
     "beyond count"},
    FIELD(H, lacking_hypervisor.wanted[0], FIELD_BESIDE, "reports only"),
    {offsetof(H, lacking_hypervisor.wanted[1]), offsetof(H, lacking_hypervisor.count), FIELD_NONE,
     "beyond count"},
    FIELD(H, lacking_hypervisor.count, FIELD_LEADS, "how many there are"),
    FIELD_HOLE(H, lacking_hypervisor.count, call),
    {offsetof(H, call), offsetof(H, next_wait_id), FIELD_LEADS, "inside one export call"},
    FIELD(H, next_wait_id, FIELD_BESIDE, "for records"),
    FIELD(H, interfered, FIELD_BESIDE, "reports only"),
    FIELD_HOLE(H, interfered, export_calls),
    FIELD(H, export_calls, FIELD_BESIDE, "reports only"),
    {offsetof(H, wants_stop), offsetof(H, stop), FIELD_LEADS, "a debugger, polling"},
    {offsetof(H, info), offsetof(H, info.has_code) + 1, FIELD_BESIDE, "why, as data"},
    FIELD_HOLE(H, info.has_code, info.argument),
    {offsetof(H, info.argument), offsetof(H, info.what) + 239, FIELD_BESIDE, "why, as data"},
    {offsetof(H, info.what) + 239, offsetof(H, detail), FIELD_NONE, "the NUL"},
    {offsetof(H, detail), offsetof(H, detail) + XE_STOP_DETAIL - 1, FIELD_BESIDE, "why, in words"},
    {offsetof(H, detail) + XE_STOP_DETAIL - 1, offsetof(H, has_exit_code), FIELD_NONE, "the NUL"},
    FIELD_HOLE(H, has_exit_code, exit_code),
    FIELD_TAIL(H, exit_code),
};

Test(kernel_state_kernel, every_field_of_the_kernel)
{
    memset(b.kernel->detail, 'x', sizeof(b.kernel->detail) - 1);
    memset(b.kernel->lacking_files.file[0].name, 'x', XE__LACKING_FILE_NAME - 1);
    b.kernel->lacking_files.count = 1;
    b.kernel->lacking_hypervisor.count = 1;
    memset(b.kernel->past_modules.row[0].name, 'x', XE_MODULE_NAME - 1);
    b.kernel->past_modules.count = 1;
    memset(b.kernel->ending.what, 'x', sizeof(b.kernel->ending.what) - 1);
    memset(b.kernel->title.path, 'x', sizeof(b.kernel->title.path) - 1);
    memset(b.kernel->info.what, 'x', sizeof(b.kernel->info.what) - 1);
    bench_thread(&b, 0);
    cr_assert(xe_kernel_mount_scratch(b.kernel, NULL));
    fields_check(&(struct field_test){"xe_kernel", b.kernel, sizeof(H), kernel_state, of_the_kernel,
                                      sizeof(of_the_kernel) / sizeof(of_the_kernel[0])});
}
