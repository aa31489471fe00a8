# The worker on a guest that is none: tests of rpc and daemon need no emulator.
check_PROGRAMS += tests/daemon/xe360-fake-worker
tests_daemon_xe360_fake_worker_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS) $(SECCOMP_CFLAGS)
tests_daemon_xe360_fake_worker_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_daemon_xe360_fake_worker_SOURCES = \
	daemon/worker_main.c daemon/sandbox.c tests/support/fake_emu.c
tests_daemon_xe360_fake_worker_LDADD = \
	libxe_rpc_instance.a libxe_rpc_image.a libxe_rpc_report.a libxe_link.a libxe_rpc.a libxe_base.a $(GCRYPT_LIBS) \
	$(SECCOMP_LIBS) $(JANSSON_LIBS)
