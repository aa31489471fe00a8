/* The parameters of instance.create that are settings: the rows of xe/settings.def. */
#include "rpc/api/rows.h"
#include "xe/settings.h"

static const char *const gs_words[] = {XE_JIT_GS_WORDS, NULL};
static const struct xe_rpc_type gs_word = {.kind = XE_RPC_KIND_ENUM, .values = gs_words};

static const char *const net_words[] = {XE_NET_MODE_WORDS, NULL};
static const struct xe_rpc_type net_word = {.kind = XE_RPC_KIND_ENUM, .values = net_words};

static const char *const readback_words[] = {XE_READBACK_WORDS, NULL};
static const struct xe_rpc_type readback_word = {.kind = XE_RPC_KIND_ENUM,
                                                 .values = readback_words};

static const char *const renderer_words[] = {XE_RENDERER_WORDS, NULL};
static const struct xe_rpc_type renderer_word = {.kind = XE_RPC_KIND_ENUM,
                                                 .values = renderer_words};

static const char *const video_words[] = {XE_VIDEO_WORDS, NULL};
static const struct xe_rpc_type video_word = {.kind = XE_RPC_KIND_ENUM, .values = video_words};

#define ROW_U32(name, min, max, fallback, unit, doc)                                               \
    {#name, &xe_rpc_int, OPTIONAL, min, max, doc " (" unit ")", fallback},
#define ROW_U64(name, min, max, fallback, unit, doc) ROW_U32(name, min, max, fallback, unit, doc)
#define ROW_BOOL(name, min, max, fallback, unit, doc)                                              \
    {#name, &xe_rpc_bool, OPTIONAL, 0, 0, doc, fallback},
#define ROW_ENGINE(name, min, max, fallback, unit, doc)                                            \
    {#name, &xe_rpc_engine_word, OPTIONAL, 0, 0, doc, 0},
#define ROW_GS(name, min, max, fallback, unit, doc)  {#name, &gs_word, OPTIONAL, 0, 0, doc, 0},
#define ROW_NET(name, min, max, fallback, unit, doc) {#name, &net_word, OPTIONAL, 0, 0, doc, 0},
#define ROW_READBACK(name, min, max, fallback, unit, doc)                                          \
    {#name, &readback_word, OPTIONAL, 0, 0, doc, 0},
#define ROW_RENDERER(name, min, max, fallback, unit, doc)                                          \
    {#name, &renderer_word, OPTIONAL, 0, 0, doc, 0},
#define ROW_VIDEO(name, min, max, fallback, unit, doc) {#name, &video_word, OPTIONAL, 0, 0, doc, 0},
#define ROW_KEYS(name, min, max, fallback, unit, doc)                                              \
    {#name, &xe_rpc_handles, OPTIONAL, min, max, doc, 0},
#define NO_ROW(name, min, max, fallback, unit, doc)

#define IN_CONFIG(type) NO_ROW
#define IN_AUDIT(type)  NO_ROW
#define IN_FAULTS(type) ROW_##type
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    IN_##group(type)(name, min, max, fallback, unit, doc)
static const struct xe_rpc_type faults = {.kind = XE_RPC_KIND_OBJECT,
                                          .fields = (const struct xe_rpc_field[]){
#include "xe/settings.def"
                                              END}};

#undef IN_CONFIG
#undef IN_FAULTS
#define IN_CONFIG(type) ROW_##type
#define IN_FAULTS(type) NO_ROW
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    IN_##group(type)(name, min, max, fallback, unit, doc)
const struct xe_rpc_type xe_rpc_config = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
#include "xe/settings.def"
        {"faults", &faults, OPTIONAL, 0, 0,
         "for tests: break the instance on purpose; only in builds with a fault plan", 0},
        END}};

/* Those of them that goldens have. */
#define SEEN_ROW_SEEN(type)   ROW_##type
#define SEEN_ROW_BACK(type)   ROW_##type
#define SEEN_ROW_UNSEEN(type) NO_ROW
#undef IN_CONFIG
#define IN_CONFIG(type, seen) SEEN_ROW_##seen(type)
#undef IN_AUDIT
#undef IN_FAULTS
#define IN_AUDIT(type, seen)  NO_ROW
#define IN_FAULTS(type, seen) NO_ROW
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    IN_##group(type, seen)(name, min, max, fallback, unit, doc)
const struct xe_rpc_type xe_rpc_config_seen = {.kind = XE_RPC_KIND_OBJECT,
                                               .fields = (const struct xe_rpc_field[]){
#include "xe/settings.def"
                                                   END}};

#undef IN_CONFIG
#undef IN_AUDIT
#undef IN_FAULTS
#define IN_FAULTS(type) NO_ROW
#define IN_CONFIG(type) NO_ROW
#define IN_AUDIT(type)  ROW_##type
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    IN_##group(type)(name, min, max, fallback, unit, doc)
const struct xe_rpc_type xe_rpc_audit_option = {.kind = XE_RPC_KIND_OBJECT,
                                                .fields = (const struct xe_rpc_field[]){
#include "xe/settings.def"
                                                    END}};
