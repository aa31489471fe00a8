/* A debugger's engine and what it debugs: an array and two threads, which note what they are asked.
 */
#ifndef XE_TEST_RPC_FAKE_GDB_H
#define XE_TEST_RPC_FAKE_GDB_H

#include "rpc/gdb/gdb.h"

#define BASE 0x82000000u
#define SIZE 0x2000u

struct fake {
    struct xe_gdb *gdb;
    uint8_t memory[SIZE];
    struct xe_gdb_registers registers[2];
    char asked[4096]; /* what the target was asked, one word each */
    char said[65536]; /* what the engine sent                     */
    size_t said_size;
    bool later; /* resume answers when fake_stop() is called */
    bool ended;
    uint32_t threads;
};

struct fake *fake_start(enum xe_gdb_view view);
void fake_stop(struct fake *fake);
/* Attached, and nothing asked so far. */
struct fake *fake_attached(enum xe_gdb_view view);

/* What runs has stopped. */
void fake_answer_stop(struct fake *fake, const struct xe_gdb_stop *stop);

/* Bytes to the engine; a packet with this payload, framed. */
void fake_raw(struct fake *fake, const void *bytes, size_t size);
void fake_packet_bytes(struct fake *fake, const char *payload, size_t size);
/* The payload of what was said since the last look, all packets joined by spaces; acknowledgements
 * are left out, sums are checked. Until the next call. */
const char *fake_heard(struct fake *fake);
/* The answer to a packet. */
const char *fake_say(struct fake *fake, const char *payload);

#endif
