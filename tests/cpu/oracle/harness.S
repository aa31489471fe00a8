/* The code page: load all registers from a struct oracle_case, execute one instruction, save them.
 * r31 points to the case. Copied to ORACLE_CODE; the slot lies at a fixed offset. */
#if defined(__powerpc64__)
#define LDX ld
#define STX std
#define W 8
#define SAVE 640
#else
#define LDX lwz
#define STX stw
#define W 4
#define SAVE 512
#endif
#define GPR(n)  (8 * (n) + 8 - W)
#define FPR(n)  (256 + 8 * (n))
#define VR(n)   (512 + 16 * (n))
#define VSCR    1024
#define CR      (1040 + 8 - W)
#define XER     (1048 + 8 - W)
#define LR      (1056 + 8 - W)
#define CTR     (1064 + 8 - W)
#define FPSCR   1072
#define PATH    (1080 + 8 - W)
#define HOST_LR (1096 + 8 - W)

    .macro each_gpr op
    .irp n, 3,4,5,6,7,8,9,10,11,12,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
    \op \n, GPR(\n)(31)
    .endr
    .endm

    .section .text
    .globl harness_begin, harness_end, harness_slot
    .balign 4
harness_begin:
    STX 1, -W(1)
    mflr 0
    STX 0, HOST_LR(3)
#if defined(__powerpc64__)
    stdu 1, -SAVE(1)
#else
    stwu 1, -SAVE(1)
#endif
    .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    STX \n, (64 + W * \n)(1)
    .endr
    mfcr 0
    STX 0, (64 + W * 13)(1)
    mr 31, 3
    lfd 0, FPSCR(31)
    mtfsf 255, 0
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    lfd \n, FPR(\n)(31)
    .endr
    li 4, VSCR
    lvx 0, 31, 4
    mtvscr 0
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    li 4, VR(\n)
    lvx \n, 31, 4
    .endr
    LDX 4, CR(31)
    mtcrf 255, 4
    LDX 4, XER(31)
    mtxer 4
    LDX 4, LR(31)
    mtlr 4
    LDX 4, CTR(31)
    mtctr 4
    each_gpr LDX
    LDX 0, GPR(0)(31)
    b harness_slot
    .org harness_begin + 0x800
harness_slot:
    nop
    li 30, 1
    b harness_save
    li 30, 2
    b harness_save
harness_save:
    STX 0, GPR(0)(31)
    each_gpr STX
    STX 30, PATH(31)
    mfcr 4
    STX 4, CR(31)
    mfxer 4
    STX 4, XER(31)
    mflr 4
    STX 4, LR(31)
    mfctr 4
    STX 4, CTR(31)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    stfd \n, FPR(\n)(31)
    .endr
    mffs 0
    stfd 0, FPSCR(31)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    li 4, VR(\n)
    stvx \n, 31, 4
    .endr
    mfvscr 0
    li 4, VSCR
    stvx 0, 31, 4
    LDX 0, (64 + W * 13)(1)
    mtcrf 255, 0
    LDX 0, HOST_LR(31)
    mtlr 0
    mr 3, 31
    .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    LDX \n, (64 + W * \n)(1)
    .endr
    addi 1, 1, SAVE
    blr
harness_end:
    nop
#if defined(__ELF__)
    .section .note.GNU-stack, "", @progbits
#endif
