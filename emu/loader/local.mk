# Executable images: XEX2 and ELF, bytes in, image out.
noinst_LIBRARIES += libxe_loader.a
libxe_loader_a_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS) $(DW_CFLAGS)
libxe_loader_a_SOURCES = \
	emu/include/xe/image.h emu/include/xe/spa.h emu/include/xe/symbols.h \
	%D%/crypto.c %D%/crypto.h %D%/delta.c %D%/delta.h %D%/dwarf.c %D%/elf.c %D%/elf_debug.c %D%/elf_imports.c %D%/elf_internal.h %D%/elf_symbols.c %D%/image.c \
	%D%/image_internal.h %D%/lines.c %D%/lines.h %D%/lzx.c %D%/lzx.h %D%/map.c %D%/pe.c %D%/place.c %D%/spa.c %D%/spa.h %D%/symbols.c %D%/symbols_file.c %D%/symbols_internal.h %D%/text.c %D%/xex.c %D%/xex_body.c \
	%D%/xex_exports.c %D%/xex_headers.c %D%/xex_imports.c %D%/xex_internal.h %D%/xex_keys.def \
	%D%/xex_patch.c %D%/xex_security.c
