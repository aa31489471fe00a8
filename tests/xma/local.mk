# Samples of XMA frames, the process that makes them, and what both sides say.
check_PROGRAMS += tests/xma/test_ask
TESTS += tests/xma/test_ask
tests_xma_test_ask_SOURCES = %D%/test_ask.c worker/xma/ask.c
tests_xma_test_ask_CFLAGS = $(XE_TEST_CFLAGS)
tests_xma_test_ask_LDADD = $(CRITERION_LIBS)

# The same program is a libFuzzer target (make fuzz) and, replaying, a test.
check_PROGRAMS += tests/xma/fuzz_ask
TESTS += tests/xma/fuzz_ask
tests_xma_fuzz_ask_SOURCES = %D%/fuzz_ask.c worker/xma/ask.c tests/support/fuzz.h tests/support/fuzz_replay.c
.PHONY: fuzz-xma
fuzz: fuzz-xma
fuzz-xma: fuzz-e2e tests/xma/fuzz_ask
	@$(MAKE) -s -C fuzz/clang tests/xma/fuzz_ask CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/ask && tests/xma/fuzz_ask --seeds fuzz/ask && \
	  fuzz/clang/tests/xma/fuzz_ask -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=8300 -artifact_prefix=fuzz/ask- fuzz/ask

# The worker's side, with a decoder that does what its name says in place of the real one.
check_PROGRAMS += tests/xma/test_process tests/xma/fake-xma
TESTS += tests/xma/test_process
tests_xma_fake_xma_SOURCES = %D%/fake_xma.c worker/xma/ask.c
tests_xma_test_process_SOURCES = %D%/test_process.c worker/decoder.c worker/decoder_start.c worker/xma/ask.c
tests_xma_test_process_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_xma_test_process_LDADD = liblink.a librpc.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)

if XMA
check_PROGRAMS += tests/xma/test_decode
TESTS += tests/xma/test_decode
tests_xma_test_decode_SOURCES = %D%/test_decode.c worker/xma/decode.c
tests_xma_test_decode_CFLAGS = $(XE_TEST_CFLAGS) $(AVCODEC_CFLAGS)
tests_xma_test_decode_LDADD = $(AVCODEC_LIBS) $(CRITERION_LIBS) -lm
endif
