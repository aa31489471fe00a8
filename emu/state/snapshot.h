/* The bytes of a state (state.h) as a snapshot's file, and back. */
#ifndef XE_STATE_SNAPSHOT_H
#define XE_STATE_SNAPSHOT_H

#include "xe/breath.h"
#include "xe/instance.h"
#include "xe/snapshot.h"

/* The settings that a snapshot hangs on, as its head has them; owned (xe_free), NULL: no memory. */
char *xe_snapshot_settings(const struct xe_instance_config *config);
/* Are these the settings of the head? err names the first that is another. */
bool xe_snapshot_settings_check(const struct xe_snapshot_head *head,
                                const struct xe_instance_config *config, struct xe_error *err);

/* head says of what it is (settings borrowed); its blobs are made here, and are gone after. Owned
 * (xe_free); NULL with err set. */
uint8_t *xe_snapshot_pack(struct xe_snapshot_head *head, const uint8_t *state, size_t size,
                          const struct xe_breath *breath, size_t *ret_size, struct xe_error *err);
/* The state of a file whose head this is, of at most so many pages of memory. Owned (xe_free); NULL
 * with err set: what is damaged. */
uint8_t *xe_snapshot_unpack(const struct xe_snapshot_head *head, const uint8_t *file, size_t size,
                            size_t pages_max, const struct xe_breath *breath, size_t *ret_size,
                            struct xe_error *err);

#endif
