#include "rpc/report/image_json.h"

#include <stdlib.h>

#include "rpc/api/rows.h"

static struct xe_rpc_import_view *import_views(const struct xe_image *image,
                                               xe_rpc_export_name *name, void *ctx)
{
    struct xe_rpc_import_view *views = calloc(image->import_count + 1u, sizeof(*views));

    for (uint32_t i = 0; views && i < image->import_count; i++) {
        const struct xe_image_import *import = &image->import[i];

        views[i].import = *import;
        views[i].name = name ? name(ctx, import->library, import->ordinal) : NULL;
    }
    return views;
}

static uint32_t cut(uint32_t count)
{
    return count < XE_RPC_IMAGE_LIST_MAX ? count : XE_RPC_IMAGE_LIST_MAX;
}

json_t *xe_rpc_image_json_named(const struct xe_image *image, xe_rpc_export_name *name, void *ctx)
{
    struct xe_rpc_import_view *imports = import_views(image, name, ctx);
    struct xe_rpc_image_view view = {.image = *image,
                                     .has_spa = image->spa,
                                     .import = imports,
                                     .exports = cut(image->export_count),
                                     .symbols = cut(image->symbol_count)};
    json_t *json = NULL;

    if (image->spa)
        view.spa = *image->spa;
    if (imports)
        json = xe_rpc_write(&xe_rpc_image, &view);

    free(imports);
    return json;
}
