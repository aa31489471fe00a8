/* The dispatcher: the one place where signal states change and threads park and wake.
 *
 * A signal state lies in the object's DISPATCHER_HEADER in guest memory. xe_kernel_signal is the
 * only function that changes one, xe_kernel_wait the only one that parks a thread; both tell the
 * audit. Invariant after each of them: no object is satisfiable while an eligible waiter is parked
 * (checked by xe_kernel_check; an injected lost wake is the one exception).
 * Waiters are served in order of arrival. Source: NT, and doc/facts/kernel-calls.md, section 1.1.
 */
#ifndef XE_KERNEL_CORE_DISPATCHER_H
#define XE_KERNEL_CORE_DISPATCHER_H

#include "kernel/core/object.h"

#define XE_WAIT_OBJECTS 64u
#define XE_WAIT_FOREVER INT64_MAX

/* ---- signalling ----------------------------------------------------------------------------- */

/* One change of a signal state. */
struct xe_signal {
    enum xe_audit_op op; /* SIGNAL, PULSE or RESET                                       */
    int32_t state;       /* the new SignalState; a pulse then falls back to 0             */
    uint32_t key;        /* as the guest named it: handle, or 0 = the object's own pointer */
    bool abandon;        /* mutants: the next waiter gets STATUS_ABANDONED                */
    int32_t increment;   /* whom it wakes gets so much more priority for a while          */
    bool silent;         /* no record of its own (part of an operation that has one)      */
};

/* Set the state, wake whoever can be, tell the audit. Returns the previous state. */
int32_t xe_kernel_signal(struct xe_object *object, const struct xe_signal *signal);

/* An attempt that an error status ended. object may be NULL (bad handle). */
void xe_kernel_signal_failed(struct xe_kernel *kernel, struct xe_object *object, uint32_t key,
                             enum xe_audit_op op, uint32_t status);

/* What calls by handle give those they wake. Source: NT EVENT_INCREMENT and its like. */
#define XE_INCREMENT       1
#define XE_ALERT_INCREMENT 2

/* The families, for use by any part of the kernel and by HLE (overlapped completion, listeners).
 * key: the handle the guest used, or 0. Those without an increment give none. */
int32_t xe_kernel_event_set_by(struct xe_object *event, uint32_t key, int32_t increment);
int32_t xe_kernel_event_pulse_by(struct xe_object *event, uint32_t key, int32_t increment);
uint32_t xe_kernel_semaphore_release_by(struct xe_object *semaphore, uint32_t key, int32_t count,
                                        int32_t increment, int32_t *ret_previous);
uint32_t xe_kernel_mutant_release_by(struct xe_object *mutant, uint32_t key,
                                     struct xe_thread *owner, bool abandon, int32_t increment,
                                     int32_t *ret_previous);
int32_t xe_kernel_event_set(struct xe_object *event, uint32_t key);
int32_t xe_kernel_event_reset(struct xe_object *event, uint32_t key);
uint32_t xe_kernel_semaphore_release(struct xe_object *semaphore, uint32_t key, int32_t count,
                                     int32_t *ret_previous);
uint32_t xe_kernel_mutant_release(struct xe_object *mutant, uint32_t key, struct xe_thread *owner,
                                  bool abandon, int32_t *ret_previous);

/* Write a dispatcher header: type byte, state, self-linked wait list. */
void xe_kernel_header_init(struct xe_kernel *kernel, xe_gva header, uint8_t type, int32_t state);
int32_t xe_kernel_header_state(const struct xe_object *object);
bool xe_kernel_object_signaled(const struct xe_object *object); /* state > 0 */
void xe_kernel_object_kind(const struct xe_object *object, struct xe_audit_kind *ret);

/* New Nt objects, with one kernel reference for the caller; NULL when memory is out. */
struct xe_object *xe_kernel_event_create(struct xe_kernel *kernel, bool manual, bool signaled);
struct xe_object *xe_kernel_semaphore_create(struct xe_kernel *kernel, int32_t count,
                                             int32_t limit);
struct xe_object *xe_kernel_mutant_create(struct xe_kernel *kernel, struct xe_thread *owner);

/* ---- waiting -------------------------------------------------------------------------------- */

struct xe_wait;

/* What a thread gets when its wait is over: a kind and not a function, for a parked thread is state
 * that is saved. */
enum xe_wait_end {
    XE_WAIT_END_STATUS,  /* r3 becomes the status                                          */
    XE_WAIT_END_ZERO,    /* r3 becomes 0                                                   */
    XE_WAIT_END_NOTHING, /* no result                                                      */
    XE_WAIT_END_SECTION, /* it owns the critical section at `arg`                          */
    XE_WAIT_END_ENTRY,   /* r3 becomes the entry of a KQUEUE, or the status                */
    XE_WAIT_END_PACKET,  /* a completion packet goes where the call's arguments say        */
    XE_WAIT_END_IO,      /* r3 becomes the status of the request `arg`                     */
    XE_WAIT_END_IO_BOOL, /* likewise, as Windows' ReadFile and WriteFile tell it           */
    XE_WAIT_END_AGAIN,   /* the call is made again                                         */
    XE_WAIT_END_SOCKET,  /* the call on a socket goes on; which one `arg` says             */
    XE_WAIT_ENDS
};

struct xe_wait_request {
    uint32_t count; /* 0: a delay                                                         */
    struct xe_object *object[XE_WAIT_OBJECTS];
    uint32_t key[XE_WAIT_OBJECTS]; /* as the guest named them; 0 = the object's pointer   */
    bool all;
    bool alertable, user_mode;
    int64_t timeout;         /* guest's 100 ns value; XE_WAIT_FOREVER = none         */
    enum xe_audit_park park; /* XE_AUDIT_PARK_WAIT is the audited path               */
    enum xe_wait_end end;    /* XE_WAIT_END_STATUS unless said otherwise             */
    uint64_t arg;
};

/* Start a wait of the running thread: satisfied, polled out or parked; in every case the result
 * reaches the thread as `end` says, now or when the wait ends. Takes references. */
void xe_kernel_wait(struct xe_thread *thread, const struct xe_wait_request *request);

/* Waits that only time (or an APC or alert) ends. */
void xe_kernel_wait_delay(struct xe_thread *thread, int64_t interval, bool alertable,
                          bool user_mode);

/* End a parked thread's wait from outside: APC, alert, termination. No effect if it is not parked.
 */
void xe_kernel_wait_abort(struct xe_thread *thread, uint32_t status);

/* Read a guest timeout pointer: 0 = XE_WAIT_FOREVER. */
int64_t xe_kernel_wait_timeout_at(const struct xe_kernel *kernel, xe_gva pointer);

/* ---- queues --------------------------------------------------------------------------------- */

/* Packets of an I/O completion port. Post: false when the port's packet limit is reached. */
struct xe_packet {
    uint32_t key, apc_context, status, information;
};
/* Ports: created for so many threads at a time (0: one a hardware thread); a packet to its end
 * (false: out of memory); packets that nobody took yet. */
struct xe_object *xe_kernel_io_completion_create(struct xe_kernel *kernel, uint32_t threads);
bool xe_kernel_io_completion_post(struct xe_object *port, uint32_t key,
                                  const struct xe_packet *packet);
uint32_t xe_kernel_io_completion_depth(const struct xe_object *port);

#endif
