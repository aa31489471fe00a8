/* The handle table of the title process. Handles are 0x1000 + 4 * slot, given out in ascending
 * order; a slot is used again only after the table has wrapped, so that a stale handle is almost
 * never somebody else's.
 * Guess: the console's base is not public for all kernel versions; what a title could compute from
 * handles it was never given would settle it. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/file.h"
#include "kernel/core/kernel_internal.h"

bool xe__kernel_handle_init(struct xe_kernel *kernel)
{
    kernel->handle = xe_calloc(XE__HANDLES, sizeof(*kernel->handle));
    return kernel->handle != NULL;
}

static xe_handle to_handle(uint32_t slot)
{
    return XE_HANDLE_FIRST + slot * 4;
}

/* The slot of a handle (its low two bits are the title's to use), or XE__HANDLES. */
static uint32_t to_slot(xe_handle handle)
{
    uint32_t slot = ((handle & ~3u) - XE_HANDLE_FIRST) / 4;

    return handle >= XE_HANDLE_FIRST && slot < XE__HANDLES ? slot : XE__HANDLES;
}

static void mark_free(struct xe_kernel *kernel, uint32_t slot, bool is_free)
{
    uint64_t bit = 1ull << slot % 64;

    if (is_free)
        kernel->handle_taken[slot / 64] &= ~bit;
    else
        kernel->handle_taken[slot / 64] |= bit;
}

/* The first free slot from handle_next on, around the table's end; 64 are looked at at a time. */
static uint32_t find_free(const struct xe_kernel *kernel)
{
    uint32_t from = kernel->handle_next;
    uint64_t below = (1ull << from % 64) - 1; /* come last, if at all */

    for (uint32_t i = 0; i <= XE__HANDLES / 64; i++) {
        uint32_t word = (from / 64 + i) % (XE__HANDLES / 64);
        uint64_t taken = kernel->handle_taken[word] | (i == 0 ? below : 0);

        if (~taken)
            return word * 64 + (uint32_t)__builtin_ctzll(~taken);
    }
    return XE__HANDLES;
}

/* The slot becomes the newest handle of the object. */
static void link_slot(struct xe_object *object, uint32_t slot)
{
    struct xe_kernel *kernel = object->kernel;

    kernel->handle[slot] = (struct xe__handle){.object = object, .prev = object->last_handle};
    mark_free(kernel, slot, false);
    if (object->last_handle)
        kernel->handle[object->last_handle - 1].next = slot + 1;
    else
        object->first_handle = slot + 1;
    object->last_handle = slot + 1;
    object->handles++;
    if (slot >= kernel->handle_top)
        kernel->handle_top = slot + 1;
}

static void announce(struct xe_object *object, xe_handle handle)
{
    struct xe_audit_site site;
    struct xe_audit_kind kind;

    if (!object->header)
        return;
    xe_kernel_site(object->kernel, &site);
    xe_kernel_object_kind(object, &kind);
    /* A duplicate of what was made unheard is no birth. */
    xe_audit_created(object->kernel->audit, &site, handle, object->id, &kind, object->handles == 1);
    xe__kernel_act(object->kernel, &(struct xe_audit_act){.site = site,
                                                          .key = handle,
                                                          .object_id = object->id,
                                                          .op = XE_AUDIT_OP_CREATE});
}

xe_handle xe_kernel_handle_open(struct xe_object *object)
{
    struct xe_kernel *kernel = object->kernel;
    uint32_t slot = find_free(kernel);

    if (slot == XE__HANDLES)
        return 0;
    link_slot(object, slot);
    kernel->handle_next = (slot + 1) % XE__HANDLES;
    xe__kernel_object_sync_header(object);
    announce(object, to_handle(slot));
    return to_handle(slot);
}

static void unlink_slot(struct xe_object *object, uint32_t slot)
{
    struct xe__handle *table = object->kernel->handle, *entry = &table[slot];

    if (entry->prev)
        table[entry->prev - 1].next = entry->next;
    else
        object->first_handle = entry->next;
    if (entry->next)
        table[entry->next - 1].prev = entry->prev;
    else
        object->last_handle = entry->prev;
    *entry = (struct xe__handle){0};
    mark_free(object->kernel, slot, true);
}

uint32_t xe_kernel_handle_close(struct xe_kernel *kernel, xe_handle handle)
{
    uint32_t slot = to_slot(handle);
    struct xe_object *object = slot < XE__HANDLES ? kernel->handle[slot].object : NULL;
    struct xe_audit_site site;

    if (!object)
        return XE_STATUS_INVALID_HANDLE;
    if (object->header) {
        xe_kernel_site(kernel, &site);
        xe_audit_closed(kernel->audit, &site, to_handle(slot));
        xe__kernel_act(kernel, &(struct xe_audit_act){.site = site,
                                                      .key = to_handle(slot),
                                                      .object_id = object->id,
                                                      .op = XE_AUDIT_OP_CLOSE});
    }
    unlink_slot(object, slot);
    object->handles--;
    if (!object->handles && !object->permanent)
        xe__kernel_name_remove(object);
    xe_kernel_object_ref(object);
    if (!object->handles && object->type == &xe_object_file_type)
        xe__kernel_file_closed(object);
    if (!object->handles && object->type == &xe_object_io_completion_type)
        xe__kernel_queue_release_all(object); /* serving it is no reason to live */
    xe_kernel_object_unref(object);
    return XE_STATUS_SUCCESS;
}

void xe__kernel_handles_close(struct xe_kernel *kernel)
{
    for (uint32_t slot = 0; slot < kernel->handle_top; slot++)
        if (kernel->handle[slot].object)
            xe_kernel_handle_close(kernel, to_handle(slot));
}

struct xe_object *xe_kernel_handle_object(struct xe_kernel *kernel, xe_handle handle)
{
    uint32_t slot = to_slot(handle);

    if (handle == XE_HANDLE_CURRENT_THREAD)
        return kernel->running ? kernel->running->object : NULL;
    return slot < XE__HANDLES ? kernel->handle[slot].object : NULL;
}

struct xe_object *xe_kernel_handle_typed(struct xe_kernel *kernel, xe_handle handle,
                                         const struct xe_object_type *type, uint32_t *ret_status)
{
    struct xe_object *object = xe_kernel_handle_object(kernel, handle);

    *ret_status = !object                ? XE_STATUS_INVALID_HANDLE
                  : object->type != type ? XE_STATUS_OBJECT_TYPE_MISMATCH
                                         : XE_STATUS_SUCCESS;
    return *ret_status ? NULL : object;
}

xe_handle xe_kernel_object_handle(const struct xe_object *object)
{
    return object->first_handle ? to_handle(object->first_handle - 1) : 0;
}

xe_handle xe_kernel_object_handle_after(const struct xe_object *object, xe_handle handle)
{
    uint32_t slot = to_slot(handle), next;

    if (slot >= XE__HANDLES || object->kernel->handle[slot].object != object)
        return 0;
    next = object->kernel->handle[slot].next;
    return next ? to_handle(next - 1) : 0;
}

uint32_t xe_kernel_object_give_handle(struct xe_object *object, xe_gva ret)
{
    struct xe_kernel *kernel = object->kernel;
    xe_handle handle = xe_kernel_handle_open(object);
    bool told = !ret || xe_mem_set_u32(kernel->mem, ret, handle);

    if (handle && !told)
        xe_kernel_handle_close(kernel, handle);
    xe_kernel_object_unref(object);
    return !told    ? XE_STATUS_ACCESS_VIOLATION
           : handle ? XE_STATUS_SUCCESS
                    : XE_STATUS_INSUFFICIENT_RESOURCES;
}

/* ---- state ---------------------------------------------------------------------------------- */

/* The object has this handle too, as one that was saved; nobody is told. */
bool xe__kernel_handle_restore(struct xe_object *object, xe_handle handle)
{
    uint32_t slot = to_slot(handle);

    if ((handle & 3) || slot == XE__HANDLES || object->kernel->handle[slot].object)
        return false;
    link_slot(object, slot);
    return true;
}

void xe__kernel_handles_forget(struct xe_kernel *kernel)
{
    memset(kernel->handle, 0, kernel->handle_top * sizeof(*kernel->handle));
    memset(kernel->handle_taken, 0, sizeof(kernel->handle_taken));
    kernel->handle_top = 0;
}
