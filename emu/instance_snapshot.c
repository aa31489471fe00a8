/* Snapshots of an instance: its state (xe_instance_state_save) with a head, as a file. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "mem/mem.h"
#include "state/snapshot.h"
#include "xe/inputs.h"
#include "xe/instance.h"

static void say_what(struct xe_instance *instance, struct xe_snapshot_head *ret)
{
    struct xe_title_info title;
    struct xe_digest digest;

    xe_instance_title(instance, &title);
    xe_instance_digest(instance, &digest);
    ret->cycle = xe_instance_cycle(instance);
    memcpy(ret->digest, digest.hash, sizeof(ret->digest));
    memcpy(ret->title_sha256, title.identity, sizeof(ret->title_sha256));
    ret->title_id = title.title_id;
    ret->tainted = xe_instance_taint(instance)->reason != XE_TAINT_NONE;
    snprintf(ret->title, sizeof(ret->title), "%s", title.name);
}

uint8_t *xe_instance_snapshot_save(struct xe_instance *instance, const struct xe_breath *breath,
                                   size_t *ret_size, struct xe_error *err)
{
    struct xe_snapshot_head head = {0};
    size_t size;
    uint8_t *state = xe_instance_state_save(instance, &size, err), *file = NULL;

    if (!state)
        return NULL;
    say_what(instance, &head);
    head.settings = xe_snapshot_settings(xe_instance_config_get(instance));
    if (head.settings)
        file = xe_snapshot_pack(&head, state, size, breath, ret_size, err);
    else
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a snapshot");
    xe_snapshot_head_fini(&head);
    xe_instance_state_free(state);
    return file;
}

/* ---- loading --------------------------------------------------------------------------------- */

static bool check_head(const struct xe_instance *instance, const struct xe_snapshot_head *head,
                       struct xe_error *err)
{
    struct xe_title_info title;

    xe_instance_title(instance, &title);
    if (memcmp(head->title_sha256, title.identity, sizeof(title.identity)) != 0)
        return xe_error_set(
            err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
            "the snapshot is of another title ('%s', title id 0x%08x), or of the same with "
            "other modules or changes",
            head->title, head->title_id);
    return xe_snapshot_settings_check(head, xe_instance_config_get(instance), err);
}

/* The digest in the head holds all parts of a snapshot together. */
static bool check_loaded(struct xe_instance *instance, const struct xe_snapshot_head *head,
                         struct xe_error *err)
{
    struct xe_digest digest;

    xe_instance_digest(instance, &digest);
    if (memcmp(digest.hash, head->digest, sizeof(head->digest)) == 0 &&
        xe_instance_cycle(instance) == head->cycle)
        return true;
    return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                        "the state is not the one that the snapshot's head says (cycle %llu here, "
                        "%llu there, or another digest)",
                        (unsigned long long)xe_instance_cycle(instance),
                        (unsigned long long)head->cycle);
}

/* All or nothing: what there was is kept until the new is seen to be right. */
static bool exchange(struct xe_instance *instance, const struct xe_snapshot_head *head,
                     const uint8_t *state, size_t size, struct xe_error *err)
{
    size_t was_size;
    uint8_t *was = xe_instance_state_save(instance, &was_size, err);
    bool ok;

    if (!was)
        return false;
    ok = xe_instance_state_load(instance, state, size, err) && check_loaded(instance, head, err);
    if (!ok)
        xe_instance_state_load(instance, was, was_size, NULL);
    xe_instance_state_free(was);
    return ok;
}

static size_t pages_max(const struct xe_instance *instance)
{
    uint64_t limit = xe_instance_config_get(instance)->memory_limit;

    return (limit ? limit : XE_MEM_PHYS_SIZE) / XE_MEM_PAGE;
}

bool xe_instance_snapshot_load(struct xe_instance *instance, const uint8_t *file, size_t size,
                               const struct xe_breath *breath, struct xe_error *err)
{
    struct xe_snapshot_head head;
    uint8_t *state = NULL;
    size_t state_size;
    bool ok;

    if (!xe_snapshot_head_parse(file, size, &head, err))
        return false;
    if (check_head(instance, &head, err))
        state =
            xe_snapshot_unpack(&head, file, size, pages_max(instance), breath, &state_size, err);
    ok = state && exchange(instance, &head, state, state_size, err);
    xe_free(state);
    xe_snapshot_head_fini(&head);
    return ok;
}
