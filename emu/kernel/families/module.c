/* Modules as titles see them: headers, exports, sections; loading and unloading.
 * Source: doc/facts/modules.md; xkelib and xenia for numbers and layouts. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/module.h"
#include "kernel/core/object.h"
#include "kernel/core/thread.h"
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
    const struct xe_module *module = xe_kernel_module_holding(call->kernel, xe_arg_gva(call, 0));

    if (xe_arg_gva(call, 1))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), module ? module->ldr : 0);
    xe_ret_u32(call, module ? nt_headers(call, module->base) : 0);
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

/* ---- handles --------------------------------------------------------------------------------- */

/* The module that argument 0 names; the title itself if it is NULL. 0: none of that name. */
static uint32_t module_handle(const struct xe_call *call)
{
    const struct xe_module *module;
    char name[XE_MODULE_NAME];
    uint32_t own;

    if (!xe_arg_gva(call, 0))
        return xe_mem_u32(
            call->mem, xe_kernel_variable(call->kernel, XE_ORD_XBOXKRNL_XexExecutableModuleHandle));
    if (!xe_arg_cstr(call, 0, name, sizeof(name)))
        return 0;
    own = xe_kernel_module_own(xe__hle_module(xe_kernel_module_base_name(name)));
    if (own)
        return own;
    module = xe_kernel_module_by_name(call->kernel, name);
    return module ? module->ldr : 0;
}

static void get_module_handle(struct xe_call *call)
{
    xe_ret_u32(call, module_handle(call));
}

/* Callers look at the sign only, and take what was stored for the handle: a failure is negative.
 * Source: doc/facts/modules.md, section 1. Guess: which it is; a title that prints its last error
 * would tell. */
static void xex_get_module_handle(struct xe_call *call)
{
    uint32_t handle = module_handle(call);

    xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), handle);
    xe_ret_status(call, handle ? XE_STATUS_SUCCESS : XE_STATUS_NOT_FOUND);
}

/* ---- exports --------------------------------------------------------------------------------- */

#define NAMES_MAX 0x10000u
#define NAME_NS   40u

/* Where the directory of names lies, and what offsets in it count from: itself or, where that makes
 * no sense, the image. As emu/loader/xex_exports.c has it. */
struct names {
    xe_gva at, origin;
    uint32_t size, functions, count;
};

static bool find_names(const struct xe_call *call, const struct xe_module *module,
                       struct names *ret)
{
    xe_gva row = header_field(call, module->headers, 0x00E10402);
    uint32_t offset = row ? xe_mem_u32(call->mem, row) : 0;

    if (!row || offset >= module->size)
        return false;
    *ret = (struct names){.at = module->base + offset, .size = module->size - offset};
    ret->functions = pe_u32(call, ret->at + 0x14);
    ret->count = pe_u32(call, ret->at + 0x18);
    if (ret->functions > NAMES_MAX || ret->count > NAMES_MAX)
        return false;
    ret->origin = pe_u32(call, ret->at + 0x24) + 2 * (uint64_t)ret->count <= ret->size
                      ? ret->at
                      : module->base;
    return true;
}

static bool name_is(const struct xe_call *call, xe_gva at, const char *name)
{
    uint32_t size = (uint32_t)strlen(name) + 1;
    const char *there = xe_mem_view(call->mem, at, size);

    return there && memcmp(there, name, size) == 0;
}

static xe_gva export_named(const struct xe_call *call, const struct xe_module *module,
                           const char *name)
{
    struct names names;

    if (!find_names(call, module, &names))
        return 0;
    xe_kernel_work(call->kernel, (uint64_t)names.count * NAME_NS);
    for (uint32_t i = 0; i < names.count; i++) {
        xe_gva pointer = names.origin + pe_u32(call, names.at + 0x20) + 4 * i;
        uint32_t index = pe_u16(call, names.origin + pe_u32(call, names.at + 0x24) + 2 * i);

        if (index < names.functions && name_is(call, names.origin + pe_u32(call, pointer), name))
            return module->base +
                   pe_u32(call, names.origin + pe_u32(call, names.at + 0x1C) + 4 * index);
    }
    return 0;
}

/* Argument 1 is an ordinal or, above what ordinals can be, a name's address. */
static xe_gva module_export(const struct xe_call *call, const struct xe_module *module)
{
    uint32_t ordinal = xe_arg_u32(call, 1);
    char name[64];

    if (ordinal < 0x10000)
        return xe_kernel_module_export(call->kernel, module, ordinal);
    return xe_arg_cstr(call, 1, name, sizeof(name)) ? export_named(call, module, name) : 0;
}

static xe_gva own_export(const struct xe_call *call, uint32_t module)
{
    uint32_t ordinal = xe_arg_u32(call, 1);
    bool variable = false;

    if (ordinal >= 0x10000 || !xe_hle_name((enum xe_hle_module)module, ordinal, &variable))
        return 0;
    return variable ? xe__hle_variable(xe__hle(call), module, ordinal)
                    : xe__hle_function(xe__hle(call), module, NULL, ordinal);
}

/* The title's, if there is no handle. */
static xe_gva export_of(const struct xe_call *call, uint32_t handle)
{
    const struct xe_module *module;

    for (uint32_t own = 0; handle && xe_kernel_module_own(own); own++)
        if (xe_kernel_module_own(own) == handle)
            return own_export(call, own);
    module = xe_kernel_module_by_handle(call->kernel,
                                        handle ? handle : xe_kernel_title(call->kernel)->module);
    return module ? module_export(call, module) : 0;
}

static void xex_get_procedure_address(struct xe_call *call)
{
    uint32_t handle = xe_arg_u32(call, 0);
    xe_gva address = export_of(call, handle);

    xe_mem_set_u32(call->mem, xe_arg_gva(call, 2), address);
    if (!address)
        xe_kernel_call_guest_error(call, "module 0x%08x has no procedure 0x%x", handle,
                                   xe_arg_u32(call, 1));
    xe_ret_status(call, address ? XE_STATUS_SUCCESS : XE_STATUS_DRIVER_ENTRYPOINT_NOT_FOUND);
}

/* ---- sections -------------------------------------------------------------------------------- */

/* A resource of a module, by its name of at most 8 characters; of the title, if none is named. */
static void xex_get_module_section(struct xe_call *call)
{
    uint32_t handle = xe_arg_u32(call, 0);
    const struct xe_module *module = xe_kernel_module_by_handle(
        call->kernel, handle ? handle : xe_kernel_title(call->kernel)->module);
    uint32_t at = module ? header_field(call, module->headers, 0x000002FF) : 0;
    uint32_t size = at ? xe_mem_u32(call->mem, at) : 0, count = size >= 4 ? (size - 4) / 16 : 0;
    char name[16], here[9] = "";

    if (handle && !module) {
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

/* ---- loading --------------------------------------------------------------------------------- */

#define IMAGE_MAX 0x10000000u

/* Is it one of the kernel's own? They are always there, and counting them changes nothing. */
static bool load_own(struct xe_call *call, const char *path, xe_gva out)
{
    xe_gva own = xe_kernel_module_own(xe__hle_module(xe_kernel_module_base_name(path)));

    if (!own)
        return false;
    if (out)
        xe_mem_set_u32(call->mem, out, own);
    xe_ret_status(call, XE_STATUS_SUCCESS);
    return true;
}

static void load(struct xe_call *call, struct xe_module_request *request)
{
    char path[256];
    bool named = xe_arg_cstr(call, request->bytes ? 2 : 0, path, sizeof(path));
    size_t length = strlen(xe_kernel_module_base_name(path));

    request->path = path;
    if (!named || !length || length >= XE_MODULE_NAME) {
        if (request->out)
            xe_mem_set_u32(call->mem, request->out, 0);
        xe_ret_status(call, XE_STATUS_OBJECT_NAME_INVALID);
        return;
    }
    for (char *at = path; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    if (!load_own(call, path, request->out))
        xe_kernel_module_load(call->thread, request);
}

/* The handle's address may be NULL. Source: doc/facts/modules.md, section 1. */
static void xex_load_image(struct xe_call *call)
{
    load(call, &(struct xe_module_request){.flags = xe_arg_u32(call, 1) | XE_MODULE_LIBRARY,
                                           .version = xe_arg_u32(call, 2),
                                           .out = xe_arg_gva(call, 3)});
}

static void xex_load_executable(struct xe_call *call)
{
    load(call, &(struct xe_module_request){.flags = xe_arg_u32(call, 2),
                                           .version = xe_arg_u32(call, 3),
                                           .out = xe_arg_gva(call, 1)});
}

/* From a copy: what is loaded may lie where it is read from. */
static void xex_load_image_from_memory(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 1);
    struct xe_module_request request = {.size = size,
                                        .flags = xe_arg_u32(call, 3) | XE_MODULE_LIBRARY,
                                        .version = xe_arg_u32(call, 4),
                                        .out = xe_arg_gva(call, 5)};
    void *bytes = size && size <= IMAGE_MAX ? xe_calloc(1, size) : NULL;

    request.bytes = bytes;
    if (bytes && xe_mem_read(call->mem, xe_arg_gva(call, 0), bytes, size))
        load(call, &request);
    else
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
    xe_free(bytes);
}

/* Headers of a file, which stay a file's: as many bytes as they say that there are. Source: sizes
 * and statuses as xenia-canary has them. Guess: the status of a file that isn't there; a console's
 * would settle it. */
#define HEADERS_UNIT  0x800u
#define HEADERS_BYTES 0x10000u
#define XEX2          0x58455832u

static uint32_t copy_headers(struct xe_call *call, const uint8_t *bytes, uint32_t got)
{
    uint32_t size = got >= 12 ? xe_load_be32(bytes + 8) : 0;

    if (!got)
        return XE_STATUS_OBJECT_NAME_NOT_FOUND;
    if (got < 12 || xe_load_be32(bytes) != XEX2 || !size || size > HEADERS_BYTES ||
        size % HEADERS_UNIT || size > got)
        return XE_STATUS_INVALID_IMAGE_FORMAT;
    if (size > xe_arg_u32(call, 2))
        return XE_STATUS_BUFFER_TOO_SMALL;
    return xe_mem_write(call->mem, xe_arg_gva(call, 1), bytes, size) ? XE_STATUS_SUCCESS
                                                                     : XE_STATUS_ACCESS_VIOLATION;
}

static void xex_load_image_headers(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    uint32_t length = xe_mem_u16(call->mem, at), status = XE_STATUS_INSUFFICIENT_RESOURCES;
    uint8_t *bytes;
    char path[256];

    if (xe_arg_u32(call, 2) < HEADERS_UNIT) {
        xe_ret_status(call, XE_STATUS_BUFFER_TOO_SMALL);
        return;
    }
    if (!length || length >= sizeof(path) ||
        !xe_mem_read(call->mem, xe_mem_u32(call->mem, at + 4), path, length)) {
        xe_ret_status(call, XE_STATUS_OBJECT_NAME_INVALID);
        return;
    }
    path[length] = '\0';
    bytes = xe_calloc(1, HEADERS_BYTES);
    if (bytes)
        status = copy_headers(call, bytes,
                              xe_kernel_module_head(call->kernel, path, bytes, HEADERS_BYTES));
    xe_free(bytes);
    xe_ret_status(call, status);
}

/* The executable that was loaded last begins, in a thread whose start-up routine is the argument;
 * it is the title from then on if there is none. Source: doc/facts/modules.md, section 1. Guess:
 * what is returned without one. */
static void xex_start_executable(struct xe_call *call)
{
    struct xe_kernel *kernel = call->kernel;
    const struct xe_module *module = xe_kernel_module_executable(kernel);
    struct xe_thread_request request = {
        .startup = xe_arg_gva(call, 0), .process = XE_PROCESS_TITLE, .hw = -1};
    xe_gva cell = xe_kernel_variable(kernel, XE_ORD_XBOXKRNL_XexExecutableModuleHandle);
    uint32_t status = XE_STATUS_INVALID_HANDLE;
    struct xe_thread *thread = NULL;

    request.start = module ? module->entry : 0;
    if (request.start)
        thread = xe_kernel_thread_create(kernel, &request, &status);
    if (thread && !xe_mem_u32(call->mem, cell))
        xe_mem_set_u32(call->mem, cell, module->ldr);
    if (thread)
        xe_kernel_object_unref(thread->object);
    xe_ret_status(call, thread ? XE_STATUS_SUCCESS : status);
}

static void unload(struct xe_call *call, bool ends)
{
    uint32_t handle = xe_arg_u32(call, 0);
    struct xe_module *module = xe_kernel_module_by_handle(call->kernel, handle);
    bool own = false;

    for (uint32_t i = 0; xe_kernel_module_own(i); i++)
        own |= xe_kernel_module_own(i) == handle;
    if (module || own || ends)
        xe_kernel_module_unload(call->thread, module, ends, xe_arg_u32(call, 1));
    else
        xe_ret_status(call, XE_STATUS_INVALID_HANDLE);
}

static void xex_unload_image(struct xe_call *call)
{
    unload(call, false);
}

static void xex_unload_image_and_exit_thread(struct xe_call *call)
{
    unload(call, true);
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
    XE_HLE(XBOXKRNL, XexLoadExecutable, xex_load_executable,
           "name:cstr module:ptr flags:u32 version:u32 -> status"),
    XE_HLE(XBOXKRNL, XexLoadImageFromMemory, xex_load_image_from_memory,
           "bytes:ptr size:u32 name:cstr flags:u32 version:u32 module:ptr -> status"),
    XE_HLE(XBOXKRNL, XexLoadImageHeaders, xex_load_image_headers,
           "path:STRING* headers:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, XexStartExecutable, xex_start_executable, "routine:ptr -> status"),
    XE_HLE(XBOXKRNL, XexUnloadImage, xex_unload_image, "module:u32 -> status"),
    XE_HLE(XBOXKRNL, XexUnloadImageAndExitThread, xex_unload_image_and_exit_thread,
           "module:u32 code:u32 -> void"),
    XE_HLE(XAM, GetModuleHandleA, get_module_handle, "name:cstr -> handle"),
    XE_HLE(XAM, XamGetExecutionId, xam_get_execution_id, "info:ptr -> u32"),
    XE_HLE(XAM, XamGetCurrentTitleId, xam_get_current_title_id, "-> u32"),
    XE_HLE_END,
};
