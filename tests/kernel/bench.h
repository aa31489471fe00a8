/* A kernel on a workbench: host functions are called as if from guest threads, without a CPU; or a
 * small program is assembled, loaded and run. */
#ifndef XE_TESTS_KERNEL_BENCH_H
#define XE_TESTS_KERNEL_BENCH_H

#include "kernel/core/kernel_internal.h"

struct bench {
    struct xe_mem *mem;
    struct xe_audit *audit;
    struct xe_log *log;
    struct xe_kernel *kernel;
    struct xe_thread *thread[16]; /* made by bench_thread, 0.. */
    uint32_t threads;
};

/* config NULL: slice 1000, 1 GHz, all else 0. */
void bench_init(struct bench *bench, const struct xe_kernel_config *config);
void bench_fini(struct bench *bench);

/* Make the n-th allocation from now on fail (1-based; 0 = none), once. True: it has failed. */
void bench_fail_alloc(uint32_t n);
bool bench_alloc_failed(void);

/* A new guest thread on a hardware thread, seated there as running if nobody better is. */
struct xe_thread *bench_thread(struct bench *bench, uint32_t hw);
/* Make it the running thread for the host functions called next; it must be able to run. */
void bench_as(struct bench *bench, struct xe_thread *thread);
/* No thread is running. */
void bench_nobody(struct bench *bench);
/* Let virtual time pass while nobody runs, events included. */
void bench_pass(struct bench *bench, uint64_t time_100ns);
/* The thread's r3 as a status. */
uint32_t bench_result(const struct xe_thread *thread);
/* Start a wait of the thread for objects; the caller looks at state and result. */
void bench_wait(struct bench *bench, struct xe_thread *thread, bool all, int64_t timeout,
                uint32_t count, struct xe_object **object);

/* ---- programs ------------------------------------------------------------------------------- */

#define PROGRAM_BASE 0x82000000u
#define PROGRAM_DATA 0x82010000u /* 64 KiB of read-write data behind the code */

/* A program being assembled. */
struct program {
    uint32_t word[4096];
    uint32_t at; /* words */
    struct xe_image_import import[32];
    uint32_t imports;
    xe_gva thunk[512]; /* by ordinal */
};

void program_init(struct program *program);
xe_gva program_here(const struct program *program);
void program_emit(struct program *program, uint32_t word);
void program_li(struct program *program, uint32_t reg, uint32_t value); /* two words */
void program_call(struct program *program, uint32_t ordinal);           /* bl import */
void program_branch(struct program *program, xe_gva target);            /* b */
/* Load it (with its first word as entry, unless entry is given) into the bench's kernel. */
void program_load(struct bench *bench, struct program *program, xe_gva entry);
enum xe_stop bench_run(struct bench *bench, uint64_t n, uint64_t *ret_retired);

#endif
