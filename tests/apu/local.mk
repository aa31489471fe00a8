# Where sound goes, and the XMA decoder's streams and rings.
check_PROGRAMS += tests/apu/test_apu
TESTS += tests/apu/test_apu
tests_apu_test_apu_SOURCES = \
	%D%/test_sink.c \
	%D%/test_xma.c \
	%D%/test_xma_stream.c \
	%D%/xma_writer.c \
	%D%/xma_writer.h
tests_apu_test_apu_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_apu_test_apu_CFLAGS = $(XE_TEST_CFLAGS)
tests_apu_test_apu_LDADD = libxe_apu.a libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS)

# The same program is a libFuzzer target (make fuzz) and, replaying, a test.
check_PROGRAMS += tests/apu/fuzz_xma
TESTS += tests/apu/fuzz_xma
tests_apu_fuzz_xma_SOURCES = %D%/fuzz_xma.c %D%/xma_writer.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_apu_fuzz_xma_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_apu_fuzz_xma_LDADD = libxe_apu.a libxe_mem.a libxe_base.a $(GCRYPT_LIBS)
.PHONY: fuzz-apu
fuzz: fuzz-apu
fuzz-apu: fuzz-e2e tests/apu/fuzz_xma
	@$(MAKE) -s -C fuzz/clang tests/apu/fuzz_xma CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/xma && tests/apu/fuzz_xma --seeds fuzz/xma && \
	  fuzz/clang/tests/apu/fuzz_xma -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=65536 -artifact_prefix=fuzz/xma- fuzz/xma
