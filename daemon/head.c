/* Heads of HTTP/1.1 requests; see head.h. Source: RFC 9110 sections 5, 7.2, 10.1.1, RFC 9112
 * sections 2 to 6, RFC 3986 section 3. Where these let a server choose, it refuses. */
#include "daemon/head.h"

#include <string.h>
#include <strings.h>

#define LINE_MAX_BYTES 8192u
#define LINES_MAX      100u
#define LENGTH_DIGITS  18u /* fit uint64_t, and int64_t of who reads them next */

/* A piece of a line. */
struct span {
    const char *at;
    size_t size;
};

struct reader {
    struct xe_head *head;
    uint32_t seen; /* rows of headers[] that came */
    bool has_length;
};

static const char *const fine; /* what a check says that finds nothing */

static bool is(struct span span, const char *text)
{
    return span.size == strlen(text) && !strncasecmp(span.at, text, span.size);
}

/* ---- characters ----------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* May stand in a name or method. */
static bool is_token(struct span span)
{
    for (size_t i = 0; i < span.size; i++)
        if (!is_alnum(span.at[i]) && !is_one_of(span.at[i], "!#$%&'*+-.^_`|~"))
            return false;
    return span.size > 0;
}

static bool all_digits(struct span span)
{
    for (size_t i = 0; i < span.size; i++)
        if (!is_digit(span.at[i]))
            return false;
    return span.size > 0;
}

/* ---- headers that decide ----------------------------------------------------------------------
 */

static const char *check_host(struct reader *reader, struct span value)
{
    const char *colon;
    size_t name;

    (void)reader;
    if (value.size && value.at[0] == '[') {
        const char *end = memchr(value.at, ']', value.size);

        for (const char *c = value.at + 1; end && c < end; c++)
            if (!is_hex(*c) && *c != ':' && *c != '.')
                end = NULL;
        if (!end)
            return "Host is no address in brackets";
        name = (size_t)(end - value.at) + 1;
        if (name < value.size && value.at[name] != ':')
            return "Host goes on behind the bracket";
    } else {
        colon = memchr(value.at, ':', value.size);
        name = colon ? (size_t)(colon - value.at) : value.size;
        for (size_t i = 0; i < name; i++)
            if (!is_alnum(value.at[i]) && !is_one_of(value.at[i], "-._"))
                return "Host has a character that no host name has";
    }
    if (!name)
        return "Host is empty";
    if (name < value.size && !all_digits((struct span){value.at + name + 1, value.size - name - 1}))
        return "the port of Host is no number";
    return fine;
}

static const char *check_length(struct reader *reader, struct span value)
{
    if (!all_digits(value) || value.size > LENGTH_DIGITS)
        return "Content-Length is no number of up to 18 digits";
    reader->has_length = true;
    for (size_t i = 0; i < value.size; i++)
        reader->head->length = reader->head->length * 10 + (uint64_t)(value.at[i] - '0');
    return fine;
}

static const char *check_coding(struct reader *reader, struct span value)
{
    if (!is(value, "chunked"))
        return "no Transfer-Encoding but chunked is known";
    reader->head->chunked = true;
    return fine;
}

static const char *check_expect(struct reader *reader, struct span value)
{
    (void)reader;
    return is(value, "100-continue") ? fine : "nothing but 100-continue can be expected";
}

/* Headers that may come once, because something is decided by them; check NULL: any value. */
static const struct {
    const char *name;
    const char *(*check)(struct reader *reader, struct span value);
    unsigned status; /* when check finds something */
} headers[] = {
    {"Host", check_host, 400},
    {"Content-Length", check_length, 400},
    {"Transfer-Encoding", check_coding, 501},
    {"Expect", check_expect, 417},
    {"Authorization", NULL, 400},
    {"Content-Encoding", NULL, 400},
    {"Content-Type", NULL, 400},
    {"Origin", NULL, 400},
    {"Upgrade", NULL, 400},
};

enum { HOST, LENGTH, CODING };

static bool seen(const struct reader *reader, unsigned row)
{
    return reader->seen >> row & 1;
}

/* ---- lines ------------------------------------------------------------------------------------
 */

static bool refuse(struct xe_head_defect *ret, unsigned status, const char *text)
{
    ret->status = status;
    ret->text = text;
    return false;
}

static bool check_target(struct span target)
{
    if (!target.size || target.at[0] != '/')
        return false;
    for (size_t i = 0; i < target.size; i++) {
        char c = target.at[i];

        if (c == '%' && (target.size - i < 3 || !is_hex(target.at[i + 1]) ||
                         !is_hex(target.at[i + 2]) || !memcmp(target.at + i, "%00", 3)))
            return false;
        if (!is_alnum(c) && !is_one_of(c, "-._~!$&'()*+,;=:@/?%"))
            return false;
    }
    return true;
}

static bool read_request_line(struct span line, struct xe_head_defect *ret)
{
    const char *first = memchr(line.at, ' ', line.size), *second;
    struct span method, target, version;

    method = (struct span){line.at, first ? (size_t)(first - line.at) : line.size};
    if (!is_token(method))
        return refuse(ret, 400, "no method at the start");
    if (!first)
        return refuse(ret, 400, "expected METHOD /path HTTP/1.1");
    target = (struct span){first + 1, line.size - method.size - 1};
    second = memchr(target.at, ' ', target.size);
    if (!second)
        return refuse(ret, 400, "expected METHOD /path HTTP/1.1");
    version = (struct span){second + 1, target.size - (size_t)(second - target.at) - 1};
    target.size = (size_t)(second - target.at);
    if (version.size != 8 || memcmp(version.at, "HTTP/", 5) || !is_digit(version.at[5]) ||
        version.at[6] != '.' || !is_digit(version.at[7]))
        return refuse(ret, 400, "expected HTTP/1.1 behind one space at the end");
    if (memcmp(version.at + 5, "1.1", 3))
        return refuse(ret, 505, "only HTTP/1.1 is spoken here");
    return check_target(target) ||
           refuse(ret, 400, "the target is no path that begins with a slash");
}

static struct span without_blanks(struct span span)
{
    while (span.size && is_one_of(span.at[0], " \t"))
        span = (struct span){span.at + 1, span.size - 1};
    while (span.size && is_one_of(span.at[span.size - 1], " \t"))
        span.size--;
    return span;
}

static bool read_header(struct reader *reader, struct span line, struct xe_head_defect *ret)
{
    const char *colon = memchr(line.at, ':', line.size);
    struct span name = {line.at, colon ? (size_t)(colon - line.at) : 0}, value;

    if (is_one_of(line.at[0], " \t"))
        return refuse(ret, 400, "a header that goes on in another line");
    if (!is_token(name))
        return refuse(ret, 400, "expected Name: value");
    value = without_blanks((struct span){colon + 1, line.size - name.size - 1});
    for (unsigned i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        const char *wrong;

        if (!is(name, headers[i].name))
            continue;
        if (seen(reader, i))
            return refuse(ret, 400, "a header twice that may come once");
        reader->seen |= 1u << i;
        wrong = headers[i].check ? headers[i].check(reader, value) : fine;
        return !wrong || refuse(ret, headers[i].status, wrong);
    }
    return true;
}

static bool read_end(const struct reader *reader, struct xe_head_defect *ret)
{
    if (!seen(reader, HOST))
        return refuse(ret, 400, "no Host");
    if (seen(reader, LENGTH) && seen(reader, CODING))
        return refuse(ret, 400, "Content-Length and Transfer-Encoding together");
    return true;
}

static bool read_line(struct reader *reader, struct span line, struct xe_head_defect *ret)
{
    if (ret->line == 1)
        return read_request_line(line, ret);
    return line.size ? read_header(reader, line, ret) : read_end(reader, ret);
}

/* Only printable ASCII and tabs; a carriage return only where a line feed follows, or nothing yet.
 */
static bool check_bytes(struct span line, bool whole, struct xe_head_defect *ret)
{
    for (size_t i = 0; i < line.size; i++) {
        unsigned char c = (unsigned char)line.at[i];

        if (c == '\r' && i + 1 == line.size)
            return true;
        if (c != '\t' && (c < 0x20 || c > 0x7E))
            return refuse(ret, 400, "a byte that no head has");
    }
    return !whole || refuse(ret, 400, "a line feed without a carriage return");
}

bool xe_head_read(const char *bytes, size_t size, struct xe_head *ret,
                  struct xe_head_defect *ret_defect)
{
    struct reader reader = {.head = ret};
    size_t at = 0;

    *ret = (struct xe_head){0};
    *ret_defect = (struct xe_head_defect){0};
    while (at < size) {
        const char *feed = memchr(bytes + at, '\n', size - at);
        struct span line = {bytes + at, feed ? (size_t)(feed - bytes) - at : size - at};

        ret_defect->line++;
        if (!check_bytes(line, feed, ret_defect))
            return false;
        if (line.size > LINE_MAX_BYTES || ret_defect->line > LINES_MAX ||
            at + line.size >= XE_HEAD_MAX)
            return refuse(ret_defect, ret_defect->line == 1 ? 414 : 431, "a head that is too long");
        if (!feed)
            break;
        at += line.size + 1;
        line.size--; /* the carriage return */
        if (!read_line(&reader, line, ret_defect))
            return false;
        if (!line.size && ret_defect->line > 1) {
            ret->size = at;
            break;
        }
    }
    return true;
}
