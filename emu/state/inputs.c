/* Keeping, checking, saving an input log; see inputs.h. */
#include "state/inputs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define HAS(NAME) (1u << XE_INPUT_FIELD_##NAME)

int xe_inputs_order(uint64_t cycle, uint64_t idle, uint64_t than_cycle, uint64_t than_idle)
{
    if (cycle != than_cycle)
        return cycle < than_cycle ? -1 : 1;
    return idle < than_idle ? -1 : idle > than_idle;
}

static void empty(struct xe_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        xe_free(inputs->input[i].bytes.data);
    xe_free(inputs->input);
    xe_free(inputs->point);
    *inputs = (struct xe_inputs){0};
}

void xe_inputs_fini(struct xe_inputs *inputs)
{
    empty(inputs);
}

/* ---- recording ------------------------------------------------------------------------------ */

static size_t cost_of(const struct xe_input *input)
{
    int more = __builtin_popcount(xe_input_has(input->kind)) - 3;

    return XE_INPUT_COST + 2 * (size_t)input->bytes.size +
           (more > 0 ? (size_t)more * XE_INPUT_COST_FIELD : 0);
}

bool xe_inputs_has_room(const struct xe_inputs *inputs, const struct xe_input *input, size_t count,
                        struct xe_error *err)
{
    return count <= (XE_INPUTS_COST_MAX - inputs->cost) / cost_of(input) ||
           xe_error_set(err, XE_ERR_QUOTA_EXCEEDED,
                        "the input log is full: %zu inputs, and no room for %u bytes more",
                        inputs->count, input->bytes.size);
}

bool xe_inputs_add(struct xe_inputs *inputs, const struct xe_input *input, struct xe_error *err)
{
    struct xe_input copy = *input;

    if (!xe_inputs_has_room(inputs, input, 1, err))
        return false;
    copy.bytes.data = (uint8_t *)xe_memdup(input->bytes.data, input->bytes.size);
    if (!copy.bytes.data ||
        !xe_grow(&inputs->input, &inputs->capacity, inputs->count, sizeof(copy))) {
        xe_free(copy.bytes.data);
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the input log");
    }
    inputs->input[inputs->count++] = copy;
    inputs->cost += cost_of(input);
    return true;
}

void xe_inputs_drop(struct xe_inputs *inputs)
{
    struct xe_input *last = &inputs->input[--inputs->count];

    inputs->cost -= cost_of(last);
    xe_free(last->bytes.data);
}

/* What was the end's digest would stand before the inputs of its place, but was taken after. */
void xe_inputs_go_on(struct xe_inputs *inputs)
{
    inputs->replay = XE_REPLAY_NONE;
    inputs->next = inputs->next_point = 0;
    inputs->points--;
}

struct xe_input_point xe_input_point_make(uint64_t cycle, uint64_t idle,
                                          const struct xe_digest *digest)
{
    struct xe_input_point point = {.cycle = cycle, .idle = idle, .components = digest->components};

    memcpy(point.hash, digest->hash, sizeof(point.hash));
    for (uint32_t i = 0; i < digest->components; i++) {
        snprintf(point.component[i].name, sizeof(point.component[i].name), "%s",
                 digest->component[i].name);
        memcpy(point.component[i].hash, digest->component[i].hash, 16);
    }
    return point;
}

/* Halves them, but keeps the last. */
static void thin_out(struct xe_inputs *inputs)
{
    size_t kept = 0;

    for (size_t i = 0; i < inputs->points; i++)
        if (i % 2 == 0 || i + 1 == inputs->points)
            inputs->point[kept++] = inputs->point[i];
    inputs->points = kept;
}

bool xe_inputs_add_point(struct xe_inputs *inputs, const struct xe_input_point *point,
                         struct xe_error *err)
{
    if (inputs->points >= XE_INPUT_POINTS_MAX)
        thin_out(inputs);
    if (!xe_grow(&inputs->point, &inputs->point_capacity, inputs->points, sizeof(*point)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the input log");
    inputs->point[inputs->points++] = *point;
    return true;
}

/* ---- what comes from elsewhere -------------------------------------------------------------- */

/* Is something there that is more than nothing? */
#define SAYS_INT(field)   ((field) != 0)
#define SAYS_HEX(field)   ((field) != 0)
#define SAYS_SINT(field)  ((field) != 0)
#define SAYS_COUNT(field) ((field) != 0)
#define SAYS_TEXT(field)  ((field)[0] != 0)
#define SAYS_BYTES(field) ((field).size != 0)
/* May a field that the kind has say nothing? */
#define MAY_INT                true
#define MAY_HEX                true
#define MAY_SINT               true
#define MAY_COUNT              true
#define MAY_TEXT               false
#define MAY_BYTES              false
#define FITS_INT(field, max)   ((uint64_t)(field) <= (max))
#define FITS_HEX(field, max)   ((uint64_t)(field) <= (max))
#define FITS_SINT(field, max)  ((field) <= (max))
#define FITS_COUNT(field, max) ((field) <= (max))
#define FITS_TEXT(field, max)  (memchr((field), 0, sizeof(field)) != NULL)
#define FITS_BYTES(field, max) ((field).size <= (max))

/* NULL: nothing is wrong with it. */
static const char *wrong_fields(const struct xe_input *input)
{
    unsigned has = xe_input_has(input->kind);

    if (input->kind >= XE_INPUT_KINDS)
        return "no such kind";
#define INPUT_FIELD(NAME, name, type, min, max, doc)                                               \
    if (SAYS_##type(input->name) && !(has & HAS(NAME)))                                            \
        return #name ": its kind has none";                                                        \
    if (!SAYS_##type(input->name) && (has & HAS(NAME)) && !MAY_##type)                             \
        return #name ": is missing";                                                               \
    if (!FITS_##type(input->name, max))                                                            \
        return #name ": too much";
#include "xe/inputs.def"
    return NULL;
}

static bool malformed(struct xe_error *err, const char *what, size_t i, const char *why)
{
    return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "%s[%zu]: %s", what, i, why);
}

static bool check_inputs(const struct xe_input_log *log, struct xe_error *err)
{
    for (size_t i = 0; i < log->inputs; i++) {
        const struct xe_input *input = &log->input[i], *last = i ? input - 1 : input;
        const char *wrong = wrong_fields(input);

        if (wrong)
            return malformed(err, "inputs", i, wrong);
        if (xe_inputs_order(last->cycle, last->idle, input->cycle, input->idle) > 0)
            return malformed(err, "inputs", i, "before the one in front of it");
        if (xe_inputs_order(input->cycle, input->idle, log->end.cycle, log->end.idle) > 0)
            return malformed(err, "inputs", i, "behind the log's end");
    }
    return true;
}

static bool check_points(const struct xe_input_log *log, struct xe_error *err)
{
    if (log->points > XE_INPUT_POINTS_MAX)
        return malformed(err, "points", XE_INPUT_POINTS_MAX, "too many");
    for (size_t i = 0; i < log->points; i++) {
        const struct xe_input_point *point = &log->point[i], *last = i ? point - 1 : point;

        if (i && xe_inputs_order(last->cycle, last->idle, point->cycle, point->idle) >= 0)
            return malformed(err, "points", i, "not behind the one in front of it");
        if (xe_inputs_order(point->cycle, point->idle, log->end.cycle, log->end.idle) > 0)
            return malformed(err, "points", i, "behind the log's end");
        if (point->components > XE_DIGEST_COMPONENTS)
            return malformed(err, "points", i, "too many components");
    }
    return log->end.components <= XE_DIGEST_COMPONENTS ||
           malformed(err, "points", log->points, "too many components");
}

bool xe_inputs_take(struct xe_inputs *inputs, const struct xe_input_log *log, struct xe_error *err)
{
    bool ok = check_inputs(log, err) && check_points(log, err);

    for (size_t i = 0; ok && i < log->inputs; i++)
        ok = xe_inputs_add(inputs, &log->input[i], err);
    for (size_t i = 0; ok && i < log->points; i++)
        ok = xe_inputs_add_point(inputs, &log->point[i], err);
    /* The end is one point more than a recording may have. */
    if (ok && !xe_grow(&inputs->point, &inputs->point_capacity, inputs->points, sizeof(log->end)))
        ok = xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the input log");
    if (!ok)
        return false;
    inputs->point[inputs->points++] = log->end;
    inputs->replay = XE_REPLAY_PLAYING;
    return true;
}

/* ---- state ---------------------------------------------------------------------------------- */

static void bytes_state(struct xe_codec *c, struct xe_input_bytes *bytes)
{
    const uint8_t *there;

    bytes->size = (uint32_t)xe_codec_count(c, "bytes", bytes->size, XE_INPUT_BYTES_MAX, 1);
    if (c->stopped || !bytes->size)
        return;
    if (!xe_codec_loading(c)) {
        xe_codec_bytes(c, "bytes", bytes->data, bytes->size);
        return;
    }
    there = xe_codec_read(c, bytes->size);
    bytes->data = there ? (uint8_t *)xe_memdup(there, bytes->size) : NULL;
    if (there && !bytes->data)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for the input log");
}

#define STATE_INT(c, input, name)   XE_CODEC(c, (input)->name)
#define STATE_HEX(c, input, name)   XE_CODEC(c, (input)->name)
#define STATE_SINT(c, input, name)  XE_CODEC(c, (input)->name)
#define STATE_COUNT(c, input, name) XE_CODEC(c, (input)->name)
#define STATE_TEXT(c, input, name)  xe_codec_text(c, #name, (input)->name, sizeof((input)->name))
#define STATE_BYTES(c, input, name) bytes_state(c, &(input)->name)

static void input_state(struct xe_codec *c, struct xe_input *input)
{
    XE_CODEC(c, input->cycle);
    XE_CODEC(c, input->idle);
    xe_codec_enum(c, "kind", &input->kind, XE_INPUT_KINDS);
#define INPUT_FIELD(NAME, name, type, min, max, doc) STATE_##type(c, input, name);
#include "xe/inputs.def"
}

static void point_state(struct xe_codec *c, struct xe_input_point *point)
{
    XE_CODEC(c, point->cycle);
    XE_CODEC(c, point->idle);
    xe_codec_bytes(c, "hash", point->hash, sizeof(point->hash));
    xe_codec_up_to(c, "components", &point->components, XE_DIGEST_COMPONENTS);
    for (uint32_t i = 0; i < point->components && !c->stopped; i++) {
        xe_codec_text(c, "component", point->component[i].name, sizeof(point->component[i].name));
        xe_codec_bytes(c, "hash", point->component[i].hash, 16);
    }
}

/* One more, zeroed, when loading; the i-th is there otherwise. */
static void *place_for(struct xe_codec *c, void *items, size_t *capacity, size_t *n, size_t i,
                       size_t size)
{
    void **base = items;

    if (xe_codec_loading(c)) {
        if (!xe_grow(items, capacity, i, size)) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for the input log");
            return NULL;
        }
        memset((char *)*base + i * size, 0, size);
        *n = i + 1;
    }
    return (char *)*base + i * size;
}

static void lists_state(struct xe_codec *c, struct xe_inputs *inputs)
{
    size_t n = xe_codec_count(c, "inputs", inputs->count, XE_INPUTS_COST_MAX / XE_INPUT_COST, 36);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        struct xe_input *input =
            place_for(c, &inputs->input, &inputs->capacity, &inputs->count, i, sizeof(*input));

        if (input)
            input_state(c, input);
        if (input && xe_codec_loading(c))
            inputs->cost += cost_of(input);
    }
    n = xe_codec_count(c, "points", inputs->points, XE_INPUT_POINTS_MAX + 1, 36);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        struct xe_input_point *point = place_for(c, &inputs->point, &inputs->point_capacity,
                                                 &inputs->points, i, sizeof(*point));

        if (point)
            point_state(c, point);
    }
}

static void replay_state(struct xe_codec *c, struct xe_inputs *inputs)
{
    uint64_t next = inputs->next, next_point = inputs->next_point;

    xe_codec_enum(c, "replay", &inputs->replay, XE_REPLAY_STATES);
    xe_codec_u64(c, "next", &next);
    xe_codec_u64(c, "next_point", &next_point);
    XE_CODEC(c, inputs->equal_cycle);
    XE_CODEC(c, inputs->difference.cycle);
    xe_codec_text(c, "component", inputs->difference.component,
                  sizeof(inputs->difference.component));
    xe_codec_text(c, "text", inputs->difference.text, sizeof(inputs->difference.text));
    if (!xe_codec_loading(c))
        return;
    xe_codec_want(c, next <= inputs->count && next_point <= inputs->points,
                  "%" PRIu64 " of %zu inputs are played", next, inputs->count);
    xe_codec_want(c, inputs->replay != XE_REPLAY_PLAYING || next_point < inputs->points,
                  "it plays a log without an end");
    inputs->next = (size_t)next;
    inputs->next_point = (size_t)next_point;
}

/* What was loaded has to be a log; a recording has no end yet. */
static void check_loaded(struct xe_codec *c, const struct xe_inputs *inputs)
{
    bool played = inputs->replay != XE_REPLAY_NONE && inputs->points;
    struct xe_input_log log = {.input = inputs->input,
                               .inputs = inputs->count,
                               .point = inputs->point,
                               .points = inputs->points - played};
    struct xe_error err = XE_ERROR_INIT;

    if (c->stopped)
        return;
    log.end = played ? inputs->point[inputs->points - 1]
                     : (struct xe_input_point){.cycle = UINT64_MAX, .idle = UINT64_MAX};
    if (inputs->cost > XE_INPUTS_COST_MAX || !check_inputs(&log, &err) || !check_points(&log, &err))
        xe_codec_want(c, false, "no input log: %s", err.code ? err.text : "too large");
}

void xe_inputs_state(struct xe_codec *c, struct xe_inputs *inputs)
{
    if (!xe_codec_section_beside(c, "inputs"))
        return;
    if (xe_codec_loading(c))
        empty(inputs);
    XE_CODEC(c, inputs->recording);
    xe_codec_enum(c, "taint", &inputs->taint.reason, XE_TAINT_REASONS);
    XE_CODEC(c, inputs->taint.cycle);
    lists_state(c, inputs);
    replay_state(c, inputs);
    if (xe_codec_loading(c))
        check_loaded(c, inputs);
    xe_codec_beside(c, false);
}
