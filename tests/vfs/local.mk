XE_VFS_BUILDERS = \
	%D%/build.c %D%/build.h %D%/build_fatx.c %D%/build_gdfx.c %D%/build_stfs.c %D%/build_svod.c

check_PROGRAMS += tests/vfs/test_vfs
TESTS += tests/vfs/test_vfs
tests_vfs_test_vfs_SOURCES = \
	$(XE_VFS_BUILDERS) %D%/containers.c %D%/containers.h %D%/test_alloc.c %D%/test_container.c %D%/test_fatx.c %D%/test_folder.c %D%/test_gdfx.c %D%/test_source.c %D%/test_stfs.c %D%/test_svod.c \
	%D%/test_room.c %D%/test_vfs.c tests/support/files.c tests/support/files.h
tests_vfs_test_vfs_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_vfs_test_vfs_CFLAGS = $(XE_TEST_CFLAGS) $(GCRYPT_CFLAGS)
tests_vfs_test_vfs_LDADD = libxe_vfs.a libxe_base.a $(GCRYPT_LIBS) $(CRITERION_LIBS)

# Any bytes as a container; see tests/loader/local.mk. `make fuzz` searches in here, too.
check_LIBRARIES += libxe_vfs_fuzz.a
libxe_vfs_fuzz_a_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
libxe_vfs_fuzz_a_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
libxe_vfs_fuzz_a_SOURCES = $(libxe_vfs_a_SOURCES)
check_PROGRAMS += tests/vfs/fuzz_container
TESTS += tests/vfs/fuzz_container
tests_vfs_fuzz_container_SOURCES = $(XE_VFS_BUILDERS) tests/support/fuzz.h tests/support/fuzz_replay.c %D%/fuzz_container.c
tests_vfs_fuzz_container_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_vfs_fuzz_container_LDADD = libxe_vfs_fuzz.a libxe_base.a $(GCRYPT_LIBS)

# Any names, and what is done with them.
check_PROGRAMS += tests/vfs/fuzz_path
TESTS += tests/vfs/fuzz_path
tests_vfs_fuzz_path_SOURCES = tests/support/fuzz.h tests/support/fuzz_replay.c %D%/fuzz_path.c
tests_vfs_fuzz_path_LDADD = libxe_vfs.a libxe_base.a $(GCRYPT_LIBS)

# Containers for tests that run programs; see its head.
check_PROGRAMS += tests/vfs/make_container
tests_vfs_make_container_SOURCES = $(XE_VFS_BUILDERS) %D%/make_container.c
tests_vfs_make_container_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
tests_vfs_make_container_LDADD = libxe_base.a $(GCRYPT_LIBS)

XE_CONTAINERS = tests/vfs/made/ok.iso tests/vfs/made/ok.package tests/vfs/made/ok.svod
XE_IN_CONTAINERS = default.xex=tests/guest/titles/spin.xex media/ media/license.txt=$(srcdir)/LICENSE
check_DATA += $(XE_CONTAINERS)
CLEANFILES += $(XE_CONTAINERS) tests/vfs/made/ok.svod.data/Data0000
tests/vfs/made/ok.iso: tests/vfs/make_container$(EXEEXT) tests/guest/titles/spin.xex
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)tests/vfs/make_container gdfx $@ $(XE_IN_CONTAINERS)
tests/vfs/made/ok.package: tests/vfs/make_container$(EXEEXT) tests/guest/titles/spin.xex
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)tests/vfs/make_container stfs $@ $(XE_IN_CONTAINERS)
tests/vfs/made/ok.svod: tests/vfs/make_container$(EXEEXT) tests/guest/titles/spin.xex
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)tests/vfs/make_container svod $@ $(XE_IN_CONTAINERS)

.PHONY: fuzz-container
fuzz: fuzz-container
fuzz-container: tests/vfs/fuzz_container
	@set -e; mkdir -p fuzz/container; tests/vfs/fuzz_container --seeds fuzz/container; \
	$(CLANG) -std=gnu17 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	  $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) -DXE_LIBFUZZER \
	  -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION $(GCRYPT_CFLAGS) -o fuzz/fuzz_container \
	  $(top_srcdir)/tests/vfs/fuzz_container.c $(top_srcdir)/tests/vfs/build.c \
	  $(top_srcdir)/tests/vfs/build_fatx.c $(top_srcdir)/tests/vfs/build_gdfx.c $(top_srcdir)/tests/vfs/build_stfs.c \
	  $(top_srcdir)/tests/vfs/build_svod.c $(top_srcdir)/emu/base/alloc.c $(top_srcdir)/emu/base/codec.c \
	  $(top_srcdir)/emu/base/error.c $(top_srcdir)/emu/base/map.c $(top_srcdir)/emu/vfs/*.c \
	  $(GCRYPT_LIBS); \
	fuzz/fuzz_container -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=2048 \
	  -max_len=1048576 -artifact_prefix=fuzz/container- fuzz/container

.PHONY: fuzz-path
fuzz: fuzz-path
fuzz-path: fuzz-e2e tests/vfs/fuzz_path
	@$(MAKE) -s -C fuzz/clang tests/vfs/fuzz_path CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) mkdir -p fuzz/path && tests/vfs/fuzz_path --seeds fuzz/path && \
	  fuzz/clang/tests/vfs/fuzz_path -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=4096 -artifact_prefix=fuzz/path- fuzz/path
