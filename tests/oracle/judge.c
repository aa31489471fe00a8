/* See judge.h. */
#include "oracle/judge.h"

#include <criterion/criterion.h>

#include "oracle/truth.h"

static const struct xe_explain_thread *find(const struct xe_explain *explain, uint32_t tid)
{
    for (uint32_t i = 0; i < explain->threads; i++)
        if (explain->thread[i].now.tid == tid)
            return &explain->thread[i];
    return NULL;
}

void judge_fates(const struct oracle *model, struct judge_fates *ret)
{
    uint32_t all = (1u << model->threads) - 1;

    ret->ever = oracle_can_act(model, ORACLE_EVER, false);
    ret->spared = ret->ever == all ? all : oracle_can_act(model, ORACLE_EVER, true);
    ret->again = oracle_can_act(model, ORACLE_AGAIN, false);
}

static const char *judge_thread(enum xe_certainty said, const struct judge_fates *truth, uint32_t i)
{
    if (said == XE_CERTAINTY_CERTAIN && truth->ever >> i & 1)
        return "said to be stuck for certain, but may go on";
    if (said != XE_CERTAINTY_CERTAIN && !(truth->spared >> i & 1))
        return "stuck for certain, which is missed";
    if (said == XE_CERTAINTY_LIKELY && truth->again >> i & 1)
        return "said to be likely stuck, but one who released it before may do so again";
    return NULL;
}

const char *judge_explanation(const struct stage *stage, const struct oracle *model,
                              const struct judge_fates *fates, unsigned long told[XE_CERTAINTIES])
{
    struct xe_explain *explain = xe_explain_make(stage->bench.kernel, XE_STOP_NONE, "", NULL);
    const char *wrong = NULL;

    cr_assert(explain);
    for (uint32_t i = 0; i < model->threads && !wrong; i++) {
        const struct xe_explain_thread *it = find(explain, stage->thread[i]->tid);

        if (!oracle_waits(model, i))
            continue;
        told[it->stuck]++;
        wrong = judge_thread(it->stuck, fates, i);
    }
    xe_explain_free(explain);
    return wrong;
}
