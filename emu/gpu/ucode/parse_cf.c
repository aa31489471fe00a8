/* Instructions of control flow from their text. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

static bool find(const char *name, enum xe_ucode_cf_op *ret)
{
    for (int op = 0; op < XE_UCODE_CF_OPS; op++)
        if (!strcmp(xe__ucode_cf_name((enum xe_ucode_cf_op)op), name)) {
            *ret = (enum xe_ucode_cf_op)op;
            return true;
        }
    return false;
}

bool xe__ucode_is_cf(const char *name)
{
    enum xe_ucode_cf_op op;

    return find(name, &op);
}

/* "b5", "!p0", "always": what it depends on. */
static bool condition(struct xe__ucode_parser *p, enum xe_ucode_form form,
                      struct xe_ucode_word *word)
{
    bool goes = form == XE_UCODE_CALL || form == XE_UCODE_JUMP;
    bool cond = !xe__ucode_eat(p, '!');
    char name[XE__UCODE_NAME];
    uint32_t number;

    xe__ucode_next_name(p, name);
    if (goes && cond && !strcmp(name, "always")) {
        xe__ucode_put(word, form, "always", 1);
        return true;
    }
    xe__ucode_put(word, form, "cond", cond);
    if ((goes || form == XE_UCODE_EXEC_PRED || form == XE_UCODE_LOOP_END) && !strcmp(name, "p0")) {
        xe__ucode_put(word, form, "predicated", 1);
        return true;
    }
    if ((goes || form == XE_UCODE_EXEC_BOOL) && xe__ucode_numbered(name, "b", 256, &number)) {
        xe__ucode_put(word, form, "boolean", (int32_t)number);
        return true;
    }
    return xe__ucode_wrong(p, "expected %s",
                           goes ? "always, b0 to b255, p0, or ! and one of these"
                           : form == XE_UCODE_EXEC_BOOL ? "b0 to b255, or ! and one of these"
                                                        : "p0 or !p0");
}

/* A label, or the number of an instruction. */
static bool target(struct xe__ucode_parser *p, enum xe_ucode_form form, struct xe_ucode_word *word)
{
    int64_t number;

    if (!xe__ucode_want(p, ','))
        return false;
    xe__ucode_blanks(p, false);
    if (isdigit((unsigned char)*p->at)) {
        if (!xe__ucode_number(p, 0, 0x1FFF, &number))
            return false;
        xe__ucode_put(word, form, "target", (int32_t)number);
        return true;
    }
    xe__ucode_next_name(p, p->label);
    return p->label[0] || xe__ucode_wrong(p, "a label is missing here");
}

static bool loop(struct xe__ucode_parser *p, enum xe_ucode_form form, struct xe_ucode_word *word)
{
    char name[XE__UCODE_NAME];
    uint32_t number;

    xe__ucode_next_name(p, name);
    if (!xe__ucode_numbered(name, "i", 32, &number))
        return xe__ucode_wrong(p, "expected a loop's constant, i0 to i31");
    xe__ucode_put(word, form, "loop", (int32_t)number);
    if (!target(p, form, word))
        return false;
    if (form == XE_UCODE_LOOP_START || !xe__ucode_eat(p, ','))
        return true;
    xe__ucode_put(word, form, "breaks", 1);
    return condition(p, form, word);
}

static bool alloc(struct xe__ucode_parser *p, struct xe_ucode_word *word)
{
    char name[XE__UCODE_NAME];
    uint32_t type;

    xe__ucode_next_name(p, name);
    if (!xe__ucode_named(XE__UCODE_ALLOC, name, &type))
        return xe__ucode_wrong(p, "expected position, interpolators, colors, memory or none");
    xe__ucode_put(word, XE_UCODE_ALLOC, "type", (int32_t)type);
    return true;
}

static bool operands(struct xe__ucode_parser *p, enum xe_ucode_form form,
                     struct xe_ucode_word *word)
{
    switch (form) {
    case XE_UCODE_EXEC_BOOL:
    case XE_UCODE_EXEC_PRED:
        return condition(p, form, word);
    case XE_UCODE_LOOP_START:
    case XE_UCODE_LOOP_END:
        return loop(p, form, word);
    case XE_UCODE_CALL:
    case XE_UCODE_JUMP:
        return condition(p, form, word) && target(p, form, word);
    case XE_UCODE_ALLOC:
        return alloc(p, word);
    default:
        return true;
    }
}

bool xe__ucode_parse_cf(struct xe__ucode_parser *p, const char *name, struct xe_ucode_word *ret)
{
    enum xe_ucode_form form;
    enum xe_ucode_cf_op op = XE_UCODE_CF_nop;

    find(name, &op);
    form = xe__ucode_cf_form(op);
    *ret = xe__ucode_usual(form);
    xe__ucode_put(ret, form, "op", (int32_t)op);
    p->label[0] = '\0';
    p->with_body = form >= XE_UCODE_EXEC && form <= XE_UCODE_EXEC_PRED;
    return operands(p, form, ret) && xe__ucode_braces(p, form, ret) &&
           xe__ucode_braces(p, form, ret);
}
