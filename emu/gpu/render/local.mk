# The reference renderer.
noinst_LIBRARIES += libxe_render.a
libxe_render_a_SOURCES = \
	emu/include/xe/frame.h %D%/copy.c %D%/draw.c %D%/export.c %D%/fetch.c %D%/frame.c %D%/index.c %D%/kept.c %D%/patch.c %D%/render.c %D%/render.h \
	%D%/render_internal.h %D%/seen.c %D%/shader.c %D%/shadow.c %D%/state.c %D%/work.c
libxe_render_a_SOURCES += emu/include/xe/video.h
libxe_render_a_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS)
