# Pictures as files, and compared: for whoever has or gets some, the command line included.
noinst_LIBRARIES += libxe_picture.a
libxe_picture_a_CPPFLAGS = $(AM_CPPFLAGS) $(PNG_CFLAGS)
libxe_picture_a_SOURCES = emu/include/xe/picture.h %D%/diff.c %D%/png.c
