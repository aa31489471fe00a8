# From shaded vertices to bits in EDRAM.
noinst_LIBRARIES += libxe_raster.a
libxe_raster_a_SOURCES = \
	%D%/assemble.c %D%/output.c %D%/raster.h %D%/raster_internal.h %D%/setup.c %D%/state.c %D%/triangle.c
