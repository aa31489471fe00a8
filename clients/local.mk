# xe360ctl: a client of the daemon over HTTP, or of a private worker over its socket.
bin_PROGRAMS += xe360ctl
xe360ctl_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS)
xe360ctl_SOURCES = \
	%D%/ctl.h %D%/ctl_call.c %D%/ctl_debug.c %D%/ctl_dis.c %D%/ctl_evidence.c %D%/ctl_exit.c %D%/ctl_gdb.c %D%/ctl_golden.c %D%/ctl_http.c %D%/ctl_instance.c %D%/ctl_jit.c %D%/ctl_main.c %D%/ctl_pages.c %D%/ctl_private.c %D%/ctl_progress.c \
	%D%/ctl_run.c %D%/ctl_setting.c %D%/ctl_snapshot.c %D%/ctl_symbols.c %D%/ctl_system.c
xe360ctl_LDADD = \
	liblink.a librpc_image.a librpc_report.a librpc.a libxe_audit.a libxe_base.a $(CURL_LIBS) \
	$(JANSSON_LIBS)

# Input logs and digest trails.
xe360ctl_SOURCES += %D%/ctl_input.c

# Many runs.
xe360ctl_SOURCES += %D%/ctl_sweep.c
