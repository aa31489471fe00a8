noinst_LIBRARIES += libxe_cpu.a
libxe_cpu_a_SOURCES = \
	%D%/access.c %D%/access.h %D%/check.c %D%/check.h %D%/check_report.c %D%/cpu.c %D%/cpu.h %D%/decode.c %D%/decode.h %D%/engine.c %D%/exec.h %D%/exec_branch.c %D%/fields.h \
	%D%/disassemble.c %D%/exec_int.c %D%/exec_mem.c %D%/exec_mem.h %D%/exec_sys.c %D%/ppc_aliases.def \
	%D%/ppc_insns.def %D%/state.c
libxe_cpu_a_SOURCES += \
	%D%/engine_internal.h %D%/inspect.c %D%/jit/code.c %D%/jit/dump.c %D%/jit/emit.c \
	%D%/jit/emit_branch.c %D%/jit/emit_cr.c %D%/jit/emit_divide.c %D%/jit/emit_fpu.c \
	%D%/jit/emit_fpu.h %D%/jit/emit_int.c %D%/jit/emit_mem.c %D%/jit/emit_rows.h %D%/jit/emit_sys.c \
	%D%/jit/emit_vmx.h %D%/jit/emit_vmx_d3d.c %D%/jit/emit_vmx_float.c %D%/jit/emit_vmx_int.c \
	%D%/jit/emit_vmx_mem.c %D%/jit/emit_vmx_mul.c %D%/jit/emit_vmx_perm.c %D%/jit/emit_vmx_sum.c \
	%D%/jit/fault.c %D%/jit/fpu.c %D%/jit/gs.c %D%/jit/held.c %D%/jit/jit.c %D%/jit/jit.h %D%/jit/jit_internal.h \
	%D%/jit/jit_rows.def %D%/jit/jit_rows_vmx.def %D%/jit/loop.c %D%/jit/operands.h %D%/jit/region.c %D%/jit/rows.c \
	%D%/jit/translate.c %D%/jit/x64.c %D%/jit/x64.h %D%/jit/x64_ops.def
# Floating point and vectors. Guest arithmetic is spelled out, so the compiler may not fuse it.
libxe_cpu_a_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libxe_cpu_a_SOURCES += \
	%D%/exec_fpu.h %D%/exec_fpu_arith.c %D%/exec_fpu_convert.c %D%/exec_fpu_mem.c \
	%D%/exec_fpu_move.c %D%/exec_fpu_status.c %D%/exec_vmx.h %D%/exec_vmx128.c \
	%D%/exec_vmx_float.c %D%/exec_vmx_int.c %D%/exec_vmx_mem.c %D%/exec_vmx_perm.c \
	%D%/fpu_convert.c %D%/fpu_math.c %D%/fpu_math.h %D%/fpu_soft.c %D%/fpu_soft.h \
	%D%/fpu_status.h %D%/vmx_d3d.c %D%/vmx_d3d.h %D%/vmx_estimate.c %D%/vmx_float.c \
	%D%/vmx_float.h %D%/vmx_int.c %D%/vmx_int.h %D%/vmx_internal.h %D%/vmx_lanes.def \
	%D%/vmx_perm.c %D%/vmx_perm.h %D%/vmx_quick.h
