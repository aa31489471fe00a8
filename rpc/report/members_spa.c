/* Members of what a title tells of itself, a part of an image: the rows of struct xe_spa. */
#include "rpc/report/image_json.h"
#include "rpc/api/rows.h"

#define SPA         struct xe_spa
#define NAMED       struct xe_spa_name
#define ACHIEVEMENT struct xe_spa_achievement

static const char *const language_words[] = {XE_SPA_LANGUAGE_WORDS, NULL};
static const struct xe_rpc_type language = {.kind = XE_RPC_KIND_ENUM, .values = language_words};

static const struct xe_rpc_type name = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("language", NAMED, language, &language, "of the name"),
        M_STRING("text", NAMED, text, "the name"),
        M_END,
    }};
static const struct xe_rpc_field name_item = {"name", &name, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type names = {.kind = XE_RPC_KIND_ARRAY, .items = &name_item};

static const struct xe_rpc_type icon = {.kind = XE_RPC_KIND_OBJECT,
                                        .null = true,
                                        .members = (const struct xe_rpc_member[]){
                                            M_HEX("address", SPA, icon, "where it begins"),
                                            M_INT("size", SPA, icon_size, "bytes", "of it"),
                                            M_END,
                                        }};

static const struct xe_rpc_type achievement = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("id", ACHIEVEMENT, id, NULL, "its number"),
        M_INT("score", ACHIEVEMENT, score, NULL, "that it gives"),
        M_HEX("image", ACHIEVEMENT, image, "number of its picture"),
        M_HEX("flags", ACHIEVEMENT, flags, "as in the file"),
        M_STRING("name", ACHIEVEMENT, name, "in the title's own language"),
        M_STRING("description", ACHIEVEMENT, description, "what it is for, in that language"),
        M_END,
    }};
static const struct xe_rpc_field achievement_item = {
    "achievement", &achievement, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type achievements = {.kind = XE_RPC_KIND_ARRAY,
                                                .items = &achievement_item};

const struct xe_rpc_type xe_rpc_spa = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("name", SPA, name, &xe_rpc_text_or_null, "the title's name; null: it has none",
                GIVEN_SET(SPA, name)),
        M_VALUE("language", SPA, language, &language, "the title's own"),
        M_ARRAY("names", SPA, names, name_count, &names, "in all languages that it has one in"),
        M_PART("icon", &icon, "a PNG picture in the image; null: none", GIVEN_SET(SPA, icon_size)),
        M_LIST("achievements", SPA, achievement, achievements, &achievements,
               "in the file's order"),
        M_VALUE("damage", SPA, damage, &xe_rpc_text_or_null, "the first that was found; null: none",
                GIVEN_SET(SPA, damage)),
        M_END,
    }};
