# Textures: where texels lie and what they say. Knows no chip and no memory but by a function.
noinst_LIBRARIES += libxe_texture.a
libxe_texture_a_SOURCES = \
	%D%/blocks.c %D%/decode.c %D%/encode.c %D%/formats.def %D%/layout.c %D%/lod.c %D%/number.c %D%/ram.c %D%/sample.c %D%/texture.c %D%/texture.h \
	%D%/texture_internal.h %D%/tile.c
