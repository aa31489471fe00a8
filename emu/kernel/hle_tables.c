/* Every table of implemented exports. Adding a family is adding its table here. */
#include "kernel/export_core.h"
#include "kernel/hle_internal.h"

const struct xe_hle *const xe_hle_tables[] = {
    xe_hle_events,   xe_hle_semaphores,     xe_hle_timers,  xe_hle_waits,
    xe_hle_sections, xe_hle_locks,          xe_hle_queues,  xe_hle_apcs,
    xe_hle_dpcs,     xe_hle_threads,        xe_hle_objects, xe_hle_links,
    xe_hle_time,     xe_hle_thread_control, xe_hle_print,   xe_hle_rtl_string,
    xe_hle_rtl_misc, xe_hle_memory,         xe_hle_module,  xe_hle_system,
    xe_hle_file,     xe_hle_video,          xe_hle_crypt,   xe_hle_xam_user,
    xe_hle_xam_misc, xe_hle_xam_net,        NULL,
};
