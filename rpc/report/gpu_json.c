/* How the GPU stands, for the JSON of an explanation; its rows are in members_explain.c. */
#include <stdio.h>
#include <stdlib.h>

#include "rpc/report/explain_json.h"

bool xe__rpc_explained_gpu_make(const struct xe_explain *explain, struct xe_rpc_explained_gpu *ret)
{
    const struct xe_explain_gpu *gpu = &explain->gpu;

    ret->about = *gpu;
    if (!gpu->there)
        return true;
    ret->certainty = xe_certainty_name(explain->thread[gpu->actor].stuck);
    ret->halt = gpu->info.doing == XE_GPU_HALTED ? xe_gpu_halt_text(gpu->info.halt) : NULL;
    ret->writer = calloc(explain->threads, sizeof(*ret->writer));
    for (uint32_t i = 0; ret->writer && i < explain->threads; i++)
        if (explain->thread[i].live && !explain->thread[i].stuck)
            ret->writer[ret->writers++] = explain->thread[i].now.tid;
    return ret->writer != NULL;
}

static bool is_it(const struct xe_explain *explain, const struct xe_explain_root *root)
{
    return explain->gpu.there && !root->cycle && !root->objects && root->threads &&
           root->thread[0] == explain->gpu.actor;
}

static const char *const subs[XE_GPU_DOINGS] = {
    [XE_GPU_NO_RING] = "GPU_IDLE",    [XE_GPU_IDLE] = "GPU_IDLE",   [XE_GPU_BUSY] = "GPU_IDLE",
    [XE_GPU_PARTIAL] = "GPU_PARTIAL", [XE_GPU_WAITS] = "GPU_WAITS", [XE_GPU_HALTED] = "GPU_HALTED"};
static const char *const causes[XE_GPU_DOINGS] = {[XE_GPU_NO_RING] = "was given nothing more",
                                                  [XE_GPU_IDLE] = "was given nothing more",
                                                  [XE_GPU_BUSY] = "was given nothing more",
                                                  [XE_GPU_PARTIAL] = "has a command in part",
                                                  [XE_GPU_WAITS] = "waits itself",
                                                  [XE_GPU_HALTED] = "has halted"};

bool xe__rpc_gpu_why(const struct xe_explain *explain, const struct xe_explain_root *root,
                     struct xe_rpc_explained_root *ret)
{
    const struct xe_gpu_info *info = &explain->gpu.info;
    const char *detail = info->doing == XE_GPU_HALTED ? xe_gpu_halt_text(info->halt)
                         : info->wait.never           ? "no value at all would do"
                                                      : "";

    if (!is_it(explain, root))
        return false;
    ret->code = "NO_PRODUCER";
    ret->sub = subs[info->doing];
    snprintf(ret->text, sizeof(ret->text), "nothing known can release it: the GPU %s",
             causes[info->doing]);
    snprintf(ret->detail, sizeof(ret->detail), "%s", detail);
    return true;
}
