/* Who may call: the tokens that are good. The loop adds and takes away, the server's thread asks;
 * one lock guards all of it.
 *
 * A token is 256 random bits, so its SHA-256 is all that is kept of it, and a fast hash will do:
 * there is nothing to guess. What a caller brings is hashed and compared with each of them, in a
 * time that says nothing of which bytes were equal. */
#ifndef XE_DAEMON_KEYRING_H
#define XE_DAEMON_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpc/api/rpc.h"
#include "xe/error.h"

#define XE_TOKEN_NAME_MAX 64
#define XE_TOKEN_TEXT     80 /* room for a token as its owner has it, with the NUL */
#define XE_KEYRING_MAX    1000
#define XE_KEYRING_MARK   "xe360_" /* how tokens with a name begin */
#define XE_KEYRING_SECRET 65       /* room for 64 hexadecimal digits */

struct xe_token {
    char name[XE_TOKEN_NAME_MAX + 1]; /* "": the token of this start, which no list shows */
    uint8_t sha256[32];
    unsigned scopes;
    char prefix[XE_TOKEN_NAME_MAX + 1]; /* "": none */
    int64_t created, expires;           /* seconds since 1970; expires 0: never */
};

/* What a caller has shown; `caller` points into the same struct, which stays where it is. */
struct xe_grant {
    struct xe_rpc_caller caller;
    struct xe_token token; /* without its hash */
};

struct xe_keyring;

struct xe_keyring *xe_keyring_create(void);
void xe_keyring_destroy(struct xe_keyring *ring);

/* 256 random bits as text. */
bool xe_keyring_secret(char text[XE_KEYRING_SECRET], struct xe_error *err);
void xe_keyring_hash(const char *text, uint8_t ret[32]);

/* false: one of that name is there, or there are too many. */
bool xe_keyring_add(struct xe_keyring *ring, const struct xe_token *token, struct xe_error *err);
/* false: there is none of that name. */
bool xe_keyring_remove(struct xe_keyring *ring, const char *name);
/* Is this text a token that is good now? Then ret_grant says what it may. */
bool xe_keyring_check(struct xe_keyring *ring, const char *text, struct xe_grant *ret_grant);
/* The first by name after that one (NULL: of all); false: there is none. For the loop. */
bool xe_keyring_next(struct xe_keyring *ring, const char *after, struct xe_token *ret);

/* Who may everything, and needs no token. */
void xe_grant_owner(struct xe_grant *grant);

#endif
