/* What happens to controllers: input pads, polls, press, set, plug, unplug, key and script;
 * --input. What a word or a number has to be, the API says. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

#define SCRIPT_MAX 131072 /* bytes, as the API takes them */

/* ---- scripts -------------------------------------------------------------------------------- */

/* The whole file, with a NUL behind it, to be freed; NULL: told. */
static char *read_script(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(SCRIPT_MAX + 2) : NULL;
    size_t size = text ? fread(text, 1, SCRIPT_MAX + 1, file) : 0;
    const char *why = !file || ferror(file)   ? strerror(errno)
                      : !text                 ? "no memory"
                      : size > SCRIPT_MAX     ? "it has more than 128 KiB"
                      : memchr(text, 0, size) ? "it is no text"
                                              : NULL;

    if (file)
        fclose(file);
    if (text)
        text[size] = '\0';
    if (!why)
        return text;
    ctl_fail("%s: %s", path, why);
    free(text);
    return NULL;
}

static json_t *load(struct ctl *ctl, const char *instance, const char *path)
{
    char *text = read_script(path);
    json_t *params, *result = NULL;

    ctl->exit = CTL_HARNESS;
    if (!text)
        return NULL;
    params = json_pack("{s:s, s:s, s:s}", "instance", instance, "text", text, "file", path);
    if (params)
        result = ctl_call(ctl, "input.script.load", params);
    else
        ctl_fail("%s: it is no text in UTF-8", path);
    free(text);
    return result;
}

bool ctl_script(struct ctl *ctl, const char *instance)
{
    json_t *result;

    if (!ctl->o.input)
        return true;
    result = load(ctl, instance, ctl->o.input);
    json_decref(result);
    return result != NULL;
}

static void show_script(const json_t *script)
{
    const json_t *next = json_object_get(script, "next");

    printf("%s cycle=%lld frames=%lld waiting=%lld going_on=%lld over=%lld",
           ctl_text_of(script, "instance"), ctl_int_of(script, "cycle"),
           ctl_int_of(script, "frames"), ctl_int_of(script, "waiting"),
           ctl_int_of(script, "going_on"), ctl_int_of(script, "over"));
    if (next)
        printf(" next=%s at %s %lld", ctl_text_of(next, "act"), ctl_text_of(next, "clock"),
               ctl_int_of(next, "at"));
    if (json_object_get(next, "pad"))
        printf(" pad %lld", ctl_int_of(next, "pad"));
    putchar('\n');
}

static int script(struct ctl *ctl)
{
    if (ctl->o.args == 2)
        return ctl_show_call(ctl, "input.script.status",
                             json_pack("{s:s}", "instance", ctl->o.arg[1]), show_script);
    return ctl_show_result(ctl, load(ctl, ctl->o.arg[1], ctl->o.arg[2]), show_script);
}

/* ---- looking -------------------------------------------------------------------------------- */

static void show_pad(const json_t *pad)
{
    static const char *const axes[] = {"lt", "rt", "lx", "ly", "rx", "ry"};
    const json_t *buttons = json_object_get(pad, "buttons"), *button;
    size_t i;

    printf("%lld %s", ctl_int_of(pad, "pad"),
           json_is_true(json_object_get(pad, "connected")) ? "plugged in" : "nobody");
    printf(" polls=%lld packet=%lld motors=%lld,%lld", ctl_int_of(pad, "polls"),
           ctl_int_of(pad, "packet"), ctl_int_of(pad, "left_motor"),
           ctl_int_of(pad, "right_motor"));
    json_array_foreach((json_t *)(uintptr_t)buttons, i, button)
    {
        printf(" %s", json_string_value(button));
    }
    for (i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
        if (ctl_int_of(pad, axes[i]))
            printf(" %s=%lld", axes[i], ctl_int_of(pad, axes[i]));
    putchar('\n');
}

static void show_pads(const json_t *list)
{
    json_t *items = json_object_get(list, "items"), *pad;
    size_t i;

    json_array_foreach(items, i, pad) show_pad(pad);
}

static int pads(struct ctl *ctl)
{
    return ctl_show_call(ctl, "input.get", json_pack("{s:s}", "instance", ctl->o.arg[1]),
                         show_pads);
}

static void show_caller(const json_t *caller)
{
    const json_t *pad = json_object_get(caller, "pad");

    if (pad)
        printf("pad %lld", ctl_int_of(caller, "pad"));
    else
        printf("keyboard");
    printf(" %s tid=%lld lr=%s times=%lld cycles=%lld..%lld", ctl_text_of(caller, "export"),
           ctl_int_of(caller, "tid"), ctl_text_of(caller, "lr"), ctl_int_of(caller, "times"),
           ctl_int_of(caller, "first_cycle"), ctl_int_of(caller, "newest_cycle"));
    if (json_object_get(caller, "function"))
        printf(" in ");
    ctl_put_text(stdout, ctl_text_of(caller, "function"));
    putchar('\n');
}

static void show_callers(const json_t *list)
{
    json_t *items = json_object_get(list, "items"), *caller;
    size_t i;

    json_array_foreach(items, i, caller) show_caller(caller);
}

static int polls(struct ctl *ctl)
{
    return ctl_show_call(ctl, "input.poll_log", json_pack("{s:s}", "instance", ctl->o.arg[1]),
                         show_callers);
}

/* ---- acting --------------------------------------------------------------------------------- */

static int usage(struct ctl *ctl, json_t *params, const char *wanted, const char *found)
{
    json_decref(params);
    ctl_fail("input: expected %s, found '%s'", wanted, found);
    ctl->exit = CTL_USAGE;
    return CTL_USAGE;
}

static bool number(const char *text, json_t **ret)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    *ret = end != text && !*end && !errno ? json_integer(value) : NULL;
    return *ret;
}

/* "a,rb,lt=255" to the parameters; false: a number is none. */
static bool add_state(json_t *params, const char *text)
{
    json_t *buttons = json_array(), *value;
    char *copy = strdup(text), *rest = copy, *word, *is;
    bool ok = copy != NULL;

    while (ok && (word = strsep(&rest, ",")) != NULL) {
        is = strchr(word, '=');
        if (!is) {
            if (strcmp(word, "none"))
                json_array_append_new(buttons, json_string(word));
            continue;
        }
        *is = '\0';
        ok = number(is + 1, &value) && json_object_set_new(params, word, value) == 0;
    }
    json_object_set_new(params, "buttons", buttons);
    free(copy);
    return ok;
}

/* "2polls" to the parameters. */
static bool add_length(json_t *params, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    char count[24];
    json_t *value;

    if (!digits || digits >= sizeof(count) || !text[digits])
        return false;
    memcpy(count, text, digits);
    count[digits] = '\0';
    return number(count, &value) && json_object_set_new(params, text + digits, value) == 0;
}

static void show_done(const json_t *result)
{
    printf("%s cycle=%lld\n", ctl_text_of(result, "instance"), ctl_int_of(result, "cycle"));
}

static int act(struct ctl *ctl, const char *method, json_t *params)
{
    if (ctl->o.lasts && !add_length(params, ctl->o.lasts))
        return usage(ctl, params, "--for as 2polls, 3frames or 1000cycles", ctl->o.lasts);
    return ctl_show_call(ctl, method, params, show_done);
}

/* With the pad that is the second argument. */
static json_t *pad_params(const struct ctl *ctl)
{
    json_t *pad;

    if (!number(ctl->o.arg[2], &pad))
        return NULL;
    return json_pack("{s:s, s:o}", "instance", ctl->o.arg[1], "pad", pad);
}

static int act_on_pad(struct ctl *ctl, const char *method)
{
    json_t *params = pad_params(ctl);

    if (!params)
        return usage(ctl, NULL, "a pad from 1 to 4", ctl->o.arg[2]);
    if (!add_state(params, ctl->o.arg[3]))
        return usage(ctl, params, "buttons and axes as a,rb,lt=255", ctl->o.arg[3]);
    return act(ctl, method, params);
}

static int press(struct ctl *ctl)
{
    return act_on_pad(ctl, "input.press");
}

static int set(struct ctl *ctl)
{
    return act_on_pad(ctl, "input.set");
}

static int plug(struct ctl *ctl)
{
    json_t *params = pad_params(ctl);

    if (!params)
        return usage(ctl, NULL, "a pad from 1 to 4", ctl->o.arg[2]);
    json_object_set_new(params, "connected", json_boolean(!strcmp(ctl->o.arg[0], "plug")));
    return act(ctl, "input.set", params);
}

static int key(struct ctl *ctl)
{
    return act(ctl, "input.press",
               json_pack("{s:s, s:s}", "instance", ctl->o.arg[1], "key", ctl->o.arg[2]));
}

bool ctl_cmd_pads(struct ctl *ctl, int *ret)
{
    static const struct {
        const char *verb;
        int args;
        int (*run)(struct ctl *ctl);
    } verbs[] = {{"pads", 2, pads},     {"polls", 2, polls}, {"script", 2, script},
                 {"script", 3, script}, {"press", 4, press}, {"set", 4, set},
                 {"plug", 3, plug},     {"unplug", 3, plug}, {"key", 3, key}};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (!strcmp(ctl->o.arg[0], verbs[i].verb) && ctl->o.args == verbs[i].args) {
            *ret = verbs[i].run(ctl);
            return true;
        }
    return false;
}
