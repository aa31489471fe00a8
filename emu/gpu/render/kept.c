/* What pictures were: the newest of them, by their hashes, when their pixels are long gone. */
#include <gcrypt.h>
#include <string.h>

#include "gpu/render/render_internal.h"

_Static_assert(sizeof(((struct xe_frame_note *)0)->sha256) == 32, "SHA-256");

void xe_frame_hash(const struct xe_frame *frame, uint8_t ret[32])
{
    uint8_t size[8];
    gcry_buffer_t part[2] = {
        {.len = sizeof(size), .data = size},
        {.len = (size_t)frame->width * frame->height * 4, .data = (void *)frame->pixels},
    };

    xe_store_be32(size, frame->width);
    xe_store_be32(size + 4, frame->height);
    gcry_md_hash_buffers(GCRY_MD_SHA256, 0, ret, part, 2);
}

void xe__render_note(struct xe__render *render)
{
    const struct xe_frame *frame = &render->frame;
    struct xe_frame_note *note = &render->note[render->notes++ % XE_FRAMES_KEPT];

    *note = (struct xe_frame_note){.number = frame->number,
                                   .cycle = render->cycle,
                                   .time = frame->time,
                                   .width = frame->width,
                                   .height = frame->height};
    xe_frame_hash(frame, note->sha256);
    xe__render_see(render, xe_load_be64(note->sha256));
}

void xe_render_cycle(const struct xe_gpu_renderer *renderer, uint64_t cycle)
{
    struct xe__render *render = xe__render_of(renderer);

    if (render)
        render->cycle = cycle;
}

const struct xe_frame_note *xe_render_note(const struct xe_gpu_renderer *renderer, uint32_t i)
{
    const struct xe__render *render = xe__render_of(renderer);
    uint64_t first, notes = render ? render->notes : 0;

    first = notes > XE_FRAMES_KEPT ? notes - XE_FRAMES_KEPT : 0;
    return i < notes - first ? &render->note[(first + i) % XE_FRAMES_KEPT] : NULL;
}
