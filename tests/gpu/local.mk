# The graphics chip alone, on memory of its own.
check_PROGRAMS += tests/gpu/test_gpu
TESTS += tests/gpu/test_gpu
tests_gpu_test_gpu_SOURCES = \
	%D%/gpu_bench.c %D%/gpu_bench.h %D%/test_ahead.c %D%/test_bad.c %D%/test_coverage.c %D%/test_cp.c %D%/test_display.c %D%/test_state.c
tests_gpu_test_gpu_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_gpu_test_gpu_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_gpu_LDADD = libtest_fields.a libxe_gpu.a libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS)

# Textures alone: where texels lie, what they say, what fetches make of them.
check_PROGRAMS += tests/gpu/test_texture
TESTS += tests/gpu/test_texture tests/gpu/check-bits.sh
EXTRA_DIST += %D%/check-bits.sh %D%/bits_edram.c %D%/bits_texture.c
tests_gpu_test_texture_SOURCES = \
	%D%/test_texture_layout.c %D%/test_texture_sample.c %D%/test_texture_texel.c %D%/texture_bench.h
tests_gpu_test_texture_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_gpu_test_texture_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_texture_LDADD = libxe_texture.a $(CRITERION_LIBS)

check_PROGRAMS += tests/gpu/fuzz_texture
TESTS += tests/gpu/fuzz_texture
tests_gpu_fuzz_texture_SOURCES = %D%/fuzz_texture.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_gpu_fuzz_texture_LDADD = libxe_texture.a libxe_base.a
.PHONY: fuzz-texture
fuzz: fuzz-texture
fuzz-texture: fuzz-e2e tests/gpu/fuzz_texture
	@$(MAKE) -s -C fuzz/clang tests/gpu/fuzz_texture CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/texture && tests/gpu/fuzz_texture --seeds fuzz/texture && \
	  fuzz/clang/tests/gpu/fuzz_texture -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=4096 -artifact_prefix=fuzz/texture- fuzz/texture

# EDRAM alone, and what resolves make of it.
check_PROGRAMS += tests/gpu/test_edram
TESTS += tests/gpu/test_edram
tests_gpu_test_edram_SOURCES = %D%/test_edram.c %D%/test_resolve.c %D%/texture_bench.h
tests_gpu_test_edram_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_gpu_test_edram_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_edram_LDADD = libxe_edram.a libxe_texture.a $(CRITERION_LIBS)

check_PROGRAMS += tests/gpu/fuzz_resolve
TESTS += tests/gpu/fuzz_resolve
tests_gpu_fuzz_resolve_SOURCES = %D%/fuzz_resolve.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_gpu_fuzz_resolve_LDADD = libxe_edram.a libxe_texture.a libxe_base.a
.PHONY: fuzz-resolve
fuzz: fuzz-resolve
fuzz-resolve: fuzz-e2e tests/gpu/fuzz_resolve
	@$(MAKE) -s -C fuzz/clang tests/gpu/fuzz_resolve CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/resolve && tests/gpu/fuzz_resolve --seeds fuzz/resolve && \
	  fuzz/clang/tests/gpu/fuzz_resolve -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=8192 -artifact_prefix=fuzz/resolve- fuzz/resolve

# The rasterizer alone, with a shader that passes on what it is given.
check_PROGRAMS += tests/gpu/test_raster
TESTS += tests/gpu/test_raster
tests_gpu_test_raster_SOURCES = %D%/raster_bench.h %D%/test_raster.c %D%/test_raster_rules.c
tests_gpu_test_raster_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_gpu_test_raster_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_raster_LDADD = libxe_raster.a libxe_edram.a libxe_texture.a $(CRITERION_LIBS)
# Microcode alone: its table, and its text.
check_PROGRAMS += tests/gpu/test_ucode
TESTS += tests/gpu/test_ucode
XE_SOAK_TESTS += tests/gpu/test_ucode
tests_gpu_test_ucode_SOURCES = %D%/test_ucode_table.c %D%/test_ucode_text.c
tests_gpu_test_ucode_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_ucode_LDADD = libxe_ucode.a libxe_base.a $(CRITERION_LIBS)

# The reference renderer, called as the chip does.
check_PROGRAMS += tests/gpu/test_render
TESTS += tests/gpu/test_render
tests_gpu_test_render_SOURCES = \
	%D%/render_bench.c %D%/render_bench.h %D%/test_render.c %D%/test_render_back.c %D%/test_render_export.c \
	%D%/test_render_limits.c %D%/test_render_patch.c %D%/test_render_state.c
tests_gpu_test_render_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_gpu_test_render_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_render_LDADD = \
	libxe_render.a libxe_raster.a libxe_edram.a libxe_ref.a libxe_texture.a libxe_ucode.a libxe_mem.a libxe_base.a \
	$(CRITERION_LIBS) $(GCRYPT_LIBS)

# Commands as anybody may give them (tests/support/fuzz.h).
check_PROGRAMS += tests/gpu/fuzz_cp
TESTS += tests/gpu/fuzz_cp
tests_gpu_fuzz_cp_SOURCES = %D%/fuzz_cp.c tests/support/fuzz.h tests/support/fuzz_replay.c tests/support/quiet_gpu.c tests/support/quiet_gpu.h
tests_gpu_fuzz_cp_LDADD = libxe_gpu.a libxe_mem.a libxe_base.a $(GCRYPT_LIBS)
# Shaders, run.
check_PROGRAMS += tests/gpu/test_ref tests/gpu/fuzz_ref
TESTS += tests/gpu/test_ref tests/gpu/fuzz_ref
EXTRA_DIST += %D%/bits_ref.c
tests_gpu_test_ref_SOURCES = %D%/ref_bench.c %D%/ref_bench.h %D%/test_ref_flow.c %D%/test_ref_ops.c
tests_gpu_test_ref_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_gpu_test_ref_CFLAGS = $(XE_TEST_CFLAGS)
tests_gpu_test_ref_LDADD = libxe_ref.a libxe_texture.a libxe_ucode.a libxe_base.a $(CRITERION_LIBS) -lm
tests_gpu_fuzz_ref_SOURCES = %D%/fuzz_ref.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_gpu_fuzz_ref_LDADD = libxe_ref.a libxe_texture.a libxe_ucode.a libxe_base.a

# Microcode, as words and as text.
check_PROGRAMS += tests/gpu/fuzz_ucode
TESTS += tests/gpu/fuzz_ucode
tests_gpu_fuzz_ucode_SOURCES = %D%/fuzz_ucode.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_gpu_fuzz_ucode_LDADD = libxe_ucode.a libxe_base.a

# The chip with the reference renderer.
check_PROGRAMS += tests/gpu/fuzz_render
TESTS += tests/gpu/fuzz_render
tests_gpu_fuzz_render_SOURCES = %D%/fuzz_render.c tests/support/fuzz.h tests/support/fuzz_replay.c tests/support/quiet_gpu.c tests/support/quiet_gpu.h
tests_gpu_fuzz_render_LDADD = \
	libxe_gpu.a libxe_render.a libxe_raster.a libxe_edram.a libxe_ref.a libxe_texture.a libxe_ucode.a libxe_mem.a \
	libxe_base.a $(GCRYPT_LIBS)
.PHONY: fuzz-render
fuzz: fuzz-render
fuzz-render: fuzz-e2e tests/gpu/fuzz_render
	@$(MAKE) -s -C fuzz/clang tests/gpu/fuzz_render CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/render && tests/gpu/fuzz_render --seeds fuzz/render && \
	  fuzz/clang/tests/gpu/fuzz_render -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=4096 \
	    -max_len=16384 -artifact_prefix=fuzz/render- fuzz/render

.PHONY: fuzz-gpu fuzz-ref fuzz-ucode
fuzz: fuzz-gpu fuzz-ref fuzz-ucode
fuzz-gpu: fuzz-e2e tests/gpu/fuzz_cp
	@$(MAKE) -s -C fuzz/clang tests/gpu/fuzz_cp CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/cp && tests/gpu/fuzz_cp --seeds fuzz/cp && \
	  fuzz/clang/tests/gpu/fuzz_cp -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=65536 -artifact_prefix=fuzz/cp- fuzz/cp
fuzz-ref: fuzz-gpu tests/gpu/fuzz_ref
	@$(MAKE) -s -C fuzz/clang tests/gpu/fuzz_ref CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/ref && tests/gpu/fuzz_ref --seeds fuzz/ref && \
	  fuzz/clang/tests/gpu/fuzz_ref -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=4096 -artifact_prefix=fuzz/ref- fuzz/ref
fuzz-ucode: fuzz-gpu tests/gpu/fuzz_ucode
	@$(MAKE) -s -C fuzz/clang tests/gpu/fuzz_ucode CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/ucode && tests/gpu/fuzz_ucode --seeds fuzz/ucode && \
	  fuzz/clang/tests/gpu/fuzz_ucode -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=8192 -artifact_prefix=fuzz/ucode- fuzz/ucode
