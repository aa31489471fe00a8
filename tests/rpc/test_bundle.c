/* Bundles as files: what is written is read, and what anybody else writes is refused with the
 * reason. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <zstd.h>

#include "rpc/report/bundle.h"
#include "rpc/report/bundle_file.h"

#define DIGEST XE_DIGEST_VERSION ":00112233445566778899aabbccddeeff"
#define HASH   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static json_t *good(void)
{
    json_t *bundle = json_pack(
        "{s:s, s:s, s:{s:s, s:s, s:s}, s:{s:s, s:s}, s:i, s:s, s:{s:s}, s:{s:i, s:[{s:i, s:s, "
        "s:{}}]}, s:s}",
        "schema", XE_BUNDLE_SCHEMA, "version", "0.1.0", "image", "name", "a.xex", "sha256", HASH,
        "title_id", "0x00000000", "engine", "ran", "jit", "asked", "jit", "cycle", 7, "digest",
        DIGEST, "components", "memory", DIGEST, "trail", "every", 5, "items", "cycle", 5, "digest",
        DIGEST, "components", "no_log", "tainted");

    cr_assert(bundle);
    return bundle;
}

/* Refused, with this in the reason. bundle is given. */
static void refused(json_t *bundle, const char *why)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file = xe_bundle_pack(bundle, &size, NULL);

    cr_assert(file);
    cr_expect_null(xe_bundle_unpack(file, size, &err), "wanted: %s", why);
    cr_expect(strstr(err.text, why), "%s: wanted '%s'", err.text, why);
    cr_expect_eq(err.code, XE_ERR_SCRIPT_MALFORMED);
    free(file);
    json_decref(bundle);
}

static json_t *with(const char *name, json_t *value)
{
    json_t *bundle = good();

    json_object_set_new(bundle, name, value);
    return bundle;
}

static json_t *without(const char *name)
{
    json_t *bundle = good();

    json_object_del(bundle, name);
    return bundle;
}

Test(bundle, what_is_packed_is_unpacked)
{
    struct xe_error err = XE_ERROR_INIT;
    json_t *bundle = with("later", json_string("members of later programs are no fault")), *again;
    size_t size;
    uint8_t *file = xe_bundle_pack(bundle, &size, &err);

    again = xe_bundle_unpack(file, size, &err);
    cr_assert(again, "%s", err.text);
    cr_expect(json_equal(bundle, again));
    cr_expect_eq(ZSTD_getFrameContentSize(file, size), json_dumpb(bundle, NULL, 0, JSON_COMPACT));
    json_decref(again);
    json_decref(bundle);
    free(file);
}

Test(bundle, members_are_checked)
{
    refused(json_array(), "no bundle");
    refused(json_object(), "no bundle");
    refused(with("schema", json_string("xe360/golden/1")), "no bundle");
    refused(with("schema", json_string("xe360/bundle/2")),
            "of schema xe360/bundle/2; this program reads xe360/bundle/1");
    refused(with("digest", json_string("xd1:00")),
            "of version xd1, this program's of " XE_DIGEST_VERSION);
    refused(without("image"), "bundle.image");
    refused(with("image", json_object()), "bundle.image.name");
    refused(with("cycle", json_integer(-1)), "bundle.cycle");
    refused(with("cycle", json_string("7")), "bundle.cycle");
    refused(with("trail", json_pack("{s:i, s:[i]}", "every", 1, "items", 3)),
            "bundle.trail.items[0]");
    refused(with("engine", json_pack("{s:s}", "ran", "sh")), "bundle.engine.ran");
    refused(with("explain", json_string("all is well")), "bundle.explain");
    refused(without("no_log"), "either input_log or no_log");
    refused(with("input_log", json_object()), "bundle.input_log.schema");
}

Test(bundle, a_trail_is_bounded)
{
    json_t *bundle = good(), *trail = json_object_get(bundle, "trail");
    json_t *items = json_object_get(trail, "items"), *item = json_array_get(items, 0);

    while (json_array_size(items) <= XE_BUNDLE_TRAIL)
        json_array_append(items, item);
    refused(bundle, "bundle.trail.items");
}

static void refused_file(const void *bytes, size_t size, const char *why)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_expect_null(xe_bundle_unpack(bytes, size, &err), "wanted: %s", why);
    cr_expect(strstr(err.text, why), "%s: wanted '%s'", err.text, why);
}

/* A frame of these bytes, which says how long they are or doesn't. */
static uint8_t *frame(const void *bytes, size_t size, bool length, size_t *ret_size)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    size_t room = ZSTD_compressBound(size);
    uint8_t *file = malloc(room + 1);

    ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, length);
    *ret_size = ZSTD_compress2(zstd, file, room, bytes, size);
    cr_assert(!ZSTD_isError(*ret_size));
    ZSTD_freeCCtx(zstd);
    return file;
}

Test(bundle, files_are_checked)
{
    static const char deep[] = "[[[[";
    size_t size, huge = XE_BUNDLE_TEXT_MAX + 1;
    char *zeros = calloc(1, huge);
    uint8_t *file;

    refused_file("", 0, "no file of zstd's");
    refused_file("PK\3\4", 4, "no file of zstd's");
    refused_file(zeros, XE_BUNDLE_FILE_MAX + 1, "longer than 4 MiB");
    file = frame(zeros, huge, true, &size);
    refused_file(file, size, "more than 16 MiB");
    free(file);
    file = frame("{}", 2, false, &size);
    refused_file(file, size, "says no length");
    free(file);
    file = frame(deep, 4, true, &size);
    refused_file(file, size, "no JSON");
    refused_file(file, size - 1, "cut, or something follows");
    file[size] = 0;
    refused_file(file, size + 1, "cut, or something follows");
    free(file);
    file = frame("{\"a\": 1, \"a\": 2}", 16, true, &size);
    refused_file(file, size, "no JSON: duplicate");
    free(file);
    free(zeros);
}

Test(bundle, damage_is_found)
{
    json_t *bundle = good();
    size_t size;
    uint8_t *file = xe_bundle_pack(bundle, &size, NULL);

    for (size_t i = 4; i < size; i++) {
        json_t *again;

        file[i] ^= 0x10;
        again = xe_bundle_unpack(file, size, NULL);
        cr_expect(!again || json_equal(again, bundle), "byte %zu", i);
        json_decref(again);
        file[i] ^= 0x10;
    }
    free(file);
    json_decref(bundle);
}
