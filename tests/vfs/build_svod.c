/* SVOD packages: a disc's sectors, in pairs, with a table in front of each 204 pairs and another in
 * front of each 203 of those; hashes chain the files from the last to the first. */
#include "build.h"

#include <string.h>

#define BLOCK       0x1000u
#define PAIRS       204u
#define GROUPS      203u
#define FILE_PAIRS  (PAIRS * GROUPS)
#define VOLUME_AT   0x10000u
#define SINGLE_FILE 1

struct writer {
    const uint8_t *from; /* what is left of the disc */
    uint64_t pairs;
};

/* One data file's; returns its size. */
static uint64_t write_data(struct writer *w, uint8_t *file)
{
    static const uint8_t zeros[BLOCK];
    uint64_t at = BLOCK;
    uint8_t *table = NULL;

    for (uint32_t i = 0; i < FILE_PAIRS && w->pairs; i++, w->pairs--, w->from += BLOCK) {
        if (i % PAIRS == 0) {
            table = file + at;
            at += BLOCK;
        }
        if (memcmp(w->from, zeros, BLOCK)) /* the file stays as sparse as the disc */
            memcpy(file + at, w->from, BLOCK);
        build_sha1(file + at, BLOCK, table + i % PAIRS * 20);
        at += BLOCK;
    }
    for (uint32_t i = 0; BLOCK + i * (uint64_t)(PAIRS + 1) * BLOCK < at; i++)
        build_sha1(file + BLOCK + i * (uint64_t)(PAIRS + 1) * BLOCK, BLOCK, file + i * 20);
    return at;
}

void build_svod(struct built_svod *ret, const struct build_package *package,
                enum build_svod_kind kind, const struct built *disc)
{
    uint64_t skip = kind == BUILD_SVOD_DISC ? 0 : VOLUME_AT, data;
    struct writer w = {disc->bytes + skip, (disc->size - skip + BLOCK - 1) / BLOCK};
    uint8_t *d;

    built_begin(&ret->head,
                0x20000 + (kind == BUILD_SVOD_SINGLE ? disc->size + disc->size / 64 : 0));
    data = build_head(ret->head.bytes, package, 1);
    d = ret->head.bytes + 0x379;
    ret->head.size = data;
    ret->count = 0;
    if (kind == BUILD_SVOD_SINGLE)
        ret->head.size += write_data(&w, ret->head.bytes + data);
    while (w.pairs) {
        struct built *file = &ret->data[ret->count++];

        built_begin(file, 0xA290000);
        file->size = write_data(&w, file->bytes);
    }
    for (size_t i = ret->count; i-- > 1;)
        build_sha1(ret->data[i].bytes, BLOCK, ret->data[i - 1].bytes + GROUPS * 20);
    build_sha1(ret->count ? ret->data[0].bytes : ret->head.bytes + data, BLOCK, d + 4);
    if (kind != BUILD_SVOD_DISC) {
        d[0x18] = 0x40;
        d[0x1C] = 17; /* sector 32 is the first: 2 * 17 less 2 */
    }
    build_be32(ret->head.bytes + 0x39D, ret->count ? (uint32_t)ret->count : SINGLE_FILE);
    build_seal(ret->head.bytes);
}

void built_svod_fini(struct built_svod *svod)
{
    built_fini(&svod->head);
    for (size_t i = 0; i < svod->count; i++)
        built_fini(&svod->data[i]);
}
