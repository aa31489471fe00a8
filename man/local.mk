# man
dist_man_MANS += \
	%D%/xe360-audit-report.7 %D%/xe360-cc.1 %D%/xe360-golden.5 %D%/xe360-input.5 %D%/xe360-mkxex.1 %D%/xe360-rpc.7 \
	%D%/xe360-test.7 %D%/xe360-ucode.1 %D%/xe360-worker.8 %D%/xe360-xma.8 %D%/xe360ctl.1 %D%/xe360d.8

# Made of rows: what answers have in them, and what this build has of the console.
XE_MADE_MAN = %D%/xe360-rpc-results.7 %D%/xe360-coverage.7 %D%/xe360d.conf.5
nodist_man_MANS = $(XE_MADE_MAN)
EXTRA_DIST += %D%/xe360-rpc-results.7.in %D%/xe360-coverage.7.in %D%/xe360d.conf.5.in
CLEANFILES += $(XE_MADE_MAN)
XE_MAKE_MAN = $(MKDIR_P) %D% && tests/rpc/man_rows $$part >$@.rows && \
	sed -e '/^@ROWS@$$/{' -e 'r $@.rows' -e d -e '}' $(srcdir)/$@.in >$@.tmp && \
	rm $@.rows && mv $@.tmp $@
%D%/xe360-rpc-results.7: %D%/xe360-rpc-results.7.in tests/rpc/man_rows$(EXEEXT)
	$(AM_V_GEN)part=results; $(XE_MAKE_MAN)
%D%/xe360-coverage.7: %D%/xe360-coverage.7.in tests/rpc/man_rows$(EXEEXT)
	$(AM_V_GEN)part=coverage; $(XE_MAKE_MAN)
%D%/xe360d.conf.5: %D%/xe360d.conf.5.in tests/rpc/man_rows$(EXEEXT)
	$(AM_V_GEN)part=keys; $(XE_MAKE_MAN)
