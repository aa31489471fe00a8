/* A real daemon for a test; see daemon.h. */
#include "tests/support/daemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "rpc/api/rpc.h"

char *test_build_path(const char *name)
{
    const char *build = getenv("XE_BUILDDIR");
    char *path;

    cr_assert(asprintf(&path, "%s/%s", build ? build : ".", name) > 0);
    return path;
}

/* ---- talking -------------------------------------------------------------------------------- */

int test_daemon_dial(const struct test_daemon *d, bool tcp)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed;

    if (tcp) {
        inet.sin_port = htons((uint16_t)atoi(strrchr(d->tcp, ':') + 1));
        failed = connect(fd, (struct sockaddr *)&inet, sizeof(inet));
    } else {
        snprintf(local.sun_path, sizeof(local.sun_path), "%.100s", d->socket);
        failed = connect(fd, (struct sockaddr *)&local, sizeof(local));
    }
    if (!failed)
        return fd;
    close(fd);
    return -1;
}

static char *drain(int fd)
{
    char *text = NULL;
    size_t used = 0;
    ssize_t n;

    do {
        text = realloc(text, used + 65537);
        n = read(fd, text + used, 65536);
        used += n > 0 ? (size_t)n : 0;
    } while (n > 0 || (n < 0 && errno == EINTR));
    text[used] = '\0';
    return text;
}

char *test_daemon_raw(const struct test_daemon *d, bool tcp, const char *bytes, size_t size)
{
    int fd = test_daemon_dial(d, tcp);
    char *answer;

    cr_assert(fd >= 0, "the daemon does not listen");
    while (size > 0) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);

        if (n <= 0)
            break;
        bytes += n;
        size -= (size_t)n;
    }
    answer = drain(fd);
    close(fd);
    return answer;
}

void test_daemon_drop(const struct test_daemon *d, const char *bytes, size_t size)
{
    int fd = test_daemon_dial(d, false);

    cr_assert(send(fd, bytes, size, MSG_NOSIGNAL) > 0);
    close(fd);
}

char *test_daemon_post(const struct test_daemon *d, bool tcp, const char *headers, const char *body,
                       int *ret_status)
{
    char *request, *answer, *split, *text;
    int size = asprintf(&request,
                        "POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Content-Length: %zu\r\n%s\r\n%s",
                        strlen(body), headers, body);

    answer = test_daemon_raw(d, tcp, request, (size_t)size);
    *ret_status = 0;
    sscanf(answer, "HTTP/1.%*d %d", ret_status);
    split = strstr(answer, "\r\n\r\n");
    text = strdup(split ? split + 4 : "");
    free(request);
    free(answer);
    return text;
}

/* No reply has a member that its row doesn't have, or lacks one that it must have. */
static void expect_fits(const struct test_daemon *d, const char *name, const json_t *result)
{
    const struct xe_rpc_method *method = xe_rpc_method_find(name);
    struct xe_rpc_field field = {.name = "result"};
    struct xe_rpc_misfit misfit;

    if (!method || !result || (d->workers_lie && method->place != XE_RPC_DAEMON))
        return;
    field.type = method->result;
    cr_expect(xe_rpc_check(&field, result, "result", &misfit), "%s: %s: expected %s: %s", name,
              misfit.path, misfit.expected, json_dumps(result, 0));
}

json_t *test_daemon_call(const struct test_daemon *d, const char *method, json_t *params)
{
    json_t *request = json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", 7, "method", method);
    json_t *reply;
    char *text, *body;
    int status;

    if (params)
        json_object_set_new(request, "params", params);
    text = json_dumps(request, 0);
    body = test_daemon_post(d, false, "Content-Type: application/json\r\n", text, &status);
    cr_assert_eq(status, 200, "%s: HTTP %d: %s", text, status, body);
    reply = json_loads(body, 0, NULL);
    cr_assert(reply, "no JSON: %s", body);
    expect_fits(d, method, json_object_get(reply, "result"));
    json_decref(request);
    free(text);
    free(body);
    return reply;
}

json_t *test_daemon_result(const struct test_daemon *d, const char *method, json_t *params)
{
    json_t *reply = test_daemon_call(d, method, params);
    json_t *result = json_incref(json_object_get(reply, "result"));

    cr_assert(result, "%s: %s", method, json_dumps(reply, 0));
    json_decref(reply);
    return result;
}

const char *test_daemon_error(const struct test_daemon *d, const char *method, json_t *params)
{
    static char kind[64];
    json_t *reply = test_daemon_call(d, method, params);
    json_t *data = json_object_get(json_object_get(reply, "error"), "data");

    cr_assert(data, "%s did not fail: %s", method, json_dumps(reply, 0));
    snprintf(kind, sizeof(kind), "%s", json_string_value(json_object_get(data, "kind")));
    json_decref(reply);
    return kind;
}

char *test_daemon_token(const struct test_daemon *d)
{
    char token[128] = "";
    FILE *file = fopen(d->cookie, "r");

    cr_assert(file && fgets(token, sizeof(token), file));
    fclose(file);
    token[strcspn(token, "\n")] = '\0';
    return strdup(token);
}

/* ---- starting and ending -------------------------------------------------------------------- */

static void exec_daemon(const struct test_daemon *d, const char *worker, const char *const *options)
{
    char *program = test_build_path("xe360d");
    char *faulty = test_build_path("tests/daemon/xe360-faulty-worker");
    const char *argv[32] = {program,
                            "--socket",
                            d->socket,
                            "--root",
                            d->titles,
                            "--worker",
                            worker ? worker : faulty,
                            "--ready-workers",
                            "0",
                            NULL};
    int used = 9;

    if (d->state[0]) {
        argv[used++] = "--state-dir";
        argv[used++] = d->state;
    }
    if (d->config[0]) {
        argv[used++] = "--config";
        argv[used++] = d->config;
    }
    for (; options && *options && used < 31; options++)
        argv[used++] = *options;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(program, (char **)argv);
    _exit(127);
}

static void await_listener(struct test_daemon *d)
{
    for (int i = 0; i < 6000; i++) { /* half a minute: the machine may be busy */
        int fd = test_daemon_dial(d, false), status;

        if (fd >= 0) {
            close(fd);
            return;
        }
        cr_assert_eq(waitpid(d->pid, &status, WNOHANG), 0, "the daemon ended at once");
        poll(NULL, 0, 5);
    }
    cr_assert_fail("the daemon does not come up");
}

void test_daemon_await(struct test_daemon *d)
{
    json_t *info;
    const char *tcp;

    await_listener(d);
    info = test_daemon_result(d, "system.info", NULL);
    tcp = json_string_value(json_object_get(info, "listen"));
    snprintf(d->tcp, sizeof(d->tcp), "%s", tcp ? tcp : "");
    json_decref(info);
}

void test_daemon_prepare(struct test_daemon *d)
{
    memset(d, 0, sizeof(*d));
    strcpy(d->dir, "/tmp/xe360d-test-XXXXXX");
    cr_assert(mkdtemp(d->dir));
    snprintf(d->socket, sizeof(d->socket), "%s/s", d->dir);
    snprintf(d->titles, sizeof(d->titles), "%s/titles", d->dir);
    snprintf(d->cookie, sizeof(d->cookie), "%s/xe360d.cookie", d->dir);
    mkdir(d->titles, 0700);
}

void test_daemon_spawn(struct test_daemon *d, const char *worker, const char *const *options)
{
    d->pid = fork();
    if (d->pid == 0)
        exec_daemon(d, worker, options);
}

static int children(pid_t pid)
{
    char path[64];
    FILE *file;
    int count = 0, child;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
    file = fopen(path, "r");
    cr_assert(file, "no %s: the kernel lacks CONFIG_PROC_CHILDREN", path);
    while (fscanf(file, "%d", &child) == 1)
        count++;
    fclose(file);
    return count;
}

/* Ended workers are reaped when the daemon hears of it: soon. */
/* The daemon starts a worker only to hear what this host is like: let it be gone, so that a test's
 * own workers are the only ones. One that says nothing stays as long as the daemon has patience. */
static void let_the_probe_end(const struct test_daemon *d)
{
    for (int i = 0; i < 500 && children(d->pid) > 0; i++)
        poll(NULL, 0, 2);
}

void test_daemon_start_keeping(struct test_daemon *d, const char *worker)
{
    FILE *config;

    test_daemon_prepare(d);
    snprintf(d->state, sizeof(d->state), "%s/state", d->dir);
    snprintf(d->config, sizeof(d->config), "%s/xe360d.yaml", d->dir);
    config = fopen(d->config, "w");
    cr_assert(config && fclose(config) == 0);
    test_daemon_spawn(d, worker, NULL);
    test_daemon_await(d);
    let_the_probe_end(d);
}

void test_daemon_start(struct test_daemon *d, const char *worker, const char *const *options)
{
    test_daemon_prepare(d);
    test_daemon_spawn(d, worker, options);
    test_daemon_await(d);
    let_the_probe_end(d);
}

int test_daemon_stop(struct test_daemon *d)
{
    char command[192];
    int status = -1;

    if (d->pid > 0 && waitpid(d->pid, &status, WNOHANG) == 0) {
        kill(d->pid, SIGTERM);
        waitpid(d->pid, &status, 0);
    }
    snprintf(command, sizeof(command), "rm -rf '%s'", d->dir);
    if (system(command) != 0)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void test_daemon_await_workers(const struct test_daemon *d, int wanted)
{
    for (int i = 0; i < 5000 && children(d->pid) != wanted; i++)
        poll(NULL, 0, 2);
    cr_assert_eq(children(d->pid), wanted, "%d workers, not %d", children(d->pid), wanted);
}

void test_daemon_title(const struct test_daemon *d, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", d->titles, name);
    file = fopen(path, "w");
    cr_assert(file);
    fputs(text, file);
    fclose(file);
}

void test_daemon_copy_as(const struct test_daemon *d, const char *path, const char *name)
{
    char command[1024], *from = test_build_path(path);

    snprintf(command, sizeof(command), "cp -r '%s' '%s/%s'", from, d->titles, name);
    cr_assert_eq(system(command), 0, "%s", command);
    free(from);
}

void test_daemon_copy(const struct test_daemon *d, const char *path)
{
    test_daemon_copy_as(d, path, ".");
}

void test_daemon_fixture(const struct test_daemon *d, const char *title, const char *faults,
                         const char *name)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "tests/guest/%s%.64s.xex", strchr(title, '/') ? "" : "titles/",
             title);
    test_daemon_copy_as(d, path, name);
    if (!faults)
        return;
    snprintf(path, sizeof(path), "%s/%.64s", d->titles, name);
    file = fopen(path, "a");
    cr_assert(file);
    fprintf(file, "faults: %s", faults);
    fclose(file);
}

/* ---- patterns ------------------------------------------------------------------------------- */

bool test_json_matches(const json_t *pattern, const json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_string(pattern) && !strcmp(json_string_value(pattern), "*"))
        return value != NULL;
    if (json_is_object(pattern)) {
        json_object_foreach(
            (json_t *)pattern, key,
            item) if (!test_json_matches(item, json_object_get(value, key))) return false;
        return json_is_object(value);
    }
    if (json_is_array(pattern)) {
        json_array_foreach(
            pattern, i, item) if (!test_json_matches(item, json_array_get(value, i))) return false;
        return json_array_size(pattern) == json_array_size(value) && json_is_array(value);
    }
    return value && json_equal(pattern, value);
}
