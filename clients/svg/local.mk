# The errand that lays graphs out. Plug-ins of graphviz are linked in, so none is looked for.
pkglibexec_PROGRAMS += xe360-svg
xe360_svg_CFLAGS = $(AM_CFLAGS) $(GVC_CFLAGS) $(SECCOMP_CFLAGS)
xe360_svg_SOURCES = %D%/main.c
xe360_svg_LDADD = $(GVC_LIBS) $(SECCOMP_LIBS)
