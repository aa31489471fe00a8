check_PROGRAMS += tests/mem/test_mem
TESTS += tests/mem/test_mem
tests_mem_test_mem_SOURCES = %D%/test_access.c %D%/test_digest.c %D%/test_frozen.c %D%/test_guard.c %D%/test_heap.c \
	%D%/test_state.c
tests_mem_test_mem_CFLAGS = $(XE_TEST_CFLAGS)
tests_mem_test_mem_LDADD = libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS)
