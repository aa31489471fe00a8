/* A real daemon for a test: own directory, own socket, workers with or without faults; and a plain
 * HTTP client that can also say what no well-behaved client says. */
#ifndef XE_TESTS_SUPPORT_DAEMON_H
#define XE_TESTS_SUPPORT_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

#include <jansson.h>

struct test_daemon {
    pid_t pid;
    bool workers_lie; /* what they answer needn't fit its row */
    char dir[128], socket[160], titles[160], cookie[160], state[160], tcp[64];
    char config[160]; /* a file that it is to read; empty: none */
};

/* Start with more options (NULL at the end); worker NULL: the faulty one. Waits until it answers.
 */
void test_daemon_start(struct test_daemon *d, const char *worker, const char *const *options);

/* One with a state directory, d->state, and a configuration, d->config, which it has whenever it is
 * spawned again. */
void test_daemon_start_keeping(struct test_daemon *d, const char *worker);

/* The same in steps: the directory; a process, which may fail; until that answers, after which the
 * TCP address is known. */
void test_daemon_prepare(struct test_daemon *d);
void test_daemon_spawn(struct test_daemon *d, const char *worker, const char *const *options);
void test_daemon_await(struct test_daemon *d);

/* End it by SIGTERM if it still runs; removes the directory. Returns its exit status. */
int test_daemon_stop(struct test_daemon *d);

/* Wait until it has so many worker processes. */
void test_daemon_await_workers(const struct test_daemon *d, int wanted);

/* Put a title file into the daemon's root. */
void test_daemon_title(const struct test_daemon *d, const char *name, const char *text);

/* A title of tests/guest by its name ("spin", "busy/prints") as file `name`; with faults, if not
 * NULL, that the faulty worker takes from there (tests/support/faulty_worker.c). */
void test_daemon_fixture(const struct test_daemon *d, const char *title, const char *faults,
                         const char *name);

/* The same with a file of the build directory, under its own name. */
void test_daemon_copy(const struct test_daemon *d, const char *path);

void test_daemon_copy_as(const struct test_daemon *d, const char *path, const char *name);

/* One JSON-RPC call: the whole reply object, owned. params are given (NULL: none). */
json_t *test_daemon_call(const struct test_daemon *d, const char *method, json_t *params);

/* Result of a call that must succeed, owned. */
json_t *test_daemon_result(const struct test_daemon *d, const char *method, json_t *params);

/* kind of the error of a call that must fail; valid until the next call. */
const char *test_daemon_error(const struct test_daemon *d, const char *method, json_t *params);

/* A connection; -1 with errno. */
int test_daemon_dial(const struct test_daemon *d, bool tcp);

/* Send raw bytes, read until the peer closes; the answer is owned and NUL terminated. */
char *test_daemon_raw(const struct test_daemon *d, bool tcp, const char *bytes, size_t size);
void test_daemon_drop(const struct test_daemon *d, const char *bytes,
                      size_t size); /* and hang up */

/* POST a body with more header lines ("Name: value\r\n..."); *ret_status gets the HTTP status. The
 * answer's body is owned. */
char *test_daemon_post(const struct test_daemon *d, bool tcp, const char *headers, const char *body,
                       int *ret_status);
char *test_daemon_token(const struct test_daemon *d); /* owned */

/* Path of a file of the build directory; owned. */
char *test_build_path(const char *name);

/* Does value look like pattern? "*" is anything, objects may have more members than the pattern. */
bool test_json_matches(const json_t *pattern, const json_t *value);

#endif
