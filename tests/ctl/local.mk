# xe360ctl's own parts, and xe360ctl as people and scripts meet it.
check_PROGRAMS += tests/ctl/test_output
TESTS += tests/ctl/test_output
tests_ctl_test_output_CFLAGS = $(XE_TEST_CFLAGS) $(JANSSON_CFLAGS) $(YAML_CFLAGS)
tests_ctl_test_output_SOURCES = %D%/test_output.c clients/ctl/table.c clients/ctl/yaml.c
tests_ctl_test_output_LDADD = librpc.a libxe_audit.a libxe_base.a $(JANSSON_LIBS) $(YAML_LIBS) $(CRITERION_LIBS)

dist_check_SCRIPTS += tests/ctl/check-completion.sh tests/ctl/check-formats.sh tests/ctl/check-mcp.sh tests/ctl/check-mcp-client.sh tests/ctl/check-pages.sh tests/ctl/check-verbs.sh tests/ctl/check-waits.sh
TESTS += tests/ctl/check-completion.sh tests/ctl/check-formats.sh tests/ctl/check-mcp.sh tests/ctl/check-mcp-client.sh tests/ctl/check-pages.sh tests/ctl/check-verbs.sh tests/ctl/check-waits.sh

# Other people's clients, from the npm registry; tests that need them skip without.
EXTRA_DIST += tests/npm/mcp.mjs tests/npm/modules.sh tests/npm/package.json tests/npm/package-lock.json
EXTRA_DIST += tests/ctl/complete.zsh
