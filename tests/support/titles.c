#include "tests/support/titles.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *env(const char *name, const char *fallback)
{
    const char *value = getenv(name);

    return value && *value ? value : fallback;
}

size_t test_titles(struct test_title *ret, size_t max)
{
    char path[512], line[256];
    FILE *file;
    size_t n = 0;

    snprintf(path, sizeof(path), "%s/tests/guest/titles.txt", env("XE_SRCDIR", "."));
    file = fopen(path, "r");
    if (!file) {
        /* Runs in Criterion's parameter generators, where an assertion hangs. */
        fprintf(stderr, "%s is missing: set XE_SRCDIR\n", path);
        exit(1);
    }
    while (fgets(line, sizeof(line), file)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (n == max) {
            fprintf(stderr, "%s has more than %zu titles\n", path, max);
            exit(1);
        }
        if (sscanf(line, "%31s %15s %127[^\n]", ret[n].name, ret[n].stop, ret[n].last) == 3)
            n++;
    }
    fclose(file);
    return n;
}

void test_title_path(const char *name, char *path, size_t size)
{
    if (strcmp(name, "xdon") == 0)
        snprintf(path, size, "%s/titles/xdon.xex", env("XE_SHARED", "../shared"));
    else if (strncmp(name, "busy/", 5) == 0 || strncmp(name, "scale/", 6) == 0 ||
             strncmp(name, "draws/", 6) == 0)
        snprintf(path, size, "%s/tests/guest/%s.xex", env("XE_BUILDDIR", "."), name);
    else if (strncmp(name, "bench/", 6) == 0)
        snprintf(path, size, "%s/tests/%s.xex", env("XE_BUILDDIR", "."), name);
    else
        snprintf(path, size, "%s/tests/guest/titles/%s.xex", env("XE_BUILDDIR", "."), name);
}

void test_module_path(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/tests/guest/modules/%s", env("XE_BUILDDIR", "."), name);
}

void *test_read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    long size;
    char *bytes;

    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    bytes = malloc(size > 0 ? (size_t)size : 1);
    *ret_size = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
    fclose(file);
    return bytes;
}

struct xe_instance *test_instance(const char *path, const struct xe_instance_config *config)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance;
    struct xe_image *image;
    size_t size;
    void *bytes = test_read_file(path, &size);

    cr_assert_not_null(bytes, "%s is missing", path);
    image = xe_image_parse(bytes, size, &err);
    cr_assert_not_null(image, "%s: %s", path, err.text);
    instance = xe_instance_create(config, &err);
    cr_assert_not_null(instance, "%s", err.text);
    if (strstr(path, "/file") || strstr(path, "/reads") || strstr(path, "/content") ||
        strstr(path, "/services") || strstr(path, "/win32-files"))
        cr_assert(xe_instance_mount_scratch(instance, &err), "%s", err.text);
    cr_assert(xe_instance_load(instance, image, "default.xex", &err), "%s", err.text);
    xe_image_destroy(image);
    free(bytes);
    return instance;
}

void test_run_digest(struct xe_instance *instance, uint64_t n, char text[XE_DIGEST_TEXT])
{
    struct xe_run_result result;
    struct xe_digest digest;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, &result, NULL));
    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, text);
}

struct criterion_test_params test_all_titles(void)
{
    static struct test_title title[TEST_TITLES];
    size_t n = test_titles(title, TEST_TITLES - 1);

    strcpy(title[n++].name, "xdon");
    return cr_make_param_array(struct test_title, title, n, NULL);
}

void test_path_or_skip(const char *name, char *path, size_t size)
{
    test_title_path(name, path, size);
    if (strcmp(name, "xdon") == 0 && access(path, R_OK) != 0)
        cr_skip("%s is not here", path);
}
