noinst_LIBRARIES += libxe_mem.a
libxe_mem_a_SOURCES = %D%/mem.h
libxe_mem_a_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS)
