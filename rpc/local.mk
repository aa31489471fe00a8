# The method table and the exchange (daemon, worker, client); the reports' text; the handlers that
# need the emulator (worker only).
noinst_LIBRARIES += librpc.a librpc_instance.a
librpc_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
librpc_a_SOURCES = \
	%D%/rpc.h %D%/methods.def %D%/rows.h %D%/report_text.h \
	%D%/call.c %D%/check.c %D%/discover.c %D%/error.c %D%/exchange.c %D%/printable.c %D%/printable.h %D%/table.c %D%/types.c \
	%D%/json_bits.c %D%/json_bits.h %D%/member.h %D%/write.c \
	%D%/members_explain.c %D%/members_graph.c %D%/methods_diagnose.c \
	%D%/members_audit.c %D%/members_image.c %D%/image_bits.def %D%/members_inspect.c %D%/members_run.c %D%/members_thread.c %D%/views.h %D%/daemon_views.h %D%/methods_audit.c %D%/methods_engine.c %D%/methods_inspect.c %D%/methods_instance.c %D%/methods_run.c \
	%D%/methods_system.c \
	%D%/gdb.h %D%/gdb_internal.h %D%/gdb_command.c %D%/gdb_memory.c %D%/gdb_packet.c \
	%D%/gdb_query.c %D%/gdb_registers.c %D%/gdb_resume.c \
	%D%/gdb_bridge.c %D%/gdb_bridge.h %D%/gdb_bridge_internal.h %D%/gdb_bridge_run.c \
	%D%/methods_debug.c %D%/methods_disassemble.c %D%/methods_gdb.c %D%/methods_symbols.c %D%/methods_snapshot.c %D%/settings_type.c %D%/stop_type.c
librpc_instance_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
librpc_instance_a_SOURCES = \
	%D%/session.h %D%/session_internal.h %D%/audit_json.h %D%/diagnostic_json.h \
	%D%/audit_json.c %D%/diagnostic_collect.c %D%/diagnostic_json.c \
	%D%/verdict.c %D%/verdict.h %D%/explain_json.c %D%/explain_json.h %D%/graph_json.c %D%/graph_json.h %D%/instance_diagnose.c %D%/lacking.c \
	%D%/instance_audit.c %D%/instance_boot.c %D%/instance_debug.c %D%/instance_disassemble.c %D%/instance_engine.c %D%/instance_frozen.c %D%/instance_golden.c %D%/instance_inspect.c \
	%D%/instance_run.c %D%/instance_settings.c %D%/instance_snapshot.c %D%/instance_stop.c %D%/instance_symbols.c %D%/instance_thread.c %D%/session.c

# Text reports from their JSON; links nothing but Jansson, so that clients can have it.
noinst_LIBRARIES += librpc_report.a
librpc_report_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
librpc_report_a_SOURCES = \
	%D%/diagnostic_text.c %D%/explain_text.c %D%/explain_text.h \
	%D%/explain_who.c %D%/explain_who.h %D%/graph_text.c %D%/report_text.c %D%/run_text.c %D%/text_buffer.c %D%/text_buffer.h

# An image as JSON (needs librpc.a) and that JSON as text (needs Jansson only).
noinst_LIBRARIES += librpc_image.a
librpc_image_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
librpc_image_a_SOURCES = \
	%D%/image_json.c %D%/image_json.h %D%/image_text.c %D%/report_text.h

# The input log, replay and the digest trail.
librpc_a_SOURCES += %D%/methods_record.c
librpc_instance_a_SOURCES += %D%/inputs_json.c %D%/inputs_json.h %D%/instance_record.c
