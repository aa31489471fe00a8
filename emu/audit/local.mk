noinst_LIBRARIES += libxe_audit.a
libxe_audit_a_SOURCES = \
	emu/include/xe/audit.h %D%/audit.h %D%/audit_internal.h %D%/state.h \
	%D%/body.c %D%/diagnose.c %D%/diagnose.h %D%/diagnose_past.c %D%/diagnose_present.c %D%/focus.c %D%/ghost.c \
	%D%/producer.c %D%/record.c %D%/release.c %D%/report.c %D%/say.c %D%/signallers.c %D%/state.c %D%/state_trails.c %D%/timeline.c %D%/trails.c
