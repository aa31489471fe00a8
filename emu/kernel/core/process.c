/* The three processes of the console and the thread-local storage of the title's.
 *
 * A TLS block is the image's static data followed by the slots, four bytes each. Source: KPROCESS
 * values and TLS layout as xenia, xenia-canary and xkelib describe them. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"

#define TLS_SLOTS_DEFAULT 1024u /* without a TLS header in the image. Source: xenia */
#define TLS_BITMAP_SLOTS  256u
#define STACK_DEFAULT     0x4000u
#define QUANTUM           60u

/* idle, normal, time-critical base priorities of each process */
static const uint8_t classes[XE_PROCESSES][3] = {
    [XE_PROCESS_IDLE] = {0, 0, 0},
    [XE_PROCESS_TITLE] = {10, 13, 17},
    [XE_PROCESS_SYSTEM] = {2, 5, 9},
};

void xe__kernel_process_priorities(enum xe_process_type type, uint8_t ret[3])
{
    memcpy(ret, classes[type], 3);
}

uint32_t xe__kernel_process_normal_priority(enum xe_process_type type)
{
    return classes[type][1];
}

static void list_self(struct xe_mem *mem, xe_gva list)
{
    xe_mem_set_u32(mem, list, list);
    xe_mem_set_u32(mem, list + 4, list);
}

bool xe__kernel_process_init(struct xe_kernel *kernel, struct xe_error *err)
{
    struct xe_mem *mem = kernel->mem;

    for (uint32_t type = 0; type < XE_PROCESSES; type++) {
        xe_gva at = xe_kernel_pool_alloc(kernel, XE_X_PROCESS_SIZE);

        if (!at)
            return xe_error_set(err, XE_ERR_NO_MEMORY, "kernel: no guest memory for processes");
        kernel->process[type] = at;
        list_self(mem, at + XE_X_PROCESS_THREADS);
        xe_mem_set_u32(mem, at + XE_X_PROCESS_QUANTUM, type == XE_PROCESS_IDLE ? 0x7F : QUANTUM);
        xe_mem_write(mem, at + XE_X_PROCESS_CLASSES, classes[type], 3);
        xe_mem_set_u32(mem, at + XE_X_PROCESS_STACK, STACK_DEFAULT);
        xe_mem_set_u16(mem, at + XE_X_PROCESS_TLS_SLOTS, 0x80);
        xe_mem_set_u8(mem, at + XE_X_PROCESS_TYPE, (uint8_t)type);
        memset(xe_mem_view_rw(mem, at + XE_X_PROCESS_TLS_BITMAP, 32), 0xFF, 32);
    }
    kernel->title.default_stack_size = STACK_DEFAULT;
    kernel->tls_slots = TLS_SLOTS_DEFAULT;
    kernel->tls_used = xe_calloc(XE__TLS_SLOTS_MAX, 1);
    return kernel->tls_used || xe_error_set(err, XE_ERR_NO_MEMORY, "kernel: out of memory");
}

static uint32_t bounded(uint32_t value, uint32_t max)
{
    return value < max ? value : max;
}

/* Take the title's TLS and stack facts. The order of the two sizes is not agreed on by public
 * sources: the larger is the block, the smaller is what is copied. */
void xe__kernel_process_set_tls(struct xe_kernel *kernel, const struct xe_image *image)
{
    xe_gva title = kernel->process[XE_PROCESS_TITLE];
    uint32_t large = image->tls_raw_size, small = image->tls_data_size;

    if (image->stack_size) {
        kernel->title.default_stack_size = image->stack_size;
        xe_mem_set_u32(kernel->mem, title + XE_X_PROCESS_STACK, image->stack_size);
    }
    if (!image->has_tls)
        return;
    if (large < small) {
        large = small;
        small = image->tls_raw_size;
    }
    kernel->tls_slots = bounded((image->tls_slots + 3) & ~3u, XE__TLS_SLOTS_MAX);
    kernel->tls_static = bounded((large + 3) & ~3u, XE__TLS_STATIC_MAX);
    kernel->tls_image = image->tls_raw_address;
    kernel->tls_image_size = bounded(small, kernel->tls_static);
    xe_mem_set_u32(kernel->mem, title + XE_X_PROCESS_TLS_IMAGE, kernel->tls_image);
    xe_mem_set_u32(kernel->mem, title + XE_X_PROCESS_TLS_SIZE, kernel->tls_static);
    xe_mem_set_u32(kernel->mem, title + XE_X_PROCESS_TLS_IMAGE_SIZE, kernel->tls_image_size);
    xe_mem_set_u16(kernel->mem, title + XE_X_PROCESS_TLS_SLOTS, (uint16_t)(kernel->tls_slots * 4));
}

void xe__kernel_process_thread_count(struct xe_kernel *kernel, enum xe_process_type type,
                                     int32_t change)
{
    xe_gva at = kernel->process[type] + XE_X_PROCESS_THREAD_COUNT;

    xe_mem_set_u32(kernel->mem, at, xe_mem_u32(kernel->mem, at) + (uint32_t)change);
}

/* ---- thread-local storage ------------------------------------------------------------------- */

uint32_t xe__kernel_tls_size(const struct xe_kernel *kernel)
{
    return kernel->tls_static + kernel->tls_slots * 4;
}

void xe__kernel_tls_fill(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    const void *from = xe_mem_view(kernel->mem, kernel->tls_image, kernel->tls_image_size);

    if (from)
        xe_mem_write(kernel->mem, thread->tls, from, kernel->tls_image_size);
}

static xe_gva slot_address(const struct xe_thread *thread, uint32_t index)
{
    return thread->tls + thread->kernel->tls_static + index * 4;
}

/* The process's bitmap has one bit per slot, set while it is free, as far as it reaches. */
static void show_slot(struct xe_kernel *kernel, uint32_t index, bool used)
{
    xe_gva at = kernel->process[XE_PROCESS_TITLE] + XE_X_PROCESS_TLS_BITMAP + index / 32 * 4;
    uint32_t bit = 0x80000000u >> index % 32, word;

    if (index >= TLS_BITMAP_SLOTS)
        return;
    word = xe_mem_u32(kernel->mem, at);
    xe_mem_set_u32(kernel->mem, at, used ? word & ~bit : word | bit);
}

uint32_t xe_kernel_tls_alloc(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < kernel->tls_slots; i++)
        if (!kernel->tls_used[i]) {
            kernel->tls_used[i] = 1;
            show_slot(kernel, i, true);
            if (kernel->running)
                xe_kernel_tls_set(kernel->running, i, 0);
            return i;
        }
    return UINT32_MAX;
}

bool xe_kernel_tls_free(struct xe_kernel *kernel, uint32_t index)
{
    if (index >= kernel->tls_slots || !kernel->tls_used[index])
        return false;
    kernel->tls_used[index] = 0;
    show_slot(kernel, index, false);
    for (struct xe_thread *thread = kernel->first_thread; thread; thread = thread->tid_next)
        if (thread->tls)
            xe_kernel_tls_set(thread, index, 0);
    return true;
}

uint32_t xe_kernel_tls_get(const struct xe_thread *thread, uint32_t index)
{
    if (index >= thread->kernel->tls_slots)
        return 0;
    return xe_mem_u32(thread->kernel->mem, slot_address(thread, index));
}

bool xe_kernel_tls_set(struct xe_thread *thread, uint32_t index, uint32_t value)
{
    if (index >= thread->kernel->tls_slots)
        return false;
    return xe_mem_set_u32(thread->kernel->mem, slot_address(thread, index), value);
}
