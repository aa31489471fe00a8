/* The table itself: sorted, complete, and told truly by rpc.discover. */
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/api/rpc.h"

Test(rpc_table, rows_are_sorted_and_named_as_listed)
{
    static const char *const names[] = {
#define METHOD(id, text) text,
#include "rpc/api/methods.def"
#undef METHOD
    };

    for (int i = 0; i < XE_RPC_METHODS; i++) {
        cr_expect_str_eq(xe_rpc_methods[i]->name, names[i]);
        cr_expect(i == 0 || strcmp(names[i - 1], names[i]) < 0, "%s", names[i]);
        cr_expect_eq(xe_rpc_method_find(names[i]), xe_rpc_methods[i]);
    }
    cr_expect_null(xe_rpc_method_find("run.star"));
}

Test(rpc_table, every_row_says_what_it_is)
{
    for (int i = 0; i < XE_RPC_METHODS; i++) {
        const struct xe_rpc_method *m = xe_rpc_methods[i];

        cr_expect(m->doc && m->scope && m->result, "%s", m->name);
        for (const struct xe_rpc_field *p = m->params; p->name; p++)
            cr_expect(p->doc && p->type && p->min <= p->max, "%s.%s", m->name, p->name);
        cr_expect(m->place != XE_RPC_WORKER || !strcmp(m->params[0].name, "instance"), "%s",
                  m->name);
    }
}

Test(rpc_table, required_parameters_come_first)
{
    for (int i = 0; i < XE_RPC_METHODS; i++) {
        const struct xe_rpc_method *m = xe_rpc_methods[i];

        for (const struct xe_rpc_field *p = m->params; p->name && p[1].name; p++)
            cr_expect(p->required || !p[1].required, "%s.%s", m->name, p[1].name);
    }
}

Test(rpc_table, discovery_tells_every_method)
{
    json_t *document = xe_rpc_discover();
    json_t *methods = json_object_get(document, "methods"), *method;
    size_t i;

    cr_assert_eq(json_array_size(methods), (size_t)XE_RPC_METHODS);
    json_array_foreach(methods, i, method)
    {
        json_t *schema = json_object_get(json_object_get(method, "result"), "schema");

        cr_expect_str_eq(json_string_value(json_object_get(method, "name")),
                         xe_rpc_methods[i]->name);
        cr_expect_str_eq(json_string_value(json_object_get(schema, "type")), "object");
    }
    json_decref(document);
}

static void expect_titles(json_t *value, json_t *seen)
{
    const char *title = json_string_value(json_object_get(value, "title")), *key;
    json_t *inner;
    size_t i;

    if (title) {
        cr_expect_null(json_object_get(seen, title), "%s: a second time", title);
        json_object_set_new(seen, title, json_true());
    }
    json_object_foreach(json_is_object(value) ? value : NULL, key, inner)
    {
        cr_expect(strcmp(key, "schema") || json_object_get(inner, "title"));
        expect_titles(inner, seen);
    }
    json_array_foreach(json_is_array(value) ? value : NULL, i, inner) expect_titles(inner, seen);
}

/* Generators of types make names of them. */
Test(rpc_table, every_schema_has_a_title_of_its_own)
{
    json_t *document = xe_rpc_discover(), *seen = json_object();
    json_t *schema = json_object_get(
        json_object_get(json_array_get(json_object_get(document, "methods"), 0), "result"),
        "schema");

    expect_titles(json_object_get(document, "methods"), seen);
    cr_expect(json_object_size(seen) > 1000, "%zu", json_object_size(seen));
    cr_expect_str_eq(json_string_value(json_object_get(schema, "title")), "ArtifactGetOfResult");
    json_decref(seen);
    json_decref(document);
}

Test(rpc_table, error_kinds_are_a_contract)
{
    static const struct {
        enum xe_err code;
        int number;
        const char *kind;
    } rows[] = {{XE_ERR_INSTANCE_NOT_FOUND, 1001, "instance_not_found"},
                {XE_ERR_WORKER_LOST, 1005, "worker_lost"},
                {XE_ERR_IMAGE_CORRUPT, 1103, "image_corrupt"},
                {XE_ERR_RUN_IN_PROGRESS, 1201, "run_in_progress"},
                {XE_ERR_ADDRESS_UNMAPPED, 1301, "address_unmapped"},
                {XE_ERR_FOCUS_INVALID, 1403, "focus_invalid"},
                {XE_ERR_PATH_FORBIDDEN, 1802, "path_forbidden"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;
        json_t *error, *data;

        xe_error_set(&err, rows[i].code, "text");
        error = xe_rpc_error(&err, json_pack("{s:i}", "extra", 1));
        data = json_object_get(error, "data");
        cr_expect_eq(json_integer_value(json_object_get(error, "code")), rows[i].number);
        cr_expect_str_eq(json_string_value(json_object_get(data, "kind")), rows[i].kind);
        cr_expect_eq(json_integer_value(json_object_get(data, "extra")), 1);
        json_decref(error);
    }
}

Test(rpc_table, an_error_text_that_is_no_utf8_still_makes_an_error)
{
    struct xe_error err = XE_ERROR_INIT;
    json_t *error;

    xe_error_set(&err, XE_ERR_IMAGE_CORRUPT, "name '\xff\xfe'");
    error = xe_rpc_error(&err, NULL);
    cr_assert(error);
    cr_expect_eq(json_integer_value(json_object_get(error, "code")), 1103);
    json_decref(error);
}

/* The list is too long for the error that would name all of it. */
Test(rpc_table, the_last_word_of_a_long_list_is_one)
{
    static const char *const words[] = {
        "the first of these words is one of thirty letters and more",
        "the second of these words is too, and others follow these", "last", NULL};
    static const struct xe_rpc_type type = {.kind = XE_RPC_KIND_ENUM, .values = words};
    const struct xe_rpc_field field = {.name = "word", .type = &type};
    struct xe_rpc_misfit misfit;
    json_t *last = json_string("last"), *none = json_string("none");

    cr_expect(xe_rpc_check(&field, last, "word", &misfit));
    cr_expect_not(xe_rpc_check(&field, none, "word", &misfit));
    cr_expect_str_eq(misfit.path, "word");
    cr_expect(strstr(misfit.expected, "others follow") && strstr(misfit.expected, " ..."), "%s",
              misfit.expected);
    json_decref(last);
    json_decref(none);
}
