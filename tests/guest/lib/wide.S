/* Imports with a 64-bit argument or result: SysV has it in two registers (an argument starts at an
 * odd one), the console in one. The words given as numbers are 64-bit instructions, which an
 * assembler for 32-bit objects refuses. */
    .macro WIDE name
    .section .text.wide.\name, "ax", @progbits
    .globl \name
    .type \name, @function
\name:
    .endm

    /* timer r3, due r5:r6, DPC r7 */
    WIDE KeSetTimer
    .long 0x78A6000E /* rldimi r6, r5, 32, 0 */
    mr 4, 6
    mr 5, 7
    b __thunk_KeSetTimer

    /* timer r3, due r5:r6, period r7, DPC r8 */
    WIDE KeSetTimerEx
    .long 0x78A6000E /* rldimi r6, r5, 32, 0 */
    mr 4, 6
    mr 5, 7
    mr 6, 8
    b __thunk_KeSetTimerEx

    /* areas r3:r4, version r5 */
    WIDE XamNotifyCreateListener
    .long 0x7864000E /* rldimi r4, r3, 32, 0 */
    mr 3, 4
    mr 4, 5
    b __thunk_XamNotifyCreateListener

    WIDE KeQueryInterruptTime
    mflr 0
    stw 0, 4(1)
    stwu 1, -16(1)
    bl __thunk_KeQueryInterruptTime
    mr 4, 3
    .long 0x78630022 /* srdi r3, r3, 32 */
    addi 1, 1, 16
    lwz 0, 4(1)
    mtlr 0
    blr

/* Imports with more arguments than registers: SysV has the ninth at 8(r1), the console in the second
 * half of a slot of eight bytes at 0x50(r1). Source: doc/facts/kernel-calls.md, head. */
    .macro NINE name
    WIDE \name
    mflr 0
    stw 0, 4(1)
    lwz 11, 8(1)
    stwu 1, -0x70(1)
    stw 11, 0x54(1)
    bl __thunk_\name
    addi 1, 1, 0x70
    lwz 0, 4(1)
    mtlr 0
    blr
    .endm

    NINE NtCreateFile
    NINE NtQueryDirectoryFile
    NINE XamContentCreateEx
    NINE XamShowMessageBoxUI
    NINE XamUserReadProfileSettings

/* The same for up to twelve; what is not an argument is copied, too. */
    .macro TWELVE name
    WIDE \name
    mflr 0
    stw 0, 4(1)
    stwu 1, -0x90(1)
    lwz 11, 0x98(1)
    stw 11, 0x54(1)
    lwz 11, 0x9C(1)
    stw 11, 0x5C(1)
    lwz 11, 0xA0(1)
    stw 11, 0x64(1)
    lwz 11, 0xA4(1)
    stw 11, 0x6C(1)
    bl __thunk_\name
    addi 1, 1, 0x90
    lwz 0, 4(1)
    mtlr 0
    blr
    .endm

    TWELVE NetDll_WSARecvFrom
    TWELVE NetDll_WSASendTo
    TWELVE NetDll_XNetQosLookup
    TWELVE NtDeviceIoControlFile
    TWELVE VdSwap
