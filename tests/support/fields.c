#include "tests/support/fields.h"

#include <criterion/criterion.h>
#include <string.h>

static void gather(void *ctx, const char *section, const void *bytes, size_t n)
{
    uint64_t *hash = ctx;

    (void)section;
    for (size_t i = 0; i < n; i++)
        *hash = (*hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
}

static uint64_t digest(const struct field_test *test)
{
    struct xe_codec c;
    uint64_t hash = 0xCBF29CE484222325u;

    xe_codec_init_hash(&c, gather, &hash);
    xe_codec_section(&c, "test");
    test->state(&c, test->sample);
    cr_assert(xe_codec_end(&c), "%s: %s", test->name, c.error.text);
    xe_codec_fini(&c);
    return hash;
}

static uint64_t saved(const struct field_test *test)
{
    struct xe_codec c;
    uint64_t hash = 0xCBF29CE484222325u;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "test");
    test->state(&c, test->sample);
    cr_assert(xe_codec_end(&c), "%s: %s", test->name, c.error.text);
    gather(&hash, "", c.bytes, c.size);
    xe_codec_fini(&c);
    return hash;
}

static const struct field_range *exception_of(const struct field_test *test, size_t at)
{
    for (size_t i = 0; i < test->exceptions; i++)
        if (at >= test->except[i].from && at < test->except[i].to)
            return &test->except[i];
    return NULL;
}

/* One bit is enough, and keeps truth values what they are. */
void fields_check(const struct field_test *test)
{
    uint64_t plain = digest(test), kept = saved(test);
    uint8_t *bytes = test->sample;

    for (size_t at = 0; at < test->size; at++) {
        const struct field_range *except = exception_of(test, at);
        bool seen, in_save;

        if (except && except->what == FIELD_LEADS)
            continue;
        bytes[at] ^= 1;
        seen = digest(test) != plain;
        in_save = saved(test) != kept;
        bytes[at] ^= 1;
        cr_expect_eq(seen, !except, "%s: byte 0x%zx %s", test->name, at,
                     seen ? except->why : "is in no digest and on no list");
        cr_expect_eq(in_save, !except || except->what == FIELD_BESIDE, "%s: byte 0x%zx: %s",
                     test->name, at, in_save ? "is saved" : "is not saved");
    }
    cr_expect_eq(digest(test), plain);
}
