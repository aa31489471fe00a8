/* The XEX2 container: body, headers, hashes. Everything is a function of the input, so the same ELF
 * gives the same file.
 * Source: Free60 wiki "XEX"; idaxex's structure names; checked against real files by our loader. */
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "tests/guest/mkxex/mkxex.h"
#include "xe/types.h"

#define SHA1         20u
#define DESCRIPTOR   24u
#define SECURITY     0x184u
#define FRAMES       (0x10000000 / 0x8000)
#define BLOCK_FRAMES 16u

/* Module flags of the file header. */
#define MODULE_TITLE   0x00000001u
#define MODULE_EXPORTS 0x00000002u
#define MODULE_LIBRARY 0x00000008u

#define OPTIONAL_MAX 20

static void sha1(const void *bytes, size_t size, uint8_t ret[SHA1])
{
    gcry_md_hash_buffer(GCRY_MD_SHA1, ret, bytes, size);
}

/* ---- page hashes --------------------------------------------------------------------------- */

struct run {
    uint32_t page, pages;
};

/* One page a run in 64 KiB images, up to 16 equal ones in 4 KiB images. */
static uint32_t make_runs(const struct mkxex *x, struct run *run)
{
    uint32_t pages = x->size / x->page_size, n = 0;
    uint32_t most = 0x10000 / x->page_size;

    for (uint32_t page = 0; page < pages; n++) {
        run[n] = (struct run){page, 0};
        do {
            run[n].pages++;
            page++;
        } while (page < pages && run[n].pages < most &&
                 x->page_kind[page] == x->page_kind[run[n].page]);
    }
    return n;
}

/* Descriptors with the hash chain, made from the last to the first; ret_first is the hash of run 0.
 */
static void hash_pages(const struct mkxex *x, const struct run *run, uint32_t runs,
                       uint8_t *descriptors, uint8_t ret_first[SHA1])
{
    memset(ret_first, 0, SHA1);
    for (uint32_t i = runs; i-- > 0;) {
        uint8_t *d = descriptors + (size_t)i * DESCRIPTOR;
        gcry_md_hd_t md;

        mkxex_set32(d, run[i].pages << 4 | x->page_kind[run[i].page]);
        memcpy(d + 4, ret_first, SHA1);
        gcry_md_open(&md, GCRY_MD_SHA1, 0);
        gcry_md_write(md, x->image + (size_t)run[i].page * x->page_size,
                      (size_t)run[i].pages * x->page_size);
        gcry_md_write(md, d, DESCRIPTOR);
        memcpy(ret_first, gcry_md_read(md, GCRY_MD_SHA1), SHA1);
        gcry_md_close(md);
    }
}

/* ---- body ---------------------------------------------------------------------------------- */

/* File format header (key 3FF) and body, plain. */
static void body_basic(const struct mkxex *x, struct mkxex_buffer *format,
                       struct mkxex_buffer *body)
{
    for (uint32_t at = 0; at < x->size;) {
        uint32_t data = at, zero;

        while (data < x->size && memcmp(x->image + data, (uint8_t[0x1000]){0}, 0x1000) != 0)
            data += 0x1000;
        zero = data;
        while (zero < x->size && memcmp(x->image + zero, (uint8_t[0x1000]){0}, 0x1000) == 0)
            zero += 0x1000;
        mkxex_put32(format, data - at);
        mkxex_put32(format, zero - data);
        mkxex_put(body, x->image + at, data - at);
        at = zero;
    }
}

static void body_lzx(const struct mkxex *x, struct mkxex_buffer *format, struct mkxex_buffer *body)
{
    struct mkxex_buffer stream = {0};
    size_t *frame_at = mkxex_alloc((FRAMES + 1) * sizeof(*frame_at));
    size_t frames, blocks;
    struct mkxex_buffer *block;
    uint8_t next[SHA1] = {0};

    mkxex_lzx(x->image, x->size, x->window_bits, x->lzx_blocks, &stream, frame_at, &frames);
    blocks = (frames + BLOCK_FRAMES - 1) / BLOCK_FRAMES;
    block = mkxex_alloc(blocks * sizeof(*block));
    for (size_t i = blocks; i-- > 0;) {
        size_t last = (i + 1) * BLOCK_FRAMES < frames ? (i + 1) * BLOCK_FRAMES : frames;
        size_t first = i * BLOCK_FRAMES;

        mkxex_put32(&block[i], i + 1 < blocks ? (uint32_t)block[i + 1].size : 0);
        mkxex_put(&block[i], next, SHA1);
        mkxex_put(&block[i], stream.bytes + frame_at[first], frame_at[last] - frame_at[first]);
        mkxex_put16(&block[i], 0);
        while (block[i].size % 16)
            mkxex_put(&block[i], "", 1);
        sha1(block[i].bytes, block[i].size, next);
    }
    mkxex_put32(format, 1u << x->window_bits);
    mkxex_put32(format, (uint32_t)block[0].size);
    mkxex_put(format, next, SHA1);
    for (size_t i = 0; i < blocks; i++) {
        mkxex_put(body, block[i].bytes, block[i].size);
        free(block[i].bytes);
    }
    free(block);
    free(frame_at);
    free(stream.bytes);
}

/* The published key that wraps session keys of retail consoles; development kits use zeros. */
static const uint8_t retail_key[16] = {0x20, 0xB1, 0x85, 0xA5, 0x9D, 0x28, 0xFD, 0xC3,
                                       0x40, 0x58, 0x3F, 0xBB, 0x08, 0x96, 0xBF, 0x91};

/* Encrypt the body in place; the wrapped session key goes to ret_key. */
static void encrypt(const struct mkxex *x, struct mkxex_buffer *body, uint8_t ret_key[16])
{
    static const uint8_t devkit_key[16], zero[16];
    uint8_t session[SHA1];
    gcry_cipher_hd_t cipher;

    memset(ret_key, 0, 16);
    if (x->encryption == MKXEX_PLAIN)
        return;
    while (body->size % 16)
        mkxex_put(body, "", 1);
    sha1(x->image, x->size, session);
    gcry_cipher_open(&cipher, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_ECB, 0);
    gcry_cipher_setkey(cipher, x->encryption == MKXEX_RETAIL ? retail_key : devkit_key, 16);
    gcry_cipher_encrypt(cipher, ret_key, 16, session, 16);
    gcry_cipher_close(cipher);
    gcry_cipher_open(&cipher, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_CBC, 0);
    gcry_cipher_setkey(cipher, session, 16);
    gcry_cipher_setiv(cipher, zero, 16);
    gcry_cipher_encrypt(cipher, body->bytes, body->size, NULL, 0);
    gcry_cipher_close(cipher);
}

static void make_body(const struct mkxex *x, struct mkxex_buffer *format, struct mkxex_buffer *body,
                      uint8_t ret_key[16])
{
    mkxex_put32(format, 0);
    mkxex_put16(format, x->encryption != MKXEX_PLAIN);
    mkxex_put16(format, (uint16_t)x->compression);
    if (x->compression == MKXEX_BASIC)
        body_basic(x, format, body);
    else if (x->compression == MKXEX_LZX)
        body_lzx(x, format, body);
    else
        mkxex_put(body, x->image, x->size);
    mkxex_set32(format->bytes, (uint32_t)format->size);
    encrypt(x, body, ret_key);
}

/* ---- imports ------------------------------------------------------------------------------- */

/* Module numbers. Source: idaxex. */
static const struct {
    const char *name;
    uint32_t number;
} libraries[MKXEX_OWN] = {
    {"xboxkrnl.exe", 0x45DC17E0}, {"xam.xex", 0xFCA15C76}, {"xbdm.xex", 0xECEB8109}};

#define LIBRARIES      MKXEX_LIBRARIES
#define IMPORT_VERSION 0x20449700u /* 2.0.17559.0 */

static const struct {
    uint32_t library, ordinal;
    const char *name;
} import_names[] = {
#define EXPORT(ordinal, name, kind, returns) {0, ordinal, #name},
#include "kernel/hle/xboxkrnl.def"
#undef EXPORT
#define EXPORT(ordinal, name, kind, returns) {1, ordinal, #name},
#include "kernel/hle/xam.def"
#undef EXPORT
#define EXPORT(ordinal, name, kind, returns) {2, ordinal, #name},
#include "kernel/hle/xbdm.def"
#undef EXPORT
};

const char *mkxex_library_name(const struct mkxex *x, uint32_t library)
{
    return library < MKXEX_OWN ? libraries[library].name : x->from[library - MKXEX_OWN];
}

const char *mkxex_import_name(const struct mkxex_import *import)
{
    for (size_t i = 0; i < sizeof(import_names) / sizeof(import_names[0]); i++)
        if (import_names[i].library == import->library &&
            import_names[i].ordinal == import->ordinal)
            return import_names[i].name;
    return "?";
}

/* Unpatched words: what a loader finds and replaces. */
static void mark_imports(struct mkxex *x, const uint32_t index[LIBRARIES])
{
    for (uint32_t i = 0; i < x->imports; i++) {
        const struct mkxex_import *import = &x->import[i];
        uint32_t word = index[import->library] << 16 | import->ordinal;

        mkxex_set32(x->image + (import->slot - x->base), word);
        if (!import->thunk)
            continue;
        mkxex_set32(x->image + (import->thunk - x->base), 0x01000000 | word);
        mkxex_set32(x->image + (import->thunk - x->base) + 4, 0x02000000 | word);
    }
}

static void import_table(const struct mkxex *x, uint32_t library, uint32_t name,
                         const uint8_t next[SHA1], struct mkxex_buffer *table)
{
    uint32_t version = library < MKXEX_OWN ? IMPORT_VERSION : x->from_version[library - MKXEX_OWN];
    uint32_t records = 0;

    mkxex_put32(table, 0);
    mkxex_put(table, next, SHA1);
    mkxex_put32(table, library < MKXEX_OWN ? libraries[library].number : 0);
    mkxex_put32(table, version);
    mkxex_put32(table, version);
    mkxex_put16(table, (uint16_t)name);
    mkxex_put16(table, 0);
    for (uint32_t i = 0; i < x->imports; i++) {
        if (x->import[i].library != library)
            continue;
        mkxex_put32(table, x->import[i].slot);
        if (x->import[i].thunk)
            mkxex_put32(table, x->import[i].thunk);
        records += x->import[i].thunk ? 2 : 1;
    }
    xe_store_be16(table->bytes + 0x26, (uint16_t)records);
    mkxex_set32(table->bytes, (uint32_t)table->size);
}

/* Header 103FF; empty when nothing is imported. */
static void make_imports(struct mkxex *x, struct mkxex_buffer *header, uint8_t ret_digest[SHA1],
                         uint32_t *ret_tables)
{
    struct mkxex_buffer table[LIBRARIES] = {0}, names = {0};
    uint32_t index[LIBRARIES], used = 0;
    bool wanted[LIBRARIES] = {false};

    memset(ret_digest, 0, SHA1);
    for (uint32_t i = 0; i < x->imports; i++)
        wanted[x->import[i].library] = true;
    for (uint32_t i = 0; i < LIBRARIES; i++) {
        index[i] = used;
        if (!wanted[i])
            continue;
        used++;
        mkxex_put(&names, mkxex_library_name(x, i), strlen(mkxex_library_name(x, i)) + 1);
        while (names.size % 4)
            mkxex_put(&names, "", 1);
    }
    *ret_tables = used;
    if (!used)
        return;
    mark_imports(x, index);
    for (uint32_t i = LIBRARIES; i-- > 0;) {
        if (!wanted[i])
            continue;
        import_table(x, i, index[i], ret_digest, &table[i]);
        sha1(table[i].bytes + 4, table[i].size - 4, ret_digest);
    }
    mkxex_put32(header, 0);
    mkxex_put32(header, (uint32_t)names.size);
    mkxex_put32(header, used);
    mkxex_put(header, names.bytes, names.size);
    for (uint32_t i = 0; i < LIBRARIES; i++) {
        mkxex_put(header, table[i].bytes, table[i].size);
        free(table[i].bytes);
    }
    mkxex_set32(header->bytes, (uint32_t)header->size);
    free(names.bytes);
}

/* ---- headers ------------------------------------------------------------------------------- */

struct optional {
    uint32_t key, value;         /* value for keys that hold it themselves */
    struct mkxex_buffer content; /* else what lies at an offset            */
};

static struct optional *add(struct optional *list, uint32_t *n, uint32_t key, uint32_t value)
{
    struct optional *entry = &list[(*n)++];

    entry->key = key;
    entry->value = value;
    return entry;
}

static void put_sized_text(struct mkxex_buffer *out, const char *text)
{
    size_t size = (4 + strlen(text) + 1 + 3) & ~(size_t)3;

    mkxex_put32(out, (uint32_t)size);
    mkxex_put(out, text, strlen(text) + 1);
    while (out->size % 4)
        mkxex_put(out, "", 1);
}

static void put_resources(const struct mkxex *x, struct mkxex_buffer *out)
{
    mkxex_put32(out, 4 + 16 * x->resources);
    for (uint32_t i = 0; i < x->resources; i++) {
        mkxex_put(out, x->resource[i].name, 8);
        mkxex_put32(out, x->resource[i].address);
        mkxex_put32(out, x->resource[i].size);
    }
}

static void put_execution_info(const struct mkxex *x, struct mkxex_buffer *out)
{
    mkxex_put32(out, x->media_id);
    mkxex_put32(out, x->version);
    mkxex_put32(out, x->base_version ? x->base_version : x->version);
    mkxex_put32(out, x->title_id);
    mkxex_put(out, (uint8_t[]){0, 0, x->disc_number, x->disc_count}, 4);
    mkxex_put32(out, 0);
}

/* All optional headers, ascending by key as the format wants. */
static uint32_t make_optional(const struct mkxex *x, struct optional *list,
                              const struct mkxex_buffer *format, const struct mkxex_buffer *imports)
{
    struct mkxex_buffer *content;
    uint32_t n = 0;

    if (x->resources)
        put_resources(x, &add(list, &n, 0x000002FF, 0)->content);
    add(list, &n, 0x000003FF, 0)->content = *format;
    if (x->entry)
        add(list, &n, 0x00010100, x->entry);
    add(list, &n, 0x00010201, x->base);
    if (imports->size)
        add(list, &n, 0x000103FF, 0)->content = *imports;
    content = &add(list, &n, 0x00018002, 0)->content;
    mkxex_put32(content, 0);
    mkxex_put32(content, 0);
    put_sized_text(&add(list, &n, 0x000183FF, 0)->content, x->pe_name);
    content = &add(list, &n, 0x00020104, 0)->content;
    mkxex_put32(content, x->tls_slots);
    mkxex_put32(content, x->tls_address);
    mkxex_put32(content, x->tls_size);
    mkxex_put32(content, x->tls_raw_size);
    add(list, &n, 0x00020200, x->stack_size);
    if (x->heap_size)
        add(list, &n, 0x00020401, x->heap_size);
    add(list, &n, 0x00030000, x->privileges[0]);
    if (x->privileges[1])
        add(list, &n, 0x00030100, x->privileges[1]);
    if (x->privileges[2])
        add(list, &n, 0x00030200, x->privileges[2]);
    put_execution_info(x, &add(list, &n, 0x00040006, 0)->content);
    if (x->names_size) {
        content = &add(list, &n, 0x00E10402, 0)->content;
        mkxex_put32(content, x->names_offset);
        mkxex_put32(content, x->names_size);
    }
    return n;
}

/* Security info at its place in the headers. */
static void fill_security(const struct mkxex *x, uint8_t *security, uint32_t runs,
                          const uint8_t *descriptors, const uint8_t image_hash[SHA1],
                          const uint8_t import_digest[SHA1], uint32_t tables, const uint8_t key[16])
{
    mkxex_set32(security, SECURITY + runs * DESCRIPTOR);
    mkxex_set32(security + 4, x->size);
    mkxex_set32(security + 0x108, 0x174);
    mkxex_set32(security + 0x10C, x->page_size == 0x1000 ? 0x10000000 : 0);
    mkxex_set32(security + 0x110, x->base);
    memcpy(security + 0x114, image_hash, SHA1);
    mkxex_set32(security + 0x128, tables);
    memcpy(security + 0x12C, import_digest, SHA1);
    memcpy(security + 0x150, key, 16);
    mkxex_set32(security + 0x160, x->export_table);
    mkxex_set32(security + 0x178, 0xFFFFFFFF);
    mkxex_set32(security + 0x17C, 0xFFFFFFFF);
    mkxex_set32(security + 0x180, runs);
    memcpy(security + SECURITY, descriptors, (size_t)runs * DESCRIPTOR);
}

static void hash_headers(uint8_t *headers, uint32_t size, uint32_t security)
{
    gcry_md_hd_t md;

    gcry_md_open(&md, GCRY_MD_SHA1, 0);
    gcry_md_write(md, headers + security + 0x17C, size - security - 0x17C);
    gcry_md_write(md, headers, security + 8);
    memcpy(headers + security + 0x164, gcry_md_read(md, GCRY_MD_SHA1), SHA1);
    gcry_md_close(md);
}

void mkxex_build(struct mkxex *x, struct mkxex_buffer *out)
{
    struct mkxex_buffer format = {0}, body = {0}, imports = {0};
    struct optional optional[OPTIONAL_MAX] = {0};
    struct run *run = mkxex_alloc(x->size / x->page_size * sizeof(*run));
    uint8_t image_hash[SHA1], import_digest[SHA1], key[16];
    uint8_t *descriptors;
    uint32_t runs, tables, count, security;

    make_imports(x, &imports, import_digest, &tables);
    runs = make_runs(x, run);
    descriptors = mkxex_alloc((size_t)runs * DESCRIPTOR);
    hash_pages(x, run, runs, descriptors, image_hash);
    make_body(x, &format, &body, key);
    count = make_optional(x, optional, &format, &imports);

    security = 0x18 + 8 * count;
    mkxex_put(out, "XEX2", 4);
    mkxex_put32(out, (x->library ? MODULE_LIBRARY : MODULE_TITLE) |
                         (x->of_title ? MODULE_TITLE : 0) | (x->export_count ? MODULE_EXPORTS : 0));
    mkxex_put32(out, 0);
    mkxex_put32(out, 0);
    mkxex_put32(out, security);
    mkxex_put32(out, count);
    mkxex_put(out, NULL, 8 * (size_t)count + SECURITY + (size_t)runs * DESCRIPTOR);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (uint32_t)out->size;

        mkxex_set32(out->bytes + 0x18 + 8 * i, optional[i].key);
        mkxex_set32(out->bytes + 0x1C + 8 * i, optional[i].content.size ? at : optional[i].value);
        mkxex_put(out, optional[i].content.bytes, optional[i].content.size);
        free(optional[i].content.bytes);
    }
    while (out->size % 0x800)
        mkxex_put(out, "", 1);
    if (out->size > 0x10000)
        mkxex_fail("headers take %zu bytes; the kernel allows 65536", out->size);
    mkxex_set32(out->bytes + 8, (uint32_t)out->size);
    fill_security(x, out->bytes + security, runs, descriptors, image_hash, import_digest, tables,
                  key);
    hash_headers(out->bytes, (uint32_t)out->size, security);
    mkxex_put(out, body.bytes, body.size);
    free(body.bytes);
    free(descriptors);
    free(run);
}
