/* Guest layouts: where the fields lie that titles share with the kernel. All words big-endian.
 *
 * Source: proferabg/xkelib kernel structure headers (sizes and asserts), checked against
 * xenia-canary's thread and object layouts (kernel/xthread.h, xobject.h); KMUTANT from the NT DDK
 * layout. Guess: fields that neither uses are left 0. */
#ifndef XE_KERNEL_CORE_LAYOUT_H
#define XE_KERNEL_CORE_LAYOUT_H

#include "xe/types.h"

/* DISPATCHER_HEADER, head of everything a title can wait for. */
struct xe_x_dispatch_header {
    uint8_t type; /* enum xe_x_type */
    uint8_t absolute;
    uint8_t process_type;
    uint8_t inserted;
    struct xe_be32 signal_state; /* 0 clear, > 0 set, semaphore count, mutant 1 - recursion */
    struct xe_be32 wait_next, wait_prev;
};
_Static_assert(sizeof(struct xe_x_dispatch_header) == 0x10, "guest layout");

enum xe_x_type {
    XE_X_EVENT_MANUAL = 0,
    XE_X_EVENT_AUTO = 1,
    XE_X_MUTANT = 2,
    XE_X_PROCESS = 3,
    XE_X_QUEUE = 4,
    XE_X_SEMAPHORE = 5,
    XE_X_THREAD = 6,
    XE_X_TIMER_MANUAL = 8,
    XE_X_TIMER_AUTO = 9,
    XE_X_APC = 18,
    XE_X_DPC = 19
};

/* Offsets in dispatcher objects and locks. */
enum {
    XE_X_HEADER_ABSOLUTE = 0x01,
    XE_X_HEADER_INSERTED = 0x03,
    XE_X_HEADER_STATE = 0x04,
    XE_X_HEADER_LIST = 0x08,
    XE_X_EVENT_SIZE = 0x10,
    XE_X_SEMAPHORE_LIMIT = 0x10,
    XE_X_SEMAPHORE_SIZE = 0x14,
    XE_X_MUTANT_LIST = 0x10,
    XE_X_MUTANT_OWNER = 0x18,
    XE_X_MUTANT_ABANDONED = 0x1C,
    XE_X_MUTANT_SIZE = 0x20,
    XE_X_TIMER_DUE = 0x10,
    XE_X_TIMER_LIST = 0x18,
    XE_X_TIMER_DPC = 0x20,
    XE_X_TIMER_PERIOD = 0x24,
    XE_X_TIMER_SIZE = 0x28,
    XE_X_QUEUE_LIST = 0x10,
    XE_X_QUEUE_CURRENT = 0x18,
    XE_X_QUEUE_MAXIMUM = 0x1C,
    XE_X_QUEUE_THREADS = 0x20,
    XE_X_QUEUE_SIZE = 0x28,
    XE_X_CS_LOCK_COUNT = 0x10,
    XE_X_CS_RECURSION = 0x14,
    XE_X_CS_OWNER = 0x18,
    XE_X_CS_SIZE = 0x1C,
    XE_X_RW_LOCK_COUNT = 0x00,
    XE_X_RW_WRITERS_WAITING = 0x04,
    XE_X_RW_READERS_WAITING = 0x08,
    XE_X_RW_READERS_ENTRY = 0x0C,
    XE_X_RW_WRITER_EVENT = 0x10,
    XE_X_RW_READER_SEMAPHORE = 0x20,
    XE_X_RW_SPIN_LOCK = 0x34,
    XE_X_RW_SIZE = 0x38
};

/* KAPC and KDPC. */
enum {
    XE_X_APC_TYPE = 0x00, /* u16 */
    XE_X_APC_MODE = 0x02, /* u8 */
    XE_X_APC_INSERTED = 0x03,
    XE_X_APC_THREAD = 0x04,
    XE_X_APC_LIST = 0x08,
    XE_X_APC_KERNEL = 0x10,
    XE_X_APC_RUNDOWN = 0x14,
    XE_X_APC_NORMAL = 0x18,
    XE_X_APC_CONTEXT = 0x1C,
    XE_X_APC_ARG1 = 0x20,
    XE_X_APC_ARG2 = 0x24,
    XE_X_APC_SIZE = 0x28,
    XE_X_DPC_TYPE = 0x00, /* u16 */
    XE_X_DPC_INSERTED = 0x02,
    XE_X_DPC_TARGET = 0x03,
    XE_X_DPC_LIST = 0x04,
    XE_X_DPC_ROUTINE = 0x0C,
    XE_X_DPC_CONTEXT = 0x10,
    XE_X_DPC_ARG1 = 0x14,
    XE_X_DPC_ARG2 = 0x18,
    XE_X_DPC_SIZE = 0x1C
};

/* KPCR and the KPRCB inside it. */
enum {
    XE_X_PCR_TLS = 0x000,
    XE_X_PCR_PROCESS_TYPE = 0x00C, /* u8, in a DPC */
    XE_X_PCR_IRQL = 0x018,         /* u8 */
    XE_X_PCR_GPR13 = 0x030,        /* u64: its own address */
    XE_X_PCR_STACK_BASE = 0x070,
    XE_X_PCR_STACK_LIMIT = 0x074,
    XE_X_PCR_THREAD = 0x100,
    XE_X_PCR_NUMBER = 0x10C,     /* u8 */
    XE_X_PCR_SET_MEMBER = 0x110, /* 1 << number */
    XE_X_PCR_DPC_ACTIVE = 0x150,
    XE_X_PCR_PRCB = 0x2A8,
    XE_X_PCR_SIZE = 0x2D8
};

/* KTHREAD. */
enum {
    XE_X_THREAD_MUTANTS = 0x010,
    XE_X_THREAD_TIMER = 0x018,
    XE_X_THREAD_TIMER_BLOCK = 0x040,
    XE_X_THREAD_KERNEL_TIME = 0x058, /* u32, ms */
    XE_X_THREAD_STACK_BASE = 0x05C,
    XE_X_THREAD_STACK_LIMIT = 0x060,
    XE_X_THREAD_KERNEL_STACK = 0x064,
    XE_X_THREAD_TLS = 0x068,
    XE_X_THREAD_STATE = 0x06C, /* u8 */
    XE_X_THREAD_PRIORITY = 0x070,
    XE_X_THREAD_FPU_EXCEPTIONS = 0x071,
    XE_X_THREAD_CREATE_PROCESS = 0x072,
    XE_X_THREAD_CURRENT_PROCESS = 0x073,
    XE_X_THREAD_APC_LISTS = 0x074,
    XE_X_THREAD_PROCESS = 0x084,
    XE_X_THREAD_APC_QUEUEABLE = 0x08B,
    XE_X_THREAD_MSR_MASK = 0x09C,
    XE_X_THREAD_WAIT_STATUS = 0x0A0,
    XE_X_THREAD_APC_DISABLE = 0x0B0,
    XE_X_THREAD_QUANTUM = 0x0B4,
    XE_X_THREAD_BASE_PRIORITY = 0x0B9,
    XE_X_THREAD_DISABLE_BOOST = 0x0BB,
    XE_X_THREAD_SUSPEND_COUNT = 0x0BC,
    XE_X_THREAD_TERMINATED = 0x0BE,
    XE_X_THREAD_PROCESSOR = 0x0BF,
    XE_X_THREAD_CURRENT_PRCB = 0x0C0,
    XE_X_THREAD_AFFINITY_PRCB = 0x0C4,
    XE_X_THREAD_CLASSES = 0x0C8, /* u8 idle, normal, time critical */
    XE_X_THREAD_STACK_ALLOC = 0x0D0,
    XE_X_THREAD_SUSPEND_APC = 0x0D4,
    XE_X_THREAD_SUSPEND_SEMAPHORE = 0x0FC,
    XE_X_THREAD_LIST = 0x110,
    XE_X_THREAD_QUEUE = 0x118,
    XE_X_THREAD_CREATE_TIME = 0x130, /* u64 */
    XE_X_THREAD_EXIT_TIME = 0x138,
    XE_X_THREAD_EXIT_STATUS = 0x140,
    XE_X_THREAD_TIMER_LIST = 0x144,
    XE_X_THREAD_ID = 0x14C,
    XE_X_THREAD_START = 0x150,
    XE_X_THREAD_IRP_LIST = 0x154,
    XE_X_THREAD_LAST_ERROR = 0x160,
    XE_X_THREAD_CREATE_OPTIONS = 0x16C,
    XE_X_THREAD_VSCR = 0x170,
    XE_X_THREAD_SIZE = 0xAB0
};

/* KPROCESS. */
enum {
    XE_X_PROCESS_THREADS = 0x04,
    XE_X_PROCESS_QUANTUM = 0x0C,
    XE_X_PROCESS_THREAD_COUNT = 0x14,
    XE_X_PROCESS_CLASSES = 0x18, /* u8 idle, normal, time critical, disable quantum */
    XE_X_PROCESS_STACK = 0x1C,
    XE_X_PROCESS_TLS_IMAGE = 0x20,
    XE_X_PROCESS_TLS_SIZE = 0x24,
    XE_X_PROCESS_TLS_IMAGE_SIZE = 0x28,
    XE_X_PROCESS_TLS_SLOTS = 0x2C, /* u16, bytes */
    XE_X_PROCESS_TERMINATING = 0x2E,
    XE_X_PROCESS_TYPE = 0x2F,
    XE_X_PROCESS_TLS_BITMAP = 0x30, /* 8 words, 1 = free */
    XE_X_PROCESS_HEAP = 0x5C,
    XE_X_PROCESS_SIZE = 0x60
};

/* OBJECT_HEADER lies right before the body; its offsets count from its own start. */
enum {
    XE_X_OBJECT_POINTERS = 0x00,
    XE_X_OBJECT_HANDLES = 0x04,
    XE_X_OBJECT_FLAGS = 0x0B, /* u8: 1 named, 2 permanent, 0x10 title */
    XE_X_OBJECT_TYPE = 0x10,
    XE_X_OBJECT_HEADER_SIZE = 0x18,
    XE_X_OBJECT_TYPE_TAG = 0x18, /* in OBJECT_TYPE */
    XE_X_OBJECT_TYPE_SIZE = 0x1C
};

/* LDR_DATA_TABLE_ENTRY. */
enum {
    XE_X_LDR_LOAD_LINKS = 0x00,
    XE_X_LDR_MEMORY_LINKS = 0x08,
    XE_X_LDR_INIT_LINKS = 0x10,
    XE_X_LDR_NT_HEADERS = 0x18,
    XE_X_LDR_IMAGE_BASE = 0x1C,
    XE_X_LDR_IMAGE_SIZE = 0x20,
    XE_X_LDR_FULL_NAME = 0x24, /* UNICODE_STRING */
    XE_X_LDR_BASE_NAME = 0x2C,
    XE_X_LDR_FLAGS = 0x34,
    XE_X_LDR_FULL_SIZE = 0x38,
    XE_X_LDR_ENTRY = 0x3C,
    XE_X_LDR_LOAD_COUNT = 0x40, /* u16 */
    XE_X_LDR_DLL_BASE_ORIGINAL = 0x44,
    XE_X_LDR_MODULE_LOAD_FLAGS = 0x4C,
    XE_X_LDR_TIME_STAMP = 0x50,
    XE_X_LDR_XEX_HEADERS = 0x58,
    XE_X_LDR_SIZE = 0x64
};

/* KTIME_STAMP_BUNDLE. */
enum {
    XE_X_TIME_INTERRUPT = 0x00, /* u64 */
    XE_X_TIME_SYSTEM = 0x08,
    XE_X_TIME_TICKS = 0x10, /* ms */
    XE_X_TIME_SIZE = 0x18
};

#endif
