# Debugging from outside, on the titles.
check_PROGRAMS += tests/debug/test_debug
TESTS += tests/debug/test_debug
tests_debug_test_debug_SOURCES = %D%/fixture.c %D%/fixture.h %D%/test_debug.c %D%/test_stop.c \
	%D%/test_watch.c %D%/test_write.c
tests_debug_test_debug_CFLAGS = $(XE_TEST_CFLAGS)
tests_debug_test_debug_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
