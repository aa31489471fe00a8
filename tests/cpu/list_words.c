/* Prints a sample of all words for check-decode.sh: a word for each kind of word there is (see
 * test_words.c), reserved bits zero, as
 *
 *   WORD KIND TEXT
 *
 * where KIND is "none" (no row), "form" (a row, but a form that the books call invalid and this
 * project executes), "moot" (such a form about which objdump is of two minds) or "row"; and writes
 * the words, big-endian, to the file named by argv[1]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/decode.h"

#define DECISIVE 0xFC3007FFu
#define ROUNDS   2u   /* words of each kind               */
#define CORNERS  600u /* words of each row at its corners */

static uint64_t seed = 5;

static uint32_t draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32);
}

/* All bits of a row's fields. */
static uint32_t field_bits(const struct xe_ppc_insn *insn)
{
    char fields[128], *save;
    uint32_t bits = 0;

    snprintf(fields, sizeof(fields), "%s", insn->fields);
    for (char *name = strtok_r(fields, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        name[strcspn(name, ":")] = '\0';
        bits |= xe_ppc_field_insert(insn, name, UINT32_MAX);
    }
    return bits;
}

static uint32_t field(const struct xe_ppc_insn *insn, uint32_t word, const char *name)
{
    int64_t value = 0;

    xe_ppc_field(insn, word, name, &value);
    return (uint32_t)value;
}

/* Base 0, or a load's base that is its target too. */
static bool invalid_update(const struct xe_ppc_insn *insn, uint32_t word)
{
    uint32_t ra = field(insn, word, "RA");
    int64_t rt;

    return !ra || (xe_ppc_field(insn, word, "RT", &rt) && rt == ra);
}

/* A string that overwrites its address on the way; NB registers of 4 bytes from RT, 0 meaning 32.
 */
static bool invalid_string(const struct xe_ppc_insn *insn, uint32_t word)
{
    uint32_t bytes = (field(insn, word, "NB") + 31) % 32 + 1;

    return ((field(insn, word, "RA") - field(insn, word, "RT")) & 31) < (bytes + 3) / 4;
}

/* "Always" with bits set that mean nothing there. */
static bool invalid_always(uint32_t bo)
{
    return (bo & 0x14) == 0x14 && bo != 0x14;
}

/* The reserved hint; objdump minds it in some spellings and not in others. */
static bool reserved_hint(uint32_t bo)
{
    if ((bo & 0x14) == 0)
        return bo & 1;
    return (bo & 0x14) == 0x10 ? (bo & 9) == 1 : (bo & 0x17) == 5;
}

static bool invalid_form(const struct xe_ppc_insn *insn, uint32_t word)
{
    uint32_t fxm = field(insn, word, "FXM");

    if (xe_ppc_affects(insn, 'w', "RA"))
        return invalid_update(insn, word);
    switch ((enum xe_ppc_id)(insn - xe_ppc_insns)) {
    case XE_PPC_lmw:
        return field(insn, word, "RA") >= field(insn, word, "RT");
    case XE_PPC_mfocrf:
    case XE_PPC_mtocrf:
        return !fxm || fxm & (fxm - 1);
    case XE_PPC_mftb:
        return field(insn, word, "TBR") != 268 && field(insn, word, "TBR") != 269;
    case XE_PPC_sync:
        return field(insn, word, "L") == 3;
    case XE_PPC_lswx:
        return field(insn, word, "RT") == field(insn, word, "RA") ||
               field(insn, word, "RT") == field(insn, word, "RB");
    case XE_PPC_bc:
    case XE_PPC_bclr:
    case XE_PPC_bcctr:
        return invalid_always(field(insn, word, "BO"));
    default:
        return false;
    }
}

static const char *kind_of(const struct xe_ppc_insn *insn, uint32_t word)
{
    int64_t bo;

    if (!insn)
        return "none";
    if (xe_ppc_field(insn, word, "BO", &bo) && reserved_hint((uint32_t)bo))
        return "moot";
    if (insn == &xe_ppc_insns[XE_PPC_lswi] && invalid_string(insn, word))
        return "moot";
    return invalid_form(insn, word) ? "form" : "row";
}

static void list(uint32_t word, uint32_t at, FILE *binary)
{
    const uint8_t bytes[4] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8),
                              (uint8_t)word};
    const struct xe_ppc_insn *insn = xe_ppc_decode(word);
    char text[80];

    xe_ppc_disassemble(word, at, text, sizeof(text));
    fwrite(bytes, sizeof(bytes), 1, binary);
    printf("%08x %s %s\n", word, kind_of(insn, word), text);
}

/* A word of the row whose fields are at their ends, or equal to one another, as often as not: where
 * simplified mnemonics begin. */
static uint32_t corner_word(const struct xe_ppc_insn *insn)
{
    char fields[128], *save;
    uint32_t word = insn->match, last = 0;

    snprintf(fields, sizeof(fields), "%s", insn->fields);
    for (char *name = strtok_r(fields, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        const uint32_t corners[] = {0, UINT32_MAX, last, 31 - last, 32 - last, 63 - last};
        uint32_t pick = draw() % 12;

        name[strcspn(name, ":")] = '\0';
        last = pick < 6 ? corners[pick] : draw();
        word |= xe_ppc_field_insert(insn, name, last);
        last = field(insn, word, name);
    }
    return word;
}

int main(int argc, char **argv)
{
    FILE *binary = argc > 1 ? fopen(argv[1], "wb") : NULL;
    uint32_t at = 0;

    if (!binary)
        return EXIT_FAILURE;
    for (uint32_t n = 0; n < ROUNDS << 19; n++) {
        uint32_t word = (n >> 13) << 26 | (n >> 11 & 3) << 20 | (n & 0x7FF) | (draw() & ~DECISIVE);
        const struct xe_ppc_insn *insn = xe_ppc_decode(word);

        if (insn && word & DECISIVE & ~(insn->mask | field_bits(insn)))
            continue; /* a reserved bit */
        list(insn ? insn->match | (word & field_bits(insn)) : word, at, binary);
        at += 4;
    }
    for (uint32_t n = 0; n < CORNERS * XE_PPC_INSNS; n++, at += 4)
        list(corner_word(&xe_ppc_insns[n / CORNERS]), at, binary);
    return fclose(binary) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
