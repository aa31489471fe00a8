# Benchmarks: make bench. make check runs the same kernels at a tiny size, for their checksums only.
check_PROGRAMS += tests/bench/bench
tests_bench_bench_SOURCES = \
	%D%/bench.c %D%/bench_fork.c %D%/bench_fork.h %D%/bench_gpu.c %D%/bench_gpu.h %D%/bench_render.c %D%/bench_render.h %D%/bench_trail.c %D%/bench_trail.h tests/support/quiet_gpu.c tests/support/quiet_gpu.h %D%/kernels/branchy.c %D%/kernels/calls.c %D%/kernels/chase.c %D%/kernels/kernels.def \
	%D%/kernels/kernels.h %D%/kernels/lz.c %D%/kernels/matrix.c %D%/kernels/nbody.c \
	%D%/kernels/sha256.c %D%/kernels/vectors.c
# The same arithmetic everywhere: no contraction, no errno.
XE_BENCH_CFLAGS = -O2 -ffp-contract=off -fno-math-errno
tests_bench_bench_CFLAGS = $(AM_CFLAGS) $(XE_BENCH_CFLAGS)
tests_bench_bench_LDADD = $(XE_EMU_LDADD) -lm
# The guest has square roots and AltiVec, as this processor family does.
XE_BENCH_TARGET = -mcpu=970 -maltivec
XE_BENCH_QUICK = $(XE_BENCH_KERNELS:%=tests/bench/%.quick.xex)
check_DATA += $(XE_BENCH_QUICK)
TESTS += tests/bench/check-kernels.sh
CLEANFILES += $(XE_BENCH_QUICK) tests/bench/startup.xex tests/bench/startup.s tests/bench/*.o \
	tests/bench/*.elf $(XE_BENCH_KERNELS:%=tests/bench/%.ppc64)
EXTRA_DIST += %D%/bench-daemon.sh %D%/bench-http.sh %D%/guest_main.c %D%/native_main.c \
	%D%/startup.awk %D%/startup_main.c
dist_check_SCRIPTS += %D%/check-kernels.sh

tests/bench/%.main.o: $(srcdir)/tests/bench/guest_main.c $(srcdir)/tests/bench/kernels/kernels.def
	@mkdir -p tests/bench
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -DBENCH_KERNEL=$* -I$(srcdir)/tests/bench -c -o $@ $<

tests/bench/%.quick.main.o: $(srcdir)/tests/bench/guest_main.c $(srcdir)/tests/bench/kernels/kernels.def
	@mkdir -p tests/bench
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -DBENCH_QUICK -DBENCH_KERNEL=$* -I$(srcdir)/tests/bench -c -o $@ $<

tests/bench/%.guest.o: $(srcdir)/tests/bench/kernels/%.c
	@mkdir -p tests/bench
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) $(XE_BENCH_TARGET) $(XE_BENCH_CFLAGS) -Wno-deprecated-altivec-src-compat -c -o $@ $<

tests/bench/%.xex: tests/bench/%.main.o tests/bench/%.guest.o $(XE_GUEST_OBJECTS) xe360-mkxex$(EXEEXT)
	$(AM_V_at)$(XE_GUEST_LD) -o tests/bench/$*.elf $(XE_GUEST_OBJECTS) tests/bench/$*.main.o tests/bench/$*.guest.o
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ tests/bench/$*.elf

tests/bench/%.quick.xex: tests/bench/%.quick.main.o tests/bench/%.guest.o $(XE_GUEST_OBJECTS) xe360-mkxex$(EXEEXT)
	$(AM_V_at)$(XE_GUEST_LD) -o tests/bench/$*.quick.elf $(XE_GUEST_OBJECTS) tests/bench/$*.quick.main.o tests/bench/$*.guest.o
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ tests/bench/$*.quick.elf

tests/bench/startup.xex: $(srcdir)/tests/bench/startup.awk $(srcdir)/tests/bench/startup_main.c \
		$(XE_GUEST_OBJECTS) xe360-mkxex$(EXEEXT)
	@mkdir -p tests/bench
	$(AM_V_at)$(AWK) -f $(srcdir)/tests/bench/startup.awk >tests/bench/startup.s
	$(AM_V_at)$(CLANG) --target=powerpc-unknown-elf -c -o tests/bench/startup.body.o tests/bench/startup.s
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -c -o tests/bench/startup.start.o $(srcdir)/tests/bench/startup_main.c
	$(AM_V_at)$(XE_GUEST_LD) -o tests/bench/startup.elf $(XE_GUEST_OBJECTS) tests/bench/startup.start.o tests/bench/startup.body.o
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ tests/bench/startup.elf

tests/bench/%.ppc64: $(srcdir)/tests/bench/native_main.c $(srcdir)/tests/bench/kernels/%.c \
		$(srcdir)/tests/bench/kernels/kernels.def
	$(AM_V_GEN)$(PPC64_CC) $(XE_BENCH_TARGET) $(XE_BENCH_CFLAGS) -static -DBENCH_KERNEL=$* -I$(srcdir)/tests/bench -o $@ $(filter %.c,$^) || rm -f $@

# What replies cost to make.
check_PROGRAMS += tests/bench/bench_write
tests_bench_bench_write_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_bench_bench_write_SOURCES = %D%/bench_write.c
tests_bench_bench_write_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS)

# What a client waits for, and what the daemon spends on it.
check_PROGRAMS += tests/bench/bench_http
tests_bench_bench_http_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS)
tests_bench_bench_http_SOURCES = %D%/bench_http.c
tests_bench_bench_http_LDADD = $(MHD_LIBS)

.PHONY: bench
bench: tests/bench/bench tests/bench/bench_http tests/bench/bench_write tests/guest/scale/stuck-1000.xex tests/guest/titles/spin.xex $(XE_BENCH_TITLES) tests/bench/startup.xex tests/guest/titles/four-handles.xex \
		$(XE_BENCH_KERNELS:%=tests/bench/%.ppc64) xe360d$(EXEEXT) xe360ctl$(EXEEXT) \
		xe360-worker$(EXEEXT)
	XE_BUILDDIR='$(abs_top_builddir)' tests/bench/bench
	tests/bench/bench_write
	XE_BUILDDIR='$(abs_top_builddir)' $(srcdir)/tests/bench/bench-daemon.sh
	XE_BUILDDIR='$(abs_top_builddir)' $(srcdir)/tests/bench/bench-http.sh

.PRECIOUS: tests/bench/%.quick.main.o tests/bench/%.main.o tests/bench/%.guest.o
