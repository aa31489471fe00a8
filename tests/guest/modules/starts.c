/* A title that loads another executable and starts it beside itself, as xam starts a title; STARTED
 * is that one. */
#define TITLE "starts"
#include <xe360/module.h>

#include "../titles/check.h"

NTSTATUS XexLoadExecutable(const char *name, void **module, u32 flags, u32 version);
NTSTATUS XexStartExecutable(void *routine);

#ifdef STARTED
int main(void)
{
    DbgPrint("started\n");
    ExTerminateThread(0);
    return 0;
}
#else
static volatile u32 begun;

/* What a thread of the title's process begins with. */
static void begin(u32 (*start)(void *), void *context)
{
    begun++;
    ExTerminateThread(start(context));
}

int main(void)
{
    struct ldr_entry *module = NULL;
    void *found = NULL;

    CHECK((u32)XexStartExecutable(begin) == STATUS_INVALID_HANDLE);
    CHECK(XexLoadExecutable("started.xex", (void **)&module, 1, 0) == 0);
    CHECK(module && module->load_count == 1 && !begun);
    CHECK(XexGetModuleHandle("started.xex", &found) == 0 && found == module);
    CHECK(XexStartExecutable(begin) == 0);
    sleep_ms(1);
    CHECK(begun == 1);
    CHECK(XexExecutableModuleHandle != (void *)module);
    CHECK(XexUnloadImage(module) == 0);
    CHECK((u32)XexStartExecutable(begin) == STATUS_INVALID_HANDLE);
    return verdict();
}
#endif
