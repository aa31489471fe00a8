/* The layers, in the order they must come: what needs paths or privileges comes before they are
 * taken away, seccomp (filter.c) last because it forbids making the others.
 *
 * Where the parent made a PID namespace (spawn.c), the process that enters is PID 1 there, and PID
 * 1 has no default actions for signals: abort() would not work. So it stays behind as an init which
 * waits for one child, the worker, and ends as that ended. It goes through the layers before it
 * forks, holds no descriptor, and may make two system calls. The worker starts its broker
 * (broker.c) at the same place, which has the same behind it and goes on by itself. What may become
 * a decoder (decoder_start.c) is left behind earlier, for it needs the host's libraries. */
#include "worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/broker.h"
#include "worker/decoder.h"
#include "worker/filter.h"
#include "rpc/link/link.h"

#define GIB            ((rlim_t)1 << 30)
#define DECODER_LAYERS 3 /* of what may become a decoder; the next hides the host's programs */
#define SHARED_LAYERS                                                                              \
    6 /* of init, worker and broker; the next forbids to open files, or to fork                    \
       */

static bool problem(struct xe_sandbox_layer *layer, const char *what, int error)
{
    snprintf(layer->problem, sizeof(layer->problem), "%s: %s", what, strerror(error));
    return false;
}

/* ---- what others may do to us --------------------------------------------------------------- */

void xe_sandbox_follow_parent(void)
{
    struct pollfd link = {.fd = XE_LINK_FD};

    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    /* It may have died before that; its pid cannot be asked from within a PID namespace. */
    if (poll(&link, 1, 0) == 1 && link.revents & (POLLHUP | POLLNVAL))
        _exit(0);
}

/* Memory files count for no limit, so a worker that fills the host's memory cannot be stopped
 * before it does; but it, and nobody else, is killed for it. */
static bool oom_score(struct xe_sandbox_layer *layer)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, "1000", 4) == 4;

    if (!ok)
        problem(layer, "/proc/self/oom_score_adj", errno);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool no_new_privs(struct xe_sandbox_layer *layer)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return problem(layer, "PR_SET_NO_NEW_PRIVS", errno);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return problem(layer, "PR_SET_DUMPABLE", errno);
    return true;
}

/* ---- what we can name ----------------------------------------------------------------------- */

/* An O_PATH descriptor only takes the number: nothing can be read, written or changed by it. */
static bool descriptors(struct xe_sandbox_layer *layer)
{
    int null = open("/dev/null", O_PATH | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        return problem(layer, "/dev/null", errno);
#ifndef XE_SANITIZERS
    if (dup2(null, STDERR_FILENO) < 0)
        return problem(layer, "/dev/null", errno);
#endif
    if (syscall(SYS_close_range, XE_LINK_FD + 1, ~0u, 0) < 0)
        return problem(layer, "close_range", errno);
#ifdef XE_SANITIZERS
    snprintf(layer->problem, sizeof(layer->problem),
             "left out: a sanitizer build keeps standard error for its reports");
    return false;
#else
    return true;
#endif
}

static bool namespaces(struct xe_sandbox_layer *layer)
{
    if (getpid() != 1)
        return false; /* the parent said why */
    if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWUTS) < 0)
        return problem(layer, "unshare", errno);
    return true;
}

/* A root that has nothing in it. Who has no descriptor outside and no CAP_SYS_CHROOT stays there.
 * (pivot_root could let go of the old root, but umount waits for all processors: 6 ms on a busy
 * machine. What the host unmounts is unmounted here too.) */
static bool empty_root(struct xe_sandbox_layer *layer)
{
    if (getpid() != 1)
        return problem(layer, "no mount namespace", EPERM);
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
        mount("none", "/proc", "tmpfs", MS_RDONLY | MS_NODEV | MS_NOEXEC | MS_NOSUID,
              "size=4k,nr_inodes=1,mode=500") < 0)
        return problem(layer, "mount", errno);
    if (chroot("/proc") < 0 || chdir("/") < 0)
        return problem(layer, "chroot", errno);
    return true;
}

/* Deny every kind of file access, connection and signal that this kernel's Landlock knows about. */
static bool landlock(struct xe_sandbox_layer *layer)
{
    static const struct {
        long abi;
        uint64_t files, net, scoped;
    } known[] = {{1, (1u << 13) - 1, 0, 0}, /* EXECUTE to MAKE_SYM    */
                 {2, 1u << 13, 0, 0},       /* REFER                  */
                 {3, 1u << 14, 0, 0},       /* TRUNCATE               */
                 {4, 0, 3, 0},              /* TCP: bind, connect     */
                 {5, 1u << 15, 0, 0},       /* IOCTL_DEV              */
                 {6, 0, 0, 3}};             /* abstract sockets, kill */
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    uint64_t all[3] = {0}; /* struct landlock_ruleset_attr, newer than the C library's */
    int ruleset;
    bool ok;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].abi <= abi) {
            all[0] |= known[i].files;
            all[1] |= known[i].net;
            all[2] |= known[i].scoped;
        }
    ruleset = (int)syscall(SYS_landlock_create_ruleset, all, sizeof(all), 0);
    if (abi < 1 || ruleset < 0)
        return problem(layer, "landlock_create_ruleset", errno);
    ok = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (!ok)
        problem(layer, "landlock_restrict_self", errno);
    close(ruleset);
    return ok;
}

/* ---- what we may do ------------------------------------------------------------------------- */

/* The bounding set can be emptied only by who has CAP_SETPCAP; who has not can't gain any either,
 * after no_new_privs. */
static bool capabilities(struct xe_sandbox_layer *layer)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
        syscall(SYS_capset, &header, none) < 0)
        return problem(layer, "capset", errno);
    return true;
}

static bool lower(int resource, rlim_t most)
{
    struct rlimit limit;

    if (getrlimit((__rlimit_resource_t)resource, &limit) < 0)
        return false;
    limit.rlim_max = limit.rlim_max < most ? limit.rlim_max : most;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &limit) == 0;
}

/* Of descriptors it needs few, but none can be sent while its user has more than that under way.
 * A sanitizer's shadow takes terabytes of address space. The guest's memory is two mappings of
 * 4 GiB and one memory file of 3; a title of 1 GiB and what is unpacked of it are data. */
static bool rlimits(struct xe_sandbox_layer *layer)
{
    static const struct {
        int resource;
        rlim_t most;
    } rows[] = {
#ifndef XE_SANITIZERS
        {RLIMIT_AS, 16 * GIB}, {RLIMIT_DATA, 4 * GIB},
#endif
        {RLIMIT_CORE, 0},      {RLIMIT_FSIZE, 4 * GIB}, {RLIMIT_MEMLOCK, 0}, {RLIMIT_MSGQUEUE, 0},
        {RLIMIT_NICE, 0},      {RLIMIT_NOFILE, 4096},   {RLIMIT_NPROC, 0},   {RLIMIT_RTPRIO, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!lower(rows[i].resource, rows[i].most))
            return problem(layer, "setrlimit", errno);
    return true;
}

static bool seccomp(struct xe_sandbox_layer *layer)
{
#if defined(XE_SANITIZERS) || defined(XE_SANDBOX_UNFILTERED)
    snprintf(layer->problem, sizeof(layer->problem),
             "left out: a sanitizer build makes calls of its own");
    return false;
#else
    int error = xe_filter_enter(XE_FILTER_WORKER);

    return error ? problem(layer, "seccomp", error) : true;
#endif
}

/* ---- all of it ------------------------------------------------------------------------------ */

static _Noreturn void be_init(pid_t worker)
{
    struct xe_sandbox_layer untold = {.on = false};
    int status = 0;

    prctl(PR_SET_NAME, "xe360-init", 0, 0, 0);
    landlock(&untold);
    syscall(SYS_close_range, 0, ~0u, 0);
#ifndef XE_SANITIZERS
    xe_filter_enter(XE_FILTER_INIT);
#endif
    while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
        ;
    _exit(WIFSIGNALED(status) ? XE_LINK_EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status));
}

/* Only the child returns. */
static void leave_init(struct xe_sandbox_layer *layer)
{
    pid_t worker = fork();

    if (worker > 0)
        be_init(worker);
    if (worker < 0)
        layer->on = problem(layer, "fork", errno);
}

void xe_sandbox_enter(int refused, const char *decoder,
                      struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS])
{
    static const struct {
        const char *name;
        bool (*enter)(struct xe_sandbox_layer *layer);
    } steps[XE_SANDBOX_LAYERS] = {
        {"namespaces", namespaces}, {"oom_score", oom_score},       {"descriptors", descriptors},
        {"empty_root", empty_root}, {"no_new_privs", no_new_privs}, {"capabilities", capabilities},
        {"landlock", landlock},     {"rlimits", rlimits},           {"seccomp", seccomp}};

    memset(layers, 0, sizeof(*layers) * XE_SANDBOX_LAYERS);
    if (refused)
        problem(&layers[0], "clone", refused);
    for (int i = 0; i < XE_SANDBOX_LAYERS; i++) {
        if (i == DECODER_LAYERS)
            xe_decoder_start(decoder); /* likewise */
        if (i == SHARED_LAYERS && getpid() == 1)
            leave_init(&layers[0]);
        if (i == SHARED_LAYERS)
            xe_broker_start(); /* who asks one that is not there hears of it */
        layers[i].name = steps[i].name;
        layers[i].on = steps[i].enter(&layers[i]);
    }
}
