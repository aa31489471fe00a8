/* STFS packages. Tables and blocks are laid out in one pass, tables in front of what they cover;
 * hashes follow from below. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK  0x1000u
#define FAN    170u
#define SQUARE (FAN * FAN)
#define END    0xFFFFFFu

struct volume {
    uint8_t *base; /* where the first table is */
    unsigned flags;
    uint32_t blocks, copies, levels;
    uint64_t *place;    /* of each block, in blocks          */
    uint64_t *table[3]; /* of each table, first copy        */
    uint32_t *next;     /* what follows a block in its chain */
};

static uint32_t blocks_of(uint64_t size)
{
    return (uint32_t)((size + BLOCK - 1) / BLOCK);
}

/* One behind the other. Returns how many blocks it all takes. */
static uint64_t lay_out(struct volume *v)
{
    uint64_t at = 0;

    for (uint32_t n = 0; n < v->blocks; n++) {
        if (n == FAN)
            v->table[1][0] = at, at += v->copies;
        if (n == SQUARE)
            v->table[2][0] = at, at += v->copies;
        if (n && n % SQUARE == 0)
            v->table[1][n / SQUARE] = at, at += v->copies;
        if (n % FAN == 0)
            v->table[0][n / FAN] = at, at += v->copies;
        v->place[n] = at++;
    }
    return at;
}

static uint8_t *block(const struct volume *v, uint32_t n)
{
    return v->base + v->place[n] * BLOCK;
}

/* Is the second copy of this table the one that counts? */
static bool is_second(const struct volume *v, uint32_t level, uint32_t number)
{
    if (v->copies == 1)
        return false;
    return level + 1 == v->levels ? v->flags & BUILD_SECOND_ROOT : number % 2;
}

static uint8_t *table(const struct volume *v, uint32_t level, uint32_t number)
{
    return v->base + (v->table[level][number] + is_second(v, level, number)) * BLOCK;
}

/* The other copy is what it never should be read for. */
static void spoil_other(const struct volume *v, uint32_t level, uint32_t number)
{
    if (v->copies == 2)
        memset(v->base + (v->table[level][number] + !is_second(v, level, number)) * BLOCK, 0xEE,
               BLOCK);
}

static void write_tables(const struct volume *v)
{
    uint32_t below = v->blocks;

    for (uint32_t level = 0; level < v->levels; level++) {
        for (uint32_t n = 0; n < below; n++) {
            uint8_t *entry = table(v, level, n / FAN) + n % FAN * 0x18;

            build_sha1(level ? table(v, level - 1, n) : block(v, n), BLOCK, entry);
            build_be32(entry + 20, !level                       ? 0x80000000u | v->next[n]
                                   : is_second(v, level - 1, n) ? 0x40000000u
                                                                : 0);
        }
        below = (below + FAN - 1) / FAN;
        for (uint32_t n = 0; n < below; n++)
            spoil_other(v, level, n);
    }
}

/* ---- files ---------------------------------------------------------------------------------- */

static uint32_t parent_of(const struct build_file *files, size_t i, size_t *ret_prefix)
{
    const char *path = files[i].path;
    size_t length = strlen(path);
    uint32_t best = 0xFFFF;

    *ret_prefix = 0;
    for (size_t at = 0; at + 1 < length; at++)
        if (path[at] == '/')
            *ret_prefix = at + 1;
    for (size_t j = 0; *ret_prefix && j < i; j++)
        if (strlen(files[j].path) == *ret_prefix && !strncmp(files[j].path, path, *ret_prefix))
            best = (uint32_t)j;
    return best;
}

static void write_entry(struct volume *v, const struct build_file *files, size_t i, uint32_t first)
{
    uint8_t *entry = block(v, (uint32_t)(i / 64)) + i % 64 * 0x40;
    const struct build_file *file = &files[i];
    size_t prefix, length;
    uint32_t parent = parent_of(files, i, &prefix), count = blocks_of(file->size);
    bool folder = file->path[strlen(file->path) - 1] == '/';

    length = strlen(file->path) - prefix - folder;
    memcpy(entry, file->path + prefix, length);
    entry[0x28] = (uint8_t)(length | (folder ? 0x80 : v->flags & BUILD_BACKWARDS ? 0 : 0x40));
    build_le32(entry + 0x29, count);
    build_le32(entry + 0x2C, count);
    build_le32(entry + 0x2F, first);
    entry[0x32] = (uint8_t)(parent >> 8);
    entry[0x33] = (uint8_t)parent;
    build_be32(entry + 0x34, (uint32_t)file->size);
    build_be32(entry + 0x38, 0x3E8D6000); /* 2011-04-13, 12:00:00 */
    build_be32(entry + 0x3C, 0x3E8D6000);
}

/* Its blocks are [from, from + count), in order or backwards. */
static void write_file(struct volume *v, const struct build_file *file, uint32_t from)
{
    uint32_t count = blocks_of(file->size);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = v->flags & BUILD_BACKWARDS ? from + count - 1 - i : from + i;
        uint64_t left = file->size - (uint64_t)i * BLOCK;

        if (file->bytes)
            memcpy(block(v, n), (const uint8_t *)file->bytes + (uint64_t)i * BLOCK,
                   left < BLOCK ? left : BLOCK);
        v->next[n] = i + 1 == count ? END : v->flags & BUILD_BACKWARDS ? n - 1 : n + 1;
    }
}

static void write_files(struct volume *v, const struct build_file *files, size_t count,
                        uint32_t listing)
{
    uint32_t at = listing;

    for (uint32_t i = 0; i < listing; i++)
        v->next[i] = i + 1 == listing ? END : i + 1;
    for (size_t i = 0; i < count; i++) {
        uint32_t blocks = blocks_of(files[i].size);

        write_entry(v, files, i, !blocks ? 0 : v->flags & BUILD_BACKWARDS ? at + blocks - 1 : at);
        write_file(v, &files[i], at);
        at += blocks;
    }
}

static void write_descriptor(const struct volume *v, uint8_t *d, uint32_t listing)
{
    d[2] = (uint8_t)((v->copies == 1) | (v->flags & BUILD_SECOND_ROOT ? 2 : 0));
    d[3] = (uint8_t)listing;
    d[4] = (uint8_t)(listing >> 8);
    build_sha1(table(v, v->levels - 1, 0), BLOCK, d + 8);
    build_be32(d + 0x1C, v->blocks);
}

void build_stfs(struct built *ret, const struct build_package *package, unsigned flags,
                const struct build_file *files, size_t count)
{
    struct volume v = {.flags = flags, .copies = flags & BUILD_WRITABLE ? 2 : 1};
    uint32_t listing = (uint32_t)((count + 63) / 64);
    uint64_t data;

    v.blocks = listing;
    for (size_t i = 0; i < count; i++)
        v.blocks += blocks_of(files[i].size);
    v.levels = 1 + (v.blocks > FAN) + (v.blocks > SQUARE);
    v.place = calloc(v.blocks, sizeof(*v.place));
    v.next = calloc(v.blocks, sizeof(*v.next));
    for (uint32_t level = 0; level < 3; level++)
        v.table[level] = calloc(v.blocks / FAN + 2, sizeof(*v.table[level]));
    built_begin(ret, 0x20000 + (lay_out(&v) + 2) * (uint64_t)BLOCK);
    data = build_head(ret->bytes, package, 0);
    v.base = ret->bytes + data;
    write_files(&v, files, count, listing);
    write_tables(&v);
    write_descriptor(&v, ret->bytes + 0x379, listing);
    build_seal(ret->bytes);
    ret->size = data + (v.place[v.blocks - 1] + 1) * BLOCK;
    free(v.place);
    free(v.next);
    for (uint32_t level = 0; level < 3; level++)
        free(v.table[level]);
}
