/* The graphics chip, reading side for reports: how far its command processor is, what it waits for,
 * what it has been told to do.
 * Owner thread: the instance's. */
#ifndef XE_GPU_H
#define XE_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/types.h"

struct xe_gpu;
struct xe_kernel;

/* The whole file of registers, by dword index. */
#define XE_GPU_REGISTERS 0x5003u

#define XE_GPU_DEPTH      8u  /* indirect buffers that may be open at a time */
#define XE_GPU_PRIMITIVES 64u /* kinds of primitive: 6 bits of a draw        */
#define XE_GPU_OPCODES    128u

enum xe_gpu_halt {
    XE_GPU_GOES,
#define HALT(name, word, text) XE_GPU_HALT_##name,
#include "xe/gpu_halts.def"
#undef HALT
    XE_GPU_HALTS
};

/* What a renderer may take of the host. */
enum xe_gpu_limit {
#define LIMIT(name, word, text) XE_GPU_LIMIT_##name,
#include "xe/gpu_limits.def"
#undef LIMIT
    XE_GPU_LIMITS
};

enum xe_gpu_doing {
    XE_GPU_NO_RING, /* no ring was ever set up                              */
    XE_GPU_IDLE,    /* all that it was given is done                        */
    XE_GPU_BUSY,    /* it has commands, and will go on                      */
    XE_GPU_WAITS,   /* it has a command that waits for something            */
    XE_GPU_PARTIAL, /* the newest command has not been given to its end     */
    XE_GPU_HALTED,  /* it does nothing any more                             */
    XE_GPU_DOINGS
};

/* In the order of the enum. */
#define XE_GPU_DOING_WORDS "no_ring", "idle", "busy", "waits", "partial", "halted"

/* Words for them: "idle", "past_end"; and a sentence about a halt, "" for none. */
const char *xe_gpu_doing_name(enum xe_gpu_doing doing);
const char *xe_gpu_halt_name(enum xe_gpu_halt halt);
const char *xe_gpu_halt_text(enum xe_gpu_halt halt);
/* "quads", and a sentence about what is left out. */
const char *xe_gpu_limit_name(uint32_t limit);
const char *xe_gpu_limit_text(uint32_t limit);

/* What the command at hand waits for. */
enum xe_gpu_wait_kind { XE_GPU_WAIT_REGISTER, XE_GPU_WAIT_MEMORY, XE_GPU_WAIT_INTERRUPT };
struct xe_gpu_wait {
    enum xe_gpu_wait_kind kind;
    uint32_t at;        /* register's index, or physical address                    */
    uint32_t compare;   /* 0 never, 1 <, 2 <=, 3 ==, 4 !=, 5 >=, 6 >, 7 always      */
    uint32_t reference; /* what (value & mask) is compared with                     */
    uint32_t mask;
    uint32_t value;      /* as it is now, unmasked                                   */
    uint64_t since_time; /* interrupt time, 100 ns                                   */
    bool never;          /* no value at all would do                                 */
};

struct xe_gpu_info {
    enum xe_gpu_doing doing;
    enum xe_gpu_halt halt;
    uint32_t halt_at; /* physical address of the command */
    xe_gpa ring;
    uint32_t ring_words, read, write; /* as dword indices */
    xe_gpa at;                        /* physical address of the next command; 0: there is none */
    uint32_t depth;                   /* indirect buffers that it is in           */
    struct xe_gpu_wait wait;
    uint64_t vblanks, interrupts; /* sent so far */
    uint64_t unheard; /* of those: while nobody was there to be called, or none more could wait */
    uint64_t masked;  /* commands that would have interrupted, but no hardware thread */
};

struct xe_gpu_counters {
    uint64_t packets[4];              /* by type; 0 to 3                        */
    uint64_t opcodes[XE_GPU_OPCODES]; /* of type 3, carried out                 */
    uint64_t predicated;              /* of type 3, skipped by their predicate  */
    uint64_t malformed;               /* skipped: too short, or no command      */
    uint64_t lost_writes;             /* to where no memory or register is      */
    uint64_t words;
    uint64_t draws, indices, resolves;
    uint64_t primitives[XE_GPU_PRIMITIVES]; /* draws of each kind */
    uint64_t fences;                        /* values stored for the title to see */
    uint64_t swaps;
    uint64_t shader_loads;
    uint64_t limits[XE_GPU_LIMITS]; /* draws, copies and pictures that met each */
};

/* A piece of microcode that was loaded, by what it is. */
struct xe_gpu_shader {
    uint64_t hash;
    bool pixel;
    uint32_t words;
    xe_gpa address; /* where it was loaded from first; 0: it came with the command */
    uint64_t loads;
    const uint32_t *code; /* those words; NULL: there was no room to keep them */
};

struct xe_gpu_frame {
    xe_gpa address; /* of the front buffer */
    uint32_t width, height;
    uint64_t time; /* interrupt time; 0: nothing was ever shown */
};

/* What commands do to a word of memory, which a title may wait for: a fence. */
enum xe_gpu_coming {
    XE_GPU_COMES_NOT,         /* no command that it was given writes it, as far as can be told */
    XE_GPU_COMES_QUEUED,      /* one that it was given, and has not done yet                  */
    XE_GPU_COMES_UNPUBLISHED, /* one that lies in the ring, behind the write pointer          */
    XE_GPU_COMINGS
};
/* In the order of the enum. */
#define XE_GPU_COMING_WORDS "not", "queued", "unpublished"

/* Values are as a load finds them. */
struct xe_gpu_fence {
    enum xe_gpu_coming coming;
    const char *command; /* static: "EVENT_WRITE_SHD"; the rest of these is 0 if none comes */
    xe_gpa at;           /* where it lies                                                */
    uint64_t ahead;      /* commands that are carried out before it                      */
    bool has_value;
    uint32_t value;     /* that it stores, where the command says it                    */
    uint64_t stores;    /* so far, as far as remembered                                 */
    uint32_t last;      /* the newest of them                                           */
    uint64_t last_time; /* its interrupt time                                           */
};

/* The instance's graphics chip, and what it shows; borrowed, true until the next run. */
const struct xe_gpu *xe_kernel_gpu(const struct xe_kernel *kernel);
void xe_gpu_info(const struct xe_gpu *gpu, struct xe_gpu_info *ret);
/* Has the command processor something to do, and need not wait for others with it? */
bool xe_gpu_goes_on(const struct xe_gpu *gpu);
/* Of the word at a physical address: who in the chip writes it, and has? false: nothing is known
 * to. Looks through the commands that are there, a bounded number; changes nothing. */
bool xe_gpu_fence(const struct xe_gpu *gpu, xe_gpa word, struct xe_gpu_fence *ret);
const struct xe_gpu_counters *xe_gpu_counters(const struct xe_gpu *gpu);
const struct xe_gpu_frame *xe_gpu_frame(const struct xe_gpu *gpu);
/* In the order in which they were first loaded. Returns how many others there was no room for. */
uint64_t xe_gpu_shaders(const struct xe_gpu *gpu,
                        void (*fn)(void *ctx, const struct xe_gpu_shader *shader), void *ctx);
/* What it holds; reading it changes nothing, and gives what was written where a title would see the
 * chip's own answer. 0 for no register. */
uint32_t xe_gpu_register(const struct xe_gpu *gpu, uint32_t index);
/* "CP_RB_WPTR"; NULL: no name is known. */
const char *xe_gpu_register_name(uint32_t index, bool *ret_float);
/* "DRAW_INDX"; NULL: no such command. */
const char *xe_gpu_opcode_name(uint32_t opcode);

#endif
