# The kernel is one library of two halves: the core (objects, dispatcher, threads, scheduler) and
# the HLE families on top of it.
noinst_LIBRARIES += libxe_kernel.a

xe_kernel_core_sources = \
	%D%/apc.h %D%/clock.h %D%/dispatcher.h %D%/kernel.h %D%/object.h %D%/status.h %D%/thread.h \
	%D%/timer.h

xe_kernel_hle_sources = \
	%D%/hle.h %D%/xam.def %D%/xbdm.def %D%/xboxkrnl.def

libxe_kernel_a_SOURCES = $(xe_kernel_core_sources) $(xe_kernel_hle_sources)
