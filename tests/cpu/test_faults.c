/* Which address a load or store that may not be done names, and that it did nothing: for every row
 * that accesses memory, before and across the ends of pages and of the address space. Which bytes
 * it takes is what its columns say; so both engines are held to them here. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/isa/access.h"
#include "tests/cpu/one_word.h"

#define CODE      ONE_WORD_CODE
#define OPEN      ONE_WORD_DATA /* may be read and written      */
#define CLOSED    0x40021000u   /* the page behind: no access   */
#define READ_ONLY 0x40022000u
#define LAST      0x4002F000u /* like OPEN; nothing behind it */
#define NOTHING   ONE_WORD_END
#define PAGE      0x1000u

/* The row with its address in r4 (and r5 = 0), its other register r29, f29 or v29. */
static uint32_t word_of(const struct xe_ppc_insn *insn)
{
    static const struct {
        const char *field;
        uint32_t value;
    } fill[] = {{"RA", 4},   {"RB", 5},   {"RT", 29}, {"RS", 29}, {"FRT", 29}, {"FRS", 29},
                {"VRT", 29}, {"VRS", 29}, {"VD", 29}, {"VS", 29}, {"NB", 11}};
    uint32_t word = insn->match;

    for (size_t i = 0; i < sizeof(fill) / sizeof(fill[0]); i++)
        word |= xe_ppc_field_insert(insn, fill[i].field, fill[i].value);
    return word;
}

/* Must a byte not be accessed, and why? */
static enum xe_mem_fault trouble(uint32_t at, bool write)
{
    switch (at & ~(PAGE - 1)) {
    case CLOSED:
        return XE_MEM_PROTECTED;
    case READ_ONLY:
        return write ? XE_MEM_PROTECTED : XE_MEM_OK;
    default:
        return at >= CODE && at < NOTHING ? XE_MEM_OK : XE_MEM_UNMAPPED;
    }
}

/* start: the registers with which the row ran, its address in r4. */
static void check_fault(const struct one_word *w, const struct xe_ppc_insn *insn,
                        const struct xe_cpu *start)
{
    struct xe_ppc_reach reach = xe_ppc_reach(insn, start, word_of(insn));
    const char *name = insn->name;
    enum xe_mem_fault wanted = XE_MEM_OK;
    uint32_t ea = (uint32_t)start->gpr[4], at = 0;

    if (insn->memory.extent == XE_PPC_EXTENT_ALIGNED && ea & (insn->memory.size - 1)) {
        cr_expect(w->raised && w->exception.kind == XE_CPU_EXC_ALIGNMENT, "%s %08x", name, ea);
        cr_expect_eq(w->exception.address, ea, "%s %08x", name, ea);
        return;
    }
    for (uint32_t i = 0; i < reach.size && wanted == XE_MEM_OK; i++) {
        at = reach.first + i;
        wanted = trouble(at, xe_ppc_writes(insn));
    }
    cr_expect_eq(w->raised, wanted != XE_MEM_OK, "%s %08x", name, ea);
    if (!w->raised)
        return;
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_DATA, "%s %08x", name, ea);
    cr_expect_eq(w->exception.address, at, "%s %08x: at %08x, not %08x", name, ea,
                 w->exception.address, at);
    cr_expect_eq(w->exception.fault, wanted, "%s %08x", name, ea);
    cr_expect_eq(w->exception.write, xe_ppc_writes(insn), "%s %08x", name, ea);
}

static void try(struct one_word *w, const struct xe_ppc_insn *insn, uint32_t ea)
{
    bool conditional = insn->memory.access == XE_PPC_ACCESS_CONDITIONAL;
    static uint8_t before[NOTHING - CODE], after[NOTHING - CODE];
    struct xe_cpu cpu, start;

    memset(&cpu, 0, sizeof(cpu));
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.gpr[4] = 0xABCDEF0000000000u | ea;
    cpu.xer_count = 11;
    for (int i = 29; i < 32; i++)
        cpu.gpr[i] = cpu.fpr[i] = 0x0123456789ABCDEFu, cpu.vr[i].d[0] = cpu.vr[i].d[1] = 0x77;
    cpu.reserve_valid = conditional ? insn->memory.size : 0; /* of zero, which is there */
    cpu.reserve_address = xe_mem_canonical(ea);
    memcpy(&start, &cpu, sizeof(start));
    xe_mem_set_u32(w->mem, CODE, word_of(insn));
    xe_mem_read(w->mem, CODE, before, sizeof(before));
    one_word_run(w, word_of(insn), &cpu, before + (OPEN - CODE));
    check_fault(w, insn, &start);
    xe_mem_read(w->mem, CODE, after, sizeof(after));
    if (w->raised)
        cr_expect(!memcmp(before, after, sizeof(after)) && !memcmp(&cpu, &start, sizeof(cpu)),
                  "%s %08x faulted and did something", insn->name, ea);
    xe_mem_write(w->mem, OPEN, (const uint8_t[PAGE]){0}, PAGE);
    xe_mem_write(w->mem, LAST, (const uint8_t[PAGE]){0}, PAGE);
}

static void try_all(enum xe_cpu_engine_kind kind)
{
    static const uint32_t edges[] = {OPEN + PAGE, READ_ONLY, READ_ONLY + PAGE, NOTHING, 0};
    struct one_word w;

    one_word_init(&w, kind);
    cr_assert(xe_mem_protect(w.mem, CLOSED, PAGE, XE_PAGE_NOACCESS, NULL));
    cr_assert(xe_mem_protect(w.mem, READ_ONLY, PAGE, XE_PAGE_READONLY, NULL));
    for (int i = 0; i < XE_PPC_INSNS; i++)
        for (size_t e = 0; e < sizeof(edges) / sizeof(edges[0]); e++)
            for (uint32_t by = 0; by <= 36; by++)
                if (xe_ppc_insns[i].memory.access != XE_PPC_ACCESS_NONE)
                    try(&w, &xe_ppc_insns[i], edges[e] + by - 18);
    one_word_fini(&w);
}

Test(cpu_faults, name_the_first_byte_that_may_not_be_accessed)
{
    try_all(XE_CPU_INTERPRETER);
}

Test(cpu_faults, are_the_same_translated)
{
    try_all(XE_CPU_JIT);
}
