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

static u32 ends;

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
