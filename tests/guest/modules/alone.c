/* A library to be run by itself: its entry starts a thread of the system's, as plug-ins do, and
 * returns; the thread sees that there is no title, says so and ends or, if WAITS is set, stays. */
#include <xe360/kernel.h>
#include <xe360/module.h>

static void *me;

static u32 plug_in(void *context)
{
    HANDLE never = 0;
    void *title = (void *)1;

    XexGetModuleHandle(NULL, &title);
    DbgPrint("plug-in %s, title %u\n", context == me ? "has its handle" : "is lost", (u32)title);
#ifdef WAITS
    NtCreateEvent(&never, NULL, 1, 0);
    NtWaitForSingleObjectEx(never, 1, 0, NULL);
#endif
    return never;
}

u32 DllMain(void *module, u32 reason, void *reserved)
{
    if (reason != DLL_PROCESS_ATTACH)
        return 1;
    me = module;
    if (ExCreateThread(NULL, 0, NULL, NULL, plug_in, module, 2))
        return 0;
    DbgPrint("attached, %s\n", XexExecutableModuleHandle ? "beside a title" : "no title");
    return 5;
}
