/* A bundle as a file: its JSON, compressed by zstd in one frame that says how long it is and has a
 * checksum. zstdcat and jq read it. Needs Jansson, zstd and librpc.a. */
#ifndef XE_RPC_REPORT_BUNDLE_FILE_H
#define XE_RPC_REPORT_BUNDLE_FILE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/error.h"

#define XE_BUNDLE_FILE_MAX (4u * 1024u * 1024u)  /* compressed */
#define XE_BUNDLE_TEXT_MAX (16u * 1024u * 1024u) /* as text    */

/* Owned by the caller (free); NULL with err set. */
uint8_t *xe_bundle_pack(const json_t *bundle, size_t *ret_size, struct xe_error *err);

/* Of anybody's bytes: what is not the file of a bundle, or of one of another version, is refused
 * (XE_ERR_SCRIPT_MALFORMED, with what and where). What it is needed for to be run again is checked
 * by its rows; reports, which are for people, are what they are. Owned by the caller; NULL with err
 * set. */
json_t *xe_bundle_unpack(const void *bytes, size_t size, struct xe_error *err);

#endif
