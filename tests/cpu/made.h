/* Engines for tests: made both ways, and no translated one quietly left out. */
#ifndef XE_TEST_MADE_H
#define XE_TEST_MADE_H

#include "cpu/cpu.h"

/* The engine. XE_JIT_GS in the environment says how GS is set ("any", "arch_prctl") where the
 * config does not, so that a program's tests can be run with either. Fails the test when there is
 * none; on processors older than x86-64-v3, whose translations nobody promises, it is skipped. */
struct xe_cpu_engine *made_engine(const struct xe_cpu_engine_config *config, struct xe_mem *mem,
                                  struct xe_cpu_host host);

#endif
