/* Libraries beside a title, of files that were given with it, and a library by itself. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "tests/e2e/modules.h"
#include "tests/support/titles.h"
#include "xe/frozen.h"
#include "xe/lacking.h"
#include "xe/snapshot.h"

static const char *const all[] = {"a.dll", "b.dll",       "c.dll",   "p.dll",
                                  "q.dll", "refuses.dll", "gap.dll", "orphan.dll",
                                  "x.dll", "dated.dll",   NULL};

static void passes(const char *title, const char *const *modules)
{
    for (enum xe_engine engine = 0; engine < XE_ENGINES; engine++) {
        struct xe_instance *instance = modules_make(title, modules, engine);
        struct xe_run_result result = modules_run(instance, MODULES_LONG);
        struct modules_said said = modules_said(instance);

        cr_expect_eq(result.stop, XE_STOP_EXIT, "%s: %s", title, result.detail);
        cr_expect(strstr(said.text, "PASS") && !strstr(said.text, "FAIL"), "%s, engine %d:\n%s",
                  title, (int)engine, said.text);
        xe_instance_destroy(instance);
    }
}

Test(modules, are_loaded_called_and_unloaded_in_order)
{
    passes("modules.xex", all);
}

Test(modules, that_a_title_imports_are_attached_before_it_begins)
{
    passes("links.xex", all);
    passes("fits.xex", all);
}

/* ---- two that load at once --------------------------------------------------------------------
 */

static const char *const nest[] = {"nests.dll", "a.dll", "b.dll", "c.dll", NULL};

/* Who loads another in its entry has the lock already. */
Test(modules, are_loaded_by_one_thread_after_the_other)
{
    passes("meets_nests.xex", nest);
}

static struct xe_module_info named(struct xe_instance *instance, const char *name)
{
    struct xe_module_info info = {.name = ""};

    cr_assert(xe_kernel_module_named(xe_instance_kernel(instance), name, &info), "%s", name);
    return info;
}

/* The thread whose library hangs in its entry holds what another loader waits for; one that ends
 * there keeps it. */
Test(modules, that_never_attach_keep_others_from_loading)
{
    static const char *const hangs[] = {"hangs.dll", "c.dll", NULL}, *const dies[] = {
                                                                         "dies.dll", "c.dll", NULL};
    struct xe_instance *instance = modules_make("meets_hangs.xex", hangs, XE_ENGINE_JIT);
    const struct xe_kernel *kernel = xe_instance_kernel(instance);
    struct xe_thread_info thread;

    cr_expect_eq(modules_run(instance, MODULES_LONG).stop, XE_STOP_QUIESCENT);
    cr_assert(xe_kernel_thread_info(kernel, 3, &thread));
    cr_expect_str_eq(thread.wait_src, "XexLoadImage");
    cr_assert_eq(thread.wait_objects, 1);
    cr_expect_eq(thread.wait_object[0].kind.kind, XE_AUDIT_LOADER_LOCK);
    cr_expect_eq(thread.wait_object[0].owner_tid, 2);
    cr_expect_eq(named(instance, "hangs.dll").state, XE_MODULE_ATTACHING);
    cr_expect_eq(named(instance, "hangs.dll").tid, 2);
    cr_expect_not(named(instance, "hangs.dll").orphaned);
    xe_instance_destroy(instance);
    instance = modules_make("meets_dies.xex", dies, XE_ENGINE_JIT);
    cr_expect_eq(modules_run(instance, MODULES_LONG).stop, XE_STOP_QUIESCENT);
    cr_expect_eq(named(instance, "dies.dll").tid, 0);
    cr_expect(named(instance, "dies.dll").orphaned);
    xe_instance_destroy(instance);
}

Test(modules, exceptions_go_through_them)
{
    static const char *const throws[] = {"throws.dll", NULL};

    passes("catches.xex", throws);
}

/* Hardware faults in a library's entry go to the title's handlers around the call that led to it.
 */
Test(modules, entries_fault_within_the_guards_of_who_loads)
{
    static const char *const faults[] = {"faults0.dll", "faults1.dll", "a.dll",
                                         "b.dll",       "c.dll",       NULL};

    passes("guards.xex", faults);
}

/* The report names the library, its type and the way there. */
Test(modules, a_throw_of_one_that_nobody_catches_is_named)
{
    static const char *const throws[] = {"throws.dll", NULL};
    struct xe_instance *instance = modules_make("astray.xex", throws, XE_ENGINE_JIT);
    struct xe_run_result result = modules_run(instance, MODULES_LONG);
    char text[XE_PLACE_TEXT];
    struct xe_place place;
    xe_gva back = 0;

    cr_expect_eq(result.stop, XE_STOP_CRASH);
    cr_expect(strstr(result.detail, "C++ throw of int (from throws.dll): "), "%s", result.detail);
    cr_expect(xe_instance_place(instance, result.info.pc, &place));
    cr_expect(strstr(place.name, "throws.dll!sub_838"), "%s", place.name);
    xe_place_text(&place, text);
    cr_expect(xe_instance_address(instance, text, &back, NULL) && back == result.info.pc, "%s",
              text);
    xe_instance_destroy(instance);
}

/* The system's stay; who depends on others is told first, and that it is for good. */
Test(modules, hear_of_the_title_s_end)
{
    static const char *const parts[] = {"x.dll", "b.dll", "c.dll", NULL};

    for (enum xe_engine engine = 0; engine < XE_ENGINES; engine++) {
        struct xe_instance *instance = modules_make("parts.xex", parts, engine);
        struct xe_run_result result = modules_run(instance, MODULES_LONG);
        struct modules_said said = modules_said(instance);

        cr_expect_eq(result.stop, XE_STOP_EXIT, "%s", result.detail);
        cr_expect(strstr(said.text, "PASS parts\nroutine\nb0 for good\nc0 for good\n"), "%s",
                  said.text);
        cr_expect_not(strstr(said.text, "x0"));
        xe_instance_destroy(instance);
    }
}

/* As xam does it; nothing is called but the start-up routine. */
Test(modules, may_be_executables_that_are_started)
{
    static const char *const started[] = {"started.xex", NULL};

    passes("starts.xex", started);
}

/* A library that unloads itself returns to where nothing is any more. */
Test(modules, that_are_gone_are_named_where_they_are_missed)
{
    static const char *const frees[] = {"frees.dll", NULL};
    struct xe_instance *instance = modules_make("leaves.xex", frees, XE_ENGINE_JIT);
    struct xe_run_result result = modules_run(instance, MODULES_LONG);
    struct xe_place place;

    cr_expect_eq(result.info.cause, XE_CAUSE_FETCH);
    cr_expect(strstr(result.detail, "; frees.dll was there until cycle ") &&
                  strstr(result.detail, ", when tid 1 unloaded it"),
              "%s", result.detail);
    cr_expect(xe_instance_place(instance, result.info.pc, &place));
    cr_expect_str_eq(place.name, "frees.dll (unloaded)");
    xe_instance_destroy(instance);
}

static void count_file(void *ctx, const struct xe_lacking *lacking)
{
    if (!strcmp(lacking->category, "file"))
        *(uint64_t *)ctx += lacking->count;
}

/* Asked for and not there: the one that is loaded, and the one that another imports. */
Test(modules, that_are_not_there_are_told_as_files)
{
    struct xe_instance *instance = modules_make("modules.xex", all, XE_ENGINE_JIT);
    uint64_t count = 0;

    modules_run(instance, MODULES_LONG);
    xe_kernel_lacking(xe_instance_kernel(instance), count_file, &count);
    cr_expect_eq(count, 2);
    xe_instance_destroy(instance);
}

/* ---- words that are changed -------------------------------------------------------------------
 */

Test(modules, and_titles_are_patched_before_they_are_loaded)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *title = modules_image("links.xex");
    struct xe_instance *plain = modules_make("links.xex", NULL, XE_ENGINE_JIT);
    struct xe_instance *instance = xe_instance_create(&config, &err);
    struct xe_title_info one, other;
    const struct xe_patch *patch;
    uint8_t word[4];
    uint32_t count;

    cr_assert(xe_instance_module_add(instance, "c.dll", modules_image("c.dll"), &err), "%s",
              err.text);
    cr_assert(xe_instance_patch(instance, title, title->entry, 0x4E800020, &err), "%s", err.text);
    cr_assert(xe_instance_patch(instance, title, 0x83210000, 0x38600007, &err), "%s", err.text);
    cr_expect_not(xe_instance_patch(instance, title, title->entry + 2, 0, NULL));
    cr_expect_not(xe_instance_patch(instance, title, 0x10000000, 0, NULL));
    cr_expect_not(xe_instance_patch(instance, title, title->import[0].slot, 0, NULL));
    cr_assert(xe_instance_load(instance, title, "links.xex", &err), "%s", err.text);
    cr_expect_not(xe_instance_patch(instance, title, title->entry, 0, NULL), "it is loaded");
    patch = xe_instance_patches(instance, &count);
    cr_assert_eq(count, 2);
    cr_expect(patch[1].address == 0x83210000 && patch[1].value == 0x38600007);
    cr_assert(xe_instance_mem_read(plain, title->entry, word, 4, &err), "%s", err.text);
    cr_expect_eq(patch[0].old, xe_load_be32(word));
    cr_assert(xe_instance_mem_read(instance, title->entry, word, 4, &err), "%s", err.text);
    cr_expect_eq(xe_load_be32(word), 0x4E800020);
    xe_instance_title(plain, &one);
    xe_instance_title(instance, &other);
    cr_expect_eq(memcmp(one.sha256, other.sha256, 32), 0);
    cr_expect_neq(memcmp(one.identity, other.identity, 32), 0);
    xe_image_destroy(title);
    xe_instance_destroy(plain);
    xe_instance_destroy(instance);
}

/* ---- a title that can't begin -----------------------------------------------------------------
 */

static void cannot_begin(const char *title, const char *const *modules, enum xe_cause cause,
                         const char *says)
{
    struct xe_instance *instance = modules_make(title, modules, XE_ENGINE_JIT);
    struct xe_run_result result = modules_run(instance, MODULES_LONG);

    cr_expect_eq(result.stop, XE_STOP_CRASH, "%s", title);
    cr_expect_eq(result.info.cause, cause, "%s", title);
    cr_expect_str_eq(result.detail, says);
    xe_instance_destroy(instance);
}

Test(modules, that_are_missing_stop_a_title_by_name)
{
    static const char *const alone[] = {"alone.dll", NULL}, *const without_c[] = {"a.dll", "b.dll",
                                                                                  NULL};

    cannot_begin("lacks.xex", all, XE_CAUSE_IMPORT,
                 "the title can't begin: it imports 'nonesuch.dll', which is not there");
    cannot_begin("short.xex", alone, XE_CAUSE_IMPORT,
                 "the title can't begin: it imports ordinal 1 of 'alone.dll', which is not there");
    cannot_begin("links.xex", without_c, XE_CAUSE_IMPORT,
                 "the title can't begin: it imports 'c.dll', which is not there");
    cannot_begin(
        "newer.xex", all, XE_CAUSE_IMPORT,
        "the title can't begin: it imports 'a.dll' of version 0.0.1.1 or newer, which is of "
        "version 0.0.1.0");
    cannot_begin("refused.xex", all, XE_CAUSE_ATTACH,
                 "the title can't begin: 'refuses.dll' refused to be attached (its entry returned "
                 "0)");
}

Test(modules, are_refused_where_they_make_no_sense)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance = xe_instance_create(&config, &err);

    cr_assert(xe_instance_module_add(instance, "a.dll", modules_image("a.dll"), &err));
    cr_expect_not(xe_instance_module_add(instance, "A.DLL", modules_image("b.dll"), &err));
    cr_expect(strstr(err.text, "two modules"), "%s", err.text);
    err = (struct xe_error)XE_ERROR_INIT;
    cr_expect_not(xe_instance_module_add(instance, "x\\a.dll", modules_image("b.dll"), &err));
    cr_expect(strstr(err.text, "no name"), "%s", err.text);
    xe_instance_destroy(instance);
}

/* ---- a library by itself ----------------------------------------------------------------------
 */

Test(modules, by_itself_is_attached_and_its_threads_go_on)
{
    struct xe_instance *instance = modules_make("alone.dll", NULL, XE_ENGINE_JIT);
    struct xe_run_result result = modules_run(instance, MODULES_LONG);
    struct xe_title_info title;

    xe_instance_title(instance, &title);
    cr_expect(title.library);
    cr_expect_eq(result.stop, XE_STOP_EXIT, "%s", result.detail);
    cr_expect(strstr(modules_said(instance).text, "attached, no title"), "%s",
              modules_said(instance).text);
    cr_expect(strstr(modules_said(instance).text, "plug-in has its handle, title 0"), "%s",
              modules_said(instance).text);
    xe_instance_destroy(instance);
    instance = modules_make("waits.dll", NULL, XE_ENGINE_JIT);
    cr_expect_eq(modules_run(instance, MODULES_LONG).stop, XE_STOP_QUIESCENT);
    xe_instance_destroy(instance);
}

/* ---- equalities -------------------------------------------------------------------------------
 */

static void goes_through_snapshots(const char *title, const char *const *modules)
{
    struct xe_instance *whole = modules_make(title, modules, XE_ENGINE_INTERPRETER);
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    struct xe_error err = XE_ERROR_INIT;

    for (uint64_t at = 0; xe_instance_last_stop(whole) != XE_STOP_EXIT; at += 137) {
        struct xe_instance *rest = modules_make(title, modules, XE_ENGINE_JIT);
        size_t size;
        uint8_t *file = xe_instance_snapshot_save(whole, NULL, &size, &err);

        cr_assert(file, "%s", err.text);
        test_run_digest(rest, at % 3000, found);
        cr_assert(xe_instance_snapshot_load(rest, file, size, NULL, &err), "%s", err.text);
        test_run_digest(whole, 137, expected);
        test_run_digest(rest, 137, found);
        cr_assert_str_eq(found, expected, "after cycle %lu", (unsigned long)at);
        xe_instance_state_free(file);
        xe_instance_destroy(rest);
    }
    xe_instance_destroy(whole);
}

/* Cut anywhere, on any engine, by a snapshot: the same state. */
Test(modules, go_through_snapshots_wherever_they_are_taken)
{
    goes_through_snapshots("modules.xex", all);
    goes_through_snapshots("meets_nests.xex", nest);
}

Test(modules, are_part_of_what_a_snapshot_is_of)
{
    static const char *const other[] = {"a.dll", "b.dll", "c.dll", NULL};
    struct xe_instance *one = modules_make("links.xex", all, XE_ENGINE_JIT);
    struct xe_instance *two = modules_make("links.xex", other, XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file = xe_instance_snapshot_save(one, NULL, &size, &err);

    cr_expect_not(xe_instance_snapshot_load(two, file, size, NULL, &err));
    cr_expect(strstr(err.text, "other modules"), "%s", err.text);
    xe_instance_state_free(file);
    xe_instance_destroy(one);
    xe_instance_destroy(two);
}

/* Frozen while libraries are loaded, another goes on as the first does; and back to the start. */
Test(modules, go_through_freezing)
{
    struct xe_instance *one = modules_make("modules.xex", all, XE_ENGINE_JIT);
    struct xe_instance *two = modules_make("modules.xex", all, XE_ENGINE_JIT);
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *start = xe_instance_freeze(one, &err), *later;

    cr_assert(start, "%s", err.text);
    test_run_digest(one, 9000, expected);
    later = xe_instance_freeze(one, &err);
    cr_assert(later && xe_instance_thaw(two, later, &err), "%s", err.text);
    test_run_digest(one, MODULES_LONG, expected);
    test_run_digest(two, MODULES_LONG, found);
    cr_expect_str_eq(found, expected);
    cr_assert(xe_instance_thaw(one, start, &err), "%s", err.text);
    test_run_digest(one, MODULES_LONG, found);
    cr_expect_str_eq(found, expected);
    xe_frozen_destroy(start);
    xe_frozen_destroy(later);
    xe_instance_destroy(one);
    xe_instance_destroy(two);
}
