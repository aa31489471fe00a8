# End to end on the emulator library: fixtures and the determinism contract.
dist_check_SCRIPTS += %D%/check-engines.sh %D%/check-scale.sh %D%/check-symbols.sh
TESTS += tests/e2e/check-engines.sh tests/e2e/check-scale.sh tests/e2e/check-symbols.sh

check_LIBRARIES += libtest_titles.a
libtest_titles_a_SOURCES = tests/support/titles.c tests/support/titles.h
libtest_titles_a_CFLAGS = $(XE_TEST_CFLAGS)

check_PROGRAMS += tests/e2e/test_titles tests/e2e/test_equalities tests/e2e/test_replay tests/e2e/test_state tests/e2e/test_verdicts
TESTS += tests/e2e/test_titles tests/e2e/test_equalities tests/e2e/test_replay tests/e2e/test_state tests/e2e/test_verdicts
tests_e2e_test_replay_SOURCES = %D%/test_replay.c %D%/test_trail.c
tests_e2e_test_replay_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_replay_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
tests_e2e_test_titles_SOURCES = %D%/test_faults.c %D%/test_titles.c
tests_e2e_test_titles_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_titles_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
tests_e2e_test_equalities_SOURCES = %D%/test_busy.c %D%/test_engines.c %D%/test_equalities.c %D%/test_scale.c
tests_e2e_test_equalities_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_equalities_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
tests_e2e_test_state_SOURCES = %D%/test_state.c %D%/test_state_reports.c
tests_e2e_test_state_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_e2e_test_state_LDADD = \
	libtest_titles.a librpc_instance.a librpc_report.a librpc.a $(XE_EMU_LDADD) $(JANSSON_LIBS) \
	$(CRITERION_LIBS)
check_PROGRAMS += tests/e2e/test_modules
TESTS += tests/e2e/test_modules
tests_e2e_test_modules_SOURCES = %D%/modules.c %D%/modules.h %D%/test_crashes.c %D%/test_hostile_modules.c %D%/test_modules.c
tests_e2e_test_modules_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_modules_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
check_PROGRAMS += tests/e2e/test_sound
TESTS += tests/e2e/test_sound
tests_e2e_test_sound_SOURCES = %D%/test_sound.c
tests_e2e_test_sound_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_sound_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
# The same with real workers, and decoders that aren't what they should be.
check_PROGRAMS += tests/e2e/test_sound_worker
TESTS += tests/e2e/test_sound_worker
tests_e2e_test_sound_worker_SOURCES = %D%/test_sound_worker.c tests/support/daemon.c tests/support/daemon.h
tests_e2e_test_sound_worker_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_e2e_test_sound_worker_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)
check_PROGRAMS += tests/e2e/test_snapshot
TESTS += tests/e2e/test_snapshot
tests_e2e_test_snapshot_SOURCES = %D%/test_snapshot.c
tests_e2e_test_snapshot_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_snapshot_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
check_PROGRAMS += tests/e2e/test_frozen tests/e2e/test_cuts
TESTS += tests/e2e/test_frozen tests/e2e/test_cuts
XE_SOAK_TESTS += tests/e2e/test_cuts tests/e2e/test_equalities
tests_e2e_test_cuts_SOURCES = %D%/test_cuts.c
tests_e2e_test_cuts_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_cuts_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
tests_e2e_test_frozen_SOURCES = %D%/test_frozen.c
tests_e2e_test_frozen_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_frozen_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
tests_e2e_test_verdicts_SOURCES = %D%/test_diagnoses.c %D%/test_xdon.c
tests_e2e_test_verdicts_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_verdicts_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)

# Pictures of titles.
check_PROGRAMS += tests/e2e/test_picture
TESTS += tests/e2e/test_picture
tests_e2e_test_picture_SOURCES = %D%/test_picture.c
tests_e2e_test_picture_CFLAGS = $(XE_TEST_CFLAGS) $(PNG_CFLAGS)
tests_e2e_test_picture_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(PNG_LIBS) $(CRITERION_LIBS)

check_PROGRAMS += tests/e2e/test_draws
TESTS += tests/e2e/test_draws
tests_e2e_test_draws_SOURCES = %D%/test_draws.c
tests_e2e_test_draws_CFLAGS = $(XE_TEST_CFLAGS) $(GCRYPT_CFLAGS)
tests_e2e_test_draws_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(GCRYPT_LIBS) $(CRITERION_LIBS)
EXTRA_DIST += %D%/draws.sum %D%/draws.txt

check_PROGRAMS += tests/e2e/test_readback
TESTS += tests/e2e/test_readback
tests_e2e_test_readback_SOURCES = %D%/test_readback.c
tests_e2e_test_readback_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_readback_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)

# The network: a server and its peers, equalities. Controllers: events, scripts, equalities.
check_PROGRAMS += tests/e2e/test_net
TESTS += tests/e2e/test_net
tests_e2e_test_net_SOURCES = %D%/test_net.c
tests_e2e_test_net_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_net_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
check_PROGRAMS += tests/e2e/test_pads
TESTS += tests/e2e/test_pads
tests_e2e_test_pads_SOURCES = %D%/test_pads.c
tests_e2e_test_pads_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_pads_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)

# Snapshots through daemons with real workers.
check_PROGRAMS += tests/e2e/test_snapshots
TESTS += tests/e2e/test_snapshots
tests_e2e_test_snapshots_SOURCES = %D%/test_snapshots.c tests/support/daemon.c tests/support/daemon.h
tests_e2e_test_snapshots_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_e2e_test_snapshots_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)

# The API's settings against a daemon with real workers.
check_PROGRAMS += tests/e2e/test_settings
TESTS += tests/e2e/test_settings
tests_e2e_test_settings_SOURCES = %D%/test_settings.c tests/support/daemon.c tests/support/daemon.h
tests_e2e_test_settings_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_e2e_test_settings_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)

dist_check_SCRIPTS += %D%/check-containers.sh %D%/check-content.sh %D%/check-install.sh %D%/check-run.sh %D%/check-sample.sh %D%/check-sweep.sh
TESTS += tests/e2e/check-containers.sh tests/e2e/check-content.sh tests/e2e/check-install.sh tests/e2e/check-run.sh tests/e2e/check-sample.sh tests/e2e/check-sweep.sh

# Recording and replaying through a daemon with real workers.
check_PROGRAMS += tests/e2e/test_record
TESTS += tests/e2e/test_record
tests_e2e_test_record_SOURCES = %D%/test_record.c tests/support/daemon.c tests/support/daemon.h
tests_e2e_test_record_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_e2e_test_record_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)

# One hang has one fingerprint.
dist_check_SCRIPTS += %D%/check-fingerprint.sh
TESTS += tests/e2e/check-fingerprint.sh

# What is said of titles whose truth is known.
dist_check_SCRIPTS += %D%/check-explain.sh
TESTS += tests/e2e/check-explain.sh
EXTRA_DIST += %D%/explain.c %D%/circles.c %D%/hangs.c %D%/spins.h %D%/explain.tsv %D%/gpu_hangs.c %D%/gpu_hangs.tsv %D%/io_hangs.c %D%/io_hangs.tsv

# States and snapshots as anybody may make them (tests/support/fuzz.h).
check_PROGRAMS += tests/e2e/fuzz_state
TESTS += tests/e2e/fuzz_state
tests_e2e_fuzz_state_SOURCES = %D%/fuzz_state.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_e2e_fuzz_state_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_e2e_fuzz_state_LDADD = \
	libtest_titles.a librpc_instance.a librpc_report.a librpc.a $(XE_EMU_LDADD) $(JANSSON_LIBS) \
	$(CRITERION_LIBS)

check_PROGRAMS += tests/e2e/fuzz_except
TESTS += tests/e2e/fuzz_except
tests_e2e_fuzz_except_SOURCES = %D%/fuzz_except.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_e2e_fuzz_except_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_fuzz_except_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)

check_PROGRAMS += tests/e2e/fuzz_peers
TESTS += tests/e2e/fuzz_peers
tests_e2e_fuzz_peers_SOURCES = %D%/fuzz_peers.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_e2e_fuzz_peers_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_fuzz_peers_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)

check_PROGRAMS += tests/e2e/fuzz_snapshot
TESTS += tests/e2e/fuzz_snapshot
tests_e2e_fuzz_snapshot_SOURCES = %D%/fuzz_snapshot.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_e2e_fuzz_snapshot_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_fuzz_snapshot_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)

# The emulator anew, by clang, for libFuzzer; findings stay in fuzz/TARGET.
.PHONY: fuzz-e2e
fuzz: fuzz-e2e
fuzz-e2e: tests/e2e/fuzz_except tests/e2e/fuzz_peers tests/e2e/fuzz_snapshot tests/e2e/fuzz_state
	@mkdir -p fuzz/clang
	@cd fuzz/clang && { test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizers \
	  CC='$(CLANG)' CFLAGS='-O1 -g -fsanitize=fuzzer-no-link -Wno-unknown-warning-option'; }
	@$(MAKE) -s -C fuzz/clang tests/e2e/fuzz_except tests/e2e/fuzz_peers tests/e2e/fuzz_snapshot tests/e2e/fuzz_state \
	  CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) set -e; for target in except peers snapshot state; do \
	  mkdir -p fuzz/$$target; \
	  tests/e2e/fuzz_$$target --seeds fuzz/$$target; \
	  fuzz/clang/tests/e2e/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	    -rss_limit_mb=4096 -max_len=131072 -artifact_prefix=fuzz/$$target- fuzz/$$target; \
	done

# Libraries beside titles.
dist_check_SCRIPTS += %D%/check-modules.sh
TESTS += tests/e2e/check-modules.sh
dist_check_SCRIPTS += %D%/check-mounts.sh
TESTS += tests/e2e/check-mounts.sh

# Wait graphs as pictures.
dist_check_SCRIPTS += %D%/check-graph.sh
TESTS += tests/e2e/check-graph.sh

# Bug reports that run again.
dist_check_SCRIPTS += %D%/check-bundle.sh
TESTS += tests/e2e/check-bundle.sh

# Titles that launch titles.
check_PROGRAMS += tests/e2e/test_next
TESTS += tests/e2e/test_next
tests_e2e_test_next_SOURCES = %D%/test_next.c tests/support/files.c tests/support/files.h
tests_e2e_test_next_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_e2e_test_next_CFLAGS = $(XE_TEST_CFLAGS)
tests_e2e_test_next_LDADD = libtest_titles.a $(XE_EMU_LDADD) $(CRITERION_LIBS)
