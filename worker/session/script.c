/* Reads a script as a stream of YAML events: there is one form for each thing, so nothing is built
 * in between, and depth and size need no bounds of their own. See script.h. */
#include "worker/session/script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "xe/nearest.h"
#include "xe/settings.h"

struct script {
    const char *file;
    yaml_parser_t parser;
    yaml_event_t event;        /* the one at hand; of type NO_EVENT before the first */
    struct xe_pad_event *list; /* owned */
    size_t count, capacity;
    struct xe_error *err;
};

/* ---- errors --------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static bool wrong(struct script *s, yaml_mark_t at,
                                                        const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return xe_error_set(s->err, XE_ERR_SCRIPT_MALFORMED, "%s:%zu:%zu: %s", s->file, at.line + 1,
                        at.column + 1, text);
}

/* What stands there, so that it can be shown: cut, and without what a terminal would obey. */
struct shown {
    char text[48];
};

static struct shown shown(const struct script *s)
{
    static const char *const kinds[] = {
        [YAML_STREAM_END_EVENT] = "the end",       [YAML_DOCUMENT_END_EVENT] = "the end",
        [YAML_SEQUENCE_START_EVENT] = "a list",    [YAML_SEQUENCE_END_EVENT] = "the list's end",
        [YAML_MAPPING_START_EVENT] = "a mapping",  [YAML_MAPPING_END_EVENT] = "the mapping's end",
        [YAML_DOCUMENT_START_EVENT] = "a document"};
    const unsigned char *value = s->event.data.scalar.value;
    struct shown ret = {""};
    size_t size;

    if (s->event.type != YAML_SCALAR_EVENT) {
        snprintf(ret.text, sizeof(ret.text), "%s", kinds[s->event.type]);
        return ret;
    }
    size = s->event.data.scalar.length < 40 ? s->event.data.scalar.length : 40;
    ret.text[0] = '\'';
    for (size_t i = 0; i < size; i++)
        ret.text[i + 1] = value[i] >= 0x20 && value[i] < 0x7F ? (char)value[i] : '?';
    ret.text[size + 1] = '\'';
    return ret;
}

static bool expected(struct script *s, const char *what)
{
    return wrong(s, s->event.start_mark, "expected %s, found %s", what, shown(s).text);
}

/* ---- the stream ----------------------------------------------------------------------------- */

static bool broken(struct script *s)
{
    const char *problem = s->parser.problem ? s->parser.problem : "no YAML";

    if (s->parser.error == YAML_MEMORY_ERROR)
        return xe_error_set(s->err, XE_ERR_NO_MEMORY, "no memory for a script");
    if (s->parser.error == YAML_READER_ERROR)
        return xe_error_set(s->err, XE_ERR_SCRIPT_MALFORMED, "%s: %s, at byte %zu", s->file,
                            problem, s->parser.problem_offset);
    return wrong(s, s->parser.problem_mark, "%s", problem);
}

/* Names for parts of a script, and types, mean nothing here. */
static bool is_plain(struct script *s)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;

    if (s->event.type == YAML_SCALAR_EVENT) {
        anchor = s->event.data.scalar.anchor;
        tag = s->event.data.scalar.tag;
    } else if (s->event.type == YAML_SEQUENCE_START_EVENT) {
        anchor = s->event.data.sequence_start.anchor;
        tag = s->event.data.sequence_start.tag;
    } else if (s->event.type == YAML_MAPPING_START_EVENT) {
        anchor = s->event.data.mapping_start.anchor;
        tag = s->event.data.mapping_start.tag;
    }
    if (anchor || s->event.type == YAML_ALIAS_EVENT)
        return wrong(s, s->event.start_mark, "anchors and aliases are refused");
    return !tag || wrong(s, s->event.start_mark, "tags are refused");
}

static bool next(struct script *s)
{
    yaml_event_delete(&s->event);
    if (!yaml_parser_parse(&s->parser, &s->event))
        return broken(s);
    return is_plain(s);
}

static bool is(const struct script *s, yaml_event_type_t type)
{
    return s->event.type == type;
}

/* The scalar at hand as a word of at most so many bytes with its NUL. */
static bool take_word(struct script *s, char *ret, size_t size, const char *what)
{
    const yaml_event_t *event = &s->event;

    if (!is(s, YAML_SCALAR_EVENT) || event->data.scalar.length >= size ||
        memchr(event->data.scalar.value, 0, event->data.scalar.length))
        return expected(s, what);
    memcpy(ret, event->data.scalar.value, event->data.scalar.length);
    ret[event->data.scalar.length] = '\0';
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool read_number(struct script *s, int64_t min, int64_t max, int64_t *ret)
{
    char what[80], text[24], *end = text;

    snprintf(what, sizeof(what), "a number from %" PRId64 " to %" PRId64, min, max);
    if (!next(s) || !take_word(s, text, sizeof(text), what))
        return false;
    if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))
        *ret = strtoll(text, &end, 10);
    if (end == text || *end || *ret < min || *ret > max || (text[0] == '-' && !text[1]))
        return expected(s, what);
    return true;
}

static bool read_count(struct script *s, uint64_t min, uint64_t *ret)
{
    int64_t number = 0;

    if (!read_number(s, (int64_t)min, XE_SETTING_COUNT_MAX, &number))
        return false;
    *ret = (uint64_t)number;
    return true;
}

/* The word at hand. */
static bool take_button(struct script *s, uint32_t *buttons)
{
    char word[24], near[XE_NEAREST_TEXT];
    uint32_t bit;

    if (!take_word(s, word, sizeof(word), "a button"))
        return false;
    bit = xe_pad_button(word);
    if (!bit)
        return wrong(s, s->event.start_mark, "expected a button, found %s%s", shown(s).text,
                     xe_pad_near_button(word, near));
    *buttons |= bit;
    return true;
}

/* What is at hand: one button, or a list of them. */
static bool take_buttons(struct script *s, uint32_t *ret)
{
    *ret = 0;
    if (!is(s, YAML_SEQUENCE_START_EVENT))
        return take_button(s, ret);
    while (next(s) && !is(s, YAML_SEQUENCE_END_EVENT))
        if (!take_button(s, ret))
            return false;
    return is(s, YAML_SEQUENCE_END_EVENT);
}

/* ---- mappings ------------------------------------------------------------------------------- */

struct reading {
    struct xe_pad_event event;
    yaml_mark_t at;
};

/* A member of a mapping: its value comes next. */
struct member {
    const char *word;
    bool (*read)(struct script *s, struct reading *r, const struct member *member);
    uint32_t number; /* whatever `read` makes of it */
};

static bool unknown_member(struct script *s, const struct member *members, const char *word)
{
    struct xe_nearest nearest;
    char near[XE_NEAREST_TEXT];

    xe_nearest_init(&nearest, word);
    for (; members->word; members++)
        xe_nearest_offer(&nearest, members->word);
    return wrong(s, s->event.start_mark, "there is no %s here%s", shown(s).text,
                 xe_nearest_text(nearest.name, nearest.count, near));
}

/* The mapping at hand, to its end. *seen: bits of the members that it has. */
static bool take_mapping(struct script *s, struct reading *r, const struct member *members,
                         unsigned *seen)
{
    char word[24];

    *seen = 0;
    while (next(s) && !is(s, YAML_MAPPING_END_EVENT)) {
        unsigned i = 0;

        if (!take_word(s, word, sizeof(word), "a name"))
            return false;
        while (members[i].word && strcmp(members[i].word, word))
            i++;
        if (!members[i].word)
            return unknown_member(s, members, word);
        if (*seen >> i & 1)
            return wrong(s, s->event.start_mark, "%s stands here twice", shown(s).text);
        *seen |= 1u << i;
        if (!members[i].read(s, r, &members[i]))
            return false;
    }
    return is(s, YAML_MAPPING_END_EVENT);
}

static bool read_buttons(struct script *s, struct reading *r, const struct member *member)
{
    (void)member;
    return next(s) && take_buttons(s, &r->event.state.buttons);
}

#define PAD_AXIS(word, type, min, max, doc)                                                        \
    static bool read_##word(struct script *s, struct reading *r, const struct member *member)      \
    {                                                                                              \
        int64_t number = 0;                                                                        \
                                                                                                   \
        (void)member;                                                                              \
        if (!read_number(s, min, max, &number))                                                    \
            return false;                                                                          \
        r->event.state.word = (type)number;                                                        \
        return true;                                                                               \
    }
#include "xe/pads.def"

static const struct member state_members[] = {{"buttons", read_buttons, 0},
#define PAD_AXIS(word, type, min, max, doc) {#word, read_##word, 0},
#include "xe/pads.def"
                                              {NULL, NULL, 0}};

/* A state: buttons, or a mapping with everything that a pad has. */
static bool read_state(struct script *s, struct reading *r, const struct member *member)
{
    unsigned seen;

    r->event.act = member->number;
    if (!next(s))
        return false;
    if (is(s, YAML_MAPPING_START_EVENT))
        return take_mapping(s, r, state_members, &seen);
    return take_buttons(s, &r->event.state.buttons);
}

static bool read_lasting(struct script *s, struct reading *r, const struct member *member)
{
    r->event.lasts = member->number;
    return read_count(s, 1, &r->event.count);
}

static const struct member length_members[] = {
#define PAD_CLOCK(NAME, word, count, doc) {count, read_lasting, XE_PAD_##NAME},
#include "xe/pads.def"
    {NULL, NULL, 0}};

static bool read_length(struct script *s, struct reading *r, const struct member *member)
{
    unsigned seen = 0;

    (void)member;
    if (!next(s))
        return false;
    if (!is(s, YAML_MAPPING_START_EVENT))
        return expected(s, "how long, as {polls: 2}");
    if (!take_mapping(s, r, length_members, &seen))
        return false;
    return __builtin_popcount(seen) == 1 ||
           wrong(s, s->event.start_mark, "expected one of cycles, frames and polls");
}

/* ---- events --------------------------------------------------------------------------------- */

static bool read_clock(struct script *s, struct reading *r, const struct member *member)
{
    r->event.clock = member->number;
    return read_count(s, 0, &r->event.at);
}

static bool read_pad(struct script *s, struct reading *r, const struct member *member)
{
    int64_t number = 0;

    (void)member;
    if (!read_number(s, 1, XE_PADS, &number))
        return false;
    r->event.port = (uint32_t)number - 1;
    return true;
}

static bool read_plug(struct script *s, struct reading *r, const struct member *member)
{
    char word[8];

    r->event.act = member->number;
    return next(s) && take_word(s, word, sizeof(word), "true") &&
           (!strcmp(word, "true") || expected(s, "true"));
}

static bool read_key(struct script *s, struct reading *r, const struct member *member)
{
    char word[24], near[XE_NEAREST_TEXT];

    r->event.act = member->number;
    if (!next(s) || !take_word(s, word, sizeof(word), "a key"))
        return false;
    return xe_pad_key(word, &r->event.key) ||
           wrong(s, s->event.start_mark, "expected a key, found %s%s", shown(s).text,
                 xe_pad_near_key(word, near));
}

enum { PAD = XE_PAD_CLOCKS, FOR, PRESS, SET, CONNECT, DISCONNECT, KEY };
static const struct member members[] = {
#define PAD_CLOCK(NAME, word, count, doc) [XE_PAD_##NAME] = {word, read_clock, XE_PAD_##NAME},
#include "xe/pads.def"
    [PAD] = {"pad", read_pad, 0},
    [FOR] = {"for", read_length, 0},
    [PRESS] = {"press", read_state, XE_PAD_PRESS},
    [SET] = {"set", read_state, XE_PAD_SET},
    [CONNECT] = {"connect", read_plug, XE_PAD_CONNECT},
    [DISCONNECT] = {"disconnect", read_plug, XE_PAD_DISCONNECT},
    [KEY] = {"key", read_key, XE_PAD_KEY},
    {NULL, NULL, 0}};

#define CLOCKS ((1u << XE_PAD_CLOCKS) - 1)
#define ACTS   (1u << PRESS | 1u << SET | 1u << CONNECT | 1u << DISCONNECT | 1u << KEY)

/* Do its members go together? */
static bool check_event(struct script *s, struct reading *r, unsigned seen)
{
    bool lasts = seen & (1u << PRESS | 1u << KEY);

    if (__builtin_popcount(seen & CLOCKS) != 1)
        return wrong(s, r->at, "expected one of cycle, frame and poll in an event");
    if (__builtin_popcount(seen & ACTS) != 1)
        return wrong(s, r->at,
                     "expected one of press, set, connect, disconnect and key in an event");
    if (seen >> FOR & 1 && !lasts)
        return wrong(s, r->at, "only press and key have a 'for'");
    if (seen >> PAD & 1 && seen >> KEY & 1)
        return wrong(s, r->at, "a key is the keyboard's and has no 'pad'");
    if (lasts && !(seen >> FOR & 1)) {
        r->event.lasts = XE_PAD_POLL;
        r->event.count = 1;
    }
    if (seen >> KEY & 1)
        r->event.port = XE_PAD_KEYBOARD;
    return true;
}

static bool keep(struct script *s, const struct reading *r)
{
    if (s->count == XE_PAD_EVENTS_MAX)
        return wrong(s, r->at, "expected at most %u events", XE_PAD_EVENTS_MAX);
    if (s->count == s->capacity) {
        size_t want = s->capacity ? 2 * s->capacity : 16;
        struct xe_pad_event *grown = realloc(s->list, want * sizeof(*grown));

        if (!grown)
            return xe_error_set(s->err, XE_ERR_NO_MEMORY, "no memory for a script");
        s->list = grown;
        s->capacity = want;
    }
    s->list[s->count++] = r->event;
    return true;
}

/* The mapping at hand as an event. */
static bool take_event(struct script *s)
{
    struct reading r = {.at = s->event.start_mark};
    unsigned seen;

    if (!is(s, YAML_MAPPING_START_EVENT))
        return expected(s, "an event, as {cycle: 1000, press: [a]}");
    return take_mapping(s, &r, members, &seen) && check_event(s, &r, seen) && keep(s, &r);
}

static bool read_all(struct script *s)
{
    if (!next(s) || !next(s)) /* the stream begins, and its document */
        return false;
    if (!is(s, YAML_DOCUMENT_START_EVENT))
        return expected(s, "a list of events");
    if (!next(s))
        return false;
    if (!is(s, YAML_SEQUENCE_START_EVENT))
        return expected(s, "a list of events");
    while (next(s) && !is(s, YAML_SEQUENCE_END_EVENT))
        if (!take_event(s))
            return false;
    if (!is(s, YAML_SEQUENCE_END_EVENT) || !next(s) || !next(s)) /* and ends */
        return false;
    return is(s, YAML_STREAM_END_EVENT) || expected(s, "the end");
}

bool xe__session_script_read(const char *text, size_t size, const char *file,
                             struct xe_pad_event **ret, size_t *ret_count, struct xe_error *err)
{
    struct script s = {.file = file, .err = err};
    bool ok;

    if (size > XE_SCRIPT_MAX)
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "%s: has %zu bytes, expected at most %u",
                            file, size, XE_SCRIPT_MAX);
    if (!yaml_parser_initialize(&s.parser))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a script");
    yaml_parser_set_encoding(&s.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&s.parser, (const unsigned char *)text, size);
    ok = read_all(&s);
    yaml_event_delete(&s.event);
    yaml_parser_delete(&s.parser);
    if (!ok) {
        free(s.list);
        return false;
    }
    *ret = s.list;
    *ret_count = s.count;
    return true;
}
