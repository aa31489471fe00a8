/* Every vector file, on the engine. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/jit/jit.h"
#include "tests/cpu/vectors.h"

static const char *folder(void)
{
    static char path[512];
    const char *src = getenv("XE_SRCDIR");

    snprintf(path, sizeof(path), "%s/tests/cpu/vectors", src && *src ? src : ".");
    return path;
}

static unsigned run_file(struct vector_run *run, const char *name, unsigned *cases)
{
    char path[1024], line[4096], text[256];
    unsigned number = 0, bad = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder(), name);
    file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    while (fgets(line, sizeof(line), file)) {
        number++;
        *cases += line[0] != '#' && line[0] != '\n';
        if (vector_run_line(run, line, text, sizeof(text)))
            continue;
        if (bad++ < 3)
            cr_log_error("%s:%u: %s\n    %s", name, number, text, line);
    }
    fclose(file);
    return bad;
}

static int is_vector(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 4 && strcmp(entry->d_name + n - 4, ".vec") == 0;
}

static void run_all(enum xe_cpu_engine_kind kind)
{
    struct vector_run run;
    struct dirent **list;
    unsigned bad = 0, cases = 0;
    int n;

    vector_run_init(&run, kind);
    n = scandir(folder(), &list, is_vector, alphasort);
    cr_assert_gt(n, 0, "no vector files in %s", folder());
    for (int i = 0; i < n; i++) {
        bad += run_file(&run, list[i]->d_name, &cases);
        free(list[i]);
    }
    free(list);
    if (kind == XE_CPU_JIT) /* the rest has XER[SO] set, or is no code */
        cr_expect_gt(xe_jit_counters(run.engine->jit)->regions, cases * 3 / 4);
    vector_run_fini(&run);
    cr_assert_gt(cases, 0);
    cr_assert_eq(bad, 0, "%u of %u cases differ", bad, cases);
}

Test(cpu_vectors, every_case_of_every_file)
{
    run_all(XE_CPU_INTERPRETER);
}

Test(cpu_vectors, every_case_of_every_file_translated)
{
    run_all(XE_CPU_JIT);
}
