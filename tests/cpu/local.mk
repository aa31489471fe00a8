check_PROGRAMS += tests/cpu/test_cpu
TESTS += tests/cpu/test_cpu tests/cpu/check-arch-prctl.sh tests/cpu/check-decode.sh tests/cpu/check-disassembly.sh \
	tests/cpu/check-rows.sh tests/cpu/check-vectors.sh
tests_cpu_test_cpu_SOURCES = %D%/test_access.c %D%/test_branch.c %D%/test_check.c %D%/test_disassembly.c %D%/test_effects.c %D%/test_engine.c \
	%D%/test_faults.c %D%/test_fields.c %D%/test_gs.c %D%/test_inspect.c %D%/programs.c %D%/programs.h %D%/sides.c %D%/sides.h %D%/test_jit.c %D%/test_jit_loops.c %D%/test_jit_vmx.c %D%/test_links.c %D%/test_registers.c %D%/test_room.c %D%/test_rows.c %D%/test_state.c %D%/test_trial.c %D%/test_vectors.c \
	%D%/test_words.c %D%/made.c %D%/made.h %D%/one_word.c %D%/fail.h %D%/one_word.h %D%/vectors.c %D%/vectors.h
tests_cpu_test_cpu_CFLAGS = $(XE_TEST_CFLAGS)
tests_cpu_test_cpu_LDADD = libtest_fields.a $(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS) -lm

check_PROGRAMS += tests/cpu/list_x64
tests_cpu_list_x64_SOURCES = %D%/list_x64.c
tests_cpu_list_x64_LDADD = $(XE_CPU_LIBS)
TESTS += tests/cpu/check-x64.sh
dist_check_SCRIPTS += %D%/check-x64.sh

check_PROGRAMS += tests/cpu/list_words
tests_cpu_list_words_SOURCES = %D%/list_words.c
tests_cpu_list_words_LDADD = $(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(GCRYPT_LIBS) -lm

# `make vectors` rewrites the generated vector files; the result is committed, and checked to be
# what the generators make (check-vectors.sh).
check_PROGRAMS += tests/cpu/gen_vectors
tests_cpu_gen_vectors_SOURCES = %D%/oracle/gen.h %D%/oracle/gen_cases.c %D%/oracle/gen_edges.c %D%/oracle/gen_rules.c \
	%D%/oracle/gen_vectors.c %D%/oracle/gen_vmx128.c %D%/oracle/state.h
tests_cpu_gen_vectors_LDADD = $(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(GCRYPT_LIBS) -lm
dist_check_SCRIPTS += %D%/check-arch-prctl.sh %D%/check-decode.sh %D%/check-disassembly.sh %D%/check-rows.sh %D%/check-vectors.sh
EXTRA_DIST += %D%/disassembly.txt %D%/oracle/build-oracles.sh %D%/oracle/gen-vectors.sh %D%/oracle/gen_exact.py %D%/oracle/gen_models.py \
	%D%/oracle/harness.S %D%/oracle/oracle.c %D%/vectors

# A folder: make must not think of linking vectors.c to make it.
tests/cpu/vectors: ;

.PHONY: vectors
vectors: tests/cpu/gen_vectors
	$(srcdir)/tests/cpu/oracle/gen-vectors.sh tests/cpu/gen_vectors $(srcdir)/tests/cpu/vectors

# Float and vector operations. The FPU is compared with the host's in all rounding modes.
check_PROGRAMS += tests/cpu/test_float
TESTS += tests/cpu/test_float
tests_cpu_test_float_SOURCES = %D%/made.c %D%/made.h %D%/one_word.c %D%/one_word.h %D%/operands.h \
	%D%/test_agree.c %D%/test_enabled.c %D%/test_fpscr.c %D%/test_fpu.c %D%/test_twins.c %D%/test_vmx.c %D%/test_vmx128.c
tests_cpu_test_float_CFLAGS = $(XE_TEST_CFLAGS) -frounding-math -ffp-contract=off
tests_cpu_test_float_LDADD = $(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS) -lm

include tests/cpu/fuzz/local.mk
