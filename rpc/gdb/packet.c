/* Framing: "$payload#sum" in and out, acknowledgements, escapes, Ctrl-C.
 *
 * A raw '#' never stands inside a payload (it would be escaped), so a packet's end is found without
 * understanding it. A wrong sum is answered '-' as long as there are acknowledgements at all. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/gdb/gdb_internal.h"

#define CTRL_C  0x03
#define RESENDS 8u /* of one frame: a client that asks for more wants memory, not the frame */

struct xe_gdb *xe_gdb_create(const struct xe_gdb_host *host, const struct xe_gdb_target *target,
                             enum xe_gdb_view view)
{
    struct xe_gdb *gdb = calloc(1, sizeof(*gdb));

    if (!gdb)
        return NULL;
    gdb->host = *host;
    gdb->target = *target;
    gdb->view = view;
    return gdb;
}

void xe_gdb_destroy(struct xe_gdb *gdb)
{
    if (gdb)
        free(gdb->document);
    free(gdb);
}

bool xe_gdb_attached(const struct xe_gdb *gdb)
{
    return gdb->attached;
}

/* ---- out ------------------------------------------------------------------------------------ */

static const char digits[] = "0123456789abcdef";

static void put_byte(struct xe_gdb *gdb, char byte)
{
    if (gdb->reply_size < XE_GDB_PACKET_MAX)
        gdb->reply[gdb->reply_size++] = byte;
    else
        gdb->reply_full = true;
}

void xe__rpc_gdb_put(struct xe_gdb *gdb, const char *format, ...)
{
    size_t room = sizeof(gdb->reply) - gdb->reply_size;
    va_list list;
    int size;

    va_start(list, format);
    size = vsnprintf(gdb->reply + gdb->reply_size, room, format, list);
    va_end(list);
    if (size >= 0 && (size_t)size < room)
        gdb->reply_size += (size_t)size;
    else
        gdb->reply_full = true;
}

void xe__rpc_gdb_put_hex(struct xe_gdb *gdb, const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;

    for (size_t i = 0; i < size; i++) {
        put_byte(gdb, digits[byte[i] >> 4]);
        put_byte(gdb, digits[byte[i] & 15]);
    }
}

void xe__rpc_gdb_put_binary(struct xe_gdb *gdb, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (strchr("}#$*", bytes[i])) { /* a NUL too: it may be escaped as well as not */
            put_byte(gdb, '}');
            put_byte(gdb, (char)(bytes[i] ^ 0x20));
        } else {
            put_byte(gdb, bytes[i]);
        }
}

static void send_frame(struct xe_gdb *gdb)
{
    uint8_t sum = 0, *out = gdb->frame;

    *out++ = '$';
    for (size_t i = 0; i < gdb->reply_size; i++) {
        sum = (uint8_t)(sum + (uint8_t)gdb->reply[i]);
        *out++ = (uint8_t)gdb->reply[i];
    }
    *out++ = '#';
    *out++ = (uint8_t)digits[sum >> 4];
    *out++ = (uint8_t)digits[sum & 15];
    gdb->frame_size = (size_t)(out - gdb->frame);
    gdb->resends = 0;
    gdb->host.send(gdb->host.ctx, gdb->frame, gdb->frame_size);
    gdb->reply_size = 0;
}

void xe__rpc_gdb_reply(struct xe_gdb *gdb)
{
    if (gdb->reply_full) {
        gdb->reply_full = false;
        gdb->reply_size = 0;
        xe__rpc_gdb_put(gdb, "E%02x", XE_GDB_E2BIG);
    }
    send_frame(gdb);
    gdb->no_ack = gdb->want_no_ack;
}

void xe__rpc_gdb_reply_text(struct xe_gdb *gdb, const char *text)
{
    gdb->reply_size = 0;
    xe__rpc_gdb_put(gdb, "%s", text);
    xe__rpc_gdb_reply(gdb);
}

void xe__rpc_gdb_reply_error(struct xe_gdb *gdb, int number)
{
    gdb->reply_size = 0;
    xe__rpc_gdb_put(gdb, "E%02x", number);
    xe__rpc_gdb_reply(gdb);
}

void xe__rpc_gdb_reply_outcome(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    if (answer->ok)
        xe__rpc_gdb_reply_text(gdb, "OK");
    else
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EFAULT);
}

void xe__rpc_gdb_console(struct xe_gdb *gdb, const char *text)
{
    size_t left = strlen(text), most = (XE_GDB_PACKET_MAX - 1) / 2;

    while (left > 0) {
        size_t size = left < most ? left : most;

        gdb->reply_size = 0;
        put_byte(gdb, 'O');
        xe__rpc_gdb_put_hex(gdb, text, size);
        send_frame(gdb);
        text += size;
        left -= size;
    }
}

/* ---- asking --------------------------------------------------------------------------------- */

void xe__rpc_gdb_ask(struct xe_gdb *gdb, xe_gdb_then *then)
{
    gdb->then = then;
}

static void turn(struct xe_gdb *gdb);

void xe_gdb_answer(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    xe_gdb_then *then = gdb->then;

    gdb->then = NULL;
    if (then && !gdb->ended)
        then(gdb, answer);
    if (!gdb->turning)
        turn(gdb);
}

/* ---- in ------------------------------------------------------------------------------------- */

static void drop(struct xe_gdb *gdb, size_t size)
{
    gdb->in_used -= size;
    memmove(gdb->in, gdb->in + size, gdb->in_used);
    gdb->in_scanned = 0;
}

static int digit(uint8_t c)
{
    const char *at = c >= '0' ? strchr(digits, c | 0x20) : NULL;

    return at && (c >= 'A' || c < ':') ? (int)(at - digits) : -1;
}

static bool sum_fits(const uint8_t *payload, size_t size)
{
    int high = digit(payload[size + 1]), low = digit(payload[size + 2]);
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + payload[i]);
    return high >= 0 && low >= 0 && sum == (high << 4 | low);
}

static void send_char(struct xe_gdb *gdb, char c)
{
    if (!gdb->no_ack)
        gdb->host.send(gdb->host.ctx, &c, 1);
}

static void do_packet(struct xe_gdb *gdb)
{
    gdb->reply_size = 0;
    gdb->reply_full = false;
    if (gdb->attached)
        xe__rpc_gdb_dispatch(gdb);
    else
        xe__rpc_gdb_attach(gdb);
}

/* The packet of size bytes at in[1] is complete. */
static void take_packet(struct xe_gdb *gdb, size_t size)
{
    bool good = gdb->no_ack || sum_fits(gdb->in + 1, size);

    if (good) {
        memcpy(gdb->packet, gdb->in + 1, size);
        gdb->packet[size] = '\0';
        gdb->packet_size = size;
    }
    drop(gdb, size + XE_GDB_FRAME);
    send_char(gdb, good ? '+' : '-');
    if (good)
        do_packet(gdb);
}

/* Find the end of the packet that begins at in[0]. False: it is not there yet. */
static bool find_packet(struct xe_gdb *gdb)
{
    const uint8_t *end = memchr(gdb->in + gdb->in_scanned, '#', gdb->in_used - gdb->in_scanned);
    size_t size = end ? (size_t)(end - gdb->in) : gdb->in_used;

    gdb->in_scanned = size;
    if (size > XE_GDB_PACKET_MAX + 1) { /* in_used can be that much: in[] holds the frame too */
        gdb->overlong = true;
        drop(gdb, size);
        return true;
    }
    if (!end || gdb->in_used < size + 3)
        return false;
    take_packet(gdb, size - 1);
    return true;
}

/* Skip to the end of a packet that was too long and say so. */
static bool skip_packet(struct xe_gdb *gdb)
{
    const uint8_t *end = memchr(gdb->in, '#', gdb->in_used);
    size_t size = end ? (size_t)(end - gdb->in) : gdb->in_used;

    drop(gdb, size);
    if (gdb->in_used < 3)
        return false;
    drop(gdb, 3);
    gdb->overlong = false;
    send_char(gdb, '+');
    xe__rpc_gdb_reply_error(gdb, XE_GDB_E2BIG);
    return true;
}

static void end(struct xe_gdb *gdb)
{
    gdb->ended = true;
    gdb->in_used = 0;
    gdb->host.end(gdb->host.ctx);
}

/* Do what begins the input. False: nothing more can be done now. */
static bool take_one(struct xe_gdb *gdb)
{
    if (gdb->ended || gdb->in_used == 0 || (gdb->then && !gdb->running))
        return false;
    if (gdb->overlong)
        return skip_packet(gdb);
    switch (gdb->in[0]) {
    case '$':
        return !gdb->then && find_packet(gdb);
    case '-':
        if (!gdb->no_ack && gdb->frame_size && gdb->resends++ < RESENDS)
            gdb->host.send(gdb->host.ctx, gdb->frame, gdb->frame_size);
        break;
    case '+':
        break;
    case CTRL_C:
        if (gdb->running && !gdb->interrupted) {
            gdb->interrupted = true;
            gdb->target.interrupt(gdb->target.ctx);
        }
        break;
    default:
        end(gdb);
        return false;
    }
    drop(gdb, 1);
    return true;
}

static void turn(struct xe_gdb *gdb)
{
    gdb->turning = true;
    while (take_one(gdb))
        ;
    gdb->turning = false;
}

size_t xe_gdb_room(const struct xe_gdb *gdb)
{
    return gdb->ended || (gdb->then && !gdb->running) ? 0 : sizeof(gdb->in) - gdb->in_used;
}

void xe_gdb_receive(struct xe_gdb *gdb, const void *bytes, size_t size)
{
    size_t room = sizeof(gdb->in) - gdb->in_used;

    size = size < room ? size : room;
    memcpy(gdb->in + gdb->in_used, bytes, size);
    gdb->in_used += size;
    turn(gdb);
}

/* ---- reading a packet ----------------------------------------------------------------------- */

bool xe__rpc_gdb_hex(const char **text, uint64_t max, uint64_t *ret)
{
    uint64_t value = 0;
    int count = 0, next;

    while ((next = digit((uint8_t) * *text)) >= 0) {
        if (++count > 16)
            return false;
        value = value << 4 | (uint64_t)next;
        ++*text;
    }
    if (count == 0 || value > max)
        return false;
    *ret = value;
    return true;
}

bool xe__rpc_gdb_hex_u32(const char **text, uint32_t *ret)
{
    uint64_t value;

    if (!xe__rpc_gdb_hex(text, UINT32_MAX, &value))
        return false;
    *ret = (uint32_t)value;
    return true;
}

bool xe__rpc_gdb_expect(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

bool xe__rpc_gdb_hex_bytes(const char **text, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int high = digit((uint8_t)(*text)[0]), low;

        if (high < 0)
            return false;
        low = digit((uint8_t)(*text)[1]);
        if (low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
        *text += 2;
    }
    return true;
}

bool xe__rpc_gdb_tid(const char **text, uint32_t *ret)
{
    if ((*text)[0] == '-' && (*text)[1] == '1') {
        *text += 2;
        *ret = 0;
        return true;
    }
    return xe__rpc_gdb_hex_u32(text, ret);
}
