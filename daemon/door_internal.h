/* Shared by the files of the door; see door.h. */
#ifndef XE_DAEMON_DOOR_INTERNAL_H
#define XE_DAEMON_DOOR_INTERNAL_H

#include <sys/types.h>

#include "daemon/door.h"

/* Do all that can be done for a visitor in one turn; he may be gone after it. */
void xe__door_serve(struct xe_visitor *visitor);
/* Hang up. The visitor is freed, at once or when the library lets go. */
void xe__door_hang_up(struct xe_visitor *visitor);
/* To be freed: he has hung up, and the library has let go. */
void xe__door_bury(struct xe_visitor *visitor);
/* He gets ms from now on; 0: as long as he likes. */
void xe__door_grant(struct xe_visitor *visitor, uint32_t ms);
/* As recv, of the library's descriptor fd: only what may pass. */
ssize_t xe__door_feed(struct xe_door *door, int fd, char *buffer, size_t size);
/* No request of his is under way. */
void xe__door_rest(struct xe_visitor *visitor);
/* Answer in the library's place, and leave. */
void xe__door_refuse(struct xe_visitor *visitor, unsigned status, unsigned line, const char *text);
/* How long what he is doing may take. */
uint32_t xe__door_patience_ms(const struct xe_visitor *visitor);

#endif
