/* What the chip's files share. */
#ifndef XE_GPU_INTERNAL_H
#define XE_GPU_INTERNAL_H

#include "gpu/gpu.h"

/* Registers that the chip itself looks at, or answers for. */
enum {
    XE__REG_CP_RB_BASE = 0x01C0,
    XE__REG_CP_RB_CNTL = 0x01C1,
    XE__REG_CP_RB_RPTR_ADDR = 0x01C3,
    XE__REG_CP_RB_RPTR = 0x01C4,
    XE__REG_CP_RB_WPTR = 0x01C5,
    XE__REG_CP_RB_RPTR_WR = 0x01C7,
    XE__REG_SCRATCH_UMSK = 0x01DC,
    XE__REG_SCRATCH_ADDR = 0x01DD,
    XE__REG_PERFCOUNTER = 0x0397,
    XE__REG_CP_PROG_COUNTER = 0x044B,
    XE__REG_BIN_MASK_LO = 0x0454,
    XE__REG_BIN_MASK_HI = 0x0455,
    XE__REG_BIN_SELECT_LO = 0x0456,
    XE__REG_BIN_SELECT_HI = 0x0457,
    XE__REG_CPU_INT_STATUS = 0x045D,
    XE__REG_SCRATCH_0 = 0x0578,
    XE__REG_SCRATCH_7 = 0x057F,
    XE__REG_WAIT_UNTIL = 0x05C8,
    XE__REG_RBBM_STATUS = 0x05D0,
    XE__REG_COHER_STATUS_HOST = 0x0A31,
    XE__REG_VIZ_QUERY_STATUS_0 = 0x0C44,
    XE__REG_RB_EDRAM_TIMING = 0x0F00,
    XE__REG_RB_BC_CONTROL = 0x0F01,
    XE__REG_LUT_FIRST = 0x1921,
    XE__REG_LUT_LAST = 0x1930,
    XE__REG_V_COUNTER = 0x194C,
    XE__REG_VBLANK_STATUS = 0x194D,
    XE__REG_VBLANK_INTERRUPT = 0x1951,
    XE__REG_VIEWPORT_SIZE = 0x1961,
    XE__REG_CONTEXT = 0x2000, /* from here on registers do nothing by themselves */
    XE__REG_SCREEN_SCISSOR_BR = 0x200F,
    XE__REG_WINDOW_SCISSOR_BR = 0x2082,
    XE__REG_MAX_VTX_INDX = 0x2100,
    XE__REG_EVENT_INITIATOR = 0x21F9,
    XE__REG_DMA_BASE = 0x21FA,
    XE__REG_DMA_SIZE = 0x21FB,
    XE__REG_DRAW_INITIATOR = 0x21FC,
    XE__REG_MODECONTROL = 0x2208,
    XE__REG_OUTPUT_PATH = 0x2284,
    XE__REG_HOS_CNTL = 0x2285,
    XE__REG_VS_CONST = 0x2307,
    XE__REG_PS_CONST = 0x2308,
    XE__REG_AA_MASK = 0x2312,
    XE__REG_COPY_DEST_PITCH = 0x231A,
    XE__REG_SAMPLE_COUNT_ADDR = 0x2325,
    XE__REG_CONSTANTS = 0x4000,
    XE__REG_FETCH = 0x4800
};

#define XE__RPTR_NO_UPDATE 0x08000000u /* CP_RB_CNTL */
#define XE__RPTR_WR_EN     0x80000000u
#define XE__PACKET_WORDS   0x4001u   /* of the longest packet: header and 14 bits of count */
#define XE__GPU_SHADERS    4096u     /* remembered */
#define XE__GPU_PLACES     8192u     /* twice as many, a power of two */
#define XE__GPU_CODE       0x100000u /* words of microcode that are kept of them, in all */
#define XE__GPU_RING_LOG2  25u       /* of the largest ring, in 8 bytes: half of physical memory */
#define XE__GPU_STORES     64u /* places that it stored to and that are remembered, at the most */
#define XE__GPU_SHADER_WORDS                                                                       \
    0x3000u /* Guess: 4096 instructions of three words are all there is room for */

/* What complaints are about: each is logged when it is first met. */
enum xe__gpu_complaint {
    XE__GPU_ZERO,     /* a word of zeros where a command should be */
    XE__GPU_SHORT,    /* a command with too few words              */
    XE__GPU_UNKNOWN,  /* no such command                           */
    XE__GPU_UNSEEN,   /* one that is not carried out               */
    XE__GPU_NO_STORE, /* to where no memory is                     */
    XE__GPU_NO_REGISTER,
    XE__GPU_TESSELLATES, /* a draw of patches: it is left out of pictures */
    XE__GPU_COMPLAINTS
};

struct xe__gpu_span {
    xe_gpa at;     /* of the next word */
    uint32_t left; /* words            */
};

struct xe__gpu_bound {
    xe_gpa address;
    uint32_t words;
    uint64_t hash;
};

struct xe__gpu_lut {
    uint32_t entry[256];  /* 10 bits each: R, G, B from the top  */
    uint32_t pwl[128][3]; /* base and delta of R, G, B           */
    uint32_t component;   /* which of them the next data is for  */
};

/* What it stored at one place. */
struct xe__gpu_stored {
    xe_gpa at; /* of the word */
    uint32_t value;
    uint64_t count, time; /* 0: the place is free */
};

struct xe_gpu {
    struct xe_mem *mem; /* borrowed */
    struct xe_log *log; /* borrowed */
    struct xe_gpu_host host;
    struct xe_gpu_renderer renderer; /* owned; no state */
    uint32_t reg[XE_GPU_REGISTERS];

    /* The command processor. */
    uint64_t clock;  /* chip clocks: when its next packet can begin      */
    uint64_t due;    /* interrupt time at which it looks again, or UINT64_MAX */
    uint32_t fetch;  /* index of the next word in the ring               */
    uint32_t done;   /* index behind what has been carried out entirely  */
    uint32_t posted; /* what was last written back                       */
    struct xe__gpu_span buffer[XE_GPU_DEPTH];
    uint32_t depth;
    enum xe_gpu_halt halt;
    bool active;     /* the owner was told that it has commands            */
    bool waiting;    /* the packet at hand waits                           */
    uint64_t since;  /* interrupt time since which it does                 */
    uint32_t poll;   /* 100 ns until it looks again                        */
    uint32_t frames; /* counter of swaps, as fences store it               */
    uint32_t samples;
    struct xe__gpu_bound shader[2]; /* vertex, pixel */

    /* The display. */
    uint32_t hz; /* a setting, no state    */
    bool vblank; /* interrupts are wanted */
    uint64_t next_vblank;
    struct xe__gpu_lut lut;

    /* For reports. */
    struct xe_gpu_counters counters;
    struct xe_gpu_frame frame;
    xe_gpa halt_at;
    uint64_t vblanks, interrupts, unheard, masked;
    uint32_t reach; /* index behind the last word of the ring that was ever taken */
    struct xe__gpu_stored stored[XE__GPU_STORES];
    struct xe_gpu_shader *seen; /* owned, and so is their code */
    size_t seen_count, seen_capacity;
    uint32_t code_words; /* of all their code */
    uint64_t seen_lost;
    uint32_t complained; /* a bit for each enum xe__gpu_complaint */

    uint32_t packet[XE__PACKET_WORDS]; /* the one at hand; no state */
    const uint8_t *window; /* memory from window_at on, while commands are carried out; no state */
    xe_gpa window_at;
    uint32_t window_words;               /* 0: there is none */
    uint32_t code[XE__GPU_SHADER_WORDS]; /* the microcode at hand; no state */
    uint16_t place[XE__GPU_PLACES];      /* of shaders by hash: number + 1; no state */
    uint32_t placed;                     /* of them: so many from the first on       */
};

/* ---- memory (memory.c) ---------------------------------------------------------------------- */

/* n words as they lie in memory, two at a time: copies are a good part of what packets cost. */
static inline void xe__gpu_load_words(uint32_t *to, const uint8_t *from, uint32_t n)
{
    for (; n > 1; n -= 2, to += 2, from += 8) {
        uint64_t two = xe_load_be64(from);

        two = two << 32 | two >> 32;
        __builtin_memcpy(to, &two, sizeof(two));
    }
    if (n)
        *to = xe_load_be32(from);
}
/* Words in the chip's own order, by physical address; false: no memory is there. */
bool xe__gpu_words(const struct xe_gpu *gpu, xe_gpa at, uint32_t n, uint32_t *ret);
/* The same memory itself, until others get at it; NULL: it isn't there. */
const uint8_t *xe__gpu_view(const struct xe_gpu *gpu, xe_gpa at, uint32_t n);
/* The low two bits of the address say how bytes are swapped. */
uint32_t xe__gpu_load(const struct xe_gpu *gpu, uint32_t address);
void xe__gpu_store(struct xe_gpu *gpu, uint32_t address, uint32_t value);
uint32_t xe__gpu_swapped(uint32_t value, uint32_t mode);

/* ---- registers (registers.c) ---------------------------------------------------------------- */

/* The one way by which a register gets a value, from wherever. */
void xe__gpu_set(struct xe_gpu *gpu, uint32_t index, uint32_t value);
/* The same for neighbours. */
void xe__gpu_set_run(struct xe_gpu *gpu, uint32_t first, const uint32_t *value, uint32_t n);
/* What it holds for a command. */
uint32_t xe__gpu_get(const struct xe_gpu *gpu, uint32_t index);
void xe__gpu_registers_reset(struct xe_gpu *gpu);
/* Does its value change as time passes, whatever anybody does? */
bool xe__gpu_moves_by_time(uint32_t index);

/* ---- the command processor (cp.c) ----------------------------------------------------------- */

enum xe__gpu_next {
    XE__GPU_NEXT,  /* the packet is done                */
    XE__GPU_AGAIN, /* it waits: it is to be tried again */
    XE__GPU_MORE   /* not all is there that it needs: it is to be tried again with more */
};
/* n payload words; at least as many as its row says. */
typedef enum xe__gpu_next xe__gpu_packet(struct xe_gpu *gpu, uint32_t opcode, const uint32_t *word,
                                         uint32_t n);

void xe__gpu_halt(struct xe_gpu *gpu, enum xe_gpu_halt why);
void xe__gpu_complain(struct xe_gpu *gpu, enum xe__gpu_complaint what, uint32_t detail);
/* There may be something to do now. */
void xe__gpu_kick(struct xe_gpu *gpu);
void xe__gpu_ring_reset(struct xe_gpu *gpu);
uint32_t xe__gpu_ring_words(const struct xe_gpu *gpu);
/* Of a packet, with its header. */
uint32_t xe__gpu_length(uint32_t header);
/* In the ring: of those that were published and not taken; n at an index, around its end. */
uint32_t xe__gpu_published(const struct xe_gpu *gpu);
bool xe__gpu_ring_look(const struct xe_gpu *gpu, uint32_t index, uint32_t n, uint32_t *ret);
bool xe__gpu_call(struct xe_gpu *gpu, xe_gpa at, uint32_t words);
/* Leave out the words that come next; false: not so many are there. */
bool xe__gpu_leave_out(struct xe_gpu *gpu, uint32_t words);
void xe__gpu_run(struct xe_gpu *gpu, uint64_t now);
bool xe__gpu_is_busy(const struct xe_gpu *gpu);
/* The packet at hand without taking it. Words of it; 0: there is none, or not all of it. */
uint32_t xe__gpu_peek(const struct xe_gpu *gpu, uint32_t *ret, uint32_t max);

/* ---- packets (packets.c, packets_wait.c, packets_draw.c) ------------------------------------ */

struct xe__gpu_row {
    const char *name; /* NULL: no such command */
    uint8_t least;
    uint16_t clocks;
    xe__gpu_packet *handler;
};
extern const struct xe__gpu_row xe__gpu_rows[XE_GPU_OPCODES];

#define PACKET(opcode, name, least, clocks, handler) xe__gpu_packet xe__gpu_##handler;
#include "gpu/packets.def"
#undef PACKET
enum { XE__GPU_SWAP_OPCODE = 0x64 };

#define XE__GPU_PACKET(name)                                                                       \
    enum xe__gpu_next xe__gpu_##name(                                                              \
        __attribute__((unused)) struct xe_gpu *gpu, __attribute__((unused)) uint32_t opcode,       \
        __attribute__((unused)) const uint32_t *word, __attribute__((unused)) uint32_t n)

/* Of a packet that may wait: for what. false: it is none such, or need not wait any more. */
bool xe__gpu_waits_for(const struct xe_gpu *gpu, const uint32_t *packet, uint32_t n,
                       struct xe_gpu_wait *ret);

/* Make a copy of a shader's words its code, if there is room (packets_draw.c). */
void xe__gpu_keep_code(struct xe_gpu *gpu, struct xe_gpu_shader *shader, const uint32_t *code);
/* Shaders that were seen are so no more. */
void xe__gpu_forget_shaders(struct xe_gpu *gpu);

/* ---- the display (display.c) ---------------------------------------------------------------- */

void xe__gpu_display_reset(struct xe_gpu *gpu);
bool xe__gpu_display_read(const struct xe_gpu *gpu, uint32_t index, uint32_t *ret);
void xe__gpu_lut_write(struct xe_gpu *gpu, uint32_t index, uint32_t value);
/* The first vertical blank after a moment. */
uint64_t xe__gpu_vblank_after(const struct xe_gpu *gpu, uint64_t time);
void xe__gpu_vblank_tick(struct xe_gpu *gpu, uint64_t now);

#endif
