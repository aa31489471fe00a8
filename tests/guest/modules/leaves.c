/* A title that calls into a library, LIBRARY, which unloads itself, or else begins a thread and
 * unloads it; that has an entry which faults at one of these. */
#define TITLE "leaves"
#include <xe360/module.h>

#include "../titles/check.h"

static u32 nothing(void *context)
{
    return 0;
}

int main(void)
{
    u32 (*answer)(void) = NULL;
    void *module = NULL;

    CHECK(XexLoadImage(LIBRARY, LOAD_TITLE_LIBRARY, 0, &module) == 0);
    CHECK(XexGetProcedureAddress(module, 1, (void **)&answer) == 0);
    CHECK(answer() == 42);
    join(start(nothing, NULL, 1));
    CHECK(XexUnloadImage(module) == 0);
    return verdict();
}
