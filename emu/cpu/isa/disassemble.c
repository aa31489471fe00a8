/* Words as text, from the rows of ppc_insns.def: a row's operand list names its fields, and the
 * first letters of a field's name say how it is written. Spelling follows GNU objdump, so its
 * assembler reads back what is printed here (tests/cpu/check-disassembly.sh). */
#include <stdio.h>
#include <string.h>

#include "base/line.h"
#include "cpu/isa/decode.h"

#define MNEMONIC_WIDTH 7

struct subject {
    const struct xe_ppc_insn *insn;
    uint32_t word;
    xe_gva address;
};

static int64_t field(const struct subject *s, const char *name)
{
    int64_t value = 0;

    xe_ppc_field(s->insn, s->word, name, &value);
    return value;
}

/* ---- aliases ------------------------------------------------------------------------------- */

enum when { ANY, RS_IS_RB, VRA_IS_VRB, SLWI, SRWI, SLDI, SRDI, BITS_SAME, BA_IS_BB };

static const struct alias {
    enum xe_ppc_id id;
    uint32_t mask, match;
    enum when when;
    const char *mnemonic, *operands;
} aliases[] = {
#define ALIAS(row, mask, match, when, mnemonic, operands)                                          \
    {XE_PPC_##row, mask, match, when, mnemonic, operands},
#include "cpu/isa/ppc_aliases.def"
#undef ALIAS
};

static bool holds(const struct subject *s, enum when when)
{
    switch (when) {
    case ANY:
        return true;
    case RS_IS_RB:
        return field(s, "RS") == field(s, "RB");
    case VRA_IS_VRB:
        return field(s, "VRA") == field(s, "VRB");
    case SLWI:
        return field(s, "ME") == 31 - field(s, "SH");
    case SRWI:
        return field(s, "MB") == 32 - field(s, "SH");
    case SLDI:
        return field(s, "ME") == 63 - field(s, "SH");
    case SRDI:
        return field(s, "MB") == 64 - field(s, "SH");
    case BITS_SAME:
        return field(s, "BT") == field(s, "BA") && field(s, "BA") == field(s, "BB");
    case BA_IS_BB:
        return field(s, "BA") == field(s, "BB");
    }
    return false;
}

static const struct alias *find_alias(const struct subject *s)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
        if (&xe_ppc_insns[aliases[i].id] == s->insn &&
            (s->word & aliases[i].mask) == aliases[i].match && holds(s, aliases[i].when))
            return &aliases[i];
    return NULL;
}

/* ---- operands ------------------------------------------------------------------------------ */

static void put_cr_bit(struct xe_line *line, int64_t bit)
{
    static const char *const names[] = {"lt", "gt", "eq", "so"};

    if (bit >= 4)
        xe_line_add(line, "4*cr%d+", (int)(bit / 4));
    xe_line_add(line, "%s", names[bit & 3]);
}

static xe_gva branch_target(const struct subject *s)
{
    uint32_t offset = (uint32_t)(field(s, "LI") + field(s, "BD"));

    return field(s, "AA") ? offset : s->address + offset;
}

/* What stands before the number of a register or condition field; NULL for a plain number. */
static const char *register_prefix(const char *name)
{
    static const struct {
        const char *name, *prefix;
    } kinds[] = {{"RT", "r"},  {"RS", "r"},  {"RA", "r"},  {"RB", "r"},  {"FRT", "f"}, {"FRS", "f"},
                 {"FRA", "f"}, {"FRB", "f"}, {"FRC", "f"}, {"VRT", "v"}, {"VRS", "v"}, {"VRA", "v"},
                 {"VRB", "v"}, {"VRC", "v"}, {"VD", "v"},  {"VS", "v"},  {"VA", "v"},  {"VB", "v"},
                 {"VC", "v"},  {"BF", "cr"}, {"BFA", "cr"}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].prefix;
    return NULL;
}

static void put_operand(struct xe_line *line, const struct subject *s, const char *name)
{
    bool status_field = s->insn == &xe_ppc_insns[XE_PPC_mtfsfi]; /* its BF is no CR field */
    const char *prefix = status_field ? NULL : register_prefix(name);
    int64_t value = field(s, name);
    bool cr_bit = s->insn->class == XE_PPC_CLASS_CR || s->insn->class == XE_PPC_CLASS_BRANCH;

    if (prefix)
        xe_line_add(line, "%s%d", prefix, (int)value);
    else if (strcmp(name, "RA|0") == 0)
        xe_line_add(line, field(s, "RA") ? "r%d" : "%d", (int)field(s, "RA"));
    else if (strcmp(name, "target") == 0)
        xe_line_add(line, "0x%x", branch_target(s));
    else if (cr_bit && name[0] == 'B' && strchr("TABI", name[1]) && !name[2])
        put_cr_bit(line, value);
    else if (strcmp(name, "32-SH") == 0)
        xe_line_add(line, "%d", 32 - (int)field(s, "SH"));
    else if (strcmp(name, "64-SH") == 0)
        xe_line_add(line, "%d", 64 - (int)field(s, "SH"));
    else if (strcmp(name, "31-ME") == 0)
        xe_line_add(line, "%d", 31 - (int)field(s, "ME"));
    else if (strcmp(name, "63-ME") == 0)
        xe_line_add(line, "%d", 63 - (int)field(s, "ME"));
    else if (strcmp(name, "NB") == 0 && value == 0)
        xe_line_add(line, "32");
    else
        xe_line_add(line, "%d", (int)value);
}

static void put_operands(struct xe_line *line, const struct subject *s, const char *operands)
{
    char name[16];

    while (*operands) {
        size_t n = strcspn(operands, ",()?");

        if (n && n < sizeof(name)) {
            memcpy(name, operands, n);
            name[n] = '\0';
        }
        operands += n;
        if (*operands == '?' && field(s, name) == 0) { /* with a comma of its own */
            operands++;
            if (*operands == ',')
                operands++;
            else if (line->used && line->text[line->used - 1] == ',')
                line->text[--line->used] = '\0';
            continue;
        }
        if (n)
            put_operand(line, s, name);
        operands += *operands == '?';
        if (*operands)
            xe_line_add(line, "%c", *operands++);
    }
}

/* ---- mnemonics ----------------------------------------------------------------------------- */

static void put_mnemonic(struct xe_line *line, const char *mnemonic, const char *suffix,
                         bool operands)
{
    size_t start = line->used;

    xe_line_add(line, "%s%s", mnemonic, suffix);
    if (operands)
        xe_line_add(line, "%*s",
                    start + MNEMONIC_WIDTH > line->used
                        ? (int)(start + MNEMONIC_WIDTH - line->used) + 1
                        : 1,
                    "");
}

/* Suffix of a plain mnemonic: overflow and record forms, link and absolute branches. */
static const char *suffix_of(const struct subject *s)
{
    static const char *const forms[] = {"", ".", "o", "o.", "l", "a", "la"};
    bool link = field(s, "LK"), absolute = field(s, "AA");

    if (link || absolute)
        return forms[absolute ? link ? 6 : 5 : 4];
    return forms[(field(s, "OE") ? 2 : 0) + (field(s, "Rc") ? 1 : 0)];
}

/* "eq", "dnz" ... and "+" or "-" for a BO that has a simplified spelling; false if it has none.
 * Source: Power ISA book I, BO and its "at" hints. */
static bool condition_name(uint32_t bo, uint32_t bi, char name[8], const char **ret_hint)
{
    static const char *const yes[] = {"lt", "gt", "eq", "so"}, *const no[] = {"ge", "le", "ne",
                                                                              "ns"};
    static const char *const hints[] = {"", NULL, "-", "+"};
    uint32_t at = bo & 3;

    if ((bo & 0x14) == 0x04) {
        snprintf(name, 8, "%s", bo & 8 ? yes[bi & 3] : no[bi & 3]);
    } else if ((bo & 0x15) == 0) {
        snprintf(name, 8, "d%sz%s", bo & 2 ? "" : "n", bo & 8 ? "t" : "f");
        at = 0;
    } else if ((bo & 0x14) == 0x10 && bi == 0) {
        snprintf(name, 8, "%s", bo & 2 ? "dz" : "dnz");
        at = (bo >> 2 & 2) | (bo & 1);
    } else if (bo == 20 && bi == 0) {
        name[0] = '\0';
        at = 0;
    } else {
        return false;
    }
    *ret_hint = hints[at];
    return hints[at] != NULL;
}

/* bc, bclr, bcctr in their simplified spelling. */
static bool put_branch(struct xe_line *line, const struct subject *s)
{
    uint32_t bo = (uint32_t)field(s, "BO"), bi = (uint32_t)field(s, "BI");
    bool relative = s->insn == &xe_ppc_insns[XE_PPC_bc];
    const char *to = relative ? "" : s->insn == &xe_ppc_insns[XE_PPC_bclr] ? "lr" : "ctr";
    const char *hint;
    char condition[8], mnemonic[24];
    bool field_named, whole_bit;

    if (!condition_name(bo, bi, condition, &hint) || field(s, "BH") || (relative && bo == 20) ||
        (*to == 'c' && !(bo & 4)))
        return false;
    snprintf(mnemonic, sizeof(mnemonic), "b%s%s%s", condition, to, suffix_of(s));
    whole_bit = !(bo & 0x14); /* the mnemonic does not say which */
    field_named = bi >= 4 && bo != 20;
    put_mnemonic(line, mnemonic, hint, relative || field_named || whole_bit);
    if (whole_bit)
        put_cr_bit(line, bi);
    else if (field_named)
        xe_line_add(line, "cr%u", bi / 4);
    if (relative && (whole_bit || field_named))
        xe_line_add(line, ",");
    if (relative)
        xe_line_add(line, "0x%x", branch_target(s));
    return true;
}

/* tw, twi, td, tdi with a TO that has a name. */
static bool put_trap(struct xe_line *line, const struct subject *s)
{
    static const char *const names[32] = {
        [1] = "lgt", [2] = "llt", [4] = "eq",  [5] = "lge", [6] = "lle",
        [8] = "gt",  [12] = "ge", [16] = "lt", [20] = "le", [24] = "ne"};
    const char *name = names[field(s, "TO")];
    bool immediate;
    char mnemonic[24];
    int64_t unused;

    if (!name)
        return false;
    immediate = xe_ppc_field(s->insn, s->word, "SI", &unused);
    snprintf(mnemonic, sizeof(mnemonic), "%.2s%s%s", s->insn->mnemonic, name, immediate ? "i" : "");
    put_mnemonic(line, mnemonic, "", true);
    put_operands(line, s, immediate ? "RA,SI" : "RA,RB");
    return true;
}

bool xe_ppc_disassemble(uint32_t word, xe_gva address, char *text, size_t size)
{
    struct subject s = {xe_ppc_decode(word), word, address};
    struct xe_line line = {text, size, 0};
    const struct alias *alias;
    const char *mnemonic, *operands;
    int64_t unused;

    if (!size)
        return s.insn != NULL;
    if (!s.insn) {
        xe_line_add(&line, ".long   0x%08x", word);
        return false;
    }
    if (xe_ppc_field(s.insn, word, "BO", &unused) && put_branch(&line, &s))
        return true;
    alias = find_alias(&s);
    if (!alias && xe_ppc_field(s.insn, word, "TO", &unused) && put_trap(&line, &s))
        return true;
    mnemonic = alias ? alias->mnemonic : s.insn->mnemonic;
    operands = alias ? alias->operands : s.insn->operands;
    put_mnemonic(&line, mnemonic, suffix_of(&s), *operands != '\0');
    put_operands(&line, &s, operands);
    return true;
}

bool xe_ppc_branch_target(uint32_t word, xe_gva address, xe_gva *ret)
{
    struct subject s = {xe_ppc_decode(word), word, address};

    if (s.insn != &xe_ppc_insns[XE_PPC_b] && s.insn != &xe_ppc_insns[XE_PPC_bc])
        return false;
    *ret = branch_target(&s);
    return true;
}
