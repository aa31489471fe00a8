/* Objects: creation, references, death, and the adoption of dispatcher objects that titles make in
 * their own memory. */
#include "kernel/core/object.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/core/file.h"
#include "kernel/core/kernel_internal.h"

/* The OBJECT_HEADER ends where the body starts; bodies are 16-byte aligned. */
#define HEADER_ROOM 0x20u

const struct xe_object_type xe_object_directory_type = {
    .class = XE_OBJECT_DIRECTORY,
    .name = "directory",
    .body_size = 0x34,
    .wait_offset = XE_OBJECT_NO_WAIT,
    .ordinal = XE_ORD_XBOXKRNL_ObDirectoryObjectType,
    .pool_tag = 0x65726944,
    .state = xe_kernel_object_no_state,
};

/* A title's own: DEVICE_OBJECT, and room for the driver. */
const struct xe_object_type xe_object_device_type = {
    .class = XE_OBJECT_DEVICE,
    .name = "device",
    .body_size = 0x50,
    .wait_offset = XE_OBJECT_NO_WAIT,
    .ordinal = XE_ORD_XBOXKRNL_IoDeviceObjectType,
    .pool_tag = 0x69766544,
    .state = xe_kernel_object_no_state,
};

/* A list of XAM's; its words and items are guest memory. */
const struct xe_object_type xe_object_enumerator_type = {
    .class = XE_OBJECT_ENUMERATOR,
    .name = "enumerator",
    .body_size = 0,
    .wait_offset = XE_OBJECT_NO_WAIT,
    .state = xe_kernel_object_no_state,
};

const struct xe_object_type xe_object_foreign_type = {
    .class = XE_OBJECT_OTHER,
    .name = "object",
    .body_size = 0,
    .wait_offset = XE_OBJECT_NO_WAIT,
    .state = xe_kernel_object_no_state,
};

const struct xe_object_type *const xe__object_types[XE_OBJECT_CLASSES] = {
    [XE_OBJECT_EVENT] = &xe_object_event_type,
    [XE_OBJECT_SEMAPHORE] = &xe_object_semaphore_type,
    [XE_OBJECT_MUTANT] = &xe_object_mutant_type,
    [XE_OBJECT_TIMER] = &xe_object_timer_type,
    [XE_OBJECT_THREAD] = &xe_object_thread_type,
    [XE_OBJECT_QUEUE] = &xe_object_queue_type,
    [XE_OBJECT_IO_COMPLETION] = &xe_object_io_completion_type,
    [XE_OBJECT_CRITICAL_SECTION] = &xe_object_critical_section_type,
    [XE_OBJECT_RW_LOCK] = &xe_object_rw_lock_type,
    [XE_OBJECT_FILE] = &xe_object_file_type,
    [XE_OBJECT_NOTIFY] = &xe_object_notify_type,
    [XE_OBJECT_ENUMERATOR] = &xe_object_enumerator_type,
    [XE_OBJECT_DIRECTORY] = &xe_object_directory_type,
    [XE_OBJECT_SYMLINK] = &xe_object_symlink_type,
    [XE_OBJECT_DEVICE] = &xe_object_device_type,
    [XE_OBJECT_OTHER] = &xe_object_foreign_type,
};

void xe_kernel_object_no_state(struct xe_codec *c, struct xe_object *object)
{
    (void)c;
    (void)object;
}

/* Exported OBJECT_TYPE structures, 0x20 bytes apart in type_block. The pool tags are what titles
 * could see in them. Source: kernel structure headers of xkelib. */
static const struct {
    uint32_t ordinal, pool_tag;
} exported_types[] = {
    {XE_ORD_XBOXKRNL_ExThreadObjectType, 0x65726854},
    {XE_ORD_XBOXKRNL_ExEventObjectType, 0x76657645},
    {XE_ORD_XBOXKRNL_ExMutantObjectType, 0x6174754D},
    {XE_ORD_XBOXKRNL_ExSemaphoreObjectType, 0x616D6553},
    {XE_ORD_XBOXKRNL_ExTimerObjectType, 0x656D6954},
    {XE_ORD_XBOXKRNL_IoCompletionObjectType, 0x706D6F43},
    {XE_ORD_XBOXKRNL_IoDeviceObjectType, 0x69766544},
    {XE_ORD_XBOXKRNL_IoFileObjectType, 0x656C6946},
    {XE_ORD_XBOXKRNL_ObDirectoryObjectType, 0x65726944},
    {XE_ORD_XBOXKRNL_ObSymbolicLinkObjectType, 0x626D7953},
};
#define EXPORTED_TYPES (sizeof(exported_types) / sizeof(exported_types[0]))
#define TYPE_STRIDE    0x20u

static xe_gva type_address(const struct xe_kernel *kernel, uint32_t ordinal)
{
    for (size_t i = 0; ordinal && i < EXPORTED_TYPES; i++)
        if (exported_types[i].ordinal == ordinal)
            return kernel->type_block + (xe_gva)i * TYPE_STRIDE;
    return 0;
}

xe_gva xe__kernel_object_type_address(const struct xe_object *object)
{
    return type_address(object->kernel, object->type->ordinal);
}

/* The type whose exported OBJECT_TYPE lies at an address; NULL for any other address. */
const struct xe_object_type *xe__kernel_object_type_at(const struct xe_kernel *kernel,
                                                       xe_gva address)
{
    static const struct xe_object_type *const known[] = {
        &xe_object_event_type,     &xe_object_semaphore_type, &xe_object_mutant_type,
        &xe_object_timer_type,     &xe_object_thread_type,    &xe_object_io_completion_type,
        &xe_object_directory_type, &xe_object_symlink_type,   &xe_object_file_type,
        &xe_object_device_type};

    for (size_t i = 0; address && i < sizeof(known) / sizeof(known[0]); i++)
        if (type_address(kernel, known[i]->ordinal) == address)
            return known[i];
    return NULL;
}

bool xe__kernel_object_init_types(struct xe_kernel *kernel)
{
    kernel->type_block = xe_kernel_pool_alloc(kernel, EXPORTED_TYPES * TYPE_STRIDE);
    for (size_t i = 0; kernel->type_block && i < EXPORTED_TYPES; i++)
        xe_mem_set_u32(kernel->mem,
                       kernel->type_block + (xe_gva)i * TYPE_STRIDE + XE_X_OBJECT_TYPE_TAG,
                       exported_types[i].pool_tag);
    return kernel->type_block != 0;
}

xe_gva xe_kernel_variable(const struct xe_kernel *kernel, uint32_t ordinal)
{
    if (ordinal == XE_ORD_XBOXKRNL_KeTimeStampBundle)
        return kernel->time_bundle;
    if (ordinal == XE_ORD_XBOXKRNL_XexExecutableModuleHandle)
        return kernel->module_cell;
    return type_address(kernel, ordinal);
}

/* ---- the list of all objects ---------------------------------------------------------------- */

static void list_append(struct xe_kernel *kernel, struct xe_object *object)
{
    object->older = kernel->newest;
    object->newer = NULL;
    if (kernel->newest)
        kernel->newest->newer = object;
    else
        kernel->oldest = object;
    kernel->newest = object;
}

static void list_remove(struct xe_kernel *kernel, struct xe_object *object)
{
    if (object->older)
        object->older->newer = object->newer;
    else
        kernel->oldest = object->newer;
    if (object->newer)
        object->newer->older = object->older;
    else
        kernel->newest = object->older;
}

/* Adopted objects by last use; the least recently used idle one is forgotten when there are too
 * many. */
static void idle_remove(struct xe_kernel *kernel, struct xe_object *object)
{
    if (object->idle_older)
        object->idle_older->idle_newer = object->idle_newer;
    else
        kernel->idle_oldest = object->idle_newer;
    if (object->idle_newer)
        object->idle_newer->idle_older = object->idle_older;
    else
        kernel->idle_newest = object->idle_older;
    object->idle_older = object->idle_newer = NULL;
}

void xe__kernel_object_idle_append(struct xe_object *object)
{
    struct xe_kernel *kernel = object->kernel;

    object->idle_older = kernel->idle_newest;
    if (kernel->idle_newest)
        kernel->idle_newest->idle_newer = object;
    else
        kernel->idle_oldest = object;
    kernel->idle_newest = object;
}

/* ---- created objects ------------------------------------------------------------------------ */

/* Mirror the counts into the guest's OBJECT_HEADER. */
void xe__kernel_object_sync_header(struct xe_object *object)
{
    struct xe_mem *mem = object->kernel->mem;
    xe_gva header = object->body - XE_X_OBJECT_HEADER_SIZE;

    if (object->adopted || !object->block)
        return;
    xe_mem_set_u32(mem, header + XE_X_OBJECT_POINTERS,
                   object->handles + object->guest_refs + object->kernel_refs);
    xe_mem_set_u32(mem, header + XE_X_OBJECT_HANDLES, object->handles);
    xe_mem_set_u8(mem, header + XE_X_OBJECT_FLAGS,
                  (uint8_t)((object->name ? 1 : 0) | (object->permanent ? 2 : 0) | 0x10));
}

bool xe__kernel_object_index(struct xe_object *object)
{
    struct xe_kernel *kernel = object->kernel;

    if (!xe_map_put(&kernel->by_address, object->body, object))
        return false;
    if (object->header && object->header != object->body &&
        !xe_map_put(&kernel->by_address, object->header, object)) {
        xe_map_take(&kernel->by_address, object->body);
        return false;
    }
    return true;
}

struct xe_object *xe_kernel_object_create(struct xe_kernel *kernel,
                                          const struct xe_object_type *type, uint32_t extra)
{
    struct xe_object *object;

    if (kernel->objects >= XE__OBJECTS)
        return NULL;
    object = xe_calloc(1, sizeof(*object));
    if (!object)
        return NULL;
    object->kernel = kernel;
    object->type = type;
    object->kernel_refs = 1;
    object->block = xe_kernel_pool_alloc(kernel, HEADER_ROOM + type->body_size + extra);
    if (!object->block)
        goto fail_block;
    object->body = object->block + HEADER_ROOM;
    object->header = type->wait_offset < 0 ? 0 : object->body + (xe_gva)type->wait_offset;
    if (!xe__kernel_object_index(object))
        goto fail_index;
    xe_mem_set_u32(kernel->mem, object->body - XE_X_OBJECT_HEADER_SIZE + XE_X_OBJECT_TYPE,
                   type_address(kernel, type->ordinal));
    xe__kernel_object_sync_header(object);
    object->id = ++kernel->next_object_id;
    list_append(kernel, object);
    kernel->objects++;
    return object;

fail_index:
    xe_kernel_pool_free(kernel, object->block);
fail_block:
    xe_free(object);
    return NULL;
}

static void announce_end(struct xe_object *object)
{
    struct xe_audit_site site;

    if (!object->announced)
        return;
    xe_kernel_site(object->kernel, &site);
    xe_audit_closed(object->kernel->audit, &site, object->header);
    object->announced = false;
}

/* Free an object nobody waits for, holds or names. */
static void discard(struct xe_object *object)
{
    struct xe_kernel *kernel = object->kernel;

    announce_end(object);
    if (object->header)
        xe_audit_ended(kernel->audit, object->id);
    xe__kernel_name_remove(object);
    if (object->type->destroy)
        object->type->destroy(object);
    xe__kernel_promises_object_gone(kernel, object->id);
    xe_map_take(&kernel->by_address, object->body);
    if (object->header && object->header != object->body)
        xe_map_take(&kernel->by_address, object->header);
    list_remove(kernel, object);
    if (object->adopted) {
        idle_remove(kernel, object);
        kernel->adopted--;
    } else {
        kernel->objects--;
        xe_kernel_pool_free(kernel, object->block);
    }
    xe_free(object);
}

void xe__kernel_object_maybe_free(struct xe_object *object)
{
    if (object->adopted || object->permanent || object->handles || object->guest_refs ||
        object->kernel_refs)
        return;
    discard(object);
}

void xe_kernel_object_ref(struct xe_object *object)
{
    object->kernel_refs++;
    xe__kernel_object_sync_header(object);
}

void xe_kernel_object_unref(struct xe_object *object)
{
    object->kernel_refs--;
    xe__kernel_object_sync_header(object);
    xe__kernel_object_maybe_free(object);
}

/* All are told to end, and stay as they are otherwise. */
void xe__kernel_objects_end(struct xe_kernel *kernel)
{
    for (struct xe_object *object = kernel->newest; object; object = object->older) {
        announce_end(object);
        if (object->header)
            xe_audit_ended(kernel->audit, object->id);
    }
}

void xe__kernel_object_fini_all(struct xe_kernel *kernel)
{
    while (kernel->newest)
        discard(kernel->newest);
    xe_map_fini(&kernel->by_address);
    xe_free(kernel->handle);
}

/* ---- pointer objects ------------------------------------------------------------------------ */

struct xe_object *xe_kernel_object_at(struct xe_kernel *kernel, xe_gva address)
{
    return xe_map_get(&kernel->by_address, xe_mem_canonical(address));
}

/* What a dispatcher header of unknown origin is, by its type byte. Threads and processes exist only
 * as the kernel made them. */
static const struct xe_object_type *type_of_header(uint8_t type)
{
    switch (type) {
    case XE_X_EVENT_MANUAL:
    case XE_X_EVENT_AUTO:
        return &xe_object_event_type;
    case XE_X_MUTANT:
        return &xe_object_mutant_type;
    case XE_X_QUEUE:
        return &xe_object_queue_type;
    case XE_X_SEMAPHORE:
        return &xe_object_semaphore_type;
    case XE_X_TIMER_MANUAL:
    case XE_X_TIMER_AUTO:
        return &xe_object_timer_type;
    default:
        return NULL;
    }
}

static bool in_use(const struct xe_object *object)
{
    return object->waiters || object->kernel_refs || object->guest_refs || object->handles ||
           (object->type == &xe_object_timer_type && xe__kernel_ktimer_armed(object));
}

/* Make room for one more adopted record. */
static bool adopt_room(struct xe_kernel *kernel)
{
    struct xe_object *object = kernel->idle_oldest;

    if (kernel->adopted < XE__ADOPTED)
        return true;
    /* Those in use move to the young end, so that they are not looked at again soon. */
    for (uint32_t i = 0; object && i < XE__ADOPTED; i++) {
        if (!in_use(object)) {
            discard(object);
            return true;
        }
        idle_remove(kernel, object);
        xe__kernel_object_idle_append(object);
        object = kernel->idle_oldest;
        xe_kernel_work(kernel, 20);
    }
    return false;
}

static struct xe_object *adopt_new(struct xe_kernel *kernel, xe_gva canonical,
                                   const struct xe_object_type *type)
{
    struct xe_object *object;

    if (!adopt_room(kernel))
        return NULL;
    object = xe_calloc(1, sizeof(*object));
    if (!object)
        return NULL;
    object->kernel = kernel;
    object->type = type;
    object->adopted = true;
    object->body = object->header = canonical;
    object->told_state = xe_kernel_header_state(object);
    if (!xe_map_put(&kernel->by_address, canonical, object)) {
        xe_free(object);
        return NULL;
    }
    object->id = ++kernel->next_object_id;
    list_append(kernel, object);
    xe__kernel_object_idle_append(object);
    kernel->adopted++;
    return object;
}

struct xe_object *xe_kernel_object_adopt(struct xe_kernel *kernel, xe_gva address,
                                         const struct xe_object_type *type)
{
    xe_gva canonical = xe_mem_canonical(address);
    struct xe_object *object = xe_map_get(&kernel->by_address, canonical);
    const struct xe_object_type *seen;

    if (!xe_mem_view(kernel->mem, canonical, XE_X_EVENT_SIZE))
        return NULL;
    if (object && !object->adopted)
        return !type || type == object->type ? object : NULL;
    seen = type_of_header(xe_mem_u8(kernel->mem, canonical));
    if (object) {
        /* Locks keep their name although their header says "event". */
        bool same =
            type ? object->type == type
                 : object->type == seen || (seen == &xe_object_event_type &&
                                            object->type == &xe_object_critical_section_type);

        if (same || in_use(object)) {
            idle_remove(kernel, object);
            xe__kernel_object_idle_append(object);
            return object;
        }
        discard(object);
    }
    if (!type)
        type = seen;
    return type ? adopt_new(kernel, canonical, type) : NULL;
}

struct xe_object *xe_kernel_object_initialize(struct xe_kernel *kernel, xe_gva address,
                                              const struct xe_object_type *type)
{
    xe_gva canonical = xe_mem_canonical(address);
    struct xe_object *object = xe_map_get(&kernel->by_address, canonical);

    if (!xe_mem_view(kernel->mem, canonical, XE_X_EVENT_SIZE))
        return NULL;
    if (object && !object->adopted)
        return object;
    if (object && !in_use(object)) {
        discard(object);
        object = NULL;
    }
    if (object) { /* somebody waits for the old one: the waiters stay, the identity is new */
        announce_end(object);
        xe__kernel_promises_object_gone(kernel, object->id);
        if (object->type->destroy)
            object->type->destroy(object);
        list_remove(kernel, object);
        object->id = ++kernel->next_object_id;
        list_append(kernel, object);
        object->type = type;
    } else {
        object = adopt_new(kernel, canonical, type);
    }
    if (object) {
        object->told_state = xe_kernel_header_state(object);
        xe__kernel_object_announce(object);
    }
    return object;
}

/* Tell the audit about an object named by its pointer, once. */
void xe__kernel_object_announce(struct xe_object *object)
{
    struct xe_audit_site site;
    struct xe_audit_kind kind;

    if (object->announced)
        return;
    object->announced = true;
    xe_kernel_site(object->kernel, &site);
    xe_kernel_object_kind(object, &kind);
    xe_audit_created(object->kernel->audit, &site, object->header, object->id, &kind,
                     object->adopted);
    xe__kernel_act(object->kernel, &(struct xe_audit_act){.site = site,
                                                          .key = object->header,
                                                          .object_id = object->id,
                                                          .op = XE_AUDIT_OP_CREATE});
}

/* ---- state ---------------------------------------------------------------------------------- */

/* An object that is being loaded: no more of it is known than its type. */
struct xe_object *xe__kernel_object_restore(struct xe_kernel *kernel,
                                            const struct xe_object_type *type, uint64_t id)
{
    struct xe_object *object = xe_calloc(1, sizeof(*object));

    if (!object)
        return NULL;
    object->kernel = kernel;
    object->type = type;
    object->id = id;
    list_append(kernel, object);
    return object;
}

/* Does a created object lie in its block as creation places it? */
bool xe__kernel_object_lies_in_block(const struct xe_object *object)
{
    xe_gva header =
        object->type->wait_offset < 0 ? 0 : object->body + (xe_gva)object->type->wait_offset;

    return object->block && object->body == object->block + HEADER_ROOM && object->header == header;
}

/* Is it what a title could have made in its own memory? */
bool xe__kernel_object_may_be_adopted(const struct xe_object *object)
{
    const struct xe_object_type *type = object->type;

    return object->body && object->body == object->header &&
           object->body == xe_mem_canonical(object->body) && !object->block &&
           type->wait_offset == 0 && type != &xe_object_thread_type &&
           type != &xe_object_io_completion_type && type != &xe_object_notify_type;
}

bool xe__kernel_object_is_idle(const struct xe_object *object)
{
    return object->idle_older || object->kernel->idle_oldest == object;
}

/* Nobody is told, and nothing that an object refers to is looked at. */
void xe__kernel_objects_forget(struct xe_kernel *kernel)
{
    for (struct xe_object *object = kernel->newest; object; object = object->older) {
        object->announced = false;
        object->first_waiter = object->last_waiter = NULL;
    }
    while (kernel->newest)
        discard(kernel->newest);
    kernel->objects = kernel->adopted = 0;
}
