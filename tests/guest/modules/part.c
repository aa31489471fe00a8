/* A library that tells the title of every call of its entry. It is built several times:
 * PART is its letter, NEXT is set when it imports the value of another, REFUSES when it says no,
 * RING when those import it, too, ORDINAL when that import is another ordinal than the 1 that there
 * is. */
#include <xe360/module.h>

#ifndef ORDINAL
#define ORDINAL 1
#endif
#define IMPORT(library, ordinal, name) XE_IMPORT(library, ordinal, name)

void note(u32 part, u32 reason, u32 reserved);
IMPORT(3, 1, note);

#ifdef NEXT
u32 next_value(void);
IMPORT(4, ORDINAL, next_value);
#endif

u32 value(void);
u32 self(void);
static void *volatile me;
static volatile u32 attached;

u32 value(void)
{
#if defined(NEXT) && !defined(RING)
    return next_value() * 10 + attached;
#else
    return attached;
#endif
}

/* Which module its entry was called for. */
u32 self(void)
{
    return (u32)me;
}

u32 DllMain(void *module, u32 reason, void *reserved)
{
    if (reason == DLL_PROCESS_ATTACH) {
        me = module;
        attached = PART - 'a' + 1;
#ifdef NEXT
        next_value(); /* is there by now */
#endif
    }
    note(PART, reason, (u32)reserved);
#ifdef REFUSES
    return reason != DLL_PROCESS_ATTACH;
#else
    return 1;
#endif
}
