/* object.list, mem.read, digest.get, title.exports, debug.jit.list, gpu.registers, gpu.shaders,
 * log.tail. Pages are cut by position: a cursor holds how far the last page came in an order that
 * never changes (object id, export number). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

struct page {
    struct xe_rpc_list_view view;
    uint64_t from; /* skip what is before it */
    uint64_t next; /* where the next page begins */
    uint32_t limit;
    bool more;
    const char *filter;
    bool disassemble;
    size_t code; /* bytes of shaders' code on it */
};

#define CODE_ENOUGH (1u << 20) /* of a page: with one more shader it is a reply that fits */

static void page_begin(struct page *page, const struct xe_rpc_call *call)
{
    const char *cursor = xe_rpc_arg_string(call, "cursor");

    memset(page, 0, sizeof(*page));
    page->view.items = json_array();
    page->limit = (uint32_t)xe_rpc_arg_int(call, "limit");
    page->from = cursor ? strtoull(cursor, NULL, 10) : 0;
}

static bool page_takes(struct page *page, uint64_t position)
{
    if (position < page->from || page->more)
        return false;
    if (json_array_size(page->view.items) < page->limit)
        return true;
    page->more = true;
    page->next = position;
    return false;
}

static void page_reply(struct xe_rpc_call *call, struct xe_instance *instance,
                       const struct xe_rpc_type *type, struct page *page)
{
    struct xe_rpc_list_view *view = &page->view;

    view->base = xe__rpc_session_base(call, instance);
    if (page->more)
        snprintf(view->next_cursor, sizeof(view->next_cursor), "%" PRIu64, page->next);
    xe_rpc_reply(call, xe_rpc_write(type, view));
    json_decref(view->items);
}

/* ---- objects -------------------------------------------------------------------------------- */

static void list_object(void *ctx, const struct xe_object_info *info)
{
    struct page *page = ctx;

    if (page->filter && strcmp(page->filter, info->type))
        return;
    if (page_takes(page, info->id))
        json_array_append_new(page->view.items, xe_rpc_write(&xe_rpc_object, info));
}

void xe__rpc_object_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct page page;

    if (!instance)
        return;
    page_begin(&page, call);
    page.filter = xe_rpc_arg_string(call, "type");
    xe_kernel_objects(xe_instance_kernel(instance), list_object, &page);
    page_reply(call, instance, &xe_rpc_object_page, &page);
}

/* ---- exports -------------------------------------------------------------------------------- */

/* What is there in part is there, too. */
static bool wants_export(const char *filter, const struct xe_export_info *info)
{
    if (!filter || !strcmp(filter, "all"))
        return true;
    if (!strcmp(filter, "partial"))
        return info->state == XE_COVERAGE_PARTIAL;
    return info->implemented == !strcmp(filter, "implemented");
}

static void list_export(void *ctx, const struct xe_export_info *info)
{
    struct page *page = ctx;
    uint64_t position = page->next;

    if (!wants_export(page->filter, info))
        return;
    if (!page->more)
        page->next++;
    if (page_takes(page, position))
        json_array_append_new(page->view.items, xe_rpc_write(&xe_rpc_export, info));
}

void xe__rpc_title_exports(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct page page;

    if (!instance)
        return;
    page_begin(&page, call);
    page.filter = xe_rpc_arg_string(call, "filter");
    xe_kernel_exports(xe_instance_kernel(instance), XE_EXPORTS_TOUCHED, list_export, &page);
    page_reply(call, instance, &xe_rpc_export_page, &page);
}

/* ---- translations --------------------------------------------------------------------------- */

static void list_region(void *ctx, const struct xe_region_info *info)
{
    struct page *page = ctx;
    uint64_t position = page->next;

    if (!page->more)
        page->next++;
    if (page_takes(page, position))
        json_array_append_new(page->view.items, xe_rpc_write(&xe_rpc_region, info));
}

/* A page may miss translations that went, or came, between two calls. */
void xe__rpc_debug_jit_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct page page;

    if (!instance)
        return;
    page_begin(&page, call);
    xe_instance_regions(instance, list_region, &page);
    page_reply(call, instance, &xe_rpc_region_page, &page);
}

/* ---- the GPU -------------------------------------------------------------------------------- */

void xe__session_gpu_registers(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const struct xe_gpu *gpu;
    struct page page;
    bool is_float;

    if (!instance)
        return;
    gpu = xe_kernel_gpu(xe_instance_kernel(instance));
    page_begin(&page, call);
    for (uint32_t i = 0; i < XE_GPU_REGISTERS; i++) {
        struct xe_rpc_gpu_register_view view = {.index = i, .value = xe_gpu_register(gpu, i)};

        if (!view.value || !page_takes(&page, i))
            continue;
        view.name = xe_gpu_register_name(i, &is_float);
        json_array_append_new(page.view.items, xe_rpc_write(&xe_rpc_gpu_register, &view));
    }
    page_reply(call, instance, &xe_rpc_gpu_register_page, &page);
}

static void list_shader(void *ctx, const struct xe_gpu_shader *shader)
{
    struct page *page = ctx;
    uint64_t position = page->next;
    struct xe_rpc_gpu_shader_view view = {.shader = *shader};

    if (!page->more)
        page->next++;
    if (page->code >= CODE_ENOUGH)
        page->limit = (uint32_t)json_array_size(page->view.items);
    if (!page_takes(page, position))
        return;
    if (page->disassemble && shader->code)
        view.code = xe__session_shader_code(shader, &page->code);
    json_array_append_new(page->view.items, xe_rpc_write(&xe_rpc_gpu_shader, &view));
    json_decref(view.code);
}

void xe__session_gpu_shaders(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct page page;

    if (!instance)
        return;
    page_begin(&page, call);
    page.disassemble = xe_rpc_arg_bool(call, "disassemble");
    xe_gpu_shaders(xe_kernel_gpu(xe_instance_kernel(instance)), list_shader, &page);
    page_reply(call, instance, &xe_rpc_gpu_shader_page, &page);
}

/* ---- sound ---------------------------------------------------------------------------------- */

static uint64_t oldest_second(const struct xe_audio_client *info)
{
    return info->seconds > XE_AUDIO_SECONDS ? info->seconds - XE_AUDIO_SECONDS : 0;
}

void xe__session_audio_hash(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    uint32_t client = (uint32_t)xe_rpc_arg_int(call, "client");
    struct xe_audio_client info = {.seconds = 0};
    uint8_t hash[XE_AUDIO_HASH_BYTES];
    const struct xe_kernel *kernel;
    struct page page;

    if (!instance)
        return;
    kernel = xe_instance_kernel(instance);
    xe_kernel_audio_client(kernel, client, &info);
    page_begin(&page, call);
    for (uint64_t second = oldest_second(&info); second < info.seconds; second++) {
        char *text;

        if (!xe_kernel_audio_hash(kernel, client, second, hash) || !page_takes(&page, second))
            continue;
        text = xe__rpc_hex_text(hash, sizeof(hash));
        json_array_append_new(
            page.view.items,
            xe_rpc_write(&xe_rpc_audio_second, &(struct xe_rpc_audio_second_view){second, text}));
        free(text);
    }
    page_reply(call, instance, &xe_rpc_audio_hash_page, &page);
}

/* ---- memory --------------------------------------------------------------------------------- */

char *xe__session_base64(const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc((size + 2) / 3 * 4 + 1), *out = text;

    if (!text)
        return NULL;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t word = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                        (left > 2 ? bytes[i + 2] : 0);

        *out++ = digits[word >> 18];
        *out++ = digits[word >> 12 & 63];
        *out++ = left > 1 ? digits[word >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[word & 63] : '=';
    }
    *out = '\0';
    return text;
}

static json_t *memory_json(struct xe_rpc_call *call, struct xe_instance *instance,
                           const uint8_t *bytes, uint32_t size)
{
    const char *encoding = xe_rpc_arg_string(call, "encoding");
    bool base64 = encoding && encoding[0] == 'b';
    char *text = base64 ? xe__session_base64(bytes, size) : xe__rpc_hex_text(bytes, size);
    const struct xe_rpc_bytes_view view = {
        .base = xe__rpc_session_base(call, instance),
        .address = xe_rpc_arg_u32(call, "address"),
        .length = size,
        .base64 = base64,
        .bytes = text ? text : "",
    };
    json_t *result = xe_rpc_write(&xe_rpc_bytes, &view);

    free(text);
    return result;
}

void xe__rpc_mem_read(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    uint32_t address = xe_rpc_arg_u32(call, "address");
    uint32_t size = (uint32_t)xe_rpc_arg_int(call, "length");
    uint8_t *bytes;

    if (!instance)
        return;
    bytes = malloc(size);
    if (!bytes)
        xe_error_set(&err, XE_ERR_NO_MEMORY, "no memory for %u bytes", size);
    else if ((uint64_t)address + size > (uint64_t)UINT32_MAX + 1)
        xe_error_set(&err, XE_ERR_ADDRESS_UNMAPPED, "0x%08x + 0x%x is beyond 4 GiB", address, size);
    else
        xe_instance_mem_read(instance, address, bytes, size, &err);
    if (err.code)
        xe_rpc_fail(call, &err);
    else
        xe_rpc_reply(call, memory_json(call, instance, bytes, size));
    free(bytes);
}

/* ---- digest --------------------------------------------------------------------------------- */

json_t *xe__rpc_session_digest_json(const struct xe_digest *digest)
{
    json_t *components = json_object();
    char text[XE_DIGEST_TEXT];

    for (uint32_t i = 0; i < digest->components; i++) {
        xe_digest_text(digest->component[i].hash, text);
        json_object_set_new(components, digest->component[i].name, json_string(text));
    }
    return components;
}

void xe__rpc_digest_get(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_digest digest;
    char text[XE_DIGEST_TEXT];
    struct xe_rpc_digest_view view = {.digest = text};

    if (!instance)
        return;
    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, text);
    view.base = xe__rpc_session_base(call, instance);
    view.components = xe__rpc_session_digest_json(&digest);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_digest_result, &view));
    json_decref(view.components);
}

/* ---- log ------------------------------------------------------------------------------------ */

struct log_page {
    struct xe_rpc_list_view view;
    int level;            /* -1: all                             */
    const char *category; /* NULL: all */
    uint64_t skip;        /* lines to leave out before the page  */
    uint64_t limit;
    uint64_t matches;
};

static bool is_wanted(const struct log_page *page, const struct xe_log_line *line)
{
    return (page->level < 0 || (int)line->level == page->level) &&
           (!page->category || !strcmp(line->category, page->category));
}

static bool count_line(void *ctx, const struct xe_log_line *line)
{
    struct log_page *page = ctx;

    page->matches += is_wanted(page, line);
    return true;
}

static bool take_line(void *ctx, const struct xe_log_line *line)
{
    struct log_page *page = ctx;

    if (json_array_size(page->view.items) >= page->limit)
        return false;
    page->view.next_seq = line->seq + 1;
    if (!is_wanted(page, line))
        return true;
    if (page->skip > 0) {
        page->skip--;
        return true;
    }
    json_array_append_new(page->view.items, xe_rpc_write(&xe_rpc_log_line, line));
    return true;
}

void xe__rpc_log_tail(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const char *level = xe_rpc_arg_string(call, "level");
    uint64_t from = (uint64_t)xe_rpc_arg_int(call, "from_seq");
    struct log_page page = {.level = level ? xe_log_level_parse(level) : -1,
                            .category = xe_rpc_arg_string(call, "category"),
                            .limit = (uint64_t)xe_rpc_arg_int(call, "limit")};

    if (!instance)
        return;
    page.view.base = xe__rpc_session_base(call, instance);
    page.view.items = json_array();
    page.view.next_seq = xe_log_visit(xe_instance_log(instance), 0, count_line, &page);
    if (from == 0 && page.matches > page.limit)
        page.skip = page.matches - page.limit;
    if (from < page.view.next_seq)
        xe_log_visit(xe_instance_log(instance), from, take_line, &page);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_log_page, &page.view));
    json_decref(page.view.items);
}
