/* The tokens that are good; see keyring.h. */
#include "daemon/keyring.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <gcrypt.h>
#include <nettle/memops.h>

struct xe_keyring {
    pthread_mutex_t lock;
    struct xe_token *token; /* owned, sorted by name; guarded by lock, as what follows */
    size_t count;
};

struct xe_keyring *xe_keyring_create(void)
{
    struct xe_keyring *ring = calloc(1, sizeof(*ring));

    gcry_check_version(NULL);
    if (ring)
        pthread_mutex_init(&ring->lock, NULL);
    return ring;
}

void xe_keyring_destroy(struct xe_keyring *ring)
{
    if (!ring)
        return;
    pthread_mutex_destroy(&ring->lock);
    free(ring->token);
    free(ring);
}

bool xe_keyring_secret(char text[XE_KEYRING_SECRET], struct xe_error *err)
{
    unsigned char random[32];

    if (getrandom(random, sizeof(random), 0) != sizeof(random))
        return xe_error_set(err, XE_ERR_INTERNAL, "getrandom: %s", strerror(errno));
    for (int i = 0; i < 32; i++)
        sprintf(text + 2 * i, "%02x", random[i]);
    explicit_bzero(random, sizeof(random));
    return true;
}

void xe_keyring_hash(const char *text, uint8_t ret[32])
{
    gcry_md_hash_buffer(GCRY_MD_SHA256, ret, text, strlen(text));
}

/* Where a name is, or would be. */
static size_t place_of(const struct xe_keyring *ring, const char *name, bool *ret_there)
{
    size_t i = 0;

    while (i < ring->count && strcmp(ring->token[i].name, name) < 0)
        i++;
    *ret_there = i < ring->count && !strcmp(ring->token[i].name, name);
    return i;
}

static bool add_locked(struct xe_keyring *ring, const struct xe_token *token, struct xe_error *err)
{
    struct xe_token *grown;
    bool there;
    size_t at = place_of(ring, token->name, &there);

    if (there)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "name '%s': there is a token of that name",
                            token->name);
    if (ring->count >= XE_KEYRING_MAX)
        return xe_error_set(err, XE_ERR_QUOTA_EXCEEDED, "there are %d tokens, the most allowed",
                            XE_KEYRING_MAX);
    grown = realloc(ring->token, (ring->count + 1) * sizeof(*grown));
    if (!grown)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a token");
    ring->token = grown;
    memmove(grown + at + 1, grown + at, (ring->count - at) * sizeof(*grown));
    grown[at] = *token;
    ring->count++;
    return true;
}

bool xe_keyring_add(struct xe_keyring *ring, const struct xe_token *token, struct xe_error *err)
{
    bool ok;

    pthread_mutex_lock(&ring->lock);
    ok = add_locked(ring, token, err);
    pthread_mutex_unlock(&ring->lock);
    return ok;
}

bool xe_keyring_remove(struct xe_keyring *ring, const char *name)
{
    bool there;
    size_t at;

    pthread_mutex_lock(&ring->lock);
    at = place_of(ring, name, &there);
    if (there) {
        ring->count--;
        memmove(ring->token + at, ring->token + at + 1, (ring->count - at) * sizeof(*ring->token));
    }
    pthread_mutex_unlock(&ring->lock);
    return there;
}

static void set_caller(struct xe_grant *grant)
{
    memset(grant->token.sha256, 0, sizeof(grant->token.sha256));
    grant->caller = (struct xe_rpc_caller){
        .scopes = grant->token.scopes, .name = grant->token.name, .prefix = grant->token.prefix};
}

/* All are looked at, whichever it is. */
bool xe_keyring_check(struct xe_keyring *ring, const char *text, struct xe_grant *ret_grant)
{
    int64_t now = (int64_t)time(NULL);
    uint8_t sha256[32];
    bool good = false;

    xe_keyring_hash(text, sha256);
    pthread_mutex_lock(&ring->lock);
    for (size_t i = 0; i < ring->count; i++) {
        const struct xe_token *token = &ring->token[i];

        if (memeql_sec(token->sha256, sha256, sizeof(sha256)) &&
            (!token->expires || now < token->expires)) {
            ret_grant->token = *token;
            good = true;
        }
    }
    pthread_mutex_unlock(&ring->lock);
    if (good)
        set_caller(ret_grant);
    return good;
}

bool xe_keyring_next(struct xe_keyring *ring, const char *after, struct xe_token *ret)
{
    size_t i = 0;

    pthread_mutex_lock(&ring->lock);
    while (i < ring->count &&
           (!ring->token[i].name[0] || (after && strcmp(ring->token[i].name, after) <= 0)))
        i++;
    if (i < ring->count)
        *ret = ring->token[i];
    else
        ret = NULL;
    pthread_mutex_unlock(&ring->lock);
    return ret;
}

void xe_grant_owner(struct xe_grant *grant)
{
    *grant = (struct xe_grant){.token = {.scopes = XE_RPC_SCOPES}};
    set_caller(grant);
}
