/* Discs: descriptor, then each folder's table, then the files, one behind the other. */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct item {
    const struct build_file *file;
    const char *name;
    size_t length;
    uint32_t sector, size; /* of the folder's table, or of the file */
    uint32_t at;           /* of its entry within its folder's table */
};

struct disc {
    uint8_t *partition;
    uint32_t next; /* free sector */
    const struct build_file *files;
    struct item *items; /* of all files */
    size_t count;
};

static bool is_folder(const struct build_file *file)
{
    return file->path[strlen(file->path) - 1] == '/';
}

static int by_name(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
    size_t least = x->length < y->length ? x->length : y->length;
    int order = strncasecmp(x->name, y->name, least);

    return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* The entries of a folder ("": the root), sorted. */
static size_t children(struct disc *disc, const char *folder, struct item **ret)
{
    size_t n = 0, prefix = strlen(folder);

    for (size_t i = 0; i < disc->count; i++) {
        const char *path = disc->files[i].path, *slash;

        if (strncmp(path, folder, prefix) || !path[prefix])
            continue;
        slash = strchr(path + prefix, '/');
        if (slash && slash[1])
            continue;
        disc->items[i].name = path + prefix;
        disc->items[i].length = strlen(path + prefix) - (slash != NULL);
        ret[n++] = &disc->items[i];
    }
    qsort(ret, n, sizeof(*ret), by_name);
    return n;
}

static uint32_t sectors(uint64_t size)
{
    return (uint32_t)((size + BUILD_SECTOR - 1) / BUILD_SECTOR);
}

/* The middle one first, then each half: where everything goes, and how long that is. */
static uint32_t place_half(struct item **items, size_t count, uint32_t at)
{
    size_t middle = count / 2;
    uint32_t size;

    if (!count)
        return at;
    size = (uint32_t)(14 + items[middle]->length + 3) & ~3u;
    if (at % BUILD_SECTOR + size > BUILD_SECTOR)
        at = sectors(at) * BUILD_SECTOR;
    items[middle]->at = at;
    at = place_half(items, middle, at + size);
    return place_half(items + middle + 1, count - middle - 1, at);
}

static void write_half(uint8_t *table, struct item **items, size_t count)
{
    size_t middle = count / 2, rest = count - middle - 1;
    struct item *item;
    uint8_t *entry;
    uint32_t left, right;

    if (!count)
        return;
    item = items[middle];
    entry = table + item->at;
    left = middle ? items[middle / 2]->at / 4 : 0;
    right = rest ? items[middle + 1 + rest / 2]->at / 4 : 0;
    build_le32(entry, left | right << 16);
    build_le32(entry + 4, item->sector);
    build_le32(entry + 8, item->size);
    entry[12] = is_folder(item->file) ? 0x10 : 0x80;
    entry[13] = (uint8_t)item->length;
    memcpy(entry + 14, item->name, item->length);
    write_half(table, items, middle);
    write_half(table, items + middle + 1, rest);
}

/* Folders within get their tables first, files their sectors, then the table can be written. */
static void build_folder(struct disc *disc, const char *folder, uint32_t *ret_sector,
                         uint32_t *ret_size)
{
    struct item **items = calloc(disc->count + 1, sizeof(*items));
    size_t count = children(disc, folder, items);
    uint32_t size = sectors(place_half(items, count, 0)) * BUILD_SECTOR;
    uint32_t sector = disc->next;

    disc->next += sectors(size);
    memset(disc->partition + (uint64_t)sector * BUILD_SECTOR, 0xFF, size);
    for (size_t i = 0; i < count; i++) {
        struct item *item = items[i];

        if (is_folder(item->file)) {
            build_folder(disc, item->file->path, &item->sector, &item->size);
            item->name = item->file->path + strlen(folder);
            continue;
        }
        item->sector = disc->next;
        item->size = (uint32_t)item->file->size;
        disc->next += sectors(item->size);
        if (item->file->bytes)
            memcpy(disc->partition + (uint64_t)item->sector * BUILD_SECTOR, item->file->bytes,
                   item->size);
    }
    write_half(disc->partition + (uint64_t)sector * BUILD_SECTOR, items, count);
    free(items);
    *ret_sector = sector;
    *ret_size = size;
}

void build_gdfx(struct built *ret, const struct build_file *files, size_t count, uint64_t partition)
{
    static const char magic[] = "MICROSOFT*XBOX*MEDIA";
    struct disc disc = {.next = 33, .files = files, .count = count};
    uint64_t room = partition + 0x100000 + count * 0x200;
    uint32_t root, size;
    uint8_t *descriptor;

    for (size_t i = 0; i < count; i++)
        room += files[i].size + BUILD_SECTOR;
    built_begin(ret, room);
    disc.partition = ret->bytes + partition;
    disc.items = calloc(count + 1, sizeof(*disc.items));
    for (size_t i = 0; i < count; i++)
        disc.items[i].file = &files[i];
    build_folder(&disc, "", &root, &size);
    descriptor = disc.partition + 32 * BUILD_SECTOR;
    memcpy(descriptor, magic, 20);
    build_le32(descriptor + 0x14, root);
    build_le32(descriptor + 0x18, size);
    build_le32(descriptor + 0x1C, 0x4A0F0000); /* sometime in 2006 */
    build_le32(descriptor + 0x20, 0x01C60F2B);
    memcpy(descriptor + 0x7EC, magic, 20);
    ret->size = partition + (uint64_t)disc.next * BUILD_SECTOR;
    free(disc.items);
}
