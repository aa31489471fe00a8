/* Libraries beside the title: files that were given with it, which the kernel asks for by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "emu/instance_internal.h"
#include "kernel/core/module.h"
#include "kernel/core/walk.h"

static const struct xe_image *find(void *ctx, const char *path, struct xe_error *err)
{
    const struct xe_instance *instance = ctx;
    const char *name = xe_kernel_module_base_name(path);

    for (uint32_t i = 0; i < instance->modules; i++)
        if (strcasecmp(instance->module[i].name, name) == 0)
            return instance->module[i].image;
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "there is no module '%s'", name);
    return NULL;
}

static const struct xe_image *parse(void *ctx, const struct xe_module_bytes *file,
                                    const struct xe_module_bytes *patch, struct xe_error *err)
{
    struct xe_instance *instance = ctx;
    const struct xe_image_options options = {.allow_modified = instance->config.allow_modified,
                                             .patch = patch->bytes,
                                             .patch_size = patch->size};

    return xe_image_parse_as(file->bytes, file->size, &options, &instance->breath, err);
}

/* Those that were given stay. */
static void release(void *ctx, const struct xe_image *image)
{
    const struct xe_instance *instance = ctx;

    for (uint32_t i = 0; i < instance->modules; i++)
        if (instance->module[i].image == image)
            return;
    xe_image_destroy((struct xe_image *)image);
}

void xe__instance_modules_init(struct xe_instance *instance)
{
    instance->module_source = (struct xe_module_source){
        .ctx = instance, .find = find, .parse = parse, .release = release};
    xe_kernel_module_source(instance->kernel, &instance->module_source);
}

void xe__instance_modules_fini(struct xe_instance *instance)
{
    for (uint32_t i = 0; i < instance->modules; i++)
        xe_image_destroy(instance->module[i].image);
    instance->modules = 0;
    xe_free(instance->patch);
}

static bool may_add(struct xe_instance *instance, const char *name, const struct xe_image *image,
                    struct xe_error *err)
{
    if (instance->title.loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE,
                            "the title is loaded already, and found no module '%s'", name);
    if (instance->modules == XE_INSTANCE_MODULES)
        return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE, "more than %u modules",
                            XE_INSTANCE_MODULES);
    if (!*name || strlen(name) >= XE_MODULE_NAME || *xe_kernel_module_base_name(name) == '\0' ||
        xe_kernel_module_base_name(name) != name)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "'%s' is no name of a module", name);
    if (find(instance, name, NULL))
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "there are two modules '%s'", name);
    if (image->kind != XE_IMAGE_XEX2)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "module '%s' is no XEX file", name);
    return true;
}

bool xe_instance_module_add(struct xe_instance *instance, const char *name, struct xe_image *image,
                            struct xe_error *err)
{
    struct xe__module_file *file = &instance->module[instance->modules];

    if (!may_add(instance, name, image, err)) {
        xe_image_destroy(image);
        return false;
    }
    strcpy(file->name, name);
    file->image = image;
    instance->modules++;
    return true;
}

uint32_t xe_instance_module_files(const struct xe_instance *instance,
                                  struct xe_module_file_info ret[XE_INSTANCE_MODULES])
{
    for (uint32_t i = 0; i < instance->modules; i++) {
        memcpy(ret[i].name, instance->module[i].name, sizeof(ret[i].name));
        memcpy(ret[i].sha256, instance->module[i].image->sha256, sizeof(ret[i].sha256));
    }
    return instance->modules;
}

/* ---- patches ----------------------------------------------------------------------------------
 */

static struct xe_image *image_at(struct xe_instance *instance, struct xe_image *title,
                                 xe_gva address)
{
    if (address - title->base < title->size)
        return title;
    for (uint32_t i = 0; i < instance->modules; i++)
        if (address - instance->module[i].image->base < instance->module[i].image->size)
            return instance->module[i].image;
    return title;
}

bool xe_instance_patch(struct xe_instance *instance, struct xe_image *title, xe_gva address,
                       uint32_t value, struct xe_error *err)
{
    struct xe_patch patch = {.address = address, .value = value};

    if (instance->title.loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "the title is loaded already");
    if (instance->patches == XE_INSTANCE_PATCHES)
        return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE, "more than %u patches",
                            XE_INSTANCE_PATCHES);
    if (!xe_image_patch(image_at(instance, title, address), address, value, &patch.old, err))
        return false;
    if (!xe_grow(&instance->patch, &instance->patch_room, instance->patches, sizeof(patch)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for patches");
    instance->patch[instance->patches++] = patch;
    return true;
}

const struct xe_patch *xe_instance_patches(const struct xe_instance *instance, uint32_t *ret_count)
{
    *ret_count = instance->patches;
    return instance->patch;
}

/* ---- files ------------------------------------------------------------------------------------
 */

void *xe_instance_file_read(struct xe_instance *instance, const char *path, size_t *ret_size)
{
    uint32_t size = 0;
    void *bytes = xe_kernel_module_read(instance->kernel, path, &size);

    *ret_size = size;
    return bytes;
}

void xe_instance_file_free(void *bytes)
{
    xe_free(bytes);
}

/* ---- names ------------------------------------------------------------------------------------
 */

/* "a.dll!sub_83010020+0x4" where its table says where functions begin, else "a.dll+0x10024". */
static void name_place(const struct xe_instance *instance, const struct xe_module_info *module,
                       xe_gva address, struct xe_place *ret)
{
    struct xe_unwind_table table;
    struct xe_unwind_function function;

    *ret = (struct xe_place){.offset = address - module->base};
    if (!xe_kernel_function_at(instance->kernel, address, &table, &function)) {
        snprintf(ret->name, sizeof(ret->name), "%s", module->name);
        return;
    }
    ret->offset = address - function.begin;
    snprintf(ret->name, sizeof(ret->name), "%s!sub_%08x", module->name, function.begin);
}

bool xe__instance_module_place(const struct xe_instance *instance, xe_gva address,
                               struct xe_place *ret)
{
    struct xe_module_info module;
    struct xe_past_module past;

    if (xe_kernel_module_at(instance->kernel, address, &module)) {
        name_place(instance, &module, address, ret);
        return true;
    }
    if (!xe_kernel_module_past(instance->kernel, address, &past))
        return false;
    *ret = (struct xe_place){.offset = address - past.base};
    snprintf(ret->name, sizeof(ret->name), "%s (unloaded)", past.name);
    return true;
}

/* Digits, and nothing else up to the end or what ends them. */
static bool read_digits(const char *text, int base, char end, uint32_t *ret, const char **ret_rest)
{
    char *rest;
    unsigned long value = strtoul(text, &rest, base);

    *ret = (uint32_t)value;
    *ret_rest = rest;
    return rest != text && value <= UINT32_MAX && (!*rest || *rest == end);
}

/* "a.dll+0x10024", "a.dll!sub_83010020", "a.dll!sub_83010020+0x4" */
bool xe__instance_module_address(const struct xe_instance *instance, const char *text, xe_gva *ret)
{
    struct xe_module_info module;
    size_t length = strcspn(text, "+!");
    const char *rest = text + length;
    uint32_t offset = 0, begin = 0;
    char name[XE_MODULE_NAME];

    if (!*rest || length >= sizeof(name))
        return false;
    snprintf(name, sizeof(name), "%.*s", (int)length, text);
    if (!xe_kernel_module_named(instance->kernel, name, &module))
        return false;
    if (*rest == '+')
        begin = module.base;
    else if (strncmp(rest, "!sub_", 5) != 0 || !read_digits(rest + 5, 16, '+', &begin, &rest))
        return false;
    if (*rest && !read_digits(rest + 1, 0, '\0', &offset, &rest))
        return false;
    *ret = begin + offset;
    return begin - module.base < module.size && *ret - module.base < module.size;
}

/* ---- identity ---------------------------------------------------------------------------------
 */

void xe__instance_identity(const struct xe_instance *instance, uint8_t ret[32])
{
    gcry_md_hd_t md;

    memcpy(ret, instance->title.sha256, 32);
    if ((!instance->modules && !instance->patches && !instance->title.patched) ||
        gcry_md_open(&md, GCRY_MD_SHA256, 0))
        return;
    gcry_md_write(md, instance->title.sha256, 32);
    for (uint32_t i = 0; i < instance->modules; i++) {
        gcry_md_write(md, instance->module[i].name, strlen(instance->module[i].name) + 1);
        gcry_md_write(md, instance->module[i].image->sha256, 32);
    }
    if (instance->title.patched)
        gcry_md_write(md, instance->title.patch_sha256, 32);
    for (uint32_t i = 0; i < instance->patches; i++) {
        uint8_t bytes[8];

        xe_store_be32(bytes, instance->patch[i].address);
        xe_store_be32(bytes + 4, instance->patch[i].value);
        gcry_md_write(md, bytes, sizeof(bytes));
    }
    memcpy(ret, gcry_md_read(md, GCRY_MD_SHA256), 32);
    gcry_md_close(md);
}
