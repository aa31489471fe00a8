/* From what is found out about a thread (xe/spin.h) to the view that its JSON is made of. */
#include "rpc/report/spin_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the view -------------------------------------------------------------------------------- */

static void fill_fence(const struct xe_gpu_fence *fence, struct xe_rpc_spin_word_view *word)
{
    word->fence = *fence;
    word->has_gpu = fence->stores || fence->coming != XE_GPU_COMES_NOT;
    if (fence->has_value)
        snprintf(word->coming, sizeof(word->coming), "0x%08x", fence->value);
    if (fence->stores)
        snprintf(word->stored, sizeof(word->stored), "0x%08x", fence->last);
}

static void fill_words(struct xe_rpc_spin_view *view, const struct xe_gpu_fence *fence)
{
    for (uint32_t i = 0; i < view->about.words; i++) {
        struct xe_rpc_spin_word_view *word = &view->word[i];

        word->word = view->about.word[i];
        word->word.place.register_name = xe__rpc_spin_register(&word->word);
        word->has_tid = word->word.where == XE_SPIN_STACK;
        word->has_object = word->word.where == XE_SPIN_OBJECT;
        fill_fence(&fence[i], word);
        if (word->word.has_value)
            snprintf(word->value, sizeof(word->value), "0x%0*" PRIx64, 2 * (int)word->word.size,
                     word->word.value);
    }
}

static void name_place(struct xe_instance *instance, uint32_t address, bool call,
                       char text[XE_RPC_SPIN_PLACE])
{
    struct xe_place place;

    text[0] = '\0';
    if (call ? xe_instance_place_of_call(instance, address, &place)
             : xe_instance_place(instance, address, &place))
        xe_place_text(&place, text);
}

static void take_places(struct xe_instance *instance, const struct xe_spin_stores *found,
                        struct xe_rpc_spin_word_view *word)
{
    if (word->word.writers.times)
        name_place(instance, word->word.writers.last_pc, false, word->last_place);
    word->more_stores = found->count > XE_SPIN_STORES;
    word->stores = word->more_stores ? XE_SPIN_STORES : found->count;
    for (uint32_t i = 0; i < word->stores; i++) {
        word->store[i].at = found->at[i];
        word->store[i].tid = found->tid[i];
        name_place(instance, found->at[i], false, word->store[i].place);
    }
}

/* One look at the code for the words of all spins. */
static bool fill_stores(struct xe_instance *instance, struct xe_rpc_spin_view *spin, uint32_t spins)
{
    struct xe_spin_stores *found = calloc(spins * XE_SPIN_WORDS + 1u, sizeof(*found));
    uint32_t n = 0;

    for (uint32_t i = 0; found && i < spins; i++)
        for (uint32_t k = 0; k < spin[i].about.words; k++, n++) {
            found[n].address = spin[i].about.word[k].address;
            found[n].size = spin[i].about.word[k].size;
        }
    if (found)
        xe_kernel_spin_stores(xe_instance_kernel(instance), found, n);
    n = 0;
    for (uint32_t i = 0; found && i < spins; i++)
        for (uint32_t k = 0; k < spin[i].about.words; k++)
            take_places(instance, &found[n++], &spin[i].word[k]);
    free(found);
    return found != NULL;
}

/* Is the other the only one who can give it this? */
static bool is_of(const struct xe_explain *explain, const struct xe_explain_object *object,
                  uint32_t other)
{
    if (!object->what && !object->about.by_nature)
        return false;
    for (uint32_t i = object->first_producer; i < object->first_producer + object->producers; i++)
        if (explain->producer[i].thread != other)
            return false;
    return object->producers != 0;
}

/* Does it wait until the other ends, or gives back what it has? */
static bool waits_for(const struct xe_explain *explain, const struct xe_explain_thread *it,
                      uint32_t other)
{
    if (it->now.standing != XE_STANDS_WAITING || it->now.timed || it->now.alertable)
        return false;
    for (uint32_t i = it->first_link; i < it->first_link + it->links; i++)
        if (!is_of(explain, &explain->object[explain->link[i].object], other))
            return false;
    return it->links != 0;
}

/* Who goes on by itself or may be let go on, unless it waits for this very thread. Where it is
 * certain that the spin doesn't end, nobody is left who could resume those that are suspended. */
static bool fill_writers(const struct xe_explain *explain, uint32_t self,
                         struct xe_rpc_spin_view *view)
{
    view->writer = calloc(explain->threads + 1u, sizeof(*view->writer));
    if (explain->thread[self].stuck == XE_CERTAINTY_CERTAIN)
        return view->writer != NULL;
    for (uint32_t i = 0; view->writer && i < explain->threads; i++)
        if (i != self && explain->thread[i].live && !explain->thread[i].stuck &&
            !waits_for(explain, &explain->thread[i], self))
            view->writer[view->writers++] = explain->thread[i].now.tid;
    return view->writer != NULL;
}

static bool fill(struct xe_instance *instance, const struct xe_explain *explain, uint32_t at,
                 struct xe_rpc_spin_view *view)
{
    const struct xe_explain_thread *thread = &explain->thread[at];
    const struct xe_spin *spin = thread->spin;

    *view = (struct xe_rpc_spin_view){
        .tid = thread->now.tid,
        .name = thread->now.name,
        .certainty = xe_certainty_name(spin->exact ? XE_CERTAINTY_CERTAIN : XE_CERTAINTY_POSSIBLE),
        .stuck = xe_certainty_name(thread->stuck),
        .about = *spin};
    name_place(instance, spin->first, false, view->place);
    fill_words(view, thread->fence);
    for (uint32_t i = 0; i < spin->asks; i++) {
        view->ask[i].ask = spin->ask[i];
        name_place(instance, spin->ask[i].lr, true, view->ask[i].place);
        xe__rpc_spin_kind(explain, &spin->ask[i], view->ask[i].kind);
    }
    for (uint32_t i = 0; i < 32; i++)
        if (spin->changes >> i & 1)
            view->change[view->changes++] = i;
    return fill_writers(explain, at, view);
}

bool xe__rpc_spins_make(struct xe_instance *instance, const struct xe_explain *explain,
                        uint32_t most, struct xe_rpc_spin_view **ret, uint32_t *ret_count)
{
    bool ok = true;

    *ret_count = 0;
    *ret = calloc(most, sizeof(**ret));
    for (uint32_t i = 0; *ret && ok && i < explain->threads && *ret_count < most; i++)
        if (explain->thread[i].spin)
            ok = fill(instance, explain, i, &(*ret)[(*ret_count)++]);
    return *ret && ok && fill_stores(instance, *ret, *ret_count);
}

void xe__rpc_spins_free(struct xe_rpc_spin_view *spin, uint32_t count)
{
    for (uint32_t i = 0; spin && i < count; i++)
        free(spin[i].writer);
    free(spin);
}
