check_PROGRAMS += tests/cpu/test_cpu
TESTS += tests/cpu/test_cpu
tests_cpu_test_cpu_SOURCES = %D%/test_vectors.c %D%/vectors.c %D%/vectors.h
tests_cpu_test_cpu_CFLAGS = $(XE_TEST_CFLAGS)
tests_cpu_test_cpu_LDADD = libxe_cpu.a libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS) -lm
