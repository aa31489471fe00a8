/* Snapshots: packing the bytes of a state into blobs, and unpacking them.
 *
 * The last section of a state is "memory bytes": numbers and bytes of all pages that are not all
 * zero. They become granules with zeroes between them, whose bytes don't hang on what else there
 * is; all before them becomes chunks. Unpacking makes the same bytes again, so a state is checked
 * by those who check any state. Sizes are bounded before anything is decompressed. */
#include "state/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zstd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "mem/mem.h"

#define LEVEL         3 /* of compression: as fast as reading what is compressed from a disk */
#define GRANULE_PAGES (XE_SNAPSHOT_GRANULE / XE_MEM_PAGE)
#define RECORD        (4u + XE_MEM_PAGE)
#define LAST_PAGE     (XE_MEM_PHYS_C >> XE_MEM_PAGE_SHIFT) /* the number that ends the list */

static const char pages_section[] =
    "\14memory bytes"; /* as a codec writes its name, then 8 bytes: size */
#define PAGES_NAME (sizeof(pages_section) - 1)
#define PAGES_HEAD (PAGES_NAME + 8)

/* ---- settings -------------------------------------------------------------------------------- */

/* What the guest can see, and what records hang on. */
static bool counts(const struct xe_setting *setting)
{
    return setting->size &&
           (setting->seen || setting->offset == offsetof(struct xe_instance_config, audit_ring));
}

/* No limit of memory and the limit that there is anyway are the same setting. */
static uint64_t value_of(const struct xe_instance_config *config, const struct xe_setting *setting)
{
    uint64_t value = xe_setting_get(config, setting);
    bool limit = setting->offset == offsetof(struct xe_instance_config, memory_limit);

    return limit && !value ? XE_MEM_PHYS_SIZE : value;
}

char *xe_snapshot_settings(const struct xe_instance_config *config)
{
    static const char *const groups[] = {"config", "audit", "faults"};
    char *text = xe_calloc(XE_SNAPSHOT_SETTINGS_MAX, 1);
    size_t used = 0;

    for (int i = 0; text && i < XE_SETTINGS; i++)
        if (counts(&xe_settings[i]) && used < XE_SNAPSHOT_SETTINGS_MAX)
            used += (size_t)snprintf(text + used, XE_SNAPSHOT_SETTINGS_MAX - used,
                                     "%s.%s=%" PRIu64 "\n", groups[xe_settings[i].group],
                                     xe_settings[i].name, value_of(config, &xe_settings[i]));
    return text;
}

bool xe_snapshot_settings_check(const struct xe_snapshot_head *head,
                                const struct xe_instance_config *config, struct xe_error *err)
{
    char *here = xe_snapshot_settings(config);
    size_t at = 0, line = 0;

    if (!here)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for settings");
    while (here[at] && here[at] == head->settings[at]) {
        if (here[at] == '\n')
            line = at + 1;
        at++;
    }
    if (here[at] != head->settings[at])
        xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "settings: %.*s here, %.*s in the snapshot",
                     (int)strcspn(here + line, "\n"), here + line,
                     (int)strnlen(head->settings + line, strcspn(head->settings + line, "\n")),
                     head->settings + line);
    at = here[at] != head->settings[at];
    xe_free(here);
    return !at;
}

/* ---- packing --------------------------------------------------------------------------------- */

struct packer {
    struct xe_snapshot_head *head;
    size_t room;    /* of head->blob */
    uint8_t *bytes; /* owned: blobs one after the other */
    size_t size, capacity;
    ZSTD_CCtx *zstd; /* owned */
    const struct xe_breath *breath;
    struct xe_error *err;
};

static bool no_memory(struct xe_error *err)
{
    return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a snapshot");
}

static bool make_room(struct packer *p)
{
    size_t capacity = p->capacity ? p->capacity : 16 * XE_SNAPSHOT_STORED_MAX;
    uint8_t *grown;

    while (capacity - p->size < XE_SNAPSHOT_STORED_MAX)
        capacity *= 2;
    if (capacity == p->capacity)
        return true;
    grown = xe_reallocarray(p->bytes, capacity, 1);
    if (!grown)
        return no_memory(p->err);
    p->bytes = grown;
    p->capacity = capacity;
    return true;
}

static bool add_blob(struct packer *p, uint32_t what, const uint8_t *bytes, size_t size)
{
    struct xe_snapshot_head *head = p->head;
    struct xe_snapshot_blob *blob;
    size_t n;

    if (head->blobs == XE_SNAPSHOT_BLOBS_MAX)
        return xe_error_set(p->err, XE_ERR_RANGE_TOO_LARGE, "more state than a snapshot holds");
    if (!make_room(p) || !xe_grow(&head->blob, &p->room, head->blobs, sizeof(*head->blob)))
        return no_memory(p->err);
    n = ZSTD_compress2(p->zstd, p->bytes + p->size, XE_SNAPSHOT_STORED_MAX, bytes, size);
    if (ZSTD_isError(n))
        return xe_error_set(p->err, XE_ERR_INTERNAL, "zstd: %s", ZSTD_getErrorName(n));
    blob = &head->blob[head->blobs++];
    *blob = (struct xe_snapshot_blob){.what = what, .size = (uint32_t)n};
    xe_snapshot_hash(p->bytes + p->size, n, blob->sha256);
    p->size += n;
    xe_breathe(p->breath);
    return true;
}

static bool pack_state(struct packer *p, const uint8_t *state, size_t size)
{
    bool ok = size && size <= XE_SNAPSHOT_STATE_MAX;

    if (!ok)
        return xe_error_set(p->err, XE_ERR_RANGE_TOO_LARGE, "a state of %zu bytes", size);
    p->head->state_size = size;
    for (size_t at = 0; ok && at < size; at += XE_SNAPSHOT_GRANULE)
        ok = add_blob(p, XE_SNAPSHOT_STATE + (uint32_t)(at / XE_SNAPSHOT_GRANULE), state + at,
                      size - at < XE_SNAPSHOT_GRANULE ? size - at : XE_SNAPSHOT_GRANULE);
    return ok;
}

/* Records of a number and a page each, by rising number; the list's end is not among them. */
static bool pack_pages(struct packer *p, const uint8_t *record, size_t records)
{
    uint8_t *granule = xe_calloc(1, XE_SNAPSHOT_GRANULE);
    bool ok = granule || no_memory(p->err);

    while (ok && records) {
        uint32_t number = xe_load_be32(record) / GRANULE_PAGES, page;

        memset(granule, 0, XE_SNAPSHOT_GRANULE);
        while (records && (page = xe_load_be32(record)) / GRANULE_PAGES == number) {
            memcpy(granule + page % GRANULE_PAGES * XE_MEM_PAGE, record + 4, XE_MEM_PAGE);
            record += RECORD;
            records--;
        }
        ok = add_blob(p, number, granule, XE_SNAPSHOT_GRANULE);
    }
    xe_free(granule);
    return ok;
}

/* Where the section of pages begins: sections follow each other, each with name and size. */
static const uint8_t *find_pages(const uint8_t *state, size_t size)
{
    struct xe_reader in = xe_reader_make(state, size);
    const uint8_t *name;
    uint64_t length;

    while (in.at < in.size) {
        name = xe_reader_bytes(&in, 1);
        if (in.size - in.at >= PAGES_NAME && memcmp(name, pages_section, PAGES_NAME) == 0)
            return name;
        xe_reader_bytes(&in, *name);
        length = xe_reader_be64(&in);
        if (!in.ok || length > in.size - in.at)
            break;
        xe_reader_bytes(&in, (size_t)length);
    }
    return NULL;
}

/* The head, then the blobs, in one. */
static uint8_t *join(struct packer *p, size_t *ret_size)
{
    uint8_t *head = xe_snapshot_head_write(p->head), *file = NULL;

    if (head)
        file = xe_reallocarray(NULL, p->head->size + p->size, 1);
    if (file) {
        memcpy(file, head, p->head->size);
        memcpy(file + p->head->size, p->bytes, p->size);
        *ret_size = p->head->size + p->size;
    } else {
        no_memory(p->err);
    }
    xe_free(head);
    return file;
}

uint8_t *xe_snapshot_pack(struct xe_snapshot_head *head, const uint8_t *state, size_t size,
                          const struct xe_breath *breath, size_t *ret_size, struct xe_error *err)
{
    struct packer p = {.head = head, .zstd = ZSTD_createCCtx(), .breath = breath, .err = err};
    const uint8_t *pages = find_pages(state, size), *records;
    uint8_t *file = NULL;

    if (!pages)
        xe_error_set(err, XE_ERR_INTERNAL, "a state without pages");
    else if (!p.zstd ||
             ZSTD_isError(ZSTD_CCtx_setParameter(p.zstd, ZSTD_c_compressionLevel, LEVEL)))
        no_memory(err);
    else {
        records = pages + PAGES_HEAD;
        if (pack_state(&p, state, (size_t)(pages - state)) &&
            pack_pages(&p, records, (size_t)(state + size - records) / RECORD))
            file = join(&p, ret_size);
    }
    ZSTD_freeCCtx(p.zstd);
    xe_free(p.bytes);
    xe_free(head->blob);
    head->blob = NULL;
    head->blobs = 0;
    return file;
}

/* ---- unpacking ------------------------------------------------------------------------------- */

struct unpacker {
    const struct xe_snapshot_head *head;
    const uint8_t *blob;     /* the next one's bytes */
    uint8_t *bytes;          /* owned: the state */
    size_t size, pages_left; /* pages: how many more there may be */
    uint8_t granule[XE_SNAPSHOT_GRANULE];
    ZSTD_DCtx *zstd; /* owned */
    struct xe_error *err;
};

/* Blob i, of exactly `size` bytes, to `to`. */
static bool open_blob(struct unpacker *u, uint32_t i, uint8_t *to, size_t size)
{
    const struct xe_snapshot_blob *blob = &u->head->blob[i];
    char name[48];
    size_t n;

    if (!xe_snapshot_blob_check(u->head, i, u->blob, u->err))
        return false;
    n = ZSTD_decompressDCtx(u->zstd, to, size, u->blob, blob->size);
    u->blob += blob->size;
    if (n == size)
        return true;
    xe_snapshot_blob_name(blob, name, sizeof(name));
    return xe_error_set(u->err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%s: it decompresses to %s, not %zu",
                        name, ZSTD_isError(n) ? ZSTD_getErrorName(n) : "fewer bytes", size);
}

/* The pages of a granule that are not all zero, as records. */
static bool add_records(struct unpacker *u, uint32_t granule)
{
    static const uint8_t zero[XE_MEM_PAGE];

    for (uint32_t i = 0; i < GRANULE_PAGES; i++) {
        const uint8_t *page = u->granule + i * XE_MEM_PAGE;

        if (memcmp(page, zero, XE_MEM_PAGE) == 0)
            continue;
        if (!u->pages_left--)
            return xe_error_set(u->err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                                "memory at 0x%08x: more of it than may be committed",
                                granule * XE_SNAPSHOT_GRANULE);
        xe_store_be32(u->bytes + u->size, granule * GRANULE_PAGES + i);
        memcpy(u->bytes + u->size + 4, page, XE_MEM_PAGE);
        u->size += RECORD;
    }
    return true;
}

static bool unpack_blobs(struct unpacker *u, const struct xe_breath *breath)
{
    const struct xe_snapshot_head *head = u->head;
    uint32_t i = 0;
    size_t pages;

    for (uint64_t left; u->size < head->state_size; u->size += left, i++) {
        left = head->state_size - u->size;
        left = left < XE_SNAPSHOT_GRANULE ? left : XE_SNAPSHOT_GRANULE;
        if (!open_blob(u, i, u->bytes + u->size, (size_t)left))
            return false;
        xe_breathe(breath);
    }
    pages = u->size;
    memcpy(u->bytes + u->size, pages_section, PAGES_NAME);
    u->size += PAGES_HEAD;
    for (; i < head->blobs; i++) {
        if (!open_blob(u, i, u->granule, XE_SNAPSHOT_GRANULE) ||
            !add_records(u, head->blob[i].what))
            return false;
        xe_breathe(breath);
    }
    xe_store_be32(u->bytes + u->size, LAST_PAGE);
    u->size += 4;
    xe_store_be64(u->bytes + pages + PAGES_NAME, u->size - pages - PAGES_HEAD);
    return true;
}

/* Room for all that the head promises, which is not touched before it is needed. */
static struct unpacker *unpacker_create(const struct xe_snapshot_head *head, size_t pages_max)
{
    size_t chunks = (head->state_size + XE_SNAPSHOT_GRANULE - 1) / XE_SNAPSHOT_GRANULE;
    size_t pages = (head->blobs - chunks) * GRANULE_PAGES;
    struct unpacker *u = xe_calloc(1, sizeof(*u));

    if (!u)
        return NULL;
    u->head = head;
    u->pages_left = pages_max;
    u->zstd = ZSTD_createDCtx();
    u->bytes = xe_reallocarray(NULL,
                               (size_t)head->state_size + PAGES_HEAD + 4 +
                                   (pages < pages_max ? pages : pages_max) * RECORD,
                               1);
    return u;
}

static void unpacker_destroy(struct unpacker *u)
{
    if (!u)
        return;
    ZSTD_freeDCtx(u->zstd);
    xe_free(u->bytes);
    xe_free(u);
}

uint8_t *xe_snapshot_unpack(const struct xe_snapshot_head *head, const uint8_t *file, size_t size,
                            size_t pages_max, const struct xe_breath *breath, size_t *ret_size,
                            struct xe_error *err)
{
    struct unpacker *u;
    uint8_t *state = NULL;

    if (size != head->total) {
        xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                     "the snapshot has %zu bytes, its head says %" PRIu64, size, head->total);
        return NULL;
    }
    u = unpacker_create(head, pages_max);
    if (!u || !u->zstd || !u->bytes) {
        no_memory(err);
    } else {
        u->blob = file + head->size;
        u->err = err;
        if (unpack_blobs(u, breath)) {
            state = u->bytes;
            *ret_size = u->size;
            u->bytes = NULL;
        }
    }
    unpacker_destroy(u);
    return state;
}
