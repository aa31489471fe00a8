/* Which address a load or store that may not be done names, and that it did nothing: for every row
 * that touches memory, before and across the ends of pages and of the address space. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/decode.h"
#include "tests/cpu/one_word.h"

#define CODE      ONE_WORD_CODE
#define OPEN      ONE_WORD_DATA /* may be read and written      */
#define CLOSED    0x40021000u   /* the page behind: no access   */
#define READ_ONLY 0x40022000u
#define LAST      0x4002F000u /* like OPEN; nothing behind it */
#define NOTHING   ONE_WORD_END
#define PAGE      0x1000u

enum way {
    ANY,     /* at any address                             */
    ALIGNED, /* at the address, its low bits dropped       */
    STRICT,  /* aligned addresses only                     */
    LEFT,    /* from the address to the end of its block   */
    RIGHT,   /* from the start of the block to the address */
};

static const struct row {
    enum xe_ppc_id id;
    uint32_t size;
    enum way way;
    bool write;
} rows[] = {
#define R(name, size, way)                                                                         \
    {                                                                                              \
        XE_PPC_##name, size, way, false                                                            \
    }
#define W(name, size, way)                                                                         \
    {                                                                                              \
        XE_PPC_##name, size, way, true                                                             \
    }
    R(lbz, 1, ANY),           R(lbzx, 1, ANY),
    R(lbzu, 1, ANY),          R(lbzux, 1, ANY),
    R(lhz, 2, ANY),           R(lhzx, 2, ANY),
    R(lhzu, 2, ANY),          R(lhzux, 2, ANY),
    R(lha, 2, ANY),           R(lhax, 2, ANY),
    R(lhau, 2, ANY),          R(lhaux, 2, ANY),
    R(lhbrx, 2, ANY),         R(lwz, 4, ANY),
    R(lwzx, 4, ANY),          R(lwzu, 4, ANY),
    R(lwzux, 4, ANY),         R(lwa, 4, ANY),
    R(lwax, 4, ANY),          R(lwaux, 4, ANY),
    R(lwbrx, 4, ANY),         R(ld, 8, ANY),
    R(ldx, 8, ANY),           R(ldu, 8, ANY),
    R(ldux, 8, ANY),          R(ldbrx, 8, ANY),
    R(lfs, 4, ANY),           R(lfsx, 4, ANY),
    R(lfsu, 4, ANY),          R(lfsux, 4, ANY),
    R(lfd, 8, ANY),           R(lfdx, 8, ANY),
    R(lfdu, 8, ANY),          R(lfdux, 8, ANY),
    R(lmw, 12, ANY),  /* from r29  */
    R(lswi, 11, ANY), /* NB        */
    R(lswx, 11, ANY), /* XER count */
    W(stb, 1, ANY),           W(stbx, 1, ANY),
    W(stbu, 1, ANY),          W(stbux, 1, ANY),
    W(sth, 2, ANY),           W(sthx, 2, ANY),
    W(sthu, 2, ANY),          W(sthux, 2, ANY),
    W(sthbrx, 2, ANY),        W(stw, 4, ANY),
    W(stwx, 4, ANY),          W(stwu, 4, ANY),
    W(stwux, 4, ANY),         W(stwbrx, 4, ANY),
    W(std, 8, ANY),           W(stdx, 8, ANY),
    W(stdu, 8, ANY),          W(stdux, 8, ANY),
    W(stdbrx, 8, ANY),        W(stfs, 4, ANY),
    W(stfsx, 4, ANY),         W(stfsu, 4, ANY),
    W(stfsux, 4, ANY),        W(stfd, 8, ANY),
    W(stfdx, 8, ANY),         W(stfdu, 8, ANY),
    W(stfdux, 8, ANY),        W(stfiwx, 4, ANY),
    W(stmw, 12, ANY),         W(stswi, 11, ANY),
    W(stswx, 11, ANY),        R(lwarx, 4, STRICT),
    R(ldarx, 8, STRICT),      W(stwcx_, 4, STRICT),
    W(stdcx_, 8, STRICT),     W(dcbz, 32, ALIGNED),
    W(dcbz128, 128, ALIGNED), W(dcbi, 1, ANY),
    R(dcbf, 1, ANY),          R(dcbst, 1, ANY),
    R(icbi, 1, ANY),          R(lvx, 16, ALIGNED),
    R(lvxl, 16, ALIGNED),     R(lvebx, 16, ALIGNED), /* whole blocks: see exec_vmx_mem.c */
    R(lvehx, 16, ALIGNED),    R(lvewx, 16, ALIGNED),
    W(stvx, 16, ALIGNED),     W(stvxl, 16, ALIGNED),
    W(stvebx, 1, ALIGNED),    W(stvehx, 2, ALIGNED),
    W(stvewx, 4, ALIGNED),    R(lvlx, 16, LEFT),
    R(lvlxl, 16, LEFT),       R(lvrx, 16, RIGHT),
    R(lvrxl, 16, RIGHT),      W(stvlx, 16, LEFT),
    W(stvlxl, 16, LEFT),      W(stvrx, 16, RIGHT),
    W(stvrxl, 16, RIGHT),     R(lvx128, 16, ALIGNED),
    R(lvxl128, 16, ALIGNED),  R(lvewx128, 16, ALIGNED),
    W(stvx128, 16, ALIGNED),  W(stvxl128, 16, ALIGNED),
    W(stvewx128, 4, ALIGNED), R(lvlx128, 16, LEFT),
    R(lvlxl128, 16, LEFT),    R(lvrx128, 16, RIGHT),
    R(lvrxl128, 16, RIGHT),   W(stvlx128, 16, LEFT),
    W(stvlxl128, 16, LEFT),   W(stvrx128, 16, RIGHT),
    W(stvrxl128, 16, RIGHT),
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

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

/* First and last byte of an access; false when it touches none. */
static bool extent(const struct row *row, uint32_t ea, uint32_t *ret_first, uint32_t *ret_size)
{
    *ret_first = ea;
    *ret_size = row->size;
    if (row->way == ALIGNED)
        *ret_first = ea & ~(row->size - 1);
    if (row->way == LEFT)
        *ret_size = 16 - (ea & 15);
    if (row->way == RIGHT) {
        *ret_first = ea & ~15u;
        *ret_size = ea & 15;
    }
    return *ret_size != 0;
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

static void check_fault(const struct one_word *w, const struct row *row, uint32_t ea)
{
    const char *name = xe_ppc_insns[row->id].name;
    enum xe_mem_fault wanted = XE_MEM_OK;
    uint32_t first, size, at = 0;

    if (row->way == STRICT && ea & (row->size - 1)) {
        cr_expect(w->raised && w->exception.kind == XE_CPU_EXC_ALIGNMENT, "%s %08x", name, ea);
        cr_expect_eq(w->exception.address, ea, "%s %08x", name, ea);
        return;
    }
    if (extent(row, ea, &first, &size))
        for (uint32_t i = 0; i < size && wanted == XE_MEM_OK; i++) {
            at = first + i;
            wanted = trouble(at, row->write);
        }
    cr_expect_eq(w->raised, wanted != XE_MEM_OK, "%s %08x", name, ea);
    if (!w->raised)
        return;
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_DATA, "%s %08x", name, ea);
    cr_expect_eq(w->exception.address, at, "%s %08x: at %08x, not %08x", name, ea,
                 w->exception.address, at);
    cr_expect_eq(w->exception.fault, wanted, "%s %08x", name, ea);
    cr_expect_eq(w->exception.write, row->write, "%s %08x", name, ea);
}

static void try(struct one_word *w, const struct row *row, uint32_t ea)
{
    const struct xe_ppc_insn *insn = &xe_ppc_insns[row->id];
    static uint8_t before[NOTHING - CODE], after[NOTHING - CODE];
    struct xe_cpu cpu, start;

    memset(&cpu, 0, sizeof(cpu));
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.gpr[4] = 0xABCDEF0000000000u | ea;
    cpu.xer_count = 11;
    for (int i = 29; i < 32; i++)
        cpu.gpr[i] = cpu.fpr[i] = 0x0123456789ABCDEFu, cpu.vr[i].d[0] = cpu.vr[i].d[1] = 0x77;
    cpu.reserve_valid = row->way == STRICT ? row->size : 0; /* of zero, which is there */
    cpu.reserve_address = xe_mem_canonical(ea);
    memcpy(&start, &cpu, sizeof(start));
    xe_mem_set_u32(w->mem, CODE, word_of(insn));
    xe_mem_read(w->mem, CODE, before, sizeof(before));
    one_word_run(w, word_of(insn), &cpu, before + (OPEN - CODE));
    check_fault(w, row, ea);
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
    for (size_t i = 0; i < ROWS; i++)
        for (size_t e = 0; e < sizeof(edges) / sizeof(edges[0]); e++)
            for (uint32_t by = 0; by <= 36; by++)
                try(&w, &rows[i], edges[e] + by - 18);
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

/* A row that is a load or store must not be forgotten above. */
Test(cpu_faults, every_memory_row_is_tried)
{
    for (int i = 0; i < XE_PPC_INSNS; i++) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
        bool vector = insn->class == XE_PPC_CLASS_VMX || insn->class == XE_PPC_CLASS_VMX128;
        bool memory = insn->class == XE_PPC_CLASS_LOAD || insn->class == XE_PPC_CLASS_STORE ||
                      (vector && strstr(insn->operands, "RA|0") && strncmp(insn->name, "lvs", 3));
        bool tried = false;

        for (size_t n = 0; n < ROWS; n++)
            tried |= rows[n].id == (enum xe_ppc_id)i;
        cr_expect(tried || !memory, "%s", insn->name);
    }
}
