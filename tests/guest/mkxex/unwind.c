/* The table of functions for unwinding. A program that wants one has rows in a section .pdata,
 * which is not loaded (<xe360/except.h> makes them); functions of its that have none get a row
 * here, so that exceptions pass through what a compiler made, too: of the prologue, what saves
 * registers is looked for. Source: doc/facts/exceptions.md, section 1. */
#include <stdlib.h>

#include "tests/guest/mkxex/mkxex.h"
#include "xe/types.h"

#define PLAIN          0x40000000u
#define PROLOGUE_MAX   40u
#define FUNCTION_MAX   0x3FFFFFu
#define OPCODE(word)   ((word) >> 26)
#define IN_STACK(word) (((word) >> 16 & 31) == 1)

static const uint8_t *code_at(const struct mkxex *x, uint32_t address, uint32_t size)
{
    uint32_t offset = address - x->base;

    if (address % 4 || offset >= x->size || size > x->size - offset ||
        x->page_kind[offset / x->page_size] != 1)
        return NULL;
    return x->image + offset;
}

/* stwu r1,-frame(r1); stw r0 or r12 or what is kept, stmw, stfd, all to the stack; mflr */
static bool makes_frame(uint32_t word)
{
    uint32_t opcode = OPCODE(word), rs = word >> 21 & 31;

    if ((word & 0xFC1FFFFF) == 0x7C0802A6 || (word & 0xFFFF0000) == 0x94210000)
        return true;
    return IN_STACK(word) && ((opcode == 36 && (rs >= 14 || rs == 0 || rs == 12)) || opcode == 47 ||
                              (opcode == 54 && rs >= 14));
}

/* Up to the first branch. */
static uint32_t prologue(const uint8_t *code, uint32_t words)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < words && i < PROLOGUE_MAX; i++) {
        uint32_t word = xe_load_be32(code + 4 * i), opcode = OPCODE(word);

        if (opcode == 16 || opcode == 18 || opcode == 19)
            break;
        if (makes_frame(word))
            n = i + 1;
    }
    return n;
}

void mkxex_unwind_row(struct mkxex *x, uint32_t address, uint32_t word)
{
    if (x->unwinds == MKXEX_UNWINDS)
        mkxex_fail("more than %d functions to unwind", MKXEX_UNWINDS);
    x->unwind[x->unwinds++] = (struct mkxex_unwind){address, word};
}

void mkxex_unwind_function(struct mkxex *x, uint32_t address, uint32_t size)
{
    const uint8_t *code = code_at(x, address, size);

    if (!code || size < 4 || size / 4 > FUNCTION_MAX)
        return;
    for (uint32_t i = 0; i < x->unwinds; i++)
        if (x->unwind[i].address < address + size &&
            address < x->unwind[i].address + 4 * (x->unwind[i].word >> 8 & FUNCTION_MAX))
            return;
    mkxex_unwind_row(x, address, PLAIN | size / 4 << 8 | prologue(code, size / 4));
}

static int ascending(const void *a, const void *b)
{
    const struct mkxex_unwind *one = a, *other = b;

    return one->address < other->address ? -1 : one->address > other->address;
}

void mkxex_add_unwinds(struct mkxex *x)
{
    uint8_t *table;

    if (!x->unwinds)
        return;
    qsort(x->unwind, x->unwinds, sizeof(x->unwind[0]), ascending);
    x->unwind_table = mkxex_append(x, 8 * x->unwinds);
    table = x->image + (x->unwind_table - x->base);
    for (uint32_t i = 0; i < x->unwinds; i++) {
        mkxex_set32(table + 8 * i, x->unwind[i].address);
        mkxex_set32(table + 8 * i + 4, x->unwind[i].word);
    }
}
