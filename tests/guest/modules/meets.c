/* Two threads load at once: the first one's library, LIBRARY, acts in its entry. */
#define TITLE "meets"
#include <xe360/module.h>

#include "../titles/check.h"

void note(u32 part, u32 reason, u32 reserved);

void note(u32 part, u32 reason, u32 reserved)
{
}

static u32 loader(void *context)
{
    CHECK(XexLoadImage(LIBRARY, LOAD_TITLE_LIBRARY, 0, NULL) == 0);
    return 0;
}

static u32 other(void *context)
{
    void *module = NULL;

    CHECK(XexLoadImage("c.dll", LOAD_TITLE_LIBRARY, 0, &module) == 0);
    CHECK(XexUnloadImage(module) == 0);
    return 0;
}

int main(void)
{
    HANDLE first = start(loader, NULL, 1), second;

    linger();
    second = start(other, NULL, 3);
    join(first);
    join(second);
    return verdict();
}
