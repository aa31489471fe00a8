/* Clients of an HTTP server, many at once: how many answers a second, how long they wait, and what
 * the server spends. bench-http.sh says of whom. With --echo it is a server itself: a bare
 * libmicrohttpd that answers with a few bytes, to compare with.
 *
 *   bench_http --echo
 *   bench_http --to PORT|PATH [--connections N] [--seconds S] [--pace MS] [--head TEXT] [--body
 * TEXT]
 *              [--pid PID]
 *
 * Each connection asks, reads the whole answer and, after its pace, asks again. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#define SAMPLES_MAX 4000000u
#define HEAD_MAX    4096u

static const char *to = "", *head = "GET / HTTP/1.1", *body = "";
static unsigned connections = 8, pace_ms, pid;
static double seconds = 3;

static char request[65536];
static size_t request_size;
static float *samples; /* milliseconds */
static size_t sample_count, failures, bytes;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_http: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- a server to compare with --------------------------------------------------------------- */

static enum MHD_Result echo(void *ctx, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *upload,
                            size_t *upload_size, void **slot)
{
    static char text[] = "only POST\n";
    struct MHD_Response *response;
    enum MHD_Result result;

    (void)ctx;
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    if (!*slot || *upload_size) {
        *slot = text;
        *upload_size = 0;
        return MHD_YES;
    }
    response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "text/plain");
    result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static int serve(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, echo, NULL,
                         MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);

    if (!daemon)
        fail("--echo");
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    pause();
    return 0;
}

/* ---- clients -------------------------------------------------------------------------------- */

struct client {
    int fd;
    double asked, next; /* next: when to ask; 0: it waits for an answer */
    size_t left;        /* bytes of the body; SIZE_MAX: the head comes  */
    size_t used;
    char text[HEAD_MAX + 1];
};

static int dial(void)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in tcp = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port = htons((uint16_t)atoi(to))};
    bool is_local = strchr(to, '/');
    int fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(local.sun_path, sizeof(local.sun_path), "%s", to);
    if (fd < 0 || connect(fd, is_local ? (struct sockaddr *)&local : (struct sockaddr *)&tcp,
                          is_local ? sizeof(local) : sizeof(tcp)) < 0)
        fail(to);
    return fd;
}

static void ask(struct client *client)
{
    client->asked = now();
    client->next = 0;
    client->left = SIZE_MAX;
    client->used = 0;
    if (send(client->fd, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size)
        fail("send");
}

/* Behind the head: how much of the body is there is taken away. */
static void read_head(struct client *client)
{
    const char *end, *length;

    client->text[client->used] = '\0';
    end = strstr(client->text, "\r\n\r\n");
    if (!end)
        return;
    length = strcasestr(client->text, "\r\nContent-Length:");
    client->left = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    client->left -= client->used - (size_t)(end + 4 - client->text);
    failures += strncmp(client->text + 9, "200", 3) && strncmp(client->text + 9, "405", 3);
}

static bool take(struct client *client)
{
    static char rest[262144];
    bool in_head = client->left == SIZE_MAX;
    ssize_t n = recv(client->fd, in_head ? client->text + client->used : rest,
                     in_head ? HEAD_MAX - client->used : sizeof(rest), MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return false;
    if (n <= 0)
        fail("closed");
    bytes += (size_t)n;
    if (in_head) {
        client->used += (size_t)n;
        read_head(client);
    } else {
        client->left -= (size_t)n;
    }
    return client->left == 0;
}

static void answered(struct client *client)
{
    double at = now();

    if (sample_count < SAMPLES_MAX)
        samples[sample_count++] = (float)((at - client->asked) * 1e3);
    client->next = at + pace_ms / 1e3;
    if (!pace_ms)
        ask(client);
}

/* ---- what the server spends ----------------------------------------------------------------- */

/* Seconds of processor time of all its threads; 0: nobody asked. */
static double spent(void)
{
    unsigned long long user = 0, kernel = 0;
    char path[64], line[1024];
    const char *at;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%u/stat", pid);
    file = pid ? fopen(path, "r") : NULL;
    if (!file)
        return 0;
    at = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    if (at)
        sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &kernel);
    fclose(file);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

/* ---- a measurement -------------------------------------------------------------------------- */

static int sleep_ms(const struct client *clients, double until)
{
    double soonest = until, left;

    for (unsigned i = 0; pace_ms && i < connections; i++)
        if (clients[i].next > 0 && clients[i].next < soonest)
            soonest = clients[i].next;
    left = (soonest - now()) * 1e3;
    return left > 0 ? (int)left + 1 : 0;
}

static void measure(struct client *clients, int epoll)
{
    struct epoll_event events[64];
    double until = now() + seconds;

    while (now() < until) {
        int count = epoll_wait(epoll, events, 64, sleep_ms(clients, until));

        for (int i = 0; i < count; i++)
            if (take(events[i].data.ptr))
                answered(events[i].data.ptr);
        for (unsigned i = 0; pace_ms && i < connections; i++)
            if (clients[i].next > 0 && clients[i].next <= now())
                ask(&clients[i]);
    }
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static double percentile(double part)
{
    return sample_count ? (double)samples[(size_t)(part * (double)(sample_count - 1))] : 0;
}

/* Clients of a busy server are elsewhere: they shan't wait for a processor of it. */
static void hurry(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime_ns, deadline_ns, period_ns;
    } wish = {.size = sizeof(wish), .runtime_ns = 100000};

    syscall(SYS_sched_setattr, 0, &wish, 0);
}

static int run(void)
{
    struct client *clients = calloc(connections, sizeof(*clients));
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    double begin, cpu;

    hurry();
    samples = malloc(SAMPLES_MAX * sizeof(*samples));
    if (!clients || !samples || epoll < 0)
        fail("memory");
    request_size = (size_t)snprintf(request, sizeof(request),
                                    "%s\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s", head,
                                    strlen(body), body);
    for (unsigned i = 0; i < connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};

        clients[i].fd = dial();
        epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event);
        clients[i].next = now() + pace_ms / 1e3 * i / connections;
        if (!pace_ms)
            ask(&clients[i]);
    }
    begin = now();
    cpu = spent();
    measure(clients, epoll);
    cpu = spent() - cpu;
    begin = now() - begin;
    qsort(samples, sample_count, sizeof(*samples), by_size);
    printf("%.0f %.2f %.2f %.2f %.1f %zu %zu\n", (double)sample_count / begin, percentile(0.5),
           percentile(0.95), percentile(0.99), sample_count ? cpu * 1e6 / (double)sample_count : 0,
           failures, sample_count ? bytes / sample_count : 0);
    free(samples);
    free(clients);
    close(epoll);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option rows[] = {{"echo", no_argument, NULL, 'e'},
                                         {"to", required_argument, NULL, 't'},
                                         {"connections", required_argument, NULL, 'c'},
                                         {"seconds", required_argument, NULL, 's'},
                                         {"pace", required_argument, NULL, 'p'},
                                         {"head", required_argument, NULL, 'h'},
                                         {"body", required_argument, NULL, 'b'},
                                         {"pid", required_argument, NULL, 'i'},
                                         {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", rows, NULL)) != -1)
        switch (option) {
        case 'e':
            return serve();
        case 't':
            to = optarg;
            break;
        case 'c':
            connections = (unsigned)atoi(optarg);
            break;
        case 's':
            seconds = atof(optarg);
            break;
        case 'p':
            pace_ms = (unsigned)atoi(optarg);
            break;
        case 'h':
            head = optarg;
            break;
        case 'b':
            body = optarg;
            break;
        case 'i':
            pid = (unsigned)atoi(optarg);
            break;
        default:
            return 2;
        }
    return run();
}
