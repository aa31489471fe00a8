/* What the row files share: parameters that many methods have, results' common members. */
#ifndef XE_RPC_API_ROWS_H
#define XE_RPC_API_ROWS_H

#include "rpc/api/member.h"

extern const struct xe_rpc_type xe_rpc_mounts; /* of instance.create, and of what replays it */

#define REQUIRED XE_RPC_REQUIRED
#define OPTIONAL XE_RPC_OPTIONAL

/* A cursor is opaque to clients; ours hold a decimal position. */
#define PARAM_INSTANCE                                                                             \
    {                                                                                              \
        "instance", &xe_rpc_string, REQUIRED, 1, 64, "instance id, e.g. \"i-1\"", 0                \
    }
#define PARAM_FORMAT                                                                               \
    {                                                                                              \
        "format", &xe_rpc_format, OPTIONAL, 0, 0, "json (default) or text", 0                      \
    }
#define PARAM_LIMIT                                                                                \
    {                                                                                              \
        "limit", &xe_rpc_int, OPTIONAL, 1, 1000, "most items in the answer", 100                   \
    }
#define PARAM_CURSOR                                                                               \
    {                                                                                              \
        "cursor", &xe_rpc_text_or_null, OPTIONAL, 0, 64, "next_cursor of the page before", 0       \
    }
#define PARAM_HANDLES(need)                                                                        \
    {                                                                                              \
        "handles", &xe_rpc_handles, need, 0, 4096, "handles or object addresses", 0                \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, OPTIONAL, 0, 0, NULL, 0                                                        \
    }

/* Rows of members, as rpc/api/member.h explains them. */
#define M_INT          XE_RPC_M_INT
#define M_INT_OR_NULL  XE_RPC_M_INT_OR_NULL
#define M_HEX          XE_RPC_M_HEX
#define M_BOOL         XE_RPC_M_BOOL
#define M_STRING       XE_RPC_M_STRING
#define M_VALUE        XE_RPC_M_VALUE
#define M_BOUNDED      XE_RPC_M_BOUNDED
#define M_MADE         XE_RPC_M_MADE
#define M_MADE_OR_NULL XE_RPC_M_MADE_OR_NULL
#define M_MADE_BOUNDED XE_RPC_M_MADE_BOUNDED
#define M_WORDS        XE_RPC_M_WORDS
#define M_CONSTANT     XE_RPC_M_CONSTANT
#define M_STRUCT       XE_RPC_M_STRUCT
#define M_STRUCT_AT    XE_RPC_M_STRUCT_AT
#define M_PART         XE_RPC_M_PART
#define M_LATER        XE_RPC_M_LATER
#define M_ARRAY        XE_RPC_M_ARRAY
#define M_LIST         XE_RPC_M_LIST
#define M_ARRAY_COLUMN XE_RPC_M_ARRAY_COLUMN
#define M_COLUMN       XE_RPC_M_COLUMN
#define M_ALL          XE_RPC_M_ALL
/* How results of an instance begin; V has a struct xe_rpc_base at `at`. */
#define M_BASE(V, at)                                                                              \
    M_STRING("instance", V, at instance, "instance id"),                                           \
        M_INT("cycle", V, at cycle, "instructions", "retired so far")
#define M_DIGEST(name, V, f, doc)                                                                  \
    M_BOUNDED(name, V, f, &xe_rpc_string, 36, 36, doc ", " XE_DIGEST_VERSION ":<32 hex digits>")
/* A string, NULL or empty on the last page. */
#define M_NEXT_CURSOR(V, f)                                                                        \
    M_BOUNDED("next_cursor", V, f, &xe_rpc_text_or_null, 0, 64, "null on the last page",           \
              GIVEN_SET(V, f))
/* Where an address is; V has a struct xe_place at `at`, with no name where there is none. */
#define M_PLACE(V, at)                                                                             \
    M_VALUE("function", V, at name, &xe_rpc_guest, "what it lies in, if known",                    \
            WHEN_SET(V, at name)),                                                                 \
        M_INT("offset", V, at offset, "bytes", "from where that begins", WHEN_SET(V, at name)),    \
        M_VALUE("file", V, at file, &xe_rpc_guest, "source that it was made of, if known",         \
                WHEN_SET(V, at line)),                                                             \
        M_INT("line", V, at line, NULL, "in that", WHEN_SET(V, at line))
#define M_END     XE_RPC_M_END
#define WHEN      XE_RPC_WHEN
#define WHEN_NOT  XE_RPC_WHEN_NOT
#define WHEN_SET  XE_RPC_WHEN_SET
#define GIVEN     XE_RPC_GIVEN
#define GIVEN_SET XE_RPC_GIVEN_SET
#define GIVEN_NOT XE_RPC_GIVEN_NOT

/* A report as text: {instance, cycle, text}; what has nothing to say but {instance, cycle}. */
extern const struct xe_rpc_type xe_rpc_text_result, xe_rpc_changed;
/* Pages: of objects, exports, log lines, symbols, translations; lists of threads and points. */
extern const struct xe_rpc_type xe_rpc_object_page, xe_rpc_export_page, xe_rpc_log_page,
    xe_rpc_symbol_page, xe_rpc_region_page, xe_rpc_thread_list, xe_rpc_point_list;
/* Who stored to bytes, as a watchpoint tells. */
extern const struct xe_rpc_type xe_rpc_writers;
/* Results of thread.registers and digest.get. */
extern const struct xe_rpc_type xe_rpc_registers_result, xe_rpc_digest_result;
/* What a worker answers to instance.fork and reset, and snapshot.load's result. */
extern const struct xe_rpc_type xe_rpc_moved, xe_rpc_snapshot_loaded;
/* What comes with the events run.started and stopped, run.progress, instance.tainted. */
extern const struct xe_rpc_type xe_rpc_run_event, xe_rpc_progress_event, xe_rpc_taint_event;
/* golden.check's result, and one difference of it. */
extern const struct xe_rpc_type xe_rpc_golden_check, xe_rpc_golden_diff;
/* Audit reports; records and lists of them; words of what was done, of verdicts, of waits. */
extern const struct xe_rpc_type xe_rpc_audit_report, xe_rpc_audit_handle, xe_rpc_audit_rec,
    xe_rpc_audit_recs, xe_rpc_audit_op, xe_rpc_audit_code, xe_rpc_audit_verdicts, xe_rpc_wait_type;
/* Results of audit.status, audit.focus.* and audit.timeline. */
extern const struct xe_rpc_type xe_rpc_audit_status, xe_rpc_focus, xe_rpc_timeline;
/* The thread diagnostic, a thread of it (struct xe_rpc_thread_view); a thread in short, lists of
 * these; words of what threads do. */
extern const struct xe_rpc_type xe_rpc_thread_diagnostic, xe_rpc_thread, xe_rpc_short_thread,
    xe_rpc_short_threads, xe_rpc_thread_state;
/* What image.inspect shows. */
extern const struct xe_rpc_type xe_rpc_image, xe_rpc_spa;
/* What container.inspect shows. */
extern const struct xe_rpc_type xe_rpc_container;
/* Objects, exports, log lines, and lists of them; values of registers by name. */
extern const struct xe_rpc_type xe_rpc_object, xe_rpc_objects, xe_rpc_export, xe_rpc_exports,
    xe_rpc_log_line, xe_rpc_log_lines, xe_rpc_log_level, xe_rpc_registers, xe_rpc_vectors;
/* Results of system.coverage; done, partial or missing. */
extern const struct xe_rpc_type xe_rpc_coverage, xe_rpc_coverage_item, xe_rpc_coverage_sum,
    xe_rpc_coverage_state;
/* What mem.read answers. */
extern const struct xe_rpc_type xe_rpc_bytes;
/* The title of an instance; digests by component; goldens, and the settings that these have. */
extern const struct xe_rpc_type xe_rpc_title, xe_rpc_components, xe_rpc_golden, xe_rpc_config_seen;
/* A golden's picture as it is recorded, and as it may be given: with what is allowed. */
extern const struct xe_rpc_type xe_rpc_golden_picture, xe_rpc_golden_picture_given;
/* Breakpoints and watchpoints, and what a run stopped at. */
extern const struct xe_rpc_type xe_rpc_point, xe_rpc_point_set, xe_rpc_hit, xe_rpc_point_kind,
    xe_rpc_point_whose, xe_rpc_point_events;
/* Where something is (struct xe_place); what a file beside the title added; where an address is; a
 * name of a place. */
extern const struct xe_rpc_type xe_rpc_place, xe_rpc_symbols_loaded, xe_rpc_symbols_lookup,
    xe_rpc_symbol;
/* Results of debug.disassemble and image.disassemble. */
extern const struct xe_rpc_type xe_rpc_disassembled, xe_rpc_image_disassembled;
/* diagnose.bundle (struct xe_rpc_bundle_view). */
extern const struct xe_rpc_type xe_rpc_bundle;
/* diagnose.explain (struct xe_rpc_explain_view). */
extern const struct xe_rpc_type xe_rpc_explain;
/* Threads that spin or poll (struct xe_rpc_spin_view), and lists of them. */
extern const struct xe_rpc_type xe_rpc_spin, xe_rpc_spins;
/* Controllers: input.get, input.poll_log, input.script.*, and an item of each. */
extern const struct xe_rpc_type xe_rpc_pad, xe_rpc_pad_list, xe_rpc_pad_caller, xe_rpc_poll_log,
    xe_rpc_script;
/* diagnose.livelock (struct xe_rpc_livelock_view). */
extern const struct xe_rpc_type xe_rpc_livelock;
/* net.status, one of its sockets; net.listen and net.connect; net.recv and what came. */
extern const struct xe_rpc_type xe_rpc_net, xe_rpc_net_socket, xe_rpc_net_peer, xe_rpc_net_came,
    xe_rpc_net_item, xe_rpc_net_name;
/* diagnose.milestones (struct xe_rpc_milestones_view). */
extern const struct xe_rpc_type xe_rpc_milestones;
/* diagnose.wait_graph (struct xe_rpc_graph_view). */
extern const struct xe_rpc_type xe_rpc_wait_graph;
/* Texts of an object's kind (struct xe_audit_kind) and of 32 bytes. */
xe_rpc_text xe__rpc_member_kind, xe__rpc_member_sha256;

/* A module (struct xe_module_info), and module.list's answer. */
extern const struct xe_rpc_type xe_rpc_module, xe_rpc_module_list;
/* Paths of libraries beside a title: a parameter. */
extern const struct xe_rpc_type xe_rpc_title_patch;
#define XE_RPC_MODULES_MAX 8
#define XE_RPC_MOUNTS_MAX  7 /* besides the title's folder */
extern const struct xe_rpc_type xe_rpc_modules;
/* Words to be changed before a title begins: likewise. */
#define XE_RPC_PATCHES_MAX 1024
extern const struct xe_rpc_type xe_rpc_patches;
/* The members of instance.create's config, golden.record takes the same, and of its audit. */
extern const struct xe_rpc_type xe_rpc_config, xe_rpc_audit_option;
extern const struct xe_rpc_type xe_rpc_run_object, xe_rpc_instance_object;
/* An input log, what it has of each input and digest, and why no log tells a run. */
extern const struct xe_rpc_type xe_rpc_input_log, xe_rpc_input, xe_rpc_input_point, xe_rpc_taint;
/* Results of record.start, record.stop, replay.status and digest.trail; one digest of a trail. */
extern const struct xe_rpc_type xe_rpc_record_started, xe_rpc_record_stopped, xe_rpc_replay_status,
    xe_rpc_trail, xe_rpc_trail_entry;
/* Why a run stopped: the reason's word or null, and all that is known. */
extern const struct xe_rpc_type xe_rpc_stop_reason, xe_rpc_stop;
/* The words of enum xe_stop, "none" too. */
extern const struct xe_rpc_type xe_rpc_stop_word;
/* "jit", "interpreter" or "check". */
extern const struct xe_rpc_type xe_rpc_engine_word;
/* What runs an instance, and counters of it. */
extern const struct xe_rpc_type xe_rpc_engine;
/* The same in short: which one, and why not the one asked for. */
extern const struct xe_rpc_type xe_rpc_engine_brief;
/* debug.engine's and debug.jit.get's results; a translation, and a line of one. */
extern const struct xe_rpc_type xe_rpc_engine_result, xe_rpc_region_result, xe_rpc_region,
    xe_rpc_region_line;

/* vfs.*'s results, and what they list. */
/* What is mounted: of vfs.mounts, input logs and goldens. */
extern const struct xe_rpc_type xe_rpc_vfs_mount_list;
extern const struct xe_rpc_type xe_rpc_vfs_mount, xe_rpc_vfs_mounts, xe_rpc_vfs_entry,
    xe_rpc_vfs_list, xe_rpc_vfs_stat, xe_rpc_vfs_read, xe_rpc_vfs_difference,
    xe_rpc_vfs_differences;
/* audio.*'s results; a second of sound. */
extern const struct xe_rpc_type xe_rpc_audio_status, xe_rpc_audio_hash_page, xe_rpc_audio_second,
    xe_rpc_audio_kept, xe_rpc_audio_frames;

/* frame.get's result; how two pictures differ, and frame.diff's. */
/* Rectangles of pictures that are not looked at. */
extern const struct xe_rpc_type xe_rpc_picture_masks;
extern const struct xe_rpc_type xe_rpc_picture, xe_rpc_picture_diff, xe_rpc_frame_diff,
    xe_rpc_frame_hash, xe_rpc_frame_row, xe_rpc_frame_rows, xe_rpc_frame_list;
/* gpu.*'s results; a register, a shader; what the GPU does, and waits for. */
extern const struct xe_rpc_type xe_rpc_gpu_doing, xe_rpc_gpu_wait, xe_rpc_gpu_state,
    xe_rpc_gpu_counters, xe_rpc_gpu_register_page, xe_rpc_gpu_register, xe_rpc_gpu_shader_page,
    xe_rpc_gpu_shader;

#endif
