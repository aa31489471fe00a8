# From a function to its caller, by the tables of an image.
libxe_kernel_a_SOURCES += \
	%D%/context.c \
	%D%/context.h \
	%D%/epilogue.c \
	%D%/prologue.c \
	%D%/table.c \
	%D%/unwind.c \
	%D%/unwind.h
