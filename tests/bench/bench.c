/* make bench: how fast this build is on this machine, as numbers and as ratios within one run.
 *
 * Each guest kernel runs in an instance and, compiled from the same source, on the host and (where
 * it is installed) under qemu-ppc64; checksums must agree. Then: what creating an instance, the
 * audit and a digest cost. Nothing here passes or fails on time: read the numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernels/kernels.h"
#include "rounds.h"
#include "xe/instance.h"

struct kernel {
    const char *name;
    bench_u32 (*native)(bench_u32 rounds);
    bench_u32 rounds;
};

static const struct kernel kernels[] = {
    {"branchy", bench_branchy, BENCH_ROUNDS_branchy},
    {"sha256", bench_sha256, BENCH_ROUNDS_sha256},
    {"chase", bench_chase, BENCH_ROUNDS_chase},
};

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

static struct xe_image *load(const char *name)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image;
    char path[512];
    void *bytes;
    FILE *file;
    long size;

    snprintf(path, sizeof(path), "%s/tests/%s.xex", dir(), name);
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

static struct xe_instance *start(const struct xe_image *image, bool audit)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance;

    config.audit = audit;
    instance = xe_instance_create(&config, &err);
    if (!instance || !xe_instance_load(instance, image, "default.xex", &err))
        die("instance", err.text);
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

/* Seconds under qemu-ppc64, or 0 when it is not installed. */
static double run_qemu(const struct kernel *kernel)
{
    char program[512];
    double begin;
    pid_t pid;
    int status;

    snprintf(program, sizeof(program), "%s/tests/bench/%s.ppc64", dir(), kernel->name);
    if (access(program, X_OK) != 0)
        return 0;
    begin = now();
    pid = fork();
    if (pid == 0) {
        execlp("qemu-ppc64", "qemu-ppc64", program, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
        return 0;
    return now() - begin;
}

static void bench_kernel(const struct kernel *kernel)
{
    char name[64], expected[64], got[64] = "";
    struct xe_run_result result;
    struct xe_image *image;
    struct xe_instance *instance;
    double guest, native, qemu, begin;

    begin = now();
    snprintf(expected, sizeof(expected), "%s %08x", kernel->name, kernel->native(kernel->rounds));
    native = now() - begin;
    snprintf(name, sizeof(name), "bench/%s", kernel->name);
    image = load(name);
    instance = start(image, false);
    guest = run(instance, UINT64_MAX >> 1, &result);
    xe_log_visit(xe_instance_log(instance), 0, last_print, got);
    if (strcmp(got, expected) != 0)
        fprintf(stderr, "bench: %s: guest printed '%s', host computed '%s'\n", kernel->name, got,
                expected);
    qemu = run_qemu(kernel);
    printf("%-8s %12llu instructions %8.1f million/s  guest/native %7.1f", kernel->name,
           (unsigned long long)result.retired, (double)result.retired / guest * 1e-6,
           guest / native);
    if (qemu > 0)
        printf("  qemu-ppc64/native %6.1f", qemu / native);
    printf("\n");
    xe_instance_destroy(instance);
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

static void bench_audit(const struct xe_image *image)
{
    enum { CYCLES = 20000000, TIMES = 5 };
    uint32_t focus[16];
    double off = 0, on = 0;

    for (uint32_t i = 0; i < 16; i++)
        focus[i] = 0x1004 + 4 * i;
    for (int i = 0; i < TIMES; i++) {
        struct xe_instance *plain = start(image, false), *audited = start(image, true);
        struct xe_run_result result;

        xe_audit_focus_set(xe_instance_audit(audited), focus, 16, NULL);
        off += run(plain, CYCLES, &result);
        on += run(audited, CYCLES, &result);
        xe_instance_destroy(plain);
        xe_instance_destroy(audited);
    }
    printf("audit    on with 16 focused handles / off: %.3f\n", on / off);
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

int main(void)
{
    struct xe_image *title;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        bench_kernel(&kernels[i]);
    title = load("guest/titles/four-handles");
    bench_create(title);
    bench_audit(title);
    bench_digest(title);
    xe_image_destroy(title);
    return 0;
}
