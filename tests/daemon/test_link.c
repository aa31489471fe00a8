/* The wire between worker and parent, both ends in one process. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "rpc/link/link.h"
#include "rpc/link/roots.h"

static int pair[2];

static void open_pair(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void round_trip(size_t size)
{
    char *text = calloc(1, size + 1);
    struct xe_link_message message;
    json_t *body, *result;

    memset(text, 'x', size);
    body = json_pack("{s:s}", "text", text);
    cr_assert_eq(xe_link_send(pair[0], XE_LINK_RESULT, 5, body, NULL, true), XE_LINK_SENT);
    cr_assert_eq(xe_link_receive(pair[1], true, &message, NULL), XE_LINK_MESSAGE);
    cr_expect_eq(message.kind, XE_LINK_RESULT);
    cr_expect_eq(message.id, 5);
    cr_expect_eq(message.files.count, 0);
    result = xe_link_result(&message);
    cr_expect(json_equal(result, body));
    json_decref(result);
    xe_link_message_fini(&message);
    json_decref(body);
    free(text);
}

Test(link, bodies_of_any_size_arrive, .init = open_pair)
{
    const size_t sizes[] = {0,
                            1,
                            XE_LINK_INLINE - 12,
                            XE_LINK_INLINE - 11,
                            XE_LINK_INLINE - 10,
                            XE_LINK_INLINE,
                            1000000,
                            XE_LINK_BODY_MAX - 11};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        round_trip(sizes[i]);
}

Test(link, a_body_that_is_too_large_is_not_sent, .init = open_pair)
{
    char *text = calloc(1, XE_LINK_BODY_MAX + 1);
    json_t *body;

    memset(text, 'x', XE_LINK_BODY_MAX);
    body = json_pack("{s:s}", "text", text);
    cr_expect_eq(xe_link_send(pair[0], XE_LINK_RESULT, 5, body, NULL, true), XE_LINK_FAILED);
    json_decref(body);
    text[XE_LINK_INLINE] = '\0';
    body = json_pack("{s:s}", "text", text);
    cr_expect_eq(xe_link_send(pair[0], XE_LINK_EVENT, 5, body, NULL, true), XE_LINK_FAILED);
    json_decref(body);
    free(text);
}

Test(link, a_title_descriptor_arrives_close_on_exec, .init = open_pair)
{
    struct xe_link_message message;
    json_t *body = json_pack("{s:s}", "method", "x");
    int title = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct stat a, b;

    xe_link_send(pair[0], XE_LINK_REQUEST, 1, body,
                 &(struct xe_link_files){.fd = {title}, .count = 1}, true);
    cr_assert_eq(xe_link_receive(pair[1], true, &message, NULL), XE_LINK_MESSAGE);
    cr_assert_eq(message.files.count, 1);
    fstat(title, &a);
    fstat(message.files.fd[0], &b);
    cr_expect_eq(a.st_rdev, b.st_rdev);
    cr_expect(fcntl(message.files.fd[0], F_GETFD) & FD_CLOEXEC);
    xe_link_message_fini(&message);
    json_decref(body);
}

/* As many as there can be, beside a body that is a file itself; in order. */
Test(link, files_arrive_in_order_with_a_long_body, .init = open_pair)
{
    char *text = calloc(1, XE_LINK_INLINE + 1), name[32];
    struct xe_link_files files = {.count = XE_LINK_FILES};
    struct xe_link_message message;
    json_t *body;

    memset(text, 'x', XE_LINK_INLINE);
    body = json_pack("{s:s}", "text", text);
    for (int i = 0; i < XE_LINK_FILES; i++) {
        files.fd[i] = memfd_create("numbered", MFD_CLOEXEC);
        cr_assert_eq(write(files.fd[i], &(char){(char)('a' + i)}, 1), 1);
    }
    cr_assert_eq(xe_link_send(pair[0], XE_LINK_RESULT, 5, body, &files, true), XE_LINK_SENT);
    cr_assert_eq(xe_link_receive(pair[1], true, &message, NULL), XE_LINK_MESSAGE);
    cr_assert_eq(message.files.count, XE_LINK_FILES);
    for (int i = 0; i < XE_LINK_FILES; i++) {
        cr_expect_eq(pread(message.files.fd[i], name, 1, 0), 1);
        cr_expect_eq(name[0], 'a' + i);
    }
    xe_link_message_fini(&message);
    cr_expect_eq(message.files.count, 0);
    xe_link_files_close(&files);
    json_decref(body);
    free(text);
}

Test(link, a_full_socket_is_told_and_an_empty_one_too, .init = open_pair)
{
    struct xe_link_message message;
    json_t *body = json_pack("{s:s}", "a", "b");
    int sent = 0;

    cr_expect_eq(xe_link_receive(pair[1], false, &message, NULL), XE_LINK_NOTHING);
    while (xe_link_send(pair[0], XE_LINK_EVENT, 1, body, NULL, false) == XE_LINK_SENT)
        sent++;
    cr_expect_gt(sent, 1);
    cr_expect_eq(xe_link_send(pair[0], XE_LINK_EVENT, 1, body, NULL, false), XE_LINK_FULL);
    while (xe_link_receive(pair[1], false, &message, NULL) == XE_LINK_MESSAGE) {
        xe_link_message_fini(&message);
        sent--;
    }
    cr_expect_eq(sent, 0);
    json_decref(body);
}

Test(link, a_closed_peer_is_an_end, .init = open_pair)
{
    struct xe_link_message message;
    json_t *body = json_object();

    close(pair[0]);
    cr_expect_eq(xe_link_receive(pair[1], true, &message, NULL), XE_LINK_END);
    cr_expect_eq(xe_link_send(pair[1], XE_LINK_EVENT, 1, body, NULL, true), XE_LINK_FAILED);
    json_decref(body);
}

/* Any bytes at all: either refused or, by luck, a message; never a crash. */
Test(link, random_bytes_are_refused, .init = open_pair)
{
    unsigned state = 1;

    for (int i = 0; i < 5000; i++) {
        struct xe_error err = XE_ERROR_INIT;
        struct xe_link_message message;
        unsigned char bytes[64];
        size_t size;

        for (size_t k = 0; k < sizeof(bytes); k++)
            bytes[k] = (unsigned char)((state = state * 1103515245 + 12345) >> 16);
        if (i % 2)
            memcpy(bytes, "X6W1\3\0\0\0", 8);
        size = 1 + bytes[60] % 60u;
        cr_assert_eq(send(pair[0], bytes, size, 0), (ssize_t)size);
        cr_assert_eq(xe_link_receive(pair[1], true, &message, &err), XE_LINK_BROKEN);
        cr_assert_eq(err.code, XE_ERR_WORKER_LOST);
    }
}

Test(link, the_end_of_a_worker_is_told_in_words)
{
    static const struct {
        siginfo_t info;
        const char *text;
    } rows[] = {
        {{.si_code = CLD_EXITED, .si_status = 5}, "the worker exited with status 5"},
        {{.si_code = CLD_EXITED, .si_status = XE_LINK_EXIT_OPEN},
         "the worker exited with status 3: its lock-down is incomplete (--sandbox=require)"},
        {{.si_code = CLD_KILLED, .si_status = SIGKILL},
         "the worker was killed by signal 9 (Killed)"},
        {{.si_code = CLD_DUMPED, .si_status = SIGSEGV},
         "the worker was killed by signal 11 (Segmentation fault)"},
        {{.si_code = CLD_EXITED, .si_status = XE_LINK_EXIT_SIGNAL + SIGABRT},
         "the worker was killed by signal 6 (Aborted)"},
        {{.si_code = CLD_EXITED, .si_status = XE_LINK_EXIT_SIGNAL + SIGSYS},
         "the worker made a forbidden system call and was killed (SIGSYS)"},
        {{.si_code = CLD_KILLED, .si_status = SIGSYS},
         "the worker made a forbidden system call and was killed (SIGSYS)"},
    };
    char text[200];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xe_link_describe_end(&rows[i].info, text, sizeof(text));
        cr_expect_str_eq(text, rows[i].text);
    }
}

/* ---- roots ---------------------------------------------------------------------------------- */

static struct xe_roots roots;
static char folder[64];

static void make_root(void)
{
    char command[512];

    strcpy(folder, "/tmp/xe360-roots-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(command, sizeof(command),
             "cd %s && mkdir -p in/sub rootbeside && echo a > in/a && echo b > in/sub/b && "
             "echo s > secret && echo s > rootbeside/s && ln -s ../secret in/out && "
             "ln -s a in/link && ln -s .. in/up && mkfifo in/fifo",
             folder);
    cr_assert_eq(system(command), 0);
    snprintf(command, sizeof(command), "%s/in", folder);
    cr_assert(xe_roots_add(&roots, command, NULL));
}

static void drop_root(void)
{
    char command[128];

    xe_roots_fini(&roots);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

Test(roots, nothing_outside_can_be_opened, .init = make_root, .fini = drop_root)
{
    static const struct {
        const char *path;
        enum xe_err code; /* 0: opens */
    } rows[] = {{"a", 0},
                {"sub/b", 0},
                {"sub/../a", 0},
                {"./a", 0},
                {"none", XE_ERR_IMAGE_NOT_FOUND},
                {"sub", XE_ERR_IMAGE_NOT_FOUND},
                {"fifo", XE_ERR_IMAGE_NOT_FOUND},
                {"../secret", XE_ERR_PATH_FORBIDDEN},
                {"sub/../../secret", XE_ERR_PATH_FORBIDDEN},
                {"out", XE_ERR_PATH_FORBIDDEN},
                {"link", XE_ERR_PATH_FORBIDDEN},
                {"up/secret", XE_ERR_PATH_FORBIDDEN},
                {"/etc/passwd", XE_ERR_PATH_FORBIDDEN},
                {"/", XE_ERR_PATH_FORBIDDEN},
                {"/proc/self/environ", XE_ERR_PATH_FORBIDDEN}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;
        int fd = xe_roots_open(&roots, rows[i].path, &err);

        cr_expect_eq(fd >= 0, rows[i].code == XE_ERR_NONE, "%s", rows[i].path);
        cr_expect_eq(err.code, rows[i].code, "%s: %s", rows[i].path, err.text);
        if (fd >= 0)
            close(fd);
    }
}

Test(roots, absolute_paths_must_be_below_a_root, .init = make_root, .fini = drop_root)
{
    char path[128];
    int fd;

    snprintf(path, sizeof(path), "%s/in/a", folder);
    fd = xe_roots_open(&roots, path, NULL);
    cr_expect_geq(fd, 0);
    close(fd);
    snprintf(path, sizeof(path), "%s/in/../secret", folder);
    cr_expect_eq(xe_roots_open(&roots, path, NULL), -1);
    snprintf(path, sizeof(path), "%s/inside", folder);
    cr_expect_eq(xe_roots_open(&roots, path, NULL), -1);
}

Test(roots, without_roots_nothing_opens)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_roots none = {.count = 0};

    cr_expect_eq(xe_roots_open(&none, "a", &err), -1);
    cr_expect_eq(err.code, XE_ERR_PATH_FORBIDDEN);
}
