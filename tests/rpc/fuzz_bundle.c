/* Fuzz target: bundles as anybody may make them. The first byte says whether the rest is a file, or
 * JSON that is compressed first, so that changes reach what is behind. What is taken has what
 * running it again reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "rpc/report/bundle.h"
#include "rpc/report/bundle_file.h"
#include "tests/support/fuzz.h"

const int fuzz_rounds = 3000;

#define DIGEST XE_DIGEST_VERSION ":00112233445566778899aabbccddeeff"
#define HASH   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const char *const seeds[] = {
    "J{\"schema\":\"" XE_BUNDLE_SCHEMA
    "\",\"version\":\"0.1.0\",\"image\":{\"name\":\"a.xex\",\"sha256\":\"" HASH
    "\"},\"engine\":{\"ran\":\"jit\"},\"cycle\":7,\"digest\":\"" DIGEST
    "\",\"components\":{\"memory\":\"" DIGEST
    "\"},\"trail\":{\"every\":5,\"items\":[{\"cycle\":5,\"digest\":\"" DIGEST
    "\",\"components\":{}}]},\"no_log\":\"tainted\"}",
    "J{\"schema\":\"" XE_BUNDLE_SCHEMA
    "\",\"version\":\"0.1.0\",\"image\":{\"name\":\"a.xex\",\"sha256\":\"" HASH
    "\"},\"engine\":{\"ran\":\"jit\"},\"cycle\":7,\"digest\":\"" DIGEST
    "\",\"components\":{},\"trail\":{\"every\":0,\"items\":[]},\"stop\":{\"reason\":\"crash\"},"
    "\"input_log\":{\"schema\":\"xe360/input-log/1\",\"image\":{\"sha256\":\"" HASH
    "\",\"title_id\":\"0x0\"},\"config\":{},\"inputs\":[{\"cycle\":1,\"idle\":\"0x0\",\"kind\":"
    "\"memory\",\"address\":\"0x82000000\",\"bytes\":\"00\"}],\"points\":[],\"end\":{\"cycle\":7,"
    "\"idle\":\"0x0\",\"digest\":\"" DIGEST "\",\"components\":{}}}}"};

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    const size_t texts = sizeof(seeds) / sizeof(seeds[0]);
    uint8_t *seed;

    if (i >= 2 * texts)
        return NULL;
    *ret_size = strlen(seeds[i % texts]);
    seed = malloc(2 * *ret_size + 512);
    memcpy(seed, seeds[i % texts], *ret_size);
    if (i >= texts) {
        seed[0] = 'Z';
        *ret_size = 1 + ZSTD_compress(seed + 1, 2 * *ret_size + 500, seeds[i % texts] + 1,
                                      *ret_size - 1, 3);
    }
    return seed;
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void look(const uint8_t *file, size_t size)
{
    struct xe_error err = XE_ERROR_INIT;
    json_t *bundle = xe_bundle_unpack(file, size, &err);

    if (!bundle) {
        must(err.text[0], "refused without a reason");
        return;
    }
    must(json_is_string(json_object_get(json_object_get(bundle, "image"), "sha256")), "no hash");
    must(json_is_integer(json_object_get(bundle, "cycle")), "no cycle");
    must(json_is_array(json_object_get(json_object_get(bundle, "trail"), "items")), "no trail");
    must(json_object_get(bundle, "input_log") || json_object_get(bundle, "no_log"), "no log");
    json_decref(bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t room = ZSTD_compressBound(size), n;
    uint8_t *file;

    if (!size)
        return 0;
    if (data[0] != 'J') {
        look(data + 1, size - 1);
        return 0;
    }
    file = malloc(room);
    n = ZSTD_compress(file, room, data + 1, size - 1, 1);
    must(!ZSTD_isError(n), "zstd");
    look(file, n);
    free(file);
    return 0;
}
