/* Operands of guest instructions: where each guest register is, in this region. */
#include <assert.h>

#include "jit/emit.h"

int xe__jit_g_offset(uint32_t r)
{
    size_t at = r == G_LR    ? offsetof(struct xe_cpu, lr)
                : r == G_CTR ? offsetof(struct xe_cpu, ctr)
                             : offsetof(struct xe_cpu, gpr) + 8 * r;

    return (int)at - R_CPU_BIAS;
}

int xe__jit_f_offset(uint32_t r)
{
    size_t at = r < F_VR ? offsetof(struct xe_cpu, fpr) + 8 * r
                         : offsetof(struct xe_cpu, vr) + 16 * (r - F_VR);

    return (int)at - R_CPU_BIAS;
}

struct xe_x64_rm xe__jit_cpu_field(size_t offset)
{
    return x64_host(R_CPU, (int)offset - R_CPU_BIAS);
}

struct xe_x64_rm xe__jit_constant(struct xe_emit *e, enum xe_jit_constant which)
{
    return x64_near(e->frame->constant[which]);
}

void xe__jit_g_changes(struct xe_emit *e, uint32_t r)
{
    if (e->index.scaled == (int)r || e->index.of == (int)r)
        e->index.scaled = NO_REG;
    if (r == G_CTR)
        e->known.counts = false;
}

void xe__jit_writes(struct xe_emit *e, bool foreseen)
{
#ifdef XE_DEBUG_CHECKS
    assert(foreseen);
#endif
    e->failed |= !foreseen;
}

/* ---- integer registers ----------------------------------------------------------------------- */

struct xe_x64_rm xe__jit_g(struct xe_emit *e, uint32_t r)
{
    xe__jit_do_add(e, r);
    if (e->homes->g[r] != NO_REG)
        return x64_reg(e->homes->g[r]);
    return x64_host(R_CPU, xe__jit_g_offset(r));
}

void xe__jit_g_load(struct xe_emit *e, int host, uint32_t r)
{
    struct xe_x64_rm from = xe__jit_g(e, r);

    if (from.kind != X64_IS_REG || from.reg != host)
        xe_x64(&e->a, X64_MOV64, host, from);
}

int xe__jit_g_src(struct xe_emit *e, uint32_t r, int scratch)
{
    if (e->homes->g[r] == NO_REG) {
        xe__jit_g_load(e, scratch, r);
        return scratch;
    }
    return xe__jit_g(e, r).reg;
}

int xe__jit_g_dst(struct xe_emit *e, uint32_t r, int scratch)
{
    return e->homes->g[r] == NO_REG ? scratch : e->homes->g[r];
}

void xe__jit_g_put(struct xe_emit *e, uint32_t r, int host)
{
    xe__jit_writes(e, e->scan->g_written[r]);
    xe__jit_g_changes(e, r);
    xe__jit_drop_add(e, r);
    if (e->homes->g[r] == NO_REG)
        xe_x64(&e->a, X64_MOV64_ST, host, x64_host(R_CPU, xe__jit_g_offset(r)));
    else if (e->homes->g[r] != host)
        xe_x64(&e->a, X64_MOV64, e->homes->g[r], x64_reg(host));
}

/* ---- the other file -------------------------------------------------------------------------- */

struct xe_x64_rm xe__jit_f(struct xe_emit *e, uint32_t r)
{
    if (e->off.f_now[r] != NO_REG)
        return x64_reg(e->off.f_now[r]);
    return x64_host(R_CPU, xe__jit_f_offset(r));
}

int xe__jit_f_src(struct xe_emit *e, uint32_t r, int scratch)
{
    struct xe_x64_rm from = xe__jit_f(e, r);

    if (from.kind == X64_IS_REG)
        return from.reg;
    xe_x64(&e->a, r < F_VR ? X64_VMOVSD : X64_VMOVUPS, scratch, from);
    return scratch;
}

int xe__jit_f_dst(struct xe_emit *e, uint32_t r, int scratch)
{
    int now = e->off.f_now[r], other;

    if (now == NO_REG)
        return scratch;
    if (!xe__jit_is_pinned(e, now) && now == e->homes->f[r])
        return now;
    other = xe__jit_f_free_register(e, r, 0); /* its home, if it is free */
    if (other == e->homes->f[r] || (other != NO_REG && xe__jit_is_pinned(e, now)))
        return other;
    xe__jit_unpin(e, now);
    return now;
}

void xe__jit_f_put(struct xe_emit *e, uint32_t r, int host)
{
    int d;

    xe__jit_writes(e, e->scan->f_written[r]);
    if (e->off.f_now[r] == NO_REG) {
        xe_x64(&e->a, r < F_VR ? X64_VMOVSD_ST : X64_VMOVUPS_ST, host,
               x64_host(R_CPU, xe__jit_f_offset(r)));
        return;
    }
    if (host == e->off.f_now[r])
        return;
    d = e->off.f_free >> host & 1 ? host : xe__jit_f_dst(e, r, host);
    if (d != host)
        xe_x64(&e->a, X64_VMOVAPS, d, x64_reg(host));
    xe__jit_f_move(e, r, d);
}

/* Is the next word a conditional branch on this CR field that leaves CTR alone? Source: Power ISA
 * book I, section 2.4. */
static bool branch_follows(const struct xe_emit *e, uint32_t field)
{
    uint32_t word = e->next_word;

    return xe_ppc_decode(word) == &xe_ppc_insns[XE_PPC_bc] && (xe_ppc_bo(word) & 0x14) == 4 &&
           xe_ppc_bi(word) >> 2 == field && (xe_ppc_bi(word) & 3) != 3;
}

void xe__jit_cr_store(struct xe_emit *e, uint32_t field, bool flags)
{
    xe_x64(&e->a, X64_MOV64_ST, X64_RAX, x64_near(&e->frame->cr[field]));
    if (!branch_follows(e, field))
        return;
    if (!flags)
        xe_x64(&e->a, X64_TEST64, X64_RAX, x64_reg(X64_RAX));
    e->fused = (int)field;
}

void xe__jit_record(struct xe_emit *e, uint32_t field, int host)
{
    xe_x64(&e->a, X64_MOVSXD, X64_RAX, x64_reg(host));
    xe__jit_cr_store(e, field, false);
}
