/* Requests of HTTP/1.1 as bytes: which of them may pass on to the HTTP library.
 *
 * The library takes more than RFC 9112 allows (two lengths, folded headers, bare line feeds, a NUL
 * that ends a header early), and what two programs on the way read in two manners smuggles a
 * request past one of them. So only what is exactly well-formed passes, and all of it means one
 * thing. Pure functions over bytes: no sockets, no clock, nothing kept outside of the structs. */
#ifndef XE_DAEMON_HEAD_H
#define XE_DAEMON_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XE_HEAD_MAX 16384u /* bytes of a head, its empty line included */

/* Why bytes don't pass. */
struct xe_head_defect {
    unsigned status;  /* of the answer; 0: there is none               */
    unsigned line;    /* of the head, from 1; 0: behind the head       */
    const char *text; /* static: what is wrong, and what was expected  */
};

struct xe_head {
    size_t size;     /* bytes, the empty line included; 0: more are needed */
    bool chunked;    /* the body comes in chunks                           */
    uint64_t length; /* of the body otherwise                              */
};

/* Read the head at the start of bytes. false with ret_defect: it is none, as far as it is there. */
bool xe_head_read(const char *bytes, size_t size, struct xe_head *ret,
                  struct xe_head_defect *ret_defect);

enum xe_frame_state {
    XE_FRAME_HEAD,       /* between requests, or part of a head is there */
    XE_FRAME_BODY,       /* left bytes of a body of known length         */
    XE_FRAME_CHUNK_SIZE, /* a line with the size of a chunk              */
    XE_FRAME_CHUNK,      /* left bytes of it                             */
    XE_FRAME_CHUNK_END,  /* the line end behind it                       */
    XE_FRAME_LAST        /* the empty line behind the last one           */
};

/* Where in a request a connection is; zeroed: before the first. */
struct xe_frame {
    enum xe_frame_state state;
    uint64_t left;
};

/* How many of bytes, from the first, may pass on: at most up to the end of the request, after which
 * the state is XE_FRAME_HEAD. 0: more are needed before any may, or ret_defect says why none will.
 */
size_t xe_frame_pass(struct xe_frame *frame, const char *bytes, size_t size,
                     struct xe_head_defect *ret_defect);

#endif
