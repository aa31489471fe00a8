/* Arguments of the network's calls. */
#ifndef XE_KERNEL_FAMILIES_NET_CALL_H
#define XE_KERNEL_FAMILIES_NET_CALL_H

#include "kernel/families/net.h"

#define XE__NET_EACCES     10013u
#define XE__NET_AT_ONCE    262144u
#define XE__NET_OVERLAPPED 20u /* bytes of a WSAOVERLAPPED */

/* The sockaddr_in at an argument, of that size; or the error. */
uint32_t xe__net_place_of(const struct xe_call *call, unsigned n, uint32_t size,
                          struct xe_net_place *ret);
/* Store one at an argument, whose room another points to; and how long it is. */
void xe__net_store_place(struct xe_call *call, unsigned n, unsigned size,
                         struct xe_net_place place);
/* The same where it is known where these lie. */
void xe__net_put_place(struct xe_mem *mem, xe_gva at, xe_gva size, struct xe_net_place place);

/* true: the call was answered; else it would block. */
bool xe__net_answered(struct xe_call *call, uint32_t error, uint32_t result);

/* A stream takes XE__NET_AT_ONCE bytes at a time; the title sends the rest, as it has to anyway. */
uint32_t xe__net_send_bytes(struct xe__net *self, uint32_t number, const struct xe_net_place *to,
                            const void *bytes, uint32_t *size);

/* net_names.c: a lookup is over: a block with this first word, told at the pointer of argument n,
 * and the event of another is set. The block; 0: there is none, and the call has failed. */
xe_gva xe__net_looked_up(struct xe_call *call, unsigned event, unsigned n, uint32_t size,
                         uint32_t first);
void xe__net_release(struct xe_call *call); /* such a block, (caller, block) */

/* net_many.c: send or receive, now. */
uint32_t xe__net_transfer(struct xe__net *self, const struct xe__net_transfer *t,
                          uint32_t *ret_done);

/* What tells of a transfer's end: a WSAOVERLAPPED (0: nothing does), and a routine (0: its event).
 */
struct xe__net_end {
    xe_gva overlapped, routine;
};

/* net_pending.c: it is over; or begins, and ends when its transfer can be done (the answer is an
 * error: IO_PENDING, or why not). */
void xe__net_overlapped_done(struct xe_call *call, const struct xe__net_end *end, uint32_t bytes);
uint32_t xe__net_pend(struct xe_call *call, const struct xe__net_transfer *t,
                      const struct xe__net_end *end);

#endif
