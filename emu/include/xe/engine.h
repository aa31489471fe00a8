/* What runs guest code, and what it has made of it: counters, translations, host code.
 *
 * All of it is about the host and says nothing about the guest: it differs between engines, and
 * between a run and the same run in parts. Reading it changes nothing. */
#ifndef XE_ENGINE_H
#define XE_ENGINE_H

#include "xe/error.h"
#include "xe/types.h"

struct xe_instance;

/* The states are the same at every cycle; only the speed differs. */
enum xe_engine {
    XE_ENGINE_JIT,         /* translated to host code; the interpreter where the host cannot */
    XE_ENGINE_INTERPRETER, /* one instruction at a time                                      */
    XE_ENGINE_CHECK,       /* both in step; a difference stops the instance as a crash       */
    XE_ENGINES
};

/* In the order of the enum. */
#define XE_ENGINE_WORDS "jit", "interpreter", "check"

static inline const char *xe_engine_name(enum xe_engine engine)
{
    static const char *const words[XE_ENGINES] = {XE_ENGINE_WORDS};

    return engine < XE_ENGINES ? words[engine] : "?";
}

/* How GS is set, through which translated code reaches guest memory. For tests. */
enum xe_jit_gs {
    XE_JIT_GS_ANY,  /* by an instruction where the kernel allows it, else by a call */
    XE_JIT_GS_CALL, /* by a call (arch_prctl)                                       */
    XE_JIT_GS_NONE, /* not at all: as on a host that cannot translate               */
    XE_JIT_GS_WAYS
};

#define XE_JIT_GS_WORDS "any", "arch_prctl", "none"

static inline const char *xe_jit_gs_name(enum xe_jit_gs way)
{
    static const char *const words[XE_JIT_GS_WAYS] = {XE_JIT_GS_WORDS};

    return way < XE_JIT_GS_WAYS ? words[way] : "?";
}

#define XE_ENGINE_TOP 10u

struct xe_engine_top {
    const char *mnemonic; /* static */
    uint64_t calls;
};

struct xe_engine_info {
    enum xe_engine engine; /* in use; the interpreter where the host can't translate */
    enum xe_engine asked;  /* what the instance was to have                          */
    const char *why;       /* it has another; "" if it has not; lives as long as the instance */
    uint32_t regions;      /* translations there are now                             */
    /* Since the instance was made: */
    uint64_t translated, words, code_bytes; /* regions, guest instructions in them, host bytes  */
    uint64_t flushes, invalidations;        /* of all translations; of single ones              */
    uint64_t faults;                        /* accesses and arithmetic done over by the
                                             * interpreter after a host fault                   */
    uint64_t left_budget, left_jump;        /* translated code left: turn over; to elsewhere    */
    uint64_t left_interpret, left_changed;  /* for an instruction; after one that changed code  */
    uint64_t calls;    /* instructions in translated code done by calling the interpreter      */
    uint64_t compared; /* when checking: instructions in translated code that were right       */
    struct xe_engine_top top[XE_ENGINE_TOP]; /* who was called most */
    uint32_t tops;
};

/* Can this host translate at all? false with err set: what it lacks. Without an instance. */
bool xe_engine_can_translate(struct xe_error *err);

void xe_instance_engine(const struct xe_instance *instance, struct xe_engine_info *ret);

/* A translation: guest instructions that direct branches reach from its head. */
struct xe_region_info {
    xe_gva head;
    uint32_t words, entries, code_bytes; /* guest instructions, ways in, host code */
};

enum xe_region_part {
    XE_REGION_WORD, /* the guest instruction at address                      */
    XE_REGION_HEAD, /* before it: registers loaded, the block's budget       */
    XE_REGION_REST, /* what is off the straight path of all instructions     */
    XE_REGION_PARTS
};

/* In the order of the enum. */
#define XE_REGION_WORDS "word", "head", "rest"

/* Host code of one part, in the order in which it lies there. Borrowed for the call. */
struct xe_region_line {
    enum xe_region_part part;
    xe_gva address; /* 0 for the rest                                        */
    uint32_t word;  /* of the instruction                                    */
    uint32_t size;  /* bytes of code; 0: the instruction before did it along */
    const uint8_t *code;
};

/* All translations, in the order in which they were made. */
void xe_instance_regions(const struct xe_instance *instance,
                         void (*fn)(void *ctx, const struct xe_region_info *info), void *ctx);

/* The translation that has the instruction at address; false: there is none. */
bool xe_instance_region(const struct xe_instance *instance, xe_gva address,
                        struct xe_region_info *ret,
                        void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx);

#endif
