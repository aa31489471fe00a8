/* Tasks of xam: a routine of the title's on a thread of its own, which may be asked to end.
 * Source: signatures as xkelib and xenia have them. Guess: a task is known by a handle of its
 * thread, which is one of the title's; what an attribute block says is not looked at. */
#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/thread.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define E_FAIL    0x80004005u
#define E_INVALID 0x80070057u
#define NO_MEMORY 0x8007000Eu

static struct xe_thread *task_of(const struct xe_call *call)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, 0));

    return object ? xe_kernel_thread_of(object) : NULL;
}

static void schedule(struct xe_call *call)
{
    struct xe_thread_request request = {.start = xe_arg_gva(call, 0),
                                        .context = xe_arg_gva(call, 1),
                                        .process = XE_PROCESS_TITLE,
                                        .hw = -1};
    struct xe_thread *thread;
    uint32_t status;

    if (!request.start) {
        xe_ret_u32(call, E_INVALID);
        return;
    }
    thread = xe_kernel_thread_create(call->kernel, &request, &status);
    if (!thread) {
        xe_ret_u32(call, NO_MEMORY);
        return;
    }
    xe_kernel_thread_set_name(thread, "XamTask");
    status = xe_kernel_object_give_handle(thread->object, xe_arg_gva(call, 3));
    if (status)
        xe_kernel_thread_exit(thread, status); /* nobody could ever name it */
    xe_ret_u32(call, !status ? 0 : status == XE_STATUS_ACCESS_VIOLATION ? E_INVALID : E_FAIL);
}

static void close_task(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_handle_close(call->kernel, xe_arg_u32(call, 0)));
}

/* ---- the wish that one ends ----------------------------------------------------------------- */

static uint32_t find(const struct xe__tasks *tasks, uint32_t tid)
{
    uint32_t i = 0;

    while (i < tasks->count && tasks->cancelled[i] != tid)
        i++;
    return i;
}

static void cancel(struct xe_call *call)
{
    struct xe__tasks *tasks = call->self;
    const struct xe_thread *thread = task_of(call);

    if (!thread)
        xe_kernel_call_guest_error(call, "0x%x is no task", xe_arg_u32(call, 0));
    else if (find(tasks, thread->tid) == tasks->count && tasks->count < XE__TASKS)
        tasks->cancelled[tasks->count++] = thread->tid;
}

static void should_exit(struct xe_call *call)
{
    const struct xe__tasks *tasks = call->self;

    xe_ret_u32(call, find(tasks, call->thread->tid) < tasks->count);
}

static void *create(struct xe_kernel *kernel)
{
    (void)kernel;
    return xe_calloc(1, sizeof(struct xe__tasks));
}

void xe__kernel_tasks_state(struct xe_codec *c, void *self)
{
    struct xe__tasks *tasks = self;

    tasks->count = (uint32_t)xe_codec_count(c, "cancelled tasks", tasks->count, XE__TASKS, 4);
    for (uint32_t i = 0; i < tasks->count && !c->stopped; i++)
        XE_CODEC(c, tasks->cancelled[i]);
}

static const struct xe_hle exports[] = {
    XE_HLE(XAM, XamTaskSchedule, schedule,
           "routine:ptr argument:ptr attributes:ptr task:HANDLE* -> u32"),
    XE_HLE(XAM, XamTaskCloseHandle, close_task, "task:handle -> u32"),
    XE_HLE(XAM, XamTaskCancel, cancel, "task:handle -> void"),
    XE_HLE(XAM, XamTaskShouldExit, should_exit, "-> bool"),
    XE_HLE_END,
};

const struct xe_family xe_family_task = {
    .name = "tasks",
    .exports = exports,
    .create = create,
    .destroy = xe_free,
    .state = xe__kernel_tasks_state,
};
