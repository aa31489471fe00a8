# Pictures as files, and compared.
check_PROGRAMS += tests/picture/test_picture
TESTS += tests/picture/test_picture
tests_picture_test_picture_SOURCES = %D%/test_picture.c
tests_picture_test_picture_CFLAGS = $(XE_TEST_CFLAGS)
tests_picture_test_picture_LDADD = libxe_picture.a libxe_base.a $(PNG_LIBS) $(CRITERION_LIBS)

check_PROGRAMS += tests/picture/fuzz_png
TESTS += tests/picture/fuzz_png
tests_picture_fuzz_png_SOURCES = tests/support/fuzz.h tests/support/fuzz_replay.c %D%/fuzz_png.c
tests_picture_fuzz_png_LDADD = libxe_picture.a libxe_base.a $(PNG_LIBS)

.PHONY: fuzz-png
fuzz: fuzz-png
fuzz-png: fuzz-e2e tests/picture/fuzz_png
	@$(MAKE) -s -C fuzz/clang tests/picture/fuzz_png CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/png && tests/picture/fuzz_png --seeds fuzz/png && \
	  fuzz/clang/tests/picture/fuzz_png -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=65536 -artifact_prefix=fuzz/png- fuzz/png

# The command line's, over the triangle's pictures.
dist_check_SCRIPTS += %D%/check-frames.sh
TESTS += %D%/check-frames.sh
