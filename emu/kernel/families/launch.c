/* How a title ends itself, what it asks for then, and the data that it leaves for the next one.
 * Source: doc/facts/modules.md, section 8.
 *
 * Titles are run one at a time here: a launch ends the run, and its sentence says of what, and how
 * much data it was to get. So nothing is ever delivered, as to a title that was started by itself.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/ending.h"
#include "kernel/core/status.h"
#include "kernel/hle/hle_internal.h"

#define ERROR_NOT_FOUND 0x490u
#define DATA_MAX        0x3FCu

struct xe__launch {
    uint32_t size;
    uint8_t data[DATA_MAX];
};

static void terminate_title(struct xe_call *call)
{
    xe_kernel_end_title(call->thread, XE_CAUSE_TERMINATE, xe__kernel_print_end(call->kernel), NULL);
}

static void launch_title(struct xe_call *call)
{
    const struct xe__launch *self = call->self;
    char path[160], text[240];
    int used;

    if (!xe_arg_cstr(call, 0, path, sizeof(path)))
        strcpy(path, "(dashboard)");
    used = snprintf(text, sizeof(text), "%s '%s'", call->row->name, path);
    if (self->size)
        snprintf(text + used, sizeof(text) - (size_t)used, " with %u bytes of launch data",
                 self->size);
    xe__kernel_print_end(call->kernel);
    xe_kernel_end_title(call->thread, XE_CAUSE_LAUNCH, NULL, text);
}

/* No data, or none of it, takes back what was set. */
static void set_launch_data(struct xe_call *call)
{
    struct xe__launch *self = call->self;
    xe_gva data = xe_arg_gva(call, 0);
    uint32_t size = data ? xe_arg_u32(call, 1) : 0;

    memset(self, 0, sizeof(*self));
    if (size > DATA_MAX || (size && !xe_mem_read(call->mem, data, self->data, size))) {
        memset(self, 0, sizeof(*self));
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    self->size = size;
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void get_launch_data(struct xe_call *call)
{
    xe_ret_u32(call, ERROR_NOT_FOUND);
}

static void answer_zero(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* ---- the family ----------------------------------------------------------------------------- */

static void *create(struct xe_kernel *kernel)
{
    (void)kernel;
    return xe_calloc(1, sizeof(struct xe__launch));
}

static void state(struct xe_codec *c, void *self)
{
    struct xe__launch *launch = self;

    xe_codec_up_to(c, "launch data", &launch->size, DATA_MAX);
    xe_codec_bytes(c, "launch data", launch->data, sizeof(launch->data));
}

static const struct xe_hle exports[] = {
    XE_HLE(XAM, XamLoaderTerminateTitle, terminate_title, "-> void"),
    XE_HLE(XAM, XamLoaderLaunchTitle, launch_title, "path:cstr flags:u32 -> void"),
    XE_HLE(XAM, XamLoaderLaunchTitleEx, launch_title,
           "path:cstr mount:cstr line:cstr flags:u32 -> status"),
    XE_HLE(XAM, XamLoaderSetLaunchData, set_launch_data, "data:ptr size:u32 -> status"),
    XE_HLE(XAM, XamLoaderGetLaunchDataSize, get_launch_data, "size:ptr -> u32"),
    XE_HLE(XAM, XamLoaderGetLaunchData, get_launch_data, "buffer:ptr size:u32 -> u32"),
    XE_HLE(XAM, XamLoaderGetPriorTitleId, answer_zero, "-> u32"),
    XE_HLE(XAM, XamLoaderIsTitleTerminatePending, answer_zero, "-> bool"),
    XE_HLE_END,
};

const struct xe_family xe_family_launch = {
    .name = "launch", .exports = exports, .create = create, .destroy = xe_free, .state = state};
