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

/* The port behind the colon; -1: there is none. */
static long port_of(const char *colon)
{
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    long port = digits && digits < 6 && !colon[1 + digits] ? atol(colon + 1) : -1;

    return port <= 65535 ? port : -1;
}

/* "ADDRESS:PORT" with the address in digits, or localhost. */
static bool parse_address(const char *text, struct sockaddr_storage *address, socklen_t *size)
{
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    const char *colon = strrchr(text, ':');
    long port = port_of(colon);
    char host[64];

    if (port < 0 || colon - text >= (ptrdiff_t)sizeof(host) || colon == text)
        return false;
    snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
    memset(address, 0, sizeof(*address));
    if (host[0] == '[' && colon[-1] == ']') {
        host[strlen(host) - 1] = '\0';
        *six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
        *size = sizeof(*six);
        return inet_pton(AF_INET6, host + 1, &six->sin6_addr) == 1;
    }
    *four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    *size = sizeof(*four);
    return inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1", &four->sin_addr) == 1;
}

bool xe_listen_is_address(const char *text)
{
    struct sockaddr_storage address;
    socklen_t size;

    return parse_address(text, &address, &size);
}

bool xe_listen_is_loopback(const char *text)
{
    struct sockaddr_storage address;
    socklen_t size;

    if (!parse_address(text, &address, &size))
        return false;
    if (address.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&address)->sin6_addr);
    return ntohl(((struct sockaddr_in *)&address)->sin_addr.s_addr) >> 24 == 127;
}

static void address_text(int fd, char *text, size_t size)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    const struct sockaddr_in *four = (const struct sockaddr_in *)&address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address;
    char host[INET6_ADDRSTRLEN] = "";

    getsockname(fd, (struct sockaddr *)&address, &length);
    if (address.ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
        snprintf(text, size, "[%s]:%u", host, ntohs(six->sin6_port));
    } else {
        inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
        snprintf(text, size, "%s:%u", host, ntohs(four->sin_port));
    }
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

int xe_listen_tcp(const char *text, char *real, size_t size, struct xe_error *err)
{
    struct sockaddr_storage address;
    socklen_t length;
    int fd, yes = 1;

    if (!parse_address(text, &address, &length)) {
        xe_error_set(err, XE_ERR_CONFIG_INVALID,
                     "listen '%s': expected ADDRESS:PORT with the address in digits", text);
        return -1;
    }
    fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, BACKLOG) < 0)
        return errno == EADDRINUSE ? taken(fd, err, text) : fail(fd, err, text);
    address_text(fd, real, size);
    return fd;
}
