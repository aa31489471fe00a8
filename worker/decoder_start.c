/* The process that waits to become a decoder; see decoder.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rpc/link/link.h"
#include "worker/decoder.h"

#define SOCKET XE_LINK_FD /* as xe360-xma finds it */

/* The C library's mathematics, which libavcodec's tables are made with, choose by the processor. */
#define SAME_EVERYWHERE "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4"
#define ENVIRONMENT     4

/* A loader has to read libraries and to execute them; where the kernel has Landlock nothing more
 * can be done with files. */
static void landlock(void)
{
    const uint64_t files = (1u << 13) - 1;
    struct landlock_ruleset_attr attr = {.handled_access_fs = files};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    struct landlock_path_beneath_attr beneath = {.allowed_access = LANDLOCK_ACCESS_FS_EXECUTE |
                                                                   LANDLOCK_ACCESS_FS_READ_FILE |
                                                                   LANDLOCK_ACCESS_FS_READ_DIR,
                                                 .parent_fd = open("/", O_PATH | O_CLOEXEC)};

    if (rules >= 0 && beneath.parent_fd >= 0) {
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
        syscall(SYS_landlock_restrict_self, rules, 0);
    }
    if (rules >= 0)
        close(rules);
    if (beneath.parent_fd >= 0)
        close(beneath.parent_fd);
}

static void give_up_privileges(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    syscall(SYS_capset, &header, none);
    landlock();
}

/* What a worker was given, which is a sanitizer's options, or nothing. */
static char **environment(void)
{
    static char *all[ENVIRONMENT + 1];
    int n = 0;

    all[n++] = (char *)SAME_EVERYWHERE;
    for (char **e = environ; e && *e && n < ENVIRONMENT; e++)
        if (!strncmp(*e, "ASAN_OPTIONS=", 13) || !strncmp(*e, "UBSAN_OPTIONS=", 14))
            all[n++] = *e;
    all[n] = NULL;
    return all;
}

static _Noreturn void wait_to_become(const char *program, int socket)
{
    char *argv[] = {(char *)"xe360-xma", NULL};
    ssize_t n;
    char word;

    prctl(PR_SET_NAME, "xe360-xma", 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    dup2(socket, SOCKET);
    syscall(SYS_close_range, SOCKET + 1, ~0u, 0);
    give_up_privileges();
    do
        n = recv(SOCKET, &word, 1, 0);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        execve(program, argv, environment());
    _exit(n == 1 ? 127 : 0);
}

void xe_decoder_start(const char *program)
{
    int pair[2];
    pid_t pid;

    if (!program || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
        return;
    pid = fork();
    if (pid == 0)
        wait_to_become(program, pair[1]);
    close(pair[1]);
    if (pid > 0 && pair[0] != XE_DECODER_FD)
        dup3(pair[0], XE_DECODER_FD, O_CLOEXEC);
    if (pid < 0 || pair[0] != XE_DECODER_FD)
        close(pair[0]);
}
