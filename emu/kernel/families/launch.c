/* How a title ends itself, what it asks for then, and the data that it leaves for the next one.
 * Source: doc/facts/modules.md, section 8.
 *
 * The next title begins when the run comes to a rest behind the launch (emu/instance_next.c), or
 * never: then the launch ends the run, as one of the dashboard does. Data is delivered to the title
 * behind the launch, as often as it asks. Guess: that asking does not take it away. */
#include "kernel/families/launch.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/ending.h"
#include "kernel/core/module.h"
#include "kernel/core/object.h"
#include "kernel/core/status.h"
#include "kernel/families/input.h"
#include "kernel/hle/hle_internal.h"

#define ERROR_NOT_FOUND 0x490u

static void terminate_title(struct xe_call *call)
{
    xe_kernel_end_title(call->thread, XE_CAUSE_TERMINATE, xe__kernel_print_end(call->kernel), NULL);
}

/* A path of the title's, without what is no text; false: none. */
static bool take_path(struct xe_call *call, unsigned n, char path[XE_KERNEL_TITLE_PATH])
{
    if (!xe_arg_cstr(call, n, path, XE_KERNEL_TITLE_PATH))
        path[0] = '\0';
    for (char *at = path; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    return path[0];
}

/* Nothing that can't be reached by its devices is launched; where it leads is settled now, for
 * links go with this title. */
static void want(struct xe_call *call, struct xe_kernel_launch *wanted)
{
    char mount[XE_KERNEL_TITLE_PATH];
    size_t length;

    if (!xe_kernel_module_resolve(call->kernel, wanted->said, wanted->path, sizeof(wanted->path)))
        snprintf(wanted->path, sizeof(wanted->path), "%s", wanted->said);
    snprintf(mount, sizeof(mount), "%s", wanted->mount);
    if (!mount[0] ||
        !xe_kernel_module_resolve(call->kernel, mount, wanted->mount, sizeof(wanted->mount)))
        wanted->mount[0] = '\0';
    length = strlen(wanted->mount);
    if (length && wanted->mount[length - 1] == '\\')
        wanted->mount[length - 1] = '\0';
}

static void launch(struct xe_call *call, const struct xe_kernel_launch *asked)
{
    struct xe__launch *self = call->self;
    char text[240];
    int used;

    self->wanted = *asked;
    if (asked->said[0])
        want(call, &self->wanted);
    used = snprintf(text, sizeof(text), "%s '%.150s'", call->row->name,
                    asked->said[0] ? asked->said : "(dashboard)");
    if (self->size)
        snprintf(text + used, sizeof(text) - (size_t)used, " with %u bytes of launch data",
                 self->size);
    xe__kernel_print_end(call->kernel);
    xe_kernel_end_title(call->thread, XE_CAUSE_LAUNCH, NULL, text);
}

static void launch_title(struct xe_call *call)
{
    struct xe_kernel_launch asked = {.path = ""};

    take_path(call, 0, asked.said);
    launch(call, &asked);
}

static void launch_title_ex(struct xe_call *call)
{
    struct xe_kernel_launch asked = {.path = ""};

    take_path(call, 0, asked.said);
    take_path(call, 1, asked.mount);
    take_path(call, 2, asked.line);
    launch(call, &asked);
}

bool xe_kernel_launched(const struct xe_kernel *kernel, struct xe_kernel_launch *ret)
{
    const struct xe__launch *self = xe_kernel_family_self(kernel, &xe_family_launch);

    *ret = self->wanted;
    return xe_kernel_has_ended(kernel, XE_CAUSE_LAUNCH) && ret->path[0];
}

void xe_kernel_launch_fails(struct xe_kernel *kernel, const char *said, const char *why)
{
    struct xe__launch *self = xe_kernel_family_self(kernel, &xe_family_launch);
    char text[240];

    snprintf(text, sizeof(text), "XamLoaderLaunchTitle '%.90s', %.120s", said, why);
    self->wanted.path[0] = '\0';
    xe_kernel_exit(kernel, XE_CAUSE_LAUNCH, NULL, text);
}

/* ---- the next title ---------------------------------------------------------------------------
 */

static void put_variable(struct xe_kernel *kernel, uint32_t ordinal, uint32_t size,
                         const char *text)
{
    xe_gva at = xe__hle_variable(xe_kernel_hle(kernel), XE_HLE_XBOXKRNL, ordinal);
    char bytes[0x200] = "";

    memcpy(bytes, text, strnlen(text, size - 1));
    xe_mem_write(xe_kernel_mem(kernel), at, bytes, size);
}

static void take_data(struct xe_kernel *kernel, const struct xe_kernel *before)
{
    struct xe__launch *self = xe_kernel_family_self(kernel, &xe_family_launch);
    const struct xe__launch *other = xe_kernel_family_self(before, &xe_family_launch);

    self->came = other->size;
    memcpy(self->came_data, other->data, sizeof(self->came_data));
    self->prior = xe_kernel_title(before)->title_id;
}

void xe_kernel_launch_begins(struct xe_kernel *kernel, const struct xe_kernel *before,
                             const struct xe_kernel_launch *launch)
{
    char line[XE_KERNEL_TITLE_PATH + 2];

    xe__kernel_input_take(kernel, before);
    take_data(kernel, before);
    xe_kernel_title_is(kernel, launch->path);
    snprintf(line, sizeof(line), "\"%s\"", xe_kernel_module_base_name(launch->path));
    put_variable(kernel, XE_ORD_XBOXKRNL_ExLoadedImageName, 0x100, launch->path);
    put_variable(kernel, XE_ORD_XBOXKRNL_ExLoadedCommandLine, 0x200,
                 launch->line[0] ? launch->line : line);
    if (launch->mount[0]) {
        xe_kernel_object_link_delete(kernel, "game:");
        xe_kernel_object_link_create(kernel, "game:", launch->mount);
    }
}

/* ---- launch data ------------------------------------------------------------------------------
 */

/* No data, or none of it, takes back what was set. */
static void set_launch_data(struct xe_call *call)
{
    struct xe__launch *self = call->self;
    xe_gva data = xe_arg_gva(call, 0);
    uint32_t size = data ? xe_arg_u32(call, 1) : 0;

    memset(self, 0, sizeof(*self));
    if (size > XE__LAUNCH_DATA_MAX || (size && !xe_mem_read(call->mem, data, self->data, size))) {
        memset(self, 0, sizeof(*self));
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    self->size = size;
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void get_launch_data_size(struct xe_call *call)
{
    const struct xe__launch *self = call->self;

    if (self->came)
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), self->came);
    xe_ret_u32(call, self->came ? 0 : ERROR_NOT_FOUND);
}

/* As much as there is room for. */
static void get_launch_data(struct xe_call *call)
{
    const struct xe__launch *self = call->self;
    uint32_t size = xe_arg_u32(call, 1);

    if (self->came)
        xe_mem_write(call->mem, xe_arg_gva(call, 0), self->came_data,
                     size < self->came ? size : self->came);
    xe_ret_u32(call, self->came ? 0 : ERROR_NOT_FOUND);
}

static void get_prior_title_id(struct xe_call *call)
{
    xe_ret_u32(call, ((const struct xe__launch *)call->self)->prior);
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

void xe__kernel_launch_state(struct xe_codec *c, void *self)
{
    struct xe__launch *launch = self;
    struct xe_kernel_launch *wanted = &launch->wanted;

    xe_codec_up_to(c, "launch data", &launch->size, XE__LAUNCH_DATA_MAX);
    xe_codec_bytes(c, "launch data", launch->data, sizeof(launch->data));
    xe_codec_up_to(c, "launch data that came", &launch->came, XE__LAUNCH_DATA_MAX);
    xe_codec_bytes(c, "launch data that came", launch->came_data, sizeof(launch->came_data));
    XE_CODEC(c, launch->prior);
    xe_codec_text(c, "launch path", wanted->path, sizeof(wanted->path));
    xe_codec_text(c, "launch said", wanted->said, sizeof(wanted->said));
    xe_codec_text(c, "launch mount", wanted->mount, sizeof(wanted->mount));
    xe_codec_text(c, "launch line", wanted->line, sizeof(wanted->line));
}

static const struct xe_hle exports[] = {
    XE_HLE(XAM, XamLoaderTerminateTitle, terminate_title, "-> void"),
    XE_HLE(XAM, XamLoaderLaunchTitle, launch_title, "path:cstr flags:u32 -> void"),
    XE_HLE(XAM, XamLoaderLaunchTitleEx, launch_title_ex,
           "path:cstr mount:cstr line:cstr flags:u32 -> status"),
    XE_HLE(XAM, XamLoaderSetLaunchData, set_launch_data, "data:ptr size:u32 -> status"),
    XE_HLE(XAM, XamLoaderGetLaunchDataSize, get_launch_data_size, "size:ptr -> u32"),
    XE_HLE(XAM, XamLoaderGetLaunchData, get_launch_data, "buffer:ptr size:u32 -> u32"),
    XE_HLE(XAM, XamLoaderGetPriorTitleId, get_prior_title_id, "-> u32"),
    XE_HLE(XAM, XamLoaderIsTitleTerminatePending, answer_zero, "-> bool"),
    XE_HLE_END,
};

const struct xe_family xe_family_launch = {.name = "launch",
                                           .exports = exports,
                                           .create = create,
                                           .destroy = xe_free,
                                           .state = xe__kernel_launch_state};
