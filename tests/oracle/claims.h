/* What must hold for a sub-reason of the audit to be true of one thread's wait: the rows of
 * doc/audit.md in their order, each decided by the model, its notes, and brute force. */
#ifndef XE_TESTS_ORACLE_CLAIMS_H
#define XE_TESTS_ORACLE_CLAIMS_H

#include "oracle/model.h"

/* MAYBE: the contract leaves it to what the audit can know. */
enum claim_holds { CLAIM_NO, CLAIM_MAYBE, CLAIM_YES };

struct claim {
    const struct oracle *model;
    const struct oracle_notes *notes;
    const struct oracle_thread *waiter;
    const struct oracle_object *object;
    struct oracle_past past; /* as it was heard, ghosts not included */
    uint32_t thread, at, identity;
    uint32_t ever, spared; /* threads that may ever act, bit by bit (judge.h) */
    int32_t parked;        /* note of the wait's beginning */
};

/* NULL: saying this sub-reason of a wait for an object that was signalled, or was not, is right;
 * else the row that should have been said. */
const char *claim_judge(const struct claim *it, bool signalled, const char *sub);
/* One that no wait was judged for was said, and right. */
void claim_count(const char *sub);
/* All rows, how often each was said, and why some never are. */
void claim_each_row(void (*fn)(const char *sub, const char *beyond, unsigned long said));

#endif
