/* Heads of snapshots; see xe/snapshot.h. Links with base and a hash alone: the daemon has it too.
 *
 *   0 magic  8 version  12 size of the head  16 cycle  24 digest  40 the title's SHA-256
 *  72 title id  76 flags  80 size of the settings  84 number of blobs  88 size of the state
 *  96 title  160 settings, then 40 bytes for each blob (what, size, SHA-256), then the hash */
#include "xe/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "base/reader.h"

#define FIXED     160u
#define ROW       40u
#define HASH      32u
#define TAINTED   1u
#define GRANULES  (0xC0000000u / XE_SNAPSHOT_GRANULE) /* as storage of guest memory is numbered */
#define SIZE_SAID 12u

static const char magic[8] = {'X', 'E', '3', '6', '0', 'S', 'N', 'P'};

void xe_snapshot_hash(const void *bytes, size_t size, uint8_t ret[32])
{
    gcry_md_hash_buffer(GCRY_MD_SHA256, ret, bytes, size);
}

/* A fuzzer's changes reach what is behind the hashes. */
static bool is_hash(const uint8_t *found, const uint8_t *expected)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    (void)found;
    (void)expected;
    return true;
#else
    return memcmp(found, expected, HASH) == 0;
#endif
}

void xe_snapshot_blob_name(const struct xe_snapshot_blob *blob, char *text, size_t size)
{
    if (blob->what & XE_SNAPSHOT_STATE)
        snprintf(text, size, "state chunk %u", blob->what & ~XE_SNAPSHOT_STATE);
    else
        snprintf(text, size, "memory at 0x%08x", blob->what * XE_SNAPSHOT_GRANULE);
}

static bool bad(struct xe_error *err, const char *what)
{
    return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "the snapshot's head: %s", what);
}

/* ---- reading --------------------------------------------------------------------------------- */

size_t xe_snapshot_head_size(const uint8_t prefix[XE_SNAPSHOT_PREFIX], struct xe_error *err)
{
    uint32_t version = xe_load_be32(prefix + 8), size = xe_load_be32(prefix + SIZE_SAID);

    if (memcmp(prefix, magic, sizeof(magic)) != 0)
        bad(err, "this is no snapshot");
    else if (version != XE_SNAPSHOT_VERSION)
        xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                     "the snapshot is of format %u, this program knows %u", version,
                     XE_SNAPSHOT_VERSION);
    else if (size < FIXED + HASH || size > XE_SNAPSHOT_HEAD_MAX)
        bad(err, "its size can't be");
    else
        return size;
    return 0;
}

/* Chunks from 0 on, then granules by rising number. */
static bool check_order(const struct xe_snapshot_head *head, struct xe_error *err)
{
    uint64_t chunks = (head->state_size + XE_SNAPSHOT_GRANULE - 1) / XE_SNAPSHOT_GRANULE;

    if (head->state_size > XE_SNAPSHOT_STATE_MAX || !chunks || chunks > head->blobs)
        return bad(err, "the size of the state does not fit its chunks");
    for (uint32_t i = 0; i < head->blobs; i++) {
        const struct xe_snapshot_blob *blob = &head->blob[i];
        bool placed = i < chunks ? blob->what == XE_SNAPSHOT_STATE + i
                                 : blob->what < GRANULES &&
                                       (i == chunks || blob->what > head->blob[i - 1].what);

        if (!placed || !blob->size || blob->size > XE_SNAPSHOT_STORED_MAX)
            return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                                "the snapshot's head: blob %u (0x%x, %u bytes) is out of place or "
                                "of no size",
                                i, blob->what, blob->size);
    }
    return true;
}

static bool read_rows(struct xe_reader *in, struct xe_snapshot_head *head)
{
    head->blob = xe_calloc(head->blobs, sizeof(*head->blob));
    for (uint32_t i = 0; head->blob && i < head->blobs; i++) {
        const uint8_t *hash;

        head->blob[i].what = xe_reader_be32(in);
        head->blob[i].size = xe_reader_be32(in);
        hash = xe_reader_bytes(in, HASH);
        if (!hash)
            return false;
        memcpy(head->blob[i].sha256, hash, HASH);
        head->total += head->blob[i].size;
    }
    return head->blob != NULL;
}

/* The fixed part; its caller has seen that it is there. */
static bool read_fixed(struct xe_reader *in, struct xe_snapshot_head *head, size_t *ret_settings,
                       struct xe_error *err)
{
    uint32_t flags;

    xe_reader_seek(in, XE_SNAPSHOT_PREFIX);
    head->cycle = xe_reader_be64(in);
    memcpy(head->digest, xe_reader_bytes(in, sizeof(head->digest)), sizeof(head->digest));
    memcpy(head->title_sha256, xe_reader_bytes(in, HASH), HASH);
    head->title_id = xe_reader_be32(in);
    flags = xe_reader_be32(in);
    head->tainted = flags & TAINTED;
    *ret_settings = xe_reader_be32(in);
    head->blobs = xe_reader_be32(in);
    head->state_size = xe_reader_be64(in);
    memcpy(head->title, xe_reader_bytes(in, sizeof(head->title)), sizeof(head->title));
    if (flags & ~TAINTED)
        return bad(err, "flags that are not known");
    if (head->title[sizeof(head->title) - 1])
        return bad(err, "the title's name has no end");
    if (*ret_settings > XE_SNAPSHOT_SETTINGS_MAX || !head->blobs ||
        head->blobs > XE_SNAPSHOT_BLOBS_MAX ||
        head->size != FIXED + *ret_settings + (size_t)ROW * head->blobs + HASH)
        return bad(err, "its size does not fit what it lists");
    return true;
}

static bool read_rest(struct xe_reader *in, struct xe_snapshot_head *head, size_t settings,
                      struct xe_error *err)
{
    const uint8_t *text = xe_reader_bytes(in, settings);

    if (memchr(text, 0, settings))
        return bad(err, "a NUL in the settings");
    head->settings = xe_calloc(1, settings + 1);
    if (!head->settings)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the head of a snapshot");
    memcpy(head->settings, text, settings);
    if (!read_rows(in, head))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the head of a snapshot");
    return check_order(head, err);
}

bool xe_snapshot_head_parse(const void *bytes, size_t size, struct xe_snapshot_head *ret,
                            struct xe_error *err)
{
    struct xe_snapshot_head head = {0};
    struct xe_reader in;
    uint8_t hash[HASH];
    size_t settings;

    if (size < XE_SNAPSHOT_PREFIX)
        return bad(err, "it is cut off");
    head.size = xe_snapshot_head_size(bytes, err);
    if (!head.size)
        return false;
    if (head.size > size)
        return bad(err, "it is cut off");
    head.total = head.size;
    xe_snapshot_hash(bytes, head.size - HASH, hash);
    if (!is_hash(hash, (const uint8_t *)bytes + head.size - HASH))
        return bad(err, "it is damaged (its checksum is another)");
    in = xe_reader_make(bytes, head.size);
    if (!read_fixed(&in, &head, &settings, err) || !read_rest(&in, &head, settings, err)) {
        xe_snapshot_head_fini(&head);
        return false;
    }
    *ret = head;
    return true;
}

bool xe_snapshot_blob_check(const struct xe_snapshot_head *head, uint32_t i, const void *bytes,
                            struct xe_error *err)
{
    const struct xe_snapshot_blob *blob = &head->blob[i];
    uint8_t hash[HASH];
    char name[48];

    xe_snapshot_hash(bytes, blob->size, hash);
    if (is_hash(hash, blob->sha256))
        return true;
    xe_snapshot_blob_name(blob, name, sizeof(name));
    return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                        "%s: its %u bytes are damaged (their checksum is another)", name,
                        blob->size);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void write_fixed(uint8_t *at, const struct xe_snapshot_head *head, size_t settings)
{
    memcpy(at, magic, sizeof(magic));
    xe_store_be32(at + 8, XE_SNAPSHOT_VERSION);
    xe_store_be32(at + SIZE_SAID, (uint32_t)head->size);
    xe_store_be64(at + 16, head->cycle);
    memcpy(at + 24, head->digest, sizeof(head->digest));
    memcpy(at + 40, head->title_sha256, HASH);
    xe_store_be32(at + 72, head->title_id);
    xe_store_be32(at + 76, head->tainted ? TAINTED : 0);
    xe_store_be32(at + 80, (uint32_t)settings);
    xe_store_be32(at + 84, head->blobs);
    xe_store_be64(at + 88, head->state_size);
    snprintf((char *)at + 96, sizeof(head->title), "%s", head->title);
}

uint8_t *xe_snapshot_head_write(struct xe_snapshot_head *head)
{
    size_t settings = strlen(head->settings);
    uint8_t *bytes, *at;

    head->size = FIXED + settings + (size_t)ROW * head->blobs + HASH;
    head->total = head->size;
    bytes = xe_calloc(1, head->size);
    if (!bytes)
        return NULL;
    write_fixed(bytes, head, settings);
    memcpy(bytes + FIXED, head->settings, settings);
    at = bytes + FIXED + settings;
    for (uint32_t i = 0; i < head->blobs; i++, at += ROW) {
        xe_store_be32(at, head->blob[i].what);
        xe_store_be32(at + 4, head->blob[i].size);
        memcpy(at + 8, head->blob[i].sha256, HASH);
        head->total += head->blob[i].size;
    }
    xe_snapshot_hash(bytes, head->size - HASH, at);
    return bytes;
}

void xe_snapshot_head_fini(struct xe_snapshot_head *head)
{
    xe_free(head->settings);
    xe_free(head->blob);
    head->settings = NULL;
    head->blob = NULL;
}
