/* The differential fuzzer of the CPU; README says what it is for and how to use it.
 *
 *   main.c      options, the loop over cases, what is printed
 *   draw.c      start states, biased to corners
 *   rows.c      which rows may stand where, and random words of them
 *   program.c   random sequences: branches, loops, calls
 *   machine.c   our side: an engine over a code and a data area
 *   pair.c      interpreter against translated code
 *   world.c     the same while the world around it changes
 *   words.c     single instructions against qemu
 *   sequences.c sequences against qemu
 *   qemu.c      qemu as a child process (tests/cpu/oracle)
 *   twins.c     VMX128 rows against the operations they are made of
 *   report.c    differences between two register files
 *
 * A case follows from (seed, mode, number) alone, so that every difference can be had again. */
#ifndef XE_FUZZ_H
#define XE_FUZZ_H

#include <stdbool.h>
#include <stdio.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/operands.h"
#include "tests/cpu/oracle/state.h"

#define FUZZ_CODE       ORACLE_PROGRAM
#define FUZZ_CODE_PAGE  0x40010000u
#define FUZZ_DATA       ORACLE_MEMORY
#define FUZZ_DATA_BYTES 0x10000u /* nothing lies behind */
#define FUZZ_WORDS      ORACLE_WORDS

/* Registers with a purpose in every sequence. */
#define FUZZ_LIMIT 27u /* counts of loops, targets of jumps */
#define FUZZ_BASE  28u
#define FUZZ_INDEX 29u

#define FUZZ_NOP  0x60000000u
#define FUZZ_TRAP 0x7FE00008u

/* Who has to agree on a sequence. */
enum fuzz_profile {
    FUZZ_PAIR,   /* our engines: everything is allowed                                       */
    FUZZ_WIDE,   /* qemu's 64-bit mode: nothing whose result depends on MSR[SF]              */
    FUZZ_NARROW, /* qemu's 32-bit processor: its instructions; low words of integer registers */
};

struct fuzz_program {
    uint32_t word[FUZZ_WORDS];
    uint16_t unit[FUZZ_WORDS]; /* words of one unit make sense together only */
    uint32_t at;               /* where it lies */
    uint32_t words, units;
    bool directed; /* may round otherwise than to nearest */
};

struct fuzz_state {
    struct xe_cpu cpu;
    uint8_t data[FUZZ_DATA_BYTES];
    uint32_t data_bytes; /* used by the profile */
};

/* ---- draw.c ---- */
/* The generator of case `number`. */
struct draw fuzz_draw(uint64_t seed, const char *mode, uint64_t number);
uint64_t fuzz_draw_integer(struct draw *draw);
void fuzz_draw_state(struct draw *draw, enum fuzz_profile profile, const struct fuzz_program *p,
                     struct fuzz_state *ret);

/* ---- rows.c ---- */
/* Rows that each profile may use in a sequence, by number. */
struct fuzz_rows {
    uint16_t row[XE_PPC_INSNS];
    uint32_t rows;
};
/* known: rows that qemu executes (ignored for FUZZ_PAIR). directed: see struct fuzz_program. */
void fuzz_rows_of(enum fuzz_profile profile, bool directed, const bool known[XE_PPC_INSNS],
                  struct fuzz_rows *ret);
uint32_t fuzz_word(struct draw *draw, enum fuzz_profile profile, const struct xe_ppc_insn *insn);
/* A register for results and operands. */
uint32_t fuzz_gpr(struct draw *draw, enum fuzz_profile profile);

/* ---- program.c ---- */
void fuzz_program_draw(struct draw *draw, enum fuzz_profile profile, const bool known[XE_PPC_INSNS],
                       struct fuzz_program *ret);
/* Replace units by nops while differs(ctx, p) stays true. */
void fuzz_program_shrink(struct fuzz_program *p,
                         bool (*differs)(void *ctx, const struct fuzz_program *p), void *ctx);
void fuzz_program_print(FILE *out, const struct fuzz_program *p);

/* ---- machine.c ---- */
struct fuzz_machine {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    enum xe_cpu_engine_kind kind;
    struct xe_cpu cpu;
    bool wander;     /* exceptions are skipped, and wild jumps brought back; else: leave      */
    uint64_t events; /* hash of all exceptions and calls so far                               */
    uint32_t raised; /* how many                                                              */
    bool mismatch;   /* a checking engine complained: text                                    */
    enum xe_cpu_exception_kind last;
    char text[200];
};
bool fuzz_machine_init(struct fuzz_machine *m, struct xe_cpu_engine_config config);
void fuzz_machine_fini(struct fuzz_machine *m);
/* The program, a trap behind it or (loop) a branch back to its first word; registers and data. */
void fuzz_machine_load(struct fuzz_machine *m, const struct fuzz_program *p,
                       const struct fuzz_state *state, bool loop);

/* Run it once from `state`, until the trap behind it; on a translating engine again, until it is
 * the translation that ran. */
void fuzz_machine_run(struct fuzz_machine *m, const struct fuzz_program *p,
                      const struct fuzz_state *state);
/* The same with one word at ORACLE_SLOT, which may branch to ORACLE_TAKEN behind it. */
void fuzz_machine_word(struct fuzz_machine *m, uint32_t word, struct fuzz_state *state);

/* ---- report.c ---- */
/* Name the registers that differ, one a line. */
void fuzz_report_registers(FILE *out, const char *name_a, const struct xe_cpu *a,
                           const char *name_b, const struct xe_cpu *b);
/* The registers of a start state that are not zero. */
void fuzz_report_start(FILE *out, const struct xe_cpu *cpu);
void fuzz_report_bytes(FILE *out, const char *what, const uint8_t *a, const uint8_t *b,
                       uint32_t size);

/* ---- modes ---- */
struct fuzz_options {
    uint64_t seed, first;
    enum xe_cpu_engine_kind engine; /* ours, or the second of the pair */
    bool engine_given;
    bool no_fma;               /* translate as for a host without it */
    const char *wide, *narrow; /* the oracle's programs           */
    bool verbose;
};

/* A mode runs case `number`. False: a difference, said on stdout. */
struct fuzz_mode {
    const char *name;
    void *(*begin)(const struct fuzz_options *options); /* NULL: said why on stderr */
    bool (*run)(void *mode, uint64_t number);
    void (*end)(void *mode);
};

/* The engine under test, which translates at once. */
static inline struct xe_cpu_engine_config fuzz_config(const struct fuzz_options *options)
{
    return (struct xe_cpu_engine_config){
        .kind = options->engine, .hot = 1, .no_fma = options->no_fma};
}

extern const struct fuzz_mode fuzz_mode_pair, fuzz_mode_words, fuzz_mode_sequences, fuzz_mode_twins,
    fuzz_mode_world;

#endif
