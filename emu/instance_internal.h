/* An instance's inside, for the files that make it up. */
#ifndef XE_INSTANCE_INTERNAL_H
#define XE_INSTANCE_INTERNAL_H

#include "mem/frozen.h"
#include "xe/instance.h"

struct xe_instance {
    struct xe_instance_config config;
    struct xe_log *log;       /* owned */
    struct xe_mem *mem;       /* owned */
    struct xe_audit *audit;   /* owned */
    struct xe_kernel *kernel; /* owned */
    struct xe_debug *debug;   /* owned */
    struct xe_title_info title;
    bool refused; /* the state loaded last was: there is nothing to run */
    struct xe_breath breath;
    struct xe_symbols *symbols; /* owned; NULL before a title is loaded */
    struct xe_stop_info stop;   /* of the last run */
    uint32_t fail_in; /* fault plan: allocations left until one fails; 0: none is to, or has */
    char stop_detail[256];
};

/* Is there a title, and a state to go on from? */
bool xe__instance_wants_title(const struct xe_instance *instance, struct xe_error *err);
/* Why the last run stopped, which a loaded state says too. */
void xe__instance_take_stop(struct xe_instance *instance);

/* As xe_instance_state_save, without the bytes of memory, and as xe_instance_state_load, with those
 * that are frozen. */
uint8_t *xe__instance_save_frozen(struct xe_instance *instance, size_t *ret_size,
                                  struct xe_error *err);
bool xe__instance_load_frozen(struct xe_instance *instance, const uint8_t *bytes, size_t size,
                              const struct xe_mem_frozen *memory, struct xe_error *err);

#endif
