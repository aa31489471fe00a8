/* Memory and points: m, M, X, Z, z. A point is a breakpoint or watchpoint of the debug API; nothing
 * is ever patched into guest memory, so what gdb reads there is what the title has there. */
#include <string.h>

#include "rpc/gdb/gdb_internal.h"

#define READ_MAX (XE_GDB_PACKET_MAX / 2)
#define PAGE     4096u

struct range {
    uint32_t address, size;
};

/* "address,length"; the range may not wrap. */
static bool parse_range(const char **text, struct range *range)
{
    return xe__rpc_gdb_hex_u32(text, &range->address) && xe__rpc_gdb_expect(text, ',') &&
           xe__rpc_gdb_hex_u32(text, &range->size) &&
           (uint64_t)range->address + range->size <= (uint64_t)UINT32_MAX + 1;
}

/* ---- reading -------------------------------------------------------------------------------- */

static struct range read_range(const struct xe_gdb *gdb)
{
    const char *text = gdb->packet + 1;
    struct range range = {0};

    parse_range(&text, &range);
    if (range.size > READ_MAX)
        range.size = READ_MAX;
    return range;
}

static void reply_memory(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    if (!answer->ok || answer->size > READ_MAX) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EFAULT);
        return;
    }
    xe__rpc_gdb_put_hex(gdb, answer->bytes, answer->size);
    xe__rpc_gdb_reply(gdb);
}

/* Not all of it is there: gdb is content with a beginning, which ends at a page's end if anywhere.
 */
static void read_less(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    struct range range = read_range(gdb);
    uint32_t first = PAGE - range.address % PAGE;

    if (answer->ok || range.size <= first) {
        reply_memory(gdb, answer);
        return;
    }
    xe__rpc_gdb_ask(gdb, reply_memory);
    gdb->target.memory_read(gdb->target.ctx, range.address, first);
}

void xe__rpc_gdb_memory_read(struct xe_gdb *gdb, const char *args)
{
    struct range range;

    if (!parse_range(&args, &range) || *args) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
        return;
    }
    range = read_range(gdb);
    if (range.size == 0) {
        xe__rpc_gdb_reply(gdb);
        return;
    }
    xe__rpc_gdb_ask(gdb, read_less);
    gdb->target.memory_read(gdb->target.ctx, range.address, range.size);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_bytes(struct xe_gdb *gdb, uint32_t address, const void *bytes, uint32_t size)
{
    if (size == 0) { /* gdb asks so whether X is known */
        xe__rpc_gdb_reply_text(gdb, "OK");
        return;
    }
    xe__rpc_gdb_ask(gdb, xe__rpc_gdb_reply_outcome);
    gdb->target.memory_write(gdb->target.ctx, address, bytes, size);
}

void xe__rpc_gdb_memory_write(struct xe_gdb *gdb, const char *args)
{
    uint8_t bytes[XE_GDB_PACKET_MAX / 2];
    struct range range;
    bool ok = parse_range(&args, &range) && xe__rpc_gdb_expect(&args, ':') &&
              range.size <= sizeof(bytes) && xe__rpc_gdb_hex_bytes(&args, bytes, range.size) &&
              !*args;

    if (ok)
        write_bytes(gdb, range.address, bytes, range.size);
    else
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
}

/* Undo the escapes in place; false if the last one is cut off. */
static bool unescape(char *bytes, size_t *size)
{
    size_t used = 0;

    for (size_t i = 0; i < *size; i++)
        if (bytes[i] != '}')
            bytes[used++] = bytes[i];
        else if (++i < *size)
            bytes[used++] = (char)(bytes[i] ^ 0x20);
        else
            return false;
    *size = used;
    return true;
}

void xe__rpc_gdb_memory_write_binary(struct xe_gdb *gdb, const char *args)
{
    struct range range;
    bool ok = parse_range(&args, &range) && xe__rpc_gdb_expect(&args, ':');
    char *bytes = gdb->packet + (args - gdb->packet);
    size_t size = gdb->packet_size - (size_t)(args - gdb->packet);

    if (ok && unescape(bytes, &size) && size == range.size)
        write_bytes(gdb, range.address, bytes, range.size);
    else
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
}

/* ---- points --------------------------------------------------------------------------------- */

/* "type,address,kind", and no conditions or commands behind it: we did not offer to know them. For
 * a breakpoint kind is the instruction's length, for a watchpoint that of the data. */
static bool parse_point(const char *text, enum xe_gdb_point *kind, struct range *range)
{
    uint64_t type = 0;
    bool ok = xe__rpc_gdb_hex(&text, XE_GDB_POINTS - 1, &type) && xe__rpc_gdb_expect(&text, ',') &&
              parse_range(&text, range) && !*text && range->size > 0;

    *kind = (enum xe_gdb_point)type;
    return ok;
}

/* A type that we do not know is answered as unknown, not as wrong. */
static bool known_type(const char *args)
{
    return args[0] >= '0' && args[0] < '0' + XE_GDB_POINTS && args[1] == ',';
}

static void point(struct xe_gdb *gdb, const char *args,
                  void (*change)(void *ctx, enum xe_gdb_point kind, uint32_t address,
                                 uint32_t size))
{
    enum xe_gdb_point kind;
    struct range range;

    if (!known_type(args)) {
        xe__rpc_gdb_reply(gdb);
        return;
    }
    if (!parse_point(args, &kind, &range)) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
        return;
    }
    xe__rpc_gdb_ask(gdb, xe__rpc_gdb_reply_outcome);
    change(gdb->target.ctx, kind, range.address, range.size);
}

void xe__rpc_gdb_point_set(struct xe_gdb *gdb, const char *args)
{
    point(gdb, args, gdb->target.point_set);
}

void xe__rpc_gdb_point_clear(struct xe_gdb *gdb, const char *args)
{
    point(gdb, args, gdb->target.point_clear);
}
