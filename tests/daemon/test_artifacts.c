/* Files that are put and named by their hashes. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* With a quota of a mebibyte. */
static void start(struct test_daemon *d)
{
    static const char *const options[] = {"--artifacts-max", "1", "--listen", "127.0.0.1:0", NULL};

    test_daemon_prepare(d);
    snprintf(d->state, sizeof(d->state), "%s/state", d->dir);
    test_daemon_spawn(d, NULL, options);
    test_daemon_await(d);
}

/* The answer to a PUT, owned; *ret_status gets its status. */
static char *put(const struct test_daemon *d, const char *name, const char *headers,
                 const char *bytes, size_t size, int *ret_status)
{
    char *request = malloc(size + 1024), *answer;
    int used = snprintf(request, 1024,
                        "PUT /v1/artifacts/%s HTTP/1.1\r\nHost: localhost\r\nConnection: "
                        "close\r\n%s\r\n",
                        name, headers);

    memcpy(request + used, bytes, size);
    answer = test_daemon_raw(d, false, request, (size_t)used + size);
    *ret_status = 0;
    sscanf(answer, "HTTP/1.%*d %d", ret_status);
    free(request);
    return answer;
}

static int put_status(const struct test_daemon *d, const char *name, const char *bytes, size_t size)
{
    char headers[64];
    int status;

    snprintf(headers, sizeof(headers), "Content-Length: %zu\r\n", size);
    free(put(d, name, headers, bytes, size, &status));
    return status;
}

static int entries(const char *dir, const char *name)
{
    char path[256];
    DIR *folder;
    const struct dirent *entry;
    int count = 0;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    folder = opendir(path);
    cr_assert(folder, "%s", path);
    while ((entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static json_int_t used(const struct test_daemon *d)
{
    json_t *list = test_daemon_result(d, "artifact.list", NULL);
    json_int_t bytes = json_integer_value(json_object_get(list, "used_bytes"));

    json_decref(list);
    return bytes;
}

Test(artifacts, what_was_put_is_there_after_a_kill, .timeout = 60)
{
    static const char get[] = "GET /v1/artifacts/" ABC " HTTP/1.1\r\nHost: localhost\r\n"
                              "Connection: close\r\n\r\n";
    struct test_daemon d;
    char *answer;
    int status;

    start(&d);
    answer = put(&d, ABC, "Content-Length: 3\r\n", "abc", 3, &status);
    cr_expect_eq(status, 201, "%s", answer);
    cr_expect(strstr(answer, "\"bytes\":3"), "%s", answer);
    free(answer);
    cr_expect_eq(put_status(&d, ABC, "abc", 3), 200);
    cr_expect_eq(used(&d), 3);
    kill(d.pid, SIGKILL);
    waitpid(d.pid, &status, 0);
    test_daemon_spawn(&d, NULL, NULL);
    test_daemon_await(&d);
    json_decref(test_daemon_result(&d, "artifact.get", json_pack("{s:s}", "sha256", ABC)));
    answer = test_daemon_raw(&d, false, get, strlen(get));
    cr_expect(strstr(answer, "\r\n\r\nabc"), "%s", answer);
    free(answer);
    cr_expect_eq(used(&d), 3);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(artifacts, pieces_of_unknown_size_are_taken, .timeout = 60)
{
    static const char body[] = "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n";
    struct test_daemon d;
    int status;

    start(&d);
    free(put(&d, ABC, "Transfer-Encoding: chunked\r\n", body, strlen(body), &status));
    cr_expect_eq(status, 201);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(artifacts, what_is_not_what_its_name_says_is_not_kept, .timeout = 60)
{
    struct test_daemon d;
    char *answer;
    int status;

    start(&d);
    answer = put(&d, ABC, "Content-Length: 3\r\n", "abd", 3, &status);
    cr_expect_eq(status, 422, "%s", answer);
    cr_expect(strstr(answer, "not " ABC), "%s", answer);
    free(answer);
    cr_expect_eq(put_status(&d, "abc", "abc", 3), 404);
    cr_expect_eq(put_status(&d, "../tokens/x", "abc", 3), 404);
    cr_expect_eq(used(&d), 0);
    cr_expect_eq(entries(d.state, "artifacts"), 0);
    cr_expect_eq(entries(d.state, "tmp"), 0);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(artifacts, all_of_them_stay_within_a_quota, .timeout = 60)
{
    static const char zero[] = "Transfer-Encoding: chunked\r\n";
    enum { SIZE = 1024 * 1024 + 1 };
    struct test_daemon d;
    char *bytes = calloc(1, SIZE + 64), *answer;
    int status, used_head = sprintf(bytes, "%x\r\n", SIZE);

    start(&d);
    answer = put(&d, ABC, "Content-Length: 1048577\r\n", "", 0, &status);
    cr_expect_eq(status, 413, "%s", answer);
    cr_expect(strstr(answer, "\"kind\":\"quota_exceeded\""), "%s", answer);
    free(answer);
    memcpy(bytes + used_head + SIZE, "\r\n0\r\n\r\n", 7);
    answer = put(&d, ABC, zero, bytes, (size_t)used_head + SIZE + 7, &status);
    cr_expect_eq(status, 413, "%s", answer);
    free(answer);
    cr_expect_eq(used(&d), 0);
    cr_expect_eq(entries(d.state, "tmp"), 0);
    free(bytes);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(artifacts, who_hangs_up_leaves_nothing, .timeout = 60)
{
    static const char half[] = "PUT /v1/artifacts/" ABC " HTTP/1.1\r\nHost: localhost\r\n"
                               "Content-Length: 100000\r\n\r\nabc";
    struct test_daemon d;

    start(&d);
    test_daemon_drop(&d, half, strlen(half));
    for (int i = 0; i < 5000 && (used(&d) || entries(d.state, "tmp")); i++)
        usleep(2000);
    cr_expect_eq(used(&d), 0);
    cr_expect_eq(entries(d.state, "tmp"), 0);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* The bytes of a file, and its name as sha256sum says it. */
static char *read_all(const char *path, size_t *ret_size, char name[65])
{
    char command[512], *bytes = malloc(1 << 20);
    FILE *file = fopen(path, "r");

    cr_assert(file);
    *ret_size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    snprintf(command, sizeof(command), "sha256sum '%s'", path);
    file = popen(command, "r");
    cr_assert(file && fscanf(file, "%64s", name) == 1);
    pclose(file);
    return bytes;
}

Test(artifacts, an_instance_is_made_of_one, .timeout = 60)
{
    struct test_daemon d;
    char *title = test_build_path("tests/guest/titles/spin.xex"), name[65], path[80], *bytes;
    json_t *made;
    size_t size;

    start(&d);
    bytes = read_all(title, &size, name);
    cr_expect_eq(put_status(&d, name, bytes, size), 201);
    made = test_daemon_result(&d, "instance.create",
                              json_pack("{s:s, s:s}", "artifact", name, "name", "a"));
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(made, "image"), "sha256")),
                     name);
    json_decref(made);
    snprintf(path, sizeof(path), "artifact:%s", name);
    json_decref(test_daemon_result(&d, "image.inspect", json_pack("{s:s}", "image", path)));
    cr_expect_str_eq(test_daemon_error(&d, "instance.create",
                                       json_pack("{s:s, s:s}", "artifact", name, "image", "x")),
                     "invalid_params");
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", NULL), "invalid_params");
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", json_pack("{s:s}", "artifact", ABC)),
                     "artifact_not_found");
    free(bytes);
    free(title);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(artifacts, a_token_needs_scope_run_to_put, .timeout = 60)
{
    struct test_daemon d;
    json_t *made;
    char request[512], *answer;

    start(&d);
    made = test_daemon_result(&d, "token.create", json_pack("{s:s}", "name", "reader"));
    snprintf(request, sizeof(request),
             "PUT /v1/artifacts/" ABC " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
             "Authorization: Bearer %s\r\nContent-Length: 3\r\n\r\nabc",
             json_string_value(json_object_get(made, "token")));
    answer = test_daemon_raw(&d, true, request, strlen(request));
    cr_expect(strstr(answer, " 403 "), "%s", answer);
    free(answer);
    json_decref(made);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
