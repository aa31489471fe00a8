/* Loading a title: its image, its headers and its module entry in guest memory, its main thread. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/module_internal.h"

struct heap_range {
    xe_gva first, last;
    enum xe_mem_heap heap;
    uint32_t page;
};

/* Source: guest memory map as the Free60 wiki and xenia (memory.cc) have it. */
static const struct heap_range ranges[] = {
    {0x00010000, 0x3FFFFFFF, XE_MEM_HEAP_VIRTUAL_4K, 0x1000},
    {0x40000000, 0x6FFFFFFF, XE_MEM_HEAP_VIRTUAL_64K, 0x10000},
    {0x80000000, 0x8FFFFFFF, XE_MEM_HEAP_IMAGE_64K, 0x10000},
    {0x90000000, 0x9FFFFFFF, XE_MEM_HEAP_IMAGE_4K, 0x1000},
};

static const struct heap_range *range_of(xe_gva base, uint32_t size)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (base >= ranges[i].first && base <= ranges[i].last && size &&
            size - 1 <= ranges[i].last - base)
            return &ranges[i];
    return NULL;
}

/* ---- image ---------------------------------------------------------------------------------- */

enum { HAS_CODE = 1, HAS_DATA = 2, HAS_RODATA = 4 };

static uint32_t section_flag(const struct xe_image_section *section)
{
    if (strcmp(section->kind, "code") == 0)
        return HAS_CODE;
    return strcmp(section->kind, "data") == 0 ? HAS_DATA : HAS_RODATA;
}

/* Rights of a page that several sections may share: whatever one of them needs. A page without any
 * section is writable, as the loader of the console leaves padding. Sections ascend: *next is the
 * first that may reach into this page, and becomes the first that may reach into the page behind.
 */
static uint32_t page_protect(const struct xe_kernel *kernel, const struct xe_image *image,
                             xe_gva page, uint32_t size, uint32_t *next)
{
    uint64_t end = (uint64_t)page + size;
    uint32_t flags = 0;

    for (uint32_t i = *next; i < image->section_count && image->section[i].address < end; i++) {
        const struct xe_image_section *section = &image->section[i];
        uint64_t section_end = (uint64_t)section->address + section->size;

        if (section->size && section_end > page)
            flags |= section_flag(section);
        if (section_end <= end)
            *next = i + 1;
    }
    if (flags & HAS_CODE && kernel->config.writable_code)
        return XE_PAGE_EXECUTE_READWRITE;
    if (flags & HAS_CODE)
        return flags & HAS_DATA ? XE_PAGE_EXECUTE_READWRITE : XE_PAGE_EXECUTE_READ;
    return flags == HAS_RODATA ? XE_PAGE_READONLY : XE_PAGE_READWRITE;
}

void xe__kernel_image_protect(struct xe_kernel *kernel, const struct xe_image *image, uint32_t size)
{
    uint32_t page = range_of(image->base, image->size)->page;
    xe_gva start = image->base;
    uint32_t old, run = 0, run_protect = 0, section = 0;

    /* Whole runs of equal rights at a time. */
    for (uint32_t at = 0; at < size; at += page) {
        uint32_t protect = page_protect(kernel, image, image->base + at, page, &section);

        if (run && protect != run_protect) {
            xe_mem_protect(kernel->mem, start, run, run_protect, &old);
            start += run;
            run = 0;
        }
        run_protect = protect;
        run += page;
    }
    if (run)
        xe_mem_protect(kernel->mem, start, run, run_protect, &old);
}

uint32_t xe__kernel_image_map(struct xe_kernel *kernel, const struct xe_image *image,
                              uint32_t *ret_size)
{
    const struct heap_range *range = range_of(image->base, image->size);
    uint32_t size;

    if (!range || (image->base & (range->page - 1)))
        return XE_STATUS_INVALID_IMAGE_FORMAT;
    size = (image->size + range->page - 1) & ~(range->page - 1);
    if (!xe_mem_alloc(kernel->mem, range->heap, image->base, size, 0, XE_PAGE_READWRITE, true,
                      false))
        return XE_STATUS_CONFLICTING_ADDRESSES;
    xe_mem_write(kernel->mem, image->base, image->bytes, image->size);
    *ret_size = size;
    return XE_STATUS_SUCCESS;
}

static bool map_title(struct xe_kernel *kernel, const struct xe_image *image, struct xe_error *err)
{
    struct xe_kernel_title *title = &kernel->title;

    switch (xe__kernel_image_map(kernel, image, &title->size)) {
    case XE_STATUS_INVALID_IMAGE_FORMAT:
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                            "image of 0x%x bytes at 0x%08x fits no part of the guest memory map",
                            image->size, image->base);
    case XE_STATUS_CONFLICTING_ADDRESSES:
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no guest memory for 0x%x bytes at 0x%08x",
                            image->size, image->base);
    default:
        break;
    }
    title->base = image->base;
    title->entry = image->entry;
    title->title_id = image->title_id;
    title->library = image->module_flags & XE_MODULE_LIBRARY;
    return true;
}

/* ---- module entry --------------------------------------------------------------------------- */

/* A UNICODE_STRING with its own buffer. */
static void put_name(struct xe_kernel *kernel, xe_gva string, const char *text)
{
    xe_gva buffer = xe_kernel_pool_alloc(kernel, ((uint32_t)strlen(text) + 1) * 2);

    xe__kernel_module_put_name(kernel->mem, string, buffer, text);
}

void xe__kernel_module_fill(struct xe_kernel *kernel, const struct xe_module *module,
                            const struct xe_image *image)
{
    struct xe_mem *mem = kernel->mem;
    xe_gva at = module->ldr;

    xe_mem_set_u32(mem, at + XE_X_LDR_NT_HEADERS, image->base);
    xe_mem_set_u32(mem, at + XE_X_LDR_IMAGE_BASE, image->base);
    xe_mem_set_u32(mem, at + XE_X_LDR_IMAGE_SIZE, module->size);
    xe_mem_set_u32(mem, at + XE_X_LDR_FULL_SIZE, module->size);
    xe_mem_set_u32(mem, at + XE_X_LDR_ENTRY, image->entry);
    xe_mem_set_u16(mem, at + XE_X_LDR_LOAD_COUNT, 1);
    xe_mem_set_u32(mem, at + XE_X_LDR_DLL_BASE_ORIGINAL,
                   image->original_base ? image->original_base : image->base);
    xe_mem_set_u32(mem, at + XE_X_LDR_MODULE_LOAD_FLAGS, module->flags);
    xe_mem_set_u32(mem, at + XE_X_LDR_TIME_STAMP, image->time_stamp);
    xe_mem_set_u32(mem, at + XE_X_LDR_XEX_HEADERS, module->headers);
}

/* A library that is run by itself is no title: no title has its place. Source:
 * doc/facts/modules.md, section 3. */
static bool make_module(struct xe_kernel *kernel, const struct xe_image *image,
                        struct xe_error *err)
{
    struct xe_kernel_title *title = &kernel->title;
    struct xe_mem *mem = kernel->mem;
    const char *path = title->path[0] ? title->path : "\\Device\\Cdrom0\\" XE_KERNEL_TITLE_NAME;
    const char *name = xe_kernel_module_base_name(path);
    struct xe_module *module = xe__kernel_module_add(kernel, name);
    xe_gva at = xe_kernel_pool_alloc(kernel, XE_X_LDR_SIZE);

    if (image->headers_size)
        title->headers = xe_kernel_pool_alloc(kernel, image->headers_size);
    if (!module || !at ||
        (image->headers_size &&
         !xe_mem_write(mem, title->headers, image->headers, image->headers_size)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no guest memory for the module entry");
    title->module = module->ldr = at;
    xe__kernel_module_take(module, image, title->size);
    module->flags = title->library ? image->module_flags : XE_MODULE_TITLE;
    module->headers = title->headers;
    xe__kernel_module_fill(kernel, module, image);
    put_name(kernel, at + XE_X_LDR_FULL_NAME, path);
    put_name(kernel, at + XE_X_LDR_BASE_NAME, name);
    xe__kernel_module_link(kernel, at);
    if (!title->library)
        xe_mem_set_u32(mem, kernel->module_cell, at);
    return true;
}

/* ---- main thread ---------------------------------------------------------------------------- */

/* A library's entry is called as a loader calls it, on a thread that has nothing else to do. */
static struct xe_thread *start_main(struct xe_kernel *kernel, struct xe_error *err)
{
    struct xe_thread_request request = {
        .start = kernel->title.entry, .process = XE_PROCESS_TITLE, .hw = 0};
    uint32_t status;
    struct xe_thread *thread = xe_kernel_thread_create(kernel, &request, &status);

    if (!thread) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "main thread: status 0x%08x", status);
        return NULL;
    }
    xe_kernel_thread_set_name(thread, "main");
    if (kernel->title.library)
        thread->cpu.pc = XE__TRAMPOLINE_EXIT;
    thread->fresh = false; /* it has no THREAD_ATTACH: ATTACH is called on it */
    if (!xe_kernel_object_give_handle(thread->object, 0))
        return thread;
    xe_error_set(err, XE_ERR_INTERNAL, "main thread: no handle");
    return NULL;
}

/* The title can't begin: so its first run says. */
static void lack(struct xe_kernel *kernel, const struct xe_missing *missing)
{
    xe_kernel_crash(kernel,
                    &(struct xe_stop_info){.cause = XE_CAUSE_IMPORT,
                                           .code = missing->ordinal,
                                           .arguments = missing->wanted ? 2 : 0,
                                           .argument = {missing->wanted, missing->found}},
                    missing->library);
}

static void begin(struct xe_thread *main_thread, const struct xe_module *title, uint32_t batch)
{
    struct xe_module_step step = {
        .reason = XE_MODULE_ATTACH, .root = title->id, .batch = batch, .starts = true};

    if (main_thread->kernel->module_count > 1)
        xe__kernel_loader_enter(main_thread);
    xe__kernel_modules_attach(main_thread, &step);
}

bool xe_kernel_load(struct xe_kernel *kernel, const struct xe_image *image, struct xe_error *err)
{
    struct xe_kernel_title *title = &kernel->title;
    struct xe_missing missing = {.library = ""};
    struct xe_thread *main_thread;
    struct xe_module *module;
    uint32_t batch;

    if (title->loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "a title is loaded already");
    if (!map_title(kernel, image, err) || !make_module(kernel, image, err))
        return false;
    module = kernel->module[0];
    module->batch = batch = ++kernel->last_batch;
    xe__kernel_process_set_tls(kernel, image);
    xe__kernel_module_import(kernel, module, image, &missing);
    if (!xe_hle_link(kernel, image, &missing, err))
        return false;
    xe__kernel_image_protect(kernel, image, title->size);
    main_thread = start_main(kernel, err);
    if (!main_thread)
        return false;
    title->loaded = true;
    if (missing.library[0])
        lack(kernel, &missing);
    else
        begin(main_thread, module, batch);
    return true;
}
