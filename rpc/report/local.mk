# The members of reports (for every reader of the API).
librpc_a_SOURCES += \
	%D%/image_bits.def \
	%D%/bundle.h \
	%D%/members_audit.c \
	%D%/members_bundle.c \
	%D%/members_container.c \
	%D%/members_explain.c \
	%D%/members_graph.c \
	%D%/members_image.c %D%/members_spa.c \
	%D%/members_livelock.c \
	%D%/members_milestones.c \
	%D%/members_spin.c \
	%D%/members_thread.c

# The emulator's structs as those members.
librpc_instance_a_SOURCES = \
	%D%/audit_json.c \
	%D%/audit_json.h \
	%D%/crash.c \
	%D%/crash.h \
	%D%/diagnostic_collect.c \
	%D%/diagnostic_json.c \
	%D%/diagnostic_json.h \
	%D%/explain_json.c \
	%D%/explain_json.h \
	%D%/fingerprint.c \
	%D%/fingerprint.h \
	%D%/graph_fold.c \
	%D%/graph_fold.h \
	%D%/graph_json.c \
	%D%/graph_json.h \
	%D%/lacking.c \
	%D%/livelock_json.c \
	%D%/livelock_json.h \
	%D%/milestones_json.c \
	%D%/milestones_json.h \
	%D%/spin_json.c \
	%D%/spin_json.h \
	%D%/spin_words.c \
	%D%/verdict.c \
	%D%/verdict.h

# Text from JSON.
librpc_report_a_SOURCES = \
	%D%/diagnostic_text.c \
	%D%/explain_text.c \
	%D%/explain_text.h \
	%D%/explain_who.c %D%/gpu_json.c %D%/gpu_text.c \
	%D%/explain_who.h \
	%D%/graph_text.c \
	%D%/livelock_text.c \
	%D%/milestones_text.c \
	%D%/spin_text.c \
	%D%/report_text.c \
	%D%/report_text.h \
	%D%/run_text.c \
	%D%/text_buffer.c \
	%D%/text_buffer.h

# An image as JSON (needs librpc.a) and that JSON as text (needs Jansson only).
librpc_image_a_SOURCES = \
	%D%/container_text.c \
	%D%/image_json.c \
	%D%/image_json.h \
	%D%/image_text.c

# Bundles as files.
noinst_LIBRARIES += librpc_bundle.a
librpc_bundle_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(ZSTD_CFLAGS)
librpc_bundle_a_SOURCES = \
	%D%/bundle_file.c \
	%D%/bundle_file.h
