/* Messages to the system management controller: 16 bytes there, 16 back. Queries are answered as by
 * a console that idles, which has an AV cable and a closed tray; orders are taken.
 * Source: messages and answers as libxenon and xenia's devices have them (libxenon's smc.c). Guess:
 * the temperatures, and that the clock starts where the settings have system time begin. */
#include "kernel/core/clock.h"
#include "kernel/hle/hle_internal.h"
#include "xe/log.h"

#define SIZE 16u

enum {
    SMC_CAUSE = 0x01,
    SMC_CLOCK = 0x04,
    SMC_HEAT = 0x07,
    SMC_TRAY = 0x0A,
    SMC_AV = 0x0F,
    SMC_ANA = 0x11,
    SMC_VERSION = 0x12,
    SMC_INFRARED = 0x16,
    SMC_TILT = 0x17,
    SMC_POWER = 0x82
};

/* As HalReturnToFirmware has them. */
#define REBOOT     1u
#define POWER_DOWN 5u

#define TIMES_PER_MS 10000u
#define SMC_EPOCH    126502560000000000ull /* 2001-11-15, in 100 ns since 1601 */

/* Five bytes, least significant first: milliseconds since the controller's epoch. */
static void put_clock(const struct xe_call *call, uint8_t reply[SIZE])
{
    uint64_t now = xe_kernel_system_time(call->kernel);
    uint64_t ms = now > SMC_EPOCH ? (now - SMC_EPOCH) / TIMES_PER_MS : 0;

    for (uint32_t i = 0; i < 5; i++)
        reply[1 + i] = (uint8_t)(ms >> 8 * i);
}

/* Of CPU, GPU, EDRAM and board, in 1/256 degree. */
static void put_heat(uint8_t reply[SIZE])
{
    static const uint8_t degrees[4] = {45, 48, 46, 38};

    for (uint32_t i = 0; i < 4; i++)
        reply[2 + 2 * i] = degrees[i];
}

/* false: it is an order, which has no answer. */
static bool answer(const struct xe_call *call, const uint8_t message[SIZE], uint8_t reply[SIZE])
{
    reply[0] = message[0];
    switch (message[0]) {
    case SMC_CAUSE:
        reply[1] = 0x11; /* the power button */
        return true;
    case SMC_CLOCK:
        put_clock(call, reply);
        return true;
    case SMC_HEAT:
        put_heat(reply);
        return true;
    case SMC_TRAY:
        reply[1] = 0x62; /* closed */
        return true;
    case SMC_AV:
        reply[1] = 0x1E; /* HDMI, as XGetAVPack says */
        return true;
    case SMC_ANA:
    case SMC_TILT:
        return true;
    case SMC_VERSION:
        reply[1] = 0x41;
        reply[2] = 0x02;
        reply[3] = 0x03;
        return true;
    case SMC_INFRARED:
        reply[1] = 0x0F;
        return true;
    default:
        return false;
    }
}

static void send_message(struct xe_call *call)
{
    const uint8_t *message = xe_arg_view(call, 0, SIZE);
    uint8_t reply[SIZE] = {0};
    uint32_t routine;

    if (!message) {
        xe_kernel_call_guest_error(call, "no message at 0x%08x", xe_arg_u32(call, 0));
        return;
    }
    if (answer(call, message, reply)) {
        if (xe_arg_gva(call, 1) && !xe_mem_write(call->mem, xe_arg_gva(call, 1), reply, SIZE))
            xe_kernel_call_guest_error(call, "no room for an answer at 0x%08x",
                                       xe_arg_u32(call, 1));
        return;
    }
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "smc",
                 "order 0x%02x %02x %02x is taken (lr 0x%08x)", message[0], message[1], message[2],
                 call->lr);
    if (message[0] != SMC_POWER)
        return;
    routine = message[1] == 1 ? POWER_DOWN : REBOOT;
    xe__kernel_print_end(call->kernel);
    xe_kernel_exit(call->kernel, XE_CAUSE_FIRMWARE, &routine, NULL);
}

/* Nothing happens to this console of which the controller would tell. */
static void register_notification(struct xe_call *call)
{
    (void)call;
}

const struct xe_hle xe_hle_smc[] = {
    XE_HLE(XBOXKRNL, HalSendSMCMessage, send_message, "message:ptr reply:ptr -> void"),
    XE_HLE(XBOXKRNL, HalRegisterSMCNotification, register_notification,
           "registration:ptr create:bool -> void"),
    XE_HLE_END,
};
