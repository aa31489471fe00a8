# Shaders, run by the book: the same bits in every build, so no two steps are ever fused.
noinst_LIBRARIES += libxe_ref.a
libxe_ref_a_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libxe_ref_a_SOURCES = \
	%D%/alu.c %D%/exact.c %D%/exact.h %D%/fetch.c %D%/flow.c %D%/operands.h %D%/prepare.c %D%/shader.h %D%/shader_internal.h \
	%D%/vertex.c
