/* Volumes and devices of files: what they are, how much room there is, control codes as rows.
 * Source: doc/facts/kernel-objects.md, section 8; kernel-calls.md, section 4. */
#include <string.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/families/file.h"

#define DEVICE_DISC 2u /* FILE_DEVICE_CD_ROM, FILE_DEVICE_DISK */
#define DEVICE_DISK 7u
#define CASE_KEPT   2u /* FILE_CASE_PRESERVED_NAMES */
#define READ_ONLY   2u /* FILE_READ_ONLY_DEVICE */
#define SECTOR      0x200u

/* Room is what the overlay has: a title that asks how much it may write gets what it will get. */
void xe__kernel_file_volume(const struct xe_vfs_mount *mount, struct xe_vfs_volume *ret)
{
    *ret = (struct xe_vfs_volume){.sector = SECTOR, .unit = 0x20};
    if (mount->source)
        mount->source->type->volume(mount->source, ret);
    if (!mount->source || (mount->writable && !ret->disc))
        ret->size = xe_vfs_quota(mount->vfs);
    if (!ret->sector)
        ret->sector = SECTOR;
    if (!ret->unit)
        ret->unit = 1;
}

/* Units in all, and those that are free: of whole blocks, for what is written takes whole ones. */
static void units(const struct xe_vfs_mount *mount, const struct xe_vfs_volume *volume,
                  uint64_t *ret_total, uint64_t *ret_free)
{
    uint64_t unit = (uint64_t)volume->sector * volume->unit;
    uint64_t left = xe_vfs_quota(mount->vfs) - xe_vfs_used(mount->vfs);

    *ret_total = volume->size / unit;
    *ret_free = mount->writable ? left / XE_VFS_BLOCK * XE_VFS_BLOCK / unit : 0;
}

/* ---- information ---------------------------------------------------------------------------- */

static uint32_t get_volume(struct xe_mem *mem, xe_gva at, uint32_t size,
                           const struct xe_vfs_mount *mount, uint32_t *ret_written)
{
    struct xe_vfs_volume volume;
    uint32_t length, room = size - 0x11;

    xe__kernel_file_volume(mount, &volume);
    length = (uint32_t)strnlen(volume.label, sizeof(volume.label));
    xe_mem_set_u64(mem, at, volume.created);
    xe_mem_set_u32(mem, at + 8, volume.serial);
    xe_mem_set_u32(mem, at + 0xC, length);
    xe_mem_set_u8(mem, at + 0x10, 0);
    room = room < length ? room : length;
    xe_mem_write(mem, at + 0x11, volume.label, room);
    *ret_written = 0x11 + room;
    return room < length ? XE_STATUS_BUFFER_OVERFLOW : XE_STATUS_SUCCESS;
}

static uint32_t get_size(struct xe_mem *mem, xe_gva at, uint32_t size,
                         const struct xe_vfs_mount *mount, uint32_t *ret_written)
{
    struct xe_vfs_volume volume;
    uint64_t total, left;

    (void)size;
    xe__kernel_file_volume(mount, &volume);
    units(mount, &volume, &total, &left);
    xe_mem_set_u64(mem, at, total);
    xe_mem_set_u64(mem, at + 8, left);
    xe_mem_set_u32(mem, at + 0x10, volume.unit);
    xe_mem_set_u32(mem, at + 0x14, volume.sector);
    *ret_written = 0x18;
    return XE_STATUS_SUCCESS;
}

static uint32_t get_full_size(struct xe_mem *mem, xe_gva at, uint32_t size,
                              const struct xe_vfs_mount *mount, uint32_t *ret_written)
{
    struct xe_vfs_volume volume;
    uint64_t total, left;

    (void)size;
    xe__kernel_file_volume(mount, &volume);
    units(mount, &volume, &total, &left);
    xe_mem_set_u64(mem, at, total);
    xe_mem_set_u64(mem, at + 8, left);
    xe_mem_set_u64(mem, at + 0x10, left);
    xe_mem_set_u32(mem, at + 0x18, volume.unit);
    xe_mem_set_u32(mem, at + 0x1C, volume.sector);
    *ret_written = 0x20;
    return XE_STATUS_SUCCESS;
}

static uint32_t get_device(struct xe_mem *mem, xe_gva at, uint32_t size,
                           const struct xe_vfs_mount *mount, uint32_t *ret_written)
{
    struct xe_vfs_volume volume;

    (void)size;
    xe__kernel_file_volume(mount, &volume);
    xe_mem_set_u32(mem, at, volume.disc ? DEVICE_DISC : DEVICE_DISK);
    xe_mem_set_u32(mem, at + 4, mount->writable ? 0 : READ_ONLY);
    *ret_written = 8;
    return XE_STATUS_SUCCESS;
}

static uint32_t get_attributes(struct xe_mem *mem, xe_gva at, uint32_t size,
                               const struct xe_vfs_mount *mount, uint32_t *ret_written)
{
    const char *name = mount->source && !mount->writable ? "GDFX" : "FATX";
    uint32_t room = size - 12 < 4 ? size - 12 : 4;

    xe_mem_set_u32(mem, at, CASE_KEPT);
    xe_mem_set_u32(mem, at + 4, XE__FILE_NAME_LENGTH);
    xe_mem_set_u32(mem, at + 8, 4);
    xe_mem_write(mem, at + 12, name, room);
    *ret_written = 12 + room;
    return room < 4 ? XE_STATUS_BUFFER_OVERFLOW : XE_STATUS_SUCCESS;
}

static const struct {
    uint32_t class, size;
    uint32_t (*get)(struct xe_mem *mem, xe_gva at, uint32_t size, const struct xe_vfs_mount *mount,
                    uint32_t *ret_written);
} rows[] = {
    {1, 0x18, get_volume},   {3, 0x18, get_size},      {4, 8, get_device},
    {5, 12, get_attributes}, {7, 0x20, get_full_size},
};

static void nt_query_volume_information_file(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 2);
    uint32_t size = xe_arg_u32(call, 3), class = xe_arg_u32(call, 4), written = 0, status;
    const struct xe_object *file;
    size_t i = 0;

    while (i < sizeof(rows) / sizeof(rows[0]) && rows[i].class != class)
        i++;
    if (i == sizeof(rows) / sizeof(rows[0]) || size < rows[i].size) {
        if (i == sizeof(rows) / sizeof(rows[0]))
            xe_kernel_call_guest_error(call, "volume information class 0x%x", class);
        xe_ret_status(call, i == sizeof(rows) / sizeof(rows[0]) ? XE_STATUS_INVALID_INFO_CLASS
                                                                : XE_STATUS_INFO_LENGTH_MISMATCH);
        return;
    }
    file = xe__kernel_file_arg(call, 0);
    if (!file)
        return;
    status = xe_mem_view_rw(call->mem, at, size)
                 ? rows[i].get(call->mem, at, size, file->host.file->node->mount, &written)
                 : XE_STATUS_ACCESS_VIOLATION;
    if (status != XE_STATUS_ACCESS_VIOLATION)
        xe__kernel_file_iosb(call, xe_arg_gva(call, 1), status, written);
    xe_ret_status(call, status);
}

/* ---- control codes -------------------------------------------------------------------------- */

/* What a device answers: bytes, or nothing where it can't. */
static const struct {
    uint32_t code, size;
    bool partition; /* u64 start, u64 length; else u32 sectors, u32 bytes of each */
} codes[] = {{0x70000, 8, false}, {0x74004, 16, true}};

static uint32_t control(struct xe_call *call, const struct xe_vfs_mount *mount,
                        uint32_t *ret_written)
{
    uint32_t code = xe_arg_u32(call, 5), room = xe_arg_u32(call, 9);
    xe_gva out = xe_arg_gva(call, 8);
    struct xe_vfs_volume volume;
    size_t i = 0;

    while (i < sizeof(codes) / sizeof(codes[0]) && codes[i].code != code)
        i++;
    if (i == sizeof(codes) / sizeof(codes[0])) {
        xe_kernel_call_guest_error(call, "no device answers control code 0x%x", code);
        return XE_STATUS_INVALID_PARAMETER;
    }
    if (room < codes[i].size)
        return XE_STATUS_BUFFER_TOO_SMALL;
    if (!xe_mem_view_rw(call->mem, out, codes[i].size))
        return XE_STATUS_ACCESS_VIOLATION;
    xe__kernel_file_volume(mount, &volume);
    xe_mem_set_u64(call->mem, out, codes[i].partition ? 0 : (volume.size / SECTOR) << 32 | SECTOR);
    if (codes[i].partition)
        xe_mem_set_u64(call->mem, out + 8, volume.size);
    *ret_written = codes[i].size;
    return XE_STATUS_SUCCESS;
}

static void nt_device_io_control_file(struct xe_call *call)
{
    struct xe_object *file = xe__kernel_file_arg(call, 0);
    struct xe_io_request request;
    uint32_t written = 0, status;

    if (!file || xe_kernel_io_take_turns(call->kernel, file, xe_arg_u32(call, 0)))
        return;
    status = xe__kernel_file_request(call, file, &request);
    if (!status)
        status = control(call, file->host.file->node->mount, &written);
    if (!status) {
        xe__kernel_file_finish(call, &request, status, written);
        return;
    }
    xe__kernel_file_iosb(call, request.iosb, status, 0);
    xe_ret_status(call, status);
}

/* ---- dismounting ---------------------------------------------------------------------------- */

/* What was written is where it is; the volume is mounted again by whoever asks for it next. */
static void io_dismount_volume_by_handle(struct xe_call *call)
{
    if (xe__kernel_file_arg(call, 0))
        xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void io_dismount_volume_by_name(struct xe_call *call)
{
    xe_gva string = xe_arg_gva(call, 0);
    uint32_t length = xe_mem_u16(call->mem, string);
    char name[XE_OBJECT_NAME_MAX + 1] = "";
    struct xe__file_place place;

    if (length > XE_OBJECT_NAME_MAX ||
        !xe_mem_read(call->mem, xe_mem_u32(call->mem, string + 4), name, length))
        xe_ret_status(call, XE_STATUS_OBJECT_NAME_INVALID);
    else
        xe_ret_status(call, xe__kernel_file_place(call, name, &place));
}

bool xe__kernel_file_has_volume_class(uint32_t class)
{
    size_t i = 0;

    while (i < sizeof(rows) / sizeof(rows[0]) && rows[i].class != class)
        i++;
    return i < sizeof(rows) / sizeof(rows[0]);
}

bool xe__kernel_file_has_control(uint32_t code)
{
    size_t i = 0;

    while (i < sizeof(codes) / sizeof(codes[0]) && codes[i].code != code)
        i++;
    return i < sizeof(codes) / sizeof(codes[0]);
}

const struct xe_hle xe_hle_file_volume[] = {
    XE_HLE(XBOXKRNL, NtQueryVolumeInformationFile, nt_query_volume_information_file,
           "file:handle iosb:ptr info:ptr size:u32 class:u32 -> status"),
    XE_HLE(XBOXKRNL, NtDeviceIoControlFile, nt_device_io_control_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr code:u32 in:ptr in_size:u32 "
           "out:ptr out_size:u32 -> status"),
    XE_HLE(XBOXKRNL, IoDismountVolumeByFileHandle, io_dismount_volume_by_handle,
           "file:handle -> status"),
    XE_HLE(XBOXKRNL, IoDismountVolumeByName, io_dismount_volume_by_name, "name:ptr -> status"),
    XE_HLE_END,
};
