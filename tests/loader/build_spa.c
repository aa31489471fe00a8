#include "build_spa.h"

#include <assert.h>
#include <string.h>

#define ROOM      24 /* entries that there is room for, in front of what they are of */
#define FREE_ROOM 3
#define DATA      (0x18 + ROOM * 0x12 + FREE_ROOM * 8)

struct writer {
    uint8_t *bytes;
    size_t at, begin;
    uint32_t entries;
};

static void put(struct writer *w, uint64_t value, int bytes)
{
    assert(w->at + (size_t)bytes <= BUILD_SPA_MAX);
    while (bytes--)
        w->bytes[w->at++] = (uint8_t)(value >> 8 * bytes);
}

/* An entry of what was put since it began. */
static void end_entry(struct writer *w, uint16_t kind, uint64_t id)
{
    struct writer entry = {w->bytes, 0x18 + w->entries++ * (size_t)0x12, 0, 0};

    assert(w->entries <= ROOM);
    put(&entry, kind, 2);
    put(&entry, id, 8);
    put(&entry, w->begin - DATA, 4);
    put(&entry, w->at - w->begin, 4);
    w->begin = w->at;
}

static void put_language(struct writer *w, const struct build_spa *spa, uint16_t language)
{
    size_t bytes = 0, count = 0;

    for (size_t i = 0; i < spa->strings; i++)
        if (spa->string[i].language == language)
            bytes += 4 + strlen(spa->string[i].text), count++;
    if (!count)
        return;
    put(w, 0x58535452, 4); /* XSTR */
    put(w, 1, 4);
    put(w, bytes + 2, 4);
    put(w, count, 2);
    for (size_t i = 0; i < spa->strings; i++) {
        if (spa->string[i].language != language)
            continue;
        put(w, spa->string[i].id, 2);
        put(w, strlen(spa->string[i].text), 2);
        for (const char *c = spa->string[i].text; *c; c++)
            put(w, (uint8_t)*c, 1);
    }
    end_entry(w, 3, language);
}

static void put_achievements(struct writer *w, const struct build_spa *spa)
{
    put(w, 0x58414348, 4); /* XACH */
    put(w, 1, 4);
    put(w, 2 + spa->achievements * 0x24, 4);
    put(w, spa->achievements, 2);
    for (size_t i = 0; i < spa->achievements; i++) {
        const struct build_spa_achievement *a = &spa->achievement[i];

        put(w, a->id, 2);
        put(w, a->name, 2);
        put(w, a->description, 2);
        put(w, a->description, 2);
        put(w, a->image, 4);
        put(w, a->score, 2);
        put(w, 0, 2);
        put(w, a->flags, 4);
        put(w, 0, 8);
        put(w, 0, 8);
    }
    end_entry(w, 1, 0x58414348);
}

size_t build_spa(const struct build_spa *spa, uint8_t bytes[BUILD_SPA_MAX])
{
    struct writer w = {bytes, DATA, DATA, 0}, head = {bytes, 0, 0, 0};

    memset(bytes, 0, BUILD_SPA_MAX);
    put(&w, 0x58535443, 4); /* XSTC */
    put(&w, 1, 4);
    put(&w, 4, 4);
    put(&w, spa->language, 4);
    end_entry(&w, 1, 0x58535443);
    put_achievements(&w, spa);
    for (uint16_t language = 0; language < 20; language++)
        put_language(&w, spa, language);
    for (uint32_t i = 0; i < spa->icon; i++)
        put(&w, 0x89, 1);
    if (spa->icon)
        end_entry(&w, 2, 0x8000);
    put(&head, 0x58444246, 4); /* XDBF */
    put(&head, 0x10000, 4);
    put(&head, ROOM, 4);
    put(&head, w.entries, 4);
    put(&head, FREE_ROOM, 4);
    put(&head, 0, 4);
    return w.at;
}
