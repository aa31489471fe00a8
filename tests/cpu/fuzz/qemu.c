/* An oracle as a child process: cases go in by one pipe, answers come back by the other, each at
 * once. Few enough cases are under way that neither pipe can fill up with both sides waiting. */
#include "tests/cpu/fuzz/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(FUZZ_BATCH * sizeof(struct oracle_case) < 65536, "a pipe's room");

static void run_child(const char *program, int in, int out)
{
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execl(program, program, (char *)NULL);
    _exit(127);
}

bool fuzz_oracle_start(struct fuzz_oracle *oracle, const char *program)
{
    int in[2], out[2];

    oracle->pid = -1;
    if (pipe2(in, O_CLOEXEC) != 0)
        return false;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return false;
    }
    signal(SIGPIPE, SIG_IGN);
    oracle->pid = fork();
    if (oracle->pid == 0)
        run_child(program, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    oracle->to = in[1];
    oracle->from = out[0];
    return oracle->pid > 0;
}

void fuzz_oracle_stop(struct fuzz_oracle *oracle)
{
    if (oracle->pid <= 0)
        return;
    close(oracle->to);
    close(oracle->from);
    waitpid(oracle->pid, NULL, 0);
    oracle->pid = -1;
}

static bool transfer(int fd, void *bytes, size_t size, bool out)
{
    for (uint8_t *at = bytes; size;) {
        ssize_t n = out ? write(fd, at, size) : read(fd, at, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

bool fuzz_oracle_send(struct fuzz_oracle *oracle, const struct oracle_case *cases, uint32_t n)
{
    struct oracle_case swapped[FUZZ_BATCH];

    memcpy(swapped, cases, n * sizeof(*cases));
    for (uint32_t i = 0; i < n; i++)
        gen_swap(&swapped[i]);
    return transfer(oracle->to, swapped, n * sizeof(*cases), true);
}

bool fuzz_oracle_receive(struct fuzz_oracle *oracle, struct oracle_case *ret, uint32_t n)
{
    if (!transfer(oracle->from, ret, n * sizeof(*ret), false))
        return false;
    for (uint32_t i = 0; i < n; i++)
        gen_swap(&ret[i]);
    return true;
}

bool fuzz_oracle_ask(struct fuzz_oracle *oracle, const struct oracle_case *cases,
                     struct oracle_case *ret, uint32_t n)
{
    return fuzz_oracle_send(oracle, cases, n) && fuzz_oracle_receive(oracle, ret, n);
}

void fuzz_case_to_cpu(const struct oracle_case *c, const uint8_t names[20], struct xe_cpu *ret)
{
    uint32_t vectors = names ? 20 : 32;

    xe_cpu_reset(ret);
    memcpy(ret->gpr, c->gpr, sizeof(ret->gpr));
    memcpy(ret->fpr, c->fpr, sizeof(ret->fpr));
    for (uint32_t i = 0; i < vectors; i++)
        for (int j = 0; j < 16; j++)
            ret->vr[names ? names[i] : i].b[XE_VB(j)] = c->vr[i][j];
    ret->vscr = (uint32_t)c->vscr[12] << 24 | (uint32_t)c->vscr[13] << 16 |
                (uint32_t)c->vscr[14] << 8 | c->vscr[15];
    xe_cpu_cr_set(ret, (uint32_t)c->cr);
    xe_cpu_xer_set(ret, (uint32_t)c->xer);
    ret->lr = c->lr;
    ret->ctr = c->ctr;
    ret->fpscr = (uint32_t)c->fpscr;
}

void fuzz_cpu_to_case(const struct xe_cpu *cpu, struct oracle_case *ret)
{
    memset(ret, 0, sizeof(*ret));
    memcpy(ret->gpr, cpu->gpr, sizeof(ret->gpr));
    memcpy(ret->fpr, cpu->fpr, sizeof(ret->fpr));
    for (int i = 0; i < 32; i++)
        for (int j = 0; j < 16; j++)
            ret->vr[i][j] = cpu->vr[i].b[XE_VB(j)];
    for (int i = 0; i < 4; i++)
        ret->vscr[12 + i] = (uint8_t)(cpu->vscr >> (24 - 8 * i));
    ret->cr = xe_cpu_cr_get(cpu);
    ret->xer = xe_cpu_xer_get(cpu);
    ret->lr = cpu->lr;
    ret->ctr = cpu->ctr;
    ret->fpscr = cpu->fpscr;
}
