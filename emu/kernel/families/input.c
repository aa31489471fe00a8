/* Controllers and the keyboard, as titles ask for them: what is there and what it gives is
 * emu/input's; here calls are taken apart, and who asked is kept for reports.
 * Source: results and layouts as xenia and xkelib have them; XInput's documentation. */
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "input/pads.h"
#include "kernel/core/clock.h"
#include "kernel/core/milestone.h"
#include "kernel/core/notify.h"
#include "kernel/core/state.h"
#include "kernel/families/input.h"
#include "kernel/hle/hle_internal.h"
#include "xe/gpu.h"

#define ERROR_BAD_ARGUMENTS          0xA0u
#define ERROR_DEVICE_NOT_CONNECTED   0x48Fu
#define ERROR_EMPTY                  0x10D2u
#define HRESULT_DEVICE_NOT_CONNECTED 0x8007048Fu

/* Flags of a call, and the user who is anybody. */
#define KIND_PAD      1u
#define KIND_KEYBOARD 2u
#define KINDS         0xFFu
#define ANY_USER_FLAG 0x40000000u
#define ANY_USER      0xFFu

#define STATE_SIZE     0x10u
#define GAMEPAD_SIZE   0xCu
#define CAPS_SIZE      0x14u
#define VIBRATION_SIZE 4u
#define KEYSTROKE_SIZE 8u

/* A device's context is its user's index with this.
 * Source: callers of XInputdPowerDownDevice pass it so. Guess: that it is the same number that
 * XamUserGetDeviceContext gives; a title that compares the two would settle it. */
#define CONTEXT 0x10000000u

#define NOBODY XE_PAD_PORTS

/* ---- who asks ------------------------------------------------------------------------------- */

static void note(struct xe__input *self, const struct xe_call *call, uint32_t port)
{
    uint64_t now = xe_kernel_cycle(call->kernel);
    struct xe_pad_caller *oldest = &self->caller[0], *caller = NULL;

    for (uint32_t i = 0; i < self->callers && !caller; i++) {
        struct xe_pad_caller *it = &self->caller[i];

        if (it->port == port && it->lr == call->lr && it->tid == call->thread->tid &&
            it->name == call->row->name)
            caller = it;
        else if (it->newest < oldest->newest)
            oldest = it;
    }
    if (!caller) {
        caller = self->callers < XE_PAD_CALLERS ? &self->caller[self->callers++] : oldest;
        *caller =
            (struct xe_pad_caller){call->row->name, port, call->thread->tid, call->lr, 0, now, now};
    }
    caller->times++;
    caller->newest = now;
}

/* ---- plugging in and out --------------------------------------------------------------------- */

static struct xe_pads_now now_of(const struct xe_kernel *kernel)
{
    const struct xe_gpu *gpu = xe_kernel_gpu(kernel);

    return (struct xe_pads_now){xe_kernel_cycle(kernel), gpu ? xe_gpu_counters(gpu)->swaps : 0,
                                xe_kernel_interrupt_time(kernel)};
}

/* Guess: it comes with no number of a user; a console's would settle it. */
static void changed(struct xe_kernel *kernel)
{
    xe_kernel_notify(kernel, (struct xe_notification){XE_NOTIFY_INPUT_DEVICES_CHANGED, 0});
}

static void come(void *ctx)
{
    struct xe__input *self = ctx;
    struct xe_pads_now now = now_of(self->kernel);
    bool changes = xe_pads_plug(self->pads, &now);

    xe_kernel_pads_told(self->kernel);
    if (changes)
        changed(self->kernel);
}

void xe_kernel_pads_told(struct xe_kernel *kernel)
{
    struct xe__input *self = xe_kernel_family_self(kernel, &xe_family_input);
    bool by_frame;
    uint64_t cycle = xe_pads_next_plug(self->pads, &by_frame);
    bool any = by_frame || cycle != UINT64_MAX;

    xe_kernel_moment(kernel, &(struct xe_kernel_moment){cycle, any ? come : NULL, self});
}

/* ---- looking -------------------------------------------------------------------------------- */

static const struct xe_pad *look(struct xe_call *call, uint32_t port, bool polls)
{
    struct xe__input *self = call->self;
    bool before = xe_pads_get(self->pads, port)->connected;
    struct xe_pads_now now = now_of(call->kernel);
    const struct xe_pad *pad = xe_pads_look(self->pads, port, &now, polls);

    if (pad->connected != before)
        changed(call->kernel);
    if (pad->given.buttons)
        xe_kernel_milestone_reached(call->kernel, XE_MILESTONE_PRESS, call);
    note(self, call, port);
    return pad;
}

static bool is_any(uint32_t user, uint32_t flags)
{
    return (user & 0xFF) == ANY_USER || flags & ANY_USER_FLAG;
}

/* Which pad a call means; NOBODY: none that there could be. Anybody's is the first one that is
 * plugged in. */
static uint32_t port_of(struct xe_call *call, uint32_t user, uint32_t flags)
{
    const struct xe__input *self = call->self;
    uint32_t port = 0;

    if (flags & KINDS && !(flags & KIND_PAD))
        return NOBODY;
    if (!is_any(user, flags))
        return user < XE_PADS ? user : NOBODY;
    while (port < XE_PADS - 1 && !xe_pads_get(self->pads, port)->connected)
        port++;
    return xe_pads_get(self->pads, port)->connected ? port : 0;
}

/* The pad of a call, looked at; NULL: it isn't plugged in, which is the call's answer. */
static const struct xe_pad *pad_of(struct xe_call *call, uint32_t user, uint32_t flags, bool polls)
{
    uint32_t port = port_of(call, user, flags);
    const struct xe_pad *pad = port == NOBODY ? NULL : look(call, port, polls);

    if (pad && pad->connected)
        return pad;
    xe_ret_u32(call, ERROR_DEVICE_NOT_CONNECTED);
    return NULL;
}

static void store_gamepad(uint8_t *p, const struct xe_gamepad *state)
{
    xe_store_be16(p, (uint16_t)state->buttons);
    p[2] = (uint8_t)state->lt;
    p[3] = (uint8_t)state->rt;
    xe_store_be16(p + 4, (uint16_t)state->lx);
    xe_store_be16(p + 6, (uint16_t)state->ly);
    xe_store_be16(p + 8, (uint16_t)state->rx);
    xe_store_be16(p + 10, (uint16_t)state->ry);
}

/* ---- state, vibration, capabilities --------------------------------------------------------- */

static void xam_input_get_state(struct xe_call *call)
{
    const struct xe_pad *pad = pad_of(call, xe_arg_u32(call, 0), xe_arg_u32(call, 1), true);
    uint8_t *p = xe_arg_view_rw(call, 2, STATE_SIZE);

    if (!pad)
        return;
    if (p) {
        xe_store_be32(p, pad->packet);
        store_gamepad(p + 4, &pad->given);
    }
    xe_ret_u32(call, 0);
}

static void xam_input_set_state(struct xe_call *call)
{
    struct xe__input *self = call->self;
    uint32_t port = port_of(call, xe_arg_u32(call, 0), xe_arg_u32(call, 1));
    const uint8_t *p = xe_arg_view(call, 2, VIBRATION_SIZE);

    if (!p) {
        xe_ret_u32(call, ERROR_BAD_ARGUMENTS);
        return;
    }
    if (!pad_of(call, xe_arg_u32(call, 0), xe_arg_u32(call, 1), false))
        return;
    xe_pads_motors(self->pads, port, xe_load_be16(p), xe_load_be16(p + 2));
    xe_ret_u32(call, 0);
}

/* Every bit that a pad can give, and both motors.
 * Guess: sticks have all 16 bits; a console's answer would settle it. */
static void capabilities(struct xe_call *call, unsigned first)
{
    static const uint8_t caps[CAPS_SIZE] = {1,    1,    0,    0,    0xF3, 0xFF, 0xFF,
                                            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    uint8_t *p = xe_arg_view_rw(call, first + 2, CAPS_SIZE);

    if (!p) {
        xe_ret_u32(call, ERROR_BAD_ARGUMENTS);
        return;
    }
    if (!pad_of(call, xe_arg_u32(call, first), xe_arg_u32(call, first + 1), false))
        return;
    memcpy(p, caps, sizeof(caps));
    xe_ret_u32(call, 0);
}

static void xam_input_get_capabilities(struct xe_call *call)
{
    capabilities(call, 0);
}

static void xam_input_get_capabilities_ex(struct xe_call *call)
{
    capabilities(call, 1);
}

/* ---- keystrokes ----------------------------------------------------------------------------- */

static bool stroke_of(struct xe_call *call, uint32_t port, struct xe_keystroke *ret)
{
    const struct xe__input *self = call->self;
    const struct xe_pad *pad = look(call, port, true);

    return (port == XE_PAD_KEYBOARD || pad->connected) &&
           xe_pads_keystroke(self->pads, port, xe_kernel_interrupt_time(call->kernel), ret);
}

/* Whose keystroke it is: a pad's, or the keyboard's; NOBODY: there is none. */
static uint32_t next_stroke(struct xe_call *call, uint32_t user, uint32_t flags,
                            struct xe_keystroke *ret)
{
    uint32_t kinds = flags & KINDS ? flags & KINDS : KINDS;
    bool any = is_any(user, flags);

    for (uint32_t port = 0; kinds & KIND_PAD && port < XE_PADS; port++)
        if ((any || port == user) && stroke_of(call, port, ret))
            return port;
    if (kinds & KIND_KEYBOARD && stroke_of(call, XE_PAD_KEYBOARD, ret))
        return XE_PAD_KEYBOARD;
    return NOBODY;
}

/* The keyboard is the first user's. */
static void keystroke(struct xe_call *call, uint32_t user, xe_gva ret_user)
{
    const struct xe__input *self = call->self;
    uint32_t flags = xe_arg_u32(call, 1), port;
    uint8_t *p = xe_arg_view_rw(call, 2, KEYSTROKE_SIZE);
    struct xe_keystroke stroke;

    if (!p || (!is_any(user, flags) && user >= XE_PADS)) {
        xe_ret_u32(call, p ? ERROR_DEVICE_NOT_CONNECTED : ERROR_BAD_ARGUMENTS);
        return;
    }
    port = next_stroke(call, user, flags, &stroke);
    if (port == NOBODY) {
        bool gone = (flags & KINDS) == KIND_PAD && !is_any(user, flags) &&
                    !xe_pads_get(self->pads, user)->connected;

        xe_ret_u32(call, gone ? ERROR_DEVICE_NOT_CONNECTED : ERROR_EMPTY);
        return;
    }
    port = port == XE_PAD_KEYBOARD ? 0 : port;
    xe_store_be16(p, stroke.key);
    xe_store_be16(p + 2, stroke.character);
    xe_store_be16(p + 4, stroke.flags);
    p[6] = (uint8_t)port;
    p[7] = stroke.hid;
    if (ret_user)
        xe_mem_set_u32(call->mem, ret_user, port);
    xe_ret_u32(call, 0);
}

static void xam_input_get_keystroke(struct xe_call *call)
{
    keystroke(call, xe_arg_u32(call, 0), 0);
}

static void xam_input_get_keystroke_ex(struct xe_call *call)
{
    xe_gva user = xe_arg_gva(call, 0);

    if (xe_arg_view_rw(call, 0, 4))
        keystroke(call, xe_mem_u32(call->mem, user), user);
    else
        xe_ret_u32(call, ERROR_BAD_ARGUMENTS);
}

/* ---- devices -------------------------------------------------------------------------------- */

static void xam_user_get_device_context(struct xe_call *call)
{
    uint32_t port = port_of(call, xe_arg_u32(call, 0), 0);
    const struct xe_pad *pad = port == NOBODY ? NULL : look(call, port, false);
    bool there = pad && pad->connected;

    if (xe_arg_gva(call, 2))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 2), there ? CONTEXT | port : 0);
    xe_ret_u32(call, there ? 0 : HRESULT_DEVICE_NOT_CONNECTED);
}

static void xinputd_read_state(struct xe_call *call)
{
    uint32_t port = xe_arg_u32(call, 0) & ~CONTEXT;
    const struct xe_pad *pad = port < XE_PADS ? look(call, port, true) : NULL;
    uint8_t *p = xe_arg_view_rw(call, 2, GAMEPAD_SIZE);

    if (!pad || !pad->connected) {
        xe_ret_status(call, XE_STATUS_DEVICE_NOT_CONNECTED);
        return;
    }
    if (xe_arg_gva(call, 1))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), pad->packet);
    if (p)
        store_gamepad(p, &pad->given);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* The pad goes off and is no longer there. Other values than a device's context mean other things,
 * which nobody is known to ask for. */
static void xinputd_power_down_device(struct xe_call *call)
{
    struct xe__input *self = call->self;
    uint32_t port = xe_arg_u32(call, 0) & ~CONTEXT;

    if (port < XE_PADS && xe_arg_u32(call, 0) & CONTEXT) {
        bool there = xe_pads_get(self->pads, port)->connected;

        xe_pads_power_down(self->pads, port);
        if (there)
            changed(call->kernel);
    } else {
        xe_kernel_call_guest_error(call, "0x%x is no controller", xe_arg_u32(call, 0));
    }
}

/* ---- reading, for reports ------------------------------------------------------------------- */

static struct xe__input *input_of(const struct xe_kernel *kernel)
{
    return xe_kernel_family_self(kernel, &xe_family_input);
}

struct xe_pads *xe_kernel_pads(const struct xe_kernel *kernel)
{
    return input_of(kernel)->pads;
}

const struct xe_pad *xe_kernel_pad(const struct xe_kernel *kernel, uint32_t port)
{
    return xe_pads_get(input_of(kernel)->pads, port);
}

void xe_kernel_pad_script(const struct xe_kernel *kernel, struct xe_pad_script *ret)
{
    *ret = xe_pads_script(input_of(kernel)->pads);
}

void xe_kernel_pad_callers(const struct xe_kernel *kernel,
                           void (*fn)(void *ctx, const struct xe_pad_caller *caller), void *ctx)
{
    const struct xe__input *self = input_of(kernel);

    for (uint32_t i = 0; i < self->callers; i++)
        fn(ctx, &self->caller[i]);
}

void xe__kernel_input_take(struct xe_kernel *kernel, const struct xe_kernel *from)
{
    struct xe__input *to = input_of(kernel), *before = input_of(from);
    struct xe_pads *fresh = to->pads;

    to->pads = before->pads;
    before->pads = fresh;
}

/* ---- the family ----------------------------------------------------------------------------- */

static void destroy(void *ctx)
{
    struct xe__input *self = ctx;

    xe_pads_destroy(self->pads);
    xe_free(self);
}

static void *create(struct xe_kernel *kernel)
{
    struct xe__input *self = xe_calloc(1, sizeof(*self));

    if (!self)
        return NULL;
    self->kernel = kernel;
    self->pads = xe_pads_create(xe_kernel_config_get(kernel)->pads);
    if (self->pads)
        return self;
    xe_free(self);
    return NULL;
}

void xe__kernel_pad_caller_state(struct xe_codec *c, struct xe_pad_caller *caller)
{
    xe__kernel_state_source(c, "name", &caller->name);
    xe_codec_up_to(c, "port", &caller->port, XE_PAD_KEYBOARD);
    XE_CODEC(c, caller->tid);
    XE_CODEC(c, caller->lr);
    XE_CODEC(c, caller->times);
    XE_CODEC(c, caller->first);
    XE_CODEC(c, caller->newest);
}

static void caller_state(struct xe_codec *c, struct xe__input *self, uint32_t i)
{
    xe__kernel_pad_caller_state(c, &self->caller[i]);
    xe_codec_want(c, c->stopped || self->caller[i].name, "caller %u called no export", i);
}

void xe__kernel_input_state(struct xe_codec *c, void *ctx)
{
    struct xe__input *self = ctx;

    xe_pads_state(c, self->pads);
    if (xe_codec_loading(c) && !c->stopped)
        xe_kernel_pads_told(self->kernel);
    xe_codec_beside(c, true);
    self->callers = (uint32_t)xe_codec_count(c, "callers", self->callers, XE_PAD_CALLERS, 36);
    for (uint32_t i = 0; i < self->callers && !c->stopped; i++)
        caller_state(c, self, i);
    xe_codec_beside(c, false);
}

static const struct xe_hle exports[] = {
    XE_HLE(XAM, XamInputGetCapabilities, xam_input_get_capabilities,
           "user:u32 flags:u32 caps:INPUT_CAPABILITIES* -> u32"),
    XE_HLE(XAM, XamInputGetCapabilitiesEx, xam_input_get_capabilities_ex,
           "version:u32 user:u32 flags:u32 caps:INPUT_CAPABILITIES* -> u32"),
    XE_HLE(XAM, XamInputGetState, xam_input_get_state,
           "user:u32 flags:u32 state:INPUT_STATE* -> u32"),
    XE_HLE(XAM, XamInputSetState, xam_input_set_state,
           "user:u32 flags:u32 vibration:INPUT_VIBRATION* -> u32"),
    XE_HLE(XAM, XamInputGetKeystroke, xam_input_get_keystroke,
           "user:u32 flags:u32 key:INPUT_KEYSTROKE* -> u32"),
    XE_HLE(XAM, XamInputGetKeystrokeEx, xam_input_get_keystroke_ex,
           "user:ptr flags:u32 key:INPUT_KEYSTROKE* -> u32"),
    XE_HLE(XAM, XamUserGetDeviceContext, xam_user_get_device_context,
           "user:u32 category:u32 context:ptr -> u32"),
    XE_HLE(XBOXKRNL, XInputdReadState, xinputd_read_state,
           "context:u32 packet:ptr state:INPUT_GAMEPAD* unknown:ptr -> status"),
    XE_HLE(XBOXKRNL, XInputdPowerDownDevice, xinputd_power_down_device, "device:u32 -> void"),
    XE_HLE_END,
};

const struct xe_family xe_family_input = {
    .name = "input",
    .exports = exports,
    .create = create,
    .destroy = destroy,
    .state = xe__kernel_input_state,
};
