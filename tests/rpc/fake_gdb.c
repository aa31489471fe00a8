#include "tests/rpc/fake_gdb.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note(struct fake *fake, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(struct fake *fake, const char *format, ...)
{
    size_t used = strlen(fake->asked);
    va_list list;

    va_start(list, format);
    vsnprintf(fake->asked + used, sizeof(fake->asked) - used, format, list);
    va_end(list);
}

static void answer_plain(struct fake *fake, bool ok)
{
    const struct xe_gdb_answer answer = {.ok = ok};

    xe_gdb_answer(fake->gdb, &answer);
}

void fake_answer_stop(struct fake *fake, const struct xe_gdb_stop *stop)
{
    const struct xe_gdb_answer answer = {.ok = true, .stop = stop};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_attach(void *ctx)
{
    note(ctx, "attach ");
    fake_answer_stop(ctx, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP});
}

static void fake_threads(void *ctx)
{
    struct fake *fake = ctx;
    const struct xe_gdb_thread threads[2] = {{7, 0, false, "main", "waiting"},
                                             {0x1a, 4, true, "a<b>\n\"&", "running"}};
    const struct xe_gdb_answer answer = {.ok = true, .thread = threads, .threads = fake->threads};

    xe_gdb_answer(fake->gdb, &answer);
}

static struct xe_gdb_registers *registers_of(struct fake *fake, uint32_t tid)
{
    return tid == 7 ? &fake->registers[0] : tid == 0x1a ? &fake->registers[1] : NULL;
}

static void fake_registers(void *ctx, uint32_t tid)
{
    struct fake *fake = ctx;
    const struct xe_gdb_registers *registers = registers_of(fake, tid);
    const struct xe_gdb_answer answer = {.ok = registers != NULL, .registers = registers};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_register_write(void *ctx, uint32_t tid, const char *name, const uint8_t *bytes,
                                uint32_t size)
{
    struct fake *fake = ctx;
    struct xe_gdb_registers *registers = registers_of(fake, tid);
    uint64_t value = 0;
    char text[8];

    note(fake, "%x.%s=", tid, name);
    for (uint32_t i = 0; i < size; i++) {
        note(fake, "%02x", bytes[i]);
        value = value << 8 | bytes[i];
    }
    note(fake, " ");
    for (unsigned i = 0; i < XE_GDB_SCALARS; i++)
        if (!strcmp(xe_gdb_scalar_name(i, text), name))
            registers->scalar[i] = value;
    if (name[0] == 'v' && size == 16)
        memcpy(registers->vector[atoi(name + 1)], bytes, 16);
    answer_plain(fake, true);
}

static void fake_memory_read(void *ctx, uint32_t address, uint32_t size)
{
    struct fake *fake = ctx;
    bool ok = address >= BASE && address - BASE < SIZE && size <= SIZE - (address - BASE);
    const struct xe_gdb_answer answer = {
        .ok = ok, .bytes = ok ? fake->memory + (address - BASE) : NULL, .size = size};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_memory_write(void *ctx, uint32_t address, const uint8_t *bytes, uint32_t size)
{
    struct fake *fake = ctx;
    bool ok = address >= BASE && address - BASE < SIZE && size <= SIZE - (address - BASE);

    if (ok)
        memcpy(fake->memory + (address - BASE), bytes, size);
    answer_plain(fake, ok);
}

static void fake_point_set(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size)
{
    note(ctx, "set:%d,%x,%x ", (int)kind, address, size);
    answer_plain(ctx, address >= BASE);
}

static void fake_point_clear(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size)
{
    note(ctx, "clear:%d,%x,%x ", (int)kind, address, size);
    answer_plain(ctx, true);
}

static void fake_resume(void *ctx, uint32_t step_tid, uint32_t from, uint32_t to)
{
    struct fake *fake = ctx;

    note(fake, step_tid ? "step:%x" : "go", step_tid);
    note(fake, to ? ",%x-%x " : " ", from, to);
    if (step_tid && registers_of(fake, step_tid))
        registers_of(fake, step_tid)->scalar[XE_GDB_PC] += 4;
    if (!fake->later)
        fake_answer_stop(fake, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP,
                                                     .tid = step_tid ? step_tid : 7,
                                                     .stepped = step_tid != 0});
}

static void fake_interrupt(void *ctx)
{
    note(ctx, "interrupt ");
}

static void fake_monitor(void *ctx, const char *command)
{
    struct fake *fake = ctx;
    const struct xe_gdb_answer answer = {.ok = true, .text = command};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_detach(void *ctx, bool leave_stopped)
{
    note(ctx, leave_stopped ? "leave " : "detach ");
    answer_plain(ctx, true);
}

static void fake_send(void *ctx, const void *bytes, size_t size)
{
    struct fake *fake = ctx;

    cr_assert(fake->said_size + size < sizeof(fake->said));
    memcpy(fake->said + fake->said_size, bytes, size);
    fake->said_size += size;
    fake->said[fake->said_size] = '\0';
}

static void fake_end(void *ctx)
{
    struct fake *fake = ctx;

    fake->ended = true;
}

struct fake *fake_start(enum xe_gdb_view view)
{
    struct fake *fake = calloc(1, sizeof(*fake));
    const struct xe_gdb_host host = {fake, fake_send, fake_end};
    const struct xe_gdb_target target = {fake,
                                         fake_attach,
                                         fake_threads,
                                         fake_registers,
                                         fake_register_write,
                                         fake_memory_read,
                                         fake_memory_write,
                                         fake_point_set,
                                         fake_point_clear,
                                         fake_resume,
                                         fake_interrupt,
                                         fake_monitor,
                                         fake_detach};

    fake->threads = 2;
    for (uint32_t i = 0; i < SIZE; i++)
        fake->memory[i] = (uint8_t)i;
    for (int t = 0; t < 2; t++) {
        for (unsigned i = 0; i < XE_GDB_SCALARS; i++)
            fake->registers[t].scalar[i] = 0x1111111100000000u * (unsigned)(t + 1) + i;
        fake->registers[t].scalar[XE_GDB_PC] = BASE + 0x100;
        memset(fake->registers[t].vector, 0x70 + t, sizeof(fake->registers[t].vector));
    }
    fake->gdb = xe_gdb_create(&host, &target, view);
    cr_assert(fake->gdb);
    return fake;
}

void fake_stop(struct fake *fake)
{
    xe_gdb_destroy(fake->gdb);
    free(fake);
}

/* ---- saying --------------------------------------------------------------------------------- */

void fake_raw(struct fake *fake, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0 && !fake->ended) {
        size_t part = xe_gdb_room(fake->gdb);

        cr_assert(part > 0, "the engine takes nothing");
        part = part < size ? part : size;
        xe_gdb_receive(fake->gdb, at, part);
        at += part;
        size -= part;
    }
}

void fake_packet_bytes(struct fake *fake, const char *payload, size_t size)
{
    char *frame = malloc(size + 5);
    unsigned sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += (uint8_t)payload[i];
    frame[0] = '$';
    memcpy(frame + 1, payload, size);
    sprintf(frame + 1 + size, "#%02x", sum & 0xff);
    fake_raw(fake, frame, size + 4);
    free(frame);
}

/* The payload of what was said since the last look, all packets joined by spaces; acknowledgements
 * are left out, sums are checked. */
const char *fake_heard(struct fake *fake)
{
    static char text[65536];
    char *out = text;
    const char *at = fake->said;

    for (; *at; at++) {
        unsigned sum = 0, want;

        if (*at != '$')
            continue;
        if (out != text)
            *out++ = ' ';
        for (at++; *at != '#'; at++) {
            sum += (uint8_t)*at;
            *out++ = *at;
        }
        cr_assert_eq(sscanf(at, "#%2x", &want), 1);
        cr_expect_eq(sum & 0xff, want, "sum of %.40s", text);
        at += 2;
    }
    *out = '\0';
    fake->said_size = 0;
    fake->said[0] = '\0';
    return text;
}

const char *fake_say(struct fake *fake, const char *payload)
{
    fake_heard(fake);
    fake_packet_bytes(fake, payload, strlen(payload));
    return fake_heard(fake);
}

struct fake *fake_attached(enum xe_gdb_view view)
{
    struct fake *fake = fake_start(view);

    fake_say(fake, "?");
    fake->asked[0] = '\0';
    return fake;
}
