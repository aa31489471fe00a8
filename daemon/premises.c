/* What the daemon has outside of itself; see premises.h.
 *
 * First the claims, which show nothing and clash with nobody but a second daemon; then TCP, which
 * leaves no trace when it fails later; then the socket, then the cookie. Leaving goes backwards and
 * gives the claims up last. */
#include "daemon/premises.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/keyring.h"
#include "daemon/listen.h"

static void remember(struct xe_premises_file *file, const char *path)
{
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0)
        *file = (struct xe_premises_file){path, fd};
}

static void forget(struct xe_premises_file *file)
{
    if (!file->path)
        return;
    if (xe_claim_is_named(file->fd, file->path))
        unlink(file->path);
    close(file->fd);
    file->path = NULL;
}

/* ---- claims --------------------------------------------------------------------------------- */

static const char *whose(int pid, char text[32])
{
    if (pid > 0)
        snprintf(text, 32, "another xe360d (pid %d)", pid);
    else
        snprintf(text, 32, "another xe360d");
    return text;
}

static bool claim_socket(struct xe_claim *claim, const char *path, struct xe_error *err)
{
    struct xe_error why = XE_ERROR_INIT;
    char text[32];
    int pid;

    if (xe_claim_take(claim, path, &pid, &why))
        return true;
    if (pid)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                            "socket '%s': %s serves there; ask it (xe360ctl --socket %s ping), or "
                            "give another --socket",
                            path, whose(pid, text), path);
    return xe_error_set(err, XE_ERR_CONFIG_INVALID, "socket '%s': %s", path, why.text);
}

static bool claim_cookie(struct xe_claim *claim, const char *path, struct xe_error *err)
{
    struct xe_error why = XE_ERROR_INIT;
    char text[32];
    int pid;

    if (xe_claim_take(claim, path, &pid, &why))
        return true;
    if (pid)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                            "cookie '%s': %s keeps its token there; give another --cookie", path,
                            whose(pid, text));
    return xe_error_set(err, XE_ERR_CONFIG_INVALID, "cookie '%s': %s", path, why.text);
}

/* ---- the cookie ----------------------------------------------------------------------------- */

/* A whole file under another name first: nobody ever reads half a token. */
static bool write_cookie(const char *path, const char *token)
{
    char *draft = NULL;
    int fd;
    bool ok;

    if (asprintf(&draft, "%s.new", path) < 0)
        return false;
    unlink(draft);
    fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    ok = fd >= 0 && dprintf(fd, "%s\n", token) == 65;
    if (fd >= 0)
        ok &= close(fd) == 0;
    ok = ok && rename(draft, path) == 0;
    if (fd >= 0 && !ok)
        unlink(draft);
    free(draft);
    return ok;
}

/* Nothing there, or the token of a daemon that is gone: anything else is somebody's file. */
static bool may_be_replaced(const char *path)
{
    char text[80];
    struct stat st;
    ssize_t n;
    int fd;

    if (lstat(path, &st) < 0)
        return errno == ENOENT;
    fd = S_ISREG(st.st_mode) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return false;
    text[n] = '\0';
    return n == 0 || (n == 65 && text[64] == '\n' && strspn(text, "0123456789abcdef") == 64);
}

static bool make_cookie(struct xe_premises *premises, const char *path, struct xe_error *err)
{
    if (!may_be_replaced(path))
        return xe_error_set(
            err, XE_ERR_CONFIG_INVALID,
            "cookie '%s': there is something that is no token of xe360d; move it, or "
            "give another --cookie",
            path);
    if (!xe_keyring_secret(premises->token, err))
        return false;
    if (!write_cookie(path, premises->token))
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "cookie '%s': %s", path, strerror(errno));
    remember(&premises->cookie, path);
    return true;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool take(struct xe_premises *premises, const struct xe_premises_options *options,
                 struct xe_error *err)
{
    if (!claim_socket(&premises->socket_claim, options->socket_path, err))
        return false;
    if (options->listen) {
        if (!claim_cookie(&premises->cookie_claim, options->cookie_path, err))
            return false;
        premises->tcp_fd =
            xe_listen_tcp(options->listen, premises->listening, sizeof(premises->listening), err);
        if (premises->tcp_fd < 0)
            return false;
    }
    premises->unix_fd = xe_listen_unix(options->socket_path, err);
    if (premises->unix_fd < 0)
        return false;
    remember(&premises->socket, options->socket_path);
    return !options->listen || make_cookie(premises, options->cookie_path, err);
}

bool xe_premises_take(struct xe_premises *premises, const struct xe_premises_options *options,
                      struct xe_error *err)
{
    if (take(premises, options, err))
        return true;
    xe_premises_leave(premises);
    return false;
}

void xe_premises_leave(struct xe_premises *premises)
{
    forget(&premises->cookie);
    forget(&premises->socket);
    if (premises->tcp_fd >= 0)
        close(premises->tcp_fd);
    if (premises->unix_fd >= 0)
        close(premises->unix_fd);
    premises->tcp_fd = premises->unix_fd = -1;
    explicit_bzero(premises->token, sizeof(premises->token));
    xe_claim_release(&premises->cookie_claim);
    xe_claim_release(&premises->socket_claim);
}
