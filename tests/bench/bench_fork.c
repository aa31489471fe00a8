/* Forks and resets of an instance with much memory touched: what each takes, in time and memory. */
#include "bench_fork.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "emu/instance_internal.h"
#include "xe/frozen.h"

#define FORKS  8
#define ROUNDS 10

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(bool ok, const char *what, const struct xe_error *err)
{
    if (ok)
        return;
    fprintf(stderr, "bench: %s: %s\n", what, err->text);
    exit(1);
}

/* What this process has to itself, in KiB: its own pages, those of memory files included. */
static long private_kib(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[128];
    long sum = 0, n;

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "Private_Clean: %ld", &n) == 1 ||
            sscanf(line, "Private_Dirty: %ld", &n) == 1)
            sum += n;
    if (file)
        fclose(file);
    return sum;
}

static struct xe_instance *loaded(const struct xe_image *image)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance = xe_instance_create(&config, &err);

    must(instance && xe_instance_load(instance, image, "bench", &err), "load", &err);
    return instance;
}

static void run(struct xe_instance *instance)
{
    struct xe_error err = XE_ERROR_INIT;

    must(xe_instance_run(instance, 100000, NULL, NULL, &(struct xe_run_result){0}, &err), "run",
         &err);
}

/* So many bytes of it are touched from the outside. */
static void touch(struct xe_instance *instance, uint32_t size)
{
    struct xe_error err = XE_ERROR_INIT;
    xe_gva at = xe_mem_alloc(instance->mem, XE_MEM_HEAP_VIRTUAL_64K, 0, size, 0, XE_PAGE_READWRITE,
                             true, false);

    xe_error_set(&err, XE_ERR_NO_MEMORY, "no guest memory");
    must(at, "touch", &err);
    memset(xe_mem_view_rw(instance->mem, at, size), 0x5A, size);
}

/* Seconds of each round. */
struct times {
    double fork[ROUNDS];                    /* from asking for it to the fork being ready to run */
    double load[ROUNDS], hand_over[ROUNDS]; /* beside each other */
    double begin[ROUNDS];                   /* after both        */
    double go_on[ROUNDS];                   /* the parent's, beside that */
    double again[ROUNDS], reset[ROUNDS];
    long fork_kib, idle_kib;
};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The least and the median, in milliseconds. */
static void tell(const char *what, double times[ROUNDS])
{
    qsort(times, ROUNDS, sizeof(*times), by_size);
    printf(" %s %.2f/%.2f ms,", what, times[0] * 1e3, times[ROUNDS / 2] * 1e3);
}

static struct xe_frozen *hand_over(struct xe_instance *instance, double *ret)
{
    struct xe_error err = XE_ERROR_INIT;
    double begin = now();
    struct xe_frozen *frozen = xe_instance_hand_over(instance, &err);
    int fd[XE_FROZEN_FILES];

    must(frozen && xe_frozen_files(frozen, fd, &err), "hand over", &err);
    *ret = now() - begin;
    return frozen;
}

static void go_on(struct xe_instance *instance, double *ret)
{
    double begin = now();

    xe_instance_go_on(instance);
    *ret = now() - begin;
}

static double thaw(struct xe_instance *instance, const struct xe_frozen *frozen)
{
    struct xe_error err = XE_ERROR_INIT;
    double begin = now();

    must(xe_instance_thaw(instance, frozen, &err), "thaw", &err);
    return now() - begin;
}

/* As a worker that the files came to. */
static double begin_from(struct xe_instance *instance, struct xe_frozen *frozen)
{
    struct xe_error err = XE_ERROR_INIT;
    int fd[XE_FROZEN_FILES];
    double begin = now();
    uint32_t files = xe_frozen_files(frozen, fd, &err);
    struct xe_frozen *taken;

    for (uint32_t i = 0; i < files; i++)
        fd[i] = dup(fd[i]);
    taken = xe_frozen_take(fd, files, &err);
    must(taken, "take", &err);
    thaw(instance, taken);
    xe_frozen_destroy(taken);
    return now() - begin;
}

static double median(double times[FORKS])
{
    qsort(times, FORKS, sizeof(*times), by_size);
    return times[FORKS / 2];
}

static void load_forks(const struct xe_image *image, struct xe_instance *fork[FORKS],
                       struct times *t, int round)
{
    long before = private_kib();
    double loads[FORKS];

    for (int i = 0; i < FORKS; i++) {
        double begin = now();

        fork[i] = loaded(image);
        loads[i] = now() - begin;
    }
    t->load[round] = median(loads);
    t->idle_kib = (private_kib() - before) / FORKS;
}

/* In the daemon forks load the title while the parent hands over. */
static void measure_fork(struct xe_instance *parent, struct xe_instance *fork[FORKS],
                         struct xe_frozen **ret_frozen, struct times *t, int round)
{
    double begins[FORKS];
    long before;

    *ret_frozen = hand_over(parent, &t->hand_over[round]);
    before = private_kib();
    for (int i = 0; i < FORKS; i++)
        begins[i] = begin_from(fork[i], *ret_frozen);
    t->fork_kib = (private_kib() - before) / FORKS + t->idle_kib;
    go_on(parent, &t->go_on[round]);
    t->begin[round] = median(begins);
    t->fork[round] =
        t->begin[round] + (t->load[round] > t->hand_over[round] ? t->load : t->hand_over)[round];
}

/* The second freeze is of what little was touched since. */
static void measure(const struct xe_image *image, uint32_t mib, struct times *t, int round)
{
    struct xe_instance *instance = loaded(image), *fork[FORKS];
    struct xe_frozen *frozen, *later;
    double rest;

    run(instance);
    touch(instance, mib << 20);
    load_forks(image, fork, t, round);
    measure_fork(instance, fork, &frozen, t, round);
    run(instance);
    later = hand_over(instance, &t->again[round]);
    go_on(instance, &rest);
    t->again[round] += rest;
    run(instance);
    t->reset[round] = thaw(instance, frozen);
    xe_frozen_destroy(frozen);
    xe_frozen_destroy(later);
    for (int i = 0; i < FORKS; i++)
        xe_instance_destroy(fork[i]);
    xe_instance_destroy(instance);
}

static void measure_rounds(const struct xe_image *image, uint32_t mib)
{
    struct times t = {0};

    for (int round = 0; round < ROUNDS; round++)
        measure(image, mib, &t, round);
    printf("fork     %3u MiB touched, least/median of %d:", mib, ROUNDS);
    tell("from asking to ready to run", t.fork);
    printf(" (must 5):");
    tell("load", t.load);
    tell("beside it hand over", t.hand_over);
    tell("then begin", t.begin);
    tell("beside it the parent goes on", t.go_on);
    tell("freeze again", t.again);
    tell("reset", t.reset);
    printf(" (must 10); %ld KiB a fork (must 2048), %ld KiB before it begins\n", t.fork_kib,
           t.idle_kib);
}

void bench_fork(const struct xe_image *image)
{
    measure_rounds(image, 1);
    measure_rounds(image, 64);
    measure_rounds(image, 256);
}
