/* Which calls bring nothing new: see asks.h. */
#include "kernel/core/asks.h"

#include <string.h>

#include "kernel/core/kernel_internal.h"

#define IO_INCOMPLETE 996u /* ERROR_IO_INCOMPLETE */

static const struct xe_ask_row rows[] = {
#define ASK(export, what, argument, again) {#export, XE_ASKS_##what, argument, XE_AGAIN_##again},
#include "kernel/core/asks.def"
};

const struct xe_ask_row *xe_kernel_ask_row(const char *name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!strcmp(rows[i].name, name))
            return &rows[i];
    return NULL;
}

/* Parameters of a signature that lie in registers that are compared. */
static uint32_t count_args(const char *signature)
{
    const char *end = signature ? strstr(signature, "->") : NULL;
    uint32_t n = 0;

    for (const char *at = signature; end && at < end && n < 4; at++)
        n += *at == ':';
    return n;
}

void xe__kernel_still_ends(struct xe_thread *thread)
{
    thread->still.retired = thread->cpu.retired;
    thread->still.cycle = xe_kernel_cycle(thread->kernel);
    thread->still.asked = 0;
    thread->still.asks = 0;
}

static bool says_again(const struct xe_thread *thread, const struct xe_call *call)
{
    switch (call->ask->again) {
    case XE_AGAIN_ZERO:
        return (uint32_t)call->cpu->gpr[3] == 0;
    case XE_AGAIN_TIMEOUT:
        return (uint32_t)call->cpu->gpr[3] == XE_STATUS_TIMEOUT;
    case XE_AGAIN_INCOMPLETE:
        return (uint32_t)call->cpu->gpr[3] == IO_INCOMPLETE;
    case XE_AGAIN_RETRY:
        return thread->kernel->retry_turn == thread;
    default:
        return true;
    }
}

static bool is_same(const struct xe_ask *ask, const char *src, uint32_t lr, const uint64_t *arg)
{
    return ask->lr == lr && !memcmp(ask->arg, arg, ask->args * sizeof(*arg)) &&
           (ask->src == src || !strcmp(ask->src, src));
}

const struct xe_ask *xe__kernel_still_find(const struct xe_thread *thread, const char *src,
                                           const struct xe_cpu *cpu)
{
    for (uint32_t i = 0; i < thread->still.asks; i++)
        if (is_same(&thread->still.ask[i], src, (uint32_t)cpu->lr, &cpu->gpr[3]))
            return &thread->still.ask[i];
    return NULL;
}

/* A new question, or a new answer, begins the count anew. */
static void note(struct xe_thread *thread, const struct xe_call *call)
{
    struct xe_still *still = &thread->still;
    uint32_t asks = still->asks < XE_SPIN_ASKS ? still->asks : 0;
    struct xe_ask *ask = &still->ask[asks];

    xe__kernel_still_ends(thread);
    *ask = (struct xe_ask){.src = call->row->name,
                           .lr = call->lr,
                           .args = count_args(call->row->signature),
                           .answer = call->cpu->gpr[3]};
    memcpy(ask->arg, thread->last_export_args, ask->args * sizeof(ask->arg[0]));
    still->asks = asks + 1;
    for (uint32_t i = 0; i < still->asks; i++)
        still->ask[i].times = 0;
}

void xe__kernel_still_called(struct xe_thread *thread, const struct xe_call *call)
{
    struct xe_still *still = &thread->still;

    if (!call->ask || thread->wait.parked || thread->state == XE_THREAD_TERMINATED ||
        !says_again(thread, call)) {
        xe__kernel_still_ends(thread);
        return;
    }
    for (uint32_t i = 0; i < still->asks; i++) {
        struct xe_ask *ask = &still->ask[i];

        if (!is_same(ask, call->row->name, call->lr, thread->last_export_args))
            continue;
        if (ask->answer != call->cpu->gpr[3] && call->ask->what != XE_ASKS_TIME)
            break;
        ask->times++;
        still->asked++;
        return;
    }
    note(thread, call);
}
