/* Memory-mapped devices: those that are there are asked, those that are not are named. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "bench.h"
#include "kernel/core/state.h"

#define UART_STATUS 0x7FEA1018u
#define XMA_BASE    0x7FEA1800u
#define SATA_DVD    0x7FEA1200u

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_device, .init = setup, .fini = teardown);

/* ---- helpers -------------------------------------------------------------------------------- */

struct seen {
    struct xe_device_lack lack[8];
    uint32_t count;
};

static void see(void *ctx, const struct xe_device_lack *lack)
{
    struct seen *seen = ctx;

    if (seen->count < 8)
        seen->lack[seen->count] = *lack;
    seen->count++;
}

static struct seen lacking(void)
{
    struct seen seen = {.count = 0};

    xe_kernel_lacking_devices(b.kernel, see, &seen);
    return seen;
}

static enum xe_mem_fault load(xe_gva at, uint32_t size, uint64_t *ret)
{
    xe_gva fault;

    *ret = 0x5555;
    return xe_mem_load_slow(b.mem, at, size, ret, &fault);
}

static enum xe_mem_fault store(xe_gva at, uint32_t size, uint64_t value)
{
    xe_gva fault;

    return xe_mem_store_slow(b.mem, at, size, value, &fault);
}

static uint64_t loaded(xe_gva at, uint32_t size)
{
    uint64_t value;

    cr_assert_eq(load(at, size, &value), XE_MEM_OK, "0x%x, %u bytes", at, size);
    return value;
}

/* ---- the table ------------------------------------------------------------------------------ */

Test(kernel_device, places_have_names)
{
    struct xe_device_place place;

    cr_assert(xe_device_at(XMA_BASE, &place));
    cr_expect_eq(place.device, XE_DEVICE_XMA);
    cr_expect_str_eq(place.name, "XMA decoder");
    cr_expect_str_eq(place.register_name, "context array");
    cr_assert(xe_device_at(XMA_BASE + 0x19, &place));
    cr_expect_eq(place.offset, 0x19);
    cr_expect_str_eq(place.register_name, "current context", "of the word");
    cr_assert(xe_device_at(XMA_BASE + 0x140, &place));
    cr_expect_null(place.register_name);
    cr_assert(xe_device_at(0x7FFFFFFF, &place));
    cr_expect_eq(place.device, XE_DEVICE_INTERRUPTS);
    cr_expect_not(xe_device_at(0x7FEA1100, &place), "a hole");
    cr_expect_not(xe_device_at(0x80000000, &place));
    cr_expect_not(xe_device_at(0x7EFFFFFF, &place));
}

static const struct {
    uint32_t base, size;
} ranges[] = {
#define DEVICE(name, text, base, size, absent) {base, size},
#include "xe/devices.def"
};

static const struct {
    uint32_t device, offset;
} registers[] = {
#define REGISTER(device, offset, text, answer) {XE_DEVICE_##device, offset},
#include "xe/devices.def"
};

Test(kernel_device, ranges_ascend_and_do_not_overlap)
{
    for (uint32_t i = 0; i < XE_DEVICES; i++) {
        cr_expect_eq((ranges[i].base | ranges[i].size) & 3, 0, "%u", i);
        cr_expect(!i || ranges[i].base - ranges[i - 1].base >= ranges[i - 1].size, "%u", i);
    }
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
        cr_expect(registers[i].offset < ranges[registers[i].device].size &&
                      registers[i].offset % 4 == 0,
                  "register %zu", i);
}

/* ---- devices that are not there ------------------------------------------------------------- */

Test(kernel_device, harmless_ones_answer_and_are_counted)
{
    struct seen seen;

    cr_expect_eq(loaded(UART_STATUS, 4), 0x02000000, "it can take a byte");
    cr_expect_eq(loaded(UART_STATUS, 1), 2);
    cr_expect_eq(loaded(UART_STATUS + 2, 2), 0);
    cr_expect_eq(loaded(0x7FEAC010, 8), 0xFFFFFFFF00000000);
    cr_expect_eq(loaded(0x7FEA2004, 4), 0, "a register without a name");
    cr_expect_eq(store(0x7FEA2004, 4, 1), XE_MEM_OK);
    seen = lacking();
    cr_assert_eq(seen.count, 4);
    cr_expect_eq(seen.lack[0].place.device, XE_DEVICE_UART);
    cr_expect_eq(seen.lack[0].place.offset, 8);
    cr_expect_eq(seen.lack[0].count, 3);
    cr_expect_not(seen.lack[0].write);
    cr_expect_eq(seen.lack[3].place.device, XE_DEVICE_OHCI_0);
    cr_expect(seen.lack[3].write);
    cr_expect_eq(seen.lack[3].count, 1);
}

/* The UART, the disc drive and the XMA decoder share a page. */
Test(kernel_device, neighbours_in_a_page_are_told_apart)
{
    uint64_t value;

    cr_expect_eq(load(UART_STATUS, 4, &value), XE_MEM_OK);
    cr_expect_eq(load(SATA_DVD, 4, &value), XE_MEM_UNMAPPED);
    cr_expect_eq(value, 0x5555);
    cr_expect_eq(store(XMA_BASE, 4, 1), XE_MEM_UNMAPPED);
    cr_expect_eq(load(0x7FEA1100, 4, &value), XE_MEM_UNMAPPED, "a hole");
    cr_expect_eq(load(UART_STATUS + 1, 4, &value), XE_MEM_PROTECTED, "unaligned");
}

Test(kernel_device, too_many_are_bounded)
{
    for (uint32_t at = 0x7FEA2000; at < 0x7FEA6000; at += 4)
        cr_assert_eq(store(at, 4, at), XE_MEM_OK);
    cr_expect_lt(lacking().count, 300);
    cr_expect_gt(lacking().count, 4);
}

static bool look_at_line(void *ctx, const struct xe_log_line *line)
{
    ++*(uint32_t *)ctx;
    cr_expect_eq(line->level, XE_LOG_STUB);
    cr_expect_str_eq(line->category, "device");
    cr_expect(strstr(line->text, "UART (status) is not there; a load from 0x"), "%s", line->text);
    return true;
}

Test(kernel_device, the_log_tells_each_caller_once)
{
    uint32_t lines = 0;

    bench_as(&b, bench_thread(&b, 0));
    for (uint32_t i = 0; i < 3; i++)
        loaded(UART_STATUS, 4);
    b.kernel->running->cpu.pc += 4;
    loaded(UART_STATUS, 4);
    xe_log_visit(b.log, 1, look_at_line, &lines);
    cr_assert_eq(lines, 2);
}

/* ---- crashes -------------------------------------------------------------------------------- */

static const char *crash_at(xe_gva at, uint32_t word)
{
    static struct program program;

    program_init(&program);
    program_li(&program, 4, at);
    program_emit(&program, word);
    program_load(&b, &program, 0);
    cr_assert_eq(bench_run(&b, 100, NULL), XE_STOP_CRASH);
    return xe_kernel_stop_detail(b.kernel);
}

#define LWBRX 0x7C60242Cu /* lwbrx r3,0,r4 */
#define STW   0x90640000u /* stw r3,0(r4)  */
#define LBZ   0x88640000u /* lbz r3,0(r4)  */

Test(kernel_device, a_crash_names_device_and_register)
{
    const char *text = crash_at(XMA_BASE, LWBRX);
    struct seen seen = lacking();

    cr_expect(strstr(text, "read of 0x7fea1800 in the XMA decoder (context array), which is not "
                           "there: word 0x7c60242c"),
              "%s", text);
    cr_assert_eq(seen.count, 1);
    cr_expect_eq(seen.lack[0].count, 1);
    cr_expect_eq(seen.lack[0].first_pc, xe_kernel_stop_info(b.kernel)->pc);
    cr_expect_eq(seen.lack[0].first_tid, xe_kernel_stop_info(b.kernel)->tid);
}

Test(kernel_device, so_does_one_in_a_window_that_nothing_maps)
{
    const char *text = crash_at(0x7F001000, STW);

    cr_expect(strstr(text, "write to 0x7f001000 in the flash window (offset 0x1000), which is not"),
              "%s", text);
}

Test(kernel_device, elsewhere_a_crash_is_as_it_was)
{
    const char *text = crash_at(0x7E000000, LBZ);

    cr_expect(strstr(text, "read of 0x7e000000 unmapped: word"), "%s", text);
    cr_expect_eq(lacking().count, 0);
}

/* Translated code leaves devices to the interpreter, so both know where an access is made. */
static struct xe_device_lack poll_a_uart(enum xe_engine engine)
{
    static struct program program;
    xe_gva loop;

    bench_fini(&b);
    bench_init(&b,
               &(struct xe_kernel_config){.slice = 1000, .clock_hz = 1000000000, .engine = engine});
    program_init(&program);
    program_li(&program, 4, UART_STATUS);
    loop = program_here(&program);
    program_emit(&program, 0x38A50001); /* addi r5,r5,1 */
    program_emit(&program, LWBRX);
    program_branch(&program, loop);
    program_load(&b, &program, 0);
    cr_assert_eq(bench_run(&b, 3002, NULL), XE_STOP_TARGET);
    cr_assert_eq(lacking().count, 1);
    return lacking().lack[0];
}

Test(kernel_device, engines_count_alike)
{
    struct xe_device_lack interpreted = poll_a_uart(XE_ENGINE_INTERPRETER);
    struct xe_device_lack translated = poll_a_uart(XE_ENGINE_JIT);
    struct xe_device_lack checked = poll_a_uart(XE_ENGINE_CHECK);

    cr_expect_eq(interpreted.count, 1000);
    cr_expect_eq(translated.count, 1000);
    cr_expect_eq(checked.count, 1000);
    cr_expect_eq(checked.first_pc, interpreted.first_pc);
    cr_expect_eq(interpreted.first_pc, PROGRAM_BASE + 12);
    cr_expect_eq(translated.first_pc, interpreted.first_pc);
}

/* ---- devices that are ----------------------------------------------------------------------- */

static uint32_t kept[4];
static bool destroyed;

static uint64_t fake_read(void *self, uint32_t offset, uint32_t size)
{
    return ((uint32_t *)self)[offset / 4 % 4] + size;
}

static void fake_write(void *self, uint32_t offset, uint32_t size, uint64_t value)
{
    ((uint32_t *)self)[offset / 4 % 4] = (uint32_t)value + size;
}

static void fake_state(struct xe_codec *c, void *self)
{
    XE_CODEC(c, ((uint32_t *)self)[0]);
}

static void fake_destroy(void *self)
{
    destroyed = self == kept;
}

static const struct xe_device_type fake_xma = {
    .id = XE_DEVICE_XMA,
    .sizes = 4 | 2,
    .little_endian = true,
    .read = fake_read,
    .write = fake_write,
    .section = "xma",
    .state = fake_state,
    .destroy = fake_destroy,
};

Test(kernel_device, one_that_is_there_is_asked)
{
    uint64_t value;

    cr_assert(xe_kernel_device_add(b.kernel, &fake_xma, kept));
    kept[1] = 0x01020300;
    cr_expect_eq(loaded(XMA_BASE + 4, 4), 0x04030201, "little-endian on the bus");
    cr_expect_eq(store(XMA_BASE + 8, 4, 0x04030201), XE_MEM_OK);
    cr_expect_eq(kept[2], 0x01020304 + 4);
    kept[0] = 0x0100;
    cr_expect_eq(loaded(XMA_BASE, 2), 0x0201);
    cr_expect_eq(load(XMA_BASE, 1, &value), XE_MEM_PROTECTED, "not of that size");
    cr_expect_eq(load(XMA_BASE, 8, &value), XE_MEM_PROTECTED);
    cr_expect_eq(lacking().count, 0);
    cr_expect_not(xe_kernel_device_add(b.kernel, &fake_xma, kept), "there is one");
    cr_expect(destroyed, "it was given");
}

Test(kernel_device, a_wrong_access_to_one_that_is_there_says_so)
{
    const char *text;

    cr_assert(xe_kernel_device_add(b.kernel, &fake_xma, kept));
    text = crash_at(XMA_BASE, LBZ);
    cr_expect(strstr(text, "in the XMA decoder (context array), which takes no such access"), "%s",
              text);
}

static void gather(void *ctx, const char *section, const void *bytes, size_t n)
{
    if (strcmp(section, "xma") == 0)
        *(uint32_t *)ctx = n == 4 ? xe_load_be32(bytes) : 0;
}

Test(kernel_device, its_state_is_a_section_of_its_own)
{
    struct xe_codec c;
    uint32_t got = 0;

    cr_assert(xe_kernel_device_add(b.kernel, &fake_xma, kept));
    kept[0] = 77;
    xe_codec_init_hash(&c, gather, &got);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    cr_expect_eq(got, 77);
}

Test(kernel_device, what_was_lacking_is_saved_and_loaded)
{
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;
    struct seen seen;

    loaded(UART_STATUS, 4);
    xe_codec_init_save(&c);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    loaded(UART_STATUS, 4);
    loaded(0x7FEAC000, 4);
    xe_codec_init_load(&c, bytes, size);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_free(bytes);
    seen = lacking();
    cr_assert_eq(seen.count, 1);
    cr_expect_eq(seen.lack[0].count, 1);
}
