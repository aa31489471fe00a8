/* Counts of what is not there; see lacking.h. */
#include "kernel/core/lacking.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "kernel/core/codes.h"
#include "kernel/core/kernel_internal.h"

#define ROW_SIZE  40u /* encoded                   */
#define FILE_SIZE 44u /* the least, with its name */

static const struct {
    const char *category, *text;
} rows[XE_LACKINGS] = {
#define LACKING(name, category, text) {category, text},
#include "xe/lacking.def"
};

/* Who calls whoever wants it. */
static void keep_callers(struct xe__lacking *lacking, const struct xe_kernel *kernel)
{
    struct xe_thread_frame frame[XE_LACKING_CALLERS];

    if (kernel->running)
        lacking->callers =
            xe__kernel_callers(kernel, &kernel->running->cpu, frame, XE_LACKING_CALLERS);
    for (uint32_t i = 0; i < lacking->callers; i++)
        lacking->caller[i] = frame[i].lr;
}

static void count(struct xe__lacking *lacking, const struct xe_kernel *kernel, uint32_t lr)
{
    if (lacking->count++)
        return;
    lacking->first_lr = lr;
    lacking->first_tid = kernel->running ? kernel->running->tid : 0;
    if (lr) /* else a device does it, while some thread runs */
        keep_callers(lacking, kernel);
}

void xe_kernel_lacking_found(struct xe_kernel *kernel, enum xe_lacking_id id)
{
    count(&kernel->lacking[id], kernel, kernel->call ? kernel->call->lr : 0);
}

void xe_kernel_lacking_hypervisor(struct xe_kernel *kernel, uint32_t number, uint32_t lr)
{
    struct xe__lacking_numbers *calls = &kernel->lacking_hypervisor;
    uint32_t i = 0;

    while (i < calls->count && calls->number[i] != number)
        i++;
    if (i == XE__LACKING_NUMBERS) {
        count(&kernel->lacking[XE_LACKING_HYPERVISOR], kernel, lr);
        return;
    }
    if (i == calls->count) {
        calls->number[i] = number;
        calls->wanted[i] = (struct xe__lacking){0};
        calls->count++;
    }
    count(&calls->wanted[i], kernel, lr);
}

void xe_kernel_lacking_file(const struct xe_call *call, const char *name)
{
    struct xe__lacking_files *files = &call->kernel->lacking_files;
    char kept[XE__LACKING_FILE_NAME];
    uint32_t i = 0;

    snprintf(kept, sizeof(kept), "%s", name);
    while (i < files->count && strcmp(files->file[i].name, kept) != 0)
        i++;
    if (i == XE__LACKING_FILES) {
        count(&files->others, call->kernel, call->lr);
        return;
    }
    if (i == files->count) {
        files->file[i] = (struct xe__lacking_file){0};
        memcpy(files->file[i].name, kept, sizeof(kept));
        files->count++;
    }
    count(&files->file[i].wanted, call->kernel, call->lr);
}

/* ---- telling -------------------------------------------------------------------------------- */

static void tell(const char *category, const char *text, const struct xe__lacking *it,
                 void (*fn)(void *ctx, const struct xe_lacking *lacking), void *ctx)
{
    struct xe_lacking lacking = {.category = category,
                                 .text = text,
                                 .count = it->count,
                                 .first_lr = it->first_lr,
                                 .first_tid = it->first_tid,
                                 .callers = it->callers};

    memcpy(lacking.caller, it->caller, sizeof(lacking.caller));
    if (it->count)
        fn(ctx, &lacking);
}

static void tell_hypervisor(const struct xe__lacking_numbers *calls,
                            void (*fn)(void *ctx, const struct xe_lacking *lacking), void *ctx)
{
    char text[96];

    for (uint32_t i = 0; i < calls->count; i++) {
        const char *name = xe_kernel_hypervisor_name(calls->number[i]);

        snprintf(text, sizeof(text), "hypervisor call 0x%x (%s), which gets 0", calls->number[i],
                 name[0] ? name : "unknown");
        tell("kernel", text, &calls->wanted[i], fn, ctx);
    }
}

void xe_kernel_lacking(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_lacking *lacking), void *ctx)
{
    const struct xe__lacking_files *files = &kernel->lacking_files;

    for (uint32_t i = 0; i < XE_LACKINGS; i++)
        tell(rows[i].category, rows[i].text, &kernel->lacking[i], fn, ctx);
    tell_hypervisor(&kernel->lacking_hypervisor, fn, ctx);
    for (uint32_t i = 0; i < files->count; i++)
        tell("file", files->file[i].name, &files->file[i].wanted, fn, ctx);
    tell("file", "(other names)", &files->others, fn, ctx);
}

static void wanted_state(struct xe_codec *c, struct xe__lacking *it)
{
    XE_CODEC(c, it->count);
    XE_CODEC(c, it->first_lr);
    XE_CODEC(c, it->first_tid);
    xe_codec_up_to(c, "callers", &it->callers, XE_LACKING_CALLERS);
    for (uint32_t i = 0; i < XE_LACKING_CALLERS; i++)
        XE_CODEC(c, it->caller[i]);
}

static void numbers_state(struct xe_codec *c, struct xe__lacking_numbers *calls)
{
    xe_codec_up_to(c, "calls", &calls->count, XE__LACKING_NUMBERS);
    for (uint32_t i = 0; i < calls->count && !c->stopped; i++) {
        XE_CODEC(c, calls->number[i]);
        wanted_state(c, &calls->wanted[i]);
    }
}

static void files_state(struct xe_codec *c, struct xe__lacking_files *files)
{
    files->count = (uint32_t)xe_codec_count(c, "files", files->count, XE__LACKING_FILES, FILE_SIZE);
    for (uint32_t i = 0; i < files->count && !c->stopped; i++) {
        xe_codec_text(c, "name", files->file[i].name, sizeof(files->file[i].name));
        wanted_state(c, &files->file[i].wanted);
    }
    wanted_state(c, &files->others);
}

/* A state of before a row was added has fewer: nothing was wanted of the rest. */
void xe__kernel_lacking_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    size_t n;

    if (!xe_codec_section_beside(c, "lacking"))
        return;
    if (xe_codec_loading(c))
        memset(kernel->lacking, 0, sizeof(kernel->lacking));
    n = xe_codec_count(c, "rows", XE_LACKINGS, XE_LACKINGS, ROW_SIZE);
    for (size_t i = 0; i < n && !c->stopped; i++)
        wanted_state(c, &kernel->lacking[i]);
    files_state(c, &kernel->lacking_files);
    numbers_state(c, &kernel->lacking_hypervisor);
    xe_codec_beside(c, false);
}
