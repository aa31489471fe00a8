/* Tokens, without a daemon. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "daemon/keyring.h"

static struct xe_token token_of(const char *name, const char *text)
{
    struct xe_token token = {.scopes = XE_RPC_READ, .created = 1};

    snprintf(token.name, sizeof(token.name), "%s", name);
    xe_keyring_hash(text, token.sha256);
    return token;
}

Test(keyring, only_what_was_added_is_good)
{
    struct xe_keyring *ring = xe_keyring_create();
    struct xe_token token = token_of("one", "secret");
    struct xe_grant grant;

    snprintf(token.prefix, sizeof(token.prefix), "ci-");
    cr_assert(xe_keyring_add(ring, &token, NULL));
    cr_expect_not(xe_keyring_check(ring, "", &grant));
    cr_expect_not(xe_keyring_check(ring, "secre", &grant));
    cr_expect_not(xe_keyring_check(ring, "secrets", &grant));
    cr_assert(xe_keyring_check(ring, "secret", &grant));
    cr_expect_eq(grant.caller.scopes, XE_RPC_READ);
    cr_expect_str_eq(grant.caller.name, "one");
    cr_expect_str_eq(grant.caller.prefix, "ci-");
    cr_assert(xe_keyring_remove(ring, "one"));
    cr_expect_not(xe_keyring_check(ring, "secret", &grant));
    cr_expect_not(xe_keyring_remove(ring, "one"));
    xe_keyring_destroy(ring);
}

Test(keyring, an_expired_token_is_good_for_nothing)
{
    struct xe_keyring *ring = xe_keyring_create();
    struct xe_token past = token_of("past", "a"), future = token_of("future", "b");
    struct xe_grant grant;

    past.expires = (int64_t)time(NULL);
    future.expires = past.expires + 3600;
    cr_assert(xe_keyring_add(ring, &past, NULL) && xe_keyring_add(ring, &future, NULL));
    cr_expect_not(xe_keyring_check(ring, "a", &grant));
    cr_expect(xe_keyring_check(ring, "b", &grant));
    xe_keyring_destroy(ring);
}

Test(keyring, names_are_taken_once_and_told_in_order)
{
    struct xe_keyring *ring = xe_keyring_create();
    struct xe_token b = token_of("b", "1"), a = token_of("a", "2"), start = token_of("", "3");
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_keyring_add(ring, &b, NULL) && xe_keyring_add(ring, &a, NULL) &&
              xe_keyring_add(ring, &start, NULL));
    cr_expect_not(xe_keyring_add(ring, &b, &err));
    cr_expect_eq(err.code, XE_ERR_INVALID_PARAMS);
    cr_assert(xe_keyring_next(ring, NULL, &a));
    cr_expect_str_eq(a.name, "a");
    cr_assert(xe_keyring_next(ring, "a", &a));
    cr_expect_str_eq(a.name, "b");
    cr_expect_not(xe_keyring_next(ring, "b", &a));
    xe_keyring_destroy(ring);
}

Test(keyring, there_are_so_many_and_no_more)
{
    struct xe_keyring *ring = xe_keyring_create();
    struct xe_error err = XE_ERROR_INIT;
    char name[16];

    for (int i = 0; i < XE_KEYRING_MAX; i++) {
        struct xe_token token;

        snprintf(name, sizeof(name), "t%d", i);
        token = token_of(name, name);
        cr_assert(xe_keyring_add(ring, &token, NULL));
    }
    cr_expect_not(xe_keyring_add(ring, &(struct xe_token){.name = "more"}, &err));
    cr_expect_eq(err.code, XE_ERR_QUOTA_EXCEEDED);
    xe_keyring_destroy(ring);
}

Test(keyring, secrets_differ)
{
    char a[XE_KEYRING_SECRET], b[XE_KEYRING_SECRET];

    cr_assert(xe_keyring_secret(a, NULL) && xe_keyring_secret(b, NULL));
    cr_expect_eq(strlen(a), XE_KEYRING_SECRET - 1);
    cr_expect_str_neq(a, b);
}
