dist_check_SCRIPTS += %D%/check-doc.sh
TESTS += %D%/check-doc.sh
check_PROGRAMS += tests/audit/test_audit
TESTS += tests/audit/test_audit
tests_audit_test_audit_SOURCES = \
	%D%/fixture.c %D%/fixture.h \
	%D%/test_complete.c %D%/test_diagnosis.c %D%/test_diagnosis_past.c %D%/test_diagnostic.c %D%/test_explain_text.c %D%/test_focus.c %D%/test_text.c %D%/test_histories.c %D%/test_identity.c %D%/test_report.c %D%/test_signallers.c %D%/test_state.c %D%/test_trails.c \
	tests/support/audit_histories.c tests/support/audit_histories.h \
	tests/support/audit_model.c tests/support/audit_model.h \
	tests/support/fields.c tests/support/fields.h
tests_audit_test_audit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_audit_test_audit_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_audit_test_audit_LDADD = \
	librpc_instance.a librpc_report.a librpc.a libxe_audit.a $(XE_GPU_LIBS) libxe_mem.a libxe_base.a \
	$(CRITERION_LIBS) $(JANSSON_LIBS)
EXTRA_DIST += \
	%D%/golden/audit-report.json %D%/golden/audit-report.txt \
	%D%/golden/thread-diagnostic.json %D%/golden/thread-diagnostic.txt
