/* Tables: commands of type 3, and limits of a renderer. */
#include "gpu/gpu_internal.h"

static const struct {
    const char *word, *text;
} limits[XE_GPU_LIMITS] = {
#define LIMIT(name, word, text) {word, text},
#include "xe/gpu_limits.def"
#undef LIMIT
};

const struct xe__gpu_row xe__gpu_rows[XE_GPU_OPCODES] = {
#define PACKET(opcode, name, least, clocks, handler)                                               \
    [opcode] = {#name, least, clocks, xe__gpu_##handler},
#include "gpu/packets.def"
#undef PACKET
};

const char *xe_gpu_opcode_name(uint32_t opcode)
{
    return opcode < XE_GPU_OPCODES ? xe__gpu_rows[opcode].name : NULL;
}

const char *xe_gpu_limit_name(uint32_t limit)
{
    return limit < XE_GPU_LIMITS ? limits[limit].word : "?";
}

const char *xe_gpu_limit_text(uint32_t limit)
{
    return limit < XE_GPU_LIMITS ? limits[limit].text : "?";
}
