/* Throws what nobody catches: the report names the type, and the functions on the way. */
#include <xe360/cxx.h>
#include <xe360/kernel.h>

static const struct cxx_type type = {.name = ".?AVbad_alloc@std@@"};
static const struct cxx_catchable catchable = {0, &type, 0, -1, 0, 4, 0};
static const struct cxx_catchables catchables = {1, {&catchable}};
static const struct cxx_throw throws = {0, 0, 0, &catchables};

void allocate(u32 size);
__attribute__((noinline)) void allocate(u32 size)
{
    DbgPrint("throwing\n");
    cxx_throw(&size, &throws);
}

void load_level(u32 size);
__attribute__((noinline)) void load_level(u32 size)
{
    allocate(size);
    DbgPrint("not reached\n");
}

int main(void)
{
    load_level(0x1000000);
    DbgPrint("not reached\n");
    return 1;
}
