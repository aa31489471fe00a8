/* Fuzz target: configurations as anybody may write them. What is taken is within its bounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "tests/support/fuzz.h"

const int fuzz_rounds = 20000;

static const char *const seeds[] = {
    "root: [/a, \"/b c\"]\nmax-instances: 7\nsandbox: require\ntls-elsewhere: true\n",
    "# comment\nallow-host:\n  - example.org\n  - 'x'\nlog-level: debug\nworker-timeout: \"9\"\n",
    "%YAML 1.1\n---\nlisten: 127.0.0.1:3607\nstate-dir: >\n  folded\ncookie: |\n  kept\n...\n",
    "root: &a [/a]\nallow-host: *a\nsandbox: !!str off\n? [k]\n: v\n---\n{}\n"};

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    if (i >= sizeof(seeds) / sizeof(seeds[0]))
        return NULL;
    *ret_size = strlen(seeds[i]);
    return (uint8_t *)strdup(seeds[i]);
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check_row(const struct xe_config *config, int key)
{
    const struct xe_config_row *row = &xe_config_rows[key];
    const void *value = (const char *)&config->value + row->offset;
    const struct xe_config_list *list = value;

    if (!config->given[key])
        return;
    must(config->mark[key].line > 0, "a value from nowhere");
    if (row->kind == XE_CONFIG_COUNT)
        must(*(const uint32_t *)value >= row->min && *(const uint32_t *)value <= row->max, "count");
    if (row->kind == XE_CONFIG_TEXT)
        must(strlen(*(const char *const *)value) <= row->max, "a text that is too long");
    for (uint32_t i = 0; row->kind == XE_CONFIG_LIST && i < list->count; i++)
        must(list->item[i][0] && list->mark[i].line > 0, "an item from nowhere");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xe_config config = {.file = NULL};
    struct xe_error err = XE_ERROR_INIT;

    if (xe_config_parse(&config, "fuzz", (const char *)data, size, &err)) {
        for (int key = 0; key < XE_CONFIG_KEYS; key++)
            check_row(&config, key);
    } else {
        must(err.code == XE_ERR_CONFIG_INVALID, "refused, but not as a configuration");
        must(!strncmp(err.text, "fuzz:", 5), "an error that does not say where");
        for (const char *c = err.text; *c; c++)
            must(*c >= 0x20 && *c < 0x7F, "an error that a terminal would obey");
    }
    xe_config_fini(&config);
    return 0;
}
