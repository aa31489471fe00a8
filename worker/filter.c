/* The list of system calls, with their arguments, as rows. What no row allows kills the process,
 * which its parent sees and tells as SIGSYS; opening a file and asking a terminal's size merely
 * fail, since libraries try them unasked.
 *
 * What stays possible: memory that is never writable and executable at once, the sockets, the
 * clock, abort(), ending. Descriptors are those the process holds: the sockets to its parent, its
 * broker and its decoder, memfds of its own and the title and its files, which are open for
 * reading. A path cannot be looked at by a filter, so no call that takes one is allowed. */
#include "worker/filter.h"

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>

#include "rpc/link/link.h"
#include "worker/broker.h"
#include "worker/decoder.h"

struct row {
    int call;
    struct scmp_arg_cmp arg[2]; /* all must hold; op 0: none */
};

#define COUNT(rows)    (sizeof(rows) / sizeof((rows)[0]))
#define CALL(name)     .call = SCMP_SYS(name)
#define IS(n, value)   ((struct scmp_arg_cmp){n, SCMP_CMP_EQ, value, 0})
#define LACKS(n, bits) ((struct scmp_arg_cmp){n, SCMP_CMP_MASKED_EQ, bits, 0})
#define FUTEX(op)      IS(1, op | FUTEX_PRIVATE_FLAG)
#define CODE_PROT      (PROT_READ | PROT_EXEC)
#define CODE_FLAGS     (MAP_SHARED | MAP_FIXED | MAP_NORESERVE)

static const struct row worker_rows[] = {
    {CALL(arch_prctl), {IS(0, ARCH_SET_GS)}},
    {CALL(brk)},
    {CALL(clock_gettime)},
    {CALL(close)},
    {CALL(exit)},
    {CALL(exit_group)},
    {CALL(fcntl), {IS(1, F_ADD_SEALS)}},
    {CALL(fcntl), {IS(1, F_GET_SEALS)}},
    {CALL(fstat)},
    {CALL(ftruncate)},
    {CALL(futex), {FUTEX(FUTEX_WAIT)}},
    {CALL(futex), {FUTEX(FUTEX_WAKE)}},
    {CALL(getpid)},
    {CALL(getrandom)},
    {CALL(gettid)},
    {CALL(gettimeofday)},
    {CALL(lseek)},
    {CALL(madvise), {IS(2, MADV_DONTNEED)}},
    {CALL(madvise), {IS(2, MADV_REMOVE)}},
    {CALL(memfd_create), {IS(1, MFD_CLOEXEC)}},
    {CALL(memfd_create), {IS(1, MFD_CLOEXEC | MFD_ALLOW_SEALING)}},
    {CALL(mmap), {LACKS(2, PROT_EXEC), LACKS(3, MAP_HUGETLB)}},
    {CALL(mmap), {IS(2, CODE_PROT), IS(3, CODE_FLAGS)}}, /* the translator's code */
    {CALL(mprotect), {LACKS(2, PROT_EXEC)}},
    {CALL(mremap), {IS(3, MREMAP_MAYMOVE)}},
    {CALL(munmap)},
    {CALL(poll)},
    {CALL(pread64)},
    {CALL(recvmsg), {IS(0, XE_BROKER_FD)}},
    {CALL(recvmsg), {IS(0, XE_DECODER_FD)}},
    {CALL(recvmsg), {IS(0, XE_LINK_FD)}},
    {CALL(restart_syscall)},
    {CALL(rt_sigaction)},
    {CALL(rt_sigprocmask)},
    {CALL(rt_sigreturn)},
    {CALL(sendmsg), {IS(0, XE_BROKER_FD)}},
    {CALL(sendmsg), {IS(0, XE_DECODER_FD)}},
    {CALL(sendmsg), {IS(0, XE_LINK_FD)}},
    {CALL(write)},
    {CALL(writev)},
};

/* Libraries try these unasked: they fail with EPERM. */
static const int worker_refused[] = {
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(geteuid),
    SCMP_SYS(getuid),
    SCMP_SYS(ioctl),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(prlimit64),
    SCMP_SYS(readlink),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(stat),
    SCMP_SYS(statx),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

/* What it may open is said by Landlock; that it stays beneath its folders is said by each call. */
static const struct row broker_rows[] = {
    {CALL(close)},
    {CALL(exit_group)},
    {CALL(fstat)},
    {CALL(getdents64)},
    {CALL(memfd_create), {IS(1, MFD_CLOEXEC)}},
    {CALL(newfstatat)},
    {CALL(openat2)},
    {CALL(poll), {IS(1, 0)}},
    {CALL(recvmsg), {IS(0, XE_BROKER_FD)}},
    {CALL(restart_syscall)},
    {CALL(rt_sigreturn)},
    {CALL(sendmsg), {IS(0, XE_BROKER_FD)}},
    {CALL(write)},
};

static const struct row init_rows[] = {
    {CALL(exit_group)},
    {CALL(wait4)},
};

static int add_rows(scmp_filter_ctx filter, const struct row *row, size_t count)
{
    int error = 0;

    for (; !error && count > 0; row++, count--)
        error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row->call,
                                       !!row->arg[0].op + !!row->arg[1].op, row->arg);
    return error;
}

static int add_refused(scmp_filter_ctx filter)
{
    int error = 0;

    for (size_t i = 0; !error && i < COUNT(worker_refused); i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), worker_refused[i], 0);
    return error;
}

/* abort() sends its signal to a thread; here only to one of our own. */
static int add_abort(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2,
                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()),
                            SCMP_A2(SCMP_CMP_EQ, SIGABRT));
}

static int add_worker(scmp_filter_ctx filter)
{
    int error = add_rows(filter, worker_rows, COUNT(worker_rows));

    if (!error)
        error = add_refused(filter);
    return error ? error : add_abort(filter);
}

int xe_filter_enter(enum xe_filter_for whom)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int error = filter ? 0 : -ENOMEM;

    if (!error && whom == XE_FILTER_INIT)
        error = add_rows(filter, init_rows, COUNT(init_rows));
    if (!error && whom == XE_FILTER_BROKER)
        error = add_rows(filter, broker_rows, COUNT(broker_rows));
    if (!error && whom == XE_FILTER_WORKER)
        error = add_worker(filter);
    if (!error)
        error = seccomp_load(filter);
    if (filter)
        seccomp_release(filter);
    return -error;
}
