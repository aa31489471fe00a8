# The graphics chip: registers, command processor, display timing.
noinst_LIBRARIES += libxe_gpu.a
libxe_gpu_a_SOURCES = \
	emu/include/xe/gpu.h emu/include/xe/gpu_halts.def emu/include/xe/gpu_limits.def \
	%D%/ahead.c %D%/coverage.c %D%/cp.c %D%/display.c %D%/gpu.c %D%/gpu.h %D%/gpu_internal.h %D%/memory.c %D%/packets.c \
	%D%/packets.def %D%/packets_draw.c %D%/packets_wait.c %D%/renderer.h %D%/registers.c %D%/registers.def %D%/rows.c %D%/state.c

# Pictures are made by loops over lanes and components: a quarter faster by this, with the same bits
# (tests/gpu/check-bits.sh).
emu/gpu/%.o: CFLAGS := $(CFLAGS:-O2=-O3)
