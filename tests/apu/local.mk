# Where sound goes.
check_PROGRAMS += tests/apu/test_apu
TESTS += tests/apu/test_apu
tests_apu_test_apu_SOURCES = \
	%D%/test_sink.c
tests_apu_test_apu_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_apu_test_apu_CFLAGS = $(XE_TEST_CFLAGS)
tests_apu_test_apu_LDADD = libxe_apu.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS)
