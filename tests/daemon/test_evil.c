/* A worker that was taken over, act by act: evil.def says what comes of each. Every act has a fresh
 * worker, and whatever becomes of that, the parent, a bystander and the parent's log are as before.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"
#include "rpc/link/link.h"

#define KILLED(signal)     (1000 + (signal))
#define SYS                KILLED(SIGSYS)
#define UNLESS_ROOT(error) (geteuid() ? (error) : 0)
#define UNTRIED            (-1)
#define EXITED             (-2) /* never right */
#define NO_WORKER          (-3)

struct act {
    const char *name;
    int filtered, bare;
};

struct scene {
    const char *program; /* of the build directory */
    pid_t bystander;
    int log, title, folder;
    char folder_path[64];
    json_t *layers; /* of the newest worker */
};

/* ---- the scene ------------------------------------------------------------------------------ */

static int scratch_file(int mode)
{
    char path[] = "/tmp/xe360-evil-XXXXXX";
    int fd = mkstemp(path), again;

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, "as before", 9), 9);
    cr_assert_eq(fchmod(fd, 0700), 0);
    again = open(path, mode | O_CLOEXEC);
    cr_assert_geq(again, 0);
    unlink(path);
    close(fd);
    return again;
}

/* A title's folder with a file, a folder, and what nobody is to get by it. */
static void make_folder(struct scene *scene)
{
    int fd;

    snprintf(scene->folder_path, sizeof(scene->folder_path), "/tmp/xe360-evil-folder-XXXXXX");
    cr_assert_not_null(mkdtemp(scene->folder_path));
    scene->folder = open(scene->folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    fd = openat(scene->folder, "inside", O_CREAT | O_WRONLY | O_CLOEXEC, 0700);
    cr_assert_eq(write(fd, "as before", 9), 9);
    close(fd);
    cr_assert_eq(symlinkat("/etc/passwd", scene->folder, "link"), 0);
    cr_assert_eq(symlinkat("/", scene->folder, "up"), 0);
    cr_assert_eq(mkfifoat(scene->folder, "fifo", 0600), 0);
    cr_assert_eq(mkdirat(scene->folder, "folder", 0700), 0);
    mknodat(scene->folder, "device", S_IFCHR | 0666, makedev(1, 3)); /* /dev/null, for root */
}

static void drop_folder(struct scene *scene)
{
    static const char *const names[] = {"inside", "link", "up", "fifo", "device"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlinkat(scene->folder, names[i], 0);
    unlinkat(scene->folder, "folder", AT_REMOVEDIR);
    close(scene->folder);
    rmdir(scene->folder_path);
}

static void begin(struct scene *scene, const char *program)
{
    memset(scene, 0, sizeof(*scene));
    scene->program = program;
    make_folder(scene);
    scene->log = scratch_file(O_RDWR);
    scene->title = scratch_file(O_RDONLY);
    scene->bystander = fork();
    if (scene->bystander == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
}

static void end(struct scene *scene)
{
    kill(scene->bystander, SIGKILL);
    waitpid(scene->bystander, NULL, 0);
    close(scene->log);
    close(scene->title);
    drop_folder(scene);
    json_decref(scene->layers);
}

static bool as_before(int fd)
{
    char text[16];

    return pread(fd, text, sizeof(text), 0) == 9 && !memcmp(text, "as before", 9);
}

static void nobody_else_is_hurt(const struct scene *scene, const char *act)
{
    int inside = openat(scene->folder, "inside", O_RDONLY | O_CLOEXEC);
    struct stat log;

    cr_expect(as_before(inside), "%s changed a file of the title's", act);
    close(inside);
    fstat(scene->log, &log);
    cr_expect_eq(log.st_mode & 0777, 0700, "%s changed the log's mode", act);
    cr_expect_eq(waitpid(scene->bystander, NULL, WNOHANG), 0, "%s killed a bystander", act);
    cr_expect(as_before(scene->title), "%s changed the title", act);
#ifndef XE_SANITIZERS /* whose reports go there */
    cr_expect(as_before(scene->log), "%s changed the log", act);
#endif
}

/* ---- one act -------------------------------------------------------------------------------- */

/* Start a worker whose standard streams are ours, ours being the log meanwhile. */
static bool start(struct scene *scene, struct xe_link_process *worker)
{
    char *program = test_build_path(scene->program);
    struct xe_link_message hello;
    int kept[3];
    bool ok;

    for (int fd = 0; fd < 3; fd++) {
        kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
        dup2(scene->log, fd);
    }
    ok = xe_link_spawn(program, "warn", worker, NULL);
    for (int fd = 0; fd < 3; fd++) {
        dup2(kept[fd], fd);
        close(kept[fd]);
    }
    free(program);
    if (!ok || xe_link_receive(worker->socket, true, &hello, NULL) != XE_LINK_MESSAGE)
        return false;
    json_decref(scene->layers);
    scene->layers = json_incref(json_object_get(hello.body, "layers"));
    xe_link_message_fini(&hello);
    return true;
}

static int outcome_of(const struct xe_link_process *worker)
{
    siginfo_t info = {0};
    struct xe_link_message reply;
    int outcome;

    if (xe_link_receive(worker->socket, true, &reply, NULL) == XE_LINK_MESSAGE) {
        json_t *result = xe_link_result(&reply);

        outcome = (int)json_integer_value(json_object_get(result, "errno"));
        json_decref(result);
        xe_link_message_fini(&reply);
        return outcome;
    }
    waitid(P_PIDFD, (id_t)worker->pidfd, &info, WEXITED | WNOWAIT);
    if (info.si_code == CLD_EXITED && info.si_status > XE_LINK_EXIT_SIGNAL)
        return KILLED(info.si_status - XE_LINK_EXIT_SIGNAL);
    return info.si_code == CLD_EXITED ? EXITED : KILLED(info.si_status);
}

static void stop(struct xe_link_process *worker)
{
    kill(worker->pid, SIGKILL);
    waitpid(worker->pid, NULL, 0);
    close(worker->pidfd);
    close(worker->socket);
}

static int perform(struct scene *scene, const char *act)
{
    struct xe_link_process worker;
    int outcome = NO_WORKER;
    json_t *body = json_pack("{s:s, s:{s:s, s:i, s:i}}", "method", "act", "params", "image", act,
                             "parent", (int)getpid(), "bystander", (int)scene->bystander);

    if (start(scene, &worker)) {
        xe_link_send(worker.socket, XE_LINK_REQUEST, 1, body,
                     &(struct xe_link_files){.fd = {scene->title, scene->folder}, .count = 2},
                     true);
        outcome = outcome_of(&worker);
        stop(&worker);
    }
    json_decref(body);
    return outcome;
}

static bool has(const struct scene *scene, const char *layer)
{
    if (json_is_true(json_object_get(scene->layers, layer)))
        return true;
    fprintf(stderr, "test_evil: left out: this build or host has no layer '%s'\n", layer);
    return false;
}

/* Are the layers there that make a column of the table true? */
static bool locked(struct scene *scene, bool filtered)
{
    static const char *const with[] = {"seccomp", "descriptors", "rlimits", NULL};
    static const char *const without[] = {
        "namespaces", "empty_root", "no_new_privs", "capabilities", "landlock", "rlimits", NULL};
    bool all = true;

    cr_assert_eq(perform(scene, "behave"), 0);
    for (const char *const *layer = filtered ? with : without; *layer; layer++)
        all &= has(scene, *layer);
    return all;
}

/* ---- hosts that lack a layer ---------------------------------------------------------------- */

/* Run a check in a process that is given no user namespaces; it returns what was wrong, or NULL. A
 * process of its own, since Criterion's has threads and may make none to forbid them in; it may
 * call nothing of Criterion's. */
static void expect_without_namespaces(const char *(*check)(void))
{
    int status, fd;
    pid_t pid = fork();

    if (pid == 0) {
        const char *wrong;

        if (unshare(CLONE_NEWUSER) < 0 ||
            (fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC)) < 0 ||
            write(fd, "0", 1) != 1)
            _exit(77);
        wrong = check();
        if (wrong)
            fprintf(stderr, "test_evil: without namespaces: %s\n", wrong);
        _exit(wrong ? 1 : 0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        cr_skip_test("this host lets nobody make a user namespace");
    cr_expect_eq(status, 0);
}

static const char *other_layers(void)
{
    static const char *const there[] = {"no_new_privs", "capabilities", "landlock", "rlimits"};
    struct scene scene;
    const char *wrong = NULL;

    begin(&scene, "tests/daemon/xe360-evil-worker");
    if (perform(&scene, "abort") != KILLED(SIGABRT))
        wrong = "its death is told wrongly";
    if (json_is_true(json_object_get(scene.layers, "namespaces")) ||
        json_is_true(json_object_get(scene.layers, "empty_root")))
        wrong = "it says it has them";
    for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
        if (!json_is_true(json_object_get(scene.layers, there[i])))
            wrong = there[i];
    if (json_is_true(json_object_get(scene.layers, "seccomp")) &&
        perform(&scene, "kill_bystander") != SYS)
        wrong = "the filter is not there";
    if (waitpid(scene.bystander, NULL, WNOHANG) != 0)
        wrong = "the bystander is dead";
    end(&scene);
    return wrong;
}

Test(evil, without_namespaces_the_other_layers_are_there, .timeout = 60)
{
    expect_without_namespaces(other_layers);
}

static const char *refusal(void)
{
    char *program = test_build_path("xe360-worker"), text[200];
    struct xe_link_process worker;
    struct xe_link_message hello;
    const char *warning, *wrong = NULL;

    if (!xe_link_spawn(program, "require", &worker, NULL) ||
        xe_link_receive(worker.socket, true, &hello, NULL) != XE_LINK_MESSAGE)
        return "no hello";
    warning = json_string_value(json_array_get(json_object_get(hello.body, "warnings"), 0));
    if (strcmp(warning, "worker runs without namespaces (clone: No space left on device)"))
        wrong = "the warning";
    xe_link_await_end(&worker, text, sizeof(text));
    if (!strstr(text, "its lock-down is incomplete"))
        wrong = "it goes on";
    xe_link_message_fini(&hello);
    stop(&worker);
    free(program);
    return wrong;
}

Test(evil, required_namespaces_that_cannot_be_had_end_the_worker, .timeout = 60)
{
    expect_without_namespaces(refusal);
}

/* ---- all acts ------------------------------------------------------------------------------- */

#define CALL(name, filtered, bare, ...) {#name, filtered, bare},
#define DO(name, filtered, bare)        {#name, filtered, bare},

static void perform_all(const char *program, bool filtered)
{
    const struct act acts[] = {
#include "tests/daemon/evil.def"
    };
    struct scene scene;

    begin(&scene, program);
    if (!locked(&scene, filtered)) {
        end(&scene);
        cr_skip_test("the lock-down is not complete");
    }
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        int expected = filtered ? acts[i].filtered : acts[i].bare, outcome;

        if (expected == UNTRIED)
            continue;
        outcome = perform(&scene, acts[i].name);
        cr_expect_eq(outcome, expected, "%s: %d, expected %d", acts[i].name, outcome, expected);
        nobody_else_is_hurt(&scene, acts[i].name);
    }
    end(&scene);
}

Test(evil, each_act_is_refused_or_ends_the_worker, .timeout = 120)
{
    perform_all("tests/daemon/xe360-evil-worker", true);
}

Test(evil, the_other_layers_hold_without_the_filter, .timeout = 120)
{
    perform_all("tests/daemon/xe360-evil-worker-unfiltered", false);
}
