# What each instruction does: the interpreter, and the truth for every other engine.
libxe_cpu_a_SOURCES += \
	%D%/branch.c \
	%D%/fpu.h \
	%D%/fpu_arith.c \
	%D%/fpu_convert.c \
	%D%/fpu_mem.c \
	%D%/fpu_move.c \
	%D%/fpu_status.c \
	%D%/int.c \
	%D%/mem.c \
	%D%/mem.h \
	%D%/sys.c \
	%D%/vmx.h \
	%D%/vmx128.c \
	%D%/vmx_float.c \
	%D%/vmx_int.c \
	%D%/vmx_mem.c \
	%D%/vmx_perm.c
