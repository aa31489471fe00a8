/* The GDB stub's sockets: who may come, what its coming and going does to the instance, and what a
 * client that misbehaves gets. What gdb itself thinks of it is check-gdb.sh's matter. */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

/* ---- helpers -------------------------------------------------------------------------------- */

static json_t *named(const char *name)
{
    return json_pack("{s:s}", "instance", name);
}

static json_int_t number(const struct test_daemon *d, const char *method, const char *instance,
                         const char *member)
{
    json_t *result = test_daemon_result(d, method, named(instance));
    json_int_t value = json_integer_value(json_object_get(result, member));

    json_decref(result);
    return value;
}

static bool in_state(const struct test_daemon *d, const char *instance, const char *state)
{
    json_t *result = test_daemon_result(d, "instance.get", named(instance));
    bool is = !strcmp(json_string_value(json_object_get(result, "state")), state);

    json_decref(result);
    return is;
}

static void await_state(const struct test_daemon *d, const char *instance, const char *state)
{
    for (int i = 0; i < 5000 && !in_state(d, instance, state); i++)
        poll(NULL, 0, 2);
    cr_assert(in_state(d, instance, state), "never %s", state);
}

/* An instance "t" with a port for gdb. */
static void begin_title(struct test_daemon *d, const char *title, const char *faults,
                        json_int_t instructions)
{
    test_daemon_start(d, NULL, NULL);
    test_daemon_fixture(d, title, faults, "t.xex");
    json_decref(test_daemon_result(d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", "t.xex", "name", "t")));
    if (instructions)
        json_decref(test_daemon_result(
            d, "run.start",
            json_pack("{s:s, s:I}", "instance", "t", "instructions", instructions)));
}

static void begin(struct test_daemon *d, json_int_t instructions)
{
    begin_title(d, "spin", NULL, instructions);
}

static int dial_port(json_int_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_port = htons((uint16_t)port);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static int dial(const struct test_daemon *d)
{
    return dial_port(number(d, "debug.gdb.start", "t", "port"));
}

static void send_packet(int fd, const char *payload)
{
    char frame[256];
    unsigned sum = 0;

    for (const char *at = payload; *at; at++)
        sum += (unsigned char)*at;
    snprintf(frame, sizeof(frame), "$%s#%02x", payload, sum & 0xff);
    cr_assert_eq(send(fd, frame, strlen(frame), MSG_NOSIGNAL), (ssize_t)strlen(frame));
}

/* The payload of the next packet that comes; NULL: the other side has closed. */
static const char *receive(int fd)
{
    static char text[32768];
    size_t used = 0;
    char c, sum[2];

    while (recv(fd, &c, 1, 0) == 1)
        if (c == '$')
            used = 0;
        else if (c != '#')
            text[used++ % sizeof(text)] = c;
        else if (recv(fd, sum, 2, MSG_WAITALL) == 2) {
            text[used % sizeof(text)] = '\0';
            return text;
        }
    return NULL;
}

static const char *say(int fd, const char *payload)
{
    send_packet(fd, payload);
    return receive(fd);
}

/* ---- coming and going ----------------------------------------------------------------------- */

Test(gdb, one_debugger_at_a_time, .timeout = 60)
{
    struct test_daemon d;
    int one, two;

    begin(&d, 0);
    one = dial(&d);
    cr_expect_str_eq(say(one, "qAttached"), "1");
    cr_expect(number(&d, "debug.gdb.start", "t", "port") > 0);
    two = dial(&d);
    cr_expect_null(receive(two), "the second one is let in");
    close(two);
    cr_expect_str_eq(say(one, "qAttached"), "1");
    cr_expect_str_eq(say(one, "D"), "OK");
    cr_expect_null(receive(one), "still connected");
    close(one);
    one = dial(&d);
    cr_expect_str_eq(say(one, "qAttached"), "1", "no third one may come");
    close(one);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(gdb, a_run_is_paused_for_it_and_goes_on_to_its_count, .timeout = 60)
{
    const char *const leave[] = {"D", NULL};
    struct test_daemon d;

    begin(&d, 1000000000000);
    for (int i = 0; i < 2; i++) {
        int fd = dial(&d);

        cr_expect(!strncmp(say(fd, "?"), "T05thread:1;", 12));
        await_state(&d, "t", "paused");
        if (leave[i])
            cr_expect_str_eq(say(fd, leave[i]), "OK");
        close(fd);
        await_state(&d, "t", "running");
    }
    json_decref(test_daemon_result(&d, "run.pause", named("t")));
    cr_expect_eq(number(&d, "run.get", "t", "target") - number(&d, "run.get", "t", "retired") +
                     number(&d, "run.get", "t", "cycle"),
                 1000000000000);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(gdb, a_debugger_that_dies_leaves_a_stopped_instance_stopped, .timeout = 60)
{
    struct test_daemon d;
    int fd;

    begin(&d, 0);
    fd = dial(&d);
    say(fd, "?");
    send_packet(fd, "vCont;c");
    await_state(&d, "t", "running");
    close(fd);
    await_state(&d, "t", "paused");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* One that comes in the same moment is let in, and doesn't take the other's run for the title's. */
Test(gdb, who_comes_after_one_that_died_finds_it_stopped, .timeout = 60)
{
    struct test_daemon d;
    int fd;

    begin(&d, 0);
    fd = dial(&d);
    for (int i = 0; i < 30; i++) {
        cr_expect_str_eq(say(fd, "qAttached"), "1", "number %d was not let in", i);
        cr_expect(strstr(say(fd, "?"), "thread:1;"));
        send_packet(fd, "c");
        poll(NULL, 0, 1 + i % 3);
        close(fd);
        fd = dial(&d);
    }
    close(fd);
    await_state(&d, "t", "paused");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(gdb, ctrl_c_stops_a_run, .timeout = 60)
{
    struct test_daemon d;
    int fd;

    begin(&d, 0);
    fd = dial(&d);
    say(fd, "?");
    send_packet(fd, "vCont;c");
    await_state(&d, "t", "running");
    send(fd, "\003", 1, MSG_NOSIGNAL);
    cr_expect(!strncmp(receive(fd), "T02", 3));
    cr_expect(in_state(&d, "t", "paused"));
    cr_expect_str_eq(say(fd, "qC"), "QC1");
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* Somebody else may stop what gdb runs, and run what gdb thinks is stopped. */
Test(gdb, other_clients_may_pause_and_start, .timeout = 60)
{
    struct test_daemon d;
    int fd;

    begin(&d, 0);
    fd = dial(&d);
    say(fd, "?");
    send_packet(fd, "vCont;c");
    await_state(&d, "t", "running");
    json_decref(test_daemon_result(&d, "run.pause", named("t")));
    cr_expect(!strncmp(receive(fd), "T02", 3));
    json_decref(test_daemon_result(
        &d, "run.start", json_pack("{s:s, s:I}", "instance", "t", "instructions", 1000000000000)));
    send_packet(fd, "vCont;c");
    json_decref(test_daemon_result(&d, "run.cancel", named("t")));
    cr_expect(strstr(receive(fd), "63616e63656c6c6564"), "'cancelled' is not told");
    cr_expect(!strncmp(receive(fd), "T02", 3));
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* How a title's end is told: what it is made of, what gdb hears, and the instance's state then. */
static const struct {
    const char *title;
    json_int_t instructions;
    const char *note, *reply, *state;
} stops[] = {
    {"lines", 1000, "exited. XamLoaderTerminateTitle, code 0x00000007", "W07", "stopped"},
    {"crash", 1000, "crash: data access write to 0x00000000", "T0b", "crashed"},
    {"quiescent", 1000, "no thread can run again by itself", "T11", "stopped"},
    {"spin", 50, "retired what was asked", "T18", "stopped"},
};

/* Text of an O packet. */
static const char *console(const char *packet)
{
    static char text[1024];
    unsigned byte;
    size_t used = 0;

    for (packet++; sscanf(packet, "%2x", &byte) == 1 && used < sizeof(text) - 1; packet += 2)
        text[used++] = (char)byte;
    text[used] = '\0';
    return text;
}

Test(gdb, tells_how_a_title_ends, .timeout = 60)
{
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        struct test_daemon d;
        const char *packet;
        int fd;

        begin_title(&d, stops[i].title, "pace=10", stops[i].instructions);
        fd = dial(&d);
        cr_expect(!strncmp(say(fd, "?"), "T05", 3), "%s: not there in time", stops[i].title);
        packet = say(fd, "vCont;c");
        cr_assert(packet && packet[0] == 'O', "%s: %s", stops[i].title, packet);
        cr_expect(strstr(console(packet), stops[i].note), "%s: %s", stops[i].title,
                  console(packet));
        packet = receive(fd);
        cr_expect(!strncmp(packet, stops[i].reply, 3), "%s: %s", stops[i].title, packet);
        cr_expect(in_state(&d, "t", stops[i].state), "%s", stops[i].title);
        for (packet = "O"; i < 3 && packet[0] == 'O';) /* going on changes nothing */
            packet = packet[1] ? receive(fd) : say(fd, "vCont;c");
        cr_expect(i == 3 || !strncmp(packet, stops[i].reply, 3), "again: %s", packet);
        close(fd);
        cr_expect_eq(test_daemon_stop(&d), 0);
    }
}

Test(gdb, a_title_that_has_exited_can_be_looked_at, .timeout = 60)
{
    struct test_daemon d;
    const char *packet;
    int fd;

    begin_title(&d, "lines", NULL, 30000000);
    await_state(&d, "t", "stopped");
    fd = dial(&d);
    cr_expect(!strncmp(say(fd, "?"), "T05", 3));
    cr_expect_str_eq(say(fd, "m82000000,2"), "4d5a");
    packet = say(fd, "vCont;c");
    cr_expect(packet[0] == 'O' && strstr(console(packet), "has exited"), "%s", packet);
    while (packet[0] == 'O')
        packet = receive(fd);
    cr_expect(!strncmp(packet, "T05", 3), "%s", packet);
    cr_expect_str_eq(say(fd, "D"), "OK");
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- a daemon at its limits ------------------------------------------------------------------ */

/* The number behind the process's highest descriptor; *ret_free: how many below are none. */
static rlim_t descriptors_end(pid_t pid, int *ret_free)
{
    char path[64], target[8];
    rlim_t end = 0;
    int used = 0;

    for (rlim_t n = 0; n < 1024; n++) {
        snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, (int)n);
        if (readlink(path, target, sizeof(target)) > 0) {
            end = n + 1;
            used++;
        }
    }
    *ret_free = (int)end - used;
    return end;
}

/* No further descriptor for the daemon: connections that say nothing take those that are free. */
static void exhaust(const struct test_daemon *d, int *idle, int *ret_idle, struct rlimit *ret_old)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct rlimit tight;
    int left;

    cr_assert_eq(prlimit(d->pid, RLIMIT_NOFILE, NULL, ret_old), 0);
    tight = (struct rlimit){descriptors_end(d->pid, &left), ret_old->rlim_max};
    cr_assert_eq(prlimit(d->pid, RLIMIT_NOFILE, &tight, NULL), 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", d->socket);
    cr_assert_leq(left, 64);
    for (*ret_idle = 0; *ret_idle < left; ++*ret_idle) {
        idle[*ret_idle] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        cr_assert_eq(connect(idle[*ret_idle], (struct sockaddr *)&address, sizeof(address)), 0);
    }
    for (int i = 0; i < 1000 && left; i++) {
        descriptors_end(d->pid, &left);
        poll(NULL, 0, 2);
    }
    cr_assert_eq(left, 0);
}

/* Clock ticks of processor time so far. */
static unsigned long ticks(pid_t pid)
{
    char path[64];
    unsigned long user = 0, system = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    cr_assert(file && fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                             &user, &system) == 2);
    fclose(file);
    return user + system;
}

Test(gdb, a_daemon_without_descriptors_refuses_and_rests, .timeout = 60)
{
    int idle[64], idles, fd;
    struct test_daemon d;
    unsigned long before;
    struct rlimit old;
    json_int_t port;

    begin(&d, 0);
    port = number(&d, "debug.gdb.start", "t", "port");
    fd = dial_port(port);
    cr_expect_not_null(say(fd, "?"));
    close(fd);
    poll(NULL, 0, 200); /* until its descriptor is closed there, too */
    exhaust(&d, idle, &idles, &old);
    fd = dial_port(port);
    cr_expect_null(receive(fd), "turned away");
    close(fd);
    before = ticks(d.pid);
    poll(NULL, 0, 500);
    cr_expect_leq(ticks(d.pid) - before, 10, "it spins");
    while (idles--)
        close(idle[idles]);
    cr_assert_eq(prlimit(d.pid, RLIMIT_NOFILE, &old, NULL), 0);
    fd = dial(&d);
    cr_expect_not_null(say(fd, "?"));
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- ends ----------------------------------------------------------------------------------- */

static void end_by_stop(const struct test_daemon *d)
{
    json_decref(test_daemon_result(d, "debug.gdb.stop", named("t")));
}

static void end_by_destroy(const struct test_daemon *d)
{
    json_decref(test_daemon_result(d, "instance.destroy", named("t")));
}

static void end_by_kill(const struct test_daemon *d)
{
    kill((pid_t)number(d, "instance.get", "t", "worker_pid"), SIGKILL);
}

Test(gdb, the_connection_ends_with_what_it_is_for, .timeout = 60)
{
    static void (*const ends[])(const struct test_daemon *d) = {end_by_stop, end_by_destroy,
                                                                end_by_kill};

    for (int i = 0; i < 6; i++) {
        struct test_daemon d;
        int fd;

        begin(&d, i % 2 ? 1000000000000 : 0);
        fd = dial(&d);
        say(fd, "?");
        if (i % 2)
            send_packet(fd, "vCont;c");
        ends[i / 2](&d);
        while (receive(fd)) /* a stop may have been told before */
            ;
        close(fd);
        if (ends[i / 2] == end_by_stop && i % 2)
            await_state(&d, "t", "running");
        cr_expect_eq(test_daemon_stop(&d), 0, "end %d", i);
    }
}

Test(gdb, the_daemon_ends_while_a_debugger_waits, .timeout = 60)
{
    struct test_daemon d;
    int fd;

    begin(&d, 0);
    fd = dial(&d);
    say(fd, "?");
    send_packet(fd, "vCont;c");
    await_state(&d, "t", "running");
    cr_expect_eq(test_daemon_stop(&d), 0);
    while (receive(fd)) /* why its run stopped */
        ;
    close(fd);
}

/* ---- misbehaviour --------------------------------------------------------------------------- */

/* What a web page can make a browser send. It must not even pause the instance. */
Test(gdb, a_web_page_gets_no_further_than_its_first_letter, .timeout = 60)
{
    const char request[] = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n$k#6b";
    struct test_daemon d;
    int fd;

    begin(&d, 1000000000000);
    await_state(&d, "t", "running");
    fd = dial(&d);
    send(fd, request, strlen(request), MSG_NOSIGNAL);
    cr_expect_null(receive(fd));
    close(fd);
    cr_expect(in_state(&d, "t", "running"));
    cr_expect_eq(number(&d, "run.get", "t", "target"), 1000000000000);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* A client that asks and never reads is stopped by the sockets' buffers, not by our memory. */
Test(gdb, who_does_not_read_is_not_listened_to, .timeout = 60)
{
    struct test_daemon d;
    char many[64 * 5];
    size_t sent = 0;
    int fd, quiet = 0;

    begin(&d, 0);
    fd = dial(&d);
    say(fd, "?");
    for (int i = 0; i < 64; i++)
        memcpy(many + (size_t)i * 5, "$g#67", 5);
    while (quiet < 100 && sent < 64u << 20) {
        ssize_t n = send(fd, many, sizeof(many), MSG_DONTWAIT | MSG_NOSIGNAL);

        quiet = n > 0 ? 0 : quiet + 1;
        sent += n > 0 ? (size_t)n : 0;
        if (n <= 0)
            poll(NULL, 0, 2);
    }
    cr_expect_lt(sent, 64u << 20, "it takes everything");
    cr_expect(in_state(&d, "t", "created"));
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
