/* The instruction table against itself and its inventory of vectors. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/vectors.h"

Test(cpu_rows, are_472)
{
    cr_assert_eq(XE_PPC_INSNS, 472);
}

Test(cpu_rows, match_lies_within_mask)
{
    for (int i = 0; i < XE_PPC_INSNS; i++)
        cr_expect_eq(xe_ppc_insns[i].match & ~xe_ppc_insns[i].mask, 0, "%s", xe_ppc_insns[i].name);
}

/* Two rows overlap when some word matches both: when they agree on all bits that both look at. */
Test(cpu_rows, no_two_overlap)
{
    for (int i = 0; i < XE_PPC_INSNS; i++)
        for (int j = i + 1; j < XE_PPC_INSNS; j++) {
            const struct xe_ppc_insn *a = &xe_ppc_insns[i], *b = &xe_ppc_insns[j];

            cr_expect((a->match ^ b->match) & a->mask & b->mask, "%s and %s", a->name, b->name);
        }
}

/* Every operand that is written must be a field of the row, or a word could not be made from it. */
Test(cpu_rows, operands_name_fields)
{
    for (int i = 0; i < XE_PPC_INSNS; i++) {
        char operands[64], *save;

        snprintf(operands, sizeof(operands), "%s", xe_ppc_insns[i].operands);
        for (char *name = strtok_r(operands, ",()|0?", &save); name;
             name = strtok_r(NULL, ",()|0?", &save))
            if (strcmp(name, "target") != 0)
                cr_expect_neq(xe_ppc_field_insert(&xe_ppc_insns[i], name, UINT32_MAX), 0, "%s: %s",
                              xe_ppc_insns[i].name, name);
    }
}

Test(cpu_rows, fields_lie_outside_mask)
{
    for (int i = 0; i < XE_PPC_INSNS; i++) {
        char fields[128], *save;

        snprintf(fields, sizeof(fields), "%s", xe_ppc_insns[i].fields);
        for (char *name = strtok_r(fields, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
            name[strcspn(name, ":")] = '\0';
            cr_expect_eq(xe_ppc_field_insert(&xe_ppc_insns[i], name, UINT32_MAX) &
                             xe_ppc_insns[i].mask,
                         0, "%s: %s", xe_ppc_insns[i].name, name);
        }
    }
}

Test(cpu_rows, a_field_reads_back_what_was_put_in)
{
    const struct xe_ppc_insn *insn = xe_ppc_decode(0x78830020); /* clrldi: MB in two pieces */
    int64_t value;

    cr_assert(xe_ppc_field(insn, insn->match | xe_ppc_field_insert(insn, "MB", 43), "MB", &value));
    cr_assert_eq(value, 43);
}

/* How a row's operands say that its address is formed. */
static enum xe_ppc_address address_of(const struct xe_ppc_insn *insn)
{
    enum xe_ppc_address update = xe_ppc_affects(insn, 'w', "RA") ? XE_PPC_ADDRESS_UPDATE : 0;

    if (insn->class == XE_PPC_CLASS_INT || insn->class == XE_PPC_CLASS_BRANCH)
        return XE_PPC_ADDRESS_NONE;
    if (strstr(insn->operands, "DS(RA"))
        return XE_PPC_ADDRESS_DS | update;
    if (strstr(insn->operands, "D(RA"))
        return XE_PPC_ADDRESS_D | update;
    if (strstr(insn->operands, "RA|0,NB"))
        return XE_PPC_ADDRESS_BASE | update;
    return xe_ppc_field_insert(insn, "RA", 1) ? XE_PPC_ADDRESS_X | update : XE_PPC_ADDRESS_NONE;
}

/* Columns that say the same in other words: an address where the operands have one, LOAD and STORE
 * rows access, reservations are an effect, only the hypervisor's and sc leave. */
Test(cpu_rows, columns_agree)
{
    for (int i = 0; i < XE_PPC_INSNS; i++) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
        enum xe_ppc_access access = insn->memory.access;

        cr_expect_eq(insn->memory.address, address_of(insn), "%s: address", insn->name);
        if (insn->class == XE_PPC_CLASS_LOAD || insn->class == XE_PPC_CLASS_STORE)
            cr_expect(access != XE_PPC_ACCESS_NONE &&
                          xe_ppc_writes(insn) == (insn->class == XE_PPC_CLASS_STORE),
                      "%s: access", insn->name);
        cr_expect_eq(access == XE_PPC_ACCESS_RESERVE || access == XE_PPC_ACCESS_CONDITIONAL,
                     xe_ppc_affects(insn, 'w', "RESERVE"), "%s: reservation", insn->name);
        cr_expect_eq(insn->end == XE_PPC_END_LEAVE,
                     insn->status == XE_PPC_STATUS_PRIV || i == XE_PPC_sc, "%s: end", insn->name);
    }
}

/* ---- vectors ------------------------------------------------------------------------------- */

/* Of each row: how often it occurs in the files, and which values its one-bit fields have there. */
static const char *const forms[] = {"Rc", "OE", "LK", "AA"};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

static struct {
    unsigned cases;
    bool seen[FORMS][2];
} vectors_of[XE_PPC_INSNS];

static void note_line(void *ctx, const char *file, unsigned number, const char *line)
{
    uint32_t word = (uint32_t)strtoul(line, NULL, 16);
    const struct xe_ppc_insn *insn = vector_is_case(line) ? xe_ppc_decode(word) : NULL;
    int64_t value;

    (void)ctx;
    (void)file;
    (void)number;
    if (!insn)
        return;
    vectors_of[insn - xe_ppc_insns].cases++;
    for (size_t i = 0; i < FORMS; i++)
        if (xe_ppc_field(insn, word, forms[i], &value))
            vectors_of[insn - xe_ppc_insns].seen[i][value] = true;
}

Test(cpu_rows, each_has_vectors_in_every_form)
{
    int64_t unused;

    cr_assert(vector_each_line(note_line, NULL), "no vector files");
    for (int i = 0; i < XE_PPC_INSNS; i++) {
        cr_expect_gt(vectors_of[i].cases, 0, "%s", xe_ppc_insns[i].name);
        for (size_t k = 0; k < FORMS; k++)
            if (xe_ppc_field(&xe_ppc_insns[i], 0, forms[k], &unused))
                cr_expect(vectors_of[i].seen[k][0] && vectors_of[i].seen[k][1], "%s: %s",
                          xe_ppc_insns[i].name, forms[k]);
    }
}
