/* Commands of type 3: the table. */
#include "gpu/gpu_internal.h"

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
