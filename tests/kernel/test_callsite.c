/* Calls of the title's code that never were made: what their instructions tell, and what isn't
 * said. */
#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/core/callsite.h"
#include "kernel/core/milestone.h"

#define LIS(reg, high)       (0x3C000000u | (reg) << 21 | (high))
#define ADDI(to, from, low)  (0x38000000u | (to) << 21 | (from) << 16 | ((low)&0xFFFF))
#define ORI(to, from, low)   (0x60000000u | (from) << 21 | (to) << 16 | (low))
#define LWZ(to, base, low)   (0x80000000u | (to) << 21 | (base) << 16 | ((low)&0xFFFF))
#define LWZU(to, base, low)  (0x84000000u | (to) << 21 | (base) << 16 | ((low)&0xFFFF))
#define STW(from, base, low) (0x90000000u | (from) << 21 | (base) << 16 | ((low)&0xFFFF))
#define MR(to, from)         (0x7C000378u | (from) << 21 | (to) << 16 | (from) << 11)
#define BL(ahead)            (0x48000001u | ((ahead)&0x03FFFFFC))
#define B(ahead)             (0x48000000u | ((ahead)&0x03FFFFFC))
#define BEQ(ahead)           (0x41820000u | ((ahead)&0xFFFC))
#define BLR                  0x4E800020u

#define HIGH (PROGRAM_DATA >> 16)

static struct hle_bench h;
static struct program program;

static void setup(void)
{
    hle_bench_init(&h);
    program_init(&program);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(callsite, .init = setup, .fini = teardown);

/* ---- registers ------------------------------------------------------------------------------- */

struct code {
    uint32_t word[6];
    enum xe_callsite_value how;
    uint32_t value;
};

Test(callsite, what_the_instructions_before_a_call_tell)
{
    static const struct code codes[] = {
        {{LIS(3, 0x8203), ADDI(3, 3, -8)}, XE_CALLSITE_CONSTANT, 0x8202FFF8},
        {{LIS(3, 0x8203), ORI(3, 3, 0x8001)}, XE_CALLSITE_CONSTANT, 0x82038001},
        {{ADDI(3, 0, 5), ORI(3, 3, 1)}, XE_CALLSITE_CONSTANT, 5},
        {{LIS(9, 0x8203), LWZ(3, 9, 28)}, XE_CALLSITE_LOADED, 0x8203001C},
        {{LIS(31, 0x8203), BL(64), LWZ(3, 31, 28)}, XE_CALLSITE_LOADED, 0x8203001C},
        {{LIS(9, 0x8203), ADDI(9, 9, 16), LWZ(10, 9, 4), MR(3, 10)},
         XE_CALLSITE_LOADED,
         0x82030014},
        {{LIS(3, 0x8203), BEQ(64), STW(3, 1, 8), ADDI(4, 0, 0)}, XE_CALLSITE_CONSTANT, 0x82030000},
        {{LIS(9, 0x8203), BL(64), LWZ(3, 9, 28)}, XE_CALLSITE_UNKNOWN, 0},
        {{LIS(3, 0x8203), BL(64)}, XE_CALLSITE_UNKNOWN, 0},
        {{LIS(3, 0x8203), B(64)}, XE_CALLSITE_UNKNOWN, 0},
        {{LIS(3, 0x8203), BLR}, XE_CALLSITE_UNKNOWN, 0},
        {{LIS(3, 0x8203), LWZ(3, 3, 0), LWZ(3, 3, 0)}, XE_CALLSITE_UNKNOWN, 0},
        {{LIS(3, 0x8203), LWZU(4, 3, 8)}, XE_CALLSITE_UNKNOWN, 0},
        {{LIS(3, 0x8203), 0x00000000, ADDI(4, 0, 0)}, XE_CALLSITE_UNKNOWN, 0},
        {{MR(3, 4)}, XE_CALLSITE_UNKNOWN, 0},
    };

    for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        xe_gva at = SCRATCH + 0x1000;
        enum xe_callsite_value how;
        uint32_t value = 0;

        xe_mem_set_u32(h.bench.mem, at, BLR); /* of the function before */
        for (uint32_t k = 0; k < 6 && (codes[i].word[k] || codes[i].word[k + 1 < 6 ? k + 1 : 5]);
             k++)
            xe_mem_set_u32(h.bench.mem, at += 4, codes[i].word[k]);
        how = xe_kernel_callsite_value(h.bench.mem, at + 4, 3, &value);
        cr_expect_eq(how, codes[i].how, "code %u: %d", i, how);
        cr_expect(how == XE_CALLSITE_UNKNOWN || value == codes[i].value, "code %u: %x", i, value);
    }
}

Test(callsite, a_way_goes_over_branches_but_not_into_calls)
{
    static const uint32_t words[] = {BEQ(12), BL(16), BLR, B(-8), BLR, BLR};

    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        xe_mem_set_u32(h.bench.mem, SCRATCH + 4 * i, words[i]);
    for (uint32_t i = 0; i < 4; i++)
        cr_expect(xe_kernel_callsite_leads(h.bench.mem, SCRATCH, SCRATCH + 4 * i), "word %u", i);
    cr_expect(!xe_kernel_callsite_leads(h.bench.mem, SCRATCH, SCRATCH + 16));
    cr_expect(!xe_kernel_callsite_leads(h.bench.mem, SCRATCH, SCRATCH + 20), "it is called");
    cr_expect(xe_kernel_callsite_leads(h.bench.mem, SCRATCH + 12, SCRATCH + 4), "back to before");
}

/* ---- calls of a title ------------------------------------------------------------------------ */

/* The handle at PROGRAM_DATA + offset is what the call gets. */
static xe_gva call_with(uint32_t ordinal, uint32_t offset)
{
    program_emit(&program, LIS(3, HIGH));
    program_emit(&program, LWZ(3, 3, offset));
    program_call(&program, ordinal);
    return program_here(&program) - 4;
}

static xe_gva call_with_argument(uint32_t ordinal)
{
    program_emit(&program, BLR);
    program_call(&program, ordinal);
    return program_here(&program) - 4;
}

static uint64_t make_event(uint32_t offset)
{
    cr_assert_eq(CALL32(&h, XBOXKRNL, NtCreateEvent, PROGRAM_DATA + offset, 0, 1, 0), 0);
    return xe_kernel_handle_object(h.bench.kernel, xe_mem_u32(h.bench.mem, PROGRAM_DATA + offset))
        ->id;
}

static bool unreached(uint64_t id, struct xe_audit_unreached *ret)
{
    struct xe_callsites *sites = xe_kernel_callsites_create(h.bench.kernel);
    bool found = xe_kernel_callsites_unreached(sites, id, ret);

    xe_kernel_callsites_destroy(sites);
    return found;
}

static void called_from(xe_gva at)
{
    const struct xe_call call = {.kernel = h.bench.kernel, .lr = at + 4};

    xe_kernel_milestone_site(&call);
}

Test(callsite, a_call_with_this_handle_is_told_until_it_was_made)
{
    xe_gva first = call_with(XE_ORD_XBOXKRNL_NtSetEvent, 0);
    xe_gva other = call_with(XE_ORD_XBOXKRNL_NtSetEvent, 4);
    struct xe_audit_unreached call;
    uint64_t one, two;

    call_with(XE_ORD_XBOXKRNL_NtReleaseSemaphore, 0);
    program_load(&h.bench, &program, 0);
    one = make_event(0);
    two = make_event(4);
    cr_assert(unreached(one, &call));
    cr_expect_eq(call.at, first);
    cr_expect_str_eq(call.src, "NtSetEvent");
    cr_expect(call.exact && call.variable == PROGRAM_DATA && !call.more);
    cr_assert(unreached(two, &call));
    cr_expect_eq(call.at, other);
    called_from(first);
    cr_expect(!unreached(one, &call));
    cr_expect(unreached(two, &call));
}

Test(callsite, of_more_calls_than_are_kept_nothing_is_said)
{
    struct xe_audit_unreached call;
    uint64_t id;

    call_with(XE_ORD_XBOXKRNL_NtSetEvent, 0);
    program_load(&h.bench, &program, 0);
    id = make_event(0);
    for (uint32_t i = 0; i < XE_MILESTONE_SITES; i++)
        called_from(0x83000000 + 4 * i);
    cr_expect(!unreached(id, &call), "there may have been others");
}

Test(callsite, one_call_alone_can_be_the_one_without_telling_its_object)
{
    xe_gva at = call_with_argument(XE_ORD_XBOXKRNL_NtSetEvent);
    struct xe_audit_unreached call;
    uint64_t id;

    program_load(&h.bench, &program, 0);
    id = make_event(0);
    cr_assert(unreached(id, &call));
    cr_expect(!call.exact && call.at == at && !call.variable);
    called_from(at);
    cr_expect(!unreached(id, &call));
}

Test(callsite, of_several_that_do_not_tell_nothing_is_said)
{
    struct xe_audit_unreached call;

    call_with_argument(XE_ORD_XBOXKRNL_NtSetEvent);
    call_with_argument(XE_ORD_XBOXKRNL_NtPulseEvent);
    program_load(&h.bench, &program, 0);
    cr_expect(!unreached(make_event(0), &call));
}

/* Whether it was made isn't known of a call that leaves no return address. */
Test(callsite, a_call_at_the_end_of_a_function_is_not_told)
{
    struct xe_audit_unreached call;
    xe_gva at = call_with(XE_ORD_XBOXKRNL_NtSetEvent, 0);

    program.word[program.at - 1] &= ~1u;
    program_load(&h.bench, &program, 0);
    cr_expect(!unreached(make_event(0), &call), "0x%x", at);
}

Test(callsite, the_thread_that_would_come_there_is_named)
{
    struct xe_audit_unreached call;
    xe_gva at = call_with(XE_ORD_XBOXKRNL_NtSetEvent, 0);

    program_load(&h.bench, &program, 0);
    h.thread->start_routine = at - 8;
    cr_assert(unreached(make_event(0), &call));
    cr_expect_eq(call.thread.tid, h.thread->tid);
    h.thread->start_routine = at + 64;
    cr_assert(unreached(make_event(0), &call));
    cr_expect_neq(call.thread.tid, h.thread->tid);
}
