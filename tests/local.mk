# Tests mirror the tree: tests/<part>/local.mk adds each part's programs. XE_TEST_ENV is what every
# test program gets: where the sources, the build and the real title (absent: skipped) lie.
AM_TESTS_ENVIRONMENT = \
	XE_SRCDIR='$(abs_top_srcdir)'; export XE_SRCDIR; \
	XE_BUILDDIR='$(abs_top_builddir)'; export XE_BUILDDIR; \
	XE_SHARED='$(abs_top_srcdir)/../shared'; export XE_SHARED; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS; \
	LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/lsan.supp:print_suppressions=0'; \
	export LSAN_OPTIONS;

XE_TEST_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)

# Layer rules: who includes whom, which archive may use which library. Dead contracts. Layout.
dist_check_SCRIPTS += tests/check-callers.sh tests/check-cited.sh tests/check-format.sh tests/check-layers.sh tests/check-sizes.sh
TESTS += tests/check-callers.sh tests/check-cited.sh tests/check-format.sh tests/check-layers.sh tests/check-sizes.sh
EXTRA_DIST += tests/support/daemon.sh tests/support/want.sh tests/lsan.supp tests/layers.txt tests/long-functions.txt tests/uncalled.txt tests/demo.sh

# Does a state function visit every field?
check_LIBRARIES += libtest_fields.a
libtest_fields_a_SOURCES = tests/support/fields.c tests/support/fields.h
libtest_fields_a_CFLAGS = $(XE_TEST_CFLAGS)

include tests/base/local.mk
include tests/mem/local.mk
include tests/vfs/local.mk
include tests/loader/local.mk
include tests/cpu/local.mk
include tests/audit/local.mk
include tests/apu/local.mk
include tests/xma/local.mk
include tests/gpu/local.mk
include tests/input/local.mk
include tests/picture/local.mk
include tests/net/local.mk
include tests/kernel/local.mk
include tests/guest/local.mk
include tests/rpc/local.mk
include tests/daemon/local.mk
include tests/ctl/local.mk
include tests/bench/local.mk
include tests/e2e/local.mk
include tests/debug/local.mk
include tests/explain/local.mk
include tests/oracle/local.mk
