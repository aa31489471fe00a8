# The daemon links nothing that parses or runs guest bytes; tests/daemon/check-nm.sh looks.
bin_PROGRAMS += xe360d
xe360d_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(NETTLE_CFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) -pthread
xe360d_SOURCES = \
	%D%/claim.c %D%/claim.h %D%/create.c %D%/daemon.c %D%/fork.c %D%/daemon.h %D%/door.c %D%/door.h %D%/door_internal.h %D%/effort.c %D%/effort.h %D%/gdb.c %D%/frame.c %D%/frame_diff.c %D%/gdb.h %D%/head.c %D%/head.h %D%/http.c %D%/http.h %D%/http_internal.h %D%/http_route.c %D%/images.c %D%/instances.c %D%/listen.c %D%/listen.h %D%/loop.c %D%/loop.h \
	%D%/main.c %D%/methods.c %D%/note.c %D%/note.h %D%/picture.c %D%/premises.c %D%/premises.h %D%/pulse.c %D%/ready.c %D%/pulse.h %D%/shelf.c %D%/shelf.h %D%/shelf_blobs.c %D%/shelf_internal.h %D%/snapshot_json.c %D%/snapshots.c %D%/snapshots.h %D%/store.c %D%/store.h %D%/tap.c %D%/visitor.c %D%/workers.c
# Files that clients have put.
xe360d_SOURCES += %D%/artifacts.c %D%/artifacts.h %D%/depot.c %D%/depot.h %D%/http_artifact.c
# Calls that are made once.
xe360d_SOURCES += %D%/once.c %D%/once.h
# What it is told when it starts, and again.
xe360d_SOURCES += %D%/config.c %D%/config.def %D%/config.h %D%/config_yaml.c %D%/reload.c %D%/reload.h
# Who may call, and what is kept of that.
xe360d_SOURCES += %D%/kept.c %D%/kept.h %D%/keyring.c %D%/keyring.h %D%/reach.c %D%/reach.h %D%/tokens.c %D%/tokens.h
xe360d_LDADD = liblink.a librpc.a libxe_coverage.a libxe_audit.a libxe_snapshot.a libxe_base.a $(GCRYPT_LIBS) $(NETTLE_LIBS) $(MHD_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) -lpthread
