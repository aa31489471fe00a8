include clients/svg/local.mk

# xe360ctl: a client of the daemon over HTTP, or of a private worker over its socket.
bin_PROGRAMS += xe360ctl
xe360ctl_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS) $(YAML_CFLAGS)
xe360ctl_SOURCES = \
	%D%/ctl/audio.c \
	%D%/ctl/base64.c \
	%D%/ctl/bundle.c \
	%D%/ctl/writers.c \
	%D%/ctl/call.c \
	%D%/ctl/compare.c %D%/ctl/completion.c %D%/ctl/coverage.c \
	%D%/ctl/ctl.h \
	%D%/ctl/debug.c \
	%D%/ctl/dis.c \
	%D%/ctl/evidence.c \
	%D%/ctl/exit.c \
	%D%/ctl/extract.c \
	%D%/ctl/frame.c \
	%D%/ctl/gdb.c \
	%D%/ctl/golden.c \
	%D%/ctl/gpu.c \
	%D%/ctl/graph.c \
	%D%/ctl/http.c \
	%D%/ctl/input.c \
	%D%/ctl/instance.c \
	%D%/ctl/jit.c \
	%D%/ctl/look.c \
	%D%/ctl/mcp.c %D%/ctl/mcp.h %D%/ctl/mcp_tools.c %D%/ctl/mount.c \
	%D%/ctl/main.c \
	%D%/ctl/options.c %D%/ctl/options_internal.h %D%/ctl/options_parse.c %D%/ctl/output.c \
	%D%/ctl/net.c \
	%D%/ctl/pads.c \
	%D%/ctl/pages.c %D%/ctl/params.c %D%/ctl/patch.c %D%/ctl/picture.c \
	%D%/ctl/private.c \
	%D%/ctl/progress.c \
	%D%/ctl/reproduce.c \
	%D%/ctl/run.c \
	%D%/ctl/run_snapshot.c \
	%D%/ctl/setting.c \
	%D%/ctl/signals.c %D%/ctl/snapshot.c %D%/ctl/status.c \
	%D%/ctl/sweep.c \
	%D%/ctl/symbols.c \
	%D%/ctl/system.c \
	%D%/ctl/table.c \
	%D%/ctl/verbs.c %D%/ctl/vfs.c %D%/ctl/yaml.c
xe360ctl_LDADD = \
	liblink.a librpc_bundle.a librpc_image.a librpc_report.a librpc.a libxe_coverage.a libxe_audit.a libxe_picture.a libxe_base.a $(CURL_LIBS) \
	$(JANSSON_LIBS) $(PNG_LIBS) $(YAML_LIBS) $(ZSTD_LIBS)

# A title that hangs, for whoever wants to see what is said of one.
exampledir = $(docdir)/examples
dist_example_DATA = tests/guest/titles/four-handles.c

# Completions for shells, where these look for them.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
bashcompletion_DATA = clients/completion/xe360ctl
zshcompletion_DATA = clients/completion/_xe360ctl
fishcompletion_DATA = clients/completion/xe360ctl.fish
XE_COMPLETIONS = $(bashcompletion_DATA) $(zshcompletion_DATA) $(fishcompletion_DATA)
CLEANFILES += $(XE_COMPLETIONS)
$(XE_COMPLETIONS): xe360ctl$(EXEEXT)
	@mkdir -p clients/completion
	$(AM_V_GEN)case $@ in *.fish) shell=fish ;; */_*) shell=zsh ;; *) shell=bash ;; esac; \
		./xe360ctl$(EXEEXT) completion $$shell >$@.tmp && mv $@.tmp $@
