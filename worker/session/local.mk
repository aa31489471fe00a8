# The worker's brain: the handlers of every method that an instance answers.
noinst_LIBRARIES += libsession.a
libsession_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(YAML_CFLAGS) $(PNG_CFLAGS) $(NETTLE_CFLAGS)
libsession_a_SOURCES = \
	%D%/audio.c \
	%D%/vfs.c \
	%D%/audit.c \
	%D%/boot.c \
	%D%/bundle.c \
	%D%/collect.c \
	%D%/container.c \
	%D%/debug.c \
	%D%/diagnose.c \
	%D%/disassemble.c \
	%D%/engine.c \
	%D%/frame.c \
	%D%/frame_diff.c \
	%D%/frozen.c \
	%D%/golden.c \
	%D%/golden_picture.c \
	%D%/gpu.c \
	%D%/input.c \
	%D%/inspect.c \
	%D%/module.c \
	%D%/net.c \
	%D%/record.c \
	%D%/run.c \
	%D%/script.c \
	%D%/script.h \
	%D%/session.c \
	%D%/session.h \
	%D%/session_internal.h \
	%D%/settings.c \
	%D%/snapshot.c \
	%D%/stop.c \
	%D%/symbols.c \
	%D%/thread.c
