/* xe360ctl gdb: open or close the port where a debugger may come, and say how it comes. */
#include <stdio.h>
#include <string.h>

#include "clients/ctl/ctl.h"

static json_t *start_params(const struct ctl *ctl)
{
    json_t *params = json_pack("{s:s}", "instance", ctl->o.arg[0]);

    if (ctl->o.has_port)
        json_object_set_new(params, "port", json_integer((json_int_t)ctl->o.port));
    if (ctl->o.bind)
        json_object_set_new(params, "bind", json_string(ctl->o.bind));
    if (ctl->o.registers)
        json_object_set_new(params, "registers", json_string(ctl->o.registers));
    return params;
}

/* The endianness is for a gdb without the title's ELF, which would take its own machine's. */
static void show_start(const json_t *result)
{
    const char *host = json_string_value(json_object_get(result, "host"));
    bool six = host && strchr(host, ':');

    printf("gdb-multiarch -ex 'set endian big' -ex 'target remote %s%s%s:%d'\n", six ? "[" : "",
           host ? host : "", six ? "]" : "",
           (int)json_integer_value(json_object_get(result, "port")));
}

int ctl_cmd_gdb(struct ctl *ctl)
{
    json_t *result =
        ctl->o.stop ? ctl_call(ctl, "debug.gdb.stop", json_pack("{s:s}", "instance", ctl->o.arg[0]))
                    : ctl_call(ctl, "debug.gdb.start", start_params(ctl));

    if (!result)
        return ctl->exit;
    if (ctl->o.form)
        ctl_print(ctl, result);
    else if (!ctl->o.stop)
        show_start(result);
    json_decref(result);
    return CTL_OK;
}
