/* Libraries that are not what a linker makes, past what the parser checks: as if a title had
 * changed them in memory, too. Whatever they are like, loading fails or goes well, and what is
 * asked of them gets an answer. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "tests/e2e/modules.h"

#define FAR     0xFFFFFFF0u
#define NAMES   0x00E10402u
#define NOTHING "1: c0000263\n" /* what a title gets for an export that isn't there */

/* A field of the table of exports, as it will lie in memory. */
static void set_export_field(struct xe_image *image, uint32_t offset, uint32_t value)
{
    xe_store_be32(image->bytes + (image->export_table - image->base) + offset, value);
}

static void as_it_is(struct xe_image *image)
{
    (void)image;
}

static void table_at_the_end(struct xe_image *image)
{
    image->export_table = image->base + image->size - 8;
}

static void table_outside(struct xe_image *image)
{
    image->export_table = FAR;
}

static void no_table(struct xe_image *image)
{
    image->export_table = 0;
}

static void too_many_exports(struct xe_image *image)
{
    set_export_field(image, 0x24, UINT32_MAX);
}

static void first_ordinal_is_the_last(struct xe_image *image)
{
    set_export_field(image, 0x28, 0xFFFF);
}

static void first_ordinal_is_none(struct xe_image *image)
{
    set_export_field(image, 0x28, FAR);
}

static void exports_of_nowhere(struct xe_image *image)
{
    set_export_field(image, 0x20, 0xFFFF);
}

static void entry_outside(struct xe_image *image)
{
    image->entry = 0x10;
}

static void no_entry(struct xe_image *image)
{
    image->entry = 0;
}

static void too_many_headers(struct xe_image *image)
{
    xe_store_be32(image->headers + 0x14, UINT32_MAX);
}

/* The first header leads to a directory of names that ends behind the image, with no NUL. */
static void names_at_the_end(struct xe_image *image)
{
    xe_store_be32(image->headers + 0x18, NAMES);
    xe_store_be32(image->headers + 0x1C, 0x0);
    xe_store_be32(image->headers, image->size - 0x20);
    memset(image->bytes + image->size - 0x20, 'x', 0x20);
    xe_store_be32(image->bytes + image->size - 0x20 + 0x14, 0x01000000);
    xe_store_be32(image->bytes + image->size - 0x20 + 0x18, 0x01000000);
}

static void names_outside(struct xe_image *image)
{
    xe_store_be32(image->headers + 0x18, NAMES);
    xe_store_be32(image->headers + 0x1C, FAR);
}

static void more_thread_storage_than_memory(struct xe_image *image)
{
    image->has_tls = true;
    image->tls_slots = UINT32_MAX;
    image->tls_data_size = UINT32_MAX;
    image->tls_raw_size = UINT32_MAX;
    image->tls_raw_address = FAR;
}

static void imports_from(struct xe_image *image, const char *name, uint32_t times)
{
    image->library =
        xe_reallocarray(image->library, image->library_count + times, sizeof(*image->library));
    cr_assert(image->library);
    for (; times > 0; times--) {
        struct xe_image_library *library = &image->library[image->library_count++];

        memset(library, 0, sizeof(*library));
        strcpy(library->name, name);
    }
}

static void imports_itself(struct xe_image *image)
{
    imports_from(image, "c.dll", 1);
}

static void imports_itself_often(struct xe_image *image)
{
    imports_from(image, "c.dll", 40);
}

static void imports_a_path(struct xe_image *image)
{
    imports_from(image, "..\\..\\x.dll", 1);
}

static void slot_outside(struct xe_image *image)
{
    image->import[0].slot = FAR;
}

static void thunk_outside(struct xe_image *image)
{
    image->import[0].thunk = FAR;
}

static void over_the_title(struct xe_image *image)
{
    image->base = 0x82000000;
}

static void between_pages(struct xe_image *image)
{
    image->base += 0x100;
}

static void sections_outside(struct xe_image *image)
{
    image->section[0].address = FAR;
    image->section[0].size = UINT32_MAX;
}

static const struct hostile {
    const char *what;
    void (*change)(struct xe_image *image);
    enum xe_stop stop;
    const char *says;
} rows[] = {
    {"nothing", as_it_is, XE_STOP_EXIT, "1: 0\n"},
    {"table at the end", table_at_the_end, XE_STOP_EXIT, NOTHING},
    {"table outside", table_outside, XE_STOP_EXIT, NOTHING},
    {"no table", no_table, XE_STOP_EXIT, NOTHING},
    {"too many exports", too_many_exports, XE_STOP_EXIT, "0: c0000263"},
    {"first ordinal 65535", first_ordinal_is_the_last, XE_STOP_EXIT, "ffff: 0\n"},
    {"first ordinal beyond", first_ordinal_is_none, XE_STOP_EXIT, NOTHING},
    {"exports of nowhere", exports_of_nowhere, XE_STOP_EXIT, "2: 0\n"},
    {"entry outside", entry_outside, XE_STOP_CRASH, ""},
    {"no entry", no_entry, XE_STOP_EXIT, "load: 0\n"},
    {"too many headers", too_many_headers, XE_STOP_EXIT, "load: 0\n"},
    {"names at the end", names_at_the_end, XE_STOP_EXIT, "20000: c0000263\n"},
    {"names outside", names_outside, XE_STOP_EXIT, "load: 0\n"},
    {"TLS", more_thread_storage_than_memory, XE_STOP_EXIT, "load: 0\n"},
    {"itself", imports_itself, XE_STOP_EXIT, "load: 0\n"},
    {"itself often", imports_itself_often, XE_STOP_EXIT, "load: c000007b\n"},
    {"a path", imports_a_path, XE_STOP_EXIT, "load: c0000135\n"},
    {"slot outside", slot_outside, XE_STOP_EXIT, "load: c000007b\n"},
    {"thunk outside", thunk_outside, XE_STOP_EXIT, "load: c000007b\n"},
    {"over the title", over_the_title, XE_STOP_EXIT, "load: c0000018\n"},
    {"between pages", between_pages, XE_STOP_EXIT, "load: c000007b\n"},
    {"sections outside", sections_outside, XE_STOP_EXIT, "load: 0\n"},
};

static void try(const struct hostile *row, enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_image *title = modules_image("pokes.xex"), *library = modules_image("c.dll");
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance;
    struct xe_run_result result;
    struct modules_said said;

    config.engine = engine;
    instance = xe_instance_create(&config, &err);
    row->change(library);
    cr_assert(xe_instance_module_add(instance, "c.dll", library, &err), "%s", err.text);
    cr_assert(xe_instance_load(instance, title, "pokes.xex", &err), "%s", err.text);
    result = modules_run(instance, MODULES_LONG);
    said = modules_said(instance);
    cr_expect_eq(result.stop, row->stop, "%s: %s", row->what, result.detail);
    cr_expect(strstr(said.text, row->says) && !strstr(said.text, ", with a") &&
                  !strstr(said.text, "FAIL"),
              "%s:\n%s", row->what, said.text);
    xe_instance_destroy(instance);
    xe_image_destroy(title);
}

Test(hostile_modules, harm_nobody_but_their_title)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        try(&rows[i], XE_ENGINE_INTERPRETER);
        try(&rows[i], XE_ENGINE_JIT);
    }
}

/* ---- without memory -------------------------------------------------------------------------- */

static void expect_whole(void *ctx, const struct xe_module_info *info)
{
    cr_expect_eq(info->state, XE_MODULE_READY, "%s, allocation %u", info->name, *(uint32_t *)ctx);
}

/* Whichever allocation fails while libraries are loaded: a load is done or undone, as a whole, and
 * a title that goes on has no more than it was told. */
Test(hostile_modules, that_find_no_memory_leave_nothing_behind)
{
    static const char *const beside[] = {"nests.dll", "a.dll", "b.dll", "c.dll", NULL};
    uint32_t n = 0, ended = 0;

    do {
        struct xe_instance *instance =
            modules_make("meets_nests.xex", beside, XE_ENGINE_INTERPRETER);
        struct xe_run_result result;

        modules_fail_alloc(++n);
        result = modules_run(instance, MODULES_LONG);
        if (result.stop == XE_STOP_EXIT) {
            ended++;
            xe_kernel_modules(xe_instance_kernel(instance), expect_whole, &n);
        }
        cr_expect(result.stop == XE_STOP_EXIT || result.stop == XE_STOP_CRASH, "allocation %u: %s",
                  n, result.detail);
        xe_instance_destroy(instance);
    } while (modules_alloc_failed());
    modules_fail_alloc(0);
    cr_expect_gt(n, 20);
    cr_expect_gt(ended, 1);
}
