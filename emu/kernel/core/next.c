/* From one title to the next: a kernel of its own for each, so nothing of the first can stay by
 * being forgotten; what does stay is named here, and of the families of exports in
 * families/launch.c. Source: doc/facts/modules.md, section 8. Guess: libraries of the system (flags
 * 8) go with the title here, which plug-ins on a console do not; one that is loaded beside two
 * titles would need it. */
#include <stdio.h>

#include "kernel/core/file.h"
#include "kernel/core/kernel_internal.h"

/* ---- the end of the first ---------------------------------------------------------------------
 */

void xe_kernel_over(struct xe_kernel *kernel)
{
    xe__kernel_handles_close(kernel);
    xe__kernel_objects_end(kernel);
}

/* ---- the beginning of the next ----------------------------------------------------------------
 */

void xe__kernel_go_on(struct xe_kernel *kernel, const struct xe_kernel *before)
{
    kernel->cycle = before->cycle;
    kernel->idle = before->idle;
    kernel->stirred = before->stirred;
    kernel->next_object_id = before->next_object_id;
    kernel->next_tid = before->next_tid;
    kernel->next_system_tid = before->next_system_tid;
    kernel->next_wait_id = before->next_wait_id;
    kernel->wakes = before->wakes;
    kernel->interfered = before->interfered;
    kernel->export_calls = before->export_calls;
}

void xe__kernel_take_over(struct xe_kernel *kernel, struct xe_kernel *before)
{
    kernel->breath = before->breath;
    kernel->way = before->way;
    kernel->step_tid = before->step_tid; /* of a thread that is gone: the step is over */
    kernel->step_left = before->step_left;
    kernel->frames_left = before->frames_left;
    kernel->frames_come = before->frames_come;
    kernel->module_source = before->module_source;
    xe__kernel_ios_forget(before);
    xe__kernel_files_forget(before);
    xe__kernel_drives_take(kernel, before);
}

void xe_kernel_title_is(struct xe_kernel *kernel, const char *path)
{
    snprintf(kernel->title.path, sizeof(kernel->title.path), "%s", path);
}
