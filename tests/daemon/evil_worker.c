/* A worker that was taken over: it enters the very same lock-down, then does what it is told to by
 * the image's name in a request, and answers with the errno. The acts are rows of evil.def; some
 * more are for a whole daemon. */
#include <arpa/inet.h>
#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/link/link.h"
#include "worker/broker.h"
#include "worker/decoder.h"
#include "worker/sandbox.h"

#define RWX       (PROT_READ | PROT_WRITE | PROT_EXEC)
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
#define LINK      XE_LINK_FD
#define PARENT    told.parent
#define BYSTANDER told.bystander
#define TITLE     told.title
#define PAGE      told.page

static struct {
    pid_t parent, bystander;
    int title, folder;
    void *page;
} told;

/* ---- acts of more than one call ------------------------------------------------------------- */

static int result(long value)
{
    return value < 0 ? errno : 0;
}

static int do_abort(void)
{
    abort();
}

static int do_fork(void)
{
    long pid = syscall(SYS_fork);

    if (pid == 0)
        _exit(0);
    return result(pid);
}

static int memory_file(off_t size)
{
    int fd = memfd_create("evil", MFD_CLOEXEC);

    return fd < 0 || ftruncate(fd, size) < 0 ? errno : 0;
}

static int do_large_memory_file(void)
{
    return memory_file(1ll << 40);
}

static int do_guest_memory_file(void)
{
    return memory_file(3ll << 30);
}

static int do_many_memory_files(void)
{
    for (int i = 0; i < 5000; i++)
        if (memfd_create("evil", MFD_CLOEXEC) < 0)
            return errno;
    return 0;
}

static int do_map_code_as_the_translator(void)
{
    int fd = memfd_create("evil", MFD_CLOEXEC);

    if (fd < 0 || ftruncate(fd, 4096) < 0)
        return errno;
    return mmap(told.page, 4096, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd,
                0) == MAP_FAILED
               ? errno
               : 0;
}

static int do_connect(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    return fd < 0 ? errno : result(connect(fd, (struct sockaddr *)&address, sizeof(address)));
}

static int do_connect_by_path(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/dbus/system_bus_socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    return fd < 0 ? errno : result(connect(fd, (struct sockaddr *)&address, sizeof(address)));
}

/* ---- what the broker gives --------------------------------------------------------------------
 */

/* A file of the folder by its path, as what comes of it: 0, ENOENT, or EIO where the broker ends
 * rather than answer. */
static int ask_broker(const char *path, int *ret_fd)
{
    enum xe_files_got got = XE_FILES_FAILED;

    *ret_fd = -1;
    if (xe_broker_begin(&told.folder, 1, NULL))
        got = xe_broker_files.open(NULL, 0, path, ret_fd, NULL);
    return got == XE_FILES_OK ? 0 : got == XE_FILES_NONE ? ENOENT : EIO;
}

static int broker(const char *path)
{
    int fd;

    return ask_broker(path, &fd);
}

static int do_broker_reads_beneath(void)
{
    return broker("inside");
}

static int do_broker_above(void)
{
    return broker("../passwd");
}

static int do_broker_above_by_link(void)
{
    return broker("up/etc/passwd");
}

static int do_broker_absolute(void)
{
    return broker("/etc/passwd");
}

static int do_broker_link(void)
{
    return broker("link");
}

static int do_broker_fifo(void)
{
    return broker("fifo");
}

static int do_broker_device(void)
{
    return broker("device");
}

static int do_broker_folder_as_file(void)
{
    return broker("folder");
}

static int do_broker_write(void)
{
    int fd, error = ask_broker("inside", &fd);

    return error ? error : result(write(fd, "evil", 4));
}

static int do_broker_truncate(void)
{
    int fd, error = ask_broker("inside", &fd);

    return error ? error : result(ftruncate(fd, 0));
}

static int do_broker_begin_again(void)
{
    int error = broker("inside");

    return error ? error : broker("inside");
}

static int do_broker_without_folder(void)
{
    int fd;

    return xe_broker_files.open(NULL, 0, "inside", &fd, NULL) == XE_FILES_OK ? 0 : EIO;
}

static int do_broker_file_for_a_folder(void)
{
    return xe_broker_begin(&told.title, 1, NULL) ? 0 : EIO;
}

static int do_broker_nonsense(void)
{
    char bytes[64] = {7};
    struct iovec nonsense = {bytes, sizeof(bytes)};
    struct msghdr message = {.msg_iov = &nonsense, .msg_iovlen = 1};
    int fd;

    if (!xe_broker_begin(&told.folder, 1, NULL) ||
        sendmsg(XE_BROKER_FD, &message, MSG_NOSIGNAL) < 0)
        return errno;
    return xe_broker_files.open(NULL, 0, "inside", &fd, NULL) == XE_FILES_OK ? 0 : EIO;
}

/* ---- what a decoder answers -------------------------------------------------------------------
 */

/* A silent frame at this rate: 0, or EIO where the decoder ends rather than answer. Builds without
 * one have nothing that could be harmed. */
static int ask_decoder(uint32_t rate)
{
    static const uint8_t silence[] = {0x00, 0x3E, 0, 0};
    static struct xe_worker_decoder decoder;
    const struct xe_decoder_ask ask = {rate, 1, {0, NULL}, {31, silence}};
    uint8_t samples[XE_DECODER_SAMPLE_BYTES];
    enum xe_decoder_got got = xe_worker_decode(&decoder, &ask, NULL, samples);

    return got == XE_DECODER_OK || (got == XE_DECODER_ABSENT && rate == 48000) ? 0 : EIO;
}

static int do_decoder_decodes(void)
{
    return ask_decoder(48000);
}

static int do_decoder_wrong_rate(void)
{
    return ask_decoder(1);
}

static int do_decoder_nonsense(void)
{
    char bytes[64] = {7};
    struct iovec nonsense = {bytes, sizeof(bytes)};
    struct msghdr message = {.msg_iov = &nonsense, .msg_iovlen = 1};

    if (ask_decoder(48000))
        return EPROTO;
    sendmsg(XE_DECODER_FD, &message, MSG_NOSIGNAL);
    return recvmsg(XE_DECODER_FD, &message, 0) <= 0 ? EIO : 0;
}

/* ---- acts against a whole daemon ------------------------------------------------------------ */

static bool say(enum xe_link_kind kind, uint32_t id, json_t *body)
{
    enum xe_link_sent sent = xe_link_send(LINK, kind, id, body, NULL, true);

    json_decref(body);
    return sent == XE_LINK_SENT;
}

/* One event that makes sense, for ever: by hand, to be quicker than who reads it. */
static int flood(const char *body, int fd)
{
    struct {
        uint32_t magic;
        uint16_t kind, flags;
        uint32_t id, size;
    } header = {0x31573658u, XE_LINK_EVENT, fd < 0 ? 0 : 1, 0, (uint32_t)strlen(body)};
    char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = {0};
    struct iovec parts[2] = {{&header, sizeof(header)}, {(void *)body, strlen(body)}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = fd < 0 ? 2 : 1};
    struct cmsghdr *cmsg = (struct cmsghdr *)(void *)control;

    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
    message.msg_control = fd < 0 ? NULL : control;
    message.msg_controllen = fd < 0 ? 0 : sizeof(control);
    while (sendmsg(LINK, &message, MSG_NOSIGNAL) >= 0)
        ;
    return errno;
}

/* An event of so many bytes that is a lot of work to read. */
static char *long_event(size_t size)
{
    static const char begin[] = "{\"topic\":\"worker.alive\",\"data\":{},\"x\":[0";
    char *text = malloc(size + 1), *at = text + sizeof(begin) - 1;

    memcpy(text, begin, sizeof(begin) - 1);
    for (; at < text + size - 3; at += 2)
        memcpy(at, ",0", 2);
    strcpy(at, "]}");
    return text;
}

static int do_flood(void)
{
    return flood(long_event(XE_LINK_INLINE / 2), -1);
}

/* The same, longer than an event may be. */
static int do_flood_in_bulk(void)
{
    char *text = long_event(XE_LINK_BODY_MAX);
    int fd = memfd_create("evil", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        return errno;
    return flood(text, fd);
}

/* A thousand descriptors in a few messages. */
static int do_many_descriptors(void)
{
    char control[CMSG_SPACE(250 * sizeof(int))] __attribute__((aligned(8))) = {0};
    struct iovec part = {control, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);

    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(250 * sizeof(int));
    for (int i = 0; i < 250; i++)
        memcpy(CMSG_DATA(cmsg) + sizeof(int) * (size_t)i, &(int){LINK}, sizeof(int));
    for (int i = 0; i < 4; i++)
        if (sendmsg(LINK, &message, MSG_NOSIGNAL) < 0)
            return errno;
    return 0;
}

static int do_greet_again(void)
{
    say(XE_LINK_HELLO, 0, json_pack("{s:[]}", "warnings"));
    return 0;
}

static int do_hang_up(void)
{
    close(LINK);
    return result(poll(NULL, 0, -1));
}

static int do_behave(void)
{
    return 0;
}

/* ---- doing as told -------------------------------------------------------------------------- */

#define NAMED(text) !strcmp(name, text)
#define ARGUMENTS(nr, a, b, c, d, e, f, ...)                                                       \
    (long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f)
#define CALL(act, filtered, bare, ...)                                                             \
    if (NAMED(#act))                                                                               \
        return result(syscall(ARGUMENTS(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)));
#define DO(act, ...)                                                                               \
    if (NAMED(#act))                                                                               \
        return do_##act();

static int act_of(const char *name)
{
    static char buffer[4096], other[64];
    static struct iovec part = {other, sizeof(other)};
    static struct rlimit raised = {RLIM_INFINITY, RLIM_INFINITY};
    static struct __user_cap_header_struct every_header = {_LINUX_CAPABILITY_VERSION_3, 0};
    static struct __user_cap_data_struct every[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
    static siginfo_t queued = {.si_code = SI_QUEUE};
    static struct {
        unsigned size;
        int type;
        unsigned char bytes[8];
    } handle = {8, 1, {0}};

#include "tests/daemon/evil.def"
    DO(flood)
    DO(flood_in_bulk)
    DO(many_descriptors)
    DO(greet_again)
    DO(hang_up)
    DO(behave)
    return -1;
}

/* "folder/act.parent": what to do, and to whom. "later-act": not now, but at the next request. */
static int do_as_named(const char *image)
{
    static char later[64];
    const char *base = image ? strrchr(image, '/') : NULL;
    char name[64];
    char *dot;

    snprintf(name, sizeof(name), "%s", base ? base + 1 : image ? image : later);
    dot = strchr(name, '.');
    if (dot) {
        told.parent = atoi(dot + 1);
        *dot = '\0';
    }
    if (strncmp(name, "later-", 6))
        return act_of(name);
    snprintf(later, sizeof(later), "%s", name + 6);
    return 0;
}

/* What a worker that behaves would say, where the daemon reads it; else what came of the act. */
static json_t *answer(const char *method, int error)
{
    if (!strcmp(method, "instance.create"))
        return json_pack("{s:s, s:s, s:s, s:n, s:i, s:{}, s:n, s:i, s:[]}", "instance", "local",
                         "name", "evil", "state", "created", "reason", "cycle", 0, "image", "run",
                         "worker_pid", 0, "warnings");
    if (!strcmp(method, "instance.fork"))
        return json_pack("{s:s, s:i}", "instance", "local", "cycle", 0);
    return json_pack("{s:i}", "errno", error);
}

static void serve(struct xe_link_message *message)
{
    const char *method = json_string_value(json_object_get(message->body, "method"));
    json_t *params = json_object_get(message->body, "params");
    int error;

    if (message->files.count)
        told.title = message->files.fd[0];
    if (message->files.count > 1)
        told.folder = message->files.fd[1];
    told.parent = (pid_t)json_integer_value(json_object_get(params, "parent"));
    told.bystander = (pid_t)json_integer_value(json_object_get(params, "bystander"));
    error = do_as_named(json_string_value(json_object_get(params, "image")));
    say(XE_LINK_RESULT, message->id, answer(method, error));
}

static void hello(const struct xe_sandbox_layer *layers)
{
    json_t *on = json_object();

    for (int i = 0; i < XE_SANDBOX_LAYERS; i++)
        json_object_set_new(on, layers[i].name, json_boolean(layers[i].on));
    say(XE_LINK_HELLO, 0, json_pack("{s:o, s:[s]}", "layers", on, "warnings", "worker is evil"));
}

int main(int argc, char **argv)
{
    struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS];
    struct xe_link_message message;

    if (argc != 3)
        return 2;
    xe_sandbox_follow_parent();
    json_object_seed(0);
    told.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    xe_sandbox_enter(atoi(strchr(argv[2], '=') + 1), xe_link_program_path("../../xe360-xma"),
                     layers);
    hello(layers);
    while (xe_link_receive(LINK, true, &message, NULL) == XE_LINK_MESSAGE) {
        serve(&message);
        json_decref(message.body); /* the title stays */
    }
    _exit(0);
}
