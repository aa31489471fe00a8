/* The codec: one description, four uses; what is loaded is hostile. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"

enum colour { RED, GREEN, BLUE, COLOURS };

struct thing {
    bool on;
    uint8_t small;
    uint16_t word;
    uint32_t number;
    int32_t below;
    int64_t far;
    uint64_t big;
    enum colour colour;
    char name[8];
    uint32_t seen; /* beside */
    uint32_t item[4];
    size_t items;
};

static const struct thing sample = {true, 2, 0x304, 5, -6, -7, 8, BLUE, "me", 0xFEDCBA, {1, 2}, 2};

static void thing_state(struct xe_codec *c, struct thing *thing)
{
    xe_codec_section(c, "thing");
    XE_CODEC(c, thing->on);
    XE_CODEC(c, thing->small);
    XE_CODEC(c, thing->word);
    XE_CODEC(c, thing->number);
    XE_CODEC(c, thing->below);
    XE_CODEC(c, thing->far);
    XE_CODEC(c, thing->big);
    xe_codec_enum(c, "colour", &thing->colour, COLOURS);
    xe_codec_text(c, "name", thing->name, sizeof(thing->name));
    xe_codec_beside(c, true);
    XE_CODEC(c, thing->seen);
    xe_codec_beside(c, false);
    xe_codec_section(c, "items");
    thing->items = xe_codec_count(c, "items", thing->items, 4, 4);
    for (size_t i = 0; i < thing->items; i++) {
        xe_codec_item(c, "item", i);
        XE_CODEC(c, thing->item[i]);
    }
}

static uint8_t *save(const struct thing *thing, size_t *ret_size)
{
    struct thing copy = *thing;
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    thing_state(&c, &copy);
    cr_assert(xe_codec_end(&c));
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static bool load(const uint8_t *bytes, size_t size, struct thing *ret, struct xe_error *err)
{
    struct xe_codec c;
    bool ok;

    memset(ret, 0, sizeof(*ret));
    xe_codec_init_load(&c, bytes, size);
    thing_state(&c, ret);
    ok = xe_codec_end(&c);
    *err = c.error;
    xe_codec_fini(&c);
    return ok;
}

Test(base_codec, what_is_saved_is_loaded)
{
    struct xe_error err;
    struct thing loaded;
    size_t size;
    uint8_t *bytes = save(&sample, &size);

    cr_assert(load(bytes, size, &loaded, &err), "%s", err.text);
    cr_expect(loaded.on && loaded.small == 2 && loaded.word == 0x304 && loaded.number == 5);
    cr_expect(loaded.below == -6 && loaded.far == -7 && loaded.big == 8);
    cr_expect(loaded.colour == BLUE && loaded.seen == 0xFEDCBA && loaded.items == 2);
    cr_expect_str_eq(loaded.name, "me");
    cr_expect(loaded.item[0] == 1 && loaded.item[1] == 2);
    xe_free(bytes);
}

static void compare(const uint8_t *bytes, size_t size, struct thing *thing, struct xe_codec *c)
{
    xe_codec_init_compare(c, bytes, size);
    thing_state(c, thing);
    xe_codec_end(c);
    xe_codec_fini(c);
}

Test(base_codec, comparing_names_the_first_difference)
{
    struct thing other = sample;
    struct xe_codec c;
    size_t size;
    uint8_t *bytes = save(&sample, &size);

    other.seen = 1;
    compare(bytes, size, &other, &c);
    cr_expect(!c.stopped, "what lies beside is not compared: %s", c.error.text);
    other.item[1] = 9;
    compare(bytes, size, &other, &c);
    cr_expect(c.differs);
    cr_expect_str_eq(c.error.text, "items: item 0x1: item[i]: 0x9 here, 0x2 there");
    strcpy(other.name, "you");
    compare(bytes, size, &other, &c);
    cr_expect_str_eq(c.error.text, "thing: name: 0x3 here, 0x2 there");
    xe_free(bytes);
}

static void gather(void *ctx, const char *section, const void *bytes, size_t n)
{
    uint64_t *hash = ctx;

    for (; *section; section++)
        *hash = *hash * 31 + (uint8_t)*section;
    for (size_t i = 0; i < n; i++)
        *hash = (*hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
}

static uint64_t hash(const struct thing *thing)
{
    struct thing copy = *thing;
    struct xe_codec c;
    uint64_t value = 1;

    xe_codec_init_hash(&c, gather, &value);
    thing_state(&c, &copy);
    cr_assert(xe_codec_end(&c));
    xe_codec_fini(&c);
    cr_assert_arr_eq(&copy, thing, sizeof(copy), "digesting changes nothing");
    return value;
}

Test(base_codec, digests_see_fields_and_not_what_lies_beside)
{
    struct thing other = sample;

    cr_expect_eq(hash(&other), hash(&sample));
    other.seen++;
    cr_expect_eq(hash(&other), hash(&sample));
    other.below++;
    cr_expect_neq(hash(&other), hash(&sample));
}

/* Whatever the bytes, loading ends, and stays inside (the sanitizers look). */
Test(base_codec, any_bytes_are_refused_or_loaded)
{
    struct xe_error err;
    struct thing loaded;
    size_t size;
    uint8_t *bytes = save(&sample, &size), *exact;

    for (size_t cut = 0; cut < size; cut++) {
        exact = (uint8_t *)xe_memdup(bytes, cut);
        cr_expect(!load(exact, cut, &loaded, &err), "cut to %zu bytes", cut);
        cr_expect_neq(err.text[0], '\0');
        xe_free(exact);
    }
    for (size_t at = 0; at < size; at++)
        for (uint32_t bit = 0; bit < 8; bit++) {
            bytes[at] ^= (uint8_t)(1u << bit);
            if (load(bytes, size, &loaded, &err))
                cr_expect(loaded.items <= 4 && loaded.colour < COLOURS);
            bytes[at] ^= (uint8_t)(1u << bit);
        }
    xe_free(bytes);
}

Test(base_codec, refusals_say_where_and_what)
{
    struct xe_error err;
    struct thing loaded;
    size_t size;
    uint8_t *bytes = save(&sample, &size);

    bytes[size - 8 - 8 + 7] = 5; /* the count */
    cr_expect(!load(bytes, size, &loaded, &err));
    cr_expect_str_eq(err.text, "items: items: 5 of them, where 2 is the most");
    bytes[size - 8 - 8 + 7] = 1;
    cr_expect(!load(bytes, size, &loaded, &err));
    cr_expect_str_eq(err.text, "items: 4 bytes too many");
    xe_free(bytes);
}
