/* C++ exceptions: thrown across frames, caught by type, by base and by all, thrown again and out of
 * catches; destructors in order. */
#define TITLE "cxx"
#include "check.h"
#include "letters.h"
#include <xe360/cxx.h>

/* ---- types ---------------------------------------------------------------------------------- */

static const struct cxx_type type_int = {.name = ".H"}, type_base = {.name = ".?AVBase@@"},
                             type_derived = {.name = ".?AVDerived@@"};
static const struct cxx_catchable an_int = {1, &type_int, 0, -1, 0, 4, 0},
                                  a_base = {0, &type_base, 0, -1, 0, 4, 0},
                                  a_derived = {0, &type_derived, 0, -1, 0, 4, 0};
static const struct cxx_catchables ints = {1, {&an_int}}, deriveds = {2, {&a_derived, &a_base}},
                                   bases = {1, {&a_base}};
static const struct cxx_throw throws_int = {0, 0, 0, &ints}, throws_derived = {0, 0, 0, &deriveds},
                              throws_base = {0, 0, 0, &bases};

/* ---- what happens --------------------------------------------------------------------------- */

u32 caught;

static void forget(void)
{
    tell_anew();
    caught = 0;
}

typedef u32 body(u32 argument);

/* try { body(argument) } catch (int) { } catch (Base &) { } : what the catch says. r30 is kept. */
u32 catcher(body *body, u32 argument);
/* try { body(argument) } catch (...) { in_catch() } */
u32 catcher_all(body *body, u32 argument);
/* { Object a; { Object b; body(argument) } } */
u32 objects(body *body, u32 argument);
/* __try { body(argument) } __finally { } */
u32 cleanup(body *body, u32 argument);
/* __try { body(argument) } __except (1) { } */
u32 guarded(body *body, u32 argument);

asm("xe_begin catcher, cxx_frame_handler, catcher_info\n"
    "catcher_1: mtctr 3\nmr 3, 4\nli 30, 55\n"
    "catcher_2: bctrl\ncatcher_3: xe_return\n"
    "catcher_4: cmpwi 30, 55\nbne catcher_3\nlis 3, caught@ha\nlwz 3, caught@l(3)\nb catcher_3\n"
    "xe_end catcher, 3\n"
    "xe_funclet catcher_int, caught_int, cxx_frame_handler, catcher_info\n"
    "xe_end catcher_int, 3\n"
    "xe_funclet catcher_base, caught_base, cxx_frame_handler, catcher_info\n"
    "xe_end catcher_base, 3\n"

    "xe_begin catcher_all, cxx_frame_handler, catcher_all_info\n"
    "catcher_all_1: mtctr 3\nmr 3, 4\n"
    "catcher_all_2: bctrl\ncatcher_all_3: xe_return\n"
    "catcher_all_4: lis 3, caught@ha\nlwz 3, caught@l(3)\nb catcher_all_3\n"
    "xe_end catcher_all, 3\n"
    "xe_funclet catcher_any, caught_any, cxx_frame_handler, catcher_all_info\n"
    "xe_end catcher_any, 3\n"

    "xe_begin objects, cxx_frame_handler, objects_info\n"
    "objects_1: mtctr 3\nmr 3, 4\n"
    "objects_2: bctrl\nobjects_3: xe_return\n"
    "xe_end objects, 3\n"
    "xe_funclet objects_a, destroy_a\nxe_end objects_a, 1\n"
    "xe_funclet objects_b, destroy_b\nxe_end objects_b, 1\n"

    "xe_begin cleanup, __C_specific_handler, cleanup_scopes\n"
    "mtctr 3\nmr 3, 4\n1: bctrl\n2: mr 30, 3\naddi 12, 31, 0x80\nbl cleanup_block\nmr 3, 30\n"
    "xe_return\nxe_end cleanup, 3\n"
    "xe_funclet cleanup_block, at_end\nxe_end cleanup_block, 1\n"
    "xe_scopes cleanup_scopes, 1\nxe_scope 1b, 2b, cleanup_block\n"

    "xe_begin guarded, __C_specific_handler, guarded_scopes\n"
    "mtctr 3\nmr 3, 4\n1: bctrl\n2: xe_return\n"
    "xe_end guarded, 3\n"
    "xe_funclet guarded_filter, ask\nxe_end guarded_filter, 1\n"
    "xe_scopes guarded_scopes, 1\nxe_scope 1b, 2b, guarded_filter, 2b\n");

extern char catcher_1[], catcher_2[], catcher_3[], catcher_4[], catcher_int[], catcher_base[];
extern char catcher_all_1[], catcher_all_2[], catcher_all_3[], catcher_all_4[], catcher_any[];
extern char objects_1[], objects_2[], objects_3[], objects_a[], objects_b[];

#define VALUE (-0x20) /* where the caught object lies, from its function's frame */

static const struct cxx_unwind unwind_try[] = {{-1, 0}, {-1, 0}};
static const struct cxx_catch catches[] = {
    {0, &type_int, VALUE, (u32)catcher_int},
    {CXX_BY_REFERENCE, &type_base, VALUE, (u32)catcher_base}};
static const struct cxx_try tries[] = {{0, 0, 1, 2, catches}};
static const struct cxx_place catcher_places[] = {
    {(u32)catcher_1, -1}, {(u32)catcher_2, 0}, {(u32)catcher_3, -1}, {(u32)catcher_int, 1}};
const struct cxx_function catcher_info = {0x19930522,     2, unwind_try, 1, tries, 4,
                                          catcher_places, 0, 1};

static const struct cxx_catch catches_all[] = {{CXX_ALL, NULL, 0, (u32)catcher_any}};
static const struct cxx_try tries_all[] = {{0, 0, 1, 1, catches_all}};
static const struct cxx_place catcher_all_places[] = {{(u32)catcher_all_1, -1},
                                                      {(u32)catcher_all_2, 0},
                                                      {(u32)catcher_all_3, -1},
                                                      {(u32)catcher_any, 1}};
const struct cxx_function catcher_all_info = {0x19930522,         2, unwind_try, 1, tries_all, 4,
                                              catcher_all_places, 0, 1};

static const struct cxx_unwind unwind_objects[] = {{-1, (u32)objects_a}, {0, (u32)objects_b}};
static const struct cxx_place objects_places[] = {
    {(u32)objects_1, -1}, {(u32)objects_2, 1}, {(u32)objects_3, -1}};
const struct cxx_function objects_info = {0x19930522, 2, unwind_objects, 0, NULL, 3, objects_places,
                                          0,          1};

/* ---- funclets' functions: a catch says where its function goes on ------------------------------
 */

static void (*in_catch)(void);

u32 caught_int(u32 unused, char *frame);
u32 caught_int(u32 unused, char *frame)
{
    tell('i');
    caught = *(u32 *)(frame + XE_FRAME + VALUE);
    if (in_catch)
        in_catch();
    return (u32)catcher_4;
}

u32 caught_base(u32 unused, char *frame);
u32 caught_base(u32 unused, char *frame)
{
    tell('r');
    caught = **(u32 **)(frame + XE_FRAME + VALUE);
    return (u32)catcher_4;
}

u32 caught_any(u32 unused, char *frame);
u32 caught_any(u32 unused, char *frame)
{
    tell('*');
    if (in_catch)
        in_catch();
    caught = 900;
    return (u32)catcher_all_4;
}

void destroy_a(void);
void destroy_a(void)
{
    tell('a');
}

void destroy_b(void);
void destroy_b(void)
{
    tell('b');
}

void at_end(void);
void at_end(void)
{
    tell('e');
}

static u32 seen_code;

s32 ask(struct exception_pointers *pointers);
s32 ask(struct exception_pointers *pointers)
{
    tell('f');
    seen_code = pointers->record->code;
    return 1;
}

/* ---- bodies --------------------------------------------------------------------------------- */

static u32 throw_int(u32 value)
{
    cxx_throw(&value, &throws_int);
    return 0;
}

static u32 throw_derived(u32 value)
{
    static u32 object;

    object = value;
    cxx_throw(&object, &throws_derived);
    return 0;
}

static u32 throw_base(u32 value)
{
    static u32 object;

    object = value;
    cxx_throw(&object, &throws_base);
    return 0;
}

static u32 in_objects(u32 value)
{
    return objects(throw_int, value) + 1;
}

static u32 in_two(u32 value)
{
    return objects(in_objects, value) + 1;
}

static u32 in_cleanup(u32 value)
{
    return cleanup(in_objects, value) + 1;
}

static u32 in_catcher(u32 value)
{
    return catcher(in_objects, value) + 1;
}

static u32 in_objects_catcher(u32 value)
{
    return objects(in_catcher, value) + 1;
}

static u32 nothing(u32 value)
{
    return value;
}

static u32 fault(u32 address)
{
    return *(volatile u32 *)address;
}

static u32 fault_in_objects(u32 address)
{
    return objects(fault, address);
}

/* ---- throwing and catching ------------------------------------------------------------------ */

static void across_frames(void)
{
    forget();
    CHECK(catcher(nothing, 3) == 3);
    CHECK(catcher(throw_int, 42) == 42);
    CHECK(is_told("i"));
    forget();
    CHECK(catcher(in_two, 43) == 43);
    CHECK(is_told("babai"));
}

static void by_type(void)
{
    forget();
    CHECK(catcher(throw_derived, 7) == 7);
    CHECK(catcher(throw_base, 8) == 8);
    CHECK(is_told("rr"));
    forget();
    CHECK(catcher_all(throw_derived, 9) == 900);
    CHECK(catcher_all(in_objects, 9) == 900);
    CHECK(is_told("*ba*"));
}

static void throw_again(void)
{
    in_catch = NULL;
    cxx_throw(NULL, NULL);
}

static void out_of_catches(void)
{
    forget();
    in_catch = throw_again;
    CHECK(catcher(in_catcher, 11) == 11);
    CHECK(is_told("baii"));
    forget();
    in_catch = throw_again;
    CHECK(catcher_all(in_objects_catcher, 11) == 900);
    CHECK(is_told("baiba*"));
}

static void throw_other(void)
{
    in_catch = NULL;
    objects(throw_derived, 21);
}

static void catch_inside(void)
{
    in_catch = NULL;
    CHECK(catcher(in_objects, 31) == 31);
    caught = 30;
}

static void others_in_catches(void)
{
    forget();
    in_catch = throw_other;
    CHECK(catcher(in_objects_catcher, 20) == 21);
    CHECK(is_told("baibabar"));
    forget();
    in_catch = catch_inside;
    CHECK(catcher(in_objects, 30) == 30);
    CHECK(is_told("baibai"));
}

/* ---- with the other kind -------------------------------------------------------------------- */

static void both_kinds_mix(void)
{
    forget();
    CHECK(catcher(in_cleanup, 50) == 50);
    CHECK(is_told("baei"));
    forget();
    CHECK(guarded(in_two, 51) == CXX_CODE);
    CHECK(is_told("fbaba") && seen_code == CXX_CODE);
    forget();
    CHECK(guarded(fault_in_objects, 0x1234) == 0xC0000005);
    CHECK(is_told("fba"));
}

static u32 thread(void *context)
{
    for (u32 i = 0; i < 200; i++) {
        forget();
        CHECK(catcher(in_two, i) == i);
    }
    return 0;
}

int main(void)
{
    across_frames();
    by_type();
    out_of_catches();
    others_in_catches();
    both_kinds_mix();
    join(start((thread_start *)thread, NULL, 2));
    CHECK(!cxx_catching);
    return verdict();
}
