/* What EDRAM's files share. */
#ifndef XE_GPU_EDRAM_INTERNAL_H
#define XE_GPU_EDRAM_INTERNAL_H

#include "gpu/edram/edram.h"

enum xe__colour_kind {
    XE__COLOUR_NONE,
    XE__COLOUR_UNORM,
    XE__COLOUR_GAMMA,       /* red, green and blue encoded in four lines */
    XE__COLOUR_SMALL_FLOAT, /* 7e3, and a whole part in alpha            */
    XE__COLOUR_FIXED,       /* signed, from -32 to 32                    */
    XE__COLOUR_FLOAT16,
    XE__COLOUR_FLOAT32,
    XE__COLOUR_KINDS
};

struct xe__colour {
    uint8_t words, kind, bits[4];
};
/* By number; of no words where there is none. */
extern const struct xe__colour xe__colours[XE_GPU_COLOURS];

#endif
