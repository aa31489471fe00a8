/* Calls by which the title's code would signal an object: branches with a return address to the
 * thunk of an export that signals (kernel/hle/signals.c), in the pages of the title that may be
 * executed. Each says, as far as its instructions tell, which object it is for. */
#include "kernel/core/callsite.h"

#include "base/alloc.h"
#include "cpu/isa/fields.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/milestone.h"
#include "kernel/core/release.h"
#include "kernel/hle/hle.h"

#define IS_EXECUTED (XE_PAGE_EXECUTE_READ | XE_PAGE_EXECUTE_READWRITE)
#define SITES_MAX   65536u
#define OP_BRANCH   18u

/* A thunk, as the loader makes it: the export's entry in r11, to CTR, and there. */
#define LIS_R11   0x3D600000u
#define ORI_R11   0x616B0000u
#define MTCTR_R11 0x7D6903A6u
#define BCTR      0x4E800420u

struct site {
    xe_gva at;
    const struct xe_hle_signals *signals;
    bool returns; /* it leaves a return address: whether it was made is known */
};

struct xe_callsites {
    const struct xe_kernel *kernel;
    bool scanned, complete;
    struct site *site; /* owned, ascending */
    uint32_t sites;
    size_t room;
};

struct xe_callsites *xe_kernel_callsites_create(const struct xe_kernel *kernel)
{
    struct xe_callsites *sites = xe_calloc(1, sizeof(*sites));

    if (sites)
        sites->kernel = kernel;
    return sites;
}

void xe_kernel_callsites_destroy(struct xe_callsites *sites)
{
    if (sites)
        xe_free(sites->site);
    xe_free(sites);
}

/* ---- looking for calls ----------------------------------------------------------------------- */

static const struct xe_hle_signals *signals_of_thunk(const struct xe_kernel *kernel, xe_gva thunk)
{
    const struct xe_mem *mem = kernel->mem;
    uint32_t high = xe_mem_u32(mem, thunk), low;

    if ((high & 0xFFFF0000u) != LIS_R11)
        return NULL;
    low = xe_mem_u32(mem, thunk + 4);
    if ((low & 0xFFFF0000u) != ORI_R11 || xe_mem_u32(mem, thunk + 8) != MTCTR_R11 ||
        xe_mem_u32(mem, thunk + 12) != BCTR)
        return NULL;
    return xe_hle_signals_at(kernel, high << 16 | (low & 0xFFFF));
}

static void look_at(struct xe_callsites *sites, xe_gva at, uint32_t word)
{
    const struct xe_kernel_title *title = &sites->kernel->title;
    xe_gva target = (xe_ppc_aa(word) ? 0 : at) + (uint32_t)xe_ppc_li(word);
    const struct xe_hle_signals *signals =
        target - title->base < title->size ? signals_of_thunk(sites->kernel, target) : NULL;

    if (!signals)
        return;
    if (sites->sites == SITES_MAX ||
        !xe_grow(&sites->site, &sites->room, sites->sites, sizeof(*sites->site))) {
        sites->complete = false;
        return;
    }
    sites->site[sites->sites++] = (struct site){at, signals, xe_ppc_lk(word)};
}

void xe_kernel_callsite_code(const struct xe_kernel *kernel,
                             void (*fn)(void *ctx, xe_gva at, const uint8_t *bytes, uint32_t size),
                             void *ctx)
{
    uint64_t end = (uint64_t)kernel->title.base + kernel->title.size;
    struct xe_mem_region region;

    for (uint64_t at = kernel->title.base; at < end; at += region.size) {
        uint32_t size;
        const uint8_t *bytes;

        if (!xe_mem_query(kernel->mem, (xe_gva)at, &region) || !region.size)
            return;
        if (!region.committed || !(region.protect & IS_EXECUTED))
            continue;
        size = at + region.size > end ? (uint32_t)(end - at) : region.size;
        bytes = xe_mem_view(kernel->mem, (xe_gva)at, size);
        if (bytes)
            fn(ctx, (xe_gva)at, bytes, size & ~3u);
    }
}

static void scan_piece(void *ctx, xe_gva at, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 4)
        if (bytes[i] >> 2 == OP_BRANCH)
            look_at(ctx, at + i, xe_load_be32(bytes + i));
}

static void scan(struct xe_callsites *sites)
{
    sites->scanned = sites->complete = true;
    xe_kernel_callsite_code(sites->kernel, scan_piece, sites);
}

/* ---- whom they are for ----------------------------------------------------------------------- */

enum aim { AIM_OTHER, AIM_UNKNOWN, AIM_IT };

static enum aim aim_of(const struct xe_callsites *sites, const struct site *site,
                       const struct xe_object *object, uint32_t *ret_variable)
{
    struct xe_kernel *kernel = object->kernel;
    uint32_t value;
    enum xe_callsite_value how = xe_kernel_callsite_value(sites->kernel->mem, site->at, 3, &value);
    const struct xe_object *named;

    *ret_variable = 0;
    if (how == XE_CALLSITE_UNKNOWN)
        return AIM_UNKNOWN;
    if (how == XE_CALLSITE_LOADED) {
        *ret_variable = value;
        value = xe_mem_u32(kernel->mem, value);
    }
    named = site->signals->pointer ? xe_kernel_object_at(kernel, value)
                                   : xe_kernel_handle_object(kernel, value);
    return named == object ? AIM_IT : AIM_OTHER;
}

static bool was_reached(const struct xe_callsites *sites, const struct site *site)
{
    return !site->returns || xe_kernel_milestone_may_have_called(sites->kernel, site->at + 4);
}

/* A thread whose start routine leads to the call, another than one that waits for the object if
 * there is one. */
static const struct xe_thread *thread_of(const struct xe_callsites *sites, xe_gva at,
                                         const struct xe_object *object)
{
    const struct xe_thread *found = NULL;

    for (const struct xe_thread *t = xe_kernel_thread_first(sites->kernel); t; t = t->tid_next) {
        bool waits = t->wait.parked && t->wait.count && t->wait.link[0].object == object;

        if (t->state == XE_THREAD_TERMINATED || t->system || (found && waits) ||
            !xe_kernel_callsite_leads(sites->kernel->mem, t->start_routine, at))
            continue;
        found = t;
        if (!waits)
            break;
    }
    return found;
}

/* Those for which the object's kind fits. */
struct candidates {
    const struct site *exact, *open;       /* the first that never was made           */
    uint32_t exacts, opens, opens_reached; /* for this object; for nobody knows which */
    uint32_t variable;
};

static void weigh(const struct xe_callsites *sites, const struct site *site,
                  const struct xe_object *object, struct candidates *ret)
{
    uint32_t variable;
    enum aim aim = aim_of(sites, site, object, &variable);
    bool reached = was_reached(sites, site);

    if (aim == AIM_UNKNOWN) {
        ret->opens++;
        ret->opens_reached += reached;
        ret->open = site;
    } else if (aim == AIM_IT && !reached) {
        if (!ret->exacts++) {
            ret->exact = site;
            ret->variable = variable;
        }
    }
}

static const struct xe_object *find(const struct xe_kernel *kernel, uint64_t object_id)
{
    const struct xe_object *object = kernel->newest;

    while (object && object->id != object_id)
        object = object->older;
    return object;
}

bool xe_kernel_callsites_unreached(struct xe_callsites *sites, uint64_t object_id,
                                   struct xe_audit_unreached *ret)
{
    const struct xe_object *object = find(sites->kernel, object_id);
    struct candidates all = {0};
    const struct site *site;
    const struct xe_thread *thread;

    if (!object)
        return false;
    if (!sites->scanned)
        scan(sites);
    for (uint32_t i = 0; i < sites->sites; i++)
        if (sites->site[i].signals->classes >> object->type->class & 1)
            weigh(sites, &sites->site[i], object, &all);
    /* One call alone whose object isn't told can be the one. */
    if (!all.exact && all.opens == 1 && !all.opens_reached && sites->complete)
        all.exact = all.open;
    site = all.exact;
    if (!site)
        return false;
    *ret = (struct xe_audit_unreached){.src = site->signals->name,
                                       .at = site->at,
                                       .variable = all.variable,
                                       .exact = all.exacts > 0,
                                       .more = all.exacts ? all.exacts - 1 : 0};
    thread = thread_of(sites, site->at, object);
    if (thread)
        xe_kernel_thread_standing(thread, &ret->thread);
    return true;
}
