/* Content of xam: packages are made, opened as a root, closed and deleted. What a call does is done
 * when it is made; with an XOVERLAPPED the title hears of it later.
 * Source: doc/facts/kernel-calls.md, section 11, for arguments, dispositions and results. Guess:
 * where nothing is said of an error, it is the one that Windows has for files. */
#include "kernel/families/content.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/state.h"
#include "kernel/families/shared.h"
#include "kernel/families/user.h"

/* Dispositions, and what became of one. */
enum { CREATE_NEW = 1, CREATE_ALWAYS, OPEN_EXISTING, OPEN_ALWAYS, TRUNCATE_EXISTING };
enum { CREATED = 1, OPENED = 2 };
#define PICTURE "picture"

/* ---- arguments ------------------------------------------------------------------------------ */

static bool take_name(const uint8_t *data, struct xe__content_key *key)
{
    memcpy(key->name, data + XE_X_CONTENT_NAME, XE__CONTENT_NAME_MAX);
    return xe_vfs_name_is_valid(key->name, strlen(key->name));
}

/* The package that XCONTENT_DATA at argument n names, of the user at argument 0. Saved games are a
 * user's, all else is everybody's. */
static uint32_t key_of(struct xe_call *call, unsigned n, struct xe__content_key *ret)
{
    const uint8_t *data = xe_arg_view(call, n, XE_X_CONTENT_SIZE);
    uint32_t user = xe_arg_u32(call, 0);

    *ret = (struct xe__content_key){.title = xe_kernel_title(call->kernel)->title_id};
    if (!data || !take_name(data, ret))
        return XE__ERROR_INVALID_PARAMETER;
    ret->device = xe_load_be32(data + XE_X_CONTENT_DEVICE);
    ret->type = xe_load_be32(data + XE_X_CONTENT_TYPE);
    if (ret->type != XE__CONTENT_SAVED_GAME || user >= 0xFD)
        return 0;
    ret->xuid = xe__kernel_user_xuid(call->kernel, user);
    return ret->xuid ? 0 : XE__ERROR_NO_SUCH_USER;
}

/* The same of XCONTENT_AGGREGATE_DATA, which says whose it is. */
static uint32_t aggregate_key_of(struct xe_call *call, unsigned n, struct xe__content_key *ret)
{
    const uint8_t *data = xe_arg_view(call, n, XE_X_CONTENT_AGGREGATE_SIZE);

    *ret = (struct xe__content_key){0};
    if (!data || !take_name(data, ret))
        return XE__ERROR_INVALID_PARAMETER;
    ret->device = xe_load_be32(data + XE_X_CONTENT_DEVICE);
    ret->type = xe_load_be32(data + XE_X_CONTENT_TYPE);
    ret->xuid = xe_load_be64(data + XE_X_CONTENT_XUID);
    ret->title = xe_load_be32(data + XE_X_CONTENT_TITLE);
    return 0;
}

/* ---- roots ---------------------------------------------------------------------------------- */

static struct xe__content_root *root_named(struct xe__contents *self, const char *name)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (!xe_vfs_name_compare(self->root[i].name, name))
            return &self->root[i];
    return NULL;
}

static bool is_open(const struct xe__contents *self, const char *place)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (!xe_vfs_name_compare(self->root[i].place, place))
            return true;
    return false;
}

static void link_of(const char *root, char link[XE__CONTENT_ROOT_MAX + 2])
{
    snprintf(link, XE__CONTENT_ROOT_MAX + 2, "%s:", root);
}

/* A root that nothing else is called like. */
static uint32_t check_root(struct xe_call *call, unsigned n, char root[XE__CONTENT_ROOT_MAX + 1])
{
    const struct xe__contents *self = call->self;
    char text[XE__CONTENT_ROOT_MAX + 2], link[XE__CONTENT_ROOT_MAX + 2];

    if (!xe_arg_cstr(call, n, text, sizeof(text)) || strlen(text) > XE__CONTENT_ROOT_MAX ||
        !xe_vfs_name_is_valid(text, strlen(text)))
        return XE__ERROR_INVALID_PARAMETER;
    memcpy(root, text, strlen(text) + 1);
    link_of(root, link);
    if (xe_kernel_object_named(call->kernel, link))
        return XE__ERROR_ALREADY_EXISTS;
    return self->count < XE__CONTENT_ROOTS ? 0 : XE__ERROR_OUTOFMEMORY;
}

static uint32_t add_root(struct xe_call *call, const char *name, const char *place)
{
    struct xe__contents *self = call->self;
    struct xe__content_root *root = &self->root[self->count];
    char link[XE__CONTENT_ROOT_MAX + 2];

    link_of(name, link);
    if (xe_kernel_object_link_create(call->kernel, link, place) != XE_STATUS_SUCCESS)
        return XE__ERROR_OUTOFMEMORY;
    *root = (struct xe__content_root){0};
    memcpy(root->name, name, strlen(name) + 1);
    memcpy(root->place, place, strlen(place) + 1);
    self->count++;
    return 0;
}

/* ---- creating and opening ------------------------------------------------------------------- */

struct opening {
    struct xe__content_key key;
    char root[XE__CONTENT_ROOT_MAX + 1];
    uint32_t disposition;
    uint64_t size; /* that it is to have room for */
    const uint8_t *data;
    uint32_t did, license;
};

static uint32_t make_new(struct xe_call *call, struct opening *o)
{
    const struct xe_vfs_mount *mount = xe__content_mount(call->kernel, o->key.device);
    uint8_t data[XE_X_CONTENT_SIZE];

    if (!mount)
        return XE__ERROR_DEVICE_NOT_CONNECTED;
    if (!mount->writable)
        return XE__ERROR_WRITE_PROTECT;
    if (o->size > xe_vfs_quota(mount->vfs) - xe_vfs_used(mount->vfs))
        return XE__ERROR_DISK_FULL;
    memcpy(data, o->data, sizeof(data));
    o->did = CREATED;
    return xe__content_make(call, &o->key, data);
}

/* It is there: opened, or begun anew. */
static uint32_t open_there(struct xe_call *call, struct opening *o,
                           const struct xe__content *content)
{
    bool anew = o->disposition == CREATE_ALWAYS || o->disposition == TRUNCATE_EXISTING;

    if (o->disposition == CREATE_NEW)
        return XE__ERROR_ALREADY_EXISTS;
    o->did = o->disposition == CREATE_ALWAYS ? CREATED : OPENED;
    o->license = content->given ? content->given->face.license : 0;
    if (!anew)
        return 0;
    if (content->given)
        return XE__ERROR_WRITE_PROTECT;
    return is_open(call->self, content->place) ? XE__ERROR_ACCESS_DENIED
                                               : xe__content_clear(call, content, false);
}

static uint32_t open_package(struct xe_call *call, struct opening *o)
{
    struct xe__content content;
    uint32_t error;

    if (o->disposition < CREATE_NEW || o->disposition > TRUNCATE_EXISTING)
        return XE__ERROR_INVALID_PARAMETER;
    error = xe__content_find(call, &o->key, &content);
    if (!error)
        error = open_there(call, o, &content);
    else if (error == XE__ERROR_FILE_NOT_FOUND)
        error = o->disposition == OPEN_EXISTING || o->disposition == TRUNCATE_EXISTING
                    ? XE__ERROR_PATH_NOT_FOUND
                    : make_new(call, o);
    if (!error)
        error = add_root(call, o->root, content.place);
    xe__content_done(&content);
    return error;
}

/* Where the arguments of the forms are; those behind the flags are in a row. */
struct form {
    unsigned root, data, flags, size, overlapped; /* size 0: none */
    bool aggregate;
};

static void create(struct xe_call *call, const struct form *form)
{
    struct opening o = {.disposition = xe_arg_u32(call, form->flags) & 0xF,
                        .size = form->size ? xe_arg_u64(call, form->size) : 0};
    uint32_t error = form->aggregate ? aggregate_key_of(call, form->data, &o.key)
                                     : key_of(call, form->data, &o.key);

    o.data = xe_arg_view(call, form->data, XE_X_CONTENT_SIZE);
    if (!error)
        error = check_root(call, form->root, o.root);
    if (!error)
        error = open_package(call, &o);
    if (error)
        o.did = 0;
    xe__kernel_store_u32(call, form->flags + 1, o.did);
    if (!error)
        xe__kernel_store_u32(call, form->flags + 2, o.license);
    xe__kernel_answer_later(call, xe_arg_gva(call, form->overlapped), error, o.did);
}

static void content_create(struct xe_call *call)
{
    create(call, &(struct form){.root = 1, .data = 2, .flags = 3, .overlapped = 6});
}

static void content_create_ex(struct xe_call *call)
{
    create(call, &(struct form){.root = 1, .data = 2, .flags = 3, .size = 7, .overlapped = 8});
}

static void content_create_internal(struct xe_call *call)
{
    create(call,
           &(struct form){
               .root = 0, .data = 1, .flags = 2, .size = 6, .overlapped = 7, .aggregate = true});
}

/* ---- closing and deleting ------------------------------------------------------------------- */

static struct xe__content_root *root_arg(struct xe_call *call)
{
    char name[XE__CONTENT_ROOT_MAX + 1];

    return xe_arg_cstr(call, 0, name, sizeof(name)) ? root_named(call->self, name) : NULL;
}

/* Files that are open stay so. */
static void content_close(struct xe_call *call)
{
    struct xe__contents *self = call->self;
    struct xe__content_root *root = root_arg(call);
    char link[XE__CONTENT_ROOT_MAX + 2];

    if (root) {
        link_of(root->name, link);
        xe_kernel_object_link_delete(call->kernel, link);
        memmove(root, root + 1, (size_t)(&self->root[--self->count] - root) * sizeof(*root));
        self->root[self->count] = (struct xe__content_root){0};
    }
    xe__kernel_answer_later(call, xe_arg_gva(call, 1), root ? 0 : XE__ERROR_FILE_NOT_FOUND, 0);
}

/* What was written is there already. */
static void content_flush(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 1),
                            root_arg(call) ? 0 : XE__ERROR_FILE_NOT_FOUND, 0);
}

static uint32_t delete_package(struct xe_call *call, const struct xe__content_key *key)
{
    struct xe__content content;
    uint32_t error = xe__content_find(call, key, &content);

    if (!error && is_open(call->self, content.place))
        error = XE__ERROR_ACCESS_DENIED;
    else if (!error)
        error = content.given ? XE__ERROR_WRITE_PROTECT : xe__content_clear(call, &content, true);
    xe__content_done(&content);
    return error;
}

static void content_delete(struct xe_call *call)
{
    struct xe__content_key key;
    uint32_t error = key_of(call, 1, &key);

    xe__kernel_answer_later(call, xe_arg_gva(call, 2), error ? error : delete_package(call, &key),
                            0);
}

static void content_delete_internal(struct xe_call *call)
{
    struct xe__content_key key;
    uint32_t error = aggregate_key_of(call, 0, &key);

    xe__kernel_answer_later(call, xe_arg_gva(call, 1), error ? error : delete_package(call, &key),
                            0);
}

/* ---- what is known of one ------------------------------------------------------------------- */

/* Who made it: of those that titles write, whose it is. */
static uint32_t creator_of(struct xe_call *call)
{
    struct xe__content_key key;
    struct xe__content content;
    uint32_t error = key_of(call, 1, &key);
    uint64_t creator;

    if (!error)
        error = xe__content_find(call, &key, &content);
    if (error)
        return error;
    creator = content.given ? content.given->face.creator : key.xuid;
    xe__content_done(&content);
    xe__kernel_store_u32(
        call, 2, creator && creator == xe__kernel_user_xuid(call->kernel, xe_arg_u32(call, 0)));
    if (xe_arg_gva(call, 3))
        xe_mem_set_u64(call->mem, xe_arg_gva(call, 3), creator);
    return 0;
}

static void content_get_creator(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 4), creator_of(call), 0);
}

static uint32_t set_picture(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 3), error;
    const uint8_t *bytes = size && size <= XE__CONTENT_PICTURE ? xe_arg_view(call, 2, size) : NULL;
    uint8_t picture[XE__CONTENT_PICTURE];
    struct xe__content_key key;
    struct xe__content content;

    error = key_of(call, 1, &key);
    if (!error && !bytes)
        error = XE__ERROR_INVALID_PARAMETER;
    if (!error)
        error = xe__content_find(call, &key, &content);
    if (error)
        return error;
    memcpy(picture, bytes, size);
    error = content.given ? XE__ERROR_WRITE_PROTECT
                          : xe__content_write(call, &content, PICTURE, picture, size);
    xe__content_done(&content);
    return error;
}

static void content_set_thumbnail(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 4), set_picture(call), 0);
}

/* How large it is is told in any case. */
static uint32_t get_picture(struct xe_call *call)
{
    uint8_t picture[XE__CONTENT_PICTURE];
    struct xe__content_key key;
    struct xe__content content;
    uint32_t error = key_of(call, 1, &key), size, room;

    if (!error && !xe_arg_view_rw(call, 3, 4))
        error = XE__ERROR_INVALID_PARAMETER;
    if (!error)
        error = xe__content_find(call, &key, &content);
    if (error)
        return error;
    size = content.given ? content.given->face.picture_size
                         : xe__content_read(&content, PICTURE, picture, sizeof(picture));
    if (content.given)
        memcpy(picture, content.given->face.picture, size);
    xe__content_done(&content);
    if (!size)
        return XE__ERROR_FILE_NOT_FOUND;
    room = xe_mem_u32(call->mem, xe_arg_gva(call, 3));
    xe__kernel_store_u32(call, 3, size);
    if (!xe_arg_gva(call, 2) || room < size)
        return XE__ERROR_INSUFFICIENT_BUFFER;
    return xe_mem_write(call->mem, xe_arg_gva(call, 2), picture, size)
               ? 0
               : XE__ERROR_INVALID_PARAMETER;
}

static void content_get_thumbnail(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 4), get_picture(call), 0);
}

/* A title that came in no package has no license. Guess: nor has one that came in one, as who holds
 * it is unknown. */
static void content_get_license_mask(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 1), XE__ERROR_FUNCTION_FAILED, 0);
}

/* Where a package is, whether it is there or not. */
static void content_resolve_internal(struct xe_call *call)
{
    struct xe__content_key key;
    struct xe__content content;
    uint32_t room = xe_arg_u32(call, 2), error = aggregate_key_of(call, 0, &key);
    uint32_t status = XE_STATUS_SUCCESS;

    if (!error)
        error = xe__content_find(call, &key, &content);
    if (error && error != XE__ERROR_FILE_NOT_FOUND) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    xe__content_done(&content);
    if (strlen(content.place) >= room)
        status = XE_STATUS_BUFFER_TOO_SMALL;
    else if (!xe_mem_write(call->mem, xe_arg_gva(call, 1), content.place,
                           (uint32_t)strlen(content.place) + 1))
        status = XE_STATUS_ACCESS_VIOLATION;
    if (xe_arg_gva(call, 5))
        xe__kernel_answer_later(call, xe_arg_gva(call, 5), xe__kernel_dos_error(status), 0);
    else
        xe_ret_status(call, status);
}

/* ---- the family ----------------------------------------------------------------------------- */

static void *make_self(struct xe_kernel *kernel)
{
    (void)kernel;
    return xe_calloc(1, sizeof(struct xe__contents));
}

static void root_state(struct xe_codec *c, struct xe__content_root *root)
{
    xe_codec_text(c, "name", root->name, sizeof(root->name));
    xe_codec_text(c, "place", root->place, sizeof(root->place));
}

void xe__kernel_contents_state(struct xe_codec *c, void *ctx)
{
    struct xe__contents *self = ctx;

    self->count = (uint32_t)xe_codec_count(c, "roots", self->count, XE__CONTENT_ROOTS, 8);
    for (uint32_t i = 0; i < self->count && !c->stopped; i++)
        root_state(c, &self->root[i]);
}

static const struct xe_hle exports[] = {
    XE_HLE(XAM, XamContentCreate, content_create,
           "user:u32 root:cstr data:ptr flags:u32 disposition:ptr license:ptr overlapped:ptr "
           "-> u32"),
    XE_HLE(XAM, XamContentCreateEx, content_create_ex,
           "user:u32 root:cstr data:ptr flags:u32 disposition:ptr license:ptr cache:u32 size:u64 "
           "overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentCreateInternal, content_create_internal,
           "root:cstr data:ptr flags:u32 disposition:ptr license:ptr cache:u32 size:u64 "
           "overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentClose, content_close, "root:cstr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentFlush, content_flush, "root:cstr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentDelete, content_delete, "user:u32 data:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentDeleteInternal, content_delete_internal,
           "data:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentGetCreator, content_get_creator,
           "user:u32 data:ptr is_creator:ptr creator:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentSetThumbnail, content_set_thumbnail,
           "user:u32 data:ptr buffer:ptr size:u32 overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentGetThumbnail, content_get_thumbnail,
           "user:u32 data:ptr buffer:ptr size:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentGetLicenseMask, content_get_license_mask,
           "mask:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamContentResolveInternal, content_resolve_internal,
           "data:ptr path:ptr room:u32 create:bool root:ptr overlapped:ptr -> status"),
    XE_HLE_END,
};

const struct xe_family xe_family_content = {
    .name = "content",
    .exports = exports,
    .create = make_self,
    .destroy = xe_free,
    .state = xe__kernel_contents_state,
};
