/* What the tests of debugging share: instances of bundled titles, their registers and words,
 * points. */
#ifndef XE_TEST_DEBUG_FIXTURE_H
#define XE_TEST_DEBUG_FIXTURE_H

#include "xe/debug.h"

#define CYCLES 300000u
#define FIRST  0x82000000u /* of every fixture's image */

/* Each test runs on these. */
#define ENGINES 2
extern const enum xe_engine debug_engines[ENGINES];

struct xe_instance *debug_make(const char *title, enum xe_engine engine);
/* Run n cycles; why it stopped. */
enum xe_stop debug_run(struct xe_instance *instance, uint64_t n);
/* The register's value; 0: there is none of that name. */
uint64_t debug_number_of(struct xe_instance *instance, uint32_t tid, const char *name);
/* 16 bytes of a vector register. */
void debug_vector_of(struct xe_instance *instance, uint32_t tid, const char *name,
                     uint8_t bytes[16]);
uint32_t debug_word_at(struct xe_instance *instance, uint32_t address);
/* Set a point, which must work; its id. */
uint32_t debug_set(struct xe_instance *instance, enum xe_point_kind kind, uint32_t address,
                   uint32_t size);
/* Set one on an export; 0 with err set. */
uint32_t debug_set_named(struct xe_instance *instance, const char *name, struct xe_error *err);

#endif
