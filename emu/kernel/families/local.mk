# The exports, by what they are about.
libxe_kernel_a_SOURCES += \
	%D%/absent.c \
	%D%/apc.c \
	%D%/audio.c \
	%D%/config.c \
	%D%/content.c %D%/content.h %D%/content_list.c %D%/content_store.c %D%/enumerate.h \
	%D%/config.def \
	%D%/crypt.c %D%/crypt.h %D%/crypt_cipher.c %D%/crypt_hash.c %D%/crypt_number.c \
	%D%/debug.c \
	%D%/device_queue.c \
	%D%/driver.c \
	%D%/devices.h \
	%D%/directory.c \
	%D%/dos_error.c \
	%D%/dos_error.def \
	%D%/enumerate.c \
	%D%/event.c \
	%D%/except.c \
	%D%/families.c \
	%D%/file.c %D%/file.h %D%/file_classes.def %D%/file_coverage.c %D%/file_info.c %D%/file_io.c %D%/file_list.c %D%/file_path.c %D%/file_volume.c \
	%D%/win32_file.c %D%/win32_find.c \
	%D%/format.c \
	%D%/format_double.c \
	%D%/gpu.c \
	%D%/heap.c \
	%D%/keys.c \
	%D%/input.c \
	%D%/input.h \
	%D%/locale.c \
	%D%/launch.c %D%/launch.h \
	%D%/lock.c \
	%D%/memory.c %D%/memory_image.c %D%/memory_xam.c \
	%D%/message.c \
	%D%/module.c \
	%D%/net.c \
	%D%/net.h \
	%D%/net_events.c \
	%D%/net_many.c \
	%D%/net_names.c \
	%D%/net_pending.c \
	%D%/net_select.c \
	%D%/net_socket.c \
	%D%/net_try.c \
	%D%/net_wait.c \
	%D%/net_xnet.c \
	%D%/object.c \
	%D%/print.c \
	%D%/queue.c \
	%D%/random.c \
	%D%/rtl.c \
	%D%/section.c \
	%D%/semaphore.c \
	%D%/shared.c \
	%D%/shared.h \
	%D%/smc.c \
	%D%/string.c \
	%D%/system.c \
	%D%/task.c \
	%D%/text.h \
	%D%/thread.c \
	%D%/time.c \
	%D%/timer.c \
	%D%/uart.c \
	%D%/unicode.c \
	%D%/unwind.c \
	%D%/user.c %D%/user.h \
	%D%/unicode.def \
	%D%/video.c \
	%D%/wait.c \
	%D%/win32.c \
	%D%/win32_text.c \
	%D%/xam.c \
	%D%/xbdm.c \
	%D%/xma.c
