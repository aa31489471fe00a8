/* A library whose entry, when it is attached, does something that it had better not: HANGS waits
 * for what never comes, ENDS ends its thread, LOADS loads another library, which is fine. */
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
#else
static void act(void)
{
    XexLoadImage(LOADS, LOAD_TITLE_LIBRARY, 0, NULL);
}
#endif

u32 answer(void);
u32 answer(void)
{
    return 42;
}

u32 DllMain(void *module, u32 reason, void *reserved)
{
    if (reason == DLL_PROCESS_ATTACH)
        act();
    return 1;
}
