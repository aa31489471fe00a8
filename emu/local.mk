# The instance ties the parts; state/ holds what is saved and digested.
noinst_LIBRARIES += libxe_emu.a
libxe_emu_a_SOURCES = \
	emu/include/xe/audit.h emu/include/xe/breath.h emu/include/xe/coverage.h emu/include/xe/decoder.h emu/include/xe/partial.def emu/include/xe/device.h emu/include/xe/devices.def emu/include/xe/engine.h emu/include/xe/files.h emu/include/xe/image.h emu/include/xe/instance.h emu/include/xe/kernel.h \
	emu/include/xe/lacking.def emu/include/xe/lacking.h emu/include/xe/promise.h emu/include/xe/promises.def emu/include/xe/release.h emu/include/xe/spin.h emu/include/xe/writers.h \
	%D%/instance.c %D%/instance_frozen.c %D%/instance_internal.h %D%/instance_places.c %D%/instance_snapshot.c %D%/instance_state.c %D%/state/digest.c %D%/state/digest.h \
	%D%/state/snapshot.c %D%/state/snapshot.h %D%/state/state.c %D%/state/state.h
libxe_emu_a_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS) $(ZSTD_CFLAGS)

# What is in a snapshot's file, for the daemon too.
noinst_LIBRARIES += libxe_snapshot.a
libxe_snapshot_a_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS)
libxe_snapshot_a_SOURCES = emu/include/xe/snapshot.h %D%/state/head.c

# The graphics chip and what makes its pictures, in link order; the whole emulator.
XE_GPU_LIBS = libxe_render.a libxe_gpu.a libxe_raster.a libxe_edram.a libxe_ref.a libxe_texture.a libxe_ucode.a
XE_EMU_LIBS = libxe_emu.a libxe_snapshot.a libxe_explain.a libxe_debug.a libxe_kernel.a libxe_vfs.a $(XE_GPU_LIBS) libxe_input.a libxe_net.a libxe_apu.a $(XE_CPU_LIBS) libxe_loader.a libxe_audit.a libxe_mem.a libxe_base.a
XE_EMU_LDADD = $(XE_EMU_LIBS) $(DW_LIBS) $(GCRYPT_LIBS) $(NETTLE_LIBS) $(ZSTD_LIBS) -lm

# What comes from outside, and the digest trail.
libxe_emu_a_SOURCES += \
	emu/include/xe/inputs.def emu/include/xe/inputs.h %D%/state/inputs.c %D%/state/inputs.h \
	%D%/instance_inputs.c %D%/instance_net.c %D%/instance_next.c %D%/instance_pads.c %D%/instance_modules.c %D%/instance_replay.c %D%/instance_scout.c %D%/instance_sound.c %D%/instance_trail.c

# How far a title has come.
libxe_emu_a_SOURCES += emu/include/xe/milestone.h emu/include/xe/milestones.def
