/* The disassembler against disassembly.txt; check-disassembly.sh holds the same file against GNU
 * as. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "cpu/isa/decode.h"

static FILE *open_data(void)
{
    const char *src = getenv("XE_SRCDIR");
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/tests/cpu/disassembly.txt", src && *src ? src : ".");
    file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    return file;
}

Test(cpu_disassembly, prints_every_line_of_the_data)
{
    char line[256], text[80];
    uint32_t address = 0;
    FILE *file = open_data();

    while (fgets(line, sizeof(line), file)) {
        char *start = line + (line[0] == '-');

        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        cr_expect(
            xe_ppc_disassemble((uint32_t)strtoul(start, NULL, 16), address, text, sizeof(text)));
        cr_expect_str_eq(text, start + 9);
        address += 4;
    }
    fclose(file);
}

Test(cpu_disassembly, data_has_every_row)
{
    static bool seen[XE_PPC_INSNS];
    char line[256];
    FILE *file = open_data();

    while (fgets(line, sizeof(line), file)) {
        const struct xe_ppc_insn *insn =
            xe_ppc_decode((uint32_t)strtoul(line + (line[0] == '-'), NULL, 16));

        if (line[0] != '#' && insn)
            seen[insn - xe_ppc_insns] = true;
    }
    fclose(file);
    for (int i = 0; i < XE_PPC_INSNS; i++)
        cr_expect(seen[i], "%s", xe_ppc_insns[i].name);
}

Test(cpu_disassembly, a_word_that_is_no_instruction_is_data)
{
    char text[80];

    cr_assert_not(xe_ppc_disassemble(0, 0x82000000, text, sizeof(text)));
    cr_assert_str_eq(text, ".long   0x00000000");
}

Test(cpu_disassembly, a_short_buffer_cuts_the_text)
{
    char text[9];

    cr_assert(xe_ppc_disassemble(0x38600005, 0, text, sizeof(text)));
    cr_assert_str_eq(text, "li      ");
}

Test(cpu_disassembly, branches_say_where_they_go)
{
    static const struct {
        uint32_t word, address, target; /* target 1: it is none */
    } branches[] = {
        {0x48000010, 0x82000000, 0x82000010}, /* b     */
        {0x4BFFFFFD, 0x82000000, 0x81FFFFFC}, /* bl    */
        {0x48000012, 0x82000000, 0x00000010}, /* ba    */
        {0x4BFFFFFF, 0x82000000, 0xFFFFFFFC}, /* bla   */
        {0x4182FFFC, 0x82000000, 0x81FFFFFC}, /* beq   */
        {0x42000008, 0xFFFFFFFC, 0x00000004}, /* bdnz  */
        {0x4082FFFE, 0x82000000, 0xFFFFFFFC}, /* bnea  */
        {0x4E800020, 0x82000000, 1},          /* blr   */
        {0x4E800420, 0x82000000, 1},          /* bctr  */
        {0x38600000, 0x82000000, 1},          /* li    */
        {0x00000000, 0x82000000, 1},          /* none  */
    };

    for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++) {
        xe_gva target = 1;

        cr_expect_eq(xe_ppc_branch_target(branches[i].word, branches[i].address, &target),
                     branches[i].target != 1, "0x%08x", branches[i].word);
        cr_expect_eq(target, branches[i].target, "0x%08x: 0x%08x", branches[i].word, target);
    }
}
