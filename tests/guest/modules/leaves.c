/* A title that calls into a library which unloads itself. */
#define TITLE "leaves"
#include <xe360/module.h>

#include "../titles/check.h"

int main(void)
{
    u32 (*answer)(void) = NULL;
    void *module = NULL;

    CHECK(XexLoadImage("frees.dll", LOAD_TITLE_LIBRARY, 0, &module) == 0);
    CHECK(XexGetProcedureAddress(module, 1, (void **)&answer) == 0);
    CHECK(answer() == 42);
    return verdict();
}
