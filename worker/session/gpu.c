/* gpu.state and gpu.counters; gpu.registers and gpu.shaders are with the other lists in
 * inspect.c. */
#include <stdio.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/gpu.h"
#include "xe/ucode.h"

void xe__session_gpu_state(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_gpu_view view = {.halt = NULL};
    const struct xe_gpu *gpu;

    if (!instance)
        return;
    gpu = xe_kernel_gpu(xe_instance_kernel(instance));
    view.base = xe__rpc_session_base(call, instance);
    xe_gpu_info(gpu, &view.info);
    view.frame = *xe_gpu_frame(gpu);
    if (view.info.halt != XE_GPU_GOES)
        view.halt = xe_gpu_halt_text(view.info.halt);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_gpu_state, &view));
}

/* Those of them that were counted at all. */
static uint32_t count_all(const uint64_t *counts, uint32_t n, const char *(*name)(uint32_t i),
                          struct xe_rpc_gpu_count_view *ret)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (!counts[i])
            continue;
        if (name)
            snprintf(ret[found].name, sizeof(ret[found].name), "%s", name(i));
        else
            snprintf(ret[found].name, sizeof(ret[found].name), "0x%02x", i);
        ret[found++].count = counts[i];
    }
    return found;
}

static uint32_t limits_of(const struct xe_gpu_counters *counters, struct xe_rpc_gpu_limit_view *ret)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < XE_GPU_LIMITS; i++)
        if (counters->limits[i])
            ret[found++] = (struct xe_rpc_gpu_limit_view){
                xe_gpu_limit_name(i), xe_gpu_limit_text(i), counters->limits[i]};
    return found;
}

void xe__session_gpu_counters(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_gpu_counters_view view;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.counters = *xe_gpu_counters(xe_kernel_gpu(xe_instance_kernel(instance)));
    view.commands =
        count_all(view.counters.opcodes, XE_GPU_OPCODES, xe_gpu_opcode_name, view.command);
    view.primitives = count_all(view.counters.primitives, XE_GPU_PRIMITIVES, NULL, view.primitive);
    view.limits = limits_of(&view.counters, view.limit);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_gpu_counters, &view));
}

struct lines {
    json_t *list;
    size_t bytes;
};

static void add_line(void *ctx, const char *line)
{
    struct lines *lines = ctx;

    json_array_append_new(lines->list, json_string(line));
    lines->bytes += strlen(line) + 4; /* quotes, a comma */
}

json_t *xe__session_shader_code(const struct xe_gpu_shader *shader, size_t *bytes)
{
    struct lines lines = {.list = json_array()};

    xe_ucode_disassemble(shader->pixel ? XE_UCODE_PIXEL : XE_UCODE_VERTEX, shader->code,
                         shader->words, add_line, &lines);
    *bytes += lines.bytes;
    return lines.list;
}
