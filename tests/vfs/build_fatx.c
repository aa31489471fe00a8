/* Volumes of hard disks: header, table of clusters, then folders and files as they come. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY 0x40u

struct volume {
    uint8_t *partition, *table, *data;
    uint32_t cluster, next; /* bytes of one; the next that is free */
    bool wide, scattered;
    const struct build_file *files;
    size_t count;
};

static void link_to(struct volume *v, uint32_t cluster, uint32_t next)
{
    uint8_t word[4];

    build_be32(word, next);
    if (v->wide)
        memcpy(v->table + cluster * 4, word, 4);
    else
        memcpy(v->table + cluster * 2, word + 2, 2);
}

/* A chain for so many bytes; scattered: with a hole in front of each second cluster, which stays.
 */
static uint32_t allocate(struct volume *v, uint64_t size, const uint8_t *bytes)
{
    uint32_t first = 0, last = 0;

    for (uint64_t at = 0; at < size; at += v->cluster) {
        uint64_t left = size - at;
        uint32_t cluster;

        v->next += v->scattered && at / v->cluster % 2;
        cluster = v->next++;
        if (last)
            link_to(v, last, cluster);
        else
            first = cluster;
        if (bytes)
            memcpy(v->data + (uint64_t)(cluster - 1) * v->cluster, bytes + at,
                   left < v->cluster ? left : v->cluster);
        last = cluster;
    }
    if (last)
        link_to(v, last, 0xFFFFFFFF);
    return first;
}

static void put_entry(uint8_t *entry, const char *name, size_t length, bool folder)
{
    memset(entry, 0xFF, ENTRY);
    entry[0] = (uint8_t)length;
    entry[1] = folder ? 0x10 : 0;
    memcpy(entry + 2, name, length);
    build_be32(entry + 0x30, 0);
    for (int i = 0; i < 3; i++)
        build_be32(entry + 0x34 + 4 * i, 0x35216800u + (uint32_t)i); /* 2006-09-01, 13:00:00 */
}

/* Is it in this folder itself? */
static bool is_in(const char *path, const char *folder)
{
    size_t prefix = strlen(folder);
    const char *slash;

    if (strncmp(path, folder, prefix) || !path[prefix])
        return false;
    slash = strchr(path + prefix, '/');
    return !slash || !slash[1];
}

static uint32_t build_folder(struct volume *v, const char *folder)
{
    uint8_t *table = calloc(v->count + 2, ENTRY), *entry = table;
    size_t prefix = strlen(folder);
    uint32_t first;

    memset(table, 0xFF, (v->count + 2) * ENTRY);
    put_entry(entry, "gone", 4, false);
    entry[0] = 0xE5; /* deleted */
    entry += ENTRY;
    for (size_t i = 0; i < v->count; i++) {
        const char *path = v->files[i].path;
        size_t length = strlen(path);
        bool is_folder = path[length - 1] == '/';

        if (!is_in(path, folder))
            continue;
        put_entry(entry, path + prefix, length - prefix - is_folder, is_folder);
        if (!is_folder)
            build_be32(entry + 0x30, (uint32_t)v->files[i].size);
        build_be32(entry + 0x2C, is_folder ? build_folder(v, path)
                                           : allocate(v, v->files[i].size, v->files[i].bytes));
        entry += ENTRY;
    }
    first = allocate(v, (size_t)(entry + ENTRY - table), table);
    free(table);
    return first;
}

void build_fatx(struct built *ret, const struct build_file *files, size_t count, uint64_t partition,
                const struct build_disk *disk)
{
    struct volume v = {.cluster = disk->sectors * 0x200,
                       .next = 1,
                       .scattered = disk->scattered,
                       .files = files,
                       .count = count};
    uint64_t clusters = disk->size / v.cluster, table;

    v.wide = clusters >= 0xFFF0;
    table = (clusters * (v.wide ? 4 : 2) + 0xFFF) / 0x1000 * 0x1000;
    built_begin(ret, partition + disk->size + 0x1000);
    v.partition = ret->bytes + partition;
    v.table = v.partition + 0x1000;
    v.data = v.table + table;
    link_to(&v, 0, 0xFFFFFFF8);
    memcpy(v.partition, "XTAF", 4);
    build_be32(v.partition + 4, 0x12345678);
    build_be32(v.partition + 8, disk->sectors);
    build_be32(v.partition + 12, build_folder(&v, ""));
    ret->size = partition + disk->size;
}
