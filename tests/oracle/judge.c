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

/* Threads that may go on by each question, bit by bit. */
struct answers {
    uint32_t ever, spared, again;
};

static const char *judge_thread(enum xe_certainty said, const struct answers *truth, uint32_t i)
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
                              unsigned long told[XE_CERTAINTIES])
{
    struct xe_explain *explain = xe_explain_make(stage->bench.kernel, XE_STOP_NONE, "", NULL);
    const char *wrong = NULL;
    struct answers truth;

    cr_assert(explain);
    truth.ever = oracle_can_act(model, ORACLE_EVER, false);
    truth.spared = oracle_can_act(model, ORACLE_EVER, true);
    truth.again = oracle_can_act(model, ORACLE_AGAIN, false);
    for (uint32_t i = 0; i < model->threads && !wrong; i++) {
        const struct xe_explain_thread *it = find(explain, stage->thread[i]->tid);

        if (!oracle_waits(model, i))
            continue;
        told[it->stuck]++;
        wrong = judge_thread(it->stuck, &truth, i);
    }
    xe_explain_free(explain);
    return wrong;
}
