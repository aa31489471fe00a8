/* The rows as data, the index that finds a word's row, and the fields of a word. */
#include "cpu/isa/decode.h"

#include <stdlib.h>
#include <string.h>

#define NO_MEM                                                                                     \
    {                                                                                              \
        XE_PPC_ACCESS_NONE, 0, XE_PPC_EXTENT_NONE, XE_PPC_ADDRESS_NONE                             \
    }
#define MEM(access, size, extent, address)                                                         \
    {                                                                                              \
        XE_PPC_ACCESS_##access, size, XE_PPC_EXTENT_##extent, XE_PPC_ADDRESS_##address             \
    }
const struct xe_ppc_insn xe_ppc_insns[XE_PPC_INSNS] = {
#define INSN(id, text, match_, mask_, class_, status_, rc_, end_, memory_, operands_, fields_,     \
             effects_)                                                                             \
    [XE_PPC_##id] = {.name = #id,                                                                  \
                     .mnemonic = text,                                                             \
                     .match = match_,                                                              \
                     .mask = mask_,                                                                \
                     .class = XE_PPC_CLASS_##class_,                                               \
                     .status = XE_PPC_STATUS_##status_,                                            \
                     .rc = rc_,                                                                    \
                     .end = XE_PPC_END_##end_,                                                     \
                     .memory = memory_,                                                            \
                     .operands = operands_,                                                        \
                     .fields = fields_,                                                            \
                     .effects = effects_,                                                          \
                     .exec = xe_ppc_exec_##id},
#include "cpu/isa/ppc_insns.def"
#undef INSN
};
#undef NO_MEM
#undef MEM

/* A row that accesses memory has a size or says by its extent why not, and an address; one that
 * doesn't has neither size nor extent. */
#define NO_MEM true
#define MEM(access, size, extent, address)                                                         \
    ((XE_PPC_ACCESS_##access == XE_PPC_ACCESS_NONE) ==                                             \
         (XE_PPC_EXTENT_##extent == XE_PPC_EXTENT_NONE) &&                                         \
     ((size) != 0) == (XE_PPC_EXTENT_##extent >= XE_PPC_EXTENT_ANY &&                              \
                       XE_PPC_EXTENT_##extent <= XE_PPC_EXTENT_RIGHT) &&                           \
     XE_PPC_ADDRESS_##address != XE_PPC_ADDRESS_NONE)
#define INSN(id, text, match_, mask_, class_, status_, rc_, end_, memory_, ...)                    \
    _Static_assert(memory_, #id ": memory column");
#include "cpu/isa/ppc_insns.def"
#undef INSN
#undef NO_MEM
#undef MEM

/* ---- the index -------------------------------------------------------------------------------
 *
 * Rows of a primary opcode differ in the low 11 bits of the word only, but for three pairs that
 * bit 20 or 21 parts. So a row's place in the index follows from its match: the primary opcode's
 * part, then these bits. A word is looked up under each mask that rows of its primary opcode have.
 * The table is constant: the compiler fills it from the rows and warns of two rows in one place. */

enum part { ALONE, P4, P5, P6, P17, P19, P30, P31, P58, P59, P62, P63, PARTS };

/* The part of a primary opcode; ALONE are those with a single row. */
#define PART_OF(primary)                                                                           \
    ((primary) == 4    ? P4                                                                        \
     : (primary) == 5  ? P5                                                                        \
     : (primary) == 6  ? P6                                                                        \
     : (primary) == 17 ? P17                                                                       \
     : (primary) == 19 ? P19                                                                       \
     : (primary) == 30 ? P30                                                                       \
     : (primary) == 31 ? P31                                                                       \
     : (primary) == 58 ? P58                                                                       \
     : (primary) == 59 ? P59                                                                       \
     : (primary) == 62 ? P62                                                                       \
     : (primary) == 63 ? P63                                                                       \
                       : ALONE)
#define PART_SIZE 2048u

/* Place of a masked word; bit 0 is free in the rows that bit 20 or 21 parts. */
#define LOW(masked) (((masked)&0x7FFu) | ((masked) >> 20 & 1) | ((masked) >> 21 & 1))
#define PLACE(part, masked)                                                                        \
    ((part) == ALONE ? (masked) >> 26 : (uint32_t)(part)*PART_SIZE + LOW(masked))

static const uint16_t index_of_rows[PARTS * PART_SIZE] = {
#define INSN(id, text, match_, ...) [PLACE(PART_OF((match_) >> 26), match_)] = 1 + XE_PPC_##id,
#include "cpu/isa/ppc_insns.def"
#undef INSN
};

/* The masks of each part's rows, the most frequent words first; 0 ends a list. */
#define MASKS 6
static const uint32_t masks[PARTS][MASKS] = {
    [ALONE] = {0xFC000000u},
    [P4] = {0xFC0007FFu, 0xFC0007F3u, 0xFC000010u, 0xFC00003Fu, 0xFC0003FFu},
    [P5] = {0xFC0003D0u, 0xFC000210u},
    [P6] = {0xFC0003D0u, 0xFC0007F0u, 0xFC000390u, 0xFC000730u, 0xFC000630u},
    [P17] = {0xFC000002u},
    [P19] = {0xFC0007FEu},
    [P30] = {0xFC00001Cu, 0xFC00001Eu},
    [P31] = {0xFC0007FEu, 0xFC0003FEu, 0xFC0007FCu, 0xFC0007FFu, 0xFC1007FEu, 0xFC2007FEu},
    [P58] = {0xFC000003u},
    [P59] = {0xFC00003Eu},
    [P62] = {0xFC000003u},
    [P63] = {0xFC00003Eu, 0xFC0007FEu},
};

const struct xe_ppc_insn *xe_ppc_decode(uint32_t word)
{
    enum part part = PART_OF(word >> 26);

    for (size_t i = 0; i < MASKS && masks[part][i]; i++) {
        uint32_t row = index_of_rows[PLACE(part, word & masks[part][i])];

        /* Under another row's mask bits may be lost that this row looks at. */
        if (row && (word & xe_ppc_insns[row - 1].mask) == xe_ppc_insns[row - 1].match)
            return &xe_ppc_insns[row - 1];
    }
    return NULL;
}

/* ---- fields ---------------------------------------------------------------------------------- */

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

/* ---- effects --------------------------------------------------------------------------------- */

/* Is the name in a list with commas, which ends at a space? */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (;; list++) {
        size_t n = strcspn(list, ", ");

        if (n == length && memcmp(list, name, n) == 0)
            return true;
        list += n;
        if (*list != ',')
            return false;
    }
}

bool xe_ppc_affects(const struct xe_ppc_insn *insn, char how, const char *state)
{
    for (const char *at = insn->effects; at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (at[0] == how && at[1] == ':' && is_listed(at + 2, state))
            return true;
    }
    return false;
}
