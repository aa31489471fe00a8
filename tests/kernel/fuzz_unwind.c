/* Images as anybody may make them: the input is the image's code and table, with registers that
 * point into it and into a stack that is the input, too. Whatever they say, a walk ends. */
#include <stdlib.h>
#include <string.h>

#include "kernel/unwind/unwind.h"
#include "tests/support/fuzz.h"

#define BASE  0x82000000u
#define SIZE  0x10000u
#define CODE  (BASE + 0x1000)
#define TABLE (BASE + 0x8000)
#define STACK 0x70000000u
#define STEPS 64

const int fuzz_rounds = 4000;

static struct xe_mem *mem;

static void make(void)
{
    mem = xe_mem_create(64 << 20, NULL);
    if (!mem ||
        !xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, BASE, SIZE, 0, XE_PAGE_READWRITE, true, false) ||
        !xe_mem_alloc(mem, XE_MEM_HEAP_STACK, STACK, 0x10000, 0, XE_PAGE_READWRITE, true, false))
        abort();
}

/* Half of the input is code, a quarter the table, a quarter the stack. */
static void place(const uint8_t *data, size_t size)
{
    uint32_t n = (uint32_t)(size < 0x8000 ? size : 0x8000) / 4 & ~7u;

    memset(xe_mem_view_rw(mem, BASE, SIZE), 0, SIZE);
    memset(xe_mem_view_rw(mem, STACK, 0x10000), 0, 0x10000);
    if (!n)
        return;
    xe_mem_write(mem, CODE, data, 2 * n);
    xe_mem_write(mem, TABLE, data + 2 * n, n);
    xe_mem_write(mem, STACK + 0x8000, data + 3 * n, n);
}

static void walk(uint32_t start)
{
    const struct xe_unwind_table table = {TABLE, 0x400};
    struct xe_cpu cpu;
    struct xe_unwind_function function;

    xe_cpu_reset(&cpu);
    for (uint32_t i = 0; i < 32; i++)
        cpu.gpr[i] = (i & 3 ? STACK + 0x8000 : CODE) + 8 * i;
    cpu.lr = CODE + 0x40;
    cpu.pc = CODE + start;
    for (uint32_t i = 0; i < STEPS; i++) {
        bool known = xe_unwind_find(mem, &table, cpu.pc, &function);

        if (known && (function.begin > cpu.pc || (cpu.pc & 3) || function.length > 0x3FFFFF))
            abort();
        if (xe_unwind_frame(mem, &table, known ? &function : NULL, &cpu) != (xe_gva)cpu.gpr[1])
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!mem)
        make();
    place(data, size);
    for (uint32_t start = 0; start < 0x100; start += 0x24)
        walk(start);
    return 0;
}

/* A function with a frame that another calls, and what its words become when they are mixed. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static const uint32_t code[] = {
        0x7D8802A6, 0x9181FFF8, 0xFBE1FFF0, 0x9421FF80, 0x4800001D, 0x38210080, 0x8181FFF8,
        0x7D8803A6, 0xEBE1FFF0, 0x4E800020, 0x60000000, 0xFBC1FFF0, 0x9181FFF8, 0x4E800020,
        0x3D60FFFF, 0x7C0BE1CE, 0x100B61C3, 0xD9E1FF00, 0xBDC1FF00, 0x7C21616E, 0x819F0000};
    static const uint32_t row[][2] = {
        {CODE, 0x40000A04}, {CODE + 0x2C, 0x00000303}, {CODE + 0x38, 0xC0000707}};
    uint8_t *seed = calloc(1, *ret_size = 512);

    if (i > 1 || !seed) {
        free(seed);
        return NULL;
    }
    for (uint32_t k = 0; k < 21; k++)
        for (uint32_t b = 0; b < 4; b++)
            seed[4 * k + b] = (uint8_t)(code[i ? 20 - k : k] >> (24 - 8 * b));
    for (uint32_t k = 0; k < 6; k++)
        for (uint32_t b = 0; b < 4; b++)
            seed[256 + 4 * k + b] = (uint8_t)(row[k / 2][k % 2] >> (24 - 8 * b));
    return seed;
}
