# Breakpoints, watchpoints, writing from outside: on top of the kernel, below the instance.
noinst_LIBRARIES += libxe_debug.a
libxe_debug_a_SOURCES = emu/include/xe/debug.h %D%/debug.c %D%/debug.h %D%/registers.c
