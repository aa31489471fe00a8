/* Microcode of the graphics chip as text, and text as microcode. What is disassembled is made again
 * word by word when it is assembled: any words whatsoever, since what has no meaning is told as
 * what it is. The syntax: xe360-ucode(1).
 * Any thread; nothing is kept. */
#ifndef XE_UCODE_H
#define XE_UCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XE_UCODE_WORDS 0x3000u /* of the longest program: 4096 instructions */
#define XE_UCODE_LINE  512u    /* bytes of the longest line of a disassembly */

enum xe_ucode_stage { XE_UCODE_VERTEX, XE_UCODE_PIXEL };

/* One line after the other, without a newline. Words from the chip's side: already swapped. No more
 * than XE_UCODE_WORDS of them are looked at. */
void xe_ucode_disassemble(enum xe_ucode_stage stage, const uint32_t *words, size_t n,
                          void (*fn)(void *ctx, const char *line), void *ctx);

struct xe_ucode_program {
    enum xe_ucode_stage stage;
    uint32_t count;
    uint32_t words[XE_UCODE_WORDS];
};

/* Where a text is wrong first, and why. Lines and columns count from 1. */
struct xe_ucode_fault {
    uint32_t line, column;
    char text[160];
};

/* false: *ret_fault says why not. */
bool xe_ucode_assemble(const char *text, struct xe_ucode_program *ret,
                       struct xe_ucode_fault *ret_fault);

#endif
