/* Tools of xe360ctl mcp: every method of the API that reads or runs, made of its row. A tool is
 * named as its method, with '_' for '.', since clients take few other characters. */
#include <string.h>

#include "clients/ctl/mcp.h"
#include "rpc/report/report_text.h"

#define NAME_MAX_BYTES 64

/* Reports that people read as text; their text is better for whoever reads, and shorter. */
static const struct {
    const char *method;
    char *(*render)(const json_t *report);
} texts[] = {
    {"audit.report", xe_report_audit_text},
    {"diagnose.explain", xe_report_explain_text},
    {"diagnose.livelock", xe_report_livelock_text},
    {"diagnose.milestones", xe_report_milestones_text},
    {"thread.diagnostic", xe_report_diagnostic_text},
};

static bool is_tool(const struct xe_rpc_method *method)
{
    return method->scope == XE_RPC_READ || method->scope == XE_RPC_RUN;
}

static void tool_name(const char *method, char name[NAME_MAX_BYTES + 1])
{
    snprintf(name, NAME_MAX_BYTES + 1, "%s", method);
    for (char *c = name; *c; c++)
        *c = *c == '.' ? '_' : *c;
}

/* NULL: there is none. The method's own name is taken, too. */
static const struct xe_rpc_method *tool_find(const char *wanted)
{
    char name[NAME_MAX_BYTES + 1];

    for (int i = 0; i < XE_RPC_METHODS; i++) {
        tool_name(xe_rpc_methods[i]->name, name);
        if (is_tool(xe_rpc_methods[i]) &&
            (!strcmp(name, wanted) || !strcmp(xe_rpc_methods[i]->name, wanted)))
            return xe_rpc_methods[i];
    }
    return NULL;
}

static json_t *input_schema(const struct xe_rpc_method *method)
{
    json_t *properties = json_object(), *required = json_array();

    for (const struct xe_rpc_field *p = method->params; p->name; p++) {
        json_object_set_new(properties, p->name, xe_rpc_schema(p));
        if (p->required)
            json_array_append_new(required, json_string(p->name));
    }
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties", 0);
}

json_t *ctl_mcp_tools(void)
{
    json_t *tools = json_array();
    char name[NAME_MAX_BYTES + 1];

    for (int i = 0; i < XE_RPC_METHODS; i++) {
        const struct xe_rpc_method *method = xe_rpc_methods[i];

        if (!is_tool(method))
            continue;
        tool_name(method->name, name);
        json_array_append_new(tools, json_pack("{s:s, s:s, s:o, s:{s:s, s:b, s:b}}", "name", name,
                                               "description", method->doc, "inputSchema",
                                               input_schema(method), "annotations", "title",
                                               method->name, "readOnlyHint",
                                               method->scope == XE_RPC_READ, "openWorldHint", 0));
    }
    return tools;
}

/* ---- calls ---------------------------------------------------------------------------------- */

bool ctl_mcp_check(const json_t *request, char *ret_wrong, size_t size)
{
    const json_t *params = json_object_get(request, "params");
    const json_t *arguments = json_object_get(params, "arguments");
    const char *name = json_string_value(json_object_get(params, "name"));

    if (!name)
        snprintf(ret_wrong, size, "tools/call: expected params with a name");
    else if (!tool_find(name))
        snprintf(ret_wrong, size, "unknown tool: %.100s", name);
    else if (arguments && !json_is_object(arguments))
        snprintf(ret_wrong, size, "%.100s: arguments: expected an object", name);
    else
        return true;
    return false;
}

static char *text_of(const struct xe_rpc_method *method, const json_t *value)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (!strcmp(texts[i].method, method->name) &&
            json_object_get(value, "schema")) /* not where its own text was asked for */
            return texts[i].render(value);
    return json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
}

/* value: given, an object. */
static json_t *outcome(char *text, json_t *value, bool error)
{
    json_t *result = json_pack("{s:[{s:s, s:s}], s:o, s:b}", "content", "type", "text", "text",
                               text ? text : "", "structuredContent", value, "isError", error);

    free(text);
    return result;
}

/* What the API says of a call that failed, or this program, when it came to no daemon. error:
 * given. */
static json_t *failure(json_t *error)
{
    const json_t *data = json_object_get(error, "data");
    const char *hint = ctl_text_of(data, "hint");
    char *text = NULL;

    if (asprintf(&text, "%s (%s)%s%s", ctl_text_of(error, "message"), ctl_text_of(data, "kind"),
                 *hint ? "\nhint: " : "", hint) < 0)
        text = NULL;
    return outcome(text, json_pack("{s:o}", "error", error), true);
}

json_t *ctl_mcp_call(struct ctl *ctl, const json_t *request)
{
    const json_t *params = json_object_get(request, "params");
    const struct xe_rpc_method *method = tool_find(ctl_text_of(params, "name"));
    json_t *arguments = json_incref(json_object_get(params, "arguments")), *error, *result;

    if (!arguments)
        arguments = json_object();
    result = ctl_try(ctl, method->name, arguments, &error);
    if (result)
        return outcome(text_of(method, result), result, false);
    if (!error)
        error = ctl_take_error();
    if (!error)
        error = json_pack("{s:s, s:{s:s}}", "message", "the call was cancelled", "data", "kind",
                          "client");
    return failure(error);
}
