/* An instance's inside, for the files that make it up. */
#ifndef XE_INSTANCE_INTERNAL_H
#define XE_INSTANCE_INTERNAL_H

#include "kernel/core/kernel.h"
#include "mem/frozen.h"
#include "state/inputs.h"
#include "xe/instance.h"

/* A library that may be loaded beside the title. */
struct xe__module_file {
    char name[XE_MODULE_NAME];
    struct xe_image *image; /* owned */
};

/* A title that has run here, for when a state of it is loaded again. */
struct xe__known_title {
    struct xe_title_info info;
    struct xe_symbols *symbols; /* owned */
};

/* A mount, as the owner asked for it. */
struct xe__mounted {
    struct xe_mount mount;
    struct xe_files files;
    char *device, *file; /* owned: its texts */
};

#define XE__KNOWN_TITLES 8u

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
    const struct xe_decoder *decoder;               /* borrowed; the owner's */
    struct xe_decoder decoder_watched;              /* the kernel's way to it */
    bool decoder_told;                              /* in the log: it has failed */
    struct xe_symbols *symbols;                     /* of the title; NULL before one is loaded */
    struct xe__known_title known[XE__KNOWN_TITLES]; /* the first one first, the newest ones */
    uint32_t known_titles;
    struct xe__module_file module[XE_INSTANCE_MODULES];
    uint32_t modules;
    struct xe_patch *patch; /* owned */
    uint32_t patches;
    size_t patch_room;
    struct xe_module_source module_source; /* the kernel's way to these */
    struct xe_stop_info stop;              /* of the last run */
    uint32_t fail_in; /* fault plan: allocations left until one fails; 0: none is to, or has */
    char stop_detail[XE_STOP_DETAIL];
    struct xe_inputs inputs;
    struct xe_trail trail;
    uint64_t trail_since; /* cycle at which it was asked for */
    size_t trail_capacity;
    struct xe_kernel_way way;
    struct xe__mounted *mounted; /* owned; none without a seed */
    size_t mounts, mounted_room;
    bool scratch; /* and the drives that are always there */
};

/* instance_scout.c: with a seed, how long threads of the image live, which is loaded next, tells
 * the kernel who goes ahead. What is mounted is kept for that until then. */
bool xe__instance_scout(struct xe_instance *instance, const struct xe_image *image,
                        struct xe_error *err);
bool xe__instance_keep_mount(struct xe_instance *instance, const struct xe_mount *mount,
                             const struct xe_files *files);
void xe__instance_forget_mounts(struct xe_instance *instance);
/* instance_sound.c: the kernel finds its decoder here. */
void xe__instance_sound_init(struct xe_instance *instance);

/* Is there a title, and a state to go on from? */
bool xe__instance_wants_title(const struct xe_instance *instance, struct xe_error *err);
/* The kernel finds modules here from now on. */
void xe__instance_modules_init(struct xe_instance *instance);
void xe__instance_modules_fini(struct xe_instance *instance);
/* Places in libraries: "a.dll+0x1234", and back. */
bool xe__instance_module_place(const struct xe_instance *instance, xe_gva address,
                               struct xe_place *ret);
bool xe__instance_module_address(const struct xe_instance *instance, const char *text, xe_gva *ret);
/* What goes into a run beside settings and inputs, as one hash: the title's file, the modules. */
void xe__instance_identity(const struct xe_instance *instance, uint8_t ret[32]);

/* What is known of a title's image, as the title of this instance from now on; path as in its
 * info. */
bool xe__instance_know(struct xe_instance *instance, const struct xe_image *image, const char *name,
                       const char *path, struct xe_error *err);
void xe__instance_forget_titles(struct xe_instance *instance);
/* The title that has ended wants another, which begins. false: there is none. */
bool xe__instance_next_title(struct xe_instance *instance);
/* The state that was loaded is of this title, which may be another than before. *ret_read: its file
 * was read for that. */
bool xe__instance_follow_state(struct xe_instance *instance, bool *ret_read, struct xe_error *err);

/* Why the last run stopped, which a loaded state says too. */
void xe__instance_take_stop(struct xe_instance *instance);

/* As xe_instance_state_save, without the bytes of memory, and as xe_instance_state_load, with those
 * that are frozen. */
uint8_t *xe__instance_save_frozen(struct xe_instance *instance, size_t *ret_size,
                                  struct xe_error *err);
bool xe__instance_load_frozen(struct xe_instance *instance, const uint8_t *bytes, size_t size,
                              const struct xe_mem_frozen *memory, struct xe_error *err);

/* Something from outside: check it, record it or be tainted, let it come to pass. */
bool xe__instance_enter(struct xe_instance *instance, const struct xe_input *input,
                        struct xe_error *err);
bool xe__instance_apply(struct xe_instance *instance, const struct xe_input *input,
                        struct xe_error *err);
/* instance_pads.c: those of what happens to controllers. */
bool xe__instance_check_pad(const struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err);
bool xe__instance_apply_pad(struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err);
/* instance_net.c: those of what peers on the network do. */
bool xe__instance_check_net(const struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err);
bool xe__instance_apply_net(struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err);
void xe__instance_taint(struct xe_instance *instance, enum xe_taint_reason reason);
/* What a digest on the way takes, about, for polling: the run's own work is little beside it. */
#define XE__DIGEST_NS 100000u

struct xe_input_point xe__instance_point(struct xe_instance *instance); /* the state here */

/* The trail's next cycle, UINT64_MAX if there is none; an entry if it is this one; none of what was
 * before a state was loaded. */
uint64_t xe__instance_trail_next(const struct xe_instance *instance);
void xe__instance_trail_take(struct xe_instance *instance);
void xe__instance_trail_reset(struct xe_instance *instance);

/* Around a run: the places on its way, and what becomes of a log that it plays. */
bool xe__instance_way_begin(struct xe_instance *instance, struct xe_error *err);
void xe__instance_way_end(struct xe_instance *instance, struct xe_run_result *end);

/* What the fault plan counts of allocations; what the instance does by itself is not counted. */
void xe__instance_count(const struct xe_instance *instance);
void xe__instance_count_no(struct xe_instance *instance);

#endif
