/* Titles and libraries of tests/guest/modules/, for tests of them. */
#ifndef XE_TEST_E2E_MODULES_H
#define XE_TEST_E2E_MODULES_H

#include "xe/instance.h"

#define MODULES_LONG 3000000u

/* A file, parsed; the caller's. */
struct xe_image *modules_image(const char *name);
/* An instance of a title with these beside it, a list that ends with NULL. */
struct xe_instance *modules_make(const char *title, const char *const *modules,
                                 enum xe_engine engine);
struct xe_run_result modules_run(struct xe_instance *instance, uint64_t n);

/* Let the n-th allocation of the host's from now on fail; 0: none. Has one? */
void modules_fail_alloc(uint32_t n);
bool modules_alloc_failed(void);

/* What the title has printed. */
struct modules_said {
    char text[4096];
    size_t size;
};
struct modules_said modules_said(struct xe_instance *instance);

#endif
