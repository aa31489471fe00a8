XE_VFS_BUILDERS = %D%/build.c %D%/build.h %D%/build_gdfx.c %D%/build_stfs.c %D%/build_svod.c

check_PROGRAMS += tests/vfs/test_vfs
TESTS += tests/vfs/test_vfs
tests_vfs_test_vfs_SOURCES = \
	$(XE_VFS_BUILDERS) %D%/containers.c %D%/containers.h %D%/test_container.c %D%/test_gdfx.c %D%/test_source.c %D%/test_stfs.c %D%/test_svod.c
tests_vfs_test_vfs_CFLAGS = $(XE_TEST_CFLAGS) $(GCRYPT_CFLAGS)
tests_vfs_test_vfs_LDADD = libxe_vfs.a libxe_base.a $(GCRYPT_LIBS) $(CRITERION_LIBS)
