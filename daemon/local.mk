# The wire to workers (daemon and xe360ctl), the worker, the daemon. The daemon links nothing that
# parses or runs guest bytes; tests/daemon/check-nm.sh looks.
noinst_LIBRARIES += libxe_link.a
libxe_link_a_CPPFLAGS = $(AM_CPPFLAGS) -DXE_WORKER_INSTALLED='"$(pkglibexecdir)/xe360-worker"'
libxe_link_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libxe_link_a_SOURCES = %D%/link.c %D%/link.h %D%/roots.c %D%/roots.h

bin_PROGRAMS += xe360d
xe360d_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(JANSSON_CFLAGS) -pthread
xe360d_SOURCES = \
	%D%/daemon.c %D%/daemon.h %D%/http.c %D%/http.h %D%/instances.c %D%/listen.c %D%/listen.h \
	%D%/main.c %D%/methods.c %D%/note.c %D%/note.h %D%/workers.c
xe360d_LDADD = libxe_link.a libxe_rpc.a libxe_base.a $(MHD_LIBS) $(JANSSON_LIBS) -lpthread

pkglibexec_PROGRAMS = xe360-worker
xe360_worker_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS) $(SECCOMP_CFLAGS)
xe360_worker_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
xe360_worker_SOURCES = %D%/worker_main.c %D%/sandbox.c %D%/sandbox.h
xe360_worker_LDADD = \
	libxe_rpc_instance.a libxe_rpc_image.a libxe_rpc_report.a libxe_rpc_image.a libxe_link.a libxe_rpc.a $(XE_EMU_LDADD) \
	$(SECCOMP_LIBS) $(JANSSON_LIBS)
