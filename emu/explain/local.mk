# Who waits for whom, and can it ever go on: on top of kernel and audit, below the instance.
noinst_LIBRARIES += libxe_explain.a
libxe_explain_a_SOURCES = \
	emu/include/xe/explain.h %D%/audit.c %D%/collect.c %D%/collect_internal.h %D%/explain.c %D%/explain_internal.h %D%/gpu.c %D%/graph.c \
	%D%/graph.h %D%/health.c %D%/roots.c %D%/sentence.c %D%/spins.c %D%/writers.c
