/* Points: the table, and what the engine and memory are told of it; see debug.h.
 *
 * A thread that stopped at a breakpoint goes on from there: the same arrival - same thread, same
 * count of its retired instructions - is not reported twice. So nothing has to be taken away and
 * put back to step over it, and two runs see the same as one. */
#include "debug/debug.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/thread.h"

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
    static const char *const names[XE_POINT_KINDS] = {"exec",   "read",   "write",
                                                      "access", "export", "handle"};

    return kind < XE_POINT_KINDS ? names[kind] : "?";
}

/* Watches bytes of memory? */
static bool is_data(const struct xe_point *point)
{
    return point->kind == XE_POINT_READ || point->kind == XE_POINT_WRITE ||
           point->kind == XE_POINT_ACCESS;
}

/* Stands at an instruction? */
static bool is_mark(const struct xe_point *point)
{
    return point->kind == XE_POINT_EXEC || point->kind == XE_POINT_EXPORT;
}

/* ---- hits ----------------------------------------------------------------------------------- */

static void report(struct xe_debug *debug, struct xe_point *point, const struct xe_point_hit *hit)
{
    char text[64];

    if (debug->is_hit) { /* one instruction may reach several: the first one tells */
        point->hits++;
        return;
    }
    point->hits++;
    debug->is_hit = true;
    debug->hit = *hit;
    debug->hit.point = *point;
    snprintf(text, sizeof(text), "%s %u", is_data(point) ? "watchpoint" : "breakpoint", point->id);
    xe_kernel_halt(debug->kernel, text);
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
    return point->kind == XE_POINT_ACCESS ||
           point->kind == (write ? XE_POINT_WRITE : XE_POINT_READ);
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

/* Something was done to a kernel object. */
static void acted(void *ctx, const struct xe_audit_act *act)
{
    struct xe_debug *debug = ctx;
    const struct xe_point_hit hit = {
        .tid = act->site.tid, .pc = act->site.pc, .address = act->key, .size = 4, .op = act->op};

    for (uint32_t i = 0; i < debug->points; i++)
        if (debug->point[i].kind == XE_POINT_HANDLE &&
            xe_mem_canonical(debug->point[i].address) == xe_mem_canonical(act->key))
            report(debug, &debug->point[i], &hit);
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
    bool watching = false;

    for (uint32_t i = 0; i < debug->points; i++)
        watching |= is_data(&debug->point[i]);
    xe_cpu_engine_interpret(engine, watching);
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

            if (is_data(point) && meets(point, page << XE_MEM_PAGE_SHIFT, XE_MEM_PAGE, &at)) {
                loads |= wants(point, false);
                stores |= wants(point, true);
            }
        }
        xe_mem_watch(xe_kernel_mem(debug->kernel), page << XE_MEM_PAGE_SHIFT, loads, stores);
    }
}

static void tell_kernel(struct xe_debug *debug)
{
    bool wanted = false;

    for (uint32_t i = 0; i < debug->points; i++)
        wanted |= debug->point[i].kind == XE_POINT_HANDLE;
    xe_kernel_act_listener(debug->kernel, wanted ? acted : NULL, debug);
}

static bool tell(struct xe_debug *debug, const struct xe_point *changed)
{
    if (is_data(changed))
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
    return debug;
}

void xe_debug_destroy(struct xe_debug *debug)
{
    if (!debug)
        return;
    xe_kernel_debugger(debug->kernel, NULL, NULL);
    xe_kernel_act_listener(debug->kernel, NULL, NULL);
    xe_mem_watch_listener(xe_kernel_mem(debug->kernel), NULL, NULL);
    xe_free(debug);
}

static bool good(enum xe_point_kind kind, xe_gva address, uint32_t size, struct xe_error *err)
{
    if (kind == XE_POINT_EXEC && address % 4)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "breakpoint at 0x%08x: instructions are at multiples of 4", address);
    if (size == 0 || size > XE_POINT_SIZE_MAX || size - 1 > UINT32_MAX - address)
        return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE,
                            "%u bytes at 0x%08x: expected 1 to %u below 4 GiB", size, address,
                            XE_POINT_SIZE_MAX);
    return true;
}

uint32_t xe_debug_add(struct xe_debug *debug, enum xe_point_kind kind, xe_gva address,
                      uint32_t size, struct xe_error *err)
{
    struct xe_point *point = &debug->point[debug->points];

    if (kind == XE_POINT_EXEC || kind == XE_POINT_EXPORT || kind == XE_POINT_HANDLE)
        size = 4;
    if (!good(kind, address, size, err))
        return 0;
    if (debug->points == XE_POINTS_MAX) {
        xe_error_set(err, XE_ERR_BREAKPOINT_LIMIT, "there are %u breakpoints and watchpoints",
                     XE_POINTS_MAX);
        return 0;
    }
    *point =
        (struct xe_point){.id = debug->last_id + 1, .kind = kind, .address = address, .size = size};
    debug->points++;
    if (!tell(debug, point)) {
        debug->points--;
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a breakpoint");
        return 0;
    }
    return ++debug->last_id;
}

uint32_t xe_debug_add_export(struct xe_debug *debug, const char *name, struct xe_error *err)
{
    xe_gva address = xe_kernel_export_address(debug->kernel, name);
    uint32_t id;

    if (!address) {
        xe_error_set(err, XE_ERR_INVALID_PARAMS,
                     "there is no export '%s': expected a name like KeSetEvent, "
                     "xam.xex!XamInputGetState or xboxkrnl.exe!#157",
                     name);
        return 0;
    }
    id = xe_debug_add(debug, XE_POINT_EXPORT, address, 4, err);
    if (id)
        snprintf(debug->point[debug->points - 1].name, sizeof(debug->point[0].name), "%s", name);
    return id;
}

bool xe_debug_remove(struct xe_debug *debug, uint32_t id)
{
    for (uint32_t i = 0; i < debug->points; i++)
        if (debug->point[i].id == id) {
            struct xe_point gone = debug->point[i];

            debug->points--;
            memmove(&debug->point[i], &debug->point[i + 1],
                    (debug->points - i) * sizeof(debug->point[0]));
            tell(debug, &gone); /* a mark that could not be taken away is asked about in vain */
            return true;
        }
    return false;
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

bool xe_debug_hit(const struct xe_debug *debug, struct xe_point_hit *ret)
{
    if (debug->is_hit)
        *ret = debug->hit;
    return debug->is_hit;
}
