/* Does a thread spin? What it reads, what it asks for, and who can write that: see xe/spin.h. */
#include "xe/spin.h"

#include <string.h>

#include "base/alloc.h"
#include "cpu/trial.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/release.h"

/* Instructions without anything new until it is worth a look: what spins, spins for longer. */
#define LOOK 100000u

struct looking {
    const struct xe_thread *thread;
    struct xe_kernel *kernel;
    struct xe_spin *spin;
    uint64_t begun;       /* timebase                           */
    uint32_t clock_calls; /* questions that are about the time  */
};

/* ---- the world of a trial -------------------------------------------------------------------- */

/* A question is answered as it was before; nothing else is. */
static bool answer(void *ctx, struct xe_cpu *cpu, xe_gva entry)
{
    const struct looking *l = ctx;
    const char *name = xe_hle_entry_name(l->kernel, entry);
    const struct xe_ask *ask = name ? xe__kernel_still_find(l->thread, name, cpu) : NULL;

    if (!ask)
        return false;
    if (xe_kernel_ask_row(name)->again == XE_AGAIN_RETRY)
        cpu->pc = entry;
    else
        cpu->gpr[3] = ask->answer;
    return true;
}

static uint64_t timebase(void *ctx, struct xe_cpu *cpu)
{
    const struct looking *l = ctx;

    return l->begun + (cpu->retired - l->thread->cpu.retired) / 20;
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool may_be_written(const struct xe_mem *mem, xe_gva at)
{
    struct xe_mem_region region;

    return xe_mem_query(mem, at, &region) &&
           (region.protect & (XE_PAGE_READWRITE | XE_PAGE_EXECUTE_READWRITE));
}

static bool lies_in(xe_gva at, xe_gva first, uint32_t size)
{
    return first && at - first < size;
}

/* What the kernel keeps for the thread, which it reads to know itself. */
static bool is_of_itself(const struct xe_thread *thread, xe_gva at)
{
    return lies_in(at, thread->kpcr, XE_MEM_PAGE) ||
           lies_in(at, thread->tls, xe__kernel_tls_size(thread->kernel)) ||
           (lies_in(at, thread->kthread, XE_X_THREAD_SIZE) && at - thread->kthread >= 0x10);
}

static const struct xe_object *object_around(struct xe_kernel *kernel, xe_gva at)
{
    for (uint32_t into = 0; into < 0x10; into += 4) {
        const struct xe_object *object = xe_kernel_object_at(kernel, (at & ~3u) - into);

        if (object && object->header == xe_mem_canonical((at & ~3u) - into))
            return object;
    }
    return NULL;
}

static uint32_t stack_of(const struct xe_kernel *kernel, xe_gva at)
{
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        if (t->state != XE_THREAD_TERMINATED && at >= t->stack_limit && at < t->stack_base)
            return t->tid;
    return 0;
}

/* Does a call store the time there? */
static bool is_told_time(const struct xe_thread *thread, xe_gva at)
{
    for (uint32_t i = 0; i < thread->still.asks; i++) {
        const struct xe_ask *ask = &thread->still.ask[i];
        const struct xe_ask_row *row = xe_kernel_ask_row(ask->src);

        if (row && row->what == XE_ASKS_TIME && ask->args &&
            lies_in(at, (xe_gva)ask->arg[row->argument], 8))
            return true;
    }
    return false;
}

static void tell_place(const struct looking *l, struct xe_spin_word *word)
{
    const struct xe_object *object;

    if (xe_device_at(word->address, &word->place)) {
        word->where = XE_SPIN_DEVICE;
    } else if (lies_in(word->address, l->kernel->time_bundle, XE_X_TIME_SIZE) ||
               is_told_time(l->thread, word->address)) {
        word->where = XE_SPIN_CLOCK;
    } else if ((word->tid = stack_of(l->kernel, word->address))) {
        word->where = XE_SPIN_STACK;
    } else if ((object = object_around(l->kernel, word->address))) {
        word->where = XE_SPIN_OBJECT;
        word->object_id = object->id;
    }
}

static void tell_value(const struct looking *l, struct xe_spin_word *word)
{
    const struct xe_mem *mem = l->kernel->mem;
    xe_gva at;

    word->has_value = word->size <= 8 && !(word->size & (word->size - 1));
    if (!word->has_value)
        return;
    if (word->where == XE_SPIN_DEVICE) {
        xe_mem_aside(l->kernel->mem, true);
        word->has_value = xe_mem_load_slow(l->kernel->mem, word->address, word->size, &word->value,
                                           &at) == XE_MEM_OK;
        xe_mem_aside(l->kernel->mem, false);
    } else {
        const uint8_t *bytes = xe_mem_view(mem, word->address, word->size);

        word->has_value = bytes != NULL;
        word->value = bytes ? xe_load_be(bytes, word->size) : 0;
    }
}

static void tell_writers(const struct looking *l, struct xe_spin_word *word)
{
    const struct xe_kernel *kernel = l->kernel;
    const struct xe_writers *writers =
        kernel->witness ? kernel->witness(kernel->witness_ctx, word->address, word->size) : NULL;

    if (writers)
        word->writers = *writers;
}

/* Is it but the address of something else that is read? */
static bool leads_to_another(const struct xe_spin_word *word, const struct xe_trial *trial)
{
    for (uint32_t i = 0; word->size == 4 && word->has_value && i < trial->reads; i++)
        if (trial->read[i].address != word->address &&
            (uint32_t)(trial->read[i].address - (uint32_t)word->value + 0x8000) < 0x10000)
            return true;
    return false;
}

/* What a title would call the thing that it waits for comes first; what isn't worth telling, -1. */
static int weight(const struct looking *l, const struct xe_spin_word *word,
                  const struct xe_trial *trial)
{
    static const int weights[XE_SPIN_WHERES] = {[XE_SPIN_DEVICE] = 5,
                                                [XE_SPIN_OBJECT] = 4,
                                                [XE_SPIN_MEMORY] = 3,
                                                [XE_SPIN_STACK] = 3,
                                                [XE_SPIN_CLOCK] = 2};

    if (word->where == XE_SPIN_DEVICE || word->where == XE_SPIN_CLOCK)
        return weights[word->where];
    if (is_of_itself(l->thread, word->address) || !may_be_written(l->kernel->mem, word->address))
        return -1;
    if (word->where == XE_SPIN_STACK && word->tid == l->thread->tid)
        return 0;
    return leads_to_another(word, trial) ? 1 : weights[word->where];
}

static void add_word(struct xe_spin *spin, const struct xe_spin_word *word, int at[], int weight)
{
    uint32_t i = spin->words;

    while (i && at[i - 1] < weight)
        i--;
    if (i == XE_SPIN_WORDS) {
        spin->more = true;
        return;
    }
    if (spin->words == XE_SPIN_WORDS) {
        spin->more = true;
        spin->words--;
    }
    memmove(&spin->word[i + 1], &spin->word[i], (spin->words - i) * sizeof(*word));
    memmove(&at[i + 1], &at[i], (spin->words - i) * sizeof(*at));
    spin->word[i] = *word;
    at[i] = weight;
    spin->words++;
}

static void tell_words(const struct looking *l, const struct xe_trial *trial)
{
    struct xe_spin *spin = l->spin;
    int weights[XE_SPIN_WORDS];

    for (uint32_t i = 0; i < trial->reads; i++) {
        struct xe_spin_word word = {.address = trial->read[i].address, .size = trial->read[i].size};
        int heavy;

        tell_place(l, &word);
        tell_value(l, &word);
        tell_writers(l, &word);
        heavy = weight(l, &word, trial);
        if (heavy >= 0)
            add_word(spin, &word, weights, heavy);
    }
    /* Locals are told only where there is nothing else. */
    while (spin->words > 1 && weights[spin->words - 1] == 0 && weights[0] > 0)
        spin->words--;
}

/* ---- questions ------------------------------------------------------------------------------- */

static uint32_t lock_owner(struct xe_kernel *kernel, enum xe_ask_what what, xe_gva lock)
{
    const struct xe_thread *owner;

    if (what == XE_ASKS_SECTION) {
        owner = xe_kernel_thread_at(kernel, xe_mem_u32(kernel->mem, lock + XE_X_CS_OWNER));
        return owner ? owner->tid : 0;
    }
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next) {
        if (what == XE_ASKS_SPIN_LOCK && t->kpcr && t->kpcr == xe_mem_u32(kernel->mem, lock))
            return t->tid;
        for (uint32_t i = 0; what == XE_ASKS_RW_LOCK && i < t->rw_helds; i++)
            if (t->rw_held[i] == lock)
                return t->tid;
    }
    return 0;
}

static const struct xe_object *asked_object(struct xe_kernel *kernel, enum xe_ask_what what,
                                            uint32_t key)
{
    switch (what) {
    case XE_ASKS_HANDLE:
    case XE_ASKS_HANDLES:
        return xe_kernel_handle_object(kernel, key);
    case XE_ASKS_POINTER:
    case XE_ASKS_POINTERS:
    case XE_ASKS_SECTION:
        return xe_kernel_object_at(kernel, key);
    case XE_ASKS_RW_LOCK:
        return xe_kernel_object_at(kernel, key + XE_X_RW_WRITER_EVENT);
    default:
        return NULL;
    }
}

static bool is_of_nothing(const struct xe_ask_row *row)
{
    return row->what == XE_ASKS_NOTHING || row->what == XE_ASKS_TIME;
}

static void tell_keys(struct xe_kernel *kernel, const struct xe_ask *ask,
                      const struct xe_ask_row *row, struct xe_spin_ask *ret)
{
    bool list = row->what == XE_ASKS_HANDLES || row->what == XE_ASKS_POINTERS;
    uint32_t argument = (uint32_t)ask->arg[row->argument];
    uint32_t keys = list ? (uint32_t)ask->arg[row->argument - 1] : 1;

    if (is_of_nothing(row))
        return;
    ret->keys = keys < XE_SPIN_OBJECTS ? keys : XE_SPIN_OBJECTS;
    for (uint32_t i = 0; i < ret->keys; i++) {
        const struct xe_object *object;

        ret->key[i] = list ? xe_mem_u32(kernel->mem, argument + 4 * i) : argument;
        object = asked_object(kernel, row->what, ret->key[i]);
        ret->object[i] = object && object->header ? object->id : 0;
    }
    ret->owner = lock_owner(kernel, row->what, argument);
}

/* Those that ask for something come first. */
static void tell_asks(struct looking *l)
{
    const struct xe_still *still = &l->thread->still;

    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < still->asks; i++) {
            const struct xe_ask *ask = &still->ask[i];
            const struct xe_ask_row *row = xe_kernel_ask_row(ask->src);
            struct xe_spin_ask *ret = &l->spin->ask[l->spin->asks];

            if (!row || !ask->times || is_of_nothing(row) != (pass == 1))
                continue;
            *ret = (struct xe_spin_ask){.src = ask->src,
                                        .lr = ask->lr,
                                        .times = ask->times,
                                        .answers = row->again != XE_AGAIN_RETRY,
                                        .answer = ask->answer,
                                        .what = row->what};
            tell_keys(l->kernel, ask, row, ret);
            l->clock_calls += row->what == XE_ASKS_TIME;
            l->spin->asks++;
        }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool may_spin(const struct xe_thread *thread)
{
    const struct xe_still *still = &thread->still;

    if ((thread->system && !thread->calls) || thread->wait.parked || thread->suspend_count ||
        (thread->state != XE_THREAD_READY && thread->state != XE_THREAD_RUNNING))
        return false;
    return still->asked >= XE_POLLS || thread->cpu.retired - still->retired >= LOOK;
}

static uint32_t clocks(const struct xe_spin *spin)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < spin->words; i++)
        count += spin->word[i].where == XE_SPIN_CLOCK;
    return count;
}

/* A loop that counts, or looks at the time, and at nothing else will come to its end; one that
 * counts and looks at many words goes through them. */
static bool is_at_work(const struct looking *l)
{
    const struct xe_spin *spin = l->spin;

    if (spin->exact)
        return false;
    return spin->more || (clocks(spin) == spin->words && spin->asks == l->clock_calls);
}

static bool tell(struct looking *l, const struct xe_trial *trial)
{
    struct xe_spin *spin = l->spin;
    const struct xe_thread *thread = l->thread;

    *spin = (struct xe_spin){.exact = trial->end == XE_TRIAL_RECURS && !trial->writes,
                             .since_cycle = thread->still.cycle,
                             .instructions = thread->cpu.retired - thread->still.retired,
                             .period = trial->end == XE_TRIAL_RECURS ? trial->period : 0,
                             .first = trial->first,
                             .last = trial->last,
                             .changes = trial->changes};
    tell_words(l, trial);
    if (trial->answers)
        tell_asks(l);
    spin->clock = trial->clock || clocks(spin) || l->clock_calls;
    spin->exact &= !spin->clock;
    return !is_at_work(l);
}

bool xe_kernel_thread_spin(const struct xe_thread *thread, struct xe_spin *ret)
{
    struct looking l = {.thread = thread,
                        .kernel = thread->kernel,
                        .spin = ret,
                        .begun = xe_kernel_timebase(thread->kernel)};
    const struct xe_trial_host host = {.ctx = &l,
                                       .answer = answer,
                                       .timebase = timebase,
                                       .stack_first = thread->stack_limit,
                                       .stack_last = thread->stack_base - 1};
    struct xe_trial *trial;
    bool spins = false;

    if (!may_spin(thread))
        return false;
    trial = xe_calloc(1, sizeof(*trial));
    if (trial && xe_cpu_try(l.kernel->mem, &thread->cpu, &host, trial) &&
        (trial->end == XE_TRIAL_RECURS || trial->end == XE_TRIAL_CIRCLES))
        spins = tell(&l, trial);
    xe_free(trial);
    return spins;
}

bool xe_kernel_spin(const struct xe_kernel *kernel, uint32_t tid, struct xe_spin *ret)
{
    const struct xe_thread *thread = xe_kernel_thread_by_id(kernel, tid);

    return thread && xe_kernel_thread_spin(thread, ret);
}
