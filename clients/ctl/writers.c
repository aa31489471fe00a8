/* xe360ctl run --writers: who wrote what is spun on. The words are known only when the run is over,
 * and recording all stores would make every run slow; but a run is the same each time. So it is
 * made once more, with watchpoints on these words from its beginning, which stop nothing. */
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/rpc.h"

#define WORDS_MAX 64u /* of all spins together; what a thread waits for comes first in each */

static bool is_watchable(const json_t *word)
{
    const char *where = ctl_text_of(word, "where");

    return !strcmp(where, "memory") || !strcmp(where, "stack") || !strcmp(where, "object");
}

static bool is_among(const json_t *words, const json_t *word)
{
    const json_t *other;
    size_t i;

    json_array_foreach(words, i, other)
    {
        if (json_equal(json_object_get(other, "address"), json_object_get(word, "address")) &&
            json_equal(json_object_get(other, "size"), json_object_get(word, "size")))
            return true;
    }
    return false;
}

json_t *ctl_writers_words(const json_t *explain)
{
    json_t *words = json_array(), *spin, *word;
    size_t i, k;

    json_array_foreach(json_object_get(explain, "spins"), i, spin)
    {
        json_array_foreach(json_object_get(spin, "words"), k, word)
        {
            if (is_watchable(word) && !is_among(words, word) && json_array_size(words) < WORDS_MAX)
                json_array_append(words, word);
        }
    }
    return words;
}

bool ctl_writers_watch(struct ctl *ctl)
{
    json_t *word;
    size_t i;

    json_array_foreach(ctl->watched, i, word)
    {
        json_t *set = ctl_call(ctl, "debug.break.set",
                               json_pack("{s:s, s:s, s:O, s:O, s:I}", "instance", "local", "kind",
                                         "write", "address", json_object_get(word, "address"),
                                         "length", json_object_get(word, "size"), "ignore",
                                         (json_int_t)XE_RPC_COUNT_MAX));

        json_decref(set);
        if (!set)
            return false;
    }
    return true;
}

/* What was shown or written down once isn't again. */
static json_t *once_more(struct ctl *ctl)
{
    ctl->o.guest_output = false;
    ctl->o.snapshot_save = NULL;
    ctl->o.has_at_cycle = false;
    ctl_private_stop(ctl);
    return ctl_run_once(ctl);
}

static bool is_whole(const json_t *all)
{
    return strcmp(ctl_text_of(json_object_get(all, "run"), "stop_reason"), "cancel") != 0;
}

json_t *ctl_run_writers(struct ctl *ctl)
{
    json_t *all = ctl_run_once(ctl), *again = NULL;
    const json_t *cycle = json_object_get(json_object_get(all, "explain"), "cycle");

    ctl->watched = ctl_writers_words(json_object_get(all, "explain"));
    if (!json_array_size(ctl->watched) || !is_whole(all))
        return all;
    again = once_more(ctl);
    if (again && !json_equal(cycle, json_object_get(json_object_get(again, "explain"), "cycle"))) {
        ctl_fail("the second run, for --writers, came out otherwise than the first");
        ctl->exit = CTL_HARNESS;
        json_decref(again);
        again = NULL;
    }
    json_decref(all);
    return again;
}
