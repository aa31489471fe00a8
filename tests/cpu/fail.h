/* Have an allocation fail: of emu's next ones the n-th, 0 none. Kept in test_engine.c. */
#ifndef XE_TESTS_CPU_FAIL_H
#define XE_TESTS_CPU_FAIL_H

void fail_alloc(unsigned n);

#endif
