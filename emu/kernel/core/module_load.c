/* Loading and unloading of modules, without the calls of their entries: what is to be mapped, what
 * is linked to what, who has to go. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/lacking.h"
#include "kernel/core/module_internal.h"

#define DEPTH 64u /* ours: of libraries that import libraries */

/* ---- one module -------------------------------------------------------------------------------
 */

void xe__kernel_module_take(struct xe_module *module, const struct xe_image *image, uint32_t size)
{
    module->base = image->base;
    module->size = size;
    module->entry = image->entry;
    module->exports = image->export_table;
    memcpy(module->sha256, image->sha256, sizeof(module->sha256));
}

/* The entry of the lists and its names in one block, which is freed as one. */
static xe_gva make_entry(struct xe_kernel *kernel, const char *path, const char *name)
{
    char full[2 * XE_MODULE_NAME];
    uint32_t length;
    xe_gva at;

    snprintf(full, sizeof(full), "%s%s", path[0] == '\\' ? "" : "\\Device\\Cdrom0\\",
             path[0] == '\\' ? path : name);
    length = (uint32_t)strlen(full);
    at =
        xe_kernel_pool_alloc(kernel, XE_X_LDR_SIZE + 2 * (length + 1 + (uint32_t)strlen(name) + 1));
    if (!at)
        return 0;
    xe__kernel_module_put_name(kernel->mem, at + XE_X_LDR_FULL_NAME, at + XE_X_LDR_SIZE, full);
    xe__kernel_module_put_name(kernel->mem, at + XE_X_LDR_BASE_NAME,
                               at + XE_X_LDR_SIZE + 2 * (length + 1), name);
    return at;
}

static void unmap(struct xe_kernel *kernel, struct xe_module *module)
{
    if (module->order)
        xe__kernel_module_past_add(kernel, module);
    if (module->size)
        xe_mem_free(kernel->mem, module->base, NULL);
    xe_kernel_pool_free(kernel, module->headers);
    xe_kernel_pool_free(kernel, module->ldr);
    xe__kernel_module_drop(kernel, module);
}

/* Is it what can lie beside a title? */
static bool is_library(const struct xe_image *image)
{
    return image->headers_size && !(image->module_flags & XE_MODULE_PATCH);
}

static uint32_t map(struct xe_kernel *kernel, struct xe_module *module, const char *path,
                    const struct xe_image *image)
{
    uint32_t size, status;

    if (!is_library(image))
        return XE_STATUS_INVALID_IMAGE_FORMAT;
    status = xe__kernel_image_map(kernel, image, &size);
    if (status)
        return status;
    xe__kernel_module_take(module, image, size);
    module->headers = xe_kernel_pool_alloc(kernel, image->headers_size);
    module->ldr = make_entry(kernel, path, module->name);
    if (!module->ldr || !module->headers ||
        !xe_mem_write(kernel->mem, module->headers, image->headers, image->headers_size))
        return XE_STATUS_NO_MEMORY;
    xe__kernel_module_fill(kernel, module, image);
    return XE_STATUS_SUCCESS;
}

/* ---- what it imports --------------------------------------------------------------------------
 */

static uint32_t load(struct xe_kernel *kernel, const struct xe_module_request *request,
                     uint32_t batch, struct xe_module **ret, struct xe_missing *ret_missing);

static uint32_t lacks(struct xe_missing *missing, const char *library, uint32_t ordinal,
                      uint32_t status)
{
    if (!missing->library[0]) {
        snprintf(missing->library, sizeof(missing->library), "%s", library);
        missing->ordinal = ordinal;
    }
    return status;
}

/* Is it too old? One that doesn't say how old it is isn't. Source: doc/facts/modules.md, sections 2
 * and 5; the status is NT's. */
static uint32_t check_version(const struct xe_kernel *kernel, const struct xe_module *module,
                              uint32_t wanted, struct xe_missing *missing)
{
    uint32_t version = xe_kernel_module_version(kernel, module);

    if (!version || version >= wanted)
        return XE_STATUS_SUCCESS;
    if (!missing->library[0]) {
        missing->wanted = wanted;
        missing->found = version;
    }
    return lacks(missing, module->name, 0, XE_STATUS_REVISION_MISMATCH);
}

/* The library that an image imports from, loaded if it isn't. */
static uint32_t need(struct xe_kernel *kernel, struct xe_module *importer,
                     const struct xe_image_library *wanted, struct xe_missing *missing)
{
    const char *library = wanted->name;
    struct xe_module *module = xe_kernel_module_by_name(kernel, library);
    struct xe_module_request request = {.path = library,
                                        .flags = importer->flags | XE_MODULE_LIBRARY};
    uint32_t status = XE_STATUS_SUCCESS;

    if (importer->imports == XE_MODULE_IMPORTS)
        return XE_STATUS_INVALID_IMAGE_FORMAT;
    if (module)
        xe__kernel_module_recount(kernel, module, 1);
    else
        status = load(kernel, &request, importer->batch, &module, missing);
    if (status == XE_STATUS_OBJECT_NAME_NOT_FOUND)
        status = XE_STATUS_DLL_NOT_FOUND;
    if (status)
        return lacks(missing, library, 0, status);
    importer->import[importer->imports++] = module->id;
    return check_version(kernel, module, wanted->min_version, missing);
}

uint32_t xe__kernel_module_import(struct xe_kernel *kernel, struct xe_module *module,
                                  const struct xe_image *image, struct xe_missing *ret_missing)
{
    uint32_t status = XE_STATUS_SUCCESS;

    for (uint32_t i = 0; i < image->library_count && !status; i++)
        if (!xe_hle_is_kernel(image->library[i].name))
            status = need(kernel, module, &image->library[i], ret_missing);
    module->order = ++kernel->last_order;
    xe__kernel_module_link_ordered(kernel, module->ldr);
    return status;
}

static uint32_t link_up(struct xe_kernel *kernel, struct xe_module *module,
                        const struct xe_image *image, struct xe_missing *missing)
{
    struct xe_error err = XE_ERROR_INIT;
    uint32_t status = xe__kernel_module_import(kernel, module, image, missing);

    if (status)
        return status;
    if (!xe_hle_link(kernel, image, missing, &err)) {
        xe_log_write(kernel->log, XE_LOG_GUEST, "loader", "'%s': %s", module->name, err.text);
        return XE_STATUS_INVALID_IMAGE_FORMAT;
    }
    if (missing->library[0])
        return missing->loaded ? XE_STATUS_ORDINAL_NOT_FOUND : XE_STATUS_DLL_NOT_FOUND;
    xe__kernel_image_protect(kernel, image, module->size);
    return XE_STATUS_SUCCESS;
}

/* ---- loading ----------------------------------------------------------------------------------
 */

/* What was given by name goes before what lies beside the title. */
static const struct xe_image *from_file(struct xe_kernel *kernel, const char *path,
                                        struct xe_error *err)
{
    const struct xe_module_source *source = kernel->module_source;
    struct xe_module_bytes file = {.size = 0}, patch = {.size = 0};
    const struct xe_image *image = NULL;
    void *bytes = xe_kernel_module_read(kernel, path, &file.size), *update = NULL;

    file.bytes = bytes;
    if (bytes)
        patch.bytes = update = xe_kernel_module_read_update(kernel, path, &patch.size);
    if (bytes)
        image = source->parse(source->ctx, &file, &patch, err);
    if (image && update)
        xe_log_write(kernel->log, XE_LOG_INFO, "loader",
                     "'%s' is patched from version 0x%08x to 0x%08x", path, image->patch_source,
                     image->patch_target);
    xe_free(update);
    xe_free(bytes);
    return image;
}

static const struct xe_image *find(struct xe_kernel *kernel,
                                   const struct xe_module_request *request, uint32_t *ret_status)
{
    const struct xe_module_source *source = kernel->module_source;
    const struct xe_module_bytes file = {request->bytes, request->size}, none = {.size = 0};
    struct xe_error err = XE_ERROR_INIT;
    const struct xe_image *image = NULL;

    *ret_status = XE_STATUS_OBJECT_NAME_NOT_FOUND;
    if (!source)
        return NULL;
    image = request->bytes ? source->parse(source->ctx, &file, &none, &err)
                           : source->find(source->ctx, request->path, &err);
    if (!image && !request->bytes && err.code == XE_ERR_IMAGE_NOT_FOUND) {
        err = (struct xe_error)XE_ERROR_INIT;
        image = from_file(kernel, request->path, &err);
    }
    if (!image && (!err.code || err.code == XE_ERR_IMAGE_NOT_FOUND) && kernel->call)
        xe_kernel_lacking_file(kernel->call, request->path);
    if (!image && err.code && err.code != XE_ERR_IMAGE_NOT_FOUND) {
        *ret_status = XE_STATUS_INVALID_IMAGE_FORMAT;
        xe_log_write(kernel->log, XE_LOG_GUEST, "loader", "'%s': %s", request->path, err.text);
    }
    return image;
}

static uint32_t depth_of(const struct xe_kernel *kernel, uint32_t batch)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < kernel->module_count; i++)
        n += kernel->module[i]->batch == batch;
    return n;
}

static uint32_t load_image(struct xe_kernel *kernel, const struct xe_module_request *request,
                           const struct xe_image *image, uint32_t batch, struct xe_module **ret,
                           struct xe_missing *missing)
{
    const char *name = xe_kernel_module_base_name(request->path);
    struct xe_module *module =
        depth_of(kernel, batch) < DEPTH ? xe__kernel_module_add(kernel, name) : NULL;
    uint32_t status;

    if (!module)
        return XE_STATUS_NO_MEMORY;
    module->flags = request->flags;
    module->batch = batch;
    module->state = XE_MODULE_GONE; /* until it has an entry */
    status = map(kernel, module, request->path, image);
    if (status) {
        unmap(kernel, module);
        return status;
    }
    module->state = XE_MODULE_MAPPED;
    xe__kernel_module_link(kernel, module->ldr);
    *ret = module;
    return link_up(kernel, module, image, missing);
}

static uint32_t load(struct xe_kernel *kernel, const struct xe_module_request *request,
                     uint32_t batch, struct xe_module **ret, struct xe_missing *missing)
{
    uint32_t status;
    const struct xe_image *image = find(kernel, request, &status);

    if (!image)
        return status;
    status = load_image(kernel, request, image, batch, ret, missing);
    kernel->module_source->release(kernel->module_source->ctx, image);
    return status;
}

/* Nothing of a load that failed stays. */
static void undo(struct xe_kernel *kernel, uint32_t batch)
{
    for (uint32_t i = 0; i < kernel->module_count; i++)
        if (kernel->module[i]->batch == batch && kernel->module[i]->state == XE_MODULE_MAPPED)
            xe__kernel_module_leave(kernel, kernel->module[i]);
    xe__kernel_modules_unmap(kernel, batch);
}

/* What the call returns; it loads no more. */
static void answer(struct xe_thread *thread, xe_gva out, xe_gva handle, uint32_t status)
{
    xe__kernel_loader_leave(thread);
    if (out)
        xe_mem_set_u32(thread->kernel->mem, out, handle);
    thread->cpu.gpr[3] = (uint64_t)(int64_t)(int32_t)status;
}

static void tell_failure(const struct xe_kernel *kernel, const struct xe_module_request *request,
                         const struct xe_missing *missing, uint32_t status)
{
    char why[XE_MODULE_NAME + 64] = "";

    if (missing->wanted)
        snprintf(why, sizeof(why), ", for '%s' has version 0x%08x, not 0x%08x or newer",
                 missing->library, missing->found, missing->wanted);
    else if (missing->library[0] && missing->loaded)
        snprintf(why, sizeof(why), ", for '%s' has no ordinal %u", missing->library,
                 missing->ordinal);
    else if (missing->library[0])
        snprintf(why, sizeof(why), ", for it lacks '%s'", missing->library);
    xe_log_write(kernel->log, XE_LOG_GUEST, "loader", "'%s' cannot be loaded%s: status 0x%08x",
                 request->path, why, status);
}

void xe_kernel_module_load(struct xe_thread *thread, const struct xe_module_request *request)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module *module = xe_kernel_module_by_name(kernel, request->path);
    struct xe_missing missing = {.library = ""};
    struct xe_module_step step = {.reason = XE_MODULE_ATTACH, .out = request->out};
    uint32_t status;

    if (!xe__kernel_loader_enter(thread))
        return;
    xe__kernel_modules_unmap(kernel, XE__MODULE_ABANDONED);
    if (module && request->bytes) {
        answer(thread, request->out, 0, XE_STATUS_OBJECT_NAME_COLLISION);
        return;
    }
    if (module) {
        status = check_version(kernel, module, request->version, &missing);
        if (!status)
            xe__kernel_module_recount(kernel, module, 1);
        answer(thread, request->out, status ? 0 : module->ldr, status);
        return;
    }
    step.batch = ++kernel->last_batch;
    status = load(kernel, request, step.batch, &module, &missing);
    if (!status)
        status = check_version(kernel, module, request->version, &missing);
    if (status) {
        undo(kernel, step.batch);
        tell_failure(kernel, request, &missing, status);
        answer(thread, request->out, 0, status);
        return;
    }
    step.root = module->id;
    xe__kernel_modules_attach(thread, &step);
}

/* ---- unloading --------------------------------------------------------------------------------
 */

void xe__kernel_module_leave(struct xe_kernel *kernel, struct xe_module *module)
{
    for (uint32_t i = 0; i < module->imports && i < XE_MODULE_IMPORTS; i++) {
        const struct xe_module *imported = xe_kernel_module_by_id(kernel, module->import[i]);

        if (imported)
            xe__kernel_module_recount(kernel, imported, -1);
    }
    module->imports = 0;
    module->state = XE_MODULE_GONE;
    xe__kernel_module_unlink(kernel, module->ldr);
}

void xe__kernel_modules_unmap(struct xe_kernel *kernel, uint32_t batch)
{
    for (uint32_t i = kernel->module_count; i-- > 0;)
        if (kernel->module[i]->batch == batch && kernel->module[i]->state == XE_MODULE_GONE)
            unmap(kernel, kernel->module[i]);
}

/* How often other modules refer to it. */
static uint32_t references(const struct xe_kernel *kernel, const struct xe_module *module)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < kernel->module_count; i++)
        for (uint32_t k = 0; k < kernel->module[i]->imports; k++)
            n += kernel->module[i]->import[k] == module->id;
    return n;
}

/* Does it stay whatever becomes of the others? What is being loaded does, and the title. */
static bool is_held(const struct xe_kernel *kernel, const struct xe_module *module)
{
    uint32_t count = xe__kernel_module_count(kernel, module);

    if (module->state == XE_MODULE_LEAVING || module->state == XE_MODULE_GONE)
        return false;
    return module->ldr == kernel->title.module || module->state != XE_MODULE_READY ||
           count > references(kernel, module);
}

/* What a module that stays imports stays. true: that was news. */
static bool hold_imports(const struct xe_kernel *kernel, const struct xe_module *module,
                         bool stays[XE_MODULES])
{
    bool news = false;

    for (uint32_t i = 0; i < kernel->module_count; i++)
        for (uint32_t k = 0; !stays[i] && k < module->imports; k++)
            news |= stays[i] = kernel->module[i]->id == module->import[k];
    return news;
}

/* Who was told to go (its count is 0) goes although others import it, as on the console. */
void xe__kernel_modules_sweep(struct xe_kernel *kernel, uint32_t batch)
{
    bool stays[XE_MODULES] = {false}, news = true;

    for (uint32_t i = 0; i < kernel->module_count; i++)
        stays[i] = is_held(kernel, kernel->module[i]);
    while (news) {
        news = false;
        for (uint32_t i = 0; i < kernel->module_count; i++)
            if (stays[i])
                news |= hold_imports(kernel, kernel->module[i], stays);
    }
    for (uint32_t i = 0; i < kernel->module_count; i++) {
        struct xe_module *module = kernel->module[i];

        if (module->state == XE_MODULE_READY && module->ldr != kernel->title.module &&
            (!stays[i] || !xe__kernel_module_count(kernel, module))) {
            module->state = XE_MODULE_LEAVING;
            module->batch = batch;
        }
    }
}

void xe_kernel_module_unload(struct xe_thread *thread, struct xe_module *module, bool ends,
                             uint32_t code)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module_step step = {.reason = XE_MODULE_DETACH, .ends = ends, .code = code};

    if (!xe__kernel_loader_enter(thread))
        return;
    xe__kernel_modules_unmap(kernel, XE__MODULE_ABANDONED);
    step.batch = ++kernel->last_batch;
    if (module && module->ldr != kernel->title.module) {
        xe__kernel_module_recount(kernel, module, -1);
        xe__kernel_modules_sweep(kernel, step.batch);
    }
    xe__kernel_modules_detach(thread, &step);
}
