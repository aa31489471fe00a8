/* Fetches from their text, and instructions that are told as words. */
#include <stdio.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

/* A name with the dimension behind it: "tfetch2D". */
static bool with_dimension(const char *name, uint32_t op, uint32_t *ret)
{
    size_t n = strlen(xe__ucode_fetch_name(op));

    return !strncmp(name, xe__ucode_fetch_name(op), n) &&
           xe__ucode_named(XE__UCODE_DIMENSION, name + n, ret);
}

/* Is it a fetch? Then ret is given one. */
static bool is_fetch(const char *name, struct xe_ucode_word *ret)
{
    uint32_t dimension;

    *ret = xe__ucode_usual(XE_UCODE_VFETCH);
    if (!strcmp(name, "vfetch"))
        return true;
    *ret = xe__ucode_usual(XE_UCODE_TFETCH);
    for (uint32_t op = XE_UCODE_F_vfetch + 1; op < XE_UCODE_F_OPS; op++)
        if (xe__ucode_fetch_name(op) && with_dimension(name, op, &dimension)) {
            xe__ucode_put(ret, XE_UCODE_TFETCH, "op", (int32_t)op);
            xe__ucode_put(ret, XE_UCODE_TFETCH, "dimension", (int32_t)dimension);
            return true;
        }
    return false;
}

static bool a_register(struct xe__ucode_parser *p, int32_t *ret, int32_t *ret_relative)
{
    char name[XE__UCODE_NAME];
    uint32_t number;
    int64_t offset;

    xe__ucode_next_name(p, name);
    *ret_relative = !strcmp(name, "r") && xe__ucode_eat(p, '[');
    if (*ret_relative) {
        xe__ucode_next_name(p, name);
        if (strcmp(name, "aL"))
            return xe__ucode_wrong(p, "expected r[aL+N]");
        if (!xe__ucode_want(p, '+') || !xe__ucode_number(p, 0, 63, &offset))
            return false;
        *ret = (int32_t)offset;
        return xe__ucode_want(p, ']');
    }
    if (!xe__ucode_numbered(name, "r", XE_UCODE_TEMPS, &number))
        return xe__ucode_wrong(p, "expected a register, r0 to r63 or r[aL+N]");
    *ret = (int32_t)number;
    return true;
}

static bool destination(struct xe__ucode_parser *p, int32_t *ret, int32_t *ret_relative,
                        int32_t *ret_swz)
{
    static const char codes[] = "xyzw01?_"; /* no letter means code 6 */
    char letters[5];

    if (!a_register(p, ret, ret_relative) || !xe__ucode_letters(p, "xyzw01_", letters))
        return false;
    if (letters[0] && strlen(letters) != 4)
        return xe__ucode_wrong(p, "expected four letters: one for each lane, _ to keep it");
    if (!letters[0])
        memcpy(letters, "xyzw", 5);
    *ret_swz = 0;
    for (uint32_t i = 0; i < 4; i++)
        *ret_swz |= (int32_t)(strchr(codes, letters[i]) - codes) << 3 * i;
    return xe__ucode_want(p, ',');
}

/* "vf95" or "tf3". */
static bool constant(struct xe__ucode_parser *p, const char *letters, uint32_t limit, uint32_t *ret)
{
    char name[XE__UCODE_NAME];

    if (!xe__ucode_want(p, ','))
        return false;
    xe__ucode_next_name(p, name);
    return xe__ucode_numbered(name, letters, limit, ret) ||
           xe__ucode_wrong(p, "expected a fetch constant, %s0 to %s%u", letters, letters,
                           limit - 1);
}

static bool vertex(struct xe__ucode_parser *p, struct xe_ucode_word *word)
{
    static const char components[] = "xyzw";
    struct xe_ucode_vfetch v;
    char letters[5];
    uint32_t number;

    xe_ucode_vfetch(word, &v);
    if (!destination(p, &v.dst, &v.dst_rel, &v.dswz) || !a_register(p, &v.src, &v.src_rel) ||
        !xe__ucode_letters(p, components, letters))
        return false;
    if (strlen(letters) != 1)
        return xe__ucode_wrong(p, "expected one component, which has the index");
    v.component = (int32_t)(strchr(components, letters[0]) - components);
    if (!constant(p, "vf", XE_UCODE_VFETCHES, &number))
        return false;
    v.constant = (int32_t)number / 3;
    v.third = (int32_t)number % 3;
    xe__ucode_vfetch_word(&v, word);
    return xe__ucode_braces(p, XE_UCODE_VFETCH, word);
}

static bool texture(struct xe__ucode_parser *p, struct xe_ucode_word *word)
{
    static const char components[] = "xyzw";
    struct xe_ucode_tfetch t;
    char letters[5];
    uint32_t number;

    xe_ucode_tfetch(word, &t);
    if (!destination(p, &t.dst, &t.dst_rel, &t.dswz) || !a_register(p, &t.src, &t.src_rel) ||
        !xe__ucode_letters(p, components, letters))
        return false;
    if (letters[0] && strlen(letters) > 3)
        return xe__ucode_wrong(p, "expected three components at most");
    for (uint32_t i = 0; i < 3 && letters[i]; i++) {
        t.swz &= ~(3 << 2 * i);
        t.swz |= (int32_t)(strchr(components, letters[i]) - components) << 2 * i;
    }
    if (!constant(p, "tf", 32, &number))
        return false;
    t.constant = (int32_t)number;
    xe__ucode_tfetch_word(&t, word);
    return xe__ucode_braces(p, XE_UCODE_TFETCH, word);
}

static bool parse_fetch(struct xe__ucode_parser *p, struct xe_ucode_word *ret)
{
    return (ret->w[0] & 31) == XE_UCODE_F_vfetch ? vertex(p, ret) : texture(p, ret);
}

/* ---- slots ---------------------------------------------------------------------------------- */

static void set_guard(struct xe_ucode_word *word, enum xe_ucode_form form, bool cond)
{
    xe__ucode_put(word, form, "predicated", 1);
    xe__ucode_put(word, form, "cond", cond);
}

static bool parse_guarded(struct xe__ucode_parser *p, const char *name, struct xe_ucode_word *ret,
                          bool *ret_fetch)
{
    *ret_fetch = is_fetch(name, ret);
    return *ret_fetch ? parse_fetch(p, ret) : xe__ucode_parse_alu(p, name, ret);
}

/* name is "" where a condition comes first. */
bool xe__ucode_parse_slot(struct xe__ucode_parser *p, const char *name, struct xe_ucode_word *ret,
                          bool *ret_fetch)
{
    char guarded[XE__UCODE_NAME];
    bool has_guard, cond;

    if (name[0])
        return parse_guarded(p, name, ret, ret_fetch);
    if (!xe__ucode_guard(p, &has_guard, &cond))
        return false;
    if (!has_guard)
        return xe__ucode_wrong(p, "an instruction is missing here");
    xe__ucode_next_name(p, guarded);
    if (!parse_guarded(p, guarded, ret, ret_fetch))
        return false;
    set_guard(ret, xe_ucode_form_of(ret, *ret_fetch), cond);
    return true;
}
