/* The configuration file, without a daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "daemon/config.h"

static const struct xe_config nothing = {.file = NULL};

static bool parse(struct xe_config *config, const char *text, struct xe_error *err)
{
    memset(config, 0, sizeof(*config));
    return xe_config_parse(config, "x.yaml", text, strlen(text), err);
}

Test(config, a_file_says_what_its_keys_say)
{
    struct xe_config config;

    cr_assert(parse(&config,
                    "# all kinds\nroot: [/a, \"/b c\"]\nmax-instances: 7\nsandbox: require\n"
                    "tls-elsewhere: true\nstate-dir: /var/lib/x\nallow-host:\n  - example.org\n",
                    NULL));
    cr_expect_eq(config.value.root.count, 2);
    cr_expect_str_eq(config.value.root.item[1], "/b c");
    cr_expect_eq(config.value.root.mark[1].line, 2);
    cr_expect_eq(config.value.root.mark[1].column, 12);
    cr_expect_eq(config.value.instances_max, 7);
    cr_expect_str_eq(config.value.sandbox, "require");
    cr_expect(config.value.tls_elsewhere);
    cr_expect_str_eq(config.value.state_dir, "/var/lib/x");
    cr_expect_str_eq(config.value.hosts.item[0], "example.org");
    cr_expect_not(config.given[XE_CONFIG_worker_timeout_s]);
    xe_config_fini(&config);
}

Test(config, empty_files_say_nothing)
{
    static const char *const texts[] = {"", "\n", "# only this\n", "---\n{}\n", "---\n{}\n...\n"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct xe_config config;

        cr_assert(parse(&config, texts[i], NULL), "%zu", i);
        for (int key = 0; key < XE_CONFIG_KEYS; key++)
            cr_expect_not(config.given[key]);
        xe_config_fini(&config);
    }
}

Test(config, what_is_wrong_is_told_with_its_place)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"rot: [/a]", "x.yaml:1:1: unknown key 'rot'; did you mean 'root'?"},
        {"log-level: info\n\nmax_instances: 3",
         "x.yaml:3:1: unknown key 'max_instances'; did you mean 'max-instances'?"},
        {"zzz: 1", "x.yaml:1:1: unknown key 'zzz'"},
        {"max-instances: 0", "x.yaml:1:16: max-instances: '0': expected a number from 1 to 10000"},
        {"max-instances: 10001",
         "x.yaml:1:16: max-instances: '10001': expected a number from 1 to 10000"},
        {"max-instances: -1",
         "x.yaml:1:16: max-instances: '-1': expected a number from 1 to 10000"},
        {"max-instances: 0x10",
         "x.yaml:1:16: max-instances: '0x10': expected a number from 1 to 10000"},
        {"max-instances: 99999999999999999999",
         "x.yaml:1:16: max-instances: '99999999999999999999': expected a number from 1 to 10000"},
        {"max-instances: [1]", "x.yaml:1:16: expected one value, found a list"},
        {"max-instances: {a: 1}", "x.yaml:1:16: expected one value, found a mapping"},
        {"root: /a", "x.yaml:1:7: expected a list, found '/a'"},
        {"root: [[/a]]", "x.yaml:1:8: expected a text, found a list"},
        {"root: ['']", "x.yaml:1:8: root: expected a text of 1 to 4000 bytes"},
        {"tls-elsewhere: yes", "x.yaml:1:16: tls-elsewhere: 'yes': expected true or false"},
        {"sandbox: requir",
         "x.yaml:1:10: sandbox: 'requir': expected one of require, warn, off; did "
         "you mean 'require'?"},
        {"sandbox: off\nsandbox: warn",
         "x.yaml:2:1: sandbox is there a second time; the first is in line 1"},
        {"sandbox: &a off", "x.yaml:1:10: anchors and aliases are refused"},
        {"sandbox: *a", "x.yaml:1:10: anchors and aliases are refused"},
        {"sandbox: !!str off", "x.yaml:1:10: tags are refused"},
        {"- a", "x.yaml:1:1: expected a mapping of keys to values, found a list"},
        {"just text", "x.yaml:1:1: expected a mapping of keys to values, found 'just text'"},
        {"{}\n---\n{}", "x.yaml:2:1: expected one document, found a document"},
        {"[a]: b", "x.yaml:1:1: expected a key, found a list"},
        {"? [a]\n: b", "x.yaml:1:3: expected a key, found a list"},
        {"log-level: \"in\\0fo\"", "x.yaml:1:12: expected one value, found 'in'"},
        {"root: [", "x.yaml:2:1: did not find expected node content"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;
        struct xe_config config;

        cr_expect_not(parse(&config, rows[i].text, &err), "%s", rows[i].text);
        cr_expect_str_eq(err.text, rows[i].error);
        cr_expect_eq(err.code, XE_ERR_CONFIG_INVALID);
        xe_config_fini(&config);
    }
}

Test(config, a_file_and_its_lists_have_limits)
{
    struct xe_config config = nothing;
    struct xe_error err = XE_ERROR_INIT;
    char *text = malloc(XE_CONFIG_FILE_MAX + 2);
    size_t used = (size_t)sprintf(text, "root: [");

    for (int i = 0; i <= XE_CONFIG_LIST_MAX; i++)
        used += (size_t)sprintf(text + used, "/a,");
    sprintf(text + used, "]");
    cr_expect_not(parse(&config, text, &err));
    cr_expect(strstr(err.text, "expected at most 64 of them"), "%s", err.text);
    xe_config_fini(&config);
    memset(text, ' ', XE_CONFIG_FILE_MAX + 1);
    xe_error_clear(&err);
    cr_expect_not(xe_config_parse(&config, "x", text, XE_CONFIG_FILE_MAX + 1, &err));
    cr_expect_str_eq(err.text, "x: expected at most 65536 bytes");
    free(text);
}

static char *write_file(const char *text)
{
    static char path[] = "/tmp/xe360d-config-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");

    fputs(text, file);
    fclose(file);
    return path;
}

Test(config, the_command_line_goes_before_the_file_and_that_before_defaults)
{
    struct xe_config given = nothing, config = nothing;
    const struct xe_config_mark no_mark = {0};
    char *file = write_file("root: [/a, /b]\nmax-instances: 7\nworker-timeout: 9\n");

    cr_assert(xe_config_set(&given, XE_CONFIG_root, "/c", no_mark, NULL));
    cr_assert(xe_config_set(&given, XE_CONFIG_instances_max, "3", no_mark, NULL));
    cr_assert(xe_config_make(&config, file, &given, NULL));
    cr_expect_eq(config.value.root.count, 1);
    cr_expect_str_eq(config.value.root.item[0], "/c");
    cr_expect_eq(config.value.instances_max, 3);
    cr_expect_eq(config.value.worker_timeout_s, 9);
    cr_expect_eq(config.value.workers_ready, 2);
    cr_expect_str_eq(config.value.sandbox, "warn");
    xe_config_fini(&config);
    xe_config_fini(&given);
    remove(file);
}

Test(config, an_address_that_others_reach_needs_a_word_about_tls)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {{"listen: 127.0.0.1:1", true},
                {"listen: '[::1]:1'", true},
                {"listen: localhost:0", true},
                {"listen: 127.0.0.2:1", true},
                {"listen: 0.0.0.0:1", false},
                {"listen: '[::]:1'", false},
                {"listen: 0.0.0.0:1\ntls-elsewhere: true", true},
                {"listen: '[2001:db8::1]:1'\ntls-elsewhere: true", true},
                {"listen: example.org:1\ntls-elsewhere: true", false},
                {"listen: 0.0.0.0:65536\ntls-elsewhere: true", false},
                {"listen: 0.0.0.0\ntls-elsewhere: true", false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_config config = nothing;
        struct xe_error err = XE_ERROR_INIT;
        char *file = write_file(rows[i].text);

        cr_expect_eq(xe_config_make(&config, file, &nothing, &err), rows[i].good, "%s: %s",
                     rows[i].text, err.text);
        cr_expect(rows[i].good || strstr(err.text, ":1:9: listen"), "%s", err.text);
        xe_config_fini(&config);
        remove(file);
        strcpy(strrchr(file, '-'), "-XXXXXX");
    }
}

Test(config, rows_are_sorted_and_sensible)
{
    for (int i = 0; i < XE_CONFIG_KEYS; i++) {
        const struct xe_config_row *row = &xe_config_rows[i];

        cr_expect(i == 0 || strcmp(xe_config_rows[i - 1].name, row->name) < 0, "%s", row->name);
        cr_expect(row->doc && row->min <= row->max, "%s", row->name);
        cr_expect_eq(row->kind == XE_CONFIG_WORD, row->words != NULL, "%s", row->name);
        cr_expect_eq(row->kind == XE_CONFIG_FLAG, row->what == NULL, "%s", row->name);
        cr_expect(row->kind != XE_CONFIG_LIST || row->max <= XE_CONFIG_LIST_MAX, "%s", row->name);
    }
}
