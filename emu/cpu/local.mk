# Engine, translator, instructions, in link order.
XE_CPU_LIBS = libxe_engine.a libxe_jit.a libxe_cpu.a

# The CPU: its registers, what instructions are (isa), mean (interp, softfp); and who runs them.
noinst_LIBRARIES += libxe_cpu.a
# Guest arithmetic is spelled out, so the compiler may not fuse it.
libxe_cpu_a_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libxe_cpu_a_SOURCES = \
	%D%/cpu.c \
	%D%/cpu.h \
	%D%/engine_internal.h \
	%D%/meter.h \
	%D%/state.c \
	%D%/trial.h

include emu/cpu/isa/local.mk
include emu/cpu/interp/local.mk
include emu/cpu/softfp/local.mk
include emu/cpu/engine/local.mk
