/* The fixtures as tests see them: the table tests/guest/titles.txt and the built XEX files. */
#ifndef XE_TEST_TITLES_H
#define XE_TEST_TITLES_H

#include <criterion/parameterized.h>

#include "xe/instance.h"

struct test_title {
    char name[32];  /* file is tests/guest/titles/<name>.xex in the build tree */
    char stop[16];  /* how a long run ends: exit, hang, crash, target          */
    char last[128]; /* last line that it prints; "-" = does not matter         */
};

#define TEST_TITLES 128 /* room for, in all */

/* Read the table; exits the test with a message when it can't, or has no room for all rows. Returns
 * the number of rows. */
size_t test_titles(struct test_title *ret, size_t max);

/* Path of a fixture, or of the real title when name is "xdon". */
void test_title_path(const char *name, char *path, size_t size);

/* All fixtures and the real title, as parameters: struct test_title each. */
struct criterion_test_params test_all_titles(void);

/* The path, or the test is skipped where the file is absent, which only the real title may be. */
void test_path_or_skip(const char *name, char *path, size_t size);

/* Bytes of a file, owned by the caller (free); NULL when it is not there. */
/* The same of a file of tests/guest/modules/, with its extension. */
void test_module_path(const char *name, char *path, size_t size);

void *test_read_file(const char *path, size_t *ret_size);

/* An instance with the title at path loaded; fails the test on any error. */
struct xe_instance *test_instance(const char *path, const struct xe_instance_config *config);

/* Text digest after running n more cycles. */
void test_run_digest(struct xe_instance *instance, uint64_t n, char text[XE_DIGEST_TEXT]);

#endif
