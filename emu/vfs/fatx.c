/* FATX volumes. All folders are read when a volume is opened, and all chains followed
 * (fatx_chain.c). What is wrong with a folder or a file stays with it: the others are good. A
 * volume carries no checksums. Source: doc/containers.md tells where the layout is known from. */
#include "vfs/fatx.h"

#include <inttypes.h>
#include <string.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "vfs/fatx_internal.h"

#define MAGIC       0x58544146u /* "XTAF" */
#define SECTOR      0x200u
#define CLUSTER_MAX 0x10000u
#define HEADER_SIZE 0x10u
#define ENTRY_SIZE  0x40u
#define NAME_MAX    0x2Au
#define DELETED     0xE5u
#define FOLDER_MAX  0x1000u     /* entries of one folder */
#define TABLES_MAX  0x10000000u /* bytes of all folders  */
#define LABEL_FILE  "name.txt"

/* Where media have the partition of their files: a hard disk, a USB stick, a memory unit; then what
 * is an image of one partition alone. */
static const uint64_t partitions[] = {0x130EB0000, 0x20000000, 0x7FF000, 0};
#define PARTITIONS (sizeof(partitions) / sizeof(partitions[0]))

/* Hard disks of development kits say themselves where it is, in sectors. */
#define KIT_MAGIC   0x00020000u
#define KIT_CONTENT 0x8u

struct opening {
    struct xe__fatx *fatx;
    struct xe__fatx_table table;
    uint32_t root;
    uint64_t tables;   /* bytes read for folders */
    gcry_md_hd_t hash; /* of all that says what is where */
};

static bool is_at(const struct xe_vfs_bytes *bytes, uint64_t partition)
{
    uint8_t magic[4];

    return xe_vfs_bytes_read(bytes, partition, magic, sizeof(magic), NULL) == XE_VFS_OK &&
           xe_load_be32(magic) == MAGIC;
}

static bool find_partition(const struct xe_vfs_bytes *bytes, uint64_t *ret)
{
    uint8_t head[12];

    for (size_t i = 0; i < PARTITIONS; i++)
        if (is_at(bytes, *ret = partitions[i]))
            return true;
    if (xe_vfs_bytes_read(bytes, 0, head, sizeof(head), NULL) != XE_VFS_OK ||
        xe_load_be32(head) != KIT_MAGIC)
        return false;
    *ret = (uint64_t)xe_load_be32(head + KIT_CONTENT) * SECTOR;
    return is_at(bytes, *ret);
}

/* ---- folders -------------------------------------------------------------------------------- */

/* Its chain, if it has one; what is wrong with that is the file's. */
static bool take_file(struct opening *o, uint32_t id, uint32_t first, struct xe_error *err)
{
    struct xe__vfs_item *node = &o->fatx->catalog.node[id];
    struct xe_error damage = XE_ERROR_INIT;
    struct xe__fatx_span span = {0};
    uint32_t clusters, count = (uint32_t)((node->size + o->fatx->cluster - 1) / o->fatx->cluster);
    char text[XE__VFS_TOLD];

    if (node->attributes & XE_VFS_FOLDER) {
        node->where = first;
        return true;
    }
    if (count &&
        !xe__fatx_chain(o->fatx, &o->table, first, count, true, &span, &clusters, &damage)) {
        if (damage.code == XE_ERR_NO_MEMORY)
            return xe_error_set(err, damage.code, "%s", damage.text);
        xe_error_prefix(&damage, "file '%s'", xe__vfs_told(node->name, strlen(node->name), text));
        xe__vfs_catalog_damage(&o->fatx->catalog, id, &damage);
    }
    node->where = xe__fatx_where(span);
    return true;
}

static bool take_entry(struct opening *o, uint32_t folder, const uint8_t *entry,
                       struct xe_error *err)
{
    struct xe__vfs_item *node;

    if (entry[0] > NAME_MAX)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "a name of 0x%x bytes, expected at most 0x%x", entry[0], NAME_MAX);
    node = xe__vfs_catalog_add(&o->fatx->catalog, folder, (const char *)entry + 2, entry[0], err);
    if (!node)
        return false;
    node->attributes = entry[1] & 0x37u ? entry[1] & 0x37u : XE_VFS_NORMAL;
    node->size = xe_load_be32(entry + 0x30);
    node->created = xe__vfs_fat_time(entry + 0x34);
    node->written = node->changed = xe__vfs_fat_time(entry + 0x38);
    node->accessed = xe__vfs_fat_time(entry + 0x3C);
    return take_file(o, (uint32_t)(o->fatx->catalog.count - 1), xe_load_be32(entry + 0x2C), err);
}

/* The entries of one cluster. *ret_more: they may go on in the next. */
static bool take_cluster(struct opening *o, uint32_t folder, uint64_t position, uint8_t *bytes,
                         bool *ret_more, struct xe_error *err)
{
    if (o->fatx->cluster > TABLES_MAX - o->tables)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "folders of more than 0x%x bytes in all",
                            TABLES_MAX);
    o->tables += o->fatx->cluster;
    if (xe_vfs_bytes_read(&o->fatx->bytes, position, bytes, o->fatx->cluster, err) != XE_VFS_OK)
        return false;
    gcry_md_write(o->hash, bytes, o->fatx->cluster);
    for (uint32_t at = 0; at < o->fatx->cluster; at += ENTRY_SIZE) {
        const uint8_t *entry = bytes + at;

        *ret_more = entry[0] != 0 && entry[0] != 0xFF;
        if (!*ret_more)
            return true;
        if (entry[0] != DELETED && !take_entry(o, folder, entry, err))
            return xe_error_prefix(err, "offset 0x%" PRIx64, position + at);
    }
    return true;
}

/* The entries of a chain, up to the mark of their end or that of the chain. */
static bool take_chain(struct opening *o, uint32_t folder, uint32_t first, struct xe_error *err)
{
    uint32_t most = FOLDER_MAX * ENTRY_SIZE / o->fatx->cluster, clusters;
    uint64_t size, left, position;
    struct xe__fatx_span span;
    uint8_t *bytes;
    bool more = true, good;

    if (!xe__fatx_chain(o->fatx, &o->table, first, most, false, &span, &clusters, err))
        return false;
    bytes = xe_calloc(o->fatx->cluster, 1);
    good = bytes || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a folder");
    size = (uint64_t)clusters * o->fatx->cluster;
    for (uint64_t at = 0; good && more && at < size; at += o->fatx->cluster) {
        position = xe__fatx_place(o->fatx, span, at, size, &left);
        good = take_cluster(o, folder, position, bytes, &more, err);
    }
    xe_free(bytes);
    return good;
}

/* What is wrong with it stays with the folder. False: out of memory. */
static bool take_folder(struct opening *o, uint32_t folder, struct xe_error *err)
{
    struct xe__vfs_catalog *catalog = &o->fatx->catalog;
    struct xe_error damage = XE_ERROR_INIT;
    size_t before = catalog->count;

    if (take_chain(o, folder, (uint32_t)catalog->node[folder].where, &damage))
        return true;
    xe__vfs_catalog_cut(catalog, before);
    xe__vfs_catalog_damage(catalog, folder, &damage);
    return damage.code != XE_ERR_NO_MEMORY || xe_error_set(err, damage.code, "%s", damage.text);
}

/* ---- opening -------------------------------------------------------------------------------- */

static bool read_header(struct opening *o, struct xe_error *err)
{
    struct xe__fatx *fatx = o->fatx;
    uint8_t header[HEADER_SIZE], size[8];
    uint32_t sectors;

    if (xe_vfs_bytes_read(&fatx->bytes, fatx->partition, header, sizeof(header), err) != XE_VFS_OK)
        return xe_error_prefix(err, "header of the volume");
    fatx->size = fatx->bytes.size - fatx->partition;
    fatx->serial = xe_load_be32(header + 4);
    sectors = xe_load_be32(header + 8);
    o->root = xe_load_be32(header + 12);
    if (!sectors || sectors & (sectors - 1) || sectors > CLUSTER_MAX / SECTOR)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%" PRIx64 ": 0x%x sectors a cluster, expected a power of two "
                            "up to 0x%x",
                            fatx->partition + 8, sectors, CLUSTER_MAX / SECTOR);
    fatx->cluster = sectors * SECTOR;
    gcry_md_write(o->hash, header, sizeof(header));
    xe_store_be64(size, fatx->size);
    gcry_md_write(o->hash, size, sizeof(size));
    return true;
}

static bool read_table(struct opening *o, struct xe_error *err)
{
    struct xe__fatx *fatx = o->fatx;

    if (!xe__fatx_table_read(fatx, &o->table, err))
        return false;
    gcry_md_write(o->hash, o->table.bytes, (size_t)o->table.size);
    fatx->data = o->table.position + o->table.size;
    fatx->clusters = (uint32_t)((fatx->partition + fatx->size - fatx->data) / fatx->cluster);
    fatx->catalog.node[XE_VFS_ROOT].where = o->root;
    return true;
}

/* The volume's name is a file's first line, in UTF-16 behind a mark. */
static void read_label(struct xe__fatx *fatx)
{
    uint8_t text[2 + 2 * (sizeof(fatx->label) - 1)];
    struct xe_vfs_entry entry;
    size_t got = 0;

    if (xe__vfs_catalog_find(&fatx->catalog, XE_VFS_ROOT, LABEL_FILE, strlen(LABEL_FILE), &entry,
                             NULL) != XE_VFS_OK ||
        fatx->source.type->read(&fatx->source, entry.id, 0, text, sizeof(text), &got, NULL) !=
            XE_VFS_OK ||
        got < 2 || xe_load_be16(text) != 0xFEFF)
        return;
    for (size_t i = 1; 2 * i + 1 < got; i++) {
        uint16_t c = xe_load_be16(text + 2 * i);

        if (c < 0x20)
            return;
        fatx->label[i - 1] = c < 0x7F ? (char)c : '?';
    }
}

/* Breadth first: what is added is behind what is looked at. */
static bool read_all(struct opening *o, struct xe_error *err)
{
    struct xe__vfs_catalog *catalog = &o->fatx->catalog;

    if (!read_header(o, err) || !read_table(o, err))
        return false;
    for (size_t i = 0; i < catalog->count; i++)
        if (catalog->node[i].attributes & XE_VFS_FOLDER && !take_folder(o, (uint32_t)i, err))
            return false;
    memcpy(o->fatx->identity, gcry_md_read(o->hash, GCRY_MD_SHA256), sizeof(o->fatx->identity));
    if (!xe__vfs_catalog_finish(catalog, err))
        return false;
    read_label(o->fatx);
    return true;
}

static void give_up(struct xe__fatx *fatx)
{
    xe__vfs_catalog_fini(&fatx->catalog);
    xe_free(fatx->run);
    xe_free(fatx);
}

static const struct xe_vfs_source_type fatx_type;

static struct xe_vfs_source *image_open(struct xe_vfs_bytes *bytes, struct xe_vfs_source *beside,
                                        uint64_t folder, const char *name, struct xe_error *err)
{
    struct opening o = {.fatx = xe_calloc(1, sizeof(*o.fatx))};
    bool good;

    (void)beside, (void)folder, (void)name;
    if (!o.fatx || gcry_md_open(&o.hash, GCRY_MD_SHA256, 0)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a volume");
        xe_free(o.fatx);
        return NULL;
    }
    o.fatx->source.type = &fatx_type;
    o.fatx->bytes = *bytes;
    good = find_partition(bytes, &o.fatx->partition) ||
           xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "no partition");
    good = good && xe__vfs_catalog_init(&o.fatx->catalog, err) && read_all(&o, err);
    xe__fatx_table_fini(&o.table);
    gcry_md_close(o.hash);
    if (good)
        return &o.fatx->source;
    give_up(o.fatx);
    return NULL;
}

/* ---- the source ----------------------------------------------------------------------------- */

static void fatx_close(struct xe_vfs_source *source)
{
    struct xe__fatx *fatx = (struct xe__fatx *)source;

    xe_vfs_bytes_close(&fatx->bytes);
    give_up(fatx);
}

static enum xe_vfs_result fatx_find(struct xe_vfs_source *source, uint64_t folder, const char *name,
                                    size_t length, struct xe_vfs_entry *ret, struct xe_error *err)
{
    return xe__vfs_catalog_find(&((struct xe__fatx *)source)->catalog, folder, name, length, ret,
                                err);
}

static enum xe_vfs_result fatx_next(struct xe_vfs_source *source, uint64_t folder,
                                    const char *after, struct xe_vfs_entry *ret,
                                    struct xe_error *err)
{
    return xe__vfs_catalog_next(&((struct xe__fatx *)source)->catalog, folder, after, ret, err);
}

static enum xe_vfs_result fatx_read(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                    void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    struct xe__fatx *fatx = (struct xe__fatx *)source;
    enum xe_vfs_result result;
    const struct xe__vfs_item *node = xe__vfs_catalog_file(&fatx->catalog, file, &result, err);
    uint64_t left = node && offset < node->size ? node->size - offset : 0;
    char text[XE__VFS_TOLD];

    *ret_got = 0;
    if (n > left)
        n = (size_t)left;
    for (size_t got = 0; result == XE_VFS_OK && got < n;) {
        uint64_t there;
        uint64_t at =
            xe__fatx_place(fatx, xe__fatx_span(node->where), offset + got, node->size, &there);
        size_t piece = n - got < there ? n - got : (size_t)there;

        result = xe_vfs_bytes_read(&fatx->bytes, at, (uint8_t *)buffer + got, piece, err);
        got += piece;
        if (result == XE_VFS_OK)
            *ret_got = got;
        else
            xe_error_prefix(err, "file '%s'", xe__vfs_told(node->name, strlen(node->name), text));
    }
    return result;
}

static void fatx_volume(struct xe_vfs_source *source, struct xe_vfs_volume *ret)
{
    const struct xe__fatx *fatx = (const struct xe__fatx *)source;

    *ret = (struct xe_vfs_volume){.serial = fatx->serial,
                                  .sector = SECTOR,
                                  .unit = fatx->cluster / SECTOR,
                                  .size = fatx->size};
    memcpy(ret->label, fatx->label, sizeof(ret->label));
}

static enum xe_vfs_result fatx_identity(struct xe_vfs_source *source,
                                        uint8_t ret[XE_VFS_IDENTITY_SIZE], struct xe_error *err)
{
    (void)err;
    memcpy(ret, ((struct xe__fatx *)source)->identity, XE_VFS_IDENTITY_SIZE);
    return XE_VFS_OK;
}

static const struct xe_vfs_source_type fatx_type = {
    .name = "fatx",
    .find = fatx_find,
    .next = fatx_next,
    .read = fatx_read,
    .volume = fatx_volume,
    .identity = fatx_identity,
    .close = fatx_close,
    .writable = true,
};

static bool image_is(const struct xe_vfs_bytes *bytes)
{
    uint64_t partition;

    return find_partition(bytes, &partition);
}

const struct xe_vfs_container xe__vfs_fatx = {.name = "fatx", .is = image_is, .open = image_open};
