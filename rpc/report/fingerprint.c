/* The shape as lines of text, sorted, each once; the fingerprint is their hash. Nothing that moves
 * between two builds, seeds or cycles may get into a line: no address, handle, thread id, count or
 * cycle. Numbers of threads alike are left out, too: they are what a race makes of a hang. */
#include "rpc/report/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/report/text_buffer.h"

#define FRAMES 8u /* of a stack: what is below them is how the thread began */

/* Where a stuck thread waits, as text. Threads alike share one: most of a thousand are. */
struct stack {
    uint32_t lr[FRAMES + 1]; /* of the wait, then its callers */
    const char *src;
    bool all;
    char *text; /* owned */
};

struct shaping {
    struct xe_instance *instance;
    const struct xe_explain *explain;
    struct xe_rpc_explain_view *view;
    struct stack *stack; /* owned */
    uint32_t stacks;
    uint32_t *of;      /* owned: of a thread, its stack + 1 */
    uint32_t next;     /* threads are visited by id, as explain has them */
    const char **part; /* owned list of borrowed texts, of the root at hand */
    uint32_t parts;
    bool no_memory;
};

/* ---- places ---------------------------------------------------------------------------------- */

#define MFLR      0x7C0802A6u /* into any register */
#define MFLR_MASK 0xFC1FFFFFu
#define BLR       0x4E800020u
#define SCAN      2048u /* words */

/* Without a table of functions their beginnings are guesses: what only pointers lead to looks like
 * a part of the function before it. But who calls anything saves its own return address first, so
 * that instruction is where a function is counted from. A place that may be in a function that
 * calls nothing (leaf) can be behind another's end. */
static uint32_t offset_in_function(const struct shaping *s, uint32_t at, uint32_t offset, bool leaf)
{
    uint32_t n = offset / 4 < SCAN ? offset / 4 : SCAN;
    uint8_t bytes[4 * SCAN];

    if (!n || !xe_instance_mem_read(s->instance, at - 4 * n, bytes, 4 * n, NULL))
        return offset;
    for (uint32_t i = n; i > 0; i--) {
        const uint8_t *b = bytes + 4 * (i - 1);
        uint32_t word = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];

        if ((word & MFLR_MASK) == MFLR)
            return 4 * (n - (i - 1));
        if (!leaf || word != BLR)
            continue;
        while (i < n &&
               (!memcmp(bytes + 4 * i, "\0\0\0", 4) || !memcmp(bytes + 4 * i, "\x60\0\0", 4)))
            i++;
        return 4 * (n - i);
    }
    return offset;
}

/* A name says more than an offset, and lasts longer; what has no name is told by how far into its
 * function it is. true: it has one. */
static bool add_place(const struct shaping *s, struct xe__text *text, uint32_t lr, bool leaf)
{
    struct xe_place place = {.named = false};

    if (!xe_instance_place_of_call(s->instance, lr, &place))
        xe__rpc_text_add(text, "?");
    else if (place.named)
        xe__rpc_text_add(text, "%s", place.name);
    else
        xe__rpc_text_add(text, "%s+0x%x", strncmp(place.name, "sub_", 4) ? place.name : "",
                         offset_in_function(s, lr, place.offset, leaf));
    return place.named;
}

static void add_stack(const struct shaping *s, struct xe__text *text, const uint32_t *lr,
                      uint32_t count, bool leaf)
{
    char *before = NULL;

    for (uint32_t i = 0; i < count && lr[i]; i++) {
        struct xe__text one = {0};
        bool named = add_place(s, &one, lr[i], leaf && !i);
        char *place = xe__rpc_text_take(&one);

        text->failed |= !place;
        /* How deep a recursion is counts no more than how often a loop was gone through. */
        if (place && !(named && before && !strcmp(place, before)))
            xe__rpc_text_add(text, "%s%s", i ? " < " : "", place);
        free(before);
        before = place;
    }
    free(before);
}

/* ---- threads --------------------------------------------------------------------------------- */

static bool same_stack(const struct stack *a, const struct stack *b)
{
    return !memcmp(a->lr, b->lr, sizeof(a->lr)) && a->src == b->src && a->all == b->all;
}

static void name_stack(struct shaping *s, struct stack *stack)
{
    struct xe__text text = {0};

    xe__rpc_text_add(&text, "%s%s in ", stack->src ? stack->src : "suspended",
                     stack->all ? " of all" : "");
    add_stack(s, &text, stack->lr, FRAMES + 1, false);
    stack->text = xe__rpc_text_take(&text);
    s->no_memory |= !stack->text;
}

static uint32_t find_stack(struct shaping *s, const struct stack *wanted)
{
    for (uint32_t i = s->stacks; i > 0; i--)
        if (same_stack(&s->stack[i - 1], wanted))
            return i;
    s->stack[s->stacks] = *wanted;
    name_stack(s, &s->stack[s->stacks++]);
    return s->stacks;
}

/* Where it is in its circle says nothing: the call that asks, else where the loop begins. */
static const char *name_spin(const struct xe_spin *spin, uint32_t *ret_at)
{
    *ret_at = spin->asks ? spin->ask[0].lr : spin->first;
    return spin->asks ? spin->ask[0].src : "spins";
}

static void see_thread(void *ctx, const struct xe_thread_info *info)
{
    struct shaping *s = ctx;
    struct stack stack = {.src = info->wait_src, .all = info->wait_all};
    uint32_t n = 0;

    while (s->next < s->explain->threads && s->explain->thread[s->next].now.tid < info->tid)
        s->next++;
    if (s->next == s->explain->threads || s->explain->thread[s->next].now.tid != info->tid ||
        !s->explain->thread[s->next].stuck)
        return;
    if (s->explain->thread[s->next].spin)
        stack.src = name_spin(s->explain->thread[s->next].spin, &stack.lr[n++]);
    else if (info->wait_lr)
        stack.lr[n++] = info->wait_lr;
    for (uint32_t i = 0; i < info->frames && n <= FRAMES; i++)
        if (!n || info->frame[i].lr != stack.lr[n - 1])
            stack.lr[n++] = info->frame[i].lr;
    s->of[s->next] = find_stack(s, &stack);
}

static const char *text_of(const struct shaping *s, uint32_t thread)
{
    return s->of[thread] ? s->stack[s->of[thread] - 1].text : "?";
}

/* ---- roots ----------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those gathered in s->part, sorted; each once if that is asked for. */
static void add_parts(struct shaping *s, struct xe__text *text, const char *title, bool once)
{
    uint32_t told = 0;

    if (s->parts)
        qsort(s->part, s->parts, sizeof(*s->part), by_text);
    for (uint32_t i = 0; i < s->parts; i++)
        if (!once || !i || strcmp(s->part[i - 1], s->part[i]))
            xe__rpc_text_add(text, "%s%s", told++ ? "; " : title, s->part[i]);
    s->parts = 0;
}

static void add_threads(struct shaping *s, struct xe__text *text, const char *title,
                        const uint32_t *thread, uint32_t threads, bool once)
{
    for (uint32_t i = 0; i < threads; i++)
        s->part[s->parts++] = text_of(s, thread[i]);
    add_parts(s, text, title, once);
}

/* Without the counts of a semaphore. */
static void add_kind(struct xe__text *text, const struct xe_explain_object *object)
{
    char name[64];

    xe_explain_kind_text(object, name, sizeof(name));
    xe__rpc_text_add(text, "%.*s", (int)strcspn(name, "("), name);
}

static char *name_object(struct shaping *s, uint32_t at)
{
    const struct xe_released *about = &s->explain->object[at].about;
    struct xe__text text = {0};

    add_kind(&text, &s->explain->object[at]);
    if (about->has_creator && about->created.src) {
        xe__rpc_text_add(&text, " of %s in ", about->created.src);
        add_place(s, &text, about->created.lr, false);
    }
    return xe__rpc_text_take(&text);
}

static void add_objects(struct shaping *s, struct xe__text *text,
                        const struct xe_explain_root *root)
{
    uint32_t n = root->objects < XE_RPC_EXPLAIN_ROOTS ? root->objects : XE_RPC_EXPLAIN_ROOTS;
    char *name[XE_RPC_EXPLAIN_ROOTS];

    for (uint32_t i = 0; i < n; i++) {
        name[i] = name_object(s, root->object[i]);
        s->no_memory |= !name[i];
        s->part[i] = name[i] ? name[i] : "";
    }
    s->parts = n;
    add_parts(s, text, " | ", true);
    for (uint32_t i = 0; i < n; i++)
        free(name[i]);
}

static char *name_root(struct shaping *s, const struct xe_explain_root *root,
                       const struct xe_rpc_explained_root *told)
{
    struct xe__text text = {0};

    xe__rpc_text_add(&text, "root %s %s/%s", told->what, told->code, told->sub);
    add_objects(s, &text, root);
    if (root->cycle)
        xe__rpc_text_add(&text, " of %u", root->threads);
    add_threads(s, &text, " | ", root->thread, root->threads, false);
    add_threads(s, &text, " | waits ", root->waiter, root->waiters, true);
    add_threads(s, &text, " | behind ", root->behind, root->behinds, true);
    return xe__rpc_text_take(&text);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void add_line(struct shaping *s, char *line)
{
    s->no_memory |= !line;
    if (line)
        s->view->shape[s->view->shapes++] = line;
}

static char *name_lacking(const struct xe_rpc_lacking_view *lacking)
{
    struct xe__text text = {0};

    xe__rpc_text_add(&text, "lacks %s %s", lacking->kind, lacking->name);
    return xe__rpc_text_take(&text);
}

static void see_crashed(void *ctx, const struct xe_thread_info *info)
{
    struct shaping *s = ctx;
    const struct xe_stop_info *stop = xe_instance_stop_info(s->instance);
    struct xe__text text = {0};
    uint32_t lr[FRAMES + 1] = {stop->pc + 4}, n = 1; /* as if it were a call: told by where it is */

    if (info->tid != stop->tid)
        return;
    for (uint32_t i = 0; i < info->frames && n <= FRAMES; i++)
        lr[n++] = info->frame[i].lr;
    xe__rpc_text_add(&text, "crash %s in ", xe_cause_name(stop->cause));
    add_stack(s, &text, lr, n, true);
    add_line(s, xe__rpc_text_take(&text));
}

static void make_lines(struct shaping *s)
{
    struct xe_rpc_explain_view *view = s->view;
    struct xe__text text = {0};

    xe__rpc_text_add(&text, "verdict %s", view->verdict);
    add_line(s, xe__rpc_text_take(&text));
    if (s->explain->verdict == XE_VERDICT_CRASHED)
        xe_kernel_threads(xe_instance_kernel(s->instance), see_crashed, s);
    for (uint32_t i = 0; i < view->roots; i++)
        add_line(s, name_root(s, &s->explain->root[i], &view->root[i]));
    for (uint32_t i = 0; i < view->lackings; i++)
        if (!view->lacking[i].lacks) /* what is there in part is seldom why */
            add_line(s, name_lacking(&view->lacking[i]));
}

/* Sorted, each once. */
static void sort_lines(struct xe_rpc_explain_view *view)
{
    uint32_t n = 0;

    qsort(view->shape, view->shapes, sizeof(*view->shape), by_text);
    for (uint32_t i = 0; i < view->shapes; i++) {
        if (n && !strcmp(view->shape[n - 1], view->shape[i]))
            free((void *)(uintptr_t)view->shape[i]);
        else
            view->shape[n++] = view->shape[i];
    }
    view->shapes = n;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool is_wrong(const struct xe_explain *explain)
{
    return explain->roots > 0 || explain->verdict == XE_VERDICT_CRASHED ||
           explain->verdict == XE_VERDICT_STARVED;
}

static bool shape_init(struct shaping *s)
{
    /* A root has each thread at most once; its objects are no more than XE_RPC_EXPLAIN_ROOTS. */
    s->part = calloc(s->explain->threads + XE_RPC_EXPLAIN_ROOTS, sizeof(*s->part));
    s->stack = calloc(s->explain->threads + 1u, sizeof(*s->stack));
    s->of = calloc(s->explain->threads + 1u, sizeof(*s->of));
    s->view->shape = calloc(s->view->roots + s->view->lackings + 2u, sizeof(*s->view->shape));
    return s->part && s->stack && s->of && s->view->shape;
}

bool xe__rpc_fingerprint_make(struct xe_instance *instance, const struct xe_explain *explain,
                              struct xe_rpc_explain_view *view)
{
    struct shaping s = {.instance = instance, .explain = explain, .view = view};

    if (!is_wrong(explain))
        return true;
    if (shape_init(&s)) {
        xe_kernel_threads(xe_instance_kernel(instance), see_thread, &s);
        make_lines(&s);
        sort_lines(view);
        xe_fingerprint_text(view->shape, view->shapes, view->fingerprint);
    } else {
        s.no_memory = true;
    }
    for (uint32_t i = 0; i < s.stacks; i++)
        free(s.stack[i].text);
    free(s.stack);
    free(s.of);
    free(s.part);
    return !s.no_memory;
}

void xe__rpc_fingerprint_free(struct xe_rpc_explain_view *view)
{
    for (uint32_t i = 0; i < view->shapes; i++)
        free((void *)(uintptr_t)view->shape[i]);
    free(view->shape);
}
