# Sockets and what is between them.
noinst_LIBRARIES += libxe_net.a
libxe_net_a_SOURCES = emu/include/xe/net.h \
	%D%/calls.c %D%/names.c %D%/net.h %D%/net_internal.h %D%/sockets.c %D%/state.c %D%/wire.c
