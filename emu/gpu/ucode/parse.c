/* Text to words: characters, names, numbers, and the fields in braces. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

/* ---- faults --------------------------------------------------------------------------------- */

static void place(const struct xe__ucode_parser *p, uint32_t *ret_line, uint32_t *ret_column)
{
    *ret_line = 1;
    *ret_column = 1;
    for (const char *c = p->text; c < p->token; c++) {
        *ret_column = *c == '\n' ? 1 : *ret_column + 1;
        *ret_line += *c == '\n';
    }
}

bool xe__ucode_wrong(struct xe__ucode_parser *p, const char *format, ...)
{
    va_list args;

    if (p->failed)
        return false;
    p->failed = true;
    place(p, &p->fault->line, &p->fault->column);
    va_start(args, format);
    vsnprintf(p->fault->text, sizeof(p->fault->text), format, args);
    va_end(args);
    return false;
}

/* ---- characters ----------------------------------------------------------------------------- */

/* A comment is from ; or # or // to the end of its line. */
void xe__ucode_blanks(struct xe__ucode_parser *p, bool lines)
{
    for (;;) {
        if (*p->at == ';' || *p->at == '#' || (p->at[0] == '/' && p->at[1] == '/'))
            p->at += strcspn(p->at, "\n");
        else if (*p->at == ' ' || *p->at == '\t' || *p->at == '\r' || (lines && *p->at == '\n'))
            p->at++;
        else
            return;
    }
}

bool xe__ucode_eat(struct xe__ucode_parser *p, char c)
{
    xe__ucode_blanks(p, false);
    if (*p->at != c)
        return false;
    p->token = p->at++;
    return true;
}

bool xe__ucode_want(struct xe__ucode_parser *p, char c)
{
    if (xe__ucode_eat(p, c))
        return true;
    p->token = p->at;
    return xe__ucode_wrong(p, "a '%c' is missing here", c);
}

void xe__ucode_next_name(struct xe__ucode_parser *p, char ret[XE__UCODE_NAME])
{
    size_t n = 0;

    xe__ucode_blanks(p, false);
    p->token = p->at;
    while (isalnum((unsigned char)p->at[n]) || p->at[n] == '_')
        n++;
    snprintf(ret, XE__UCODE_NAME, "%.*s", (int)(n < XE__UCODE_NAME ? n : XE__UCODE_NAME), p->at);
    p->at += n;
}

bool xe__ucode_number(struct xe__ucode_parser *p, int64_t least, int64_t most, int64_t *ret)
{
    bool negative;
    uint32_t base = 10, digit;
    int64_t value = 0;
    const char *start;

    xe__ucode_blanks(p, false);
    start = p->at;
    negative = xe__ucode_eat(p, '-');
    p->token = start;
    if (p->at[0] == '0' && (p->at[1] | 0x20) == 'x') {
        base = 16;
        p->at += 2;
    }
    if (!isxdigit((unsigned char)*p->at) || (base == 10 && !isdigit((unsigned char)*p->at)))
        return xe__ucode_wrong(p, "a number is missing here");
    for (; isxdigit((unsigned char)*p->at); p->at++) {
        digit = isdigit((unsigned char)*p->at) ? (uint32_t)(*p->at - '0')
                                               : (uint32_t)((*p->at | 0x20) - 'a' + 10);
        value = digit < base && value < INT64_C(1) << 40 ? value * base + digit : INT64_C(1) << 40;
    }
    *ret = negative ? -value : value;
    return (*ret >= least && *ret <= most) ||
           xe__ucode_wrong(p, "expected a number from %lld to %lld", (long long)least,
                           (long long)most);
}

bool xe__ucode_numbered(const char *name, const char *letters, uint32_t limit, uint32_t *ret)
{
    size_t n = strlen(letters);
    uint32_t value = 0;

    if (strncmp(name, letters, n) || !name[n] || strlen(name + n) > 4)
        return false;
    for (const char *c = name + n; *c; c++) {
        if (!isdigit((unsigned char)*c))
            return false;
        value = value * 10 + (uint32_t)(*c - '0');
    }
    *ret = value;
    return value < limit;
}

bool xe__ucode_letters(struct xe__ucode_parser *p, const char *allowed, char ret[5])
{
    size_t n = 0;

    ret[0] = '\0';
    if (*p->at != '.')
        return true;
    p->token = p->at++;
    n = strspn(p->at, allowed);
    if (!n || n > 4 || isalnum((unsigned char)p->at[n]) || p->at[n] == '_')
        return xe__ucode_wrong(p, "expected letters of \"%s\", four at most", allowed);
    memcpy(ret, p->at, n);
    ret[n] = '\0';
    p->at += n;
    return true;
}

bool xe__ucode_guard(struct xe__ucode_parser *p, bool *ret_is, bool *ret_cond)
{
    char name[XE__UCODE_NAME];

    *ret_is = xe__ucode_eat(p, '(');
    *ret_cond = *ret_is && !xe__ucode_eat(p, '!');
    if (!*ret_is)
        return true;
    xe__ucode_next_name(p, name);
    if (strcmp(name, "p0"))
        return xe__ucode_wrong(p, "expected (p0) or (!p0)");
    return xe__ucode_want(p, ')');
}

/* ---- braces --------------------------------------------------------------------------------- */

static bool field_value(struct xe__ucode_parser *p, const struct xe__ucode_field *field,
                        struct xe_ucode_word *word)
{
    int64_t most = (INT64_C(1) << field->width) - 1, least = 0, value = 1;
    const char *start;
    char name[XE__UCODE_NAME];
    uint32_t bits;

    if (!xe__ucode_eat(p, '=')) {
        if (field->values != XE__UCODE_FLAG)
            return xe__ucode_wrong(p, "'%s' needs a value", field->name);
        xe__ucode_set(word, field, 1);
        return true;
    }
    xe__ucode_blanks(p, false);
    start = p->at;
    xe__ucode_next_name(p, name);
    if (xe__ucode_named(field->values, name, &bits)) {
        xe__ucode_set(word, field, bits);
        return true;
    }
    p->at = start;
    if (field->values == XE__UCODE_SIGNED) {
        most /= 2;
        least = -most - 1;
    }
    if (!xe__ucode_number(p, least, most, &value))
        return false;
    xe__ucode_set(word, field, (uint32_t)value);
    return true;
}

static bool one_field(struct xe__ucode_parser *p, enum xe_ucode_form form,
                      struct xe_ucode_word *word)
{
    const struct xe__ucode_field *field;
    char name[XE__UCODE_NAME];

    xe__ucode_next_name(p, name);
    field = xe__ucode_field(form, name);
    if (!field)
        return xe__ucode_wrong(p, "this instruction has no field '%s'", name);
    if (!strcmp(name, "address") || !strcmp(name, "count") || !strcmp(name, "sequence"))
        p->with_body = false;
    return field_value(p, field, word);
}

bool xe__ucode_braces(struct xe__ucode_parser *p, enum xe_ucode_form form,
                      struct xe_ucode_word *word)
{
    if (!xe__ucode_eat(p, '{'))
        return true;
    do
        if (!one_field(p, form, word))
            return false;
    while (xe__ucode_eat(p, ','));
    return xe__ucode_want(p, '}');
}
