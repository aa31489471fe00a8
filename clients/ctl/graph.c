/* xe360ctl graph: who waits for whom, in graphviz's language or, by an errand, as SVG. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"
#include "rpc/link/link.h"
#include "rpc/report/report_text.h"

#define NODES_MAX 300 /* that can be looked at; more are folded */

/* ---- the graph ------------------------------------------------------------------------------- */

static json_t *fetch(struct ctl *ctl, bool fold)
{
    return ctl_call(ctl, "diagnose.wait_graph",
                    json_pack("{s:s, s:b}", "instance", ctl->o.arg[0], "fold", fold));
}

/* For people: folded if it is too large to look at. */
static json_t *fetch_small(struct ctl *ctl)
{
    json_t *graph = fetch(ctl, false);

    if (!graph || json_integer_value(json_object_get(graph, "nodes_total")) <= NODES_MAX)
        return graph;
    json_decref(graph);
    return fetch(ctl, true);
}

/* ---- the errand ------------------------------------------------------------------------------ */

/* A file that nobody else has, with this text, to be read from its beginning. */
static int file_of(const char *text)
{
    int fd = memfd_create("graph", MFD_CLOEXEC);
    size_t size = strlen(text), at = 0;
    ssize_t n = 0;

    while (fd >= 0 && at < size && (n = write(fd, text + at, size - at)) > 0)
        at += (size_t)n;
    if (fd >= 0 && at == size && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* false: told. */
static bool run_errand(int in, int out)
{
    char *path = xe_link_program_path("xe360-svg"), name[] = "xe360-svg";
    posix_spawn_file_actions_t files;
    int status = -1, wrong = ENOENT;
    pid_t pid;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (path)
        wrong = posix_spawn(&pid, path, &files, NULL, (char *[]){name, NULL}, (char *[]){NULL});
    posix_spawn_file_actions_destroy(&files);
    free(path);
    if (wrong) {
        ctl_fail("xe360-svg can't be started: %s", strerror(wrong));
        return false;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFSIGNALED(status))
        ctl_fail("xe360-svg: %s%s", strsignal(WTERMSIG(status)),
                 WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL
                     ? ": the graph is too large to be laid out"
                     : "");
    else if (WEXITSTATUS(status))
        ctl_fail("xe360-svg has failed");
    return status == 0;
}

static int draw(struct ctl *ctl, const json_t *graph)
{
    char *dot = xe_report_graph_dot(graph);
    int in = dot ? file_of(dot) : -1, code = CTL_HARNESS;
    struct ctl_output out;

    free(dot);
    if (in < 0) {
        ctl_fail("no memory for the graph");
        return CTL_HARNESS;
    }
    if (ctl_output_open(&out, ctl->o.output)) {
        if (out.file && ftruncate(fileno(out.file), 0) < 0 && errno != EINVAL)
            ctl_fail("'%s' cannot be written: %s", out.path, strerror(errno));
        else if (run_errand(in, out.file ? fileno(out.file) : STDOUT_FILENO))
            code = CTL_OK;
        if (out.file)
            fclose(out.file);
        ctl_signal_keep(out.path);
        if (code && out.made)
            unlink(out.path);
    }
    close(in);
    return code;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int write_dot(struct ctl *ctl, const json_t *graph)
{
    char *dot = xe_report_graph_dot(graph);
    FILE *to = ctl->o.output ? fopen(ctl->o.output, "we") : stdout;
    bool ok = dot && to && fputs(dot, to) != EOF;

    if (to && to != stdout)
        ok = fclose(to) == 0 && ok;
    if (!ok)
        ctl_fail("'%s' cannot be written: %s", ctl->o.output ? ctl->o.output : "standard output",
                 strerror(errno));
    free(dot);
    return ok ? CTL_OK : CTL_HARNESS;
}

int ctl_cmd_graph(struct ctl *ctl)
{
    json_t *graph = ctl->o.svg ? fetch_small(ctl) : fetch(ctl, false);
    int code = graph ? CTL_OK : ctl->exit;

    if (graph && ctl->o.form)
        ctl_print(ctl, graph);
    else if (graph)
        code = ctl->o.svg ? draw(ctl, graph) : write_dot(ctl, graph);
    json_decref(graph);
    return code;
}
