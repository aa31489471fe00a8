/* The GDB remote serial protocol: one debugger at one instance, bytes in and bytes out.
 *
 * The engine knows no socket and no method of the API. What it says goes to struct xe_gdb_host,
 * what it wants from the instance it asks of struct xe_gdb_target, one thing at a time; the outcome
 * comes back through xe_gdb_answer, at once or later. Input is taken only while nothing is being
 * asked (a Ctrl-C also while the guest runs), so a client that asks faster than it reads costs no
 * memory.
 *
 * Every byte that comes is hostile: lengths, digits, addresses and thread ids are checked, packets
 * that are too long are refused whole, and a byte that cannot begin a packet ends the connection (a
 * web page that posts to the port gets no further than its first letter).
 * Source: Debugging with GDB, appendix E (gdb 13). One thread. */
#ifndef XE_RPC_GDB_GDB_H
#define XE_RPC_GDB_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XE_GDB_PACKET_MAX 16384u /* payload of a packet, either way */
#define XE_GDB_THREADS    1024u  /* most that a debugger is shown   */
#define XE_GDB_VECTORS    128u

/* The registers that are numbers, in the order of struct xe_gdb_registers. */
enum xe_gdb_scalar {
    XE_GDB_R0 = 0,
    XE_GDB_F0 = 32,
    XE_GDB_PC = 64,
    XE_GDB_MSR,
    XE_GDB_CR,
    XE_GDB_LR,
    XE_GDB_CTR,
    XE_GDB_XER,
    XE_GDB_FPSCR,
    XE_GDB_VSCR,
    XE_GDB_VRSAVE,
    XE_GDB_SCALARS
};

struct xe_gdb_registers {
    uint64_t scalar[XE_GDB_SCALARS];
    uint8_t vector[XE_GDB_VECTORS][16]; /* bytes in guest order */
};

/* Name of a scalar as the API spells it ("r0", "pc"); text holds at least 8 bytes. */
const char *xe_gdb_scalar_name(unsigned scalar, char text[8]);

/* How the registers are shown. Titles are 32-bit programs on 64-bit registers, and gdb refuses a
 * description whose pc is wider than the program's addresses. */
enum xe_gdb_view {
    XE_GDB_VIEW_32, /* powerpc:common; the whole registers are x0..x31 beside r0..r31 */
    XE_GDB_VIEW_64  /* powerpc:common64                                               */
};

struct xe_gdb_thread {
    uint32_t tid, hw_thread;
    bool current; /* was running when the instance stopped */
    char name[64], state[16];
};

enum xe_gdb_point { /* as in Z packets */
                    XE_GDB_POINT_SOFT,
                    XE_GDB_POINT_HARD,
                    XE_GDB_POINT_WRITE,
                    XE_GDB_POINT_READ,
                    XE_GDB_POINT_ACCESS,
                    XE_GDB_POINTS
};

/* gdb's numbers of signals. */
enum {
    XE_GDB_SIGNAL_NONE = 0,
    XE_GDB_SIGNAL_INT = 2,
    XE_GDB_SIGNAL_ILL = 4,
    XE_GDB_SIGNAL_TRAP = 5,
    XE_GDB_SIGNAL_ABRT = 6,
    XE_GDB_SIGNAL_FPE = 8,
    XE_GDB_SIGNAL_BUS = 10,
    XE_GDB_SIGNAL_SEGV = 11,
    XE_GDB_SIGNAL_SYS = 12,
    XE_GDB_SIGNAL_STOP = 17,
    XE_GDB_SIGNAL_XCPU = 24
};

struct xe_gdb_stop {
    int signal;
    uint32_t tid;       /* 0: whichever runs */
    bool exited;        /* the title is over; there is nothing left to stop */
    uint32_t exit_code; /* what it gave then; 0 where it gave none */
    bool stepped;       /* the step that was asked for is done, nothing else happened */
    bool point;         /* a breakpoint or watchpoint was hit */
    enum xe_gdb_point kind;
    uint32_t address; /* of a watchpoint's data */
    char note[256];   /* shown to the user; may be empty */
};

struct xe_gdb_answer {
    bool ok;
    const char *text; /* what is wrong, or monitor's output */
    const struct xe_gdb_stop *stop;
    const struct xe_gdb_thread *thread;
    uint32_t threads;
    const struct xe_gdb_registers *registers;
    const uint8_t *bytes;
    uint32_t size;
};

/* What the engine asks. Each of these gets exactly one xe_gdb_answer, unless it says otherwise;
 * what a pointer names is good until the function returns. */
struct xe_gdb_target {
    void *ctx;
    void (*attach)(void *ctx); /* stop what runs -> stop */
    void (*threads)(void *ctx);
    void (*registers)(void *ctx, uint32_t tid);
    /* A number has 8 bytes, a vector ("v0") 16; the most significant comes first. */
    void (*register_write)(void *ctx, uint32_t tid, const char *name, const uint8_t *bytes,
                           uint32_t size);
    void (*memory_read)(void *ctx, uint32_t address, uint32_t size); /* -> bytes */
    void (*memory_write)(void *ctx, uint32_t address, const uint8_t *bytes, uint32_t size);
    void (*point_set)(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size);
    void (*point_clear)(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size);
    /* Go on, or (step_tid) let a thread make a step, and further ones while it is in [from, to)
     * -> stop, when it stops. */
    void (*resume)(void *ctx, uint32_t step_tid, uint32_t from, uint32_t to);
    void (*interrupt)(void *ctx);                    /* resume's answer comes; none of its own */
    void (*monitor)(void *ctx, const char *command); /* -> text, ok or not */
    void (*detach)(void *ctx, bool leave_stopped);   /* take points away, go on if it went */
};

struct xe_gdb_host {
    void *ctx;
    void (*send)(void *ctx, const void *bytes, size_t size);
    void (*end)(void *ctx); /* close the connection when everything is sent */
};

struct xe_gdb;

/* NULL: no memory. */
struct xe_gdb *xe_gdb_create(const struct xe_gdb_host *host, const struct xe_gdb_target *target,
                             enum xe_gdb_view view);
/* Without a word to the target: who destroys a session that is attached detaches by itself. */
void xe_gdb_destroy(struct xe_gdb *gdb);

/* How many bytes it takes now; 0 while it is at work on something. */
size_t xe_gdb_room(const struct xe_gdb *gdb);
void xe_gdb_receive(struct xe_gdb *gdb, const void *bytes, size_t size);
void xe_gdb_answer(struct xe_gdb *gdb, const struct xe_gdb_answer *answer);

/* Has the target been told to attach, and not to detach since? */
bool xe_gdb_attached(const struct xe_gdb *gdb);

#endif
