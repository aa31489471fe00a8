/* The serial port: what a title sends is guest output, a line at a time; nobody ever sends it
 * anything. It can always take a byte, so no title hangs on it.
 * Source: libxenon (drivers/xenon_uart); senders wait for (status & ~3) = 0, then for bit 1. */
#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/families/devices.h"
#include "xe/log.h"

enum { TRANSMIT = 4, STATUS = 8, SET_UP = 12 };
#define READY 2u /* status: it can take a byte */

static void end_line(struct xe__uart *uart)
{
    xe_log_write(xe_kernel_log(uart->kernel), XE_LOG_PRINT, "uart", "%.*s", (int)uart->size,
                 uart->line);
    uart->size = 0;
}

static void put(struct xe__uart *uart, char c)
{
    if (c == '\r')
        return;
    if (c == '\n' || uart->size == sizeof(uart->line))
        end_line(uart);
    if (c != '\n')
        uart->line[uart->size++] = c;
}

static uint64_t read_register(void *self, uint32_t offset, uint32_t size)
{
    const struct xe__uart *uart = self;

    (void)size;
    return offset == STATUS ? READY : offset == SET_UP ? uart->set_up : 0;
}

static void write_register(void *self, uint32_t offset, uint32_t size, uint64_t value)
{
    struct xe__uart *uart = self;

    (void)size;
    if (offset == TRANSMIT)
        put(uart, (char)value);
    else if (offset == SET_UP)
        uart->set_up = (uint32_t)value;
}

/* Bytes beyond the line's end are those of older lines, and no state. */
void xe__kernel_uart_state(struct xe_codec *c, void *self)
{
    struct xe__uart *uart = self;

    xe_codec_up_to(c, "size", &uart->size, sizeof(uart->line));
    xe_codec_bytes(c, "line", uart->line, uart->size);
    XE_CODEC(c, uart->set_up);
}

bool xe__kernel_uart_add(struct xe_kernel *kernel)
{
    static const struct xe_device_type type = {
        .id = XE_DEVICE_UART,
        .sizes = 4,
        .little_endian = true,
        .calm = true,
        .read = read_register,
        .write = write_register,
        .section = "io",
        .state = xe__kernel_uart_state,
        .destroy = xe_free,
    };
    struct xe__uart *uart = xe_calloc(1, sizeof(*uart));

    if (uart)
        uart->kernel = kernel;
    return xe_kernel_device_add(kernel, &type, uart);
}
