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

u32 library_object(body *body, u32 argument);
XE_IMPORT(3, 4, library_object);
u32 gone(void);
XE_IMPORT(3, 5, gone);
u32 library_catcher(body *body, u32 argument);
XE_IMPORT(3, 6, library_catcher);
void library_in_catch(void (*does)(void));
XE_IMPORT(3, 7, library_in_catch);
void library_throw_again(void);
XE_IMPORT(3, 8, library_throw_again);

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

/* ---- destructors, catches and throws of both ------------------------------------------------- */

static u32 in_object(u32 value)
{
    return library_object(throw_here, value) + 1;
}

static u32 in_two_objects(u32 value)
{
    return library_object(in_object, value) + 1;
}

static u32 throw_there_in_object(u32 value)
{
    return library_object(throw_from_library, value) + 1;
}

static u32 in_library_catcher(u32 value)
{
    return library_catcher(throw_there_in_object, value) + 1;
}

static u32 inner;

/* Within a catch of the library's: another try, here, which ends there. */
static void catch_inside(void)
{
    library_in_catch(NULL);
    inner = catcher(in_two_objects, 71);
}

static void throw_other(void)
{
    library_in_catch(NULL);
    throw_there_in_object(72);
}

static void destructors_run(void)
{
    u32 before = gone();

    CHECK(catcher(in_two_objects, 64) == 64);
    CHECK(gone() == before + 2);
    CHECK(library_catcher(in_two_objects, 65) == 65);
    CHECK(gone() == before + 4);
    library_in_catch(library_throw_again);
    CHECK(catcher(in_library_catcher, 66) == 66);
    CHECK(gone() == before + 5);
    library_in_catch(NULL);
    CHECK(library_catcher(in_library_catcher, 67) == 68);
    CHECK(gone() == before + 6);
}

static void catches_nest(void)
{
    u32 before = gone();

    library_in_catch(catch_inside);
    CHECK(library_catcher(in_object, 70) == 70);
    CHECK(inner == 71 && gone() == before + 3);
    library_in_catch(throw_other);
    CHECK(catcher(in_library_catcher, 70) == 72);
    CHECK(gone() == before + 5);
}

#ifdef ASTRAY
/* Nobody catches it. */
int main(void)
{
    throw_from_library(60);
    return verdict();
}
#else
int main(void)
{
    destructors_run();
    catches_nest();
    CHECK(catcher(throw_from_library, 61) == 61);
    CHECK(catcher(through_library, 62) == 62);
    CHECK(ended() == 1);
    CHECK(catcher(there_and_back, 63) == 63);
    CHECK(ended() == 2);
    return verdict();
}
#endif
