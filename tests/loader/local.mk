# The loader: good files built in memory, bad ones as data in bad/, a real title where there is one.
XE_LOADER_BUILDERS = \
	%D%/build_elf.c %D%/build_elf.h %D%/build_xex.c %D%/build_xex.h %D%/build_patch.c %D%/build_patch.h %D%/build_spa.c %D%/build_spa.h %D%/cases.c %D%/cases.h \
	%D%/lzx_writer.c %D%/lzx_writer.h
XE_LOADER_CASES = \
	%D%/bad/body.cases %D%/bad/elf.cases %D%/bad/exports.cases %D%/bad/headers.cases \
	%D%/bad/imports.cases %D%/bad/places.cases %D%/bad/security.cases
EXTRA_DIST += $(XE_LOADER_CASES)

check_PROGRAMS += tests/loader/test_loader
TESTS += tests/loader/test_loader
tests_loader_test_loader_SOURCES = \
	$(XE_LOADER_BUILDERS) %D%/test_alloc.c %D%/test_bad.c %D%/test_breath.c %D%/test_elf.c %D%/test_lzx.c \
	%D%/test_patch.c %D%/test_spa.c %D%/test_symbol_files.c %D%/test_symbols.c %D%/test_title.c %D%/test_variants.c %D%/test_xex.c
tests_loader_test_loader_CFLAGS = $(XE_TEST_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_test_loader_LDADD = libxe_loader.a libxe_base.a $(DW_LIBS) $(GCRYPT_LIBS) $(CRITERION_LIBS)

# Delta patches as files, for scripts.
check_PROGRAMS += tests/loader/make_patch
tests_loader_make_patch_SOURCES = $(XE_LOADER_BUILDERS) %D%/make_patch.c
tests_loader_make_patch_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_make_patch_LDADD = libxe_loader.a libxe_base.a $(DW_LIBS) $(GCRYPT_LIBS)

# What titles tell of themselves as files, for scripts.
check_PROGRAMS += tests/loader/make_spa
tests_loader_make_spa_SOURCES = %D%/build_spa.c %D%/build_spa.h %D%/make_spa.c

# Files beside a title, by the real toolchains.
EXTRA_DIST += %D%/make-symbols.sh
XE_SYMBOL_FILES = tests/loader/symbols/made
check_DATA += $(XE_SYMBOL_FILES)
$(XE_SYMBOL_FILES): $(srcdir)/tests/loader/make-symbols.sh
	$(AM_V_GEN)CLANG='$(CLANG)' LLD='$(LLD)' sh $(srcdir)/tests/loader/make-symbols.sh $(@D) && : >$@
clean-local:
	rm -rf tests/loader/symbols

# Fuzz targets. `make check` replays seeds and mutations; `make fuzz` lets libFuzzer search (Debian:
# libclang-rt-14-dev), FUZZ_SECONDS for each target. Every hash matches there and images are small,
# so that changed bytes reach the parsers behind the hashes, quickly.
XE_FUZZ_CPPFLAGS = -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -DXE__IMAGE_MAX=0x100000u
XE_FUZZ_TARGETS = xex patch elf lzx symbols spa
FUZZ_SECONDS = 60

check_LIBRARIES += libxe_loader_fuzz.a
libxe_loader_fuzz_a_CPPFLAGS = $(AM_CPPFLAGS) $(XE_FUZZ_CPPFLAGS)
libxe_loader_fuzz_a_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
libxe_loader_fuzz_a_SOURCES = $(libxe_loader_a_SOURCES)

XE_FUZZ_SOURCES = $(XE_LOADER_BUILDERS) %D%/fuzz.h tests/support/fuzz.h tests/support/fuzz_replay.c
XE_FUZZ_LDADD = libxe_loader_fuzz.a libxe_base.a $(DW_LIBS) $(GCRYPT_LIBS)
check_PROGRAMS += tests/loader/fuzz_xex tests/loader/fuzz_patch tests/loader/fuzz_elf tests/loader/fuzz_lzx tests/loader/fuzz_symbols tests/loader/fuzz_spa
TESTS += tests/loader/fuzz_xex tests/loader/fuzz_patch tests/loader/fuzz_elf tests/loader/fuzz_lzx tests/loader/fuzz_symbols tests/loader/fuzz_spa
tests_loader_fuzz_xex_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_fuzz_elf_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_fuzz_lzx_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_fuzz_xex_SOURCES = $(XE_FUZZ_SOURCES) %D%/fuzz_xex.c
tests_loader_fuzz_patch_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_fuzz_patch_SOURCES = $(XE_FUZZ_SOURCES) %D%/fuzz_patch.c
tests_loader_fuzz_patch_LDADD = $(XE_FUZZ_LDADD)
tests_loader_fuzz_elf_SOURCES = $(XE_FUZZ_SOURCES) %D%/fuzz_elf.c
tests_loader_fuzz_lzx_SOURCES = $(XE_FUZZ_SOURCES) %D%/fuzz_lzx.c
tests_loader_fuzz_symbols_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_fuzz_symbols_SOURCES = $(XE_FUZZ_SOURCES) %D%/fuzz_symbols.c
tests_loader_fuzz_symbols_LDADD = $(XE_FUZZ_LDADD)
tests_loader_fuzz_spa_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_loader_fuzz_spa_SOURCES = $(XE_FUZZ_SOURCES) %D%/fuzz_spa.c
tests_loader_fuzz_spa_LDADD = $(XE_FUZZ_LDADD)
tests_loader_fuzz_xex_LDADD = $(XE_FUZZ_LDADD)
tests_loader_fuzz_elf_LDADD = $(XE_FUZZ_LDADD)
tests_loader_fuzz_lzx_LDADD = $(XE_FUZZ_LDADD)

# One program per target, made by clang in one go; findings stay in fuzz/TARGET.
.PHONY: fuzz
fuzz: tests/loader/fuzz_xex tests/loader/fuzz_patch tests/loader/fuzz_elf tests/loader/fuzz_lzx tests/loader/fuzz_symbols tests/loader/fuzz_spa $(XE_SYMBOL_FILES)
	@set -e; for target in $(XE_FUZZ_TARGETS); do \
	  mkdir -p fuzz/$$target; \
	  tests/loader/fuzz_$$target --seeds fuzz/$$target; \
	  $(CLANG) -std=gnu17 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) $(XE_FUZZ_CPPFLAGS) \
	    $(GCRYPT_CFLAGS) -o fuzz/fuzz_$$target $(top_srcdir)/tests/loader/fuzz_$$target.c \
	    $(top_srcdir)/tests/loader/build_elf.c $(top_srcdir)/tests/loader/build_xex.c $(top_srcdir)/tests/loader/build_patch.c $(top_srcdir)/tests/loader/build_spa.c \
	    $(top_srcdir)/tests/loader/lzx_writer.c $(top_srcdir)/emu/base/alloc.c \
	    $(top_srcdir)/emu/base/error.c $(top_srcdir)/emu/base/map.c $(top_srcdir)/emu/base/nearest.c \
	    $(top_srcdir)/emu/loader/*.c $(DW_LIBS) $(GCRYPT_LIBS); \
	  fuzz/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=1024 \
	    -max_len=65536 -artifact_prefix=fuzz/$$target- fuzz/$$target; \
	done
