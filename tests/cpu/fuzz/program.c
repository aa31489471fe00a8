/* Random sequences. They are built of units: one random word, or a few words that make sense
 * together (a loop's count and its branch, a call and its return). Branches go forward to a later
 * unit of the same block, loops count CTR down from a small number, calls go to functions behind
 * the end: so every sequence terminates, also with units left out, and shrinking is to leave out
 * units. For FUZZ_PAIR, where budgets end everything, some branches are wild as well. */
#include "tests/cpu/fuzz/fuzz.h"

#include <string.h>

#define FIXES     64u
#define CALLS     4u
#define MAX_UNITS 40u
#define RESERVE   40u /* words kept free for ends of loops and functions */

#define FN(rt, ra, rb, xo) (31u << 26 | (rt) << 21 | (ra) << 16 | (rb) << 11 | (xo) << 1)
#define SPR(n)             (((n)&31u) << 16 | ((n) >> 5) << 11)
#define SPR_XER            1u
#define SPR_LR             8u
#define SPR_CTR            9u
#define MTSPR(spr, rs)     (FN(rs, 0u, 0u, 467u) | SPR(spr))
#define MFSPR(rt, spr)     (FN(rt, 0u, 0u, 339u) | SPR(spr))
#define LI(rt, value)      (0x38000000u | (rt) << 21 | ((uint32_t)(value)&0xFFFF))
#define LIS(rt, value)     (0x3C000000u | (rt) << 21 | ((value)&0xFFFF))
#define ORI(ra, rs, value) (0x60000000u | (rs) << 21 | (ra) << 16 | ((value)&0xFFFF))
#define RLWINM(ra, rs, sh, mb, me)                                                                 \
    (0x54000000u | (rs) << 21 | (ra) << 16 | (sh) << 11 | (mb) << 6 | (me) << 1)

/* A jump whose target is not known yet: a branch word, or LIS and ORI before a computed one. */
struct fix {
    uint32_t at;
    bool computed;
};

struct maker {
    struct draw *draw;
    enum fuzz_profile profile;
    struct fuzz_program *p;
    struct fuzz_rows rows;
    enum xe_ppc_class class; /* that most words are of; past the last: any */
    struct fix fix[FIXES];
    uint32_t fixes;
    struct {
        uint32_t at;
        uint16_t unit;
    } call[CALLS];
    uint32_t calls, left;
    bool in_loop, in_function; /* CTR is the loop's, LR the caller's */
};

static uint32_t below(struct maker *m, uint32_t n)
{
    return draw_below(m->draw, n);
}

static uint32_t gpr(struct maker *m)
{
    return fuzz_gpr(m->draw, m->profile);
}

static void add_to(struct maker *m, uint32_t unit, uint32_t word)
{
    struct fuzz_program *p = m->p;

    p->unit[p->words] = (uint16_t)unit;
    p->word[p->words++] = word;
}

static void add(struct maker *m, uint32_t word)
{
    add_to(m, m->p->units - 1, word);
}

/* ---- jumps ----------------------------------------------------------------------------------- */

static void later(struct maker *m, bool computed)
{
    m->fix[m->fixes++] = (struct fix){m->p->words, computed};
}

/* The jump goes to the next word. */
static void settle(struct maker *m, uint32_t i)
{
    struct fuzz_program *p = m->p;
    struct fix fix = m->fix[i];
    uint32_t target = FUZZ_CODE + 4 * p->words;

    if (fix.computed) {
        p->word[fix.at] |= target >> 16;
        p->word[fix.at + 1] |= target & 0xFFFF;
    } else {
        p->word[fix.at] |= 4 * (p->words - fix.at);
    }
    m->fix[i] = m->fix[--m->fixes];
}

static void settle_some(struct maker *m, uint32_t first, uint32_t one_in)
{
    for (uint32_t i = first; i < m->fixes;)
        if (below(m, one_in) == 0)
            settle(m, i);
        else
            i++;
}

/* BO: always, by CR, or (where CTR may be changed) by CTR too. */
static uint32_t condition(struct maker *m, bool count)
{
    static const uint8_t plain[] = {20, 4, 12, 6, 7, 14, 15}, counting[] = {0, 2, 8, 10, 16, 18};
    uint32_t bo =
        count && !m->in_loop && below(m, 3) == 0 ? counting[below(m, 6)] : plain[below(m, 7)];

    return bo << 21 | below(m, 32) << 16;
}

static void branch(struct maker *m)
{
    bool link = !m->in_function && below(m, 6) == 0;

    later(m, false);
    add(m, (below(m, 6) ? 0x40000000u | condition(m, true) : 0x48000000u) | link);
}

/* Through LR or CTR, conditionally. */
static void computed_branch(struct maker *m)
{
    bool by_ctr = !m->in_loop && below(m, 2);
    uint32_t link = below(m, 4) == 0;

    if (m->in_function)
        return branch(m);
    later(m, true);
    add(m, LIS(FUZZ_LIMIT, 0));
    add(m, ORI(FUZZ_LIMIT, FUZZ_LIMIT, 0));
    add(m, MTSPR(by_ctr ? SPR_CTR : SPR_LR, FUZZ_LIMIT));
    add(m, (by_ctr ? 0x4C000420u : 0x4C000020u) | condition(m, !by_ctr) | link);
}

static void call(struct maker *m)
{
    if (m->in_function || m->calls == CALLS)
        return branch(m);
    m->call[m->calls].at = m->p->words;
    m->call[m->calls++].unit = (uint16_t)(m->p->units - 1);
    add(m, 0x48000001u);
}

static void body(struct maker *m, uint32_t units);

static void loop(struct maker *m)
{
    uint32_t unit = m->p->units - 1, head;

    if (m->in_loop)
        return branch(m);
    add(m, LI(FUZZ_LIMIT, 1 + below(m, m->profile == FUZZ_PAIR ? 20 : 6)));
    add(m, MTSPR(SPR_CTR, FUZZ_LIMIT));
    head = m->p->words;
    m->in_loop = true;
    body(m, 1 + below(m, 8));
    m->in_loop = false;
    add_to(m, unit, 0x42000000u | ((4 * (head - m->p->words)) & 0xFFFC)); /* bdnz */
}

/* ---- other units ----------------------------------------------------------------------------- */

static void index_to(struct maker *m)
{
    uint32_t limit = m->profile == FUZZ_PAIR ? 0x7000 : ORACLE_BYTES / 2 - 32;

    add(m, LI(FUZZ_INDEX, below(m, 2) ? below(m, limit) & ~15u : below(m, limit)));
}

static void base_to(struct maker *m)
{
    uint32_t base = FUZZ_DATA + (m->profile == FUZZ_PAIR ? 0x800 : ORACLE_BYTES / 2);

    if (m->profile == FUZZ_PAIR && below(m, 16) == 0)
        base = FUZZ_DATA + FUZZ_DATA_BYTES - below(m, 64); /* the edge */
    add(m, LIS(FUZZ_BASE, base >> 16));
    add(m, ORI(FUZZ_BASE, FUZZ_BASE, base));
}

/* A positive odd divisor: a quotient without a value is undefined. */
static void divide(struct maker *m)
{
    bool wide = m->profile == FUZZ_WIDE;
    uint32_t b = gpr(m), oe_rc = wide ? 0 : (below(m, 2) << 10 | below(m, 2));

    add(m, ORI(b, b, 1));
    if (wide) /* clrldi b,b,1 */
        add(m, 0x78000000u | b << 21 | b << 16 | 1u << 6);
    else
        add(m, RLWINM(b, b, 0u, 1u, 31u));
    add(m, FN(gpr(m), gpr(m), b,
              wide          ? (below(m, 2) ? 489u : 457u)
              : below(m, 2) ? 491u
                            : 459u) |
               oe_rc);
}

/* The upper half that fctiw leaves is undefined: only the word is kept. */
static void to_word(struct maker *m)
{
    uint32_t t = below(m, 32), b = below(m, 32), other = (t + 1 + below(m, 31)) % 32;

    add(m, 63u << 26 | t << 21 | b << 11 | (14 + below(m, 2)) << 1 | (below(m, 4) == 0));
    add(m, FN(t, FUZZ_BASE, FUZZ_INDEX, 983u));
    add(m, 63u << 26 | t << 21 | other << 11 | 72u << 1);
}

static void special(struct maker *m)
{
    static const uint16_t readable[] = {SPR_XER, SPR_LR, SPR_CTR};
    uint32_t r = gpr(m);

    switch (below(m, 4)) {
    case 0:                          /* only the bits that exist */
        if (m->profile == FUZZ_WIDE) /* SO would reach CR0 the same, but OV is never set */
            break;
        add(m, RLWINM(r, r, 0u, 0u, 2u));
        add(m, MTSPR(SPR_XER, r));
        return;
    case 1:
        if (m->in_loop)
            break;
        add(m, RLWINM(r, r, 0u, 4u, 31u)); /* qemu tests 64 bits of CTR */
        add(m, MTSPR(SPR_CTR, r));
        return;
    case 2:
        if (m->in_function)
            break;
        add(m, MTSPR(SPR_LR, r));
        return;
    default:
        break;
    }
    add(m, MFSPR(r, readable[below(m, 3)]));
}

static void reservation(struct maker *m)
{
    bool both = below(m, 4) != 0;

    index_to(m);
    m->p->word[m->p->words - 1] &= ~7u;
    add(m, FN(gpr(m), FUZZ_BASE, FUZZ_INDEX, 20u)); /* lwarx */
    if (both)
        add(m, FN(gpr(m), FUZZ_BASE, FUZZ_INDEX, 150u) | 1); /* stwcx. */
}

static void rounding(struct maker *m)
{
    if (m->p->directed)
        add(m, 0xFF80010Cu | below(m, 4) << 12); /* mtfsfi 7,n */
    else
        index_to(m);
}

/* Stores into the sequence itself, at times with the words that make that official. */
static void rewrite(struct maker *m)
{
    uint32_t target = FUZZ_CODE + 4 * below(m, 64);
    uint32_t word = LI(gpr(m), below(m, 256));

    add(m, LIS(FUZZ_LIMIT, target >> 16));
    add(m, ORI(FUZZ_LIMIT, FUZZ_LIMIT, target));
    add(m, LIS(26u, word >> 16));
    add(m, ORI(26u, 26u, word));
    add(m, 0x90000000u | 26u << 21 | FUZZ_LIMIT << 16);
    if (below(m, 2))
        return;
    add(m, FN(0u, 0u, FUZZ_LIMIT, 982u)); /* icbi */
    add(m, 0x4C00012Cu);                  /* isync */
}

static bool is_named(const struct xe_ppc_insn *insn, const char *name)
{
    return strcmp(insn->name, name) == 0;
}

/* A word that the place allows; CTR and LR may be spoken for. Branches of FUZZ_PAIR are wild. */
static void word(struct maker *m)
{
    const struct xe_ppc_insn *insn;
    uint32_t tries = 64;

    do
        insn = &xe_ppc_insns[m->rows.row[below(m, m->rows.rows)]];
    while (--tries && (m->class <= XE_PPC_CLASS_VMX128 && insn->class != m->class && below(m, 8)));
    if (insn->end == XE_PPC_END_BRANCH && below(m, 8))
        return branch(m);
    if (is_named(insn, "mtspr") && below(m, 4))
        return special(m);
    add(m, fuzz_word(m->draw, m->profile, insn));
    if (m->profile != FUZZ_PAIR && xe_ppc_affects(insn, 'w', "RA")) /* update forms move the base */
        base_to(m);
}

static void unit(struct maker *m)
{
    uint32_t kind = below(m, 100);

    m->p->units++;
    if (kind < 8)
        branch(m);
    else if (kind < 11)
        computed_branch(m);
    else if (kind < 14)
        call(m);
    else if (kind < 18)
        loop(m);
    else if (kind < 24)
        index_to(m);
    else if (kind < 26)
        base_to(m);
    else if (kind < 28)
        divide(m);
    else if (kind < 30)
        to_word(m);
    else if (kind < 32)
        special(m);
    else if (kind < 33)
        reservation(m);
    else if (kind < 34)
        rounding(m);
    else if (kind < 35 && m->profile == FUZZ_PAIR)
        rewrite(m);
    else
        word(m);
}

/* Some units; jumps out of them end behind them at the latest. */
static void body(struct maker *m, uint32_t units)
{
    uint32_t first = m->fixes;

    while (units-- && m->left && m->p->words + RESERVE < FUZZ_WORDS && m->fixes < FIXES) {
        m->left--;
        unit(m);
        settle_some(m, first, 4);
    }
    settle_some(m, first, 1);
}

/* Behind the last word of the main part: a branch over the functions, and these. */
static void functions(struct maker *m)
{
    if (!m->calls)
        return;
    later(m, false);
    add_to(m, 0, 0x48000000u); /* to stay: a function entered from above returns for ever */
    m->in_function = m->in_loop = true; /* the caller may be in a loop */
    for (uint32_t i = 0; i < m->calls; i++) {
        uint32_t at = m->call[i].at;

        m->p->word[at] |= 4 * (m->p->words - at);
        m->left += 3;
        if (below(m, 3) == 0 && i + 1 < m->calls) /* two calls, one function */
            continue;
        body(m, 1 + below(m, 4));
        add_to(m, m->call[i].unit, 0x4E800020u);
    }
    settle_some(m, 0, 1);
}

void fuzz_program_draw(struct draw *draw, enum fuzz_profile profile, const bool known[XE_PPC_INSNS],
                       struct fuzz_program *ret)
{
    struct maker m = {.draw = draw, .profile = profile, .p = ret};

    memset(ret, 0, sizeof(*ret));
    ret->at = FUZZ_CODE;
    ret->directed = draw_below(draw, 4) == 0;
    fuzz_rows_of(profile, ret->directed, known, &m.rows);
    m.class = (enum xe_ppc_class)draw_below(draw, 2 * XE_PPC_CLASS_VMX128);
    m.left = 5 + draw_below(draw, MAX_UNITS - 4);
    ret->units++;
    base_to(&m);
    index_to(&m);
    body(&m, m.left);
    functions(&m);
}

/* ---- shrinking ------------------------------------------------------------------------------- */

static bool drop(struct fuzz_program *p, uint32_t first, uint32_t last)
{
    bool any = false;

    for (uint32_t i = 0; i < p->words; i++)
        if (p->unit[i] >= first && p->unit[i] < last && p->word[i] != FUZZ_NOP) {
            p->word[i] = FUZZ_NOP;
            any = true;
        }
    return any;
}

void fuzz_program_shrink(struct fuzz_program *p,
                         bool (*differs)(void *ctx, const struct fuzz_program *p), void *ctx)
{
    for (uint32_t step = p->units; step; step /= 2)
        for (uint32_t at = 1; at < p->units; at += step) {
            struct fuzz_program less = *p;

            if (drop(&less, at, at + step) && differs(ctx, &less))
                *p = less;
        }
}

void fuzz_program_print(FILE *out, const struct fuzz_program *p)
{
    for (uint32_t i = 0; i < p->words; i++) {
        char text[96];

        if (p->word[i] == FUZZ_NOP)
            continue;
        xe_ppc_disassemble(p->word[i], p->at + 4 * i, text, sizeof(text));
        fprintf(out, "  %08x: %08x  %s\n", p->at + 4 * i, p->word[i], text);
    }
}
