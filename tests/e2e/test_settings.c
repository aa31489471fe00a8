/* What rpc.discover says of settings is what a real instance takes: each range at its ends and one
 * beyond, each word, each switch. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/daemon.h"
#include "xe/settings.h"

static struct test_daemon d;
static unsigned tried;

/* The members that a parameter of instance.create may have; NULL: there is no such. Borrowed from
 * the document. */
static json_t *parameter(json_t *document, const char *wanted)
{
    json_t *method, *param;
    size_t i, k;

    json_array_foreach(json_object_get(document, "methods"), i, method)
    {
        if (strcmp(json_string_value(json_object_get(method, "name")), "instance.create") != 0)
            continue;
        json_array_foreach(json_object_get(method, "params"), k, param)
        {
            if (!strcmp(json_string_value(json_object_get(param, "name")), wanted))
                return json_object_get(json_object_get(param, "schema"), "properties");
        }
    }
    return NULL;
}

/* Is {group: {name: value}} taken? value is given. */
static bool taken(const char *group, const char *name, json_t *value)
{
    bool fault = !strcmp(group, "faults");
    json_t *object = json_pack("{s:o}", name, value), *reply;
    bool ok;

    if (fault)
        object = json_pack("{s:o}", "faults", object);
    if (!strcmp(name, "readback")) /* there has to be something to read */
        json_object_set_new(object, "renderer", json_string("reference"));
    reply = test_daemon_call(&d, "instance.create",
                             json_pack("{s:s, s:s, s:o}", "image", "four-handles.xex", "name", "t",
                                       fault ? "config" : group, object));
    ok = json_object_get(reply, "result");
    json_decref(reply);
    if (ok)
        json_decref(
            test_daemon_result(&d, "instance.destroy", json_pack("{s:s}", "instance", "t")));
    tried++;
    return ok;
}

static void try_range(const char *group, const char *name, const json_t *schema)
{
    json_int_t min = json_integer_value(json_object_get(schema, "minimum"));
    json_int_t max = json_integer_value(json_object_get(schema, "maximum"));

    cr_assert_lt(min, max, "%s.%s has no range", group, name);
    cr_expect_not(taken(group, name, json_integer(min - 1)), "%s.%s: below", group, name);
    cr_expect(taken(group, name, json_integer(min)), "%s.%s: least", group, name);
    cr_expect(taken(group, name, json_integer(max)), "%s.%s: most", group, name);
    if (max < INT64_MAX) /* JSON text with more is no JSON here */
        cr_expect_not(taken(group, name, json_integer(max + 1)), "%s.%s: above", group, name);
}

static void try_words(const char *group, const char *name, const json_t *schema)
{
    json_t *word;
    size_t i;

    json_array_foreach(json_object_get(schema, "enum"), i, word)
    {
        cr_expect(taken(group, name, json_incref(word)), "%s.%s: %s", group, name,
                  json_string_value(word));
    }
    cr_expect_not(taken(group, name, json_string("no such word")), "%s.%s", group, name);
}

static json_t *keys(json_int_t count)
{
    json_t *array = json_array();

    for (json_int_t i = 0; i < count; i++)
        json_array_append_new(array, json_integer(0x1000 + 4 * i));
    return array;
}

static void try_list(const char *group, const char *name, const json_t *schema)
{
    json_int_t max = json_integer_value(json_object_get(schema, "maxItems"));

    cr_expect(taken(group, name, keys(0)), "%s.%s: none", group, name);
    cr_expect(taken(group, name, keys(max)), "%s.%s: %lld", group, name, (long long)max);
    cr_expect_not(taken(group, name, keys(max + 1)), "%s.%s: one more", group, name);
}

static void try_setting(const struct xe_setting *setting, const json_t *properties)
{
    static const char *const groups[] = {"config", "audit", "faults"};
    const char *group = groups[setting->group], *name = setting->name;
    const json_t *schema = json_object_get(properties, name);

    cr_assert(schema, "discover does not know %s.%s", group, name);
    if (setting->group == XE_SETTING_FAULTS && !xe_fault_plan()) {
        cr_expect_not(taken(group, name, json_integer((json_int_t)setting->min)), "%s", name);
        return;
    }
    switch (setting->type) {
    case XE_SETTING_BOOL:
        cr_expect(taken(group, name, json_true()) && taken(group, name, json_false()));
        cr_expect_not(taken(group, name, json_integer(1)), "%s.%s", group, name);
        break;
    case XE_SETTING_ENGINE:
    case XE_SETTING_GS:
    case XE_SETTING_NET:
    case XE_SETTING_READBACK:
    case XE_SETTING_RENDERER:
    case XE_SETTING_VIDEO:
        try_words(group, name, schema);
        break;
    case XE_SETTING_KEYS:
        try_list(group, name, schema);
        break;
    default:
        try_range(group, name, schema);
    }
}

Test(settings, discover_tells_what_is_taken, .timeout = 240)
{
    const char *build = getenv("XE_BUILDDIR");
    char worker[512], root[512];
    const char *const options[] = {"--root", root, NULL};
    json_t *document, *properties[3];

    snprintf(worker, sizeof(worker), "%s/xe360-worker", build ? build : ".");
    snprintf(root, sizeof(root), "%s/tests/guest/titles", build ? build : ".");
    test_daemon_start(&d, worker, options);
    document = test_daemon_result(&d, "system.version", NULL);
    cr_expect_eq(json_is_true(json_object_get(document, "fault_plan")), xe_fault_plan());
    json_decref(document);
    document = test_daemon_result(&d, "rpc.discover", NULL);
    properties[XE_SETTING_CONFIG] = parameter(document, "config");
    properties[XE_SETTING_AUDIT] = parameter(document, "audit");
    properties[XE_SETTING_FAULTS] =
        json_object_get(json_object_get(properties[XE_SETTING_CONFIG], "faults"), "properties");
    for (int i = 0; i < XE_SETTINGS; i++)
        try_setting(&xe_settings[i], properties[xe_settings[i].group]);
    cr_expect_gt(tried, 2 * XE_SETTINGS);
    json_decref(document);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
