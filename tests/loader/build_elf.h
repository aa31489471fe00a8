/* Builds small big-endian PowerPC ELF executables in memory for tests: code, data and symbols. */
#ifndef TESTS_LOADER_BUILD_ELF_H
#define TESTS_LOADER_BUILD_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum build_elf_kind {
    BUILD_ELF32,
    BUILD_ELF64_V1, /* entered by a descriptor in data */
    BUILD_ELF64_V2
};

/* Where parts of the file are; both classes use the same places. */
#define BUILD_ELF_SEGMENTS 0x40
#define BUILD_ELF_SECTIONS 0x100
#define BUILD_ELF_CODE     0x200 /* file offset; address 0x82000200 */
#define BUILD_ELF_DATA     0x300 /* file offset; address 0x82010300 */
#define BUILD_ELF_SYMBOLS  0x400
#define BUILD_ELF_NAMES    0x480
#define BUILD_ELF_SIZE     0x500

void build_elf(enum build_elf_kind kind, uint8_t ret_file[BUILD_ELF_SIZE]);

#endif
