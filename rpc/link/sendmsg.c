/* Sending descriptors; see link.h. A file of its own: brokers have nothing else of the wire. */
#include <errno.h>
#include <poll.h>

#include "rpc/link/link.h"

#define TRY_MS 2
#define TRIES  2000

ssize_t xe_link_sendmsg(int socket, const struct msghdr *message, int flags)
{
    for (int tries = 0;; tries++) {
        ssize_t n = sendmsg(socket, message, flags);

        if (n >= 0 || (errno != EINTR && errno != ETOOMANYREFS) || tries == TRIES)
            return n;
        if (errno == ETOOMANYREFS && flags & MSG_DONTWAIT)
            return n;
        if (errno == ETOOMANYREFS)
            poll(NULL, 0, TRY_MS);
    }
}
