/* The process that decodes, from the worker's side: one that works, one that isn't there, and ones
 * that do what they like; and what a worker can do to it. Each scene has a process of its own, as a
 * worker would be, for it gives away its descriptors. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpc/link/link.h"
#include "tests/guest/titles/xma.h"
#include "worker/decoder.h"
#include "worker/xma/ask.h"

#define ASKS 3u

/* What a scene leaves behind. */
static struct outcome {
    enum xe_decoder_got got[ASKS];
    struct xe_decoder_info info;
    uint8_t samples[XE_DECODER_SAMPLE_BYTES];
    uint32_t breaths;
    bool ended; /* the decoder, of what the scene did */
    char status[4096];
    uint32_t descriptors;
} * seen;

static char folder[] = "/tmp/xe360-fake-xma-XXXXXX";
static struct xma_made made;

static void setup(void)
{
    const struct xma_format format = {48000, 1};
    const struct xma_tone tone = {60, 200, 0};

    xma_make(&made, &format, &tone, 0, 0);
    seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(seen, MAP_FAILED);
    cr_assert_not_null(mkdtemp(folder));
}

static void teardown(void)
{
    rmdir(folder);
}

TestSuite(xma_process, .init = setup, .fini = teardown);

static void breathe(void *ctx)
{
    (void)ctx;
    seen->breaths++;
}

static const struct xe_breath breath = {breathe, NULL};

static enum xe_decoder_got ask(struct xe_worker_decoder *decoder)
{
    const struct xe_decoder_ask question = {48000, 1, {0, NULL}, {made.bits, made.data}};

    return xe_worker_decode(decoder, &question, &breath, seen->samples);
}

static void ask_all(uint32_t wait_ms)
{
    struct xe_worker_decoder decoder = {.wait_ms = wait_ms};

    for (uint32_t i = 0; i < ASKS; i++)
        seen->got[i] = ask(&decoder);
    xe_worker_decoder_info(&decoder, &seen->info);
}

/* As a worker: with this program to become a decoder, doing this. */
static void play(const char *program, void (*scene)(uint32_t wait_ms), uint32_t wait_ms)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        dup2(STDERR_FILENO, XE_LINK_FD);
        for (int fd = XE_LINK_FD + 1; fd < 64; fd++)
            close(fd);
        xe_decoder_start(program);
        scene(wait_ms);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert_eq(status, 0, "the worker itself has ended with %d", status);
}

/* With one that does what its name says. */
static void play_fake(const char *mode, uint32_t wait_ms)
{
    char path[128];
    char *fake = xe_link_program_path("fake-xma");

    cr_assert_not_null(fake);
    snprintf(path, sizeof(path), "%s/%s", folder, mode);
    cr_assert_eq(symlink(fake, path), 0);
    play(path, ask_all, wait_ms);
    unlink(path);
    free(fake);
}

/* ---- decoders that don't ------------------------------------------------------------------------
 */

Test(xma_process, one_that_is_not_installed)
{
    play(NULL, ask_all, 0);
    for (uint32_t i = 0; i < ASKS; i++)
        cr_expect_eq(seen->got[i], XE_DECODER_ABSENT);
    cr_expect_eq(seen->info.standing, XE_DECODER_IS_ABSENT);
    cr_expect(strstr(seen->info.why, "not installed"), "%s", seen->info.why);
}

/* A loader ends it where a library isn't there. */
Test(xma_process, one_that_cannot_be_started)
{
    play("/nowhere/xe360-xma", ask_all, 0);
    cr_expect_eq(seen->got[0], XE_DECODER_ABSENT);
    cr_expect(strstr(seen->info.why, "libavcodec59"), "%s", seen->info.why);
    play_fake("dies-at-once", 0);
    cr_expect_eq(seen->got[0], XE_DECODER_ABSENT);
    cr_expect_eq(seen->got[2], XE_DECODER_ABSENT);
}

struct mode {
    char name[32];
    uint32_t wait_ms;
    char why[32];
};

ParameterizedTestParameters(xma_process, one_that_fails)
{
    static struct mode modes[] = {
        {"never-starts", 100, "does not start"},
        {"unprintable", 0, "another"},
        {"endless", 0, "another"},
        {"short-hello", 0, "another"},
        {"crashes", 0, "has ended"},
        {"hangs", 100, "does not answer"},
        {"is-too-short", 0, "nonsense"},
        {"is-too-long", 0, "nonsense"},
        {"is-much-too-long", 0, "nonsense"},
        {"says-nothing", 0, "nonsense"},
        {"says-what-it-may-not", 0, "nonsense"},
    };

    return cr_make_param_array(struct mode, modes, sizeof(modes) / sizeof(modes[0]));
}

ParameterizedTest(struct mode *mode, xma_process, one_that_fails)
{
    play_fake(mode->name, mode->wait_ms);
    for (uint32_t i = 0; i < ASKS; i++)
        cr_expect_eq(seen->got[i], XE_DECODER_FAILED, "%s, %u: %u", mode->name, i, seen->got[i]);
    cr_expect_eq(seen->info.standing, XE_DECODER_HAS_FAILED, "%s", mode->name);
    cr_expect(strstr(seen->info.why, mode->why), "%s: %s", mode->name, seen->info.why);
    cr_expect(!mode->wait_ms || seen->breaths, "%s: whoever watches hears nothing", mode->name);
}

Test(xma_process, one_that_answers)
{
    play_fake("answers", 0);
    cr_expect_eq(seen->got[2], XE_DECODER_OK);
    cr_expect_eq(seen->samples[1023], 0x44);
    cr_expect_eq(seen->info.standing, XE_DECODER_RUNS);
    cr_expect_str_eq(seen->info.version, "fake 1");
    play_fake("finds-all-broken", 0);
    cr_expect_eq(seen->got[0], XE_DECODER_BROKEN);
    cr_expect_eq(seen->got[2], XE_DECODER_BROKEN, "it goes on");
}

#ifdef XE_XMA
/* ---- the decoder --------------------------------------------------------------------------------
 */

static void play_real(void (*scene)(uint32_t wait_ms))
{
    char *path = xe_link_program_path("../../xe360-xma");

    cr_assert_not_null(path);
    play(path, scene, 0);
    free(path);
}

Test(xma_process, the_decoder)
{
    play_real(ask_all);
    cr_expect_eq(seen->got[0], XE_DECODER_OK);
    cr_expect_eq(seen->got[2], XE_DECODER_OK);
    cr_expect(!strncmp(seen->info.version, "libavcodec ", 11), "%s", seen->info.version);
    cr_expect(seen->samples[700] | seen->samples[701], "it is heard");
}

/* The one process that this one has started. */
static pid_t child(void)
{
    char path[64];
    int pid = 0;
    FILE *children;

    snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
    children = fopen(path, "re");
    if (children && fscanf(children, "%d", &pid) != 1)
        pid = 0;
    if (children)
        fclose(children);
    return pid;
}

static void look_at_it(uint32_t wait_ms)
{
    char path[64];
    FILE *status;
    DIR *files;

    ask_all(wait_ms);
    snprintf(path, sizeof(path), "/proc/%d/status", (int)child());
    status = fopen(path, "re");
    if (status)
        seen->status[fread(seen->status, 1, sizeof(seen->status) - 1, status)] = '\0';
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)child());
    files = opendir(path);
    for (const struct dirent *entry; files && (entry = readdir(files));)
        seen->descriptors += entry->d_name[0] != '.';
}

Test(xma_process, it_is_locked_down)
{
    play_real(look_at_it);
    cr_expect_eq(seen->got[0], XE_DECODER_OK);
    cr_expect(strstr(seen->status, "Name:\txe360-xma\n"), "%s", seen->status);
    cr_expect(strstr(seen->status, "NoNewPrivs:\t1\n"));
    cr_expect(strstr(seen->status, "CapBnd:\t0000000000000000\n"));
    cr_expect(strstr(seen->status, "Threads:\t1\n"));
    cr_expect(!seen->descriptors || seen->descriptors == 4, "%u: standard streams and the socket",
              seen->descriptors);
#ifndef XE_SANITIZERS
    cr_expect(strstr(seen->status, "Seccomp:\t2\n"), "%s", seen->status);
#endif
}

static bool has_ended(void)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)child(), &info, WEXITED) == 0 && info.si_code == CLD_EXITED;
}

/* What a worker that was taken over may say: it ends, and harms nobody. */
static void send_nonsense(uint32_t size)
{
    static uint8_t bytes[XE_XMA_ASK_MAX + 100];

    ask_all(0);
    memset(bytes, 0xA5, sizeof(bytes));
    send(XE_DECODER_FD, bytes, size, MSG_NOSIGNAL);
    seen->ended = has_ended();
}

static void send_little(uint32_t ignored)
{
    (void)ignored;
    send_nonsense(3);
}

static void send_much(uint32_t ignored)
{
    (void)ignored;
    send_nonsense(XE_XMA_ASK_MAX + 100);
}

static void send_a_wrong_rate(uint32_t ignored)
{
    const struct xe_decoder_ask question = {12345, 1, {0, NULL}, {made.bits, made.data}};
    uint8_t message[XE_XMA_ASK_MAX];

    ask_all(ignored);
    send(XE_DECODER_FD, message, xe_xma_ask_write(&question, message), MSG_NOSIGNAL);
    seen->ended = has_ended();
}

static void hang_up(uint32_t ignored)
{
    ask_all(ignored);
    close(XE_DECODER_FD);
    seen->ended = has_ended();
}

/* Before it was needed: what waits to become one. */
static void hang_up_early(uint32_t ignored)
{
    (void)ignored;
    close(XE_DECODER_FD);
    seen->ended = has_ended();
}

/* Descriptors that come along are nobody's. */
static void send_descriptors(uint32_t ignored)
{
    char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = {0};
    uint8_t message[XE_XMA_ASK_MAX];
    const struct xe_decoder_ask question = {48000, 1, {0, NULL}, {made.bits, made.data}};
    struct iovec part = {message, xe_xma_ask_write(&question, message)};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof(control)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&header);
    int fd = STDERR_FILENO;

    ask_all(ignored);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    sendmsg(XE_DECODER_FD, &header, MSG_NOSIGNAL);
    recv(XE_DECODER_FD, message, sizeof(message), 0);
    look_at_it(0);
}

Test(xma_process, it_ends_where_it_is_asked_nonsense)
{
    void (*const scenes[])(uint32_t wait_ms) = {send_little, send_much, send_a_wrong_rate, hang_up,
                                                hang_up_early};

    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        seen->ended = false;
        play_real(scenes[i]);
        cr_expect(seen->ended, "%zu", i);
    }
}

Test(xma_process, it_takes_no_descriptors)
{
    play_real(send_descriptors);
    cr_expect(!seen->descriptors || seen->descriptors == 4, "%u", seen->descriptors);
}
#endif
