/* What comes back: a copy out of EDRAM, what a shader wrote to memory, counts of samples, and
 * whether a query saw anything. It prints what it finds, and doesn't know what it should: that
 * depends on the setting readback. */
#define TITLE "readback"
#include "draws.h"

#include "shaders/export.vs.h"

#define NOT_YET 0xFFFFFEEDu
#define TEST    2
#define WRITE   4
#define QUERY   5u

static const struct colour red = {1, 0, 0, 1};

static void control(u32 bits)
{
    gpu_set(&gpu, RB_DEPTHCONTROL, bits | GPU_LESS << 4);
}

static u32 word_of(volatile const u32 *at)
{
    return __builtin_bswap32(*at);
}

static void count_to(volatile u32 *report)
{
    report[4] = report[5] = NOT_YET;
    gpu_set(&gpu, RB_SAMPLE_COUNT_ADDR, MmGetPhysicalAddress((void *)report));
    gpu_command(&gpu, GPU_EVENT_WRITE_ZPD, 21);
}

static void tell_counts(const char *what, volatile u32 *reports, struct box b)
{
    count_to(reports);
    box_of_colour(b, red);
    count_to(reports + 8);
    gpu_finish(&gpu);
    DbgPrint("%s: tested %u, z failed %u, passed %u, stencil failed %u\n", what,
             word_of(reports + 8) - word_of(reports), word_of(reports + 10) - word_of(reports + 2),
             word_of(reports + 12) - word_of(reports + 4),
             word_of(reports + 14) - word_of(reports + 6));
}

/* Pixels of a query are killed behind their tests. */
static void tell_query(const char *what, struct box b)
{
    gpu_command(&gpu, 0x23, QUERY);
    gpu_set(&gpu, 0x2293, 1 | QUERY << 1 | 1 << 7);
    box_of_colour(b, red);
    gpu_set(&gpu, 0x2293, 0);
    gpu_command(&gpu, 0x23, 0x100 | QUERY);
    gpu_finish(&gpu);
    DbgPrint("%s: %s\n", what,
             *(volatile u32 *)(0x7FC80000 + 4 * 0x0C44) >> QUERY & 1 ? "seen" : "unseen");
}

/* Four elements of four bytes; the third and fourth bytes change places with the others. */
static void export_to(volatile u32 *to)
{
    const u32 address = MmGetPhysicalAddress((void *)to);

    gpu_set(&gpu, GPU_ALU_CONSTANT(8), 1u << 30 | address >> 2);
    gpu_set(&gpu, GPU_ALU_CONSTANT(8) + 1, 0x4B000000);
    gpu_set(&gpu, GPU_ALU_CONSTANT(8) + 2, 0x4B000000 | 2 | GPU_FORMAT_8_8_8_8 << 8);
    gpu_set(&gpu, GPU_ALU_CONSTANT(8) + 3, 0x4B000000 | 4);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(9), 0, 1, 0, 0);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(10), 0.2f, 0.4f, 0.6f, 0.8f);
    GPU_LOAD(&gpu, GPU_VERTEX, export_vs);
    gpu_draw(&gpu, GPU_POINTS, 4);
}

static u32 pixel(u32 x, u32 y)
{
    return *(volatile u32 *)(front + gpu_tiled(x, y, WIDTH, 2));
}

int main(void)
{
    const struct box wall = {16, 16, 80, 80, 0.25f}, hidden = {32, 32, 64, 64, 0.5f},
                     open = {224, 64, 256, 96, 0.5f};
    volatile u32 *reports = gpu_memory(0x1000), *exports = gpu_memory(0x1000);

    begin();
    control(TEST | WRITE);
    box_of_colour(wall, red);
    control(TEST);
    tell_counts("hidden", reports, hidden);
    tell_counts("open", reports, open);
    tell_query("hidden", hidden);
    tell_query("open", open);
    control(0);
    gpu_copy(&gpu, &(struct gpu_copy){.to = front, .width = WIDTH, .height = HEIGHT}, corners);
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    DbgPrint("copied: %08x %08x\n", pixel(20, 20), pixel(200, 20));
    export_to(exports);
    gpu_finish(&gpu);
    DbgPrint("exported: %08x %08x\n", exports[3], exports[4]);
    return verdict();
}
