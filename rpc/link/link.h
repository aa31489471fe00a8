/* The wire between a worker and whoever started it (the daemon, or xe360ctl itself).
 *
 * A SOCK_SEQPACKET socketpair carries small messages: a fixed header, then a JSON body. The body of
 * a request or result over XE_LINK_INLINE bytes travels as a sealed memfd instead; both may bring
 * files: the title, or what is frozen. Nothing that arrives is believed before it is checked:
 * sizes, kinds, the number of descriptors, the seals. A result stays text, whose form is checked in
 * one pass (xe_rpc_is_object): most are only passed on. Both ends run on one machine and one build,
 * so integers are host order.
 */
#ifndef XE_RPC_LINK_LINK_H
#define XE_RPC_LINK_LINK_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <jansson.h>

#include "rpc/api/text.h"
#include "xe/error.h"

#define XE_LINK_INLINE   (60u * 1024u)
#define XE_LINK_BODY_MAX (8u * 1024u * 1024u)
#define XE_LINK_FD       3 /* where a worker finds its end */

/* A worker's exit statuses with a meaning. */
#define XE_LINK_EXIT_OPEN   3   /* required lock-down is incomplete                         */
#define XE_LINK_EXIT_SIGNAL 128 /* its init says: ended by the signal that is added to this */

enum xe_link_kind {
    XE_LINK_HELLO = 1, /* worker -> parent, first: {version, layers, engine, warnings}            */
    XE_LINK_REQUEST,   /* parent -> worker: {method, params}; files as the method says    */
    XE_LINK_RESULT,    /* worker -> parent: the result; id is the request's               */
    XE_LINK_EVENT,     /* worker -> parent: {topic, data}                                 */
    XE_LINK_ERROR,     /* worker -> parent: an error object; id is the request's          */
    XE_LINK_KINDS
};

#define XE_LINK_FILES 19 /* of one message, at most: a title, its libraries, patch and folders */

struct xe_link_files {
    int fd[XE_LINK_FILES];
    uint32_t count;
};

/* Close them all. */
void xe_link_files_close(struct xe_link_files *files);

struct xe_link_message {
    enum xe_link_kind kind;
    uint32_t id;
    json_t *body;               /* owned: an object; NULL: of XE_LINK_RESULT */
    struct xe_rpc_text text;    /* owned, of XE_LINK_RESULT: an object too, in one piece */
    struct xe_link_files files; /* owned */
};

enum xe_link_got { XE_LINK_MESSAGE, XE_LINK_NOTHING, XE_LINK_END, XE_LINK_BROKEN };

/* Receive one message. wait false: XE_LINK_NOTHING when none is there. XE_LINK_BROKEN: what came is
 * no message; err says why. */
enum xe_link_got xe_link_receive(int socket, bool wait, struct xe_link_message *ret,
                                 struct xe_error *err);
void xe_link_message_fini(struct xe_link_message *message);

/* Read a result. Owned by the caller; NULL: it has a name twice. */
json_t *xe_link_result(const struct xe_link_message *message);

enum xe_link_sent { XE_LINK_SENT, XE_LINK_FULL, XE_LINK_FAILED };

/* Send one message; body and files (NULL: none) are borrowed. wait false: XE_LINK_FULL when the
 * other side does not keep up. */
enum xe_link_sent xe_link_send(int socket, enum xe_link_kind kind, uint32_t id, const json_t *body,
                               const struct xe_link_files *files, bool wait);

/* sendmsg, for whoever hands descriptors over: the kernel refuses them (ETOOMANYREFS) while more of
 * a user's are under way, in all of its processes, than the sender may have open. Those are on
 * their way to somebody who takes them, so it is tried again for some seconds. Allocates nothing.
 */
ssize_t xe_link_sendmsg(int socket, const struct msghdr *message, int flags);

struct xe_link_process {
    pid_t pid;         /* what was started: the worker, or the init it is under */
    int pidfd, socket; /* owned; socket is close-on-exec and blocking           */
};

/* Start a worker program with its lock-down mode ("require", "warn", "off"). It ends when the
 * thread that calls this does. */
bool xe_link_spawn(const char *program, const char *sandbox, struct xe_link_process *ret,
                   struct xe_error *err);

/* The process that emulates, once it has said hello. By what the kernel says, not the worker. */
pid_t xe_link_worker_pid(const struct xe_link_process *process);

/* How a worker ended, in words; info is what waitid says of its process. */
void xe_link_describe_end(const siginfo_t *info, char *text, size_t size);

/* The same of a worker whose socket has ended: waits for it, and kills it if it lives on. It is
 * left to be waited for. */
void xe_link_await_end(const struct xe_link_process *process, char *text, size_t size);

/* Where a program is that is started and not called by people: beside this one, or installed. Owned
 * by the caller; NULL: nowhere. */
char *xe_link_program_path(const char *name);

/* Where the worker program is: `given`, $XE360_WORKER, beside this program, or where it is
 * installed. Owned by the caller; NULL with err set if nowhere. */
char *xe_link_worker_path(const char *given, struct xe_error *err);

#endif
