# Sound without a loudspeaker: where a client's frames go.
noinst_LIBRARIES += libxe_apu.a
libxe_apu_a_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS)
libxe_apu_a_SOURCES = \
	emu/include/xe/audio.h \
	%D%/sink.c \
	%D%/sink.h \
	%D%/xma.c \
	%D%/xma.h \
	%D%/xma_fields.def \
	%D%/xma_stream.c \
	%D%/xma_stream.h
