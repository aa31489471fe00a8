# The differential fuzzer; README. make check runs few cases, make fuzz-cpu as many as fit FUZZ_SECONDS.
check_PROGRAMS += tests/cpu/fuzz/xe360-cpufuzz
tests_cpu_fuzz_xe360_cpufuzz_SOURCES = %D%/draw.c %D%/fuzz.h %D%/machine.c %D%/main.c %D%/pair.c \
	%D%/program.c %D%/report.c %D%/rows.c
tests_cpu_fuzz_xe360_cpufuzz_LDADD = libxe_cpu.a libxe_mem.a libxe_base.a $(GCRYPT_LIBS) -lm
TESTS += tests/cpu/fuzz/check-pair.sh
dist_check_SCRIPTS += %D%/check-pair.sh
EXTRA_DIST += %D%/README

FUZZ_SECONDS = 60
FUZZ_SEED = 1
.PHONY: fuzz-cpu
fuzz-cpu: tests/cpu/fuzz/xe360-cpufuzz
	tests/cpu/fuzz/xe360-cpufuzz --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)
