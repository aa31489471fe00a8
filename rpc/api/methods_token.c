/* Rows of token.* and auth.*. */
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"

#define TOKEN  struct xe_rpc_token_view
#define MADE   struct xe_rpc_token_made_view
#define TOKENS struct xe_rpc_tokens_view

static bool has_scope(const void *object, size_t n)
{
    const TOKEN *token = object;

    return token->scopes >> n & 1;
}

#define SCOPES                                                                                     \
    M_WORDS("scopes", has_scope, &xe_rpc_scope_list, "what it may; a method has one of them")
#define PREFIX                                                                                     \
    M_VALUE("prefix", TOKEN, prefix, &xe_rpc_text_or_null,                                         \
            "it reaches instances and snapshots whose names begin so; null: all",                  \
            GIVEN_SET(TOKEN, prefix))
#define EXPIRES                                                                                    \
    M_VALUE("expires", TOKEN, expires, &xe_rpc_text_or_null, "host time, RFC 3339; null: never",   \
            GIVEN_SET(TOKEN, expires))

const struct xe_rpc_type xe_rpc_token = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("name", TOKEN, name, &xe_rpc_string, 1, 64, "as given"),
        SCOPES,
        PREFIX,
        M_BOUNDED("created", TOKEN, created, &xe_rpc_string, 20, 20, "host time, RFC 3339"),
        EXPIRES,
        M_BOOL("expired", TOKEN, expired, "it is good no more"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_identity = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("name", TOKEN, name, &xe_rpc_text_or_null,
                "of the token; null: the daemon's owner at the UNIX socket, or who has the cookie",
                GIVEN_SET(TOKEN, name)),
        SCOPES,
        PREFIX,
        EXPIRES,
        M_END,
    }};

const struct xe_rpc_type xe_rpc_token_made = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("token", MADE, token, &xe_rpc_string, 70, 70,
                  "the token itself; only this answer has it"),
        M_STRUCT("grant", MADE, grant, &xe_rpc_token, "as token.list shows it"),
        M_END,
    }};

static const struct xe_rpc_field token_item = {.name = "token", .type = &xe_rpc_token};
static const struct xe_rpc_type token_items = {.kind = XE_RPC_KIND_ARRAY, .items = &token_item};
const struct xe_rpc_type xe_rpc_tokens = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("items", TOKENS, items, &token_items, "by name"),
        M_NEXT_CURSOR(TOKENS, next_cursor),
        M_INT("total", TOKENS, total, NULL, "tokens that there are"),
        M_END,
    }};

static const char *const revoked_words[] = {"revoked", NULL};
static const struct xe_rpc_type revoked = {.kind = XE_RPC_KIND_ENUM, .values = revoked_words};
const struct xe_rpc_type xe_rpc_token_revoked = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("name", TOKEN, name, &xe_rpc_string, 1, 64, "of the token"),
        M_CONSTANT("state", &revoked, "it is good for nothing"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_auth_whoami = {
    .name = "auth.whoami",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Who calls, as far as the daemon knows, and what he may.",
    .result = &xe_rpc_identity,
};

const struct xe_rpc_method xe_rpc_method_token_create = {
    .name = "token.create",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_ADMIN,
    .doc = "A token for callers over TCP, good until it is revoked or expires, after restarts too. "
           "Nobody gives a scope that he hasn't, or a wider prefix than his own.",
    .result = &xe_rpc_token_made,
    .errors = {XE_ERR_UNAUTHORISED, XE_ERR_CONFIG_INVALID, XE_ERR_QUOTA_EXCEEDED,
               XE_ERR_STORE_FAILED},
    .params =
        {
            {"name", &xe_rpc_string, REQUIRED, 1, 64, "letters, digits, '.', '_' and '-'", 0},
            {"scopes", &xe_rpc_scope_list, OPTIONAL, 1, 4, "what it may; default read alone", 0},
            {"expires_s", &xe_rpc_int, OPTIONAL, 1, 3153600000, "for so long; default for ever", 0},
            {"prefix", &xe_rpc_string, OPTIONAL, 1, 64,
             "only for instances and snapshots whose names begin so; default the caller's", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_token_list = {
    .name = "token.list",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_ADMIN,
    .flags = XE_RPC_OOB,
    .doc = "The tokens with names; what is kept of them can't be used as one.",
    .result = &xe_rpc_tokens,
    .params = {PARAM_LIMIT, PARAM_CURSOR},
};

const struct xe_rpc_method xe_rpc_method_token_revoke = {
    .name = "token.revoke",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_ADMIN,
    .doc = "From now on the token is good for nothing; requests under way are answered.",
    .result = &xe_rpc_token_revoked,
    .errors = {XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {{"name", &xe_rpc_string, REQUIRED, 1, 64, "of the token", 0}},
};
