# The kernel is one library of two halves: the core (objects, dispatcher, threads, scheduler) and
# the HLE families on top of it.
noinst_LIBRARIES += libxe_kernel.a

xe_kernel_core_sources = \
	%D%/apc.c %D%/apc.h %D%/clock.c %D%/clock.h %D%/device.c %D%/device.h %D%/dispatcher.c %D%/dispatcher.h %D%/dpc.c \
	%D%/export_apc.c %D%/export_core.c %D%/export_core.h %D%/export_event.c %D%/export_lock.c \
	%D%/export_object.c %D%/export_queue.c %D%/export_section.c %D%/export_semaphore.c \
	%D%/export_thread.c %D%/export_time.c %D%/export_timer.c %D%/export_wait.c \
	%D%/guest_call.c %D%/handle.c %D%/kernel.c %D%/kernel.h %D%/kernel_internal.h %D%/ktimer.c \
	%D%/lacking.c %D%/lacking.h %D%/layout.h %D%/load.c %D%/name.c %D%/object.c %D%/object.h %D%/pool.c \
	%D%/poster.c %D%/process.c %D%/promise.c %D%/promise.h %D%/queue.c %D%/release.c %D%/release.h %D%/report.c %D%/run.c %D%/scheduler.c %D%/seed.c %D%/site.c \
	%D%/state.c %D%/state.h %D%/state_check.c %D%/state_kernel.c %D%/state_object.c \
	%D%/state_thread.c %D%/status.h %D%/stop.c %D%/sync.c %D%/thread.c %D%/thread.h %D%/thread_control.c \
	%D%/timer.c %D%/timer.h %D%/wait.c %D%/world.c

xe_kernel_hle_sources = \
	%D%/export_crypt.c %D%/export_file.c %D%/export_memory.c %D%/export_net.c %D%/export_print.c %D%/export_random.c \
	%D%/export_rtl.c %D%/export_system.c %D%/export_video.c %D%/export_xam.c %D%/format.c %D%/gpu_regs.c %D%/hle.c \
	%D%/hle.h %D%/hle_internal.h %D%/hle_link.c %D%/hle_promise.c %D%/hle_state.c %D%/hle_families.c %D%/xam.def %D%/xbdm.def \
	%D%/xboxkrnl.def

libxe_kernel_a_SOURCES = $(xe_kernel_core_sources) $(xe_kernel_hle_sources)
