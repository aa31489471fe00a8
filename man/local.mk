# man
dist_man_MANS += \
	%D%/xe360-audit-report.7 %D%/xe360-cc.1 %D%/xe360-golden.5 %D%/xe360-input.5 %D%/xe360-mkxex.1 %D%/xe360-rpc.7 \
	%D%/xe360-test.7 %D%/xe360-worker.8 %D%/xe360ctl.1 %D%/xe360d.8

# What answers have in them: made of the rows that they are made of.
nodist_man_MANS = %D%/xe360-rpc-results.7
EXTRA_DIST += %D%/xe360-rpc-results.7.in
CLEANFILES += %D%/xe360-rpc-results.7
%D%/xe360-rpc-results.7: %D%/xe360-rpc-results.7.in tests/rpc/man_rows$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && tests/rpc/man_rows results >$@.rows && \
		sed -e '/^@RESULTS@$$/{' -e 'r $@.rows' -e d -e '}' $(srcdir)/%D%/xe360-rpc-results.7.in >$@.tmp && \
		rm $@.rows && mv $@.tmp $@
