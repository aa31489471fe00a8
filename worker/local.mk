# A worker process and the wire to it; the daemon and xe360ctl both start workers.
noinst_LIBRARIES += liblink.a
liblink_a_CPPFLAGS = $(AM_CPPFLAGS) -DXE_WORKER_INSTALLED='"$(pkglibexecdir)/xe360-worker"'
liblink_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
liblink_a_SOURCES = %D%/link.c %D%/link.h %D%/roots.c %D%/roots.h %D%/spawn.c

pkglibexec_PROGRAMS = xe360-worker
xe360_worker_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS) $(SECCOMP_CFLAGS)
xe360_worker_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
xe360_worker_SOURCES = %D%/filter.c %D%/filter.h %D%/main.c %D%/sandbox.c %D%/sandbox.h
xe360_worker_LDADD = \
	librpc_instance.a librpc_image.a librpc_report.a liblink.a librpc.a \
	$(XE_EMU_LDADD) $(SECCOMP_LIBS) $(JANSSON_LIBS)
