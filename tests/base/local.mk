check_PROGRAMS += tests/base/test_base
TESTS += tests/base/test_base
tests_base_test_base_SOURCES = %D%/test_codec.c %D%/test_error.c %D%/test_log.c %D%/test_map.c %D%/test_nearest.c %D%/test_reader.c %D%/test_settings.c
tests_base_test_base_CFLAGS = $(XE_TEST_CFLAGS)
tests_base_test_base_LDADD = libxe_base.a $(CRITERION_LIBS)
