/* A title that launches another: it leaves threads that wait and run, an open file, an event with a
 * name, launch data; routines that it registered for its end run before. */
#define TITLE "launches"
#include "../titles/files.h"

#ifndef NEXT
#define NEXT "game:\\next\\default.xex"
#endif

u32 XamLoaderSetLaunchData(const void *data, u32 size);
u32 XamLoaderGetLaunchDataSize(u32 *size);
void XamLoaderLaunchTitle(const char *path, u32 flags);

static struct title_terminate_registration ending;
static volatile u32 ticks;

static u32 runs_on(void *context)
{
    while (1)
        ticks++;
}

static u32 waits(void *context)
{
    wait((HANDLE)context);
    DbgPrint("FAIL launches: a thread outlived its title\n");
    return 0;
}

static void ends(struct title_terminate_registration *me)
{
    DbgPrint("launches ends\n");
}

int main(void)
{
    static char data[20] = "from one to the next";
    struct object_attributes attributes;
    struct ansi_string name = text_of("LeftBehind");
    HANDLE event = 0, file = make("cache:\\left");
    u32 size = 77;

    CHECK(XamLoaderGetLaunchDataSize(&size) == 0x490 && size == 77);
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, "here", 4, NULL) == 0);
    attributes = (struct object_attributes){ROOT_DOS_DEVICES, &name, 0};
    CHECK(NtCreateEvent(&event, &attributes, 1, 0) == 0);
    start(waits, (void *)event, 2);
    start(runs_on, NULL, 4);
    sleep_ms(1);
    ending.routine = ends;
    ExRegisterTitleTerminateNotification(&ending, 1);
    CHECK(XamLoaderSetLaunchData(data, sizeof(data)) == 0);
    verdict();
    XamLoaderLaunchTitle(NEXT, 0);
    return 0;
}
