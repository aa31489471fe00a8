/* Export calls on a workbench: the real HLE families, called by entry address as a guest would. */
#ifndef XE_TESTS_KERNEL_HLE_BENCH_H
#define XE_TESTS_KERNEL_HLE_BENCH_H

#include "bench.h"
#include "kernel/hle/hle_internal.h"

#define SCRATCH      0x00100000u /* 128 KiB, zero at first; nothing follows it */
#define SCRATCH_SIZE 0x20000u
#define UNREADABLE   0x3F000000u
#define LR           0x82001234u

struct hle_bench {
    struct bench bench;
    struct xe_thread *thread;
};

void hle_bench_init(struct hle_bench *h);
void hle_bench_init_as(struct hle_bench *h, const struct xe_kernel_config *config);
void hle_bench_fini(struct hle_bench *h);

/* Call an export with up to 12 arguments; r3 afterwards. */
uint64_t hle_call(struct hle_bench *h, enum xe_hle_module module, uint32_t ordinal, uint32_t count,
                  const uint64_t *args);
#define CALL(h, mod, export, ...)                                                                  \
    hle_call(h, XE_HLE_##mod, XE_ORD_##mod##_##export, sizeof((uint64_t[]){__VA_ARGS__}) / 8,      \
             (uint64_t[]){__VA_ARGS__})
#define CALL32(h, mod, export, ...) ((uint32_t)CALL(h, mod, export, __VA_ARGS__))

void hle_put(struct hle_bench *h, xe_gva at, const char *text);      /* with its NUL */
void hle_put_wide(struct hle_bench *h, xe_gva at, const char *text); /* with its NUL */
/* A counted string (ANSI_STRING and UNICODE_STRING look alike). */
void hle_put_counted(struct hle_bench *h, xe_gva at, uint16_t length, uint16_t maximum,
                     xe_gva buffer);
/* Ten milliseconds pass: what calls left to come later has come. */
void hle_pass(struct hle_bench *h);
bool hle_is(struct hle_bench *h, xe_gva at, const char *text); /* NUL included */

/* Lines of this level in the log, and the newest one's text ("" if none). */
uint32_t hle_logged(struct hle_bench *h, enum xe_log_level level, char text[512]);

#endif
