#include "state/digest.h"

#include <stdio.h>
#include <string.h>

#include <gcrypt.h>

#include "base/alloc.h"

#define HASH_SIZE 16

struct xe_state_hasher {
    struct {
        const char *name; /* static */
        gcry_md_hd_t md;
    } part[XE_DIGEST_COMPONENTS];
    uint32_t parts;
};

struct xe_state_hasher *xe_state_hasher_create(void)
{
    return xe_calloc(1, sizeof(struct xe_state_hasher));
}

void xe_state_hasher_destroy(struct xe_state_hasher *hasher)
{
    if (!hasher)
        return;
    for (uint32_t i = 0; i < hasher->parts; i++)
        gcry_md_close(hasher->part[i].md);
    xe_free(hasher);
}

static gcry_md_hd_t part_of(struct xe_state_hasher *hasher, const char *component)
{
    uint32_t i;

    for (i = 0; i < hasher->parts; i++)
        if (strcmp(hasher->part[i].name, component) == 0)
            return hasher->part[i].md;
    if (i == XE_DIGEST_COMPONENTS || gcry_md_open(&hasher->part[i].md, GCRY_MD_BLAKE2B_256, 0) != 0)
        return NULL;
    hasher->part[i].name = component;
    hasher->parts++;
    return hasher->part[i].md;
}

void xe_state_hasher_put(void *hasher, const char *component, const void *bytes, size_t size)
{
    gcry_md_hd_t md = part_of(hasher, component);

    if (md)
        gcry_md_write(md, bytes, size);
}

void xe_state_hasher_finish(struct xe_state_hasher *hasher, struct xe_digest *ret)
{
    gcry_md_hd_t whole;

    memset(ret, 0, sizeof(*ret));
    if (gcry_md_open(&whole, GCRY_MD_BLAKE2B_256, 0) != 0)
        return;
    for (uint32_t i = 0; i < hasher->parts; i++) {
        struct xe_digest_component *component = &ret->component[i];

        component->name = hasher->part[i].name;
        memcpy(component->hash, gcry_md_read(hasher->part[i].md, GCRY_MD_BLAKE2B_256), HASH_SIZE);
        gcry_md_write(whole, component->name, strlen(component->name) + 1);
        gcry_md_write(whole, component->hash, HASH_SIZE);
    }
    ret->components = hasher->parts;
    memcpy(ret->hash, gcry_md_read(whole, GCRY_MD_BLAKE2B_256), HASH_SIZE);
    gcry_md_close(whole);
}

void xe_digest_text(const uint8_t hash[16], char text[XE_DIGEST_TEXT])
{
    size_t n = (size_t)snprintf(text, XE_DIGEST_TEXT, "%s:", XE_DIGEST_VERSION);

    for (size_t i = 0; i < HASH_SIZE; i++)
        snprintf(text + n + 2 * i, 3, "%02x", hash[i]);
}

void xe_fingerprint_text(const char *const *line, uint32_t lines, char text[XE_FINGERPRINT_TEXT])
{
    size_t n = strlen(XE_FINGERPRINT_VERSION) + 1;
    const uint8_t *hash;
    gcry_md_hd_t md;

    text[0] = '\0';
    if (gcry_md_open(&md, GCRY_MD_SHA256, 0) != 0)
        return;
    snprintf(text, XE_FINGERPRINT_TEXT, "%s:", XE_FINGERPRINT_VERSION);
    for (uint32_t i = 0; i < lines; i++) {
        gcry_md_write(md, line[i], strlen(line[i]));
        gcry_md_putc(md, '\n');
    }
    hash = gcry_md_read(md, GCRY_MD_SHA256);
    for (size_t i = 0; i < 8; i++)
        snprintf(text + n + 2 * i, 3, "%02x", hash[i]);
    gcry_md_close(md);
}
