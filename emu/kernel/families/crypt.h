/* What exports that hash share. */
#ifndef XE_KERNEL_FAMILIES_CRYPT_H
#define XE_KERNEL_FAMILIES_CRYPT_H

#include <gcrypt.h>

#include "kernel/hle/hle_internal.h"

/* Three pieces, any of them empty, from an argument on. */
void xe__crypt_hash_arguments(struct xe_call *call, gcry_md_hd_t md, unsigned first);

#endif
