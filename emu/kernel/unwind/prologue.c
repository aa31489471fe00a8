/* Reading a prologue: what each instruction leaves in the registers is followed as far as it
 * matters, which is where r1 stands, where LR and CR are, and which registers still have what they
 * had on entry, so that a store of one is a save. What does anything else makes its target unknown.
 * Source: the forms that doc/facts/exceptions.md, section 2, counts. */
#include "cpu/isa/decode.h"
#include "kernel/unwind/unwind.h"

/* Instructions of all routines that save registers, as far as one prologue calls them: saving all
 * there is takes 21 + 19 + 132, and the longest routine has 166. */
#define MILLICODE_MAX 512u
#define SPR_LR        8u

enum holds {
    HOLDS_UNKNOWN,
    HOLDS_ENTRY,    /* what it had on entry              */
    HOLDS_CONSTANT, /* n                                 */
    HOLDS_STACK,    /* r1 as it was on entry, and n more */
    HOLDS_LINK,     /* LR on entry                       */
    HOLDS_CONDITION /* CR on entry                       */
};

struct value {
    enum holds holds;
    int32_t n;
};

struct reading {
    struct value r[32];
    uint32_t millicode; /* instructions of routines that were read */
    struct xe__unwind_saved *saved;
};

static const struct value unknown = {HOLDS_UNKNOWN, 0};

static struct value add(struct value a, int32_t n)
{
    if (a.holds != HOLDS_CONSTANT && a.holds != HOLDS_STACK)
        return unknown;
    a.n = (int32_t)((uint32_t)a.n + (uint32_t)n);
    return a;
}

static struct value base_of(const struct reading *r, uint32_t ra)
{
    return ra ? r->r[ra] : (struct value){HOLDS_CONSTANT, 0};
}

/* The first save counts: what is stored later is no more what it was. */
static void save(struct xe__unwind_slot *slot, struct value to, uint8_t size)
{
    if (to.holds == HOLDS_STACK && !slot->size)
        *slot = (struct xe__unwind_slot){to.n, size};
}

static void store(struct reading *r, uint32_t rs, struct value to, uint8_t size)
{
    if (r->r[rs].holds == HOLDS_ENTRY && rs >= 14)
        save(&r->saved->gpr[rs], to, size);
    else if (r->r[rs].holds == HOLDS_LINK)
        save(&r->saved->lr, to, size);
    else if (r->r[rs].holds == HOLDS_CONDITION)
        save(&r->saved->cr, to, size);
}

static struct value sum(const struct reading *r, uint32_t word)
{
    struct value a = base_of(r, xe_ppc_ra(word)), b = r->r[xe_ppc_rb(word)];

    if (b.holds == HOLDS_CONSTANT)
        return add(a, b.n);
    return a.holds == HOLDS_CONSTANT ? add(b, a.n) : unknown;
}

/* stwu r1,-frame(r1); stwux r1,r1,rX */
static void make_frame(struct reading *r, uint32_t word, struct value to)
{
    if (xe_ppc_rt(word) == 1 && xe_ppc_ra(word) == 1)
        r->saved->framed = true;
    r->r[xe_ppc_ra(word)] = to;
}

static void load_or_compute(struct reading *r, const struct xe_ppc_insn *insn, uint32_t word)
{
    const char *first = insn->operands;

    if (first[0] == 'R' && first[1] == 'T')
        r->r[xe_ppc_rt(word)] = unknown;
    if ((first[0] == 'R' && first[1] == 'A') || (insn->memory.address & XE_PPC_ADDRESS_UPDATE))
        r->r[xe_ppc_ra(word)] = unknown;
}

/* Instructions that store; false: it is none of those. */
static bool read_store(struct reading *r, const struct xe_ppc_insn *insn, uint32_t word)
{
    uint32_t rs = xe_ppc_rt(word);
    struct value d = add(base_of(r, xe_ppc_ra(word)), (int32_t)xe_ppc_si(word));

    switch (insn - xe_ppc_insns) {
    case XE_PPC_stw:
        store(r, rs, d, 4);
        return true;
    case XE_PPC_std:
        store(r, rs, add(base_of(r, xe_ppc_ra(word)), (int32_t)xe_ppc_ds(word)), 8);
        return true;
    case XE_PPC_stmw:
        for (uint32_t i = rs; i < 32; i++)
            store(r, i, add(d, (int32_t)(4 * (i - rs))), 4);
        return true;
    case XE_PPC_stfd:
        if (rs >= 14)
            save(&r->saved->fpr[rs], d, 8);
        return true;
    case XE_PPC_stvx:
    case XE_PPC_stvxl:
        save(&r->saved->vr[rs], sum(r, word), 16);
        return true;
    case XE_PPC_stvx128:
    case XE_PPC_stvxl128:
        save(&r->saved->vr[xe_ppc_vd128(word)], sum(r, word), 16);
        return true;
    case XE_PPC_stwu:
        make_frame(r, word, d);
        return true;
    case XE_PPC_stwux:
        make_frame(r, word, sum(r, word));
        return true;
    default:
        return false;
    }
}

static void read_one(struct reading *r, uint32_t word)
{
    const struct xe_ppc_insn *insn = xe_ppc_decode(word);
    uint32_t rt = xe_ppc_rt(word), ra = xe_ppc_ra(word);

    if (!insn || read_store(r, insn, word))
        return;
    switch (insn - xe_ppc_insns) {
    case XE_PPC_addi:
        r->r[rt] = add(base_of(r, ra), (int32_t)xe_ppc_si(word));
        break;
    case XE_PPC_addis:
        r->r[rt] = add(base_of(r, ra), (int32_t)((uint32_t)xe_ppc_si(word) << 16));
        break;
    case XE_PPC_ori:
        r->r[ra] =
            r->r[rt].holds == HOLDS_CONSTANT
                ? (struct value){HOLDS_CONSTANT, (int32_t)((uint32_t)r->r[rt].n | xe_ppc_ui(word))}
                : unknown;
        break;
    case XE_PPC_or: /* what stays where it is does */
        if (rt != xe_ppc_rb(word))
            r->r[ra] = unknown;
        else if (rt != ra)
            r->r[ra] = r->r[rt].holds == HOLDS_ENTRY ? unknown : r->r[rt];
        break;
    case XE_PPC_mfspr:
        r->r[rt] = xe_ppc_spr(word) == SPR_LR ? (struct value){HOLDS_LINK, 0} : unknown;
        break;
    case XE_PPC_mfcr:
        r->r[rt] = (struct value){HOLDS_CONDITION, 0};
        break;
    default:
        load_or_compute(r, insn, word);
    }
}

/* A call in a prologue: of a routine that saves registers. Others, which look whether the stack
 * has room, change nothing that matters here. */
static void read_call(struct reading *r, const struct xe_mem *mem,
                      const struct xe_unwind_table *table, xe_gva target)
{
    struct xe_unwind_function routine;

    if (!xe_unwind_find(mem, table, target, &routine) || routine.kind != XE_UNWIND_SAVES)
        return;
    for (; r->millicode < MILLICODE_MAX; r->millicode++, target += 4) {
        uint32_t word = xe_mem_u32(mem, target);

        if (word == XE_CPU_WORD_BLR)
            break;
        read_one(r, word);
    }
}

void xe__unwind_prologue(const struct xe_mem *mem, const struct xe_unwind_table *table,
                         const struct xe_unwind_function *function, xe_gva pc,
                         struct xe__unwind_saved *ret)
{
    uint32_t executed = (pc - function->begin) / 4;
    struct reading r = {.saved = ret};
    xe_gva target;

    *ret = (struct xe__unwind_saved){.link = 32};
    for (uint32_t i = 0; i < 32; i++)
        r.r[i].holds = HOLDS_ENTRY;
    r.r[1] = (struct value){HOLDS_STACK, 0};
    if (executed > function->prologue)
        executed = function->prologue;
    for (uint32_t i = 0; i < executed; i++) {
        xe_gva at = function->begin + 4 * i;
        uint32_t word = xe_mem_u32(mem, at);

        if (xe_ppc_branch_target(word, at, &target) && xe_ppc_lk(word))
            read_call(&r, mem, table, target);
        else
            read_one(&r, word);
    }
    for (uint32_t i = 0; i < 32 && ret->link == 32; i++)
        if (r.r[i].holds == HOLDS_LINK)
            ret->link = i;
    ret->moved = r.r[1].holds == HOLDS_STACK ? r.r[1].n : 0;
}
