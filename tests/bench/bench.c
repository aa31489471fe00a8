/* make bench: how fast this build is on this machine, as numbers and as ratios within one run.
 *
 * Each kernel is one C file compiled three ways: as a title, for qemu-ppc64 and for the host. The
 * three run in turn, several times over; the best time of each counts, checksums must agree.
 * How to read the table: "native s" is the host's time; "guest" and "qemu-ppc64" are times relative
 * to it (1 as fast as native, smaller is better); "guest" wants to be at most "must", better "aim"
 * (what the project set itself). The last row is geometric means. Loading the title isn't timed,
 * translating it is; qemu's time includes its start. Then: a title that runs a million different
 * instructions once, jit relative to interpreter (at most 1.5 is wanted); what creating an
 * instance, the audit, a digest and a trail of them cost. Nothing here passes or fails on time:
 * read the numbers. But it fails where another engine would be measured than the one asked for. */
#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench_fork.h"
#include "bench_gpu.h"
#include "bench_render.h"
#include "bench_trail.h"
#include "kernels/kernels.h"
#include "xe/instance.h"

struct kernel {
    const char *name;
    bench_u32 (*native)(bench_u32 rounds);
    bench_u32 rounds;
    double must, aim;
};

static const struct kernel kernels[] = {
#define KERNEL(name, rounds, must, aim) {#name, bench_##name, rounds, must, aim},
#include "kernels/kernels.def"
#undef KERNEL
};

static struct {
    enum xe_engine engine;
    enum xe_jit_gs gs;
    const char *kernel; /* only this one; NULL all */
    int repeat;
    bool kernels_only;
    bool forks_only;
    bool check; /* tiny sizes, checksums only */
} options = {.repeat = 3};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const char *dir(void)
{
    const char *build = getenv("XE_BUILDDIR");

    return build ? build : ".";
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

static struct xe_image *load_path(const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image;
    void *bytes;
    FILE *file;
    long size;

    file = fopen(path, "rb");
    if (!file)
        die(path, "cannot open it; run make titles");
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    bytes = malloc((size_t)size);
    if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        die(path, "cannot read it");
    fclose(file);
    image = xe_image_parse(bytes, (size_t)size, &err);
    if (!image)
        die(path, err.text);
    free(bytes);
    return image;
}

static struct xe_image *load(const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/tests/%s.xex", dir(), name);
    return load_path(path);
}

/* What is measured is what was asked for. */
static void expect_engine(const struct xe_instance *instance)
{
    struct xe_engine_info info;

    xe_instance_engine(instance, &info);
    if (info.engine == info.asked)
        return;
    fprintf(stderr, "bench: %s would be measured, not %s: %s\n", xe_engine_name(info.engine),
            xe_engine_name(info.asked), info.why);
    exit(1);
}

static struct xe_instance *start(const struct xe_image *image, bool audit)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance;

    config.audit = audit;
    config.engine = options.engine;
    config.faults.jit_gs = options.gs;
    instance = xe_instance_create(&config, &err);
    if (!instance || !xe_instance_load(instance, image, "default.xex", &err))
        die("instance", err.text);
    expect_engine(instance);
    return instance;
}

static double run(struct xe_instance *instance, uint64_t n, struct xe_run_result *ret)
{
    struct xe_error err = XE_ERROR_INIT;
    double begin = now();

    if (!xe_instance_run(instance, n, NULL, NULL, ret, &err))
        die("run", err.text);
    return now() - begin;
}

static bool last_print(void *ctx, const struct xe_log_line *line)
{
    if (line->level == XE_LOG_PRINT)
        snprintf(ctx, 64, "%s", line->text);
    return true;
}

static bool failed; /* a checksum differed */

static void compare(const char *kernel, const char *who, const char *got, const char *expected)
{
    if (strcmp(got, expected) == 0)
        return;
    fprintf(stderr, "bench: %s: %s printed '%s', host computed '%s'\n", kernel, who, got, expected);
    failed = true;
}

/* Seconds under qemu-ppc64, or 0 when it or the program for it is missing. */
static double run_qemu(const struct kernel *kernel, const char *expected)
{
    char command[600], got[64], line[32] = "";
    double begin;
    FILE *pipe;

    snprintf(command, sizeof(command), "%s/tests/bench/%s.ppc64", dir(), kernel->name);
    if (access(command, X_OK) != 0)
        return 0;
    snprintf(command, sizeof(command), "exec qemu-ppc64 '%s/tests/bench/%s.ppc64' 2>/dev/null",
             dir(), kernel->name);
    begin = now();
    pipe = popen(command, "r");
    if (!pipe)
        return 0;
    if (!fgets(line, sizeof(line), pipe))
        line[0] = 0;
    if (pclose(pipe) != 0)
        return 0;
    begin = now() - begin;
    line[strcspn(line, "\n")] = 0;
    snprintf(got, sizeof(got), "%s %s", kernel->name, line);
    compare(kernel->name, "qemu-ppc64", got, expected);
    return begin;
}

static void expect_compared(const struct kernel *kernel, const struct xe_instance *instance)
{
    struct xe_engine_info info;

    xe_instance_engine(instance, &info);
    if (info.engine != XE_ENGINE_CHECK || info.compared)
        return;
    fprintf(stderr, "bench: %s: check compared nothing\n", kernel->name);
    failed = true;
}

/* Seconds of the title; its checksum must be what the host computed. */
static double run_guest(const struct kernel *kernel, const struct xe_image *image,
                        const char *expected, uint64_t *ret_retired)
{
    struct xe_instance *instance = start(image, false);
    struct xe_run_result result;
    char got[64] = "";
    double seconds = run(instance, UINT64_MAX >> 1, &result);

    xe_log_visit(xe_instance_log(instance), 0, last_print, got);
    compare(kernel->name, xe_engine_name(options.engine), got, expected);
    expect_compared(kernel, instance);
    *ret_retired = result.retired;
    xe_instance_destroy(instance);
    return seconds;
}

static double run_native(const struct kernel *kernel, char expected[64])
{
    double begin = now();
    bench_u32 sum = kernel->native(kernel->rounds);
    double seconds = now() - begin;

    snprintf(expected, 64, "%s %08x", kernel->name, sum);
    return seconds;
}

static double best(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

struct ratios {
    double guest, qemu; /* logarithms summed */
    int guests, qemus;
};

static void bench_kernel(const struct kernel *kernel, struct ratios *sum)
{
    double guest = 0, native = 0, qemu = 0;
    char name[64], expected[64];
    struct xe_image *image;
    uint64_t retired = 0;

    snprintf(name, sizeof(name), "bench/%s", kernel->name);
    image = load(name);
    for (int i = 0; i < options.repeat; i++) {
        native = best(native, run_native(kernel, expected));
        guest = best(guest, run_guest(kernel, image, expected, &retired));
        if (i == 0 || qemu > 0)
            qemu = best(qemu, run_qemu(kernel, expected));
    }
    printf("%-8s %8.3f %10.1f %8.2f %6.1f %6.2f", kernel->name, native,
           (double)retired / guest * 1e-6, guest / native, kernel->must, kernel->aim);
    if (qemu > 0) {
        printf(" %10.1f", qemu / native);
        sum->qemu += log(qemu / native);
        sum->qemus++;
    }
    printf("\n");
    sum->guest += log(guest / native);
    sum->guests++;
    xe_image_destroy(image);
}

static void bench_kernels(void)
{
    struct ratios sum = {0};

    printf("engine %s%s; times relative to native (1: as fast), best of %d\n",
           xe_engine_name(options.engine), options.gs == XE_JIT_GS_CALL ? ", GS by arch_prctl" : "",
           options.repeat);
    printf("%-8s %8s %10s %8s %6s %6s %10s\n", "kernel", "native s", "M insn/s", "guest", "must",
           "aim", "qemu-ppc64");
    for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if (!options.kernel || !strcmp(options.kernel, kernels[i].name))
            bench_kernel(&kernels[i], &sum);
    if (sum.guests > 1)
        printf("%-8s %8s %10s %8.2f %6.1f %6.2f", "mean", "", "", exp(sum.guest / sum.guests), 3.2,
               2.0);
    if (sum.guests > 1 && sum.qemus > 1)
        printf(" %10.1f", exp(sum.qemu / sum.qemus));
    printf("\n");
    if (sum.guests && !sum.qemus)
        printf("qemu-ppc64 or powerpc64-linux-gnu-gcc is missing: not compared\n");
}

static void check_kernel(const struct kernel *kernel, const struct xe_image *image,
                         const char *expected)
{
    uint64_t retired;

    for (int e = 0; e < XE_ENGINES; e++) {
        bool interprets = e == XE_ENGINE_INTERPRETER;

        if (!interprets && !__builtin_cpu_supports("x86-64-v3"))
            continue; /* nobody promises that it can translate */
        options.engine = (enum xe_engine)e;
        for (int way = XE_JIT_GS_ANY; way <= (interprets ? XE_JIT_GS_ANY : XE_JIT_GS_CALL); way++) {
            options.gs = (enum xe_jit_gs)way;
            run_guest(kernel, image, expected, &retired);
        }
    }
}

/* Every kernel at a tiny size, on every engine; nothing is timed. */
static void check_kernels(void)
{
    for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
        const struct kernel *kernel = &kernels[i];
        char name[64], expected[64];
        struct xe_image *image;

        snprintf(name, sizeof(name), "bench/%s.quick", kernel->name);
        snprintf(expected, sizeof(expected), "%s %08x", kernel->name,
                 kernel->native(BENCH_QUICK_ROUNDS(kernel->rounds)));
        image = load(name);
        check_kernel(kernel, image, expected);
        xe_image_destroy(image);
    }
}

/* Code that runs once: the cost of translating it. */
static void bench_startup(void)
{
    static const struct kernel startup = {.name = "startup"};
    const enum xe_engine engine = options.engine;
    struct xe_image *image = load("bench/startup");
    double jit = 0, interpreter = 0;
    uint64_t retired = 0;
    char expected[64] = "";

    for (int i = 0; i < options.repeat; i++) {
        struct xe_instance *instance;
        struct xe_run_result result;

        options.engine = XE_ENGINE_INTERPRETER;
        instance = start(image, false);
        interpreter = best(interpreter, run(instance, UINT64_MAX >> 1, &result));
        xe_log_visit(xe_instance_log(instance), 0, last_print, expected);
        xe_instance_destroy(instance);
        options.engine = XE_ENGINE_JIT;
        jit = best(jit, run_guest(&startup, image, expected, &retired));
    }
    options.engine = engine;
    printf("startup  %.2f million instructions once: interpreter %.1f ms, jit %.1f ms, ratio %.2f "
           "(must 1.5)\n",
           (double)retired * 1e-6, interpreter * 1e3, jit * 1e3, jit / interpreter);
    xe_image_destroy(image);
}

static void bench_create(const struct xe_image *image)
{
    enum { TIMES = 50 };
    double begin = now();

    for (int i = 0; i < TIMES; i++) {
        struct xe_instance *instance = start(image, false);
        struct xe_run_result result;

        run(instance, 1, &result);
        xe_instance_destroy(instance);
    }
    printf("create   instance, load title, first instruction, destroy: %.2f ms\n",
           (now() - begin) / TIMES * 1e3);
}

static double cpu_run(struct xe_instance *instance, uint64_t n)
{
    struct xe_run_result result;
    clock_t begin = clock();

    run(instance, n, &result);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* The shortest of many runs of each, in turn: what else the machine does only adds. Of seven the
 * ratio scatters by more than the one per cent that it is about. */
static void bench_audit(const struct xe_image *image, const char *name, uint64_t cycles)
{
    enum { TIMES = 30 };
    double off = 0, on = 0;

    for (int i = 0; i < TIMES; i++) {
        struct xe_instance *plain = start(image, false), *audited = start(image, true);
        double without = cpu_run(plain, cycles), with = cpu_run(audited, cycles);

        off = i && off < without ? off : without;
        on = i && on < with ? on : with;
        xe_instance_destroy(plain);
        xe_instance_destroy(audited);
    }
    printf("audit    %s: recording / switched off: %.3f\n", name, on / off);
}

/* The real title makes calls of the kernel as titles do. */
static void bench_audit_real(void)
{
    const char *shared = getenv("XE_SHARED");
    struct xe_image *title;
    char path[512];

    snprintf(path, sizeof(path), "%s/titles/xdon.xex", shared ? shared : "");
    if (!shared || access(path, R_OK) != 0) {
        printf("audit    real title: XE_SHARED/titles/xdon.xex is not there\n");
        return;
    }
    title = load_path(path);
    bench_audit(title, "xdon.xex", 1000000000);
    xe_image_destroy(title);
}

/* With the real title where it is. */
static void bench_gpus(void)
{
    const char *shared = getenv("XE_SHARED");
    struct xe_image *title = NULL;
    char path[512];

    snprintf(path, sizeof(path), "%s/titles/xdon.xex", shared ? shared : "");
    if (shared && access(path, R_OK) == 0)
        title = load_path(path);
    bench_gpu(title);
    bench_render();
    xe_image_destroy(title);
}

static void bench_digest(const struct xe_image *image)
{
    struct xe_instance *instance = start(image, false);
    struct xe_run_result result;
    struct xe_digest digest;
    double begin = now(), first, second;

    run(instance, 5000000, &result);
    begin = now();
    xe_instance_digest(instance, &digest);
    first = now() - begin;
    run(instance, 1000000, &result);
    begin = now();
    xe_instance_digest(instance, &digest);
    second = now() - begin;
    printf("digest   first %.2f ms, after another million instructions %.2f ms\n", first * 1e3,
           second * 1e3);
    xe_instance_destroy(instance);
}

static void bench_trails(void)
{
    static const char *const names[] = {"sha256", "chase"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct xe_image *image;
        char path[64];

        snprintf(path, sizeof(path), "bench/%s", names[i]);
        image = load(path);
        bench_trail(image, names[i]);
        xe_image_destroy(image);
    }
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    switch (key) {
    case 'e':
        for (int i = 0; i < XE_ENGINES; i++)
            if (!strcmp(text, xe_engine_name((enum xe_engine)i))) {
                options.engine = (enum xe_engine)i;
                return 0;
            }
        argp_error(state, "--engine is jit, interpreter or check");
        return EINVAL;
    case 'g':
        if (strcmp(text, xe_jit_gs_name(XE_JIT_GS_CALL)) != 0)
            argp_error(state, "--gs is arch_prctl");
        options.gs = XE_JIT_GS_CALL;
        return 0;
    case 'k':
        options.kernel = text;
        options.kernels_only = true;
        return 0;
    case 'f':
        options.forks_only = true;
        return 0;
    case 'c':
        options.check = true;
        return 0;
    case 'r':
        options.repeat = atoi(text);
        if (options.repeat < 1)
            argp_error(state, "--rounds is a number from 1 on");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp_option rows[] = {
        {"engine", 'e', "NAME", 0, "jit (default), interpreter or check", 0},
        {"gs", 'g', "arch_prctl", 0, "as on a host that hides FSGSBASE", 0},
        {"kernel", 'k', "NAME", 0, "only this kernel, and nothing else", 0},
        {"forks", 'f', NULL, 0, "only forks and resets", 0},
        {"rounds", 'r', "N", 0, "times each is run (3)", 0},
        {"check", 'c', NULL, 0, "only compare checksums, at tiny sizes, on every engine", 0},
        {0},
    };
    static const struct argp argp = {.options = rows,
                                     .parser = parse,
                                     .doc = "How fast this build of xe360d is on this machine."};
    struct xe_image *title;

    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (options.check) {
        check_kernels();
        return failed;
    }
    if (options.forks_only) {
        title = load("guest/titles/four-handles");
        bench_fork(title);
        xe_image_destroy(title);
        return failed;
    }
    bench_kernels();
    if (options.kernels_only)
        return failed;
    if (options.engine != XE_ENGINE_INTERPRETER) /* or the host may have no other */
        bench_startup();
    title = load("guest/titles/four-handles");
    bench_create(title);
    bench_audit(title, "four-handles.xex", 500000000);
    bench_audit_real();
    bench_digest(title);
    bench_trails();
    bench_fork(title);
    bench_gpus();
    xe_image_destroy(title);
    return failed;
}
