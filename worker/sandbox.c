/* The layers, in the order they must come: namespaces need privileges that later layers take away,
 * seccomp (filter.c) comes last because it forbids making the others. */
#include "worker/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/filter.h"

/* The guest reservation and its mirrors are address space, not memory. */
#define ADDRESS_SPACE ((rlim_t)64 << 30)
#define OPEN_FILES    64

static bool problem(struct xe_sandbox_layer *layer, const char *what, int error)
{
    snprintf(layer->problem, sizeof(layer->problem), "%s: %s", what, strerror(error));
    return false;
}

static bool no_new_privs(struct xe_sandbox_layer *layer, int keep_fd)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return problem(layer, "PR_SET_NO_NEW_PRIVS", errno);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (syscall(SYS_close_range, (unsigned)keep_fd + 1, ~0u, 0) < 0)
        return problem(layer, "close_range", errno);
    return true;
}

static bool set_limit(int resource, rlim_t value)
{
    struct rlimit limit = {value, value};

    return setrlimit((__rlimit_resource_t)resource, &limit) == 0;
}

static bool rlimits(struct xe_sandbox_layer *layer, int keep_fd)
{
    (void)keep_fd;
#ifndef XE_SANITIZERS /* shadow memory needs terabytes of address space */
    if (!set_limit(RLIMIT_AS, ADDRESS_SPACE))
        return problem(layer, "RLIMIT_AS", errno);
#endif
    if (!set_limit(RLIMIT_NOFILE, OPEN_FILES) || !set_limit(RLIMIT_NPROC, 0) ||
        !set_limit(RLIMIT_CORE, 0) || !set_limit(RLIMIT_MSGQUEUE, 0))
        return problem(layer, "setrlimit", errno);
    return true;
}

static bool namespaces(struct xe_sandbox_layer *layer, int keep_fd)
{
    (void)keep_fd;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWUTS) < 0)
        return problem(layer, "unshare", errno);
    return true;
}

/* Deny every kind of file access that this kernel's Landlock knows about. */
static bool landlock(struct xe_sandbox_layer *layer, int keep_fd)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr all = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1};
    int ruleset;
    bool ok;

    (void)keep_fd;
    if (abi < 1)
        return problem(layer, "landlock", errno);
    if (abi >= 3)
        all.handled_access_fs |= 3ull << 13; /* REFER (ABI 2), TRUNCATE (ABI 3) */
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
    if (ruleset < 0)
        return problem(layer, "landlock_create_ruleset", errno);
    ok = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (!ok)
        problem(layer, "landlock_restrict_self", errno);
    close(ruleset);
    return ok;
}

static bool seccomp(struct xe_sandbox_layer *layer, int keep_fd)
{
    (void)keep_fd;
#ifdef XE_SANITIZERS
    snprintf(layer->problem, sizeof(layer->problem),
             "left out: a sanitizer build makes calls of its own");
    return false;
#else
    int error = xe_filter_enter();

    return error ? problem(layer, "seccomp", error) : true;
#endif
}

void xe_sandbox_enter(int keep_fd, struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS])
{
    static const struct {
        const char *name;
        bool (*enter)(struct xe_sandbox_layer *layer, int keep_fd);
    } steps[XE_SANDBOX_LAYERS] = {{"no_new_privs", no_new_privs},
                                  {"namespaces", namespaces},
                                  {"rlimits", rlimits},
                                  {"landlock", landlock},
                                  {"seccomp", seccomp}};

    for (int i = 0; i < XE_SANDBOX_LAYERS; i++) {
        memset(&layers[i], 0, sizeof(layers[i]));
        layers[i].name = steps[i].name;
        layers[i].on = steps[i].enter(&layers[i], keep_fd);
    }
}
