/* Every family of exports. Adding one is adding its row here; what it keeps in an instance is told
 * to digests in this order. */
#include "base/codec.h"
#include "kernel/families/content.h"
#include "kernel/families/devices.h"
#include "kernel/families/file.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

/* A family that keeps nothing of its own. */
#define PLAIN(name_, rows)                                                                         \
    &(const struct xe_family)                                                                      \
    {                                                                                              \
        .name = (name_), .exports = (rows)                                                         \
    }

const struct xe_family *const xe_families[] = {
    PLAIN("events", xe_hle_events),
    PLAIN("semaphores", xe_hle_semaphores),
    PLAIN("timers", xe_hle_timers),
    PLAIN("waits", xe_hle_waits),
    PLAIN("sections", xe_hle_sections),
    PLAIN("locks", xe_hle_locks),
    PLAIN("queues", xe_hle_queues),
    PLAIN("device queues", xe_hle_device_queues),
    PLAIN("devices of titles", xe_hle_driver),
    PLAIN("apcs", xe_hle_apcs),
    PLAIN("dpcs", xe_hle_dpcs),
    PLAIN("threads", xe_hle_threads),
    PLAIN("objects", xe_hle_objects),
    PLAIN("links", xe_hle_links),
    PLAIN("directories", xe_hle_directories),
    PLAIN("debug", xe_hle_debug),
    PLAIN("frames", xe_hle_unwind),
    PLAIN("exceptions", xe_hle_except),
    PLAIN("heaps", xe_hle_heaps),
    PLAIN("win32", xe_hle_win32),
    PLAIN("win32 text", xe_hle_win32_text),
    PLAIN("time", xe_hle_time),
    PLAIN("thread control", xe_hle_thread_control),
    &xe_family_print,
    PLAIN("strings", xe_hle_rtl_string),
    PLAIN("characters", xe_hle_rtl_unicode),
    PLAIN("rtl", xe_hle_rtl_misc),
    PLAIN("memory", xe_hle_memory),
    PLAIN("xam's memory", xe_hle_memory_xam),
    PLAIN("memory of images", xe_hle_memory_image),
    PLAIN("modules", xe_hle_module),
    PLAIN("system", xe_hle_system),
    &xe_family_launch,
    PLAIN("settings", xe_hle_config),
    PLAIN("files", xe_hle_file),
    PLAIN("file requests", xe_hle_file_io),
    PLAIN("file information", xe_hle_file_info),
    PLAIN("folders", xe_hle_file_list),
    PLAIN("volumes", xe_hle_file_volume),
    PLAIN("win32 files", xe_hle_win32_file),
    PLAIN("win32 searches", xe_hle_win32_find),
    &xe_family_random,
    &xe_family_video,
    PLAIN("audio", xe_hle_audio),
    PLAIN("xma", xe_hle_xma),
    PLAIN("crypt", xe_hle_crypt),
    PLAIN("crypt in pieces", xe_hle_crypt_hash),
    PLAIN("ciphers", xe_hle_crypt_cipher),
    PLAIN("large numbers", xe_hle_crypt_number),
    PLAIN("keys", xe_hle_keys),
    PLAIN("debug monitor", xe_hle_xbdm),
    PLAIN("xam misc", xe_hle_xam_misc),
    PLAIN("enumerators", xe_hle_enumerate),
    &xe_family_content,
    PLAIN("lists of content", xe_hle_content_list),
    PLAIN("messages", xe_hle_message),
    PLAIN("locale", xe_hle_locale),
    PLAIN("absent services", xe_hle_absent),
    PLAIN("system management controller", xe_hle_smc),
    &xe_family_task,
    &xe_family_net,
    PLAIN("sockets", xe_hle_sockets),
    PLAIN("network names", xe_hle_net_names),
    PLAIN("xnet", xe_hle_xnet),
    &xe_family_user,
    &xe_family_input,
    NULL,
};

void *xe_kernel_family_self(const struct xe_kernel *kernel, const struct xe_family *family)
{
    uint32_t i = 0;

    while (xe_families[i] && xe_families[i] != family)
        i++;
    return xe_families[i] ? xe_kernel_hle(kernel)->self[i] : NULL;
}

bool xe__kernel_families_create(struct xe_hle_state *hle)
{
    for (uint32_t i = 0; xe_families[i]; i++) {
        const struct xe_family *family = xe_families[i];

        if (i == XE__HLE_FAMILIES)
            return false;
        if (family->create && !(hle->self[i] = family->create(hle->kernel)))
            return false;
    }
    return true;
}

void xe__kernel_families_destroy(struct xe_hle_state *hle)
{
    for (uint32_t i = 0; xe_families[i]; i++)
        if (hle->self[i])
            xe_families[i]->destroy(hle->self[i]);
}

void xe__kernel_families_state(struct xe_codec *c, struct xe_hle_state *hle)
{
    for (uint32_t i = 0; xe_families[i]; i++)
        if (xe_families[i]->state) {
            xe_codec_item(c, xe_families[i]->name, 0);
            xe_families[i]->state(c, hle->self[i]);
        }
    xe_codec_item(c, NULL, 0);
}

void xe__kernel_families_totals(const struct xe_hle_state *hle, struct xe_kernel_totals *ret)
{
    for (uint32_t i = 0; xe_families[i]; i++)
        if (xe_families[i]->totals)
            xe_families[i]->totals(hle->self[i], ret);
}

void xe_hle_holds(const struct xe_kernel *kernel,
                  void (*fn)(void *ctx, const struct xe_object *object), void *ctx)
{
    const struct xe_hle_state *hle = xe_kernel_hle(kernel);

    for (uint32_t i = 0; xe_families[i]; i++)
        if (xe_families[i]->holds)
            xe_families[i]->holds(hle->self[i], fn, ctx);
}
