/* The XMA decoder: 320 contexts in the title's memory, each a stream of packets in two buffers and
 * a ring of samples. A context that is kicked decodes at once what there is room and input for, and
 * its words say so before the title looks again.
 *
 * What makes samples of a frame is handed in (xe/decoder.h); without that frames are silence of
 * their length, so that a title's streams go on in time. A context keeps the frame that its next
 * one overlaps with, which is all there is to remember of a stream.
 * Source: fields, ring rules and order as xenia's XMA contexts have them, a reconstruction; what
 * libraries in titles do. Guess: a kick takes no time of the title's. */
#ifndef XE_APU_XMA_H
#define XE_APU_XMA_H

#include "apu/xma_stream.h"
#include "mem/mem.h"
#include "xe/decoder.h"

struct xe_codec;

#define XE_XMA_CONTEXTS     320u
#define XE_XMA_CONTEXT_SIZE 64u
#define XE_XMA_BLOCK        256u /* bytes of the ring        */

enum xe_xma_field {
#define FIELD(name, dword, bit, width) XE_XMA_##name,
#include "apu/xma_fields.def"
    XE_XMA_FIELDS
};

/* What of a context isn't in the title's memory. */
struct xe_xma_rest {
    bool used;       /* handed out by the kernel */
    uint32_t left;   /* blocks of the newest frame that are not in the ring yet */
    uint32_t format; /* rate and channels of the frame before */
    uint8_t samples[XE_DECODER_SAMPLE_BYTES];
    struct xe_xma_frame previous; /* what the next one overlaps with; no bits: silence */
};

struct xe_xma {
    struct xe_mem *mem;               /* borrowed */
    xe_gpa array;                     /* of the contexts; 0: nobody has asked for it */
    const struct xe_decoder *decoder; /* borrowed; NULL: there is none */
    struct xe_xma_rest *rest;         /* owned, of each context; there since the array is */
    /* So far: kicks of contexts; frames, and how many of them nothing could be made of since they
     * are damaged, no decoder was there, it had failed. */
    uint64_t kicks, frames, broken, absent, failed;
    char by[XE_DECODER_VERSION]; /* who made the samples of frames so far; empty: nobody did */
};

void xe_xma_init(struct xe_xma *xma, struct xe_mem *mem);
void xe_xma_fini(struct xe_xma *xma);
/* Where the contexts lie; they come into being when it is first asked. 0: no memory. */
xe_gpa xe_xma_array(struct xe_xma *xma);

/* The kernel's: a context of its own, all zero, and its number; XE_XMA_CONTEXTS: none is left. */
uint32_t xe_xma_create(struct xe_xma *xma);
void xe_xma_release(struct xe_xma *xma, uint32_t context);
/* The context at this address of the title's; XE_XMA_CONTEXTS: it is none. */
uint32_t xe_xma_context_at(const struct xe_xma *xma, xe_gva address);

uint32_t xe_xma_get(const struct xe_xma *xma, uint32_t context, enum xe_xma_field field);
void xe_xma_set(struct xe_xma *xma, uint32_t context, enum xe_xma_field field, uint32_t value);

/* Work on what it has. Returns what that took, in ns, for polling. */
uint64_t xe_xma_kick(struct xe_xma *xma, uint32_t context);
/* Forget its stream and its ring. */
void xe_xma_clear(struct xe_xma *xma, uint32_t context);

void xe_xma_state(struct xe_codec *c, struct xe_xma *xma);
void xe_xma_rest_state(struct xe_codec *c, struct xe_xma_rest *rest);

#endif
