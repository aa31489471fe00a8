/* Arguments of the network's calls. */
#ifndef XE_KERNEL_FAMILIES_NET_CALL_H
#define XE_KERNEL_FAMILIES_NET_CALL_H

#include "kernel/families/net.h"

#define XE__NET_EACCES 10013u

/* The sockaddr_in at an argument, of that size; or the error. */
uint32_t xe__net_place_of(const struct xe_call *call, unsigned n, uint32_t size,
                          struct xe_net_place *ret);
/* Store one at an argument, whose room another points to; and how long it is. */
void xe__net_store_place(struct xe_call *call, unsigned n, unsigned size,
                         struct xe_net_place place);
/* A WSAOVERLAPPED, if the argument is one, is over: so many bytes. */
void xe__net_overlapped_done(const struct xe_call *call, unsigned n, uint32_t bytes);

#endif
