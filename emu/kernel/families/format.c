/* printf as the guest's kernel does it: one formatter for DbgPrint and the sprintf family.
 *
 * Arguments are 64-bit slots read one after another; nothing of the host's locale or printf comes
 * in but for digits of doubles (format_double.c). Unreadable strings print as "(bad)", NULL as
 * "(null)".
 *
 * Source: Microsoft's documentation of format specifications for the C run-time library of Visual
 * Studio 2005 (%S, %Z, %I64 among them; what has no meaning as a type is copied), and public
 * records of what that library prints where it differs from ISO C: zeros fill fields of text, too.
 * Guess: that the console's kernel has that library, and stores the count for %n as its ancestors
 * did. What a console prints for "%05s" and "%d%n" would settle that. */
#include <string.h>

#include "kernel/hle/hle_internal.h"

#define LENGTH_MAX 65536u /* of a result, a field, a format: no call works longer than that */
#define DIGITS_MAX 512    /* of an integer, by its precision */
#define DOUBLE     1024u  /* a double takes as long as so many characters */

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
    uint32_t other; /* it, when it is none */
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

/* A field of n characters behind a prefix is about to be written: what fills it in front. */
static void open_field(struct output *out, const struct spec *spec, const char *prefix, int n)
{
    int fill = spec->left ? 0 : spec->width - (int)strlen(prefix) - n;

    if (!spec->zero)
        pad(out, fill, ' ');
    for (const char *p = prefix; *p; p++)
        emit(out, (uint8_t)*p);
    if (spec->zero)
        pad(out, fill, '0');
}

static void close_field(struct output *out, const struct spec *spec, const char *prefix, int n)
{
    if (spec->left)
        pad(out, spec->width - (int)strlen(prefix) - n, ' ');
}

static void emit_field(struct output *out, const struct spec *spec, const char *prefix,
                       const char *text, uint32_t n)
{
    open_field(out, spec, prefix, (int)n);
    for (uint32_t i = 0; i < n; i++)
        emit(out, (uint8_t)text[i]);
    close_field(out, spec, prefix, (int)n);
}

static const char *sign_of(const struct spec *spec, bool negative)
{
    return negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
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
        emit_field(out, spec, "", "(null)", limit < 6 ? limit : 6);
        return;
    }
    n = string_length(mem, at, wide, limit);
    if (n < 0) {
        emit_field(out, spec, "", "(bad)", 5);
        return;
    }
    open_field(out, spec, "", n);
    for (int32_t i = 0; i < n && out->length < LENGTH_MAX; i++)
        emit(out, unit_at(mem, at + (xe_gva)i * (wide ? 2 : 1), wide));
    close_field(out, spec, "", n);
}

static void emit_char(struct output *out, const struct spec *spec, uint32_t c)
{
    open_field(out, spec, "", 1);
    emit(out, c);
    close_field(out, spec, "", 1);
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
    int least = spec->precision < DIGITS_MAX ? spec->precision : DIGITS_MAX;
    int zeros = least > (int)n ? least - (int)n : 0;
    struct spec field = *spec;

    /* An octal number that is to show itself begins with a zero, whatever made it do so. */
    if (base == 8 && spec->alternate && !zeros && (!n || text[0] != '0'))
        zeros = 1;
    field.zero = spec->zero && spec->precision < 0;
    open_field(out, &field, prefix, zeros + (int)n);
    pad(out, zeros, '0');
    for (uint32_t i = 0; i < n; i++)
        emit(out, (uint8_t)text[i]);
    close_field(out, &field, prefix, zeros + (int)n);
}

static void emit_signed(struct output *out, const struct spec *spec, uint64_t raw)
{
    int shift = 64 - 8 * spec->bytes;
    int64_t value = (int64_t)(raw << shift) >> shift;

    emit_number(out, spec, sign_of(spec, value < 0), value < 0 ? -(uint64_t)value : (uint64_t)value,
                10);
}

static void emit_double(struct output *out, const struct spec *spec, uint64_t bits)
{
    char text[XE__DOUBLE_TEXT];
    uint32_t n = xe__kernel_format_double(
        bits, spec->type, spec->precision < 0 ? 6 : spec->precision, spec->alternate, text);

    emit_field(out, spec, sign_of(spec, bits >> 63), text, n);
}

/* ---- specifications ------------------------------------------------------------------------ */

struct input {
    struct xe_mem *mem;
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

/* Behind an I: 64 and 32 are sizes; before an integer it is the size of a pointer. 0: neither. */
static int take_i_size(struct input *in)
{
    struct input ahead = *in;
    uint32_t tens = take(&ahead), ones = take(&ahead);
    bool is_64 = tens == '6' && ones == '4';

    if (is_64 || (tens == '3' && ones == '2'))
        *in = ahead;
    else if (!tens || tens > 127 || !strchr("dioxXu", (int)tens))
        return 0;
    return is_64 ? 8 : 4;
}

/* Size prefixes: h l ll w I I32 I64. L, F and N are some, too, but mean nothing: a long double is a
 * double, and there are no far and near pointers. */
static uint32_t take_size(struct input *in, struct spec *spec, uint32_t c)
{
    for (bool twice = false;; c = take(in)) {
        bool is_long = c == 'l';
        int size;

        switch (c) {
        case 'h':
            spec->bytes = 2;
            spec->narrow = true;
            break;
        case 'l':
            spec->bytes = twice ? 8 : 4;
            spec->wide = true;
            break;
        case 'w':
            spec->wide = true;
            break;
        case 'L':
        case 'F':
        case 'N':
            break;
        case 'I':
            size = take_i_size(in);
            if (!size)
                return c;
            spec->bytes = size;
            break;
        default:
            return c;
        }
        twice = is_long;
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
    spec->other = c;
}

/* An ANSI_STRING (or with w a UNICODE_STRING) by pointer; no precision cuts it. */
static void emit_counted(struct output *out, const struct xe_mem *mem, const struct spec *spec,
                         xe_gva at)
{
    uint32_t length = xe_mem_u16(mem, at) / (spec->wide ? 2u : 1u);
    xe_gva buffer = at ? xe_mem_u32(mem, at + 4) : 0;

    emit_string(out, mem, spec, buffer, spec->wide, buffer ? length : LENGTH_MAX);
}

static void emit_text(struct output *out, const struct input *in, const struct spec *spec,
                      xe_gva at)
{
    bool wide = ((spec->type == 'S') != in->wide || spec->wide) && !spec->narrow;

    emit_string(out, in->mem, spec, at, wide,
                spec->precision >= 0 ? (uint32_t)spec->precision : LENGTH_MAX);
}

static void emit_integer(struct output *out, const struct spec *spec, uint64_t value)
{
    struct spec pointer;

    switch (spec->type) {
    case 'd':
    case 'i':
        emit_signed(out, spec, value);
        break;
    case 'u':
        emit_number(out, spec, "", truncate_to(value, spec->bytes), 10);
        break;
    case 'o':
        emit_number(out, spec, "", truncate_to(value, spec->bytes), 8);
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
    default: /* p */
        pointer = *spec;
        pointer.precision = 8;
        emit_number(out, &pointer, spec->alternate && (uint32_t)value ? "0X" : "", (uint32_t)value,
                    16);
        break;
    }
}

/* What was written so far, by the size of the number it goes to. */
static void store_count(const struct output *out, const struct input *in, const struct spec *spec,
                        xe_gva at)
{
    if (spec->bytes == 2)
        xe_mem_set_u16(in->mem, at, (uint16_t)out->length);
    else
        xe_mem_set_u32(in->mem, at, out->length);
}

static void emit_spec(struct output *out, const struct input *in, const struct spec *spec,
                      struct xe__format_source *source)
{
    uint64_t value;
    bool wide;

    if (!spec->type)
        return;
    if (!strchr("dioxXupcCsSZaAeEfgGn", spec->type)) {
        emit(out, spec->other);
        return;
    }
    value = source->next(source->ctx);
    switch (spec->type) {
    case 'c':
    case 'C':
        wide = ((spec->type == 'C') != in->wide || spec->wide) && !spec->narrow;
        emit_char(out, spec, wide ? (uint16_t)value : (uint8_t)value);
        break;
    case 's':
    case 'S':
        emit_text(out, in, spec, (xe_gva)value);
        break;
    case 'Z':
        emit_counted(out, in->mem, spec, (xe_gva)value);
        break;
    case 'n':
        store_count(out, in, spec, (xe_gva)value);
        break;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
        source->work += DOUBLE;
        emit_double(out, spec, value);
        break;
    default:
        emit_integer(out, spec, value);
        break;
    }
}

uint32_t xe__kernel_format(struct xe_mem *mem, xe_gva format, bool wide,
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
