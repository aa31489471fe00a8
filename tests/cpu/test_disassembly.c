/* The disassembler against disassembly.txt; check-disassembly.sh holds the same file against GNU
 * as. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/decode.h"

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
