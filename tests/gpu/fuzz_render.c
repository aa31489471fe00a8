/* The chip and the reference renderer together, with registers, draws, copies, pictures and memory
 * as anybody may give them. The first bytes choose where registers differ from those of a small
 * picture; then come words of memory, from the ring's commands to textures, over and over. It ends,
 * in bounded work, and guest memory outside of what commands store to stays as it is. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "gpu/gpu_internal.h"
#include "gpu/render/render.h"
#include "tests/support/fuzz.h"
#include "xe/ucode.h"
#include "tests/support/quiet_gpu.h"

#define BASE      0x00100000u
#define SIZE      0x20000u
#define RING_LOG2 11u /* 4096 words */
#define LOOKS     400 /* at the chip, 10 us apart */
#define WORDS     3000u

const int fuzz_rounds = 50;

static uint64_t time_now;

static void fill(struct xe_mem *mem, const uint8_t *data, size_t size)
{
    uint8_t *p = xe_mem_view_rw(mem, XE_MEM_PHYS_A + BASE, SIZE);

    for (size_t i = 0; p && i < SIZE; i += size)
        memcpy(p + i, data, size < SIZE - i ? size : SIZE - i);
}

/* Surfaces and scissors small enough for many rounds; what the commands set is theirs. */
static void set_up(struct xe_gpu *gpu)
{
    static const uint32_t values[][2] = {
        {0x2000, 80},         {0x200F, 0x00200020}, {0x2082, 0x00200020}, {0x2104, 0xFFFF},
        {0x2180, 0x00001000}, {0x2182, 0xFFFFFFFF}, {0x2201, 0x00010001}, {0x2204, 1 << 16},
        {0x2206, 0x700},      {0x2208, 4},          {0x2302, 1},          {0x2312, 0xFFFF},
    };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        gpu->reg[values[i][0]] = values[i][1];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct xe_mem *mem; /* mapping one anew is most of the work */
    struct xe_gpu_renderer renderer;
    struct xe_gpu *gpu;

    if (size < 8)
        return 0;
    if (!mem) {
        mem = xe_mem_create(0, NULL);
        xe_mem_alloc(mem, XE_MEM_HEAP_PHYSICAL, BASE, SIZE, 0, XE_PAGE_READWRITE, true, false);
    }
    time_now = 1;
    fill(mem, data, size);
    gpu = xe_gpu_create(mem, NULL, quiet_gpu_host(&time_now));
    if (!gpu || !xe_render_create(mem, (struct xe_render_host){NULL, NULL}, size & 4, &renderer))
        abort();
    xe_gpu_render_by(gpu, renderer);
    set_up(gpu);
    xe_gpu_ring(gpu, BASE, RING_LOG2);
    xe_gpu_write(gpu, XE__REG_CP_RB_WPTR, size / 4 < WORDS ? (uint32_t)(size / 4) : WORDS);
    for (uint32_t i = 0; i < LOOKS && xe_gpu_due(gpu) != UINT64_MAX; i++, time_now += 100)
        xe_gpu_tick(gpu, time_now);
    xe_gpu_destroy(gpu);
    return 0;
}

/* ---- seeds ---------------------------------------------------------------------------------- */

struct seed {
    uint8_t *bytes;
    uint32_t n; /* words */
    uint64_t random;
};

static void word(struct seed *seed, uint32_t value)
{
    xe_store_be32(seed->bytes + 4 * seed->n++, value);
}

static uint32_t any(struct seed *seed)
{
    seed->random = seed->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed->random >> 24);
}

static void load_shader(struct seed *seed, uint32_t kind, const char *text)
{
    struct xe_ucode_program program;
    struct xe_ucode_fault fault;

    if (!xe_ucode_assemble(text, &program, &fault))
        abort();
    word(seed, 3u << 30 | (program.count + 1) << 16 | 0x2B << 8);
    word(seed, kind);
    word(seed, program.count);
    for (uint32_t i = 0; i < program.count; i++)
        word(seed, program.words[i]);
}

/* Registers of what is drawn, at random, but for the sizes that cost time. */
static void set_any(struct seed *seed, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t index = 0x2000 + any(seed) % 0x390;

        if (index == 0x200F || index == 0x2082 || index == 0x2285)
            continue;
        word(seed, index);
        word(seed, any(seed));
    }
}

static void draw(struct seed *seed, uint32_t mode)
{
    word(seed, 0x2208);
    word(seed, mode);
    word(seed, 3u << 30 | 0x36 << 8);
    word(seed, any(seed) % 16 | 2 << 6 | 6 << 16);
}

/* Constants of textures and vertices that lie in memory, mostly. */
static void set_fetches(struct seed *seed)
{
    for (uint32_t i = 0; i < 6; i++) {
        word(seed, 5u << 16 | (0x4800 + 6 * (i * 31 / 5)));
        word(seed, (any(seed) & ~3u) | 2);
        word(seed, (BASE + (any(seed) & 0x1F000)) | (any(seed) & 0xFFF));
        for (uint32_t k = 2; k < 6; k++)
            word(seed, any(seed));
    }
    word(seed, 1u << 16 | (0x4800 + 2 * 95));
    word(seed, BASE | 3);
    word(seed, 0x8000 | 2);
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static const char *const pixel[] = {
        ".pixel\nexec\ntfetch2D r0, r0.xy, tf0\nalloc colors\nexec_end\nmov oC0, r0",
        ".pixel\nexec\ntfetchCube r0, r0.xyz, tf0\nalloc colors\nexec_end\nmov oC0, r0",
        ".pixel\nexec\ntfetch3D r0, r0.xyz, tf0\nalloc colors\nexec_end\nmov oC0, r0\nmov oC1, r1",
        ".pixel\nalloc memory\nexec\nmad eA, r0.xxxx, c0, c1\nmov eM0, r1\nalloc colors\n"
        "exec_end\nmov oC0, r0",
    };
    struct seed seed = {.random = i * 77 + 1};

    if (i >= 16)
        return NULL;
    seed.bytes = calloc(1, 0x8000);
    load_shader(&seed, 0,
                "exec\nvfetch r1.xy__, r0.x, vf95 {stride=4, format=FMT_32_32_FLOAT}\n"
                "vfetch r2.xy00, r0.x, vf95 {stride=4, offset=2, format=FMT_32_32_FLOAT}\n"
                "alloc position\nexec\nmov oPos.xy01, r1\nalloc interpolators\nexec_end\n"
                "mov o0, r2");
    load_shader(&seed, 1, pixel[i % 4]);
    for (uint32_t k = 0; k < 8; k++) {
        set_fetches(&seed);
        set_any(&seed, i / 4 * 8);
        draw(&seed, 4);
        set_any(&seed, 4);
        draw(&seed, k % 2 ? 6 : 5);
    }
    word(&seed, 3u << 30 | 3 << 16 | 0x64 << 8);
    word(&seed, XE_GPU_SWAP);
    word(&seed, BASE);
    word(&seed, 32);
    word(&seed, 32);
    for (uint32_t k = 0; k < 32; k++)
        word(&seed, xe_bits_of_float((float)(any(&seed) % 64) / (float)(1 + k % 3)));
    *ret_size = 4 * seed.n;
    return seed.bytes;
}
