/* Results as tables and as YAML: what another reader makes of them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <yaml.h>

#include "clients/ctl/ctl.h"

void ctl_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    cr_assert(false, "it fails");
}

bool ctl_colour(FILE *to)
{
    (void)to;
    return false;
}

/* ---- tables --------------------------------------------------------------------------------- */

static char *table_of(const struct xe_rpc_type *type, const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    char *table = NULL;
    size_t size;
    FILE *to = open_memstream(&table, &size);

    cr_assert_not_null(value);
    ctl_print_table(to, type, value);
    fclose(to);
    json_decref(value);
    return table;
}

static void expect_table(const struct xe_rpc_type *type, const char *text, const char *wanted)
{
    char *table = table_of(type, text);

    cr_expect_str_eq(table, wanted, "%s gives\n%s", text, table);
    free(table);
}

Test(table, rows_say_order_and_units)
{
    const struct xe_rpc_type *type = xe_rpc_method_find("mem.read")->result;

    expect_table(type, "{\"bytes\": \"00\", \"length\": 1, \"cycle\": 7, \"instance\": \"i-1\"}",
                 "instance  i-1\n"
                 "cycle     7 instructions\n"
                 "length    1 bytes\n"
                 "bytes     00\n");
}

Test(table, items_are_columns_and_numbers_stand_right)
{
    expect_table(NULL,
                 "{\"items\": [{\"id\": 1, \"name\": \"a\"}, {\"id\": 10, \"name\": \"bcd\", "
                 "\"on\": {\"x\": true}, \"list\": [1, 2], \"more\": [{}, {}]}], \"next\": null}",
                 "ID  NAME  ON.X  LIST  MORE\n"
                 " 1  a                 \n"
                 "10  bcd   true  1,2   (2)\n");
}

Test(table, a_column_that_comes_late_stands_behind_its_neighbour)
{
    expect_table(NULL, "[{\"a\": 1, \"c\": 3}, {\"a\": 4, \"b\": 5, \"c\": 6}]",
                 "A  B  C\n"
                 "1     3\n"
                 "4  5  6\n");
}

Test(table, lists_stand_below_members)
{
    expect_table(NULL, "{\"list\": [{\"a\": \"x\"}], \"none\": [], \"word\": null, \"n\": 2}",
                 "none  -\n"
                 "word  -\n"
                 "n     2\n"
                 "\n"
                 "list:\n"
                 "A\n"
                 "x\n");
}

Test(table, control_characters_are_shown_and_characters_counted)
{
    expect_table(NULL, "[{\"a\": \"\\u001b[2J\", \"b\": 1}, {\"a\": \"\\u00e9\\u00e9\", \"b\": 2}]",
                 "A        B\n"
                 "\\x1b[2J  1\n"
                 "\xc3\xa9\xc3\xa9       2\n");
}

/* ---- YAML ----------------------------------------------------------------------------------- */

/* What YAML 1.1 and 1.2 read in a plain scalar: text is only what begins so and is no other word.
 */
static json_t *resolve(const char *text)
{
    static const char *const words[] = {"null", "true", "false"};
    json_t *number;

    for (size_t i = 0; i < 3; i++)
        if (!strcmp(text, words[i]))
            return i == 0 ? json_null() : json_boolean(i == 1);
    number = json_loads(text, JSON_DECODE_ANY, NULL);
    if (number)
        return number;
    cr_expect(strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/", *text) && *text,
              "'%s' is plain", text);
    for (const char *const *word = (const char *const[]){"yes", "no", "on", "off", "y", "n", NULL};
         *word; word++)
        cr_expect(strcasecmp(text, *word), "'%s' is plain", text);
    return json_string(text);
}

static json_t *value_of(yaml_document_t *document, yaml_node_t *node)
{
    json_t *value;

    if (node->type == YAML_SCALAR_NODE) {
        const char *text = (const char *)node->data.scalar.value;

        return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? resolve(text)
                                                                  : json_string(text);
    }
    if (node->type == YAML_SEQUENCE_NODE) {
        value = json_array();
        for (yaml_node_item_t *i = node->data.sequence.items.start;
             i < node->data.sequence.items.top; i++)
            json_array_append_new(value, value_of(document, yaml_document_get_node(document, *i)));
        return value;
    }
    value = json_object();
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
         p++)
        json_object_set_new(
            value, (const char *)yaml_document_get_node(document, p->key)->data.scalar.value,
            value_of(document, yaml_document_get_node(document, p->value)));
    return value;
}

static void expect_yaml(json_t *value)
{
    char *text = NULL, *json = json_dumps(value, JSON_ENCODE_ANY);
    size_t size;
    FILE *to = open_memstream(&text, &size);
    yaml_parser_t parser;
    yaml_document_t document;
    json_t *read;

    ctl_print_yaml(to, value);
    fclose(to);
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    cr_assert(yaml_parser_load(&parser, &document), "%s is no YAML", text);
    read = value_of(&document, yaml_document_get_root_node(&document));
    cr_expect(json_equal(read, value), "%s became\n%s", json, text);
    for (const char *c = text; *c; c++)
        cr_expect(*c == '\n' || (*c >= ' ' && *c <= '~'), "byte %02x", (unsigned char)*c);
    json_decref(read);
    json_decref(value);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    free(text);
    free(json);
}

Test(yaml, values_come_back)
{
    expect_yaml(json_pack("{s:i, s:n, s:b, s:f, s:[], s:{}, s:[[i], {s:s}]}", "a", -1, "b", "c", 1,
                          "d", 0.25, "e", "f", "g", 1, "no", "x"));
}

Test(yaml, strings_stay_strings)
{
    static const char *const texts[] = {
        "",     "no",      "No",     "null",         "~",          "0x10",   "007", "1e3",
        "-",    "- a",     "a: b",   "a #b",         "#",          "a ",     " a",  "two\nlines\n",
        "true", "\x1b[2J", "\u00e9", "1:20",         ".inf",       "=",      "<<",  "%a",
        "@a",   "`",       "'",      "\"\\",         "2001-01-01", "{",      "[a]", "a, b",
        "y",    "NULL",    "Off",    "path/of.some", "two words",  "\u2028", "\t",  "..."};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        expect_yaml(json_pack("{s:s}", "text", texts[i]));
        expect_yaml(json_pack("{s:i}", texts[i], 1));
        expect_yaml(json_pack("[s]", texts[i]));
    }
}
