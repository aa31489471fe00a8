/* Pictures as files, and how alike two of them are. Any thread: nothing is shared. */
#ifndef XE_PICTURE_H
#define XE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/error.h"

#define XE_PICTURE_SIDE  4096u       /* pixels, at the most */
#define XE_PICTURE_BYTES (64u << 20) /* of a file           */
#define XE_PICTURE_MASKS 64u
#define XE_PICTURE_ALIKE 1000000u /* as SSIM */

struct xe_picture {
    uint32_t width, height;
    uint8_t *pixels; /* owned: row after row from the top: red, green, blue, alpha */
};

/* A PNG file, which may be anybody's. */
bool xe_picture_read(const void *bytes, size_t size, struct xe_picture *ret, struct xe_error *err);
/* The bytes of such a file, owned. NULL with err set. */
uint8_t *xe_picture_write(const struct xe_picture *picture, size_t *ret_size, struct xe_error *err);
void xe_picture_bytes_free(uint8_t *bytes);
void xe_picture_fini(struct xe_picture *picture);

/* What is not looked at. It may reach beyond the picture. */
struct xe_picture_mask {
    uint32_t x, y, width, height;
};
/* "x,y,w,h"; false: it is none. */
bool xe_picture_mask_parse(const char *text, struct xe_picture_mask *ret);

struct xe_picture_diff {
    uint64_t compared, different; /* pixels */
    uint32_t greatest;            /* difference of a channel, of 255 */
    uint32_t x, y;                /* of the first pixel that differs */
    uint32_t ssim;                /* millionths */
};

/* Both are of one size, or it fails. SSIM is that of luma over squares of 8 by 8, each of weight as
 * it has pixels that are looked at: XE_PICTURE_ALIKE where there are none, 0 if they have nothing
 * in common or are each other's opposite. */
bool xe_picture_compare(const struct xe_picture *a, const struct xe_picture *b,
                        const struct xe_picture_mask *mask, uint32_t masks,
                        struct xe_picture_diff *ret, struct xe_error *err);
/* Where they differ: the first one in dark grey, red over it as much as a channel differs, masks
 * blue. */
bool xe_picture_heat(const struct xe_picture *a, const struct xe_picture *b,
                     const struct xe_picture_mask *mask, uint32_t masks, struct xe_picture *ret,
                     struct xe_error *err);

#endif
