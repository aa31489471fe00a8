/* Calls on sockets that have to wait, and who ends their waits.
 *
 * A socket's events tell what it is ready for, so that a thread which waits is parked where the
 * audit sees it; each signal lets one waiter go on, whose call is tried again at once, with its
 * arguments where it left them. */
#include "base/codec.h"
#include "kernel/core/clock.h"
#include "kernel/core/device.h"
#include "kernel/core/lacking.h"
#include "kernel/core/promise.h"
#include "kernel/core/state.h"
#include "kernel/families/net.h"

#define SIDE(side) (1u << XE__NET_##side)

static const struct {
    bool (*try)(struct xe_call *call, bool again);
    uint32_t sides; /* that end its wait; 0: those that its arguments name */
    enum xe_net_option timeout;
} ops[XE__NET_OPS] = {
    [XE__NET_ACCEPT] = {xe__net_try_accept, SIDE(READ), XE_NET_OPTIONS},
    [XE__NET_CONNECT] = {xe__net_try_connect, SIDE(WRITE) | SIDE(FAIL), XE_NET_OPTIONS},
    [XE__NET_RECV] = {xe__net_try_recv, SIDE(READ), XE_NET_RECEIVE_TIMEOUT},
    [XE__NET_RECVFROM] = {xe__net_try_recvfrom, SIDE(READ), XE_NET_RECEIVE_TIMEOUT},
    [XE__NET_SEND] = {xe__net_try_send, SIDE(WRITE), XE_NET_SEND_TIMEOUT},
    [XE__NET_SENDTO] = {xe__net_try_sendto, SIDE(WRITE), XE_NET_SEND_TIMEOUT},
    [XE__NET_WSASEND] = {xe__net_try_wsasend, SIDE(WRITE), XE_NET_SEND_TIMEOUT},
    [XE__NET_WSASENDTO] = {xe__net_try_wsasendto, SIDE(WRITE), XE_NET_SEND_TIMEOUT},
    [XE__NET_WSARECV] = {xe__net_try_wsarecv, SIDE(READ), XE_NET_RECEIVE_TIMEOUT},
    [XE__NET_WSARECVFROM] = {xe__net_try_wsarecvfrom, SIDE(READ), XE_NET_RECEIVE_TIMEOUT},
    [XE__NET_SELECT] = {xe__net_try_select, 0, XE_NET_OPTIONS},
    [XE__NET_RESULT] = {xe__net_try_result, 0, XE_NET_OPTIONS},
};

/* ---- answers -------------------------------------------------------------------------------- */

void xe__net_fail(struct xe_call *call, uint32_t error)
{
    xe_kernel_thread_set_last_error(call->thread, error);
    xe_ret_s32(call, -1);
}

void xe__net_answer(struct xe_call *call, uint32_t error)
{
    if (error)
        xe__net_fail(call, error);
    else
        xe_ret_u32(call, 0);
}

/* ---- waiters -------------------------------------------------------------------------------- */

static bool is_ready(const struct xe__net *self, uint32_t number, enum xe__net_side side)
{
    switch (side) {
    case XE__NET_READ:
        return xe_net_readable(self->net, number);
    case XE__NET_WRITE:
        return xe_net_writable(self->net, number);
    default:
        return xe_net_failed(self->net, number);
    }
}

static void set(struct xe_object *event, bool on)
{
    xe_kernel_signal(event, &(struct xe_signal){.op = on ? XE_AUDIT_OP_SIGNAL : XE_AUDIT_OP_RESET,
                                                .state = on,
                                                .silent = !on});
}

/* Each signal ends one wait, whose call may use up what it was for. */
static void settle_side(struct xe__net *self, uint32_t number, enum xe__net_side side,
                        struct xe_object *event)
{
    uint32_t before = event->waiters;
    bool ready = is_ready(self, number, side);

    for (uint32_t left = before; ready && left && event->waiters; left--) {
        set(event, true);
        ready = is_ready(self, number, side);
    }
    if (xe_kernel_object_signaled(event) != ready)
        set(event, ready);
    if (event->waiters)
        return;
    if (before)
        xe_kernel_promise_keep(self->kernel, XE_PROMISE_NETWORK, event->id);
    else /* those who waited gave up */
        xe_kernel_promise_cancel(self->kernel, XE_PROMISE_NETWORK, event->id);
}

static void settle_socket(void *ctx, const struct xe_net_info *info)
{
    struct xe__net *self = ctx;
    uint32_t slot = xe_net_slot(self->net, info->number);

    xe__net_pending_settle(self, info->number);
    if (slot < XE_NET_SOCKETS)
        xe__net_watch_settle(self, info->number);
    for (uint32_t side = 0; slot < XE_NET_SOCKETS && side < XE__NET_SIDES; side++)
        if (self->event[slot][side])
            settle_side(self, info->number, side, self->event[slot][side]);
}

void xe__net_settle(struct xe__net *self)
{
    self->again = true;
    if (self->settling)
        return;
    self->settling = true;
    while (self->again) {
        self->again = false;
        xe_net_visit(self->net, settle_socket, self);
    }
    self->settling = false;
    xe_kernel_device_tick_at(self->kernel, XE_DEVICE_ETHERNET, xe_net_due(self->net));
}

bool xe__net_attach(struct xe__net *self, uint32_t number)
{
    struct xe_object **event = self->event[xe_net_slot(self->net, number)];

    for (uint32_t i = 0; i < XE__NET_SIDES; i++) {
        if (event[i])
            continue;
        event[i] = xe_kernel_event_create(self->kernel, false, false);
        if (!event[i])
            return false;
        event[i]->guest_refs++; /* the socket's number leads to it as long as it is open */
        xe__kernel_object_announce(event[i]);
    }
    return true;
}

/* The socket is gone already: who is woken finds that out. */
static void let_go(struct xe_object **event)
{
    struct xe_object *object = *event;

    *event = NULL;
    object->guest_refs--;
    for (uint32_t left = object->waiters; left && object->waiters; left--)
        set(object, true);
    xe_kernel_object_unref(object);
}

void xe__net_detach(struct xe__net *self, uint32_t number)
{
    uint32_t slot = xe_net_slot(self->net, number);

    xe_net_close(self->net, number);
    xe__net_pending_abort(self, number);
    if (slot < XE_NET_SOCKETS)
        xe__net_watch_end(self, slot);
    for (uint32_t side = 0; slot < XE_NET_SOCKETS && side < XE__NET_SIDES; side++)
        if (self->event[slot][side])
            let_go(&self->event[slot][side]);
}

/* ---- waiting -------------------------------------------------------------------------------- */

static void add(struct xe_wait_request *request, struct xe_object *event)
{
    request->object[request->count++] = event;
}

/* false: the call was answered. */
static bool wants_result(struct xe_call *call, struct xe_wait_request *request)
{
    struct xe__net *self = xe__net_of(call->kernel);
    struct xe_object *event = xe__net_pending_event(self, xe_arg_gva(call, 2));

    if (event)
        add(request, event);
    else /* the title itself wrote that it isn't over */
        xe__net_try_result(call, true);
    return event;
}

static bool wants(struct xe_call *call, enum xe__net_op op, struct xe_wait_request *request)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint32_t number = xe_arg_u32(call, 1), slot, timeout;

    if (op == XE__NET_SELECT)
        return xe__net_select_wants(call, request);
    if (op == XE__NET_RESULT)
        return wants_result(call, request);
    slot = xe_net_slot(self->net, number);
    if (*xe_net_option(self->net, number, XE_NET_NONBLOCKING)) {
        xe__net_watch_again(self, number, op, true);
        xe__net_fail(call, XE_NET_EWOULDBLOCK);
        return false;
    }
    for (uint32_t side = 0; side < XE__NET_SIDES; side++)
        if (ops[op].sides & 1u << side)
            add(request, self->event[slot][side]);
    timeout =
        ops[op].timeout == XE_NET_OPTIONS ? 0 : *xe_net_option(self->net, number, ops[op].timeout);
    if (timeout)
        request->timeout = -(int64_t)timeout * 10000;
    return true;
}

static void promise(struct xe__net *self, const struct xe_wait_request *request)
{
    for (uint32_t i = 0; i < request->count; i++)
        xe_kernel_promise_make(self->kernel, &(struct xe_promise){.kind = XE_PROMISE_NETWORK,
                                                                  .token = request->object[i]->id,
                                                                  .object = request->object[i],
                                                                  .key = request->object[i]->header,
                                                                  .due = XE_PROMISE_UNKNOWN});
}

/* Nothing comes from outside to a console that is alone: who waits is parked for that. */
static void park(struct xe__net *self, struct xe_call *call, struct xe_wait_request *request)
{
    if (self->alone) {
        request->park = XE_AUDIT_PARK_NETWORK;
        xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    } else {
        promise(self, request);
    }
    xe_kernel_wait(call->thread, request);
}

void xe__net_run(struct xe_call *call, enum xe__net_op op)
{
    struct xe__net *self = xe__net_of(call->kernel);
    struct xe_wait_request request = {
        .timeout = XE_WAIT_FOREVER, .end = XE_WAIT_END_SOCKET, .arg = op};

    if (self->net)
        xe_net_now(self->net, xe_kernel_interrupt_time(self->kernel));
    if (self->net)
        xe__net_watch_again(self, xe_arg_u32(call, 1), op, false);
    if (!ops[op].try(call, false) && wants(call, op, &request))
        park(self, call, &request);
    if (self->net)
        xe__net_settle(self);
}

void xe_hle_socket_waited(struct xe_thread *thread, uint32_t status)
{
    struct xe__net *self = xe__net_of(thread->kernel);
    struct xe_call call = {.kernel = thread->kernel,
                           .mem = xe_kernel_mem(thread->kernel),
                           .cpu = &thread->cpu,
                           .thread = thread,
                           .lr = thread->wait.lr};
    uint64_t op = thread->wait.arg;

    if (op >= XE__NET_OPS || (!self->net && op != XE__NET_RESULT) ||
        (status >= XE_WAIT_OBJECTS && status != XE_STATUS_TIMEOUT))
        xe__net_fail(&call, XE__NET_EINTR);
    else if (status == XE_STATUS_TIMEOUT && op == XE__NET_SELECT)
        xe__net_select_clear(&call);
    else if (status == XE_STATUS_TIMEOUT)
        xe__net_fail(&call, XE_NET_ETIMEDOUT);
    else if (!ops[op].try(&call, true))
        xe__net_fail(&call, XE_NET_EWOULDBLOCK);
    if (self->net)
        xe__net_settle(self);
}
