/* debug.disassemble and image.disassemble: instructions as assembly, with what is known of the
 * places they are at and go to. The first reads an instance's memory, the second an image that came
 * with the call and is never run. */
#include <stdlib.h>
#include <string.h>

#include "rpc/session_internal.h"
#include "xe/symbols.h"

/* Where words and names come from. */
struct source {
    const void *ctx;
    bool (*read)(const void *ctx, uint32_t address, uint8_t bytes[4], struct xe_error *err);
    bool (*place)(const void *ctx, uint32_t address, struct xe_place *ret);
};

/* "main" or "main+0x10". */
static json_t *place_json(const struct xe_place *place)
{
    char text[sizeof(place->name) + 16];

    snprintf(text, sizeof(text), place->offset ? "%s+0x%x" : "%s", place->name, place->offset);
    return xe__json_text(text);
}

static json_t *line_json(const struct source *source, uint32_t address, uint32_t word)
{
    struct xe_place place;
    char text[80];
    uint32_t target;
    json_t *line;

    xe_disassemble(word, address, text, sizeof(text));
    line = json_pack("{s:o, s:o, s:s}", "address", xe_rpc_hex32(address), "word",
                     xe_rpc_hex32(word), "text", text);
    if (source->place(source->ctx, address, &place)) {
        json_object_set_new(line, "place", place_json(&place));
        if (place.offset == 0)
            json_object_set_new(line, "symbol", xe__json_text(place.name));
        if (place.line) {
            json_object_set_new(line, "file", xe__json_text(place.file));
            json_object_set_new(line, "line", json_integer(place.line));
        }
    }
    if (!xe_branch_target(word, address, &target))
        return line;
    json_object_set_new(line, "target", xe_rpc_hex32(target));
    if (source->place(source->ctx, target, &place))
        json_object_set_new(line, "target_place", place_json(&place));
    return line;
}

/* Lines up to the end of memory; the first one must be there. */
static bool disassemble(const struct source *source, uint32_t address, uint32_t count,
                        json_t *lines, struct xe_error *err)
{
    if (address % 4)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "address 0x%08x: instructions are at multiples of 4", address);
    for (uint32_t i = 0; i < count && (uint64_t)address + 4 * i <= UINT32_MAX; i++) {
        uint8_t b[4];

        if (!source->read(source->ctx, address + 4 * i, b, i ? NULL : err))
            return i > 0;
        json_array_append_new(lines, line_json(source, address + 4 * i,
                                               (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
                                                   (uint32_t)b[2] << 8 | b[3]));
    }
    return true;
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

/* Append a number to the list that the line of an address has under a name; lines ascend by 4. */
static void mark(json_t *lines, uint32_t address, const char *name, uint32_t number)
{
    json_t *line, *list;
    uint64_t first = 0;

    if (!xe_rpc_hex_value(json_object_get(json_array_get(lines, 0), "address"), &first) ||
        address < first || address % 4)
        return;
    line = json_array_get(lines, (address - (uint32_t)first) / 4);
    list = json_object_get(line, name);
    if (line && !list) {
        list = json_array();
        json_object_set_new(line, name, list);
    }
    json_array_append_new(list, json_integer(number));
}

static void mark_thread(void *ctx, const struct xe_thread_info *info)
{
    if (info->state != XE_THREAD_TERMINATED)
        mark(ctx, info->pc, "threads", info->tid);
}

static void mark_point(void *ctx, const struct xe_point *point)
{
    if (point->kind == XE_POINT_EXEC || point->kind == XE_POINT_EXPORT)
        mark(ctx, point->address, "points", point->id);
}

void xe__debug_disassemble(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);
    struct source source = {instance, read_memory, place_in_instance};
    struct xe_error err = XE_ERROR_INIT;
    json_t *lines, *result;
    uint32_t address;

    if (!instance)
        return;
    lines = json_array();
    if (begin_in_instance(call, instance, &address, &err) &&
        disassemble(&source, address, (uint32_t)xe_rpc_arg_int(call, "count"), lines, &err)) {
        xe_kernel_threads(xe_instance_kernel(instance), mark_thread, lines);
        xe_instance_points(instance, mark_point, lines);
        result = xe__session_result(call, instance);
        json_object_set(result, "items", lines);
        xe_rpc_reply(call, result);
    } else {
        xe_rpc_fail(call, &err);
    }
    json_decref(lines);
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
    return xe_error_set(err, XE_ERR_INVALID_PARAMS, "there is no symbol '%s'%s", text,
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

static bool disassemble_image(struct xe_rpc_call *call, struct file *file, json_t *lines,
                              struct xe_error *err)
{
    struct source source = {file, read_image, place_in_image};
    uint32_t address;

    return begin_in_image(call, file, &address, err) &&
           disassemble(&source, address, (uint32_t)xe_rpc_arg_int(call, "count"), lines, err);
}

void xe__image_disassemble(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = NULL;
    struct xe_symbols *symbols = xe__session_take_named(call, &image, &err);
    struct file file = {image, symbols};
    json_t *lines = json_array();

    if (symbols && disassemble_image(call, &file, lines, &err)) {
        xe_rpc_reply(call, json_pack("{s:O}", "items", lines));
    } else {
        xe_error_prefix(&err, "disassemble '%s'", xe_rpc_arg_string(call, "image"));
        xe_rpc_fail(call, &err);
    }
    json_decref(lines);
    xe_symbols_destroy(symbols);
    xe_image_destroy(image);
}
