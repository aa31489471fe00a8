/* The chip on a workbench: memory, a clock that the test turns, and what it asked of the world. */
#ifndef XE_TESTS_GPU_BENCH_H
#define XE_TESTS_GPU_BENCH_H

#include "gpu/gpu_internal.h"

#define RING       0x00100000u /* physical; 64 KiB from here on are there, and no more */
#define BUFFER     0x00102000u /* for indirect buffers         */
#define OUT        0x00108000u /* where results go             */
#define BACK       0x0010F000u /* where the read pointer goes  */
#define NOWHERE    0x00200000u
#define RING_LOG2  7u /* 256 words */
#define RING_WORDS 256u

struct gpu_bench {
    struct xe_mem *mem;
    struct xe_log *log;
    struct xe_gpu *gpu;
    uint64_t now;
    uint32_t write;                  /* next word of the ring */
    bool serving;                    /* an interrupt is being served */
    bool deaf;                       /* nobody hears them            */
    uint32_t sent[8][2], interrupts; /* source, mask */
    uint32_t begun, done, broken, lacking;
    uint64_t work;
};

/* With a ring of 256 words, whose read pointer is written back. */
void gpu_bench_init(struct gpu_bench *b);
void gpu_bench_fini(struct gpu_bench *b);

void gpu_put(struct gpu_bench *b, xe_gpa at, uint32_t word);
uint32_t gpu_word(const struct gpu_bench *b, xe_gpa at);
/* Words into the ring; and: publish them. */
void gpu_give_words(struct gpu_bench *b, const uint32_t *word, uint32_t n);
void gpu_publish(struct gpu_bench *b);
#define GIVE(b, ...)                                                                               \
    gpu_give_words(b, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)
/* Let time pass, with all ticks that are due on the way. */
void gpu_pass(struct gpu_bench *b, uint64_t time);
/* Publish, and let enough time pass for what is given here. */
void gpu_go(struct gpu_bench *b);

/* Headers. */
#define TYPE0(index, count)  (((count)-1u) << 16 | (index))
#define TYPE1(first, second) (1u << 30 | (second) << 11 | (first))
#define TYPE2                (2u << 30)
#define TYPE3(opcode, count) (3u << 30 | ((count)-1u) << 16 | (opcode) << 8)

#endif
