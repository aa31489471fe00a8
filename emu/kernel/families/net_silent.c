/* Sockets where nobody is: every one can be made, bound and listened on; nothing ever arrives, so
 * whoever waits for something waits until the timeout or for ever, visibly parked.
 * Source: Winsock's documented results. */
#include "kernel/core/lacking.h"
#include "kernel/families/net_call.h"

#define WSAENETUNREACH 10051u
#define SOCKET_OF(n)   (4u + 4u * (n))

bool xe__net_silent_is_socket(const struct xe__net *self, uint32_t number)
{
    return number >= SOCKET_OF(0) && number % 4 == 0 && number < SOCKET_OF(self->sockets);
}

static bool is_socket(const struct xe_call *call, uint32_t s)
{
    return xe__net_silent_is_socket(xe__net_of(call->kernel), s);
}

/* Calls that succeed on any socket. */
void xe__net_silent_on(struct xe_call *call)
{
    if (is_socket(call, xe_arg_u32(call, 1)))
        xe_ret_u32(call, 0);
    else
        xe__net_fail(call, XE_NET_ENOTSOCK);
}

void xe__net_silent_socket(struct xe_call *call)
{
    struct xe__net *self = xe__net_of(call->kernel);

    if (self->sockets == XE__NET_SILENT) {
        xe__net_fail(call, XE_NET_EMFILE);
        return;
    }
    xe_ret_u32(call, SOCKET_OF(self->sockets++));
}

/* Park on time alone, for ever: what a blocking call on a silent network does. The thread shows as
 * waiting in this export. */
static void park_for_ever(struct xe_call *call)
{
    xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    xe_kernel_wait(call->thread, &(struct xe_wait_request){.timeout = XE_WAIT_FOREVER,
                                                           .park = XE_AUDIT_PARK_NETWORK});
}

void xe__net_silent_wait(struct xe_call *call)
{
    if (is_socket(call, xe_arg_u32(call, 1)))
        park_for_ever(call);
    else
        xe__net_fail(call, XE_NET_ENOTSOCK);
}

/* A receive that ends later never does, but that its socket is closed. */
static void begin(struct xe_call *call, unsigned n)
{
    const struct xe__net_transfer t = {.number = xe_arg_u32(call, 1)};
    const struct xe__net_end end = {xe_arg_gva(call, n), xe_arg_gva(call, n + 1)};

    if (!end.overlapped || !is_socket(call, t.number)) {
        xe__net_silent_wait(call);
        return;
    }
    xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    xe__net_fail(call, xe__net_pend(call, &t, &end));
}

void xe__net_silent_wsarecv(struct xe_call *call)
{
    begin(call, 6);
}

void xe__net_silent_wsarecvfrom(struct xe_call *call)
{
    begin(call, 8);
}

void xe__net_silent_close(struct xe_call *call)
{
    xe__net_silent_on(call);
    xe__net_pending_abort(xe__net_of(call->kernel), xe_arg_u32(call, 1));
}

void xe__net_silent_connect(struct xe_call *call)
{
    xe__net_fail(call, is_socket(call, xe_arg_u32(call, 1)) ? WSAENETUNREACH : XE_NET_ENOTSOCK);
}

/* No socket is ever ready: empty the sets and wait for the timeout. */
void xe__net_silent_select(struct xe_call *call)
{
    xe_gva timeout = xe_arg_gva(call, 5);
    struct xe_wait_request request = {
        .timeout = XE_WAIT_FOREVER, .park = XE_AUDIT_PARK_NETWORK, .end = XE_WAIT_END_ZERO};

    if (timeout)
        request.timeout = -((int64_t)(int32_t)xe_mem_u32(call->mem, timeout) * 10000000 +
                            (int64_t)(int32_t)xe_mem_u32(call->mem, timeout + 4) * 10);
    if (timeout && request.timeout > 0) {
        xe__net_fail(call, XE_NET_EINVAL); /* a negative time; ours would be a date */
        return;
    }
    for (unsigned i = 2; i < 5; i++)
        if (xe_arg_gva(call, i) && (timeout || i != 2))
            xe_mem_set_u32(call->mem, xe_arg_gva(call, i), 0);
    xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    xe_kernel_wait(call->thread, &request);
}
