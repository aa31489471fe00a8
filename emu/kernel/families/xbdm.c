/* xbdm, the debug monitor, on a development console that nobody is connected to: what titles built
 * for those ask of it. It is there for pool, a name and lines of text; who would send commands or
 * profile isn't.
 * Source: doc/facts/kernel-calls.md, section 15; argument lists as xkelib has them. */
#include <stdio.h>
#include <string.h>

#include "kernel/core/object.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define SUCCESS          0x02DA0000u
#define FAILED           0x82DA0000u
#define END_OF_LIST      0x82DA0104u
#define BUFFER_TOO_SMALL 0x82DA0105u
#define E_INVALID        0x80070057u
#define TEXT_MAX         1024u
#define NAME             "xe360d"

static void refuse(struct xe_call *call)
{
    xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
}

static void fail(struct xe_call *call)
{
    xe_ret_u32(call, FAILED);
}

static void succeed(struct xe_call *call)
{
    xe_ret_u32(call, SUCCESS);
}

static void answer_no(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* Functions that compilers call around those of the title: registers stay as they are. */
static void pass(struct xe_call *call)
{
    (void)call;
}

/* ---- pool ----------------------------------------------------------------------------------- */

static void allocate(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 0);

    xe_ret_u32(call, xe_kernel_pool_alloc_for(call->kernel, size ? size : 1, XE_POOL_TITLE));
}

static void release(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    if (at && !xe_kernel_pool_free_for(call->kernel, at, XE_POOL_TITLE))
        xe_kernel_call_guest_error(call, "0x%08x was not allocated from pool", at);
}

/* ---- what it is asked ----------------------------------------------------------------------- */

/* Titles go on until they are told that it is the end. */
static void walk_modules(struct xe_call *call)
{
    xe_ret_u32(call, END_OF_LIST);
}

/* (name, room): room is told how much is needed, the NUL included. Guess: also where it fails. */
static void get_name(struct xe_call *call)
{
    uint8_t *room = xe_arg_view_rw(call, 1, 4);
    uint32_t had = room ? xe_load_be32(room) : 0;

    if (!room || !xe_arg_gva(call, 0)) {
        xe_ret_u32(call, E_INVALID);
        return;
    }
    xe_store_be32(room, sizeof(NAME));
    if (had < sizeof(NAME))
        xe_ret_u32(call, BUFFER_TOO_SMALL);
    else if (!xe_mem_write(call->mem, xe_arg_gva(call, 0), NAME, sizeof(NAME)))
        xe_ret_u32(call, E_INVALID);
    else
        xe_ret_u32(call, SUCCESS);
}

/* DM_SYSTEM_INFO: its size, then versions of the kernel that a console came with, of the kernel,
 * and of the libraries (major, minor, build, quick fix), then flags. All are this kernel's. */
static void get_system_info(struct xe_call *call)
{
    enum { SIZE = 0x20, BASE_KERNEL = 0x04, KERNEL = 0x0C, XDK = 0x14, FLAGS = 0x1C };
    xe_gva version =
        xe__hle_variable(xe__hle(call), XE_HLE_XBOXKRNL, XE_ORD_XBOXKRNL_XboxKrnlVersion);
    uint8_t *info = xe_arg_view_rw(call, 0, SIZE);
    uint8_t bytes[8];

    if (!info || xe_load_be32(info) != SIZE || !xe_mem_read(call->mem, version, bytes, 8)) {
        xe_ret_u32(call, E_INVALID);
        return;
    }
    memcpy(info + BASE_KERNEL, bytes, 8);
    memcpy(info + KERNEL, bytes, 8);
    memcpy(info + XDK, bytes, 8);
    xe_store_be32(info + FLAGS, 0);
    xe_ret_u32(call, SUCCESS);
}

static void send_notification(struct xe_call *call)
{
    char text[TEXT_MAX];

    xe_arg_cstr(call, 0, text, sizeof(text));
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "xbdm", "notification: %s", text);
}

/* The names under which titles reach the disk of a development console. */
static void map_devkit_drive(struct xe_call *call)
{
    static const char *const names[] = {"DEVKIT:", "e:"};

    for (unsigned i = 0; i < 2; i++)
        xe_kernel_object_link_create(call->kernel, names[i], "\\Device\\Harddisk0\\Partition1");
    xe_ret_u32(call, 0);
}

const struct xe_hle xe_hle_xbdm[] = {
    XE_HLE(XBDM, DmAllocatePool, allocate, "size:u32 -> ptr"),
    XE_HLE(XBDM, DmAllocatePoolWithTag, allocate, "size:u32 tag:u32 -> ptr"),
    XE_HLE(XBDM, DmFreePool, release, "at:ptr -> void"),
    XE_HLE(XBDM, DmWalkLoadedModules, walk_modules, "walk:ptr module:ptr -> u32"),
    XE_HLE(XBDM, DmCloseLoadedModules, pass, "walk:ptr -> void"),
    XE_HLE(XBDM, DmGetXboxName, get_name, "name:ptr room:ptr -> u32"),
    XE_HLE(XBDM, DmGetSystemInfo, get_system_info, "info:DM_SYSTEM_INFO* -> u32"),
    XE_HLE(XBDM, DmIsDebuggerPresent, answer_no, "-> bool"),
    XE_HLE(XBDM, DmIsFastCAPEnabled, fail, "-> u32"),
    XE_HLE(XBDM, DmRegisterCommandProcessor, succeed, "name:cstr handler:ptr -> u32"),
    XE_HLE(XBDM, DmRegisterCommandProcessorEx, succeed, "name:cstr handler:ptr thread:ptr -> u32"),
    XE_HLE(XBDM, DmSendNotificationString, send_notification, "text:cstr -> void"),
    XE_HLE(XBDM, DmMapDevkitDrive, map_devkit_drive, "-> u32"),
    XE_HLE(XBDM, DmStartProfiling, refuse, "file:cstr size:u32 -> u32"),
    XE_HLE(XBDM, DmStopProfiling, refuse, "-> u32"),
    XE_HLE(XBDM, DmSetProfilingOptions, refuse, "flags:u32 -> u32"),
    XE_HLE(XBDM, __CAP_Start_Profiling, pass, "from:ptr to:ptr -> void"),
    XE_HLE(XBDM, __CAP_End_Profiling, pass, "-> void"),
    XE_HLE(XBDM, __CAP_Enter_Function, pass, "-> void"),
    XE_HLE(XBDM, __CAP_Exit_Function, pass, "-> void"),
    XE_HLE_END,
};
