/* Listening sockets; see listen.h. */
#include "daemon/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Who finds the queue full waits for seconds, by the rules of TCP, even when there is room again.
 */
#define BACKLOG SOMAXCONN

static int fail(int fd, struct xe_error *err, const char *what)
{
    xe_error_set(err, XE_ERR_CONFIG_INVALID, "cannot listen on '%s': %s", what, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Does somebody answer at this path? */
static bool alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answered = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;

    close(fd);
    return answered;
}

int xe_listen_unix(const char *path, struct xe_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st;
    mode_t mask;
    int fd, bound;

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return fail(-1, err, path);
    }
    strcpy(address.sun_path, path);
    if (lstat(path, &st) == 0) {
        if (!S_ISSOCK(st.st_mode)) {
            xe_error_set(err, XE_ERR_CONFIG_INVALID,
                         "socket '%s': there is something that is no socket; give another --socket",
                         path);
            return -1;
        }
        if (alive(&address)) {
            xe_error_set(err, XE_ERR_CONFIG_INVALID,
                         "socket '%s': another program answers there; give another --socket", path);
            return -1;
        }
        unlink(path);
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mask = umask(0177);
    bound = bind(fd, (struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (bound == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    if (bound == 0)
        unlink(path);
    return fail(fd, err, path);
}

/* Split "host:port"; hosts other than loopback are refused. */
static bool parse_loopback(const char *text, struct sockaddr_storage *address, socklen_t *size)
{
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    const char *colon = strrchr(text, ':');
    size_t host = colon ? (size_t)(colon - text) : 0;
    char *end;
    unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;

    if (!colon || !colon[1] || colon[1] == '-' || colon[1] == '+' || *end || port > 65535)
        return false;
    memset(address, 0, sizeof(*address));
    if (host == 5 && !strncmp(text, "[::1]", 5)) {
        *six = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                     .sin6_port = htons((uint16_t)port),
                                     .sin6_addr = in6addr_loopback};
        *size = sizeof(*six);
        return true;
    }
    *four = (struct sockaddr_in){.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *size = sizeof(*four);
    return (host == 9 && (!strncmp(text, "127.0.0.1", 9) || !strncmp(text, "localhost", 9)));
}

static void address_text(int fd, char *text, size_t size)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);

    getsockname(fd, (struct sockaddr *)&address, &length);
    if (address.ss_family == AF_INET6)
        snprintf(text, size, "[::1]:%u", ntohs(((struct sockaddr_in6 *)&address)->sin6_port));
    else
        snprintf(text, size, "127.0.0.1:%u", ntohs(((struct sockaddr_in *)&address)->sin_port));
}

static int taken(int fd, struct xe_error *err, const char *text)
{
    xe_error_set(err, XE_ERR_CONFIG_INVALID,
                 "--listen '%s': another program listens there, perhaps another xe360d; give "
                 "another port, or 0 for any that is free",
                 text);
    close(fd);
    return -1;
}

int xe_listen_loopback(const char *text, char *real, size_t size, struct xe_error *err)
{
    struct sockaddr_storage address;
    socklen_t length;
    int fd, yes = 1;

    if (!parse_loopback(text, &address, &length)) {
        xe_error_set(err, XE_ERR_CONFIG_INVALID,
                     "--listen '%s': expected 127.0.0.1:PORT, [::1]:PORT or localhost:PORT", text);
        return -1;
    }
    fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, BACKLOG) < 0)
        return errno == EADDRINUSE ? taken(fd, err, text) : fail(fd, err, text);
    address_text(fd, real, size);
    return fd;
}
