# The differential fuzzer; README. make check runs few cases, make fuzz-cpu as many as fit into
# FUZZ_SECONDS (tests/loader/local.mk).
check_PROGRAMS += tests/cpu/fuzz/xe360-cpufuzz
tests_cpu_fuzz_xe360_cpufuzz_SOURCES = %D%/draw.c %D%/fuzz.h %D%/machine.c %D%/main.c %D%/pair.c \
	%D%/program.c %D%/qemu.c %D%/qemu.h %D%/report.c %D%/rows.c %D%/sequences.c %D%/twins.c \
	%D%/words.c %D%/world.c tests/cpu/oracle/gen.h tests/cpu/oracle/gen_cases.c tests/cpu/oracle/gen_edges.c \
	tests/cpu/oracle/gen_rules.c \
	tests/cpu/oracle/gen_vmx128.c tests/cpu/oracle/state.h
tests_cpu_fuzz_xe360_cpufuzz_LDADD = $(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(GCRYPT_LIBS) -lm
TESTS += tests/cpu/fuzz/check-pair.sh tests/cpu/fuzz/check-qemu.sh
dist_check_SCRIPTS += %D%/check-pair.sh %D%/check-qemu.sh
EXTRA_DIST += %D%/README %D%/with-oracles.sh

FUZZ_SEED = 1
FUZZ_OPTIONS =
.PHONY: fuzz-cpu
fuzz-cpu: tests/cpu/fuzz/xe360-cpufuzz
	$(srcdir)/tests/cpu/fuzz/with-oracles.sh tests/cpu/fuzz/xe360-cpufuzz \
		--seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED) $(FUZZ_OPTIONS)
