/* How much of something would be seen, asked as Direct3D does: the chip counts samples behind and
 * before a draw, the title looks until they are there. What is behind a wall is seen by nobody,
 * whatever the counts say; what stands free must be counted. */
#define TITLE "queries"
#include "draws.h"

#define NOT_YET 0xFFFFFEEDu

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1};
enum { TEST = 2, WRITE = 4 };

static void control(u32 bits)
{
    gpu_set(&gpu, RB_DEPTHCONTROL, bits | GPU_LESS << 4);
}

/* The chip's words are little-endian. */
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

/* Samples of a box that pass, without anything of it being drawn. */
static u32 asked(volatile u32 *reports, struct box b)
{
    u32 before, after;

    gpu_set(&gpu, RB_COLOR_MASK, 0);
    control(TEST);
    count_to(reports);
    box_of_colour(b, blue);
    count_to(reports + 8);
    gpu_finish(&gpu);
    CHECK(reports[4] != NOT_YET && reports[5] != NOT_YET);
    CHECK(reports[12] != NOT_YET && reports[13] != NOT_YET);
    before = word_of(reports + 4) + word_of(reports + 5);
    after = word_of(reports + 12) + word_of(reports + 13);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    control(TEST | WRITE);
    return after - before;
}

int main(void)
{
    const struct box wall = {16, 16, 160, 160, 0.25f}, hidden = {32, 32, 96, 96, 0.5f},
                     partly = {128, 64, 192, 128, 0.5f}, open = {224, 64, 288, 128, 0.5f};
    volatile u32 *reports = gpu_memory(0x1000);

    begin();
    control(TEST | WRITE);
    box_of_colour(wall, blue);
    if (asked(reports, hidden))
        box_of_colour(hidden, red);
    CHECK(asked(reports, partly) != 0);
    box_of_colour(partly, red);
    CHECK(asked(reports, open) != 0);
    box_of_colour(open, green);
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
    return show(0);
}
