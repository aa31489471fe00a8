/* Sentences about the GPU and who waits for it, for the first screen. */
#include <string.h>

#include "rpc/report/explain_text.h"
#include "rpc/report/explain_who.h"
#include "xe/types.h"

/* "memory 0x1ff0050 & 0x000000ff == 0x00000007 (it is 0x00000000)" */
static void add_condition(struct xe__text *text, const json_t *wait)
{
    if (!strcmp(xe__rpc_get_string(wait, "for"), "interrupt")) {
        xe__rpc_text_add(text, "for the graphics callback to return");
        return;
    }
    xe__rpc_text_add(text, "until %s %s & %s is %s %s (it is %s)", xe__rpc_get_string(wait, "for"),
                     xe__rpc_get_string(wait, "at"), xe__rpc_get_string(wait, "mask"),
                     xe__rpc_get_string(wait, "compare"), xe__rpc_get_string(wait, "reference"),
                     xe__rpc_get_string(wait, "value"));
}

static void say_state(struct xe__text *text, const json_t *gpu)
{
    const char *state = xe__rpc_get_string(gpu, "state");

    if (!strcmp(state, "waits")) {
        xe__rpc_text_add(text, "waits at %s ", xe__rpc_get_string(gpu, "at"));
        add_condition(text, json_object_get(gpu, "wait"));
    } else if (!strcmp(state, "halted")) {
        xe__rpc_text_add(text, "has halted at %s: %s", xe__rpc_get_string(gpu, "halt_at"),
                         xe__rpc_get_string(gpu, "halt"));
    } else if (!strcmp(state, "partial")) {
        xe__rpc_text_add(text, "waits for the rest of the command at %s",
                         xe__rpc_get_string(gpu, "at"));
    } else if (!strcmp(state, "busy")) {
        xe__rpc_text_add(text, "carries out commands");
    } else if (!strcmp(state, "idle")) {
        xe__rpc_text_add(text, "has done all that it was given");
    } else {
        xe__rpc_text_add(text, "has got no ring of commands");
    }
}

void xe__rpc_say_gpu(struct xe__text *text, const json_t *explain)
{
    const json_t *gpu = json_object_get(explain, "gpu");

    xe__rpc_text_add(text, "the GPU ");
    say_state(text, gpu);
}

void xe__rpc_say_gpu_details(struct xe__text *text, const json_t *explain)
{
    const json_t *gpu = json_object_get(explain, "gpu");

    if (xe__rpc_get_bool(json_object_get(gpu, "wait"), "never"))
        xe__rpc_text_add(text, "   no value at all would do\n");
    else
        xe__rpc_say_writers(text, json_object_get(gpu, "writers"), "help");
}

/* ---- words that it writes -------------------------------------------------------------------- */

static void add_coming(struct xe__text *text, const json_t *gpu)
{
    bool queued = !strcmp(xe__rpc_get_string(gpu, "coming"), "queued");
    const char *value = xe__rpc_get_string(gpu, "value");
    char number[32];

    xe__rpc_text_add(text, "%s at %s stores %s", xe__rpc_get_string(gpu, "command"),
                     xe__rpc_get_string(gpu, "at"), *value ? value : "a count");
    if (queued)
        xe__rpc_text_add(text, ", %s commands from where the GPU is",
                         xe__rpc_grouped(xe__rpc_get_int(gpu, "ahead"), number));
    else
        xe__rpc_text_add(text, ", but the ring's write pointer was not advanced past it");
}

static void add_fence(struct xe__text *text, const json_t *word, const json_t *gpu)
{
    long long stores = xe__rpc_get_int(gpu, "stores");
    bool comes = strcmp(xe__rpc_get_string(gpu, "coming"), "not") != 0;

    xe__rpc_text_add(text, "   %s is the GPU's to write: ", xe__rpc_get_string(word, "address"));
    if (stores)
        xe__rpc_text_add(text, stores == 1 ? "it stored %s there; " : "it last stored %s there; ",
                         xe__rpc_get_string(gpu, "stored"));
    if (comes)
        add_coming(text, gpu);
    else
        xe__rpc_text_add(text, "no command that it was given stores there again");
    xe__rpc_text_add(text, "\n");
}

void xe__rpc_say_fences(struct xe__text *text, const json_t *spin)
{
    const json_t *word;
    size_t i;

    json_array_foreach(json_object_get(spin, "words"), i, word)
    {
        if (json_is_object(json_object_get(word, "gpu")))
            add_fence(text, word, json_object_get(word, "gpu"));
    }
}

/* ---- by itself ------------------------------------------------------------------------------- */

static bool is_root(const json_t *explain)
{
    const json_t *root;
    size_t i;

    json_array_foreach(json_object_get(explain, "roots"), i, root)
    {
        if (xe__rpc_get_int(json_object_get(root, "thread"), "tid") == XE_TID_GPU)
            return true;
    }
    return false;
}

/* What may be the reason of a hang, and isn't told elsewhere. */
void xe__rpc_text_add_gpu(struct xe__text *text, const json_t *explain)
{
    const json_t *gpu = json_object_get(explain, "gpu");
    long long unheard = xe__rpc_get_int(gpu, "unheard"), masked = xe__rpc_get_int(gpu, "masked");
    const char *state = xe__rpc_get_string(gpu, "state");
    bool stands = !strcmp(state, "waits") || !strcmp(state, "halted") || !strcmp(state, "partial");
    char number[32];

    if (!json_array_size(json_object_get(explain, "roots")) ||
        !(unheard || masked || (stands && !is_root(explain))))
        return;
    xe__rpc_text_add(text, "GPU:      ");
    say_state(text, gpu);
    if (unheard)
        xe__rpc_text_add(text, "; %s interrupt%s came while no graphics callback was there for %s",
                         xe__rpc_grouped(unheard, number), unheard == 1 ? "" : "s",
                         unheard == 1 ? "it" : "them");
    if (masked)
        xe__rpc_text_add(text, "; %s command%s to interrupt named no hardware thread",
                         xe__rpc_grouped(masked, number), masked == 1 ? "" : "s");
    xe__rpc_text_add(text, "\n");
}
