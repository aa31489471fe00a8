/* A wait graph in graphviz's language, from its JSON alone. Texts of the guest's are quoted. */
#include "rpc/report/report_text.h"
#include "rpc/report/text_buffer.h"

#include <string.h>

static void add_quoted(struct xe__text *text, const char *bytes)
{
    xe__rpc_text_add(text, "\"");
    for (; *bytes; bytes++)
        xe__rpc_text_add(text, *bytes == '"' || *bytes == '\\' ? "\\%c" : "%c", *bytes);
    xe__rpc_text_add(text, "\"");
}

static const char *colour_of(const json_t *node)
{
    const char *certainty = xe__rpc_get_string(node, "certainty");

    if (!strcmp(certainty, "certain"))
        return "red";
    if (!strcmp(certainty, "likely"))
        return "orange";
    return !strcmp(certainty, "possible") ? "gold" : "black";
}

static void add_node(struct xe__text *text, const json_t *node)
{
    bool thread = !strcmp(xe__rpc_get_string(node, "what"), "thread");

    xe__rpc_text_add(text, "  %s [shape=%s, color=%s, label=", xe__rpc_get_string(node, "id"),
                     thread ? "box" : "ellipse", colour_of(node));
    add_quoted(text, xe__rpc_get_string(node, "label"));
    xe__rpc_text_add(text, "];\n");
}

char *xe_report_graph_dot(const json_t *graph)
{
    struct xe__text text = {0};
    const json_t *item;
    size_t i;

    xe__rpc_text_add(&text, "digraph waits {\n  rankdir=LR;\n");
    json_array_foreach(json_object_get(graph, "nodes"), i, item) add_node(&text, item);
    json_array_foreach(json_object_get(graph, "edges"), i, item) xe__rpc_text_add(
        &text, "  %s -> %s [label=\"%s\"%s];\n", xe__rpc_get_string(item, "from"),
        xe__rpc_get_string(item, "to"), xe__rpc_get_string(item, "what"),
        !strcmp(xe__rpc_get_string(item, "what"), "waits") ? "" : ", style=dashed");
    xe__rpc_text_add(&text, "}\n");
    return xe__rpc_text_take(&text);
}
