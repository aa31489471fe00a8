/* Who is signed in, for other families. */
#ifndef XE_KERNEL_FAMILIES_USER_H
#define XE_KERNEL_FAMILIES_USER_H

#include "kernel/hle/hle.h"

#define XE__USERS 4u

/* The id of a user's profile; 0: nobody is signed in so. */
uint64_t xe__kernel_user_xuid(const struct xe_kernel *kernel, uint32_t user);

#endif
