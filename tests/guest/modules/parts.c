/* A title that ends while it has libraries: which of them hear of it, when, in which order. */
#define TITLE "parts"
#include <xe360/module.h>

#include "../titles/check.h"

static struct title_terminate_registration ending;
static u32 ends;

void note(u32 part, u32 reason, u32 reserved);
void note(u32 part, u32 reason, u32 reserved)
{
    if (ends)
        DbgPrint("%c%u %s\n", part, reason, reserved ? "for good" : "alone");
}

static void routine(struct title_terminate_registration *me)
{
    ends = 1;
    DbgPrint("routine\n");
}

int main(void)
{
    CHECK(XexLoadImage("game:\\x.dll", LOAD_SYSTEM_LIBRARY, 0, NULL) == 0);
    CHECK(XexLoadImage("game:\\b.dll", LOAD_TITLE_LIBRARY, 0, NULL) == 0);
    ending.routine = routine;
    ExRegisterTitleTerminateNotification(&ending, 1);
    return verdict();
}
