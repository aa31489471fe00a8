# The graphics chip alone, on memory of its own.
check_PROGRAMS += tests/gpu/test_gpu
TESTS += tests/gpu/test_gpu
tests_gpu_test_gpu_SOURCES = \
	%D%/gpu_bench.c %D%/gpu_bench.h %D%/test_bad.c %D%/test_cp.c %D%/test_display.c %D%/test_state.c
tests_gpu_test_gpu_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_gpu_test_gpu_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_gpu_LDADD = libtest_fields.a libxe_gpu.a libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS)
