# The kernel is one library of three folders: the core (objects, dispatcher, threads, scheduler), the
# HLE through which the guest calls it, and the families of exports on top.
noinst_LIBRARIES += libxe_kernel.a
libxe_kernel_a_SOURCES =
include emu/kernel/core/local.mk
include emu/kernel/hle/local.mk
include emu/kernel/families/local.mk
include emu/kernel/unwind/local.mk
include emu/kernel/except/local.mk
