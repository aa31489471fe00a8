/* Names of objects, and symbolic links in front of paths. One flat, case-insensitive name space:
 * names are kept as given and compared without regard to ASCII case. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/state.h"

#define LINK_HOPS 8

/* A title can have as many names in one bucket as it has handles: a look at one that begins alike,
 * and a step past it. */
#define LOOK_NS 100u
#define LINK_NS 10u

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return fold(*a) == fold(*b);
}

/* "\??\game:" and "game:" name the same link. Source: xenia (kernel/util/object_table.cc) strips
 * the prefix. */
static const char *strip_dos(const char *name)
{
    return strncmp(name, "\\??\\", 4) == 0 ? name + 4 : name;
}

static uint32_t bucket(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (uint8_t)fold(*name)) * 16777619u;
    return hash % XE__NAME_BUCKETS;
}

/* Roots that are no handles: where names of drives are, and names of other objects. In the one flat
 * name space neither is part of a name. Source: doc/facts/kernel-objects.md, section 1. */
#define ROOT_DOS_DEVICES   0xFFFFFFFDu
#define ROOT_NAMED_OBJECTS 0xFFFFFFFCu

/* What stands before a name that is relative to a directory: its own, and a backslash. Nobody can
 * know the name of a directory without one, so that is a number. */
static uint32_t take_root(struct xe_kernel *kernel, xe_handle root, char *name, size_t size)
{
    struct xe_object *directory;
    uint32_t status;

    name[0] = '\0';
    if (!root || root == ROOT_DOS_DEVICES || root == ROOT_NAMED_OBJECTS)
        return XE_STATUS_SUCCESS;
    directory = xe_kernel_handle_typed(kernel, root, &xe_object_directory_type, &status);
    if (!directory)
        return status;
    if (!directory->name)
        snprintf(name, size, "\\?%" PRIu64 "\\", directory->id);
    else if (strcmp(directory->name, "\\??") != 0)
        snprintf(name, size, "%s\\", strcmp(directory->name, "\\") ? directory->name : "");
    return XE_STATUS_SUCCESS;
}

static uint32_t take_name(struct xe_kernel *kernel, xe_gva string, xe_handle root,
                          char name[XE_OBJECT_NAME_MAX + 1])
{
    uint32_t length = xe_mem_u16(kernel->mem, string), before;
    uint32_t status = take_root(kernel, root, name, XE_OBJECT_NAME_MAX + 1);

    before = (uint32_t)strlen(name);
    if (status)
        return status;
    if (length > XE_OBJECT_NAME_MAX - before ||
        !xe_mem_read(kernel->mem, xe_mem_u32(kernel->mem, string + 4), name + before, length))
        return XE_STATUS_OBJECT_NAME_INVALID;
    name[before + length] = '\0';
    return before && name[before] == '\\' ? XE_STATUS_OBJECT_PATH_SYNTAX_BAD : XE_STATUS_SUCCESS;
}

uint32_t xe_kernel_object_attributes(struct xe_kernel *kernel, xe_gva attributes,
                                     char name[XE_OBJECT_NAME_MAX + 1], uint32_t *ret_flags)
{
    uint32_t status;
    xe_gva string;

    name[0] = '\0';
    if (ret_flags)
        *ret_flags = attributes ? xe_mem_u32(kernel->mem, attributes + 8) : 0;
    string = attributes ? xe_mem_u32(kernel->mem, attributes + 4) : 0;
    if (!string || !xe_mem_u16(kernel->mem, string))
        return XE_STATUS_SUCCESS;
    status = take_name(kernel, string, xe_mem_u32(kernel->mem, attributes), name);
    if (status)
        name[0] = '\0';
    return status;
}

struct xe_object *xe_kernel_object_named(struct xe_kernel *kernel, const char *name)
{
    struct xe_object *object;

    name = strip_dos(name);
    object = kernel->names[bucket(name)];
    for (; object && !same_name(object->name, name); object = object->name_next)
        xe_kernel_work(kernel, LOOK_NS);
    return object;
}

bool xe_kernel_object_set_name(struct xe_object *object, const char *name)
{
    struct xe_kernel *kernel = object->kernel;
    struct xe_object **head;

    name = strip_dos(name);
    head = &kernel->names[bucket(name)];
    if (object->name || !*name || xe_kernel_object_named(kernel, name))
        return false;
    object->name = xe_strdup(name);
    if (!object->name)
        return false;
    object->name_next = *head;
    *head = object;
    xe__kernel_object_sync_header(object);
    return true;
}

void xe__kernel_name_remove(struct xe_object *object)
{
    struct xe_object **at;

    if (!object->name)
        return;
    at = &object->kernel->names[bucket(object->name)];
    for (; *at != object; at = &(*at)->name_next)
        xe_kernel_work(object->kernel, LINK_NS);
    *at = object->name_next;
    object->name_next = NULL;
    xe_free(object->name);
    object->name = NULL;
}

/* ---- symbolic links ------------------------------------------------------------------------- */

static void symlink_destroy(struct xe_object *object)
{
    xe_free(object->host.target);
    object->host.target = NULL;
}

void xe__kernel_symlink_state(struct xe_codec *c, struct xe_object *object)
{
    char target[XE_OBJECT_NAME_MAX + 1] = "";
    bool leads = object->host.target;

    if (leads)
        snprintf(target, sizeof(target), "%s", object->host.target);
    xe_codec_bool(c, "has a target", &leads);
    xe_codec_text(c, "target", target, sizeof(target));
    if (!xe_codec_loading(c) || c->stopped || !leads)
        return;
    object->host.target = xe_strdup(target);
    if (!object->host.target)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for links");
}

const struct xe_object_type xe_object_symlink_type = {
    .class = XE_OBJECT_SYMLINK,
    .name = "symlink",
    .body_size = 0x0C,
    .wait_offset = XE_OBJECT_NO_WAIT,
    .ordinal = XE_ORD_XBOXKRNL_ObSymbolicLinkObjectType,
    .pool_tag = 0x626D7953,
    .destroy = symlink_destroy,
    .state = xe__kernel_symlink_state,
};

static bool leads_to(const struct xe_object *object, const char *target)
{
    return object->type == &xe_object_symlink_type && object->host.target &&
           same_name(object->host.target, target);
}

/* Titles make a link at every start of one of their parts: one that is there already and leads to
 * the same place is no error. Guess: targets compare as names do, without regard to case; a
 * console's answer to "\Device\X" after "\device\x" would settle that. */
uint32_t xe_kernel_object_link_create(struct xe_kernel *kernel, const char *name,
                                      const char *target)
{
    struct xe_object *link;

    name = strip_dos(name);
    if (!*name || !*target)
        return XE_STATUS_UNSUCCESSFUL;
    link = xe_kernel_object_named(kernel, name);
    if (link)
        return leads_to(link, target) ? XE_STATUS_SUCCESS : XE_STATUS_OBJECT_NAME_COLLISION;
    link = xe_kernel_object_create(kernel, &xe_object_symlink_type, 0);
    if (!link)
        return XE_STATUS_NO_MEMORY;
    link->host.target = xe_strdup(target);
    link->permanent = link->host.target && xe_kernel_object_set_name(link, name);
    xe_kernel_object_unref(link);
    return xe_kernel_object_named(kernel, name) ? XE_STATUS_SUCCESS : XE_STATUS_NO_MEMORY;
}

uint32_t xe_kernel_object_link_delete(struct xe_kernel *kernel, const char *name)
{
    struct xe_object *link = xe_kernel_object_named(kernel, strip_dos(name));

    if (!link || link->type != &xe_object_symlink_type)
        return XE_STATUS_UNSUCCESSFUL;
    xe_kernel_object_ref(link);
    link->permanent = false;
    xe__kernel_name_remove(link);
    xe_kernel_object_unref(link);
    return XE_STATUS_SUCCESS;
}

/* The link whose name starts the path and ends at its end, behind its colon or before a '\'. */
static struct xe_object *leading_link(struct xe_kernel *kernel, const char *path, size_t *ret_end)
{
    char head[XE_OBJECT_NAME_MAX + 1];
    size_t length = strlen(path);

    for (size_t end = length < XE_OBJECT_NAME_MAX ? length : XE_OBJECT_NAME_MAX; end > 0; end--) {
        struct xe_object *object;

        if (path[end] && path[end] != '\\' && path[end - 1] != ':')
            continue;
        memcpy(head, path, end);
        head[end] = '\0';
        object = xe_kernel_object_named(kernel, head);
        if (object && object->type == &xe_object_symlink_type && object->host.target) {
            *ret_end = end;
            return object;
        }
    }
    return NULL;
}

bool xe_kernel_object_link_resolve(struct xe_kernel *kernel, const char *path, char *ret,
                                   size_t size)
{
    char from[1024];

    path = strip_dos(path);
    if (strlen(path) >= sizeof(from) || strlen(path) >= size)
        return false;
    memcpy(ret, path, strlen(path) + 1);
    for (int hop = 0; hop < LINK_HOPS; hop++) {
        size_t end, target, rest;
        struct xe_object *link = leading_link(kernel, ret, &end);

        if (!link)
            return true;
        target = strlen(link->host.target);
        rest = strlen(ret + end);
        if (target + rest >= size || target + rest >= sizeof(from))
            return false;
        memcpy(from, link->host.target, target);
        memcpy(from + target, ret + end, rest + 1);
        memcpy(ret, from, target + rest + 1);
    }
    return false;
}
