/* A title's bytes: a file that came along, or the executable in it, if it is a container. */
#ifndef XE_WORKER_TITLE_H
#define XE_WORKER_TITLE_H

#include "worker/session/session.h"

/* Both take the descriptor; free the bytes with free(). A breath is taken between slices. */
bool xe_title_take(int fd, const struct xe_breath *breath, struct xe_session_title *title,
                   struct xe_error *err);
bool xe_title_take_file(int fd, const struct xe_breath *breath, void **ret_bytes, size_t *ret_size,
                        struct xe_error *err);

#endif
