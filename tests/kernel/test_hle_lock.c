/* Exports of IRQL and spin locks. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "hle_bench.h"
#include "kernel/core/layout.h"
#include "kernel/core/thread.h"

#define LOCK SCRATCH

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_lock, .init = setup, .fini = teardown);

static uint8_t irql_in_memory(void)
{
    return xe_mem_u8(h.bench.mem, h.thread->kpcr + XE_X_PCR_IRQL);
}

/* Every byte is an IRQL: titles of the console's own raise to 0x7C. */
Test(hle_lock, irqls_are_kept_as_they_are_given)
{
    static const uint32_t irqls[] = {2, 15, 16, 0x7C, 0xFF};

    for (size_t i = 0; i < sizeof(irqls) / sizeof(irqls[0]); i++) {
        cr_expect_eq(CALL(&h, XBOXKRNL, KfRaiseIrql, irqls[i]), 0);
        cr_expect_eq(irql_in_memory(), irqls[i]);
        cr_expect_eq(CALL(&h, XBOXKRNL, KfRaiseIrql, 0x7D), irqls[i], "the one before");
        CALL(&h, XBOXKRNL, KfLowerIrql, irqls[i]);
        cr_expect_eq(irql_in_memory(), irqls[i]);
        CALL(&h, XBOXKRNL, KfReleaseSpinLock, LOCK, 0);
        cr_expect_eq(irql_in_memory(), 0);
    }
}

/* ---- spin locks as waits --------------------------------------------------------------------- */

static void expect_told(uint32_t key, uint32_t waiters, const char *sub, const char *detail)
{
    struct xe_audit_report report;
    const struct xe_audit_handle_report *handle;

    cr_assert(xe_audit_report_make(h.bench.audit, xe_kernel_audit_world(h.bench.kernel), &key, 1,
                                   &report, NULL));
    handle = &report.handle[0];
    cr_expect_eq(handle->waiters, waiters);
    cr_expect_str_eq(handle->diagnosis.sub, sub);
    cr_expect_str_eq(handle->diagnosis.detail, detail);
    xe_audit_report_fini(&report);
}

/* The second thread that wants it never parks, and waits for the first all the same. */
Test(hle_lock, who_spins_for_a_lock_waits_for_its_holder)
{
    struct xe_thread *holder = h.thread;
    char held[64];

    CALL(&h, XBOXKRNL, KfAcquireSpinLock, LOCK);
    expect_told(LOCK, 0, "NEVER_TOUCHED", "no record of this handle");
    h.thread = bench_thread(&h.bench, 1);
    CALL(&h, XBOXKRNL, KfAcquireSpinLock, LOCK);
    snprintf(held, sizeof(held), "owned by tid=%u, running", holder->tid);
    expect_told(LOCK, 1, "SPINLOCK", held);
    expect_told(LOCK + 4, 0, "NEVER_TOUCHED", "no record of this handle");
    h.thread = holder;
    CALL(&h, XBOXKRNL, KfReleaseSpinLock, LOCK, 0);
    expect_told(LOCK, 0, "NEVER_TOUCHED", "no record of this handle");
}

/* Whatever word the title left there. */
Test(hle_lock, a_lock_that_nobody_can_hold_names_nobody)
{
    xe_mem_set_u32(h.bench.mem, LOCK, 1);
    CALL(&h, XBOXKRNL, KeAcquireSpinLockAtRaisedIrql, LOCK);
    expect_told(LOCK, 1, "SPINLOCK",
                "tid=1 spins in KeAcquireSpinLockAtRaisedIrql; who holds it is not known");
}
