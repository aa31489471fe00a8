# Objects, the dispatcher, waits, threads, timers, the scheduler, promises, devices.
libxe_kernel_a_SOURCES += \
	%D%/drive.c emu/include/xe/drives.def %D%/file.c %D%/file.h %D%/file_view.c %D%/given.c %D%/given.h %D%/io.c %D%/io.h %D%/io_internal.h %D%/overlapped.c %D%/overlapped.h %D%/state_io.c \
	%D%/apc.c \
	%D%/audio.c \
	%D%/audio.h \
	%D%/apc.h \
	%D%/asks.c \
	%D%/asks.def \
	%D%/asks.h \
	%D%/callsite.c \
	%D%/callsite.h \
	%D%/callsite_code.c \
	%D%/clock.c \
	%D%/clock.h \
	%D%/codes.c \
	%D%/codes.def \
	%D%/codes.h \
	%D%/device.c \
	%D%/device.h \
	%D%/dispatcher.c \
	%D%/dispatcher.h \
	%D%/dpc.c \
	%D%/ending.c \
	%D%/ending.h \
	%D%/guest_call.c %D%/guest_call.h \
	%D%/handle.c \
	%D%/interrupt.c \
	%D%/interrupt.h \
	%D%/kernel.c \
	%D%/kernel.h \
	%D%/kernel_internal.h \
	%D%/ktimer.c \
	%D%/lacking.c \
	%D%/lacking.h \
	%D%/layout.h \
	%D%/load.c \
	%D%/milestone.c \
	%D%/milestone.h \
	%D%/module.c \
	%D%/module.h \
	%D%/module_calls.c \
	%D%/module_file.c \
	%D%/module_internal.h \
	%D%/module_load.c \
	%D%/module_lock.c \
	%D%/module_past.c \
	%D%/name.c %D%/next.c \
	%D%/notify.c %D%/notify.h \
	%D%/object.c \
	%D%/object.h \
	%D%/pool.c \
	%D%/poster.c \
	%D%/process.c \
	%D%/promise.c \
	%D%/promise.h \
	%D%/queue.c \
	%D%/refused.c \
	%D%/release.c \
	%D%/release.h \
	%D%/report.c \
	%D%/run.c \
	%D%/scheduler.c \
	%D%/seed.c %D%/seed.h %D%/seed_ahead.c %D%/seed_delay.c \
	%D%/site.c \
	%D%/spin.c \
	%D%/spin_lock.c \
	%D%/spin_stores.c %D%/foresee.c %D%/foresee.h \
	%D%/suspend.c \
	%D%/state.c \
	%D%/state.h \
	%D%/state_check.c \
	%D%/state_kernel.c \
	%D%/state_object.c \
	%D%/state_thread.c \
	%D%/status.h \
	%D%/stop.c \
	%D%/sync.c \
	%D%/thread.c %D%/thread_notes.c \
	%D%/thread.h \
	%D%/thread_control.c \
	%D%/timer.c \
	%D%/timer.h \
	%D%/wait.c \
	%D%/walk.c \
	%D%/walk.h \
	%D%/world.c
