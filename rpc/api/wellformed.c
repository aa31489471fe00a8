/* Is it JSON? See text.h. One pass, no memory but a bit for each level. Source: RFC 8259, RFC 3629;
 * where Jansson takes less than these allow, this does. */
#include <stdint.h>
#include <string.h>

#include "rpc/api/text.h"

struct scan {
    const unsigned char *at, *end;
    uint64_t objects; /* a bit for each level, the innermost lowest: is it an object? */
    unsigned depth;
};

_Static_assert(XE_RPC_REPLY_DEPTH_MAX <= 64, "a bit for each level");

static bool next_is(const struct scan *scan, char c)
{
    return scan->at < scan->end && *scan->at == (unsigned char)c;
}

static bool skip(struct scan *scan, char c)
{
    if (!next_is(scan, c))
        return false;
    scan->at++;
    return true;
}

/* ---- strings -------------------------------------------------------------------------------- */

#define EACH(byte) (0x0101010101010101u * (byte))

/* Has one of eight bytes a meaning in a string, or is it no ASCII? May say so of one that hasn't,
 * behind one that has. */
static bool any_special(uint64_t word)
{
    uint64_t quote = word ^ EACH((uint64_t)'"'), slash = word ^ EACH((uint64_t)'\\');

    return ((word | (word - EACH(0x20u)) | (quote - EACH(1u)) | (slash - EACH(1u))) & EACH(0x80u));
}

static void skip_plain(struct scan *scan)
{
    uint64_t word;

    while ((size_t)(scan->end - scan->at) >= sizeof(word)) {
        memcpy(&word, scan->at, sizeof(word));
        if (any_special(word))
            break;
        scan->at += sizeof(word);
    }
    while (scan->at < scan->end && *scan->at >= 0x20 && *scan->at < 0x80 && *scan->at != '"' &&
           *scan->at != '\\')
        scan->at++;
}

/* Behind "\u"; -1: there are no four digits. */
static long take_hex4(struct scan *scan)
{
    long value = 0;

    for (int i = 0; i < 4; i++, scan->at++) {
        unsigned char c = scan->at < scan->end ? *scan->at : 0;

        if (c >= '0' && c <= '9')
            value = value << 4 | (c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value << 4 | ((c | 0x20) - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static bool skip_escape(struct scan *scan)
{
    unsigned char c = scan->at < scan->end ? *scan->at++ : 0;
    long first, second;

    if (c != 'u')
        return c && strchr("\"\\/bfnrt", c);
    first = take_hex4(scan);
    if (first <= 0 || (first >= 0xDC00 && first <= 0xDFFF))
        return false;
    if (first < 0xD800 || first > 0xDBFF)
        return true;
    if (!skip(scan, '\\') || !skip(scan, 'u'))
        return false;
    second = take_hex4(scan);
    return second >= 0xDC00 && second <= 0xDFFF;
}

/* Of bytes that begin with one that is no ASCII. */
static bool skip_utf8(struct scan *scan)
{
    unsigned char first = *scan->at++, least = 0x80, most = 0xBF;
    int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;

    if (first < 0xC2 || first > 0xF4)
        return false;
    if (first == 0xE0)
        least = 0xA0;
    else if (first == 0xED)
        most = 0x9F;
    else if (first == 0xF0)
        least = 0x90;
    else if (first == 0xF4)
        most = 0x8F;
    for (; more > 0; more--, scan->at++, least = 0x80, most = 0xBF)
        if (scan->at == scan->end || *scan->at < least || *scan->at > most)
            return false;
    return true;
}

static bool skip_string(struct scan *scan)
{
    if (!skip(scan, '"'))
        return false;
    while (true) {
        skip_plain(scan);
        if (scan->at == scan->end || *scan->at < 0x20)
            return false;
        if (skip(scan, '"'))
            return true;
        if (skip(scan, '\\') ? !skip_escape(scan) : !skip_utf8(scan))
            return false;
    }
}

/* ---- other values --------------------------------------------------------------------------- */

/* How many digits, or more than most. */
static unsigned skip_digits(struct scan *scan, unsigned most)
{
    unsigned count = 0;

    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9' && count <= most) {
        scan->at++;
        count++;
    }
    return count;
}

static bool skip_some_digits(struct scan *scan, unsigned most)
{
    unsigned count = skip_digits(scan, most);

    return count > 0 && count <= most;
}

static bool skip_number(struct scan *scan)
{
    skip(scan, '-');
    if (!skip(scan, '0') && !skip_some_digits(scan, 18))
        return false;
    if (skip(scan, '.') && !skip_some_digits(scan, 20))
        return false;
    if (!skip(scan, 'e') && !skip(scan, 'E'))
        return true;
    if (!skip(scan, '-'))
        skip(scan, '+');
    return skip_some_digits(scan, 2);
}

static bool skip_word(struct scan *scan, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, word, size))
        return false;
    scan->at += size;
    return true;
}

static bool skip_scalar(struct scan *scan)
{
    switch (scan->at < scan->end ? *scan->at : 0) {
    case '"':
        return skip_string(scan);
    case 't':
        return skip_word(scan, "true");
    case 'f':
        return skip_word(scan, "false");
    case 'n':
        return skip_word(scan, "null");
    default:
        return skip_number(scan);
    }
}

/* ---- levels --------------------------------------------------------------------------------- */

static bool in_object(const struct scan *scan)
{
    return scan->objects & 1;
}

/* Into an object or array; *ret_empty: it has no first value. */
static bool open_level(struct scan *scan, bool object, bool *ret_empty)
{
    if (scan->depth == XE_RPC_REPLY_DEPTH_MAX)
        return false;
    scan->at++;
    scan->depth++;
    scan->objects = scan->objects << 1 | object;
    *ret_empty = next_is(scan, object ? '}' : ']');
    return true;
}

/* Out of all levels that end here. */
static void close_levels(struct scan *scan)
{
    while (scan->depth && skip(scan, in_object(scan) ? '}' : ']')) {
        scan->depth--;
        scan->objects >>= 1;
    }
}

/* A member's name, where one is due, then a value, or the beginning of one. */
static bool skip_step(struct scan *scan)
{
    bool empty = true;

    if (scan->depth && in_object(scan) && (!skip_string(scan) || !skip(scan, ':')))
        return false;
    if (!next_is(scan, '{') && !next_is(scan, '['))
        return skip_scalar(scan) && (close_levels(scan), !scan->depth || skip(scan, ','));
    if (!open_level(scan, next_is(scan, '{'), &empty))
        return false;
    if (!empty)
        return true;
    close_levels(scan);
    return !scan->depth || skip(scan, ',');
}

bool xe_rpc_is_object(const char *bytes, size_t size)
{
    const unsigned char *at = (const unsigned char *)bytes;
    struct scan scan = {.at = at, .end = at + size};

    if (!next_is(&scan, '{'))
        return false;
    do
        if (!skip_step(&scan))
            return false;
    while (scan.depth);
    return scan.at == scan.end;
}
