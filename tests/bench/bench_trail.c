/* What a digest trail costs a run: its processor time with one, relative to that without, and how
 * long one digest takes by that. */
#include "bench_trail.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "xe/inputs.h"
#include "xe/instance.h"

#define CYCLES 400000000u
#define TIMES  5

static void must(bool ok, const struct xe_error *err)
{
    if (ok)
        return;
    fprintf(stderr, "bench: trail: %s\n", err->text);
    exit(1);
}

/* Seconds of the processor's. */
static double run(const struct xe_image *image, uint64_t every, size_t *ret_entries)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance = xe_instance_create(&config, &err);
    clock_t begin;

    must(instance && xe_instance_load(instance, image, "bench", &err), &err);
    must(xe_instance_trail_start(instance, every, &err), &err);
    begin = clock();
    must(xe_instance_run(instance, CYCLES, NULL, NULL, &(struct xe_run_result){0}, &err), &err);
    begin = clock() - begin;
    *ret_entries = xe_instance_trail(instance)->entries;
    xe_instance_destroy(instance);
    return (double)begin / CLOCKS_PER_SEC;
}

/* The shortest of several, in turn: what else the machine does only adds. */
void bench_trail(const struct xe_image *image, const char *name)
{
    static const uint64_t every[] = {0, 10000000, 1000000};
    double best[3] = {0};
    size_t entries[3];

    for (int i = 0; i < TIMES; i++)
        for (int k = 0; k < 3; k++) {
            double seconds = run(image, every[k], &entries[k]);

            best[k] = i && best[k] < seconds ? best[k] : seconds;
        }
    printf(
        "trail    %-8s a digest every 10 M cycles / none: %.3f; every 1 M: %.3f (%.3f ms each)\n",
        name, best[1] / best[0], best[2] / best[0],
        entries[2] ? (best[2] - best[0]) / (double)entries[2] * 1e3 : 0);
}
