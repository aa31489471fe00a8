# The worker with faults that titles ask for. And one that lies.
check_PROGRAMS += tests/daemon/xe360-faulty-worker tests/daemon/xe360-nonsense-worker
tests_daemon_xe360_faulty_worker_CPPFLAGS = $(xe360_worker_CPPFLAGS)
tests_daemon_xe360_faulty_worker_CFLAGS = $(xe360_worker_CFLAGS)
tests_daemon_xe360_faulty_worker_SOURCES = $(xe360_worker_SOURCES) tests/support/faulty_worker.c
tests_daemon_xe360_faulty_worker_LDADD = $(xe360_worker_LDADD)
tests_daemon_xe360_faulty_worker_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=xe_image_parse_as,--wrap=xe_instance_run,--wrap=xe_instance_thaw \
	-Wl,--wrap=xe_engine_can_translate,--wrap=xe_instance_engine,--wrap=xe_link_send
tests_daemon_xe360_nonsense_worker_SOURCES = %D%/nonsense_worker.c

# One that was taken over; and the same with the filter left out, to see what the other layers hold.
check_PROGRAMS += tests/daemon/xe360-evil-worker tests/daemon/xe360-evil-worker-unfiltered
XE_EVIL_SOURCES = %D%/evil_worker.c %D%/evil.def worker/broker.c worker/decoder.c worker/decoder_start.c worker/files.c worker/filter.c worker/sandbox.c worker/xma/ask.c
XE_EVIL_LDADD = liblink.a librpc.a libxe_base.a $(SECCOMP_LIBS) $(JANSSON_LIBS)
tests_daemon_xe360_evil_worker_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS)
tests_daemon_xe360_evil_worker_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_daemon_xe360_evil_worker_SOURCES = $(XE_EVIL_SOURCES)
tests_daemon_xe360_evil_worker_LDADD = $(XE_EVIL_LDADD)
tests_daemon_xe360_evil_worker_unfiltered_CPPFLAGS = \
	$(AM_CPPFLAGS) $(SECCOMP_CFLAGS) -DXE_SANDBOX_UNFILTERED
tests_daemon_xe360_evil_worker_unfiltered_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_daemon_xe360_evil_worker_unfiltered_SOURCES = $(XE_EVIL_SOURCES)
tests_daemon_xe360_evil_worker_unfiltered_LDADD = $(XE_EVIL_LDADD)

check_PROGRAMS += tests/daemon/test_daemon tests/daemon/test_evil tests/daemon/test_link
TESTS += tests/daemon/test_daemon tests/daemon/test_evil tests/daemon/test_link
XE_SOAK_TESTS += tests/daemon/test_daemon
tests_daemon_test_evil_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_daemon_test_evil_SOURCES = \
	%D%/evil.def %D%/test_evil.c %D%/test_evil_daemon.c tests/support/daemon.c tests/support/daemon.h
tests_daemon_test_evil_LDADD = liblink.a librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)
tests_daemon_test_daemon_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_daemon_test_daemon_SOURCES = \
	%D%/test_artifacts.c %D%/test_busy.c %D%/test_create.c %D%/test_daemon.c %D%/test_door.c %D%/test_fork.c %D%/test_frame.c %D%/test_gdb.c %D%/test_http.c %D%/test_judged.c %D%/test_kinds.c %D%/test_liar.c %D%/test_once.c %D%/test_peers.c %D%/test_reload.c %D%/test_start.c %D%/test_tokens.c tests/support/daemon.c tests/support/daemon.h
tests_daemon_test_daemon_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)
tests_daemon_test_link_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_daemon_test_link_SOURCES = %D%/test_link.c
tests_daemon_test_link_LDADD = liblink.a librpc.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)

# The configuration, without a daemon.
check_PROGRAMS += tests/daemon/test_config tests/daemon/fuzz_config
TESTS += tests/daemon/test_config tests/daemon/fuzz_config
XE_CONFIG_SOURCES = daemon/config.c daemon/config_yaml.c daemon/listen.c
tests_daemon_test_config_CFLAGS = $(XE_TEST_CFLAGS) $(YAML_CFLAGS)
tests_daemon_test_config_SOURCES = %D%/test_config.c $(XE_CONFIG_SOURCES)
tests_daemon_test_config_LDADD = libxe_base.a $(YAML_LIBS) $(CRITERION_LIBS)
tests_daemon_fuzz_config_SOURCES = %D%/fuzz_config.c $(XE_CONFIG_SOURCES) tests/support/fuzz.h tests/support/fuzz_replay.c
tests_daemon_fuzz_config_LDADD = libxe_base.a $(YAML_LIBS)
.PHONY: fuzz-config
fuzz: fuzz-config
fuzz-config: fuzz-head tests/daemon/fuzz_config
	@$(MAKE) -s -C fuzz/clang tests/daemon/fuzz_config CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@mkdir -p fuzz/config && tests/daemon/fuzz_config --seeds fuzz/config
	@fuzz/clang/tests/daemon/fuzz_config -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	  -rss_limit_mb=4096 -max_len=65536 -artifact_prefix=fuzz/config- fuzz/config

# Tokens, without a daemon.
check_PROGRAMS += tests/daemon/test_keyring
TESTS += tests/daemon/test_keyring
tests_daemon_test_keyring_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS) $(NETTLE_CFLAGS)
tests_daemon_test_keyring_SOURCES = %D%/test_keyring.c daemon/keyring.c
tests_daemon_test_keyring_LDADD = libxe_base.a $(GCRYPT_LIBS) $(NETTLE_LIBS) $(JANSSON_LIBS) $(CRITERION_LIBS)

# When a silent worker is given up, without a daemon.
check_PROGRAMS += tests/daemon/test_pulse
TESTS += tests/daemon/test_pulse
tests_daemon_test_pulse_CFLAGS = $(XE_TEST_CFLAGS)
tests_daemon_test_pulse_SOURCES = %D%/test_pulse.c daemon/effort.c daemon/pulse.c
tests_daemon_test_pulse_LDADD = $(CRITERION_LIBS)

# Where the socket is when nobody says.
check_PROGRAMS += tests/daemon/test_place
TESTS += tests/daemon/test_place
tests_daemon_test_place_CFLAGS = $(XE_TEST_CFLAGS)
tests_daemon_test_place_SOURCES = %D%/test_place.c
tests_daemon_test_place_LDADD = liblink.a librpc.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)

# The event loop, without a daemon.
check_PROGRAMS += tests/daemon/test_loop
TESTS += tests/daemon/test_loop
tests_daemon_test_loop_CFLAGS = $(XE_TEST_CFLAGS)
tests_daemon_test_loop_SOURCES = %D%/test_loop.c daemon/loop.c
tests_daemon_test_loop_LDADD = libxe_base.a $(CRITERION_LIBS)

# Which bytes pass as requests, without a daemon.
check_PROGRAMS += tests/daemon/test_head tests/daemon/fuzz_head
TESTS += tests/daemon/test_head tests/daemon/fuzz_head
tests_daemon_test_head_CFLAGS = $(XE_TEST_CFLAGS)
tests_daemon_test_head_SOURCES = %D%/test_head.c daemon/frame.c daemon/head.c
tests_daemon_test_head_LDADD = $(CRITERION_LIBS)
tests_daemon_fuzz_head_SOURCES = %D%/fuzz_head.c daemon/frame.c daemon/head.c tests/support/fuzz.h tests/support/fuzz_replay.c
.PHONY: fuzz-head
fuzz: fuzz-head
fuzz-head: fuzz-script tests/daemon/fuzz_head
	@$(MAKE) -s -C fuzz/clang tests/daemon/fuzz_head CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@mkdir -p fuzz/head && tests/daemon/fuzz_head --seeds fuzz/head
	@fuzz/clang/tests/daemon/fuzz_head -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	  -rss_limit_mb=4096 -max_len=20000 -artifact_prefix=fuzz/head- fuzz/head

# Snapshots on disk, without a daemon.
check_PROGRAMS += tests/daemon/test_shelf
TESTS += tests/daemon/test_shelf
tests_daemon_test_shelf_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_daemon_test_shelf_SOURCES = %D%/test_shelf.c %D%/test_snapshot_json.c daemon/shelf.c daemon/shelf_blobs.c daemon/snapshot_json.c
tests_daemon_test_shelf_LDADD = librpc.a libxe_snapshot.a libxe_audit.a libxe_base.a $(GCRYPT_LIBS) $(JANSSON_LIBS) $(CRITERION_LIBS)

dist_check_SCRIPTS += tests/daemon/check-ctl.sh tests/daemon/check-dis.sh tests/daemon/check-disk.sh tests/daemon/check-gdb.sh tests/daemon/check-input.sh tests/daemon/check-net.sh tests/daemon/check-nm.sh
TESTS += tests/daemon/check-ctl.sh tests/daemon/check-dis.sh tests/daemon/check-disk.sh tests/daemon/check-gdb.sh tests/daemon/check-input.sh tests/daemon/check-net.sh tests/daemon/check-nm.sh
EXTRA_DIST += %D%/gdb-title.c

# Links that appear while a broker is asked; and the same where paths alone hold it.
check_PROGRAMS += tests/daemon/broker_race tests/daemon/broker_race_unlocked
TESTS += tests/daemon/broker_race tests/daemon/broker_race_unlocked
XE_BROKER_RACE_SOURCES = %D%/broker_race.c worker/broker.c worker/files.c worker/filter.c \
	rpc/link/sendmsg.c
tests_daemon_broker_race_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS)
tests_daemon_broker_race_SOURCES = $(XE_BROKER_RACE_SOURCES)
tests_daemon_broker_race_LDADD = libxe_base.a $(SECCOMP_LIBS)
tests_daemon_broker_race_unlocked_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS) -DXE_BROKER_UNLOCKED
tests_daemon_broker_race_unlocked_SOURCES = $(XE_BROKER_RACE_SOURCES)
tests_daemon_broker_race_unlocked_LDADD = libxe_base.a $(SECCOMP_LIBS)

# Other people's programs: OpenRPC's tools and client, and a browser. Both skip where there is none.
dist_check_SCRIPTS += tests/daemon/check-browser.sh tests/daemon/check-openrpc.sh
TESTS += tests/daemon/check-browser.sh tests/daemon/check-openrpc.sh
EXTRA_DIST += %D%/page.mjs tests/npm/openrpc.mjs
