# Files: where they come from, and the file system that lies over that.
noinst_LIBRARIES += libxe_vfs.a
libxe_vfs_a_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
libxe_vfs_a_SOURCES = \
	emu/include/xe/container.h \
	%D%/bytes.c %D%/catalog.c %D%/catalog.h %D%/checked.c %D%/checked.h %D%/container.c %D%/containers.c %D%/fat_time.c %D%/fatx.c %D%/fatx.h %D%/fatx_chain.c \
	%D%/fatx_internal.h %D%/gdfx.c %D%/gdfx.h %D%/name.c \
	%D%/package.c %D%/package.h %D%/source.h %D%/stfs.c %D%/stfs.h %D%/stfs_blocks.c %D%/stfs_internal.h %D%/stfs_list.c \
	%D%/svod.c %D%/svod.h %D%/svod_data.c %D%/svod_internal.h
libxe_vfs_a_SOURCES += emu/include/xe/files.h \
	%D%/change.c %D%/data.c %D%/find.c %D%/folder.c %D%/folder.h %D%/manifest.c %D%/node.c %D%/pattern.c %D%/state.c %D%/tree.c %D%/vfs.h \
	%D%/vfs_internal.h
