/* A worker that talks nonsense: what kind is said by the image's name in the first request. It
 * speaks the wire by hand, since the real sender cannot be made to lie. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC 0x31573658u

struct header {
    uint32_t magic;
    uint16_t kind, flags;
    uint32_t id, size;
};

static void say(uint32_t magic, uint16_t kind, uint16_t flags, uint32_t id, uint32_t size,
                const char *body, const int *fds, size_t count)
{
    struct header header = {magic, kind, flags, id, size};
    char control[CMSG_SPACE(8 * sizeof(int))] __attribute__((aligned(8))) = {0};
    struct iovec parts[2] = {{&header, sizeof(header)}, {(void *)body, strlen(body)}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    struct cmsghdr *cmsg;

    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        cmsg = CMSG_FIRSTHDR(&message);
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * count);
    }
    if (sendmsg(3, &message, MSG_NOSIGNAL) < 0)
        _exit(1);
}

static void result(const char *body)
{
    say(MAGIC, 3, 0, 1, (uint32_t)strlen(body), body, NULL, 0);
}

static void error(const char *body)
{
    say(MAGIC, 5, 0, 1, (uint32_t)strlen(body), body, NULL, 0);
}

static void tell(const char *body)
{
    say(MAGIC, 4, 0, 0, (uint32_t)strlen(body), body, NULL, 0);
}

static int bulk(const char *text)
{
    int fd = memfd_create("bulk", MFD_ALLOW_SEALING);

    if (write(fd, text, strlen(text)) < 0)
        _exit(1);
    return fd;
}

/* An object without members, whatever is asked. */
static void answer_all(void)
{
    char request[65536];
    struct header header = {.id = 1};

    do
        say(MAGIC, 3, 0, header.id, 2, "{}", NULL, 0);
    while (recv(3, request, sizeof(request), 0) >= (ssize_t)sizeof(header) &&
           memcpy(&header, request, sizeof(header)));
}

static void misbehave(const char *name)
{
    const int many[4] = {1, 1, 1, 1};
    int fd = bulk("{\"result\":{}}");

    if (strstr(name, "silent"))
        return;
    if (strstr(name, "bytes"))
        send(3, "rubbish", 7, MSG_NOSIGNAL);
    else if (strstr(name, "magic"))
        say(1, 3, 0, 1, 2, "{}", NULL, 0);
    else if (strstr(name, "kind"))
        say(MAGIC, 9, 0, 1, 2, "{}", NULL, 0);
    else if (strstr(name, "request"))
        say(MAGIC, 2, 0, 1, 2, "{}", NULL, 0);
    else if (strstr(name, "flags"))
        say(MAGIC, 3, 0x80, 1, 2, "{}", NULL, 0);
    else if (strstr(name, "size"))
        say(MAGIC, 3, 0, 1, 4000000000u, "{}", NULL, 0);
    else if (strstr(name, "descriptors"))
        say(MAGIC, 3, 0, 1, 2, "{}", many, 4);
    else if (strstr(name, "unsealed"))
        say(MAGIC, 3, 1, 1, 13, "", &fd, 1);
    else if (strstr(name, "no-run"))
        answer_all();
    else if (strstr(name, "nojson"))
        result("not json at all");
    else if (strstr(name, "array"))
        result("[1,2,3]");
    else if (strstr(name, "no-bytes"))
        result("");
    else if (strstr(name, "text-result"))
        result("\"yes\"");
    else if (strstr(name, "cut-off"))
        result("{\"a\":1");
    else if (strstr(name, "more"))
        result("{},\"error\":{}");
    else if (strstr(name, "second"))
        result("{}},{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}");
    else if (strstr(name, "bad-error"))
        error("{\"code\":\"x\"}");
    else if (strstr(name, "no-error"))
        error("{}");
    else if (strstr(name, "other-id"))
        say(MAGIC, 3, 0, 77, 2, "{}", NULL, 0);
    else if (strstr(name, "bad-data"))
        error("{\"code\":1,\"message\":\"x\",\"data\":[]}");
    else if (strstr(name, "topic"))
        tell("{\"topic\":\"run.paused\",\"data\":{}}");
    else if (strstr(name, "early"))
        tell(
            "{\"topic\":\"instance.tainted\",\"data\":{\"taint\":{\"reason\":\"fault\",\"cycle\":0,"
            "\"text\":\"x\"}}}");
    else if (strstr(name, "event"))
        say(MAGIC, 4, 0, 0, 12, "{\"topic\":12}", NULL, 0);
    else if (strstr(name, "hello"))
        say(MAGIC, 1, 0, 0, 2, "{}", NULL, 0);
    else if (strstr(name, "close"))
        close(3);
    else if (strstr(name, "exit"))
        exit(5);
    else
        abort();
}

int main(void)
{
    static const char hello[] = "{\"warnings\":[]}";
    char request[65536];
    ssize_t n;

    say(MAGIC, 1, 0, 0, sizeof(hello) - 1, hello, NULL, 0);
    n = recv(3, request, sizeof(request) - 1, 0);
    if (n <= (ssize_t)sizeof(struct header))
        return 1;
    request[n] = '\0';
    misbehave(request + sizeof(struct header));
    pause();
    return 0;
}
