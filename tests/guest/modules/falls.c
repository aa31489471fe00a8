/* Crashes in the middle of handling: MODE 1: a handler faults, and nobody handles that. 2: a filter
 * raises for ever, until the stack has no room. 3: a handler that is told of an unwind faults. */
#include <xe360/except.h>
#include <xe360/kernel.h>

typedef u32 body(u32 argument);

u32 guarded(body *body, u32 argument);
u32 with_handler(body *body, u32 argument);
asm("xe_begin guarded, __C_specific_handler, guarded_scopes\n"
    "mtctr 3\nmr 3, 4\n1: bctrl\n2: xe_return\n"
    "xe_end guarded, 3\n"
    "xe_funclet guarded_filter, ask\nxe_end guarded_filter, 1\n"
    "xe_scopes guarded_scopes, 1\nxe_scope 1b, 2b, guarded_filter, 2b\n"
    "xe_begin with_handler, own_handler, 0\n"
    "mtctr 3\nmr 3, 4\nbctrl\nxe_return\n"
    "xe_end with_handler, 3\n");

static u32 raise(u32 code)
{
    struct exception_record record = {.code = code};

    RtlRaiseException(&record);
    return code;
}

s32 ask(struct exception_pointers *pointers);
s32 ask(struct exception_pointers *pointers)
{
    if (MODE == 2)
        raise(pointers->record->code + 1);
    return pointers->record->code == 0xE0000001; /* of the fault behind it: no */
}

u32 own_handler(struct exception_record *record);
u32 own_handler(struct exception_record *record)
{
    u32 unwinds = record->flags & EXCEPTION_UNWINDING;

    if (record->code == 0xE0000001 && (MODE == 1 ? !unwinds : unwinds))
        *(volatile u32 *)0x4000 = 1;
    return CONTINUE_SEARCH;
}

static u32 in_handler(u32 code)
{
    return with_handler(raise, code);
}

int main(void)
{
    guarded(in_handler, 0xE0000001);
    DbgPrint("not reached\n");
    return 1;
}
