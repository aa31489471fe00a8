/* Reservations while threads take turns: a pair of lwarx and stwcx. is as exclusive as on the chip.
 */
#include <criterion/criterion.h>

#include "bench.h"

#define BLR      0x4E800020u
#define LI(r, v) (0x38000000u | (r) << 21 | ((v)&0xFFFF))

static struct bench b;
static struct program p;

static void setup(void)
{
    bench_init(&b, NULL);
    program_init(&p);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_reservation, .init = setup, .fini = teardown);

/* lwarx, `loops` instructions, stwcx. of 5; what the word holds then. With company, another
 * hardware thread takes its turns too. */
static uint32_t after_a_pair(uint32_t loops, bool company)
{
    struct xe_thread_request request = {.process = XE_PROCESS_TITLE, .hw = 1};
    uint32_t status;

    program_li(&p, 4, PROGRAM_DATA);
    program_emit(&p, LI(5, 5));
    program_emit(&p, LI(6, loops));
    program_emit(&p, 0x7CC903A6); /* mtctr r6       */
    program_emit(&p, 0x7CE02028); /* lwarx r7,0,r4  */
    program_emit(&p, 0x42000000); /* bdnz .         */
    program_emit(&p, 0x7CA0212D); /* stwcx. r5,0,r4 */
    program_emit(&p, BLR);
    request.start = program_here(&p);
    program_emit(&p, 0x48000000); /* b .           */
    program_load(&b, &p, 0);
    if (company)
        cr_assert_not_null(xe_kernel_thread_create(b.kernel, &request, &status));
    (void)bench_run(&b, 5000, NULL);
    return xe_mem_u32(b.mem, PROGRAM_DATA);
}

/* Slices have 1000 instructions. */
Test(kernel_reservation, a_reservation_lasts_while_nobody_else_may_run)
{
    cr_expect_eq(after_a_pair(900, true), 5);
}

Test(kernel_reservation, a_reservation_ends_with_the_slice)
{
    cr_expect_eq(after_a_pair(1100, true), 0);
}

Test(kernel_reservation, a_reservation_outlasts_turns_that_nobody_else_takes)
{
    cr_expect_eq(after_a_pair(1100, false), 5);
}
