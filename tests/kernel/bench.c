/* See bench.h. */
#include "bench.h"

#include <string.h>

#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/fail.h"

static uint32_t fail_in;
static bool failed;

bool xe_test_alloc_fails(void)
{
    bool now = fail_in && --fail_in == 0;

    failed |= now;
    return now;
}

void bench_fail_alloc(uint32_t n)
{
    fail_in = n;
    failed = false;
}

bool bench_alloc_failed(void)
{
    return failed;
}

void bench_init(struct bench *bench, const struct xe_kernel_config *config)
{
    static const struct xe_kernel_config plain = {
        .slice = 1000, .clock_hz = 1000000000, .overlay_limit = 1 << 20};
    struct xe_error err = XE_ERROR_INIT;

    *bench = (struct bench){0};
    bench->mem = xe_mem_create(0, &err);
    bench->audit = xe_audit_create(64, &err);
    bench->log = xe_log_create(256);
    cr_assert(bench->mem && bench->audit && bench->log, "%s", err.text);
    xe_audit_enable(bench->audit, true, 0);
    bench->kernel =
        xe_kernel_create(bench->mem, bench->audit, bench->log, config ? config : &plain, &err);
    cr_assert(bench->kernel, "%s", err.text);
}

void bench_fini(struct bench *bench)
{
    if (bench->kernel)
        bench->kernel->running = NULL;
    xe_kernel_destroy(bench->kernel);
    xe_log_destroy(bench->log);
    xe_audit_destroy(bench->audit);
    xe_mem_destroy(bench->mem);
}

struct xe_thread *bench_thread(struct bench *bench, uint32_t hw)
{
    struct xe_thread_request request = {
        .start = PROGRAM_BASE, .process = XE_PROCESS_TITLE, .hw = (int32_t)hw};
    uint32_t status;
    struct xe_thread *thread = xe_kernel_thread_create(bench->kernel, &request, &status);

    cr_assert(thread, "status 0x%08x", status);
    bench->thread[bench->threads++] = thread;
    xe__kernel_sched_pick(bench->kernel, hw);
    return thread;
}

void bench_nobody(struct bench *bench)
{
    if (bench->kernel->running)
        bench->kernel->cycle = xe_kernel_cycle(bench->kernel);
    bench->kernel->running = NULL;
}

void bench_as(struct bench *bench, struct xe_thread *thread)
{
    bench_nobody(bench);
    cr_assert_eq(xe__kernel_sched_pick(bench->kernel, thread->hw), thread);
    bench->kernel->running = thread;
    bench->kernel->chunk_base = thread->cpu.retired;
    bench->kernel->chunk_due = UINT64_MAX;
    thread->cpu.retired++; /* records get distinct cycles */
}

void bench_pass(struct bench *bench, uint64_t time_100ns)
{
    bench_nobody(bench);
    bench->kernel->idle += time_100ns;
    xe__kernel_timer_fire_due(bench->kernel);
    xe__kernel_clock_tick(bench->kernel);
}

uint32_t bench_result(const struct xe_thread *thread)
{
    return (uint32_t)thread->cpu.gpr[3];
}

void bench_wait(struct bench *bench, struct xe_thread *thread, bool all, int64_t timeout,
                uint32_t count, struct xe_object **object)
{
    struct xe_wait_request request = {.count = count, .all = all, .timeout = timeout};

    memcpy(request.object, object, count * sizeof(*object));
    bench_as(bench, thread);
    thread->cpu.gpr[3] = 0xDEAD;
    xe_kernel_wait(thread, &request);
    bench_nobody(bench);
}

/* ---- programs ------------------------------------------------------------------------------- */

#define THUNKS 0x82008000u /* in the code half of the image */

void program_init(struct program *program)
{
    *program = (struct program){0};
}

xe_gva program_here(const struct program *program)
{
    return PROGRAM_BASE + program->at * 4;
}

void program_emit(struct program *program, uint32_t word)
{
    program->word[program->at++] = word;
}

void program_li(struct program *program, uint32_t reg, uint32_t value)
{
    program_emit(program, 0x3C000000u | reg << 21 | value >> 16);                  /* lis */
    program_emit(program, 0x60000000u | reg << 21 | reg << 16 | (value & 0xFFFF)); /* ori */
}

void program_branch(struct program *program, xe_gva target)
{
    program_emit(program, 0x48000000u | ((target - program_here(program)) & 0x03FFFFFCu));
}

void program_call(struct program *program, uint32_t ordinal)
{
    struct xe_image_import *import = &program->import[program->imports];

    if (!program->thunk[ordinal]) {
        program->thunk[ordinal] = THUNKS + program->imports++ * 16;
        *import = (struct xe_image_import){.library = "xboxkrnl.exe",
                                           .ordinal = (uint16_t)ordinal,
                                           .function = true,
                                           .thunk = program->thunk[ordinal]};
    }
    program_emit(program,
                 0x48000001u | ((program->thunk[ordinal] - program_here(program)) & 0x03FFFFFCu));
}

void program_load(struct bench *bench, struct program *program, xe_gva entry)
{
    struct xe_image_section section[] = {
        {.name = ".text", .address = PROGRAM_BASE, .size = 0x10000, .kind = "code"},
        {.name = ".data", .address = PROGRAM_DATA, .size = 0x10000, .kind = "data"},
    };
    struct xe_image_library library = {.name = "xboxkrnl.exe"};
    struct xe_image image = {
        .kind = XE_IMAGE_XEX2,
        .base = PROGRAM_BASE,
        .entry = entry ? entry : PROGRAM_BASE,
        .size = 0x20000,
        .page_size = 0x10000,
        .section = section,
        .section_count = 2,
        .library = &library,
        .library_count = 1,
        .import = program->import,
        .import_count = program->imports,
    };
    struct xe_error err = XE_ERROR_INIT;

    library.imports = program->imports;
    image.bytes = xe_calloc(1, image.size);
    for (uint32_t i = 0; i < program->at; i++)
        xe_store_be32(image.bytes + i * 4, program->word[i]);
    cr_assert(xe_kernel_load(bench->kernel, &image, &err), "%s", err.text);
    xe_free(image.bytes);
}

enum xe_stop bench_run(struct bench *bench, uint64_t n, uint64_t *ret_retired)
{
    return xe_kernel_run(bench->kernel, n, NULL, NULL, ret_retired);
}
