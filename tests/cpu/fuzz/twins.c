/* VMX128 rows without qemu. Those that extend an AltiVec row do on their 128 registers what that
 * row does on its 32, whatever qemu says of it: the estimates and the left and right accesses too.
 * The others have a scalar model here, but for the D3D formats, where packing undoes unpacking (and
 * tests/cpu/oracle/gen_models.py has the formats). */
#include <stdlib.h>
#include <string.h>

#include "cpu/softfp/vmx_d3d.h"
#include "tests/cpu/fuzz/qemu.h"

#define NAN_SINGLE 0x7FC00000u

struct twins {
    const struct fuzz_options *options;
    struct fuzz_machine machine;
    struct fuzz_state state;
    uint16_t row[XE_PPC_INSNS];
    uint32_t rows;
};

static void end(void *mode)
{
    struct twins *twins = mode;

    fuzz_machine_fini(&twins->machine);
    free(twins);
}

static void *begin(const struct fuzz_options *options)
{
    struct twins *twins = calloc(1, sizeof(*twins));

    if (!twins)
        return NULL;
    twins->options = options;
    for (uint16_t i = 0; i < XE_PPC_INSNS; i++)
        if (xe_ppc_insns[i].class == XE_PPC_CLASS_VMX128)
            twins->row[twins->rows++] = i;
    if (fuzz_machine_init(&twins->machine, fuzz_config(options)))
        return twins;
    end(twins);
    return NULL;
}

static bool differ(const struct twins *twins, uint64_t number, uint32_t word, const char *what)
{
    char text[96];

    xe_ppc_disassemble(word, ORACLE_SLOT, text, sizeof(text));
    printf("difference: --mode twins --seed %llu --case %llu\n  %08x  %s\n  %s\n",
           (unsigned long long)twins->options->seed, (unsigned long long)number, word, text, what);
    fuzz_report_start(stdout, &twins->state.cpu);
    return false;
}

/* ---- rows with a twin ------------------------------------------------------------------------ */

static void run_case(struct twins *twins, const struct oracle_case *c, const uint8_t names[20])
{
    fuzz_case_to_cpu(c, names, &twins->state.cpu);
    memcpy(twins->state.data, c->memory, ORACLE_BYTES);
    fuzz_machine_word(&twins->machine, (uint32_t)c->word, &twins->state);
}

/* The twin's results, told in the wide row's registers, are the wide row's. */
static bool check_twin(struct twins *twins, uint64_t number, const struct xe_ppc_insn *insn,
                       unsigned n)
{
    struct oracle_case start, after;
    struct xe_cpu want, *got = &twins->machine.cpu;
    uint8_t names[20];

    gen_case(insn, n, &start);
    for (uint8_t i = 0; i < 20; i++)
        names[i] = i;
    run_case(twins, &start, names);
    fuzz_cpu_to_case(got, &after);
    memcpy(after.memory, xe_mem_view(twins->machine.mem, FUZZ_DATA, ORACLE_BYTES), ORACLE_BYTES);
    gen_vmx128_retell(insn, n, &start, &after, names);
    run_case(twins, &start, names);
    fuzz_case_to_cpu(&after, names, &want);
    want.pc = got->pc;
    want.retired = got->retired;
    want.stop = got->stop;
    if (memcmp(&want, got, sizeof(want)) == 0 && twins->machine.last == XE_CPU_EXC_TRAP &&
        memcmp(after.memory, xe_mem_view(twins->machine.mem, FUZZ_DATA, ORACLE_BYTES),
               ORACLE_BYTES) == 0)
        return true;
    differ(twins, number, (uint32_t)start.word, gen_base(insn)->name);
    fuzz_report_registers(stdout, "twin", &want, "wide row", got);
    return false;
}

/* ---- rows with a model ----------------------------------------------------------------------- */

struct operands {
    union xe_vr a, b, d;
    uint32_t vd, va, vb;
};

/* No sum of their products leaves the normal singles. */
static uint32_t draw_close(struct draw *draw)
{
    uint32_t bits = draw_word(draw);

    if (draw_below(draw, 4) == 0)
        return bits & 0x80000000u;
    return (bits & 0x807FFFFFu) | (117 + draw_below(draw, 20)) << 23;
}

static uint32_t draw_operands(struct twins *twins, struct draw *draw,
                              const struct xe_ppc_insn *insn, struct operands *ret)
{
    struct xe_cpu *cpu = &twins->state.cpu;

    xe_cpu_reset(cpu);
    cpu->vscr = draw_below(draw, 2) << 16;
    for (int i = 0; i < 128; i++)
        cpu->vr[i] = draw_vector(draw, draw_close);
    ret->vd = draw_below(draw, 128);
    ret->va = draw_below(draw, 128);
    ret->vb = draw_below(draw, 128);
    ret->a = cpu->vr[ret->va];
    ret->b = cpu->vr[ret->vb];
    ret->d = cpu->vr[ret->vd];
    return insn->match | xe_ppc_field_insert(insn, "VD", ret->vd) |
           xe_ppc_field_insert(insn, "VA", ret->va) | xe_ppc_field_insert(insn, "VB", ret->vb);
}

static union xe_vr model_permute(const struct operands *o, uint32_t perm)
{
    union xe_vr r;

    for (uint32_t i = 0; i < 4; i++)
        r.w[XE_VW(i)] = o->b.w[XE_VW(perm >> (6 - 2 * i) & 3)];
    return r;
}

static union xe_vr model_insert(const struct operands *o, uint32_t mask, uint32_t rotate)
{
    union xe_vr r = o->d;

    for (uint32_t i = 0; i < 4; i++)
        if (mask & (8 >> i))
            r.w[XE_VW(i)] = o->b.w[XE_VW((i + rotate) % 4)];
    return r;
}

/* Products are exact in double, their sum is made there, in order, and rounded once (vmx_float.c
 * has what is known of that). */
static union xe_vr model_dot(const struct operands *o, uint32_t lanes)
{
    union xe_vr r;
    double sum = (double)o->a.f[XE_VW(0)] * o->b.f[XE_VW(0)];

    for (uint32_t i = 1; i < lanes; i++)
        sum += (double)o->a.f[XE_VW(i)] * o->b.f[XE_VW(i)];
    for (int i = 0; i < 4; i++)
        r.f[i] = (float)sum;
    return r;
}

static bool is_zero(const union xe_vr *v)
{
    return !((v->w[0] | v->w[1] | v->w[2] | v->w[3]) & 0x7FFFFFFFu);
}

static bool check_model(struct twins *twins, uint64_t number, const struct xe_ppc_insn *insn,
                        struct draw *draw)
{
    struct operands o;
    uint32_t word = draw_operands(twins, draw, insn, &o), n = draw_below(draw, 256);
    uint32_t z = draw_below(draw, 4);
    const union xe_vr *got = &twins->machine.cpu.vr[o.vd];
    union xe_vr want;

    switch (insn - xe_ppc_insns) {
    case XE_PPC_vpermwi128:
        word |= xe_ppc_field_insert(insn, "PERM", n);
        want = model_permute(&o, n);
        break;
    case XE_PPC_vrlimi128:
        word |= xe_ppc_field_insert(insn, "IMM", n & 15) | xe_ppc_field_insert(insn, "Z", z);
        want = model_insert(&o, n & 15, z);
        break;
    default:
        want = model_dot(&o, insn == &xe_ppc_insns[XE_PPC_vmsum3fp128] ? 3 : 4);
    }
    fuzz_machine_word(&twins->machine, word, &twins->state);
    if (memcmp(got, &want, sizeof(want)) == 0 || (is_zero(got) && is_zero(&want)))
        return true;
    printf("  model %016llx%016llx ours %016llx%016llx\n", (unsigned long long)want.d[XE_VD(0)],
           (unsigned long long)want.d[XE_VD(1)], (unsigned long long)got->d[XE_VD(0)],
           (unsigned long long)got->d[XE_VD(1)]);
    return differ(twins, number, word, "differs from its model");
}

/* ---- D3D formats ----------------------------------------------------------------------------- */

/* As an operand of packing: unsigned fields were unpacked as 1.0 plus, and are packed as 3.0 plus.
 * false: the field was one that packing can't give back (a NaN, a half that is zero). */
static bool to_operand(union xe_vr *v, uint32_t type)
{
    for (uint32_t i = 0; i < 4; i++) {
        const struct xe_vmx_d3d_field *field = &xe_vmx_d3d_formats[type][i];
        uint32_t *w = &v->w[XE_VW(i)];

        if (field->kind == XE_VMX_D3D_IS_UNSIGNED)
            *w += XE_VMX_D3D_SIGNED_BASE - XE_VMX_D3D_UNSIGNED_BASE;
        if (*w == NAN_SINGLE || (field->kind == XE_VMX_D3D_IS_HALF && !(*w << 1)))
            return false;
    }
    return true;
}

static bool check_d3d(struct twins *twins, uint64_t number, struct draw *draw)
{
    const struct xe_ppc_insn *unpack = &xe_ppc_insns[XE_PPC_vupkd3d128];
    const struct xe_ppc_insn *pack = &xe_ppc_insns[XE_PPC_vpkd3d128];
    struct xe_cpu *got = &twins->machine.cpu;
    uint32_t type = draw_below(draw, XE_VMX_D3D_TYPES), bits = 0, word;
    uint64_t packed, mask;
    struct operands o;

    word = draw_operands(twins, draw, unpack, &o);
    twins->state.cpu.vr[o.vb].d[XE_VD(1)] = packed = draw_bits(draw);
    fuzz_machine_word(&twins->machine, word | xe_ppc_field_insert(unpack, "TYPE", type),
                      &twins->state);
    o.b = got->vr[o.vd];
    if (!to_operand(&o.b, type))
        return true;
    for (int i = 0; i < 4; i++)
        bits += xe_vmx_d3d_formats[type][i].bits;
    mask = bits == 64 ? UINT64_MAX : (1ull << bits) - 1;
    twins->state.cpu.vr[o.vb] = o.b;
    word = pack->match | xe_ppc_field_insert(pack, "VD", o.vd) |
           xe_ppc_field_insert(pack, "VB", o.vb) | xe_ppc_field_insert(pack, "TYPE", type) |
           xe_ppc_field_insert(pack, "PACK", 2);
    fuzz_machine_word(&twins->machine, word, &twins->state);
    if (got->vr[o.vd].d[XE_VD(1)] == (packed & mask))
        return true;
    printf("  packed %016llx and again %016llx\n", (unsigned long long)packed,
           (unsigned long long)got->vr[o.vd].d[XE_VD(1)]);
    return differ(twins, number, word, "does not undo unpacking");
}

static bool run(void *mode, uint64_t number)
{
    struct twins *twins = mode;
    struct draw draw = fuzz_draw(twins->options->seed, "twins", number);
    const struct xe_ppc_insn *insn = &xe_ppc_insns[twins->row[draw_below(&draw, twins->rows)]];

    memset(&twins->state, 0, sizeof(twins->state));
    if (gen_base(insn))
        return check_twin(twins, number, insn, draw_word(&draw));
    if (insn == &xe_ppc_insns[XE_PPC_vpkd3d128] || insn == &xe_ppc_insns[XE_PPC_vupkd3d128])
        return check_d3d(twins, number, &draw);
    return check_model(twins, number, insn, &draw);
}

const struct fuzz_mode fuzz_mode_twins = {"twins", begin, run, end};
