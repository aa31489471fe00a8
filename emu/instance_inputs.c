/* What comes from outside: one door for all of it, which records or taints.
 *
 * An input comes after what is due at its place (xe_kernel_settle), so where the run before it was
 * cut makes no difference, and a replay finds the same place again. */
#include <string.h>

#include "debug/debug.h"
#include "emu/instance_internal.h"
#include "mem/mem.h"
#include "xe/debug.h"
#include "xe/files.h"

/* ---- kinds ---------------------------------------------------------------------------------- */

static bool no_thread(uint32_t tid, struct xe_error *err)
{
    return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no thread %u", tid);
}

static bool check_MEMORY(const struct xe_instance *instance, const struct xe_input *input,
                         struct xe_error *err)
{
    return xe_mem_view(instance->mem, input->address, input->bytes.size) ||
           xe_error_set(err, XE_ERR_ADDRESS_UNMAPPED,
                        "%u bytes at 0x%08x are not all committed guest memory", input->bytes.size,
                        input->address);
}

static bool apply_MEMORY(struct xe_instance *instance, const struct xe_input *input,
                         struct xe_error *err)
{
    if (!xe_mem_write(instance->mem, input->address, input->bytes.data, input->bytes.size))
        return check_MEMORY(instance, input, err);
    xe_kernel_interfere(instance->kernel, 0);
    return true;
}

static bool changed_registers(const struct xe_instance *instance, const struct xe_input *input,
                              struct xe_cpu *ret, struct xe_error *err)
{
    const struct xe_cpu *now = xe_kernel_registers(instance->kernel, input->tid);

    if (!now)
        return no_thread(input->tid, err);
    *ret = *now;
    return xe_debug_register_write(ret, input->reg, input->bytes.data, input->bytes.size, err);
}

static bool check_REGISTER(const struct xe_instance *instance, const struct xe_input *input,
                           struct xe_error *err)
{
    struct xe_cpu changed;

    return changed_registers(instance, input, &changed, err);
}

static bool apply_REGISTER(struct xe_instance *instance, const struct xe_input *input,
                           struct xe_error *err)
{
    struct xe_cpu changed, *cpu;

    if (!changed_registers(instance, input, &changed, err))
        return false; /* nothing was done to the run */
    cpu = xe_kernel_interfere(instance->kernel, input->tid);
    if (!cpu)
        return no_thread(input->tid, err);
    *cpu = changed;
    return true;
}

static bool check_FILES_RESET(const struct xe_instance *instance, const struct xe_input *input,
                              struct xe_error *err)
{
    (void)input;
    return xe_kernel_files_may_reset(instance->kernel, err);
}

static bool apply_FILES_RESET(struct xe_instance *instance, const struct xe_input *input,
                              struct xe_error *err)
{
    (void)input;
    return xe_kernel_files_reset(instance->kernel, err);
}

bool xe_instance_files_reset(struct xe_instance *instance, struct xe_error *err)
{
    const struct xe_input input = {.kind = XE_INPUT_FILES_RESET};

    return xe__instance_wants_title(instance, err) && xe__instance_enter(instance, &input, err);
}

/* What happens to controllers: instance_pads.c. */
#define check_PAD_SET        xe__instance_check_pad
#define apply_PAD_SET        xe__instance_apply_pad
#define check_PAD_PRESS      xe__instance_check_pad
#define apply_PAD_PRESS      xe__instance_apply_pad
#define check_PAD_CONNECT    xe__instance_check_pad
#define apply_PAD_CONNECT    xe__instance_apply_pad
#define check_PAD_DISCONNECT xe__instance_check_pad
#define apply_PAD_DISCONNECT xe__instance_apply_pad
#define check_KEY            xe__instance_check_pad
#define apply_KEY            xe__instance_apply_pad
#define check_PAD_CLEAR      xe__instance_check_pad
#define apply_PAD_CLEAR      xe__instance_apply_pad

/* What peers on the network do: instance_net.c. */
#define check_NET_LISTEN  xe__instance_check_net
#define apply_NET_LISTEN  xe__instance_apply_net
#define check_NET_CONNECT xe__instance_check_net
#define apply_NET_CONNECT xe__instance_apply_net
#define check_NET_SEND    xe__instance_check_net
#define apply_NET_SEND    xe__instance_apply_net
#define check_NET_CLOSE   xe__instance_check_net
#define apply_NET_CLOSE   xe__instance_apply_net
#define check_NET_NAME    xe__instance_check_net
#define apply_NET_NAME    xe__instance_apply_net

static const struct {
    /* Would it come to pass? */
    bool (*check)(const struct xe_instance *instance, const struct xe_input *input,
                  struct xe_error *err);
    bool (*apply)(struct xe_instance *instance, const struct xe_input *input, struct xe_error *err);
} kinds[XE_INPUT_KINDS] = {
#define INPUT(NAME, word, fields, doc) {check_##NAME, apply_##NAME},
#include "xe/inputs.def"
};

bool xe__instance_apply(struct xe_instance *instance, const struct xe_input *input,
                        struct xe_error *err)
{
    return kinds[input->kind].apply(instance, input, err);
}

/* ---- the door ------------------------------------------------------------------------------- */

void xe__instance_taint(struct xe_instance *instance, enum xe_taint_reason reason)
{
    struct xe_taint *taint = &instance->inputs.taint;

    if (taint->reason == XE_TAINT_NONE)
        *taint = (struct xe_taint){reason, xe_instance_cycle(instance)};
}

const struct xe_taint *xe_instance_taint(const struct xe_instance *instance)
{
    return &instance->inputs.taint;
}

struct xe_input_point xe__instance_point(struct xe_instance *instance)
{
    struct xe_kernel_place place = xe_kernel_place(instance->kernel);
    struct xe_digest digest;

    xe_instance_digest(instance, &digest);
    xe_kernel_work(instance->kernel, XE__DIGEST_NS);
    return xe_input_point_make(place.cycle, place.idle, &digest);
}

/* A digest in front of the first input of a place. */
static bool record_point(struct xe_instance *instance, struct xe_kernel_place place,
                         struct xe_error *err)
{
    struct xe_inputs *inputs = &instance->inputs;
    const struct xe_input_point *last = inputs->points ? &inputs->point[inputs->points - 1] : NULL;
    struct xe_input_point point;

    if (last && !xe_inputs_order(last->cycle, last->idle, place.cycle, place.idle))
        return true;
    point = xe__instance_point(instance);
    return xe_inputs_add_point(inputs, &point, err);
}

static bool record(struct xe_instance *instance, const struct xe_input *input, struct xe_error *err)
{
    struct xe_kernel_place place = xe_kernel_place(instance->kernel);
    struct xe_input placed = *input;

    placed.cycle = place.cycle;
    placed.idle = place.idle;
    return xe_inputs_has_room(&instance->inputs, input, 1, err) &&
           record_point(instance, place, err) && xe_inputs_add(&instance->inputs, &placed, err);
}

/* Why nothing tells of an input; NONE: the log does. What controllers and peers do, and
 * what is done to files, is kept whether it records or not, as long as the log is whole and has
 * room. */
static enum xe_taint_reason unkept(const struct xe_instance *instance, const struct xe_input *input)
{
    const struct xe_inputs *inputs = &instance->inputs;

    if (inputs->recording)
        return XE_TAINT_NONE;
    if (input->kind == XE_INPUT_MEMORY || input->kind == XE_INPUT_REGISTER || inputs->taint.reason)
        return XE_TAINT_UNRECORDED;
    return xe_inputs_has_room(inputs, input, 1, NULL) ? XE_TAINT_NONE : XE_TAINT_FULL;
}

bool xe__instance_enter(struct xe_instance *instance, const struct xe_input *input,
                        struct xe_error *err)
{
    struct xe_inputs *inputs = &instance->inputs;
    enum xe_taint_reason why = unkept(instance, input);

    if (inputs->replay == XE_REPLAY_PLAYING)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE,
                            "it plays an input log; nothing else may come in before that ends");
    if (!kinds[input->kind].check(instance, input, err))
        return false;
    xe_kernel_resume(instance->kernel);
    xe__instance_trail_take(instance);
    xe_kernel_settle(instance->kernel);
    if (!why && inputs->replay == XE_REPLAY_ENDED)
        xe_inputs_go_on(inputs);
    if (!why && !record(instance, input, err))
        return false;
    if (!xe__instance_apply(instance, input, err)) {
        if (!why)
            xe_inputs_drop(inputs);
        return false;
    }
    if (why)
        xe__instance_taint(instance, why);
    return true;
}

bool xe_instance_register_write(struct xe_instance *instance, uint32_t tid, const char *name,
                                const uint8_t *bytes, uint32_t size, struct xe_error *err)
{
    struct xe_input input = {
        .kind = XE_INPUT_REGISTER, .tid = tid, .bytes = {(uint8_t *)(uintptr_t)bytes, size}};

    if (strlen(name) < sizeof(input.reg))
        strcpy(input.reg, name);
    else
        memcpy(input.reg, name, sizeof(input.reg) - 1); /* too long to be one: told by its head */
    return xe__instance_enter(instance, &input, err);
}

bool xe_instance_mem_write(struct xe_instance *instance, xe_gva address, const void *bytes,
                           uint32_t size, struct xe_error *err)
{
    struct xe_input input = {.kind = XE_INPUT_MEMORY, .address = address};
    uint32_t part;

    if (!xe_mem_view(instance->mem, address, size))
        return xe_error_set(err, XE_ERR_ADDRESS_UNMAPPED,
                            "%u bytes at 0x%08x are not all committed guest memory", size, address);
    for (uint32_t at = 0; at < size; at += part) {
        part = size - at < XE_INPUT_BYTES_MAX ? size - at : XE_INPUT_BYTES_MAX;
        input.address = address + at;
        input.bytes = (struct xe_input_bytes){(uint8_t *)(uintptr_t)bytes + at, part};
        if (!xe__instance_enter(instance, &input, err))
            return false;
    }
    return true;
}

/* ---- recording ------------------------------------------------------------------------------ */

bool xe_instance_is_recording(const struct xe_instance *instance)
{
    return instance->inputs.recording;
}

size_t xe_instance_inputs(const struct xe_instance *instance)
{
    return instance->inputs.count;
}

static bool is_clean(const struct xe_instance *instance, struct xe_error *err)
{
    const struct xe_taint *taint = &instance->inputs.taint;

    return taint->reason == XE_TAINT_NONE ||
           xe_error_set(err, XE_ERR_STATE_TAINTED, "tainted at cycle %llu: %s",
                        (unsigned long long)taint->cycle, xe_taint_doc(taint->reason));
}

bool xe_instance_record_start(struct xe_instance *instance, struct xe_error *err)
{
    struct xe_inputs *inputs = &instance->inputs;

    if (inputs->recording)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "it records already");
    if (inputs->replay == XE_REPLAY_PLAYING || inputs->replay == XE_REPLAY_DIVERGED)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "it plays an input log");
    if (!instance->title.loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "no title is loaded");
    if (!is_clean(instance, err))
        return false;
    if (inputs->replay == XE_REPLAY_ENDED)
        xe_inputs_go_on(inputs);
    inputs->recording = true;
    return true;
}

bool xe_instance_record_stop(struct xe_instance *instance, struct xe_input_log *ret,
                             struct xe_error *err)
{
    struct xe_inputs *inputs = &instance->inputs;

    if (!inputs->recording)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "it doesn't record");
    inputs->recording = false;
    if (!is_clean(instance, err))
        return false;
    *ret = (struct xe_input_log){.input = inputs->input,
                                 .inputs = inputs->count,
                                 .point = inputs->point,
                                 .points = inputs->points,
                                 .end = xe__instance_point(instance)};
    return true;
}

bool xe_instance_inputs_log(struct xe_instance *instance, struct xe_input_log *ret,
                            struct xe_error *err)
{
    const struct xe_inputs *inputs = &instance->inputs;
    bool plays = inputs->replay != XE_REPLAY_NONE;
    struct xe_input_log log = {.input = inputs->input,
                               .inputs = plays ? inputs->next : inputs->count,
                               .point = inputs->point,
                               .points = plays ? inputs->next_point : inputs->points};

    if (!instance->title.loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "no title is loaded");
    if (inputs->replay == XE_REPLAY_DIVERGED)
        return xe_error_set(err, XE_ERR_REPLAY_DIVERGED, "the replay differs: %s",
                            inputs->difference.text);
    if (!is_clean(instance, err))
        return false;
    log.end = xe__instance_point(instance);
    /* The end of a log that was played out is a point like others now, if there is room for it. */
    log.points = log.points < XE_INPUT_POINTS_MAX ? log.points : XE_INPUT_POINTS_MAX;
    *ret = log;
    return true;
}
