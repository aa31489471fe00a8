# The API: librpc.a is its table and the exchange (daemon, worker, client); librpc_instance.a what
# reads the emulator's structs into rows' views (worker, and tests); librpc_report.a the reports' text
# and librpc_image.a an image's, from their JSON (Jansson only, so that clients can have them).
noinst_LIBRARIES += librpc.a librpc_instance.a librpc_report.a librpc_image.a
librpc_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
librpc_a_SOURCES =
librpc_instance_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
librpc_report_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
librpc_image_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)

include rpc/api/local.mk
include rpc/report/local.mk
include rpc/gdb/local.mk
include rpc/link/local.mk
