# man
dist_man_MANS += %D%/xe360-audit-report.7
