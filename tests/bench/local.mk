# Benchmarks: make bench.
EXTRA_PROGRAMS += tests/bench/bench
tests_bench_bench_SOURCES = \
	%D%/bench.c %D%/kernels/branchy.c %D%/kernels/calls.c %D%/kernels/chase.c %D%/kernels/kernels.def \
	%D%/kernels/kernels.h %D%/kernels/lz.c %D%/kernels/matrix.c %D%/kernels/nbody.c \
	%D%/kernels/sha256.c %D%/kernels/vectors.c
# The same arithmetic everywhere: no contraction, no errno.
XE_BENCH_CFLAGS = -O2 -ffp-contract=off -fno-math-errno
tests_bench_bench_CFLAGS = $(AM_CFLAGS) $(XE_BENCH_CFLAGS)
tests_bench_bench_LDADD = $(XE_EMU_LDADD) -lm
# The guest has square roots and AltiVec, as this processor family does.
XE_BENCH_TARGET = -mcpu=970 -maltivec
CLEANFILES += tests/bench/bench $(XE_BENCH_KERNELS:%=tests/bench/%.ppc64)
EXTRA_DIST += %D%/bench-daemon.sh %D%/guest_main.c %D%/native_main.c

tests/bench/%.main.o: $(srcdir)/tests/bench/guest_main.c
	@mkdir -p tests/bench
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -DBENCH_KERNEL=$* -I$(srcdir)/tests/bench -c -o $@ $<

tests/bench/%.guest.o: $(srcdir)/tests/bench/kernels/%.c
	@mkdir -p tests/bench
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) $(XE_BENCH_TARGET) $(XE_BENCH_CFLAGS) -c -o $@ $<

tests/bench/%.xex: tests/bench/%.main.o tests/bench/%.guest.o $(XE_GUEST_OBJECTS) xe360-mkxex$(EXEEXT)
	$(AM_V_at)$(XE_GUEST_LD) -o tests/bench/$*.elf $(XE_GUEST_OBJECTS) tests/bench/$*.main.o tests/bench/$*.guest.o
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ tests/bench/$*.elf

tests/bench/%.ppc64: $(srcdir)/tests/bench/native_main.c $(srcdir)/tests/bench/kernels/%.c
	$(AM_V_GEN)$(PPC64_CC) $(XE_BENCH_TARGET) $(XE_BENCH_CFLAGS) -static -DBENCH_KERNEL=$* -I$(srcdir)/tests/bench -o $@ $^ || rm -f $@

.PHONY: bench
bench: tests/bench/bench $(XE_BENCH_TITLES) tests/guest/titles/four-handles.xex \
		$(XE_BENCH_KERNELS:%=tests/bench/%.ppc64) xe360d$(EXEEXT) xe360ctl$(EXEEXT) \
		xe360-worker$(EXEEXT)
	XE_BUILDDIR='$(abs_top_builddir)' tests/bench/bench
	XE_BUILDDIR='$(abs_top_builddir)' $(srcdir)/tests/bench/bench-daemon.sh

.PRECIOUS: tests/bench/%.main.o tests/bench/%.guest.o
