/* Fuzz target: files that only look like snapshots. Their hashes are made right first, so that
 * changes reach what is behind. What is refused leaves the instance as it was; what is not can run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "tests/support/fuzz.h"
#include "tests/support/titles.h"
#include "xe/snapshot.h"

#define CYCLES   3000
#define SETTINGS 80u /* where the head says their size, and the number of blobs; */
#define BLOBS    84u
#define FIXED    160u /* where it ends but for settings and blobs */
#define ROW      40u
#define HASH     32u

#ifdef XE_SANITIZERS
const int fuzz_rounds = 300;
#else
const int fuzz_rounds = 1000;
#endif

static struct xe_instance *instance; /* owned */
static uint8_t *saved;               /* owned */
static size_t saved_size;

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void ready(void)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512], digest[XE_DIGEST_TEXT];

    if (instance)
        return;
    config.engine = XE_ENGINE_INTERPRETER;
    test_title_path("timers", path, sizeof(path));
    instance = test_instance(path, &config);
    test_run_digest(instance, 30000, digest);
    saved = xe_instance_snapshot_save(instance, NULL, &saved_size, NULL);
    must(saved, "no snapshot");
}

/* Blobs' hashes as far as their rows and bytes are there, then the head's. */
static void repair(uint8_t *file, size_t size)
{
    size_t head, row, at;

    if (size < FIXED || (head = xe_load_be32(file + 12)) > size || head < FIXED + HASH)
        return;
    at = head;
    row = FIXED + (size_t)xe_load_be32(file + SETTINGS);
    for (uint32_t i = xe_load_be32(file + BLOBS); i && row + ROW + HASH <= head; i--, row += ROW) {
        uint32_t n = xe_load_be32(file + row + 4);

        if (n > size - at)
            break;
        xe_snapshot_hash(file + at, n, file + row + 8);
        at += n;
    }
    xe_snapshot_hash(file, head - HASH, file + head - HASH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char was[XE_DIGEST_TEXT], is[XE_DIGEST_TEXT];
    uint8_t *file = malloc(size + 1);
    bool loaded;

    must(file, "no memory");
    ready();
    memcpy(file, data, size);
    repair(file, size);
    test_run_digest(instance, 0, was);
    loaded = xe_instance_snapshot_load(instance, file, size, NULL, NULL);
    test_run_digest(instance, loaded ? CYCLES : 0, is);
    must(loaded || strcmp(was, is) == 0, "a refused snapshot changed the instance");
    if (loaded)
        must(xe_instance_snapshot_load(instance, saved, saved_size, NULL, NULL),
             "a snapshot that was saved is refused");
    free(file);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    uint8_t *seed;

    ready();
    seed = i == 0 ? malloc(saved_size) : NULL;
    if (seed)
        memcpy(seed, saved, saved_size);
    *ret_size = saved_size;
    return seed;
}
