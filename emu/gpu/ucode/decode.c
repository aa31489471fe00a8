/* Words to decoded instructions, and where in a program they lie. */

#include "gpu/ucode/ucode_internal.h"

/* ---- in a program --------------------------------------------------------------------------- */

struct xe_ucode_word xe_ucode_slot(const uint32_t *words, uint32_t i)
{
    return (struct xe_ucode_word){{words[3 * i], words[3 * i + 1], words[3 * i + 2]}};
}

struct xe_ucode_word xe_ucode_cf_word(const uint32_t *words, uint32_t i)
{
    const uint32_t *pair = words + i / 2 * 3;

    if (i % 2)
        return (struct xe_ucode_word){{pair[1] >> 16 | pair[2] << 16, pair[2] >> 16, 0}};
    return (struct xe_ucode_word){{pair[0], pair[1] & 0xFFFF, 0}};
}

uint32_t xe_ucode_cf_count(const uint32_t *words, uint32_t n)
{
    uint32_t slots = n / 3;

    for (uint32_t i = 0; i < 2 * slots; i++) {
        struct xe_ucode_word word = xe_ucode_cf_word(words, i);
        struct xe_ucode_cf cf;

        xe_ucode_cf(&word, &cf);
        if (cf.address && cf.address < slots)
            slots = cf.address > i / 2 ? cf.address : i / 2 + 1;
    }
    return 2 * slots;
}

/* ---- control flow --------------------------------------------------------------------------- */

#define PART(form, name) xe__ucode_get(word, &xe__ucode_fields[XE__UCODE_##form##_##name])

/* These lie at the same place in all execs. */
static void read_exec(const struct xe_ucode_word *word, struct xe_ucode_cf *ret)
{
    ret->address = PART(EXEC, address);
    ret->count = PART(EXEC, count);
    ret->sequence = PART(EXEC, sequence);
    ret->boolean = PART(EXEC_BOOL, boolean);
    ret->cond = PART(EXEC_BOOL, cond);
}

static void read_loop(const struct xe_ucode_word *word, struct xe_ucode_cf *ret)
{
    ret->target = PART(LOOP_END, target);
    ret->loop = PART(LOOP_END, loop);
    if (ret->form == XE_UCODE_LOOP_START)
        ret->repeat = PART(LOOP_START, repeat);
    else
        ret->breaks = PART(LOOP_END, breaks);
    ret->cond = PART(LOOP_END, cond);
}

static void read_go(const struct xe_ucode_word *word, struct xe_ucode_cf *ret)
{
    ret->target = PART(CALL, target);
    ret->always = PART(CALL, always);
    ret->predicated = PART(CALL, predicated);
    ret->boolean = PART(CALL, boolean);
    ret->cond = PART(CALL, cond);
}

void xe_ucode_cf(const struct xe_ucode_word *word, struct xe_ucode_cf *ret)
{
    enum xe_ucode_cf_op op = PART(NOTHING, op);
    enum xe_ucode_form form = xe__ucode_cf_form(op);

    *ret = (struct xe_ucode_cf){.op = op, .form = form};
    if (form >= XE_UCODE_EXEC && form <= XE_UCODE_EXEC_PRED)
        read_exec(word, ret);
    else if (form == XE_UCODE_LOOP_START || form == XE_UCODE_LOOP_END)
        read_loop(word, ret);
    else if (form == XE_UCODE_CALL || form == XE_UCODE_JUMP)
        read_go(word, ret);
    else if (form == XE_UCODE_ALLOC)
        ret->type = (enum xe_ucode_alloc)PART(ALLOC, type);
    ret->ends = op == XE_UCODE_CF_exec_end || op == XE_UCODE_CF_cond_exec_end ||
                op == XE_UCODE_CF_cond_exec_pred_end || op == XE_UCODE_CF_cond_exec_pred_clean_end;
}

/* ---- slots ---------------------------------------------------------------------------------- */

#define READ(form, name, bit, width, usual, values)                                                \
    ret->name =                                                                                    \
        xe__ucode_value(word, &(const struct xe__ucode_field){#name, XE_UCODE_##form, bit, width,  \
                                                              usual, XE__UCODE_##values});

void xe_ucode_alu(const struct xe_ucode_word *word, struct xe_ucode_alu *ret)
{
#define ALU_FIELD(name, bit, width, usual, values) READ(ALU, name, bit, width, usual, values)
#include "gpu/ucode/ucode.def"
}

void xe_ucode_vfetch(const struct xe_ucode_word *word, struct xe_ucode_vfetch *ret)
{
#define VFETCH_FIELD(name, bit, width, usual, values) READ(VFETCH, name, bit, width, usual, values)
#include "gpu/ucode/ucode.def"
}

void xe_ucode_tfetch(const struct xe_ucode_word *word, struct xe_ucode_tfetch *ret)
{
#define TFETCH_FIELD(name, bit, width, usual, values) READ(TFETCH, name, bit, width, usual, values)
#include "gpu/ucode/ucode.def"
}

enum xe_ucode_form xe_ucode_form_of(const struct xe_ucode_word *word, bool is_fetch)
{
    if (is_fetch && xe__ucode_fetch_name(word->w[0] & 31))
        return (word->w[0] & 31) == XE_UCODE_F_vfetch ? XE_UCODE_VFETCH : XE_UCODE_TFETCH;
    if (!is_fetch && xe_ucode_vector_ops[word->w[2] >> 24 & 31].name &&
        xe_ucode_scalar_ops[word->w[0] >> 26].name)
        return XE_UCODE_ALU;
    return XE_UCODE_FORMS;
}

bool xe_ucode_relative(const struct xe_ucode_alu *alu, uint32_t source)
{
    bool later = (source > 0 && !alu->temp1) || (source > 1 && !alu->temp2);

    return later ? alu->rel_later : alu->rel_first;
}

/* ---- and back ------------------------------------------------------------------------------- */

#define WRITE(form, name, bit, width, usual, values)                                               \
    xe__ucode_set(ret,                                                                             \
                  &(const struct xe__ucode_field){#name, XE_UCODE_##form, bit, width, usual,       \
                                                  XE__UCODE_##values},                             \
                  (uint32_t)from->name);

void xe__ucode_alu_word(const struct xe_ucode_alu *from, struct xe_ucode_word *ret)
{
#define ALU_FIELD(name, bit, width, usual, values) WRITE(ALU, name, bit, width, usual, values)
#include "gpu/ucode/ucode.def"
}

void xe__ucode_vfetch_word(const struct xe_ucode_vfetch *from, struct xe_ucode_word *ret)
{
#define VFETCH_FIELD(name, bit, width, usual, values) WRITE(VFETCH, name, bit, width, usual, values)
#include "gpu/ucode/ucode.def"
}

void xe__ucode_tfetch_word(const struct xe_ucode_tfetch *from, struct xe_ucode_word *ret)
{
#define TFETCH_FIELD(name, bit, width, usual, values) WRITE(TFETCH, name, bit, width, usual, values)
#include "gpu/ucode/ucode.def"
}
