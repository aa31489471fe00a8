/* Memory exports: what shaders write to memory goes to the pages beside it, as resolves do, and is
 * there for what is fetched next.
 * Guess: bytes change places by their addresses, where an element isn't aligned to its size; within
 * a draw, what is written is seen by all that is fetched later in the order in which we run. */
#include <string.h>

#include "gpu/render/render_internal.h"

static void put_element(struct xe__render *render, uint64_t at, uint32_t endian, uint32_t size,
                        const uint8_t bytes[16])
{
    for (uint32_t i = 0; i < size && at + i < XE_GPU_RAM_SIZE; i++) {
        uint64_t place = (at + i) / XE__RENDER_PAGE;
        uint8_t *page = xe__render_page_rw(render, (uint32_t)place);

        if (page)
            page[xe_gpu_swap_place((uint32_t)(at + i) % XE__RENDER_PAGE, endian)] = bytes[i];
    }
}

void xe__render_export(void *ctx, uint32_t lane, const struct xe_ref_export *export)
{
    struct xe__draw *d = ctx;
    uint32_t size = xe_gpu_texture_pack_size(export->format);
    uint64_t base = export->at & (XE_GPU_RAM_SIZE - 1);

    (void)lane;
    for (uint32_t k = 0; size && k < XE_UCODE_O_DATAS; k++) {
        float value[4];
        uint8_t bytes[16];

        if (!(export->written >> k & 1) || !xe__render_pay(d->render, size * XE__RENDER_BYTE_NS))
            continue;
        memcpy(value, export->data[k], sizeof(value));
        if (export->swaps) {
            value[0] = export->data[k][2];
            value[2] = export->data[k][0];
        }
        xe_gpu_texture_pack(export->format, export->kind, value, bytes);
        put_element(d->render, base + (uint64_t)(export->index + k) * size, export->endian, size,
                    bytes);
        d->is_stale = true;
    }
}
