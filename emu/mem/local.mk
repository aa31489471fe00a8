noinst_LIBRARIES += libxe_mem.a
libxe_mem_a_SOURCES = \
	emu/include/xe/ranges.def %D%/digest.c %D%/frozen.c %D%/frozen.h %D%/guard.c %D%/heap.c %D%/mem.c %D%/mem.h %D%/mem_internal.h \
	%D%/spans.c %D%/spans.h %D%/state.c %D%/view.c
libxe_mem_a_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS)
