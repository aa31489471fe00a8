/* Snapshots as files: loaded, a run goes on as if it had never been cut; what is damaged is refused
 * with what and where, and leaves the instance as it was. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "tests/support/titles.h"
#include "xe/debug.h"
#include "xe/inputs.h"
#include "xe/snapshot.h"

#define CYCLES 300000

static uint8_t *save(struct xe_instance *instance, size_t *ret_size)
{
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *file = xe_instance_snapshot_save(instance, NULL, ret_size, &err);

    cr_assert(file, "%s", err.text);
    return file;
}

static struct xe_instance *fresh(const char *name, enum xe_engine engine, char path[512])
{
    struct xe_instance_config config = xe_instance_config_default();

    config.engine = engine;
    config.audit = true;
    test_path_or_skip(name, path, 512);
    return test_instance(path, &config);
}

static void check_point(const char *name, enum xe_engine saves, enum xe_engine loads, uint64_t at)
{
    char path[512], expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    struct xe_instance *whole = fresh(name, saves, path), *rest = fresh(name, loads, path);
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file;

    test_run_digest(whole, at, expected);
    test_run_digest(rest, 20000, found); /* is given up */
    file = save(whole, &size);
    cr_assert(xe_instance_snapshot_load(rest, file, size, NULL, &err), "%s: %s", name, err.text);
    for (int i = 0; i < 2; i++) {
        test_run_digest(whole, CYCLES, expected);
        test_run_digest(rest, CYCLES, found);
        cr_expect_str_eq(found, expected, "%s: saved at %lu, another state in part %d", name,
                         (unsigned long)at, i);
    }
    xe_instance_state_free(file);
    xe_instance_destroy(whole);
    xe_instance_destroy(rest);
}

ParameterizedTestParameters(snapshot, loaded_it_goes_on_as_the_run_would)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, snapshot, loaded_it_goes_on_as_the_run_would)
{
    check_point(title->name, XE_ENGINE_JIT, XE_ENGINE_INTERPRETER, 0);
    check_point(title->name, XE_ENGINE_JIT, XE_ENGINE_JIT, 40013);
    check_point(title->name, XE_ENGINE_INTERPRETER, XE_ENGINE_JIT, 9001);
}

/* ---- what is in it --------------------------------------------------------------------------- */

static struct xe_snapshot_head head_of(const uint8_t *file, size_t size)
{
    struct xe_snapshot_head head;
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_snapshot_head_parse(file, size, &head, &err), "%s", err.text);
    return head;
}

Test(snapshot, the_head_says_of_what_it_is)
{
    char path[512], digest[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    struct xe_instance *instance = fresh("four-handles", XE_ENGINE_JIT, path);
    struct xe_snapshot_head head;
    struct xe_title_info title;
    size_t size;
    uint8_t *file;

    test_run_digest(instance, 5000, digest);
    xe_instance_title(instance, &title);
    file = save(instance, &size);
    head = head_of(file, size);
    xe_digest_text(head.digest, found);
    cr_expect_str_eq(found, digest);
    cr_expect_eq(head.cycle, 5000);
    cr_expect_eq(memcmp(head.title_sha256, title.sha256, 32), 0);
    cr_expect_str_eq(head.title, "default.xex");
    cr_expect_eq(head.total, size);
    cr_expect(!head.tainted);
    cr_expect(strstr(head.settings, "config.seed=0\n"));
    cr_expect(strstr(head.settings, "audit.ring=64\n"));
    cr_expect(!strstr(head.settings, "engine"));
    xe_snapshot_head_fini(&head);
    xe_instance_state_free(file);
    xe_instance_destroy(instance);
}

/* What was done to a run from outside is known of its snapshot, and of who loads it. */
Test(snapshot, taint_comes_along)
{
    char path[512], digest[XE_DIGEST_TEXT];
    struct xe_instance *instance = fresh("four-handles", XE_ENGINE_JIT, path);
    struct xe_instance *other = fresh("four-handles", XE_ENGINE_JIT, path);
    struct xe_snapshot_head head;
    struct xe_title_info title;
    uint8_t byte, *file;
    size_t size;

    test_run_digest(instance, 5000, digest);
    xe_instance_title(instance, &title);
    cr_assert(xe_instance_mem_read(instance, title.base, &byte, 1, NULL));
    cr_assert(xe_instance_mem_write(instance, title.base, &byte, 1, NULL));
    file = save(instance, &size);
    head = head_of(file, size);
    cr_expect(head.tainted);
    cr_assert(xe_instance_snapshot_load(other, file, size, NULL, NULL));
    cr_expect_neq(xe_instance_taint(other)->reason, XE_TAINT_NONE);
    xe_snapshot_head_fini(&head);
    xe_instance_state_free(file);
    xe_instance_destroy(instance);
    xe_instance_destroy(other);
}

Test(snapshot, no_limit_of_memory_is_the_limit_there_is)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];
    struct xe_instance *instance = fresh("four-handles", XE_ENGINE_JIT, path), *other;
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file = save(instance, &size);

    config.memory_limit = 512u << 20;
    other = test_instance(path, &config);
    cr_expect(xe_instance_snapshot_load(other, file, size, NULL, &err), "%s", err.text);
    xe_instance_state_free(file);
    xe_instance_destroy(instance);
    xe_instance_destroy(other);
}

static bool has_blob(const struct xe_snapshot_head *head, const uint8_t sha256[32])
{
    for (uint32_t i = 0; i < head->blobs; i++)
        if (memcmp(head->blob[i].sha256, sha256, 32) == 0)
            return true;
    return false;
}

/* Granules that a run didn't touch are the same blobs in the next snapshot. */
Test(snapshot, what_was_not_touched_is_shared)
{
    char path[512], digest[XE_DIGEST_TEXT];
    struct xe_instance *instance = fresh("four-handles", XE_ENGINE_JIT, path);
    struct xe_snapshot_head one, two;
    size_t size_one, size_two;
    uint8_t *file_one, *file_two;
    uint32_t touched = 0;

    test_run_digest(instance, 5000, digest);
    file_one = save(instance, &size_one);
    test_run_digest(instance, 2, digest);
    file_two = save(instance, &size_two);
    one = head_of(file_one, size_one);
    two = head_of(file_two, size_two);
    for (uint32_t i = 0; i < two.blobs; i++)
        if (!(two.blob[i].what & XE_SNAPSHOT_STATE) && !has_blob(&one, two.blob[i].sha256))
            touched++;
    cr_expect_leq(touched, 2, "%u granules for two instructions", touched);
    xe_snapshot_head_fini(&one);
    xe_snapshot_head_fini(&two);
    xe_instance_state_free(file_one);
    xe_instance_state_free(file_two);
    xe_instance_destroy(instance);
}

/* ---- refusals -------------------------------------------------------------------------------- */

/* An instance that has run, and a file of another moment of the same title. */
static struct xe_instance *here;
static char here_digest[XE_DIGEST_TEXT];
static uint8_t *there;
static size_t there_size;

static void setup(void)
{
    char path[512];

    here = fresh("timers", XE_ENGINE_JIT, path);
    test_run_digest(here, 30000, here_digest);
    there = save(here, &there_size);
    test_run_digest(here, 7000, here_digest);
}

static void teardown(void)
{
    xe_instance_destroy(here);
    xe_instance_state_free(there);
}

TestSuite(snapshot_refused, .init = setup, .fini = teardown);

/* The instance is as it was, and runs on. */
static void expect_as_it_was(void)
{
    char digest[XE_DIGEST_TEXT];

    test_run_digest(here, 0, digest);
    cr_expect_str_eq(digest, here_digest);
}

static void expect_refused(const uint8_t *file, size_t size, const char *why)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_expect(!xe_instance_snapshot_load(here, file, size, NULL, &err), "%s", why);
    cr_expect_eq(err.code, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%s", err.text);
    cr_expect(strstr(err.text, why), "'%s', not '%s'", err.text, why);
    expect_as_it_was();
}

/* The head's hash is made anew: what is behind it must hold too. */
static void rehash(uint8_t *file)
{
    uint32_t size = xe_load_be32(file + 12);

    xe_snapshot_hash(file, size - 32, file + size - 32);
}

Test(snapshot_refused, what_is_of_something_else)
{
    char path[512];
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *other;
    struct xe_error err = XE_ERROR_INIT;

    other = fresh("four-handles", XE_ENGINE_JIT, path);
    cr_expect(!xe_instance_snapshot_load(other, there, there_size, NULL, &err));
    cr_expect(strstr(err.text, "the snapshot is of another title ('default.xex', title id 0x"),
              "%s", err.text);
    xe_instance_destroy(other);
    test_title_path("timers", path, sizeof(path));
    config.seed = 5;
    other = test_instance(path, &config);
    xe_error_clear(&err);
    cr_expect(!xe_instance_snapshot_load(other, there, there_size, NULL, &err));
    cr_expect_str_eq(err.text, "settings: config.seed=5 here, config.seed=0 in the snapshot");
    xe_instance_destroy(other);
}

Test(snapshot_refused, what_is_of_another_kind)
{
    char why[80];
    uint8_t was;

    expect_refused(there, 0, "it is cut off");
    expect_refused(there, 15, "it is cut off");
    expect_refused(there, 300, "it is cut off");
    there[11]++;
    snprintf(why, sizeof(why), "the snapshot is of format %u, this program knows %u",
             XE_SNAPSHOT_VERSION + 1, XE_SNAPSHOT_VERSION);
    expect_refused(there, there_size, why);
    there[11]--;
    was = there[0];
    there[0] = 'x';
    expect_refused(there, there_size, "this is no snapshot");
    there[0] = was;
    there[12] = 0xFF;
    expect_refused(there, there_size, "its size can't be");
}

Test(snapshot_refused, what_is_damaged)
{
    struct xe_snapshot_head head = head_of(there, there_size);
    size_t granule = head.size;

    there[30] ^= 1;
    expect_refused(there, there_size, "it is damaged (its checksum is another)");
    rehash(there);
    expect_refused(there, there_size, "the state is not the one that the snapshot's head says");
    there[30] ^= 1;
    rehash(there);
    there[head.size + 9] ^= 0x40;
    expect_refused(there, there_size, "state chunk 0: its ");
    there[head.size + 9] ^= 0x40;
    for (uint32_t i = 0; i + 1 < head.blobs; i++)
        granule += head.blob[i].size;
    there[granule + 5] ^= 0x40;
    expect_refused(there, there_size, "bytes are damaged (their checksum is another)");
    there[granule + 5] ^= 0x40;
    expect_refused(there, there_size - 1, "its head says");
    xe_snapshot_head_fini(&head);
}

/* A blob in another's place, whose hash is right: its bytes, and where they belong, are checked. */
Test(snapshot_refused, blobs_that_changed_places)
{
    struct xe_snapshot_head head = head_of(there, there_size);
    uint8_t *row = there + head.size - 32 - 40, last[40];

    memcpy(last, row, 40);
    memcpy(row, row - 40, 40);
    rehash(there);
    expect_refused(there, there_size, "is out of place");
    memcpy(row, last, 40);
    xe_store_be32(row, 0x7FFFFFFF);
    rehash(there);
    expect_refused(there, there_size, "is out of place");
    memcpy(row, last, 40);
    xe_store_be32(row, xe_load_be32(row) + 1);
    rehash(there);
    expect_refused(there, there_size, "");
    xe_snapshot_head_fini(&head);
}

/* Bits that flip anywhere are refused: everything is under a hash. */
Test(snapshot_refused, any_flipped_bit)
{
    struct xe_error err;

    for (size_t at = 0; at < there_size; at += 1 + there_size / 150) {
        there[at] ^= (uint8_t)(1u << at % 8);
        err = (struct xe_error)XE_ERROR_INIT;
        cr_expect(!xe_instance_snapshot_load(here, there, there_size, NULL, &err), "byte %zu", at);
        there[at] ^= (uint8_t)(1u << at % 8);
    }
    expect_as_it_was();
    cr_expect(xe_instance_snapshot_load(here, there, there_size, NULL, &err), "%s", err.text);
}
