/* select: which sockets of three sets are ready.
 * Source: Winsock's documentation; an fd_set is a count and up to 64 sockets. */
#include "kernel/families/net.h"

#define SET_MAX 64u

/* The set of a side, NULL: none. *ret_bad: it is more than one can be. */
static uint8_t *set_of(struct xe_call *call, uint32_t side, uint32_t *ret_count, bool *ret_bad)
{
    xe_gva at = xe_arg_gva(call, 2 + side);
    uint8_t *set = at ? xe_mem_view_rw(call->mem, at, 4) : NULL;

    *ret_count = set ? xe_load_be32(set) : 0;
    if (*ret_count <= SET_MAX && set)
        set = xe_mem_view_rw(call->mem, at, 4 + 4 * *ret_count);
    *ret_bad = at && (!set || *ret_count > SET_MAX);
    return *ret_bad ? NULL : set;
}

static bool is_ready(const struct xe__net *self, uint32_t number, uint32_t side)
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

/* 0, or why the sets are none. */
static uint32_t check(struct xe_call *call)
{
    const struct xe__net *self = xe__net_of(call->kernel);
    uint32_t all = 0;

    for (uint32_t side = 0; side < XE__NET_SIDES; side++) {
        uint32_t count;
        bool bad;
        const uint8_t *set = set_of(call, side, &count, &bad);

        if (bad)
            return XE_NET_EFAULT;
        for (uint32_t i = 0; i < count; i++)
            if (xe_net_slot(self->net, xe_load_be32(set + 4 + 4 * i)) == XE_NET_SOCKETS)
                return XE_NET_ENOTSOCK;
        all += count;
    }
    return all ? 0 : XE_NET_EINVAL;
}

static uint32_t count_ready(struct xe_call *call)
{
    const struct xe__net *self = xe__net_of(call->kernel);
    uint32_t ready = 0;

    for (uint32_t side = 0; side < XE__NET_SIDES; side++) {
        uint32_t count;
        bool bad;
        const uint8_t *set = set_of(call, side, &count, &bad);

        for (uint32_t i = 0; set && i < count; i++)
            ready += is_ready(self, xe_load_be32(set + 4 + 4 * i), side);
    }
    return ready;
}

/* Only those that are ready stay in the sets. */
static void keep_ready(struct xe_call *call)
{
    const struct xe__net *self = xe__net_of(call->kernel);

    for (uint32_t side = 0; side < XE__NET_SIDES; side++) {
        uint32_t count, kept = 0;
        bool bad;
        uint8_t *set = set_of(call, side, &count, &bad);

        for (uint32_t i = 0; set && i < count; i++) {
            uint32_t number = xe_load_be32(set + 4 + 4 * i);

            if (is_ready(self, number, side))
                xe_store_be32(set + 4 + 4 * kept++, number);
        }
        if (set)
            xe_store_be32(set, kept);
    }
}

/* 100 ns, relative; XE_WAIT_FOREVER: none is given; positive: it is none. */
static int64_t timeout_of(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 5);
    int32_t seconds, us;

    if (!at)
        return XE_WAIT_FOREVER;
    seconds = (int32_t)xe_mem_u32(call->mem, at);
    us = (int32_t)xe_mem_u32(call->mem, at + 4);
    return seconds < 0 || us < 0 ? 1 : -((int64_t)seconds * 10000000 + (int64_t)us * 10);
}

bool xe__net_try_select(struct xe_call *call, bool again)
{
    uint32_t error = check(call), ready;
    int64_t timeout = timeout_of(call);

    (void)again;
    if (!error && timeout > 0 && timeout != XE_WAIT_FOREVER)
        error = XE_NET_EINVAL;
    if (error) {
        xe__net_fail(call, error);
        return true;
    }
    ready = count_ready(call);
    if (!ready && timeout)
        return false;
    keep_ready(call);
    xe_ret_u32(call, ready);
    return true;
}

void xe__net_select_clear(struct xe_call *call)
{
    if (!check(call))
        keep_ready(call);
    xe_ret_u32(call, 0);
}

static bool has(const struct xe_wait_request *request, const struct xe_object *event)
{
    for (uint32_t i = 0; i < request->count; i++)
        if (request->object[i] == event)
            return true;
    return false;
}

bool xe__net_select_wants(struct xe_call *call, struct xe_wait_request *request)
{
    const struct xe__net *self = xe__net_of(call->kernel);

    request->timeout = timeout_of(call);
    for (uint32_t side = 0; side < XE__NET_SIDES; side++) {
        uint32_t count;
        bool bad;
        const uint8_t *set = set_of(call, side, &count, &bad);

        for (uint32_t i = 0; set && i < count; i++) {
            uint32_t slot = xe_net_slot(self->net, xe_load_be32(set + 4 + 4 * i));
            struct xe_object *event = self->event[slot][side];

            if (!event || has(request, event))
                continue;
            if (request->count == XE_WAIT_OBJECTS) {
                xe__net_fail(call, XE_NET_ENOBUFS);
                return false;
            }
            request->object[request->count++] = event;
        }
    }
    return true;
}
