/* Frozen memory: what began from it is as it was, and nobody sees what others write. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "mem/frozen.h"
#include "mem/mem.h"
#include "mem/mem_internal.h"

#define AT   0x40000000u
#define SIZE 0x400000u
#define HUGE 0x20000000u /* all that a console has */

static struct xe_mem *with(uint32_t size)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);

    cr_assert_not_null(mem);
    cr_assert_eq(
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, AT, size, 0, XE_PAGE_READWRITE, true, false),
        AT);
    return mem;
}

static struct xe_mem_frozen *freeze(struct xe_mem *mem)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_mem_frozen *frozen = xe_mem_freeze(mem, &err);

    cr_assert(frozen, "%s", err.text);
    xe_mem_go_on(mem);
    return frozen;
}

static uint8_t *save(struct xe_mem *mem, size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "memory");
    xe_mem_state_frozen(&c, mem, NULL);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

/* Let `to` begin from `frozen`, with the allocations of `from`. */
static void begin(struct xe_mem *to, struct xe_mem *from, const struct xe_mem_frozen *frozen)
{
    struct xe_codec c;
    size_t size;
    uint8_t *bytes = save(from, &size);

    xe_codec_init_load(&c, bytes, size);
    xe_codec_section(&c, "memory");
    xe_mem_state_frozen(&c, to, frozen);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_free(bytes);
}

static struct xe_mem *fork_of(struct xe_mem *mem)
{
    struct xe_mem *to = xe_mem_create(0, NULL);
    struct xe_mem_frozen *frozen = freeze(mem);

    begin(to, mem, frozen);
    xe_mem_frozen_destroy(frozen);
    return to;
}

static void expect_equal(struct xe_mem *a, struct xe_mem *b)
{
    uint8_t one[16], two[16];

    xe_mem_digest(a, one);
    xe_mem_digest(b, two);
    cr_expect_arr_eq(one, two, 16);
}

/* Of memory's own live file: what a fork costs beside its process. */
static uint64_t live_bytes(const struct xe_mem *mem)
{
    struct stat st;

    cr_assert_eq(fstat(mem->priv->storage_fd, &st), 0);
    return (uint64_t)st.st_blocks * 512;
}

Test(mem_frozen, nobody_sees_what_others_write)
{
    struct xe_mem *parent = with(SIZE), *child;

    xe_mem_set_u32(parent, AT + 8, 1);
    xe_mem_set_u32(parent, AT + 0x20000, 2);
    child = fork_of(parent);
    expect_equal(parent, child);
    cr_expect_eq(live_bytes(child), 0, "a digest brings nothing in");
    xe_mem_set_u32(parent, AT + 8, 3);
    xe_mem_set_u32(child, AT + 0x20000, 4);
    cr_expect_eq(xe_mem_u32(parent, AT + 8), 3);
    cr_expect_eq(xe_mem_u32(child, AT + 8), 1);
    cr_expect_eq(xe_mem_u32(parent, AT + 0x20000), 2);
    cr_expect_eq(xe_mem_u32(child, AT + 0x20000), 4);
    xe_mem_destroy(parent);
    cr_expect_eq(xe_mem_u32(child, AT + 8), 1, "the parent is gone");
    xe_mem_destroy(child);
}

/* It is sealed by then, though it is mapped, and what either writes later is its own. */
Test(mem_frozen, others_begin_before_memory_goes_on)
{
    struct xe_mem *parent = with(SIZE), *child = xe_mem_create(0, NULL);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_mem_frozen *frozen;
    int fd[XE_MEM_LAYERS];
    const uint8_t *source;

    xe_mem_set_u32(parent, AT + 8, 1);
    xe_mem_set_u32(parent, AT + 0x20000, 2);
    frozen = xe_mem_freeze(parent, &err);
    cr_assert(frozen, "%s", err.text);
    begin(child, parent, frozen);
    expect_equal(parent, child);
    cr_assert_eq(xe_mem_frozen_files(frozen, fd, &source), 1);
    cr_expect_lt(pwrite(fd[0], "x", 1, AT), 0, "nobody can write what is shared");
    cr_expect_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd[0], 0), MAP_FAILED);
    xe_mem_set_u32(child, AT + 8, 3);
    cr_expect_eq(xe_mem_u32(parent, AT + 8), 1);
    xe_mem_go_on(parent);
    cr_expect_eq(live_bytes(parent), 0);
    xe_mem_set_u32(parent, AT + 0x20000, 4);
    cr_expect_eq(xe_mem_u32(parent, AT + 8), 1);
    cr_expect_eq(xe_mem_u32(child, AT + 0x20000), 2);
    xe_mem_frozen_destroy(frozen);
    xe_mem_destroy(parent);
    xe_mem_destroy(child);
}

/* Nothing is closed twice, and what began from it has it still. */
Test(mem_frozen, memory_may_end_instead_of_going_on)
{
    struct xe_mem *parent = with(SIZE), *child = xe_mem_create(0, NULL);
    struct xe_mem_frozen *frozen;
    int before, after;

    xe_mem_set_u32(parent, AT + 8, 1);
    before = dup(0);
    close(before);
    frozen = xe_mem_freeze(parent, NULL);
    cr_assert_not_null(frozen);
    begin(child, parent, frozen);
    xe_mem_frozen_destroy(frozen);
    xe_mem_destroy(parent);
    cr_expect_eq(xe_mem_u32(child, AT + 8), 1);
    xe_mem_destroy(child);
    after = dup(0);
    close(after);
    cr_expect_leq(after, before, "a file stays open");
}

/* What nobody touched is known without asking the host: it has no rights, and is in no layer. */
Test(mem_frozen, only_what_was_touched_is_in_a_layer)
{
    struct xe_mem *mem = with(SIZE);
    struct xe_mem_frozen *frozen;
    int fd[XE_MEM_LAYERS];
    const uint8_t *source;
    uint32_t held = 0;

    cr_expect_not(xe_mem_can(mem, AT + 0x20000, 4, XE_MEM_FAST_READ));
    cr_assert(xe_mem_set_u32(mem, AT + 0x20000, 1));
    cr_expect(xe_mem_can(mem, AT + 0x2FFFC, 4, XE_MEM_FAST_WRITE));
    cr_assert(xe_mem_set_u32(mem, AT + 0x50000, 1));
    cr_assert(xe_mem_decommit(mem, AT + 0x50000, 0x10000));
    frozen = freeze(mem);
    cr_expect_eq(xe_mem_frozen_files(frozen, fd, &source), 1);
    for (uint32_t i = 0; i < XE_MEM_GRANULES; i++)
        held += source[i] != 0;
    cr_expect_eq(held, 1);
    cr_expect_eq(source[(AT + 0x20000) >> 16], 1);
    xe_mem_frozen_destroy(frozen);
    xe_mem_destroy(mem);
}

/* Each way in brings its granule in: through views, words, slow accesses, fetches. */
Test(mem_frozen, whoever_looks_sees_what_was_there)
{
    struct xe_mem *mem = with(SIZE);
    uint64_t value = 0;
    xe_gva at;
    char text[4];

    for (uint32_t i = 0; i < 8; i++)
        cr_assert(xe_mem_write(mem, AT + i * 0x10000, "abc", 4));
    xe_mem_frozen_destroy(freeze(mem));
    cr_expect_eq(live_bytes(mem), 0);
    cr_expect_not(xe_mem_can(mem, AT, 4, XE_MEM_FAST_READ | XE_MEM_FAST_WRITE));
    cr_expect_str_eq((const char *)xe_mem_view(mem, AT, 4), "abc");
    cr_expect(xe_mem_can(mem, AT, 4, XE_MEM_FAST_WRITE));
    cr_expect_str_eq((const char *)xe_mem_view_rw(mem, AT + 0x10000, 4), "abc");
    cr_expect_eq(xe_mem_load_slow(mem, AT + 0x20000, 4, &value, &at), XE_MEM_OK);
    cr_expect_eq(value, 0x61626300);
    cr_expect_eq(xe_mem_store_slow(mem, AT + 0x30001, 1, 'x', &at), XE_MEM_OK);
    cr_expect_str_eq((const char *)mem->base + AT + 0x30000, "axc");
    cr_expect_eq(xe_mem_prepare(mem, AT + 0x40000, 16, false, &at), XE_MEM_OK);
    cr_expect_str_eq((const char *)mem->base + AT + 0x40000, "abc");
    cr_expect(xe_mem_may_fetch(mem, AT + 0x50000));
    cr_expect_str_eq((const char *)mem->base + AT + 0x50000, "abc");
    cr_expect_eq(xe_mem_strnlen(mem, AT + 0x60000, 100), 3);
    cr_expect(xe_mem_read(mem, AT + 0x70000, text, 4));
    cr_expect_str_eq(text, "abc");
    xe_mem_destroy(mem);
}

/* A load or store that begins in one granule and ends in the next. */
Test(mem_frozen, an_access_may_need_two_granules)
{
    struct xe_mem *mem = with(SIZE);
    uint64_t value = 0;
    xe_gva at;

    xe_mem_set_u64(mem, AT + 0xFFFC, 0x0102030405060708);
    xe_mem_frozen_destroy(freeze(mem));
    cr_expect_eq(xe_mem_load_slow(mem, AT + 0xFFFC, 8, &value, &at), XE_MEM_OK);
    cr_expect_eq(value, 0x0102030405060708);
    xe_mem_destroy(mem);
}

Test(mem_frozen, mirrors_are_one_memory)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    xe_gpa p =
        xe_mem_alloc_physical(mem, 0x40000, 0, XE_PAGE_READWRITE, 0x100000, 0x1FFFFFFF, false);

    for (uint32_t i = 0; i < 3; i++)
        xe_mem_set_u32(mem, XE_MEM_PHYS_A + p + i * 0x10000 + 4, i + 1);
    xe_mem_frozen_destroy(freeze(mem));
    cr_expect_eq(xe_mem_u32(mem, XE_MEM_PHYS_E + p - 0x1000 + 4), 1);
    cr_expect_eq(xe_mem_u32(mem, XE_MEM_PHYS_C + p + 0x10004), 2);
    xe_mem_set_u32(mem, XE_MEM_PHYS_E + p - 0x1000 + 0x20004, 9);
    cr_expect_eq(xe_mem_u32(mem, XE_MEM_PHYS_A + p + 0x20004), 9);
    xe_mem_destroy(mem);
}

/* Whole granules are let go without being brought in; of others the rest stays. */
Test(mem_frozen, what_is_freed_is_zero_when_it_comes_back)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    const xe_gva at = 0x200000;

    cr_assert_eq(
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, at, 0x40000, 0, XE_PAGE_READWRITE, true, false),
        at);
    memset(xe_mem_view_rw(mem, at, 0x40000), 0xAA, 0x40000);
    xe_mem_frozen_destroy(freeze(mem));
    cr_assert(xe_mem_decommit(mem, at + 0x8000, 0x20000));
    cr_expect_eq(live_bytes(mem), 0x8000 + 0x8000, "the parts of two granules that are kept");
    cr_assert(xe_mem_commit(mem, at + 0x8000, 0x20000, XE_PAGE_READWRITE));
    for (uint32_t i = 0; i < 0x40000; i += 0x1000)
        cr_expect_eq(xe_mem_u32(mem, at + i), i >= 0x8000 && i < 0x28000 ? 0 : 0xAAAAAAAA, "0x%x",
                     i);
    xe_mem_destroy(mem);
}

/* Loading a state over memory that began from something frozen. */
Test(mem_frozen, memory_can_begin_anew)
{
    struct xe_mem *mem = with(SIZE), *child, *empty = xe_mem_create(0, NULL);
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "memory");
    xe_mem_state(&c, empty);
    cr_assert(xe_codec_end(&c));
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    memset(xe_mem_view_rw(mem, AT, SIZE), 0x55, SIZE);
    child = fork_of(mem);
    xe_codec_init_load(&c, bytes, size);
    xe_codec_section(&c, "memory");
    xe_mem_state(&c, child);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    expect_equal(child, empty);
    xe_mem_alloc(child, XE_MEM_HEAP_VIRTUAL_64K, AT, SIZE, 0, XE_PAGE_READWRITE, true, false);
    cr_expect_eq(xe_mem_u32(child, AT + 0x12340), 0);
    xe_free(bytes);
    xe_mem_destroy(mem);
    xe_mem_destroy(child);
    xe_mem_destroy(empty);
}

/* Whatever order things are touched in, there are few layers, and each state stays what it was. */
Test(mem_frozen, layers_stay_few)
{
    enum { TIMES = 40 };
    struct xe_mem *mem = with(SIZE), *old = xe_mem_create(0, NULL);
    struct xe_mem_frozen *frozen[TIMES];
    uint8_t hash[TIMES][16], now[16];
    uint32_t random = 7;
    int fd[XE_MEM_LAYERS];
    const uint8_t *source;

    for (uint32_t i = 0; i < TIMES; i++) {
        for (uint32_t k = 0; k < (i % 5 ? 1 + i % 3 : 30); k++) {
            random = random * 1664525 + 1013904223;
            xe_mem_set_u32(mem, AT + (random >> 4) % (SIZE / 4) * 4, random);
        }
        frozen[i] = freeze(mem);
        xe_mem_digest(mem, hash[i]);
        cr_expect_leq(xe_mem_frozen_files(frozen[i], fd, &source), XE_MEM_LAYERS);
    }
    for (uint32_t i = 0; i < TIMES; i++) {
        begin(old, mem, frozen[i]);
        xe_mem_digest(old, now);
        cr_expect_arr_eq(now, hash[i], 16, "%u", i);
        xe_mem_frozen_destroy(frozen[i]);
    }
    xe_mem_destroy(mem);
    xe_mem_destroy(old);
}

Test(mem_frozen, freezing_twice_adds_nothing)
{
    struct xe_mem *mem = with(SIZE);
    struct xe_mem_frozen *one, *two;
    int fd[XE_MEM_LAYERS], again[XE_MEM_LAYERS];
    const uint8_t *source;

    xe_mem_set_u32(mem, AT, 1);
    one = freeze(mem);
    two = freeze(mem);
    cr_expect_eq(xe_mem_frozen_files(one, fd, &source), 1);
    cr_expect_eq(xe_mem_frozen_files(two, again, &source), 1);
    cr_expect_eq(fd[0], again[0]);
    xe_mem_frozen_destroy(one);
    xe_mem_frozen_destroy(two);
    xe_mem_destroy(mem);
}

/* Translations point at nothing, but are made of bytes that are looked at again. */
Test(mem_frozen, code_stays_where_it_is)
{
    struct xe_mem *mem = with(SIZE);
    struct xe_mem_frozen *frozen;

    xe_mem_set_u32(mem, AT + 0x30000, 0x60000000);
    xe_mem_set_u32(mem, AT + 0x50000, 0x60000000);
    xe_mem_code_mark(mem, AT + 0x30000);
    frozen = freeze(mem);
    cr_expect_eq(xe_load_be32(mem->base + AT + 0x30000), 0x60000000);
    cr_expect_eq(xe_load_be32(mem->base + AT + 0x50000), 0);
    cr_expect(xe_mem_can(mem, AT + 0x30000, 4, XE_MEM_FAST_READ));
    cr_expect_not(xe_mem_can(mem, AT + 0x30000, 4, XE_MEM_FAST_WRITE));
    xe_mem_code_mark(mem, AT + 0x50000);
    cr_expect_eq(xe_load_be32(mem->base + AT + 0x50000), 0x60000000);
    xe_mem_frozen_destroy(frozen);
    xe_mem_destroy(mem);
}

/* ---- the host ------------------------------------------------------------------------------- */

static int mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int n = 0, c;

    cr_assert_not_null(maps);
    while ((c = fgetc(maps)) != EOF)
        n += c == '\n';
    fclose(maps);
    return n;
}

/* All of a console's memory, every second page of it touched: in the parent, then in a fork. The
 * plain view needs not one mapping more than untouched memory. */
Test(mem_frozen, mappings_do_not_grow_with_what_is_touched)
{
    struct xe_mem *mem = with(HUGE), *child;
    int before;

    for (uint32_t at = 0; at < HUGE; at += 0x2000)
        xe_mem_set_u32(mem, AT + at, at | 1);
    child = fork_of(mem);
    before = mappings();
    for (uint32_t at = 0; at < HUGE; at += 0x2000)
        xe_mem_set_u32(child, AT + at, ~at);
    cr_expect_leq(mappings(), before);
    for (uint32_t at = 0; at < HUGE; at += 0x2000) {
        cr_assert_eq(xe_mem_u32(mem, AT + at), at | 1);
        cr_assert_eq(xe_mem_u32(child, AT + at), ~at);
    }
    xe_mem_destroy(mem);
    xe_mem_destroy(child);
}

/* In the guarded view a page opens when it is touched: every second one, all closed again by a
 * freeze, and what was there is there. */
Test(mem_frozen, the_guarded_view_is_closed_and_opens_again)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    struct xe_mem_frozen *frozen;
    int first;

    cr_assert(xe_mem_guard_create(mem, NULL));
    cr_assert_eq(
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, AT, HUGE, 0, XE_PAGE_READWRITE, true, false),
        AT);
    first = mappings();
    for (int round = 0; round < 2; round++) {
        for (uint32_t at = 0; at < HUGE; at += 0x2000) {
            cr_assert(xe_mem_guard_fault(mem, AT + at, true), "0x%x", at);
            cr_assert_eq(xe_load_be32(mem->guarded + AT + at), round ? at : 0);
            xe_store_be(mem->guarded + AT + at, 4, at);
        }
        frozen = freeze(mem);
        cr_assert_leq(mappings(), first + 16, "%d, and %d at first", mappings(), first);
        xe_mem_frozen_destroy(frozen);
    }
    cr_expect_not(xe_mem_can(mem, AT, 4, XE_MEM_FAST_READ));
    xe_mem_destroy(mem);
}

/* ---- from one process to another ------------------------------------------------------------ */

Test(mem_frozen, files_of_others_are_checked)
{
    struct xe_mem *mem = with(SIZE), *to = xe_mem_create(0, NULL);
    struct xe_mem_frozen *frozen, *taken;
    struct xe_error err = XE_ERROR_INIT;
    uint8_t table[XE_MEM_GRANULES];
    int fd[XE_MEM_LAYERS], given;
    const uint8_t *source;

    xe_mem_set_u32(mem, AT + 0x10004, 77);
    frozen = freeze(mem);
    cr_assert_eq(xe_mem_frozen_files(frozen, fd, &source), 1);
    given = dup(fd[0]);
    taken = xe_mem_frozen_take(&given, 1, source, &err);
    cr_assert(taken, "%s", err.text);
    begin(to, mem, taken);
    cr_expect_eq(xe_mem_u32(to, AT + 0x10004), 77);
    cr_expect_lt(pwrite(fd[0], "x", 1, AT), 0, "nobody can write what is shared");
    cr_expect_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd[0], 0), MAP_FAILED);

    memcpy(table, source, sizeof(table));
    table[5] = 2;
    given = dup(fd[0]);
    cr_expect_null(xe_mem_frozen_take(&given, 1, table, &err));
    cr_expect_str_eq(err.text, "memory at 0x00050000 is in file 2 of 1");
    cr_expect_lt(fcntl(given, F_GETFD), 0, "closed");
    xe_error_clear(&err);
    given = memfd_create("unsealed", MFD_ALLOW_SEALING);
    cr_assert_eq(ftruncate(given, XE_MEM_PHYS_C), 0);
    cr_expect_null(xe_mem_frozen_take(&given, 1, source, &err));
    cr_expect_str_eq(err.text, "a file of memory is not sealed");
    xe_error_clear(&err);
    given = memfd_create("short", MFD_ALLOW_SEALING);
    cr_assert_eq(
        fcntl(given, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
        0);
    cr_expect_null(xe_mem_frozen_take(&given, 1, source, &err));
    cr_expect_str_eq(err.text, "a file of memory is not of 0xc0000000 bytes");
    xe_mem_frozen_destroy(frozen);
    xe_mem_frozen_destroy(taken);
    xe_mem_destroy(mem);
    xe_mem_destroy(to);
}
