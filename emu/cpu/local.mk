noinst_LIBRARIES += libxe_cpu.a
libxe_cpu_a_SOURCES = \
	%D%/cpu.c %D%/cpu.h %D%/decode.c %D%/decode.h %D%/engine.c %D%/exec.h %D%/exec_branch.c \
	%D%/exec_fpu_mem.c %D%/exec_weak.c %D%/exec_int.c %D%/exec_mem.c %D%/exec_sys.c %D%/ppc_insns.def
