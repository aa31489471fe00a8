/* An image as JSON: what image.inspect and `xe360ctl inspect --json` show. */
#ifndef XE_RPC_IMAGE_JSON_H
#define XE_RPC_IMAGE_JSON_H

#include <jansson.h>

#include "xe/image.h"

/* Owned by the caller; NULL when out of memory. */
json_t *xe_rpc_image_json(const struct xe_image *image);

#endif
