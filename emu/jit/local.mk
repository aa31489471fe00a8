# Translation to x86-64.
noinst_LIBRARIES += libxe_jit.a
libxe_jit_a_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libxe_jit_a_SOURCES = \
	%D%/code.c \
	%D%/deferred.c \
	%D%/deferred.h \
	%D%/dump.c \
	%D%/emit.h \
	%D%/emit_branch.c \
	%D%/emit_cr.c \
	%D%/emit_divide.c \
	%D%/emit_formats.c \
	%D%/emit_fpu.c \
	%D%/emit_fpu.h \
	%D%/emit_int.c \
	%D%/emit_mem.c \
	%D%/emit_rows.h \
	%D%/emit_sys.c \
	%D%/emit_vmx.h \
	%D%/emit_vmx_d3d.c \
	%D%/emit_vmx_float.c \
	%D%/emit_vmx_int.c \
	%D%/emit_vmx_mem.c \
	%D%/emit_vmx_mul.c \
	%D%/emit_vmx_perm.c \
	%D%/emit_vmx_sum.c \
	%D%/fault.c \
	%D%/fpu_state.c \
	%D%/frame.h \
	%D%/gs.c \
	%D%/jit.c \
	%D%/jit.h \
	%D%/jit_rows.def \
	%D%/jit_rows_vmx.def \
	%D%/loop.c \
	%D%/notes.c \
	%D%/operands.c \
	%D%/operands.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/region.h \
	%D%/rows.c \
	%D%/scan.c \
	%D%/scan.h \
	%D%/translate.c \
	%D%/x64.c \
	%D%/x64.h \
	%D%/x64_ops.def
