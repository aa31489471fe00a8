# From a call of an import to its handler; the tables of exports.
libxe_kernel_a_SOURCES += \
	%D%/coverage.c \
	%D%/hle.c \
	%D%/hle.h \
	%D%/hle_internal.h \
	%D%/link.c \
	%D%/promise.c \
	%D%/returns.def \
	%D%/signals.c \
	%D%/state.c \
	%D%/xam.def \
	%D%/xbdm.def \
	%D%/xboxkrnl.def
