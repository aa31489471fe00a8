/* Devices of this build, as titles' accesses find them. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/codec.h"
#include "hle_bench.h"
#include "kernel/core/device.h"
#include "kernel/families/devices.h"
#include "tests/support/fields.h"

#define UART 0x7FEA1010u
#define XMA  0x7FEA1800u

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    cr_assert(xe_kernel_devices_add(h.bench.kernel));
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(kernel_devices, .init = setup, .fini = teardown);

/* As lwbrx and stwbrx see them. */
static uint32_t load(xe_gva at)
{
    uint64_t value = 0;
    xe_gva fault;

    cr_assert_eq(xe_mem_load_slow(h.bench.mem, at, 4, &value, &fault), XE_MEM_OK);
    return __builtin_bswap32((uint32_t)value);
}

static void store(xe_gva at, uint32_t value)
{
    xe_gva fault;

    cr_assert_eq(xe_mem_store_slow(h.bench.mem, at, 4, __builtin_bswap32(value), &fault),
                 XE_MEM_OK);
}

Test(kernel_devices, what_goes_to_the_serial_port_is_printed)
{
    char text[512];

    cr_expect_eq(load(UART + 8), 2, "it can take a byte, and has none");
    cr_expect_eq(load(UART), 0);
    store(UART + 12, 0x1E6);
    cr_expect_eq(load(UART + 12), 0x1E6);
    for (const char *p = "hello\r\nto be"; *p; p++)
        store(UART + 4, (uint8_t)*p);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, text), 1);
    cr_expect_str_eq(text, "hello");
    for (uint32_t i = 0; i < 300; i++)
        store(UART + 4, 'x');
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, text), 2, "a line without an end is cut");
}

Test(kernel_devices, an_idle_decoder_answers)
{
    uint32_t array = load(XMA), current = load(XMA + 0x18);
    char text[512];

    cr_expect(array && array % 256 == 0);
    cr_expect_eq(load(XMA), array, "it stays where it is");
    cr_expect_not_null(xe_mem_view(h.bench.mem, XE_MEM_PHYS_A + array, 320 * 64));
    cr_expect_eq(load(XMA + 4), 3);
    cr_expect(current < 320 && load(XMA + 0x1C) == (current + 1) % 320);
    bench_pass(&h.bench, 100);
    cr_expect_neq(load(XMA + 0x18), current, "it changes");
    store(XMA + 0x240, 1);
    store(XMA + 0x280, 1);
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), 0);
    store(XMA + 0x144, 0x10);
    store(XMA + 0x144, 0x10);
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), 1);
    cr_expect(strstr(text, "contexts 32 to 63, bits 0x00000010"), "%s", text);
}

Test(kernel_devices, every_field_of_them)
{
    static const struct field_range uart[] = {
        FIELD(struct xe__uart, kernel, FIELD_LEADS, "the kernel"),
        {offsetof(struct xe__uart, line) + 4, offsetof(struct xe__uart, size), FIELD_NONE,
         "beyond size"},
        FIELD(struct xe__uart, size, FIELD_LEADS, "how many there are"),
    };
    static const struct field_range xma[] = {
        FIELD(struct xe__xma, kernel, FIELD_LEADS, "the kernel"),
        FIELD(struct xe__xma, told, FIELD_BESIDE, "what the log told already"),
        FIELD_TAIL(struct xe__xma, told),
    };
    struct xe__uart a = {.size = 4};
    struct xe__xma b = {.array = 0x1000};

    fields_check(&(struct field_test){"xe__uart", &a, sizeof(a), xe__kernel_uart_state, uart, 3});
    fields_check(&(struct field_test){"xe__xma", &b, sizeof(b), xe__kernel_xma_state, xma, 3});
}
