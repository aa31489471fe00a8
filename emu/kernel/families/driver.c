/* Devices that a title makes, as homebrew does that brings a file system or a controller along.
 * They have names, locks and room of their own; nobody sends them requests, for files are not
 * theirs.
 *
 * DEVICE_OBJECT and IRP as doc/facts/kernel-objects.md, section 7, has them. Guess: a device is its
 * own mounted one, and its lock is free at first, as NT has it; a driver's use of either on a
 * console would settle that. */
#include "kernel/core/dispatcher.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/families/shared.h"

enum {
    TYPE = 0x00,
    SIZE = 0x02,
    DRIVER = 0x08,
    MOUNTED = 0x0C,
    FLAGS = 0x14,
    EXTENSION = 0x18,
    DEVICE_TYPE = 0x1C,
    STACK_SIZE = 0x1E,
    DELETING = 0x1F,
    QUEUE = 0x28,
    LOCK = 0x38,
    DEVICE_SIZE = 0x50
};
enum { IRP_STATUS = 0x10, IRP_USER_STATUS = 0x20, IRP_USER_EVENT = 0x24, IRP_SIZE = 0x60 };

#define DEVICE_OBJECT   3u
#define INITIALIZING    0x10u
#define NAMED           0x08u
#define QUEUE_OF_DEVICE 0x14u

/* ---- devices -------------------------------------------------------------------------------- */

static void fill(struct xe_call *call, const struct xe_object *device, uint32_t extension)
{
    struct xe_mem *mem = call->mem;
    xe_gva at = device->body;

    xe_mem_set_u16(mem, at + TYPE, DEVICE_OBJECT);
    xe_mem_set_u16(mem, at + SIZE, (uint16_t)(DEVICE_SIZE + extension));
    xe_mem_set_u32(mem, at + DRIVER, xe_arg_gva(call, 0));
    xe_mem_set_u32(mem, at + MOUNTED, at);
    xe_mem_set_u32(mem, at + FLAGS, INITIALIZING | (device->name ? NAMED : 0));
    xe_mem_set_u32(mem, at + EXTENSION, extension ? at + DEVICE_SIZE : 0);
    xe_mem_set_u8(mem, at + DEVICE_TYPE, (uint8_t)xe_arg_u32(call, 3));
    xe_mem_set_u8(mem, at + STACK_SIZE, 1);
    xe_mem_set_u16(mem, at + QUEUE, QUEUE_OF_DEVICE);
    xe_mem_set_u32(mem, at + QUEUE + 8, at + QUEUE + 8);
    xe_mem_set_u32(mem, at + QUEUE + 12, at + QUEUE + 8);
    xe_kernel_header_init(call->kernel, at + LOCK, XE_X_EVENT_AUTO, 1);
}

/* *ret_name: "" if it is to have none. */
static uint32_t name_of(struct xe_call *call, char ret_name[XE_OBJECT_NAME_MAX + 1])
{
    xe_gva at = xe_arg_gva(call, 2);
    uint32_t length = xe_mem_u16(call->mem, at);

    ret_name[0] = '\0';
    if (!at || !length)
        return XE_STATUS_SUCCESS;
    if (length > XE_OBJECT_NAME_MAX ||
        !xe_mem_read(call->mem, xe_mem_u32(call->mem, at + 4), ret_name, length))
        return XE_STATUS_OBJECT_NAME_INVALID;
    ret_name[length] = '\0';
    return xe_kernel_object_named(call->kernel, ret_name) ? XE_STATUS_OBJECT_NAME_COLLISION
                                                          : XE_STATUS_SUCCESS;
}

static uint32_t make(struct xe_call *call, const char *name, uint32_t extension)
{
    struct xe_object *device =
        xe_kernel_object_create(call->kernel, &xe_object_device_type, extension);
    bool done;

    if (!device)
        return XE_STATUS_INSUFFICIENT_RESOURCES;
    done = !*name || xe_kernel_object_set_name(device, name);
    if (done) {
        fill(call, device, extension);
        device->guest_refs++;
        done = xe__kernel_store_u32(call, 5, device->body);
        device->guest_refs -= !done;
    }
    xe_kernel_object_unref(device);
    return done ? XE_STATUS_SUCCESS : XE_STATUS_INSUFFICIENT_RESOURCES;
}

/* The size of a device is 16 bits. */
static void io_create_device(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    uint32_t extension = xe_arg_u32(call, 1), status = name_of(call, name);

    if (!xe_arg_view_rw(call, 5, 4))
        status = XE_STATUS_ACCESS_VIOLATION;
    else if (!status && extension > UINT16_MAX - DEVICE_SIZE)
        status = XE_STATUS_INSUFFICIENT_RESOURCES;
    xe_ret_status(call, status ? status : make(call, name, extension));
}

/* NULL: there is none, which is in the guest's log. */
static struct xe_object *device_arg(struct xe_call *call)
{
    struct xe_object *object = xe_kernel_object_at(call->kernel, xe_arg_gva(call, 0));

    if (object && object->type == &xe_object_device_type && object->guest_refs)
        return object;
    xe_kernel_call_guest_error(call, "no device at 0x%08x", xe_arg_gva(call, 0));
    return NULL;
}

/* Its name is free at once; it is gone when nobody has a reference. */
static void io_delete_device(struct xe_call *call)
{
    struct xe_object *device = device_arg(call);

    if (!device || xe_mem_u8(call->mem, device->body + DELETING))
        return;
    xe_mem_set_u8(call->mem, device->body + DELETING, 1);
    xe__kernel_name_remove(device);
    device->guest_refs--;
    xe__kernel_object_sync_header(device);
    xe__kernel_object_maybe_free(device);
}

/* ---- its lock ------------------------------------------------------------------------------- */

static struct xe_object *lock_arg(struct xe_call *call)
{
    struct xe_object *device = device_arg(call), *lock = NULL;

    if (device)
        lock = xe_kernel_object_adopt(call->kernel, device->body + LOCK, &xe_object_event_type);
    if (lock)
        xe__kernel_object_announce(lock);
    return lock;
}

static void io_acquire_device_object_lock(struct xe_call *call)
{
    struct xe_object *lock = lock_arg(call);

    if (lock)
        xe_kernel_wait(call->thread, &(struct xe_wait_request){.count = 1,
                                                               .object = {lock},
                                                               .timeout = XE_WAIT_FOREVER,
                                                               .end = XE_WAIT_END_NOTHING});
}

static void io_release_device_object_lock(struct xe_call *call)
{
    struct xe_object *lock = lock_arg(call);

    if (lock)
        xe_kernel_event_set(lock, 0);
}

/* ---- requests ------------------------------------------------------------------------------- */

/* The status goes where whoever made the request wants it, last as always, and the event is set. */
static void complete(struct xe_call *call, xe_gva irp)
{
    xe_gva status = xe_mem_u32(call->mem, irp + IRP_USER_STATUS);
    xe_gva event = xe_mem_u32(call->mem, irp + IRP_USER_EVENT);
    struct xe_object *object =
        event ? xe_kernel_object_adopt(call->kernel, event, &xe_object_event_type) : NULL;

    if (status) {
        xe_mem_set_u32(call->mem, status + 4, xe_mem_u32(call->mem, irp + IRP_STATUS + 4));
        xe_mem_set_u32(call->mem, status, xe_mem_u32(call->mem, irp + IRP_STATUS));
    }
    if (object) {
        xe__kernel_object_announce(object);
        xe_kernel_event_set(object, 0);
    }
}

static bool is_irp(const struct xe_call *call, unsigned n)
{
    if (xe_arg_view_rw(call, n, IRP_SIZE))
        return true;
    xe_kernel_call_guest_error(call, "no request at 0x%08x", xe_arg_gva(call, n));
    return false;
}

static void io_complete_request(struct xe_call *call)
{
    if (is_irp(call, 0))
        complete(call, xe_arg_gva(call, 0));
}

/* What a driver has in its table for what it can't do. */
static void io_invalid_device_request(struct xe_call *call)
{
    xe_gva irp = xe_arg_gva(call, 1);

    if (is_irp(call, 1)) {
        xe_mem_set_u32(call->mem, irp + IRP_STATUS, XE_STATUS_INVALID_DEVICE_REQUEST);
        complete(call, irp);
    }
    xe_ret_status(call, XE_STATUS_INVALID_DEVICE_REQUEST);
}

const struct xe_hle xe_hle_driver[] = {
    XE_HLE(XBOXKRNL, IoCreateDevice, io_create_device,
           "driver:ptr extension:u32 name:STRING* type:u32 characteristics:u32 device:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, IoDeleteDevice, io_delete_device, "device:DEVICE_OBJECT* -> void"),
    XE_HLE(XBOXKRNL, IoAcquireDeviceObjectLock, io_acquire_device_object_lock,
           "device:DEVICE_OBJECT* -> void"),
    XE_HLE(XBOXKRNL, IoReleaseDeviceObjectLock, io_release_device_object_lock,
           "device:DEVICE_OBJECT* -> void"),
    XE_HLE(XBOXKRNL, IoCompleteRequest, io_complete_request, "irp:IRP* increment:s32 -> void"),
    XE_HLE(XBOXKRNL, IoInvalidDeviceRequest, io_invalid_device_request,
           "device:DEVICE_OBJECT* irp:IRP* -> status"),
    XE_HLE_END,
};
