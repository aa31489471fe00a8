# Microcode: the table, and what is made of it. Knows no chip and no memory, so the assembler links it alone.
noinst_LIBRARIES += libxe_ucode.a
libxe_ucode_a_SOURCES = \
	emu/include/xe/ucode.h %D%/assemble.c %D%/coverage.c %D%/decode.c %D%/parse.c %D%/parse_alu.c %D%/parse_cf.c \
	%D%/parse_fetch.c %D%/print.c %D%/print_alu.c %D%/print_fetch.c %D%/table.c %D%/ucode.def %D%/ucode.h %D%/ucode_internal.h
