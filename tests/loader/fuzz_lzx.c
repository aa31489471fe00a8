/* The first byte chooses the window, the next two the output size; the rest is the stream. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "loader/lzx.h"
#include "lzx_writer.h"

#define HEAD 3

const int fuzz_rounds = 4000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t out_size;
    uint8_t *out;

    if (size < HEAD)
        return 0;
    out_size = (size_t)data[1] << 8 | data[2];
    out = malloc(out_size + 1);
    xe__loader_lzx_decode(data + HEAD, size - HEAD, 15 + data[0] % 7, out, out_size, NULL, NULL);
    free(out);
    return 0;
}

/* Three blocks, one of each type; its output is 1000 bytes. */
static void write_blocks(struct lzx_writer *w)
{
    lzx_begin(w, 1000);
    lzx_block(w, LZX_VERBATIM, 300);
    for (int i = 0; i < 100; i++)
        lzx_literal(w, (uint8_t)(i * 37));
    lzx_match(w, 200, 11, 3, 4);
    lzx_block(w, LZX_UNCOMPRESSED, 301);
    lzx_repeats(w, 5, 6, 7);
    lzx_raw(w, w->bytes, 301);
    lzx_block(w, LZX_ALIGNED, 399);
    lzx_match(w, 142, 2, 0, 0);
    lzx_match(w, 257, 13, 21, 5);
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static const uint8_t text[5000] = "runs and literals";
    static const size_t sizes[] = {1000, sizeof(text)};
    struct lzx_writer *w = malloc(sizeof(*w));
    uint8_t *seed = NULL;

    if (i == 0)
        write_blocks(w);
    else
        lzx_write_all(w, text, sizeof(text));
    if (i < 2) {
        seed = malloc(HEAD + w->size);
        seed[0] = 0;
        seed[1] = (uint8_t)(sizes[i] >> 8);
        seed[2] = (uint8_t)(sizes[i] & 0xFF);
        memcpy(seed + HEAD, w->bytes, w->size);
        *ret_size = HEAD + w->size;
    }
    free(w);
    return seed;
}
