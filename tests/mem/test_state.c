/* Guest memory saved and loaded: digests are equal, and hostile bytes stay outside. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "mem/mem.h"

#define LIMIT 0x800000u

/* Something of everything: rights that differ inside an allocation, a reserved range, physical
 * memory, pages written and not. */
static struct xe_mem *filled(void)
{
    struct xe_mem *mem = xe_mem_create(LIMIT, NULL);
    xe_gva a =
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, 0, 0x30000, 0, XE_PAGE_READWRITE, true, false);
    xe_gva r =
        xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x8000, 0, XE_PAGE_READWRITE, false, true);
    xe_gpa p = xe_mem_alloc_physical(mem, 0x4000, 0, XE_PAGE_READWRITE, 0x100000, 0x1FFFFFFF, true);

    xe_mem_set_u32(mem, a + 0x1234, 0x12345678);
    xe_mem_set_u32(mem, a + 0x20000, 9);
    xe_mem_protect(mem, a + 0x10000, 0x10000, XE_PAGE_READONLY, NULL);
    xe_mem_protect(mem, a + 0x20000, 0x1000, XE_PAGE_READWRITE | XE_PAGE_ONCE, NULL);
    xe_mem_commit(mem, r + 0x2000, 0x3000, XE_PAGE_EXECUTE_READWRITE);
    xe_mem_set_u8(mem, r + 0x3FFF, 7);
    xe_mem_set_u32(mem, XE_MEM_PHYS_E + p, 0xFEEDF00D);
    return mem;
}

static uint8_t *save(struct xe_mem *mem, size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "memory");
    xe_mem_state(&c, mem);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static bool enter(struct xe_codec *c, struct xe_mem *mem)
{
    bool ok;

    xe_codec_section(c, "memory");
    xe_mem_state(c, mem);
    ok = xe_codec_end(c);
    xe_codec_fini(c);
    return ok;
}

static void check_equal(struct xe_mem *a, struct xe_mem *b)
{
    uint64_t virtual_a, virtual_b, physical_a, physical_b;
    uint8_t one[16], two[16];

    xe_mem_digest(a, one);
    xe_mem_digest(b, two);
    cr_expect_arr_eq(one, two, 16);
    xe_mem_usage(a, &virtual_a, &physical_a);
    xe_mem_usage(b, &virtual_b, &physical_b);
    cr_expect(virtual_a == virtual_b && physical_a == physical_b);
}

Test(mem_state, what_is_saved_is_loaded_over_anything)
{
    struct xe_mem *from = filled(), *to = xe_mem_create(LIMIT, NULL);
    struct xe_codec c;
    xe_gva other, next_from, next_to;
    size_t size;
    uint8_t *bytes = save(from, &size);

    other =
        xe_mem_alloc(to, XE_MEM_HEAP_VIRTUAL_64K, 0, 0x100000, 0, XE_PAGE_READWRITE, true, false);
    memset(xe_mem_view_rw(to, other, 0x100000), 0xAA, 0x100000);
    xe_mem_digest(to, (uint8_t[16]){0});
    xe_codec_init_load(&c, bytes, size);
    cr_assert(enter(&c, to), "%s", c.error.text);
    check_equal(from, to);
    xe_codec_init_compare(&c, bytes, size);
    cr_expect(enter(&c, to), "%s", c.error.text);
    next_from =
        xe_mem_alloc(from, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x1000, 0, XE_PAGE_READWRITE, true, true);
    next_to = xe_mem_alloc(to, XE_MEM_HEAP_VIRTUAL_4K, 0, 0x1000, 0, XE_PAGE_READWRITE, true, true);
    cr_expect_eq(next_from, next_to);
    xe_free(bytes);
    xe_mem_destroy(from);
    xe_mem_destroy(to);
}

Test(mem_state, comparing_names_the_first_byte)
{
    struct xe_mem *mem = filled();
    struct xe_codec c;
    size_t size;
    uint8_t *bytes = save(mem, &size);

    xe_mem_set_u8(mem, 0x40001235, 0);
    xe_codec_init_compare(&c, bytes, size);
    cr_expect(!enter(&c, mem));
    cr_expect_str_eq(c.error.text, "memory bytes: 0x40001235: 0x00 here, 0x34 there");
    xe_mem_set_u8(mem, 0x40001235, 0x34);
    xe_mem_set_u8(mem, 0x40020003, 0);
    xe_codec_init_compare(&c, bytes, size);
    cr_expect(!enter(&c, mem));
    cr_expect_str_eq(c.error.text, "memory bytes: page 0x40020000 is all zero on one side");
    xe_mem_claim(mem, XE_MEM_HEAP_VIRTUAL_64K, 0x40000000);
    xe_codec_init_compare(&c, bytes, size);
    cr_expect(!enter(&c, mem));
    cr_expect_str_eq(c.error.text,
                     "memory: allocation 0x40000000: span.kernels: 0x1 here, 0x0 there");
    xe_free(bytes);
    bytes = save(mem, &size);
    xe_mem_protect(mem, 0x40000000, 0x10000, XE_PAGE_NOACCESS, NULL);
    xe_codec_init_compare(&c, bytes, size);
    cr_expect(!enter(&c, mem));
    cr_expect_str_eq(c.error.text, "memory: allocation 0x40000000: rights: 0x1 here, 0x4 there");
    xe_free(bytes);
    xe_mem_destroy(mem);
}

Test(mem_state, another_limit_is_another_machine)
{
    struct xe_mem *from = filled(), *to = xe_mem_create(LIMIT / 2, NULL);
    struct xe_codec c;
    size_t size;
    uint8_t *bytes = save(from, &size);

    xe_codec_init_load(&c, bytes, size);
    cr_expect(!enter(&c, to));
    cr_expect_str_eq(c.error.text, "memory: memory_limit: 0x400000 here, 0x800000 in what is "
                                   "loaded");
    xe_free(bytes);
    xe_mem_destroy(from);
    xe_mem_destroy(to);
}

/* What passes the checks is a state that memory could have: saving it again gives the same bytes.
 */
static void load_hostile(struct xe_mem *mem, const uint8_t *bytes, size_t size)
{
    struct xe_codec c;
    uint8_t *again;
    size_t again_size;

    xe_codec_init_load(&c, bytes, size);
    if (!enter(&c, mem)) {
        cr_expect_neq(c.error.text[0], '\0');
        return;
    }
    again = save(mem, &again_size);
    cr_expect_eq(again_size, size);
    xe_free(again);
}

Test(mem_state, any_bytes_are_refused_or_loaded)
{
    struct xe_mem *from = filled(), *to = xe_mem_create(LIMIT, NULL);
    size_t size;
    uint8_t *bytes = save(from, &size), *cut;
    uint32_t random = 1;

    for (uint32_t i = 0; i < 400; i++) {
        size_t at = i < 300 ? i : (random = random * 1664525 + 1013904223) % size;
        uint8_t kept = bytes[at];

        bytes[at] ^= (uint8_t)(1u << i % 8);
        load_hostile(to, bytes, size);
        bytes[at] = 0xFF;
        load_hostile(to, bytes, size);
        bytes[at] = kept;
        cut = (uint8_t *)xe_memdup(bytes, at);
        load_hostile(to, cut, at);
        xe_free(cut);
    }
    xe_free(bytes);
    xe_mem_destroy(from);
    xe_mem_destroy(to);
}
