/* Loading a title: its image, its headers and its module entry in guest memory, its main thread. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"

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
static uint32_t page_protect(const struct xe_image *image, xe_gva page, uint32_t size,
                             uint32_t *next)
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
    if (flags & HAS_CODE)
        return flags & HAS_DATA ? XE_PAGE_EXECUTE_READWRITE : XE_PAGE_EXECUTE_READ;
    return flags == HAS_RODATA ? XE_PAGE_READONLY : XE_PAGE_READWRITE;
}

static void protect_image(struct xe_kernel *kernel, const struct xe_image *image, uint32_t size,
                          uint32_t page)
{
    xe_gva start = image->base;
    uint32_t old, run = 0, run_protect = 0, section = 0;

    /* Whole runs of equal rights at a time. */
    for (uint32_t at = 0; at < size; at += page) {
        uint32_t protect = page_protect(image, image->base + at, page, &section);

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

static bool map_image(struct xe_kernel *kernel, const struct xe_image *image, struct xe_error *err)
{
    const struct heap_range *range = range_of(image->base, image->size);
    uint32_t size;

    if (!range || (image->base & (range->page - 1)))
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                            "image of 0x%x bytes at 0x%08x fits no part of the guest memory map",
                            image->size, image->base);
    size = (image->size + range->page - 1) & ~(range->page - 1);
    if (!xe_mem_alloc(kernel->mem, range->heap, image->base, size, 0, XE_PAGE_READWRITE, true,
                      false))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no guest memory for 0x%x bytes at 0x%08x", size,
                            image->base);
    xe_mem_write(kernel->mem, image->base, image->bytes, image->size);
    kernel->title.base = image->base;
    kernel->title.size = size;
    kernel->title.entry = image->entry;
    kernel->title.title_id = image->title_id;
    return true;
}

/* ---- module entry --------------------------------------------------------------------------- */

/* A UNICODE_STRING with its own buffer. */
static void put_name(struct xe_kernel *kernel, xe_gva string, const char *text)
{
    uint32_t length = (uint32_t)strlen(text);
    xe_gva buffer = xe_kernel_pool_alloc(kernel, (length + 1) * 2);

    for (uint32_t i = 0; buffer && i < length; i++)
        xe_mem_set_u16(kernel->mem, buffer + i * 2, (uint8_t)text[i]);
    xe_mem_set_u16(kernel->mem, string, (uint16_t)(length * 2));
    xe_mem_set_u16(kernel->mem, string + 2, (uint16_t)(length * 2 + 2));
    xe_mem_set_u32(kernel->mem, string + 4, buffer);
}

static bool make_module(struct xe_kernel *kernel, const struct xe_image *image,
                        struct xe_error *err)
{
    struct xe_kernel_title *title = &kernel->title;
    struct xe_mem *mem = kernel->mem;
    xe_gva at = xe_kernel_pool_alloc(kernel, XE_X_LDR_SIZE);

    if (image->headers_size)
        title->headers = xe_kernel_pool_alloc(kernel, image->headers_size);
    if (!at || (image->headers_size &&
                !xe_mem_write(mem, title->headers, image->headers, image->headers_size)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no guest memory for the module entry");
    for (xe_gva list = XE_X_LDR_LOAD_LINKS; list <= XE_X_LDR_INIT_LINKS; list += 8) {
        xe_mem_set_u32(mem, at + list, at + list);
        xe_mem_set_u32(mem, at + list + 4, at + list);
    }
    xe_mem_set_u32(mem, at + XE_X_LDR_NT_HEADERS, image->base);
    xe_mem_set_u32(mem, at + XE_X_LDR_IMAGE_BASE, image->base);
    xe_mem_set_u32(mem, at + XE_X_LDR_IMAGE_SIZE, title->size);
    put_name(kernel, at + XE_X_LDR_FULL_NAME, "\\Device\\Cdrom0\\" XE_KERNEL_TITLE_NAME);
    put_name(kernel, at + XE_X_LDR_BASE_NAME, XE_KERNEL_TITLE_NAME);
    xe_mem_set_u32(mem, at + XE_X_LDR_FULL_SIZE, title->size);
    xe_mem_set_u32(mem, at + XE_X_LDR_ENTRY, image->entry);
    xe_mem_set_u16(mem, at + XE_X_LDR_LOAD_COUNT, 1);
    xe_mem_set_u32(mem, at + XE_X_LDR_DLL_BASE_ORIGINAL, image->base);
    xe_mem_set_u32(mem, at + XE_X_LDR_XEX_HEADERS, title->headers);
    title->module = at;
    xe_mem_set_u32(mem, kernel->module_cell, at);
    return true;
}

/* ---- main thread ---------------------------------------------------------------------------- */

static bool start_main(struct xe_kernel *kernel, struct xe_error *err)
{
    struct xe_thread_request request = {
        .start = kernel->title.entry, .process = XE_PROCESS_TITLE, .hw = 0};
    uint32_t status;
    struct xe_thread *thread = xe_kernel_thread_create(kernel, &request, &status);

    if (!thread)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "main thread: status 0x%08x", status);
    xe_kernel_thread_set_name(thread, "main");
    status = xe_kernel_object_give_handle(thread->object, 0);
    return !status || xe_error_set(err, XE_ERR_INTERNAL, "main thread: no handle");
}

bool xe_kernel_load(struct xe_kernel *kernel, const struct xe_image *image, struct xe_error *err)
{
    struct xe_kernel_title *title = &kernel->title;
    const struct heap_range *range = range_of(image->base, image->size);

    if (title->loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "a title is loaded already");
    if (!map_image(kernel, image, err) || !make_module(kernel, image, err))
        return false;
    xe__kernel_process_set_tls(kernel, image);
    if (!xe_hle_link(kernel, image, err))
        return false;
    protect_image(kernel, image, title->size, range->page);
    if (!start_main(kernel, err))
        return false;
    title->loaded = true;
    return true;
}
