/* GDFX volumes. All folders are read when a volume is opened: a folder is a table of entries that
 * form a binary tree, and every table, entry and link is followed once at most, so hostile loops
 * end. A folder that contradicts itself stays, as damaged. A disc carries no checksums: what can be
 * known of its files is whether they lie inside the image.
 * Source: doc/containers.md tells where the layout is known from. */
#include "vfs/gdfx.h"

#include <inttypes.h>
#include <string.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/reader.h"
#include "vfs/catalog.h"

#define MAGIC       "MICROSOFT*XBOX*MEDIA"
#define MAGIC_SIZE  20u
#define TABLES_MAX  0x2000000u /* bytes of all folders: 50000 files have a tenth of it */
#define ENTRY_SIZE  14u        /* without the name */
#define NO_ENTRY    0xFFFFu
#define TABLE_ALIGN 4u

/* Where the partition of titles starts: a bare image, then whole discs of the three generations;
 * the last two are what other dumpers put in front of a partition. */
static const uint64_t partitions[] = {0, 0x18300000, 0xFD90000, 0x2080000, 0xFB20, 0x20600};
#define PARTITIONS (sizeof(partitions) / sizeof(partitions[0]))

struct gdfx {
    struct xe_vfs_source source;
    struct xe_vfs_bytes bytes; /* owned */
    struct xe__vfs_catalog catalog;
    struct xe__gdfx_place place;
    uint64_t created;
    uint8_t identity[XE_VFS_IDENTITY_SIZE];
};

/* Only while a volume is opened. */
struct opening {
    struct gdfx *gdfx;
    struct xe_map folders; /* sector -> the folder that has it, plus 1 */
    uint64_t tables;       /* bytes read for folders */
    gcry_md_hd_t hash;     /* of all that says what is where */
};

/* Of one folder's table, while it is walked through. */
struct table {
    uint8_t *bytes; /* owned */
    uint32_t size;
    uint64_t position;
    uint8_t *seen;  /* owned: a bit for each place where an entry may begin */
    uint32_t *todo; /* owned */
    size_t count, capacity;
};

bool xe__gdfx_is_at(const struct xe_vfs_bytes *bytes, uint64_t descriptor)
{
    char magic[MAGIC_SIZE];

    return xe_vfs_bytes_read(bytes, descriptor, magic, sizeof(magic), NULL) == XE_VFS_OK &&
           !memcmp(magic, MAGIC, MAGIC_SIZE);
}

static uint64_t sector_position(const struct gdfx *gdfx, uint32_t sector)
{
    return (uint64_t)((int64_t)sector * (int64_t)XE__GDFX_SECTOR + gdfx->place.base);
}

/* ---- a folder's table ----------------------------------------------------------------------- */

static bool push(struct table *table, uint32_t from, uint32_t at, struct xe_error *err)
{
    uint32_t bit = at / TABLE_ALIGN;

    if (at > table->size || ENTRY_SIZE > table->size - at)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64
                            ": a link to entry 0x%x, expected inside 0x%x bytes",
                            table->position + from, at, table->size);
    if (table->seen[bit / 8] & 1u << bit % 8)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64 ": a second link to entry 0x%x, expected a tree",
                            table->position + from, at);
    if (!xe_grow(&table->todo, &table->capacity, table->count, sizeof(*table->todo)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a folder");
    table->seen[bit / 8] |= (uint8_t)(1u << bit % 8);
    table->todo[table->count++] = at;
    return true;
}

static bool push_link(struct table *table, uint32_t from, uint16_t link, struct xe_error *err)
{
    return link == 0 || link == NO_ENTRY || push(table, from, link * TABLE_ALIGN, err);
}

static bool take_entry(struct opening *o, struct table *table, uint32_t folder, uint32_t at,
                       struct xe_error *err)
{
    struct xe_reader r = xe_reader_make(table->bytes, table->size);
    struct xe__vfs_item *node;
    uint16_t left, right;
    uint32_t sector, size;
    uint8_t attributes, length;
    const uint8_t *name;

    xe_reader_seek(&r, at);
    left = xe_reader_le16(&r);
    right = xe_reader_le16(&r);
    sector = xe_reader_le32(&r);
    size = xe_reader_le32(&r);
    attributes = xe_reader_u8(&r);
    length = xe_reader_u8(&r);
    name = xe_reader_bytes(&r, length);
    if (!name)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64
                            ": a name of 0x%x bytes, expected inside 0x%x bytes",
                            table->position + at, length, table->size);
    node = xe__vfs_catalog_add(&o->gdfx->catalog, folder, (const char *)name, length, err);
    if (!node)
        return xe_error_prefix(err, "offset 0x%" PRIx64, table->position + at);
    node->attributes = attributes & 0xB7u ? attributes & 0xB7u : XE_VFS_NORMAL;
    node->size = size;
    node->where = sector_position(o->gdfx, sector);
    node->created = node->accessed = node->written = node->changed = o->gdfx->created;
    return push_link(table, at + 2, right, err) && push_link(table, at, left, err);
}

static bool walk(struct opening *o, struct table *table, uint32_t folder, struct xe_error *err)
{
    size_t before = o->gdfx->catalog.count;
    bool good = push(table, 0, 0, err);

    while (good && table->count > 0)
        good = take_entry(o, table, folder, table->todo[--table->count], err);
    if (!good)
        xe__vfs_catalog_cut(&o->gdfx->catalog, before);
    return good;
}

/* ---- folders -------------------------------------------------------------------------------- */

/* May this table be read at all? Each is once, and all of them are of a bounded size. */
static bool claim(struct opening *o, uint32_t folder, uint64_t position, uint64_t size,
                  struct xe_error *err)
{
    uintptr_t other = (uintptr_t)xe_map_get(&o->folders, position);

    if (other)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64 ": a folder that another has listed, too",
                            position);
    if (size > TABLES_MAX - o->tables)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64 ": a folder of 0x%" PRIx64
                            " bytes, expected at most 0x%x in all",
                            position, size, TABLES_MAX);
    if (!xe_map_put(&o->folders, position, (void *)((uintptr_t)folder + 1)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a folder");
    o->tables += size;
    return true;
}

static bool read_table(struct opening *o, struct table *table, struct xe_error *err)
{
    if (table->position > o->gdfx->bytes.size ||
        table->size > o->gdfx->bytes.size - table->position)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64 ": a folder of 0x%x bytes, expected inside the "
                            "image of 0x%" PRIx64,
                            table->position, table->size, o->gdfx->bytes.size);
    table->bytes = xe_calloc(table->size, 1);
    table->seen = xe_calloc(table->size / TABLE_ALIGN / 8 + 1, 1);
    if (!table->bytes || !table->seen)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a folder of 0x%x bytes",
                            table->size);
    if (xe_vfs_bytes_read(&o->gdfx->bytes, table->position, table->bytes, table->size, err) !=
        XE_VFS_OK)
        return xe_error_prefix(err, "a folder");
    gcry_md_write(o->hash, table->bytes, table->size);
    return true;
}

static bool is_empty(const struct table *table)
{
    return table->bytes[0] == 0xFF && table->bytes[1] == 0xFF;
}

/* What is wrong with it stays with the folder. False: out of memory. */
static bool read_folder(struct opening *o, uint32_t folder, struct xe_error *err)
{
    struct xe__vfs_item *node = &o->gdfx->catalog.node[folder];
    struct table table = {.position = node->where, .size = (uint32_t)node->size};
    struct xe_error damage = XE_ERROR_INIT;

    if (table.size == 0)
        return true;
    if (!claim(o, folder, table.position, table.size, &damage) || !read_table(o, &table, &damage) ||
        !(is_empty(&table) || walk(o, &table, folder, &damage)))
        xe__vfs_catalog_damage(&o->gdfx->catalog, folder, &damage);
    xe_free(table.bytes);
    xe_free(table.seen);
    xe_free(table.todo);
    return damage.code != XE_ERR_NO_MEMORY || xe_error_set(err, damage.code, "%s", damage.text);
}

/* ---- opening -------------------------------------------------------------------------------- */

static bool read_descriptor(struct opening *o, struct xe_error *err)
{
    struct xe__vfs_item *root = &o->gdfx->catalog.node[XE_VFS_ROOT];
    uint8_t descriptor[XE__GDFX_SECTOR];
    struct xe_reader r = xe_reader_make(descriptor, sizeof(descriptor));
    uint64_t at = o->gdfx->place.descriptor;
    uint8_t size[8];

    if (xe_vfs_bytes_read(&o->gdfx->bytes, at, descriptor, sizeof(descriptor), err) != XE_VFS_OK)
        return xe_error_prefix(err, "volume descriptor");
    if (memcmp(descriptor, MAGIC, MAGIC_SIZE) || memcmp(descriptor + 0x7EC, MAGIC, MAGIC_SIZE))
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64 ": no volume descriptor, expected %s at its "
                            "beginning and at its end",
                            at, MAGIC);
    xe_reader_seek(&r, 0x14);
    root->where = sector_position(o->gdfx, xe_reader_le32(&r));
    root->size = xe_reader_le32(&r);
    o->gdfx->created = xe_reader_le32(&r);
    o->gdfx->created |= (uint64_t)xe_reader_le32(&r) << 32;
    root->created = root->accessed = root->written = root->changed = o->gdfx->created;
    gcry_md_write(o->hash, descriptor, sizeof(descriptor));
    xe_store_be64(size, o->gdfx->bytes.size);
    gcry_md_write(o->hash, size, sizeof(size));
    return true;
}

/* Breadth first: what is added is behind what is looked at. */
static bool read_all(struct opening *o, struct xe_error *err)
{
    struct xe__vfs_catalog *catalog = &o->gdfx->catalog;

    if (!read_descriptor(o, err))
        return false;
    for (size_t i = 0; i < catalog->count; i++)
        if (catalog->node[i].attributes & XE_VFS_FOLDER && !read_folder(o, (uint32_t)i, err))
            return false;
    memcpy(o->gdfx->identity, gcry_md_read(o->hash, GCRY_MD_SHA256), sizeof(o->gdfx->identity));
    return xe__vfs_catalog_finish(catalog, err);
}

static const struct xe_vfs_source_type gdfx_type;

static void gdfx_close(struct xe_vfs_source *source)
{
    struct gdfx *gdfx = (struct gdfx *)source;

    xe__vfs_catalog_fini(&gdfx->catalog);
    xe_vfs_bytes_close(&gdfx->bytes);
    xe_free(gdfx);
}

struct xe_vfs_source *xe__gdfx_open(struct xe_vfs_bytes *bytes, struct xe__gdfx_place place,
                                    struct xe_error *err)
{
    struct opening o = {.gdfx = xe_calloc(1, sizeof(*o.gdfx))};
    bool good;

    if (!o.gdfx || gcry_md_open(&o.hash, GCRY_MD_SHA256, 0)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a volume");
        xe_free(o.gdfx);
        return NULL;
    }
    o.gdfx->source.type = &gdfx_type;
    o.gdfx->bytes = *bytes;
    o.gdfx->place = place;
    good = xe__vfs_catalog_init(&o.gdfx->catalog, err) && read_all(&o, err);
    xe_map_fini(&o.folders);
    gcry_md_close(o.hash);
    if (good)
        return &o.gdfx->source;
    xe__vfs_catalog_fini(&o.gdfx->catalog);
    xe_free(o.gdfx);
    return NULL;
}

/* ---- the source ----------------------------------------------------------------------------- */

static enum xe_vfs_result gdfx_find(struct xe_vfs_source *source, uint64_t folder, const char *name,
                                    size_t length, struct xe_vfs_entry *ret, struct xe_error *err)
{
    return xe__vfs_catalog_find(&((struct gdfx *)source)->catalog, folder, name, length, ret, err);
}

static enum xe_vfs_result gdfx_next(struct xe_vfs_source *source, uint64_t folder,
                                    const char *after, struct xe_vfs_entry *ret,
                                    struct xe_error *err)
{
    return xe__vfs_catalog_next(&((struct gdfx *)source)->catalog, folder, after, ret, err);
}

static enum xe_vfs_result gdfx_read(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                    void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    struct gdfx *gdfx = (struct gdfx *)source;
    enum xe_vfs_result result;
    const struct xe__vfs_item *node = xe__vfs_catalog_file(&gdfx->catalog, file, &result, err);
    uint64_t left = node && offset < node->size ? node->size - offset : 0;
    char text[XE__VFS_TOLD];

    *ret_got = 0;
    if (!node)
        return result;
    if (n > left)
        n = (size_t)left;
    result = n ? xe_vfs_bytes_read(&gdfx->bytes, node->where + offset, buffer, n, err) : XE_VFS_OK;
    if (result == XE_VFS_OK)
        *ret_got = n;
    else
        xe_error_prefix(err, "file '%s'", xe__vfs_told(node->name, strlen(node->name), text));
    return result;
}

static void gdfx_volume(struct xe_vfs_source *source, struct xe_vfs_volume *ret)
{
    const struct gdfx *gdfx = (const struct gdfx *)source;

    *ret = (struct xe_vfs_volume){.serial = (uint32_t)gdfx->created,
                                  .sector = XE__GDFX_SECTOR,
                                  .unit = 1,
                                  .size = gdfx->bytes.size,
                                  .created = gdfx->created,
                                  .disc = true};
}

static enum xe_vfs_result gdfx_identity(struct xe_vfs_source *source,
                                        uint8_t ret[XE_VFS_IDENTITY_SIZE], struct xe_error *err)
{
    (void)err;
    memcpy(ret, ((struct gdfx *)source)->identity, XE_VFS_IDENTITY_SIZE);
    return XE_VFS_OK;
}

static const struct xe_vfs_source_type gdfx_type = {
    .name = "gdfx",
    .find = gdfx_find,
    .next = gdfx_next,
    .read = gdfx_read,
    .volume = gdfx_volume,
    .identity = gdfx_identity,
    .close = gdfx_close,
};

/* ---- images --------------------------------------------------------------------------------- */

static size_t partition(const struct xe_vfs_bytes *bytes)
{
    size_t i = 0;

    while (i < PARTITIONS && !xe__gdfx_is_at(bytes, partitions[i] + XE__GDFX_DESCRIPTOR))
        i++;
    return i;
}

static bool image_is(const struct xe_vfs_bytes *bytes)
{
    return partition(bytes) < PARTITIONS;
}

static struct xe_vfs_source *image_open(struct xe_vfs_bytes *bytes, struct xe_vfs_source *beside,
                                        uint64_t folder, const char *name, struct xe_error *err)
{
    size_t i = partition(bytes);

    (void)beside, (void)folder, (void)name;
    if (i == PARTITIONS) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "no volume descriptor");
        return NULL;
    }
    return xe__gdfx_open(
        bytes, (struct xe__gdfx_place){partitions[i] + XE__GDFX_DESCRIPTOR, (int64_t)partitions[i]},
        err);
}

const struct xe_vfs_container xe__vfs_gdfx = {.name = "gdfx", .is = image_is, .open = image_open};
