/* What launches.c launches: nothing of the first title is there but what it left on purpose. */
#define TITLE "launched"
#include <xe360/module.h>

#include "../titles/files.h"

u32 value(void);
XE_IMPORT(3, 1, value);

void note(u32 part, u32 reason, u32 reserved);
u32 XamLoaderGetLaunchDataSize(u32 *size);
u32 XamLoaderGetLaunchData(void *buffer, u32 size);
u32 XamLoaderGetPriorTitleId(void);
void XamLoaderLaunchTitle(const char *path, u32 flags);

static u32 attached;

void note(u32 part, u32 reason, u32 reserved)
{
    attached += part == 'c' && reason == DLL_PROCESS_ATTACH;
}

static void launch_data(void)
{
    char data[32] = "................................";
    u32 size = 0;

    CHECK(XamLoaderGetLaunchDataSize(&size) == 0 && size == 20);
    CHECK(XamLoaderGetLaunchData(data, 4) == 0 && same(data, "from....", 8));
    CHECK(XamLoaderGetLaunchData(data, sizeof(data)) == 0);
    CHECK(same(data, "from one to the next....", 24));
    CHECK(XamLoaderGetPriorTitleId() != 0);
}

/* The file that was open is not any more, so it can be opened alone. */
static void files(void)
{
    char text[8] = "";
    HANDLE file;

    CHECK(create("cache:\\left", &file, GENERIC_READ | ACCESS_SYNC, 0, FILE_OPEN,
                 OPTION_SYNC | OPTION_NO_FOLDER) == 0);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, text, 8, NULL) == 0 && done.information == 4);
    CHECK(same(text, "here", 4) && NtClose(file) == 0);
}

static void names(void)
{
    struct ldr_entry *me = *(struct ldr_entry **)&XexExecutableModuleHandle;
    struct object_attributes attributes;
    struct ansi_string name = text_of("LeftBehind");
    HANDLE event = 0;

    CHECK(me->base_name.length == 22 && me->base_name.buffer[0] == 'd');
    CHECK(me->full_name.buffer[8] == 'C' && me->full_name.buffer[15] == 'n');
    attributes = (struct object_attributes){ROOT_DOS_DEVICES, &name, 0};
    CHECK(NtCreateEvent(&event, &attributes, 1, 0) == 0);
    CHECK(NtClose(event) == 0);
}

int main(void)
{
    CHECK(attached == 1 && value() == 3);
    launch_data();
    files();
    names();
    sleep_ms(2); /* what the first title left running would run here */
    verdict();
#ifdef NEXT
    XamLoaderLaunchTitle(NEXT, 0);
#endif
    return 0;
}
