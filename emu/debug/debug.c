/* Points: the table, and what the engine and memory are told of it; see debug.h.
 *
 * A thread that stopped at a breakpoint goes on from there: the same arrival - same thread, same
 * count of its retired instructions - is not reported twice. So nothing has to be taken away and
 * put back to step over it, and two runs see the same as one. */
#include "debug/debug.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/clock.h"
#include "kernel/core/thread.h"

struct xe_debug {
    struct xe_kernel *kernel; /* borrowed */
    struct xe_point point[XE_POINTS_MAX];
    uint32_t points; /* in order of their ids */
    uint32_t last_id;
    bool is_hit;
    struct xe_point_hit hit;
    struct { /* the arrival reported last */
        bool valid;
        uint32_t tid;
        xe_gva pc;
        uint64_t retired;
    } arrival;
};

const char *xe_point_kind_name(enum xe_point_kind kind)
{
    static const char *const names[XE_POINT_KINDS] = {XE_POINT_KIND_WORDS};

    return kind < XE_POINT_KINDS ? names[kind] : "?";
}

const char *xe_point_whose_name(enum xe_point_whose whose)
{
    static const char *const names[XE_POINT_WHOSE] = {XE_POINT_WHOSE_WORDS};

    return whose < XE_POINT_WHOSE ? names[whose] : "?";
}

/* Enabled, and watches bytes of memory? */
static bool is_data(const struct xe_point *point)
{
    return !point->disabled && (point->kind == XE_POINT_READ || point->kind == XE_POINT_WRITE ||
                                point->kind == XE_POINT_ACCESS);
}

/* Enabled, and stands at an instruction? */
static bool is_mark(const struct xe_point *point)
{
    return !point->disabled && (point->kind == XE_POINT_EXEC || point->kind == XE_POINT_EXPORT);
}

/* Enabled, and hears of kernel objects? */
static bool is_handle(const struct xe_point *point)
{
    return !point->disabled && point->kind == XE_POINT_HANDLE;
}

/* Enabled, and hears of exceptions? */
static bool is_exception(const struct xe_point *point)
{
    return !point->disabled && point->kind == XE_POINT_EXCEPTION;
}

/* ---- hits ----------------------------------------------------------------------------------- */

static void note_writer(struct xe_writers *writers, const struct xe_point_hit *hit, uint64_t cycle)
{
    uint32_t i = 0;

    writers->times++;
    writers->last_tid = hit->tid;
    writers->last_pc = hit->pc;
    writers->last_cycle = cycle;
    while (i < writers->tids && writers->tid[i] != hit->tid)
        i++;
    if (i < writers->tids)
        return;
    writers->more |= i == XE_WRITERS_MAX;
    if (i < XE_WRITERS_MAX)
        writers->tid[writers->tids++] = hit->tid;
}

/* Several may be reached by one instruction: the first one tells. */
static void report(struct xe_debug *debug, struct xe_point *point, const struct xe_point_hit *hit)
{
    if (point->tid && point->tid != hit->tid)
        return;
    if (hit->write && point->writers.watched)
        note_writer(&point->writers, hit, xe_kernel_cycle(debug->kernel));
    if (++point->hits <= point->ignore || debug->is_hit)
        return;
    debug->is_hit = true;
    debug->hit = *hit;
    debug->hit.point = *point;
    xe_kernel_halt(debug->kernel, is_data(point) ? XE_CAUSE_WATCHPOINT : XE_CAUSE_BREAKPOINT,
                   point->id);
}

/* An instruction with a breakpoint is about to run. */
static bool arrived(void *ctx, uint32_t tid, const struct xe_cpu *cpu)
{
    struct xe_debug *debug = ctx;
    const struct xe_point_hit hit = {.tid = tid, .pc = cpu->pc, .address = cpu->pc, .size = 4};
    bool again = debug->arrival.valid && debug->arrival.tid == tid &&
                 debug->arrival.pc == cpu->pc && debug->arrival.retired == cpu->retired;

    if (again)
        return false;
    for (uint32_t i = 0; i < debug->points; i++)
        if (is_mark(&debug->point[i]) && debug->point[i].address == cpu->pc)
            report(debug, &debug->point[i], &hit);
    if (!debug->is_hit)
        return false;
    debug->arrival.valid = true;
    debug->arrival.tid = tid;
    debug->arrival.pc = cpu->pc;
    debug->arrival.retired = cpu->retired;
    return true;
}

static bool wants(const struct xe_point *point, bool write)
{
    return is_data(point) && (point->kind == XE_POINT_ACCESS ||
                              point->kind == (write ? XE_POINT_WRITE : XE_POINT_READ));
}

/* Where [va, va+size) meets the point; false if it does not. Mirrors of a byte are that byte. */
static bool meets(const struct xe_point *point, xe_gva va, uint32_t size, xe_gva *ret_at)
{
    xe_gva first = xe_mem_canonical(point->address);

    for (uint32_t i = 0; i < size; i++) {
        uint32_t into = xe_mem_canonical(va + i) - first;

        if (into < point->size) {
            *ret_at = point->address + into;
            return true;
        }
    }
    return false;
}

/* Enabled, and hears of every store to its bytes? */
static bool sees_writers(const struct xe_point *point)
{
    return is_data(point) && point->kind != XE_POINT_READ && !point->tid;
}

/* From now on; what was before is not known. */
static void begin_watch(const struct xe_debug *debug, struct xe_point *point)
{
    point->writers = (struct xe_writers){.watched = sees_writers(point),
                                         .since_cycle = xe_kernel_cycle(debug->kernel)};
}

/* The point that has watched all of these bytes the longest. */
static const struct xe_writers *witness(void *ctx, xe_gva address, uint32_t size)
{
    const struct xe_debug *debug = ctx;
    const struct xe_writers *oldest = NULL;

    for (uint32_t i = 0; i < debug->points; i++) {
        const struct xe_point *point = &debug->point[i];
        uint32_t into = xe_mem_canonical(address) - xe_mem_canonical(point->address);

        if (point->writers.watched && into < point->size && size <= point->size - into &&
            (!oldest || point->writers.since_cycle < oldest->since_cycle))
            oldest = &point->writers;
    }
    return oldest;
}

/* A guest instruction makes an access to a watched page. */
static void accessed(void *ctx, xe_gva va, uint32_t size, bool write)
{
    struct xe_debug *debug = ctx;
    const struct xe_thread *thread = xe_kernel_current(debug->kernel);
    struct xe_point_hit hit = {.size = size, .write = write};

    if (!thread)
        return;
    hit.tid = thread->tid;
    hit.pc = thread->cpu.pc;
    for (uint32_t i = 0; i < debug->points; i++)
        if (wants(&debug->point[i], write) && meets(&debug->point[i], va, size, &hit.address))
            report(debug, &debug->point[i], &hit);
    if (debug->is_hit)
        xe_cpu_engine_cut(xe_kernel_engine(debug->kernel));
}

static bool is_about(const struct xe_debug *debug, const struct xe_point *point,
                     const struct xe_audit_act *act)
{
    if (!is_handle(point) || (point->events && !(point->events >> act->op & 1)))
        return false;
    switch (point->whose) {
    case XE_POINT_ANY:
        return true;
    case XE_POINT_FOCUSED:
        return xe_audit_in_focus(xe_kernel_audit(debug->kernel), act->key);
    default:
        return xe_mem_canonical(point->address) == xe_mem_canonical(act->key);
    }
}

/* Something was done to a kernel object. */
static void acted(void *ctx, const struct xe_audit_act *act)
{
    struct xe_debug *debug = ctx;
    const struct xe_point_hit hit = {
        .tid = act->site.tid, .pc = act->site.pc, .address = act->key, .size = 4, .op = act->op};

    for (uint32_t i = 0; i < debug->points; i++)
        if (is_about(debug, &debug->point[i], act))
            report(debug, &debug->point[i], &hit);
}

/* An exception was raised, and is about to be handled. */
static void raised(void *ctx, const struct xe_raised *what)
{
    struct xe_debug *debug = ctx;
    const struct xe_point_hit hit = {
        .tid = what->tid, .pc = what->pc, .address = what->code, .size = 4};

    for (uint32_t i = 0; i < debug->points; i++) {
        struct xe_point *point = &debug->point[i];

        if (is_exception(point) && (point->whose == XE_POINT_ANY || point->address == what->code))
            report(debug, point, &hit);
    }
}

/* ---- telling the engine and memory ---------------------------------------------------------- */

/* The addresses of all breakpoints, ascending, each once. */
static uint32_t list_marks(const struct xe_debug *debug, xe_gva mark[XE_POINTS_MAX])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < debug->points; i++) {
        xe_gva address = debug->point[i].address;
        uint32_t at = count;

        if (!is_mark(&debug->point[i]))
            continue;
        while (at > 0 && mark[at - 1] > address)
            at--;
        if (at > 0 && mark[at - 1] == address)
            continue;
        memmove(mark + at + 1, mark + at, (count - at) * sizeof(*mark));
        mark[at] = address;
        count++;
    }
    return count;
}

static bool tell_engine(struct xe_debug *debug)
{
    struct xe_cpu_engine *engine = xe_kernel_engine(debug->kernel);
    xe_gva mark[XE_POINTS_MAX];

    return xe_cpu_engine_mark(engine, mark, list_marks(debug, mark));
}

/* Watch the pages of a point for all that points want there. */
static void tell_memory(struct xe_debug *debug, xe_gva address, uint32_t size)
{
    xe_gva first = address >> XE_MEM_PAGE_SHIFT;
    xe_gva last = (address + size - 1) >> XE_MEM_PAGE_SHIFT;

    for (uint32_t page = first; page <= last; page++) {
        bool loads = false, stores = false;

        for (uint32_t i = 0; i < debug->points; i++) {
            const struct xe_point *point = &debug->point[i];
            xe_gva at;

            if (meets(point, page << XE_MEM_PAGE_SHIFT, XE_MEM_PAGE, &at)) {
                loads |= wants(point, false);
                stores |= wants(point, true);
            }
        }
        xe_mem_watch(xe_kernel_mem(debug->kernel), page << XE_MEM_PAGE_SHIFT, loads, stores);
    }
}

static void tell_kernel(struct xe_debug *debug)
{
    bool handles = false, exceptions = false;

    for (uint32_t i = 0; i < debug->points; i++) {
        handles |= is_handle(&debug->point[i]);
        exceptions |= is_exception(&debug->point[i]);
    }
    xe_kernel_act_listener(debug->kernel, handles ? acted : NULL, debug);
    xe_kernel_raise_listener(debug->kernel, exceptions ? raised : NULL, debug);
}

static bool tell(struct xe_debug *debug, const struct xe_point *changed)
{
    if (changed->kind == XE_POINT_READ || changed->kind == XE_POINT_WRITE ||
        changed->kind == XE_POINT_ACCESS)
        tell_memory(debug, changed->address, changed->size);
    tell_kernel(debug);
    return tell_engine(debug);
}

/* ---- the table ------------------------------------------------------------------------------ */

struct xe_debug *xe_debug_create(struct xe_kernel *kernel)
{
    struct xe_debug *debug = xe_calloc(1, sizeof(*debug));

    if (!debug)
        return NULL;
    debug->kernel = kernel;
    xe_kernel_debugger(kernel, arrived, debug);
    xe_mem_watch_listener(xe_kernel_mem(kernel), accessed, debug);
    xe_kernel_witness(kernel, witness, debug);
    return debug;
}

/* A point that can't be told is lost, as one that is set without memory. */
void xe_debug_follow(struct xe_debug *debug, struct xe_kernel *kernel)
{
    debug->kernel = kernel;
    debug->arrival.valid = false;
    xe_kernel_debugger(kernel, arrived, debug);
    xe_mem_watch_listener(xe_kernel_mem(kernel), accessed, debug);
    xe_kernel_witness(kernel, witness, debug);
    for (uint32_t i = 0; i < debug->points; i++)
        tell(debug, &debug->point[i]);
}

void xe_debug_destroy(struct xe_debug *debug)
{
    if (!debug)
        return;
    xe_kernel_debugger(debug->kernel, NULL, NULL);
    xe_kernel_act_listener(debug->kernel, NULL, NULL);
    xe_kernel_raise_listener(debug->kernel, NULL, NULL);
    xe_kernel_witness(debug->kernel, NULL, NULL);
    xe_mem_watch_listener(xe_kernel_mem(debug->kernel), NULL, NULL);
    xe_free(debug);
}

static bool good(const struct xe_point *point, struct xe_error *err)
{
    if (point->kind == XE_POINT_EXEC && point->address % 4)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "breakpoint at 0x%08x: instructions are at multiples of 4",
                            point->address);
    if (point->size == 0 || point->size > XE_POINT_SIZE_MAX ||
        point->size - 1 > UINT32_MAX - point->address)
        return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE,
                            "%u bytes at 0x%08x: expected 1 to %u below 4 GiB", point->size,
                            point->address, XE_POINT_SIZE_MAX);
    return true;
}

static bool find_export(const struct xe_debug *debug, struct xe_point *point, struct xe_error *err)
{
    struct xe_nearest nearest;
    char near[XE_NEAREST_TEXT];

    point->name[sizeof(point->name) - 1] = '\0';
    point->address = xe_kernel_export_address(debug->kernel, point->name);
    if (point->address)
        return true;
    xe_nearest_init_place(&nearest, point->name);
    xe_kernel_export_offer(debug->kernel, &nearest);
    return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                        "there is no export '%s': expected a name like KeSetEvent, "
                        "xam.xex!XamInputGetState or xboxkrnl.exe!#157%s",
                        point->name, xe_nearest_text(nearest.name, nearest.count, near));
}

uint32_t xe_debug_add(struct xe_debug *debug, const struct xe_point *wanted, struct xe_error *err)
{
    struct xe_point point = *wanted;

    point.id = debug->last_id + 1;
    point.hits = 0;
    if (point.kind == XE_POINT_EXEC || point.kind == XE_POINT_EXPORT ||
        point.kind == XE_POINT_HANDLE || point.kind == XE_POINT_EXCEPTION)
        point.size = 4;
    if (point.kind != XE_POINT_EXPORT)
        point.name[0] = '\0';
    else if (!find_export(debug, &point, err))
        return 0;
    if (!good(&point, err))
        return 0;
    if (debug->points == XE_POINTS_MAX) {
        xe_error_set(err, XE_ERR_BREAKPOINT_LIMIT, "there are %u breakpoints and watchpoints",
                     XE_POINTS_MAX);
        return 0;
    }
    begin_watch(debug, &point);
    debug->point[debug->points++] = point;
    if (!tell(debug, &point)) {
        debug->points--;
        tell(debug, &point);
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a breakpoint");
        return 0;
    }
    return ++debug->last_id;
}

/* The index of a point; debug->points: there is none of this id. */
static uint32_t index_of(const struct xe_debug *debug, uint32_t id)
{
    uint32_t i = 0;

    while (i < debug->points && debug->point[i].id != id)
        i++;
    return i;
}

bool xe_debug_enable(struct xe_debug *debug, uint32_t id, bool enabled, struct xe_error *err)
{
    uint32_t i = index_of(debug, id);
    bool before;

    if (i == debug->points)
        return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no breakpoint %u", id);
    before = debug->point[i].disabled;
    debug->point[i].disabled = !enabled;
    if (before == enabled)
        begin_watch(debug, &debug->point[i]);
    if (tell(debug, &debug->point[i]) || !enabled)
        return true; /* a mark that could not be taken away is asked about in vain */
    debug->point[i].disabled = before;
    tell(debug, &debug->point[i]);
    return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a breakpoint");
}

bool xe_debug_remove(struct xe_debug *debug, uint32_t id)
{
    uint32_t i = index_of(debug, id);
    struct xe_point gone;

    if (i == debug->points)
        return false;
    gone = debug->point[i];
    debug->points--;
    memmove(&debug->point[i], &debug->point[i + 1], (debug->points - i) * sizeof(debug->point[0]));
    tell(debug, &gone);
    return true;
}

void xe_debug_visit(const struct xe_debug *debug,
                    void (*fn)(void *ctx, const struct xe_point *point), void *ctx)
{
    for (uint32_t i = 0; i < debug->points; i++)
        fn(ctx, &debug->point[i]);
}

void xe_debug_begin(struct xe_debug *debug)
{
    debug->is_hit = false;
}

void xe_debug_forget(struct xe_debug *debug)
{
    xe_debug_begin(debug);
    debug->arrival.valid = false;
    for (uint32_t i = 0; i < debug->points; i++)
        begin_watch(debug, &debug->point[i]);
}

bool xe_debug_hit(const struct xe_debug *debug, struct xe_point_hit *ret)
{
    if (debug->is_hit)
        *ret = debug->hit;
    return debug->is_hit;
}
