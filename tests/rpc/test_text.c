/* Texts that are passed on: which are one JSON object and no more, and what is made of pieces. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <jansson.h>

#include "rpc/api/text.h"

static const char *const good[] = {
    "{}",
    "{\"a\":1}",
    "{\"a\":[],\"b\":{},\"c\":[{}],\"d\":[[],[[]]]}",
    "{\"a\":[1,-1,0,-0,999999999999999999,1.5,-0.25,1e5,1E+05,1.0e-99]}",
    "{\"a\":true,\"b\":false,\"c\":null}",
    "{\"\":\"\"}",
    "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"}",
    "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 and 01234567\x7f\"}",
    "{\"a\":\"a long one, of many words of eight bytes, then: \\\" and more of it behind that\"}",
};

static const char *const bad[] = {
    "",
    "null",
    "[]",
    "\"{}\"",
    "{",
    "}",
    "{}}",
    "{}{}",
    "{},{}",
    "{}\n",
    " {}",
    "{ }",
    "{\"a\" :1}",
    "{\"a\": 1}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{1:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1}",
    "{\"a\":{]}",
    "{\"a\":[}]",
    "{\"a\":1}]",
    "{\"a\":01}",
    "{\"a\":+1}",
    "{\"a\":.5}",
    "{\"a\":1.}",
    "{\"a\":1e}",
    "{\"a\":1e999}",
    "{\"a\":-}",
    "{\"a\":9999999999999999999}",
    "{\"a\":NaN}",
    "{\"a\":tru}",
    "{\"a\":truee}",
    "{\"a\":\"",
    "{\"a\":\"\\",
    "{\"a\":\"\\u12",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u0000\"}",
    "{\"a\":\"\\uD800\"}",
    "{\"a\":\"\\uDC00\"}",
    "{\"a\":\"\\uD800\\u0041\"}",
    "{\"a\":\"\\u00g0\"}",
    "{\"a\":\"a line\n\"}",
    "{\"a\":\"some words and then\x01\"}",
    "{\"a\":\"\x80\"}",
    "{\"a\":\"\xc0\x80\"}",
    "{\"a\":\"\xc3\"}",
    "{\"a\":\"\xe0\x80\x80\"}",
    "{\"a\":\"\xed\xa0\x80\"}",
    "{\"a\":\"\xf0\x80\x80\x80\"}",
    "{\"a\":\"\xf4\x90\x80\x80\"}",
    "{\"a\":\"\xf8\x88\x80\x80\x80\"}",
    "{\"a\":1},\"error\":{",
};

Test(rpc_text, objects_pass)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_expect(xe_rpc_is_object(good[i], strlen(good[i])), "%s", good[i]);
}

Test(rpc_text, nothing_else_passes)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_not(xe_rpc_is_object(bad[i], strlen(bad[i])), "%s", bad[i]);
    cr_expect_not(xe_rpc_is_object("{\"a\":\"\0\"}", 9), "NUL in a string");
    cr_expect_not(xe_rpc_is_object("{}\0", 3), "NUL behind it");
}

/* Whatever is cut off, what is left is none. */
Test(rpc_text, nothing_may_be_missing)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        for (size_t size = 0; size < strlen(good[i]); size++) {
            char *copy = malloc(size); /* a sanitizer sees who looks behind it */

            cr_assert(copy || !size);
            memcpy(copy, good[i], size);
            cr_expect_not(xe_rpc_is_object(copy, size), "%.*s", (int)size, good[i]);
            free(copy);
        }
}

Test(rpc_text, depth_is_bounded)
{
    char deep[2 * XE_RPC_REPLY_DEPTH_MAX + 16];

    for (unsigned arrays = XE_RPC_REPLY_DEPTH_MAX - 1; arrays <= XE_RPC_REPLY_DEPTH_MAX; arrays++) {
        char *at = deep + sprintf(deep, "{\"\":");

        memset(at, '[', arrays);
        memset(at + arrays, ']', arrays);
        strcpy(at + 2 * arrays, "}");
        cr_expect_eq(xe_rpc_is_object(deep, strlen(deep)), arrays < XE_RPC_REPLY_DEPTH_MAX, "%u",
                     arrays);
    }
}

Test(rpc_text, pieces_are_kept_in_order)
{
    struct xe_rpc_text text = {0}, other = {0};
    char *joined;

    for (int i = 0; i < 9; i++)
        xe_rpc_text_add(&other, "ab");
    xe_rpc_text_give(&text, strdup("("), 1);
    xe_rpc_text_move(&text, &other);
    xe_rpc_text_give(&text, strdup(")rest"), 1);
    cr_expect_eq(other.count, 0);
    cr_expect_eq(text.size, 20);
    joined = xe_rpc_text_join(&text);
    cr_expect_str_eq(joined, "(ababababababababab)");
    free(joined);
    xe_rpc_text_fini(&text);
    cr_expect_eq(text.size, 0);
}
