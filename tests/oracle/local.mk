# The kernel's waiting world against a model of its own, and what is said of it against brute force.
check_PROGRAMS += tests/oracle/test_oracle
TESTS += tests/oracle/test_oracle
tests_oracle_test_oracle_SOURCES = \
	%D%/claims.c %D%/claims.h %D%/judge.c %D%/judge.h %D%/judge_audit.c %D%/model.c %D%/model.h \
	%D%/model_internal.h %D%/waits.c \
	%D%/moves.c %D%/notes.c %D%/notes.h %D%/stage.c %D%/stage.h %D%/stories.c %D%/stories.h \
	%D%/test_oracle.c %D%/truth.c %D%/truth.h tests/kernel/bench.c tests/kernel/bench.h
tests_oracle_test_oracle_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_oracle_test_oracle_CFLAGS = $(XE_TEST_CFLAGS)
tests_oracle_test_oracle_LDADD = libxe_explain.a libtest_fields.a libxe_kernel.a libxe_vfs.a $(XE_GPU_LIBS) libxe_input.a libxe_net.a libxe_apu.a libxe_audit.a \
	$(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS) $(NETTLE_LIBS) -lm

# For long: all short histories, XE_SOAK times as many long ones.
XE_SOAK_TESTS += tests/oracle/test_oracle
