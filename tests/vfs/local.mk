check_PROGRAMS += tests/vfs/test_vfs
TESTS += tests/vfs/test_vfs
tests_vfs_test_vfs_SOURCES = %D%/test_source.c
tests_vfs_test_vfs_CFLAGS = $(XE_TEST_CFLAGS)
tests_vfs_test_vfs_LDADD = libxe_vfs.a libxe_base.a $(CRITERION_LIBS)
