/* Exceptions across the boundary of a library, both ways: each image has a table of its own. */
#define TITLE "catches"
#include <xe360/cxx.h>
#include <xe360/module.h>

#include "../titles/check.h"

typedef u32 body(u32 argument);

u32 throw_from_library(u32 value);
XE_IMPORT(3, 1, throw_from_library);
u32 relay(body *body, u32 argument);
XE_IMPORT(3, 2, relay);
u32 ended(void);
XE_IMPORT(3, 3, ended);

static const struct cxx_type type_int = {.name = ".H"};
static const struct cxx_catchable an_int = {1, &type_int, 0, -1, 0, 4, 0};
static const struct cxx_catchables ints = {1, {&an_int}};
static const struct cxx_throw throws_int = {0, 0, 0, &ints};

u32 caught;

u32 catcher(body *body, u32 argument);
asm("xe_begin catcher, cxx_frame_handler, catcher_info\n"
    "catcher_1: mtctr 3\nmr 3, 4\n"
    "catcher_2: bctrl\ncatcher_3: xe_return\n"
    "catcher_4: lis 3, caught@ha\nlwz 3, caught@l(3)\nb catcher_3\n"
    "xe_end catcher, 3\n"
    "xe_funclet catcher_int, caught_int, cxx_frame_handler, catcher_info\n"
    "xe_end catcher_int, 3\n");
extern char catcher_1[], catcher_2[], catcher_3[], catcher_4[], catcher_int[];

#define VALUE (-0x20)

static const struct cxx_unwind unwind[] = {{-1, 0}, {-1, 0}};
static const struct cxx_catch catches[] = {{0, &type_int, VALUE, (u32)catcher_int}};
static const struct cxx_try tries[] = {{0, 0, 1, 1, catches}};
static const struct cxx_place places[] = {
    {(u32)catcher_1, -1}, {(u32)catcher_2, 0}, {(u32)catcher_3, -1}, {(u32)catcher_int, 1}};
const struct cxx_function catcher_info = {0x19930522, 2, unwind, 1, tries, 4, places, 0, 1};

u32 caught_int(u32 unused, char *frame);
u32 caught_int(u32 unused, char *frame)
{
    caught = *(u32 *)(frame + XE_FRAME + VALUE);
    return (u32)catcher_4;
}

static u32 throw_here(u32 value)
{
    cxx_throw(&value, &throws_int);
    return 0;
}

static u32 through_library(u32 value)
{
    return relay(throw_here, value) + 1;
}

static u32 there_and_back(u32 value)
{
    return relay(throw_from_library, value) + 1;
}

int main(void)
{
    CHECK(catcher(throw_from_library, 61) == 61);
    CHECK(catcher(through_library, 62) == 62);
    CHECK(ended() == 1);
    CHECK(catcher(there_and_back, 63) == 63);
    CHECK(ended() == 2);
    return verdict();
}
