/* A library through which exceptions go: throws itself, and has a __finally around what a title
 * does. */
#include <xe360/cxx.h>
#include <xe360/kernel.h>
#include <xe360/module.h>

typedef u32 body(u32 argument);

static const struct cxx_type type_int = {.name = ".H"};
static const struct cxx_catchable an_int = {1, &type_int, 0, -1, 0, 4, 0};
static const struct cxx_catchables ints = {1, {&an_int}};
static const struct cxx_throw throws_int = {0, 0, 0, &ints};

u32 relay(body *body, u32 argument);
asm("xe_begin relay, __C_specific_handler, relay_scopes\n"
    "mtctr 3\nmr 3, 4\n1: bctrl\n2: mr 30, 3\naddi 12, 31, 0x80\nbl relay_block\nmr 3, 30\n"
    "xe_return\nxe_end relay, 3\n"
    "xe_funclet relay_block, at_end\nxe_end relay_block, 1\n"
    "xe_scopes relay_scopes, 1\nxe_scope 1b, 2b, relay_block\n");

/* { Object a; body(argument) } */
u32 guest_of(body *body, u32 argument);
/* try { body(argument) } catch (int) { in_catch() } */
u32 catcher(body *body, u32 argument);
asm("xe_begin guest_of, cxx_frame_handler, guest_of_info\n"
    "guest_of_1: mtctr 3\nmr 3, 4\n"
    "guest_of_2: bctrl\nguest_of_3: xe_return\n"
    "xe_end guest_of, 3\n"
    "xe_funclet guest_of_a, destroy\nxe_end guest_of_a, 1\n"

    "xe_begin catcher, cxx_frame_handler, catcher_info\n"
    "catcher_1: mtctr 3\nmr 3, 4\n"
    "catcher_2: bctrl\ncatcher_3: xe_return\n"
    "catcher_4: lis 3, caught@ha\nlwz 3, caught@l(3)\nb catcher_3\n"
    "xe_end catcher, 3\n"
    "xe_funclet catcher_int, caught_int, cxx_frame_handler, catcher_info\n"
    "xe_end catcher_int, 3\n");
extern char guest_of_1[], guest_of_2[], guest_of_3[], guest_of_a[];
extern char catcher_1[], catcher_2[], catcher_3[], catcher_4[], catcher_int[];

#define VALUE (-0x20) /* where the caught object lies, from its function's frame */

static const struct cxx_unwind unwind_guest_of[] = {{-1, (u32)guest_of_a}};
static const struct cxx_place guest_of_places[] = {
    {(u32)guest_of_1, -1}, {(u32)guest_of_2, 0}, {(u32)guest_of_3, -1}};
const struct cxx_function guest_of_info = {
    0x19930522, 1, unwind_guest_of, 0, NULL, 3, guest_of_places, 0, 1};
static const struct cxx_unwind unwind_try[] = {{-1, 0}, {-1, 0}};
static const struct cxx_catch catches[] = {{0, &type_int, VALUE, (u32)catcher_int}};
static const struct cxx_try tries[] = {{0, 0, 1, 1, catches}};
static const struct cxx_place catcher_places[] = {
    {(u32)catcher_1, -1}, {(u32)catcher_2, 0}, {(u32)catcher_3, -1}, {(u32)catcher_int, 1}};
const struct cxx_function catcher_info = {0x19930522,     2, unwind_try, 1, tries, 4,
                                          catcher_places, 0, 1};

u32 caught;
static u32 ends, destroyed;
static void (*in_catch)(void);

void destroy(void);
void destroy(void)
{
    destroyed++;
}

u32 gone(void);
u32 gone(void)
{
    return destroyed;
}

u32 caught_int(u32 unused, char *frame);
u32 caught_int(u32 unused, char *frame)
{
    caught = *(u32 *)(frame + XE_FRAME + VALUE);
    if (in_catch)
        in_catch();
    return (u32)catcher_4;
}

/* What a catch here does beside; NULL: nothing. */
void library_in_catch(void (*does)(void));
void library_in_catch(void (*does)(void))
{
    in_catch = does;
}

void throw_again(void);
void throw_again(void)
{
    cxx_throw(NULL, NULL);
}

void at_end(void);
void at_end(void)
{
    ends++;
}

u32 ended(void);
u32 ended(void)
{
    return ends;
}

u32 throw_from_library(u32 value);
u32 throw_from_library(u32 value)
{
    cxx_throw(&value, &throws_int);
    return 0;
}

u32 DllMain(void *module, u32 reason, void *reserved)
{
    return 1;
}
