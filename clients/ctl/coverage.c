/* What of the console this build has. The rows are in this program, which was built with the
 * daemon: it needs none. */
#include <stdio.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/coverage_json.h"
#include "rpc/api/rpc.h"

/* A word says by itself which parameter it is; what is neither a kind nor a state is a module. */
static json_t *params_of(const struct ctl *ctl)
{
    json_t *params = json_object();

    for (int i = 0; i < ctl->o.args; i++) {
        json_t *word = json_string(ctl->o.arg[i]);
        const char *name = "module";

        for (const struct xe_rpc_field *p = xe_rpc_method_system_coverage.params; p->name; p++)
            if (p->type->kind == XE_RPC_KIND_ENUM && xe_rpc_fits(p->type, word))
                name = p->name;
        json_object_set_new(params, name, word);
    }
    return params;
}

const char *ctl_clause_of(const json_t *row)
{
    const char *lacks = json_string_value(json_object_get(row, "lacks"));

    return lacks ? lacks : json_string_value(json_object_get(row, "why"));
}

static void show_row(const json_t *row)
{
    const char *clause = ctl_clause_of(row);
    const char *module = ctl_text_of(row, "module");

    printf("%-19s %-7s 0x%03llx %s%s%s%s%s\n", ctl_text_of(row, "kind"), ctl_text_of(row, "state"),
           ctl_int_of(row, "number"), module, *module ? " " : "", ctl_text_of(row, "name"),
           clause ? ": " : "", clause ? clause : "");
}

static void show_summary(const json_t *summary)
{
    const json_t *sum;
    size_t i;

    json_array_foreach(summary, i, sum)
        printf("%-19s %5lld done %5lld partial %5lld missing   %s\n", ctl_text_of(sum, "kind"),
               ctl_int_of(sum, "done"), ctl_int_of(sum, "partial"), ctl_int_of(sum, "missing"),
               ctl_text_of(sum, "doc"));
}

int ctl_cmd_coverage(struct ctl *ctl)
{
    size_t limit = ctl->o.has_limit ? (size_t)ctl->o.limit : ctl->o.args ? SIZE_MAX : 0, i;
    json_t *params = params_of(ctl), *page = xe_rpc_coverage_json(params, limit), *row;
    bool found = json_array_size(json_object_get(page, "summary")) > 0;

    if (ctl->o.form) {
        ctl_print(ctl, page);
    } else {
        json_array_foreach(json_object_get(page, "items"), i, row) show_row(row);
        show_summary(json_object_get(page, "summary"));
    }
    if (!found)
        ctl_fail("coverage: nothing is so; WHAT is exports, packets, registers, devices, "
                 "information_classes, ioctls or microcode, MODULE like xam, GPU or vector");
    json_decref(page);
    json_decref(params);
    return found ? CTL_OK : CTL_USAGE;
}
