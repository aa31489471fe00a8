/* An LZX compressor: hash chains find matches, one step of laziness, Huffman codes per block.
 *
 * Blocks and frames are cut independently: a frame end puts the bit writer on a word boundary, a
 * block may go on across it, a match may not. An uncompressed block that would leave a frame with
 * an odd number of its bytes ends with the frame, so that every frame has whole words. */
#include <stdlib.h>
#include <string.h>

#include "tests/guest/mkxex/huffman.h"
#include "tests/guest/mkxex/mkxex.h"
#include "xe/types.h"

#define FRAME           0x8000u
#define LITERALS        256u
#define MAX_SLOTS       50u
#define LENGTH_SYMBOLS  249u
#define ALIGNED_SYMBOLS 8u
#define PRETREE_SYMBOLS 20u
#define MAX_MATCH       257u
#define MIN_MATCH       3u      /* by hash; 2 by a repeated offset */
#define FAR_OFFSET      0x2000u /* farther, three bytes cost more than they save */
#define HASH_BITS       15u
#define CHAIN_MAX       48u
#define LAZY_BELOW      32u
#define NONE            UINT32_MAX
#define BLOCK_MAX       0x18003u /* longest one that plan() makes */

enum block_type { MIXED, VERBATIM, ALIGNED, UNCOMPRESSED };

/* A literal (length 0), or a match with its offset already in terms of slots. */
struct token {
    uint16_t length;
    uint8_t literal, slot;
    uint32_t extra;
};

struct match {
    uint32_t length, offset;
};

struct encoder {
    const uint8_t *in;
    size_t size;
    uint32_t window;
    unsigned slots;
    uint32_t base[MAX_SLOTS + 1];
    uint8_t extra[MAX_SLOTS];
    uint32_t repeat[3];
    uint8_t main_length[HUFFMAN_SYMBOLS_MAX], length_length[LENGTH_SYMBOLS];
    uint16_t main_code[HUFFMAN_SYMBOLS_MAX], length_code[LENGTH_SYMBOLS];
    uint8_t aligned_length[ALIGNED_SYMBOLS];
    uint16_t aligned_code[ALIGNED_SYMBOLS];
    uint32_t head[1u << HASH_BITS]; /* newest position of a hash           */
    uint32_t *previous;             /* owned: position before, same hash   */
    size_t hashed;                  /* positions below are in the chains   */
    struct token *token;            /* owned: of the block at hand         */
    size_t tokens;
    struct mkxex_buffer *out;
    size_t *frame_at; /* where each frame's length word lies  */
    size_t frames;
    unsigned bits, word; /* of the stream's unfinished word      */
};

/* ---- bits ----------------------------------------------------------------------------------- */

static void put(struct encoder *e, uint32_t value, unsigned n)
{
    while (n) {
        unsigned room = 16 - e->bits, take = n < room ? n : room;

        e->word |= (value >> (n - take) & ((1u << take) - 1)) << (room - take);
        e->bits += take;
        n -= take;
        if (e->bits == 16) {
            uint8_t word[2] = {(uint8_t)e->word, (uint8_t)(e->word >> 8)};

            mkxex_put(e->out, word, 2);
            e->word = e->bits = 0;
        }
    }
}

static void end_word(struct encoder *e)
{
    if (e->bits)
        put(e, 0, 16 - e->bits);
}

/* A frame lies behind its length in 16 bits, which is put in at its end. */
static void begin_frame(struct encoder *e)
{
    e->frame_at[e->frames] = e->out->size;
    mkxex_put16(e->out, 0);
}

static void end_frame(struct encoder *e, size_t at)
{
    size_t start = e->frame_at[e->frames++];

    end_word(e);
    xe_store_be16(e->out->bytes + start, (uint16_t)(e->out->size - start - 2));
    if (at < e->size)
        begin_frame(e);
}

/* ---- matches -------------------------------------------------------------------------------- */

static unsigned hash_at(const struct encoder *e, size_t at)
{
    uint32_t bytes = (uint32_t)e->in[at] << 16 | (uint32_t)e->in[at + 1] << 8 | e->in[at + 2];

    return bytes * 0x9E3779B1u >> (32 - HASH_BITS);
}

/* Put the positions below `at` into the chains. */
static void hash_up_to(struct encoder *e, size_t at)
{
    for (; e->hashed < at && e->hashed + MIN_MATCH <= e->size; e->hashed++) {
        uint32_t *head = &e->head[hash_at(e, e->hashed)];

        e->previous[e->hashed] = *head;
        *head = (uint32_t)e->hashed;
    }
}

static uint32_t match_length(const struct encoder *e, size_t at, uint32_t offset, uint32_t limit)
{
    uint32_t n = 0;

    while (n < limit && e->in[at + n] == e->in[at + n - offset])
        n++;
    return n;
}

static struct match find_repeat(const struct encoder *e, size_t at, uint32_t limit)
{
    struct match best = {0};

    for (unsigned i = 0; i < 3; i++) {
        uint32_t n = e->repeat[i] <= at ? match_length(e, at, e->repeat[i], limit) : 0;

        if (n >= 2 && n > best.length)
            best = (struct match){n, e->repeat[i]};
    }
    return best;
}

static struct match find(struct encoder *e, size_t at, size_t end)
{
    uint32_t limit = end - at < MAX_MATCH ? (uint32_t)(end - at) : MAX_MATCH, candidate;
    struct match best = find_repeat(e, at, limit);
    unsigned tries = CHAIN_MAX;

    hash_up_to(e, at);
    if (limit < MIN_MATCH)
        return best;
    candidate = e->head[hash_at(e, at)];
    for (; candidate != NONE && tries && best.length < limit; tries--) {
        uint32_t offset = (uint32_t)at - candidate, n;

        if (offset > e->window - 3)
            break;
        n = match_length(e, at, offset, limit);
        /* A repeated offset is cheap: beat it by more than one byte. */
        if (n >= MIN_MATCH + (offset > FAR_OFFSET) && n > best.length + (best.length > 0))
            best = (struct match){n, offset};
        candidate = e->previous[candidate];
    }
    return best;
}

/* ---- tokens --------------------------------------------------------------------------------- */

static unsigned repeat_slot(struct encoder *e, uint32_t offset)
{
    for (unsigned slot = 0; slot < 3; slot++)
        if (e->repeat[slot] == offset) {
            e->repeat[slot] = e->repeat[0];
            e->repeat[0] = offset;
            return slot;
        }
    e->repeat[2] = e->repeat[1];
    e->repeat[1] = e->repeat[0];
    e->repeat[0] = offset;
    return 3;
}

static void add_match(struct encoder *e, struct match match)
{
    struct token *token = &e->token[e->tokens++];
    unsigned slot = repeat_slot(e, match.offset);

    *token = (struct token){.length = (uint16_t)match.length, .slot = (uint8_t)slot};
    if (slot < 3)
        return;
    while (slot + 1 < e->slots && e->base[slot + 1] <= match.offset + 2)
        slot++;
    token->slot = (uint8_t)slot;
    token->extra = match.offset + 2 - e->base[slot];
}

static size_t frame_end_of(const struct encoder *e, size_t at)
{
    size_t end = (at / FRAME + 1) * FRAME;

    return end < e->size ? end : e->size;
}

static void parse_block(struct encoder *e, size_t at, size_t end)
{
    e->tokens = 0;
    while (at < end) {
        size_t frame = frame_end_of(e, at), limit = end < frame ? end : frame;
        struct match match = find(e, at, limit);

        if (match.length && match.length < LAZY_BELOW && at + 1 < limit &&
            find(e, at + 1, limit).length > match.length + 1)
            match.length = 0;
        if (match.length) {
            add_match(e, match);
            at += match.length;
        } else {
            e->token[e->tokens++] = (struct token){.literal = e->in[at++]};
        }
    }
}

static unsigned main_symbol(const struct token *token)
{
    unsigned header;

    if (!token->length)
        return token->literal;
    header = token->length - 2u < 7 ? token->length - 2u : 7;
    return LITERALS + 8 * token->slot + header;
}

/* ---- trees ---------------------------------------------------------------------------------- */

/* One step of writing code lengths: a pretree symbol, perhaps with bits and a second symbol. */
struct step {
    uint8_t symbol, bits, value, second;
};

static uint8_t delta(uint8_t old, uint8_t new)
{
    return (uint8_t)((old + 17 - new) % 17);
}

/* How the lengths from `at` on are said in one step; returns how many. */
static unsigned next_step(const uint8_t *old, const uint8_t *new, unsigned at, unsigned to,
                          struct step *step)
{
    unsigned run = 1;

    while (at + run < to && new[at + run] == new[at] && run < 51)
        run++;
    *step = (struct step){.symbol = delta(old[at], new[at])};
    if (run < 4)
        return 1;
    if (new[at] == 0 && run >= 20) {
        *step = (struct step){.symbol = 18, .bits = 5, .value = (uint8_t)(run - 20)};
        return run;
    }
    if (new[at] == 0) {
        *step = (struct step){.symbol = 17, .bits = 4, .value = (uint8_t)(run - 4)};
        return run;
    }
    run = run > 5 ? 5 : run;
    *step = (struct step){
        .symbol = 19, .bits = 1, .value = (uint8_t)(run - 4), .second = delta(old[at], new[at])};
    return run;
}

static void put_lengths(struct encoder *e, const uint8_t *old, const uint8_t *new, unsigned from,
                        unsigned to)
{
    struct step step[HUFFMAN_SYMBOLS_MAX];
    uint32_t freq[PRETREE_SYMBOLS] = {0};
    uint8_t length[PRETREE_SYMBOLS];
    uint16_t code[PRETREE_SYMBOLS];
    unsigned steps = 0;

    for (unsigned at = from; at < to;) {
        at += next_step(old, new, at, to, &step[steps]);
        freq[step[steps].symbol]++;
        if (step[steps].symbol == 19)
            freq[step[steps].second]++;
        steps++;
    }
    mkxex_huffman_lengths(freq, PRETREE_SYMBOLS, 15, length);
    mkxex_huffman_codes(length, PRETREE_SYMBOLS, code);
    for (unsigned i = 0; i < PRETREE_SYMBOLS; i++)
        put(e, length[i], 4);
    for (unsigned i = 0; i < steps; i++) {
        put(e, code[step[i].symbol], length[step[i].symbol]);
        put(e, step[i].value, step[i].bits);
        if (step[i].symbol == 19)
            put(e, code[step[i].second], length[step[i].second]);
    }
}

static void put_aligned_tree(struct encoder *e)
{
    uint32_t freq[ALIGNED_SYMBOLS] = {0};
    uint32_t used = 0;

    for (size_t i = 0; i < e->tokens; i++)
        if (e->token[i].length && e->extra[e->token[i].slot] >= 3) {
            freq[e->token[i].extra & 7]++;
            used++;
        }
    if (!used) /* a tree must be complete even when nothing uses it */
        for (unsigned i = 0; i < ALIGNED_SYMBOLS; i++)
            freq[i] = 1;
    mkxex_huffman_lengths(freq, ALIGNED_SYMBOLS, 7, e->aligned_length);
    mkxex_huffman_codes(e->aligned_length, ALIGNED_SYMBOLS, e->aligned_code);
    for (unsigned i = 0; i < ALIGNED_SYMBOLS; i++)
        put(e, e->aligned_length[i], 3);
}

static void put_trees(struct encoder *e)
{
    uint32_t main_freq[HUFFMAN_SYMBOLS_MAX] = {0}, length_freq[LENGTH_SYMBOLS] = {0};
    uint8_t old_main[HUFFMAN_SYMBOLS_MAX], old_length[LENGTH_SYMBOLS];
    unsigned symbols = LITERALS + 8 * e->slots;

    for (size_t i = 0; i < e->tokens; i++) {
        main_freq[main_symbol(&e->token[i])]++;
        if (e->token[i].length >= 9)
            length_freq[e->token[i].length - 9]++;
    }
    memcpy(old_main, e->main_length, sizeof(old_main));
    memcpy(old_length, e->length_length, sizeof(old_length));
    mkxex_huffman_lengths(main_freq, symbols, 16, e->main_length);
    mkxex_huffman_codes(e->main_length, symbols, e->main_code);
    mkxex_huffman_lengths(length_freq, LENGTH_SYMBOLS, 16, e->length_length);
    mkxex_huffman_codes(e->length_length, LENGTH_SYMBOLS, e->length_code);
    put_lengths(e, old_main, e->main_length, 0, LITERALS);
    put_lengths(e, old_main, e->main_length, LITERALS, symbols);
    put_lengths(e, old_length, e->length_length, 0, LENGTH_SYMBOLS);
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void put_token(struct encoder *e, const struct token *token, enum block_type type)
{
    unsigned symbol = main_symbol(token), bits = e->extra[token->slot];

    put(e, e->main_code[symbol], e->main_length[symbol]);
    if (!token->length)
        return;
    if (token->length >= 9)
        put(e, e->length_code[token->length - 9], e->length_length[token->length - 9]);
    if (type == ALIGNED && bits >= 3) {
        put(e, token->extra >> 3, bits - 3);
        put(e, e->aligned_code[token->extra & 7], e->aligned_length[token->extra & 7]);
    } else {
        put(e, token->extra, bits);
    }
}

static void put_coded_block(struct encoder *e, enum block_type type, size_t at, size_t end)
{
    size_t frame = frame_end_of(e, at);

    parse_block(e, at, end);
    put(e, type, 3);
    put(e, (uint32_t)(end - at), 24);
    if (type == ALIGNED)
        put_aligned_tree(e);
    put_trees(e);
    for (size_t i = 0; i < e->tokens; i++) {
        put_token(e, &e->token[i], type);
        at += e->token[i].length ? e->token[i].length : 1;
        if (at == frame) {
            end_frame(e, at);
            frame = at < e->size ? frame_end_of(e, at) : 0;
        }
    }
}

/* Bits up to a word's end (a whole word when there already), the repeated offsets little-endian,
 * the bytes, and a byte more when they are odd. */
static void put_uncompressed_block(struct encoder *e, size_t at, size_t end)
{
    size_t length = end - at;

    put(e, UNCOMPRESSED, 3);
    put(e, (uint32_t)length, 24);
    put(e, 0, 16 - e->bits);
    for (unsigned i = 0; i < 3; i++) {
        uint8_t word[4];

        for (unsigned b = 0; b < 4; b++)
            word[b] = (uint8_t)(e->repeat[i] >> 8 * b);
        mkxex_put(e->out, word, sizeof(word));
    }
    while (at < end) {
        size_t frame = frame_end_of(e, at), stop = end < frame ? end : frame;

        mkxex_put(e->out, e->in + at, stop - at);
        at = stop;
        if (at == end && length % 2)
            mkxex_put(e->out, "", 1);
        if (at == frame)
            end_frame(e, at);
    }
}

/* Type and end of the n-th block, which starts at `at`. */
static size_t plan(const struct encoder *e, enum block_type blocks, size_t n, size_t at,
                   enum block_type *ret_type)
{
    static const struct {
        enum block_type type;
        uint32_t length;
    } mixed[] = {{VERBATIM, 0x1234},     {UNCOMPRESSED, 0x0FFF}, {ALIGNED, 0x9001},
                 {UNCOMPRESSED, 0x9000}, {VERBATIM, 0x18003},    {UNCOMPRESSED, 1},
                 {ALIGNED, 0x40}};
    size_t length = 2 * FRAME, left = frame_end_of(e, at) - at;

    *ret_type = blocks;
    if (blocks == MIXED) {
        *ret_type = mixed[n % (sizeof(mixed) / sizeof(mixed[0]))].type;
        length = mixed[n % (sizeof(mixed) / sizeof(mixed[0]))].length;
    }
    if (*ret_type == UNCOMPRESSED && at % 2 && length > left)
        length = left;
    return length < e->size - at ? at + length : e->size;
}

static void init(struct encoder *e, uint32_t window_bits)
{
    static const uint8_t slots[] = {30, 32, 34, 36, 38, 42, 50};

    e->window = 1u << window_bits;
    e->slots = slots[window_bits - 15];
    for (unsigned slot = 0; slot < MAX_SLOTS; slot++) {
        e->extra[slot] = (uint8_t)(slot < 4 ? 0 : slot >= 36 ? 17 : slot / 2 - 1);
        e->base[slot + 1] = e->base[slot] + (1u << e->extra[slot]);
    }
    e->repeat[0] = e->repeat[1] = e->repeat[2] = 1;
    memset(e->head, 0xFF, sizeof(e->head));
    e->previous = mkxex_alloc(e->size * sizeof(*e->previous));
    e->token = mkxex_alloc(BLOCK_MAX * sizeof(*e->token));
}

void mkxex_lzx(const uint8_t *bytes, size_t size, uint32_t window_bits, int blocks,
               struct mkxex_buffer *out, size_t *frame_at, size_t *ret_frames)
{
    struct encoder *e = mkxex_alloc(sizeof(*e));
    enum block_type type;

    e->in = bytes;
    e->size = size;
    e->out = out;
    e->frame_at = frame_at;
    init(e, window_bits);
    begin_frame(e);
    put(e, 0, 1); /* no call translation */
    for (size_t at = 0, n = 0, end; at < size; at = end, n++) {
        end = plan(e, (enum block_type)blocks, n, at, &type);
        if (type == UNCOMPRESSED)
            put_uncompressed_block(e, at, end);
        else
            put_coded_block(e, type, at, end);
    }
    *ret_frames = e->frames;
    frame_at[e->frames] = out->size;
    free(e->previous);
    free(e->token);
    free(e);
}
