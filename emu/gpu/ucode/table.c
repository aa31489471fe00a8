/* The table of microcode: fields, values and operations as data. */
#include <stdio.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

#define ROW(form, name, bit, width, usual, values)                                                 \
    {#name, XE_UCODE_##form, bit, width, usual, XE__UCODE_##values},

const struct xe__ucode_field xe__ucode_fields[] = {
#define CF_FIELD(form, name, bit, width, usual, values) ROW(form, name, bit, width, usual, values)
#define ALU_FIELD(name, bit, width, usual, values)      ROW(ALU, name, bit, width, usual, values)
#define VFETCH_FIELD(name, bit, width, usual, values)   ROW(VFETCH, name, bit, width, usual, values)
#define TFETCH_FIELD(name, bit, width, usual, values)   ROW(TFETCH, name, bit, width, usual, values)
#include "gpu/ucode/ucode.def"
};
const uint32_t xe__ucode_field_count = sizeof(xe__ucode_fields) / sizeof(xe__ucode_fields[0]);

const struct xe_ucode_op xe_ucode_vector_ops[XE_UCODE_V_OPS] = {
#define VECTOR_OP(number, name, operands, kind) [number] = {#name, operands, XE_UCODE_##kind},
#include "gpu/ucode/ucode.def"
};
const struct xe_ucode_op xe_ucode_scalar_ops[XE_UCODE_S_OPS] = {
#define SCALAR_OP(number, name, operands, kind) [number] = {#name, operands, XE_UCODE_##kind},
#include "gpu/ucode/ucode.def"
};

static const struct {
    const char *name;
    enum xe_ucode_form form;
} cf_ops[XE_UCODE_CF_OPS] = {
#define CF_OP(number, name, form) [number] = {#name, XE_UCODE_##form},
#include "gpu/ucode/ucode.def"
};
static const struct {
    const char *name;
    enum xe_ucode_form form;
} fetch_ops[XE_UCODE_F_OPS] = {
#define FETCH_OP(number, name, form) [number] = {#name, XE_UCODE_##form},
#include "gpu/ucode/ucode.def"
};

static const struct {
    enum xe__ucode_values set;
    uint32_t value, words;
    const char *name;
} values[] = {
#define VALUE(set, number, name)           {XE__UCODE_##set, number, 0, #name},
#define VERTEX_FORMAT(number, name, words) {XE__UCODE_VERTEX_FORMAT, number, words, #name},
#include "gpu/ucode/ucode.def"
};
#define VALUES (sizeof(values) / sizeof(values[0]))

/* ---- fields --------------------------------------------------------------------------------- */

uint32_t xe__ucode_get(const struct xe_ucode_word *word, const struct xe__ucode_field *field)
{
    uint32_t at = field->bit / 32;
    uint64_t bits = word->w[at] | (at < 2 ? (uint64_t)word->w[at + 1] << 32 : 0);

    return (uint32_t)(bits >> field->bit % 32 & ((UINT64_C(1) << field->width) - 1));
}

void xe__ucode_set(struct xe_ucode_word *word, const struct xe__ucode_field *field, uint32_t bits)
{
    uint32_t at = field->bit / 32, shift = field->bit % 32;
    uint64_t mask = ((UINT64_C(1) << field->width) - 1) << shift;
    uint64_t put = (uint64_t)bits << shift & mask;

    word->w[at] = (word->w[at] & ~(uint32_t)mask) | (uint32_t)put;
    if (at < 2)
        word->w[at + 1] = (word->w[at + 1] & ~(uint32_t)(mask >> 32)) | (uint32_t)(put >> 32);
}

int32_t xe__ucode_value(const struct xe_ucode_word *word, const struct xe__ucode_field *field)
{
    uint32_t bits = xe__ucode_get(word, field), top = 1u << (field->width - 1);

    return field->values == XE__UCODE_SIGNED ? (int32_t)((bits ^ top) - top) : (int32_t)bits;
}

const struct xe__ucode_field *xe__ucode_field(enum xe_ucode_form form, const char *name)
{
    for (uint32_t i = 0; i < xe__ucode_field_count; i++)
        if (xe__ucode_fields[i].form == form && !strcmp(xe__ucode_fields[i].name, name))
            return &xe__ucode_fields[i];
    return NULL;
}

void xe__ucode_put(struct xe_ucode_word *word, enum xe_ucode_form form, const char *name,
                   int32_t value)
{
    const struct xe__ucode_field *field = xe__ucode_field(form, name);

    if (field)
        xe__ucode_set(word, field, (uint32_t)value);
}

struct xe_ucode_word xe__ucode_usual(enum xe_ucode_form form)
{
    struct xe_ucode_word word = {{0}};

    for (uint32_t i = 0; i < xe__ucode_field_count; i++)
        if (xe__ucode_fields[i].form == form)
            xe__ucode_set(&word, &xe__ucode_fields[i], xe__ucode_fields[i].usual);
    return word;
}

/* ---- values --------------------------------------------------------------------------------- */

bool xe__ucode_named(enum xe__ucode_values set, const char *name, uint32_t *ret)
{
    for (size_t i = 0; i < VALUES; i++)
        if (values[i].set == set && !strcmp(values[i].name, name)) {
            *ret = values[i].value;
            return true;
        }
    return false;
}

const char *xe__ucode_name(enum xe__ucode_values set, uint32_t value)
{
    for (size_t i = 0; i < VALUES; i++)
        if (values[i].set == set && values[i].value == value)
            return values[i].name;
    return NULL;
}

uint32_t xe_ucode_format_words(uint32_t format)
{
    for (size_t i = 0; i < VALUES; i++)
        if (values[i].set == XE__UCODE_VERTEX_FORMAT && values[i].value == format)
            return values[i].words;
    return 0;
}

const char *xe__ucode_cf_name(enum xe_ucode_cf_op op)
{
    return cf_ops[op].name;
}

enum xe_ucode_form xe__ucode_cf_form(enum xe_ucode_cf_op op)
{
    return cf_ops[op].form;
}

const char *xe__ucode_fetch_name(uint32_t op)
{
    return op < XE_UCODE_F_OPS ? fetch_ops[op].name : NULL;
}

/* ---- exports -------------------------------------------------------------------------------- */

#define ANY 2 /* of both stages */
static const struct {
    const char *name;
    uint8_t stage, first, count;
} exports[] = {
    {"o", XE_UCODE_VERTEX, 0, XE_UCODE_O_INTERPOLATORS},
    {"oPos", XE_UCODE_VERTEX, XE_UCODE_O_POSITION, 1},
    {"oPts", XE_UCODE_VERTEX, XE_UCODE_O_POINT, 1},
    {"oC", XE_UCODE_PIXEL, 0, XE_UCODE_O_COLORS},
    {"oDepth", XE_UCODE_PIXEL, XE_UCODE_O_DEPTH, 1},
    {"eA", ANY, XE_UCODE_O_ADDRESS, 1},
    {"eM", ANY, XE_UCODE_O_DATA, XE_UCODE_O_DATAS},
    {"export", ANY, 0, XE_UCODE_TEMPS}, /* those that have no other name */
};

bool xe__ucode_export_named(enum xe_ucode_stage stage, const char *name, uint32_t *ret)
{
    for (size_t i = 0; i < sizeof(exports) / sizeof(exports[0]); i++)
        for (uint32_t k = 0; k < exports[i].count; k++) {
            char text[16];

            snprintf(text, sizeof(text), exports[i].count > 1 ? "%s%u" : "%s", exports[i].name, k);
            if ((exports[i].stage == ANY || exports[i].stage == stage) && !strcmp(text, name)) {
                *ret = exports[i].first + k;
                return true;
            }
        }
    return false;
}

void xe__ucode_export_name(enum xe_ucode_stage stage, uint32_t number, char ret[16])
{
    for (size_t i = 0; i < sizeof(exports) / sizeof(exports[0]); i++) {
        if ((exports[i].stage != ANY && exports[i].stage != stage) || number < exports[i].first ||
            number >= (uint32_t)exports[i].first + exports[i].count)
            continue;
        snprintf(ret, 16, exports[i].count > 1 ? "%s%u" : "%s", exports[i].name,
                 number - exports[i].first);
        return;
    }
}
