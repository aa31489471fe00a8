/* Runs a fuzz target without libFuzzer: its seeds, then mutations of them, the same in every run.
 *
 *   fuzz_X            seeds, and fuzz_rounds mutations of each
 *   fuzz_X --seeds D  write the seeds into folder D (for libFuzzer)
 *   fuzz_X FILE...    these inputs, e.g. one that libFuzzer found */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz.h"

#define INPUT_MAX   (1 << 20)
#define INTERESTING 8

/* xorshift64; the seed is fixed, so are the mutations. */
static uint64_t state = 0x9E3779B97F4A7C15u;

static uint32_t draw(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

/* Three quarters of all edits go to the first KiB, where headers are dense. */
static size_t place(size_t size)
{
    size_t head = size < 1024 ? size : 1024;

    return draw(4) ? draw((uint32_t)head) : draw((uint32_t)size);
}

/* Move a piece of the input elsewhere in it. */
static void copy_within(uint8_t *bytes, size_t size, size_t to)
{
    size_t from = place(size), room = size - (from > to ? from : to);

    memmove(bytes + to, bytes + from, draw((uint32_t)room < 64 ? (uint32_t)room : 64));
}

static void mutate(uint8_t *bytes, size_t size)
{
    static const uint32_t values[INTERESTING] = {0,          1,          0x10,       0x7FFFFFFF,
                                                 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, 0x10000};
    size_t at = place(size);
    uint32_t value = values[draw(INTERESTING)];

    switch (draw(4)) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << draw(8));
        break;
    case 1:
        bytes[at] = (uint8_t)draw(256);
        break;
    case 2:
        for (size_t i = 0; i < 4 && (at & ~(size_t)3) + i < size; i++)
            bytes[(at & ~(size_t)3) + i] = (uint8_t)(value >> (24 - 8 * i));
        break;
    default:
        copy_within(bytes, size, at);
        break;
    }
}

/* From a heap block of the exact size, so that sanitizers see any read past it. */
static void run(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* In ways of the target's own, where it has some; room for twice the size. */
static size_t change(uint8_t *bytes, size_t size)
{
    const size_t room = 2 * size;

    for (uint32_t edits = 1 + draw(4); edits; edits--)
        if (LLVMFuzzerCustomMutator)
            size = LLVMFuzzerCustomMutator(bytes, size, room, draw(UINT32_MAX));
        else
            mutate(bytes, size);
    return draw(16) ? size : draw((uint32_t)size);
}

static void run_mutations(const uint8_t *seed, size_t size)
{
    uint8_t *bytes = malloc(2 * size);

    run(seed, size);
    for (int round = 0; round < fuzz_rounds; round++) {
        memcpy(bytes, seed, size);
        run(bytes, change(bytes, size));
    }
    free(bytes);
}

static int write_seed(const char *folder, unsigned i, const uint8_t *seed, size_t size)
{
    char path[512];
    FILE *out;

    snprintf(path, sizeof(path), "%s/seed-%02u", folder, i);
    out = fopen(path, "wb");
    if (!out || fwrite(seed, 1, size, out) != size || fclose(out)) {
        perror(path);
        return 1;
    }
    return 0;
}

static int replay_file(const char *path)
{
    uint8_t *bytes = malloc(INPUT_MAX);
    FILE *in = fopen(path, "rb");

    if (!in) {
        perror(path);
        return 1;
    }
    run(bytes, fread(bytes, 1, INPUT_MAX, in));
    fclose(in);
    free(bytes);
    return 0;
}

#ifndef XE_LIBFUZZER /* has a main of its own */
int main(int argc, char **argv)
{
    const char *folder = argc == 3 && strcmp(argv[1], "--seeds") == 0 ? argv[2] : NULL;
    int failed = 0;
    uint8_t *seed;
    size_t size;

    if (argc > 1 && !folder) {
        for (int i = 1; i < argc; i++)
            failed |= replay_file(argv[i]);
        return failed;
    }
    for (unsigned i = 0; (seed = fuzz_seed(i, &size)); i++) {
        if (folder)
            failed |= write_seed(folder, i, seed, size);
        else
            run_mutations(seed, size);
        free(seed);
    }
    return failed;
}
#endif
