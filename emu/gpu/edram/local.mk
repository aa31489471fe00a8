# EDRAM: what the chip draws into, and how it comes out.
noinst_LIBRARIES += libxe_edram.a
libxe_edram_a_SOURCES = \
	%D%/colour.c %D%/colours.def %D%/depth.c %D%/edram.c %D%/edram.h %D%/edram_internal.h %D%/resolve.c %D%/resolve.h
