/* Counts of what is not there; see lacking.h. */
#include "kernel/core/lacking.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "kernel/core/kernel_internal.h"

#define ROW_SIZE  16u /* encoded                   */
#define FILE_SIZE 20u /* the least, with its name */

static const struct {
    const char *category, *text;
} rows[XE_LACKINGS] = {
#define LACKING(name, category, text) {category, text},
#include "xe/lacking.def"
};

static void count(struct xe__lacking *lacking, uint32_t lr, uint32_t tid)
{
    if (lacking->count++)
        return;
    lacking->first_lr = lr;
    lacking->first_tid = tid;
}

static void count_call(struct xe__lacking *lacking, const struct xe_call *call)
{
    count(lacking, call->lr, call->thread ? call->thread->tid : 0);
}

void xe_kernel_lacking_found_at(struct xe_kernel *kernel, enum xe_lacking_id id, uint32_t lr)
{
    count(&kernel->lacking[id], lr, kernel->running ? kernel->running->tid : 0);
}

void xe_kernel_lacking_found(struct xe_kernel *kernel, enum xe_lacking_id id)
{
    xe_kernel_lacking_found_at(kernel, id, kernel->call ? kernel->call->lr : 0);
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
        count_call(&files->others, call);
        return;
    }
    if (i == files->count) {
        files->file[i] = (struct xe__lacking_file){0};
        memcpy(files->file[i].name, kept, sizeof(kept));
        files->count++;
    }
    count_call(&files->file[i].wanted, call);
}

static void tell(const char *category, const char *text, const struct xe__lacking *it,
                 void (*fn)(void *ctx, const struct xe_lacking *lacking), void *ctx)
{
    if (it->count)
        fn(ctx, &(struct xe_lacking){.category = category,
                                     .text = text,
                                     .count = it->count,
                                     .first_lr = it->first_lr,
                                     .first_tid = it->first_tid});
}

void xe_kernel_lacking(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_lacking *lacking), void *ctx)
{
    const struct xe__lacking_files *files = &kernel->lacking_files;

    for (uint32_t i = 0; i < XE_LACKINGS; i++)
        tell(rows[i].category, rows[i].text, &kernel->lacking[i], fn, ctx);
    for (uint32_t i = 0; i < files->count; i++)
        tell("file", files->file[i].name, &files->file[i].wanted, fn, ctx);
    tell("file", "(other names)", &files->others, fn, ctx);
}

static void wanted_state(struct xe_codec *c, struct xe__lacking *it)
{
    XE_CODEC(c, it->count);
    XE_CODEC(c, it->first_lr);
    XE_CODEC(c, it->first_tid);
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
    xe_codec_beside(c, false);
}
