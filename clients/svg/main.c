/* xe360-svg: a graph in graphviz's language on standard input, as SVG on standard output.
 *
 * An errand for xe360ctl, in a process of its own: layout takes as long as it takes, in a library
 * that was not written for hostile input, and labels are what titles chose. So it reads all of its
 * input first; then nothing is left for it to do but compute and write, and the kernel holds it to
 * that. Only the plug-ins that are linked in are there: no fonts, no configuration of the host, and
 * the same graph gives the same bytes. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <graphviz/gvc.h>
#include <seccomp.h>

#define INPUT_MAX   (8u * 1024u * 1024u)
#define SECONDS     60u
#define MEMORY      (1024ull * 1024u * 1024u)
#define EXIT_INPUT  1
#define EXIT_LAYOUT 2
#define EXIT_LOCK   3

extern gvplugin_library_t gvplugin_core_LTX_library, gvplugin_dot_layout_LTX_library;

static const lt_symlist_t plugins[] = {
    {"gvplugin_core_LTX_library", &gvplugin_core_LTX_library},
    {"gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library},
    {NULL, NULL},
};

static int fail(int status, const char *why)
{
    fprintf(stderr, "xe360-svg: %s\n", why);
    return status;
}

/* All of standard input, NUL behind it; NULL: too long, or it can't be read. */
static char *read_all(void)
{
    char *text = malloc(INPUT_MAX + 1);
    size_t size = 0;
    ssize_t n = 1;

    while (text && n > 0 && size < INPUT_MAX) {
        n = read(STDIN_FILENO, text + size, INPUT_MAX - size);
        if (n > 0)
            size += (size_t)n;
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    if (!text || n < 0 || size == INPUT_MAX) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

static bool limit(int what, rlim_t most)
{
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

/* What memory, standard streams and an end take. */
static bool lock_down(void)
{
    static const int calls[] = {SCMP_SYS(write),     SCMP_SYS(brk),        SCMP_SYS(mmap),
                                SCMP_SYS(munmap),    SCMP_SYS(mremap),     SCMP_SYS(madvise),
                                SCMP_SYS(fstat),     SCMP_SYS(newfstatat), SCMP_SYS(exit),
                                SCMP_SYS(exit_group)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok = filter != NULL;

#ifdef XE_SANITIZERS
    seccomp_release(filter); /* these have calls, and memory, of their own */
    return ok;
#endif

    for (size_t i = 0; ok && i < sizeof(calls) / sizeof(calls[0]); i++)
        ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
    /* stdio asks whether it writes to a terminal. */
    ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0) == 0 &&
         limit(RLIMIT_CPU, SECONDS) && limit(RLIMIT_AS, MEMORY) && limit(RLIMIT_CORE, 0) &&
         prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

/* Ends without tidying up: the process does that, and graphviz's way is long for large graphs. */
static int render(GVC_t *graphviz, const char *text)
{
    Agraph_t *graph = agmemread(text);
    unsigned size = 0;
    char *svg = NULL;

    if (!graph)
        return fail(EXIT_INPUT, "what was read is no graph");
    if (gvLayout(graphviz, graph, "dot") || gvRenderData(graphviz, graph, "svg", &svg, &size))
        return fail(EXIT_LAYOUT, "the graph can't be laid out");
    if (fwrite(svg, 1, size, stdout) != size || fflush(stdout))
        return fail(EXIT_LAYOUT, "standard output can't be written");
    return 0;
}

int main(void)
{
    GVC_t *graphviz = gvContextPlugins(plugins, 0);
    char *text = read_all();

    if (!text)
        return fail(EXIT_INPUT, "standard input can't be read, or is longer than 8 MiB");
    if (!graphviz || !lock_down())
        return fail(EXIT_LOCK, "the lock-down is incomplete");
    _exit(render(graphviz, text));
}
