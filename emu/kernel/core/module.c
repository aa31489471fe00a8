/* The list of modules: records here, entries in guest memory, exports as the images have them.
 * Nothing that a guest writes over its entries leads anywhere but to other guest memory. */
#include "kernel/core/module.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "kernel/core/module_internal.h"
#include "kernel/core/state.h"

#define OWN_SIZE    0x100u /* of an entry of the kernel's, with its name */
#define OWN_NAME    0x80u
#define EXPORT_HEAD 0x2Cu
#define ORDINALS    0x10000u

/* ---- records --------------------------------------------------------------------------------- */

struct xe_module *xe__kernel_module_add(struct xe_kernel *kernel, const char *name)
{
    struct xe_module *module = xe_calloc(1, sizeof(*module));

    if (!module || kernel->module_count == XE_MODULES) {
        xe_free(module);
        return NULL;
    }
    snprintf(module->name, sizeof(module->name), "%s", name);
    module->id = ++kernel->last_module;
    kernel->module[kernel->module_count++] = module;
    return module;
}

void xe__kernel_module_drop(struct xe_kernel *kernel, struct xe_module *module)
{
    uint32_t i = 0;

    while (kernel->module[i] != module)
        i++;
    memmove(&kernel->module[i], &kernel->module[i + 1],
            (--kernel->module_count - i) * sizeof(kernel->module[0]));
    kernel->module[kernel->module_count] = NULL;
    xe_free(module);
}

void xe__kernel_modules_forget(struct xe_kernel *kernel)
{
    while (kernel->module_count)
        xe__kernel_module_drop(kernel, kernel->module[kernel->module_count - 1]);
}

/* What is in no list any more is found by its id only. */
static bool is_loaded(const struct xe_module *module)
{
    return module->state != XE_MODULE_GONE;
}

struct xe_module *xe_kernel_module_by_id(const struct xe_kernel *kernel, uint32_t id)
{
    for (uint32_t i = 0; i < kernel->module_count; i++)
        if (kernel->module[i]->id == id)
            return kernel->module[i];
    return NULL;
}

struct xe_module *xe_kernel_module_by_handle(const struct xe_kernel *kernel, xe_gva handle)
{
    for (uint32_t i = 0; handle && i < kernel->module_count; i++)
        if (kernel->module[i]->ldr == handle && is_loaded(kernel->module[i]))
            return kernel->module[i];
    return NULL;
}

struct xe_module *xe_kernel_module_holding(const struct xe_kernel *kernel, xe_gva address)
{
    for (uint32_t i = 0; i < kernel->module_count; i++)
        if (address - kernel->module[i]->base < kernel->module[i]->size)
            return kernel->module[i];
    return NULL;
}

const struct xe_module *xe_kernel_module_executable(const struct xe_kernel *kernel)
{
    for (uint32_t i = kernel->module_count; i-- > 0;)
        if (is_loaded(kernel->module[i]) && xe__kernel_module_is_executable(kernel->module[i]) &&
            kernel->module[i]->ldr != kernel->title.module)
            return kernel->module[i];
    return NULL;
}

const char *xe_kernel_module_base_name(const char *path)
{
    const char *name = path;

    for (const char *at = path; *at; at++)
        if (*at == '\\' || *at == '/' || *at == ':')
            name = at + 1;
    return name;
}

/* A name without an extension is one with any. */
static bool is_called(const char *module, const char *name)
{
    size_t stem = strcspn(module, ".");

    return strcasecmp(module, name) == 0 ||
           (!strchr(name, '.') && strlen(name) == stem && strncasecmp(module, name, stem) == 0);
}

struct xe_module *xe_kernel_module_by_name(const struct xe_kernel *kernel, const char *path)
{
    const char *name = xe_kernel_module_base_name(path);

    for (uint32_t i = 0; *name && i < kernel->module_count; i++)
        if (is_loaded(kernel->module[i]) && is_called(kernel->module[i]->name, name))
            return kernel->module[i];
    return NULL;
}

/* ---- entries --------------------------------------------------------------------------------- */

/* Behind the last of the list that begins at the kernel's own entry. */
static void insert(struct xe_mem *mem, xe_gva head, xe_gva at)
{
    xe_gva last = xe_mem_u32(mem, head + 4);

    xe_mem_set_u32(mem, at, head);
    xe_mem_set_u32(mem, at + 4, last);
    xe_mem_set_u32(mem, last, at);
    xe_mem_set_u32(mem, head + 4, at);
}

/* A title may have changed the links: only those that lead here are mended. */
static void remove_links(struct xe_mem *mem, xe_gva at)
{
    xe_gva next = xe_mem_u32(mem, at), last = xe_mem_u32(mem, at + 4);

    if (xe_mem_u32(mem, next + 4) == at)
        xe_mem_set_u32(mem, next + 4, last);
    if (xe_mem_u32(mem, last) == at)
        xe_mem_set_u32(mem, last, next);
}

void xe__kernel_module_link(struct xe_kernel *kernel, xe_gva ldr)
{
    insert(kernel->mem, XE_KERNEL_MODULES + XE_X_LDR_LOAD_LINKS, ldr + XE_X_LDR_LOAD_LINKS);
    insert(kernel->mem, XE_KERNEL_MODULES + XE_X_LDR_MEMORY_LINKS, ldr + XE_X_LDR_MEMORY_LINKS);
}

void xe__kernel_module_link_ordered(struct xe_kernel *kernel, xe_gva ldr)
{
    insert(kernel->mem, XE_KERNEL_MODULES + XE_X_LDR_INIT_LINKS, ldr + XE_X_LDR_INIT_LINKS);
}

void xe__kernel_module_unlink(struct xe_kernel *kernel, xe_gva ldr)
{
    for (xe_gva list = XE_X_LDR_LOAD_LINKS; list <= XE_X_LDR_INIT_LINKS; list += 8)
        remove_links(kernel->mem, ldr + list);
}

uint32_t xe__kernel_module_count(const struct xe_kernel *kernel, const struct xe_module *module)
{
    return xe_mem_u16(kernel->mem, module->ldr + XE_X_LDR_LOAD_COUNT);
}

/* It stays at its ends, as a count that is not counted any more does on NT. */
void xe__kernel_module_recount(struct xe_kernel *kernel, const struct xe_module *module, int by)
{
    uint32_t count = xe__kernel_module_count(kernel, module);

    if ((by < 0 && count > 0) || (by > 0 && count < UINT16_MAX))
        xe_mem_set_u16(kernel->mem, module->ldr + XE_X_LDR_LOAD_COUNT,
                       (uint16_t)(count + (uint32_t)by));
}

void xe__kernel_module_put_name(struct xe_mem *mem, xe_gva string, xe_gva buffer, const char *text)
{
    uint32_t length = (uint32_t)strlen(text);

    for (uint32_t i = 0; buffer && i < length; i++)
        xe_mem_set_u16(mem, buffer + i * 2, (uint8_t)text[i]);
    xe_mem_set_u16(mem, string, (uint16_t)(length * 2));
    xe_mem_set_u16(mem, string + 2, (uint16_t)(length * 2 + 2));
    xe_mem_set_u32(mem, string + 4, buffer);
}

/* ---- the kernel's own ------------------------------------------------------------------------ */

static const char *const own[] = {[XE_HLE_XBOXKRNL] = "xboxkrnl.exe", [XE_HLE_XAM] = "xam.xex"};

#define OWN (sizeof(own) / sizeof(own[0]))

xe_gva xe_kernel_module_own(uint32_t hle_module)
{
    return hle_module < OWN ? XE_KERNEL_MODULES + hle_module * OWN_SIZE : 0;
}

/* Theirs lie apart, so that what titles get from the pool is what it was. The first is the head of
 * the lists. Guess: that it is; a walk over the lists on a console would tell. */
bool xe__kernel_modules_init(struct xe_kernel *kernel)
{
    struct xe_mem *mem = kernel->mem;

    if (!xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, XE_KERNEL_MODULES, 0x10000, 0, XE_PAGE_READWRITE,
                      true, false))
        return false;
    for (xe_gva list = XE_X_LDR_LOAD_LINKS; list <= XE_X_LDR_INIT_LINKS; list += 8) {
        xe_mem_set_u32(mem, XE_KERNEL_MODULES + list, XE_KERNEL_MODULES + list);
        xe_mem_set_u32(mem, XE_KERNEL_MODULES + list + 4, XE_KERNEL_MODULES + list);
    }
    for (uint32_t i = 0; i < OWN; i++) {
        xe_gva at = xe_kernel_module_own(i);

        xe__kernel_module_put_name(mem, at + XE_X_LDR_FULL_NAME, at + OWN_NAME, own[i]);
        xe__kernel_module_put_name(mem, at + XE_X_LDR_BASE_NAME, at + OWN_NAME, own[i]);
        xe_mem_set_u16(mem, at + XE_X_LDR_LOAD_COUNT, 1);
        if (i) {
            xe__kernel_module_link(kernel, at);
            xe__kernel_module_link_ordered(kernel, at);
        }
    }
    return true;
}

/* ---- exports --------------------------------------------------------------------------------- */

/* An address counts from the base that the table itself has, which need not be the module's. */
xe_gva xe_kernel_module_export(const struct xe_kernel *kernel, const struct xe_module *module,
                               uint32_t ordinal)
{
    const struct xe_mem *mem = kernel->mem;
    uint32_t i = ordinal - xe_mem_u32(mem, module->exports + 0x28), offset;

    if (!module->exports || i >= xe_mem_u32(mem, module->exports + 0x24) || i >= ORDINALS)
        return 0;
    offset = xe_mem_u32(mem, module->exports + EXPORT_HEAD + 4 * i);
    return offset ? (xe_mem_u32(mem, module->exports + 0x20) << 16) + offset : 0;
}

/* ---- versions --------------------------------------------------------------------------------
 */

#define HEADERS_MAX    256u /* looked at */
#define EXECUTION_INFO 0x00040006u

uint32_t xe_kernel_module_version(const struct xe_kernel *kernel, const struct xe_module *module)
{
    const struct xe_mem *mem = kernel->mem;
    xe_gva at = module->headers;
    uint32_t count = at ? xe_mem_u32(mem, at + 0x14) : 0;

    for (uint32_t i = 0; i < count && i < HEADERS_MAX; i++)
        if (xe_mem_u32(mem, at + 0x18 + 8 * i) == EXECUTION_INFO)
            return xe_mem_u32(mem, at + xe_mem_u32(mem, at + 0x1C + 8 * i) + 4);
    return 0;
}

/* ---- for reports ----------------------------------------------------------------------------- */

/* On whose thread its entry is being called; 0: on none. */
static uint32_t caller_of(const struct xe_kernel *kernel, const struct xe_module *module)
{
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        for (const struct xe_guest_call *call = t->calls; call; call = call->below)
            if (call->end == XE_GUEST_END_MODULE && call->step.module == module->id)
                return t->tid;
    return 0;
}

static void describe(const struct xe_kernel *kernel, const struct xe_module *module,
                     struct xe_module_info *ret)
{
    *ret = (struct xe_module_info){.handle = module->ldr,
                                   .base = module->base,
                                   .entry = module->entry,
                                   .size = module->size,
                                   .load_count = xe__kernel_module_count(kernel, module),
                                   .flags = module->flags,
                                   .state = module->state,
                                   .title = module->ldr == kernel->title.module,
                                   .tid = caller_of(kernel, module),
                                   .attached = module->attached,
                                   .result = module->result};
    ret->orphaned = module->state == XE_MODULE_ATTACHING && !ret->tid;
    ret->library = !ret->title || kernel->title.library;
    memcpy(ret->name, module->name, sizeof(ret->name));
    memcpy(ret->sha256, module->sha256, sizeof(ret->sha256));
}

void xe_kernel_modules(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_module_info *info), void *ctx)
{
    struct xe_module_info info;

    for (uint32_t i = 0; i < kernel->module_count; i++) {
        describe(kernel, kernel->module[i], &info);
        fn(ctx, &info);
    }
}

bool xe_kernel_module_at(const struct xe_kernel *kernel, xe_gva address, struct xe_module_info *ret)
{
    const struct xe_module *module = xe_kernel_module_holding(kernel, address);

    if (module)
        describe(kernel, module, ret);
    return module;
}

bool xe_kernel_module_named(const struct xe_kernel *kernel, const char *name,
                            struct xe_module_info *ret)
{
    const struct xe_module *module = xe_kernel_module_by_name(kernel, name);

    if (module)
        describe(kernel, module, ret);
    return module;
}

/* ---- state ----------------------------------------------------------------------------------- */

void xe__kernel_module_step_state(struct xe_codec *c, struct xe_module_step *step)
{
    xe_codec_enum(c, "step.reason", &step->reason, XE_MODULE_REASONS);
    XE_CODEC(c, step->module);
    XE_CODEC(c, step->root);
    XE_CODEC(c, step->batch);
    XE_CODEC(c, step->status);
    XE_CODEC(c, step->out);
    XE_CODEC(c, step->result);
    XE_CODEC(c, step->place);
    XE_CODEC(c, step->starts);
    XE_CODEC(c, step->ends);
    XE_CODEC(c, step->process);
    XE_CODEC(c, step->code);
}

void xe__kernel_module_state(struct xe_codec *c, struct xe_module *module)
{
    xe_codec_item(c, "module", module->id);
    xe_codec_text(c, "name", module->name, sizeof(module->name));
    xe_codec_enum(c, "state", &module->state, XE_MODULE_STATES);
    XE_CODEC(c, module->id);
    XE_CODEC(c, module->flags);
    XE_CODEC(c, module->order);
    XE_CODEC(c, module->batch);
    XE_CODEC(c, module->ldr);
    XE_CODEC(c, module->base);
    XE_CODEC(c, module->entry);
    XE_CODEC(c, module->headers);
    XE_CODEC(c, module->exports);
    XE_CODEC(c, module->size);
    xe_codec_up_to(c, "imports", &module->imports, XE_MODULE_IMPORTS);
    for (uint32_t i = 0; i < XE_MODULE_IMPORTS; i++)
        XE_CODEC(c, module->import[i]);
    XE_CODEC(c, module->attached);
    XE_CODEC(c, module->result);
    xe_codec_bytes(c, "sha256", module->sha256, sizeof(module->sha256));
    for (const char *at = module->name; *at; at++)
        xe_codec_want(c, *at >= ' ' && *at < 0x7F, "a name with the character 0x%02x", *at & 0xFF);
    xe_codec_want(c, module->ldr && module->size, "a module that is nowhere");
}

void xe__kernel_modules_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    size_t n = xe_codec_count(c, "modules", kernel->module_count, XE_MODULES, 256);

    if (xe_codec_loading(c))
        xe__kernel_modules_forget(kernel);
    for (uint32_t i = 0; i < n && !c->stopped; i++) {
        if (xe_codec_loading(c) && !xe__kernel_module_add(kernel, "")) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for modules");
            return;
        }
        xe__kernel_module_state(c, kernel->module[i]);
        xe_codec_want(c, !i || kernel->module[i]->id > kernel->module[i - 1]->id,
                      "modules in another order");
    }
    xe_codec_item(c, NULL, 0);
    XE_CODEC(c, kernel->last_module);
    XE_CODEC(c, kernel->last_batch);
    XE_CODEC(c, kernel->last_order);
    xe_codec_want(
        c, kernel->module_count == n && (!n || kernel->module[n - 1]->id <= kernel->last_module),
        "a module that was never loaded");
}
