# The guest SDK: xe360-mkxex, start-up code, titles. Titles are built by clang and lld at build time.
bin_PROGRAMS += xe360-mkxex
xe360_mkxex_CPPFLAGS = $(AM_CPPFLAGS) $(GCRYPT_CFLAGS)
xe360_mkxex_SOURCES = \
	%D%/mkxex/build.c %D%/mkxex/elf.c %D%/mkxex/huffman.c %D%/mkxex/huffman.h %D%/mkxex/lzx.c \
	%D%/mkxex/main.c %D%/mkxex/mkxex.h %D%/mkxex/pe.c %D%/mkxex/unwind.c
xe360_mkxex_LDADD = $(GCRYPT_LIBS)

# Shaders, from text to words.
bin_PROGRAMS += xe360-ucode
xe360_ucode_SOURCES = %D%/ucode/main.c
xe360_ucode_LDADD = libxe_ucode.a libxe_base.a

# xe360-cc does all steps for a user; the build of the titles below shows them one by one.
nodist_bin_SCRIPTS = %D%/xe360-cc
EXTRA_DIST += %D%/xe360-cc.in
CLEANFILES += %D%/xe360-cc
%D%/xe360-cc: %D%/xe360-cc.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && sed -e 's|[@]pkgdatadir[@]|$(pkgdatadir)|g' \
		-e 's|[@]bindir[@]|$(bindir)|g' -e 's|[@]CLANG[@]|$(CLANG)|g' -e 's|[@]LLD[@]|$(LLD)|g' \
		$(srcdir)/%D%/xe360-cc.in >$@.tmp && chmod +x $@.tmp && mv $@.tmp $@
dist_check_SCRIPTS += %D%/check-races.sh %D%/check-schedules.sh %D%/check-sdk.sh %D%/check-ucode.sh
TESTS += %D%/check-races.sh %D%/check-schedules.sh %D%/check-sdk.sh %D%/check-ucode.sh
XE_RACE_NAMES = aba after-wake check-then-act check-then-wait double-init far-from-start late-field long-use \
	look-once lost-update order-of-wakes published references section stale-reservation three-steps torn-pair \
	unlock-before-store
XE_RACE_NAMES += barrier-reused closed-in-between double-fetch exact-count freed-under-reader late-once over-the-limit \
	sleeper-looks-first third-sees-half two-sections-once
EXTRA_DIST += %D%/harness/every.c %D%/harness/every.tap
EXTRA_DIST += $(XE_RACE_NAMES:%=%D%/races/%.c)

guestdir = $(pkgdatadir)/guest
dist_guest_DATA = \
	%D%/lib/crt0.c %D%/lib/imports.S %D%/lib/runtime.c %D%/lib/wide.S %D%/lib/xe360.ld
guestincludedir = $(guestdir)/include/xe360
dist_guestinclude_DATA = %D%/include/xe360/cxx.h %D%/include/xe360/except.h %D%/include/xe360/kernel.h %D%/include/xe360/module.h \
	%D%/include/xe360/types.h
dist_guestinclude_DATA += %D%/include/xe360/gpu.h
guestgpudir = $(guestdir)/include/gpu
dist_guestgpu_DATA = emu/gpu/registers.def
dist_guestinclude_DATA += %D%/include/xe360/files.h %D%/include/xe360/test.h
guestkerneldir = $(guestdir)/include/kernel/hle
dist_guestkernel_DATA = emu/kernel/hle/xboxkrnl.def emu/kernel/hle/xam.def emu/kernel/hle/xbdm.def

XE_TITLE_NAMES = content
XE_TITLE_NAMES += \
	apcs audio crash cs-deadlock cxx dpc drivers ends four-handles gpu gpu-waits healthy lines locks lost-wake memory missing-export mutants \
	nt-apcs nt-boosts nt-queues nt-suspend nt-timers nt-waits obligation pads priorities pulse queues quiescent reasons seh selfmod semaphores signal-and-wait spin suspend \
	thread-exit thread-notes threads timers tls uncaught vmx128 wait-all waits
XE_TITLE_NAMES += livelock
XE_TITLE_NAMES += net net-events net-names
XE_TITLE_NAMES += xma
XE_TITLE_NAMES += plug
XE_TITLE_NAMES += files files-async
XE_TITLE_NAMES += shaders triangle
XE_TITLE_NAMES += file-rules
XE_TITLE_NAMES += crypt edges edges-rtl names plugins services
XE_TITLE_NAMES += machine monitor prompts users win32-files
# Titles that draw a picture each.
XE_DRAW_NAMES = alias bands blend borders cube depth elements fetches formats grids mixing outlines pipeline points primitives queries samples sampling stencil streams targets texels
XE_DRAW_TITLES = $(XE_DRAW_NAMES:%=tests/guest/draws/%.xex)
EXTRA_DIST += %D%/draws/draws.h $(XE_DRAW_NAMES:%=%D%/draws/%.c)
check_DATA += $(XE_DRAW_TITLES)
XE_DRAW_NAMES += readback
CLEANFILES += $(XE_DRAW_TITLES)
# Titles for tests of workers: they never end, their calls take long, or they end as no other does.
XE_BUSY_NAMES = allocs counts fills prints queries ring wide-exit widths
XE_BUSY_TITLES = $(XE_BUSY_NAMES:%=tests/guest/busy/%.xex)
# What there is many of, and how many: each also with half of that, to see how the cost grows.
XE_SCALE_NAMES = handles-5000 handles-10000 stuck-500 stuck-1000 threads-500 threads-1000 timers-50000 timers-100000
XE_SCALE_NAMES += files-1000 files-2000 reads-512 reads-1024
# For `make soak`: 50,000 files, a GiB that is read.
XE_SCALE_NAMES += files-25000 files-50000 reads-8192 reads-16384
XE_SCALE_TITLES = $(XE_SCALE_NAMES:%=tests/guest/scale/%.xex)
XE_SCALE_CODE = %D%/scale/files.c %D%/scale/handles.c %D%/scale/reads.c %D%/scale/stuck.c %D%/scale/threads.c %D%/scale/timers.c
EXTRA_DIST += $(XE_SCALE_CODE)
check_DATA += $(XE_SCALE_TITLES)
CLEANFILES += $(XE_SCALE_TITLES)
XE_TITLES = $(XE_TITLE_NAMES:%=tests/guest/titles/%.xex)
XE_BENCH_KERNELS = branchy chase sha256 lz calls matrix nbody vectors
XE_BENCH_TITLES = $(XE_BENCH_KERNELS:%=tests/bench/%.xex)
# Every way to pack an image, made of one title: what the loader has to read.
XE_VARIANTS = \
	tests/guest/variants/basic-retail.xex tests/guest/variants/lzx-none.xex \
	tests/guest/variants/lzx-devkit.xex tests/guest/variants/lzx-aligned.xex \
	tests/guest/variants/lzx-uncompressed.xex tests/guest/variants/lzx-mixed.xex \
	tests/guest/variants/lzx-window.xex tests/guest/variants/small-pages.xex \
	tests/guest/variants/none-none.xex

EXTRA_DIST += %D%/titles.txt %D%/titles/check.h %D%/titles/files.h %D%/titles/letters.h %D%/titles/nt.h %D%/titles/seh.h %D%/titles/xma.h $(XE_TITLE_NAMES:%=%D%/titles/%.c) $(XE_BUSY_NAMES:%=%D%/busy/%.c)
check_DATA += $(XE_TITLES) $(XE_BUSY_TITLES) $(XE_VARIANTS) $(XE_BENCH_TITLES)
CLEANFILES += $(XE_TITLES) $(XE_BUSY_TITLES) $(XE_VARIANTS) $(XE_BENCH_TITLES) tests/guest/*/*.elf tests/guest/obj/*.o tests/guest/scale/*.o

.PHONY: titles
titles: $(XE_TITLES)

# With lines, which are no part of a XEX; their paths are those of the source tree.
XE_GUEST_LINES = -g -fdebug-compilation-dir=. -fdebug-prefix-map=$(srcdir)/=
XE_GUEST_CFLAGS = --target=powerpc-unknown-elf -std=gnu17 -O2 $(XE_GUEST_LINES) -ffreestanding -fno-pic -Wall -Wextra \
	-Wno-unused-parameter -I$(srcdir)/tests/guest/include -I$(srcdir)/emu -I$(srcdir)/tests/guest/titles -Itests/guest
XE_GUEST_OBJECTS = \
	tests/guest/obj/crt0.o tests/guest/obj/imports.o tests/guest/obj/runtime.o tests/guest/obj/wide.o
XE_GUEST_LD = $(LLD) --gc-sections -T $(srcdir)/tests/guest/lib/xe360.ld

tests/guest/obj/crt0.o: $(srcdir)/tests/guest/lib/crt0.c $(dist_guestinclude_DATA)
	@mkdir -p tests/guest/obj
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -c -o $@ $<

# A loop that copies must not become a call of the function it is in. No lines: with them clang chooses
# other instructions for a division.
tests/guest/obj/runtime.o: $(srcdir)/tests/guest/lib/runtime.c $(dist_guestinclude_DATA)
	@mkdir -p tests/guest/obj
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -g0 -fno-builtin -ffunction-sections -c -o $@ $<

tests/guest/obj/wide.o: $(srcdir)/tests/guest/lib/wide.S
	@mkdir -p tests/guest/obj
	$(AM_V_at)$(CLANG) --target=powerpc-unknown-elf -c -o $@ $<

tests/guest/obj/imports.o: $(srcdir)/tests/guest/lib/imports.S $(dist_guestkernel_DATA)
	@mkdir -p tests/guest/obj
	$(AM_V_GEN)$(CLANG) --target=powerpc-unknown-elf -I$(srcdir)/emu -c -o $@ $<

tests/guest/obj/%.o: $(srcdir)/tests/guest/titles/%.c $(srcdir)/tests/guest/titles/check.h \
		$(srcdir)/tests/guest/titles/files.h $(srcdir)/tests/guest/titles/letters.h $(srcdir)/tests/guest/titles/nt.h $(srcdir)/tests/guest/titles/seh.h $(srcdir)/tests/guest/titles/xma.h $(dist_guestinclude_DATA)
	@mkdir -p tests/guest/obj
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -c -o $@ $<

# Shaders of titles: headers that xe360-ucode makes.
XE_SHADERS = colour.ps cubemap.ps depth.ps element.ps element.vs four.ps gradients.ps kill.ps killed.vs line.ps lod.ps place.vs point.vs sprite.ps stream.vs texture.ps triangle.ps triangle.vs two.ps volume.ps
XE_SHADER_INCLUDES = $(XE_SHADERS:%=tests/guest/shaders/%.h)
EXTRA_DIST += $(XE_SHADERS:%=%D%/shaders/%)
CLEANFILES += $(XE_SHADER_INCLUDES)
XE_SHADERS += export.vs
$(XE_SHADER_INCLUDES): tests/guest/shaders/%.h: $(srcdir)/tests/guest/shaders/% xe360-ucode$(EXEEXT)
	@mkdir -p tests/guest/shaders
	$(AM_V_GEN)./xe360-ucode -f c -o $@ $<
tests/guest/obj/shaders.o tests/guest/obj/triangle.o: $(XE_SHADER_INCLUDES)

tests/guest/obj/draw-%.o: $(srcdir)/tests/guest/draws/%.c $(srcdir)/tests/guest/draws/draws.h \
		$(srcdir)/tests/guest/titles/check.h $(dist_guestinclude_DATA) $(XE_SHADER_INCLUDES)
	@mkdir -p tests/guest/obj
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -c -o $@ $<

tests/guest/draws/%.elf: tests/guest/obj/draw-%.o $(XE_GUEST_OBJECTS) $(srcdir)/tests/guest/lib/xe360.ld
	@mkdir -p tests/guest/draws
	$(AM_V_at)$(XE_GUEST_LD) -o $@ $(XE_GUEST_OBJECTS) $<

tests/guest/draws/%.xex: tests/guest/draws/%.elf xe360-mkxex$(EXEEXT)
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ $<

tests/guest/obj/busy-%.o: $(srcdir)/tests/guest/busy/%.c $(dist_guestinclude_DATA)
	@mkdir -p tests/guest/obj
	$(AM_V_at)$(CLANG) $(XE_GUEST_CFLAGS) -c -o $@ $<

tests/guest/scale/%.xex: $(XE_SCALE_CODE) $(dist_guestinclude_DATA) $(XE_GUEST_OBJECTS) xe360-mkxex$(EXEEXT)
	@mkdir -p tests/guest/scale
	$(AM_V_GEN)$(CLANG) $(XE_GUEST_CFLAGS) -DMANY=$(lastword $(subst -, ,$*)) -c -o tests/guest/scale/$*.o \
			$(srcdir)/tests/guest/scale/$(firstword $(subst -, ,$*)).c && \
		$(XE_GUEST_LD) -o tests/guest/scale/$*.elf $(XE_GUEST_OBJECTS) tests/guest/scale/$*.o && \
		./xe360-mkxex -c basic -o $@ tests/guest/scale/$*.elf

tests/guest/busy/%.elf: tests/guest/obj/busy-%.o $(XE_GUEST_OBJECTS) $(srcdir)/tests/guest/lib/xe360.ld
	@mkdir -p tests/guest/busy
	$(AM_V_at)$(XE_GUEST_LD) -o $@ $(XE_GUEST_OBJECTS) $<

tests/guest/busy/%.xex: tests/guest/busy/%.elf xe360-mkxex$(EXEEXT)
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ $<

tests/guest/titles/%.elf: tests/guest/obj/%.o $(XE_GUEST_OBJECTS) $(srcdir)/tests/guest/lib/xe360.ld
	@mkdir -p tests/guest/titles
	$(AM_V_at)$(XE_GUEST_LD) -o $@ $(XE_GUEST_OBJECTS) $<

tests/guest/titles/%.xex: tests/guest/titles/%.elf xe360-mkxex$(EXEEXT)
	$(AM_V_GEN)./xe360-mkxex -c basic -o $@ $<

.SECONDARY: $(XE_DRAW_NAMES:%=tests/guest/obj/draw-%.o) $(XE_DRAW_NAMES:%=tests/guest/draws/%.elf) \
	$(XE_BUSY_NAMES:%=tests/guest/obj/busy-%.o) $(XE_BUSY_NAMES:%=tests/guest/busy/%.elf) \
	$(XE_TITLE_NAMES:%=tests/guest/obj/%.o) $(XE_TITLE_NAMES:%=tests/guest/titles/%.elf)

# variants: NAME -> options
XE_VARIANT_basic_retail = -c basic -e retail
XE_VARIANT_lzx_none = -c lzx -e none
XE_VARIANT_lzx_devkit = -c lzx -e devkit -r text=$(srcdir)/LICENSE
XE_VARIANT_lzx_aligned = -c lzx --lzx-blocks=aligned
XE_VARIANT_lzx_uncompressed = -c lzx --lzx-blocks=uncompressed
XE_VARIANT_lzx_mixed = -c lzx -e retail --lzx-blocks=mixed
XE_VARIANT_lzx_window = -c lzx --lzx-window=20
XE_VARIANT_none_none = -c none -e none

tests/guest/variants/small-pages.elf: tests/guest/obj/threads.o $(XE_GUEST_OBJECTS)
	@mkdir -p tests/guest/variants
	$(AM_V_at)$(XE_GUEST_LD) --defsym=XE_BASE=0x90010000 --defsym=XE_PAGE=0x1000 -o $@ $(XE_GUEST_OBJECTS) $<

tests/guest/variants/small-pages.xex: tests/guest/variants/small-pages.elf xe360-mkxex$(EXEEXT)
	$(AM_V_GEN)./xe360-mkxex -p 4k -c lzx -e retail -o $@ $<

tests/guest/variants/%.xex: tests/guest/titles/threads.elf xe360-mkxex$(EXEEXT)
	@mkdir -p tests/guest/variants
	$(AM_V_GEN)./xe360-mkxex $(XE_VARIANT_$(subst -,_,$*)) -o $@ $<

# Libraries and titles that have some: NAME -> source, options of the compiler, of the linker, of mkxex.
# Titles are what the libraries call default.xex.
XE_MODULES = a.dll b.dll c.dll p.dll q.dll x.dll refuses.dll gap.dll orphan.dll alone.dll waits.dll throws.dll \
	modules.xex links.xex hooks.xex lacks.xex short.xex refused.xex catches.xex astray.xex falls_handler.xex falls_stack.xex falls_unwind.xex \
	launches.xex launched.xex nowhere.xex
XE_MODULES += guards.xex parts.xex faults0.dll faults1.dll faults2.dll leaves0.xex leaves1.xex leaves2.xex pokes.xex starts.xex started.xex newer.xex fits.xex dated.dll frees.dll leaves.xex hangs.dll dies.dll nests.dll meets_hangs.xex meets_dies.xex meets_nests.xex
XE_PART = part -DPART='$(1)' $(2) | --entry=DllMain --defsym=XE_BASE=$(3) | \
	--title-library -x 1=value -x 2=self --import-from=default.xex $(4)
XE_MODULE_a = $(call XE_PART,97,-DNEXT,0x83000000,--import-from=b.dll)
XE_MODULE_b = $(call XE_PART,98,-DNEXT,0x83100000,--import-from=c.dll)
XE_MODULE_c = $(call XE_PART,99,,0x83200000)
XE_MODULE_x = $(call XE_PART,120,,0x83000000,--export-names)
XE_MODULE_p = $(call XE_PART,112,-DNEXT -DRING,0x83300000,--import-from=q.dll)
XE_MODULE_q = $(call XE_PART,113,-DNEXT -DRING,0x83400000,--import-from=p.dll)
XE_MODULE_refuses = $(call XE_PART,114,-DNEXT -DREFUSES,0x83500000,--import-from=c.dll)
XE_MODULE_gap = $(call XE_PART,103,-DNEXT -DORDINAL=9,0x83600000,--import-from=c.dll)
XE_MODULE_orphan = $(call XE_PART,111,-DNEXT,0x83700000,--import-from=nonesuch.dll)
XE_MODULE_alone = alone | --entry=DllMain --defsym=XE_BASE=0x91000000 --defsym=XE_PAGE=0x1000 | -p4k --library
XE_MODULE_waits = alone -DWAITS | --entry=DllMain --defsym=XE_BASE=0x91000000 --defsym=XE_PAGE=0x1000 | -p4k --library
XE_MODULE_modules = modules | -u note | -x 1=note
XE_MODULE_links = links | -u note | -x 1=note --import-from=a.dll
XE_MODULE_hooks = hooks | |
XE_MODULE_lacks = links | -u note | -x 1=note --import-from=nonesuch.dll
XE_MODULE_short = links | -u note | -x 1=note --import-from=alone.dll
XE_MODULE_refused = links | -u note | -x 1=note --import-from=refuses.dll
XE_MODULE_throws = throws | --entry=DllMain --defsym=XE_BASE=0x83800000 --defsym=main=0 -u throw_from_library -u relay -u ended \
	-u guest_of -u gone -u catcher -u library_in_catch -u throw_again | \
	--title-library -x 1=throw_from_library -x 2=relay -x 3=ended -x 4=guest_of -x 5=gone -x 6=catcher \
	-x 7=library_in_catch -x 8=throw_again
XE_MODULE_catches = catches | | --import-from=throws.dll
XE_MODULE_astray = catches -DASTRAY | | --import-from=throws.dll
XE_MODULE_falls_handler = falls -DMODE=1 | |
XE_MODULE_falls_stack = falls -DMODE=2 | |
XE_MODULE_falls_unwind = falls -DMODE=3 | |
XE_MODULE_launches = launches | |
XE_MODULE_launched = launched -DNEXT="game:\\default.xex" | -u note --defsym=XE_BASE=0x88000000 | -x 1=note --import-from=c.dll
XE_MODULE_nowhere = launches -DNEXT="game:\\nonesuch.xex" | |
XE_ACTS = acts -D$(1) | --entry=DllMain --defsym=XE_BASE=$(2) --defsym=main=0 -u answer | --title-library -x 1=answer
XE_MODULE_hangs = $(call XE_ACTS,HANGS,0x83900000)
XE_MODULE_dies = $(call XE_ACTS,ENDS,0x83a00000)
XE_MODULE_nests = $(call XE_ACTS,LOADS="a.dll",0x83b00000)
XE_MODULE_starts = starts | |
XE_MODULE_started = starts -DSTARTED | --defsym=XE_BASE=0x88000000 |
XE_MODULE_pokes = pokes | -u note | -x 1=note
XE_MODULE_newer = links | -u note | -x 1=note --import-from=a.dll:0.0.1.1
XE_MODULE_fits = links | -u note | -x 1=note --import-from=a.dll:0.0.1.0
XE_MODULE_dated = $(call XE_PART,100,-DNEXT,0x83d00000,--import-from=c.dll:0.0.2.0)
XE_MODULE_frees = $(call XE_ACTS,FREES,0x83c00000)
XE_MODULE_leaves = leaves -DLIBRARY="frees.dll" | |
XE_MODULE_guards = guards | -u note | -x 1=note
XE_MODULE_parts = parts | -u note | -x 1=note
XE_MODULE_leaves0 = leaves -DLIBRARY="faults0.dll" | |
XE_MODULE_leaves1 = leaves -DLIBRARY="faults1.dll" | |
XE_MODULE_leaves2 = leaves -DLIBRARY="faults2.dll" | |
XE_MODULE_faults0 = $(call XE_ACTS,FAULTS=0,0x83c00000)
XE_MODULE_faults1 = $(call XE_ACTS,FAULTS=1,0x83c00000)
XE_MODULE_faults2 = $(call XE_ACTS,FAULTS=2,0x83c00000)
XE_MEETS = meets -DLIBRARY="$(1)" | -u note | -x 1=note
XE_MODULE_meets_hangs = $(call XE_MEETS,hangs.dll)
XE_MODULE_meets_dies = $(call XE_MEETS,dies.dll)
XE_MODULE_meets_nests = $(call XE_MEETS,nests.dll)
XE_MODULE_FILES = $(XE_MODULES:%=tests/guest/modules/%)
XE_MODULE_CODE = %D%/modules/acts.c %D%/modules/leaves.c %D%/modules/pokes.c %D%/modules/starts.c %D%/modules/meets.c %D%/modules/alone.c %D%/modules/hooks.c %D%/modules/launched.c %D%/modules/launches.c %D%/modules/links.c %D%/modules/modules.c %D%/modules/part.c %D%/modules/catches.c %D%/modules/falls.c %D%/modules/guards.c %D%/modules/parts.c %D%/modules/throws.c
EXTRA_DIST += %D%/modules/build.sh $(XE_MODULE_CODE)
check_DATA += $(XE_MODULE_FILES)
CLEANFILES += $(XE_MODULE_FILES) tests/guest/modules/*.elf tests/guest/modules/*.o

$(XE_MODULE_FILES): $(srcdir)/tests/guest/modules/build.sh $(XE_MODULE_CODE) $(XE_GUEST_OBJECTS) xe360-mkxex$(EXEEXT)
	$(AM_V_GEN)XE_CC='$(CLANG) $(XE_GUEST_CFLAGS)' XE_LD='$(XE_GUEST_LD)' XE_OBJECTS='$(XE_GUEST_OBJECTS)' \
		sh $(srcdir)/tests/guest/modules/build.sh $(srcdir)/tests/guest/modules $@ \
		'$(XE_MODULE_$(basename $(@F)))'

# mkxex itself, judged by the loader.
check_PROGRAMS += tests/guest/test_mkxex
TESTS += tests/guest/test_mkxex
tests_guest_test_mkxex_SOURCES = %D%/test_mkxex.c
tests_guest_test_mkxex_CFLAGS = $(XE_TEST_CFLAGS)
tests_guest_test_mkxex_LDADD = libxe_loader.a libxe_base.a $(GCRYPT_LIBS) $(CRITERION_LIBS)

# The same for what was installed (make distcheck does it); a staged installation can't run yet.
installcheck-local:
	test -n '$(DESTDIR)' || XE_SDK_BIN='$(bindir)' $(srcdir)/%D%/check-sdk.sh
