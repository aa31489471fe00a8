# Can a thread ever go on: the graph against brute force, and the kernel's threads as a graph.
check_PROGRAMS += tests/explain/test_explain
TESTS += tests/explain/test_explain
tests_explain_test_explain_SOURCES = %D%/test_graph.c %D%/test_roots.c %D%/world.c %D%/world.h
tests_explain_test_explain_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_explain_test_explain_CFLAGS = $(XE_TEST_CFLAGS)
tests_explain_test_explain_LDADD = libxe_explain.a libxe_kernel.a libxe_vfs.a $(XE_GPU_LIBS) libxe_input.a libxe_net.a libxe_apu.a libxe_audit.a $(XE_CPU_LIBS) \
	libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS) $(NETTLE_LIBS) -lm

# For long: XE_SOAK times as many worlds.
XE_SOAK_TESTS += tests/explain/test_explain
