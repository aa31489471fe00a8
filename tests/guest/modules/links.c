/* A title that imports from a library: that is attached before the title begins. */
#define TITLE "links"
#include <xe360/module.h>

#include "../titles/check.h"

u32 value(void);
XE_IMPORT(3, 1, value);

static u32 heard[8], count;

void note(u32 part, u32 reason, u32 reserved);

void note(u32 part, u32 reason, u32 reserved)
{
    if (count < 8)
        heard[count++] = part << 8 | reason;
}

int main(void)
{
    CHECK(count == 3 && heard[0] == ('c' << 8 | 1) && heard[1] == ('b' << 8 | 1) &&
          heard[2] == ('a' << 8 | 1));
    CHECK(value() == 321);
    return verdict();
}
