#include "cpu/isa/registers.h"

#include <string.h>

#include "cpu/isa/fields.h"

/* The names that operands of registers have in the column. Guest's targets end in T or D; RA is one
 * in the logical and rotate forms, where RS comes behind it. */
static const struct operand {
    const char *name;
    enum xe_ppc_file file;
    uint32_t (*field)(uint32_t word);
    bool target;
} operands[] = {
    {"RT", XE_PPC_FILE_GPR, xe_ppc_rt, true},       {"RS", XE_PPC_FILE_GPR, xe_ppc_rt, false},
    {"RA", XE_PPC_FILE_GPR, xe_ppc_ra, false},      {"RB", XE_PPC_FILE_GPR, xe_ppc_rb, false},
    {"FRT", XE_PPC_FILE_FPR, xe_ppc_rt, true},      {"FRS", XE_PPC_FILE_FPR, xe_ppc_rt, false},
    {"FRA", XE_PPC_FILE_FPR, xe_ppc_ra, false},     {"FRB", XE_PPC_FILE_FPR, xe_ppc_rb, false},
    {"FRC", XE_PPC_FILE_FPR, xe_ppc_rc_reg, false}, {"VRT", XE_PPC_FILE_VR, xe_ppc_rt, true},
    {"VRS", XE_PPC_FILE_VR, xe_ppc_rt, false},      {"VRA", XE_PPC_FILE_VR, xe_ppc_ra, false},
    {"VRB", XE_PPC_FILE_VR, xe_ppc_rb, false},      {"VRC", XE_PPC_FILE_VR, xe_ppc_rc_reg, false},
    {"VD", XE_PPC_FILE_VR, xe_ppc_vd128, true},     {"VS", XE_PPC_FILE_VR, xe_ppc_vd128, false},
    {"VA", XE_PPC_FILE_VR, xe_ppc_va128, false},    {"VB", XE_PPC_FILE_VR, xe_ppc_vb128, false},
    {"VC", XE_PPC_FILE_VR, xe_ppc_vc128, false},
};

static const struct operand *find(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof(operands) / sizeof(operands[0]); i++)
        if (strlen(operands[i].name) == size && memcmp(operands[i].name, name, size) == 0)
            return &operands[i];
    return NULL;
}

/* The base in "RA|0", "D(RA|0)": register 0 means no register. */
static bool is_no_base(const char *behind, uint32_t number)
{
    return behind[0] == '|' && number == 0;
}

uint32_t xe_ppc_registers(const struct xe_ppc_insn *insn, uint32_t word,
                          struct xe_ppc_register ret[XE_PPC_REGISTERS_MAX])
{
    bool into_ra = strncmp(insn->operands, "RA,RS", 5) == 0;
    uint32_t n = 0;

    for (const char *at = insn->operands; *at && n < XE_PPC_REGISTERS_MAX;) {
        size_t size = strcspn(at, ",()|");
        const struct operand *operand = find(at, size);

        if (operand && !is_no_base(at + size, operand->field(word))) {
            bool base = operand->field == xe_ppc_ra && operand->file == XE_PPC_FILE_GPR;
            bool updated = base && insn->memory.address & XE_PPC_ADDRESS_UPDATE;

            ret[n++] = (struct xe_ppc_register){
                .file = operand->file,
                .number = operand->field(word),
                .written = (operand->target && at == insn->operands) || updated ||
                           (base && into_ra && at == insn->operands),
            };
        }
        at += size;
        at += strspn(at, ",()|0");
    }
    return n;
}
