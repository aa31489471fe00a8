/* xe360ctl gpu: what the graphics chip does, was told, and holds. */
#include <stdio.h>
#include <string.h>

#include "clients/ctl/ctl.h"

/* What it waits for, in the words of gpu.state. */
static void show_wait(const json_t *wait)
{
    printf(" waits for=%s", ctl_text_of(wait, "for"));
    if (json_object_get(wait, "at"))
        printf(" at=%s value=%s mask=%s compare=\"%s\" reference=%s", ctl_text_of(wait, "at"),
               ctl_text_of(wait, "value"), ctl_text_of(wait, "mask"), ctl_text_of(wait, "compare"),
               ctl_text_of(wait, "reference"));
    if (json_is_true(json_object_get(wait, "never")))
        printf(" never");
}

static void show_state(const json_t *state)
{
    const json_t *wait = json_object_get(state, "wait");

    printf("gpu=%s ring=%s read=%lld write=%lld at=%s depth=%lld", ctl_text_of(state, "doing"),
           ctl_text_of(state, "ring"), ctl_int_of(state, "read"), ctl_int_of(state, "write"),
           ctl_text_of(state, "at"), ctl_int_of(state, "depth"));
    if (*ctl_text_of(state, "halt"))
        printf(" halt=\"%s\" halt_at=%s", ctl_text_of(state, "halt"),
               ctl_text_of(state, "halt_at"));
    if (wait)
        show_wait(wait);
    printf("\nvblanks=%lld interrupts=%lld unheard=%lld masked=%lld frame=%s %lldx%lld\n",
           ctl_int_of(state, "vblanks"), ctl_int_of(state, "interrupts"),
           ctl_int_of(state, "unheard"), ctl_int_of(state, "masked"), ctl_text_of(state, "frame"),
           ctl_int_of(state, "frame_width"), ctl_int_of(state, "frame_height"));
}

static void show_counts(const char *what, const json_t *list)
{
    const json_t *count;
    size_t i;

    if (json_array_size(list))
        printf("%s:", what);
    json_array_foreach(list, i, count)
        printf(" %s=%lld", ctl_text_of(count, "name"), ctl_int_of(count, "count"));
    if (json_array_size(list))
        putchar('\n');
}

static void show_counters(const json_t *counters)
{
    printf("draws=%lld indices=%lld resolves=%lld swaps=%lld fences=%lld shader_loads=%lld "
           "words=%lld\n",
           ctl_int_of(counters, "draws"), ctl_int_of(counters, "indices"),
           ctl_int_of(counters, "resolves"), ctl_int_of(counters, "swaps"),
           ctl_int_of(counters, "fences"), ctl_int_of(counters, "shader_loads"),
           ctl_int_of(counters, "words"));
    printf("predicated=%lld malformed=%lld lost_writes=%lld\n", ctl_int_of(counters, "predicated"),
           ctl_int_of(counters, "malformed"), ctl_int_of(counters, "lost_writes"));
    show_counts("commands", json_object_get(counters, "commands"));
    show_counts("primitives", json_object_get(counters, "primitives"));
    show_counts("gpu_limit", json_object_get(counters, "limits"));
}

static void show_register(const json_t *row)
{
    printf("%s %s %s\n", ctl_text_of(row, "index"), ctl_text_of(row, "value"),
           ctl_text_of(row, "name"));
}

static void show_shader(const json_t *shader)
{
    json_t *code = json_object_get(shader, "code"), *line;
    size_t i;

    printf("%s%s %s words=%lld address=%s loads=%lld\n", code ? "; " : "",
           ctl_text_of(shader, "hash"), ctl_text_of(shader, "kind"), ctl_int_of(shader, "words"),
           ctl_text_of(shader, "address"), ctl_int_of(shader, "loads"));
    json_array_foreach(code, i, line) puts(json_string_value(line));
}

static int shaders(struct ctl *ctl, json_t *params)
{
    if (ctl->o.dis)
        json_object_set_new(params, "disassemble", json_true());
    return ctl_show_pages(ctl, "gpu.shaders", params, show_shader);
}

int ctl_cmd_gpu(struct ctl *ctl)
{
    const char *verb = ctl->o.arg[0];
    json_t *params = json_pack("{s:s}", "instance", ctl->o.arg[1]);

    if (!strcmp(verb, "shaders"))
        return shaders(ctl, params);
    if (!strcmp(verb, "state"))
        return ctl_show_call(ctl, "gpu.state", params, show_state);
    if (!strcmp(verb, "counters"))
        return ctl_show_call(ctl, "gpu.counters", params, show_counters);
    if (!strcmp(verb, "registers"))
        return ctl_show_pages(ctl, "gpu.registers", params, show_register);
    json_decref(params);
    ctl_fail("gpu: expected state|counters|registers|shaders INSTANCE");
    return CTL_USAGE;
}
