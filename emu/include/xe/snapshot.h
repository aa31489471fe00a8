/* Snapshots as files: what is in one, for all who keep, move or read them.
 *
 * A file is a head and blobs. The head says of what it is (title, settings, cycle, digest) and
 * lists the blobs: first the state in chunks, then guest memory in granules, all of the same size
 * and each compressed by itself, so that what two snapshots share is the same blob in both. A blob
 * is known by the SHA-256 of its compressed bytes; whoever keeps blobs needs no decompressor. The
 * head ends with the SHA-256 of itself. Numbers are big-endian; nothing is host-specific.
 *
 * No part of the emulator is needed to read a head; what is in the blobs, only a worker looks at
 * (xe_instance_snapshot_load). Files come from anybody: everything is checked. */
#ifndef XE_SNAPSHOT_H
#define XE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/error.h"

#define XE_SNAPSHOT_VERSION      4u
#define XE_SNAPSHOT_GRANULE      65536u /* bytes of a blob, uncompressed */
#define XE_SNAPSHOT_STORED_MAX   (XE_SNAPSHOT_GRANULE + 1024u)
#define XE_SNAPSHOT_STATE_MAX    (1u << 30)
#define XE_SNAPSHOT_BLOBS_MAX    (1u << 17)
#define XE_SNAPSHOT_SETTINGS_MAX 4096u
#define XE_SNAPSHOT_PREFIX       16u /* bytes that tell how long the head is */
#define XE_SNAPSHOT_STATE        0x80000000u
/* Beyond any head: the fixed part, settings, all blobs' rows, the hash. */
#define XE_SNAPSHOT_HEAD_MAX (1024u + XE_SNAPSHOT_SETTINGS_MAX + 40u * XE_SNAPSHOT_BLOBS_MAX)

struct xe_snapshot_blob {
    uint32_t what; /* XE_SNAPSHOT_STATE + number of the chunk, or number of the granule */
    uint32_t size; /* as it is kept */
    uint8_t sha256[32];
};

struct xe_snapshot_head {
    uint64_t cycle;
    uint8_t digest[16], title_sha256[32];
    uint32_t title_id;
    bool tainted;
    char title[64];                /* as reports call it                               */
    uint64_t state_size;           /* bytes of the state's chunks                      */
    char *settings;                /* owned: a line "group.name=value" for each        */
    struct xe_snapshot_blob *blob; /* owned */
    uint32_t blobs;
    size_t size;    /* of the head itself, in bytes              */
    uint64_t total; /* of the file: the head and all blobs       */
};

/* How long the head is whose first XE_SNAPSHOT_PREFIX bytes these are; 0 with err set: it is none,
 * or of a version that is not known. */
size_t xe_snapshot_head_size(const uint8_t prefix[XE_SNAPSHOT_PREFIX], struct xe_error *err);
/* Of the first bytes of a file, or all of it. On success ret is to be ended with fini. */
bool xe_snapshot_head_parse(const void *bytes, size_t size, struct xe_snapshot_head *ret,
                            struct xe_error *err);
/* Fills in size and total. Owned by the caller (xe_free); NULL: no memory. */
uint8_t *xe_snapshot_head_write(struct xe_snapshot_head *head);
void xe_snapshot_head_fini(struct xe_snapshot_head *head);

void xe_snapshot_hash(const void *bytes, size_t size, uint8_t ret[32]);
/* Are these blob i's bytes? */
bool xe_snapshot_blob_check(const struct xe_snapshot_head *head, uint32_t i, const void *bytes,
                            struct xe_error *err);
/* "state chunk 3", "memory at 0x82000000": for messages. */
void xe_snapshot_blob_name(const struct xe_snapshot_blob *blob, char *text, size_t size);

#endif
