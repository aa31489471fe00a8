/* debug.disassemble and image.disassemble: instructions as assembly, with what is known of the
 * places they are at and go to. The first reads an instance's memory, the second an image that came
 * with the call and is never run. */
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/symbols.h"

/* Where words and names come from. */
struct source {
    const void *ctx;
    bool (*read)(const void *ctx, uint32_t address, uint8_t bytes[4], struct xe_error *err);
    bool (*place)(const void *ctx, uint32_t address, struct xe_place *ret);
};

static void find_place(const struct source *source, uint32_t address, struct xe_place *ret)
{
    if (!source->place(source->ctx, address, ret))
        *ret = (struct xe_place){.line = 0};
}

static void fill_line(const struct source *source, uint32_t address, uint32_t word,
                      struct xe_rpc_assembly_view *ret)
{
    ret->address = address;
    ret->word = word;
    xe_disassemble(word, address, ret->text, sizeof(ret->text));
    find_place(source, address, &ret->place);
    ret->begins = ret->place.name[0] && ret->place.offset == 0;
    ret->branches = xe_branch_target(word, address, &ret->target);
    if (ret->branches)
        find_place(source, ret->target, &ret->target_place);
}

/* Lines up to the end of memory; the first one must be there. To be freed in any case. */
static bool disassemble(const struct source *source, uint32_t address, uint32_t count,
                        struct xe_rpc_assemblies_view *ret, struct xe_error *err)
{
    if (address % 4)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "address 0x%08x: instructions are at multiples of 4", address);
    ret->line = calloc(count, sizeof(*ret->line));
    if (!ret->line)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for %u lines", count);
    for (uint32_t i = 0; i < count && (uint64_t)address + 4 * i <= UINT32_MAX; i++) {
        uint8_t b[4];

        if (!source->read(source->ctx, address + 4 * i, b, i ? NULL : err))
            return i > 0;
        fill_line(source, address + 4 * i,
                  (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3],
                  &ret->line[ret->lines++]);
    }
    return true;
}

static void free_lines(struct xe_rpc_assemblies_view *lines)
{
    for (uint32_t i = 0; i < lines->lines; i++) {
        json_decref(lines->line[i].threads);
        json_decref(lines->line[i].points);
    }
    free(lines->line);
}

/* At most one of these says where to begin. */
static bool one_of(const struct xe_rpc_call *call, const char *const *names, struct xe_error *err)
{
    const char *given = NULL;

    for (; *names; names++) {
        if (!xe_rpc_has(call, *names))
            continue;
        if (given)
            return xe_error_set(err, XE_ERR_INVALID_PARAMS, "both '%s' and '%s' are given", given,
                                *names);
        given = *names;
    }
    return true;
}

/* ---- an instance ---------------------------------------------------------------------------- */

static bool read_memory(const void *ctx, uint32_t address, uint8_t bytes[4], struct xe_error *err)
{
    return xe_instance_mem_read(ctx, address, bytes, 4, err);
}

static bool place_in_instance(const void *ctx, uint32_t address, struct xe_place *ret)
{
    return xe_instance_place(ctx, address, ret);
}

static bool begin_in_instance(const struct xe_rpc_call *call, struct xe_instance *instance,
                              uint32_t *ret, struct xe_error *err)
{
    static const char *const names[] = {"address", "symbol", "tid", NULL};
    struct xe_thread_info info;

    if (!one_of(call, names, err))
        return false;
    if (xe_rpc_has(call, "symbol"))
        return xe_instance_address(instance, xe_rpc_arg_string(call, "symbol"), ret, err);
    if (xe_rpc_has(call, "tid")) {
        if (!xe_kernel_thread_info(xe_instance_kernel(instance),
                                   (uint32_t)xe_rpc_arg_int(call, "tid"), &info))
            return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no thread %lld",
                                (long long)xe_rpc_arg_int(call, "tid"));
        *ret = info.pc;
    } else if (xe_rpc_has(call, "address")) {
        *ret = xe_rpc_arg_u32(call, "address");
    } else {
        struct xe_title_info title;

        xe_instance_title(instance, &title);
        *ret = title.entry;
    }
    return true;
}

/* NULL: no line shows this address. */
static struct xe_rpc_assembly_view *line_at(const struct xe_rpc_assemblies_view *lines,
                                            uint32_t address)
{
    uint32_t i;

    if (!lines->lines || address < lines->line[0].address || address % 4)
        return NULL;
    i = (address - lines->line[0].address) / 4;
    return i < lines->lines ? &lines->line[i] : NULL;
}

static void append_id(json_t **list, uint32_t id)
{
    if (!*list)
        *list = json_array();
    json_array_append_new(*list, json_integer(id));
}

static void mark_thread(void *ctx, const struct xe_thread_info *info)
{
    struct xe_rpc_assembly_view *line = line_at(ctx, info->pc);

    if (line && info->state != XE_THREAD_TERMINATED)
        append_id(&line->threads, info->tid);
}

static void mark_point(void *ctx, const struct xe_point *point)
{
    struct xe_rpc_assembly_view *line = line_at(ctx, point->address);

    if (line && (point->kind == XE_POINT_EXEC || point->kind == XE_POINT_EXPORT))
        append_id(&line->points, point->id);
}

void xe__rpc_debug_disassemble(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct source source = {instance, read_memory, place_in_instance};
    struct xe_rpc_assemblies_view view = {.lines = 0};
    struct xe_error err = XE_ERROR_INIT;
    uint32_t address;

    if (!instance)
        return;
    if (begin_in_instance(call, instance, &address, &err) &&
        disassemble(&source, address, (uint32_t)xe_rpc_arg_int(call, "count"), &view, &err)) {
        view.base = xe__rpc_session_base(call, instance);
        xe_kernel_threads(xe_instance_kernel(instance), mark_thread, &view);
        xe_instance_points(instance, mark_point, &view);
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_disassembled, &view));
    } else {
        xe_rpc_fail(call, &err);
    }
    free_lines(&view);
}

/* ---- an image ------------------------------------------------------------------------------- */

struct file {
    const struct xe_image *image;
    struct xe_symbols *symbols;
};

static bool read_image(const void *ctx, uint32_t address, uint8_t bytes[4], struct xe_error *err)
{
    const struct xe_image *image = ((const struct file *)ctx)->image;
    uint32_t at = address - image->base;

    if (at >= image->size || image->size - at < 4)
        return xe_error_set(err, XE_ERR_ADDRESS_UNMAPPED,
                            "0x%08x is not in the image: 0x%08x to 0x%08llx", address, image->base,
                            (unsigned long long)image->base + image->size);
    memcpy(bytes, image->bytes + at, 4);
    return true;
}

static bool place_in_image(const void *ctx, uint32_t address, struct xe_place *ret)
{
    return xe_symbols_place(((const struct file *)ctx)->symbols, address, ret);
}

static bool no_symbol(const struct file *file, const char *text, struct xe_error *err)
{
    struct xe_nearest nearest;
    char near[XE_NEAREST_TEXT];

    xe_nearest_init_place(&nearest, text);
    xe_symbols_offer(file->symbols, &nearest);
    return xe_error_set(err, XE_ERR_SYMBOL_UNKNOWN, "there is no symbol '%s'%s", text,
                        xe_nearest_text(nearest.name, nearest.count, near));
}

static bool begin_in_image(const struct xe_rpc_call *call, const struct file *file, uint32_t *ret,
                           struct xe_error *err)
{
    static const char *const names[] = {"address", "symbol", NULL};
    const char *symbol = xe_rpc_arg_string(call, "symbol");

    if (!one_of(call, names, err))
        return false;
    if (xe_rpc_has(call, "address"))
        *ret = xe_rpc_arg_u32(call, "address");
    else if (!symbol && !file->image->entry)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "the image has no entry point: expected 'address' or 'symbol'");
    else if (!symbol)
        *ret = file->image->entry;
    else if (!xe_symbols_find(file->symbols, symbol, ret))
        return no_symbol(file, symbol, err);
    return true;
}

static bool disassemble_image(struct xe_rpc_call *call, struct file *file,
                              struct xe_rpc_assemblies_view *ret, struct xe_error *err)
{
    struct source source = {file, read_image, place_in_image};
    uint32_t address;

    return begin_in_image(call, file, &address, err) &&
           disassemble(&source, address, (uint32_t)xe_rpc_arg_int(call, "count"), ret, err);
}

void xe__rpc_image_disassemble(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = NULL;
    struct xe_symbols *symbols = xe__rpc_session_take_named(call, &image, &err);
    struct file file = {image, symbols};
    struct xe_rpc_assemblies_view view = {.lines = 0};

    if (symbols && disassemble_image(call, &file, &view, &err)) {
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_image_disassembled, &view));
    } else {
        xe_error_prefix(&err, "disassemble '%s'", xe_rpc_arg_string(call, "image"));
        xe_rpc_fail(call, &err);
    }
    free_lines(&view);
    xe_symbols_destroy(symbols);
    xe_image_destroy(image);
}
