/* What is told of a title that fell while it handled something else. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/instance.h"

#define LONG 3000000u

static struct xe_run_result run(const char *name)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;
    struct xe_run_result result;
    struct xe_image *image;
    char path[512];
    size_t size;
    void *bytes;

    test_module_path(name, path, sizeof(path));
    bytes = test_read_file(path, &size);
    cr_assert(bytes, "%s is missing", path);
    image = xe_image_parse(bytes, size, NULL);
    instance = xe_instance_create(&config, NULL);
    cr_assert(image && instance && xe_instance_load(instance, image, name, NULL));
    cr_assert(xe_instance_run(instance, LONG, NULL, NULL, &result, NULL));
    cr_expect_eq(result.stop, XE_STOP_CRASH, "%s: %s", name, result.detail);
    xe_instance_destroy(instance);
    xe_image_destroy(image);
    free(bytes);
    return result;
}

static void tells(const struct xe_run_result *result, const char *words)
{
    cr_expect(strstr(result->detail, words), "'%s' is not in: %s", words, result->detail);
}

Test(crashes, a_fault_in_a_handler_names_what_that_handled)
{
    const struct xe_run_result searching = run("falls_handler.xex"),
                               going = run("falls_unwind.xex");

    tells(&searching, "data access write to 0x00004000 unmapped: word");
    tells(&searching, "; exception 0xe0000001 (address 0x");
    tells(&searching, ") was being handled");
    cr_expect_eq(searching.info.cause, XE_CAUSE_STORE);
    cr_expect_eq(searching.info.within.count, 1);
    cr_expect_eq(searching.info.within.newest_code, 0xE0000001u);
    tells(&going, "data access write to 0x00004000 unmapped: word");
    cr_expect_eq(going.info.within.first_code, 0xE0000001u);
}

Test(crashes, a_stack_that_handlers_used_up_names_both)
{
    const struct xe_run_result result = run("falls_stack.xex");
    const struct xe_stop_within *within = &result.info.within;

    cr_expect_eq(result.info.cause, XE_CAUSE_STACK);
    tells(&result, "where there is no room for exception 0xe000000");
    tells(&result, ", the newest of ");
    tells(&result, "; the first was 0xe0000001 (address 0x");
    cr_expect(within->count > 2 && within->newest_code == 0xE0000000u + within->count, "%u, 0x%x",
              within->count, within->newest_code);
    cr_expect_eq(within->first_code, 0xE0000001u);
}
