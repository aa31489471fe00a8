/* The translator's life: regions made, entered, declared dead, thrown away. */
#include "jit/jit.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cpu/softfp/fpu_status.h"
#include "jit/emit.h"

#define REGIONS 0x8000u

/* Room that a region needs, if it is not unusually large. */
#define REGION_ROOM (REGION_WORDS * 640u)

/* ---- lazy state ------------------------------------------------------------------------------ */

void xe__jit_state_out(struct xe_jit *jit, struct xe_cpu *cpu)
{
    for (uint32_t i = 0; i < 8; i++)
        cpu->cr[i] = xe__cr_bits(jit->frame->cr[i]);
    xe__jit_fpu_out(jit, cpu);
}

void xe__jit_state_in(struct xe_jit *jit, const struct xe_cpu *cpu)
{
    for (uint32_t i = 0; i < 8; i++)
        jit->frame->cr[i] = xe__cr_lazy(cpu->cr[i]);
    xe__jit_fpu_mode(jit, cpu);
}

/* ---- life ------------------------------------------------------------------------------------ */

struct xe_jit *xe_jit_create(struct xe_cpu_engine *engine,
                             const struct xe_cpu_engine_config *config, struct xe_error *err)
{
    struct xe_jit *jit = xe_calloc(1, sizeof(*jit));

    if (!jit) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "jit: out of memory");
        return NULL;
    }
    jit->engine = engine;
    jit->max_regions = config->max_regions ? config->max_regions : REGIONS;
    jit->fma = __builtin_cpu_supports("fma") && !config->no_fma;
    jit->region = xe_calloc(jit->max_regions, sizeof(*jit->region));
    if (!jit->region)
        xe_error_set(err, XE_ERR_NO_MEMORY, "jit: out of memory");
    if (!jit->region || !xe_mem_guard_create(engine->env.mem, err) ||
        !xe__jit_code_create(jit, err) || !xe__jit_fault_create(err) ||
        !xe__jit_gs_create(jit, config->gs, err)) {
        xe_jit_destroy(jit);
        return NULL;
    }
    return jit;
}

static void free_region(struct xe_jit_region *region)
{
    xe_free(region->site);
    xe_free(region->entry);
    xe_free(region->link);
    xe_free(region->deferred);
    xe_free(region->place);
    xe_free(region);
}

void xe_jit_flush(struct xe_jit *jit)
{
    for (uint32_t i = 0; i < jit->regions; i++)
        free_region(jit->region[i]);
    jit->regions = 0;
    jit->used = jit->fixed;
    memset(jit->slow, 0, sizeof(jit->slow));
    jit->slows = 0;
    memset(jit->frame->lookup, 0xFF, sizeof(jit->frame->lookup));
    jit->changed = true;
    jit->counters.flushes++;
}

void xe_jit_destroy(struct xe_jit *jit)
{
    if (!jit)
        return;
    for (uint32_t i = 0; i < jit->regions; i++)
        free_region(jit->region[i]);
    xe__jit_gs_destroy(jit);
    xe__jit_code_destroy(jit);
    xe_free(jit->region);
    xe_free(jit);
}

const struct xe_jit_counters *xe_jit_counters(const struct xe_jit *jit)
{
    return &jit->counters;
}

/* ---- making regions -------------------------------------------------------------------------- */

/* The region is made of these pages: a change to any of them ends it. */
static bool refer_pages(struct xe_jit *jit, const struct xe_jit_scan *scan,
                        struct xe_jit_region *region)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < scan->blocks; i++) {
        uint32_t first = scan->block[i].pc >> XE_MEM_PAGE_SHIFT;
        uint32_t end = (scan->block[i].pc + 4 * scan->block[i].words + 3) >> XE_MEM_PAGE_SHIFT;

        for (uint32_t page = first < next ? next : first; page <= end; page++) {
            struct xe_jit_ref *ref = &region->ref[region->refs];

            if (region->refs == REGION_PAGES)
                return false;
            ref->page = xe__engine_add_page(jit->engine, page << XE_MEM_PAGE_SHIFT);
            if (!ref->page)
                return false;
            ref->region = region;
            ref->next = ref->page->refs;
            ref->page->refs = ref;
            ref->page->blank = false;
            region->refs++;
            xe_mem_code_mark(jit->engine->env.mem, page << XE_MEM_PAGE_SHIFT);
            next = page + 1;
        }
    }
    return true;
}

static void unrefer(struct xe_jit_region *region)
{
    for (uint32_t i = 0; i < region->refs; i++) {
        struct xe_jit_ref **at = &region->ref[i].page->refs;

        while (*at && *at != &region->ref[i])
            at = &(*at)->next;
        if (*at)
            *at = (*at)->next;
    }
    region->refs = 0;
}

static void publish_entry(struct xe_jit *jit, const struct xe_jit_entry *entry)
{
    struct xe__code_page *page = jit->engine->page[entry->pc >> XE_MEM_PAGE_SHIFT];

    if (!page || page->entry[entry->pc / 4 % XE__WORDS].code >= XE__CODE)
        return;
    page->entry[entry->pc / 4 % XE__WORDS].code = entry->code;
}

/* The passes, each with its own. */
struct making {
    struct xe_jit_scan scan;
    struct xe_jit_plan plan;
    struct xe_emit emit;
};

/* What was noted becomes the region's. */
static void take_notes(struct xe_jit_region *region, struct xe_jit_notes *notes)
{
    region->site = notes->site;
    region->sites = notes->sites;
    region->deferred = notes->deferred;
    region->entry = notes->entry;
    region->entries = notes->entries;
    region->place = notes->place;
    region->places = notes->places;
    notes->site = NULL;
    notes->deferred = NULL;
    notes->entry = NULL;
    notes->place = NULL;
}

static void free_making(struct making *making)
{
    struct xe_jit_notes *notes = &making->emit.notes;

    xe_free(notes->late);
    xe_free(notes->site);
    xe_free(notes->deferred);
    xe_free(notes->entry);
    xe_free(notes->place);
    xe_free(making);
}

static bool make_region(struct xe_jit *jit, struct making *making, uint32_t pc)
{
    struct xe_jit_region *region = xe_calloc(1, sizeof(*region));
    struct xe_emit *e = &making->emit;

    if (!region)
        return false;
    *e = (struct xe_emit){
        .jit = jit, .frame = jit->frame, .scan = &making->scan, .plan = &making->plan};
    e->a = (struct xe_x64){.at = jit->write + jit->used,
                           .end = jit->write + CODE_SIZE - 64,
                           .delta = jit->code - jit->write};
    region->head = pc;
    region->begin = jit->used;
    if (!xe__jit_scan(&making->scan, jit, pc))
        goto fail;
    xe__jit_plan(&making->plan, &making->scan);
    xe__jit_emit_region(e, region);
    if (e->a.full || e->failed || !refer_pages(jit, &making->scan, region))
        goto fail;
    region->end = (uint32_t)(e->a.at - jit->write);
    region->words = making->scan.words;
    take_notes(region, &e->notes);
    jit->used = (region->end + 15) & ~15u;
    jit->region[jit->regions++] = region;
    for (uint32_t i = 0; i < region->entries; i++)
        publish_entry(jit, &region->entry[i]);
    jit->counters.regions++;
    jit->counters.region_words += region->words;
    jit->counters.code_bytes += region->end - region->begin;
    return true;
fail:
    unrefer(region);
    free_region(region);
    return false;
}

/* *ret_full: the code cache has not enough room left. */
static bool try_region(struct xe_jit *jit, uint32_t pc, bool *ret_full)
{
    struct making *making = xe_calloc(1, sizeof(*making));
    bool done;

    *ret_full = false;
    if (!making)
        return false;
    done = make_region(jit, making, pc);
    *ret_full = making->emit.a.full;
    free_making(making);
    return done;
}

bool xe_jit_translate(struct xe_jit *jit, uint32_t pc)
{
    bool full, done;

    if (jit->regions == jit->max_regions || CODE_SIZE - jit->used < REGION_ROOM ||
        !xe__engine_has_pages(jit->engine, REGION_PAGES))
        xe_cpu_engine_flush(jit->engine);
    done = try_region(jit, pc, &full);
    if (full && jit->used > jit->fixed) {
        xe_cpu_engine_flush(jit->engine);
        done = try_region(jit, pc, &full);
    }
    return done;
}

/* ---- dead regions ---------------------------------------------------------------------------- */

/* Nothing leads into the region from now on. */
static void kill_region(struct xe_jit *jit, struct xe_jit_region *region)
{
    if (region->dead)
        return;
    region->dead = true;
    for (uint32_t i = 0; i < region->links; i++)
        memcpy(jit->write + region->link[i].at, &region->link[i].was, sizeof(int32_t));
    xe_free(region->link);
    region->link = NULL;
    region->links = region->link_room = 0;
    for (uint32_t i = 0; i < region->entries; i++) {
        const struct xe_jit_entry *entry = &region->entry[i];
        struct xe__code_page *page = jit->engine->page[entry->pc >> XE_MEM_PAGE_SHIFT];

        if (page && page->entry[entry->pc / 4 % XE__WORDS].code == entry->code)
            page->entry[entry->pc / 4 % XE__WORDS].code = 0;
        if (jit->frame->lookup[entry->pc / 4 % LOOKUP].code == entry->code)
            jit->frame->lookup[entry->pc / 4 % LOOKUP].pc = 1; /* no address */
    }
    jit->changed = true;
    jit->counters.invalidations++;
}

void xe_jit_page_changed(struct xe_jit *jit, struct xe__code_page *page)
{
    if (page->refs) { /* other instructions stand there now */
        memset(jit->slow, 0, sizeof(jit->slow));
        jit->slows = 0;
    }
    while (page->refs) {
        struct xe_jit_region *region = page->refs->region;

        kill_region(jit, region);
        unrefer(region);
    }
}

/* ---- running --------------------------------------------------------------------------------- */

#define STRETCH 16u

uint32_t xe_jit_stretch(const struct xe_jit *jit)
{
    return jit->frame->plain ? 1 : STRETCH;
}

/* Room for one more link to the region; false: no memory. */
static bool link_room(struct xe_jit_region *region)
{
    uint32_t room = region->link_room ? 2 * region->link_room : 8;
    struct xe_jit_link *grown;

    if (region->links < region->link_room)
        return true;
    grown = xe_reallocarray(region->link, room, sizeof(*grown));
    if (!grown)
        return false;
    region->link = grown;
    region->link_room = room;
    return true;
}

/* Point the exit that was just taken at the translation it wanted, if there is one now. */
static void link_exit(struct xe_jit *jit, uint32_t pc)
{
    const struct xe__code_page *page = jit->engine->page[pc >> XE_MEM_PAGE_SHIFT];
    uint32_t code = page ? page->entry[pc / 4 % XE__WORDS].code : 0;
    struct xe_jit_region *region = code >= XE__CODE ? xe__jit_region_at(jit, code) : NULL;
    struct xe_jit_link link = {.at = jit->frame->link};

    if (!region || !link_room(region))
        return;
    memcpy(&link.was, jit->write + link.at, sizeof(link.was));
    region->link[region->links++] = link;
    xe_x64_patch(jit->write + link.at, jit->write + code);
}

/* Translated code pushes two words a call and calls at most once an instruction. */
#define RUN_MAX 0x20000

enum xe_jit_leave xe_jit_enter(struct xe_jit *jit, struct xe_cpu *cpu, uint32_t code)
{
    struct xe_jit_frame *frame = jit->frame;
    struct xe_ppc_env *env = &jit->engine->env;
    uint64_t retired = xe_meter_retired(&env->meter);
    int64_t budget = (int64_t)xe_meter_take(&env->meter, RUN_MAX);
    enum xe_jit_leave why;

    frame->cpu = cpu;
    frame->link = 0;
    frame->single = 0;
    xe__jit_state_in(jit, cpu);
    xe_mem_guard_sync(env->mem);
    why = (enum xe_jit_leave)xe__jit_go_in(jit, cpu, code, budget);
    xe_meter_give(&env->meter, (uint64_t)frame->budget);
    jit->counters.retired += xe_meter_retired(&env->meter) - retired;
    if (why != XE_JIT_LEFT) /* then the helper did it */
        xe__jit_state_out(jit, cpu);
    if (frame->link)
        link_exit(jit, cpu->pc);
    jit->counters.leaves[why]++;
    if (jit->again) {
        kill_region(jit, jit->again);
        jit->again = NULL;
    }
    return why;
}
