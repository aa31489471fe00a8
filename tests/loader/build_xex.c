/* See build_xex.h. The image has four pages: 0 read-only (PE header, import slots, exports), 1
 * code (thunks, entry), 2 data (TLS template), 3 read-only (a resource). */
#include "build_xex.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>

#include "lzx_writer.h"
#include "xe/types.h"

#define SHA1_SIZE 20

static const uint8_t keys[][16] = {
    [KEY_RETAIL] = {0x20, 0xB1, 0x85, 0xA5, 0x9D, 0x28, 0xFD, 0xC3, 0x40, 0x58, 0x3F, 0xBB, 0x08,
                    0x96, 0xBF, 0x91},
    [KEY_DEVKIT] = {0},
    [KEY_XEX1_RETAIL] = {0xA2, 0x6C, 0x10, 0xF7, 0x1F, 0xD9, 0x35, 0xE9, 0x8B, 0x99, 0x92, 0x2C,
                         0xE9, 0x32, 0x15, 0x72},
    [KEY_XEX1_DEVKIT] = {0xA8, 0xB0, 0x05, 0x12, 0xED, 0xE3, 0x63, 0x8D, 0xC6, 0x58, 0xB3, 0x10,
                         0x1F, 0x9F, 0x50, 0xD1},
    [KEY_UNKNOWN] = {1, 2, 3},
};
static const uint8_t session_key[16] = "sixteen letters";

const struct build_xex build_xex_kinds[] = {
    {"plain", KEY_NONE, BUILD_PLAIN, 0x1000, 0x92000000},
    {"basic", KEY_NONE, BUILD_BASIC, 0x1000, 0x92000000},
    {"lzx", KEY_NONE, BUILD_LZX, 0x1000, 0x92000000},
    {"large-plain", KEY_NONE, BUILD_PLAIN, 0x10000, 0x82000000},
    {"large-basic", KEY_NONE, BUILD_BASIC, 0x10000, 0x82000000},
    {"large-lzx", KEY_NONE, BUILD_LZX, 0x10000, 0x82000000},
    {"retail-plain", KEY_RETAIL, BUILD_PLAIN, 0x1000, 0x92000000},
    {"retail-basic", KEY_RETAIL, BUILD_BASIC, 0x1000, 0x92000000},
    {"retail-lzx", KEY_RETAIL, BUILD_LZX, 0x10000, 0x82000000},
    {"devkit-plain", KEY_DEVKIT, BUILD_PLAIN, 0x1000, 0x92000000},
    {"devkit-basic", KEY_DEVKIT, BUILD_BASIC, 0x1000, 0x92000000},
    {"devkit-lzx", KEY_DEVKIT, BUILD_LZX, 0x1000, 0x92000000},
    {"xex1-retail-basic", KEY_XEX1_RETAIL, BUILD_BASIC, 0x1000, 0x92000000},
    {"xex1-devkit-lzx", KEY_XEX1_DEVKIT, BUILD_LZX, 0x1000, 0x92000000},
    {"unknown-basic", KEY_UNKNOWN, BUILD_BASIC, 0x1000, 0x92000000},
    {"unknown-lzx", KEY_UNKNOWN, BUILD_LZX, 0x1000, 0x92000000},
};
const size_t build_xex_kind_count = sizeof(build_xex_kinds) / sizeof(build_xex_kinds[0]);

const struct build_xex *build_xex_find(const char *name)
{
    for (size_t i = 0; i < build_xex_kind_count; i++)
        if (strcmp(build_xex_kinds[i].name, name) == 0)
            return &build_xex_kinds[i];
    return NULL;
}

const uint8_t *build_xex_key(enum build_key key)
{
    return keys[key];
}

/* Words as the bytes of an edit: big-endian, and as a PE header has them. */
#define BE(w) (uint8_t)((w) >> 24), (uint8_t)((w) >> 16), (uint8_t)((w) >> 8), (uint8_t)(w)
#define LE(w) (uint8_t)(w), (uint8_t)((w) >> 8), (uint8_t)((w) >> 16), (uint8_t)((w) >> 24)
#define PE    (BUILD_IMAGE_PE + 24) /* the optional header */

const struct edit build_xex_functions[BUILD_FUNCTIONS] = {
    {EDIT_IMAGE, PE, {0x0B, 0x01}, 2},
    {EDIT_IMAGE, PE + 92, {16}, 4},
    {EDIT_IMAGE, PE + 96 + 8 * 3, {LE(BUILD_IMAGE_UNWIND), LE(7 * 8)}, 8},
    {EDIT_IMAGE,
     BUILD_IMAGE_UNWIND,
     {BE(0x92001030), BE(0x40000400), BE(0x92001040), BE(0x40000201), BE(0x92001044),
      BE(0x40000100), BE(0x92001048), BE(0x40000000), BE(0x92002000), BE(0x40000100),
      BE(0x92001050), BE(0x7FFFFF00), BE(0x92001060), BE(0xC0000402)},
     7 * 8},
    {EDIT_IMAGE, 0x1060, {BE(0x480000A1), BE(0x4BFFFFE1), BE(0x4BFFF399)}, 12},
};

struct building {
    const struct build_xex *kind;
    const struct edit *edits;
    size_t edit_count;
    uint8_t *image;
    size_t image_size;
    uint8_t headers[BUILD_HEADERS_SIZE];
    uint8_t *body; /* room for 1.5 images */
    size_t body_size;
};

static void apply(const struct building *b, enum edit_where where, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < b->edit_count; i++)
        if (b->edits[i].where == where) {
            assert(b->edits[i].offset + b->edits[i].size <= size);
            memcpy(bytes + b->edits[i].offset, b->edits[i].bytes, b->edits[i].size);
        }
}

static void sha1(const void *bytes, size_t size, uint8_t *digest)
{
    gcry_md_hash_buffer(GCRY_MD_SHA1, digest, bytes, size);
}

static void le16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void le32(uint8_t *at, uint32_t value)
{
    le16(at, (uint16_t)value);
    le16(at + 2, (uint16_t)(value >> 16));
}

static void words(uint8_t *at, const uint32_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        xe_store_be32(at + 4 * i, values[i]);
}

#define WORDS(at, ...)                                                                             \
    words((at), (const uint32_t[]){__VA_ARGS__},                                                   \
          sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* --- the image --- */

static void fill_pe(struct building *b)
{
    static const char *const names[] = {".rdata", ".text", ".data", ".rsrc"};
    uint8_t *pe = b->image + 0x80;

    memcpy(b->image, "MZ", 2);
    le32(b->image + 0x3C, 0x80);
    memcpy(pe, "PE\0\0", 4);
    le16(pe + 4, 0x1F2);
    le16(pe + 6, BUILD_PAGES);
    le16(pe + 20, 0xE0);
    for (uint32_t i = 0; i < BUILD_PAGES; i++) {
        uint8_t *section = pe + 24 + 0xE0 + 40 * i;

        memcpy(section, names[i], strlen(names[i]));
        le32(section + 12, i ? i * b->kind->page_size : 0x400);
    }
}

static void thunk(struct building *b, uint32_t at, uint32_t library_and_ordinal)
{
    WORDS(b->image + b->kind->page_size + at, 0x01000000 | library_and_ordinal,
          0x02000000 | library_and_ordinal, 0x7D6903A6, 0x4E800420);
}

/* Import words: xboxkrnl 0x0D function, 0x1AE variable; xam 0x3D1 function, 5 a thunk alone. */
static void fill_imports(struct building *b)
{
    WORDS(b->image + BUILD_IMAGE_SLOTS, 0x0000000D, 0x000001AE, 0x000103D1);
    thunk(b, 0x00, 0x0000000D);
    thunk(b, 0x10, 0x000103D1);
    thunk(b, 0x20, 0x00010005);
}

/* Ordinals 1 and 3; 3 is named "third", and 4 exists by name only. */
static void fill_exports(struct building *b)
{
    uint8_t *dir = b->image + BUILD_IMAGE_NAMES;
    uint32_t page = b->kind->page_size;

    WORDS(b->image + BUILD_IMAGE_TABLE, 0x48000000, 0x00485645, 0x48000000, 0, 0, 0, 0, 0,
          b->kind->base >> 16, 3, 1, page + 0x40, 0, page + 0x48);
    le32(dir + 0x10, 1);
    le32(dir + 0x14, 4);
    le32(dir + 0x18, 2);
    le32(dir + 0x1C, 0x40);
    le32(dir + 0x20, 0x50);
    le32(dir + 0x24, 0x58);
    le32(dir + 0x40, page + 0x40);
    le32(dir + 0x48, page + 0x48);
    le32(dir + 0x4C, page + 0x4C);
    le32(dir + 0x50, 0x60);
    le32(dir + 0x54, 0x68);
    le16(dir + 0x58, 2);
    le16(dir + 0x5A, 3);
    memcpy(dir + 0x60, "third", 5);
    memcpy(dir + 0x68, "fourth", 6);
}

static void fill_image(struct building *b)
{
    b->image_size = BUILD_PAGES * (size_t)b->kind->page_size;
    b->image = calloc(1, b->image_size);
    b->body = calloc(2, b->image_size);
    assert(b->image && b->body);
    fill_pe(b);
    fill_imports(b);
    fill_exports(b);
    for (uint32_t i = 0; i < 0x100; i++) {
        b->image[2 * b->kind->page_size + i] = (uint8_t)(i * 7);
        b->image[3 * b->kind->page_size + i] = (uint8_t)(i ^ 0x5A);
    }
    xe_store_be32(b->image + b->kind->page_size + 0x40, 0x4E800020); /* blr: the entry */
    apply(b, EDIT_IMAGE, b->image, b->image_size);
}

/* --- the headers --- */

static void fill_import_tables(struct building *b)
{
    uint8_t *at = b->headers + BUILD_IMPORTS, *kernel = at + 12 + 24, *xam = kernel + 0x28 + 12;
    uint32_t base = b->kind->base, code = base + b->kind->page_size;
    uint32_t slots = base + BUILD_IMAGE_SLOTS;

    WORDS(at, 12 + 24 + 0x28 + 12 + 0x28 + 12, 24, 2);
    memcpy(at + 12, "xboxkrnl.exe", 12);
    memcpy(at + 28, "xam.xex", 7);
    WORDS(kernel, 0x28 + 12, 0, 0, 0, 0, 0, 0x45DC17E0, 0x20530800, 0x20074500, 0x00000003, slots,
          code, slots + 4);
    WORDS(xam, 0x28 + 12, 0, 0, 0, 0, 0, 0xFCA15C76, 0x20530800, 0x20074500, 0x00010003, slots + 8,
          code + 0x10, code + 0x20);
    sha1(xam + 4, 0x28 + 12 - 4, kernel + 4);
    sha1(kernel + 4, 0x28 + 12 - 4, b->headers + BUILD_SECURITY + 0x12C);
}

static void fill_format(struct building *b)
{
    static const uint8_t kinds[] = {[BUILD_PLAIN] = 0, [BUILD_BASIC] = 1, [BUILD_LZX] = 2};
    static const uint8_t sizes[] = {[BUILD_PLAIN] = 8, [BUILD_BASIC] = 24, [BUILD_LZX] = 36};
    uint8_t *at = b->headers + BUILD_FORMAT;

    WORDS(at, sizes[b->kind->compression],
          (uint32_t)(b->kind->key != KEY_NONE) << 16 | kinds[b->kind->compression]);
    if (b->kind->compression == BUILD_LZX)
        xe_store_be32(at + 8, 0x8000);
}

static void fill_optional(struct building *b)
{
    uint32_t base = b->kind->base, page = b->kind->page_size;
    uint8_t *h = b->headers;

    WORDS(h, 0x58455832, 1, BUILD_HEADERS_SIZE, 0, BUILD_SECURITY, 14);
    WORDS(h + 0x18, 0x000002FF, BUILD_RESOURCES, 0x000003FF, BUILD_FORMAT, 0x00010100,
          base + page + 0x40, 0x00010201, base, 0x000103FF, BUILD_IMPORTS, 0x000183FF, BUILD_NAME,
          0x00020104, BUILD_TLS, 0x00020200, 0x40000, 0x00020401, 0x100000, 0x00030000, 0x41,
          0x00030100, 0x2, 0x00040006, BUILD_EXECUTION, 0x00040201, 0x1234, 0x00E10402,
          BUILD_EXPORT_NAMES);
    WORDS(h + BUILD_RESOURCES, 20, 0x52455331, 0, base + 3 * page, 0x100);
    WORDS(h + BUILD_TLS, 0x40, base + 2 * page, 0x80, 0x40);
    WORDS(h + BUILD_EXECUTION, 0x11111111, 0x20000100, 0x20000000, 0x58450001, 0x02000101,
          0x22222222);
    xe_store_be32(h + BUILD_NAME, 4 + 12);
    memcpy(h + BUILD_NAME + 4, "builder.exe", 11);
    WORDS(h + BUILD_EXPORT_NAMES, BUILD_IMAGE_NAMES, 0x80);
}

static void encrypt(int mode, const uint8_t *key, uint8_t *bytes, size_t size)
{
    static const uint8_t zero[16];
    gcry_cipher_hd_t cipher;

    assert(!gcry_cipher_open(&cipher, GCRY_CIPHER_AES128, mode, 0));
    assert(!gcry_cipher_setkey(cipher, key, 16));
    if (mode == GCRY_CIPHER_MODE_CBC)
        assert(!gcry_cipher_setiv(cipher, zero, 16));
    assert(!gcry_cipher_encrypt(cipher, bytes, size, NULL, 0));
    gcry_cipher_close(cipher);
}

/* Page descriptors, their hash chain made from the last one back. */
static void fill_descriptors(struct building *b)
{
    static const uint8_t kinds[BUILD_PAGES] = {3, 1, 2, 3};
    uint8_t next[SHA1_SIZE] = {0};
    size_t page = b->kind->page_size;
    uint8_t *joined = malloc(page + 24);

    assert(joined);
    for (int i = BUILD_PAGES - 1; i >= 0; i--) {
        uint8_t *entry = b->headers + BUILD_DESCRIPTORS + 24 * i;

        xe_store_be32(entry, 1u << 4 | kinds[i]);
        memcpy(entry + 4, next, SHA1_SIZE);
        memcpy(joined, b->image + i * page, page);
        memcpy(joined + page, entry, 24);
        sha1(joined, page + 24, next);
    }
    memcpy(b->headers + BUILD_SECURITY + 0x114, next, SHA1_SIZE);
    free(joined);
}

static void fill_security(struct building *b)
{
    uint8_t *s = b->headers + BUILD_SECURITY;

    WORDS(s, 0x184 + 24 * BUILD_PAGES, (uint32_t)b->image_size);
    WORDS(s + 0x108, 0x174, b->kind->page_size == 0x1000 ? 0x10000000 : 0, b->kind->base);
    xe_store_be32(s + 0x128, 2);
    memcpy(s + 0x150, session_key, 16);
    if (b->kind->key != KEY_NONE)
        encrypt(GCRY_CIPHER_MODE_ECB, keys[b->kind->key], s + 0x150, 16);
    xe_store_be32(s + 0x160, b->kind->base + BUILD_IMAGE_TABLE);
    WORDS(s + 0x178, 0xFFFFFFFF, 0x00000405, BUILD_PAGES);
    fill_descriptors(b);
}

static void hash_headers(struct building *b)
{
    size_t from = BUILD_SECURITY + 0x17C, tail = BUILD_HEADERS_SIZE - from;
    uint8_t joined[BUILD_HEADERS_SIZE];

    memcpy(joined, b->headers + from, tail);
    memcpy(joined + tail, b->headers, BUILD_SECURITY + 8);
    sha1(joined, tail + BUILD_SECURITY + 8, b->headers + BUILD_SECURITY + 0x164);
}

/* --- the body --- */

static void add_body(struct building *b, const void *bytes, size_t n)
{
    memcpy(b->body + b->body_size, bytes, n);
    b->body_size += n;
}

/* Two blocks: up to the end of the TLS template, zeros for the rest of its page; the resource. */
static void pack_basic(struct building *b)
{
    uint32_t page = b->kind->page_size, first = 2 * page + 0x100;

    WORDS(b->headers + BUILD_FORMAT + 8, first, page - 0x100, 0x100, 0);
    add_body(b, b->image, first);
    add_body(b, b->image + 3 * page, 0x100);
}

/* One LZX block: room for the next one's head, chunks for frames [from, to), an end mark. */
static void add_block(struct building *b, const struct lzx_writer *w, unsigned from, unsigned to)
{
    static const uint8_t zero[24];

    add_body(b, zero, 24);
    for (unsigned i = from; i < to; i++) {
        size_t start = i ? w->frame_end[i - 1] : 0, n = w->frame_end[i] - start;
        uint8_t length[2];

        xe_store_be16(length, (uint16_t)n);
        add_body(b, length, 2);
        add_body(b, w->bytes + start, n);
    }
    add_body(b, zero, 2);
}

/* One frame goes into one block; more into two, so that a chain is followed. */
static void pack_lzx(struct building *b)
{
    struct lzx_writer *w = malloc(sizeof(*w));
    uint8_t *format = b->headers + BUILD_FORMAT;
    size_t first_size;

    assert(w);
    lzx_write_all(w, b->image, b->image_size);
    add_block(b, w, 0, (w->frames + 1) / 2);
    first_size = b->body_size;
    if (w->frames > 1) {
        add_block(b, w, (w->frames + 1) / 2, w->frames);
        xe_store_be32(b->body, (uint32_t)(b->body_size - first_size));
        sha1(b->body + first_size, b->body_size - first_size, b->body + 4);
    }
    apply(b, EDIT_BLOCK, b->body, first_size);
    xe_store_be32(format + 12, (uint32_t)first_size);
    sha1(b->body, first_size, format + 16);
    free(w);
}

static void fill_body(struct building *b)
{
    if (b->kind->compression == BUILD_PLAIN)
        add_body(b, b->image, b->image_size);
    else if (b->kind->compression == BUILD_BASIC)
        pack_basic(b);
    else
        pack_lzx(b);
    b->body_size = (b->body_size + 15) & ~(size_t)15;
    if (b->kind->key != KEY_NONE)
        encrypt(GCRY_CIPHER_MODE_CBC, session_key, b->body, b->body_size);
}

uint8_t *build_xex(const struct build_xex *kind, const struct edit *edits, size_t edit_count,
                   size_t *ret_size)
{
    struct building b = {.kind = kind, .edits = edits, .edit_count = edit_count};
    uint8_t *file;

    gcry_check_version(NULL);
    fill_image(&b);
    fill_optional(&b);
    fill_import_tables(&b);
    fill_format(&b);
    fill_security(&b);
    fill_body(&b);
    hash_headers(&b);
    *ret_size = BUILD_HEADERS_SIZE + b.body_size;
    file = malloc(*ret_size);
    assert(file);
    memcpy(file, b.headers, BUILD_HEADERS_SIZE);
    memcpy(file + BUILD_HEADERS_SIZE, b.body, b.body_size);
    apply(&b, EDIT_FILE, file, *ret_size);
    free(b.image);
    free(b.body);
    return file;
}
