/* Reading what a title tells of itself (xe/spa.h). */
#ifndef XE_LOADER_SPA_H
#define XE_LOADER_SPA_H

#include "xe/spa.h"

/* The resource, which lies at an address. False: no memory; what is there is freed all the same. */
bool xe__loader_spa_read(const uint8_t *bytes, uint32_t size, xe_gva address, struct xe_spa **ret);
void xe__loader_spa_free(struct xe_spa *spa);

#endif
