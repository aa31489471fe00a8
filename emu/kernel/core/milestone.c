/* How far the title has come; see milestone.h.
 *
 * Calls come by the million, and all but a few are from a place that was seen before: a table of
 * return addresses, open and never more than half full, answers that with one look. */
#include "kernel/core/milestone.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/kernel_internal.h"

#define SLOTS    (2 * XE_MILESTONE_SITES) /* 1 << 15, which add_site shifts by */
#define ROW_SIZE 17u                      /* encoded */
#define OWN_SIZE 20u                      /* encoded, at least */

struct row {
    bool reached;
    uint64_t cycle;
    uint32_t tid, lr;
};

struct xe__milestones {
    struct row row[XE_MILESTONES];
    struct {
        char name[XE_MILESTONE_NAME];
        struct row at;
    } own[XE_MILESTONE_OWN];
    uint32_t owns, owns_more; /* kept, and not */
    uint32_t exports;
    uint32_t sites;
    bool sites_full;
    uint64_t site_cycle;
    uint32_t site[SLOTS]; /* return addresses; 0: free */
};

static const struct {
    const char *word, *doc;
} rows[XE_MILESTONES] = {
#define MILESTONE(NAME, word, doc) {word, doc},
#include "xe/milestones.def"
};

struct xe__milestones *xe__kernel_milestones_create(void)
{
    return xe_calloc(1, sizeof(struct xe__milestones));
}

void xe__kernel_milestones_destroy(struct xe__milestones *milestones)
{
    xe_free(milestones);
}

/* ---- recording ------------------------------------------------------------------------------ */

static struct row row_of(const struct xe_kernel *kernel, const struct xe_call *call)
{
    return (struct row){.reached = true,
                        .cycle = xe_kernel_cycle(kernel),
                        .tid = call && call->thread ? call->thread->tid : 0,
                        .lr = call ? call->lr : 0};
}

void xe_kernel_milestone_reached(struct xe_kernel *kernel, enum xe_milestone_id id,
                                 const struct xe_call *call)
{
    struct row *row = &kernel->milestones->row[id];

    if (!row->reached)
        *row = row_of(kernel, call);
}

/* Where it is, or belongs. *looks: how many it looked at: a title can choose addresses that all
 * want one slot. */
static uint32_t slot_of(const struct xe__milestones *milestones, uint32_t lr, uint32_t *looks)
{
    uint32_t at = ((lr >> 2) * 0x9E3779B1u) >> 17;

    for (*looks = 1; milestones->site[at] && milestones->site[at] != lr; ++*looks)
        at = (at + 1) % SLOTS;
    return at;
}

bool xe_kernel_milestone_may_have_called(const struct xe_kernel *kernel, uint32_t lr)
{
    const struct xe__milestones *milestones = kernel->milestones;
    uint32_t looks;

    return milestones->sites_full || milestones->site[slot_of(milestones, lr, &looks)] == lr;
}

static uint32_t add_site(struct xe__milestones *milestones, uint32_t lr, uint64_t cycle)
{
    uint32_t looks, at = slot_of(milestones, lr, &looks);

    if (milestones->site[at] || !lr)
        return looks;
    if (milestones->sites == XE_MILESTONE_SITES) {
        milestones->sites_full = true;
        return looks;
    }
    milestones->site[at] = lr;
    milestones->sites++;
    milestones->site_cycle = cycle;
    return looks;
}

void xe_kernel_milestone_site(const struct xe_call *call)
{
    uint32_t looks = add_site(call->kernel->milestones, call->lr, xe_kernel_cycle(call->kernel));

    if (looks > 1)
        xe_kernel_work(call->kernel, looks);
}

void xe_kernel_milestone_export(const struct xe_call *call, uint32_t module, uint32_t ordinal)
{
    static const struct {
        enum xe_milestone_id id;
        uint32_t module, ordinal;
    } calls[] = {
#define MILESTONE_CALL(NAME, module, export)                                                       \
    {XE_MILESTONE_##NAME, XE_HLE_##module, XE_ORD_##module##_##export},
#include "xe/milestones.def"
    };

    call->kernel->milestones->exports++;
    xe_kernel_milestone_reached(call->kernel, XE_MILESTONE_EXPORT, call);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (calls[i].module == module && calls[i].ordinal == ordinal)
            xe_kernel_milestone_reached(call->kernel, calls[i].id, call);
}

static bool has_own(const struct xe__milestones *milestones, const char *name)
{
    for (uint32_t i = 0; i < milestones->owns; i++)
        if (!strcmp(milestones->own[i].name, name))
            return true;
    return false;
}

void xe_kernel_milestone_line(struct xe_kernel *kernel, const char *line)
{
    struct xe__milestones *milestones = kernel->milestones;
    char name[XE_MILESTONE_NAME];
    size_t size;

    if (strncmp(line, XE_MILESTONE_LINE, sizeof(XE_MILESTONE_LINE) - 1))
        return;
    line += sizeof(XE_MILESTONE_LINE) - 1;
    line += strspn(line, " \t");
    size = strnlen(line, sizeof(name) - 1);
    while (size && (line[size - 1] == ' ' || line[size - 1] == '\t'))
        size--;
    memcpy(name, line, size);
    name[size] = '\0';
    if (!size || has_own(milestones, name))
        return;
    if (milestones->owns == XE_MILESTONE_OWN) {
        milestones->owns_more += milestones->owns_more < UINT32_MAX;
        return;
    }
    memcpy(milestones->own[milestones->owns].name, name, size + 1);
    milestones->own[milestones->owns++].at = row_of(kernel, kernel->call);
}

/* ---- reading -------------------------------------------------------------------------------- */

static struct xe_milestone view(const struct row *row, const char *name, const char *doc)
{
    return (struct xe_milestone){.name = name,
                                 .doc = doc,
                                 .reached = row->reached,
                                 .cycle = row->cycle,
                                 .tid = row->tid,
                                 .lr = row->lr};
}

void xe_kernel_milestones(const struct xe_kernel *kernel,
                          void (*fn)(void *ctx, const struct xe_milestone *milestone), void *ctx)
{
    const struct xe__milestones *all = kernel->milestones;
    struct xe_milestone one;

    for (uint32_t i = 0; i < XE_MILESTONES; i++) {
        one = view(&all->row[i], rows[i].word, rows[i].doc);
        fn(ctx, &one);
    }
    for (uint32_t i = 0; i < all->owns; i++) {
        one = view(&all->own[i].at, all->own[i].name, NULL);
        fn(ctx, &one);
    }
}

void xe_kernel_milestone_counts(const struct xe_kernel *kernel, struct xe_milestone_counts *ret)
{
    const struct xe__milestones *all = kernel->milestones;

    *ret = (struct xe_milestone_counts){.own = all->owns + all->owns_more,
                                        .exports = all->exports,
                                        .sites = all->sites,
                                        .sites_full = all->sites_full,
                                        .site_cycle = all->site_cycle};
    for (uint32_t i = 0; i < XE_MILESTONES; i++)
        ret->reached += all->row[i].reached;
    ret->reached += ret->own;
}

/* ---- state ---------------------------------------------------------------------------------- */

static void row_state(struct xe_codec *c, struct row *row)
{
    XE_CODEC(c, row->reached);
    XE_CODEC(c, row->cycle);
    XE_CODEC(c, row->tid);
    XE_CODEC(c, row->lr);
}

static void own_state(struct xe_codec *c, struct xe__milestones *all)
{
    size_t n = xe_codec_count(c, "own", all->owns, XE_MILESTONE_OWN, OWN_SIZE);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        xe_codec_text(c, "name", all->own[i].name, sizeof(all->own[i].name));
        row_state(c, &all->own[i].at);
        xe_codec_want(c, all->own[i].at.reached && all->own[i].name[0], "a name that is none");
    }
    all->owns = (uint32_t)n;
    XE_CODEC(c, all->owns_more);
}

static int by_address(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void save_sites(struct xe_codec *c, const struct xe__milestones *all)
{
    uint32_t *sorted = xe_calloc(all->sites + 1u, sizeof(*sorted)), n = 0;

    if (!sorted) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "out of memory");
        return;
    }
    for (uint32_t i = 0; i < SLOTS; i++)
        if (all->site[i])
            sorted[n++] = all->site[i];
    qsort(sorted, n, sizeof(*sorted), by_address);
    for (uint32_t i = 0; i < n; i++)
        xe_codec_u32(c, "site", &sorted[i]);
    xe_free(sorted);
}

static void load_sites(struct xe_codec *c, struct xe__milestones *all, size_t n)
{
    for (size_t i = 0; i < n && !c->stopped; i++) {
        uint32_t lr = 0;

        xe_codec_u32(c, "site", &lr);
        add_site(all, lr, 0);
    }
    xe_codec_want(c, all->sites == n, "%zu places of calls, of which %u are another's", n,
                  (unsigned)(n - all->sites));
}

/* A state of before a row was added has fewer: it was not reached. */
void xe__kernel_milestones_state(struct xe_codec *c, struct xe__milestones *all)
{
    size_t n;

    if (!xe_codec_section_beside(c, "milestones"))
        return;
    if (xe_codec_loading(c))
        memset(all, 0, sizeof(*all));
    n = xe_codec_count(c, "rows", XE_MILESTONES, XE_MILESTONES, ROW_SIZE);
    for (size_t i = 0; i < n && !c->stopped; i++)
        row_state(c, &all->row[i]);
    own_state(c, all);
    XE_CODEC(c, all->exports);
    n = xe_codec_count(c, "sites", all->sites, XE_MILESTONE_SITES, 4);
    if (xe_codec_loading(c))
        load_sites(c, all, n);
    else
        save_sites(c, all);
    XE_CODEC(c, all->sites_full);
    XE_CODEC(c, all->site_cycle);
    xe_codec_beside(c, false);
}
