/* Exports of IRQL and spin locks. */
#include <criterion/criterion.h>

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
