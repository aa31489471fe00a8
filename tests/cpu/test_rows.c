/* The instruction table against itself and its inventory of vectors. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/decode.h"

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

static bool has_vectors(const char *src, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/tests/cpu/vectors/%s.vec", src, name);
    if (access(path, R_OK) == 0)
        return true;
    snprintf(path, sizeof(path), "%s/tests/cpu/vectors/%s-rules.vec", src, name);
    return access(path, R_OK) == 0;
}

Test(cpu_rows, each_has_vectors)
{
    const char *src = getenv("XE_SRCDIR");

    for (int i = 0; i < XE_PPC_INSNS; i++)
        cr_expect(has_vectors(src && *src ? src : ".", xe_ppc_insns[i].name), "%s.vec is missing",
                  xe_ppc_insns[i].name);
}
