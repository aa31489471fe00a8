/* Messages to the applications inside of xam, and overlapped results. What is known of each is a
 * row: what it answers, and what it stores where. A message that no row knows fails, and is told.
 * Source: applications, messages and answers as xenia has them (kernel/xam/apps). */
#include "kernel/core/dispatcher.h"
#include "kernel/core/overlapped.h"
#include "kernel/core/thread.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define E_FAIL                  0x80004005u
#define HRESULT_NOT_FOUND       0x80070490u
#define ERROR_INVALID_PARAMETER 0x057u
#define ERROR_IO_PENDING        0x3E5u
#define ERROR_IO_INCOMPLETE     0x3E4u
#define ERROR_NOT_FOUND         0x490u
#define NOT_LOGGED_ON           0x80151802u

enum app { XMP = 0xFA, XGI = 0xFB, XLIVE = 0xFC, XAM = 0xFE };

/* `at` is an offset in the message's buffer, where a pointer lies, through which `value` is stored;
 * NOTHING: nothing is stored. */
#define NOTHING 0xFFu
static const struct row {
    uint8_t app, at;
    uint32_t message, result, value;
} rows[] = {
    {XMP, NOTHING, 0x00070003, 0, 0},               /* continue                          */
    {XMP, NOTHING, 0x00070004, 0, 0},               /* stop                              */
    {XMP, NOTHING, 0x00070005, 0, 0},               /* pause                             */
    {XMP, NOTHING, 0x00070006, 0, 0},               /* next                              */
    {XMP, NOTHING, 0x00070007, 0, 0},               /* previous                          */
    {XMP, NOTHING, 0x00070008, 0, 0},               /* set behaviour                     */
    {XMP, 4, 0x00070009, 0, 0},                     /* status: idle                      */
    {XMP, 4, 0x0007000B, 0, 0x3F800000},            /* volume: 1.0f                      */
    {XMP, NOTHING, 0x0007000C, 0, 0},               /* set volume                        */
    {XMP, NOTHING, 0x0007000E, E_FAIL, 0},          /* current song: there is none       */
    {XMP, NOTHING, 0x0007001A, 0, 0},               /* set controller                    */
    {XMP, 4, 0x0007001B, 0, 0},                     /* who controls: the title           */
    {XGI, NOTHING, 0x000B0006, 0, 0},               /* a context of a user               */
    {XGI, NOTHING, 0x000B0007, 0, 0},               /* a property of a user              */
    {XGI, NOTHING, 0x000B0008, 0x525, 0},           /* achievements: nobody signed in    */
    {XGI, NOTHING, 0x000B0010, 0x525, 0},           /* a session: likewise               */
    {XGI, NOTHING, 0x000B0011, 0, 0},               /* no session any more               */
    {XGI, NOTHING, 0x000B0021, 0x525, 0},           /* statistics                        */
    {XLIVE, NOTHING, 0x00058003, NOT_LOGGED_ON, 0}, /* logon                        */
    {XLIVE, 0, 0x00058004, 0, 1},                   /* logon id                          */
    {XLIVE, 0, 0x00058006, 0, 1},                   /* kind of NAT: open                 */
    {XLIVE, NOTHING, 0x00058007, NOT_LOGGED_ON, 0}, /* service                      */
    {XLIVE, NOTHING, 0x00058020, NOT_LOGGED_ON, 0}, /* friends                      */
    {XLIVE, NOTHING, 0x00058023, NOT_LOGGED_ON, 0}, /* invitation                   */
    {XLIVE, NOTHING, 0x00058046, 0, 0},
    {XAM, 0, 0x00022005, 0, 0}, /* it came on a disc                 */
};

static bool known_app(uint32_t app)
{
    return app == XMP || app == XGI || app == XLIVE || app == XAM || app == 0xF7;
}

/* What becomes of the message whose buffer is argument 2 (or `buffer`). */
static uint32_t dispatch(struct xe_call *call, uint32_t app, uint32_t message, xe_gva buffer)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];

        if (row->app != app || row->message != message)
            continue;
        if (row->at != NOTHING && buffer)
            xe_mem_set_u32(call->mem, xe_mem_u32(call->mem, buffer + row->at), row->value);
        return row->result;
    }
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_STUB, "xam",
                 "%s: nobody knows message 0x%08x to application 0x%02x", call->row->name, message,
                 app);
    return known_app(app) ? E_FAIL : HRESULT_NOT_FOUND;
}

static void in_process(struct xe_call *call)
{
    xe_ret_u32(call, dispatch(call, xe_arg_u32(call, 0), xe_arg_u32(call, 1), xe_arg_gva(call, 2)));
}

static void start_io(struct xe_call *call)
{
    uint32_t result = dispatch(call, xe_arg_u32(call, 0), xe_arg_u32(call, 1), xe_arg_gva(call, 3));

    if (result == HRESULT_NOT_FOUND) {
        xe_kernel_thread_set_last_error(call->thread, ERROR_NOT_FOUND);
        xe_ret_u32(call, ERROR_INVALID_PARAMETER);
    } else if (xe__hle_overlapped_done(call, xe_arg_gva(call, 2), result)) {
        xe_ret_u32(call, ERROR_IO_PENDING);
    } else {
        xe_ret_u32(call, result);
    }
}

static void complete_io(struct xe_call *call)
{
    xe__hle_overlapped_end(call, xe_arg_gva(call, 0), xe_arg_u32(call, 1), xe_arg_u32(call, 2),
                           xe_arg_u32(call, 3));
    xe_ret_u32(call, 0);
}

/* All that was started is done by then; what is still to be told is told now. */
static void cancel_io(struct xe_call *call)
{
    xe_kernel_overlapped_now(call->kernel, xe_arg_gva(call, 0));
    xe_ret_u32(call, 0);
}

/* Result, length and event of an XOVERLAPPED. */
enum { RESULT = 0, LENGTH = 4, EVENT = 12 };

/* Source: xenia; a title that may wait does so for the event. */
static void get_overlapped_result(struct xe_call *call)
{
    xe_gva overlapped = xe_arg_gva(call, 0);
    uint32_t result = xe_mem_u32(call->mem, overlapped + RESULT);
    uint32_t key = xe_mem_u32(call->mem, overlapped + EVENT);
    struct xe_object *event = key ? xe_kernel_handle_object(call->kernel, key) : NULL;

    if (result == ERROR_IO_PENDING && xe_arg_u32(call, 2) && event && event->header) {
        call->cpu->pc -= 4; /* it looks again then */
        xe_kernel_wait(call->thread, &(struct xe_wait_request){.count = 1,
                                                               .object = {event},
                                                               .key = {key},
                                                               .timeout = XE_WAIT_FOREVER,
                                                               .end = XE_WAIT_END_NOTHING});
        return;
    }
    if (result == ERROR_IO_PENDING)
        result = ERROR_IO_INCOMPLETE;
    else
        xe__kernel_store_u32(call, 1, xe_mem_u32(call->mem, overlapped + LENGTH));
    xe_ret_u32(call, result);
}

const struct xe_hle xe_hle_message[] = {
    XE_HLE(XAM, XMsgInProcessCall, in_process, "app:u32 message:u32 a:ptr b:ptr -> u32"),
    XE_HLE(XAM, XMsgSystemProcessCall, in_process,
           "app:u32 message:u32 buffer:ptr size:u32 -> u32"),
    XE_HLE(XAM, XMsgStartIORequest, start_io,
           "app:u32 message:u32 overlapped:ptr buffer:ptr size:u32 -> u32"),
    XE_HLE(XAM, XMsgStartIORequestEx, start_io,
           "app:u32 message:u32 overlapped:ptr buffer:ptr size:u32 more:ptr -> u32"),
    XE_HLE(XAM, XMsgCompleteIORequest, complete_io,
           "overlapped:ptr result:u32 extended:u32 length:u32 -> u32"),
    XE_HLE(XAM, XMsgCancelIORequest, cancel_io, "overlapped:ptr wait:bool -> u32"),
    XE_HLE(XAM, XamGetOverlappedResult, get_overlapped_result,
           "overlapped:ptr length:ptr wait:bool -> u32"),
    XE_HLE_END,
};
