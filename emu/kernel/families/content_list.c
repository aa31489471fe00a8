/* Lists of content and of what it is on; see content.h.
 * Source: doc/facts/kernel-calls.md, section 11. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/families/content.h"
#include "kernel/families/enumerate.h"
#include "kernel/families/shared.h"
#include "kernel/families/user.h"

/* ---- content -------------------------------------------------------------------------------- */

/* Items as they will lie in guest memory. */
struct listing {
    uint8_t *bytes; /* owned */
    size_t count, capacity;
    uint32_t item_size;
    bool failed;
};

static void add(void *ctx, const struct xe__content_key *key, const uint8_t data[XE_X_CONTENT_SIZE])
{
    struct listing *listing = ctx;
    uint8_t *item;

    if (listing->count == XE__LIST_ITEMS_MAX || listing->failed)
        return;
    if (!xe_grow(&listing->bytes, &listing->capacity, listing->count, listing->item_size)) {
        listing->failed = true;
        return;
    }
    item = listing->bytes + listing->count++ * listing->item_size;
    memset(item, 0, listing->item_size);
    memcpy(item, data, XE_X_CONTENT_SIZE);
    if (listing->item_size < XE_X_CONTENT_AGGREGATE_SIZE)
        return;
    xe_store_be64(item + XE_X_CONTENT_XUID, key->xuid);
    xe_store_be32(item + XE_X_CONTENT_TITLE, key->title);
}

/* What a profile has, on each of the devices that are meant. */
static void add_kept(struct xe_call *call, struct xe__content_key like, struct listing *listing)
{
    const struct xe__content_device *device;
    uint32_t wanted = like.device;

    for (uint32_t i = 0; (device = xe__content_device(call->kernel, i)); i++) {
        like.device = device->id;
        if (!wanted || wanted == device->id)
            xe__content_kept(call, &like, add, listing);
    }
}

static void add_given(struct xe_call *call, struct xe__content_key like, struct listing *listing)
{
    if (like.device > 1)
        return;
    like.device = 1;
    xe__content_given(call->kernel, &like, add, listing);
}

/* The size of a buffer for what is read at once goes through argument `size`, if that isn't 0. */
static void make_list(struct xe_call *call, const struct listing *listing,
                      const struct xe__list_request *request, unsigned size, unsigned handle)
{
    uint32_t error = XE__ERROR_OUTOFMEMORY;
    struct xe__list_request list = *request;
    xe_gva items = 0;

    list.item_size = listing->item_size;
    list.items = (uint32_t)listing->count;
    if (!listing->failed)
        items = xe__kernel_list_make(call, &list, handle, &error);
    if (items && listing->count)
        xe_mem_write(call->mem, items, listing->bytes,
                     (uint32_t)listing->count * listing->item_size);
    if (items && size)
        xe__kernel_store_u32(call, size, list.at_once * listing->item_size);
    xe_ret_u32(call, error);
}

/* Whoever isn't signed in has none of his own. */
static void content_enumerator(struct xe_call *call)
{
    struct listing listing = {.item_size = XE_X_CONTENT_SIZE};
    struct xe__content_key like = {.device = xe_arg_u32(call, 1),
                                   .type = xe_arg_u32(call, 2),
                                   .title = xe_kernel_title(call->kernel)->title_id,
                                   .xuid = xe__kernel_user_xuid(call->kernel, xe_arg_u32(call, 0))};
    bool common = !(xe_arg_u32(call, 3) & XE__CONTENT_NOT_COMMON);

    if (like.device && !xe__content_mount(call->kernel, like.device)) {
        xe_ret_u32(call, XE__ERROR_DEVICE_NOT_CONNECTED);
        return;
    }
    if (like.type == XE__CONTENT_SAVED_GAME && like.xuid)
        add_kept(call, like, &listing);
    like.xuid = 0;
    if (common)
        add_kept(call, like, &listing);
    if (common || like.type == XE__CONTENT_SAVED_GAME)
        add_given(call, like, &listing);
    make_list(call, &listing,
              &(struct xe__list_request){.user = xe_arg_u32(call, 0),
                                         .at_once = xe_arg_u32(call, 4),
                                         .flags = xe_arg_u32(call, 3)},
              5, 6);
    xe_free(listing.bytes);
}

/* Of one profile, or of everybody's. */
static void aggregate_enumerator(struct xe_call *call)
{
    struct listing listing = {.item_size = XE_X_CONTENT_AGGREGATE_SIZE};
    struct xe__content_key like = {.xuid = xe_arg_u64(call, 0),
                                   .device = xe_arg_u32(call, 1),
                                   .type = xe_arg_u32(call, 2),
                                   .title = xe_arg_u32(call, 3)};

    if (!like.title)
        like.title = xe_kernel_title(call->kernel)->title_id;
    add_kept(call, like, &listing);
    if (!like.xuid)
        add_given(call, like, &listing);
    make_list(call, &listing, &(struct xe__list_request){.at_once = 1}, 0, 4);
    xe_free(listing.bytes);
}

/* ---- devices -------------------------------------------------------------------------------- */

#define DEVICE_SIZE  0x50u
#define DEVICES_MAX  8u
#define DEVICE_NAMES 28u

static void put_name(uint8_t *to, const char *name, uint32_t room)
{
    for (uint32_t i = 0; i <= strlen(name) && i < room; i++)
        xe_store_be16(to + 2 * i, (uint8_t)name[i]);
}

/* Room is what a title may write. */
static void describe(struct xe_call *call, const struct xe__content_device *device,
                     uint8_t ret[DEVICE_SIZE])
{
    const struct xe_vfs_mount *mount = xe__content_mount(call->kernel, device->id);
    struct xe_vfs_volume volume;

    xe__kernel_file_volume(mount, &volume);
    memset(ret, 0, DEVICE_SIZE);
    xe_store_be32(ret, device->id);
    xe_store_be32(ret + 4, device->type);
    xe_store_be64(ret + 8, volume.size);
    if (mount->writable)
        xe_store_be64(ret + 0x10, xe_vfs_quota(mount->vfs) - xe_vfs_used(mount->vfs));
    put_name(ret + 0x18, device->name, DEVICE_NAMES);
}

static void device_enumerator(struct xe_call *call)
{
    const struct xe__list_request request = {.at_once = xe_arg_u32(call, 2)};
    uint8_t bytes[DEVICES_MAX * DEVICE_SIZE];
    struct listing listing = {.bytes = bytes, .item_size = DEVICE_SIZE};
    const struct xe__content_device *device;

    for (uint32_t i = 0; i < DEVICES_MAX && (device = xe__content_device(call->kernel, i)); i++)
        describe(call, device, bytes + listing.count++ * DEVICE_SIZE);
    make_list(call, &listing, &request, 3, 4);
}

static const struct xe__content_device *device_arg(const struct xe_call *call)
{
    const struct xe__content_device *device;

    for (uint32_t i = 0; (device = xe__content_device(call->kernel, i)); i++)
        if (device->id == xe_arg_u32(call, 0))
            break;
    return device;
}

static void device_data(struct xe_call *call)
{
    const struct xe__content_device *device = device_arg(call);
    uint8_t data[DEVICE_SIZE];

    if (!device || !xe_arg_view_rw(call, 1, DEVICE_SIZE)) {
        xe_ret_u32(call, device ? XE__ERROR_INVALID_PARAMETER : XE__ERROR_DEVICE_NOT_CONNECTED);
        return;
    }
    describe(call, device, data);
    xe_mem_write(call->mem, xe_arg_gva(call, 1), data, sizeof(data));
    xe_ret_u32(call, 0);
}

static void device_name(struct xe_call *call)
{
    const struct xe__content_device *device = device_arg(call);
    uint32_t room = xe_arg_u32(call, 2);
    uint8_t *to = room && room <= 0x1000 ? xe_arg_view_rw(call, 1, 2 * room) : NULL;

    if (!device) {
        xe_ret_u32(call, XE__ERROR_DEVICE_NOT_CONNECTED);
        return;
    }
    if (to)
        put_name(to, device->name, room);
    xe_ret_u32(call, to && room > strlen(device->name) ? 0 : XE__ERROR_INSUFFICIENT_BUFFER);
}

static void device_state(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 1),
                            device_arg(call) ? 0 : XE__ERROR_DEVICE_NOT_CONNECTED, 0);
}

/* Where it is in the kernel's name space. */
static void device_volume_path(struct xe_call *call)
{
    const struct xe__content_device *device = device_arg(call);
    uint32_t room = xe_arg_u32(call, 2), status = XE_STATUS_SUCCESS;
    char path[XE_VFS_DEVICE_MAX + 2] = "";

    if (device)
        strcpy(path, device->device);
    if (device && xe_arg_u32(call, 3))
        strcat(path, "\\");
    if (!device)
        status = XE_STATUS_NO_SUCH_DEVICE;
    else if (strlen(path) >= room)
        status = XE_STATUS_BUFFER_TOO_SMALL;
    else if (!xe_mem_write(call->mem, xe_arg_gva(call, 1), path, (uint32_t)strlen(path) + 1))
        status = XE_STATUS_ACCESS_VIOLATION;
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_content_list[] = {
    XE_HLE(XAM, XamContentCreateEnumerator, content_enumerator,
           "user:u32 device:u32 type:u32 flags:u32 items:u32 size:ptr handle:HANDLE* -> u32"),
    XE_HLE(XAM, XamContentAggregateCreateEnumerator, aggregate_enumerator,
           "xuid:u64 device:u32 type:u32 title:u32 handle:HANDLE* -> u32"),
    XE_HLE(XAM, XamContentCreateDeviceEnumerator, device_enumerator,
           "type:u32 flags:u32 items:u32 size:ptr handle:HANDLE* -> u32"),
    XE_HLE(XAM, XamContentGetDeviceData, device_data, "device:u32 data:ptr -> u32"),
    XE_HLE(XAM, XamContentGetDeviceName, device_name, "device:u32 name:ptr room:u32 -> u32"),
    XE_HLE(XAM, XamContentGetDeviceState, device_state, "device:u32 overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentGetDeviceVolumePath, device_volume_path,
           "device:u32 path:ptr room:u32 backslash:bool -> status"),
    XE_HLE_END,
};
