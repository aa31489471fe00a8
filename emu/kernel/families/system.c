/* Modules, firmware, and what titles ask of the machine.
 * Source: xkelib and xenia for numbers and layouts. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "kernel/core/clock.h"
#include "kernel/hle/hle_internal.h"

#define ERROR_NOT_FOUND 0x490u

/* ---- XEX headers ---------------------------------------------------------------------------- */

#define HEADERS_MAX 4096u /* looked at */
#define HEADER_NS   5u

/* Address of a header's value or data: by the low byte of its key the value itself (00), a pointer
 * to it (01), or a pointer into the headers. 0 when absent. */
static uint32_t header_field(const struct xe_call *call, xe_gva headers, uint32_t key)
{
    const struct xe_mem *mem = call->mem;
    uint32_t count = xe_mem_u32(mem, headers + 0x14);

    count = count < HEADERS_MAX ? count : HEADERS_MAX;
    xe_kernel_work(call->kernel, count * HEADER_NS);
    for (uint32_t i = 0; i < count; i++) {
        xe_gva entry = headers + 0x18 + 8 * i;

        if (xe_mem_u32(mem, entry) != key)
            continue;
        if ((key & 0xFF) == 0)
            return xe_mem_u32(mem, entry + 4);
        if ((key & 0xFF) == 1)
            return entry + 4;
        return headers + xe_mem_u32(mem, entry + 4);
    }
    return 0;
}

static void rtl_image_xex_header_field(struct xe_call *call)
{
    xe_gva headers = xe_arg_gva(call, 0);

    xe_ret_u32(call, headers ? header_field(call, headers, xe_arg_u32(call, 1)) : 0);
}

/* PE headers are little-endian on this machine, too. */
static uint32_t pe_u32(const struct xe_call *call, xe_gva at)
{
    return __builtin_bswap32(xe_mem_u32(call->mem, at));
}

static uint32_t pe_u16(const struct xe_call *call, xe_gva at)
{
    return __builtin_bswap16(xe_mem_u16(call->mem, at));
}

/* Where an image's NT headers are; 0 if it has none. */
static xe_gva nt_headers(const struct xe_call *call, xe_gva base)
{
    uint32_t offset = pe_u32(call, base + 0x3C);

    return xe_mem_u16(call->mem, base) == 0x4D5A && offset < 0x1000 ? base + offset : 0;
}

static void rtl_image_nt_header(struct xe_call *call)
{
    xe_ret_u32(call, nt_headers(call, xe_arg_gva(call, 0)));
}

/* Offsets from the NT headers. Source: Microsoft's PE format specification. */
enum {
    PE_SECTIONS = 0x06,
    PE_OPTIONAL_SIZE = 0x14,
    PE_OPTIONAL = 0x18,
    PE_HEADERS_SIZE = 0x54,
    PE_DIRECTORIES = 0x74,
    PE_DIRECTORY = 0x78,
    PE_SECTION_SIZE = 40,
};

/* Where a relative address is in a file that lies in memory as it is; 0: nowhere. */
static xe_gva in_file(const struct xe_call *call, xe_gva base, xe_gva nt, uint32_t rva)
{
    xe_gva section = nt + PE_OPTIONAL + pe_u16(call, nt + PE_OPTIONAL_SIZE);

    if (rva < pe_u32(call, nt + PE_HEADERS_SIZE))
        return base + rva;
    for (uint32_t n = pe_u16(call, nt + PE_SECTIONS); n > 0; n--, section += PE_SECTION_SIZE)
        if (rva - pe_u32(call, section + 12) < pe_u32(call, section + 16))
            return base + pe_u32(call, section + 20) + rva - pe_u32(call, section + 12);
    return 0;
}

static void rtl_image_directory_entry_to_data(struct xe_call *call)
{
    xe_gva base = xe_arg_gva(call, 0) & ~1u, nt = nt_headers(call, base);
    uint32_t index = (uint16_t)xe_arg_u32(call, 2), rva, at = 0;

    if (nt && index < 16 && index < pe_u32(call, nt + PE_DIRECTORIES)) {
        rva = pe_u32(call, nt + PE_DIRECTORY + 8 * index);
        if (rva)
            at = xe_arg_u32(call, 1) & 0xFF ? base + rva : in_file(call, base, nt, rva);
        if (at)
            xe_mem_set_u32(call->mem, xe_arg_gva(call, 3),
                           pe_u32(call, nt + PE_DIRECTORY + 8 * index + 4));
    }
    xe_ret_u32(call, at);
}

/* Which module an address is in: its entry, and where its headers are. */
static void xex_pc_to_file_header(struct xe_call *call)
{
    const struct xe_kernel_title *title = xe_kernel_title(call->kernel);
    bool inside = title->loaded && xe_arg_gva(call, 0) - title->base < title->size;

    if (xe_arg_gva(call, 1))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), inside ? title->module : 0);
    xe_ret_u32(call, inside ? nt_headers(call, title->base) : 0);
}

static void xam_get_execution_id(struct xe_call *call)
{
    xe_gva headers = xe_kernel_title(call->kernel)->headers;
    uint32_t info = headers ? header_field(call, headers, 0x00040006) : 0;

    xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), info);
    xe_ret_u32(call, info ? 0 : ERROR_NOT_FOUND);
}

static void xam_get_current_title_id(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_title(call->kernel)->title_id);
}

static void xex_check_executable_privilege(struct xe_call *call)
{
    xe_gva headers = xe_kernel_title(call->kernel)->headers;
    uint32_t bit = xe_arg_u32(call, 0);
    uint32_t word =
        bit < 96 && headers ? header_field(call, headers, 0x00030000 + (bit / 32 << 8)) : 0;

    xe_ret_u32(call, word >> (bit % 32) & 1);
}

/* ---- modules -------------------------------------------------------------------------------- */

/* Kernel modules have no image of ours; their handle is the address of the first export entry,
 * which XexGetProcedureAddress knows. */
#define MODULE_HANDLE(module) (XE_KERNEL_EXPORTS + (module)*4u)

/* The module that argument 0 names; the title itself if it is NULL. 0: none of that name. */
static uint32_t module_handle(const struct xe_call *call)
{
    const struct xe_kernel_title *title = xe_kernel_title(call->kernel);
    char name[64];
    uint32_t module;

    if (!xe_arg_gva(call, 0))
        return title->module;
    if (!xe_arg_cstr(call, 0, name, sizeof(name)))
        return 0;
    module = xe__hle_module(name);
    if (module == XE_HLE_XBOXKRNL || module == XE_HLE_XAM)
        return MODULE_HANDLE(module);
    return strcasecmp(name, XE_KERNEL_TITLE_NAME) == 0 ? title->module : 0;
}

static void get_module_handle(struct xe_call *call)
{
    xe_ret_u32(call, module_handle(call));
}

static void xex_get_module_handle(struct xe_call *call)
{
    uint32_t handle = module_handle(call);

    xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), handle);
    xe_ret_u32(call, handle ? 0 : ERROR_NOT_FOUND);
}

static void xex_get_procedure_address(struct xe_call *call)
{
    uint32_t handle = xe_arg_u32(call, 0), ordinal = xe_arg_u32(call, 1);
    uint32_t module = (handle - XE_KERNEL_EXPORTS) / 4;
    xe_gva address = 0;

    bool variable = false;

    if (handle >= XE_KERNEL_EXPORTS && handle == MODULE_HANDLE(module) && module < XE_HLE_XBDM &&
        ordinal < 0x10000 && xe_hle_name((enum xe_hle_module)module, ordinal, &variable))
        address = variable ? xe__hle_variable(xe__hle(call), module, ordinal)
                           : xe__hle_function(xe__hle(call), module, NULL, ordinal);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 2), address);
    if (!address)
        xe_kernel_call_guest_error(call, "module 0x%08x has no procedure 0x%x", handle, ordinal);
    xe_ret_status(call, address ? XE_STATUS_SUCCESS : XE_STATUS_DRIVER_ENTRYPOINT_NOT_FOUND);
}

/* A resource of the title, by its name of at most 8 characters. */
static void xex_get_module_section(struct xe_call *call)
{
    const struct xe_kernel_title *title = xe_kernel_title(call->kernel);
    uint32_t at = title->headers ? header_field(call, title->headers, 0x000002FF) : 0;
    uint32_t size = at ? xe_mem_u32(call->mem, at) : 0, count = size >= 4 ? (size - 4) / 16 : 0;
    char name[16], here[9] = "";

    if (xe_arg_u32(call, 0) && xe_arg_u32(call, 0) != title->module) {
        xe_ret_status(call, XE_STATUS_INVALID_HANDLE);
        return;
    }
    /* No name is the name of no resource, and an empty row has none. */
    if (!xe_arg_cstr(call, 1, name, sizeof(name)) || !name[0])
        count = 0;
    for (uint32_t i = 0; i < count && i < 256; i++) {
        xe_gva row = at + 4 + 16 * i;

        xe_mem_read(call->mem, row, here, 8);
        if (strcmp(here, name) != 0)
            continue;
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 2), xe_mem_u32(call->mem, row + 8));
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 3), xe_mem_u32(call->mem, row + 12));
        xe_ret_status(call, XE_STATUS_SUCCESS);
        return;
    }
    xe_ret_status(call, XE_STATUS_NOT_FOUND);
}

static void xex_load_image(struct xe_call *call)
{
    char name[256];

    xe_arg_cstr(call, 0, name, sizeof(name));
    xe_kernel_call_guest_error(call, "'%s' cannot be loaded: no file system is mounted", name);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 3), 0);
    xe_ret_status(call, XE_STATUS_NO_SUCH_FILE);
}

static void xex_unload_image(struct xe_call *call)
{
    xe_ret_status(call, XE_STATUS_INVALID_HANDLE);
}

const struct xe_hle xe_hle_module[] = {
    XE_HLE(XBOXKRNL, RtlImageXexHeaderField, rtl_image_xex_header_field,
           "headers:ptr key:u32 -> u32"),
    XE_HLE(XBOXKRNL, RtlImageNtHeader, rtl_image_nt_header, "base:ptr -> ptr"),
    XE_HLE(XBOXKRNL, RtlImageDirectoryEntryToData, rtl_image_directory_entry_to_data,
           "base:ptr mapped:bool index:u16 size:ptr -> ptr"),
    XE_HLE(XBOXKRNL, XexPcToFileHeader, xex_pc_to_file_header, "pc:ptr module:ptr -> ptr"),
    XE_HLE(XBOXKRNL, XexCheckExecutablePrivilege, xex_check_executable_privilege,
           "privilege:u32 -> bool"),
    XE_HLE(XBOXKRNL, XexGetModuleHandle, xex_get_module_handle, "name:cstr module:ptr -> u32"),
    XE_HLE(XBOXKRNL, XexGetProcedureAddress, xex_get_procedure_address,
           "module:u32 ordinal:u32 address:ptr -> status"),
    XE_HLE(XBOXKRNL, XexGetModuleSection, xex_get_module_section,
           "module:u32 name:cstr data:ptr size:ptr -> status"),
    XE_HLE(XBOXKRNL, XexLoadImage, xex_load_image,
           "name:cstr flags:u32 version:u32 module:ptr -> status"),
    XE_HLE(XBOXKRNL, XexUnloadImage, xex_unload_image, "module:u32 -> status"),
    XE_HLE(XAM, GetModuleHandleA, get_module_handle, "name:cstr -> handle"),
    XE_HLE(XAM, XamGetExecutionId, xam_get_execution_id, "info:ptr -> u32"),
    XE_HLE(XAM, XamGetCurrentTitleId, xam_get_current_title_id, "-> u32"),
    XE_HLE_END,
};

/* ---- firmware ------------------------------------------------------------------------------- */

static void hal_return_to_firmware(struct xe_call *call)
{
    uint32_t routine = xe_arg_u32(call, 0);

    xe__kernel_print_end(call->kernel);
    xe_kernel_exit(call->kernel, XE_CAUSE_FIRMWARE, &routine, NULL);
}

static void bug_check(struct xe_call *call, uint32_t arguments)
{
    struct xe_stop_info why = {
        .cause = XE_CAUSE_BUG_CHECK, .code = xe_arg_u32(call, 0), .arguments = arguments};

    for (uint32_t i = 0; i < arguments; i++)
        why.argument[i] = xe_arg_u32(call, 1 + i);
    xe__kernel_print_end(call->kernel);
    xe_kernel_crash(call->kernel, &why, call->row->name);
}

/* Code 0 is how the C runtime of the console's titles ends a program: exit, _exit and abort all
 * come here, and nothing tells them apart. What exit was called with is not passed on; what main
 * returned, if the start-up code printed it before, is the exit code. Source:
 * doc/facts/exceptions.md, section 9. */
static void ke_bug_check(struct xe_call *call)
{
    if (xe_arg_u32(call, 0) == 0)
        xe_kernel_exit(call->kernel, XE_CAUSE_RUNTIME_EXIT, xe__kernel_print_end(call->kernel),
                       NULL);
    else
        bug_check(call, 0);
}

static void ke_bug_check_ex(struct xe_call *call)
{
    bug_check(call, 4);
}

/* As XamLoaderTerminateTitle. Guess: what the argument is, a status by its name elsewhere. */
static void terminate_title_process(struct xe_call *call)
{
    xe_kernel_exit(call->kernel, XE_CAUSE_TERMINATE, xe__kernel_print_end(call->kernel), NULL);
}

static void hal_get_current_av_pack(struct xe_call *call)
{
    xe_ret_u32(call, 4);
}

static void answer_zero(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* These have no effect that a title could see on this machine: caches and translations are always
 * as memory is, and each thread, a DPC's too, has floating-point and vector registers of its own.
 */
static void no_effect(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* Titles register a routine to be run when they end; it is kept in the guest's own list only: the
 * title ends at once here, and nothing of it runs afterwards. */
static void ex_register_title_terminate(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

const struct xe_hle xe_hle_system[] = {
    XE_HLE(XBOXKRNL, HalReturnToFirmware, hal_return_to_firmware, "routine:u32 -> void"),
    XE_HLE(XBOXKRNL, HalGetCurrentAVPack, hal_get_current_av_pack, "-> u32"),
    XE_HLE(XBOXKRNL, KeBugCheck, ke_bug_check, "code:u32 -> void"),
    XE_HLE(XBOXKRNL, KeBugCheckEx, ke_bug_check_ex, "code:u32 a:u32 b:u32 c:u32 d:u32 -> void"),
    XE_HLE(XBOXKRNL, KeLockL2, no_effect, "index:u32 lock:u32 -> u32"),
    XE_HLE(XBOXKRNL, KeUnlockL2, no_effect, "index:u32 -> void"),
    XE_HLE(XBOXKRNL, KeFlushEntireTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushCacheRange, no_effect, "at:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, KeSweepDcacheRange, no_effect, "at:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, KeSweepIcacheRange, no_effect, "at:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, KeFlushCurrentEntireTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushUserModeTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushUserModeCurrentTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushMultipleTb, no_effect, "count:u32 addresses:ptr -> void"),
    XE_HLE(XBOXKRNL, KeSaveFloatingPointState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeRestoreFloatingPointState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeSaveVectorUnitState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeRestoreVectorUnitState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeSetBackgroundProcessors, no_effect, "mask:u32 -> void"),
    XE_HLE(XBOXKRNL, KeQueryBackgroundProcessors, answer_zero, "-> u32"),
    XE_HLE(XBOXKRNL, ExIsBetaFeatureEnabled, answer_zero, "feature:u32 -> bool"),
    XE_HLE(XBOXKRNL, ExTerminateTitleProcess, terminate_title_process, "status:u32 -> void"),
    XE_HLE(XBOXKRNL, ExRegisterTitleTerminateNotification, ex_register_title_terminate,
           "registration:ptr create:bool -> void"),
    XE_HLE(XBOXKRNL, FscGetCacheElementCount, answer_zero, "which:u32 -> u32"),
    XE_HLE(XBOXKRNL, FscSetCacheElementCount, answer_zero, "which:u32 count:u32 -> u32"),
    XE_HLE_END,
};
