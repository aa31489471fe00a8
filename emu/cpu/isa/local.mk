# Instructions as rows: decoding, disassembly, what they access.
libxe_cpu_a_SOURCES += \
	%D%/access.c \
	%D%/access.h \
	%D%/decode.c \
	%D%/decode.h \
	%D%/disassemble.c \
	%D%/exec.h \
	%D%/fields.h \
	%D%/ppc_aliases.def \
	%D%/ppc_insns.def \
	%D%/registers.c \
	%D%/registers.h
