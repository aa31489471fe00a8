# What this build has of the console, as rows that link no emulator: for the daemon, clients and the
# manual page. A program that has all of it prints them.
noinst_PROGRAMS += emu/coverage/make_rows
emu_coverage_make_rows_SOURCES = %D%/make_rows.c
emu_coverage_make_rows_LDADD = $(XE_EMU_LDADD)

noinst_LIBRARIES += libxe_coverage.a
libxe_coverage_a_SOURCES = emu/include/xe/coverage.h
nodist_libxe_coverage_a_SOURCES = %D%/rows.c
CLEANFILES += %D%/rows.c
%D%/rows.c: emu/coverage/make_rows$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && emu/coverage/make_rows >$@.tmp && mv $@.tmp $@
