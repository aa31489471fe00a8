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
#define OUT  (SCRATCH + 0x10)
#define TEXT (SCRATCH + 0x100)

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
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), 0, "it has no ring");
}

/* Through the kernel's calls, and kicked by a store: one frame, of silence. */
Test(kernel_devices, a_context_plays_silence)
{
    const uint32_t at = 0x00100000;
    struct xe__xma *xma = xe_kernel_device_self(h.bench.kernel, XE_DEVICE_XMA);
    uint32_t init[14] = {XE_MEM_PHYS_A + at, 1, 0, 0, 32, XE_MEM_PHYS_A + at + 0x1000, 16, 0, 4};
    uint32_t context;
    char text[512];

    xe_mem_alloc(h.bench.mem, XE_MEM_HEAP_PHYSICAL, at, 0x4000, 0x1000, XE_PAGE_READWRITE, true,
                 false);
    xe_mem_set_u32(h.bench.mem, XE_MEM_PHYS_A + at, 1u << 26 | 1u << 8);
    xe_mem_set_u32(h.bench.mem, XE_MEM_PHYS_A + at + 4, 40u << 17); /* 40 bits */
    cr_assert_eq(CALL(&h, XBOXKRNL, XMACreateContext, OUT), XE_STATUS_SUCCESS);
    context = xe_mem_u32(h.bench.mem, OUT);
    for (uint32_t i = 0; i < 14; i++)
        xe_mem_set_u32(h.bench.mem, TEXT + 4 * i, init[i]);
    cr_expect_eq(CALL(&h, XBOXKRNL, XMAInitializeContext, context, TEXT), XE_STATUS_SUCCESS);
    cr_expect_eq(CALL(&h, XBOXKRNL, XMASetOutputBufferValid, context), XE_STATUS_SUCCESS);
    cr_expect_eq(CALL(&h, XBOXKRNL, XMASetInputBuffer0Valid, context), XE_STATUS_SUCCESS);
    store(XMA + 0x140, 1);
    cr_expect_eq(xma->xma.frames, 1);
    cr_expect_eq(CALL(&h, XBOXKRNL, XMAGetOutputBufferWriteOffset, context), 4);
    cr_expect_eq(CALL(&h, XBOXKRNL, XMAIsInputBuffer0Valid, context), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, XMAIsOutputBufferValid, context), 1);
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), 1);
    cr_expect(strstr(text, "they are silent"), "%s", text);
    cr_expect_eq(CALL(&h, XBOXKRNL, XMAReleaseContext, context), XE_STATUS_SUCCESS);
    cr_expect_eq((uint32_t)CALL(&h, XBOXKRNL, XMAEnableContext, context + 4),
                 XE_STATUS_INVALID_PARAMETER);
    cr_expect_eq((uint32_t)CALL(&h, XBOXKRNL, XMACreateContext, 0), XE_STATUS_INVALID_PARAMETER);
}

static void rest_state(struct xe_codec *c, void *sample)
{
    xe_xma_rest_state(c, sample);
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
        FIELD_HOLE(struct xe__xma, told, xma),
        FIELD(struct xe__xma, xma.mem, FIELD_LEADS, "memory"),
        FIELD(struct xe__xma, xma.array, FIELD_LEADS, "its contexts, below"),
        FIELD_HOLE(struct xe__xma, xma.array, xma.decoder),
        FIELD(struct xe__xma, xma.decoder, FIELD_LEADS, "who decodes is no state"),
        FIELD(struct xe__xma, xma.rest, FIELD_LEADS, "contexts, below"),
        FIELD(struct xe__xma, xma.kicks, FIELD_BESIDE, "reports only"),
        FIELD(struct xe__xma, xma.frames, FIELD_BESIDE, "reports only"),
        FIELD(struct xe__xma, xma.broken, FIELD_BESIDE, "reports only"),
        FIELD(struct xe__xma, xma.absent, FIELD_BESIDE, "reports only"),
        FIELD(struct xe__xma, xma.failed, FIELD_BESIDE, "reports only"),
        {offsetof(struct xe__xma, xma.by), offsetof(struct xe__xma, xma.by) + 1, FIELD_BESIDE,
         "who made what is in memory"},
        {offsetof(struct xe__xma, xma.by) + 1,
         offsetof(struct xe__xma, xma.by) + sizeof(((struct xe__xma *)0)->xma.by), FIELD_NONE,
         "beyond its NUL"},
    };
    static const struct field_range rest[] = {
        FIELD_HOLE(struct xe_xma_rest, used, left),
        FIELD(struct xe_xma_rest, previous.bits, FIELD_LEADS, "how much of it there is"),
    };
    struct xe__uart a = {.size = 4};
    struct xe__xma b = {.told = false};
    static struct xe_xma_rest c = {.left = 1, .previous = {.bits = XE_XMA_FRAME_MAX}};

    fields_check(&(struct field_test){"xe__uart", &a, sizeof(a), xe__kernel_uart_state, uart, 3});
    fields_check(&(struct field_test){"xe__xma", &b, sizeof(b), xe__kernel_xma_state, xma,
                                      sizeof(xma) / sizeof(xma[0])});
    fields_check(&(struct field_test){"xe_xma_rest", &c, sizeof(c), rest_state, rest, 2});
}
