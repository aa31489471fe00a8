/* Arithmetic from its text. Both parts of an instruction share src3, and the flags of constants:
 * what one part says of them, the other may not say otherwise. */
#include <stdio.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

static const char lanes[] = "xyzw";

struct operand {
    uint32_t number;
    bool temp, neg, abs, relative, by_a0;
    char letters[5];
    const char *at; /* in the text */
};

struct alu {
    struct xe_ucode_alu a;
    bool has_vector, has_scalar, exports, stays; /* a part writes an export; a temporary */
    uint32_t fixed; /* lanes of src3's swizzle that were said, by bits */
    struct {
        bool said, temp, abs, relative, by_a0;
    } source[3];
    bool zeros; /* lanes of an export become 0 */
};

static int32_t lane_of(char letter)
{
    return (int32_t)(strchr(lanes, letter) - lanes);
}

/* ---- operands ------------------------------------------------------------------------------- */

/* "[aL+5]" or "[a0+5]", the latter of constants. */
static bool relative(struct xe__ucode_parser *p, struct operand *ret)
{
    char name[XE__UCODE_NAME];
    int64_t number;

    xe__ucode_next_name(p, name);
    ret->relative = true;
    ret->by_a0 = !strcmp(name, "a0");
    if ((ret->by_a0 && ret->temp) || (!ret->by_a0 && strcmp(name, "aL")))
        return xe__ucode_wrong(p, ret->temp ? "expected [aL+N]" : "expected [aL+N] or [a0+N]");
    if (!xe__ucode_want(p, '+') || !xe__ucode_number(p, 0, ret->temp ? 63 : 255, &number))
        return false;
    ret->number = (uint32_t)number;
    return xe__ucode_want(p, ']');
}

static bool operand(struct xe__ucode_parser *p, struct operand *ret)
{
    char name[XE__UCODE_NAME];

    xe__ucode_blanks(p, false);
    *ret = (struct operand){.at = p->at};
    ret->neg = xe__ucode_eat(p, '-');
    ret->abs = xe__ucode_eat(p, '|');
    xe__ucode_next_name(p, name);
    ret->temp = name[0] == 'r';
    if ((!strcmp(name, "r") || !strcmp(name, "c")) && xe__ucode_eat(p, '[')) {
        if (!relative(p, ret))
            return false;
    } else if (!xe__ucode_numbered(name, "r", XE_UCODE_TEMPS, &ret->number) &&
               !xe__ucode_numbered(name, "c", 256, &ret->number)) {
        return xe__ucode_wrong(p, "expected a register, r0 to r63, or a constant, c0 to c255");
    }
    if (ret->abs && !xe__ucode_want(p, '|'))
        return false;
    return xe__ucode_letters(p, lanes, ret->letters);
}

struct place {
    int32_t *number, *swz, *neg, *temp;
};

static struct place place_of(struct xe_ucode_alu *a, uint32_t i)
{
    if (i == 0)
        return (struct place){&a->src1, &a->swz1, &a->neg1, &a->temp1};
    if (i == 1)
        return (struct place){&a->src2, &a->swz2, &a->neg2, &a->temp2};
    return (struct place){&a->src3, &a->swz3, &a->neg3, &a->temp3};
}

/* All of an operand but its swizzle. */
static bool put_source(struct xe__ucode_parser *p, struct alu *alu, uint32_t i,
                       const struct operand *op)
{
    struct place place = place_of(&alu->a, i);
    int32_t number = (int32_t)op->number;

    if (op->temp)
        number |= op->relative << 6 | op->abs << 7;
    if (alu->source[i].said &&
        (*place.number != number || *place.neg != op->neg || alu->source[i].temp != op->temp ||
         alu->source[i].relative != op->relative || alu->source[i].abs != op->abs)) {
        p->token = op->at;
        return xe__ucode_wrong(p, "the third source of the vector part and that of the scalar part "
                                  "are the same: they can't differ");
    }
    *place.number = number;
    *place.neg = op->neg;
    *place.temp = op->temp;
    alu->source[i].said = true;
    alu->source[i].temp = op->temp;
    alu->source[i].abs = op->abs;
    alu->source[i].relative = op->relative;
    alu->source[i].by_a0 = op->by_a0;
    return true;
}

static bool put_lane(struct xe__ucode_parser *p, struct alu *alu, uint32_t i, uint32_t lane,
                     int32_t component)
{
    int32_t *swz = place_of(&alu->a, i).swz, bits = ((component - (int32_t)lane) & 3) << 2 * lane;
    int32_t mask = 3 << 2 * lane;

    if (i == 2 && alu->fixed >> lane & 1 && (*swz & mask) != bits)
        return xe__ucode_wrong(p, "the scalar part reads lanes w and x of the vector part's third "
                                  "source: these can't differ");
    if (i == 2)
        alu->fixed |= 1u << lane;
    *swz = (*swz & ~mask) | bits;
    return true;
}

static bool vector_source(struct xe__ucode_parser *p, struct alu *alu, uint32_t i)
{
    struct operand op;
    size_t n;

    if (!xe__ucode_want(p, ',') || !operand(p, &op) || !put_source(p, alu, i, &op))
        return false;
    n = strlen(op.letters);
    if (n == 2 || n == 3)
        return xe__ucode_wrong(p, "expected one letter, for all lanes, or four");
    for (uint32_t lane = 0; lane < 4; lane++)
        if (!put_lane(p, alu, i, lane, n ? lane_of(op.letters[n == 1 ? 0 : lane]) : (int32_t)lane))
            return false;
    return true;
}

static bool scalar_letters(struct xe__ucode_parser *p, struct alu *alu, const struct operand *op,
                           uint32_t n)
{
    if (strlen(op->letters) != n)
        return xe__ucode_wrong(p, n == 1 ? "expected a dot and one letter"
                                         : "expected a dot and two letters, one for each operand");
    return put_lane(p, alu, 2, 3, lane_of(op->letters[0])) &&
           (n == 1 || put_lane(p, alu, 2, 0, lane_of(op->letters[1])));
}

/* A constant, and a temporary whose number is spread over fields that it has no use for. */
static bool constant_and_temp(struct xe__ucode_parser *p, struct alu *alu)
{
    struct operand constant, temp;

    if (!xe__ucode_want(p, ',') || !operand(p, &constant))
        return false;
    if (constant.temp)
        return xe__ucode_wrong(p, "the first operand of this operation is a constant");
    if (!put_source(p, alu, 2, &constant) || !scalar_letters(p, alu, &constant, 1) ||
        !xe__ucode_want(p, ',') || !operand(p, &temp))
        return false;
    if (!temp.temp || temp.relative || temp.neg || temp.abs || strlen(temp.letters) != 1)
        return xe__ucode_wrong(p, "the second operand is a register and one letter, without more");
    if ((temp.number & 1) != (uint32_t)(alu->a.sop & 1))
        return xe__ucode_wrong(p, "the operation's last digit is 1 for an odd register, else 0");
    alu->a.temp3 = temp.number >> 1 & 1;
    for (uint32_t lane = 1; lane < 3; lane++)
        if (!put_lane(p, alu, 2, lane, (int32_t)((temp.number >> 2 * lane & 3) + lane) & 3))
            return false;
    return put_lane(p, alu, 2, 0, lane_of(temp.letters[0]));
}

/* ---- destinations --------------------------------------------------------------------------- */

static bool lane_letter(struct xe__ucode_parser *p, struct alu *alu, bool vector, uint32_t i,
                        char letter)
{
    int32_t *mask = vector ? &alu->a.vmask : &alu->a.smask;

    if (letter == '1' || letter == '0') {
        if (!alu->a.export || !vector)
            return xe__ucode_wrong(p, "only exports of the vector part have 0 and 1");
        if (letter == '0') {
            alu->zeros = true;
            alu->a.sdst_rel = 1;
        } else {
            alu->a.vmask |= 1 << i;
            alu->a.smask |= 1 << i;
        }
        return true;
    }
    if (letter == lanes[i])
        *mask |= 1 << i;
    else if (letter != '_')
        return xe__ucode_wrong(p, "lanes are written in their order: x, y, z, w");
    return true;
}

/* Four letters stand for the lanes; fewer name those that are written. */
static bool mask(struct xe__ucode_parser *p, struct alu *alu, bool vector)
{
    char letters[5], all[5] = "____";

    if (!xe__ucode_letters(p, "xyzw01_", letters))
        return false;
    if (!letters[0])
        memcpy(letters, lanes, 5);
    if (strlen(letters) == 4)
        memcpy(all, letters, 5);
    else
        for (uint32_t i = 0, k = 0; letters[i]; i++) {
            if (strchr("01_", letters[i]) && strcmp(letters, "_"))
                return xe__ucode_wrong(p, "0, 1 and _ are used where all four lanes are told");
            if (letters[i] != '_' && (uint32_t)lane_of(letters[i]) < k)
                return xe__ucode_wrong(p, "lanes are written in their order: x, y, z, w");
            if (letters[i] != '_')
                all[k = (uint32_t)lane_of(letters[i])] = letters[i];
        }
    for (uint32_t i = 0; i < 4; i++)
        if (!lane_letter(p, alu, vector, i, all[i]))
            return false;
    return true;
}

static bool put_export(struct xe__ucode_parser *p, struct alu *alu, bool vector, uint32_t number)
{
    if (alu->exports && alu->a.vdst != (int32_t)number)
        return xe__ucode_wrong(p, "both parts write the same export, or one of them does");
    alu->exports = true;
    alu->a.export = 1;
    alu->a.vdst = (int32_t)number;
    return mask(p, alu, vector);
}

static bool destination(struct xe__ucode_parser *p, struct alu *alu, bool vector)
{
    char name[XE__UCODE_NAME];
    struct operand op = {.temp = true};

    xe__ucode_next_name(p, name);
    if (xe__ucode_export_named(p->stage, name, &op.number)) {
        if (alu->stays)
            return xe__ucode_wrong(p, "one part can't write an export, and the other a register");
        return put_export(p, alu, vector, op.number);
    }
    if (!strcmp(name, "r") && xe__ucode_eat(p, '[')) {
        if (!relative(p, &op))
            return false;
    } else if (!xe__ucode_numbered(name, "r", XE_UCODE_TEMPS, &op.number)) {
        return xe__ucode_wrong(p, "expected a register, r0 to r63, or an export of this stage");
    }
    if (alu->exports)
        return xe__ucode_wrong(p, "one part can't write an export, and the other a register");
    alu->stays = true;
    *(vector ? &alu->a.vdst : &alu->a.sdst) = (int32_t)op.number;
    *(vector ? &alu->a.vdst_rel : &alu->a.sdst_rel) = op.relative;
    return mask(p, alu, vector);
}

/* ---- parts ---------------------------------------------------------------------------------- */

static bool find(const struct xe_ucode_op *ops, uint32_t n, const char *name, int32_t *ret)
{
    for (uint32_t i = 0; i < n; i++)
        if (ops[i].name && !strcmp(ops[i].name, name)) {
            *ret = (int32_t)i;
            return true;
        }
    return false;
}

static bool vector_part(struct xe__ucode_parser *p, struct alu *alu, bool moves, int32_t sat)
{
    uint32_t operands = moves ? 1 : xe_ucode_vector_ops[alu->a.vop].operands;

    if (alu->has_vector)
        return xe__ucode_wrong(p, "there is one vector operation in an instruction");
    alu->has_vector = true;
    alu->a.vsat = sat;
    if (!destination(p, alu, true))
        return false;
    for (uint32_t i = 0; i < operands; i++)
        if (!vector_source(p, alu, i))
            return false;
    if (!moves)
        return true;
    alu->a.src2 = alu->a.src1;
    alu->a.swz2 = alu->a.swz1;
    alu->a.neg2 = alu->a.neg1;
    alu->a.temp2 = alu->a.temp1;
    alu->source[1] = alu->source[0];
    return true;
}

static bool scalar_part(struct xe__ucode_parser *p, struct alu *alu, int32_t sat)
{
    const struct xe_ucode_op *op = &xe_ucode_scalar_ops[alu->a.sop];
    struct operand source;

    if (alu->has_scalar)
        return xe__ucode_wrong(p, "there is one scalar operation in an instruction");
    alu->has_scalar = true;
    alu->a.ssat = sat;
    if (!destination(p, alu, false))
        return false;
    if (op->kind == XE_UCODE_CONST)
        return constant_and_temp(p, alu);
    if (!op->operands)
        return true;
    return xe__ucode_want(p, ',') && operand(p, &source) && put_source(p, alu, 2, &source) &&
           scalar_letters(p, alu, &source, op->operands);
}

static bool part(struct xe__ucode_parser *p, struct alu *alu, const char *name)
{
    char plain[XE__UCODE_NAME];
    size_t n = strlen(name);
    bool sat = n > 4 && !strcmp(name + n - 4, "_sat"), moves;

    snprintf(plain, sizeof(plain), "%.*s", (int)(sat ? n - 4 : n), name);
    moves = !strcmp(plain, "mov");
    if (!strcmp(name, "idle"))
        return true;
    if (moves || find(xe_ucode_vector_ops, XE_UCODE_V_OPS, plain, &alu->a.vop))
        return vector_part(p, alu, moves, sat);
    if (find(xe_ucode_scalar_ops, XE_UCODE_S_OPS, plain, &alu->a.sop))
        return scalar_part(p, alu, sat);
    return xe__ucode_wrong(p, *name ? "there is no operation '%s'" : "an operation is missing here",
                           name);
}

/* ---- instructions --------------------------------------------------------------------------- */

static bool is_constant(const struct alu *alu, uint32_t i)
{
    return alu->source[i].said && !alu->source[i].temp;
}

/* Flags that all constants of an instruction share. */
static bool flags(struct xe__ucode_parser *p, struct alu *alu)
{
    bool seen = false, seen_relative = false, seen_later = false;
    bool before[3] = {false, !alu->a.temp1, !alu->a.temp1 || !alu->a.temp2};

    for (uint32_t i = 0; i < 3; i++) {
        int32_t *flag = before[i] ? &alu->a.rel_later : &alu->a.rel_first;

        if (!is_constant(alu, i))
            continue;
        if (seen && alu->a.abs_const != alu->source[i].abs)
            return xe__ucode_wrong(p, "the absolute value is of all constants, or of none");
        if (seen_relative && alu->source[i].relative && alu->a.by_a0 != alu->source[i].by_a0)
            return xe__ucode_wrong(p, "constants are relative to aL or to a0, not to both");
        if (before[i] && seen_later && *flag != alu->source[i].relative)
            return xe__ucode_wrong(p, "the second and the third constant are both relative, or "
                                      "none of them is");
        *flag = alu->source[i].relative;
        alu->a.abs_const = alu->source[i].abs;
        if (alu->source[i].relative)
            alu->a.by_a0 = alu->source[i].by_a0;
        seen = true;
        seen_relative |= alu->source[i].relative;
        seen_later |= before[i];
    }
    if (alu->zeros && (alu->a.vmask | alu->a.smask) == 15)
        return xe__ucode_wrong(p, "no lane is left to become 0");
    return true;
}

/* Is there another part? It may begin the next line. */
static bool goes_on(struct xe__ucode_parser *p)
{
    const char *start = p->at;

    xe__ucode_blanks(p, true);
    if (xe__ucode_eat(p, '+'))
        return true;
    p->at = start;
    return false;
}

bool xe__ucode_parse_alu(struct xe__ucode_parser *p, const char *name, struct xe_ucode_word *ret)
{
    struct alu alu = {.has_vector = false};
    char next[XE__UCODE_NAME];

    *ret = xe__ucode_usual(XE_UCODE_ALU);
    xe_ucode_alu(ret, &alu.a);
    if (!part(p, &alu, name))
        return false;
    while (goes_on(p)) {
        xe__ucode_next_name(p, next);
        if (!part(p, &alu, next))
            return false;
    }
    if (!flags(p, &alu))
        return false;
    xe__ucode_alu_word(&alu.a, ret);
    return xe__ucode_braces(p, XE_UCODE_ALU, ret);
}
