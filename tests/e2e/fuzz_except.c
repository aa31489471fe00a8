/* Fuzz target: titles that handle exceptions, whose tables and code say anything: rows of .pdata,
 * the words before functions, scopes, prologues. An input is a title's number and changes of words.
 * Whatever they say, the run comes back, and all that is told of it can be told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "kernel/unwind/unwind.h"
#include "tests/support/fuzz.h"
#include "tests/support/titles.h"

#define CYCLES 100000
#define CHANGE                                                                                     \
    8u /* bytes of one: where it is counted from, which word there, what is turned over */
#define CHANGES 16u

const int fuzz_rounds = 120;

static const char *const titles[] = {"seh", "cxx", "uncaught"};
#define TITLES (sizeof(titles) / sizeof(titles[0]))

static struct xe_image *image[TITLES]; /* owned; as it was */

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz_except: %s\n", what);
    abort();
}

static void make(void)
{
    for (unsigned i = 0; i < TITLES; i++) {
        char path[512];
        size_t size;
        void *bytes;

        test_title_path(titles[i], path, sizeof(path));
        bytes = test_read_file(path, &size);
        must(bytes, path);
        image[i] = xe_image_parse(bytes, size, NULL);
        must(image[i], path);
        free(bytes);
    }
}

/* ---- changes --------------------------------------------------------------------------------- */

/* What a title is made of here: its image, and where its table of functions lies in that. */
struct target {
    uint8_t *bytes;
    uint32_t size, base, table, rows;
};

static uint32_t word_at(const struct target *t, uint32_t offset)
{
    return offset <= t->size - 4 ? xe_load_be32(t->bytes + offset) : 0;
}

/* Headers are little-endian, as in any such file. */
static uint32_t header_at(const struct target *t, uint32_t offset)
{
    return __builtin_bswap32(word_at(t, offset));
}

static void find_table(struct target *t)
{
    uint32_t directory = header_at(t, 0x3C) + 0x18 + 0x60 + 3 * 8;
    uint32_t from = header_at(t, directory), size = header_at(t, directory + 4);

    must(from && size >= 8 && from <= t->size && size <= t->size - from, "no table of functions");
    t->table = from;
    t->rows = size / 8;
}

/* Where a change of this kind is counted from, and among how many words it chooses. */
static uint32_t place_of(const struct target *t, uint8_t kind, uint8_t row, uint32_t *ret_words)
{
    uint32_t begin = word_at(t, t->table + row % t->rows * 8) - t->base;
    uint32_t data = begin >= 8 ? word_at(t, begin - 4) - t->base : 0;

    switch (kind % 4) {
    case 0:
        *ret_words = t->rows * 2;
        return t->table;
    case 1: /* its handler, its data, its prologue */
        *ret_words = 8;
        return begin >= 8 && begin < t->size ? begin - 8 : t->table;
    case 2: /* scopes, or what else its handler reads */
        *ret_words = 16;
        return data && data < t->size ? data : t->table;
    default:
        *ret_words = t->size / 4;
        return 0;
    }
}

static void change(struct target *t, const uint8_t *edit)
{
    uint32_t words, from = place_of(t, edit[0], edit[1], &words);
    uint32_t offset = (from & ~3u) + xe_load_be16(edit + 2) % words * 4;

    if (offset <= t->size - 4)
        xe_store_be32(t->bytes + offset, word_at(t, offset) ^ xe_load_be32(edit + 4));
}

/* ---- the target ------------------------------------------------------------------------------ */

static void run(const struct xe_image *changed)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    struct xe_thread_info thread;
    struct xe_digest digest;

    config.engine = XE_ENGINE_INTERPRETER;
    config.audit = false;
    instance = xe_instance_create(&config, NULL);
    must(instance, "no instance");
    if (xe_instance_load(instance, changed, "fuzzed", NULL)) {
        must(xe_instance_run(instance, CYCLES, NULL, NULL, &result, NULL), "it did not run");
        must(strlen(result.detail) < sizeof(result.detail), "a sentence without an end");
        xe_kernel_thread_info(xe_instance_kernel(instance), 1, &thread);
        xe_instance_digest(instance, &digest);
    }
    xe_instance_destroy(instance);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xe_image changed;
    struct target t;

    if (!image[0])
        make();
    if (!size)
        return 0;
    changed = *image[data[0] % TITLES];
    t = (struct target){.bytes = malloc(changed.size), .size = changed.size, .base = changed.base};
    must(t.bytes, "no memory");
    memcpy(t.bytes, changed.bytes, changed.size);
    find_table(&t);
    for (size_t at = 1; at + CHANGE <= size && at < 1 + CHANGES * CHANGE; at += CHANGE)
        change(&t, data + at);
    changed.bytes = t.bytes;
    run(&changed);
    free(t.bytes);
    return 0;
}

/* Each title, with changes that change nothing. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    uint8_t *seed = i < TITLES ? calloc(1, *ret_size = 1 + CHANGES * CHANGE) : NULL;

    for (unsigned k = 0; seed && k < CHANGES; k++) {
        seed[1 + CHANGE * k] = (uint8_t)k;
        seed[2 + CHANGE * k] = (uint8_t)(3 * k);
    }
    if (seed)
        seed[0] = (uint8_t)i;
    return seed;
}
