# Who runs the guest's code: interpreter or JIT, or both with a check of one against the other.
noinst_LIBRARIES += libxe_engine.a
libxe_engine_a_SOURCES = \
	%D%/check.c \
	%D%/check.h \
	%D%/check_report.c \
	%D%/engine.c \
	%D%/inspect.c \
	%D%/trial.c
