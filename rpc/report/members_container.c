/* Members of a container (schema xe360/container/1): the rows of struct xe_container_info, from
 * which container.inspect, its schema and `xe360ctl inspect` follow. */
#include <stdio.h>

#include "rpc/api/rows.h"
#include "xe/container.h"

#define INFO   struct xe_container_info
#define HEAD   struct xe_package_info
#define HASHES struct xe_container_hashes

/* ---- the head of a package ------------------------------------------------------------------- */

/* Source: doc/containers.md. */
static const struct {
    uint32_t type;
    const char *name;
} contents[] = {
    {0x1, "saved game"},       {0x2, "marketplace"},       {0x3, "publisher"},
    {0x1000, "title"},         {0x3000, "XNA title"},      {0x4000, "installed game"},
    {0x5000, "Xbox title"},    {0x7000, "game on demand"}, {0x9000, "avatar item"},
    {0x10000, "profile"},      {0x20000, "gamer picture"}, {0x30000, "theme"},
    {0x80000, "demo"},         {0x90000, "video"},         {0xA0000, "game title"},
    {0xB0000, "title update"}, {0xC0000, "trailer"},       {0xD0000, "arcade title"},
    {0xE0000, "XNA"},          {0xF0000, "license store"}, {0x2000000, "community game"},
};

static void content_name(const void *value, char *text, size_t size)
{
    uint32_t type = *(const uint32_t *)value;
    const char *name = "?";

    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++)
        if (contents[i].type == type)
            name = contents[i].name;
    snprintf(text, size, "%s", name);
}

static const char *const check_words[] = {XE_IMAGE_CHECK_WORDS, NULL};
static const struct xe_rpc_type check = {.kind = XE_RPC_KIND_ENUM, .values = check_words};

static const struct xe_rpc_type package = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_STRING("magic", HEAD, magic, "who signs such ones: CON, LIVE or PIRS"),
        M_HEX("content_type", HEAD, content_type, "what it is for"),
        M_MADE("content", HEAD, content_type, content_name, "the same in words; ? without any"),
        M_STRING("display_name", HEAD, display_name, "its name"),
        M_STRING("description", HEAD, description, "what is said of it"),
        M_STRING("publisher", HEAD, publisher, "who sells it"),
        M_STRING("title_name", HEAD, title_name, "of the title that it belongs to"),
        M_HEX("title_id", HEAD, title_id, "of that title"),
        M_HEX("media_id", HEAD, media_id, "of the disc or package"),
        M_HEX("version", HEAD, version, "as in the file"),
        M_HEX("base_version", HEAD, base_version, "that an update is for"),
        M_HEX("savegame_id", HEAD, savegame_id, "of what it saves"),
        M_HEX("creator", HEAD, creator, "the profile that made it; 0: none"),
        M_INT("disc_number", HEAD, disc_number, NULL, "from 1 on; 0: not said"),
        M_INT("disc_count", HEAD, disc_count, NULL, "discs of the title"),
        M_INT("header_size", HEAD, header_size, "bytes", "of the head"),
        M_VALUE("content_id", HEAD, content_id, &check, "does the head's hash hold?"),
        M_END,
    }};

/* ---- the whole ------------------------------------------------------------------------------- */

static const struct xe_rpc_type hashes = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_INT("good", HASHES, good, NULL, "blocks whose hash holds"),
        M_INT("bad", HASHES, bad, NULL, "blocks whose hash, or table, is wrong"),
        M_VALUE("first", HASHES, first, &xe_rpc_text_or_null,
                "what is wrong with the first; null: nothing", GIVEN_SET(HASHES, first)),
        M_END,
    }};

static const char *const schema_words[] = {"xe360/container/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};
static const char *const kind_words[] = {XE_CONTAINER_KIND_WORDS, NULL};
static const struct xe_rpc_type kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};

const struct xe_rpc_type xe_rpc_container = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this object"),
        M_VALUE("kind", INFO, kind, &kind, "of its volume"),
        M_INT("file_size", INFO, file_size, "bytes", "of the file"),
        M_STRUCT("package", INFO, package, &package, "the head of a package; null: a bare disc",
                 GIVEN(INFO, is_package, true)),
        M_INT("files", INFO, files, NULL, "in it"),
        M_INT("folders", INFO, folders, NULL, "in it, its root not counted"),
        M_INT("bytes", INFO, bytes, "bytes", "of its files"),
        M_INT("damaged", INFO, damaged, NULL, "folders that can't be read"),
        M_INT("cut", INFO, cut, NULL,
              "files of a disc whose end isn't there, as where an image was cut off"),
        M_VALUE("damage", INFO, damage, &xe_rpc_text_or_null,
                "what is wrong with the first of either; null: nothing", GIVEN_SET(INFO, damage)),
        M_VALUE("executable", INFO, executable, &xe_rpc_text_or_null,
                "what would be run; null: nothing in it can be", GIVEN_SET(INFO, executable)),
        M_STRUCT("hashes", INFO, hashes, &hashes, "of all blocks in use; null: discs have none",
                 GIVEN(INFO, has_hashes, true)),
        M_END,
    }};
