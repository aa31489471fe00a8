/* What the texture's files share. */
#ifndef XE_GPU_TEXTURE_INTERNAL_H
#define XE_GPU_TEXTURE_INTERNAL_H

#include "gpu/texture/texture.h"

/* How a format tells a texel: decode.c has a function for each but the first. */
enum xe__texture_kind {
    XE__TEXTURE_NONE,
    XE__TEXTURE_FIELDS,       /* numbers side by side, from bit 0 on     */
    XE__TEXTURE_FLOATS,       /* the same as floats of 16 or 32 bits     */
    XE__TEXTURE_DEPTH,        /* 24 bits above a stencil                 */
    XE__TEXTURE_DEPTH_FLOAT,  /* 20e4 above a stencil                    */
    XE__TEXTURE_PARTS,        /* texels side by side in 32 bits          */
    XE__TEXTURE_LUMA_FIRST,   /* two texels with a colour in common: Y U Y V */
    XE__TEXTURE_CHROMA_FIRST, /* U Y V Y                                 */
    XE__TEXTURE_DXT1,
    XE__TEXTURE_DXT2_3,
    XE__TEXTURE_DXT4_5,
    XE__TEXTURE_DXT3A,
    XE__TEXTURE_DXT3A_BITS,
    XE__TEXTURE_DXT5A,
    XE__TEXTURE_DXN,
    XE__TEXTURE_CTX1,
    XE__TEXTURE_KINDS
};

/* Where all levels lie (layout.c); all else of *texture is filled in. */
void xe__texture_lay_out(struct xe_gpu_texture *texture, uint32_t base_page, uint32_t mip_page,
                         uint32_t pitch);

/* Components of compressed blocks, x and y within the block (blocks.c). */
void xe__texture_colour(const uint8_t *block, bool is_dxt1, uint32_t x, uint32_t y,
                        uint32_t ret[4]);
uint32_t xe__texture_alpha4(const uint8_t *block, uint32_t x, uint32_t y);
/* Signed: of eight bits' two's complement, -127 to 127. */
int32_t xe__texture_alpha8(const uint8_t *block, uint32_t x, uint32_t y, bool is_signed);
void xe__texture_ctx1(const uint8_t *block, uint32_t x, uint32_t y, uint32_t ret[2]);

/* Coordinates that wrap are never in texels, whatever the instruction says. */
static inline bool xe__texture_is_normalized(const struct xe_gpu_sampling *how, uint32_t mode)
{
    return !how->unnormalized || mode == XE_GPU_TEXTURE_REPEAT || mode == XE_GPU_TEXTURE_MIRROR;
}

/* What comes before filtering: the levels, and the chosen filter (lod.c). */
struct xe__texture_choice {
    uint32_t level[2];
    uint32_t weight; /* of the second level, in 1/256 */
    bool linear, volume_linear;
};
struct xe__texture_choice xe__texture_choose(const struct xe_gpu_texture *texture,
                                             const struct xe_gpu_sampling *how, int32_t lod);

/* The largest whole number that is not above x; of what is no number: 0. */
float xe__texture_floor(float x);

#endif
