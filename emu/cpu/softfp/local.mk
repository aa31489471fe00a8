# Arithmetic that the host does otherwise: floating point, estimates, vectors.
libxe_cpu_a_SOURCES += \
	%D%/fpu_convert.c \
	%D%/fpu_math.c \
	%D%/fpu_math.h \
	%D%/fpu_soft.c \
	%D%/fpu_soft.h \
	%D%/fpu_status.h \
	%D%/vmx_d3d.c \
	%D%/vmx_d3d.h \
	%D%/vmx_estimate.c \
	%D%/vmx_float.c \
	%D%/vmx_float.h \
	%D%/vmx_int.c \
	%D%/vmx_int.h \
	%D%/vmx_internal.h \
	%D%/vmx_lanes.def \
	%D%/vmx_perm.c \
	%D%/vmx_perm.h \
	%D%/vmx_quick.h
