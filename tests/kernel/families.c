/* The HLE half as the core's tests need it: the core's own export tables and nothing else, so that
 * a failure here is the core's. An import without a row does nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

#define IMPORTS 64u

struct xe_hle_state {
    const struct xe_hle *row[IMPORTS];
    xe_gva at[IMPORTS];
    uint32_t count;
};

static const struct xe_hle *const tables[] = {
    xe_hle_events,         xe_hle_semaphores, xe_hle_timers, xe_hle_waits, xe_hle_sections,
    xe_hle_locks,          xe_hle_queues,     xe_hle_apcs,   xe_hle_dpcs,  xe_hle_threads,
    xe_hle_thread_control, xe_hle_objects,    xe_hle_links,  xe_hle_time,  NULL};

static const struct xe_hle *find(enum xe_hle_module module, uint32_t ordinal)
{
    for (size_t table = 0; tables[table]; table++)
        for (const struct xe_hle *row = tables[table]; row->handler; row++)
            if (row->module == module && row->ordinal == ordinal)
                return row;
    return NULL;
}

/* ---- calls ---------------------------------------------------------------------------------- */

uint64_t xe_arg_u64(const struct xe_call *call, unsigned n)
{
    xe_gva stack = (xe_gva)call->cpu->gpr[1] + 0x50;

    return n < 8 ? call->cpu->gpr[3 + n] : xe_mem_u64(call->mem, stack + 8 * (n - 8));
}

void xe_ret_u32(struct xe_call *call, uint32_t value)
{
    call->cpu->gpr[3] = value;
}

void xe_ret_s32(struct xe_call *call, int32_t value)
{
    call->cpu->gpr[3] = (uint64_t)(int64_t)value;
}

void xe_ret_u64(struct xe_call *call, uint64_t value)
{
    call->cpu->gpr[3] = value;
}

void xe_ret_status(struct xe_call *call, uint32_t status)
{
    xe_ret_s32(call, (int32_t)status);
}

void xe_kernel_call_guest_error(const struct xe_call *call, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    xe_log_write(call->kernel->log, XE_LOG_GUEST, "kernel", "%s: %s", call->row->name, text);
}

uint32_t xe__kernel_dos_error(uint32_t status); /* hle_internal.h has another struct xe_hle_state */
uint32_t xe__kernel_dos_error(uint32_t status)
{
    return status;
}

void xe_hle_dispatch(struct xe_kernel *kernel, struct xe_cpu *cpu, xe_gva address)
{
    const struct xe_hle_state *hle = kernel->hle;

    for (uint32_t i = 0; i < hle->count; i++)
        if (hle->at[i] == address) {
            struct xe_call call = {.kernel = kernel,
                                   .mem = kernel->mem,
                                   .cpu = cpu,
                                   .thread = kernel->running,
                                   .row = hle->row[i],
                                   .lr = (uint32_t)cpu->lr};

            xe_kernel_call_begin(kernel, &call);
            if (call.row)
                call.row->handler(&call);
            xe_kernel_call_end(kernel, &call);
            return;
        }
}

/* ---- life ----------------------------------------------------------------------------------- */

struct xe_hle_state *xe_hle_create(struct xe_kernel *kernel, struct xe_error *err)
{
    struct xe_hle_state *hle = xe_calloc(1, sizeof(*hle));

    (void)kernel;
    if (!hle)
        xe_error_set(err, XE_ERR_NO_MEMORY, "hle: out of memory");
    return hle;
}

void xe_hle_destroy(struct xe_hle_state *hle)
{
    xe_free(hle);
}

bool xe_hle_is_kernel(const char *library)
{
    return strcmp(library, "xboxkrnl.exe") == 0;
}

bool xe_hle_link(struct xe_kernel *kernel, const struct xe_image *image,
                 struct xe_missing *ret_missing, struct xe_error *err)
{
    struct xe_hle_state *hle = kernel->hle;

    (void)ret_missing;
    if (image->import_count > IMPORTS)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "too many imports for this test");
    for (uint32_t i = 0; i < image->import_count; i++) {
        xe_gva at = image->import[i].thunk;

        hle->row[hle->count] = find(XE_HLE_XBOXKRNL, image->import[i].ordinal);
        hle->at[hle->count++] = at;
        xe_mem_set_u32(kernel->mem, at, XE_CPU_WORD_EXPORT);
        xe_mem_set_u32(kernel->mem, at + 4, XE_CPU_WORD_BLR);
    }
    return true;
}

void xe_hle_totals(const struct xe_kernel *kernel, struct xe_kernel_totals *ret)
{
    (void)kernel;
    (void)ret;
}

void xe_hle_holds(const struct xe_kernel *kernel,
                  void (*fn)(void *ctx, const struct xe_object *object), void *ctx)
{
    (void)kernel;
    (void)fn;
    (void)ctx;
}

void xe_hle_socket_waited(struct xe_thread *thread, uint32_t status)
{
    (void)thread;
    (void)status;
}

void xe_hle_state_visit(struct xe_codec *c, struct xe_kernel *kernel)
{
    (void)c;
    (void)kernel;
}

const char *xe_hle_known_name(const char *text)
{
    for (size_t table = 0; tables[table]; table++)
        for (const struct xe_hle *row = tables[table]; row->handler; row++)
            if (strcmp(row->name, text) == 0)
                return row->name;
    return NULL;
}
