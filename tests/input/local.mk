# Controllers alone.
check_PROGRAMS += tests/input/test_input
TESTS += tests/input/test_input
tests_input_test_input_SOURCES = %D%/test_pads.c
tests_input_test_input_CFLAGS = $(XE_TEST_CFLAGS)
tests_input_test_input_LDADD = libtest_fields.a libxe_input.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS)
