# Benchmarks: make bench.
EXTRA_PROGRAMS += tests/bench/bench
tests_bench_bench_SOURCES = \
	%D%/bench.c %D%/kernels/branchy.c %D%/kernels/chase.c %D%/kernels/kernels.h %D%/kernels/sha256.c \
	%D%/rounds.h
tests_bench_bench_LDADD = $(XE_EMU_LDADD)
CLEANFILES += tests/bench/bench $(XE_BENCH_KERNELS:%=tests/bench/%.ppc64)
EXTRA_DIST += %D%/bench-daemon.sh %D%/guest_main.c %D%/native_main.c

tests/bench/%.main.o: $(srcdir)/tests/bench/guest_main.c
	@mkdir -p tests/bench
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -DBENCH_KERNEL=$* -I$(srcdir)/tests/bench -c -o $@ $<

tests/bench/%.guest.o: $(srcdir)/tests/bench/kernels/%.c
	@mkdir -p tests/bench
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -c -o $@ $<

tests/bench/%.xex: tests/bench/%.main.o tests/bench/%.guest.o $(XE_GUEST_OBJECTS) xe360-mkxex$(EXEEXT)
	$(AM_V_at)$(XE_GUEST_LD) -o tests/bench/$*.elf $(XE_GUEST_OBJECTS) tests/bench/$*.main.o tests/bench/$*.guest.o
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ tests/bench/$*.elf

tests/bench/%.ppc64: $(srcdir)/tests/bench/native_main.c $(srcdir)/tests/bench/kernels/%.c
	$(AM_V_GEN)$(PPC64_CC) -O2 -static -DBENCH_KERNEL=$* -I$(srcdir)/tests/bench -o $@ $^ || rm -f $@

.PHONY: bench
bench: tests/bench/bench $(XE_BENCH_TITLES) tests/guest/titles/four-handles.xex \
		$(XE_BENCH_KERNELS:%=tests/bench/%.ppc64) xe360d$(EXEEXT) xe360ctl$(EXEEXT) \
		xe360-worker$(EXEEXT)
	XE_BUILDDIR='$(abs_top_builddir)' tests/bench/bench
	XE_BUILDDIR='$(abs_top_builddir)' $(srcdir)/tests/bench/bench-daemon.sh

.PRECIOUS: tests/bench/%.main.o tests/bench/%.guest.o
