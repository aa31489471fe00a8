/* What replies about runs and instances are made of, beside structs of emu: values that the session
 * works out. Their rows are in members_*.c. */
#ifndef XE_RPC_API_VIEWS_H
#define XE_RPC_API_VIEWS_H

#include <jansson.h>

#include "xe/audio.h"
#include "xe/debug.h"
#include "xe/engine.h"
#include "xe/frame.h"
#include "xe/picture.h"
#include "xe/gpu.h"
#include "xe/inputs.h"
#include "xe/instance.h"
#include "xe/net.h"
#include "xe/pads.h"

enum xe_run_state { XE_RUN_RUNNING, XE_RUN_PAUSED, XE_RUN_STOPPED };
#define XE_RUN_STATE_WORDS "running", "paused", "stopped"

/* How results of an instance begin. */
struct xe_rpc_base {
    const char *instance;
    uint64_t cycle;
};

/* A report as people read it. */
struct xe_rpc_text_view {
    struct xe_rpc_base base;
    const char *text;
};

/* A list, or a page of one; not every method tells all of it. */
struct xe_rpc_list_view {
    struct xe_rpc_base base;
    json_t *items;
    char next_cursor[24]; /* "": the last page */
    uint64_t next_seq, total;
};

/* The title that was loaded, and the path that it was asked for by. */
struct xe_rpc_modules_view {
    struct xe_rpc_base base;
    json_t *items;
};

struct xe_rpc_title_view {
    const char *path;
    struct xe_title_info title;
    uint32_t modules; /* that were given with it */
    struct xe_module_file_info module[XE_INSTANCE_MODULES];
    const struct xe_patch *patch;
    uint32_t patches;
    bool has_others; /* files or changes beside the title */
};

/* Who called for what crashed. */
#define XE_RPC_STOP_CALLERS 8u
struct xe_rpc_caller_view {
    xe_gva lr;
    char module[XE_MODULE_NAME]; /* "": in none */
    struct xe_place place;       /* of the call */
};

/* What a run stopped for. */
struct xe_rpc_stop_view {
    const char *reason, *cause; /* words; cause may be NULL */
    const char *text;
    struct xe_stop_info info;
    bool has_address;
    struct xe_place place; /* of pc; no name where none is known */
    char module[XE_MODULE_NAME];
    struct xe_rpc_caller_view caller[XE_RPC_STOP_CALLERS];
    uint32_t callers;
};

/* Why no input log tells a run. */
struct xe_rpc_taint_view {
    const char *reason; /* word; NULL: one does */
    uint64_t cycle;
    const char *text;
};

struct xe_rpc_point_view {
    struct xe_rpc_base base; /* of debug.break.set's */
    struct xe_point point;
    bool enabled;
};

struct xe_rpc_hit_view {
    struct xe_point_hit hit;
    bool enabled;
};

struct xe_rpc_run_view {
    const char *instance;
    char run[24]; /* id */
    enum xe_run_state state;
    const char *stop_reason; /* NULL while running */
    struct xe_rpc_stop_view stop;
    uint64_t target, retired, cycle, virtual_us;
    bool has_frames; /* it is to stop for them */
    uint64_t frames;
    struct xe_engine_info engine;
    const char *detail; /* NULL: none */
    bool has_exit_code;
    uint32_t exit_code;
    bool is_hit;
    struct xe_rpc_hit_view hit;
    const char *digest; /* NULL: not taken */
    struct xe_rpc_taint_view taint;
    json_t *collected; /* NULL: left out */
};

/* What the instance is at another moment: after a fork, reset, load. */
struct xe_rpc_moved_view {
    struct xe_rpc_base base;
    struct xe_rpc_taint_view taint;
    const char *name, *digest; /* of snapshot.load's */
    bool has_stopped;
    struct xe_rpc_stop_view stop;
};

struct xe_rpc_digest_view {
    struct xe_rpc_base base;
    const char *digest;
    json_t *components;
};

struct xe_rpc_registers_view {
    struct xe_rpc_base base;
    uint32_t tid;
    json_t *registers, *vectors;
};

/* Of an event, while something lasts. */
struct xe_rpc_progress_view {
    uint64_t cycle;
    struct xe_engine_info engine;
};

/* An input of a log; which fields it has, says its kind. */
struct xe_rpc_input_view {
    struct xe_input input;
    const char *kind;
    bool has[XE_INPUT_FIELDS];
    const char *digits[XE_INPUT_FIELDS]; /* of bytes */
};

/* A digest of a log. */
struct xe_rpc_input_point_view {
    uint64_t cycle, idle;
    char digest[XE_DIGEST_TEXT];
    json_t *components;
};

struct xe_rpc_input_log_view {
    struct xe_title_info title;
    bool has_others; /* files beside the title's */
    json_t *config, *mounts, *inputs, *points, *end;
};

struct xe_rpc_record_view {
    struct xe_rpc_base base;
    uint64_t inputs; /* of record.start's */
    json_t *log;     /* of record.stop's  */
};

struct xe_rpc_replay_view {
    struct xe_rpc_base base;
    struct xe_replay_status status;
    bool recording;
    struct xe_rpc_taint_view taint;
};

struct xe_rpc_trail_entry_view {
    uint64_t cycle;
    char digest[XE_DIGEST_TEXT];
    json_t *components;
};

struct xe_rpc_trail_view {
    struct xe_rpc_base base;
    uint64_t asked, every;
    json_t *items;
    char next[24]; /* cursor; "": none */
};

/* A controller, and who looks at one; number: its port from 1 on, 5 the keyboard's. */
struct xe_rpc_pad_view {
    uint32_t number;
    struct xe_pad pad;
};

struct xe_rpc_pad_caller_view {
    uint32_t number;
    struct xe_pad_caller caller;
    struct xe_place place; /* no name where none is known */
};

/* How far events of controllers are. */
struct xe_rpc_script_view {
    struct xe_rpc_base base;
    uint64_t waiting, going_on, over, frames;
    struct xe_rpc_pad_event_view {
        struct xe_pad_event event;
        uint32_t number;
    } next;
};

/* The network inside of an instance; a socket of it; what came to a peer. */
struct xe_rpc_socket_view {
    struct xe_net_info info;
};

struct xe_rpc_net_view {
    struct xe_rpc_base base;
    enum xe_net_mode mode;
    uint32_t address, latency_us, flying;
    json_t *items, *names; /* borrowed */
};

struct xe_rpc_net_name_view {
    const char *text; /* borrowed */
    uint32_t address;
};

struct xe_rpc_peer_view {
    struct xe_rpc_base base;
    uint32_t peer;
};

struct xe_rpc_came_item_view {
    struct xe_net_item item;
    const char *digits; /* borrowed */
};

struct xe_rpc_came_view {
    struct xe_rpc_base base;
    struct xe_rpc_socket_view socket;
    json_t *items; /* borrowed */
    uint64_t next;
};

/* An instruction as assembly. */
struct xe_rpc_assembly_view {
    xe_gva address;
    uint32_t word;
    char text[80];
    struct xe_place place; /* no name where none is known */
    bool begins;           /* what has that name */
    bool branches;
    xe_gva target;
    struct xe_place target_place;
    json_t *threads, *points; /* ids, owned; NULL: none */
};

struct xe_rpc_assemblies_view {
    struct xe_rpc_base base;           /* of debug.disassemble's */
    struct xe_rpc_assembly_view *line; /* owned; addresses ascend by 4 */
    uint32_t lines;
};

struct xe_rpc_bytes_view {
    struct xe_rpc_base base;
    xe_gva address;
    uint32_t length;
    bool base64; /* else hexadecimal digits */
    const char *bytes;
};

struct xe_rpc_symbols_view {
    struct xe_rpc_base base;
    const char *path;
    struct xe_symbols_file file;
};

struct xe_rpc_lookup_view {
    struct xe_rpc_base base;
    xe_gva address;
    struct xe_place place;
};

struct xe_rpc_symbol_view {
    struct xe_symbol symbol;
    struct xe_line line; /* file NULL: not known */
};

struct xe_rpc_engine_view {
    struct xe_rpc_base base;
    struct xe_engine_info info; /* why is NULL where it has nothing to say */
};

enum xe_rpc_audio_standing {
    XE_RPC_AUDIO_WAITS,
    XE_RPC_AUDIO_IN_CALLBACK,
    XE_RPC_AUDIO_CLOSING,
    XE_RPC_AUDIO_ENDED
};

struct xe_rpc_audio_client_view {
    uint32_t index;
    uint32_t standing; /* enum xe_rpc_audio_standing */
    struct xe_audio_client info;
};

struct xe_rpc_xma_view {
    struct xe_xma_info info;
    struct xe_decoder_info decoder;
    uint32_t standing; /* enum xe_decoder_standing */
};

struct xe_rpc_audio_view {
    struct xe_rpc_base base;
    struct xe_rpc_xma_view xma;
    struct xe_rpc_audio_client_view client[XE_AUDIO_CLIENTS];
    uint32_t clients;
};

struct xe_rpc_audio_second_view {
    uint64_t second;
    const char *sha256;
};

struct xe_rpc_audio_keep_view {
    struct xe_rpc_base base;
    uint32_t seconds;
};

#define XE_RPC_AUDIO_FRAMES_MAX 128u /* of one answer */

struct xe_rpc_audio_frames_view {
    struct xe_rpc_base base;
    uint64_t from;
    uint32_t count, rate, channels;
    const char *frames;
};

struct xe_rpc_vfs_view {
    struct xe_rpc_base base;
    json_t *items;
    struct xe_files_usage usage;
    bool more;
};

struct xe_rpc_vfs_stat_view {
    struct xe_rpc_base base;
    struct xe_file_info info;
};

#define XE_RPC_VFS_READ_MAX 0x100000u /* of one answer */

struct xe_rpc_vfs_read_view {
    struct xe_rpc_base base;
    uint64_t offset, count;
    const char *bytes;
};

struct xe_rpc_picture_view {
    struct xe_rpc_base base;
    struct xe_frame frame;
    const char *sha256;
    const char *png; /* NULL: not asked for */
    uint64_t png_bytes;
};

struct xe_rpc_frame_note_view {
    struct xe_rpc_base base; /* of frame.hash */
    struct xe_frame_note note;
    char sha256[65];
};

struct xe_rpc_frame_list_view {
    struct xe_rpc_base base;
    json_t *items;
};

struct xe_rpc_picture_diff_view {
    bool equal;
    struct xe_picture_diff diff;
};

struct xe_rpc_frame_diff_view {
    struct xe_rpc_base base;
    uint64_t number;
    char sha256[65], with_sha256[65];
    struct xe_rpc_picture_diff_view picture;
    bool alike;
    const char *heat; /* NULL: not asked for */
    uint64_t heat_bytes;
};

struct xe_rpc_gpu_view {
    struct xe_rpc_base base;
    struct xe_gpu_info info;
    struct xe_gpu_frame frame;
    const char *halt; /* NULL: it goes */
};

struct xe_rpc_gpu_count_view {
    char name[32];
    uint64_t count;
};

struct xe_rpc_gpu_limit_view {
    const char *name, *text;
    uint64_t count;
};

struct xe_rpc_gpu_counters_view {
    struct xe_rpc_base base;
    struct xe_gpu_counters counters;
    struct xe_rpc_gpu_count_view command[XE_GPU_OPCODES], primitive[XE_GPU_PRIMITIVES];
    struct xe_rpc_gpu_limit_view limit[XE_GPU_LIMITS];
    uint32_t commands, primitives, limits;
};

struct xe_rpc_gpu_register_view {
    uint32_t index, value;
    const char *name; /* NULL: it has none */
};

struct xe_rpc_gpu_shader_view {
    struct xe_gpu_shader shader;
    json_t *code; /* lines; NULL: it was not asked for, or isn't there */
};

struct xe_rpc_region_view {
    struct xe_rpc_base base;
    struct xe_region_info info;
    json_t *lines;
};

struct xe_rpc_region_line_view {
    struct xe_region_line line;
    char text[80];
    const char *code;
};

struct xe_rpc_audit_status_view {
    struct xe_rpc_base base;
    struct xe_audit_stats stats;
    uint64_t promises_open, promises_kept;
    json_t *unaudited;
};

struct xe_rpc_focus_view {
    struct xe_rpc_base base;
    bool enabled;
    const uint32_t *key;
    uint32_t keys;
    json_t *unknown;
};

struct xe_rpc_timeline_view {
    struct xe_rpc_base base;
    uint32_t key;
    const struct xe_audit_rec *rec;
    uint32_t recs;
    uint64_t next_seq;
};

struct xe_rpc_diff_view {
    const char *member;
    json_t *expected, *found;
};

struct xe_rpc_check_view {
    bool pass;
    json_t *diffs, *found;
};

struct xe_rpc_golden_picture_view {
    uint64_t number;
    const char *png;
};

struct xe_rpc_golden_view {
    json_t *image, *engine, *config, *mounts, *components;
    uint64_t instructions;
    enum xe_stop stop;
    const char *detail;
    uint64_t cycle, virtual_us;
    const char *digest;
    struct xe_kernel_totals totals;
    uint64_t threads;
    const char *decoder;      /* of XMA; NULL: nothing was to be decoded */
    const char *fingerprint;  /* of a hang; NULL: nobody is stuck        */
    const char *renderer;     /* NULL: no picture was made */
    json_t *frames, *picture; /* the latter NULL: not asked for */
};

#endif
