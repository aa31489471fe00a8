/* A title with a __try around loading and unloading libraries whose entries fault: its handler gets
 * that, and the loader works on. */
#define TITLE "guards"
#include <xe360/module.h>

#include "../titles/seh.h"

#define ACCESS_VIOLATION 0xC0000005u

static void *module;
static NTSTATUS status;

static u32 load(u32 name)
{
    module = (void *)1;
    status = XexLoadImage((const char *)name, LOAD_TITLE_LIBRARY, 0, &module);
    return 6;
}

static u32 unload(u32 unused)
{
    status = XexUnloadImage(module);
    return 7;
}

static u32 load_in_finally(u32 name)
{
    return finally(load, name);
}

static s32 handles(struct exception_pointers *pointers)
{
    return 1;
}

static s32 steps_over(struct exception_pointers *pointers)
{
    pointers->context->iar += 4;
    return -1;
}

static u32 is_loaded(const char *name)
{
    void *handle = NULL;

    return XexGetModuleHandle(name, &handle) >= 0 && handle;
}

static void attaching(void)
{
    forget();
    filter = handles;
    CHECK(guarded(load_in_finally, (u32) "game:\\faults1.dll") == ACCESS_VIOLATION);
    CHECK(is_told("fe") && last.parameter[0] == 1 && last.parameter[1] == 16);
    CHECK(!module && !is_loaded("faults1.dll"));
    CHECK(guarded(load, (u32) "game:\\faults1.dll") ==
          ACCESS_VIOLATION); /* nothing is in its way */
    forget();
    filter = steps_over;
    CHECK(guarded(load, (u32) "game:\\faults1.dll") == 6 && is_told("f"));
    CHECK(status == 0 && is_loaded("faults1.dll"));
    CHECK(guarded(unload, 0) == 7 && status == 0 && !is_loaded("faults1.dll"));
}

static void detaching(void)
{
    forget();
    filter = handles;
    CHECK(guarded(load, (u32) "game:\\faults0.dll") == 6 && status == 0);
    CHECK(guarded(unload, 0) == ACCESS_VIOLATION && is_told("f"));
    CHECK(!is_loaded("faults0.dll"));
    CHECK(guarded(load, (u32) "game:\\faults0.dll") == 6 && status == 0);
    CHECK(guarded(unload, 0) == ACCESS_VIOLATION); /* or it would fault at the title's end */
}

static u32 loader(void *context)
{
    return (u32)XexLoadImage("game:\\a.dll", LOAD_TITLE_LIBRARY, 0, NULL);
}

void note(u32 part, u32 reason, u32 reserved);
void note(u32 part, u32 reason, u32 reserved)
{
}

int main(void)
{
    HANDLE other;

    attaching();
    detaching();
    other = start(loader, NULL, 2); /* the loader's lock is nobody's */
    CHECK(wait_ms(other, 100) == 0 && is_loaded("a.dll"));
    return verdict();
}
