/* Fuzz target: states that only look as if they had been saved. An input is a title's number and
 * its state up to memory; memory is added here, as the title has it. What passes the checks is
 * looked at from all sides, kept as a snapshot (whose head is right then), run, and loaded again
 * from there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/reader.h"
#include "rpc/report/audit_json.h"
#include "rpc/report/diagnostic_json.h"
#include "rpc/report/explain_json.h"
#include "rpc/report/graph_json.h"
#include "rpc/report/milestones_json.h"
#include "tests/support/fuzz.h"
#include "tests/support/titles.h"
#include "xe/pads.h"

#define CYCLES     3000 /* that a loaded state runs */
#define TITLES     (sizeof(title) / sizeof(title[0]))
#define SECTIONS   32
#define SIZE_BYTES 8

#ifdef XE_SANITIZERS
const int fuzz_rounds = 100;
#else
const int fuzz_rounds = 300;
#endif

/* Which titles, and where in them: between them they have objects of all classes, in all uses. */
static struct {
    const char *name;
    uint64_t cycles;
    struct xe_instance *instance; /* owned; has the title loaded, and whatever came last */
    uint8_t *state;               /* owned; as it was saved           */
    size_t size, memory;          /* of it; where memory begins there */
} title[] = {{.name = "apcs", .cycles = 60000},    {.name = "timers", .cycles = 60000},
             {.name = "queues", .cycles = 60000},  {.name = "dpc", .cycles = 40000},
             {.name = "mutants", .cycles = 50000}, {.name = "obligation", .cycles = 60000},
             {.name = "locks", .cycles = 50000},   {.name = "suspend", .cycles = 40000},
             {.name = "pads", .cycles = 2000}};

/* Of controllers: some wait, some go on, some are over, where a title looks at them. */
static const struct xe_pad_event events[] = {
    {.act = XE_PAD_SET, .port = 1, .state = {.buttons = 0x1000, .lt = 9, .ly = -5}},
    {.act = XE_PAD_CONNECT, .port = 1},
    {.act = XE_PAD_PRESS, .lasts = XE_PAD_POLL, .count = 1000, .state = {.buttons = 0x8001}},
    {.act = XE_PAD_DISCONNECT, .port = 0, .clock = XE_PAD_FRAME, .at = 7},
    {.act = XE_PAD_KEY, .port = XE_PAD_KEYBOARD, .lasts = XE_PAD_CYCLE, .count = 50, .key = 3},
};

static void must(bool holds, const char *what, const struct xe_error *err)
{
    if (holds)
        return;
    fprintf(stderr, "%s: %s\n", what, err ? err->text : "");
    abort();
}

/* ---- what a state is made of ----------------------------------------------------------------- */

/* Where the section with this number begins, and where its bytes do; false: there is none. */
static bool section_at(const uint8_t *bytes, size_t size, unsigned number, size_t *ret_from,
                       size_t *ret_bytes, size_t *ret_to)
{
    size_t at = 0, head;

    for (unsigned i = 0; at < size; i++) {
        head = 1u + bytes[at] + SIZE_BYTES;
        if (head > size - at || xe_load_be64(bytes + at + head - SIZE_BYTES) > size - at - head)
            return false;
        *ret_from = at;
        *ret_bytes = at + head;
        *ret_to = *ret_bytes + (size_t)xe_load_be64(bytes + at + head - SIZE_BYTES);
        if (i == number)
            return true;
        at = *ret_to;
    }
    return false;
}

static size_t memory_at(const uint8_t *bytes, size_t size)
{
    size_t from, data, to;

    for (unsigned i = 0; section_at(bytes, size, i, &from, &data, &to); i++)
        if (data - from == 1 + 6 + SIZE_BYTES && memcmp(bytes + from + 1, "memory", 6) == 0)
            return from;
    must(false, "no memory in a state", NULL);
    return 0;
}

static bool title_ready(unsigned i)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    char path[512];

    if (title[i].instance)
        return true;
    config.audit = true;
    config.engine = XE_ENGINE_INTERPRETER;
    test_title_path(title[i].name, path, sizeof(path));
    title[i].instance = test_instance(path, &config);
    must(xe_instance_pad_events(title[i].instance, events, sizeof(events) / sizeof(events[0]), true,
                                &err),
         title[i].name, &err);
    must(xe_instance_run(title[i].instance, title[i].cycles, NULL, NULL, &(struct xe_run_result){0},
                         &err),
         title[i].name, &err);
    title[i].state = xe_instance_state_save(title[i].instance, &title[i].size, &err);
    must(title[i].state, title[i].name, &err);
    title[i].memory = memory_at(title[i].state, title[i].size);
    return true;
}

/* ---- running one ----------------------------------------------------------------------------- */

static void make_reports(struct xe_instance *instance)
{
    struct xe_audit_report report;
    struct xe_digest digest;

    xe_instance_digest(instance, &digest);
    if (xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance), NULL,
                             0, &report, NULL)) {
        json_decref(xe_rpc_audit_report_json(&report, "i-1", XE_RPC_ABOUT_HANDLES,
                                             &(struct xe_rpc_page){0}));
        xe_audit_report_fini(&report);
    }
    json_decref(xe_rpc_diagnostic_json(instance, "i-1", 0, 0));
    json_decref(xe_rpc_explain_json(instance, "i-1"));
    json_decref(xe_rpc_milestones_json(instance, "i-1"));
    json_decref(xe_rpc_graph_json(instance, "i-1", false));
    json_decref(xe_rpc_graph_json(instance, "i-1", true));
}

static void use(struct xe_instance *instance)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_digest digest, again;
    uint8_t *file;
    size_t size;

    xe_instance_digest(instance, &digest);
    make_reports(instance);
    file = xe_instance_snapshot_save(instance, NULL, &size, &err);
    must(file, "a state that was loaded can't be saved", &err);
    must(xe_instance_run(instance, CYCLES, NULL, NULL, &(struct xe_run_result){0}, &err),
         "a state that was loaded can't run", &err);
    make_reports(instance);
    must(xe_instance_snapshot_load(instance, file, size, NULL, &err),
         "a snapshot that was saved is refused", &err);
    xe_instance_digest(instance, &again);
    must(memcmp(digest.hash, again.hash, sizeof(digest.hash)) == 0,
         "another digest after a snapshot", NULL);
    xe_instance_state_free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned i = size ? data[0] % TITLES : 0;
    size_t memory;
    uint8_t *state;

    if (!size || !title_ready(i))
        return 0;
    memory = title[i].size - title[i].memory;
    state = malloc(size - 1 + memory);
    must(state, "no memory", NULL);
    memcpy(state, data + 1, size - 1);
    memcpy(state + size - 1, title[i].state + title[i].memory, memory);
    if (xe_instance_state_load(title[i].instance, state, size - 1 + memory, NULL))
        use(title[i].instance);
    free(state);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    uint8_t *seed = i < TITLES && title_ready(i) ? malloc(1 + title[i].memory) : NULL;

    if (seed) {
        seed[0] = (uint8_t)i;
        memcpy(seed + 1, title[i].state, title[i].memory);
        *ret_size = 1 + title[i].memory;
    }
    return seed;
}

/* ---- changing one ---------------------------------------------------------------------------- */

static uint32_t draw(uint32_t *random, size_t below)
{
    *random = *random * 1664525 + 1013904223;
    return below ? (uint32_t)((*random >> 4) % below) : 0;
}

/* A word of 1 to 8 bytes becomes another: near, from anywhere, or one of those that are special. */
static void change_word(uint8_t *bytes, size_t size, uint32_t *random)
{
    uint32_t width = 1u << draw(random, 4);
    size_t at = draw(random, size);
    uint64_t value;

    if (width > size - at)
        return;
    value = xe_load_be(bytes + at, width);
    switch (draw(random, 6)) {
    case 0:
        value ^= (uint64_t)1 << draw(random, 8 * width);
        break;
    case 1:
        value += draw(random, 9) - 4;
        break;
    case 2:
        value = draw(random, 2) ? 0 : UINT64_MAX;
        break;
    case 3:
        value = draw(random, 256);
        break;
    case 4:
        value = (uint64_t)1 << draw(random, 64);
        break;
    default:
        memmove(bytes + at, bytes + draw(random, size - width + 1), width);
        return;
    }
    xe_store_be(bytes + at, width, value);
}

/* A piece is said twice or left out, and its section's size is right again. */
static size_t change_length(uint8_t *bytes, size_t size, size_t max, uint32_t *random)
{
    size_t from, data, to, at, n = 4u << draw(random, 7);
    bool more = draw(random, 2);

    if (!section_at(bytes, size, draw(random, SECTIONS), &from, &data, &to) || n > to - data ||
        (more && n > max - size))
        return size;
    at = data + draw(random, to - data - n + 1);
    if (more)
        memmove(bytes + at + n, bytes + at, size - at);
    else
        memmove(bytes + at, bytes + at + n, size - at - n);
    xe_store_be64(bytes + data - SIZE_BYTES, more ? to - data + n : to - data - n);
    return more ? size + n : size - n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    uint32_t random = seed;

    if (size < 2)
        return size;
    if (draw(&random, 8) == 0)
        return 1 + change_length(data + 1, size - 1, max - 1, &random);
    change_word(data + 1, size - 1, &random);
    return size;
}
