/* instance.fork and instance.reset as the worker answers them. What is frozen travels as files:
 * with the reply of the instance that is forked, and with the request to each that begins from it.
 */
#include <inttypes.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/frozen.h"

bool xe__rpc_session_keep_start(struct xe_session *session, struct xe_error *err)
{
    session->start = xe_instance_freeze(session->instance, err);
    return session->start;
}

static void reply_moved(struct xe_rpc_call *call, const struct xe_instance *instance)
{
    const struct xe_rpc_moved_view view = xe__rpc_session_moved(call, instance);

    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_moved, &view));
}

/* ---- fork ----------------------------------------------------------------------------------- */

static bool begin_from(struct xe_instance *instance, const int *fd, uint32_t files,
                       struct xe_error *err)
{
    struct xe_frozen *frozen;
    bool ok;

    if (files > XE_FROZEN_FILES)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%u files, at most %d", files,
                            XE_FROZEN_FILES);
    frozen = xe_frozen_take(fd, files, err);
    ok = frozen && xe_instance_thaw(instance, frozen, err);
    xe_frozen_destroy(frozen);
    return ok;
}

/* The files must be there until the reply is sent, and no longer. The forks begin meanwhile. */
static void freeze(struct xe_rpc_call *call, struct xe_instance *instance)
{
    struct xe_session *session = xe__session(call);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *frozen = xe_instance_hand_over(instance, &err);
    int fd[XE_FROZEN_FILES];
    uint32_t files = frozen ? xe_frozen_files(frozen, fd, &err) : 0;

    if (files) {
        session->host.give_files(session->host.ctx, fd, files);
        xe__session_reply_changed(call, instance);
    } else {
        xe_rpc_fail(call, &err);
    }
    xe_instance_go_on(instance);
    xe_frozen_destroy(frozen);
}

void xe__rpc_instance_fork(struct xe_rpc_call *call)
{
    struct xe_session *session = xe__session(call);
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    int fd[XE_FROZEN_FILES];
    uint32_t files;

    if (!instance)
        return;
    files = session->host.take_files(session->host.ctx, fd, XE_FROZEN_FILES);
    if (!files)
        freeze(call, instance);
    else if (begin_from(instance, fd, files, &err))
        reply_moved(call, instance);
    else
        xe_rpc_fail(call, &err);
}

/* ---- reset ---------------------------------------------------------------------------------- */

/* Whether it records is its client's choice, as breakpoints are; the log is that of the run, which
 * begins anew. One that plays a log can't record, and plays it again. */
static bool begin_anew(struct xe_session *session, struct xe_error *err)
{
    bool recorded = xe_instance_is_recording(session->instance);

    if (!xe_instance_thaw(session->instance, session->start, err))
        return false;
    if (recorded && !xe_instance_is_recording(session->instance))
        xe_instance_record_start(session->instance, NULL);
    return true;
}

void xe__rpc_instance_reset(struct xe_rpc_call *call)
{
    struct xe_session *session = xe__session(call);
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;

    if (!instance)
        return;
    if (session->active)
        xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE,
                     "run r-%" PRIu64 " is going on: cancel or pause it", session->runs);
    else if (begin_anew(session, &err)) {
        reply_moved(call, instance);
        return;
    }
    xe_rpc_fail(call, &err);
}
