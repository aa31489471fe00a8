/* printf as the guest's kernel does it: one formatter for DbgPrint and the sprintf family.
 *
 * Arguments are 64-bit slots read one after another; nothing of the host's locale or printf comes
 * in but for digits of doubles. Unreadable strings print as "(bad)", NULL as "(null)".
 * Source: Microsoft's documentation of format specifications (%S, %Z, %I64 among them). */
#include <stdio.h>
#include <string.h>

#include "kernel/hle_internal.h"

#define PIECE_MAX 512u

struct output {
    char *text;
    uint32_t size, length;
};

struct spec {
    bool left, plus, space, alternate, zero;
    int width, precision; /* precision -1: none */
    int bytes;            /* of an integer: 2, 4, 8 */
    bool wide, narrow;    /* l or w, h before c and s */
    char type;
};

static void emit(struct output *out, char c)
{
    if (out->length + 1 < out->size)
        out->text[out->length] = c;
    out->length++;
}

static void pad(struct output *out, int n, char c)
{
    for (; n > 0 && out->length < 65536; n--)
        emit(out, c);
}

static void emit_field(struct output *out, const struct spec *spec, const char *text, uint32_t n)
{
    int fill = spec->width - (int)n;

    if (!spec->left)
        pad(out, fill, ' ');
    for (uint32_t i = 0; i < n; i++)
        emit(out, text[i]);
    if (spec->left)
        pad(out, fill, ' ');
}

/* ---- pieces -------------------------------------------------------------------------------- */

static void emit_string(struct output *out, const struct xe_mem *mem, const struct spec *spec,
                        xe_gva at, bool wide, uint32_t limit)
{
    char text[PIECE_MAX];
    uint32_t step = wide ? 2 : 1, n = 0;

    if (!at) {
        emit_field(out, spec, "(null)", 6);
        return;
    }
    if (spec->precision >= 0 && (uint32_t)spec->precision < limit)
        limit = (uint32_t)spec->precision;
    while (n < limit && n < sizeof(text)) {
        uint32_t c;

        if (!xe_mem_view(mem, at + n * step, step)) {
            emit_field(out, spec, "(bad)", 5);
            return;
        }
        c = wide ? xe_mem_u16(mem, at + n * step) : xe_mem_u8(mem, at + n);
        if (!c && limit == UINT32_MAX)
            break;
        if (!c)
            break;
        text[n++] = c < 256 ? (char)c : '?';
    }
    emit_field(out, spec, text, n);
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
    uint32_t n = digits(value, base, spec->type == 'X' || spec->type == 'p', text);
    int zeros = spec->precision > (int)n ? spec->precision - (int)n : 0;
    int used = (int)strlen(prefix) + zeros + (int)n;
    bool zero_fill = spec->zero && !spec->left && spec->precision < 0;

    if (!spec->left && !zero_fill)
        pad(out, spec->width - used, ' ');
    for (; *prefix; prefix++)
        emit(out, *prefix);
    if (zero_fill)
        pad(out, spec->width - used, '0');
    pad(out, zeros, '0');
    for (uint32_t i = 0; i < n; i++)
        emit(out, text[i]);
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

static void emit_double(struct output *out, const struct spec *spec, uint64_t bits)
{
    char format[32], text[PIECE_MAX];
    double value;
    int n;

    memcpy(&value, &bits, sizeof(value));
    snprintf(format, sizeof(format), "%%%s%s%s.*%c", spec->plus ? "+" : "", spec->space ? " " : "",
             spec->alternate ? "#" : "", spec->type);
    n = spec->precision < 0 ? 6 : spec->precision > 100 ? 100 : spec->precision;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    n = snprintf(text, sizeof(text), format, n, value);
#pragma GCC diagnostic pop
    emit_field(out, spec, text, n < (int)sizeof(text) ? (uint32_t)n : (uint32_t)sizeof(text) - 1);
}

/* ---- specifications ------------------------------------------------------------------------ */

struct input {
    const struct xe_mem *mem;
    xe_gva at;
    bool wide;
};

static uint32_t take(struct input *in)
{
    uint32_t c = in->wide ? xe_mem_u16(in->mem, in->at) : xe_mem_u8(in->mem, in->at);

    if (c)
        in->at += in->wide ? 2 : 1;
    return c;
}

static int take_number(struct input *in, uint32_t *c, struct xe__format_source *source)
{
    int value = 0;

    if (*c == '*') {
        value = (int32_t)source->next(source->ctx);
        *c = take(in);
        return value;
    }
    for (; *c >= '0' && *c <= '9'; *c = take(in))
        if (value < 100000)
            value = value * 10 + (int)(*c - '0');
    return value;
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

/* Size prefixes: h hh l ll w I32 I64. */
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
            uint32_t tens = take(in), ones = take(in);

            spec->bytes = tens == '6' && ones == '4' ? 8 : 4;
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
    spec->type = (char)take_size(in, spec, c);
    if (spec->width > 65536)
        spec->width = 65536;
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
    uint64_t value;
    char c;

    if (spec->type == '%') {
        emit(out, '%');
        return;
    }
    if (!spec->type)
        return;
    if (!strchr("dioxXupcCsSZeEfgGn", spec->type)) {
        emit(out, '%');
        emit(out, spec->type);
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
        emit_number(out, spec, spec->alternate ? "0" : "", truncate_to(value, spec->bytes), 8);
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
        emit_number(out, &(struct spec){.type = 'p', .precision = 8, .width = spec->width}, "",
                    (uint32_t)value, 16);
        break;
    case 'c':
    case 'C':
        c = (uint16_t)value < 256 ? (char)value : '?';
        emit_field(out, spec, &c, 1);
        break;
    case 's':
        emit_string(out, in->mem, spec, (xe_gva)value, (in->wide || spec->wide) && !spec->narrow,
                    UINT32_MAX);
        break;
    case 'S':
        emit_string(out, in->mem, spec, (xe_gva)value, !in->wide && !spec->narrow, UINT32_MAX);
        break;
    case 'Z':
        emit_counted(out, in->mem, spec, (xe_gva)value);
        break;
    case 'n':
        break; /* writing through a format is refused */
    default:
        emit_double(out, spec, value);
        break;
    }
}

uint32_t xe__format(const struct xe_mem *mem, xe_gva format, bool wide,
                    struct xe__format_source *source, char *text, uint32_t size)
{
    struct input in = {mem, format, wide};
    struct output out = {text, size, 0};
    uint32_t c;

    while ((c = take(&in)) != 0 && out.length < 65536) {
        struct spec spec;

        if (c != '%') {
            emit(&out, c < 256 ? (char)c : '?');
            continue;
        }
        take_spec(&in, &spec, source);
        emit_spec(&out, &in, &spec, source);
    }
    if (size)
        text[out.length < size ? out.length : size - 1] = '\0';
    return out.length;
}
