/* Transfers that end later: each has a WSAOVERLAPPED, and a record here until it has ended.
 *
 * They are tried again, oldest first, whenever something was done on the network, before anybody
 * who waits for the same socket. A completion routine is a user APC of the thread that began: it is
 * called when that waits alertably, and the event is nobody's then. Source: Winsock's documentation
 * of overlapped sockets; WSAOVERLAPPED as xkelib has it. Guess: its first word is the error, as
 * long as it isn't over STATUS_PENDING; a routine's fourth argument, flags, is what its register
 * held. */
#include <string.h>

#include "base/codec.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/promise.h"
#include "kernel/core/lacking.h"
#include "kernel/core/state.h"
#include "kernel/families/net_call.h"

#define STATUS_PENDING        0x103u
#define WSA_INVALID_PARAMETER 87u
#define WSA_OPERATION_ABORTED 995u
#define WSA_IO_INCOMPLETE     996u
#define WSA_IO_PENDING        997u
#define RECORD_SIZE           48u /* encoded, at least */

enum { RESULT = 0, BYTES = 4, EVENT = 16 };

static struct xe_object *event_of(const struct xe__net *self, xe_handle handle)
{
    struct xe_object *event = handle ? xe_kernel_handle_object(self->kernel, handle) : NULL;

    return event && event->type == &xe_object_event_type ? event : NULL;
}

static void tell(struct xe__net *self, const struct xe__net_pending *record, uint32_t error,
                 uint32_t bytes)
{
    struct xe_mem *mem = xe_kernel_mem(self->kernel);
    struct xe_object *event = event_of(self, record->event);
    struct xe_thread *thread =
        record->routine ? xe_kernel_thread_by_id(self->kernel, record->tid) : NULL;

    xe_mem_set_u32(mem, record->overlapped + BYTES, bytes);
    xe_mem_set_u32(mem, record->overlapped + RESULT, error);
    if (event)
        xe_kernel_event_set(event, record->event);
    if (thread)
        xe_kernel_apc_queue_user(thread, record->routine, error, bytes, record->overlapped);
}

static struct xe__net_pending begun(struct xe_call *call, const struct xe__net_end *end)
{
    return (struct xe__net_pending){
        .overlapped = end->overlapped,
        .event = end->routine ? 0 : xe_mem_u32(call->mem, end->overlapped + EVENT),
        .routine = end->routine,
        .tid = end->routine ? call->thread->tid : 0,
    };
}

void xe__net_overlapped_done(struct xe_call *call, const struct xe__net_end *end, uint32_t bytes)
{
    const struct xe__net_pending record = begun(call, end);

    tell(xe__net_of(call->kernel), &record, 0, bytes);
}

/* Events of sockets are promised by their ids: an address with this is none. */
#define TOKEN_ADDRESS (UINT64_C(1) << 48)

static uint64_t token(const struct xe__net_pending *record)
{
    return TOKEN_ADDRESS | xe_mem_canonical(record->overlapped);
}

/* ---- records -------------------------------------------------------------------------------- */

static void wake(const struct xe__net *self, struct xe_object *event)
{
    xe_kernel_promise_keep(self->kernel, XE_PROMISE_NETWORK, event->id);
    for (uint32_t left = event->waiters; left && event->waiters; left--)
        xe_kernel_signal(event, &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL, .state = 1});
    event->guest_refs--;
    xe_kernel_object_unref(event);
}

/* The record goes first: who is woken may begin another. */
static void end(struct xe__net *self, uint32_t i, uint32_t error, uint32_t bytes)
{
    const struct xe__net_pending record = self->pending[i];

    memmove(&self->pending[i], &self->pending[i + 1],
            (--self->pendings - i) * sizeof(self->pending[0]));
    memset(&self->pending[self->pendings], 0, sizeof(self->pending[0]));
    tell(self, &record, error, bytes);
    if (!record.event || event_of(self, record.event))
        xe_kernel_promise_keep(self->kernel, XE_PROMISE_NETWORK, token(&record));
    else
        xe_kernel_promise_break(self->kernel, XE_PROMISE_NETWORK, token(&record));
    wake(self, record.done);
}

/* NULL: out of memory. */
static struct xe_object *new_event(struct xe__net *self)
{
    struct xe_object *event = xe_kernel_event_create(self->kernel, false, false);

    if (!event)
        return NULL;
    event->guest_refs++; /* the overlapped leads to it as long as it isn't over */
    xe__kernel_object_announce(event);
    return event;
}

static const struct xe__net_pending *record_of(const struct xe__net *self, xe_gva overlapped)
{
    for (uint32_t i = 0; i < self->pendings; i++)
        if (xe_mem_canonical(self->pending[i].overlapped) == xe_mem_canonical(overlapped))
            return &self->pending[i];
    return NULL;
}

static void promise(const struct xe__net *self, const struct xe__net_pending *record)
{
    xe_kernel_promise_make(
        self->kernel,
        &(struct xe_promise){.kind = XE_PROMISE_NETWORK,
                             .token = token(record),
                             .object = event_of(self, record->event),
                             .key = record->event,
                             .due = self->alone ? XE_PROMISE_NEVER : XE_PROMISE_UNKNOWN});
}

uint32_t xe__net_pend(struct xe_call *call, const struct xe__net_transfer *t,
                      const struct xe__net_end *end)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint8_t *p = xe_mem_view_rw(call->mem, end->overlapped, XE__NET_OVERLAPPED);
    struct xe__net_pending *record = &self->pending[self->pendings];
    struct xe_object *event, *done;

    if (!p)
        return XE_NET_EFAULT;
    if (record_of(self, end->overlapped))
        return XE_NET_EINVAL;
    if (self->pendings == XE__NET_PENDING || !(done = new_event(self)))
        return XE_NET_ENOBUFS;
    *record = begun(call, end);
    record->transfer = *t;
    record->done = done;
    self->pendings++;
    if (self->alone && !t->send)
        xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    xe_store_be32(p + RESULT, STATUS_PENDING);
    xe_store_be32(p + BYTES, 0);
    event = event_of(self, record->event);
    if (event)
        xe_kernel_event_reset(event, record->event);
    promise(self, record);
    return WSA_IO_PENDING;
}

/* ---- their end ------------------------------------------------------------------------------ */

void xe__net_pending_settle(struct xe__net *self, uint32_t number)
{
    bool blocked[2] = {false, false};

    for (uint32_t i = 0; i < self->pendings;) {
        const struct xe__net_transfer *t = &self->pending[i].transfer;
        uint32_t done = 0, error = XE_NET_EWOULDBLOCK;

        if (t->number == number && !blocked[t->send])
            error = xe__net_transfer(self, t, &done);
        if (error != XE_NET_EWOULDBLOCK)
            end(self, i, error, done);
        else
            blocked[t->send] |= self->pending[i++].transfer.number == number;
    }
}

/* Whom this wakes may end others: it begins at the first again. */
void xe__net_pending_abort(struct xe__net *self, uint32_t number)
{
    for (uint32_t i = 0; i < self->pendings;)
        if (self->pending[i].transfer.number == number) {
            end(self, i, WSA_OPERATION_ABORTED, 0);
            i = 0;
        } else {
            i++;
        }
}

struct xe_object *xe__net_pending_event(const struct xe__net *self, xe_gva overlapped)
{
    const struct xe__net_pending *record = record_of(self, overlapped);

    return record ? record->done : NULL;
}

/* (caller, socket, overlapped, bytes*, wait, flags*): TRUE, or FALSE with an error. */
bool xe__net_try_result(struct xe_call *call, bool again)
{
    const uint8_t *p = xe_arg_view(call, 2, XE__NET_OVERLAPPED);
    uint8_t *bytes = xe_arg_view_rw(call, 3, 4);
    uint32_t error = p ? xe_load_be32(p + RESULT) : WSA_INVALID_PARAMETER;

    if (error == STATUS_PENDING && !again && xe_arg_u32(call, 4))
        return false;
    if (error == STATUS_PENDING)
        error = WSA_IO_INCOMPLETE;
    else if (p && !bytes)
        error = XE_NET_EFAULT;
    else if (p)
        xe_store_be32(bytes, xe_load_be32(p + BYTES));
    if (!error && xe_arg_view_rw(call, 5, 4))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 5), 0);
    if (error)
        xe_kernel_thread_set_last_error(call->thread, error);
    xe_ret_u32(call, !error);
    return true;
}

/* ---- state ---------------------------------------------------------------------------------- */

static void transfer_state(struct xe_codec *c, struct xe__net_transfer *t)
{
    XE_CODEC(c, t->number);
    XE_CODEC(c, t->send);
    XE_CODEC(c, t->peek);
    XE_CODEC(c, t->buffers);
    XE_CODEC(c, t->count);
    XE_CODEC(c, t->to.address);
    XE_CODEC(c, t->to.port);
    XE_CODEC(c, t->from);
    XE_CODEC(c, t->from_size);
}

void xe__net_pending_state(struct xe_codec *c, struct xe__net *self)
{
    uint32_t n =
        (uint32_t)xe_codec_count(c, "pending", self->pendings, XE__NET_PENDING, RECORD_SIZE);

    if (xe_codec_loading(c)) {
        memset(self->pending, 0, sizeof(self->pending));
        self->pendings = n;
    }
    for (uint32_t i = 0; i < n && !c->stopped; i++) {
        struct xe__net_pending *record = &self->pending[i];

        xe_codec_item(c, "pending", i);
        transfer_state(c, &record->transfer);
        XE_CODEC(c, record->overlapped);
        XE_CODEC(c, record->event);
        XE_CODEC(c, record->routine);
        XE_CODEC(c, record->tid);
        if (!c->stopped)
            xe__kernel_state_object(c, "done", &record->done);
        xe_codec_want(c, record->done && record->done->type == &xe_object_event_type,
                      "its event is none");
    }
}
