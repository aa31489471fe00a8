/* Any bytes as a container: opened as what they look like, gone through, read, verified. Built so
 * that every hash matches, so that changed bytes reach what is behind the hashes. */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "tests/support/fuzz.h"
#include "vfs/source.h"
#include "vfs/stfs.h"
#include "vfs/svod.h"

const int fuzz_rounds = 1000;

#define ENTRIES_MAX 500
#define PIECE       0x3001

/* The input, as a file of a source. */
struct input {
    struct xe_vfs_source source;
    const uint8_t *data;
    size_t size;
};

static enum xe_vfs_result input_read(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                     void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    const struct input *input = (struct input *)source;
    size_t left = offset < input->size ? input->size - (size_t)offset : 0;

    (void)file, (void)err;
    *ret_got = n < left ? n : left;
    memcpy(buffer, input->data + (left ? offset : 0), *ret_got);
    return XE_VFS_OK;
}

static const struct xe_vfs_source_type input_type = {.name = "input", .read = input_read};

/* A file is read at its beginning, its end, and in pieces as far as there are many. */
static void read_file(struct xe_vfs_source *source, const struct xe_vfs_entry *entry)
{
    static uint8_t piece[PIECE];
    size_t got = 1;

    for (uint64_t at = 0; got && at < 8 * PIECE; at += got)
        if (source->type->read(source, entry->id, at, piece, PIECE, &got, NULL) != XE_VFS_OK)
            break;
    source->type->read(source, entry->id, entry->size - 1, piece, PIECE, &got, NULL);
}

static void visit(struct xe_vfs_source *source, uint64_t folder, int *left)
{
    struct xe_vfs_entry entry, found;
    const char *after = NULL;
    char name[XE_VFS_NAME_MAX + 1];

    while (source->type->next(source, folder, after, &entry, NULL) == XE_VFS_OK && --*left > 0) {
        memcpy(name, entry.name, sizeof(name));
        after = name;
        if (source->type->find(source, folder, name, strlen(name), &found, NULL) != XE_VFS_OK ||
            found.id != entry.id)
            abort();
        if (entry.attributes & XE_VFS_FOLDER)
            visit(source, entry.id, left);
        else
            read_file(source, &entry);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {{&input_type}, data, size};
    const struct xe_vfs_entry entry = {.size = size};
    struct xe_container_hashes hashes;
    struct xe_vfs_source *source;
    struct xe_vfs_bytes bytes;
    int left = ENTRIES_MAX;

    xe_vfs_bytes_of_file(&input.source, &entry, &bytes);
    source = xe_vfs_container_open(&bytes, NULL, XE_VFS_ROOT, "input", NULL);
    if (!source)
        return 0;
    visit(source, XE_VFS_ROOT, &left);
    if (!strcmp(source->type->name, "svod"))
        xe__svod_verify(source, NULL, &hashes);
    if (!strcmp(source->type->name, "stfs") && size < 0x100000)
        xe__stfs_verify(source, NULL, &hashes);
    source->type->close(source);
    return 0;
}

/* ---- seeds and changes ---------------------------------------------------------------------- */

/* Where a container says what is where: the rest is bytes of files, and zeros. */
static const struct {
    size_t from, size;
} dense[] = {
    {0x0, 0x10},      {0x1000, 0x40},   {0x2000, 0x800},  {0x340, 0x80},    {0x379, 0x24},
    {0xA000, 0x400},  {0xB000, 0x300},  {0xC000, 0x30},   {0xC800, 0x200},  {0x10000, 0x30},
    {0x10800, 0x200}, {0x11000, 0x100}, {0xAB000, 0x100}, {0xAC000, 0x200}, {0xAD000, 0x100},
};
#define DENSE (sizeof(dense) / sizeof(dense[0]))

static uint32_t draw(unsigned *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static const uint8_t values[] = {0, 1, 2, 0x7F, 0x80, 0xFF, '/', '.'};
    uint32_t i = draw(&seed, DENSE);
    size_t at = dense[i].from + draw(&seed, (uint32_t)dense[i].size);

    (void)max;
    if (at < size && draw(&seed, 2))
        data[at] = values[draw(&seed, sizeof(values))];
    else if (at < size)
        data[at] = (uint8_t)draw(&seed, 256);
    return size;
}

static const struct build_file files[] = {
    {"default.xex", "title", 5},        {"media/", NULL, 0}, {"media/deep/", NULL, 0},
    {"media/deep/zeros", NULL, 0x3456}, {"media/a", "a", 1}, {"z", NULL, 0},
};
#define FILES (sizeof(files) / sizeof(files[0]))

/* More blocks than one table has. */
static const struct build_file more[] = {
    {"a", NULL, 0x1000 * 100}, {"b", NULL, 0x1000 * 100}, {"default.xex", "title", 5}};

static uint8_t *take(struct built *built, size_t *ret_size)
{
    uint8_t *bytes = malloc(built->size);

    memcpy(bytes, built->bytes, built->size);
    *ret_size = built->size;
    built_fini(built);
    return bytes;
}

static void seed_svod(struct built *ret)
{
    struct built_svod svod;
    struct built disc;

    build_gdfx(&disc, files, FILES, 0);
    build_svod(&svod, &build_plain, BUILD_SVOD_SINGLE, &disc);
    built_fini(&disc);
    *ret = svod.head;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    struct built built;

    if (i == 0)
        build_gdfx(&built, files, FILES, 0);
    else if (i < 4)
        build_stfs(&built, &build_plain,
                   (i & 1 ? BUILD_WRITABLE : 0) | (i & 2 ? BUILD_BACKWARDS : 0), files, FILES);
    else if (i == 4)
        build_stfs(&built, &build_plain, BUILD_BACKWARDS, more, 3);
    else if (i == 5)
        seed_svod(&built);
    else if (i < 8)
        build_fatx(&built, files, FILES, 0, &(struct build_disk){0x40000, 1 + i % 2, i % 2});
    else
        return NULL;
    return take(&built, ret_size);
}
