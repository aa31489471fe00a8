# Files: where they come from.
noinst_LIBRARIES += libxe_vfs.a
libxe_vfs_a_SOURCES = %D%/bytes.c %D%/containers.c %D%/name.c %D%/source.h
