# A worker process and the wire to it; the daemon and xe360ctl both start workers.
noinst_LIBRARIES += liblink.a
liblink_a_CPPFLAGS = $(AM_CPPFLAGS) -DXE_LIBEXEC='"$(pkglibexecdir)"'
liblink_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
liblink_a_SOURCES = \
	%D%/link.c \
	%D%/sendmsg.c \
	%D%/link.h \
	%D%/place.c %D%/place.h \
	%D%/roots.c \
	%D%/roots.h \
	%D%/spawn.c
