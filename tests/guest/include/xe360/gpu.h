/* The graphics chip without a library: a ring of commands, registers by their names, shaders that
 * xe360-ucode made, textures, draws, copies out of EDRAM, frames, and what tells a title that they
 * are done.
 *
 * The idea: a title writes words into a ring of its own memory and advances a pointer; the chip
 * carries out what lies there, later. gpu_finish waits for that. Nothing but what is said here is
 * set: a register keeps what it was given, and begins at 0 (a scissor at its widest).
 * Whoever draws by one ring does so in one thread. */
#ifndef XE360_GPU_H
#define XE360_GPU_H

#include <xe360/kernel.h>

u32 VdInitializeEngines(u32 flags, void *callback, void *context, void *pfp, void *me);
void VdInitializeRingBuffer(u32 physical, u32 log2_size); /* in 8 bytes */
void VdEnableRingBufferRPtrWriteBack(u32 physical, u32 log2_block);
void VdSetGraphicsInterruptCallback(void (*callback)(u32 source, void *context), void *context);
void VdSwap(void *ring, const u32 *fetch, u32 a, u32 b, u32 c, void **buffer, u32 *format,
            u32 *colours, u32 *width, u32 *height);

/* Registers by their indices. */
enum {
#define REGISTER(index, name, kind) name = index,
#include <gpu/registers.def>
#undef REGISTER
    GPU_REGISTERS
};
#define GPU_REGISTER             ((volatile u32 *)0x7FC80000) /* as the processor reaches them */
#define GPU_ALU_CONSTANT(n)      (0x4000u + 4 * (n))          /* vertex shaders: 0 to 255       */
#define GPU_PIXEL_CONSTANT(n)    GPU_ALU_CONSTANT(256 + (n))
#define GPU_TEXTURE_CONSTANT(n)  (0x4800u + 6 * (n))
#define GPU_VERTEX_CONSTANT(n)   (0x4800u + 2 * (n)) /* the same place as textures */
#define GPU_TYPE0(first, count)  (((count)-1) << 16 | (first))
#define GPU_TYPE3(opcode, count) (0xC0000000u | ((count)-1) << 16 | (opcode) << 8)
#define GPU_PREDICATED           1u /* of a command of type 3: only if a bit of BIN_SELECT is in BIN_MASK */
#define GPU_NOTHING              0x80000000u

/* Commands of type 3. */
enum {
    GPU_DRAW_INDX = 0x22,
    GPU_VIZ_QUERY = 0x23,
    GPU_WAIT_FOR_IDLE = 0x26,
    GPU_IM_LOAD_IMMEDIATE = 0x2B,
    GPU_DRAW_INDX_2 = 0x36,
    GPU_WAIT_REG_MEM = 0x3C,
    GPU_INDIRECT_BUFFER = 0x3F,
    GPU_SET_BIN_MASK = 0x50,
    GPU_SET_BIN_SELECT = 0x51,
    GPU_INTERRUPT = 0x54,
    GPU_EVENT_WRITE_SHD = 0x58,
    GPU_EVENT_WRITE_ZPD = 0x5B
};
enum gpu_stage { GPU_VERTEX, GPU_PIXEL };
enum gpu_primitive {
    GPU_POINTS = 1,
    GPU_LINES,
    GPU_LINE_STRIP,
    GPU_TRIANGLES,
    GPU_FAN,
    GPU_STRIP,
    GPU_RECTANGLES = 8,
    GPU_LINE_LOOP = 12,
    GPU_QUADS,
    GPU_QUAD_STRIP,
    GPU_POLYGON
};
enum gpu_endian { GPU_AS_IS, GPU_8IN16, GPU_8IN32, GPU_16IN32 };
enum gpu_samples { GPU_1X, GPU_2X, GPU_4X };
enum gpu_mode { GPU_COLOUR_DEPTH = 4, GPU_DEPTH_ONLY, GPU_COPY }; /* RB_MODECONTROL */
enum gpu_compare {
    GPU_NEVER,
    GPU_LESS,
    GPU_EQUAL,
    GPU_LESS_EQUAL,
    GPU_GREATER,
    GPU_NOT_EQUAL,
    GPU_GREATER_EQUAL,
    GPU_ALWAYS
};
enum gpu_dimension { GPU_1D, GPU_2D, GPU_3D, GPU_CUBE };
enum gpu_clamp { GPU_REPEAT, GPU_MIRROR, GPU_EDGE, GPU_MIRROR_EDGE, GPU_BORDER = 6 };
enum gpu_filter { GPU_POINT, GPU_LINEAR };
/* Of colours in EDRAM, and of textures: only those that have no other place to be named. */
enum gpu_colour { GPU_RT_8_8_8_8, GPU_RT_2_10_10_10 = 2, GPU_RT_16_16 = 4, GPU_RT_32_FLOAT = 14 };
enum gpu_format { GPU_FORMAT_8_8_8_8 = 6, GPU_FORMAT_32_FLOAT = 36 };

#define GPU_XYZW 0x688u /* of a texture: each component from its own */
#define GPU_ZYXW 0x60Au /* red and blue change places */
#define GPU_SWIZZLE(x, y, z, w)                                                                    \
    ((x) | (y) << 3 | (z) << 6 | (w) << 9) /* 0 to 3: a component; 4: 0; 5: 1 */

struct gpu {
    u32 *ring;
    u32 words, at;      /* of the ring, a power of two; the next that is written */
    volatile u32 *done; /* the last fence that the chip came to */
    u32 fences;         /* that it was given */
};

struct gpu_texture {
    void *base, *mips;
    u32 width, height, depth; /* texels; depth: slices, layers or faces, 0 is 1 */
    u32 pitch;                /* texels, a multiple of 32; 0: what width needs  */
    u32 format;               /* enum gpu_format, or its number                 */
    enum gpu_endian endian;
    enum gpu_dimension dimension;
    u32 linear, packed;   /* rows one after the other; small levels share a tile */
    u32 swizzle;          /* GPU_XYZW and the like */
    u32 signs;            /* two bits for each of x, y, z, w: unsigned, signed, biased, gamma */
    u32 integer;          /* numbers as they are, not parts of a whole */
    s32 exponent;         /* times 2 to this */
    enum gpu_clamp clamp; /* in every direction */
    enum gpu_filter filter, mip_filter;
    u32 last_level;
};

/* What is copied out of EDRAM, and where to. */
struct gpu_copy {
    void *to;
    u32 width, height; /* of what is copied, from the top left, and of the texture */
    u32 format;        /* of the texture; 0: 8_8_8_8, swapped as 8in32 */
    u32 info;    /* where a format is named: more bits of RB_COPY_DEST_INFO; its swap are 0 to 2 */
    u32 control; /* bits of RB_COPY_CONTROL: GPU_CLEAR_COLOUR and the like */
};
#define GPU_FROM_DEPTH    4u
#define GPU_ALL_SAMPLES   (6u << 4)
#define GPU_CLEAR_COLOUR  (1u << 8) /* behind it, to RB_COLOR_CLEAR */
#define GPU_CLEAR_DEPTH   (1u << 9) /* to RB_DEPTH_CLEAR */
#define GPU_CONVERT       (1u << 20)
#define GPU_SWAP_RED_BLUE (1u << 24) /* of info */

/* ---- words ---------------------------------------------------------------------------------- */

/* Memory that the chip can see, zeroed by the kernel; NULL: there is none left. */
static inline void *gpu_memory(u32 size)
{
    return MmAllocatePhysicalMemoryEx(0, size, PAGE_READWRITE, 0, 0xFFFFFFFF, 0x1000);
}

/* Start the chip with a ring of 1 << log2 words. 0: no memory. */
static inline u32 gpu_start(struct gpu *gpu, u32 log2)
{
    gpu->ring = gpu_memory(4u << log2);
    gpu->done = gpu_memory(0x1000);
    gpu->words = 1u << log2;
    gpu->at = gpu->fences = 0;
    if (!gpu->ring || !gpu->done)
        return 0;
    VdInitializeEngines(0x4F810000, NULL, NULL, NULL, NULL);
    VdInitializeRingBuffer(MmGetPhysicalAddress(gpu->ring), log2 - 1);
    return 1;
}

/* Have the chip carry out all that was written. */
static inline void gpu_kick(struct gpu *gpu)
{
    GPU_REGISTER[CP_RB_WPTR] = gpu->at;
}

/* So many words can be written now, in one piece. Where they would not fit behind those that are
 * there, the ring is filled up, and begins anew when the chip has come to its end. */
static inline void gpu_reserve(struct gpu *gpu, u32 words)
{
    if (gpu->at + words < gpu->words)
        return;
    while (gpu->at < gpu->words - 1)
        gpu->ring[gpu->at++] = GPU_NOTHING;
    gpu_kick(gpu); /* not with the last word: a ring whose pointers are equal is empty */
    while (GPU_REGISTER[CP_RB_RPTR] != gpu->at)
        ;
    gpu->ring[gpu->at] = GPU_NOTHING;
    gpu->at = 0;
    gpu_kick(gpu);
}

static inline void gpu_emit(struct gpu *gpu, u32 word)
{
    gpu->ring[gpu->at++] = word;
}

static inline u32 gpu_bits(float value)
{
    union {
        float f;
        u32 u;
    } both = {.f = value};

    return both.u;
}

static inline void gpu_set(struct gpu *gpu, u32 reg, u32 value)
{
    gpu_reserve(gpu, 2);
    gpu_emit(gpu, GPU_TYPE0(reg, 1));
    gpu_emit(gpu, value);
}

static inline void gpu_set_float(struct gpu *gpu, u32 reg, float value)
{
    gpu_set(gpu, reg, gpu_bits(value));
}

/* A command of type 3 with a payload of one word. */
static inline void gpu_command(struct gpu *gpu, u32 opcode, u32 word)
{
    gpu_reserve(gpu, 2);
    gpu_emit(gpu, GPU_TYPE3(opcode, 1));
    gpu_emit(gpu, word);
}

/* ---- being done ----------------------------------------------------------------------------- */

/* A fence behind all that was written; its number, which *gpu->done will be. */
static inline u32 gpu_fence(struct gpu *gpu)
{
    gpu_reserve(gpu, 4);
    gpu_emit(gpu, GPU_TYPE3(GPU_EVENT_WRITE_SHD, 3));
    gpu_emit(gpu, 3);
    gpu_emit(gpu, MmGetPhysicalAddress((void *)gpu->done) | GPU_8IN32);
    gpu_emit(gpu, ++gpu->fences);
    gpu_kick(gpu);
    return gpu->fences;
}

/* Wait until all is done. */
static inline void gpu_finish(struct gpu *gpu)
{
    u32 fence = gpu_fence(gpu);

    while (*gpu->done != fence)
        ;
}

/* ---- shaders, constants --------------------------------------------------------------------- */

/* An array that xe360-ucode made. */
#define GPU_LOAD(gpu, stage, code)                                                                 \
    gpu_load((gpu), (stage), (code), sizeof(code) / sizeof((code)[0]))

static inline void gpu_load(struct gpu *gpu, enum gpu_stage stage, const unsigned *code, u32 words)
{
    gpu_reserve(gpu, 3 + words);
    gpu_emit(gpu, GPU_TYPE3(GPU_IM_LOAD_IMMEDIATE, 2 + words));
    gpu_emit(gpu, stage);
    gpu_emit(gpu, words);
    for (u32 i = 0; i < words; i++)
        gpu_emit(gpu, code[i]);
}

static inline void gpu_constant(struct gpu *gpu, u32 at, float x, float y, float z, float w)
{
    gpu_reserve(gpu, 5);
    gpu_emit(gpu, GPU_TYPE0(at, 4));
    gpu_emit(gpu, gpu_bits(x));
    gpu_emit(gpu, gpu_bits(y));
    gpu_emit(gpu, gpu_bits(z));
    gpu_emit(gpu, gpu_bits(w));
}

/* Words that shaders read as vfN. */
static inline void gpu_vertices(struct gpu *gpu, u32 n, const void *memory, u32 words)
{
    gpu_set(gpu, GPU_VERTEX_CONSTANT(n), MmGetPhysicalAddress((void *)memory) | 3);
    gpu_set(gpu, GPU_VERTEX_CONSTANT(n) + 1, words << 2 | GPU_8IN32);
}

/* ---- textures ------------------------------------------------------------------------------- */

static inline u32 gpu_texture_size(const struct gpu_texture *texture)
{
    u32 depth = texture->depth ? texture->depth - 1 : 0;

    if (texture->dimension == GPU_1D)
        return texture->width - 1;
    if (texture->dimension == GPU_3D)
        return (texture->width - 1) | (texture->height - 1) << 11 | depth << 22;
    return (texture->width - 1) | (texture->height - 1) << 13 | depth << 26;
}

static inline void gpu_texture_words(const struct gpu_texture *texture, u32 ret[6])
{
    u32 pitch = texture->pitch ? texture->pitch / 32 : (texture->width + 31) / 32;
    u32 stacked = texture->dimension == GPU_2D && texture->depth > 1;

    ret[0] = 2 | texture->signs << 2 | texture->clamp * 0x49u << 10 | pitch << 22 |
             (u32)!texture->linear << 31;
    ret[1] = texture->format | texture->endian << 6 | stacked << 10 |
             MmGetPhysicalAddress(texture->base);
    ret[2] = gpu_texture_size(texture);
    ret[3] = (texture->integer != 0) | texture->swizzle << 1 |
             ((u32)texture->exponent & 0x3F) << 13 | texture->filter << 19 | texture->filter << 21 |
             texture->mip_filter << 23;
    ret[4] = texture->filter | texture->filter << 1 | texture->last_level << 6;
    ret[5] = texture->dimension << 9 | (u32)(texture->packed != 0) << 11 |
             (texture->mips ? MmGetPhysicalAddress(texture->mips) : 0);
}

/* What shaders read as tfN; it takes the place of vf3N to vf3N+2. */
static inline void gpu_texture(struct gpu *gpu, u32 n, const struct gpu_texture *texture)
{
    u32 word[6];

    gpu_texture_words(texture, word);
    gpu_reserve(gpu, 7);
    gpu_emit(gpu, GPU_TYPE0(GPU_TEXTURE_CONSTANT(n), 6));
    for (u32 i = 0; i < 6; i++)
        gpu_emit(gpu, word[i]);
}

/* Where block x, y of a tiled texture lies: bytes from its base. Rows have `pitch` blocks, a
 * multiple of 32, of 1 << log2 bytes. */
static inline u32 gpu_tiled(u32 x, u32 y, u32 pitch, u32 log2)
{
    u32 tile = ((y >> 5) * (pitch >> 5) + (x >> 5)) << 6;
    u32 o = (tile | (y >> 1 & 7) << 3 | (x & 7)) << log2;
    u32 pipe = (x >> 3 & 3) ^ (y >> 3 & 1) << 1;

    return o >> 8 << 12 | (y >> 4 & 1) << 11 | (o >> 5 & 7) << 8 | pipe << 6 | (o >> 4 & 1) << 5 |
           (y & 1) << 4 | (o & 15);
}

/* The same in a volume whose slices have `rows` rows of blocks, a multiple of 32. */
static inline u32 gpu_tiled_3d(u32 x, u32 y, u32 z, u32 pitch, u32 rows, u32 log2)
{
    u32 brick = (((z >> 2) * (rows >> 4) + (y >> 4)) * (pitch >> 5) + (x >> 5)) << 7;
    u32 o = (brick | (z & 3) << 5 | (y >> 1 & 3) << 3 | (x & 7)) << log2;
    u32 bank = (y >> 3 ^ z >> 2) & 1, pipe = (x >> 3 & 3) ^ bank << 1;

    return o >> 8 << 12 | bank << 11 | (o >> 5 & 7) << 8 | pipe << 6 | (o >> 4 & 1) << 5 |
           (y & 1) << 4 | (o & 15);
}

/* ---- drawing -------------------------------------------------------------------------------- */

/* Draw into EDRAM from its first tile on, width by height pixels of 8_8_8_8, with depth behind the
 * colours; nothing is tested or blended. Vertices are given in pixels, each of which is hit where
 * its middle is covered; gpu_clip_space changes that. */
static inline void gpu_target(struct gpu *gpu, u32 width, u32 height, enum gpu_samples samples)
{
    u32 across = ((width << (samples == GPU_4X)) + 79) / 80;
    u32 down = ((height << (samples != GPU_1X)) + 15) / 16;

    gpu_set(gpu, RB_SURFACE_INFO, width | samples << 16);
    gpu_set(gpu, RB_COLOR_INFO, 0);
    gpu_set(gpu, RB_DEPTH_INFO, across * down);
    gpu_set(gpu, PA_SC_SCREEN_SCISSOR_TL, 0);
    gpu_set(gpu, PA_SC_SCREEN_SCISSOR_BR, height << 16 | width);
    gpu_set(gpu, PA_SC_WINDOW_SCISSOR_TL, 0x80000000); /* a window offset does not move it */
    gpu_set(gpu, PA_SC_WINDOW_SCISSOR_BR, height << 16 | width);
    gpu_set(gpu, RB_MODECONTROL, GPU_COLOUR_DEPTH);
    gpu_set(gpu, RB_COLOR_MASK, 0xF);
    gpu_set(gpu, RB_BLENDCONTROL0, 0x00010001);
    gpu_set(gpu, RB_COLORCONTROL, GPU_ALWAYS);
    gpu_set(gpu, PA_CL_VTE_CNTL, 0x300);
    gpu_set(gpu, PA_CL_CLIP_CNTL, 0x00010000);
    gpu_set(gpu, PA_SU_VTX_CNTL, 1 | 2 << 1); /* to the nearest sixteenth of a pixel */
    gpu_set(gpu, PA_SC_AA_MASK, 0xFFFF);
    gpu_set(gpu, SQ_INTERPOLATOR_CNTL, 0xFFFFFFFF);
}

/* Pixel shaders get so many registers, vertex shaders hand on as many interpolators. */
static inline void gpu_program(struct gpu *gpu, u32 registers, u32 interpolators)
{
    gpu_set(gpu, SQ_PROGRAM_CNTL, 31 | (registers - 1) << 8 | (interpolators - 1) << 20);
}

/* Vertices are given as x, y, z, w from -w to w, upwards; z from 0 on. */
static inline void gpu_clip_space(struct gpu *gpu, u32 width, u32 height)
{
    gpu_set(gpu, PA_CL_VTE_CNTL, 0x43F);
    gpu_set(gpu, PA_CL_CLIP_CNTL, 0x00080000);
    gpu_set_float(gpu, PA_CL_VPORT_XSCALE, width * 0.5f);
    gpu_set_float(gpu, PA_CL_VPORT_XOFFSET, width * 0.5f);
    gpu_set_float(gpu, PA_CL_VPORT_YSCALE, height * -0.5f);
    gpu_set_float(gpu, PA_CL_VPORT_YOFFSET, height * 0.5f);
    gpu_set_float(gpu, PA_CL_VPORT_ZSCALE, 1);
    gpu_set_float(gpu, PA_CL_VPORT_ZOFFSET, 0);
}

/* n vertices, counted from 0 on. */
static inline void gpu_draw(struct gpu *gpu, enum gpu_primitive primitive, u32 n)
{
    gpu_command(gpu, GPU_DRAW_INDX_2, primitive | 2 << 6 | n << 16);
}

static inline void gpu_draw_by(struct gpu *gpu, u32 initiator, const void *indices, u32 size)
{
    gpu_reserve(gpu, 5);
    gpu_emit(gpu, GPU_TYPE3(GPU_DRAW_INDX, 4));
    gpu_emit(gpu, 0);
    gpu_emit(gpu, initiator);
    gpu_emit(gpu, MmGetPhysicalAddress((void *)indices));
    gpu_emit(gpu, size);
}

/* n vertices by indices of 16 bits in memory of the chip; and of 32. */
static inline void gpu_draw_indexed(struct gpu *gpu, enum gpu_primitive primitive, u32 n,
                                    const u16 *indices)
{
    gpu_draw_by(gpu, primitive | n << 16, indices, n | (u32)GPU_8IN16 << 30);
}

static inline void gpu_draw_indexed32(struct gpu *gpu, enum gpu_primitive primitive, u32 n,
                                      const u32 *indices)
{
    gpu_draw_by(gpu, primitive | 1 << 11 | n << 16, indices, n | (u32)GPU_8IN32 << 30);
}

/* Copy out of EDRAM. The corners of what is copied lie at `corners`, room for 6 floats that the
 * chip can see and nobody else changes until it is done; vf0 is that then. */
static inline void gpu_copy(struct gpu *gpu, const struct gpu_copy *copy, float *corners)
{
    for (u32 i = 0; i < 6; i++) {
        u32 far = i % 2 ? i == 5 : i > 1;

        corners[i] = far ? (i % 2 ? copy->height : copy->width) : 0;
    }
    gpu_vertices(gpu, 0, corners, 6);
    gpu_set(gpu, RB_MODECONTROL, GPU_COPY);
    gpu_set(gpu, RB_COPY_CONTROL, copy->control);
    gpu_set(gpu, RB_COPY_DEST_BASE, copy->to ? MmGetPhysicalAddress(copy->to) : 0);
    gpu_set(gpu, RB_COPY_DEST_PITCH, (copy->width + 31) / 32 * 32 | (copy->height + 31) / 32 << 21);
    gpu_set(gpu, RB_COPY_DEST_INFO,
            copy->format ? copy->format << 7 | copy->info : GPU_FORMAT_8_8_8_8 << 7 | GPU_8IN32);
    gpu_draw(gpu, GPU_RECTANGLES, 3);
    gpu_set(gpu, RB_MODECONTROL, GPU_COLOUR_DEPTH);
}

/* Show a tiled texture of 8_8_8_8. */
static inline void gpu_swap(struct gpu *gpu, void *front, u32 width, u32 height)
{
    const struct gpu_texture texture = {.base = front,
                                        .width = width,
                                        .height = height,
                                        .format = GPU_FORMAT_8_8_8_8,
                                        .endian = GPU_8IN32,
                                        .dimension = GPU_2D,
                                        .swizzle = GPU_XYZW};
    u32 word[6], format = GPU_FORMAT_8_8_8_8, colours = 0;

    gpu_texture_words(&texture, word);
    word[1] = (word[1] & 0xFFF) | (u32)front;
    gpu_reserve(gpu, 64);
    VdSwap(&gpu->ring[gpu->at], word, 0, 0, 0, &front, &format, &colours, &width, &height);
    gpu->at += 64;
}

#endif
