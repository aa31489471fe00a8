/* printf as the guest's kernel does it: one formatter for DbgPrint and the sprintf family.
 *
 * Arguments are 64-bit slots read one after another; nothing of the host's locale or printf comes
 * in but for digits of doubles. Unreadable strings print as "(bad)", NULL as "(null)".
 * Source: Microsoft's documentation of format specifications (%S, %Z, %I64 among them). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/hle/hle_internal.h"

#define LENGTH_MAX 65536u /* of a result, a field, a format: no call works longer than that */
#define PIECE_MAX  512u   /* of a number */
#define DOUBLE     256u   /* a double takes as long as so many characters */

struct output {
    uint16_t *text;
    uint32_t size, length;
    bool wide;
};

struct spec {
    bool left, plus, space, alternate, zero;
    int width, precision; /* precision -1: none */
    int bytes;            /* of an integer: 2, 4, 8 */
    bool wide, narrow;    /* l or w, h before c and s */
    char type;
};

/* A narrow result has no place for characters above 255. */
static void emit(struct output *out, uint32_t c)
{
    if (out->length + 1 < out->size)
        out->text[out->length] = (uint16_t)(c < 256 || out->wide ? c : '?');
    out->length++;
}

/* What has no place in the result is counted, not made. */
static void pad(struct output *out, int n, char c)
{
    for (; n > 0 && out->length < LENGTH_MAX && out->length + 1 < out->size; n--)
        emit(out, (uint8_t)c);
    if (n > 0 && out->length < LENGTH_MAX)
        out->length +=
            (uint32_t)n < LENGTH_MAX - out->length ? (uint32_t)n : LENGTH_MAX - out->length;
}

static void emit_field(struct output *out, const struct spec *spec, const char *text, uint32_t n)
{
    int fill = spec->width - (int)n;

    if (!spec->left)
        pad(out, fill, ' ');
    for (uint32_t i = 0; i < n; i++)
        emit(out, (uint8_t)text[i]);
    if (spec->left)
        pad(out, fill, ' ');
}

/* ---- pieces -------------------------------------------------------------------------------- */

static uint32_t unit_at(const struct xe_mem *mem, xe_gva at, bool wide)
{
    return wide ? xe_mem_u16(mem, at) : xe_mem_u8(mem, at);
}

/* Characters before the NUL or the end of readable memory, at most `limit`; -1 when there is
 * nothing to read at all. So the work done is never more than what comes out. */
static int32_t string_length(const struct xe_mem *mem, xe_gva at, bool wide, uint32_t limit)
{
    uint32_t step = wide ? 2 : 1, n = 0;

    for (; n < limit; n++) {
        if (!xe_mem_view(mem, at + n * step, step))
            return n ? (int32_t)n : -1;
        if (!unit_at(mem, at + n * step, wide))
            break;
    }
    return (int32_t)n;
}

static void emit_string(struct output *out, const struct xe_mem *mem, const struct spec *spec,
                        xe_gva at, bool wide, uint32_t limit)
{
    int32_t n;

    if (!at) {
        emit_field(out, spec, "(null)", 6);
        return;
    }
    if (spec->precision >= 0 && (uint32_t)spec->precision < limit)
        limit = (uint32_t)spec->precision;
    n = string_length(mem, at, wide, limit);
    if (n < 0) {
        emit_field(out, spec, "(bad)", 5);
        return;
    }
    if (!spec->left)
        pad(out, spec->width - n, ' ');
    for (int32_t i = 0; i < n && out->length < LENGTH_MAX; i++)
        emit(out, unit_at(mem, at + (xe_gva)i * (wide ? 2 : 1), wide));
    if (spec->left)
        pad(out, spec->width - n, ' ');
}

static void emit_char(struct output *out, const struct spec *spec, uint32_t c)
{
    if (!spec->left)
        pad(out, spec->width - 1, ' ');
    emit(out, c);
    if (spec->left)
        pad(out, spec->width - 1, ' ');
}

static uint64_t truncate_to(uint64_t value, int bytes)
{
    return bytes == 8 ? value : value & ((1ull << (8 * bytes)) - 1);
}

static uint32_t digits(uint64_t value, uint32_t base, bool upper, char text[24])
{
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char reversed[24];
    uint32_t n = 0;

    do {
        reversed[n++] = set[value % base];
        value /= base;
    } while (value);
    for (uint32_t i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    return n;
}

static void emit_number(struct output *out, const struct spec *spec, const char *prefix,
                        uint64_t value, uint32_t base)
{
    char text[24];
    /* C: no digits at all for a zero with precision zero. */
    uint32_t n = value || spec->precision
                     ? digits(value, base, spec->type == 'X' || spec->type == 'p', text)
                     : 0;
    int zeros = spec->precision > (int)n ? spec->precision - (int)n : 0;
    int used = (int)strlen(prefix) + zeros + (int)n;
    bool zero_fill = spec->zero && !spec->left && spec->precision < 0;

    if (!spec->left && !zero_fill)
        pad(out, spec->width - used, ' ');
    for (; *prefix; prefix++)
        emit(out, (uint8_t)*prefix);
    if (zero_fill)
        pad(out, spec->width - used, '0');
    pad(out, zeros, '0');
    for (uint32_t i = 0; i < n; i++)
        emit(out, (uint8_t)text[i]);
    if (spec->left)
        pad(out, spec->width - used, ' ');
}

static void emit_signed(struct output *out, const struct spec *spec, uint64_t raw)
{
    int shift = 64 - 8 * spec->bytes;
    int64_t value = (int64_t)(raw << shift) >> shift;
    const char *sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";

    emit_number(out, spec, sign, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

/* Microsoft's library of the time has three digits in every exponent. Source: its documentation of
 * _set_output_format. */
static uint32_t widen_exponent(char *text, uint32_t n)
{
    char *at = strpbrk(text, "eE");

    if (!at || strlen(at) != 4)
        return n;
    memmove(at + 3, at + 2, 3);
    at[2] = '0';
    return n + 1;
}

/* And names for what is no number. Source: the same documentation. */
static const char *not_finite(double value)
{
    if (isnan(value))
        return signbit(value) ? "-1.#IND" : "1.#QNAN";
    return signbit(value) ? "-1.#INF" : "1.#INF";
}

static void emit_double(struct output *out, const struct spec *spec, uint64_t bits)
{
    char format[32], text[PIECE_MAX];
    int precision = spec->precision < 0 ? 6 : spec->precision > 100 ? 100 : spec->precision;
    uint32_t n, sign;
    double value;

    memcpy(&value, &bits, sizeof(value));
    if (!isfinite(value)) {
        emit_field(out, spec, not_finite(value), (uint32_t)strlen(not_finite(value)));
        return;
    }
    snprintf(format, sizeof(format), "%%%s%s%s.*%c", spec->plus ? "+" : "", spec->space ? " " : "",
             spec->alternate ? "#" : "", spec->type);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    n = (uint32_t)snprintf(text, sizeof(text), format, precision, value);
#pragma GCC diagnostic pop
    n = widen_exponent(text, n);
    if (!spec->zero || spec->left) {
        emit_field(out, spec, text, n);
        return;
    }
    sign = strchr("+- ", text[0]) != NULL;
    emit_field(out, &(struct spec){0}, text, sign);
    pad(out, spec->width - (int)n, '0');
    emit_field(out, &(struct spec){0}, text + sign, n - sign);
}

/* ---- specifications ------------------------------------------------------------------------ */

struct input {
    const struct xe_mem *mem;
    xe_gva at;
    bool wide;
    uint32_t left; /* characters that may still be taken */
};

static uint32_t take(struct input *in)
{
    uint32_t c = in->left ? unit_at(in->mem, in->at, in->wide) : 0;

    if (c) {
        in->at += in->wide ? 2 : 1;
        in->left--;
    }
    return c;
}

static int take_number(struct input *in, uint32_t *c, struct xe__format_source *source)
{
    int value = 0;

    if (*c == '*') {
        value = (int32_t)source->next(source->ctx);
        *c = take(in);
        return value > (int)LENGTH_MAX    ? (int)LENGTH_MAX
               : value < -(int)LENGTH_MAX ? -(int)LENGTH_MAX
                                          : value;
    }
    for (; *c >= '0' && *c <= '9'; *c = take(in))
        if (value < (int)LENGTH_MAX)
            value = value * 10 + (int)(*c - '0');
    return value < (int)LENGTH_MAX ? value : (int)LENGTH_MAX;
}

static uint32_t take_flags(struct input *in, struct spec *spec)
{
    for (;;) {
        uint32_t c = take(in);

        switch (c) {
        case '-':
            spec->left = true;
            break;
        case '+':
            spec->plus = true;
            break;
        case ' ':
            spec->space = true;
            break;
        case '#':
            spec->alternate = true;
            break;
        case '0':
            spec->zero = true;
            break;
        default:
            return c;
        }
    }
}

/* Behind an I: 64 and 32 are sizes; alone it is the size of a pointer. */
static int take_i_size(struct input *in)
{
    struct input ahead = *in;
    uint32_t tens = take(&ahead), ones = take(&ahead);
    bool is_64 = tens == '6' && ones == '4';

    if (is_64 || (tens == '3' && ones == '2'))
        *in = ahead;
    return is_64 ? 8 : 4;
}

/* Size prefixes: h l ll w I I32 I64. */
static uint32_t take_size(struct input *in, struct spec *spec, uint32_t c)
{
    for (;; c = take(in)) {
        if (c == 'h') {
            spec->bytes = 2;
            spec->narrow = true;
        } else if (c == 'l' || c == 'w') {
            spec->bytes = spec->wide && c == 'l' ? 8 : 4;
            spec->wide = true;
        } else if (c == 'I') {
            spec->bytes = take_i_size(in);
        } else {
            return c;
        }
    }
}

static void take_spec(struct input *in, struct spec *spec, struct xe__format_source *source)
{
    uint32_t c;

    *spec = (struct spec){.precision = -1, .bytes = 4};
    c = take_flags(in, spec);
    spec->width = take_number(in, &c, source);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = -spec->width;
    }
    if (c == '.') {
        c = take(in);
        spec->precision = take_number(in, &c, source);
    }
    c = take_size(in, spec, c);
    spec->type = (char)(c < 128 ? c : '?');
}

/* An ANSI_STRING (or with w a UNICODE_STRING) by pointer. */
static void emit_counted(struct output *out, const struct xe_mem *mem, const struct spec *spec,
                         xe_gva at)
{
    uint32_t length = xe_mem_u16(mem, at);

    emit_string(out, mem, spec, at ? xe_mem_u32(mem, at + 4) : 0, spec->wide,
                spec->wide ? length / 2 : length);
}

static void emit_spec(struct output *out, const struct input *in, const struct spec *spec,
                      struct xe__format_source *source)
{
    struct spec pointer;
    uint64_t value;
    bool wide;

    if (spec->type == '%') {
        emit(out, '%');
        return;
    }
    if (!spec->type)
        return;
    if (!strchr("dioxXupcCsSZeEfgGn", spec->type)) {
        emit(out, '%');
        emit(out, (uint8_t)spec->type);
        return;
    }
    value = source->next(source->ctx);
    switch (spec->type) {
    case 'd':
    case 'i':
        emit_signed(out, spec, value);
        break;
    case 'u':
        emit_number(out, spec, "", truncate_to(value, spec->bytes), 10);
        break;
    case 'o':
        value = truncate_to(value, spec->bytes);
        emit_number(out, spec, spec->alternate && value ? "0" : "", value, 8);
        break;
    case 'x':
    case 'X':
        value = truncate_to(value, spec->bytes);
        emit_number(out, spec,
                    !spec->alternate || !value ? ""
                    : spec->type == 'x'        ? "0x"
                                               : "0X",
                    value, 16);
        break;
    case 'p':
        pointer = *spec;
        pointer.precision = 8;
        emit_number(out, &pointer, "", (uint32_t)value, 16);
        break;
    case 'c':
    case 'C':
        wide = ((spec->type == 'C') != in->wide || spec->wide) && !spec->narrow;
        emit_char(out, spec, wide ? (uint16_t)value : (uint8_t)value);
        break;
    case 's':
        emit_string(out, in->mem, spec, (xe_gva)value, (in->wide || spec->wide) && !spec->narrow,
                    LENGTH_MAX);
        break;
    case 'S':
        emit_string(out, in->mem, spec, (xe_gva)value, !in->wide && !spec->narrow, LENGTH_MAX);
        break;
    case 'Z':
        emit_counted(out, in->mem, spec, (xe_gva)value);
        break;
    case 'n':
        break; /* writing through a format is refused */
    default:
        source->work += DOUBLE;
        emit_double(out, spec, value);
        break;
    }
}

uint32_t xe__format(const struct xe_mem *mem, xe_gva format, bool wide,
                    struct xe__format_source *source, uint16_t *text, uint32_t size)
{
    struct input in = {mem, format, wide, LENGTH_MAX};
    struct output out = {text, size, 0, wide};
    uint32_t c;

    source->work = 0;
    while (out.length < LENGTH_MAX && (c = take(&in)) != 0) {
        struct spec spec;

        if (c != '%') {
            emit(&out, c);
            continue;
        }
        take_spec(&in, &spec, source);
        emit_spec(&out, &in, &spec, source);
    }
    source->work += LENGTH_MAX - in.left + (out.length < size ? out.length : size);
    if (size)
        text[out.length < size ? out.length : size - 1] = 0;
    return out.length;
}
