/* A fuzz target: bytes in, no crash, hang or unbounded memory. libFuzzer calls it (make fuzz); so
 * does fuzz_replay.c, on seeds and on mutations that are the same in every run (make check). */
#ifndef TESTS_SUPPORT_FUZZ_H
#define TESTS_SUPPORT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target that knows what its inputs are made of changes them itself: up to max bytes, returning
 * how many there are then. Equal seeds, equal changes. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
    __attribute__((weak));

/* The i-th seed of this target, to be freed; NULL behind the last. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size);

/* Mutations of each seed in `make check`. */
extern const int fuzz_rounds;

#endif
