/* What the rasterizer's files share. */
#ifndef XE_GPU_RASTER_INTERNAL_H
#define XE_GPU_RASTER_INTERNAL_H

#include "gpu/raster/raster.h"

#define XE__RASTER_STEPS 16 /* in a pixel: of whole numbers that positions are told in */

/* A corner in the window. */
struct xe__corner {
    int32_t x, y;   /* in XE__RASTER_STEPS of a pixel, y down */
    double z;       /* as it is stored, before any clamp      */
    double inverse; /* of w                                   */
    const float (*out)[4];
};

static inline bool xe__raster_goes_on(const struct xe_raster *raster)
{
    return raster->quads < raster->most && (!raster->goes_on || raster->goes_on(raster->ctx));
}

/* What kind of primitive a triangle is a part of. */
struct xe__origin {
    bool is_point, is_line;
    const float (*provoking)[4];    /* where interpolators are flat */
    float left, top, width, height; /* of a point, pixels */
};

/* setup.c: a triangle of vertices; clipped, moved to the window, culled. */
void xe__raster_triangle(struct xe_raster *raster, const struct xe_raster_vertex *const v[3],
                         const struct xe__origin *origin);
void xe__raster_point(struct xe_raster *raster, const struct xe_raster_vertex *v);
void xe__raster_line(struct xe_raster *raster, const struct xe_raster_vertex *const v[2],
                     const float (*provoking)[4]);

/* triangle.c */
void xe__raster_fill(struct xe_raster *raster, const struct xe__corner corner[3],
                     const struct xe__origin *origin);

/* The depths of a triangle's samples: where it is at one, and how it changes by a pixel. */
struct xe__depths {
    double at, by_x, by_y; /* at: the middle of the quad's first pixel */
    double offset;
};
/* Where in a pixel a sample is, in XE__RASTER_STEPS. */
void xe__raster_sample(enum xe_gpu_edram_samples samples, uint32_t sample, int32_t ret[2]);

/* output.c: before the quads of a draw; and: what a shader made of one goes into EDRAM. */
void xe__raster_find_masks(struct xe_raster *raster);
void xe__raster_output(struct xe_raster *raster, const struct xe_raster_quad *quad,
                       const struct xe__depths *depths);

#endif
