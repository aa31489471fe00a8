# man
dist_man_MANS += \
	%D%/xe360-audit-report.7 %D%/xe360-cc.1 %D%/xe360-golden.5 %D%/xe360-mkxex.1 %D%/xe360-rpc.7 \
	%D%/xe360-worker.8 %D%/xe360ctl.1 %D%/xe360d.8
