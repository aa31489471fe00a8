# The exports, by what they are about.
libxe_kernel_a_SOURCES += \
	%D%/apc.c \
	%D%/crypt.c \
	%D%/debug.c \
	%D%/device_queue.c \
	%D%/directory.c \
	%D%/dos_error.c \
	%D%/dos_error.def \
	%D%/event.c \
	%D%/families.c \
	%D%/file.c \
	%D%/format.c \
	%D%/format_double.c \
	%D%/gpu.c \
	%D%/lock.c \
	%D%/memory.c \
	%D%/net.c \
	%D%/object.c \
	%D%/print.c \
	%D%/queue.c \
	%D%/random.c \
	%D%/rtl.c \
	%D%/section.c \
	%D%/semaphore.c \
	%D%/shared.c \
	%D%/shared.h \
	%D%/string.c \
	%D%/system.c \
	%D%/text.h \
	%D%/thread.c \
	%D%/time.c \
	%D%/timer.c \
	%D%/unicode.c \
	%D%/unicode.def \
	%D%/video.c \
	%D%/wait.c \
	%D%/xam.c
