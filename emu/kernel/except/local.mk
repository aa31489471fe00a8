# Dispatching exceptions, and unwinding.
libxe_kernel_a_SOURCES += \
	%D%/except.h \
	%D%/except_internal.h \
	%D%/fault.c \
	%D%/frame.c \
	%D%/last.c \
	%D%/leave.c \
	%D%/scopes.c \
	%D%/search.c \
	%D%/thrown.c \
	%D%/unhandled.c \
	%D%/walk.c \
	%D%/within.c
