/* Shared by the files of the GDB protocol engine; see gdb.h.
 *
 * A handler either replies before it returns, or asks the target and leaves a continuation in
 * `then`; while there is one, no further packet is taken. */
#ifndef XE_RPC_GDB_GDB_INTERNAL_H
#define XE_RPC_GDB_GDB_INTERNAL_H

#include "rpc/gdb/gdb.h"

#define XE_GDB_FRAME 4u /* '$', '#' and the two digits of the sum */

/* errno numbers, as gdb understands them in "E nn". */
enum { XE_GDB_ENOENT = 2, XE_GDB_E2BIG = 7, XE_GDB_EFAULT = 14, XE_GDB_EINVAL = 22 };

typedef void xe_gdb_then(struct xe_gdb *gdb, const struct xe_gdb_answer *answer);

struct xe_gdb {
    struct xe_gdb_host host;
    struct xe_gdb_target target;
    enum xe_gdb_view view;

    /* What came and is not done yet. */
    uint8_t in[XE_GDB_PACKET_MAX + XE_GDB_FRAME];
    size_t in_used, in_scanned;
    bool overlong; /* skipping to the end of a packet that does not fit */
    bool turning;  /* at work on the input: an answer must not start over */
    bool ended;
    bool no_ack, want_no_ack; /* acknowledgements are off; will be after the next reply */

    /* The packet at work and the reply to it. */
    char packet[XE_GDB_PACKET_MAX + 1]; /* NUL terminated; X has binary bytes in it */
    size_t packet_size;
    char reply[XE_GDB_PACKET_MAX + 1];
    size_t reply_size;
    bool reply_full;
    uint8_t
        frame[2 * XE_GDB_PACKET_MAX + XE_GDB_FRAME]; /* the last one sent: gdb may want it again */
    size_t frame_size;
    uint32_t resends;

    /* The instance. */
    xe_gdb_then *then; /* NULL: nothing is asked */
    bool attached, attaching, running, interrupted;
    bool says_swbreak, says_hwbreak; /* gdb understands these stop reasons */
    struct xe_gdb_stop stop;
    uint32_t general_tid; /* of Hg: whose registers; never 0 once attached and a thread exists */
    struct xe_gdb_thread thread[XE_GDB_THREADS];
    uint32_t threads;
    struct xe_gdb_registers registers, wanted; /* of registers_tid; what G or P makes of them */
    uint32_t registers_tid;                    /* 0: not fetched since the last change */
    uint32_t write_next;                       /* register to look at next, when writing */
    char *document;                            /* owned: what qXfer is being read from, or NULL */
};

/* ---- framing (packet.c) ----------------------------------------------------------------- */

void xe__rpc_gdb_put(struct xe_gdb *gdb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void xe__rpc_gdb_put_hex(struct xe_gdb *gdb, const void *bytes, size_t size);
void xe__rpc_gdb_put_binary(struct xe_gdb *gdb, const char *bytes, size_t size);
void xe__rpc_gdb_reply(struct xe_gdb *gdb); /* what was put, perhaps nothing */
void xe__rpc_gdb_reply_text(struct xe_gdb *gdb, const char *text);
void xe__rpc_gdb_reply_error(struct xe_gdb *gdb, int number);
void xe__rpc_gdb_reply_outcome(struct xe_gdb *gdb,
                               const struct xe_gdb_answer *answer); /* OK or E */

/* Console text: one or more O packets. */
void xe__rpc_gdb_console(struct xe_gdb *gdb, const char *text);

/* Leave a continuation; call it right before asking the target. */
void xe__rpc_gdb_ask(struct xe_gdb *gdb, xe_gdb_then *then);

/* ---- reading a packet ----------------------------------------------------------------------- */

/* A hexadecimal number of 1 to 16 digits, at most max; *text moves behind it. */
bool xe__rpc_gdb_hex(const char **text, uint64_t max, uint64_t *ret);
bool xe__rpc_gdb_hex_u32(const char **text, uint32_t *ret);
bool xe__rpc_gdb_expect(const char **text, char c);
/* Exactly size bytes as hexadecimal digits. */
bool xe__rpc_gdb_hex_bytes(const char **text, uint8_t *bytes, size_t size);
/* "-1" (all) and "0" (any) give 0. */
bool xe__rpc_gdb_tid(const char **text, uint32_t *ret);

/* ---- commands ------------------------------------------------------------------------------- */

typedef void xe_gdb_command(struct xe_gdb *gdb, const char *args);

void xe__rpc_gdb_dispatch(struct xe_gdb *gdb); /* command.c: the packet at work */

xe_gdb_command xe__rpc_gdb_read_all, xe__rpc_gdb_write_all, xe__rpc_gdb_read_one,
    xe__rpc_gdb_write_one; /* registers.c */
xe_gdb_command xe__rpc_gdb_memory_read, xe__rpc_gdb_memory_write, xe__rpc_gdb_memory_write_binary,
    xe__rpc_gdb_point_set, xe__rpc_gdb_point_clear; /* memory.c    */
xe_gdb_command xe__rpc_gdb_why, xe__rpc_gdb_continue, xe__rpc_gdb_step,
    xe__rpc_gdb_vcont; /* resume.c */
xe_gdb_command xe__rpc_gdb_features, xe__rpc_gdb_memory_map, xe__rpc_gdb_threads_first,
    xe__rpc_gdb_threads_next, xe__rpc_gdb_threads_document, xe__rpc_gdb_thread_extra,
    xe__rpc_gdb_supported, xe__rpc_gdb_monitor, xe__rpc_gdb_current; /* query.c     */

/* Stop the instance, then do the packet at work. */
void xe__rpc_gdb_attach(struct xe_gdb *gdb);

/* The thread list, as it was at the last stop; then(gdb, answer) follows. */
bool xe__rpc_gdb_thread_known(const struct xe_gdb *gdb, uint32_t tid);
void xe__rpc_gdb_take_threads(struct xe_gdb *gdb, const struct xe_gdb_answer *answer);

/* Registers as gdb sees them in this view: the document that describes them, and the fields. */
char *xe__rpc_gdb_target_document(enum xe_gdb_view view); /* owned; NULL: no memory */
void xe__rpc_gdb_put_register(struct xe_gdb *gdb, unsigned number);
#define XE_GDB_NUMBER_R1 1u
#define XE_GDB_NUMBER_PC 64u
#define XE_GDB_NUMBER_LR 67u

#endif
