#include "rpc/api/inputs_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/json_bits.h"
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define HAS(NAME) (1u << XE_INPUT_FIELD_##NAME)

/* ---- out ------------------------------------------------------------------------------------ */

#define DIGITS_INT(value)   NULL
#define DIGITS_HEX(value)   NULL
#define DIGITS_SINT(value)  NULL
#define DIGITS_COUNT(value) NULL
#define DIGITS_TEXT(value)  NULL
#define DIGITS_BYTES(value) xe__rpc_hex_text((value).data, (value).size)

static json_t *input_json(const struct xe_input *input)
{
    struct xe_rpc_input_view view = {.input = *input, .kind = xe_input_name(input->kind)};
    unsigned has = xe_input_has(input->kind);
    char *digits[XE_INPUT_FIELDS];
    json_t *json;

#define INPUT_FIELD(NAME, name, type, min, max, doc)                                               \
    view.has[XE_INPUT_FIELD_##NAME] = has & HAS(NAME);                                             \
    digits[XE_INPUT_FIELD_##NAME] = DIGITS_##type(input->name);
#include "xe/inputs.def"
    memcpy(view.digits, digits, sizeof(digits));
    json = xe_rpc_write(&xe_rpc_input, &view);
    for (int i = 0; i < XE_INPUT_FIELDS; i++)
        free(digits[i]);
    return json;
}

static json_t *point_json(const struct xe_input_point *point)
{
    struct xe_rpc_input_point_view view = {
        .cycle = point->cycle, .idle = point->idle, .components = json_object()};
    char text[XE_DIGEST_TEXT];
    json_t *json;

    xe_digest_text(point->hash, view.digest);
    for (uint32_t i = 0; i < point->components; i++) {
        xe_digest_text(point->component[i].hash, text);
        json_object_set_new(view.components, point->component[i].name, json_string(text));
    }
    json = xe_rpc_write(&xe_rpc_input_point, &view);
    json_decref(view.components);
    return json;
}

json_t *xe__rpc_inputs_json(const struct xe_title_info *title, json_t *config, json_t *mounts,
                            const struct xe_input_log *log)
{
    struct xe_rpc_input_log_view view = {
        .title = *title,
        .has_others = memcmp(title->identity, title->sha256, sizeof(title->sha256)) != 0,
        .config = config,
        .mounts = mounts,
        .inputs = json_array(),
        .points = json_array(),
        .end = point_json(&log->end)};
    json_t *json;

    for (size_t i = 0; i < log->inputs; i++)
        json_array_append_new(view.inputs, input_json(&log->input[i]));
    for (size_t i = 0; i < log->points; i++)
        json_array_append_new(view.points, point_json(&log->point[i]));
    json = xe_rpc_write(&xe_rpc_input_log, &view);
    json_decref(view.inputs);
    json_decref(view.points);
    json_decref(view.end);
    return json;
}

/* ---- in ------------------------------------------------------------------------------------- */

static bool malformed(struct xe_error *err, const char *what, size_t i, const char *why)
{
    return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "log.%s[%zu]%s", what, i, why);
}

static bool read_bytes(const json_t *value, struct xe_input_bytes *ret)
{
    size_t size = json_string_length(value) / 2;

    ret->data = malloc(size + 1);
    ret->size = (uint32_t)size;
    return ret->data && xe__rpc_hex_read(json_string_value(value), ret->data, size);
}

static bool read_text(const json_t *value, char *ret, size_t size)
{
    return snprintf(ret, size, "%s", json_string_value(value)) < (int)size;
}

static bool read_hex(const json_t *value, uint32_t *ret)
{
    uint64_t number = 0;
    bool ok = xe_rpc_hex_value(value, &number);

    *ret = (uint32_t)number;
    return ok;
}

static bool read_int(const json_t *value, uint32_t *ret)
{
    *ret = (uint32_t)json_integer_value(value);
    return true;
}

static bool read_sint(const json_t *value, int32_t *ret)
{
    *ret = (int32_t)json_integer_value(value);
    return true;
}

static bool read_count(const json_t *value, uint64_t *ret)
{
    *ret = (uint64_t)json_integer_value(value);
    return true;
}

#define GET_SINT(value, input, name)  read_sint(value, &(input)->name)
#define GET_COUNT(value, input, name) read_count(value, &(input)->name)
#define GET_INT(value, input, name)   read_int(value, &(input)->name)
#define GET_HEX(value, input, name)   read_hex(value, &(input)->name)
#define GET_TEXT(value, input, name)  read_text(value, (input)->name, sizeof((input)->name))
#define GET_BYTES(value, input, name) read_bytes(value, &(input)->name)

static void read_place(const json_t *json, uint64_t *cycle, uint64_t *idle)
{
    *cycle = (uint64_t)json_integer_value(json_object_get(json, "cycle"));
    xe_rpc_hex_value(json_object_get(json, "idle"), idle);
}

static bool read_input(const json_t *json, size_t i, struct xe_input *ret, struct xe_error *err)
{
    const char *kind = json_string_value(json_object_get(json, "kind"));
    unsigned has;

    read_place(json, &ret->cycle, &ret->idle);
    while (ret->kind < XE_INPUT_KINDS - 1 && strcmp(kind, xe_input_name(ret->kind)))
        ret->kind++;
    has = xe_input_has(ret->kind);
#define INPUT_FIELD(NAME, name, type, min, max, doc)                                               \
    if (!json_object_get(json, #name) != !(has & HAS(NAME)))                                       \
        return malformed(err, "inputs", i,                                                         \
                         has & HAS(NAME) ? "." #name ": is missing"                                \
                                         : "." #name ": its kind has none");                       \
    if ((has & HAS(NAME)) && !GET_##type(json_object_get(json, #name), ret, name))                 \
        return malformed(err, "inputs", i, "." #name ": is malformed");
#include "xe/inputs.def"
    return true;
}

/* "xd5:" and 32 digits. */
static bool read_digest(const json_t *value, uint8_t hash[16])
{
    const char *text = json_string_value(value);
    const size_t head = strlen(XE_DIGEST_VERSION ":");

    return text && !strncmp(text, XE_DIGEST_VERSION ":", head) &&
           xe__rpc_hex_read(text + head, hash, 16);
}

static bool read_point(const json_t *json, struct xe_input_point *ret)
{
    const char *name;
    json_t *value;

    read_place(json, &ret->cycle, &ret->idle);
    if (!read_digest(json_object_get(json, "digest"), ret->hash))
        return false;
    json_object_foreach((json_t *)(uintptr_t)json_object_get(json, "components"), name, value)
    {
        if (ret->components == XE_DIGEST_COMPONENTS ||
            snprintf(ret->component[ret->components].name, 16, "%s", name) >= 16 ||
            !read_digest(value, ret->component[ret->components].hash))
            return false;
        ret->components++;
    }
    return true;
}

static bool read_lists(const json_t *inputs, const json_t *points, struct xe_input *input,
                       struct xe_input_point *point, struct xe_input_log *ret, struct xe_error *err)
{
    for (; ret->inputs < json_array_size(inputs); ret->inputs++)
        if (!read_input(json_array_get(inputs, ret->inputs), ret->inputs, &input[ret->inputs],
                        err)) {
            ret->inputs++; /* whose bytes may be there */
            return false;
        }
    for (; ret->points < json_array_size(points); ret->points++)
        if (!read_point(json_array_get(points, ret->points), &point[ret->points]))
            return malformed(err, "points", ret->points,
                             ": expected digests of version " XE_DIGEST_VERSION);
    return true;
}

bool xe__rpc_inputs_read(const json_t *json, struct xe_input_log *ret, struct xe_error *err)
{
    const json_t *inputs = json_object_get(json, "inputs"),
                 *points = json_object_get(json, "points");
    struct xe_input *input = calloc(json_array_size(inputs) + 1, sizeof(*input));
    struct xe_input_point *point = calloc(json_array_size(points) + 1, sizeof(*point));

    *ret = (struct xe_input_log){.input = input, .point = point};
    if (!input || !point)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for an input log");
    if (!read_lists(inputs, points, input, point, ret, err))
        return false;
    return read_point(json_object_get(json, "end"), &ret->end) ||
           xe_error_set(err, XE_ERR_SCRIPT_MALFORMED,
                        "log.end: expected digests of version " XE_DIGEST_VERSION);
}

void xe__rpc_inputs_free(struct xe_input_log *log)
{
    for (size_t i = 0; i < log->inputs; i++)
        free(log->input[i].bytes.data);
    free(log->input);
    free((struct xe_input_point *)(uintptr_t)log->point);
}
