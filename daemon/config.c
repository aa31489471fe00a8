/* Values of the configuration; see config.h. */
#include "daemon/config.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/listen.h"
#include "xe/nearest.h"

static const char *const level_words[] = {"error", "warn", "info", "debug", NULL};
static const char *const sandbox_words[] = {"require", "warn", "off", NULL};

#define WHEN_ALWAYS true
#define WHEN_START  false

const struct xe_config_row xe_config_rows[XE_CONFIG_KEYS] = {
#define KEY(field, name, kind, min, max, fallback, words, what, when, doc)                         \
    {name,                                                                                         \
     XE_CONFIG_##kind,                                                                             \
     offsetof(struct xe_daemon_options, field),                                                    \
     sizeof(((struct xe_daemon_options *)0)->field),                                               \
     min,                                                                                          \
     max,                                                                                          \
     words,                                                                                        \
     what,                                                                                         \
     WHEN_##when,                                                                                  \
     doc},
#include "daemon/config.def"
#undef KEY
};

static const struct xe_daemon_options defaults = {
#define KEY(field, name, kind, min, max, fallback, words, what, when, doc) .field = fallback,
#include "daemon/config.def"
#undef KEY
};

static void *value_of(struct xe_daemon_options *options, enum xe_config_key key)
{
    return (char *)options + xe_config_rows[key].offset;
}

void xe_config_fini(struct xe_config *config)
{
    while (config->strings > 0)
        free(config->string[--config->strings]);
    free(config->string);
    memset(config, 0, sizeof(*config));
}

/* ---- values -----------------------------------------------------------------------------------
 */

/* A copy that lives as long as the configuration. */
static const char *keep(struct xe_config *config, const char *text)
{
    char **grown = realloc(config->string, (config->strings + 1) * sizeof(*grown));

    if (!grown)
        abort();
    config->string = grown;
    grown[config->strings] = strdup(text);
    if (!grown[config->strings])
        abort();
    return grown[config->strings++];
}

static bool check_length(const struct xe_config_row *row, const char *text, uint32_t most,
                         struct xe_error *err)
{
    size_t size = strlen(text);

    return (size >= row->min && size <= most) ||
           xe_error_set(err, XE_ERR_CONFIG_INVALID, "expected a text of %u to %u bytes", row->min,
                        most);
}

static bool set_word(const struct xe_config_row *row, const char *text, const char **ret,
                     struct xe_error *err)
{
    const char *near[XE_NEAREST_MAX];
    char hint[XE_NEAREST_TEXT], all[128] = "";
    size_t count = 0;

    for (; row->words[count]; count++) {
        if (!strcmp(row->words[count], text)) {
            *ret = row->words[count];
            return true;
        }
        strcat(strcat(all, count ? ", " : ""), row->words[count]);
    }
    return xe_error_set(err, XE_ERR_CONFIG_INVALID, "'%.40s': expected one of %s%s", text, all,
                        xe_nearest_text(near, xe_nearest(text, row->words, count, near), hint));
}

static bool set_count(const struct xe_config_row *row, const char *text, uint32_t *ret,
                      struct xe_error *err)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long value = digits && digits < 10 && !text[digits] ? strtoul(text, NULL, 10)
                                                                 : (unsigned long)UINT32_MAX + 1;

    if (value < row->min || value > row->max)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "'%.40s': expected a number from %u to %u",
                            text, row->min, row->max);
    *ret = (uint32_t)value;
    return true;
}

static bool set_flag(const char *text, bool *ret, struct xe_error *err)
{
    *ret = !strcmp(text, "true");
    return *ret || !strcmp(text, "false") ||
           xe_error_set(err, XE_ERR_CONFIG_INVALID, "'%.40s': expected true or false", text);
}

static bool add_item(struct xe_config *config, const struct xe_config_row *row, const char *text,
                     struct xe_config_mark mark, struct xe_config_list *list, struct xe_error *err)
{
    if (list->count >= row->max)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "expected at most %u of them", row->max);
    if (!check_length(row, text, 4000, err))
        return false;
    list->item[list->count] = keep(config, text);
    list->mark[list->count++] = mark;
    return true;
}

bool xe_config_set(struct xe_config *config, enum xe_config_key key, const char *text,
                   struct xe_config_mark mark, struct xe_error *err)
{
    const struct xe_config_row *row = &xe_config_rows[key];
    void *value = value_of(&config->value, key);
    bool ok = false;

    switch (row->kind) {
    case XE_CONFIG_TEXT:
        ok = check_length(row, text, row->max, err);
        if (ok)
            *(const char **)value = keep(config, text);
        break;
    case XE_CONFIG_WORD:
        ok = set_word(row, text, value, err);
        break;
    case XE_CONFIG_COUNT:
        ok = set_count(row, text, value, err);
        break;
    case XE_CONFIG_FLAG:
        ok = set_flag(text, value, err);
        break;
    case XE_CONFIG_LIST:
        ok = add_item(config, row, text, mark, value, err);
        break;
    }
    config->given[key] |= ok;
    config->mark[key] = mark;
    return ok;
}

/* ---- several ----------------------------------------------------------------------------------
 */

static void override(struct xe_config *config, const struct xe_config *other)
{
    for (int key = 0; key < XE_CONFIG_KEYS; key++) {
        const struct xe_config_row *row = &xe_config_rows[key];

        if (!other->given[key])
            continue;
        memcpy(value_of(&config->value, key), (const char *)&other->value + row->offset, row->size);
        config->given[key] = true;
        config->mark[key] = other->mark[key];
    }
}

static void add_defaults(struct xe_config *config)
{
    for (int key = 0; key < XE_CONFIG_KEYS; key++)
        if (!config->given[key])
            memcpy(value_of(&config->value, key),
                   (const char *)&defaults + xe_config_rows[key].offset, xe_config_rows[key].size);
}

/* What others can reach they can read on its way, but for TLS. */
static bool check_listen(const struct xe_config *config, struct xe_error *err)
{
    const char *listen = config->value.listen;

    if (!listen || xe_listen_is_loopback(listen) ||
        (config->value.tls_elsewhere && xe_listen_is_address(listen)))
        return true;
    xe_error_set(
        err, XE_ERR_CONFIG_INVALID,
        "listen '%s': expected 127.0.0.1:PORT, [::1]:PORT or localhost:PORT; where a proxy "
        "in between speaks TLS with those who call, say so: tls-elsewhere",
        listen);
    return xe_config_place(config, config->mark[XE_CONFIG_listen], err);
}

bool xe_config_make(struct xe_config *ret, const char *file, const struct xe_config *given,
                    struct xe_error *err)
{
    if (file && !xe_config_load(ret, file, err))
        return false;
    override(ret, given);
    add_defaults(ret);
    return check_listen(ret, err);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

bool xe_config_equal(const struct xe_daemon_options *a, const struct xe_daemon_options *b,
                     enum xe_config_key key)
{
    const struct xe_config_row *row = &xe_config_rows[key];
    const char *left = (const char *)a + row->offset, *right = (const char *)b + row->offset;
    const struct xe_config_list *list = (const void *)left, *other = (const void *)right;

    switch (row->kind) {
    case XE_CONFIG_TEXT:
    case XE_CONFIG_WORD:
        return same_text(*(const char *const *)left, *(const char *const *)right);
    case XE_CONFIG_COUNT:
    case XE_CONFIG_FLAG:
        return !memcmp(left, right, row->size);
    case XE_CONFIG_LIST:
        break;
    }
    for (uint32_t i = 0; i < list->count && i < other->count; i++)
        if (strcmp(list->item[i], other->item[i]))
            return false;
    return list->count == other->count;
}
