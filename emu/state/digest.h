/* Stable digest: a hash per component of guest-visible state, and one over the components.
 *
 * Parts describe their state by codec sections (base/codec.h) in a fixed order and a fixed
 * encoding; what they name is what counts as guest-visible (doc/determinism.md). Any change of what
 * is named, or how it is encoded, makes a new XE_DIGEST_VERSION. */
#ifndef XE_STATE_DIGEST_H
#define XE_STATE_DIGEST_H

#include "xe/instance.h"

struct xe_state_hasher;

/* NULL when out of memory. */
struct xe_state_hasher *xe_state_hasher_create(void);
void xe_state_hasher_destroy(struct xe_state_hasher *hasher);

/* Add bytes to a component (static name; made at first use, in order of first use). hasher is a
 * struct xe_state_hasher *; void so that it fits xe_codec_put. */
void xe_state_hasher_put(void *hasher, const char *component, const void *bytes, size_t size);

/* Component hashes and the whole. */
void xe_state_hasher_finish(struct xe_state_hasher *hasher, struct xe_digest *ret);

#endif
