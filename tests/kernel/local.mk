# tests of kernel
check_PROGRAMS += tests/kernel/test_kernel
TESTS += tests/kernel/test_kernel
tests_kernel_test_kernel_SOURCES = \
	%D%/bench.c %D%/bench.h %D%/families.c %D%/test_device.c %D%/test_dispatcher.c %D%/test_histories.c %D%/test_identity.c %D%/test_interrupt.c \
	%D%/test_memory.c %D%/test_object.c %D%/test_overlapped.c %D%/test_program.c %D%/test_promise.c %D%/test_records.c %D%/test_release.c %D%/test_reservation.c %D%/test_seed.c %D%/test_state.c %D%/test_state_fields.c %D%/test_state_kernel.c %D%/test_timer.c \
	tests/support/audit_histories.c tests/support/audit_histories.h
tests_kernel_test_kernel_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_kernel_test_kernel_CFLAGS = $(XE_TEST_CFLAGS)
tests_kernel_test_kernel_LDADD = libtest_fields.a libxe_kernel.a libxe_vfs.a $(XE_GPU_LIBS) libxe_input.a libxe_net.a libxe_apu.a libxe_audit.a $(XE_CPU_LIBS) libxe_mem.a libxe_base.a \
	$(CRITERION_LIBS) $(GCRYPT_LIBS) $(NETTLE_LIBS) -lm

# What threads do at random, against a model of NT's dispatcher.
check_PROGRAMS += tests/kernel/test_nt_model
TESTS += tests/kernel/test_nt_model
tests_kernel_test_nt_model_SOURCES = \
	%D%/bench.c %D%/bench.h %D%/nt_model.c %D%/nt_model.h %D%/nt_threads.c %D%/test_nt_model.c
tests_kernel_test_nt_model_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_kernel_test_nt_model_CFLAGS = $(XE_TEST_CFLAGS)
tests_kernel_test_nt_model_LDADD = $(tests_kernel_test_kernel_LDADD)
XE_SOAK_TESTS += tests/kernel/test_nt_model

# The export families on the real tables.
check_PROGRAMS += tests/kernel/test_hle
TESTS += tests/kernel/test_hle
tests_kernel_test_hle_SOURCES = \
	%D%/bench.c %D%/bench.h %D%/hle_bench.c %D%/hle_bench.h %D%/test_callsite.c %D%/test_hle_link.c %D%/test_hle_lock.c \
	%D%/test_hle_memory.c %D%/test_hle_net.c %D%/test_hle_notify.c %D%/test_hle_print.c %D%/test_hle_rtl.c %D%/test_hle_services.c %D%/test_hle_state.c \
	%D%/test_hle_system.c %D%/test_spin.c %D%/test_stop.c
tests_kernel_test_hle_SOURCES += %D%/test_coverage.c %D%/test_devices.c
tests_kernel_test_hle_SOURCES += %D%/test_spin_stores.c
tests_kernel_test_hle_SOURCES += %D%/test_milestone.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_video.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_content.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_crypt.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_debug.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_refused.c %D%/test_hle_win32_file.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_device_queue.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_directory.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_frames.c
tests_kernel_test_hle_SOURCES += %D%/test_except.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_heap.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_input.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_keys.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_memory_more.c
tests_kernel_test_hle_SOURCES += %D%/socket_bench.h %D%/test_hle_socket.c %D%/test_hle_socket_later.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_string.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_user.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_win32.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_xbdm.c
tests_kernel_test_hle_SOURCES += %D%/test_hle_xnet.c
tests_kernel_test_hle_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_kernel_test_hle_CFLAGS = $(XE_TEST_CFLAGS)
tests_kernel_test_hle_LDADD = libtest_fields.a libxe_kernel.a libxe_vfs.a $(XE_GPU_LIBS) libxe_input.a libxe_net.a libxe_apu.a libxe_audit.a $(XE_CPU_LIBS) libxe_mem.a libxe_base.a \
	$(CRITERION_LIBS) $(GCRYPT_LIBS) $(NETTLE_LIBS) -lm

# Unwinding: against the processor; and of images as anybody may make them (tests/support/fuzz.h).
check_PROGRAMS += tests/kernel/test_unwind
TESTS += tests/kernel/test_unwind
tests_kernel_test_unwind_SOURCES = %D%/test_unwind.c
tests_kernel_test_unwind_CFLAGS = $(XE_TEST_CFLAGS)
tests_kernel_test_unwind_LDADD = libxe_kernel.a $(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(CRITERION_LIBS) $(GCRYPT_LIBS) -lm
check_PROGRAMS += tests/kernel/fuzz_unwind
TESTS += tests/kernel/fuzz_unwind
tests_kernel_fuzz_unwind_SOURCES = %D%/fuzz_unwind.c tests/support/fuzz.h tests/support/fuzz_replay.c
tests_kernel_fuzz_unwind_LDADD = libxe_kernel.a $(XE_CPU_LIBS) libxe_mem.a libxe_base.a $(GCRYPT_LIBS) -lm
# The network's exports, with anything for arguments.
check_PROGRAMS += tests/kernel/fuzz_net
TESTS += tests/kernel/fuzz_net
tests_kernel_fuzz_net_SOURCES = \
	%D%/bench.c %D%/bench.h %D%/fuzz_net.c %D%/hle_bench.c %D%/hle_bench.h tests/support/fuzz.h tests/support/fuzz_replay.c
tests_kernel_fuzz_net_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_kernel_fuzz_net_CFLAGS = $(XE_TEST_CFLAGS)
tests_kernel_fuzz_net_LDADD = $(tests_kernel_test_hle_LDADD)
.PHONY: fuzz-kernel
fuzz: fuzz-kernel
fuzz-kernel: fuzz-e2e tests/kernel/fuzz_net tests/kernel/fuzz_unwind
	@$(MAKE) -s -C fuzz/clang tests/kernel/fuzz_net tests/kernel/fuzz_unwind CPPFLAGS=-DXE_LIBFUZZER LDFLAGS=-fsanitize=fuzzer
	@$(AM_TESTS_ENVIRONMENT) set -e; for target in net unwind; do \
	  mkdir -p fuzz/$$target && tests/kernel/fuzz_$$target --seeds fuzz/$$target; \
	  fuzz/clang/tests/kernel/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 \
	    -max_len=32768 -artifact_prefix=fuzz/$$target- fuzz/$$target; \
	done
