# The GDB remote protocol, and the bridge from it to methods of the API.
librpc_a_SOURCES += \
	%D%/bridge.c \
	%D%/bridge.h \
	%D%/bridge_internal.h \
	%D%/bridge_run.c \
	%D%/command.c \
	%D%/gdb.h \
	%D%/gdb_internal.h \
	%D%/memory.c \
	%D%/packet.c \
	%D%/query.c \
	%D%/registers.c \
	%D%/resume.c
