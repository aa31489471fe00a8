/* A library whose entry, when it is attached, does something: HANGS waits for what never comes,
 * ENDS ends its thread, LOADS loads another library. FREES is one whose function unloads it,
 * FAULTS one whose entry faults for that reason. */
#include <xe360/kernel.h>
#include <xe360/module.h>

#ifdef HANGS
static void act(void)
{
    HANDLE never = 0;

    NtCreateEvent(&never, NULL, 1, 0);
    NtWaitForSingleObjectEx(never, 1, 0, NULL);
}
#elif defined(ENDS)
static void act(void)
{
    ExTerminateThread(3);
}
#elif defined(FREES) || defined(FAULTS)
static void act(void)
{
}
#else
static void act(void)
{
    XexLoadImage(LOADS, LOAD_TITLE_LIBRARY, 0, NULL);
}
#endif

static void *me;

u32 answer(void);
u32 answer(void)
{
#ifdef FREES
    XexUnloadImage(me);
#endif
    return 42;
}

u32 DllMain(void *module, u32 reason, void *reserved)
{
#ifdef FAULTS
    if (reason == FAULTS)
        *(volatile u32 *)16 = reason;
#endif
    me = module;
    if (reason == DLL_PROCESS_ATTACH)
        act();
    return 1;
}
