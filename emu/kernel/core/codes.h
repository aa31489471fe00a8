/* Names of codes that end a title, for reports: codes.def. Strings are static. */
#ifndef XE_KERNEL_CORE_CODES_H
#define XE_KERNEL_CORE_CODES_H

#include <stdint.h>

/* "STATUS_ACCESS_VIOLATION"; "": none known. */
const char *xe_kernel_exception_name(uint32_t code);
/* Name and meaning of KeBugCheck's; "", "": none known. */
const char *xe_kernel_bug_check_name(uint32_t code, const char **ret_says);
/* "HvxGetVersions"; "". */
const char *xe_kernel_hypervisor_name(uint32_t number);

#endif
