/* Device queues: what a driver keeps its requests in while a device is busy. All of a queue lies in
 * the title's memory; nothing waits for one.
 *
 * KDEVICE_QUEUE (0x10 bytes): type, busy, lock, list of entries. KDEVICE_QUEUE_ENTRY: links, sort
 * key, inserted. Source: doc/facts/kernel-objects.md for the queue's layout, Windows'
 * KDEVICE_QUEUE_ENTRY for the entry's, Microsoft's documentation of the calls for what they do. */
#include "kernel/families/shared.h"

enum { TYPE = 0, BUSY = 3, LOCK = 4, LIST = 8, QUEUE_SIZE = 0x10 };
enum { NEXT = 0, BACK = 4, KEY = 8, INSERTED = 12, ENTRY_SIZE = 0x10 };

#define TYPE_DEVICE_QUEUE 0x14

/* Steps through one list; a title's list may lead in circles. */
#define STEPS   0x10000u
#define STEP_NS 20u

/* The list of the queue at argument 0; 0 when no queue can lie there. */
static xe_gva list_of(const struct xe_call *call)
{
    return xe_arg_view_rw(call, 0, QUEUE_SIZE) ? xe_arg_gva(call, 0) + LIST : 0;
}

static xe_gva word(const struct xe_call *call, xe_gva at)
{
    return xe_mem_u32(call->mem, at);
}

static bool set_busy(struct xe_call *call, bool busy)
{
    xe_gva at = xe_arg_gva(call, 0) + BUSY;
    bool before = xe_mem_u8(call->mem, at);

    xe_mem_set_u8(call->mem, at, busy);
    return before;
}

static void insert_before(struct xe_call *call, xe_gva next, xe_gva entry)
{
    xe_gva back = word(call, next + BACK);

    xe_mem_set_u32(call->mem, entry + NEXT, next);
    xe_mem_set_u32(call->mem, entry + BACK, back);
    xe_mem_set_u32(call->mem, back + NEXT, entry);
    xe_mem_set_u32(call->mem, next + BACK, entry);
}

static void take_out(struct xe_call *call, xe_gva entry)
{
    xe_gva next = word(call, entry + NEXT), back = word(call, entry + BACK);

    xe_mem_set_u32(call->mem, back + NEXT, next);
    xe_mem_set_u32(call->mem, next + BACK, back);
    xe_mem_set_u8(call->mem, entry + INSERTED, 0);
}

/* The first entry whose key is at least `key`; the list itself if there is none. */
static xe_gva at_least(struct xe_call *call, xe_gva list, uint64_t key)
{
    xe_gva entry = word(call, list + NEXT);
    uint32_t steps = 0;

    while (entry != list && word(call, entry + KEY) < key && steps++ < STEPS)
        entry = word(call, entry + NEXT);
    xe_kernel_work(call->kernel, (uint64_t)steps * STEP_NS);
    if (steps <= STEPS)
        return entry;
    xe_kernel_call_guest_error(call, "the list of device queue 0x%08x does not end",
                               xe_arg_gva(call, 0));
    return list;
}

static void ke_initialize_device_queue(struct xe_call *call)
{
    xe_gva queue = xe_arg_gva(call, 0), list = list_of(call);

    if (!list)
        return;
    xe_mem_set_u16(call->mem, queue + TYPE, TYPE_DEVICE_QUEUE);
    xe_mem_set_u8(call->mem, queue + BUSY, 0);
    xe_mem_set_u32(call->mem, queue + LOCK, 0);
    xe_mem_set_u32(call->mem, list + NEXT, list);
    xe_mem_set_u32(call->mem, list + BACK, list);
}

/* A queue that is not busy becomes so and keeps nothing: the caller starts the device. */
static void insert(struct xe_call *call, bool by_key)
{
    xe_gva list = list_of(call), entry = xe_arg_gva(call, 1);
    bool busy;

    if (!list || !xe_arg_view_rw(call, 1, ENTRY_SIZE)) {
        xe_kernel_call_guest_error(call, "no queue at 0x%08x or no entry at 0x%08x",
                                   xe_arg_gva(call, 0), entry);
        xe_ret_u32(call, 0);
        return;
    }
    if (by_key)
        xe_mem_set_u32(call->mem, entry + KEY, xe_arg_u32(call, 2));
    busy = set_busy(call, true);
    if (busy)
        insert_before(call, by_key ? at_least(call, list, (uint64_t)xe_arg_u32(call, 2) + 1) : list,
                      entry);
    xe_mem_set_u8(call->mem, entry + INSERTED, busy);
    xe_ret_u32(call, busy);
}

static void ke_insert_device_queue(struct xe_call *call)
{
    insert(call, false);
}

static void ke_insert_by_key_device_queue(struct xe_call *call)
{
    insert(call, true);
}

/* The entry that is next; a queue without one is busy no longer. */
static void remove_next(struct xe_call *call, uint32_t key)
{
    xe_gva list = list_of(call), entry = list ? word(call, list + NEXT) : 0;

    if (!list || entry == list) {
        if (list)
            set_busy(call, false);
        xe_ret_u32(call, 0);
        return;
    }
    entry = at_least(call, list, key);
    if (entry == list)
        entry = word(call, list + NEXT);
    take_out(call, entry);
    xe_ret_u32(call, entry);
}

static void ke_remove_device_queue(struct xe_call *call)
{
    remove_next(call, 0);
}

/* The first with that key or a greater one; behind the last it begins with the first again. */
static void ke_remove_by_key_device_queue(struct xe_call *call)
{
    remove_next(call, xe_arg_u32(call, 1));
}

static void ke_remove_entry_device_queue(struct xe_call *call)
{
    xe_gva entry = xe_arg_gva(call, 1);
    bool inserted = xe_arg_view_rw(call, 1, ENTRY_SIZE) && xe_mem_u8(call->mem, entry + INSERTED);

    if (inserted)
        take_out(call, entry);
    xe_ret_u32(call, inserted);
}

const struct xe_hle xe_hle_device_queues[] = {
    XE_HLE(XBOXKRNL, KeInitializeDeviceQueue, ke_initialize_device_queue,
           "queue:KDEVICE_QUEUE* -> void"),
    XE_HLE(XBOXKRNL, KeInsertDeviceQueue, ke_insert_device_queue,
           "queue:KDEVICE_QUEUE* entry:KDEVICE_QUEUE_ENTRY* -> bool"),
    XE_HLE(XBOXKRNL, KeInsertByKeyDeviceQueue, ke_insert_by_key_device_queue,
           "queue:KDEVICE_QUEUE* entry:KDEVICE_QUEUE_ENTRY* key:u32 -> bool"),
    XE_HLE(XBOXKRNL, KeRemoveDeviceQueue, ke_remove_device_queue, "queue:KDEVICE_QUEUE* -> ptr"),
    XE_HLE(XBOXKRNL, KeRemoveByKeyDeviceQueue, ke_remove_by_key_device_queue,
           "queue:KDEVICE_QUEUE* key:u32 -> ptr"),
    XE_HLE(XBOXKRNL, KeRemoveEntryDeviceQueue, ke_remove_entry_device_queue,
           "queue:KDEVICE_QUEUE* entry:KDEVICE_QUEUE_ENTRY* -> bool"),
    XE_HLE_END,
};
