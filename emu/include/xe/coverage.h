/* What of the console this build has: a row for everything that is known to exist and that a title
 * can ask for. The rows are made, when xe360d is built, of the tables that the emulator itself goes
 * by (emu/coverage/), so they can't say anything else than what it does; who reads them links none
 * of it. xe/partial.def says what lacks where something is there, but not all of it. */
#ifndef XE_COVERAGE_H
#define XE_COVERAGE_H

#include <stdint.h>

enum xe_coverage_state {
    XE_COVERAGE_DONE,    /* as far as anybody knows           */
    XE_COVERAGE_PARTIAL, /* there, but something of it is not */
    XE_COVERAGE_MISSING, /* not there: it fails, and is told  */
    XE_COVERAGE_STATES
};

/* KIND(NAME, "word", "what they are") */
#define XE_COVERAGE_KINDS_OF(KIND)                                                                 \
    KIND(EXPORTS, "exports", "functions and variables of the console's own modules")               \
    KIND(PACKETS, "packets", "commands of the graphics chip, of type 3")                           \
    KIND(REGISTERS, "registers", "of the graphics chip, and of devices on the bus")                \
    KIND(DEVICES, "devices", "mapped into memory")                                                 \
    KIND(CLASSES, "information_classes",                                                           \
         "what files and volumes can be asked, or what can be set")                                \
    KIND(IOCTLS, "ioctls", "control codes that devices are known to answer")                       \
    KIND(MICROCODE, "microcode", "operations of the graphics chip's shaders")

enum xe_coverage_kind {
#define KIND(NAME, word, doc) XE_COVERAGE_##NAME,
    XE_COVERAGE_KINDS_OF(KIND)
#undef KIND
        XE_COVERAGE_KINDS
};

struct xe_coverage_row {
    enum xe_coverage_kind kind;
    const char *module; /* of exports; of registers and classes: whose; else "" */
    uint32_t number;    /* ordinal, opcode, index, offset, address  */
    const char *name;
    enum xe_coverage_state state;
    const char *lacks; /* PARTIAL only, else NULL */
    const char *why;   /* MISSING only: why, where somebody has said that; else NULL */
};

/* By kind, module and number. Static; any thread. */
extern const struct xe_coverage_row xe_coverage[];
extern const uint32_t xe_coverage_rows;

#endif
