/* Commands about the daemon and the API itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/rpc.h"
#include "xe/nearest.h"

static int print_call(struct ctl *ctl, const char *method, json_t *params)
{
    json_t *result;

    ctl->o.raw = true; /* it is printed as JSON */
    result = ctl_call(ctl, method, params);
    if (!result)
        return ctl->exit;
    ctl_print_json(result);
    json_decref(result);
    return CTL_OK;
}

int ctl_cmd_ping(struct ctl *ctl)
{
    json_t *result = ctl_call(ctl, "system.version", json_object());

    if (!result)
        return ctl->exit;
    printf("xe360d %s, api %s\n", json_string_value(json_object_get(result, "version")),
           json_string_value(json_object_get(result, "api")));
    json_decref(result);
    return CTL_OK;
}

int ctl_cmd_version(struct ctl *ctl)
{
    (void)ctl;
    puts("xe360ctl " PACKAGE_VERSION ", api " XE_RPC_VERSION);
    return CTL_OK;
}

int ctl_cmd_health(struct ctl *ctl)
{
    return print_call(ctl, "system.health", json_object());
}

int ctl_cmd_discover(struct ctl *ctl)
{
    return print_call(ctl, "rpc.discover", json_object());
}

int ctl_cmd_shutdown(struct ctl *ctl)
{
    json_t *result = ctl_call(ctl, "system.shutdown", json_object());

    json_decref(result);
    return result ? CTL_OK : ctl->exit;
}

/* The methods as this program was built with them; a daemon's own are in `discover`. */
static void show_method(const struct xe_rpc_method *method, bool with_params)
{
    printf("%s(", method->name);
    for (const struct xe_rpc_field *p = method->params; p->name; p++)
        printf("%s%s%s", p == method->params ? "" : ", ", p->name, p->required ? "" : "?");
    printf(")\n    %s\n", method->doc);
    for (const struct xe_rpc_field *p = method->params; with_params && p->name; p++)
        printf("    %-14s %s\n", p->name, p->doc);
}

static void fail_no_method(const char *wanted)
{
    struct xe_nearest near;
    char text[XE_NEAREST_TEXT];

    xe_nearest_init(&near, wanted);
    for (int i = 0; i < XE_RPC_METHODS; i++)
        xe_nearest_offer(&near, xe_rpc_methods[i]->name);
    ctl_fail("there is no method '%s'%s%s", wanted, xe_nearest_text(near.name, near.count, text),
             near.count ? "" : "; `xe360ctl methods` lists them");
}

int ctl_cmd_methods(struct ctl *ctl)
{
    const char *wanted = ctl->o.args ? ctl->o.arg[0] : NULL;
    bool found = false;

    for (int i = 0; i < XE_RPC_METHODS; i++)
        if (!wanted || !strcmp(wanted, xe_rpc_methods[i]->name)) {
            show_method(xe_rpc_methods[i], wanted);
            found = true;
        }
    if (!found)
        fail_no_method(wanted);
    return found ? CTL_OK : CTL_USAGE;
}

/* A value on the command line: JSON if it is, text otherwise; @file is the file's JSON. */
static json_t *value_of(const char *text)
{
    json_error_t where;
    json_t *value;

    if (text[0] == '@')
        return ctl_load(text + 1);
    value = json_loads(text, JSON_DECODE_ANY, &where);
    return value ? value : json_string(text);
}

static json_t *params_of(struct ctl *ctl)
{
    json_t *params = json_object();

    for (int i = 1; i < ctl->o.args; i++) {
        const char *equals = strchr(ctl->o.arg[i], '=');
        char *name = equals ? strndup(ctl->o.arg[i], (size_t)(equals - ctl->o.arg[i])) : NULL;
        json_t *value = equals ? value_of(equals + 1) : value_of(ctl->o.arg[i]);

        if (name && value)
            json_object_set(params, name, value);
        else if (!equals && json_is_object(value) && ctl->o.arg[i][0] == '@')
            json_object_update(params, value);
        else
            ctl->exit = CTL_USAGE;
        free(name);
        json_decref(value);
        if (ctl->exit != CTL_USAGE)
            continue;
        ctl_fail("call: '%s': expected NAME=VALUE, NAME=@FILE or @FILE", ctl->o.arg[i]);
        json_decref(params);
        return NULL;
    }
    return params;
}

int ctl_cmd_call(struct ctl *ctl)
{
    json_t *params;

    ctl->exit = CTL_OK;
    params = params_of(ctl);
    return params ? print_call(ctl, ctl->o.arg[0], params) : CTL_USAGE;
}
