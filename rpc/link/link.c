/* Messages over a seqpacket socket; see link.h. */
#include "rpc/link/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC 0x31573658u /* "X6W1" */

/* Flags of a header: a bit, and how many files come along. */
enum { BODY_IN_MEMFD = 1, FILES_SHIFT = 8 };

#define FDS_MAX (1 + XE_LINK_FILES)

struct header {
    uint32_t magic;
    uint16_t kind, flags;
    uint32_t id, size; /* of the body */
};

/* Nobody waits for the rest, so that nobody can be made to read megabytes all the time. */
static bool may_be_long(enum xe_link_kind kind)
{
    return kind == XE_LINK_REQUEST || kind == XE_LINK_RESULT;
}

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/* ---- sending -------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static int sealed_memfd(const char *bytes, size_t size)
{
    int fd = memfd_create("xe360-body", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd >= 0 && write_all(fd, bytes, size) && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void attach_fds(struct msghdr *message, char *control, const int *fds, int count)
{
    struct cmsghdr *cmsg;

    if (count == 0)
        return;
    message->msg_control = control;
    message->msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
    cmsg = CMSG_FIRSTHDR(message);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * (size_t)count);
}

static enum xe_link_sent send_packet(int socket, struct header *header, const char *text,
                                     const int *fds, int count, bool wait)
{
    char control[CMSG_SPACE(FDS_MAX * sizeof(int))] __attribute__((aligned(8))) = {0};
    struct iovec parts[2] = {{header, sizeof(*header)}, {(void *)text, text ? header->size : 0}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = text ? 2 : 1};
    ssize_t n;

    attach_fds(&message, control, fds, count);
    n = xe_link_sendmsg(socket, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
    if (n >= 0)
        return XE_LINK_SENT;
    return errno == EAGAIN || errno == ETOOMANYREFS ? XE_LINK_FULL : XE_LINK_FAILED;
}

enum xe_link_sent xe_link_send(int socket, enum xe_link_kind kind, uint32_t id, const json_t *body,
                               const struct xe_link_files *files, bool wait)
{
    char *text = json_dumps(body, JSON_COMPACT);
    size_t size = text ? strlen(text) : 0;
    struct header header = {MAGIC, (uint16_t)kind, 0, id, (uint32_t)size};
    enum xe_link_sent sent = XE_LINK_FAILED;
    int fds[FDS_MAX], count = 0, bulk = -1;

    if (!text || size > (may_be_long(kind) ? XE_LINK_BODY_MAX : XE_LINK_INLINE))
        goto done;
    if (size > XE_LINK_INLINE) {
        bulk = sealed_memfd(text, size);
        if (bulk < 0)
            goto done;
        header.flags |= BODY_IN_MEMFD;
        fds[count++] = bulk;
    }
    for (uint32_t i = 0; files && i < files->count && i < XE_LINK_FILES; i++) {
        header.flags += 1 << FILES_SHIFT;
        fds[count++] = files->fd[i];
    }
    sent = send_packet(socket, &header, bulk < 0 ? text : NULL, fds, count, wait);
done:
    if (bulk >= 0)
        close(bulk);
    free(text);
    return sent;
}

/* ---- receiving ------------------------------------------------------------------------------ */

struct packet {
    struct header header;
    char body[XE_LINK_INLINE];
    size_t size; /* of what came, header included */
    int fd[FDS_MAX];
    int fds;
};

static void close_fds(struct packet *packet)
{
    while (packet->fds > 0)
        close(packet->fd[--packet->fds]);
}

static void take_fds(struct msghdr *message, struct packet *packet)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        int count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (int i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(c) + sizeof(int) * (size_t)i, sizeof(fd));
            if (packet->fds < FDS_MAX)
                packet->fd[packet->fds++] = fd;
            else
                close(fd);
        }
    }
}

static enum xe_link_got receive_packet(int socket, bool wait, struct packet *packet,
                                       struct xe_error *err)
{
    char control[CMSG_SPACE(FDS_MAX * sizeof(int))] __attribute__((aligned(8)));
    struct iovec parts[2] = {{&packet->header, sizeof(packet->header)},
                             {packet->body, sizeof(packet->body)}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
    ssize_t n;

    packet->fds = 0;
    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return XE_LINK_NOTHING;
    if (n <= 0)
        return XE_LINK_END;
    packet->size = (size_t)n;
    take_fds(&message, packet);
    if (!(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        return XE_LINK_MESSAGE;
    xe_error_set(err, XE_ERR_WORKER_LOST, "message cut off: %zd bytes, %d descriptors", n,
                 packet->fds);
    return XE_LINK_BROKEN;
}

static bool check_packet(const struct packet *packet, struct xe_error *err)
{
    const struct header *h = &packet->header;
    bool bulk = h->flags & BODY_IN_MEMFD;
    int files = h->flags >> FILES_SHIFT, fds = bulk + files;

    if (packet->size < sizeof(*h) || h->magic != MAGIC)
        return xe_error_set(err, XE_ERR_WORKER_LOST, "message of %zu bytes has no header",
                            packet->size);
    if (h->kind == 0 || h->kind >= XE_LINK_KINDS || (h->flags & 0xFE) || files > XE_LINK_FILES)
        return xe_error_set(err, XE_ERR_WORKER_LOST, "message of kind %u, flags 0x%x", h->kind,
                            h->flags);
    if (bulk && !may_be_long(h->kind))
        return xe_error_set(err, XE_ERR_WORKER_LOST, "message of kind %u, %u bytes", h->kind,
                            h->size);
    if (h->size > XE_LINK_BODY_MAX || packet->size - sizeof(*h) != (bulk ? 0 : h->size))
        return xe_error_set(err, XE_ERR_WORKER_LOST, "body of %u bytes said, %zu came", h->size,
                            packet->size - sizeof(*h));
    if (packet->fds != fds)
        return xe_error_set(err, XE_ERR_WORKER_LOST, "%d descriptors expected, %d came", fds,
                            packet->fds);
    return true;
}

/* The bytes of a body that came as a memfd. Owned; NULL with err set. Its size is asked with lseek,
 * since a worker may not stat. */
static char *read_bulk(int fd, size_t size, struct xe_error *err)
{
    char *bytes = NULL;
    size_t used = 0;

    if (fcntl(fd, F_GET_SEALS) != SEALS || lseek(fd, 0, SEEK_END) != (off_t)size) {
        xe_error_set(err, XE_ERR_WORKER_LOST, "bulk body is not sealed or not of %zu bytes", size);
        return NULL;
    }
    bytes = malloc(size + 1);
    while (bytes && used < size) {
        ssize_t n = pread(fd, bytes + used, size - used, (off_t)used);

        if (n <= 0 && errno != EINTR)
            break;
        used += n > 0 ? (size_t)n : 0;
    }
    if (bytes && used == size)
        return bytes;
    free(bytes);
    xe_error_set(err, XE_ERR_WORKER_LOST, "bulk body cannot be read");
    return NULL;
}

static json_t *parse_body(const char *bytes, size_t size, struct xe_error *err)
{
    json_error_t where;
    json_t *body = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &where);

    if (json_is_object(body))
        return body;
    json_decref(body);
    xe_error_set(err, XE_ERR_WORKER_LOST, "body is no JSON object: %s", body ? "" : where.text);
    return NULL;
}

/* The body's bytes. Owned; NULL with err set. */
static char *packet_bytes(const struct packet *packet, struct xe_error *err)
{
    char *bytes;

    if (packet->header.flags & BODY_IN_MEMFD)
        return read_bulk(packet->fd[0], packet->header.size, err);
    bytes = malloc(packet->header.size + 1);
    if (bytes)
        memcpy(bytes, packet->body, packet->header.size);
    else
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a message");
    return bytes;
}

static bool take_result(const struct packet *packet, struct xe_link_message *ret,
                        struct xe_error *err)
{
    char *bytes = packet_bytes(packet, err);

    if (!bytes)
        return false;
    if (!xe_rpc_is_object(bytes, packet->header.size)) {
        free(bytes);
        return xe_error_set(err, XE_ERR_WORKER_LOST, "a result is no JSON object");
    }
    xe_rpc_text_give(&ret->text, bytes, packet->header.size);
    return true;
}

static bool take_body(const struct packet *packet, struct xe_link_message *ret,
                      struct xe_error *err)
{
    char *bulk = NULL;

    if (packet->header.kind == XE_LINK_RESULT)
        return take_result(packet, ret, err);
    if (packet->header.flags & BODY_IN_MEMFD) {
        bulk = read_bulk(packet->fd[0], packet->header.size, err);
        if (!bulk)
            return false;
    }
    ret->body = parse_body(bulk ? bulk : packet->body, packet->header.size, err);
    free(bulk);
    return ret->body;
}

enum xe_link_got xe_link_receive(int socket, bool wait, struct xe_link_message *ret,
                                 struct xe_error *err)
{
    struct packet packet;
    enum xe_link_got got = receive_packet(socket, wait, &packet, err);

    if (got == XE_LINK_MESSAGE && !check_packet(&packet, err))
        got = XE_LINK_BROKEN;
    *ret = (struct xe_link_message){0};
    if (got == XE_LINK_MESSAGE && !take_body(&packet, ret, err))
        got = XE_LINK_BROKEN;
    if (got == XE_LINK_MESSAGE) {
        ret->kind = packet.header.kind;
        ret->id = packet.header.id;
        ret->files.count = packet.header.flags >> FILES_SHIFT;
        packet.fds -= (int)ret->files.count;
        memcpy(ret->files.fd, packet.fd + packet.fds, ret->files.count * sizeof(int));
    }
    if (got == XE_LINK_MESSAGE || got == XE_LINK_BROKEN)
        close_fds(&packet);
    return got;
}

void xe_link_files_close(struct xe_link_files *files)
{
    while (files->count > 0)
        close(files->fd[--files->count]);
}

void xe_link_message_fini(struct xe_link_message *message)
{
    json_decref(message->body);
    xe_rpc_text_fini(&message->text);
    xe_link_files_close(&message->files);
    message->body = NULL;
}

json_t *xe_link_result(const struct xe_link_message *message)
{
    return json_loadb(message->text.piece[0].bytes, message->text.size, JSON_REJECT_DUPLICATES,
                      NULL);
}
