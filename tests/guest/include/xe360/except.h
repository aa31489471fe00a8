/* Exceptions: their structures, and functions that have handlers as the console's compiler makes
 * them. clang writes neither the table of functions (.pdata) nor scopes, so functions with a
 * handler are written in assembly with the macros below; xe360-mkxex makes the image's table of the
 * rows here, and gives each other function one, too.
 *
 * Frames are of XE_FRAME bytes, with r31 as the frame pointer; a funclet (filter, block of a
 * __finally, catch) gets its parent's frame in r12. */
#ifndef XE360_EXCEPT_H
#define XE360_EXCEPT_H

#include <xe360/types.h>

/* ---- structures ----------------------------------------------------------------------------- */

#define EXCEPTION_NONCONTINUABLE 0x01u
#define EXCEPTION_UNWINDING      0x02u
#define EXCEPTION_EXIT_UNWIND    0x04u
#define EXCEPTION_TARGET_UNWIND  0x20u
#define EXCEPTION_ANY_UNWIND     0x66u

struct exception_record {
    u32 code, flags;
    struct exception_record *record;
    u32 address, parameters, parameter[15];
};

struct context {
    u32 flags, msr, iar, lr;
    u64 ctr, gpr[32];
    u32 cr, xer;
    u64 fpscr, fpr[32];
    u8 rest[0xA40 - 0x228];
};

struct exception_pointers {
    struct exception_record *record;
    struct context *context;
};

struct dispatcher_context {
    u32 pc;
    u32 *entry; /* a row of the table of functions */
    u32 frame;
    struct context *context;
};

enum { CONTINUE_EXECUTION, CONTINUE_SEARCH, NESTED_EXCEPTION, COLLIDED_UNWIND };

void RtlRaiseException(struct exception_record *record);
void RtlRaiseStatus(u32 status);
void RtlUnwind(u32 frame, u32 ip, struct exception_record *record, u32 value);
void RtlCaptureContext(struct context *context) __attribute__((returns_twice));
u32 *RtlLookupFunctionEntry(u32 pc);
u32 __C_specific_handler(struct exception_record *record, u32 frame, struct context *context,
                         struct dispatcher_context *dispatcher);
void RtlSetVectoredExceptionHandler(void *handler);
void RtlClearVectoredExceptionHandler(void);
s32 UnhandledExceptionFilter(struct exception_pointers *pointers);
void *SetUnhandledExceptionFilter(void *filter);

/* ---- functions with handlers ---------------------------------------------------------------- */

#define XE_FRAME 0x80

/* clang's assembler for 32 bits knows no doublewords. */
asm(".macro xe_std rs, off, ra\n"
    ".long 0xF8000000 | \\rs << 21 | \\ra << 16 | (\\off & 0xFFFC)\n"
    ".endm\n"
    ".macro xe_ld rt, off, ra\n"
    ".long 0xE8000000 | \\rt << 21 | \\ra << 16 | (\\off & 0xFFFC)\n"
    ".endm\n"

    /* xe_begin name, handler, data: the function's two words and its prologue. r30 and r31 are
     * kept. */
    ".macro xe_begin name, handler, data\n"
    ".text\n.balign 4\n.long \\handler, \\data\n"
    ".globl \\name\n.type \\name,@function\n\\name:\n"
    "mflr 12\nstw 12, -8(1)\nxe_std 31, -16, 1\nxe_std 30, -24, 1\n"
    "addi 31, 1, -0x80\nstwu 1, -0x80(1)\n.L\\name\\()_body:\n"
    ".endm\n"

    /* The way out. xe_end kind: 3 with a handler, 1 without. */
    ".macro xe_return\n"
    "addi 1, 31, 0x80\nlwz 12, -8(1)\nmtlr 12\nxe_ld 30, -24, 1\nxe_ld 31, -16, 1\nblr\n"
    ".endm\n"
    ".macro xe_end name, kind\n"
    ".size \\name, .-\\name\n.L\\name\\()_end:\n"
    ".section .pdata,\"\",@progbits\n"
    ".long \\name, \\kind << 30 | (.L\\name\\()_end - \\name) / 4 << 8 | "
    "(.L\\name\\()_body - \\name) / 4\n"
    ".text\n"
    ".endm\n"

    /* xe_funclet name, function, handler, data: calls function(r3, parent's frame), returns what it
     * returns. Its LR lies elsewhere than in other functions. */
    ".macro xe_funclet name, function, handler=0, data=0\n"
    ".text\n.balign 4\n.long \\handler, \\data\n"
    ".globl \\name\n.type \\name,@function\n\\name:\n"
    "addi 31, 12, -0x80\nmflr 12\nstw 12, -0x10(1)\nstwu 1, -0x70(1)\n.L\\name\\()_body:\n"
    "mr 4, 31\nbl \\function\n"
    "lwz 1, 0(1)\nlwz 12, -0x10(1)\nmtlr 12\nblr\n"
    ".endm\n"

    /* xe_scopes name, count; then xe_scope begin, end, routine, jump for each. */
    ".macro xe_scopes name, count\n"
    ".section .rodata\n.balign 4\n.globl \\name\n\\name: .long \\count\n"
    ".endm\n"
    ".macro xe_scope begin, end, routine, jump=0\n"
    ".long \\begin, \\end, \\routine, \\jump\n"
    ".endm\n");

#endif
