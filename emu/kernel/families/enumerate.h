/* Making enumerators, for the families that have lists. */
#ifndef XE_KERNEL_FAMILIES_ENUMERATE_H
#define XE_KERNEL_FAMILIES_ENUMERATE_H

#include "kernel/hle/hle.h"

#define XE__LIST_ITEMS_MAX 1024u

struct xe__list_request {
    uint32_t user, at_once, item_size, items, extra;
    uint32_t app, open, close, flags;
};

/* A new one, with room for its items; its handle goes through argument n. Returns the address of
 * the items; 0: *ret_error. */
xe_gva xe__kernel_list_make(struct xe_call *call, const struct xe__list_request *list, unsigned n,
                            uint32_t *ret_error);

#endif
