/* DbgPrint and the sprintf family. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/milestone.h"
#include "kernel/hle/hle_internal.h"

#define TEXT_MAX 32768u /* characters of a result; 64 KiB of stack */

/* Variable arguments of a guest call, from argument `next_arg` on. */
struct varargs {
    const struct xe_call *call;
    unsigned next_arg;
};

static uint64_t next_vararg(void *ctx)
{
    struct varargs *args = ctx;
    unsigned n = args->next_arg++;

    if (n < 8)
        return args->call->cpu->gpr[3 + n];
    return xe_mem_u64(args->call->mem, (xe_gva)args->call->cpu->gpr[1] + 0x50 + 8 * (n - 8));
}

/* A va_list: a pointer to 8-byte slots. */
struct va_pointer {
    const struct xe_mem *mem;
    xe_gva at;
};

static uint64_t next_slot(void *ctx)
{
    struct va_pointer *args = ctx;
    uint64_t value = xe_mem_u64(args->mem, args->at);

    args->at += 8;
    return value;
}

/* ---- debug output --------------------------------------------------------------------------- */

/* What the console's start-up code prints when main has returned: the only way in which a title
 * tells its exit code. Source: doc/facts/exceptions.md, section 9. */
#define RETURN_VALUE "[XAPI RETURN VALUE] "

static void note_return_value(struct xe__print *self)
{
    const char *digits = self->line + sizeof(RETURN_VALUE) - 1;
    char *end;
    long long value;

    if (strncmp(self->line, RETURN_VALUE, sizeof(RETURN_VALUE) - 1))
        return;
    value = strtoll(digits, &end, 10);
    if (end == digits || *end || value < INT32_MIN || value > UINT32_MAX)
        return;
    self->has_return_value = true;
    self->return_value = (uint32_t)value;
}

static void flush_line(struct xe__print *self)
{
    self->line[self->line_size] = '\0';
    note_return_value(self);
    xe_kernel_milestone_line(self->kernel, self->line);
    xe_log_write(xe_kernel_log(self->kernel), XE_LOG_PRINT, "title", "%s", self->line);
    self->line_size = 0;
}

/* Nanoseconds a character takes to be formatted, and to get into the log. */
#define FORMAT_NS 10u
#define PRINT_NS  4u

void xe__kernel_print(struct xe__print *self, const char *text)
{
    xe_kernel_work(self->kernel, strlen(text) * PRINT_NS);
    for (; *text; text++) {
        if (*text == '\n') {
            flush_line(self);
            continue;
        }
        if (*text == '\r')
            continue;
        if (self->line_size == sizeof(self->line) - 1)
            flush_line(self);
        self->line[self->line_size++] = *text;
    }
}

const uint32_t *xe__kernel_print_end(struct xe_kernel *kernel)
{
    struct xe__print *self = xe_kernel_family_self(kernel, &xe_family_print);

    if (self->line_size)
        flush_line(self);
    return self->has_return_value ? &self->return_value : NULL;
}

/* A format, and what it is about from the next argument on. */
static void print_format(struct xe_call *call, unsigned format)
{
    struct varargs args = {call, format + 1};
    struct xe__format_source source = {.ctx = &args, .next = next_vararg};
    uint16_t wide[TEXT_MAX];
    char text[TEXT_MAX];
    uint32_t n = 0;

    xe__kernel_format(call->mem, xe_arg_gva(call, format), false, &source, wide, TEXT_MAX);
    xe_kernel_work(call->kernel, (uint64_t)source.work * FORMAT_NS);
    do
        text[n] = (char)wide[n];
    while (wide[n++]);
    xe__kernel_print(call->self, text);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void dbg_print(struct xe_call *call)
{
    print_format(call, 0);
}

/* For an application of xam's, whose number nothing here asks for. */
static void xam_dbg_print(struct xe_call *call)
{
    print_format(call, 1);
}

/* (who, expression, message): a checked library tells of what should not be, and the title goes on.
 * Source: the call of the original console's debug library; xenia for what it does here. Guess: the
 * third argument is there on this one, too. */
static void rtl_rip(struct xe_call *call)
{
    static const char *const before[] = {"RIP ", ": ", ": "};
    char text[1024];

    for (unsigned i = 0; i < 3; i++) {
        if (!xe_arg_cstr(call, i, text, sizeof(text)) || !text[0])
            continue;
        xe__kernel_print(call->self, before[i]);
        xe__kernel_print(call->self, text);
    }
    xe__kernel_print(call->self, "\n");
}

static void output_debug_string(struct xe_call *call)
{
    char text[TEXT_MAX];

    xe_arg_cstr(call, 0, text, sizeof(text));
    xe__kernel_print(call->self, text);
    xe_ret_u32(call, 0);
}

static void output_debug_string_w(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    char text[TEXT_MAX];
    uint32_t n = 0;

    for (; at && n < TEXT_MAX - 1 && xe_mem_u16(call->mem, at + 2 * n); n++) {
        uint16_t c = xe_mem_u16(call->mem, at + 2 * n);

        text[n] = (char)(c < 256 ? c : '?');
    }
    text[n] = '\0';
    xe_kernel_work(call->kernel, (uint64_t)n * FORMAT_NS);
    xe__kernel_print(call->self, text);
}

static void dbg_break_point(struct xe_call *call)
{
    xe_kernel_break(call->kernel, XE_CAUSE_BREAK_CALL);
}

/* ---- into memory ---------------------------------------------------------------------------- */

/* Write text (n characters and a NUL) to a guest buffer of `capacity` characters. */
static bool store_text(struct xe_call *call, xe_gva at, const uint16_t *text, uint32_t n, bool wide)
{
    uint32_t step = wide ? 2 : 1;
    uint8_t *p = n ? xe_mem_view_rw(call->mem, at, n * step) : NULL;

    if (n && !p)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (wide)
            xe_store_be16(p + 2 * i, text[i]);
        else
            p[i] = (uint8_t)text[i];
    }
    return true;
}

struct print_call {
    unsigned format_arg; /* which argument is the format; the next is the first vararg or va_list */
    bool counted;        /* a capacity in characters stands before the format */
    bool wide, list;
};

/* Microsoft's rule: the length written, or -1 when it does not fit (no NUL then). */
static void print_into(struct xe_call *call, const struct print_call *how)
{
    struct varargs args = {call, how->format_arg + 1};
    struct va_pointer list = {call->mem, xe_arg_gva(call, how->format_arg + 1)};
    struct xe__format_source source = {.ctx = how->list ? (void *)&list : (void *)&args,
                                       .next = how->list ? next_slot : next_vararg};
    uint32_t capacity = how->counted ? xe_arg_u32(call, 1) : UINT32_MAX;
    uint32_t room = capacity < TEXT_MAX ? capacity + 1 : TEXT_MAX;
    uint16_t text[TEXT_MAX];
    uint32_t n = xe__kernel_format(call->mem, xe_arg_gva(call, how->format_arg), how->wide, &source,
                                   text, room);
    uint32_t kept = n < TEXT_MAX - 1 ? n : TEXT_MAX - 1;
    uint32_t fits = kept < capacity ? kept + 1 : capacity;

    xe_kernel_work(call->kernel, (uint64_t)source.work * FORMAT_NS);
    if (!store_text(call, xe_arg_gva(call, 0), text, fits, how->wide)) {
        xe_kernel_call_guest_error(call, "buffer 0x%08x of %u characters is not writable",
                                   xe_arg_gva(call, 0), fits);
        xe_ret_s32(call, -1);
        return;
    }
    xe_ret_s32(call, n > capacity || kept < n ? -1 : (int32_t)n);
}

/* How long it would be; nothing is written. */
static void count_print(struct xe_call *call, const struct print_call *how)
{
    struct varargs args = {call, how->format_arg + 1};
    struct va_pointer list = {call->mem, xe_arg_gva(call, how->format_arg + 1)};
    struct xe__format_source source = {.ctx = how->list ? (void *)&list : (void *)&args,
                                       .next = how->list ? next_slot : next_vararg};
    uint32_t n = xe__kernel_format(call->mem, xe_arg_gva(call, how->format_arg), how->wide, &source,
                                   NULL, 0);

    xe_kernel_work(call->kernel, (uint64_t)source.work * FORMAT_NS);
    xe_ret_s32(call, (int32_t)n);
}

#define COUNT(fn, wide, list)                                                                      \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        count_print(call, &(const struct print_call){0, false, wide, list});                       \
    }
COUNT(guest_scprintf, false, false)
COUNT(guest_vscprintf, false, true)
COUNT(guest_scwprintf, true, false)
COUNT(guest_vscwprintf, true, true)

#define PRINT(fn, format, counted, wide, list)                                                     \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        print_into(call, &(const struct print_call){format, counted, wide, list});                 \
    }
PRINT(guest_sprintf, 1, false, false, false)
PRINT(guest_vsprintf, 1, false, false, true)
PRINT(guest_snprintf, 2, true, false, false)
PRINT(guest_vsnprintf, 2, true, false, true)
PRINT(guest_swprintf, 1, false, true, false)
PRINT(guest_vswprintf, 1, false, true, true)
PRINT(guest_snwprintf, 2, true, true, false)
PRINT(guest_vsnwprintf, 2, true, true, true)

/* ---- the family ----------------------------------------------------------------------------- */

static void *create(struct xe_kernel *kernel)
{
    struct xe__print *self = xe_calloc(1, sizeof(*self));

    if (self)
        self->kernel = kernel;
    return self;
}

/* A line that is not complete yet will be in the log one day, and its return value in the exit
 * code. */
void xe__kernel_print_state(struct xe_codec *c, void *self)
{
    struct xe__print *print = self;

    xe_codec_up_to(c, "line_size", &print->line_size, sizeof(print->line) - 1);
    xe_codec_bytes(c, "line", print->line, c->stopped ? 0 : print->line_size);
    XE_CODEC(c, print->has_return_value);
    XE_CODEC(c, print->return_value);
}

static const struct xe_hle exports[] = {
    XE_HLE(XBOXKRNL, DbgPrint, dbg_print, "format:cstr ... -> status"),
    XE_HLE(XBOXKRNL, DbgBreakPoint, dbg_break_point, "-> void"),
    XE_HLE(XBOXKRNL, RtlRip, rtl_rip, "who:cstr expression:cstr message:cstr -> void"),
    XE_HLE(XBOXKRNL, sprintf, guest_sprintf, "buffer:ptr format:cstr ... -> s32"),
    XE_HLE(XBOXKRNL, vsprintf, guest_vsprintf, "buffer:ptr format:cstr args:ptr -> s32"),
    XE_HLE(XBOXKRNL, _snprintf, guest_snprintf, "buffer:ptr count:u32 format:cstr ... -> s32"),
    XE_HLE(XBOXKRNL, _vsnprintf, guest_vsnprintf,
           "buffer:ptr count:u32 format:cstr args:ptr -> s32"),
    XE_HLE(XBOXKRNL, swprintf, guest_swprintf, "buffer:ptr format:wstr ... -> s32"),
    XE_HLE(XBOXKRNL, vswprintf, guest_vswprintf, "buffer:ptr format:wstr args:ptr -> s32"),
    XE_HLE(XBOXKRNL, _snwprintf, guest_snwprintf, "buffer:ptr count:u32 format:wstr ... -> s32"),
    XE_HLE(XBOXKRNL, _vsnwprintf, guest_vsnwprintf,
           "buffer:ptr count:u32 format:wstr args:ptr -> s32"),
    XE_HLE(XBOXKRNL, _scprintf, guest_scprintf, "format:cstr ... -> s32"),
    XE_HLE(XBOXKRNL, _vscprintf, guest_vscprintf, "format:cstr args:ptr -> s32"),
    XE_HLE(XBOXKRNL, _scwprintf, guest_scwprintf, "format:wstr ... -> s32"),
    XE_HLE(XBOXKRNL, _vscwprintf, guest_vscwprintf, "format:wstr args:ptr -> s32"),
    XE_HLE(XAM, wsprintfA, guest_sprintf, "buffer:ptr format:cstr ... -> s32"),
    XE_HLE(XAM, wsprintfW, guest_swprintf, "buffer:ptr format:wstr ... -> s32"),
    XE_HLE(XAM, OutputDebugStringA, output_debug_string, "text:cstr -> void"),
    XE_HLE(XAM, OutputDebugStringW, output_debug_string_w, "text:wstr -> void"),
    XE_HLE(XAM, RtlOutputDebugString, output_debug_string, "text:cstr -> void"),
    XE_HLE(XAM, RtlDebugPrint, dbg_print, "format:cstr ... -> void"),
    XE_HLE(XAM, XamDbgPrint, xam_dbg_print, "app:u32 format:cstr ... -> status"),
    XE_HLE(XAM, DebugBreak, dbg_break_point, "-> void"),
    XE_HLE_END,
};

const struct xe_family xe_family_print = {
    .name = "print",
    .exports = exports,
    .create = create,
    .destroy = xe_free,
    .state = xe__kernel_print_state,
};
