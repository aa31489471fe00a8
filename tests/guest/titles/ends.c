/* A title that ends itself: routines that it registered for that run first, by priority. */
#define TITLE "ends"
#include "check.h"

static struct title_terminate_registration first, second, third, gone;
static u32 turns;

static void is_first(struct title_terminate_registration *me)
{
    CHECK(me == &first && turns++ == 0);
    ExRegisterTitleTerminateNotification(me, 0);
}

static void is_second(struct title_terminate_registration *me)
{
    CHECK(me == &second && turns++ == 1);
    sleep_ms(3); /* the title goes on while its end is prepared */
}

static void is_third(struct title_terminate_registration *me)
{
    CHECK(me == &third && turns++ == 2);
    verdict();
}

static void never(struct title_terminate_registration *me)
{
    CHECK(!"it was taken back");
}

int main(void)
{
    third = (struct title_terminate_registration){is_third, 0, {0, 0}};
    gone = (struct title_terminate_registration){never, 0x7FFFFFFF, {0, 0}};
    second = (struct title_terminate_registration){is_second, 0x6E800000, {0, 0}};
    first = (struct title_terminate_registration){is_first, 0x6E800001, {0, 0}};
    ExRegisterTitleTerminateNotification(&third, 1);
    ExRegisterTitleTerminateNotification(&gone, 1);
    ExRegisterTitleTerminateNotification(&second, 1);
    ExRegisterTitleTerminateNotification(&first, 1);
    ExRegisterTitleTerminateNotification(&second, 1);
    CHECK(gone.links.next == &first.links && first.links.next == &second.links);
    ExRegisterTitleTerminateNotification(&gone, 0);
    CHECK(first.links.prev == third.links.next && second.links.next == &third.links);
    return 0;
}
