/* The configuration file, read as a stream of YAML events; see config.h. There is one form for each
 * thing, so nothing is built in between, and depth needs no bound of its own. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <yaml.h>

#include "daemon/config.h"
#include "xe/nearest.h"

struct reader {
    struct xe_config *config;
    yaml_parser_t parser;
    yaml_event_t event; /* the one at hand; of type NO_EVENT before the first */
    struct xe_error *err;
};

/* ---- errors -----------------------------------------------------------------------------------
 */

bool xe_config_place(const struct xe_config *config, struct xe_config_mark mark,
                     struct xe_error *err)
{
    if (mark.line && config->file)
        xe_error_prefix(err, "%s:%zu:%zu", config->file, mark.line, mark.column);
    return false;
}

/* Without what a terminal would obey. */
static void printable(char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7E)
            *text = '?';
}

static struct xe_config_mark mark_of(yaml_mark_t at)
{
    return (struct xe_config_mark){at.line + 1, at.column + 1};
}

__attribute__((format(printf, 3, 4))) static bool wrong(struct reader *r, yaml_mark_t at,
                                                        const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    printable(text);
    xe_error_set(r->err, XE_ERR_CONFIG_INVALID, "%s", text);
    return xe_config_place(r->config, mark_of(at), r->err);
}

/* What stands there, cut, so that it can be shown. */
static const char *shown(const yaml_event_t *event, char text[48])
{
    static const char *const kinds[] = {
        [YAML_STREAM_END_EVENT] = "the end",       [YAML_DOCUMENT_END_EVENT] = "the end",
        [YAML_SEQUENCE_START_EVENT] = "a list",    [YAML_SEQUENCE_END_EVENT] = "the list's end",
        [YAML_MAPPING_START_EVENT] = "a mapping",  [YAML_MAPPING_END_EVENT] = "the mapping's end",
        [YAML_DOCUMENT_START_EVENT] = "a document"};
    size_t size;

    if (event->type != YAML_SCALAR_EVENT)
        return kinds[event->type];
    size = event->data.scalar.length < 40 ? event->data.scalar.length : 40;
    snprintf(text, 48, "'%.*s'", (int)size, (const char *)event->data.scalar.value);
    printable(text);
    return text;
}

static bool expected(struct reader *r, const char *what)
{
    char text[48];

    return wrong(r, r->event.start_mark, "expected %s, found %s", what, shown(&r->event, text));
}

/* ---- the stream -------------------------------------------------------------------------------
 */

static bool broken(struct reader *r)
{
    const char *problem = r->parser.problem ? r->parser.problem : "no YAML";

    if (r->parser.error == YAML_MEMORY_ERROR)
        return xe_error_set(r->err, XE_ERR_NO_MEMORY, "no memory for a configuration");
    if (r->parser.error == YAML_READER_ERROR)
        return xe_error_set(r->err, XE_ERR_CONFIG_INVALID, "%s: %s, at byte %zu", r->config->file,
                            problem, r->parser.problem_offset);
    return wrong(r, r->parser.problem_mark, "%s", problem);
}

/* Names for parts of a file, and types, mean nothing here. */
static bool is_plain(struct reader *r)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;

    if (r->event.type == YAML_SCALAR_EVENT) {
        anchor = r->event.data.scalar.anchor;
        tag = r->event.data.scalar.tag;
    } else if (r->event.type == YAML_SEQUENCE_START_EVENT) {
        anchor = r->event.data.sequence_start.anchor;
        tag = r->event.data.sequence_start.tag;
    } else if (r->event.type == YAML_MAPPING_START_EVENT) {
        anchor = r->event.data.mapping_start.anchor;
        tag = r->event.data.mapping_start.tag;
    }
    if (anchor || r->event.type == YAML_ALIAS_EVENT)
        return wrong(r, r->event.start_mark, "anchors and aliases are refused");
    return !tag || wrong(r, r->event.start_mark, "tags are refused");
}

static bool next(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event))
        return broken(r);
    return is_plain(r);
}

static bool is(const struct reader *r, yaml_event_type_t type)
{
    return r->event.type == type;
}

/* The scalar at hand; NULL: it is none, or has a NUL. */
static const char *scalar(const struct reader *r)
{
    const yaml_event_t *event = &r->event;

    if (!is(r, YAML_SCALAR_EVENT) || memchr(event->data.scalar.value, 0, event->data.scalar.length))
        return NULL;
    return (const char *)event->data.scalar.value;
}

/* ---- keys and values --------------------------------------------------------------------------
 */

static bool unknown_key(struct reader *r, const char *name)
{
    const char *names[XE_CONFIG_KEYS], *near[XE_NEAREST_MAX];
    char hint[XE_NEAREST_TEXT], text[48];

    for (int i = 0; i < XE_CONFIG_KEYS; i++)
        names[i] = xe_config_rows[i].name;
    return wrong(r, r->event.start_mark, "unknown key %s%s", shown(&r->event, text),
                 xe_nearest_text(near, xe_nearest(name, names, XE_CONFIG_KEYS, near), hint));
}

/* The key at hand; XE_CONFIG_KEYS with the error set: there is none of that name. */
static enum xe_config_key take_key(struct reader *r)
{
    const char *name = scalar(r);

    if (!name) {
        expected(r, "a key");
        return XE_CONFIG_KEYS;
    }
    for (int i = 0; i < XE_CONFIG_KEYS; i++)
        if (!strcmp(xe_config_rows[i].name, name)) {
            if (!r->config->given[i])
                return (enum xe_config_key)i;
            wrong(r, r->event.start_mark, "%s is there a second time; the first is in line %zu",
                  name, r->config->mark[i].line);
            return XE_CONFIG_KEYS;
        }
    unknown_key(r, name);
    return XE_CONFIG_KEYS;
}

static bool take_value(struct reader *r, enum xe_config_key key)
{
    struct xe_error err = XE_ERROR_INIT;
    const char *text = scalar(r);

    if (!text)
        return expected(r, xe_config_rows[key].kind == XE_CONFIG_LIST ? "a text" : "one value");
    if (xe_config_set(r->config, key, text, mark_of(r->event.start_mark), &err))
        return true;
    return wrong(r, r->event.start_mark, "%s: %s", xe_config_rows[key].name, err.text);
}

static bool read_value(struct reader *r, enum xe_config_key key)
{
    if (!next(r))
        return false;
    if (xe_config_rows[key].kind != XE_CONFIG_LIST)
        return take_value(r, key);
    if (!is(r, YAML_SEQUENCE_START_EVENT))
        return expected(r, "a list");
    r->config->given[key] = true;
    r->config->mark[key] = mark_of(r->event.start_mark);
    while (next(r) && !is(r, YAML_SEQUENCE_END_EVENT))
        if (!take_value(r, key))
            return false;
    return is(r, YAML_SEQUENCE_END_EVENT);
}

static bool read_mapping(struct reader *r)
{
    while (next(r) && !is(r, YAML_MAPPING_END_EVENT)) {
        enum xe_config_key key = take_key(r);

        if (key == XE_CONFIG_KEYS || !read_value(r, key))
            return false;
    }
    return is(r, YAML_MAPPING_END_EVENT);
}

/* An empty file, or one mapping. */
static bool read_stream(struct reader *r)
{
    if (!next(r) || !next(r))
        return false;
    if (is(r, YAML_STREAM_END_EVENT))
        return true;
    if (!next(r))
        return false;
    if (!is(r, YAML_MAPPING_START_EVENT))
        return expected(r, "a mapping of keys to values");
    if (!read_mapping(r) || !next(r) || !next(r))
        return false;
    return is(r, YAML_STREAM_END_EVENT) || expected(r, "one document");
}

bool xe_config_parse(struct xe_config *config, const char *file, const char *text, size_t size,
                     struct xe_error *err)
{
    struct reader r = {.config = config, .err = err};
    bool ok;

    config->file = file;
    if (size > XE_CONFIG_FILE_MAX)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "%s: expected at most %u bytes", file,
                            XE_CONFIG_FILE_MAX);
    if (!yaml_parser_initialize(&r.parser))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a configuration");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, size);
    ok = read_stream(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return ok;
}

bool xe_config_load(struct xe_config *config, const char *file, struct xe_error *err)
{
    char *text = malloc(XE_CONFIG_FILE_MAX + 1);
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t size = 0;
    ssize_t n = -1;
    bool ok;

    while (text && fd >= 0 && size <= XE_CONFIG_FILE_MAX &&
           (n = read(fd, text + size, XE_CONFIG_FILE_MAX + 1 - size)) > 0)
        size += (size_t)n;
    if (n < 0)
        ok = xe_error_set(err, XE_ERR_CONFIG_INVALID, "configuration '%s': %s", file,
                          strerror(errno));
    else
        ok = xe_config_parse(config, file, text, size, err);
    if (fd >= 0)
        close(fd);
    free(text);
    return ok;
}
