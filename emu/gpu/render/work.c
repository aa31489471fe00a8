/* What a renderer may take of the host. A title that draws without end must not stop everybody who
 * waits for it, and what is left out must be the same everywhere: so work is counted by estimate,
 * and what may be done is a function of virtual time, never of the host's. */
#include "gpu/render/render_internal.h"

#define POOL_GROWTH UINT64_C(15000) /* ns for each 100 ns      */
#define TELL_NS     1000000u

void xe__render_act(struct xe__render *render, uint64_t time)
{
    uint64_t passed = time > render->time ? time - render->time : 0;
    uint64_t lacks = XE__RENDER_POOL - render->pool;

    render->act++;
    render->open = NULL;
    render->limits = 0;
    render->time += passed;
    render->pool += passed < lacks / POOL_GROWTH ? passed * POOL_GROWTH : lacks;
}

bool xe__render_pay(struct xe__render *render, uint64_t ns)
{
    bool has = ns <= render->pool;

    render->pool -= has ? ns : render->pool;
    render->owed += ns;
    if (!has)
        xe__render_limit(render, XE_GPU_LIMIT_WORK);
    if (render->owed >= TELL_NS) {
        if (render->host.work)
            render->host.work(render->host.ctx, render->owed);
        render->owed = 0;
    }
    return has;
}

void xe__render_limit(struct xe__render *render, enum xe_gpu_limit limit)
{
    render->limits |= 1u << limit;
}
