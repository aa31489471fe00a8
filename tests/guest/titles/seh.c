/* Structured exceptions: what filters decide, in which order blocks are run, what faults are told
 * as. Every check would hold on a console. */
#define TITLE "seh"
#include "seh.h"

#define NO_MEMORY        0xC0000017u
#define ACCESS_VIOLATION 0xC0000005u
#define OWN_CODE         0xE0000001u

static s32 handles(struct exception_pointers *pointers)
{
    return 1;
}

static s32 continues(struct exception_pointers *pointers)
{
    return -1;
}

static s32 declines_first(struct exception_pointers *pointers)
{
    return told > 1;
}

/* ---- bodies --------------------------------------------------------------------------------- */

static u32 raise(u32 code)
{
    struct exception_record record = {.code = code, .parameters = 1, .parameter = {42}};

    RtlRaiseException(&record);
    return 5;
}

static u32 raise_status(u32 code)
{
    RtlRaiseStatus(code);
    return 5;
}

static u32 store(u32 address)
{
    *(volatile u32 *)address = 1;
    return 6;
}

static u32 load(u32 address)
{
    return *(volatile u32 *)address;
}

static u32 divide(u32 by)
{
    asm volatile("twlgei %0, -1\n.long 0x0CC00000 | 3 << 16" : : "r"(0), "r"(by));
    return 100 / by;
}

static u32 call(u32 address)
{
    return ((body *)address)(7);
}

static u32 in_finally(u32 code)
{
    return finally(raise, code);
}

static u32 in_two_finallys(u32 code)
{
    return finally(in_finally, code);
}

static u32 in_guarded(u32 code)
{
    return guarded(raise, code);
}

/* ---- what filters decide -------------------------------------------------------------------- */

static void filters_decide(void)
{
    forget();
    filter = handles;
    CHECK(guarded(raise, NO_MEMORY) == NO_MEMORY);
    CHECK(last.parameters == 1 && last.parameter[0] == 42 && last.address);
    CHECK(guarded(raise, 0) == 0);
    filter = continues;
    CHECK(guarded(raise, NO_MEMORY) == 5);
    forget();
    filter = declines_first;
    CHECK(guarded(in_guarded, OWN_CODE) == OWN_CODE);
    CHECK(is_told("ff"));
}

/* Nobody may go on from this: who tries gets another. */
static s32 insists(struct exception_pointers *pointers)
{
    if (pointers->record->code == NO_MEMORY)
        return -1;
    return 1;
}

static void some_are_not_continuable(void)
{
    forget();
    filter = insists;
    CHECK(guarded(raise_status, NO_MEMORY) == 0xC0000025);
    CHECK(last.flags & EXCEPTION_NONCONTINUABLE);
    CHECK(last.record && last.record->code == NO_MEMORY);
    CHECK(is_told("ff"));
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void blocks_run_in_order(void)
{
    filter = handles;
    forget();
    CHECK(finally(load, (u32)&told) == 0);
    CHECK(is_told("e"));
    forget();
    CHECK(guarded(in_two_finallys, OWN_CODE) == OWN_CODE);
    CHECK(is_told("fee"));
    forget();
    CHECK(both(raise, OWN_CODE) == OWN_CODE);
    CHECK(is_told("fe"));
    forget();
    filter = continues;
    CHECK(both(raise, OWN_CODE) == 5);
    CHECK(is_told("fe"));
}

static void raise_once(void)
{
    block = NULL;
    raise(OWN_CODE + 1);
}

/* A block that raises while its frame goes: another unwind meets the first, and no block is run
 * twice. */
static void unwinds_collide(void)
{
    filter = handles;
    forget();
    block = raise_once;
    CHECK(guarded(in_two_finallys, OWN_CODE) == OWN_CODE + 1);
    CHECK(is_told("fefe"));
}

static void guard_in_block(void)
{
    block = NULL;
    CHECK(guarded(raise, OWN_CODE + 2) == OWN_CODE + 2);
}

static void blocks_may_have_guards(void)
{
    filter = handles;
    forget();
    block = guard_in_block;
    CHECK(guarded(in_two_finallys, OWN_CODE) == OWN_CODE);
    CHECK(is_told("fefe"));
}

/* ---- faults --------------------------------------------------------------------------------- */

static s32 steps_over(struct exception_pointers *pointers)
{
    pointers->context->iar += 4;
    return -1;
}

static void faults_are_told(void)
{
    forget();
    filter = handles;
    CHECK(guarded(store, 0x1234) == ACCESS_VIOLATION);
    CHECK(last.parameters == 2 && last.parameter[0] == 1 && last.parameter[1] == 0x1234);
    CHECK(guarded(load, 0x1238) == ACCESS_VIOLATION);
    CHECK(last.parameter[0] == 0 && last.parameter[1] == 0x1238);
    CHECK(guarded(store, (u32)&guarded) == ACCESS_VIOLATION);
    CHECK(guarded(call, 0) == ACCESS_VIOLATION);
    CHECK(last.address == 0);
    CHECK(guarded(divide, 0) == 0xC0000094);
    filter = steps_over;
    CHECK(guarded(store, 0x1234) == 6);
    filter = handles;
    CHECK(guarded(divide, 5) == 20);
}

static u32 breaks(u32 argument)
{
    asm volatile(".long 0x0FE00016");
    return argument;
}

static u32 illegal(u32 argument)
{
    asm volatile(".long 0");
    return argument;
}

static u32 privileged(u32 argument)
{
    asm volatile(".long 0x4C000024"); /* rfid */
    return argument;
}

static u32 unaligned(u32 argument)
{
    u32 value;

    asm volatile("lwarx %0, 0, %1" : "=r"(value) : "r"(argument));
    return value;
}

static void instructions_that_fault(void)
{
    forget();
    filter = steps_over;
    CHECK(guarded(breaks, 9) == 9);
    CHECK(last.code == 0x80000003 && last.parameter[0] == 0x16);
    CHECK(guarded(illegal, 10) == 10);
    CHECK(last.code == 0xC000001D);
    CHECK(guarded(privileged, 11) == 11);
    CHECK(last.code == 0xC0000096);
    filter = handles;
    CHECK(guarded(unaligned, (u32)&told + 2) == 0x80000002);
    CHECK(last.parameter[1] == (u32)&told + 2);
}

static const u64 zero;

/* 0 / 0 with the exception for it enabled. */
static u32 invalid(u32 argument)
{
    asm volatile("lfd 0, 0(%0)\nmfmsr 5\nori 5, 5, 0x900\n.long 0x7CA00164\nmtfsb1 24\n"
                 ".long 0xFC200024"
                 :
                 : "b"(&zero)
                 : "r5", "fr0", "fr1");
    return argument;
}

static void floats_that_are_watched(void)
{
    forget();
    filter = handles;
    CHECK(guarded(invalid, 1) == 0xC0000090);
    asm volatile("mtfsb0 24\nmfmsr 5\nrlwinm 5, 5, 0, 24, 19\n.long 0x7CA00164" : : : "r5");
    CHECK(guarded(load, (u32)&zero) == 0);
}

/* A filter that faults itself: the search for who handles that goes through the first. */
static s32 faults(struct exception_pointers *pointers)
{
    if (pointers->record->code == ACCESS_VIOLATION)
        return 1;
    store(0x4000);
    return 0;
}

static void a_filter_faults(void)
{
    forget();
    filter = faults;
    CHECK(guarded(raise, OWN_CODE) == ACCESS_VIOLATION);
    CHECK(is_told("ff"));
    CHECK(last.flags & 0x10); /* it is nested */
}

/* ---- handlers of its own -------------------------------------------------------------------- */

u32 with_handler(body *body, u32 argument);
asm("xe_begin with_handler, own_handler, 0x1234\n"
    "mtctr 3\nmr 3, 4\nbctrl\nxe_return\n"
    "xe_end with_handler, 3\n");

static u32 wish, wishes, seen_data, seen_flags, faults_if;

u32 own_handler(struct exception_record *record, u32 frame, struct context *context,
                struct dispatcher_context *dispatcher);
u32 own_handler(struct exception_record *record, u32 frame, struct context *context,
                struct dispatcher_context *dispatcher)
{
    seen_data = ((u32 *)dispatcher->entry[0])[-1];
    seen_flags |= record->flags;
    if (faults_if && record->code == OWN_CODE &&
        (faults_if & EXCEPTION_UNWINDING) == (record->flags & EXCEPTION_UNWINDING))
        store(0x4000);
    if (dispatcher->pc < (u32)&with_handler || dispatcher->frame != frame)
        wishes = 100;
    return wishes++ ? CONTINUE_SEARCH : wish;
}

static u32 in_own(u32 code)
{
    return with_handler(raise, code);
}

static u32 in_own_fault(u32 address)
{
    return with_handler(store, address);
}

static void own_handlers_are_called(void)
{
    filter = handles;
    forget();
    wish = CONTINUE_EXECUTION;
    wishes = seen_flags = 0;
    CHECK(in_own(OWN_CODE) == 5);
    CHECK(seen_data == 0x1234 && wishes == 1);
    wish = CONTINUE_SEARCH;
    wishes = 0;
    CHECK(guarded(in_own, OWN_CODE) == OWN_CODE);
    CHECK(wishes == 2 && (seen_flags & EXCEPTION_UNWINDING));
    CHECK(guarded(in_own_fault, 0x2000) == ACCESS_VIOLATION);
    wish = 9; /* means nothing */
    wishes = 0;
    CHECK(guarded(in_own, OWN_CODE) == 0xC0000026);
    CHECK(wishes < 100);
}

static s32 of_the_fault(struct exception_pointers *pointers)
{
    return pointers->record->code == ACCESS_VIOLATION;
}

/* While it is asked, and while it is told of an unwind: whoever is outside handles what it did
 * itself. */
static void own_handlers_fault(void)
{
    forget();
    filter = of_the_fault;
    wishes = 1;
    faults_if = 1;
    CHECK(guarded(in_own, OWN_CODE) == ACCESS_VIOLATION);
    CHECK(is_told("f"));
    forget();
    filter = handles;
    faults_if = EXCEPTION_UNWINDING;
    CHECK(guarded(in_own, OWN_CODE) == ACCESS_VIOLATION);
    CHECK(is_told("ff"));
    faults_if = 0;
    CHECK(guarded(in_own, OWN_CODE) == OWN_CODE);
}

/* ---- guard pages ---------------------------------------------------------------------------- */

#define GUARD_VIOLATION 0x80000001u

/* A page that guards tells one access, and is as any other then. */
static void a_guard_page_tells_once(void)
{
    void *base = NULL;
    u32 size = 0x10000, old = 0;

    forget();
    filter = handles;
    CHECK(NtAllocateVirtualMemory(&base, &size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, 0) == 0);
    size = 0x1000;
    CHECK(NtProtectVirtualMemory(&base, &size, PAGE_READWRITE | 0x100, &old, 0) == 0);
    CHECK(old == PAGE_READWRITE && MmQueryAddressProtect(base) == (PAGE_READWRITE | 0x100));
    CHECK(guarded(store, (u32)base + 8) == GUARD_VIOLATION);
    CHECK(last.parameters == 2 && last.parameter[0] == 1 && last.parameter[1] == (u32)base + 8);
    CHECK(MmQueryAddressProtect(base) == PAGE_READWRITE);
    CHECK(guarded(store, (u32)base + 8) == 6 && guarded(load, (u32)base + 8) == 1);
    filter = continues;
    NtProtectVirtualMemory(&base, &size, PAGE_READWRITE | 0x100, &old, 0);
    CHECK(guarded(load, (u32)base + 8) == 1);
    NtProtectVirtualMemory(&base, &size, PAGE_READONLY | 0x100, &old, 0);
    filter = handles;
    CHECK(guarded(store, (u32)base + 8) == ACCESS_VIOLATION);
    CHECK(guarded(load, (u32)base + 8) == GUARD_VIOLATION);
    size = 0;
    NtFreeVirtualMemory(&base, &size, MEM_RELEASE, 0);
}

/* ---- the last resort ------------------------------------------------------------------------ */

static u32 resorts;

static s32 resort_steps_over(struct exception_pointers *pointers)
{
    resorts++;
    return steps_over(pointers);
}

static s32 resort_handles(struct exception_pointers *pointers)
{
    resorts += pointers->record->code == ACCESS_VIOLATION;
    return 1;
}

static u32 store_guarded(u32 address)
{
    return guarded(store, address);
}

/* The inner filter asks it, the outer takes what is left. */
static s32 asks_the_last(struct exception_pointers *pointers)
{
    return told == 1 ? UnhandledExceptionFilter(pointers) : 1;
}

static void only_going_on_is_heard(void)
{
    filter = asks_the_last;
    forget();
    CHECK(guarded(store_guarded, 0x1234) == ACCESS_VIOLATION && is_told("ff"));
    CHECK(SetUnhandledExceptionFilter(resort_steps_over) == NULL);
    forget();
    CHECK(guarded(store_guarded, 0x1234) == 6 && is_told("f") && resorts == 1);
    CHECK(SetUnhandledExceptionFilter(resort_handles) == resort_steps_over);
    forget();
    CHECK(guarded(store_guarded, 0x1234) == ACCESS_VIOLATION && is_told("ff") && resorts == 2);
    SetUnhandledExceptionFilter(NULL);
}

/* ---- jumping out ---------------------------------------------------------------------------- */

static struct context kept;

static u32 jump(u32 value)
{
    RtlUnwind((u32)kept.gpr[1], kept.iar, NULL, value);
    return 0;
}

static u32 jump_through(u32 value)
{
    return finally(jump, value);
}

/* As longjmp does it: to where a context was captured, with blocks run on the way. */
static void jumps_out(void)
{
    struct exception_record none = {0};
    volatile u32 again = 0;

    forget();
    RtlCaptureContext(&kept);
    if (again++ == 0) {
        kept.gpr[1] = *(u32 *)(u32)kept.gpr[1]; /* the frame that this function was called with */
        jump_through(33);
    }
    CHECK(again == 2 && is_told("e"));
    CHECK(none.code == 0);
}

static u32 unwind_nowhere(u32 frame)
{
    RtlUnwind(frame, 0, NULL, 0);
    return 1;
}

/* To what is no frame: frames are gone through until it is passed, and that is an exception. */
static void nowhere_is_no_target(void)
{
    forget();
    filter = handles;
    CHECK(guarded(unwind_nowhere, ((u32)__builtin_frame_address(0) & ~7u) + 4) == 0xC0000029);
    CHECK(is_told("f") && last.record && (last.record->flags & EXCEPTION_UNWINDING));
}

/* ---- all of it ------------------------------------------------------------------------------ */

static s32 vectored(struct exception_pointers *pointers)
{
    tell('v');
    return pointers->record->code == OWN_CODE ? -1 : 0;
}

static void the_vectored_handler_is_first(void)
{
    filter = handles;
    forget();
    RtlSetVectoredExceptionHandler(vectored);
    CHECK(guarded(raise, OWN_CODE) == 5);
    CHECK(guarded(raise, NO_MEMORY) == NO_MEMORY);
    CHECK(is_told("vvf"));
    RtlClearVectoredExceptionHandler();
    CHECK(guarded(raise, OWN_CODE) == OWN_CODE);
}

static u32 deeper(u32 n)
{
    volatile u32 room[16] = {n};

    return n ? deeper(n - 1) + room[0] : raise(OWN_CODE);
}

static u32 thread(void *context)
{
    filter = handles;
    for (u32 i = 0; i < 100; i++)
        CHECK(guarded(deeper, i) == OWN_CODE);
    return 0;
}

static u32 tried;

/* Gives memory back and has the allocation tried again. */
static s32 retries(struct exception_pointers *pointers)
{
    tried++;
    return pointers->record->code == NO_MEMORY && tried < 3 ? -1 : 1;
}

static u32 allocate(u32 code)
{
    u32 n = 0;

    while (++n < 10)
        if (raise(code) != 5)
            break;
    return n;
}

static void an_allocation_is_tried_again(void)
{
    filter = retries;
    tried = 0;
    CHECK(guarded(allocate, NO_MEMORY) == NO_MEMORY);
    CHECK(tried == 3);
}

int main(void)
{
    filters_decide();
    some_are_not_continuable();
    blocks_run_in_order();
    unwinds_collide();
    blocks_may_have_guards();
    faults_are_told();
    instructions_that_fault();
    floats_that_are_watched();
    a_filter_faults();
    own_handlers_are_called();
    own_handlers_fault();
    a_guard_page_tells_once();
    only_going_on_is_heard();
    jumps_out();
    nowhere_is_no_target();
    the_vectored_handler_is_first();
    an_allocation_is_tried_again();
    join(start((thread_start *)thread, NULL, 3));
    return verdict();
}
