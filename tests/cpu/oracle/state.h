/* One case as it goes to the oracle and comes back: big-endian, the same in its 32- and 64-bit
 * builds. Registers 1, 2, 13, 30 and 31 belong to the harness and are not part of a case. */
#ifndef XE_ORACLE_STATE_H
#define XE_ORACLE_STATE_H

#include <stdint.h>

#define ORACLE_CODE    0x40010000u /* page the harness runs in                              */
#define ORACLE_SLOT    0x40010800u /* address of the instruction under test                 */
#define ORACLE_TAKEN   12          /* a taken branch may only go to slot + 12               */
#define ORACLE_PROGRAM 0x40011000u /* a sequence runs here, entered by a branch in the slot */
#define ORACLE_WORDS   192
#define ORACLE_MEMORY  0x40020000u /* memory under test; cases use its first bytes          */
#define ORACLE_BYTES   256

struct oracle_case {
    uint64_t gpr[32];
    uint64_t fpr[32];
    uint8_t vr[32][16];
    uint8_t vscr[16];
    uint64_t cr, xer, lr, ctr, fpscr;
    uint64_t
        path; /* out: 1 fell through, 2 branched to slot + 12, 3 trapped, 4 illegal, 5 endless */
    uint64_t word;    /* in: the instruction                                                */
    uint64_t host_lr; /* harness                                                           */
    uint64_t words;   /* in: how many of program; its end is left by path 1               */
    uint32_t program[ORACLE_WORDS];
    uint8_t memory[ORACLE_BYTES];
};

#endif
