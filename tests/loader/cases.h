/* Bad files as data: a file of stanzas, each a good file, changes to it, and the exact error.
 *
 *   [headers-size-not-a-multiple]      name of the case
 *   file plain                         a kind of build_xex.c, elf32, elf64v1 or elf64v2
 *   set file 0x8 00000801              bytes (hex) at an offset of file, image or block
 *   cut 0x10                           keep this many bytes
 *   error image_corrupt offset 0x8...  kind and whole text
 *
 * Lines that start with # are comments. */
#ifndef TESTS_LOADER_CASES_H
#define TESTS_LOADER_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "build_xex.h"

struct bad_case {
    char name[80], file[32], kind[40], text[512];
    struct edit edits[8];
    size_t edit_count;
    size_t cut; /* SIZE_MAX: keep all */
};

/* Read the next stanza. False at the end; a malformed line ends the program with its number. */
bool bad_case_next(FILE *in, struct bad_case *ret_case);

/* The bytes of a case's file, to be freed. */
uint8_t *bad_case_build(const struct bad_case *bad, size_t *ret_size);

#endif
