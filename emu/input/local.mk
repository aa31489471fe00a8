# Controllers and the keyboard: events from outside, what a title is given.
noinst_LIBRARIES += libxe_input.a
libxe_input_a_SOURCES = \
	emu/include/xe/keys.def emu/include/xe/pads.def emu/include/xe/pads.h \
	%D%/pads.c %D%/pads.h %D%/pads_internal.h %D%/state.c %D%/words.c
