/* Doubles as the console's C library prints them.
 *
 * The value becomes at most 17 significant digits, and every format cuts its own out of those: what
 * lies behind them reads as zeros, and halves go away from zero. What is no number goes the same
 * way, as the digits "1#INF" and so on, so that precisions cut and round those, too.
 *
 * Source: Microsoft's documentation of the C run-time library of Visual Studio 2005 for formats,
 * the three digits of exponents and the names of what is no number; public records of what programs
 * of that age print ("1.#J", "1.$") for how those are cut. Guess, medium confidence: that the
 * console's own is that library, that it gets the 17 digits exactly right for all magnitudes, and
 * how it prints %a (6 digits unless told otherwise, halves down, no numbers as %e has them). Its
 * answers to 1e300, to 0.5 by %.0f and to 1.5 by %a would settle that. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/hle/hle_internal.h"

#define DIGITS    17  /* significant ones */
#define EXACT     766 /* digits behind the first that any double has */
#define QUIET_NAN (1ull << 51)
#define FRACTION  ((1ull << 52) - 1)
#define EXPONENT  0x7FF

/* 0.DIGITS times 10 to `point`; digits end with a NUL, without zeros behind them. */
struct decimal {
    char digit[DIGITS + 1];
    int point;
};

/* ---- digits --------------------------------------------------------------------------------- */

static void no_number(uint64_t bits, struct decimal *ret)
{
    uint64_t fraction = bits & FRACTION;

    strcpy(ret->digit, !fraction                               ? "1#INF"
                       : !(fraction & QUIET_NAN)               ? "1#SNAN"
                       : bits >> 63 && !(fraction ^ QUIET_NAN) ? "1#IND"
                                                               : "1#QNAN");
    ret->point = 1;
}

/* Add one to the last of n digits. What all are nines becomes a one and n zeros, ten times as
 * large.
 */
static void add_one(char *digit, int n, int *point)
{
    while (n > 0 && digit[n - 1] == '9')
        digit[--n] = '0';
    if (n > 0) {
        digit[n - 1]++;
        return;
    }
    digit[0] = '1';
    ++*point;
}

/* The first 17 digits of all; halves away from zero. The 18th decides, but a 5 that was rounded up
 * to. */
static void significant(double value, struct decimal *ret)
{
    char text[EXACT + 16];
    int n;

    snprintf(text, sizeof(text), "%.*e", DIGITS, value);
    if (text[1 + DIGITS] == '5')
        snprintf(text, sizeof(text), "%.*e", EXACT, value);
    ret->digit[0] = text[0];
    memcpy(ret->digit + 1, text + 2, DIGITS - 1);
    ret->digit[DIGITS] = '\0';
    ret->point = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
    if (text[1 + DIGITS] >= '5')
        add_one(ret->digit, DIGITS, &ret->point);
    for (n = DIGITS; n > 1 && ret->digit[n - 1] == '0'; n--)
        ret->digit[n - 1] = '\0';
}

static void decimal_of(uint64_t bits, struct decimal *ret)
{
    uint64_t magnitude = bits & ~(1ull << 63);
    double value;

    memcpy(&value, &magnitude, sizeof(value));
    if (!isfinite(value)) {
        no_number(bits, ret);
    } else if (!magnitude) {
        strcpy(ret->digit, "0");
        ret->point = 0;
    } else {
        significant(value, ret);
    }
}

/* The first n digits, with zeros where there are none, and one more that can become the last: where
 * the point moves. */
static void rounded(const struct decimal *decimal, int n, char *digit, int *ret_point)
{
    int have = (int)strlen(decimal->digit);

    *ret_point = decimal->point;
    for (int i = 0; i <= n; i++)
        digit[i] = i < have && i < n ? decimal->digit[i] : '0';
    if (n >= 0 && n < have && decimal->digit[n] >= '5')
        add_one(digit, n, ret_point);
}

/* ---- formats -------------------------------------------------------------------------------- */

#define MOST_DIGITS (XE__DOUBLE_PRECISION + 312)

/* Digits around a point, `after` behind it. */
static char *put_fixed(char *to, const char *digit, int point, int after, bool dot)
{
    if (point <= 0)
        *to++ = '0';
    for (int i = 0; i < point; i++)
        *to++ = digit[i];
    if (after > 0 || dot)
        *to++ = '.';
    for (int i = 0; i < after; i++)
        *to++ = point + i < 0 ? '0' : digit[point + i];
    return to;
}

static char *put_exponent(char *to, int exponent, char letter)
{
    return to + sprintf(to, "%c%c%03d", letter, exponent < 0 ? '-' : '+', abs(exponent));
}

static char *put_scientific(char *to, const struct decimal *decimal, int after, bool dot,
                            char letter)
{
    char digit[MOST_DIGITS];
    int point;

    rounded(decimal, after + 1, digit, &point);
    to = put_fixed(to, digit, 1, after, dot);
    return put_exponent(to, *decimal->digit == '0' ? 0 : point - 1, letter);
}

/* Zeros at the end of a fraction go, and its point when nothing is left behind it. */
static char *crop(char *text, char *end)
{
    if (!memchr(text, '.', (size_t)(end - text)))
        return end;
    while (end[-1] == '0')
        end--;
    return end[-1] == '.' ? end - 1 : end;
}

/* The shorter of both forms: precision is the number of significant digits. */
static char *put_general(char *to, const struct decimal *decimal, int precision, bool alternate,
                         char letter)
{
    char digit[MOST_DIGITS], *end;
    int point;

    rounded(decimal, precision, digit, &point);
    if (point - 1 >= -4 && point - 1 < precision) {
        end = put_fixed(to, digit, point, precision - point, alternate);
        return alternate ? end : crop(to, end);
    }
    end = put_fixed(to, digit, 1, precision - 1, false);
    end = alternate ? end : crop(to, end);
    return put_exponent(end, point - 1, letter);
}

/* ---- hexadecimal ---------------------------------------------------------------------------- */

static uint64_t cut_fraction(uint64_t mantissa, int precision)
{
    int shift = precision < 13 ? 4 * (13 - precision) : 0;
    uint64_t unit = 1ull << shift;

    if (shift && (mantissa >> (shift - 4) & 15) > 8)
        mantissa += unit;
    return mantissa & ~(unit - 1);
}

static char *put_hexadecimal(char *to, uint64_t bits, int precision, bool dot, bool upper)
{
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    int exponent = (int)(bits >> 52 & EXPONENT);
    uint64_t mantissa = bits & FRACTION;

    mantissa = cut_fraction(exponent ? mantissa | 1ull << 52 : mantissa, precision);
    exponent = exponent ? exponent - 1023 : bits << 1 ? -1022 : 0;
    to +=
        sprintf(to, "0%c%c%s", upper ? 'X' : 'x', set[mantissa >> 52], precision || dot ? "." : "");
    for (int i = 1; i <= precision; i++)
        *to++ = i <= 13 ? set[mantissa >> (52 - 4 * i) & 15] : '0';
    return to + sprintf(to, "%c%+d", upper ? 'P' : 'p', exponent);
}

uint32_t xe__kernel_format_double(uint64_t bits, char type, int precision, bool alternate,
                                  char text[XE__DOUBLE_TEXT])
{
    bool upper = type >= 'A' && type <= 'Z', hexadecimal = type == 'a' || type == 'A';
    char letter = upper ? 'E' : 'e', digit[MOST_DIGITS], *end;
    bool finite = (bits >> 52 & EXPONENT) != EXPONENT, dot = alternate && precision == 0;
    struct decimal decimal;
    int point;

    if (precision > XE__DOUBLE_PRECISION)
        precision = XE__DOUBLE_PRECISION;
    if (hexadecimal && finite)
        return (uint32_t)(put_hexadecimal(text, bits, precision, alternate, upper) - text);
    decimal_of(bits, &decimal);
    switch (type) {
    case 'f':
        rounded(&decimal, precision + decimal.point, digit, &point);
        end = put_fixed(text, digit, point, precision, dot);
        break;
    case 'g':
    case 'G':
        end = put_general(text, &decimal, precision ? precision : 1, alternate, letter);
        break;
    default:
        end = put_scientific(text, &decimal, precision, dot, letter);
        break;
    }
    return (uint32_t)(end - text);
}
