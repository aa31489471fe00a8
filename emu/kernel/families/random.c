/* Random numbers of an instance: repeatable, seeded by its settings (xorshift64*). */
#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define SLICE 0x80000u /* bytes, at two nanoseconds */

static void random_bytes(uint64_t *state, uint8_t *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        p[i] = (uint8_t)(*state * 0x2545F4914F6CDD1Dull >> 56);
    }
}

void xe__kernel_random(struct xe_kernel *kernel, uint8_t *bytes, uint32_t size)
{
    struct xe__random *self = xe_kernel_family_self(kernel, &xe_family_random);

    random_bytes(&self->state, bytes, size);
}

/* (buffer, size), from an argument on. */
static void fill(struct xe_call *call, unsigned buffer)
{
    struct xe__random *self = call->self;
    uint32_t n = xe_arg_u32(call, buffer + 1);
    uint8_t *p = n && n <= XE__HLE_SPAN_MAX ? xe_arg_view_rw(call, buffer, n) : NULL;

    if (n && !p)
        xe_kernel_call_guest_error(call, "%u bytes at 0x%08x are not writable or too many", n,
                                   xe_arg_gva(call, buffer));
    for (uint32_t at = 0, size; p && at < n; at += size) {
        size = n - at < SLICE ? n - at : SLICE;
        random_bytes(&self->state, p + at, size);
        xe_kernel_work(call->kernel, 2 * (uint64_t)size);
    }
}

static void xnet_random(struct xe_call *call)
{
    fill(call, 1);
    xe_ret_u32(call, 0);
}

static void xe_crypt_random(struct xe_call *call)
{
    fill(call, 0);
}

/* The next of the caller's own numbers, 0 to MAXLONG - 1. Source: Windows documents that it is a
 * generator of Lehmer's. Guess: with the multiplier and increment of Windows' RtlUniform, and
 * without a table between; two numbers of a console's would settle that. */
static void rtl_random(struct xe_call *call)
{
    const uint8_t *seed = xe_arg_view(call, 0, 4);
    uint64_t next = seed ? xe_load_be32(seed) : 0;

    next = (next * 0x7FFFFFEDu + 0x7FFFFFC3u) % 0x7FFFFFFFu;
    xe__kernel_store_u32(call, 0, (uint32_t)next);
    xe_ret_u32(call, (uint32_t)next);
}

/* ---- the family ----------------------------------------------------------------------------- */

static void *create(struct xe_kernel *kernel)
{
    struct xe__random *self = xe_calloc(1, sizeof(*self));

    if (self)
        self->state = 0x9E3779B97F4A7C15ull ^ xe_kernel_config_get(kernel)->seed;
    return self;
}

void xe__kernel_random_state(struct xe_codec *c, void *self)
{
    struct xe__random *random = self;

    XE_CODEC(c, random->state);
}

static const struct xe_hle exports[] = {
    XE_HLE(XAM, NetDll_XNetRandom, xnet_random, "caller:u32 buffer:ptr size:u32 -> u32"),
    XE_HLE(XAM, RtlRandom, rtl_random, "seed:ptr -> u32"),
    XE_HLE(XBOXKRNL, XeCryptRandom, xe_crypt_random, "buffer:ptr size:u32 -> void"),
    XE_HLE_END,
};

const struct xe_family xe_family_random = {
    .name = "random numbers",
    .exports = exports,
    .create = create,
    .destroy = xe_free,
    .state = xe__kernel_random_state,
};
