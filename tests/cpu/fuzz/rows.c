/* Rows and words. What keeps a row out of sequences that qemu runs too is written here, with the
 * reason; single instructions (words.c) leave out none of them. */
#include "tests/cpu/fuzz/fuzz.h"

#include <string.h>

static bool named(const struct xe_ppc_insn *insn, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(insn->name, *names) == 0)
            return true;
    return false;
}

static bool is_memory(const struct xe_ppc_insn *insn)
{
    return insn->memory.address != XE_PPC_ADDRESS_NONE;
}

/* Sequences make these themselves, in units that terminate and stay inside (program.c): branches,
 * traps, reservations, and some more. */
static bool is_structural(const struct xe_ppc_insn *insn)
{
    static const char *const more[] = {"divw",   "divwu", "divd",  "divdu", "fctiw",
                                       "fctiwz", "mtspr", "mfspr", NULL};

    return insn->end == XE_PPC_END_BRANCH || insn->end == XE_PPC_END_TRAP ||
           insn->memory.extent == XE_PPC_EXTENT_ALIGNED || named(insn, more);
}

/* Undefined in part by the books, and used by what follows. vsl and vsr want the same shift in all
 * bytes; the count of lswx and stswx may be anything. */
static const char *const undefined_results[] = {"mfocrf", "mtocrf", "lvebx", "lvehx", "lvewx",
                                                "lswx",   "stswx",  "vsl",   "vsr",   NULL};

/* Read or move bits of FPSCR that qemu has not, or enable exceptions; qemu keeps all of VSCR. */
static const char *const status_movers[] = {"mffs",   "mcrfs",  "mtfsf",  "mtfsfi",
                                            "mtfsb0", "mtfsb1", "mtvscr", NULL};

/* qemu 7.2 negates before it rounds. */
static const char *const negated[] = {"fnmadd", "fnmadds", "fnmsub", "fnmsubs", NULL};

/* Upper half undefined: this core's choice is not qemu's. */
static const char *const high_words[] = {"mulhw", "mulhwu", NULL};

/* Carry of these, and CR0 of those, look the same at 32 and at 64 bits. */
static const char *const same_carry[] = {"sraw", "srawi", "srad", "sradi", NULL};
static const char *const same_record[] = {"sraw",   "srawi",  "extsb", "extsh",
                                          "cntlzw", "cntlzd", "andi_", NULL};

/* Also without its Rc and OE bits? */
static bool depends_on_mode(const struct xe_ppc_insn *insn)
{
    if (insn->class != XE_PPC_CLASS_INT)
        return false;
    return (insn->rc == 2 && !named(insn, same_record)) || named(insn, high_words) ||
           (xe_ppc_affects(insn, 'w', "CA") && !named(insn, same_carry));
}

static bool allowed(enum fuzz_profile profile, bool directed, const struct xe_ppc_insn *insn)
{
    if (insn->status != XE_PPC_STATUS_TITLE)
        return false;
    if (profile == FUZZ_PAIR)
        return true;
    if (insn->class == XE_PPC_CLASS_VMX128 || is_structural(insn) ||
        named(insn, undefined_results) || named(insn, status_movers))
        return false;
    if (directed && named(insn, negated))
        return false;
    return profile == FUZZ_NARROW || !depends_on_mode(insn);
}

void fuzz_rows_of(enum fuzz_profile profile, bool directed, const bool known[XE_PPC_INSNS],
                  struct fuzz_rows *ret)
{
    ret->rows = 0;
    for (uint16_t i = 0; i < XE_PPC_INSNS; i++)
        if (allowed(profile, directed, &xe_ppc_insns[i]) && (profile == FUZZ_PAIR || known[i]))
            ret->row[ret->rows++] = i;
}

/* ---- words ----------------------------------------------------------------------------------- */

uint32_t fuzz_gpr(struct draw *draw, enum fuzz_profile profile)
{
    static const uint8_t numbers[] = {0,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 14,
                                      15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26};

    if (draw_below(draw, 2)) /* few, so that results meet */
        return 3 + draw_below(draw, 6);
    if (profile == FUZZ_PAIR && draw_below(draw, 4) == 0)
        return draw_below(draw, 32);
    return numbers[draw_below(draw, sizeof(numbers))];
}

static uint32_t draw_displacement(struct draw *draw, enum fuzz_profile profile)
{
    if (profile != FUZZ_PAIR) /* the base is the middle of the data */
        return (uint32_t) - (ORACLE_BYTES / 2) + 16 + draw_below(draw, ORACLE_BYTES - 64);
    return draw_below(draw, 8) ? draw_below(draw, 256) - 128u : draw_word(draw);
}

static uint32_t draw_field(struct draw *draw, enum fuzz_profile profile,
                           const struct xe_ppc_insn *insn, const char *name)
{
    bool memory = is_memory(insn) && (profile != FUZZ_PAIR || draw_below(draw, 16));
    bool string = insn->memory.address == XE_PPC_ADDRESS_BASE;

    if (string && profile != FUZZ_PAIR && (!strcmp(name, "RT") || !strcmp(name, "RS")))
        return 3 + draw_below(draw, 2) * 11; /* up to eight registers follow */
    if (!strcmp(name, "RA"))
        return memory ? FUZZ_BASE : fuzz_gpr(draw, profile);
    if (!strcmp(name, "RB"))
        return memory ? FUZZ_INDEX : fuzz_gpr(draw, profile);
    if (!strcmp(name, "RT") || !strcmp(name, "RS"))
        return fuzz_gpr(draw, profile);
    if (name[0] == 'F' && name[1] == 'R')
        return draw_below(draw, draw_below(draw, 2) ? 6 : 32);
    if (name[0] == 'V' && (name[1] == 'R' || !name[2]))
        return draw_below(draw, draw_below(draw, 2) ? 6 : 128);
    if (!strcmp(name, "D"))
        return draw_displacement(draw, profile);
    if (!strcmp(name, "DS"))
        return (uint32_t)((int32_t)draw_displacement(draw, profile) >> 2);
    if (profile == FUZZ_WIDE && insn->class == XE_PPC_CLASS_INT &&
        (!strcmp(name, "OE") || (!strcmp(name, "Rc") && !named(insn, same_record))))
        return 0;
    if (profile == FUZZ_NARROW && insn->class == XE_PPC_CLASS_INT && !strcmp(name, "L"))
        return 0; /* that processor has no 64-bit compares */
    if (profile != FUZZ_PAIR && !strcmp(insn->name, "sync"))
        return draw_below(draw, 2);
    if (!strcmp(name, "Rc"))
        return draw_below(draw, 4) == 0;
    return draw_below(draw, 3) ? draw_word(draw) : draw_below(draw, 2) ? UINT32_MAX : 0;
}

uint32_t fuzz_word(struct draw *draw, enum fuzz_profile profile, const struct xe_ppc_insn *insn)
{
    char fields[128], *save, *token;
    uint32_t word;

    if (profile == FUZZ_PAIR && draw_below(draw, 16) == 0)
        return insn->match | (draw_word(draw) & ~insn->mask);
    word = insn->match;
    snprintf(fields, sizeof(fields), "%s", insn->fields);
    for (token = strtok_r(fields, " ", &save); token; token = strtok_r(NULL, " ", &save)) {
        token[strcspn(token, ":")] = '\0';
        word |= xe_ppc_field_insert(insn, token, draw_field(draw, profile, insn, token));
    }
    return word;
}
