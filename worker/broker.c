/* The broker's process; see broker.h. It allocates nothing and keeps nothing between messages but
 * the folders' descriptors. */
#include "worker/broker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/filter.h"
#include "rpc/link/link.h"

/* Far more than it can have (the folders, and what is being answered): nothing is sent while its
 * user has more than that under way. */
#define DESCRIPTORS 4096

struct broker {
    int folder[XE_FILES_ROOTS];
    uint32_t folders;
    bool begun;
};

struct message {
    struct xe_broker_ask ask;
    size_t path; /* bytes of it */
    int fd[XE_FILES_ROOTS];
    uint32_t fds;
};

/* ---- messages ------------------------------------------------------------------------------- */

static void take_fds(struct msghdr *header, struct message *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; i < count && message->fds < XE_FILES_ROOTS; i++)
            memcpy(&message->fd[message->fds++], CMSG_DATA(c) + sizeof(int) * i, sizeof(int));
    }
}

/* false: the worker is gone, or talks nonsense. */
static bool receive(struct message *message)
{
    char control[CMSG_SPACE(sizeof(int) * XE_FILES_ROOTS)] __attribute__((aligned(8)));
    struct iovec part = {&message->ask, sizeof(message->ask)};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof(control)};
    ssize_t n;

    message->fds = 0;
    do
        n = recvmsg(XE_BROKER_FD, &header, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)offsetof(struct xe_broker_ask, path) ||
        header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
        return false;
    take_fds(&header, message);
    message->path = (size_t)n - offsetof(struct xe_broker_ask, path);
    if (message->path > XE_FILES_PATH_MAX || memchr(message->ask.path, 0, message->path))
        return false;
    message->ask.path[message->path] = '\0';
    return true;
}

/* fd goes along with XE_FILES_OK, and is closed. */
static bool answer(enum xe_files_got got, int error, int fd)
{
    char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = {0};
    struct xe_broker_answer body = {got, error};
    struct iovec part = {&body, sizeof(body)};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t n;

    if (fd >= 0) {
        struct cmsghdr *c;

        header.msg_control = control;
        header.msg_controllen = sizeof(control);
        c = CMSG_FIRSTHDR(&header);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    }
    n = xe_link_sendmsg(XE_BROKER_FD, &header, MSG_NOSIGNAL);
    if (fd >= 0)
        close(fd);
    return n >= 0;
}

/* ---- files ---------------------------------------------------------------------------------- */

/* Parts between slashes, of which none means another folder. The kernel holds the path beneath the
 * folder all the same. */
static bool path_is_good(const char *path)
{
    if (!*path)
        return true;
    while (true) {
        size_t length = strcspn(path, "/");

        if (!length || length > NAME_MAX || (length == 1 && path[0] == '.') ||
            (length == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        if (!path[length])
            return true;
        path += length + 1;
    }
}

static int open_beneath(int folder, const char *path, uint64_t flags)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | flags,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

    return (int)syscall(SYS_openat2, folder, *path ? path : ".", &how, sizeof(how));
}

/* What can't be had is not there; what the host fails at is told. */
static enum xe_files_got why_not(int error)
{
    static const int absent[] = {EACCES, ELOOP, ENOENT, ENOTDIR,     ENXIO,
                                 ENODEV, EXDEV, EPERM,  ENAMETOOLONG};

    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        if (error == absent[i])
            return XE_FILES_NONE;
    return XE_FILES_FAILED;
}

static bool open_file(int folder, const char *path)
{
    int fd = open_beneath(folder, path, 0), error = errno;
    struct stat st;

    if (fd < 0)
        return answer(why_not(error), error, -1);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return answer(XE_FILES_OK, 0, fd);
    close(fd);
    return answer(XE_FILES_NONE, 0, -1);
}

/* ---- listings ------------------------------------------------------------------------------- */

struct listing {
    int fd; /* a memory file */
    uint64_t size;
    uint32_t entries;
    size_t used;
    char bytes[64 * 1024];
};

static bool flush(struct listing *list)
{
    size_t done = 0;

    while (done < list->used) {
        ssize_t n = write(list->fd, list->bytes + done, list->used - done);

        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    list->size += list->used;
    list->used = 0;
    return true;
}

/* A link, a device, or what went away meanwhile is not told. */
static bool add(struct listing *list, int folder, const char *name)
{
    struct xe_files_listed listed = {0};
    size_t length = strlen(name);
    struct stat st;

    if (!strcmp(name, ".") || !strcmp(name, "..") || length > UINT8_MAX ||
        fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
        !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
        return true;
    errno = E2BIG;
    if (list->entries++ >= XE_FILES_LIST_MAX ||
        list->size + sizeof(list->bytes) > XE_FILES_BYTES_MAX)
        return false;
    if (list->used + sizeof(listed) + length > sizeof(list->bytes) && !flush(list))
        return false;
    listed.folder = S_ISDIR(st.st_mode);
    listed.length = (uint8_t)length;
    listed.size = (uint64_t)st.st_size;
    memcpy(list->bytes + list->used, &listed, sizeof(listed));
    memcpy(list->bytes + list->used + sizeof(listed), name, length);
    list->used += sizeof(listed) + length;
    return true;
}

/* Into the memory file; false: errno says why. */
static bool list_all(struct listing *list, int folder)
{
    static char entries[32 * 1024] __attribute__((aligned(8)));
    long n;

    while ((n = syscall(SYS_getdents64, folder, entries, sizeof(entries))) > 0)
        for (long at = 0; at < n;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(entries + at);

            if (!add(list, folder, entry->d_name))
                return false;
            at += entry->d_reclen;
        }
    return n == 0 && flush(list);
}

static bool list_folder(int folder, const char *path)
{
    static struct listing list;
    int fd = open_beneath(folder, path, O_DIRECTORY), error = errno;
    bool ok;

    if (fd < 0)
        return answer(why_not(error), error, -1);
    list.size = list.entries = 0;
    list.used = 0;
    list.fd = memfd_create("xe360-listing", MFD_CLOEXEC);
    ok = list.fd >= 0 && list_all(&list, fd);
    error = errno;
    close(fd);
    if (ok)
        return answer(XE_FILES_OK, 0, list.fd);
    if (list.fd >= 0)
        close(list.fd);
    return answer(XE_FILES_FAILED, error, -1);
}

/* ---- lock-down ------------------------------------------------------------------------------ */

/* Where the kernel has it: nothing can be opened but what is beneath the folders. The filter is
 * what must not be missing. */
static void landlock(const struct broker *broker)
{
    const uint64_t files = (1u << 13) - 1,
                   reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    struct landlock_ruleset_attr attr = {.handled_access_fs = files};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

    for (uint32_t i = 0; rules >= 0 && i < broker->folders; i++) {
        struct landlock_path_beneath_attr beneath = {.allowed_access = reading,
                                                     .parent_fd = broker->folder[i]};

        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    }
    if (rules >= 0) {
        syscall(SYS_landlock_restrict_self, rules, 0);
        close(rules);
    }
}

/* Tests leave a layer out, to see that the others hold. */
static bool lock_down(const struct broker *broker)
{
#ifdef XE_BROKER_UNLOCKED
    const bool locked = false;
#else
    const bool locked = true;
#endif

    if (locked)
        landlock(broker);
#if defined(XE_SANITIZERS) || defined(XE_SANDBOX_UNFILTERED)
    return true;
#else
    return xe_filter_enter(XE_FILTER_BROKER) == 0;
#endif
}

static void limit(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit limits = {most, most};

    if (getrlimit(resource, &limits) == 0 && limits.rlim_max > most)
        limits.rlim_max = most;
    limits.rlim_cur = limits.rlim_max;
    setrlimit(resource, &limits);
}

/* ---- the process ---------------------------------------------------------------------------- */

/* The one set of folders. */
static bool begin(struct broker *broker, const struct message *message)
{
    struct stat st;

    if (broker->begun || !message->fds || message->path)
        return false;
    broker->begun = true;
    for (uint32_t i = 0; i < message->fds; i++) {
        if (fstat(message->fd[i], &st) < 0 || !S_ISDIR(st.st_mode))
            return false;
        broker->folder[broker->folders++] = message->fd[i];
    }
    return lock_down(broker) && answer(XE_FILES_NONE, 0, -1);
}

static bool serve(struct broker *broker)
{
    static struct message message;
    const struct xe_broker_ask *ask = &message.ask;

    if (!receive(&message))
        return false;
    if (ask->op == XE_BROKER_BEGIN)
        return begin(broker, &message);
    if (message.fds || ask->op >= XE_BROKER_OPS || ask->root >= broker->folders ||
        !path_is_good(ask->path))
        return false;
    return ask->op == XE_BROKER_LIST ? list_folder(broker->folder[ask->root], ask->path)
                                     : open_file(broker->folder[ask->root], ask->path);
}

static _Noreturn void be_broker(void)
{
    struct broker broker = {.folders = 0};

    prctl(PR_SET_NAME, "xe360-files", 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    close(XE_BROKER_FD - 1); /* the worker's link */
    syscall(SYS_close_range, XE_BROKER_FD + 1, ~0u, 0);
    limit(RLIMIT_NOFILE, DESCRIPTORS);
    limit(RLIMIT_FSIZE, XE_FILES_BYTES_MAX);
    limit(RLIMIT_CORE, 0);
    while (serve(&broker))
        ;
    _exit(0);
}

bool xe_broker_start(void)
{
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    pid = fork();
    if (pid == 0) {
        if (pair[1] != XE_BROKER_FD)
            dup2(pair[1], XE_BROKER_FD);
        be_broker();
    }
    close(pair[1]);
    if (pair[0] != XE_BROKER_FD) {
        dup2(pair[0], XE_BROKER_FD);
        close(pair[0]);
    }
    return pid > 0;
}
