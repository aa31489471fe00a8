/* Guest types: 32-bit pointers, big-endian, as the console's kernel lays them out.
 * Source: NT's public documentation of these structures; sizes as public 360 headers have them. */
#ifndef XE360_TYPES_H
#define XE360_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

typedef s32 NTSTATUS;
typedef u32 HANDLE;

#define NULL ((void *)0)

#define STATUS_SUCCESS   0
#define STATUS_TIMEOUT   0x102
#define STATUS_ABANDONED 0x80
#define STATUS_USER_APC  0xC0
#define STATUS_ALERTED   0x101
#define STATUS_PENDING   0x103

#define STATUS_INVALID_HANDLE           ((NTSTATUS)0xC0000008)
#define STATUS_INVALID_PARAMETER        ((NTSTATUS)0xC000000D)
#define STATUS_OBJECT_TYPE_MISMATCH     ((NTSTATUS)0xC0000024)
#define STATUS_MUTANT_NOT_OWNED         ((NTSTATUS)0xC0000046)
#define STATUS_SEMAPHORE_LIMIT_EXCEEDED ((NTSTATUS)0xC0000047)
#define STATUS_SUSPEND_COUNT_EXCEEDED   ((NTSTATUS)0xC000004A)

#define INVALID_HANDLE ((HANDLE)0xFFFFFFFF)
#define CURRENT_THREAD ((HANDLE)0xFFFFFFFE)

struct list_entry {
    struct list_entry *next, *prev;
};

struct dispatcher_header {
    u8 type, absolute, process_type, inserted;
    s32 signal_state;
    struct list_entry wait_list;
};

struct kevent {
    struct dispatcher_header header;
};

struct ksemaphore {
    struct dispatcher_header header;
    s32 limit;
};

struct kmutant {
    struct dispatcher_header header;
    struct list_entry mutant_list;
    void *owner;
    u8 abandoned, pad[3];
};

struct ktimer {
    struct dispatcher_header header;
    u64 due_time;
    struct list_entry timer_list;
    void *dpc;
    s32 period;
};

struct kqueue {
    struct dispatcher_header header;
    struct list_entry entries;
    u32 current, maximum;
    struct list_entry threads;
};

struct kdpc {
    s16 type;
    u8 inserted_number, target_number;
    struct list_entry list;
    void *routine, *context, *argument1, *argument2;
};

struct kapc {
    s16 type;
    u8 mode, inserted;
    void *thread;
    struct list_entry list;
    void *kernel_routine, *rundown_routine, *normal_routine;
    void *normal_context, *argument1, *argument2;
};

struct erwlock {
    s32 lock_count;
    u32 writers_waiting, readers_waiting, readers_entry;
    struct kevent writer_event;
    struct ksemaphore reader_semaphore;
    u32 spin_lock;
};

struct critical_section {
    struct dispatcher_header header;
    s32 lock_count, recursion;
    void *owner;
};

struct io_status_block {
    NTSTATUS status;
    u32 information;
};

struct ansi_string {
    u16 length, maximum_length;
    char *buffer;
};

struct object_attributes {
    HANDLE root;
    struct ansi_string *name;
    u32 attributes;
};

struct time_stamp_bundle {
    u64 interrupt_time, system_time;
    u32 tick_count, pad;
};

struct memory_info {
    void *base, *allocation_base;
    u32 allocation_protect, size, state, protect, type;
};

enum event_type { EVENT_MANUAL, EVENT_AUTO };
enum timer_type { TIMER_MANUAL, TIMER_AUTO };
enum wait_type { WAIT_ALL, WAIT_ANY };

#define EVENT_HEADER(t, state)                                                                     \
    {                                                                                              \
        (t), 0, 0, 0, (state),                                                                     \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }

_Static_assert(sizeof(struct kevent) == 0x10, "guest layout");
_Static_assert(sizeof(struct ksemaphore) == 0x14, "guest layout");
_Static_assert(sizeof(struct kmutant) == 0x20, "guest layout");
_Static_assert(sizeof(struct ktimer) == 0x28, "guest layout");
_Static_assert(sizeof(struct kqueue) == 0x28, "guest layout");
_Static_assert(sizeof(struct kdpc) == 0x1C, "guest layout");
_Static_assert(sizeof(struct kapc) == 0x28, "guest layout");
_Static_assert(sizeof(struct erwlock) == 0x38, "guest layout");
_Static_assert(sizeof(struct critical_section) == 0x1C, "guest layout");
_Static_assert(sizeof(struct time_stamp_bundle) == 0x18, "guest layout");

#endif
