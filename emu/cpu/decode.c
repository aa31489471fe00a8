#include "cpu/decode.h"

#include <stdlib.h>
#include <string.h>

const struct xe_ppc_insn xe_ppc_insns[XE_PPC_INSNS] = {
#define INSN(id, text, match_, mask_, class_, status_, rc_, operands_, fields_, effects_)          \
    [XE_PPC_##id] = {.name = #id,                                                                  \
                     .mnemonic = text,                                                             \
                     .match = match_,                                                              \
                     .mask = mask_,                                                                \
                     .class = XE_PPC_CLASS_##class_,                                               \
                     .status = XE_PPC_STATUS_##status_,                                            \
                     .rc = rc_,                                                                    \
                     .operands = operands_,                                                        \
                     .fields = fields_,                                                            \
                     .effects = effects_,                                                          \
                     .exec = xe_ppc_exec_##id},
#include "cpu/ppc_insns.def"
#undef INSN
};

/* A search through the table: the engine keeps what it finds, so each word that runs pays once. */
const struct xe_ppc_insn *xe_ppc_decode(uint32_t word)
{
    for (size_t i = 0; i < XE_PPC_INSNS; i++)
        if ((word & xe_ppc_insns[i].mask) == xe_ppc_insns[i].match)
            return &xe_ppc_insns[i];
    return NULL;
}

/* One "first-last" (or single) bit range, numbered from the most significant bit. */
struct segment {
    uint32_t shift, width;
};

struct field {
    struct segment segment[3];
    uint32_t segments, width, scale;
    bool is_signed;
};

static const char *read_segment(const char *at, struct segment *ret)
{
    char *end;
    unsigned long first = strtoul(at, &end, 10), last = first;

    if (*end == '-')
        last = strtoul(end + 1, &end, 10);
    ret->shift = 31 - (uint32_t)last;
    ret->width = (uint32_t)(last - first) + 1;
    return end;
}

/* Find "NAME:" in a row's fields and read what follows. */
static bool find_field(const struct xe_ppc_insn *insn, const char *name, struct field *ret)
{
    size_t length = strlen(name);
    const char *at = insn->fields;

    while (at && !(strncmp(at, name, length) == 0 && at[length] == ':')) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    if (!at)
        return false;
    memset(ret, 0, sizeof(*ret));
    ret->scale = 1;
    at += length;
    do {
        at = read_segment(at + 1, &ret->segment[ret->segments]);
        ret->width += ret->segment[ret->segments++].width;
    } while (*at == '|' && ret->segments < 3);
    ret->is_signed = *at == 's';
    if (ret->is_signed)
        at++;
    if (*at == '*')
        ret->scale = (uint32_t)strtoul(at + 1, NULL, 10);
    return true;
}

bool xe_ppc_field(const struct xe_ppc_insn *insn, uint32_t word, const char *name, int64_t *ret)
{
    struct field field;
    uint32_t value = 0;
    int64_t result;

    if (!find_field(insn, name, &field))
        return false;
    for (uint32_t i = 0; i < field.segments; i++)
        value = value << field.segment[i].width |
                (word >> field.segment[i].shift & ((1u << field.segment[i].width) - 1));
    result = value;
    if (field.is_signed && value >> (field.width - 1) & 1)
        result -= (int64_t)1 << field.width;
    *ret = result * field.scale;
    return true;
}

uint32_t xe_ppc_field_insert(const struct xe_ppc_insn *insn, const char *name, uint32_t value)
{
    struct field field;
    uint32_t word = 0;

    if (!find_field(insn, name, &field))
        return 0;
    for (uint32_t i = field.segments; i-- > 0;) {
        uint32_t part = value & ((1u << field.segment[i].width) - 1);

        word |= part << field.segment[i].shift;
        value >>= field.segment[i].width;
    }
    return word;
}
