/* An image as JSON: what image.inspect and `xe360ctl inspect --json` show (schema xe360/image/1).
 * The rows are in members_image.c. The text is made from it by xe_report_image_text
 * (report_text.h). */
#ifndef XE_RPC_REPORT_IMAGE_JSON_H
#define XE_RPC_REPORT_IMAGE_JSON_H

#include <jansson.h>

#include "xe/image.h"

/* What a library calls an ordinal, or NULL when nobody knows. The text must live until the
 * JSON is made. */
typedef const char *xe_rpc_export_name(void *ctx, const char *library, unsigned ordinal);

/* Owned by the caller; NULL when out of memory. `name` may be NULL: imports have none then.
 * Long lists of exports and symbols are cut at XE_RPC_IMAGE_LIST_MAX; their counts are not. */
json_t *xe_rpc_image_json_named(const struct xe_image *image, xe_rpc_export_name *name, void *ctx);

#define XE_RPC_IMAGE_LIST_MAX 16384

struct xe_rpc_import_view {
    struct xe_image_import import;
    const char *name; /* NULL: nobody knows */
};

struct xe_rpc_image_view {
    struct xe_image image; /* borrowed */
    bool has_spa;
    struct xe_spa spa; /* borrowed, too */
    const struct xe_rpc_import_view *import;
    uint32_t exports, symbols; /* shown */
};

#endif
