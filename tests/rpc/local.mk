# The exchange and the table need librpc only; the cases run against a daemon with real workers.
check_PROGRAMS += tests/rpc/test_rpc tests/rpc/test_cases
TESTS += tests/rpc/test_rpc tests/rpc/test_cases
tests_rpc_test_rpc_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_rpc_test_rpc_SOURCES = \
	%D%/test_exchange.c %D%/fake_gdb.c %D%/fake_gdb.h %D%/test_gdb.c %D%/test_gdb_run.c %D%/test_gdb_bridge.c %D%/test_member.c %D%/test_printable.c %D%/test_table.c %D%/test_text.c tests/support/daemon.c tests/support/daemon.h
tests_rpc_test_rpc_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)
tests_rpc_test_cases_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_rpc_test_cases_SOURCES = %D%/test_cases.c tests/support/daemon.c tests/support/daemon.h
tests_rpc_test_cases_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)
# What a worker answers, as bytes.
check_PROGRAMS += tests/rpc/fuzz_text
TESTS += tests/rpc/fuzz_text
tests_rpc_fuzz_text_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_rpc_fuzz_text_SOURCES = %D%/fuzz_text.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_rpc_fuzz_text_LDADD = librpc.a libxe_base.a $(JANSSON_LIBS)
.PHONY: fuzz-text
fuzz: fuzz-text
fuzz-text: fuzz-script tests/rpc/fuzz_text
	@$(MAKE) -s -C fuzz/clang tests/rpc/fuzz_text CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@mkdir -p fuzz/text && tests/rpc/fuzz_text --seeds fuzz/text
	@fuzz/clang/tests/rpc/fuzz_text -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	  -rss_limit_mb=4096 -max_len=20000 -artifact_prefix=fuzz/text- fuzz/text

EXTRA_DIST += %D%/strict.json \
	%D%/cases/vfs.list/after.json \
	%D%/cases/vfs.list/no-folder.json \
	%D%/cases/vfs.list/ok.json \
	%D%/cases/vfs.mounts/ok.json \
	%D%/cases/vfs.overlay.diff/ok.json \
	%D%/cases/vfs.overlay.reset/ok.json \
	%D%/cases/vfs.overlay.reset/open.json \
	%D%/cases/vfs.read/folder.json \
	%D%/cases/vfs.read/ok.json \
	%D%/cases/vfs.stat/missing.json \
	%D%/cases/vfs.stat/ok.json \
	%D%/cases/audio.capture/ok.json \
	%D%/cases/audio.capture/too-long.json \
	%D%/cases/audio.hash/none.json \
	%D%/cases/audio.read/nothing-kept.json \
	%D%/cases/audio.read/ok.json \
	%D%/cases/audio.status/ended.json \
	%D%/cases/audio.status/none.json \
	%D%/cases/audio.status/plays.json \
	%D%/cases/audio.status/xma.json \
	%D%/cases/audio.status/xma-unused.json \
	%D%/cases/audio.status/xma-without.json \
	%D%/cases/audit.disable/ok.json \
	%D%/cases/audit.enable/ok.json \
	%D%/cases/audit.focus.add/ok.json \
	%D%/cases/audit.focus.clear/ok.json \
	%D%/cases/audit.focus.get/empty.json \
	%D%/cases/audit.focus.remove/ok.json \
	%D%/cases/audit.focus.set/empty-list.json \
	%D%/cases/audit.focus.set/enables.json \
	%D%/cases/audit.focus.set/while-running.json \
	%D%/cases/audit.report/focus-is-empty.json \
	%D%/cases/audit.report/handles.json \
	%D%/cases/audit.report/pages.json \
	%D%/cases/audit.report/text.json \
	%D%/cases/audit.report/unknown-instance.json \
	%D%/cases/audit.report/what-blocks.json \
	%D%/cases/audit.status/ok.json \
	%D%/cases/audit.timeline/nothing-new.json \
	%D%/cases/audit.timeline/ok.json \
	%D%/cases/container.inspect/absent.json \
	%D%/cases/container.inspect/disc.json \
	%D%/cases/container.inspect/not-a-container.json \
	%D%/cases/container.inspect/outside.json \
	%D%/cases/container.inspect/package.json \
	%D%/cases/container.inspect/svod.json \
	%D%/cases/debug.break.enable/off.json \
	%D%/cases/debug.break.enable/unknown.json \
	%D%/cases/debug.break.list/disabled.json \
	%D%/cases/debug.break.set/any-with-address.json \
	%D%/cases/debug.break.set/disabled.json \
	%D%/cases/debug.break.set/length-of-an-instruction.json \
	%D%/cases/debug.break.set/unknown-event.json \
	%D%/cases/debug.break.set/whose.json \
	%D%/cases/debug.break.set/whose-of-an-instruction.json \
	%D%/cases/debug.break.list/empty.json \
	%D%/cases/debug.break.list/two.json \
	%D%/cases/debug.break.remove/ok.json \
	%D%/cases/debug.break.remove/unknown.json \
	%D%/cases/debug.break.set/address-of-an-export.json \
	%D%/cases/debug.break.set/breakpoint.json \
	%D%/cases/debug.break.set/export.json \
	%D%/cases/debug.break.set/exception.json \
	%D%/cases/debug.break.set/handle.json \
	%D%/cases/debug.break.set/limit.json \
	%D%/cases/debug.break.set/no-address.json \
	%D%/cases/debug.break.set/too-long.json \
	%D%/cases/debug.break.set/unknown-kind.json \
	%D%/cases/debug.break.set/watchpoint.json \
	%D%/cases/debug.disassemble/default.json \
	%D%/cases/debug.disassemble/end-of-memory.json \
	%D%/cases/debug.disassemble/odd.json \
	%D%/cases/debug.disassemble/ok.json \
	%D%/cases/debug.disassemble/points.json \
	%D%/cases/debug.disassemble/symbol.json \
	%D%/cases/debug.disassemble/thread.json \
	%D%/cases/debug.disassemble/two-places.json \
	%D%/cases/debug.disassemble/unknown-symbol.json \
	%D%/cases/debug.disassemble/unknown-thread.json \
	%D%/cases/debug.disassemble/unmapped.json \
	%D%/cases/debug.engine/compared-nothing.json \
	%D%/cases/debug.engine/ok.json \
	%D%/cases/debug.engine/unknown.json \
	%D%/cases/debug.engine/untranslatable.json \
	%D%/cases/debug.gdb.start/again.json \
	%D%/cases/debug.gdb.start/elsewhere.json \
	%D%/cases/debug.gdb.start/no-address.json \
	%D%/cases/debug.gdb.start/not-loopback.json \
	%D%/cases/debug.gdb.start/ok.json \
	%D%/cases/debug.gdb.start/unknown.json \
	%D%/cases/debug.gdb.stop/nothing.json \
	%D%/cases/debug.gdb.stop/ok.json \
	%D%/cases/debug.jit.get/none.json \
	%D%/cases/debug.jit.get/ok.json \
	%D%/cases/debug.jit.list/next-page.json \
	%D%/cases/debug.jit.list/ok.json \
	%D%/cases/debug.jit.list/page.json \
	%D%/cases/debug.symbols.load/absent.json \
	%D%/cases/debug.symbols.load/no-map.json \
	%D%/cases/debug.symbols.load/of-another-title.json \
	%D%/cases/debug.symbols.load/ok.json \
	%D%/cases/debug.symbols.load/outside.json \
	%D%/cases/debug.symbols.load/unknown-instance.json \
	%D%/cases/debug.symbols.load/while-running.json \
	%D%/cases/debug.symbols.lookup/address.json \
	%D%/cases/debug.symbols.lookup/call.json \
	%D%/cases/debug.symbols.lookup/line.json \
	%D%/cases/debug.symbols.lookup/nowhere.json \
	%D%/cases/debug.symbols.lookup/symbol.json \
	%D%/cases/debug.symbols.lookup/two-places.json \
	%D%/cases/debug.symbols.lookup/unknown-symbol.json \
	%D%/cases/diagnose.livelock/json.json \
	%D%/cases/diagnose.livelock/none.json \
	%D%/cases/diagnose.livelock/text.json \
	%D%/cases/diagnose.milestones/json.json \
	%D%/cases/diagnose.milestones/text.json \
	%D%/cases/diagnose.explain/json.json \
	%D%/cases/diagnose.explain/text.json \
	%D%/cases/diagnose.wait_graph/dot.json \
	%D%/cases/diagnose.wait_graph/json.json \
	%D%/cases/digest.get/ok.json \
	%D%/cases/golden.check/bad-config.json \
	%D%/cases/golden.check/bad-renderer.json \
	%D%/cases/golden.check/picture-of-other-size.json \
	%D%/cases/golden.check/picture-is-none.json \
	%D%/cases/golden.check/picture-no-base64.json \
	%D%/cases/golden.check/picture-bad-ssim.json \
	%D%/cases/golden.check/picture-never-made.json \
	%D%/cases/golden.record/picture.json \
	%D%/cases/golden.check/frames.json \
	%D%/cases/golden.check/frames-differ.json \
	%D%/cases/golden.check/data-beside.json \
	%D%/cases/golden.check/differs.json \
	%D%/cases/golden.check/no-image.json \
	%D%/cases/golden.check/nothing-to-compare.json \
	%D%/cases/golden.check/other-engine.json \
	%D%/cases/golden.check/other-image-path.json \
	%D%/cases/golden.check/pass.json \
	%D%/cases/golden.record/broken-dispatcher.json \
	%D%/cases/golden.record/config-invalid.json \
	%D%/cases/golden.record/no-fault-plan.json \
	%D%/cases/golden.record/frames.json \
	%D%/cases/golden.record/ok.json \
	%D%/cases/golden.record/xma.json \
	%D%/cases/frame.diff/before-the-first.json \
	%D%/cases/frame.diff/heat.json \
	%D%/cases/frame.diff/no-base64.json \
	%D%/cases/frame.diff/no-file.json \
	%D%/cases/frame.diff/no-other.json \
	%D%/cases/frame.diff/no-png-file.json \
	%D%/cases/frame.diff/no-png.json \
	%D%/cases/frame.diff/none-given.json \
	%D%/cases/frame.diff/other-size.json \
	%D%/cases/frame.diff/other-without-renderer.json \
	%D%/cases/frame.diff/png.json \
	%D%/cases/frame.diff/two-given.json \
	%D%/cases/frame.diff/with.json \
	%D%/cases/frame.get/before-the-first.json \
	%D%/cases/frame.get/no-renderer.json \
	%D%/cases/frame.get/ok.json \
	%D%/cases/frame.get/png.json \
	%D%/cases/frame.hash/first.json \
	%D%/cases/frame.hash/newest.json \
	%D%/cases/frame.hash/no-renderer.json \
	%D%/cases/frame.hash/not-kept.json \
	%D%/cases/frame.list/from.json \
	%D%/cases/frame.list/limit.json \
	%D%/cases/frame.list/no-renderer.json \
	%D%/cases/frame.list/ok.json \
	%D%/cases/gpu.counters/ok.json \
	%D%/cases/gpu.registers/ok.json \
	%D%/cases/gpu.shaders/disassemble.json \
	%D%/cases/gpu.shaders/none.json \
	%D%/cases/gpu.state/no-ring.json \
	%D%/cases/gpu.state/ok.json \
	%D%/cases/gpu.state/unknown.json \
	%D%/cases/image.disassemble/absent.json \
	%D%/cases/image.disassemble/below.json \
	%D%/cases/image.disassemble/end-of-image.json \
	%D%/cases/image.disassemble/forbidden.json \
	%D%/cases/image.disassemble/not-a-title.json \
	%D%/cases/image.disassemble/odd.json \
	%D%/cases/image.disassemble/ok.json \
	%D%/cases/image.disassemble/outside.json \
	%D%/cases/image.disassemble/symbol.json \
	%D%/cases/image.disassemble/too-many.json \
	%D%/cases/image.disassemble/two-places.json \
	%D%/cases/image.disassemble/unknown-symbol.json \
	%D%/cases/image.inspect/absent.json \
	%D%/cases/image.inspect/directory.json \
	%D%/cases/image.inspect/disc.json \
	%D%/cases/image.inspect/dots.json \
	%D%/cases/image.inspect/not-a-title.json \
	%D%/cases/image.inspect/ok.json \
	%D%/cases/image.inspect/outside.json \
	%D%/cases/image.inspect/svod.json \
	%D%/cases/image.symbols/filter.json \
	%D%/cases/image.symbols/forbidden.json \
	%D%/cases/image.symbols/not-a-title.json \
	%D%/cases/image.symbols/of-an-elf.json \
	%D%/cases/image.symbols/ok.json \
	%D%/cases/image.symbols/page.json \
	%D%/cases/instance.create/config-invalid.json \
	%D%/cases/instance.create/disc.json \
	%D%/cases/instance.create/module-missing.json \
	%D%/cases/instance.create/modules.json \
	%D%/cases/instance.create/name-of-an-id.json \
	%D%/cases/instance.create/name-taken.json \
	%D%/cases/instance.create/no-file.json \
	%D%/cases/instance.create/no-name.json \
	%D%/cases/instance.create/no-fault-plan.json \
	%D%/cases/instance.create/not-a-title.json \
	%D%/cases/instance.create/ok.json \
	%D%/cases/instance.destroy/ok.json \
	%D%/cases/instance.destroy/unknown.json \
	%D%/cases/instance.destroy/while-running.json \
	%D%/cases/instance.fork/crashed.json \
	%D%/cases/instance.fork/name-taken.json \
	%D%/cases/instance.fork/named.json \
	%D%/cases/instance.fork/one.json \
	%D%/cases/instance.fork/too-many.json \
	%D%/cases/instance.fork/unknown.json \
	%D%/cases/instance.fork/while-running.json \
	%D%/cases/instance.get/by-id.json \
	%D%/cases/instance.get/guest-crashed.json \
	%D%/cases/instance.get/ok.json \
	%D%/cases/instance.get/untranslatable.json \
	%D%/cases/instance.list/empty.json \
	%D%/cases/instance.list/first-page.json \
	%D%/cases/instance.list/second-page.json \
	%D%/cases/instance.reset/crashed.json \
	%D%/cases/instance.reset/ok.json \
	%D%/cases/instance.reset/paused.json \
	%D%/cases/instance.reset/unknown.json \
	%D%/cases/instance.reset/while-running.json \
	%D%/cases/log.tail/beyond.json \
	%D%/cases/log.tail/by-category.json \
	%D%/cases/log.tail/by-level.json \
	%D%/cases/log.tail/from.json \
	%D%/cases/log.tail/newest.json \
	%D%/cases/mem.read/base64.json \
	%D%/cases/mem.read/beyond-4-gib.json \
	%D%/cases/mem.read/bulk.json \
	%D%/cases/mem.read/hex.json \
	%D%/cases/mem.read/unmapped.json \
	%D%/cases/mem.read/written.json \
	%D%/cases/mem.write/control-bytes.json \
	%D%/cases/mem.write/not-hex.json \
	%D%/cases/mem.write/odd-digits.json \
	%D%/cases/mem.write/ok.json \
	%D%/cases/mem.write/unmapped.json \
	%D%/cases/mem.write/while-running.json \
	%D%/cases/module.list/title.json \
	%D%/cases/net.close/no-peer.json \
	%D%/cases/net.close/ok.json \
	%D%/cases/net.connect/ok.json \
	%D%/cases/net.connect/taken.json \
	%D%/cases/net.listen/no-address.json \
	%D%/cases/net.listen/nobody-is-there.json \
	%D%/cases/net.listen/ok.json \
	%D%/cases/net.listen/the-consoles-address.json \
	%D%/cases/net.name/forgotten.json \
	%D%/cases/net.name/no-address.json \
	%D%/cases/net.name/no-name.json \
	%D%/cases/net.name/nobody-is-there.json \
	%D%/cases/net.name/ok.json \
	%D%/cases/net.recv/no-peer.json \
	%D%/cases/net.recv/ok.json \
	%D%/cases/net.send/no-digits.json \
	%D%/cases/net.send/no-peer.json \
	%D%/cases/net.send/not-connected.json \
	%D%/cases/net.send/ok.json \
	%D%/cases/net.status/names.json \
	%D%/cases/net.status/nobody-is-there.json \
	%D%/cases/net.status/ok.json \
	%D%/cases/object.list/all.json \
	%D%/cases/object.list/by-type.json \
	%D%/cases/object.list/next-page.json \
	%D%/cases/object.list/page.json \
	%D%/cases/rpc.discover/ok.json \
	%D%/cases/run.cancel/none.json \
	%D%/cases/run.cancel/paused.json \
	%D%/cases/run.cancel/running.json \
	%D%/cases/run.get/compared-in-that-run.json \
	%D%/cases/run.get/crash.json \
	%D%/cases/run.get/exit-code.json \
	%D%/cases/run.get/malformed.json \
	%D%/cases/run.get/newest.json \
	%D%/cases/run.get/none.json \
	%D%/cases/run.get/older.json \
	%D%/cases/run.get/unknown.json \
	%D%/cases/run.pause/not-running.json \
	%D%/cases/run.pause/ok.json \
	%D%/cases/run.start/deadlock-none.json \
	%D%/cases/run.start/after-crash.json \
	%D%/cases/run.start/after-exit.json \
	%D%/cases/run.start/both-counts.json \
	%D%/cases/run.start/busy.json \
	%D%/cases/run.start/compares-in-this-run.json \
	%D%/cases/run.start/compares-nothing.json \
	%D%/cases/run.start/continues-a-pause.json \
	%D%/cases/run.start/counts-exactly.json \
	%D%/cases/run.start/cycles-are-instructions.json \
	%D%/cases/run.start/frames.json \
	%D%/cases/run.start/frames-that-never-come.json \
	%D%/cases/run.start/goes-on-after-steps.json \
	%D%/cases/run.start/hang.json \
	%D%/cases/run.start/names-its-engine.json \
	%D%/cases/run.start/no-count.json \
	%D%/cases/run.start/nothing-after-cancel.json \
	%D%/cases/run.start/nothing-after-the-end.json \
	%D%/cases/run.start/returns-at-once.json \
	%D%/cases/run.start/untranslatable.json \
	%D%/cases/run.step/ended-thread.json \
	%D%/cases/run.step/no-thread.json \
	%D%/cases/run.step/of-a-thread.json \
	%D%/cases/run.step/one.json \
	%D%/cases/run.step/over-a-range.json \
	%D%/cases/run.step/some.json \
	%D%/cases/run.wait/ends.json \
	%D%/cases/run.wait/gives-up.json \
	%D%/cases/snapshot.export/ok.json \
	%D%/cases/snapshot.export/unknown.json \
	%D%/cases/snapshot.get/ok.json \
	%D%/cases/snapshot.get/unknown.json \
	%D%/cases/snapshot.import/no-file.json \
	%D%/cases/snapshot.import/no-snapshot.json \
	%D%/cases/snapshot.import/ok.json \
	%D%/cases/snapshot.import/outside.json \
	%D%/cases/snapshot.list/empty.json \
	%D%/cases/snapshot.list/first-page.json \
	%D%/cases/snapshot.list/last-page.json \
	%D%/cases/snapshot.load/ok.json \
	%D%/cases/snapshot.load/unknown-instance.json \
	%D%/cases/snapshot.load/unknown.json \
	%D%/cases/snapshot.load/while-running.json \
	%D%/cases/snapshot.remove/ok.json \
	%D%/cases/snapshot.remove/shared.json \
	%D%/cases/snapshot.remove/unknown.json \
	%D%/cases/snapshot.save/again.json \
	%D%/cases/snapshot.save/bad-name.json \
	%D%/cases/snapshot.save/ok.json \
	%D%/cases/snapshot.save/replaces.json \
	%D%/cases/snapshot.save/shared.json \
	%D%/cases/snapshot.save/unknown-instance.json \
	%D%/cases/system.coverage/all.json \
	%D%/cases/system.coverage/last-page.json \
	%D%/cases/system.coverage/missing-packets.json \
	%D%/cases/system.coverage/no-such-kind.json \
	%D%/cases/system.coverage/no-such-module.json \
	%D%/cases/system.health/ok.json \
	%D%/cases/system.info/ok.json \
	%D%/cases/system.shutdown/ok.json \
	%D%/cases/system.version/ok.json \
	%D%/cases/thread.diagnostic/json.json \
	%D%/cases/thread.diagnostic/pages.json \
	%D%/cases/thread.diagnostic/text.json \
	%D%/cases/thread.diagnostic/while-running.json \
	%D%/cases/thread.list/ok.json \
	%D%/cases/thread.registers/no-thread.json \
	%D%/cases/thread.registers/ok.json \
	%D%/cases/thread.registers/written.json \
	%D%/cases/thread.set_registers/no-number.json \
	%D%/cases/thread.set_registers/no-thread.json \
	%D%/cases/thread.set_registers/no-vector.json \
	%D%/cases/thread.set_registers/ok.json \
	%D%/cases/thread.set_registers/read-only.json \
	%D%/cases/thread.set_registers/unknown-register.json \
	%D%/cases/thread.set_registers/while-running.json \
	%D%/cases/title.exports/all.json \
	%D%/cases/title.exports/missing.json \
	%D%/cases/title.exports/next-page.json \
	%D%/cases/title.exports/page.json \
	%D%/cases/title.exports/partial.json

# What stopped a run as JSON; the session's files need an emulator to link.
check_PROGRAMS += tests/rpc/test_stop_json
TESTS += tests/rpc/test_stop_json
tests_rpc_test_stop_json_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_rpc_test_stop_json_SOURCES = %D%/test_stop_json.c
tests_rpc_test_stop_json_LDADD = \
	libsession.a libxe_picture.a librpc_instance.a librpc_image.a librpc_report.a librpc.a $(XE_EMU_LDADD) $(JANSSON_LIBS) $(NETTLE_LIBS) \
	$(CRITERION_LIBS)

# Settings as a build without a fault plan has them.
check_PROGRAMS += tests/rpc/test_plain
TESTS += tests/rpc/test_plain
tests_rpc_test_plain_CPPFLAGS = $(AM_CPPFLAGS) -include $(top_srcdir)/tests/support/plain_build.h
tests_rpc_test_plain_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_rpc_test_plain_SOURCES = \
	%D%/test_plain.c tests/support/plain_build.h emu/base/settings.c worker/session/settings.c
tests_rpc_test_plain_LDADD = libxe_base.a $(JANSSON_LIBS) $(CRITERION_LIBS)

# Images as JSON and text, of files that the loader tests' builders make.
check_PROGRAMS += tests/rpc/test_image_json
TESTS += tests/rpc/test_image_json
tests_rpc_test_image_json_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS) $(GCRYPT_CFLAGS)
tests_rpc_test_image_json_SOURCES = %D%/test_image_json.c $(XE_LOADER_BUILDERS)
tests_rpc_test_image_json_LDADD = \
	librpc_image.a librpc.a libxe_audit.a libxe_loader.a libxe_base.a $(GCRYPT_LIBS) $(JANSSON_LIBS) $(CRITERION_LIBS)

# Tables as the manual pages have them.
noinst_PROGRAMS += tests/rpc/man_rows
tests_rpc_man_rows_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_rpc_man_rows_SOURCES = %D%/man_rows.c
tests_rpc_man_rows_LDADD = librpc.a libxe_coverage.a libxe_audit.a libxe_base.a $(JANSSON_LIBS)
dist_check_SCRIPTS += %D%/check-man.sh
TESTS += %D%/check-man.sh

# The input log, replay and the digest trail.
EXTRA_DIST += \
	%D%/cases/digest.trail/from.json \
	%D%/cases/digest.trail/next-page.json \
	%D%/cases/digest.trail/none.json \
	%D%/cases/digest.trail/ok.json \
	%D%/cases/digest.trail/page.json \
	%D%/cases/instance.create/record.json \
	%D%/cases/instance.create/snapshot.json \
	%D%/cases/instance.create/snapshot-unknown.json \
	%D%/cases/instance.get/tainted.json \
	%D%/cases/record.start/ok.json \
	%D%/cases/record.start/tainted.json \
	%D%/cases/record.start/while-running.json \
	%D%/cases/record.stop/not-recording.json \
	%D%/cases/record.stop/ok.json \
	%D%/cases/replay.start/member-of-another-kind.json \
	%D%/cases/replay.start/missing-member.json \
	%D%/cases/replay.start/no-image.json \
	%D%/cases/replay.start/ok.json \
	%D%/cases/replay.start/not-hex.json \
	%D%/cases/replay.start/other-digests.json \
	%D%/cases/replay.start/other-image.json \
	%D%/cases/replay.start/other-schema.json \
	%D%/cases/replay.start/unknown-kind.json \
	%D%/cases/replay.status/none.json \
	%D%/cases/replay.status/recording.json \
	%D%/cases/replay.status/tainted.json \
	%D%/cases/run.get/tainted.json

# Bundles as files, ours and anybody's.
check_PROGRAMS += tests/rpc/test_bundle tests/rpc/fuzz_bundle
TESTS += tests/rpc/test_bundle tests/rpc/fuzz_bundle
tests_rpc_test_bundle_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS) $(ZSTD_CFLAGS)
tests_rpc_test_bundle_SOURCES = %D%/test_bundle.c
tests_rpc_test_bundle_LDADD = librpc_bundle.a librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(ZSTD_LIBS) $(CRITERION_LIBS)
tests_rpc_fuzz_bundle_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(ZSTD_CFLAGS)
tests_rpc_fuzz_bundle_SOURCES = %D%/fuzz_bundle.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_rpc_fuzz_bundle_LDADD = librpc_bundle.a librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(ZSTD_LIBS)

# Under libFuzzer; findings stay in fuzz/bundle.
.PHONY: fuzz-bundle
fuzz: fuzz-bundle
fuzz-bundle: tests/rpc/fuzz_bundle
	@mkdir -p fuzz/clang fuzz/bundle
	@cd fuzz/clang && { test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizers \
	  CC='$(CLANG)' CFLAGS='-O1 -g -fsanitize=fuzzer-no-link -Wno-unknown-warning-option'; }
	@$(MAKE) -s -C fuzz/clang tests/rpc/fuzz_bundle CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@tests/rpc/fuzz_bundle --seeds fuzz/bundle
	@fuzz/clang/tests/rpc/fuzz_bundle -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	  -rss_limit_mb=4096 -max_len=131072 -artifact_prefix=fuzz/bundle- fuzz/bundle

# A run as a bug report has it.
EXTRA_DIST += \
	%D%/cases/diagnose.bundle/stuck.json \
	%D%/cases/diagnose.bundle/tainted.json

# Who calls, and what he may.
EXTRA_DIST += \
	%D%/cases/auth.whoami/owner.json \
	%D%/cases/system.methods/page.json \
	%D%/cases/system.reload/same.json \
	%D%/cases/token.create/bad-name.json \
	%D%/cases/token.create/bad-scope.json \
	%D%/cases/token.create/ok.json \
	%D%/cases/token.create/taken.json \
	%D%/cases/token.list/last-page.json \
	%D%/cases/token.list/page.json \
	%D%/cases/token.revoke/ok.json \
	%D%/cases/token.revoke/unknown.json

# What is collected, and artifacts.
EXTRA_DIST += \
	%D%/cases/artifact.get/no-name.json \
	%D%/cases/artifact.get/ok.json \
	%D%/cases/artifact.get/unknown.json \
	%D%/cases/artifact.list/empty.json \
	%D%/cases/artifact.remove/ok.json \
	%D%/cases/artifact.remove/unknown.json \
	%D%/cases/run.start/collect-no-method.json \
	%D%/cases/run.start/collect-no-read.json \
	%D%/cases/run.start/collect.json \
	%D%/cases/run.start/nearest.json \
	%D%/cases/run.wait/collect-too-late.json \
	%D%/cases/run.wait/collect.json

# Wait graphs, folded.
EXTRA_DIST += %D%/cases/diagnose.wait_graph/folded.json

# Controllers: scripts, ours and anybody's, and the methods about them.
check_PROGRAMS += tests/rpc/test_script tests/rpc/fuzz_script
TESTS += tests/rpc/test_script tests/rpc/fuzz_script
tests_rpc_test_script_CFLAGS = $(XE_TEST_CFLAGS)
tests_rpc_test_script_SOURCES = %D%/test_script.c
tests_rpc_test_script_LDADD = libsession.a libxe_input.a libxe_base.a $(YAML_LIBS) $(CRITERION_LIBS)
tests_rpc_fuzz_script_SOURCES = %D%/fuzz_script.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_rpc_fuzz_script_LDADD = libsession.a libxe_input.a libxe_base.a $(YAML_LIBS)
.PHONY: fuzz-script
fuzz: fuzz-script
fuzz-script: fuzz-bundle tests/rpc/fuzz_script
	@$(MAKE) -s -C fuzz/clang tests/rpc/fuzz_script CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@mkdir -p fuzz/script && tests/rpc/fuzz_script --seeds fuzz/script
	@fuzz/clang/tests/rpc/fuzz_script -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	  -rss_limit_mb=4096 -max_len=131072 -artifact_prefix=fuzz/script- fuzz/script
EXTRA_DIST += \
	%D%/cases/input.get/ok.json \
	%D%/cases/input.get/held.json \
	%D%/cases/input.poll_log/ok.json \
	%D%/cases/input.press/ok.json \
	%D%/cases/input.press/key.json \
	%D%/cases/input.press/two-lengths.json \
	%D%/cases/input.press/no-such-button.json \
	%D%/cases/input.press/no-such-pad.json \
	%D%/cases/input.press/while-running.json \
	%D%/cases/input.set/ok.json \
	%D%/cases/input.set/too-far.json \
	%D%/cases/input.script.load/ok.json \
	%D%/cases/input.script.load/replaces.json \
	%D%/cases/input.script.load/adds.json \
	%D%/cases/input.script.load/malformed.json \
	%D%/cases/input.script.load/alias.json \
	%D%/cases/input.script.status/none.json \
	%D%/cases/input.script.status/played.json \
	%D%/cases/replay.status/pads-are-kept.json
