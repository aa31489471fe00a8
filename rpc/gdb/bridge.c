/* From what the GDB engine wants to methods of the API; see bridge.h. Going and stopping are in
 * bridge_run.c. */
#include "rpc/gdb/bridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/gdb/bridge_internal.h"
#include "rpc/api/rpc.h"

/* ---- calls ---------------------------------------------------------------------------------- */

/* One call under way. The bridge may be closed when it is answered. */
struct errand {
    struct xe_gdb_bridge *bridge;
    xe_gdb_outcome *then; /* NULL: nobody waits */
};

static void free_if_done(struct xe_gdb_bridge *bridge)
{
    if (bridge->closed && bridge->pending == 0)
        free(bridge);
}

static void answered(void *ctx, json_t *result, json_t *error)
{
    struct errand *errand = ctx;
    struct xe_gdb_bridge *bridge = errand->bridge;

    if (!bridge->closed && errand->then)
        errand->then(bridge, result, error);
    json_decref(result);
    json_decref(error);
    free(errand);
    bridge->pending--;
    free_if_done(bridge);
}

void xe__rpc_gdb_call(struct xe_gdb_bridge *bridge, const char *method, json_t *params,
                      xe_gdb_outcome *then)
{
    struct errand *errand = malloc(sizeof(*errand));

    if (!errand)
        abort();
    *errand = (struct errand){bridge, then};
    bridge->pending++;
    bridge->caller.call(bridge->caller.ctx, method, params, answered, errand);
}

/* The errors that end up in gdb as a number keep their text for those that can show it. */
void xe__rpc_gdb_answer_error(struct xe_gdb_bridge *bridge, const json_t *error)
{
    const struct xe_gdb_answer answer = {
        .ok = false, .text = json_string_value(json_object_get(error, "message"))};

    xe_gdb_answer(bridge->gdb, &answer);
}

static void outcome(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    const struct xe_gdb_answer answer = {.ok = result != NULL};

    (void)error;
    xe_gdb_answer(bridge->gdb, &answer);
}

/* ---- threads -------------------------------------------------------------------------------- */

/* A thread's name is the guest's: nothing in it may command the user's terminal. */
static void copy_plain(char *to, size_t size, const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));

    snprintf(to, size, "%s", text ? text : "");
    for (; *to; to++)
        if (*to < ' ' || *to > '~')
            *to = '?';
}

static bool read_thread(const json_t *item, struct xe_gdb_thread *thread)
{
    json_int_t tid = json_integer_value(json_object_get(item, "tid"));

    memset(thread, 0, sizeof(*thread));
    if (tid < 1 || tid > UINT32_MAX)
        return false;
    thread->tid = (uint32_t)tid;
    thread->hw_thread = (uint32_t)json_integer_value(json_object_get(item, "hw_thread"));
    copy_plain(thread->name, sizeof(thread->name), item, "name");
    copy_plain(thread->state, sizeof(thread->state), item, "state");
    thread->current = !strcmp(thread->state, "running");
    return strcmp(thread->state, "terminated") != 0;
}

static void threads_told(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    json_t *list = json_object_get(result, "threads"), *item;
    struct xe_gdb_answer answer = {.ok = result != NULL, .thread = bridge->thread};
    size_t i;

    (void)error;
    json_array_foreach(list, i, item)
    {
        if (answer.threads < XE_GDB_THREADS && read_thread(item, &bridge->thread[answer.threads]))
            answer.threads++;
    }
    xe_gdb_answer(bridge->gdb, &answer);
}

static void threads(void *ctx)
{
    xe__rpc_gdb_call(ctx, "thread.list", json_object(), threads_told);
}

/* ---- registers ------------------------------------------------------------------------------ */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly size bytes of hexadecimal text. */
static bool read_hex(const char *text, uint8_t *bytes, size_t size)
{
    if (!text || strlen(text) != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static void registers_told(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    const json_t *numbers = json_object_get(result, "registers");
    const json_t *vectors = json_object_get(result, "vectors");
    struct xe_gdb_registers registers = {0};
    const struct xe_gdb_answer answer = {.ok = result != NULL, .registers = &registers};
    char name[8];

    (void)error;
    for (unsigned i = 0; result && i < XE_GDB_SCALARS; i++)
        xe_rpc_hex_value(json_object_get(numbers, xe_gdb_scalar_name(i, name)),
                         &registers.scalar[i]);
    for (unsigned i = 0; result && i < XE_GDB_VECTORS; i++) {
        snprintf(name, sizeof(name), "v%u", i);
        read_hex(json_string_value(json_object_get(vectors, name)), registers.vector[i], 16);
    }
    xe_gdb_answer(bridge->gdb, &answer);
}

static void registers(void *ctx, uint32_t tid)
{
    xe__rpc_gdb_call(ctx, "thread.registers", json_pack("{s:I}", "tid", (json_int_t)tid),
                     registers_told);
}

static json_t *hex_json(const uint8_t *bytes, uint32_t size, const char *prefix)
{
    static const char digits[] = "0123456789abcdef";
    size_t used = strlen(prefix);
    char *text = malloc(used + 2 * (size_t)size + 1);
    json_t *value;

    if (!text)
        abort();
    strcpy(text, prefix);
    for (uint32_t i = 0; i < size; i++) {
        text[used++] = digits[bytes[i] >> 4];
        text[used++] = digits[bytes[i] & 15];
    }
    text[used] = '\0';
    value = json_string(text);
    free(text);
    return value;
}

static void register_write(void *ctx, uint32_t tid, const char *name, const uint8_t *bytes,
                           uint32_t size)
{
    xe__rpc_gdb_call(ctx, "thread.set_registers",
                     json_pack("{s:I, s:{s:o}}", "tid", (json_int_t)tid, "registers", name,
                               hex_json(bytes, size, size == 8 ? "0x" : "")),
                     outcome);
}

/* ---- memory --------------------------------------------------------------------------------- */

static void memory_told(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    const char *text = json_string_value(json_object_get(result, "bytes"));
    size_t size = text ? strlen(text) / 2 : 0;
    uint8_t bytes[XE_GDB_PACKET_MAX / 2];
    struct xe_gdb_answer answer = {.bytes = bytes, .size = (uint32_t)size};

    (void)error;
    answer.ok = text && size <= sizeof(bytes) && read_hex(text, bytes, size);
    xe_gdb_answer(bridge->gdb, &answer);
}

static void memory_read(void *ctx, uint32_t address, uint32_t size)
{
    xe__rpc_gdb_call(
        ctx, "mem.read",
        json_pack("{s:I, s:I}", "address", (json_int_t)address, "length", (json_int_t)size),
        memory_told);
}

static void memory_write(void *ctx, uint32_t address, const uint8_t *bytes, uint32_t size)
{
    xe__rpc_gdb_call(
        ctx, "mem.write",
        json_pack("{s:I, s:o}", "address", (json_int_t)address, "bytes", hex_json(bytes, size, "")),
        outcome);
}

/* ---- breakpoints and watchpoints ------------------------------------------------------------ */

static struct xe_gdb_bridge_point *find_point(struct xe_gdb_bridge *bridge, enum xe_gdb_point kind,
                                              uint32_t address, uint32_t size)
{
    for (int i = 0; i < XE_GDB_BRIDGE_POINTS; i++) {
        struct xe_gdb_bridge_point *point = &bridge->point[i];

        if (point->used && point->kind == kind && point->address == address && point->size == size)
            return point;
    }
    return NULL;
}

static struct xe_gdb_bridge_point *new_point(struct xe_gdb_bridge *bridge, enum xe_gdb_point kind,
                                             uint32_t address, uint32_t size)
{
    for (int i = 0; i < XE_GDB_BRIDGE_POINTS; i++)
        if (!bridge->point[i].used) {
            bridge->point[i] = (struct xe_gdb_bridge_point){
                .used = true, .kind = kind, .address = address, .size = size};
            return &bridge->point[i];
        }
    return NULL;
}

static void point_told(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    const json_t *id = json_object_get(result, "id");

    if (json_is_integer(id))
        bridge->setting->id = json_integer_value(id);
    else
        bridge->setting->used = false;
    outcome(bridge, json_is_integer(id) ? result : NULL, error);
}

/* gdb may set one that is set already, and expects it to be there once. */
static void point_set(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size)
{
    static const char *const kinds[XE_GDB_POINTS] = {"exec", "exec", "write", "read", "access"};
    struct xe_gdb_bridge *bridge = ctx;
    struct xe_gdb_answer answer = {.ok = find_point(bridge, kind, address, size) != NULL};

    bridge->setting = answer.ok ? NULL : new_point(bridge, kind, address, size);
    if (!bridge->setting) {
        xe_gdb_answer(bridge->gdb, &answer);
        return;
    }
    if (kind <= XE_GDB_POINT_HARD)
        size = 4;
    xe__rpc_gdb_call(bridge, "debug.break.set",
                     json_pack("{s:s, s:I, s:I}", "kind", kinds[kind], "address",
                               (json_int_t)address, "length", (json_int_t)size),
                     point_told);
}

static void remove_point(struct xe_gdb_bridge *bridge, struct xe_gdb_bridge_point *point,
                         xe_gdb_outcome *then)
{
    point->used = false;
    xe__rpc_gdb_call(bridge, "debug.break.remove", json_pack("{s:I}", "id", point->id), then);
}

static void point_clear(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size)
{
    struct xe_gdb_bridge_point *point = find_point(ctx, kind, address, size);
    const struct xe_gdb_answer nothing = {.ok = true};

    if (point)
        remove_point(ctx, point, outcome);
    else
        xe_gdb_answer(((struct xe_gdb_bridge *)ctx)->gdb, &nothing);
}

static void forget_exceptions(struct xe_gdb_bridge *bridge)
{
    if (bridge->exceptions)
        xe__rpc_gdb_call(bridge, "debug.break.remove", json_pack("{s:I}", "id", bridge->exceptions),
                         NULL);
    bridge->exceptions = 0;
}

void xe__rpc_gdb_remove_points(struct xe_gdb_bridge *bridge)
{
    forget_exceptions(bridge);
    for (int i = 0; i < XE_GDB_BRIDGE_POINTS; i++)
        if (bridge->point[i].used)
            remove_point(bridge, &bridge->point[i], NULL);
}

struct xe_gdb_bridge_point *xe__rpc_gdb_point_by_id(struct xe_gdb_bridge *bridge, json_int_t id)
{
    for (int i = 0; i < XE_GDB_BRIDGE_POINTS; i++)
        if (bridge->point[i].used && bridge->point[i].id == id)
            return &bridge->point[i];
    return NULL;
}

/* ---- monitor -------------------------------------------------------------------------------- */

/* `monitor NAME`: a method that changes nothing, and the member of its result that is shown. */
static const struct monitor {
    const char *name, *doc, *method;
    bool text; /* ask for the report as text */
    const char *member;
} monitors[] = {
    {"audit", "the handle audit of the focus", "audit.report", true, "text"},
    {"cycle", "guest instructions retired so far", "thread.list", false, "cycle"},
    {"digest", "digest of the guest-visible state", "digest.get", false, "digest"},
    {"report", "every thread: where it is, what it waits for", "thread.diagnostic", true, "text"},
};
#define MONITORS (sizeof(monitors) / sizeof(monitors[0]))

static void monitor_told(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    const json_t *value = json_object_get(result, monitors[bridge->monitor].member);
    struct xe_gdb_answer answer = {.ok = true, .text = json_string_value(value)};
    char number[32];

    if (json_is_integer(value)) {
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        answer.text = number;
    }
    if (!result)
        answer.text = json_string_value(json_object_get(error, "message"));
    xe_gdb_answer(bridge->gdb, &answer);
}

static void say(struct xe_gdb_bridge *bridge, const char *text)
{
    xe_gdb_answer(bridge->gdb, &(struct xe_gdb_answer){.ok = true, .text = text});
}

static void exceptions_told(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    bridge->exceptions = json_integer_value(json_object_get(result, "id"));
    say(bridge, result ? "runs stop when an exception is raised\n"
                       : json_string_value(json_object_get(error, "message")));
}

/* A stop where the first handler begins, of every exception; again: no more. */
static void monitor_exceptions(struct xe_gdb_bridge *bridge)
{
    if (!bridge->exceptions) {
        xe__rpc_gdb_call(bridge, "debug.break.set", json_pack("{s:s}", "kind", "exception"),
                         exceptions_told);
        return;
    }
    forget_exceptions(bridge);
    say(bridge, "runs go on when an exception is raised\n");
}

static void monitor_help(struct xe_gdb_bridge *bridge)
{
    char text[1024];
    int used = snprintf(text, sizeof(text), "monitor %-10s %s\n", "exceptions",
                        "stop, or stop no more, when an exception is raised");

    for (size_t i = 0; i < MONITORS; i++)
        used += snprintf(text + used, sizeof(text) - (size_t)used, "monitor %-10s %s\n",
                         monitors[i].name, monitors[i].doc);
    say(bridge, text);
}

static void monitor(void *ctx, const char *command)
{
    struct xe_gdb_bridge *bridge = ctx;

    if (!strcmp(command, "exceptions")) {
        monitor_exceptions(bridge);
        return;
    }
    for (size_t i = 0; i < MONITORS; i++)
        if (!strcmp(monitors[i].name, command)) {
            bridge->monitor = i;
            xe__rpc_gdb_call(bridge, monitors[i].method,
                             monitors[i].text ? json_pack("{s:s}", "format", "text")
                                              : json_object(),
                             monitor_told);
            return;
        }
    monitor_help(bridge);
}

/* ---- the whole ------------------------------------------------------------------------------ */

struct xe_gdb_bridge *xe_gdb_bridge_create(const struct xe_gdb_caller *caller,
                                           const struct xe_gdb_host *host, enum xe_gdb_view view)
{
    struct xe_gdb_bridge *bridge = calloc(1, sizeof(*bridge));
    const struct xe_gdb_target target = {
        .ctx = bridge,
        .attach = xe__rpc_gdb_bridge_attach,
        .threads = threads,
        .registers = registers,
        .register_write = register_write,
        .memory_read = memory_read,
        .memory_write = memory_write,
        .point_set = point_set,
        .point_clear = point_clear,
        .resume = xe__rpc_gdb_bridge_resume,
        .interrupt = xe__rpc_gdb_bridge_interrupt,
        .monitor = monitor,
        .detach = xe__rpc_gdb_bridge_detach,
    };

    if (!bridge)
        return NULL;
    bridge->caller = *caller;
    bridge->gdb = xe_gdb_create(host, &target, view);
    if (bridge->gdb)
        return bridge;
    free(bridge);
    return NULL;
}

struct xe_gdb *xe_gdb_bridge_engine(struct xe_gdb_bridge *bridge)
{
    return bridge->gdb;
}

void xe_gdb_bridge_close(struct xe_gdb_bridge *bridge)
{
    bridge->pending++; /* held while closing: calls may be answered at once */
    bridge->closed = true;
    if (xe_gdb_attached(bridge->gdb))
        xe__rpc_gdb_bridge_leave(bridge, false);
    xe_gdb_destroy(bridge->gdb);
    bridge->gdb = NULL;
    bridge->pending--;
    free_if_done(bridge);
}
