/* See build_patch.h. */
#include "build_patch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>

#include "lzx_writer.h"
#include "xe/types.h"

#define SHA1_SIZE    20
#define HEADERS_MAX  0x10000
#define BLOCK_HEAD   24
#define BLOCKS_MAX   256
#define PER_BLOCK    4     /* records */
#define PIECE        0x400 /* of an image, for a record */
#define HEADER_PIECE 0x200
#define RECORD_SIZE  12

static const uint8_t session_key[16] = "another sixteen";

/* ---- records ---------------------------------------------------------------------------------
 */

struct records {
    uint8_t bytes[0x100000];
    size_t size, end[BLOCKS_MAX * PER_BLOCK]; /* where each ends */
    unsigned count;
};

static void add(struct records *r, const void *bytes, size_t n)
{
    assert(r->size + n <= sizeof(r->bytes));
    memcpy(r->bytes + r->size, bytes, n);
    r->size += n;
}

static void add_record(struct records *r, uint32_t from, uint32_t to, size_t size, size_t packed,
                       const uint8_t *data)
{
    uint8_t head[RECORD_SIZE];

    xe_store_be32(head, from);
    xe_store_be32(head + 4, to);
    xe_store_be16(head + 8, (uint16_t)size);
    xe_store_be16(head + 10, (uint16_t)packed);
    add(r, head, sizeof(head));
    if (packed > 1)
        add(r, data, packed);
    assert(r->count < BLOCKS_MAX * PER_BLOCK);
    r->end[r->count++] = r->size;
}

/* A match with what was `distance` bytes before, as slot and extra bits. */
static void far_match(struct lzx_writer *w, unsigned length, uint32_t distance)
{
    uint32_t base = 0, wanted = distance + 2;
    unsigned slot = 0, bits = 0;

    while (base + (1u << bits) <= wanted) {
        base += 1u << bits;
        slot++;
        bits = slot < 4 ? 0 : slot / 2 - 1;
    }
    lzx_match(w, length, slot, wanted - base, bits);
}

/* What is as it was is a match with the old bytes, which end where the output begins. */
static void pack(struct lzx_writer *w, const uint8_t *old, const uint8_t *fresh, size_t n)
{
    lzx_begin(w, n);
    lzx_block(w, LZX_VERBATIM, (uint32_t)n);
    for (size_t at = 0; at < n;) {
        unsigned same = 0;

        while (same < 257 && at + same < n && old[at + same] == fresh[at + same])
            same++;
        if (same < 2) {
            lzx_literal(w, fresh[at++]);
        } else {
            far_match(w, same, (uint32_t)n);
            at += same;
        }
    }
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
    while (n && !bytes[n - 1])
        n--;
    return !n;
}

/* One record that makes the piece what it is to be. */
static void describe(struct records *r, uint8_t *state, size_t state_size, const uint8_t *fresh,
                     size_t at, size_t n)
{
    struct lzx_writer *w;

    if (is_zero(fresh, n)) {
        add_record(r, 0, (uint32_t)at, n, 0, NULL);
    } else {
        size_t from = 0;

        while (from + n <= state_size && memcmp(state + from, fresh, n) != 0)
            from += n;
        if (from + n <= state_size) {
            add_record(r, (uint32_t)from, (uint32_t)at, n, 1, NULL);
        } else {
            w = malloc(sizeof(*w));
            assert(w);
            pack(w, state + at, fresh, n);
            add_record(r, (uint32_t)at, (uint32_t)at, n, w->size, w->bytes);
            free(w);
        }
    }
    memcpy(state + at, fresh, n);
}

static void difference(struct records *r, uint8_t *state, size_t state_size, const uint8_t *fresh,
                       size_t fresh_size, size_t piece)
{
    for (size_t at = 0; at < fresh_size; at += piece) {
        size_t n = fresh_size - at < piece ? fresh_size - at : piece;

        if (memcmp(state + at, fresh + at, n) != 0)
            describe(r, state, state_size, fresh + at, at, n);
    }
}

/* What the patch begins with: the old bytes, moved. */
static void begin(uint8_t *state, size_t size, const uint8_t *old, size_t old_size,
                  const struct build_move *move, size_t end)
{
    memcpy(state, old, old_size);
    if (move->from)
        memmove(state + move->to, state + move->from, move->size);
    if (move->size || end)
        memset(state + (end ? end : move->to + move->size), 0,
               size - (end ? end : move->to + move->size));
}

/* ---- the file --------------------------------------------------------------------------------
 */

static void sha1(const void *bytes, size_t size, uint8_t *digest)
{
    gcry_md_hash_buffer(GCRY_MD_SHA1, digest, bytes, size);
}

static void cipher(int mode, bool encrypt, const uint8_t *key, uint8_t *bytes, size_t size)
{
    static const uint8_t zero[16];
    gcry_cipher_hd_t handle;

    assert(!gcry_cipher_open(&handle, GCRY_CIPHER_AES128, mode, 0));
    assert(!gcry_cipher_setkey(handle, key, 16));
    if (mode == GCRY_CIPHER_MODE_CBC)
        assert(!gcry_cipher_setiv(handle, zero, 16));
    assert(encrypt ? !gcry_cipher_encrypt(handle, bytes, size, NULL, 0)
                   : !gcry_cipher_decrypt(handle, bytes, size, NULL, 0));
    gcry_cipher_close(handle);
}

static void put_entry(uint8_t *headers, unsigned i, uint32_t key, uint32_t value)
{
    xe_store_be32(headers + 0x18 + 8 * i, key);
    xe_store_be32(headers + 0x1C + 8 * i, value);
}

static void put_move(uint8_t *at, const struct build_move *move)
{
    xe_store_be32(at, move->from);
    xe_store_be32(at + 4, move->size);
    xe_store_be32(at + 8, move->to);
}

static void put_descriptor(uint8_t *headers, const struct build_patch *wanted,
                           const struct records *r)
{
    uint8_t *at = headers + BUILD_PATCH_DESCRIPTOR;
    uint32_t security = xe_load_be32(wanted->old.headers + 0x10);

    assert(BUILD_PATCH_RECORDS + r->size <= BUILD_PATCH_HEADERS);
    xe_store_be32(at, 0x4C + (uint32_t)r->size);
    xe_store_be32(at + 4, 0x20000200);
    xe_store_be32(at + 8, 0x20000100);
    sha1(wanted->old.headers + security + 8, 0x100, at + 0x0C);
    xe_store_be32(at + 0x30, (uint32_t)wanted->fresh.headers_size);
    put_move(at + 0x34, &wanted->headers);
    put_move(at + 0x40, &wanted->image);
    memcpy(at + 0x4C, r->bytes, r->size);
}

static void put_headers(uint8_t *headers, const struct build_patch *wanted)
{
    const uint8_t *security = wanted->fresh.headers + xe_load_be32(wanted->fresh.headers + 0x10);
    uint8_t fresh_key[16], *format = headers + BUILD_PATCH_FORMAT;
    uint8_t *key = headers + BUILD_PATCH_SECURITY + 0x150;

    memcpy(headers, "XEX2", 4);
    xe_store_be32(headers + 4, 0x41);
    xe_store_be32(headers + 8, BUILD_PATCH_HEADERS);
    xe_store_be32(headers + 0x10, BUILD_PATCH_SECURITY);
    xe_store_be32(headers + 0x14, 2);
    put_entry(headers, 0, 0x3FF, BUILD_PATCH_FORMAT);
    put_entry(headers, 1, 0x5FF, BUILD_PATCH_DESCRIPTOR);
    xe_store_be32(format, 36);
    xe_store_be16(format + 4, wanted->key != KEY_NONE);
    xe_store_be16(format + 6, 3);
    xe_store_be32(format + 8, 0x8000);
    memcpy(key, session_key, 16);
    if (wanted->key == KEY_NONE)
        return;
    memcpy(fresh_key, security + 0x150, 16);
    cipher(GCRY_CIPHER_MODE_ECB, false, build_xex_key(wanted->key), fresh_key, 16);
    cipher(GCRY_CIPHER_MODE_ECB, true, fresh_key, key, 16);
}

/* Records in blocks; the chain of hashes is made from the last one back. */
static size_t put_blocks(uint8_t *body, uint8_t *format, const struct records *r,
                         const struct edit *edits, size_t edit_count)
{
    size_t at[BLOCKS_MAX + 1] = {0};
    unsigned blocks = 0;

    for (unsigned i = 0; i < r->count; i += PER_BLOCK, blocks++) {
        size_t from = i ? r->end[i - 1] : 0;
        unsigned last = i + PER_BLOCK < r->count ? i + PER_BLOCK - 1 : r->count - 1;

        memcpy(body + at[blocks] + BLOCK_HEAD, r->bytes + from, r->end[last] - from);
        at[blocks + 1] = at[blocks] + BLOCK_HEAD + r->end[last] - from + RECORD_SIZE;
    }
    for (unsigned i = blocks; i-- > 0;) {
        uint8_t *before = i ? body + at[i - 1] : format + 12;

        for (size_t k = 0; !i && k < edit_count; k++)
            if (edits[k].where == EDIT_BLOCK)
                memcpy(body + edits[k].offset, edits[k].bytes, edits[k].size);
        xe_store_be32(before, (uint32_t)(at[i + 1] - at[i]));
        sha1(body + at[i], at[i + 1] - at[i], before + 4);
    }
    return (at[blocks] + 15) & ~(size_t)15;
}

static void describe_headers(struct records *r, const struct build_patch *wanted)
{
    uint8_t *state = calloc(1, HEADERS_MAX);

    assert(state);
    begin(state, HEADERS_MAX, wanted->old.headers, wanted->old.headers_size, &wanted->headers,
          wanted->fresh.headers_size);
    difference(r, state, HEADERS_MAX, wanted->fresh.headers, wanted->fresh.headers_size,
               HEADER_PIECE);
    free(state);
}

static void describe_image(struct records *r, const struct build_patch *wanted)
{
    size_t size = wanted->old.image_size > wanted->fresh.image_size ? wanted->old.image_size
                                                                    : wanted->fresh.image_size;
    uint8_t *state = calloc(1, size);

    assert(state);
    begin(state, size, wanted->old.image, wanted->old.image_size, &wanted->image, 0);
    difference(r, state, size, wanted->fresh.image, wanted->fresh.image_size, PIECE);
    free(state);
}

uint8_t *build_patch(const struct build_patch *wanted, const struct edit *edits, size_t edit_count,
                     size_t *ret_size)
{
    struct records *r = calloc(1, sizeof(*r));
    uint8_t *file = calloc(1, BUILD_PATCH_HEADERS + sizeof(r->bytes));
    uint8_t *body = file + BUILD_PATCH_HEADERS;
    size_t size;

    assert(r && file);
    gcry_check_version(NULL);
    describe_headers(r, wanted);
    put_headers(file, wanted);
    put_descriptor(file, wanted, r);
    *r = (struct records){.size = 0};
    describe_image(r, wanted);
    size = put_blocks(body, file + BUILD_PATCH_FORMAT, r, edits, edit_count);
    if (wanted->key != KEY_NONE)
        cipher(GCRY_CIPHER_MODE_CBC, true, session_key, body, size);
    *ret_size = BUILD_PATCH_HEADERS + size;
    for (size_t i = 0; i < edit_count; i++)
        if (edits[i].where == EDIT_FILE)
            memcpy(file + edits[i].offset, edits[i].bytes, edits[i].size);
    free(r);
    return file;
}

/* ---- pairs -----------------------------------------------------------------------------------
 */

struct built build_pair(const struct build_xex *kind, const struct edit *edits, size_t edit_count)
{
    struct build_xex plain = *kind;
    struct built built = {.file = build_xex(kind, edits, edit_count, &built.size)};
    size_t size;

    plain.key = KEY_NONE;
    plain.compression = BUILD_PLAIN;
    built.plain = build_xex(&plain, edits, edit_count, &size);
    built.side = (struct build_side){.headers = built.file,
                                     .headers_size = BUILD_HEADERS_SIZE,
                                     .image = built.plain + BUILD_HEADERS_SIZE,
                                     .image_size = size - BUILD_HEADERS_SIZE};
    return built;
}

void build_pair_free(struct built *built)
{
    free(built->file);
    free(built->plain);
}
