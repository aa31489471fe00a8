/* A value as a YAML document, by libyaml. Strings that another reader might take for something else
 * (no, 0x10, 1e3, ~) are quoted; control characters and what isn't ASCII are escaped. */
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "clients/ctl/ctl.h"

/* Does it begin with a letter, and is it a word that means nothing else? */
static bool is_plain(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/",
                      rest[] = "0123456789-._/() ";
    static const char *const words[] = {"true", "false", "yes", "no", "on",
                                        "off",  "null",  "y",   "n",  NULL};

    for (const char *const *word = words; *word; word++)
        if (!strcasecmp(text, *word))
            return false;
    for (const char *c = text; *c; c++)
        if (!strchr(first, *c) && (c == text || !strchr(rest, *c)))
            return false;
    return *text && text[strlen(text) - 1] != ' ';
}

static bool put_scalar(yaml_emitter_t *to, const char *text, bool plain)
{
    yaml_event_t event;
    yaml_scalar_style_t style = plain ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE;

    return yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                        (int)strlen(text), 1, 1, style) &&
           yaml_emitter_emit(to, &event);
}

static bool put_value(yaml_emitter_t *to, const json_t *value);

static bool put_members(yaml_emitter_t *to, const json_t *object)
{
    yaml_event_t event;
    const char *name;
    json_t *member;
    bool ok =
        yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE) &&
        yaml_emitter_emit(to, &event);

    json_object_foreach((json_t *)object, name, member) ok =
        ok && put_scalar(to, name, is_plain(name)) && put_value(to, member);
    return ok && yaml_mapping_end_event_initialize(&event) && yaml_emitter_emit(to, &event);
}

static bool put_items(yaml_emitter_t *to, const json_t *array)
{
    yaml_event_t event;
    const json_t *item;
    size_t i;
    bool ok =
        yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE) &&
        yaml_emitter_emit(to, &event);

    json_array_foreach(array, i, item) ok = ok && put_value(to, item);
    return ok && yaml_sequence_end_event_initialize(&event) && yaml_emitter_emit(to, &event);
}

static bool put_value(yaml_emitter_t *to, const json_t *value)
{
    char number[64];

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_members(to, value);
    case JSON_ARRAY:
        return put_items(to, value);
    case JSON_STRING:
        return put_scalar(to, json_string_value(value), is_plain(json_string_value(value)));
    case JSON_INTEGER:
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return put_scalar(to, number, true);
    case JSON_REAL:
        snprintf(number, sizeof(number), "%.17g", json_real_value(value));
        return put_scalar(to, number, true);
    default:
        return put_scalar(to,
                          json_is_null(value)   ? "null"
                          : json_is_true(value) ? "true"
                                                : "false",
                          true);
    }
}

void ctl_print_yaml(FILE *to, const json_t *value)
{
    yaml_emitter_t emitter;
    yaml_event_t event;
    bool ok = yaml_emitter_initialize(&emitter);

    if (ok) {
        yaml_emitter_set_output_file(&emitter, to);
        yaml_emitter_set_width(&emitter, -1);
    }
    ok = ok && yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) &&
         yaml_emitter_emit(&emitter, &event) &&
         yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 0) &&
         yaml_emitter_emit(&emitter, &event) && put_value(&emitter, value) &&
         yaml_document_end_event_initialize(&event, 1) && yaml_emitter_emit(&emitter, &event) &&
         yaml_stream_end_event_initialize(&event) && yaml_emitter_emit(&emitter, &event);
    if (!ok)
        ctl_fail("the result can't be written as YAML");
    yaml_emitter_delete(&emitter);
}
