# Sockets alone.
check_PROGRAMS += tests/net/test_net
TESTS += tests/net/test_net
tests_net_test_net_SOURCES = %D%/test_net.c
tests_net_test_net_CFLAGS = $(XE_TEST_CFLAGS)
tests_net_test_net_LDADD = libtest_fields.a libxe_net.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS)
