/* Commands about the daemon and the API itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/rpc.h"
#include "xe/nearest.h"

/* In this form unless another was asked for; strings as they are, where it isn't for people. */
static int print_call(struct ctl *ctl, const char *method, json_t *params, enum ctl_form form)
{
    json_t *result;

    if (ctl->o.form == CTL_TEXT)
        ctl->o.form = form;
    result = ctl_call(ctl, method, params);
    if (!result)
        return ctl->exit;
    ctl_print(ctl, result);
    json_decref(result);
    return CTL_OK;
}

static void show_daemon(const json_t *result)
{
    printf("xe360d %s, api %s\n", ctl_text_of(result, "version"), ctl_text_of(result, "api"));
}

int ctl_cmd_ping(struct ctl *ctl)
{
    return ctl_show_call(ctl, "system.version", json_object(), show_daemon);
}

static void show_version(const json_t *version)
{
    printf("%s %s, api %s\n", ctl_text_of(version, "program"), ctl_text_of(version, "version"),
           ctl_text_of(version, "api"));
}

int ctl_cmd_version(struct ctl *ctl)
{
    return ctl_show_result(ctl,
                           json_pack("{s:s, s:s, s:s}", "program", "xe360ctl", "version",
                                     PACKAGE_VERSION, "api", XE_RPC_VERSION),
                           show_version);
}

int ctl_cmd_health(struct ctl *ctl)
{
    return print_call(ctl, "system.health", json_object(), CTL_TABLE);
}

int ctl_cmd_discover(struct ctl *ctl)
{
    return print_call(ctl, "rpc.discover", json_object(), CTL_JSON);
}

int ctl_cmd_shutdown(struct ctl *ctl)
{
    json_t *result = ctl_call(ctl, "system.shutdown", json_object());

    json_decref(result);
    return result ? CTL_OK : ctl->exit;
}

/* The methods as this program was built with them; a daemon's own are in `discover`. */
static json_t *method_row(const struct xe_rpc_method *method)
{
    json_t *params = json_array();

    for (const struct xe_rpc_field *p = method->params; p->name; p++)
        json_array_append_new(params,
                              json_pack("{s:s, s:b, s:s, s:o}", "name", p->name, "required",
                                        p->required, "doc", p->doc, "schema", xe_rpc_schema(p)));
    return json_pack("{s:s, s:s, s:s, s:o}", "name", method->name, "scope",
                     xe_rpc_scope_name(method->scope), "doc", method->doc, "params", params);
}

static void show_method(const json_t *method, bool with_params)
{
    const json_t *params = json_object_get(method, "params"), *p;
    size_t i;

    printf("%s(", ctl_text_of(method, "name"));
    json_array_foreach(params, i, p)
        printf("%s%s%s", i ? ", " : "", ctl_text_of(p, "name"),
               json_is_true(json_object_get(p, "required")) ? "" : "?");
    printf(")\n    %s\n", ctl_text_of(method, "doc"));
    if (with_params)
        json_array_foreach(params, i, p)
            printf("    %-14s %s\n", ctl_text_of(p, "name"), ctl_text_of(p, "doc"));
}

static void show_method_fully(const json_t *method)
{
    show_method(method, true);
}

static void show_methods(const json_t *list)
{
    const json_t *method;
    size_t i;

    json_array_foreach(list, i, method) show_method(method, false);
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
    const struct xe_rpc_method *one = ctl->o.args ? xe_rpc_method_find(ctl->o.arg[0]) : NULL;
    json_t *list;

    if (one)
        return ctl_show_result(ctl, method_row(one), show_method_fully);
    if (ctl->o.args) {
        fail_no_method(ctl->o.arg[0]);
        return CTL_USAGE;
    }
    list = json_array();
    for (int i = 0; i < XE_RPC_METHODS; i++)
        json_array_append_new(list, method_row(xe_rpc_methods[i]));
    return ctl_show_result(ctl, list, show_methods);
}

int ctl_cmd_call(struct ctl *ctl)
{
    const char *method = ctl->o.arg[0];
    json_t *params = ctl_typed_params(ctl, xe_rpc_method_find(method), 1);

    return params ? print_call(ctl, method, params, CTL_JSON) : CTL_USAGE;
}
