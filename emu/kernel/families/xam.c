/* xam: locale, loader, notifications. What a person would be asked is answered by settings; the
 * console is American.
 * Source: result codes as xenia and xkelib have them. */
#include <stdio.h>
#include <string.h>

#include "kernel/core/dispatcher.h"
#include "kernel/core/notify.h"
#include "kernel/hle/hle_internal.h"
#include "kernel/families/shared.h"
#include "kernel/core/promise.h"
#include "kernel/core/thread.h"

#define ERROR_IO_PENDING 0x3E5u

#define VALUE(fn, value)                                                                           \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        xe_ret_u32(call, value);                                                                   \
    }

VALUE(zero, 0)
VALUE(one, 1)
VALUE(region_america, 0x00FF)
VALUE(system_version, 0x20449700u)
VALUE(audio_flags, 0x00010001u)

/* ---- notifications --------------------------------------------------------------------------- */

/* What it can hear of: controllers and screens that come and go. Nobody signs in, and there is no
 * storage to be chosen. */
static void create_listener(struct xe_call *call, uint32_t version)
{
    uint64_t areas = xe_arg_u64(call, 0);
    struct xe_object *listener = xe_kernel_listener_create(call->kernel, areas, version);
    xe_handle handle = 0;

    if (listener) {
        handle = xe_kernel_handle_open(listener);
        xe_kernel_promise_make(call->kernel, &(struct xe_promise){.kind = XE_PROMISE_NOTIFICATION,
                                                                  .token = listener->id,
                                                                  .object = listener,
                                                                  .key = handle,
                                                                  .due = areas & XE_NOTIFY_SYSTEM
                                                                             ? XE_PROMISE_UNKNOWN
                                                                             : XE_PROMISE_NEVER});
        xe_kernel_object_unref(listener);
    }
    xe_ret_u32(call, handle);
}

static void xam_notify_create_listener(struct xe_call *call)
{
    create_listener(call, xe_arg_u32(call, 1));
}

static void xam_notify_create_listener_internal(struct xe_call *call)
{
    create_listener(call, xe_arg_u32(call, 2));
}

static void x_notify_get_next(struct xe_call *call)
{
    uint32_t handle = xe_arg_u32(call, 0);
    struct xe_object *object = xe_kernel_handle_object(call->kernel, handle);
    struct xe_notification next = {0};
    bool there = object && object->type == &xe_object_notify_type;

    if (!there)
        xe_kernel_call_guest_error(call, "0x%x is no listener", handle);
    there = there && xe_kernel_listener_next(object, handle, xe_arg_u32(call, 1), &next);
    if (there && xe_arg_gva(call, 2))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 2), next.id);
    if (there && xe_arg_gva(call, 3))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 3), next.param);
    xe_ret_u32(call, there);
}

static void x_notify_queue_ui(struct xe_call *call)
{
    char text[128];

    xe__kernel_wide_text(call, 3, text, sizeof(text));
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "xam", "notice to the user: %s", text);
    xe_ret_u32(call, 0);
}

/* A message box is answered with the button that has the focus. */
static void xam_show_message_box(struct xe_call *call)
{
    bool ex = call->row->ordinal == XE_ORD_XAM_XamShowMessageBoxUIEx;
    xe_gva result = xe_arg_gva(call, ex ? 8 : 7), overlapped = xe_arg_gva(call, ex ? 9 : 8);

    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "xam",
                 "message box answered with its focused button %u", xe_arg_u32(call, 5));
    xe_kernel_notify_screen(call->kernel);
    if (result)
        xe_mem_set_u32(call->mem, result, xe_arg_u32(call, 5));
    xe_ret_u32(call, xe__hle_overlapped_done(call, overlapped, 0) ? ERROR_IO_PENDING : 0);
}

/* ---- thin wrappers for titles that import Win32 from xam ------------------------------------- */

static void get_current_thread_id(struct xe_call *call)
{
    xe_ret_u32(call, call->thread->tid);
}

static void close_handle(struct xe_call *call)
{
    uint32_t status = xe_kernel_handle_close(call->kernel, xe_arg_u32(call, 0));

    if (status)
        xe_kernel_thread_set_last_error(call->thread, xe__kernel_dos_error(status));
    xe_ret_u32(call, !status);
}

static void sleep_ms(struct xe_call *call)
{
    uint32_t ms = xe_arg_u32(call, 0);

    xe_kernel_wait_delay(call->thread, ms == UINT32_MAX ? XE_WAIT_FOREVER : -(int64_t)ms * 10000,
                         false, true);
}

const struct xe_hle xe_hle_xam_misc[] = {
    XE_HLE(XAM, XamNotifyCreateListener, xam_notify_create_listener,
           "mask:u64 version:u32 -> handle"),
    XE_HLE(XAM, XamNotifyCreateListenerInternal, xam_notify_create_listener_internal,
           "mask:u64 system:bool version:u32 -> handle"),
    XE_HLE(XAM, XNotifyGetNext, x_notify_get_next,
           "listener:handle match:u32 id:ptr param:ptr -> bool"),
    XE_HLE(XAM, XNotifyPositionUI, zero, "where:u32 -> u32"),
    XE_HLE(XAM, XNotifyQueueUI, x_notify_queue_ui,
           "type:u32 user:u32 areas:u64 text:wstr context:ptr -> u32"),
    XE_HLE(XAM, XamShowMessageBoxUI, xam_show_message_box,
           "user:u32 title:wstr text:wstr buttons:u32 texts:ptr focus:u32 flags:u32 result:ptr "
           "overlapped:ptr -> u32"),
    XE_HLE(
        XAM, XamShowMessageBoxUIEx, xam_show_message_box,
        "user:u32 title:wstr text:wstr buttons:u32 texts:ptr focus:u32 flags:u32 x:u32 result:ptr "
        "overlapped:ptr -> u32"),
    XE_HLE(XAM, XamIsUIActive, zero, "-> bool"),
    XE_HLE(XAM, XamEnableInactivityProcessing, zero, "which:u32 on:bool -> u32"),
    XE_HLE(XAM, XamResetInactivity, zero, "-> u32"),
    XE_HLE(XAM, XamSetDashContext, zero, "context:u32 -> u32"),
    XE_HLE(XAM, XamGetSystemVersion, system_version, "-> u32"),
    XE_HLE(XAM, XGetLanguage, one, "-> u32"),
    XE_HLE(XAM, XamGetLanguage, one, "-> u32"),
    XE_HLE(XAM, XGetAudioFlags, audio_flags, "-> u32"),
    XE_HLE(XAM, XGetVideoCapabilities, zero, "-> u32"),
    XE_HLE(XAM, XamFeatureEnabled, zero, "feature:u32 -> bool"),
    XE_HLE(XAM, XNotifyDelayUI, zero, "ms:u32 -> u32"),
    XE_HLE(XAM, XamVoiceIsActiveProcess, zero, "-> bool"),
    XE_HLE(XAM, XamVoiceHeadsetPresent, zero, "voice:ptr -> bool"),
    XE_HLE(XAM, XGetGameRegion, region_america, "-> u32"),
    XE_HLE(XAM, GetCurrentThreadId, get_current_thread_id, "-> u32"),
    XE_HLE(XAM, CloseHandle, close_handle, "handle:handle -> bool"),
    XE_HLE(XAM, Sleep, sleep_ms, "ms:u32 -> void"),
    XE_HLE_END,
};
