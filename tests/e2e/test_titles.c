/* Every fixture does what its row in tests/guest/titles.txt says: how it stops, what it prints
 * last. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"

#define LIMIT 200000000ull

/* The same bytes under another name are the same title: names of files here are no state. */
Test(titles, the_name_of_the_file_is_no_state)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance[2];
    char path[512], digest[2][XE_DIGEST_TEXT];
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image;
    size_t size;
    void *bytes;

    test_title_path("four-handles", path, sizeof(path));
    bytes = test_read_file(path, &size);
    image = xe_image_parse(bytes, size, &err);
    cr_assert(image, "%s", err.text);
    for (int i = 0; i < 2; i++) {
        instance[i] = xe_instance_create(&config, &err);
        cr_assert(instance[i] && xe_instance_load(instance[i], image,
                                                  i ? "a much longer name.xex" : "a.xex", &err));
        test_run_digest(instance[i], 100000, digest[i]);
        xe_instance_destroy(instance[i]);
    }
    cr_expect_str_eq(digest[0], digest[1]);
    xe_image_destroy(image);
    free(bytes);
}

ParameterizedTestParameters(titles, run_as_the_table_says)
{
    static struct test_title title[TEST_TITLES];

    return cr_make_param_array(struct test_title, title, test_titles(title, TEST_TITLES), NULL);
}

static bool keep_last_print(void *ctx, const struct xe_log_line *line)
{
    if (line->level == XE_LOG_PRINT)
        snprintf(ctx, 256, "%s", line->text);
    return true;
}

ParameterizedTest(struct test_title *title, titles, run_as_the_table_says)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512], last[256] = "";
    bool endless = strcmp(title->stop, "target") == 0;

    test_title_path(title->name, path, sizeof(path));
    if (strcmp(title->name, "lost-wake") == 0 && !xe_fault_plan())
        cr_skip(XE_NO_FAULT_PLAN);
    config.faults.inject_lost_wake = strcmp(title->name, "lost-wake") == 0 ? 1 : 0;
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, endless ? 5000000 : LIMIT, NULL, NULL, &result, NULL));
    xe_log_visit(xe_instance_log(instance), 0, keep_last_print, last);
    cr_expect_str_eq(xe_stop_name(result.stop), title->stop,
                     "%s stopped with %s (%s), last line '%s'", title->name,
                     xe_stop_name(result.stop), result.detail, last);
    if (strcmp(title->last, "-") != 0)
        cr_expect_str_eq(last, title->last, "%s", title->name);
    xe_instance_destroy(instance);
}

Test(titles, who_is_signed_in_is_there)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512], last[256] = "";

    test_title_path("users", path, sizeof(path));
    config.users = 2;
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, LIMIT, NULL, NULL, &result, NULL));
    xe_log_visit(xe_instance_log(instance), 0, keep_last_print, last);
    cr_expect_str_eq(last, "# 6 of 6 passed, 0 skipped");
    xe_instance_destroy(instance);
}

/* The linked file that a title is packed from can be looked at; run, it says what it lacks. */
Test(titles, an_elf_that_was_never_packed_says_so)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance = xe_instance_create(&config, &err);
    struct xe_image *image;
    char path[512];
    size_t size;
    void *bytes;

    test_title_path("healthy", path, sizeof(path));
    strcpy(strrchr(path, '.'), ".elf");
    bytes = test_read_file(path, &size);
    cr_assert(bytes && instance);
    image = xe_image_parse(bytes, size, &err);
    cr_assert_not_null(image, "%s", err.text);
    cr_expect_gt(image->symbol_count, 0);
    cr_expect_not(xe_instance_load(instance, image, "healthy.elf", &err));
    cr_expect_eq(err.code, XE_ERR_IMAGE_UNSUPPORTED);
    cr_expect(strstr(err.text, "xe360-mkxex healthy.elf -o healthy.xex"), "%s", err.text);
    xe_image_destroy(image);
    xe_instance_destroy(instance);
    free(bytes);
}
