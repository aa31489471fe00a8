/* Starting where another daemon is, was or is about to be: exactly one gets the addresses and the
 * cookie, and the others leave no trace. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static const char *const tcp_options[] = {"--listen", "127.0.0.1:0", NULL};

/* Start with these options, which must fail; what it said, valid until the next call. */
static const char *complaint(const char *options)
{
    static char said[2048];
    char *program = test_build_path("xe360d"), command[2048];
    FILE *pipe;
    size_t n;

    snprintf(command, sizeof(command), "timeout -k 5 30 '%s' --worker /bin/true %s 2>&1", program,
             options);
    pipe = popen(command, "r");
    cr_assert(pipe);
    n = fread(said, 1, sizeof(said) - 1, pipe);
    said[n] = '\0';
    cr_expect_eq(WEXITSTATUS(pclose(pipe)), 1, "%s: %s", options, said);
    free(program);
    return said;
}

/* Does the token in the cookie file open the TCP address? */
static bool token_works(const struct test_daemon *d)
{
    char *token = test_daemon_token(d), header[256], *body;
    int status;

    snprintf(header, sizeof(header),
             "Content-Type: application/json\r\nAuthorization: Bearer %s\r\n", token);
    body = test_daemon_post(
        d, true, header, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.version\"}", &status);
    free(token);
    free(body);
    return status == 200;
}

static int entries(const char *path)
{
    DIR *dir = opendir(path);
    int count = 0;

    cr_assert(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

Test(start, the_same_command_again_changes_nothing, .timeout = 60)
{
    struct test_daemon d;
    char options[1024], owner[32];
    char *before, *after;
    const char *said;
    int files;

    test_daemon_start(&d, NULL, tcp_options);
    before = test_daemon_token(&d);
    files = entries(d.dir);
    snprintf(options, sizeof(options), "--socket %s --listen %s", d.socket, d.tcp);
    snprintf(owner, sizeof(owner), "(pid %d)", (int)d.pid);
    said = complaint(options);
    cr_expect(strstr(said, d.socket) && strstr(said, owner) &&
                  strstr(said, "give another --socket"),
              "%s", said);
    after = test_daemon_token(&d);
    cr_expect_str_eq(before, after);
    cr_expect(token_works(&d));
    cr_expect_eq(entries(d.dir), files);
    free(before);
    free(after);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* Another socket, but the TCP address or the cookie of the first. */
Test(start, a_clash_leaves_no_trace, .timeout = 60)
{
    struct test_daemon d, other;
    char options[1024];
    const char *said;
    int files;

    test_daemon_start(&d, NULL, tcp_options);
    test_daemon_prepare(&other);
    files = entries(other.dir);
    snprintf(options, sizeof(options), "--socket %s --listen %s", other.socket, d.tcp);
    said = complaint(options);
    cr_expect(strstr(said, d.tcp) && strstr(said, "give another port"), "%s", said);
    cr_expect_eq(entries(other.dir), files);
    snprintf(options, sizeof(options), "--socket %s --listen 127.0.0.1:0 --cookie %s", other.socket,
             d.cookie);
    said = complaint(options);
    cr_expect(strstr(said, d.cookie) && strstr(said, "give another --cookie"), "%s", said);
    cr_expect_eq(entries(other.dir), files);
    cr_expect(token_works(&d));
    snprintf(options, sizeof(options), "--socket %s", other.titles);
    said = complaint(options);
    cr_expect(strstr(said, "no socket"), "%s", said);
    snprintf(options, sizeof(options), "--socket %s/absent/s", other.dir);
    said = complaint(options);
    cr_expect(strstr(said, "No such file"), "%s", said);
    cr_expect_eq(entries(other.dir), files);
    test_daemon_stop(&other);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

static bool holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *file = fopen(path, "r");
    bool same = file && fgets(found, sizeof(found), file) && !strcmp(found, text);

    if (file)
        fclose(file);
    return same;
}

/* What the cookie's or a lock's name means to somebody else stays as it is, but a token that a
 * daemon left behind is replaced. */
Test(start, no_file_of_somebody_else_is_touched, .timeout = 60)
{
    static const char *const names[] = {"precious", "lock", "link"};
    struct test_daemon d;
    char path[128], lock[160], options[1024];
    const char *said;

    test_daemon_prepare(&d);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", d.dir, names[i]);
        snprintf(lock, sizeof(lock), "%s%s", path, i == 1 ? ".lock" : "");
        test_daemon_title(&d, "there", "precious\n");
        snprintf(options, sizeof(options), "%s/there", d.titles);
        cr_assert_eq((i == 2 ? symlink : rename)(options, lock), 0);
        snprintf(options, sizeof(options), "--socket %s --listen 127.0.0.1:0 --cookie %s", d.socket,
                 path);
        said = complaint(options);
        cr_expect(strstr(said, path), "%s", said);
        cr_expect(holds(lock, "precious\n"), "%s", names[i]);
        cr_expect_neq(access(d.socket, F_OK), 0, "nothing is left");
    }
    test_daemon_stop(&d);
}

/* Without TCP there is no cookie to fight about. */
Test(start, neighbours_in_one_folder_need_only_other_sockets, .timeout = 60)
{
    struct test_daemon d, second;

    test_daemon_start(&d, NULL, tcp_options);
    second = d;
    snprintf(second.socket, sizeof(second.socket), "%s/other", d.dir);
    test_daemon_spawn(&second, NULL, NULL);
    test_daemon_await(&second);
    kill(second.pid, SIGTERM);
    waitpid(second.pid, NULL, 0);
    cr_expect(token_works(&d));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(start, nothing_of_a_killed_daemon_is_in_the_way, .timeout = 60)
{
    struct test_daemon d;
    char *before, *after;
    int files;

    test_daemon_start(&d, NULL, tcp_options);
    before = test_daemon_token(&d);
    files = entries(d.dir);
    kill(d.pid, SIGKILL);
    waitpid(d.pid, NULL, 0);
    test_daemon_spawn(&d, NULL, tcp_options);
    test_daemon_await(&d);
    after = test_daemon_token(&d);
    cr_expect_str_neq(before, after);
    cr_expect(token_works(&d));
    cr_expect_eq(entries(d.dir), files);
    kill(d.pid, SIGTERM);
    waitpid(d.pid, NULL, 0);
    cr_expect_eq(entries(d.dir), 3, "an ended daemon leaves more than the titles");
    d.pid = 0;
    test_daemon_stop(&d);
    free(before);
    free(after);
}

/* Each round finds the dead socket of the last one: all of them want to replace it. */
Test(start, of_several_at_once_exactly_one_serves, .timeout = 300)
{
    enum { STARTERS = 6, ROUNDS = 5 };
    struct test_daemon d;

    test_daemon_prepare(&d);
    for (int round = 0; round < ROUNDS; round++) {
        struct test_daemon starter[STARTERS];
        int ended = 0;

        for (int i = 0; i < STARTERS; i++) {
            starter[i] = d;
            test_daemon_spawn(&starter[i], NULL, tcp_options);
        }
        for (int status; ended < STARTERS - 1; ended++) {
            pid_t pid = wait(&status);

            cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status 0x%x", status);
            for (int i = 0; i < STARTERS; i++)
                if (starter[i].pid == pid)
                    starter[i].pid = 0;
        }
        for (int i = 0; i < STARTERS; i++)
            if (starter[i].pid) {
                test_daemon_await(&starter[i]);
                cr_expect(token_works(&starter[i]));
                kill(starter[i].pid, SIGKILL);
                waitpid(starter[i].pid, NULL, 0);
            }
    }
    test_daemon_stop(&d);
}

/* Somebody cleaned up under a daemon that still ran: its files are its successor's now. */
Test(start, a_late_end_removes_nothing_of_the_successor, .timeout = 60)
{
    struct test_daemon d, next;
    char command[512];

    test_daemon_start(&d, NULL, tcp_options);
    snprintf(command, sizeof(command), "cd %s && rm s s.lock xe360d.cookie xe360d.cookie.lock",
             d.dir);
    cr_assert_eq(system(command), 0);
    next = d;
    test_daemon_spawn(&next, NULL, tcp_options);
    test_daemon_await(&next);
    kill(d.pid, SIGTERM);
    waitpid(d.pid, NULL, 0);
    json_decref(test_daemon_result(&next, "system.version", NULL));
    cr_expect(token_works(&next));
    cr_expect_eq(entries(d.dir), 7);
    cr_expect_eq(test_daemon_stop(&next), 0);
}
