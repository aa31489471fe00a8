# One instance's process.
include worker/session/local.mk

pkglibexec_PROGRAMS = xe360-worker
xe360_worker_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS) $(SECCOMP_CFLAGS)
xe360_worker_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
xe360_worker_SOURCES = %D%/broker.c %D%/broker.h %D%/decoder.c %D%/decoder.h %D%/decoder_start.c %D%/files.c %D%/filter.c %D%/filter.h %D%/main.c %D%/sandbox.c %D%/sandbox.h %D%/title.c %D%/title.h %D%/xma/ask.c %D%/xma/ask.h
xe360_worker_LDADD = \
	libsession.a libxe_picture.a librpc_instance.a librpc_image.a librpc_report.a liblink.a librpc.a \
	$(XE_EMU_LDADD) $(SECCOMP_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(PNG_LIBS) $(NETTLE_LIBS)

include worker/xma/local.mk
