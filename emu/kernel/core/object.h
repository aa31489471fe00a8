/* Objects and handles.
 *
 * Every object has a host record (struct xe_object) and a body in guest memory; Nt objects have an
 * OBJECT_HEADER right before the body, so that pointers from ObReferenceObjectByHandle work in
 * every Ke call. Dispatcher objects that a title made itself (KeInitialize*, inlined or static
 * initialisers) are adopted: they get a record at first use, found by canonical address; the record
 * holds no state, so forgetting an idle one loses nothing.
 *
 * Lifetime: references = open handles + guest pointers (Ob*) + the kernel's own. At 0 a created
 * object dies unless it is permanent. Adopted objects are not counted. */
#ifndef XE_KERNEL_CORE_OBJECT_H
#define XE_KERNEL_CORE_OBJECT_H

#include "kernel/core/kernel.h"

struct xe__file;
struct xe__listener;
struct xe_codec;
struct xe_object;

enum xe_object_class {
    XE_OBJECT_EVENT,
    XE_OBJECT_SEMAPHORE,
    XE_OBJECT_MUTANT,
    XE_OBJECT_TIMER,
    XE_OBJECT_THREAD,
    XE_OBJECT_QUEUE,         /* KQUEUE by pointer                    */
    XE_OBJECT_IO_COMPLETION, /* KQUEUE by handle                     */
    XE_OBJECT_CRITICAL_SECTION,
    XE_OBJECT_RW_LOCK,
    XE_OBJECT_FILE,
    XE_OBJECT_NOTIFY,     /* XAM notification listener            */
    XE_OBJECT_ENUMERATOR, /* a list of XAM's                      */
    XE_OBJECT_DIRECTORY,
    XE_OBJECT_SYMLINK,
    XE_OBJECT_DEVICE,
    XE_OBJECT_MODULE,
    XE_OBJECT_OTHER, /* of types that a title brings along   */
    XE_OBJECT_CLASSES
};

#define XE_OBJECT_NO_WAIT (-1)

/* What objects of one kind have in common. Families define their own (static const). */
struct xe_object_type {
    enum xe_object_class class;
    const char *name;    /* "event", "file": as reports print it                        */
    uint32_t body_size;  /* bytes of guest body, may be 0                                */
    int32_t wait_offset; /* of the dispatcher header in the body, or XE_OBJECT_NO_WAIT   */
    uint32_t ordinal;    /* xboxkrnl variable export holding its OBJECT_TYPE, 0 = none    */
    uint32_t pool_tag;
    void (*destroy)(struct xe_object *object); /* host part; may be NULL                   */
    /* Host part, as base/codec.h describes states; xe_kernel_object_no_state where there is none.
     */
    void (*state)(struct xe_codec *c, struct xe_object *object);
};

/* Of a type that keeps nothing on the host side. */
void xe_kernel_object_no_state(struct xe_codec *c, struct xe_object *object);

extern const struct xe_object_type xe_object_event_type, xe_object_semaphore_type,
    xe_object_mutant_type, xe_object_timer_type, xe_object_thread_type, xe_object_queue_type,
    xe_object_io_completion_type, xe_object_critical_section_type, xe_object_rw_lock_type,
    xe_object_directory_type, xe_object_symlink_type, xe_object_notify_type,
    xe_object_enumerator_type, xe_object_device_type, xe_object_foreign_type;

struct xe_wait_link;

struct xe_object {
    struct xe_kernel *kernel;
    const struct xe_object_type *type;
    uint64_t id;    /* 1, 2, 3 ... never reused; a new one when initialised again   */
    xe_gva body;    /* canonical guest address of the body, 0 if none               */
    xe_gva header;  /* dispatcher header, 0 if it can't be waited for               */
    bool adopted;   /* a pointer object: body belongs to the title                  */
    bool announced; /* the audit knows it under its pointer                         */
    bool permanent;
    char *name;           /* owned; NULL if unnamed                                       */
    uint32_t handles;     /* open handles                                                 */
    uint32_t guest_refs;  /* pointers given out by Ob* calls                              */
    uint32_t kernel_refs; /* ours: parked waiters, running threads, families              */
    int32_t told_state;   /* signal state as the kernel left or saw it; else it was stored */
    struct xe_wait_link *first_waiter, *last_waiter; /* in order of arrival                */
    uint32_t waiters;
    uint32_t first_handle, last_handle; /* slots + 1, oldest first */
    union {
        struct xe_thread *thread;      /* a thread's                                 */
        struct xe__ktimer *ktimer;     /* a timer's that was set before; else NULL   */
        struct xe__port *port;         /* a completion port's                        */
        struct xe__file *file;         /* a file's                                   */
        struct xe__listener *listener; /* a listener's queue                     */
        char *target;                  /* a symbolic link's path; NULL: leads nowhere */
    } host;                            /* owned, by type; freed by type->destroy */
    xe_gva block; /* pool block holding header and body, 0 if none                */
    struct xe_object *older, *newer;           /* all objects, by id                         */
    struct xe_object *name_next;               /* same name bucket                           */
    struct xe_object *idle_older, *idle_newer; /* adopted, by last use                     */
};

/* ---- life ----------------------------------------------------------------------------------- */

/* A new object with a zeroed body of type->body_size + extra bytes, OBJECT_HEADER filled; holds one
 * kernel reference for the caller. NULL when memory or the object limit is exhausted. */
struct xe_object *xe_kernel_object_create(struct xe_kernel *kernel,
                                          const struct xe_object_type *type, uint32_t extra);
void xe_kernel_object_ref(struct xe_object *object);   /* kernel reference */
void xe_kernel_object_unref(struct xe_object *object); /* may destroy it   */

/* The object whose body or dispatcher header lies at a guest address; NULL if none is known. */
struct xe_object *xe_kernel_object_at(struct xe_kernel *kernel, xe_gva address);

/* The dispatcher object at a guest pointer, adopting it when new. type NULL: decided by the
 * header's type byte. NULL when the address is not committed, or the byte names no waitable type. A
 * record whose kind no longer matches memory is replaced (a new object lives there). */
struct xe_object *xe_kernel_object_adopt(struct xe_kernel *kernel, xe_gva address,
                                         const struct xe_object_type *type);
/* As adopt, for KeInitialize*: whatever was known there is forgotten, a new object begins and the
 * audit is told that the call at hand created it. The caller has written the header. */
struct xe_object *xe_kernel_object_initialize(struct xe_kernel *kernel, xe_gva address,
                                              const struct xe_object_type *type);

/* ---- handles -------------------------------------------------------------------------------- */

#define XE_HANDLE_FIRST          0x1000u
#define XE_HANDLE_CURRENT_THREAD 0xFFFFFFFEu
#define XE_HANDLE_INVALID        0xFFFFFFFFu

/* Open a handle (adds a reference, tells the audit). 0 when the table is full. */
xe_handle xe_kernel_handle_open(struct xe_object *object);
/* XE_STATUS_SUCCESS or XE_STATUS_INVALID_HANDLE. */
uint32_t xe_kernel_handle_close(struct xe_kernel *kernel, xe_handle handle);
/* Borrow the object of a handle; the current-thread pseudo handle works. NULL if invalid. */
struct xe_object *xe_kernel_handle_object(struct xe_kernel *kernel, xe_handle handle);
/* As above, and of one type: *ret_status says what is wrong (INVALID_HANDLE, OBJECT_TYPE_MISMATCH).
 */
struct xe_object *xe_kernel_handle_typed(struct xe_kernel *kernel, xe_handle handle,
                                         const struct xe_object_type *type, uint32_t *ret_status);
/* The oldest open handle of the object and the one after it; 0 if there is none. */
xe_handle xe_kernel_object_handle(const struct xe_object *object);
xe_handle xe_kernel_object_handle_after(const struct xe_object *object, xe_handle handle);

/* For create calls: open a handle, store it at ret (guest address; 0 = not stored), drop the
 * caller's kernel reference in any case. Returns the status; where ret can't be written, no handle
 * is left that nobody could ever name. */
uint32_t xe_kernel_object_give_handle(struct xe_object *object, xe_gva ret);

/* ---- names ---------------------------------------------------------------------------------- */

#define XE_OBJECT_NAME_MAX 255u

/* Read OBJECT_ATTRIBUTES: name "" when there is none, else with its directory in front. The status
 * says what is wrong with the name (XE_STATUS_OBJECT_NAME_INVALID: unreadable or too long) or with
 * the directory's handle. attributes 0 is fine. */
uint32_t xe_kernel_object_attributes(struct xe_kernel *kernel, xe_gva attributes,
                                     char name[XE_OBJECT_NAME_MAX + 1], uint32_t *ret_flags);
/* Case-insensitive lookup; NULL if there is none. */
struct xe_object *xe_kernel_object_named(struct xe_kernel *kernel, const char *name);
/* false: the name is taken or memory is out. */
bool xe_kernel_object_set_name(struct xe_object *object, const char *name);
/* Follow symbolic links in front of a path ("game:\x" -> "\Device\Cdrom0\x"), at most 8 times.
 * false when it does not fit. */
bool xe_kernel_object_link_resolve(struct xe_kernel *kernel, const char *path, char *ret,
                                   size_t size);
/* Make `name` a link to target: XE_STATUS_SUCCESS (also when it is that already), NAME_COLLISION,
 * NO_MEMORY. And remove one. */
uint32_t xe_kernel_object_link_create(struct xe_kernel *kernel, const char *name,
                                      const char *target);
uint32_t xe_kernel_object_link_delete(struct xe_kernel *kernel, const char *name);

#endif
