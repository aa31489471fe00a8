/* Members of the thread diagnostic (schema xe360/thread-diagnostic/1, xe360-rpc-results(7)) and of
 * thread.list: the rows of struct xe_thread_info and of the views that the diagnostic adds. */
#include <stdio.h>

#include "rpc/report/diagnostic_json.h"
#include "rpc/api/rows.h"
#include "rpc/report/verdict.h"

#define FRAME  struct xe_rpc_frame_view
#define OBJECT struct xe_thread_wait_object
#define THREAD struct xe_rpc_thread_view
#define GROUP  struct xe_rpc_group_view
#define ROOT   struct xe_rpc_root_view
#define VERD   struct xe_rpc_verdict_view
#define TITLE  struct xe_title_info
#define DIAG   struct xe_rpc_diagnostic_view

static const char *const state_words[] = {XE_THREAD_STATE_WORDS, NULL};
const struct xe_rpc_type xe_rpc_thread_state = {.kind = XE_RPC_KIND_ENUM, .values = state_words};

/* ---- one thread ------------------------------------------------------------------------------ */

static const struct xe_rpc_type frame = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("sp", FRAME, sp, "stack pointer"),
        M_HEX("lr", FRAME, lr, "return address"),
        M_PLACE(FRAME, call.),
        M_VALUE("symbol", FRAME, call.name, &xe_rpc_guest, "the function, if a symbol says it",
                WHEN_SET(FRAME, call.named)),
        M_END,
    }};
static const struct xe_rpc_field frame_item = {"frame", &frame, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type frames = {.kind = XE_RPC_KIND_ARRAY, .items = &frame_item};

static const struct xe_rpc_type object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("key", OBJECT, key, "handle or object address, as the guest named it"),
        M_MADE("kind", OBJECT, kind, xe__rpc_member_kind, "such as Event/Manual"),
        M_BOOL("mr", OBJECT, manual_reset, "stays signaled when a wait is satisfied"),
        M_BOOL("sig", OBJECT, signaled, "is signaled"),
        M_INT("owner", OBJECT, owner_tid, NULL, "the thread that holds it; 0: none"),
        M_INT("waiters", OBJECT, waiters, "threads", "parked on it"),
        M_END,
    }};
static const struct xe_rpc_field object_item = {"object", &object, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type objects = {.kind = XE_RPC_KIND_ARRAY, .items = &object_item};

static const struct xe_rpc_type wait_or_null = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("type", THREAD, info.wait_all, &xe_rpc_wait_type, "for which of the objects"),
        M_ARRAY("objects", THREAD, info.wait_object, info.wait_objects, &objects,
                "what it waits for"),
        M_BOOL("alertable", THREAD, info.alertable, "an APC or alert ends the wait"),
        M_INT("since_cycle", THREAD, info.wait_since_cycle, "instructions", "when it parked"),
        M_STRING("src", THREAD, info.wait_src, "the export that it called"),
        M_HEX("lr", THREAD, info.wait_lr, "where that call returns to"),
        M_HEX("wrapper_lr", THREAD, info.wait_wrapper_lr,
              "nearest caller outside the title's own wait function"),
        M_STRUCT("caller", THREAD, caller, &xe_rpc_place, "where that call is, if known",
                 WHEN_SET(THREAD, caller.name)),
        M_INT_OR_NULL("timeout_100ns", THREAD, info.timeout_100ns, "100 ns", "as given; null: none",
                      GIVEN(THREAD, info.timed, true)),
        M_INT_OR_NULL("remaining_100ns", THREAD, info.remaining_100ns, "100 ns",
                      "until it is over; null: no timeout", GIVEN(THREAD, info.timed, true)),
        M_END,
    }};

static const struct xe_rpc_type export_or_null = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", THREAD, info.last_export, "the export"),
        M_ALL("args", THREAD, info.last_export_args, &xe_rpc_hex_64_list, "r3 to r6 at the call"),
        M_INT("cycle", THREAD, info.last_export_cycle, "instructions", "when it was called"),
        M_END,
    }};

#define SPINS struct xe_rpc_thread_spin

static const char *const sure_words[] = {XE_CERTAINTY_WORDS, NULL};
static const struct xe_rpc_type sure = {.kind = XE_RPC_KIND_ENUM, .values = sure_words};

static const struct xe_rpc_type spin_or_null = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("certainty", SPINS, certainty, &sure, "that it does"),
        M_VALUE("stuck", SPINS, stuck, &sure, "that it never goes on; healthy: it may"),
        M_INT("since_cycle", SPINS, since_cycle, "instructions", "nothing new has come of it"),
        M_INT("instructions", SPINS, instructions, "instructions", "that it did since"),
        M_VALUE("on", SPINS, on, &xe_rpc_guest,
                "what it reads or asks for first; diagnose.explain tells all"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_thread = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("tid", THREAD, info.tid, NULL, "thread id"),
        M_VALUE("name", THREAD, info.name, &xe_rpc_guest, "its name; may be empty"),
        M_HEX("handle", THREAD, info.handle, "a handle to it; 0: none is open"),
        M_HEX("kthread", THREAD, info.kthread, "address of its KTHREAD"),
        M_VALUE("state", THREAD, info.state, &xe_rpc_thread_state, "what it does"),
        M_BOOL("system", THREAD, info.system, "the kernel's own"),
        M_INT("hw_thread", THREAD, info.hw_thread, NULL, "hardware thread that it is on"),
        M_INT("base_priority", THREAD, info.base_priority, NULL, "without boosts"),
        M_INT("priority", THREAD, info.priority, NULL, "now"),
        M_HEX("affinity", THREAD, info.affinity, "hardware threads that it may be on, as bits"),
        M_INT("suspend_count", THREAD, info.suspend_count, NULL, "0: it isn't suspended"),
        M_INT("irql", THREAD, info.irql, NULL, "interrupt level"),
        M_INT("retired", THREAD, info.retired, "instructions", "that it has done"),
        M_INT("last_progress_cycle", THREAD, info.last_progress_cycle, "instructions",
              "when it last did one"),
        M_HEX("pc", THREAD, info.pc, "its next instruction"),
        M_STRUCT("at", THREAD, at, &xe_rpc_place, "where that is, if known",
                 WHEN_SET(THREAD, at.name)),
        M_HEX("lr", THREAD, info.lr, "its link register"),
        M_HEX("ctr", THREAD, info.ctr, "its count register"),
        M_HEX("sp", THREAD, info.sp, "its stack pointer"),
        M_HEX("start_routine", THREAD, info.start_routine, "where it began"),
        M_HEX("start_context", THREAD, info.start_context, "with what argument"),
        M_INT("creator_tid", THREAD, info.creator_tid, NULL, "who made it; 0: the loader"),
        M_HEX("creator_lr", THREAD, info.creator_lr, "where that call returns to"),
        M_PART("last_export", &export_or_null, "the last export that it called; null: none",
               GIVEN_SET(THREAD, info.last_export)),
        M_HEX("exit_code", THREAD, info.exit_code, "of one that has ended",
              WHEN(THREAD, info.state, XE_THREAD_TERMINATED)),
        M_ARRAY("frames", THREAD, frame, info.frames, &frames, "callers, nearest first"),
        M_PART("wait", &wait_or_null, "what it is parked on; null: nothing",
               GIVEN(THREAD, info.waiting, true)),
        M_STRUCT("spin", THREAD, spins, &spin_or_null, "it runs in a circle; null: it doesn't",
                 GIVEN_SET(THREAD, spins.certainty)),
        M_ARRAY("held_locks", THREAD, info.held_lock, info.held_locks, &xe_rpc_hex_32_list,
                "mutants and critical sections that it owns"),
        M_END,
    }};

static const struct xe_rpc_field thread_item = {"thread", &xe_rpc_thread, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type threads = {.kind = XE_RPC_KIND_ARRAY, .items = &thread_item};

/* ---- threads with equal wait stacks ---------------------------------------------------------- */

static const struct xe_rpc_type group = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("count", GROUP, count, "threads", "in the group"),
        M_LIST("tids", GROUP, tid, count, &xe_rpc_int_list, "which they are"),
        M_STRING("src", GROUP, src, "the export that they called"),
        M_HEX("lr", GROUP, lr, "where those calls return to"),
        M_HEX("wrapper_lr", GROUP, wrapper_lr,
              "nearest caller outside the title's own wait function"),
        M_VALUE("creator_lr", GROUP, creator_lr, &xe_rpc_hex_32_or_null,
                "where they were made; null: not all in one place",
                GIVEN(GROUP, same_creator, true)),
        M_VALUE("start_routine", GROUP, start_routine, &xe_rpc_hex_32_or_null,
                "where they began; null: not all in one place", GIVEN(GROUP, same_start, true)),
        M_END,
    }};
static const struct xe_rpc_field group_item = {"group", &group, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type groups = {.kind = XE_RPC_KIND_ARRAY, .items = &group_item};

/* ---- the verdict ----------------------------------------------------------------------------- */

static const struct xe_rpc_type root = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("key", ROOT, key, "handle or object address, as the guest named it"),
        M_STRING("kind", ROOT, kind, "such as Event/Manual"),
        M_BOOL("stuck", ROOT, stuck, "a thread that is stuck waits for it"),
        M_INT("waiters", ROOT, waiters, "threads", "parked on it"),
        M_COLUMN("tids", ROOT, waiter, tid, waiters, &xe_rpc_int_list, "which they are"),
        M_VALUE("code", ROOT, diagnosis.code, &xe_rpc_audit_code, "verdict of the audit"),
        M_STRING("sub", ROOT, diagnosis.sub, "what refines it"),
        M_STRING("text", ROOT, diagnosis.text, "that verdict as a sentence"),
        M_VALUE("detail", ROOT, diagnosis.detail, &xe_rpc_guest, "what it rests on; may be empty"),
        M_END,
    }};
static const struct xe_rpc_field root_item = {"root", &root, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type roots = {.kind = XE_RPC_KIND_ARRAY, .items = &root_item};

static const char *const code_words[] = {XE_VERDICT_WORDS, NULL};
static const struct xe_rpc_type code = {.kind = XE_RPC_KIND_ENUM, .values = code_words};
static const char *const certainty_words[] = {"certain", "likely", "possible", NULL};
static const struct xe_rpc_type certainty = {
    .kind = XE_RPC_KIND_ENUM, .null = true, .values = certainty_words};

static const struct xe_rpc_type verdict = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("code", VERD, code, &code, "how it stands with the title, in one word"),
        M_VALUE("certainty", VERD, certainty, &certainty,
                "how sure it is that those who are stuck are; null: nobody is",
                GIVEN_SET(VERD, certainty)),
        M_VALUE("sentence", VERD, sentence, &xe_rpc_guest, "the same for people"),
        M_STRING("text", VERD, text, "the same in short"),
        M_VALUE("stop", VERD, stop, &xe_rpc_stop_word, "why the last run stopped; none: never ran"),
        M_VALUE("detail", VERD, detail, &xe_rpc_guest, "of a crash, an exit or a break"),
        M_LIST("roots", VERD, root, roots, &roots, "what threads wait for, as the audit judges it"),
        M_END,
    }};

/* ---- the whole ------------------------------------------------------------------------------- */

static const struct xe_rpc_type title_or_null = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("name", TITLE, name, &xe_rpc_guest, "name of its file"),
        M_MADE("sha256", TITLE, sha256, xe__rpc_member_sha256, "of its file"),
        M_HEX("title_id", TITLE, title_id, "of the title"),
        M_STRING("called", TITLE, called, "as it tells the dashboard, if it does",
                 WHEN_SET(TITLE, called)),
        M_VALUE("launched", TITLE, path, &xe_rpc_guest,
                "its path by devices, if another title has launched it", WHEN_SET(TITLE, path)),
        M_BOOL("modified", TITLE, modified, "page hashes don't fit its pages, which was allowed",
               WHEN(TITLE, modified, true)),
        M_PART("patch_xex", &xe_rpc_title_patch, "the delta patch that was applied",
               WHEN(TITLE, patched, true)),
        M_INT("patches", TITLE, patches, "words", "that were changed before it began",
              WHEN_SET(TITLE, patches)),
        M_HEX("base", TITLE, base, "where it is loaded"),
        M_INT("size", TITLE, size, "bytes", "in memory"),
        M_HEX("entry", TITLE, entry, "its first instruction"),
        M_END,
    }};

static const struct xe_rpc_field module_item = {"module", &xe_rpc_module, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type modules = {.kind = XE_RPC_KIND_ARRAY, .items = &module_item};

#define STATE(word, state) M_INT(word, DIAG, in.totals.threads[state], "threads", "in this state")
static const struct xe_rpc_type states = {.kind = XE_RPC_KIND_OBJECT,
                                          .members = (const struct xe_rpc_member[]){
                                              STATE("ready", XE_THREAD_READY),
                                              STATE("running", XE_THREAD_RUNNING),
                                              STATE("waiting", XE_THREAD_WAITING),
                                              STATE("suspended", XE_THREAD_SUSPENDED),
                                              STATE("terminated", XE_THREAD_TERMINATED),
                                              M_END,
                                          }};

static const char *const schema_words[] = {"xe360/thread-diagnostic/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};
static const char *const mode_words[] = {"lockstep", NULL};
static const struct xe_rpc_type mode = {.kind = XE_RPC_KIND_ENUM, .values = mode_words};

const struct xe_rpc_type xe_rpc_thread_diagnostic = {
    .kind = XE_RPC_KIND_OBJECT,
    .other = &xe_rpc_text_result,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this report"),
        M_STRING("instance", DIAG, instance, "instance id"),
        M_INT("cycle", DIAG, in.cycle, "instructions", "retired so far"),
        M_STRUCT("title", DIAG, in.title, &title_or_null, "null: none is loaded",
                 GIVEN(DIAG, in.title.loaded, true)),
        M_LIST("modules", DIAG, in.module, in.modules, &modules,
               "what is loaded, in order, if that is more than a title",
               WHEN_SET(DIAG, in.modules)),
        M_CONSTANT("mode", &mode, "how threads take turns"),
        M_HEX("seed", DIAG, in.seed, "of the order in which they do"),
        M_INT("instructions", DIAG, in.cycle, "instructions", "the same as cycle"),
        M_INT("virtual_us", DIAG, in.virtual_us, "us", "virtual time since boot"),
        M_INT("draws", DIAG, in.totals.draws, NULL, "draw calls"),
        M_INT("swaps", DIAG, in.totals.swaps, NULL, "frames shown"),
        M_INT("export_calls", DIAG, in.totals.export_calls, NULL, "calls of kernel exports"),
        M_INT("stub_calls", DIAG, in.totals.stub_calls, NULL, "of them: of what isn't there"),
        M_PART("states", &states, "how many threads are in which state"),
        M_STRUCT("verdict", DIAG, verdict, &verdict, "how it stands with the title"),
        M_VALUE("threads", DIAG, threads, &threads, "in order of their ids"),
        M_INT("threads_omitted", DIAG, threads_omitted, "threads",
              "on other pages: those that live come first, then the latest that have ended"),
        M_INT_OR_NULL("next_cursor", DIAG, next, NULL,
                      "cursor of the first thread that is left out; null: none is",
                      GIVEN(DIAG, more, true)),
        M_LIST("groups", DIAG, group, groups, &groups,
               "threads with equal wait stacks, all on the first page"),
        M_END,
    }};

/* ---- thread.list ----------------------------------------------------------------------------- */

#define INFO struct xe_thread_info

static const struct xe_rpc_type short_wait_or_null = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("type", INFO, wait_all, &xe_rpc_wait_type, "for which of the objects"),
        M_ARRAY_COLUMN("objects", INFO, wait_object, key, wait_objects, &xe_rpc_hex_32_list,
                       "what it waits for, as the guest named it"),
        M_INT("since_cycle", INFO, wait_since_cycle, "instructions", "when it parked"),
        M_VALUE("src", INFO, wait_src, &xe_rpc_text_or_null, "the export that it called",
                GIVEN_SET(INFO, wait_src)),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_short_thread = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("tid", INFO, tid, NULL, "thread id"),
        M_STRING("name", INFO, name, "its name; may be empty"),
        M_HEX("handle", INFO, handle, "a handle to it; 0: none is open"),
        M_VALUE("state", INFO, state, &xe_rpc_thread_state, "what it does"),
        M_INT("hw_thread", INFO, hw_thread, NULL, "hardware thread that it is on"),
        M_INT("priority", INFO, priority, NULL, "now"),
        M_HEX("pc", INFO, pc, "its next instruction"),
        M_HEX("lr", INFO, lr, "its link register"),
        M_INT("retired", INFO, retired, "instructions", "that it has done"),
        M_PART("wait", &short_wait_or_null, "what it is parked on; null: nothing",
               GIVEN(INFO, waiting, true)),
        M_END,
    }};

static const struct xe_rpc_field short_item = {
    "thread", &xe_rpc_short_thread, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_short_threads = {.kind = XE_RPC_KIND_ARRAY, .items = &short_item};
