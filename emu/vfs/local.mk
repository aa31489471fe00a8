# Files: where they come from.
noinst_LIBRARIES += libxe_vfs.a
libxe_vfs_a_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
libxe_vfs_a_SOURCES = \
	%D%/bytes.c %D%/catalog.c %D%/catalog.h %D%/containers.c %D%/gdfx.c %D%/gdfx.h %D%/name.c %D%/source.h
