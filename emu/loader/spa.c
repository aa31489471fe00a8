/* The resource in which a title tells of itself (xe/spa.h): a container XDBF of numbered entries,
 * among them tables of strings, one a language, and a table of achievements.
 * Source: doc/containers.md. */
#include "xe/spa.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/spa.h"

#define MAGIC            0x58444246u /* XDBF */
#define HEAD_SIZE        0x18u
#define ENTRY_SIZE       0x12u
#define FREE_SIZE        8u
#define ACHIEVEMENT_SIZE 0x24u
#define ENTRIES_MAX      0x10000u
#define TABLE_HEAD       14u    /* of strings and achievements; magic, version, size, count */
#define NAME             0x8000 /* a string's id, and an image's */
#define XACH             0x58414348u
#define XSTC             0x58535443u
#define XSTR             0x58535452u

enum { FACTS = 1, IMAGES, STRINGS };

struct spa {
    struct xe_spa *spa;
    const uint8_t *bytes;
    uint32_t size, entries, data; /* where entries' offsets begin */
};

struct entry {
    uint16_t kind;
    uint64_t id;
    uint32_t offset, size; /* from the resource's beginning */
};

static void damaged(struct spa *s, const char *format, ...)
{
    va_list args;

    if (s->spa->damage[0])
        return;
    va_start(args, format);
    vsnprintf(s->spa->damage, sizeof(s->spa->damage), format, args);
    va_end(args);
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character there, 0: it is none. */
static size_t character(const uint8_t *at, size_t left)
{
    size_t n = at[0] < 0x80 ? 1 : at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    uint32_t value = n == 1 ? at[0] : at[0] & (0x7Fu >> n);

    if (n > left || (at[0] >= 0x80 && at[0] < 0xC2) || at[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    if (value < 0x20 || (value >= 0x7F && value < 0xA0) || (n == 3 && value < 0x800) ||
        (value >= 0xD800 && value < 0xE000) || (n == 4 && (value < 0x10000 || value > 0x10FFFF)))
        return 0;
    return n;
}

static void take_text(char to[XE_SPA_TEXT], const uint8_t *from, size_t size)
{
    size_t at = 0, used = 0;

    while (at < size && from[at]) {
        size_t n = character(from + at, size - at);

        if (used + (n ? n : 1) >= XE_SPA_TEXT)
            break;
        if (n)
            memcpy(to + used, from + at, n);
        else
            to[used] = '?';
        used += n ? n : 1;
        at += n ? n : 1;
    }
    to[used] = '\0';
}

/* ---- entries -------------------------------------------------------------------------------- */

static bool read_head(struct spa *s)
{
    struct xe_reader r = xe_reader_make(s->bytes, s->size);
    uint32_t magic = xe_reader_be32(&r), version = xe_reader_be32(&r), room = xe_reader_be32(&r);
    uint64_t data;

    s->entries = xe_reader_be32(&r);
    data = HEAD_SIZE + (uint64_t)room * ENTRY_SIZE + (uint64_t)xe_reader_be32(&r) * FREE_SIZE;
    if (!r.ok || magic != MAGIC)
        damaged(s, "offset 0x0: magic is 0x%08x, expected 0x%08x", magic, MAGIC);
    else if (s->entries > room || s->entries > ENTRIES_MAX || data > s->size)
        damaged(s, "offset 0xc: 0x%x entries of 0x%x, expected inside 0x%x bytes (version 0x%x)",
                s->entries, room, s->size, version);
    s->data = (uint32_t)data;
    return !s->spa->damage[0];
}

/* An entry by its place; false: it is damaged. */
static bool entry_at(struct spa *s, uint32_t i, struct entry *ret)
{
    const uint8_t *at = s->bytes + HEAD_SIZE + (size_t)i * ENTRY_SIZE;
    uint32_t offset = xe_load_be32(at + 10);

    *ret = (struct entry){xe_load_be16(at), xe_load_be64(at + 2), 0, xe_load_be32(at + 14)};
    if (offset > s->size - s->data || ret->size > s->size - s->data - offset) {
        damaged(s, "offset 0x%x: entry 0x%x is 0x%x bytes at 0x%x, expected inside 0x%x",
                (uint32_t)(at - s->bytes), i, ret->size, offset, s->size - s->data);
        return false;
    }
    ret->offset = s->data + offset;
    return true;
}

static bool find(struct spa *s, uint16_t kind, uint64_t id, struct entry *ret)
{
    for (uint32_t i = 0; i < s->entries; i++)
        if (entry_at(s, i, ret) && ret->kind == kind && ret->id == id)
            return true;
    return false;
}

/* A table's entries, behind its head; false: it is none. */
static bool table(struct spa *s, const struct entry *entry, uint32_t magic, struct xe_reader *ret,
                  uint32_t *ret_count)
{
    *ret = xe_reader_make(s->bytes + entry->offset, entry->size);
    if (xe_reader_be32(ret) != magic || entry->size < TABLE_HEAD) {
        damaged(s, "offset 0x%x: 0x%x bytes, expected a table 0x%08x", entry->offset, entry->size,
                magic);
        return false;
    }
    xe_reader_seek(ret, TABLE_HEAD - 2);
    *ret_count = xe_reader_be16(ret);
    return true;
}

/* ---- strings -------------------------------------------------------------------------------- */

/* A string of a language by its id; false: it isn't there. */
static bool text_of(struct spa *s, const struct entry *strings, uint32_t id, char to[XE_SPA_TEXT])
{
    struct xe_reader r;
    uint32_t count;

    if (!table(s, strings, XSTR, &r, &count))
        return false;
    while (count--) {
        uint16_t number = xe_reader_be16(&r), length = xe_reader_be16(&r);
        const uint8_t *text = xe_reader_bytes(&r, length);

        if (!text) {
            damaged(s, "offset 0x%x: string 0x%x has 0x%x bytes, expected inside the table's 0x%x",
                    strings->offset + (uint32_t)r.at, number, length, strings->size);
            return false;
        }
        if (number == id) {
            take_text(to, text, length);
            return true;
        }
    }
    return false;
}

static void take_names(struct spa *s)
{
    struct xe_spa *spa = s->spa;
    struct entry entry;

    for (uint32_t language = 1; language <= XE_SPA_LANGUAGES; language++) {
        struct xe_spa_name *name = &spa->names[spa->name_count];

        if (!find(s, STRINGS, language, &entry) || !text_of(s, &entry, NAME, name->text))
            continue;
        name->language = language;
        spa->name_count++;
        if (language == spa->language || !spa->name[0])
            memcpy(spa->name, name->text, sizeof(spa->name));
    }
}

static void take_language(struct spa *s)
{
    struct entry entry;

    if (!find(s, FACTS, XSTC, &entry))
        return;
    if (entry.size < 16 || xe_load_be32(s->bytes + entry.offset) != XSTC)
        damaged(s, "offset 0x%x: 0x%x bytes, expected a language", entry.offset, entry.size);
    else if (xe_load_be32(s->bytes + entry.offset + 12) <= XE_SPA_LANGUAGES)
        s->spa->language = xe_load_be32(s->bytes + entry.offset + 12);
}

/* ---- achievements --------------------------------------------------------------------------- */

/* Many records may name a string at the far end of a long table: a look at each of its strings is
 * enough for all of them. */
static void take_texts(struct spa *s, const uint8_t *records)
{
    struct entry strings;
    struct xe_reader r;
    uint32_t count;

    if (!find(s, STRINGS, s->spa->language, &strings) || !table(s, &strings, XSTR, &r, &count))
        return;
    while (count-- && r.ok) {
        uint16_t id = xe_reader_be16(&r), length = xe_reader_be16(&r);
        const uint8_t *text = xe_reader_bytes(&r, length);

        for (uint32_t i = 0; text && i < s->spa->achievements; i++) {
            const uint8_t *record = records + (size_t)i * ACHIEVEMENT_SIZE;
            struct xe_spa_achievement *to = &s->spa->achievement[i];

            if (xe_load_be16(record + 2) == id && !to->name[0])
                take_text(to->name, text, length);
            if (xe_load_be16(record + 4) == id && !to->description[0])
                take_text(to->description, text, length);
        }
    }
}

static bool take_achievements(struct spa *s)
{
    struct xe_spa *spa = s->spa;
    struct entry entry;
    struct xe_reader r;
    const uint8_t *records;
    uint32_t count;

    if (!find(s, FACTS, XACH, &entry) || !table(s, &entry, XACH, &r, &count) || !count)
        return true;
    records = xe_reader_bytes(&r, (size_t)count * ACHIEVEMENT_SIZE);
    if (!records || count > XE_SPA_ACHIEVEMENTS_MAX) {
        damaged(s, "offset 0x%x: 0x%x achievements, expected at most 0x%x inside 0x%x bytes",
                entry.offset, count, XE_SPA_ACHIEVEMENTS_MAX, entry.size);
        return true;
    }
    spa->achievement = xe_calloc(count, sizeof(*spa->achievement));
    if (!spa->achievement)
        return false;
    spa->achievements = count;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *record = records + (size_t)i * ACHIEVEMENT_SIZE;

        spa->achievement[i].id = xe_load_be16(record);
        spa->achievement[i].image = xe_load_be32(record + 8);
        spa->achievement[i].score = xe_load_be16(record + 12);
        spa->achievement[i].flags = xe_load_be32(record + 16);
    }
    take_texts(s, records);
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

bool xe__loader_spa_read(const uint8_t *bytes, uint32_t size, xe_gva address, struct xe_spa **ret)
{
    struct xe_spa *spa = xe_calloc(1, sizeof(*spa));
    struct spa s = {.spa = spa, .bytes = bytes, .size = size};
    struct entry icon;

    *ret = spa;
    if (!spa)
        return false;
    if (!read_head(&s))
        return true;
    take_language(&s);
    take_names(&s);
    if (find(&s, IMAGES, NAME, &icon)) {
        spa->icon = address + icon.offset;
        spa->icon_size = icon.size;
    }
    return take_achievements(&s);
}

void xe__loader_spa_free(struct xe_spa *spa)
{
    if (spa)
        xe_free(spa->achievement);
    xe_free(spa);
}
