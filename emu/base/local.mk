noinst_LIBRARIES += libxe_base.a
libxe_base_a_SOURCES = \
	emu/include/xe/error.h emu/include/xe/errors.def emu/include/xe/log.h emu/include/xe/nearest.h emu/include/xe/settings.def emu/include/xe/settings.h \
	emu/include/xe/stop.h emu/include/xe/stops.def \
	emu/include/xe/types.h \
	%D%/alloc.c %D%/alloc.h %D%/audit_words.c %D%/bits.h %D%/codec.c %D%/codec.h %D%/error.c %D%/fail.h %D%/line.c %D%/line.h %D%/log.c %D%/map.c %D%/map.h %D%/nearest.c %D%/reader.h %D%/settings.c %D%/stop.c

# What comes from outside.
libxe_base_a_SOURCES += %D%/inputs.c
