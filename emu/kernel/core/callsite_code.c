/* What the instructions around a call tell: what is in a register there, and from where it is
 * reached. No instruction is run; what isn't plain is not known. */
#include <string.h>

#include "cpu/isa/decode.h"
#include "cpu/isa/fields.h"
#include "cpu/isa/registers.h"
#include "kernel/core/callsite.h"
#include "mem/mem.h"

#define BACK      64u   /* instructions before the call that are looked at       */
#define DEPTH     8u    /* registers that one depends on, one after the other    */
#define WAY       4096u /* instructions on a way; further than that nobody looks */
#define IS_ALWAYS 0x14u /* BO of a branch that depends on nothing                */

/* ---- a register's value ---------------------------------------------------------------------- */

/* Calls keep r14 to r31, and r1, r2, r13. */
static bool is_kept(uint32_t reg)
{
    return reg >= 13 || reg == 1 || reg == 2;
}

/* Does it change this general register? What loads many is taken for one that may. */
static bool may_change(const struct xe_ppc_insn *insn, uint32_t word, uint32_t reg)
{
    struct xe_ppc_register named[XE_PPC_REGISTERS_MAX];
    uint32_t n = xe_ppc_registers(insn, word, named);

    if (insn->memory.extent == XE_PPC_EXTENT_WORDS || insn->memory.extent == XE_PPC_EXTENT_STRING)
        return !xe_ppc_writes(insn);
    for (uint32_t i = 0; i < n; i++)
        if (named[i].written && named[i].file == XE_PPC_FILE_GPR && named[i].number == reg)
            return true;
    return false;
}

/* Can what is before this branch come to what is behind it, with the register as it was? */
static bool passes(const struct xe_ppc_insn *insn, uint32_t word, uint32_t reg)
{
    if (xe_ppc_lk(word))
        return is_kept(reg);
    return insn != &xe_ppc_insns[XE_PPC_b] && (xe_ppc_bo(word) & IS_ALWAYS) != IS_ALWAYS;
}

/* The instruction that sets a register last before another one; NULL: that isn't plain. */
static const struct xe_ppc_insn *setter(const struct xe_mem *mem, xe_gva before, uint32_t reg,
                                        xe_gva *ret_at)
{
    for (uint32_t i = 1; i <= BACK && before >= 4 * i; i++) {
        uint32_t word = xe_mem_u32(mem, before - 4 * i);
        const struct xe_ppc_insn *insn = xe_ppc_decode(word);

        if (!insn || insn->end == XE_PPC_END_LEAVE ||
            (insn->end == XE_PPC_END_BRANCH && !passes(insn, word, reg)))
            return NULL;
        *ret_at = before - 4 * i;
        if (may_change(insn, word, reg))
            return insn;
    }
    return NULL;
}

static bool is(const struct xe_ppc_insn *insn, enum xe_ppc_id id)
{
    return insn == &xe_ppc_insns[id];
}

static bool constant_before(const struct xe_mem *mem, xe_gva before, uint32_t reg, uint32_t depth,
                            uint32_t *ret);

/* Register 0 as a base is the number 0. */
static bool base_before(const struct xe_mem *mem, xe_gva before, uint32_t reg, uint32_t depth,
                        uint32_t *ret)
{
    *ret = 0;
    return !reg || constant_before(mem, before, reg, depth, ret);
}

static bool constant_before(const struct xe_mem *mem, xe_gva before, uint32_t reg, uint32_t depth,
                            uint32_t *ret)
{
    xe_gva at;
    const struct xe_ppc_insn *insn = depth ? setter(mem, before, reg, &at) : NULL;
    uint32_t word = insn ? xe_mem_u32(mem, at) : 0, value;

    if (!insn)
        return false;
    if (is(insn, XE_PPC_addi) || is(insn, XE_PPC_addis)) {
        if (!base_before(mem, at, xe_ppc_ra(word), depth - 1, &value))
            return false;
        *ret = value + ((uint32_t)xe_ppc_si(word) << (is(insn, XE_PPC_addis) ? 16 : 0));
        return true;
    }
    if (!is(insn, XE_PPC_ori) && !(is(insn, XE_PPC_or) && xe_ppc_rt(word) == xe_ppc_rb(word)))
        return false;
    if (!constant_before(mem, at, xe_ppc_rt(word), depth - 1, &value))
        return false;
    *ret = value | (is(insn, XE_PPC_ori) ? xe_ppc_ui(word) : 0);
    return true;
}

enum xe_callsite_value xe_kernel_callsite_value(const struct xe_mem *mem, xe_gva at, uint32_t reg,
                                                uint32_t *ret)
{
    for (uint32_t depth = DEPTH; depth; depth--) {
        xe_gva set_at;
        const struct xe_ppc_insn *insn = setter(mem, at, reg, &set_at);
        uint32_t word = insn ? xe_mem_u32(mem, set_at) : 0;

        if (insn && is(insn, XE_PPC_or) && xe_ppc_rt(word) == xe_ppc_rb(word)) {
            reg = xe_ppc_rt(word);
            at = set_at;
            continue;
        }
        if (!insn || !is(insn, XE_PPC_lwz))
            return constant_before(mem, at, reg, depth, ret) ? XE_CALLSITE_CONSTANT
                                                             : XE_CALLSITE_UNKNOWN;
        if (!base_before(mem, set_at, xe_ppc_ra(word), depth, ret))
            return XE_CALLSITE_UNKNOWN;
        *ret += (uint32_t)xe_ppc_si(word);
        return XE_CALLSITE_LOADED;
    }
    return XE_CALLSITE_UNKNOWN;
}

bool xe_kernel_callsite_base(const struct xe_mem *mem, xe_gva at, uint32_t reg, uint32_t *ret)
{
    return base_before(mem, at, reg, DEPTH, ret);
}

/* ---- the way to a call ----------------------------------------------------------------------- */

struct way {
    xe_gva at[WAY]; /* instructions that are reached, in the order in which they are looked at */
    uint32_t count;
    uint8_t seen[WAY / 8 * 2]; /* a bit each, around the first one */
    xe_gva first;
};

static void go(struct way *way, xe_gva at)
{
    uint32_t i = (uint32_t)((int32_t)(at - way->first) / 4) + WAY;

    if ((at & 3) || i >= 2 * WAY || (way->seen[i / 8] >> i % 8 & 1) || way->count == WAY)
        return;
    way->seen[i / 8] |= (uint8_t)(1u << i % 8);
    way->at[way->count++] = at;
}

static void go_on(struct way *way, xe_gva at, uint32_t word)
{
    const struct xe_ppc_insn *insn = xe_ppc_decode(word);
    bool b = insn == &xe_ppc_insns[XE_PPC_b], bc = insn == &xe_ppc_insns[XE_PPC_bc], falls;
    uint32_t base = xe_ppc_aa(word) ? 0 : at;

    if (!insn || insn->end == XE_PPC_END_LEAVE)
        return;
    falls = insn->end != XE_PPC_END_BRANCH || xe_ppc_lk(word) ||
            (!b && (xe_ppc_bo(word) & IS_ALWAYS) != IS_ALWAYS);
    if (insn->end == XE_PPC_END_BRANCH && !xe_ppc_lk(word) && b)
        go(way, base + (uint32_t)xe_ppc_li(word));
    if (insn->end == XE_PPC_END_BRANCH && !xe_ppc_lk(word) && bc)
        go(way, base + (uint32_t)xe_ppc_bd(word));
    if (falls)
        go(way, at + 4);
}

bool xe_kernel_callsite_leads(const struct xe_mem *mem, xe_gva from, xe_gva to)
{
    struct way way;

    way.count = 0;
    way.first = from;
    memset(way.seen, 0, sizeof(way.seen));
    go(&way, from);
    for (uint32_t i = 0; i < way.count; i++) {
        if (way.at[i] == to)
            return true;
        go_on(&way, way.at[i], xe_mem_u32(mem, way.at[i]));
    }
    return false;
}
