/* Shared by the files of the session; see session.h. */
#ifndef XE_WORKER_SESSION_SESSION_INTERNAL_H
#define XE_WORKER_SESSION_SESSION_INTERNAL_H

#include "rpc/api/json_bits.h"
#include "worker/session/session.h"
#include "rpc/api/views.h"
#include "xe/debug.h"
#include "xe/inputs.h"
#include "xe/instance.h"
#include "xe/picture.h"

#define XE_SESSION_RUNS        64  /* newest runs that can be asked for */
#define XE_SESSION_PROGRESS_MS 250 /* between two run.progress, or two worker.alive */
#define XE_SESSION_WAITERS     64

struct xe_run {
    uint64_t id; /* 1, 2, 3 ... */
    enum xe_run_state state;
    struct xe_stop_info stop; /* reason NONE while running */
    char detail[XE_STOP_DETAIL];
    bool has_exit_code; /* the title ended and said with what */
    uint32_t exit_code;
    uint64_t target, retired;          /* instructions */
    uint64_t frames, frames_left;      /* to be shown, as asked for: 0, it isn't about them */
    uint64_t start_compared, compared; /* of them, by check */
    uint64_t start_cycle, cycle, virtual_us;
    bool is_hit; /* it stopped at a breakpoint or watchpoint */
    struct xe_point_hit hit;
    bool want_digest;
    bool until_deadlock, until_livelock; /* stop when some threads are in one */
    uint32_t share;              /* hundredths of the threads that a deadlock must have; 0: any */
    char digest[XE_DIGEST_TEXT]; /* empty if not taken */
};

/* A call that waits for a run to stop. */
struct xe_waiting_call {
    struct xe_rpc_call *call; /* owned until answered; NULL: free slot */
    uint64_t run;
    uint64_t number; /* in order of coming */
    uint64_t deadline_ms;
};

enum xe_session_ask { XE_ASK_NOTHING, XE_ASK_PAUSE, XE_ASK_CANCEL };

/* A golden under way: the call is answered when the run is done. */
struct xe_golden_job {
    struct xe_rpc_call *call;     /* owned; NULL: none */
    struct xe_instance *instance; /* owned */
    uint64_t instructions;
    char path[4096];
    json_t *golden; /* owned; NULL: record */
    bool picture;   /* is part of it */
};

struct xe_session {
    struct xe_session_host host;
    struct xe_rpc_server server;
    struct xe_instance *instance;  /* owned; NULL before instance.create */
    const struct xe_files *folder; /* of the file that came first; NULL: none came */
    struct xe_frozen *start;       /* owned; the instance when its title was loaded */
    bool focus_given;
    bool told_taint; /* the parent has heard of it */
    struct xe_run run[XE_SESSION_RUNS];
    uint64_t runs; /* made so far */
    uint64_t goal; /* cycle to which run.start was told to go; 0: none, or cancelled */
    bool active;   /* the newest run is to be worked on */
    enum xe_session_ask ask;
    bool gone;                      /* the parent is */
    uint64_t progress_ms, alive_ms; /* when the next is due */
    struct xe_breath breath;        /* says worker.alive, for whatever lasts */
    struct xe_waiting_call waiting[XE_SESSION_WAITERS];
    uint64_t waits; /* that ever came */
    struct xe_golden_job golden;
};

static inline struct xe_session *xe__session(const struct xe_rpc_call *call)
{
    return call->ctx;
}

/* The instance of a call; NULL after failing the call if there is none. */
struct xe_instance *xe__rpc_session_instance(struct xe_rpc_call *call);

/* {instance, cycle}: how results begin. */
struct xe_rpc_base xe__rpc_session_base(const struct xe_rpc_call *call,
                                        const struct xe_instance *instance);
/* Answer with no more than that; with a report, which is consumed, as the text that `render` makes
 * of it, if that was asked for. */
void xe__session_reply_changed(struct xe_rpc_call *call, const struct xe_instance *instance);
void xe__session_reply_report(struct xe_rpc_call *call, const struct xe_instance *instance,
                              json_t *report, char *(*render)(const json_t *report));

/* Settings from an instance.create or golden config (may be NULL). */
bool xe__rpc_session_config(const json_t *config, struct xe_instance_config *ret,
                            struct xe_error *err);
/* Those that are members of this object (may be NULL), which fits their rows. */
void xe__rpc_session_settings(const json_t *object, enum xe_setting_group group,
                              struct xe_instance_config *config);
/* What the guest can see of them; the engine isn't part of it. */
json_t *xe__rpc_session_config_json(const struct xe_instance_config *config);

/* The same with faults that the guest can tell, as input logs have it. */
json_t *xe__session_config_all(const struct xe_instance_config *config);
/* What is mounted, as vfs.mounts tells it. New. */
json_t *xe__session_mounts_json(struct xe_instance *instance);
/* Is it what a log was recorded with? NULL: the log doesn't say. */
bool xe__session_mounts_fit(struct xe_instance *instance, const json_t *wanted,
                            struct xe_error *err);
json_t *xe__session_inputs_json(struct xe_instance *instance, const struct xe_input_log *log);
json_t *xe__session_trail_entry(const struct xe_trail_entry *entry);

/* The title that came with the call, parsed; owned by the caller. */
struct xe_image *xe__rpc_session_take_image(struct xe_rpc_call *call, struct xe_error *err);

/* The folder of the file that came with the call, or with an earlier one, as the first of these;
 * NULL: none came, or, with err set, it can't be reached. Before the file is taken. */
const struct xe_files *xe__session_folder(struct xe_rpc_call *call, struct xe_error *err);
/* The title that came with the call, as bytes; the path is the caller's for as long as *ret is. */
bool xe__session_take_title(struct xe_rpc_call *call, const char *path,
                            const struct xe_files *beside, struct xe_session_title *ret,
                            struct xe_error *err);

/* The bytes of a file that came with the call, to be free()d. */
bool xe__rpc_session_take_file(struct xe_rpc_call *call, void **ret_bytes, size_t *ret_size,
                               struct xe_error *err);

/* The image that came with the call, and its names, both owned by the caller; of an ELF file also
 * its own lines, if they aren't damaged. NULL with err set. */
struct xe_symbols *xe__rpc_session_take_named(struct xe_rpc_call *call, struct xe_image **ret_image,
                                              struct xe_error *err);

/* Take the title that came with the call and load it into a new instance. */
struct xe_instance *xe__rpc_session_boot(struct xe_rpc_call *call,
                                         const struct xe_instance_config *config, const char *path,
                                         struct xe_error *err);
/* The session's instance from now on; answers the call that made it. */
void xe__rpc_session_created(struct xe_rpc_call *call, struct xe_instance *instance);
/* Why it is tainted; no reason: it is not. Tell the parent, once. */
struct xe_rpc_taint_view xe__rpc_session_taint(const struct xe_instance *instance);
void xe__rpc_session_tell_taint(struct xe_session *session);
/* What has put the instance into another state: nothing of the one before holds. Its taint, and how
 * the reply begins. */
struct xe_rpc_moved_view xe__rpc_session_moved(struct xe_rpc_call *call,
                                               const struct xe_instance *instance);
json_t *xe__rpc_session_image_json(const struct xe_instance *instance, const char *path);
json_t *xe__rpc_session_digest_json(const struct xe_digest *digest); /* components by name */

/* Handles of a call's array parameter; *ret_keys is free()d by the caller. */
uint32_t xe__rpc_session_keys(const json_t *handles, uint32_t **ret_keys);

/* 16 bytes of a vector register as hexadecimal digits. */
void xe__session_vector_text(const uint8_t bytes[16], char text[33]);

/* What a run stopped for; detail is the sentence, which is borrowed, if there is one. */
struct xe_rpc_stop_view xe__rpc_session_stop(const struct xe_stop_info *info, const char *detail);
/* Records and waiters anywhere in a report get their caller, if its line is known. */
void xe__rpc_session_add_callers(const struct xe_instance *instance, json_t *report);
/* With where its pc is, if that is known. */
struct xe_rpc_stop_view xe__rpc_session_stop_at(struct xe_instance *instance,
                                                const struct xe_stop_info *info,
                                                const char *detail);
/* {ran, asked, why, compared}: which engine runs it, and why not the one asked for; how much was
 * compared, by check. */
json_t *xe__rpc_session_engine_brief(const struct xe_instance *instance);
/* The same of one run; what the instance has compared so far. */
void xe__rpc_session_run_engine(const struct xe_instance *instance, const struct xe_run *run,
                                struct xe_engine_info *ret);
uint64_t xe__rpc_session_compared(const struct xe_instance *instance);
/* All of the engine; the members of debug.engine that are its own. */
struct xe_engine_info xe__session_engine(const struct xe_instance *instance);
json_t *xe__rpc_session_engine_json(const struct xe_instance *instance);

/* Between slices: serve, answer overdue waits, tell progress. False: stop the run. */
bool xe__rpc_session_poll(void *ctx);
void xe__rpc_session_run_work(struct xe_session *session);
void xe__rpc_session_golden_work(struct xe_session *session);
/* The instance is at another moment: no run of before can be continued. */
void xe__rpc_session_forget_runs(struct xe_session *session);
/* What instance.reset goes back to is the instance as it is now. */
bool xe__rpc_session_keep_start(struct xe_session *session, struct xe_error *err);
void xe__rpc_session_waiters_check(struct xe_session *session);
/* What a call of run.* wants collected (collect.c): can all of it be? */
bool xe__session_collect_check(const struct xe_rpc_call *call, struct xe_error *err);
/* ... and now, new; there: the instance is where the run stopped. */
json_t *xe__session_collect(struct xe_rpc_call *call, bool there);

/* inspect.c. Owned; NULL: out of memory. */
char *xe__session_base64(const uint8_t *bytes, size_t size);
/* frame.c: pictures that are kept, from a number on, as frame.list has them; new. */
json_t *xe__session_frames_json(struct xe_instance *instance, uint64_t from, size_t limit);

/* Handlers, by the file that has them. */
xe_rpc_handler xe__rpc_audit_disable, xe__rpc_audit_enable, xe__rpc_audit_focus_add,
    xe__rpc_audit_focus_clear, xe__rpc_audit_focus_get, xe__rpc_audit_focus_remove,
    xe__rpc_audit_focus_set, xe__rpc_audit_report, xe__rpc_audit_status,
    xe__rpc_audit_timeline;                                    /* audit.c   */
xe_rpc_handler xe__rpc_image_inspect, xe__rpc_instance_create; /* boot.c    */
xe_rpc_handler xe__rpc_instance_fork, xe__rpc_instance_reset;  /* frozen.c  */
xe_rpc_handler xe__rpc_debug_break_enable, xe__rpc_debug_break_list, xe__rpc_debug_break_remove,
    xe__rpc_debug_break_set, xe__rpc_mem_write, xe__rpc_thread_set_registers; /* debug.c   */
xe_rpc_handler xe__session_container_inspect;                                 /* container.c */
xe_rpc_handler xe__session_diagnose_bundle;                                   /* bundle.c */
xe_rpc_handler xe__rpc_diagnose_explain, xe__session_diagnose_livelock,
    xe__session_diagnose_milestones, xe__rpc_diagnose_wait_graph;    /* diagnose.c */
xe_rpc_handler xe__rpc_debug_disassemble, xe__rpc_image_disassemble; /* disassemble.c */
xe_rpc_handler xe__rpc_debug_engine, xe__rpc_debug_jit_get;          /* engine.c  */
xe_rpc_handler xe__session_module_list;                              /* module.c  */
xe_rpc_handler xe__rpc_golden_check, xe__rpc_golden_record;          /* golden.c  */
xe_rpc_handler xe__session_vfs_list, xe__session_vfs_mounts, xe__session_vfs_overlay_diff,
    xe__session_vfs_overlay_reset, xe__session_vfs_read, xe__session_vfs_stat; /* vfs.c */
xe_rpc_handler xe__session_audio_capture, xe__session_audio_read, xe__session_audio_status;
xe_rpc_handler xe__session_audio_hash; /* inspect.c */
xe_rpc_handler xe__session_frame_get, xe__session_frame_hash, xe__session_frame_list; /* frame.c */
xe_rpc_handler xe__session_frame_diff;
/* base64 of it as a PNG file (owned, free); NULL: out of memory. */
char *xe__session_frame_png(const struct xe_frame *frame, uint64_t *ret_bytes);
/* frame_diff.c. What is not looked at of pictures, and how many; do they differ by no more than
 * "greatest" and "ssim" of an object allow? */
uint32_t xe__session_masks(const json_t *masks, struct xe_picture_mask ret[XE_PICTURE_MASKS]);
bool xe__session_are_alike(const json_t *allowed, const struct xe_rpc_picture_diff_view *view);
/* golden_picture.c. The newest picture for a golden; NULL: there is none. Owned. */
json_t *xe__session_golden_picture(struct xe_instance *instance);
/* Is this, of a golden's file, a picture to compare with? */
bool xe__session_golden_picture_fits(const json_t *picture, struct xe_error *err);
/* How one that fits and what was found (may be NULL) differ, as a row of golden.check; NULL: by no
 * more than is allowed. Owned. */
json_t *xe__session_golden_picture_diff(const json_t *picture, const json_t *found);
/* The newest picture; NULL after failing the call. */
const struct xe_frame *xe__session_frame(struct xe_rpc_call *call, struct xe_instance *instance);
/* SHA-256 of it, in hexadecimal digits. */
void xe__session_frame_sha256(const struct xe_frame *frame, char ret[65]);
xe_rpc_handler xe__session_gpu_counters, xe__session_gpu_state; /* gpu.c     */
struct xe_gpu_shader;
/* Microcode as lines, new; their bytes are added to *bytes (gpu.c). */
json_t *xe__session_shader_code(const struct xe_gpu_shader *shader, size_t *bytes);
xe_rpc_handler xe__session_gpu_registers, xe__session_gpu_shaders; /* inspect.c */
xe_rpc_handler xe__session_input_get, xe__session_input_poll_log, xe__session_input_press,
    xe__session_input_script_load, xe__session_input_script_status,
    xe__session_input_set; /* input.c   */
xe_rpc_handler xe__session_net_close, xe__session_net_connect, xe__session_net_listen,
    xe__session_net_name, xe__session_net_recv, xe__session_net_send,
    xe__session_net_status; /* net.c     */
xe_rpc_handler xe__rpc_debug_jit_list, xe__rpc_digest_get, xe__rpc_log_tail, xe__rpc_mem_read,
    xe__rpc_object_list, xe__rpc_title_exports; /* inspect.c */
xe_rpc_handler xe__rpc_digest_trail, xe__rpc_record_start, xe__rpc_record_stop,
    xe__rpc_replay_start, xe__rpc_replay_status; /* record.c  */
xe_rpc_handler xe__rpc_run_cancel, xe__rpc_run_get, xe__rpc_run_pause, xe__rpc_run_start,
    xe__rpc_run_step, xe__rpc_run_wait;                      /* run.c     */
xe_rpc_handler xe__rpc_snapshot_load, xe__rpc_snapshot_save; /* snapshot.c */
xe_rpc_handler xe__rpc_debug_symbols_load, xe__rpc_debug_symbols_lookup,
    xe__rpc_image_symbols; /* symbols.c */
xe_rpc_handler xe__rpc_thread_diagnostic, xe__rpc_thread_list,
    xe__rpc_thread_registers; /* thread.c */

#endif
