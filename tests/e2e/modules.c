/* See modules.h. */
#include "tests/e2e/modules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "tests/support/titles.h"

static uint32_t fail_in;
static bool failed;

bool xe_test_alloc_fails(void)
{
    bool now = fail_in && --fail_in == 0;

    failed |= now;
    return now;
}

void modules_fail_alloc(uint32_t n)
{
    fail_in = n;
    failed = false;
}

bool modules_alloc_failed(void)
{
    return failed;
}

struct xe_image *modules_image(const char *name)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image;
    char path[512];
    size_t size;
    void *bytes;

    test_module_path(name, path, sizeof(path));
    bytes = test_read_file(path, &size);
    cr_assert(bytes, "%s is missing", path);
    image = xe_image_parse(bytes, size, &err);
    cr_assert(image, "%s: %s", path, err.text);
    free(bytes);
    return image;
}

struct xe_instance *modules_make(const char *title, const char *const *modules,
                                 enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = modules_image(title);
    struct xe_instance *instance;

    config.engine = engine;
    config.audit = true;
    instance = xe_instance_create(&config, &err);
    cr_assert(instance, "%s", err.text);
    for (; modules && *modules; modules++)
        cr_assert(xe_instance_module_add(instance, *modules, modules_image(*modules), &err), "%s",
                  err.text);
    cr_assert(xe_instance_load(instance, image, title, &err), "%s", err.text);
    xe_image_destroy(image);
    return instance;
}

struct xe_run_result modules_run(struct xe_instance *instance, uint64_t n)
{
    struct xe_run_result result;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, &result, NULL));
    return result;
}

static bool add_line(void *ctx, const struct xe_log_line *line)
{
    struct modules_said *said = ctx;

    if (line->level == XE_LOG_PRINT)
        said->size += (size_t)snprintf(said->text + said->size, sizeof(said->text) - said->size,
                                       "%s\n", line->text);
    return said->size < sizeof(said->text) - 1;
}

struct modules_said modules_said(struct xe_instance *instance)
{
    struct modules_said said = {.size = 0};

    xe_log_visit(xe_instance_log(instance), 0, add_line, &said);
    return said;
}
