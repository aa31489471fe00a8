/* Microcode as anybody may give it. The first byte chooses: words, which come back from their text
 * as they are; or text, which is taken or refused, and what is taken comes back, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz.h"
#include "xe/types.h"
#include "xe/ucode.h"

#define TEXT (1u << 21)

const int fuzz_rounds = 2000;

static char text[TEXT];
static size_t used;

static void add_line(void *ctx, const char *line)
{
    int n = snprintf(text + used, TEXT - used, "%s\n", line);

    (void)ctx;
    if (n < 0 || (size_t)n >= TEXT - used || strlen(line) + 1 >= XE_UCODE_LINE)
        abort();
    used += (size_t)n;
}

static void round_trip(enum xe_ucode_stage stage, const uint32_t *words, uint32_t n)
{
    static struct xe_ucode_program again;
    struct xe_ucode_fault fault;

    used = 0;
    xe_ucode_disassemble(stage, words, n, add_line, NULL);
    if (!xe_ucode_assemble(text, &again, &fault) || again.stage != stage || again.count != n ||
        memcmp(again.words, words, n * sizeof(*words)))
        abort();
}

static void try_words(const uint8_t *data, size_t size, enum xe_ucode_stage stage)
{
    uint32_t n = size / 4 < 600 ? (uint32_t)size / 4 : 600, words[600];

    for (uint32_t i = 0; i < n; i++)
        words[i] = xe_load_be32(data + 4 * i);
    round_trip(stage, words, n);
}

static void try_text(const uint8_t *data, size_t size)
{
    static struct xe_ucode_program program;
    char *copy = malloc(size + 1);
    struct xe_ucode_fault fault;

    memcpy(copy, data, size);
    copy[size] = '\0';
    if (xe_ucode_assemble(copy, &program, &fault))
        round_trip(program.stage, program.words, program.count);
    else if (!fault.line || !fault.column || !fault.text[0] || fault.line > size + 1)
        abort();
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && data[0] & 2)
        try_text(data + 1, size - 1);
    else if (size)
        try_words(data + 1, size - 1, data[0] & 1 ? XE_UCODE_PIXEL : XE_UCODE_VERTEX);
    return 0;
}

static const char source[] =
    "2.pixel\nhere: exec\n  tfetch2D r0.xy1_, r1.xy, tf0 {mag=linear, offset_x=-1}\n"
    "  (!p0) mul_sat r2.xyz, -|r1|, r[aL+3].x + mulsc0 r3.x, c[a0+255].w, r2.x\n"
    "loop_start i3, out\ncond_jmp !b5, here {backward}\nloop_end i3, here, p0\nout:\n"
    "alloc colors\nexec_end {clean=0}\n serialize mov oC0.xy01, r0\n.slot 1 2 3\n.word 0xFFFFFFFF\n";

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static struct xe_ucode_program program;
    struct xe_ucode_fault fault;
    uint8_t *seed;

    if (i > 2)
        return NULL;
    if (!xe_ucode_assemble(source + 1, &program, &fault))
        abort();
    *ret_size = i == 2 ? sizeof(source) - 1 : 1 + 4 * program.count;
    seed = malloc(*ret_size);
    memcpy(seed, source, i == 2 ? *ret_size : 1);
    for (uint32_t k = 0; i < 2 && k < program.count; k++)
        xe_store_be32(seed + 1 + 4 * k, program.words[k]);
    if (i < 2)
        seed[0] = (uint8_t)i;
    return seed;
}
