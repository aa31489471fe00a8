/* A title that asks a library for everything, whatever the library is like: what it is answered is
 * told, and nothing of it may harm anybody but this title. */
#define TITLE "pokes"
#include <xe360/module.h>

#include "../titles/check.h"

void *RtlImageXexHeaderField(void *headers, u32 key);
void note(u32 part, u32 reason, u32 reserved);

void note(u32 part, u32 reason, u32 reserved)
{
}

static void ask(void *module, u32 what)
{
    void *address = (void *)1;
    u32 status = (u32)XexGetProcedureAddress(module, what, &address);

    DbgPrint("%x: %x%s\n", what & 0xFFFFF, status, status && address ? ", with an address" : "");
}

int main(void)
{
    static const u32 asked[] = {0, 1, 2, 3, 0x7FFF, 0xFFFF, 0xFFFFFFFF};
    struct ldr_entry *module = NULL;
    void *data;
    u32 size, status = (u32)XexLoadImage("c.dll", LOAD_TITLE_LIBRARY, 0, (void **)&module);

    DbgPrint("load: %x%s\n", status, status && module ? ", with a handle" : "");
    if (status)
        return verdict();
    for (u32 i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
        ask(module, asked[i]);
    ask(module, (u32) "value");
    XexGetModuleSection(module, "nothing", &data, &size);
    RtlImageXexHeaderField(module->xex_headers, 0x00018002);
    CHECK(XexUnloadImage(module) == 0);
    return verdict();
}
