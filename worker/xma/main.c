/* xe360-xma: makes samples of XMA frames for the worker beside it, on descriptor 3.
 *
 * libavcodec is large and was not written for hostile input, and frames are what titles chose. So
 * it is a process of its own, which opens what it needs, gives everything up, and then can do
 * nothing but compute and answer. It keeps nothing from one question to the next (decode.h). A
 * frame that takes more of the processor than any can is the end of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <seccomp.h>

#include "worker/xma/ask.h"
#include "worker/xma/decode.h"

#define SOCKET    3
#define SECONDS   5 /* of processor time, for a frame that takes some 30 us */
#define MEMORY    (1024ull * 1024u * 1024u)
#define EXIT_OPEN 2
#define EXIT_LOCK 3

static int fail(int status, const char *why)
{
    fprintf(stderr, "xe360-xma: %s\n", why);
    return status;
}

/* ---- lock-down ------------------------------------------------------------------------------ */

static bool limits(void)
{
    static const struct {
        __rlimit_resource_t resource;
        rlim_t most;
    } rows[] = {
#ifndef XE_SANITIZERS
        {RLIMIT_AS, MEMORY},
#endif
        {RLIMIT_CORE, 0},    {RLIMIT_FSIZE, 0}, {RLIMIT_MEMLOCK, 0}, {RLIMIT_NOFILE, SOCKET + 1},
        {RLIMIT_NPROC, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (setrlimit(rows[i].resource, &(struct rlimit){rows[i].most, rows[i].most}) < 0)
            return false;
    return true;
}

/* Memory, the socket, the timer, and an end. */
static bool filter(void)
{
    static const int calls[] = {
        SCMP_SYS(brk),    SCMP_SYS(exit_group), SCMP_SYS(madvise),        SCMP_SYS(mremap),
        SCMP_SYS(munmap), SCMP_SYS(setitimer),  SCMP_SYS(restart_syscall)};
    static const int on_socket[] = {SCMP_SYS(recvfrom), SCMP_SYS(sendto)};
    scmp_filter_ctx rules = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok = rules;

    for (size_t i = 0; ok && i < sizeof(calls) / sizeof(calls[0]); i++)
        ok = seccomp_rule_add(rules, SCMP_ACT_ALLOW, calls[i], 0) == 0;
    for (size_t i = 0; ok && i < sizeof(on_socket) / sizeof(on_socket[0]); i++)
        ok = seccomp_rule_add(rules, SCMP_ACT_ALLOW, on_socket[i], 1,
                              SCMP_A0(SCMP_CMP_EQ, SOCKET)) == 0;
    ok = ok &&
         seccomp_rule_add(rules, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
         seccomp_rule_add(rules, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
#ifndef XE_SANITIZERS /* which have calls of their own */
    ok = ok && seccomp_load(rules) == 0;
#endif
    seccomp_release(rules);
    return ok;
}

static bool lock_down(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
        !limits())
        return false;
    return filter();
}

/* ---- work ----------------------------------------------------------------------------------- */

static bool tell(const void *bytes, size_t size)
{
    ssize_t n;

    do
        n = send(SOCKET, bytes, size, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)size;
}

/* One that is too long is no question, and told by its length. */
static size_t hear(uint8_t *message, size_t room)
{
    ssize_t n;

    do
        n = recv(SOCKET, message, room, MSG_TRUNC);
    while (n < 0 && errno == EINTR);
    return n < 0 || (size_t)n > room ? 0 : (size_t)n;
}

/* From now on; time spent waiting is not counted. SIGPROF ends the process. */
static void limit_effort(void)
{
    const struct itimerval most = {.it_value = {.tv_sec = SECONDS}};

    setitimer(ITIMER_PROF, &most, NULL);
}

/* false: the worker is gone, or talks nonsense. */
static bool serve(struct xe_xma_codecs *codecs)
{
    static uint8_t question[XE_XMA_ASK_MAX], answer[XE_XMA_ANSWER_MAX];
    struct xe_xma_answer head;
    struct xe_decoder_ask ask;
    size_t size = sizeof(head);

    if (!xe_xma_ask_read(question, hear(question, sizeof(question)), &ask))
        return false;
    limit_effort();
    head.got = xe_xma_codecs_decode(codecs, &ask, answer + sizeof(head));
    memcpy(answer, &head, sizeof(head));
    if (head.got == XE_DECODER_OK)
        size += xe_xma_sample_bytes(ask.channels);
    return tell(answer, size);
}

int main(void)
{
    struct xe_xma_hello hello = {""};
    struct xe_xma_codecs *codecs;
    struct stat st;

    if (fstat(SOCKET, &st) < 0 || !S_ISSOCK(st.st_mode))
        return fail(EXIT_OPEN, "is started by xe360-worker, not by hand");
    codecs = xe_xma_codecs_open();
    if (!codecs)
        return fail(EXIT_OPEN, "libavcodec has no decoder for WMA Pro, or there is no memory");
    xe_xma_codecs_version(hello.version);
    if (!lock_down())
        return fail(EXIT_LOCK, "the lock-down is incomplete");
    if (tell(&hello, sizeof(hello)))
        while (serve(codecs))
            ;
    _exit(0);
}
