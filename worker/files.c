/* The worker's side of the broker; see broker.h. What comes back is checked like anything else: the
 * broker is ours, but it reads what a host has. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/broker.h"
#include "rpc/link/link.h"

static bool send_ask(const struct xe_broker_ask *ask, size_t path, const int *fd, uint32_t fds)
{
    char control[CMSG_SPACE(sizeof(int) * XE_FILES_ROOTS)] __attribute__((aligned(8))) = {0};
    struct iovec part = {(void *)ask, offsetof(struct xe_broker_ask, path) + path};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};

    if (fds) {
        struct cmsghdr *c;

        header.msg_control = control;
        header.msg_controllen = CMSG_SPACE(sizeof(int) * fds);
        c = CMSG_FIRSTHDR(&header);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * fds);
        memcpy(CMSG_DATA(c), fd, sizeof(int) * fds);
    }
    return xe_link_sendmsg(XE_BROKER_FD, &header, MSG_NOSIGNAL) >= 0;
}

/* *ret_fd is -1 if none came. false: the broker is gone, or answers nonsense. */
static bool receive(struct xe_broker_answer *ret, int *ret_fd)
{
    char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
    struct iovec part = {ret, sizeof(*ret)};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof(control)};
    const struct cmsghdr *c;
    ssize_t n;

    *ret_fd = -1;
    do
        n = recvmsg(XE_BROKER_FD, &header, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != sizeof(*ret))
        return false;
    c = CMSG_FIRSTHDR(&header);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
        c->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(ret_fd, CMSG_DATA(c), sizeof(int));
    return ret->got <= XE_FILES_FAILED;
}

static enum xe_files_got gone(struct xe_error *err)
{
    xe_error_set(err, XE_ERR_INTERNAL, "the process that opens files is gone");
    return XE_FILES_FAILED;
}

bool xe_broker_begin(const int *folder, uint32_t count, struct xe_error *err)
{
    const struct xe_broker_ask ask = {.op = XE_BROKER_BEGIN};
    struct xe_broker_answer answer;
    int fd;

    if (!count) {
        close(XE_BROKER_FD);
        return true;
    }
    if (count > XE_FILES_ROOTS)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "more than %u folders", XE_FILES_ROOTS);
    if (!send_ask(&ask, 0, folder, count) || !receive(&answer, &fd) || fd >= 0)
        return gone(err) == XE_FILES_OK;
    return true;
}

static enum xe_files_got ask_for(enum xe_broker_op op, uint32_t root, const char *path, int *ret_fd,
                                 struct xe_error *err)
{
    struct xe_broker_ask ask = {.op = op, .root = root};
    struct xe_broker_answer answer;
    size_t length = strlen(path);
    int fd;

    if (length > XE_FILES_PATH_MAX)
        return XE_FILES_NONE;
    memcpy(ask.path, path, length);
    if (!send_ask(&ask, length, NULL, 0) || !receive(&answer, &fd))
        return gone(err);
    if ((fd >= 0) == (answer.got == XE_FILES_OK)) {
        if (answer.got == XE_FILES_FAILED)
            xe_error_set(err, XE_ERR_INTERNAL, "'%s' on the host: %s", path,
                         strerror(answer.error));
        *ret_fd = fd;
        return answer.got;
    }
    if (fd >= 0)
        close(fd);
    return gone(err);
}

static enum xe_files_got list(void *ctx, uint32_t root, const char *path, int *ret_fd,
                              struct xe_error *err)
{
    (void)ctx;
    return ask_for(XE_BROKER_LIST, root, path, ret_fd, err);
}

static enum xe_files_got open_one(void *ctx, uint32_t root, const char *path, int *ret_fd,
                                  struct xe_error *err)
{
    (void)ctx;
    return ask_for(XE_BROKER_OPEN, root, path, ret_fd, err);
}

const struct xe_files xe_broker_files = {NULL, list, open_one};
