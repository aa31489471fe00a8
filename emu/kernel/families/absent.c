/* Services of xam that this console doesn't have, or that nobody is there to use: calls answer as
 * they do on a console without voice, party, camera or avatars, on which nobody is signed in, and
 * what a person would be asked is answered for them.
 * Source: results as xenia has them for a console that is offline. */
#include <stdio.h>

#include "kernel/core/notify.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"
#include "xe/log.h"

#define ERROR_ACCESS_DENIED     0x005u
#define ERROR_INVALID_HANDLE    0x006u
#define ERROR_FUNCTION_FAILED   0x65Bu
#define ERROR_INVALID_PARAMETER 0x057u
#define ERROR_IO_PENDING        0x3E5u
#define ERROR_NOT_FOUND         0x490u
#define ERROR_CANCELLED         0x4C7u
#define ERROR_NO_SUCH_USER      0x525u
#define ERROR_BUSY              0x0AAu
#define HRESULT_BUSY            0x800700AAu
#define HRESULT_NOT_FOUND       0x80070490u
#define PARTY_NOT_THERE         0x807D0003u
#define NOT_THERE               0xFFFFFFFFu

#define VALUE(fn, value)                                                                           \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        xe_ret_u32(call, value);                                                                   \
    }
VALUE(zero, 0)
VALUE(one, 1)
VALUE(failed, ERROR_FUNCTION_FAILED)
VALUE(hr_busy, HRESULT_BUSY)
VALUE(hr_not_found, HRESULT_NOT_FOUND)
VALUE(no_party, PARTY_NOT_THERE)
VALUE(not_there, NOT_THERE)
VALUE(no_user, ERROR_NO_SUCH_USER)
#undef VALUE

/* Stores a word through argument n, and answers; or that it can't. */
static void give(struct xe_call *call, unsigned n, uint32_t value, uint32_t answer)
{
    bool stored = xe__kernel_store_u32(call, n, value);

    xe_ret_u32(call, stored ? answer : ERROR_INVALID_PARAMETER);
}

/* By the overlapped at argument n, if there is one. */
static void later(struct xe_call *call, unsigned n, uint32_t result)
{
    bool pending = xe__hle_overlapped_done(call, xe_arg_gva(call, n), result);

    xe_ret_u32(call, pending ? ERROR_IO_PENDING : result);
}

/* ---- voice, sessions, devices, tiles -------------------------------------------------------- */

static void voice_create(struct xe_call *call)
{
    give(call, 2, 0, ERROR_ACCESS_DENIED);
}

/* A number that is no handle of the kernel's: a session lives in xam. */
#define SESSION_HANDLE 0xCAFED00Du
#define SESSION_OBJECT 0xCAFED11Du

static void session_create(struct xe_call *call)
{
    give(call, 0, SESSION_HANDLE, 0);
}

static void session_object(struct xe_call *call)
{
    bool known = xe_arg_u32(call, 0) == SESSION_HANDLE;

    give(call, 1, known ? SESSION_OBJECT : 0, known ? 0 : ERROR_INVALID_HANDLE);
}

/* Neither keyboard nor mouse, and no camera, which can be made ready for all the same.
 * Guess: of a mouse, by what titles are known to look for in a keyboard's answer. */
static void hid_not_connected(struct xe_call *call)
{
    xe_ret_status(call, XE_STATUS_DEVICE_NOT_CONNECTED);
}

/* Structure of 5 words: nothing is connected. */
static void nui_device_status(struct xe_call *call)
{
    for (uint32_t i = 0; i < 4 && xe_arg_gva(call, 0); i++)
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 0) + 4 * i, 0);
    xe_ret_u32(call, 0);
}

#define TILE_HEIGHT_MAX 0x1000u
#define TILE_BYTES_MAX  0x100000u

/* A white picture. */
static void read_tile(struct xe_call *call)
{
    uint32_t stride = xe_arg_u32(call, 5), height = xe_arg_u32(call, 6);
    uint64_t size = (uint64_t)stride * height;
    uint8_t *to = size && height <= TILE_HEIGHT_MAX && size <= TILE_BYTES_MAX
                      ? xe_arg_view_rw(call, 4, (uint32_t)size)
                      : NULL;

    for (uint64_t i = 0; to && i < size; i++)
        to[i] = 0xFF;
    xe_kernel_work(call->kernel, size);
    later(call, 7, to ? 0 : ERROR_FUNCTION_FAILED);
}

static void write_tile(struct xe_call *call)
{
    later(call, 5, ERROR_NO_SUCH_USER);
}

static void parse_tile_key(struct xe_call *call)
{
    for (unsigned i = 1; i < 4; i++)
        xe__kernel_store_u32(call, i, 0);
    xe_ret_u32(call, ERROR_NOT_FOUND);
}

static void unsafe_programming(struct xe_call *call)
{
    give(call, 2, 0, 0);
}

/* ---- what a person would be asked ----------------------------------------------------------- */

/* The title hears of the screen, as if it had been there. */
static void show(const struct xe_call *call, const char *answer)
{
    xe_kernel_notify_screen(call->kernel);
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "xam", "%s: %s", call->row->name,
                 answer);
}

/* Nobody signs in, buys or joins anything: the screen is closed at once. */
static void closes(struct xe_call *call)
{
    show(call, "nobody is there, it is closed");
    xe_ret_u32(call, 0);
}

static void closes_later(struct xe_call *call)
{
    show(call, "nobody is there, it is cancelled");
    if (xe_arg_gva(call, 4))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 4), 0);
    later(call, 5, ERROR_CANCELLED);
}

/* What is typed is the text that was proposed. */
static void keyboard(struct xe_call *call)
{
    xe_gva from = xe_arg_gva(call, 2), to = xe_arg_gva(call, 5);
    uint32_t room = xe_arg_u32(call, 6), n = 0;

    if (!to || !xe_arg_gva(call, 7)) {
        xe_ret_u32(call, ERROR_INVALID_PARAMETER);
        return;
    }
    show(call, "the text that was proposed is taken");
    while (from && n + 1 < room && n < 0x1000 && xe_mem_u16(call->mem, from + 2 * n)) {
        xe_mem_set_u16(call->mem, to + 2 * n, xe_mem_u16(call->mem, from + 2 * n));
        n++;
    }
    if (room)
        xe_mem_set_u16(call->mem, to + 2 * n, 0);
    later(call, 7, 0);
}

/* Its one device, the hard disk. */
static void device_selector(struct xe_call *call)
{
    if (!xe_arg_gva(call, 5)) {
        xe_ret_u32(call, ERROR_INVALID_PARAMETER);
        return;
    }
    if (!xe__kernel_store_u32(call, 4, 1)) {
        xe_ret_u32(call, ERROR_INVALID_PARAMETER);
        return;
    }
    show(call, "the hard disk is chosen");
    later(call, 5, 0);
}

/* A console shows this until it is switched off: the title's own files could not be read. */
static void dirty_disc(struct xe_call *call)
{
    char text[96];

    snprintf(text, sizeof(text), "user %u is told that the disc can't be read",
             xe_arg_u32(call, 0));
    xe_kernel_exit(call->kernel, XE_CAUSE_LAUNCH, NULL, text);
}

const struct xe_hle xe_hle_absent[] = {
    XE_HLE(XAM, XamVoiceCreate, voice_create, "user:u32 attributes:u32 voice:ptr -> u32"),
    XE_HLE(XAM, XamVoiceSubmitPacket, hr_busy, "voice:ptr packet:ptr size:ptr -> u32"),
    XE_HLE(XAM, XamVoiceClose, zero, "voice:ptr -> u32"),
    XE_HLE(XAM, XamSessionCreateHandle, session_create, "handle:ptr -> u32"),
    XE_HLE(XAM, XamSessionRefObjByHandle, session_object, "handle:u32 object:ptr -> u32"),
    XE_HLE(XAM, XamUserGetSubscriptionType, no_user, "user:u32 a:ptr b:ptr -> u32"),
    XE_HLE(XAM, XamUserIsUnsafeProgrammingAllowed, unsafe_programming,
           "user:u32 a:u32 allowed:ptr -> u32"),
    XE_HLE(XAM, XamNuiGetDeviceStatus, nui_device_status, "status:ptr -> u32"),
    XE_HLE(XAM, XamAvatarInitialize, not_there,
           "a:u32 b:u32 processor:u32 functions:ptr c:ptr d:u32 -> u32"),
    XE_HLE(XAM, XamAvatarShutdown, zero, "-> void"),
    XE_HLE(XAM, XamPartyGetUserList, no_party, "count:u32 list:ptr -> u32"),
    XE_HLE(XAM, XamPartySendGameInvites, failed, "a:u32 b:u32 overlapped:ptr -> u32"),
    XE_HLE(XAM, XamPartySetCustomData, failed, "a:u32 b:u32 c:u32 -> u32"),
    XE_HLE(XAM, XamPartyGetBandwidth, failed, "a:u32 b:u32 -> u32"),
    XE_HLE(XAM, XamMediaVerificationCreate, zero, "flags:u32 -> u32"),
    XE_HLE(XAM, XamMediaVerificationClose, zero, "-> u32"),
    XE_HLE(XAM, XamMediaVerificationVerify, zero, "a:u32 b:u32 c:u32 -> u32"),
    XE_HLE(XAM, XamMediaVerificationFailedBlocks, zero, "a:u32 b:u32 -> u32"),
    XE_HLE(XAM, XamMediaVerificationInject, zero, "a:u32 -> u32"),
    XE_HLE(XBOXKRNL, HidReadKeys, hid_not_connected, "device:u32 a:ptr b:ptr -> status"),
    XE_HLE(XBOXKRNL, HidReadMouseChanges, hid_not_connected, "device:u32 changes:ptr -> status"),
    XE_HLE(XBOXKRNL, XUsbcamCreate, zero, "buffer:ptr size:u32 a:ptr -> status"),
    XE_HLE(XBOXKRNL, XUsbcamGetState, zero, "-> u32"),
    XE_HLE(XAM, XamReadTileToTexture, read_tile,
           "type:u32 title:u32 tile:u64 user:u32 buffer:ptr stride:u32 height:u32 overlapped:ptr "
           "-> u32"),
    XE_HLE(XAM, XamWriteGamerTile, write_tile,
           "a:u32 b:u32 c:u32 d:u32 e:u32 overlapped:ptr -> u32"),
    XE_HLE(XAM, XamParseGamerTileKey, parse_tile_key, "key:ptr a:ptr b:ptr c:ptr -> u32"),
    XE_HLE(XAM, XamQueryLiveHiveW, hr_not_found, "name:wstr value:ptr size:u32 type:u32 -> u32"),
    XE_HLE(XAM, XamGetStagingMode, zero, "-> u32"),
    XE_HLE(XAM, XamGetOnlineSchema, zero, "-> ptr"),
    XE_HLE(XAM, XamGetDashContext, zero, "-> u32"),
    XE_HLE(XAM, XamIsCurrentTitleDash, zero, "-> bool"),
    XE_HLE(XAM, XCustomRegisterDynamicActions, zero, "-> u32"),
    XE_HLE(XAM, XAutomationpUnbindController, zero, "user:u32 -> u32"),
    XE_HLE(XAM, XamLoaderGetDvdTrayState, one, "-> u32"),
    XE_HLE(XAM, XamShowSigninUI, closes, "panes:u32 flags:u32 -> u32"),
    XE_HLE(XAM, XamShowSigninUIp, closes, "user:u32 panes:u32 flags:u32 -> u32"),
    XE_HLE(XAM, XamShowAchievementsUI, closes, "user:u32 title:u32 -> u32"),
    XE_HLE(XAM, XamShowMarketplaceUI, closes, "user:u32 type:u32 offer:u64 types:u32 -> u32"),
    XE_HLE(XAM, XamShowMarketplaceDownloadItemsUI, closes_later,
           "user:u32 type:u32 offers:ptr count:u32 result:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamShowPartyUI, closes, "user:u32 which:u32 -> u32"),
    XE_HLE(XAM, XamShowCommunitySessionsUI, closes, "user:u32 which:u32 -> u32"),
    XE_HLE(XAM, XamShowNuiTroubleshooterUI, closes, "a:u32 b:u32 c:u32 -> u32"),
    XE_HLE(XAM, XamShowKeyboardUI, keyboard,
           "user:u32 flags:u32 proposed:wstr title:wstr text:wstr buffer:ptr room:u32 "
           "overlapped:ptr -> u32"),
    XE_HLE(XAM, XamShowDeviceSelectorUI, device_selector,
           "user:u32 type:u32 flags:u32 bytes:u64 device:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamShowDirtyDiscErrorUI, dirty_disc, "user:u32 -> void"),
    XE_HLE_END,
};
