/* Members of goldens, of what a run stopped at, and of the title that an instance has. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define TITLE  struct xe_rpc_title_view
#define MODULE struct xe_module_file_info
#define VIEW   struct xe_rpc_point_view
#define HIT    struct xe_rpc_hit_view
#define GOLDEN struct xe_rpc_golden_view

/* ---- the title ------------------------------------------------------------------------------- */

static const struct xe_rpc_type module_file = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", MODULE, name, "as the title asks for it"),
        M_MADE("sha256", MODULE, sha256, xe__rpc_member_sha256, "of the whole file"),
        M_END,
    }};
static const struct xe_rpc_field module_item = {"module", &module_file, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type module_files = {.kind = XE_RPC_KIND_ARRAY, .items = &module_item};

#define PATCH struct xe_patch
static const struct xe_rpc_type patch = {.kind = XE_RPC_KIND_OBJECT,
                                         .members = (const struct xe_rpc_member[]){
                                             M_HEX("address", PATCH, address, "of the word"),
                                             M_HEX("value", PATCH, value, "what it is"),
                                             M_HEX("old", PATCH, old, "what it was"),
                                             M_END,
                                         }};
static const struct xe_rpc_field patch_item = {"patch", &patch, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type patches = {.kind = XE_RPC_KIND_ARRAY, .items = &patch_item};

#define TITLE_PATCH struct xe_title_info
const struct xe_rpc_type xe_rpc_title_patch = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_MADE("sha256", TITLE_PATCH, patch_sha256, xe__rpc_member_sha256, "of its file"),
        M_HEX("source", TITLE_PATCH, patch_source, "the version that it is of"),
        M_HEX("target", TITLE_PATCH, patch_target, "the version that it makes of it"),
        M_END,
    }};

static const struct xe_rpc_type nothing_yet = {.kind = XE_RPC_KIND_OBJECT};
const struct xe_rpc_type xe_rpc_title = {
    .kind = XE_RPC_KIND_OBJECT,
    .other = &nothing_yet,
    .members = (const struct xe_rpc_member[]){
        M_STRING("path", TITLE, path, "as it was asked for"),
        M_MADE("sha256", TITLE, title.sha256, xe__rpc_member_sha256, "of the whole file"),
        M_HEX("title_id", TITLE, title.title_id, "of the title"),
        M_HEX("base", TITLE, title.base, "where it is loaded"),
        M_HEX("entry", TITLE, title.entry, "its first instruction"),
        M_INT("size", TITLE, title.size, "bytes", "in memory"),
        M_STRING("called", TITLE, title.called, "as it tells the dashboard, if it does",
                 WHEN_SET(TITLE, title.called)),
        M_VALUE("launched", TITLE, title.path, &xe_rpc_guest,
                "its path by devices, if another title has launched it",
                WHEN_SET(TITLE, title.path)),
        M_BOOL("library", TITLE, title.library, "it is no title: it was attached by itself",
               WHEN(TITLE, title.library, true)),
        M_ARRAY("modules", TITLE, module, modules, &module_files, "libraries given with it",
                WHEN_SET(TITLE, modules)),
        M_MADE("identity", TITLE, title.identity, xe__rpc_member_sha256,
               "hash of all files and patches that go into the run", WHEN(TITLE, has_others, true)),
        M_BOOL("modified", TITLE, title.modified,
               "page hashes don't fit its pages, which was allowed",
               WHEN(TITLE, title.modified, true)),
        M_STRUCT("patch_xex", TITLE, title, &xe_rpc_title_patch, "the delta patch that was applied",
                 WHEN(TITLE, title.patched, true)),
        M_LIST("patches", TITLE, patch, patches, &patches,
               "words that were changed before it began", WHEN_SET(TITLE, patches)),
        M_END,
    }};

/* ---- points ---------------------------------------------------------------------------------- */

static const char *const point_words[] = {XE_POINT_KIND_WORDS, NULL};
const struct xe_rpc_type xe_rpc_point_kind = {.kind = XE_RPC_KIND_ENUM, .values = point_words};
static const char *const whose_words[] = {XE_POINT_WHOSE_WORDS, NULL};
const struct xe_rpc_type xe_rpc_point_whose = {.kind = XE_RPC_KIND_ENUM, .values = whose_words};
static const struct xe_rpc_field event_item = {"event", &xe_rpc_audit_op, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_point_events = {.kind = XE_RPC_KIND_ARRAY, .items = &event_item};

static bool has_event(const struct xe_point *point, size_t op)
{
    return !point->events || (point->events >> op & 1);
}

static bool point_has_event(const void *object, size_t op)
{
    return has_event(&((const struct xe_rpc_point_view *)object)->point, op);
}

static bool hit_has_event(const void *object, size_t op)
{
    return has_event(&((const struct xe_rpc_hit_view *)object)->hit.point, op);
}

/* V has the point at `at`. */
#define POINT(V, at, has)                                                                          \
    M_INT("id", V, at id, NULL, "of the breakpoint or watchpoint"),                                \
        M_VALUE("kind", V, at kind, &xe_rpc_point_kind, "what reaches it"),                        \
        M_BOOL("enabled", V, enabled, "else it is as if it were not there"),                       \
        M_VALUE("whose", V, at whose, &xe_rpc_point_whose, "handle: of which objects",             \
                WHEN(V, at kind, XE_POINT_HANDLE)),                                                \
        M_WORDS("events", has, &xe_rpc_point_events, "handle: what has to happen",                 \
                WHEN(V, at kind, XE_POINT_HANDLE)),                                                \
        M_HEX("address", V, at address, "first byte, handle, or code",                             \
              WHEN(V, at whose, XE_POINT_ONE)),                                                    \
        M_INT("ignore", V, at ignore, "hits", "that don't stop a run"),                            \
        M_INT("length", V, at size, "bytes", "from there on"),                                     \
        M_INT("hits", V, at hits, NULL, "how often it was reached"),                               \
        M_STRING("export", V, at name, "the export, as it was asked for", WHEN_SET(V, at name))

#define WRITERS struct xe_writers

const struct xe_rpc_type xe_rpc_writers = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("since_cycle", WRITERS, since_cycle, "instructions",
              "when watching began; who wrote before is not known"),
        M_INT("times", WRITERS, times, "stores", "that instructions made since"),
        M_ARRAY("tids", WRITERS, tid, tids, &xe_rpc_int_list,
                "threads that made them, in the order of their first"),
        M_BOOL("more_tids", WRITERS, more, "than are told"),
        M_INT("last_tid", WRITERS, last_tid, NULL, "who made the newest", WHEN_SET(WRITERS, times)),
        M_HEX("last_pc", WRITERS, last_pc, "its instruction", WHEN_SET(WRITERS, times)),
        M_INT("last_cycle", WRITERS, last_cycle, "instructions", "when that was",
              WHEN_SET(WRITERS, times)),
        M_END,
    }};

#define OWN_POINT                                                                                  \
    POINT(VIEW, point., point_has_event),                                                          \
        M_INT("tid", VIEW, point.tid, NULL, "only of this thread", WHEN_SET(VIEW, point.tid)),     \
        M_STRUCT("writers", VIEW, point.writers, &xe_rpc_writers,                                  \
                 "write and access, of all threads: who stored to its bytes",                      \
                 WHEN(VIEW, point.writers.watched, true)),                                         \
        M_END

const struct xe_rpc_type xe_rpc_point = {.kind = XE_RPC_KIND_OBJECT,
                                         .members = (const struct xe_rpc_member[]){OWN_POINT}};

const struct xe_rpc_type xe_rpc_point_set = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){M_BASE(VIEW, base.), OWN_POINT}};

const struct xe_rpc_type xe_rpc_hit = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        POINT(HIT, hit.point., hit_has_event),
        M_INT("tid", HIT, hit.tid, NULL, "the thread that reached it"),
        M_HEX("pc", HIT, hit.pc, "of the instruction"),
        M_HEX("accessed", HIT, hit.address,
              "first of the bytes that were accessed; exec: pc; exception: its code"),
        M_BOOL("write", HIT, hit.write, "they were written"),
        M_VALUE("event", HIT, hit.op, &xe_rpc_audit_op, "handle: what was done",
                WHEN(HIT, hit.point.kind, XE_POINT_HANDLE)),
        M_END,
    }};

/* ---- goldens --------------------------------------------------------------------------------- */

static const struct xe_rpc_field digest_item = {
    "digest", &xe_rpc_string, REQUIRED, 36, 36, XE_DIGEST_VERSION ":<32 hex digits>", 0};
const struct xe_rpc_type xe_rpc_components = {.kind = XE_RPC_KIND_MAP, .items = &digest_item};

static const struct xe_rpc_type counters = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("draws", GOLDEN, totals.draws, NULL, "draw calls"),
        M_INT("swaps", GOLDEN, totals.swaps, NULL, "frames shown"),
        M_INT("threads", GOLDEN, threads, "threads", "that ever were"),
        M_INT("export_calls", GOLDEN, totals.export_calls, NULL, "calls of kernel exports"),
        M_INT("stub_calls", GOLDEN, totals.stub_calls, NULL, "of them: of what isn't there"),
        M_END,
    }};

static const struct xe_rpc_type result = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("stop_reason", GOLDEN, stop, &xe_rpc_stop_word, "why the run stopped"),
        M_STRING("detail", GOLDEN, detail, "of a crash or an exit; may be empty"),
        M_INT("cycle", GOLDEN, cycle, "instructions", "retired when it stopped"),
        M_INT("virtual_us", GOLDEN, virtual_us, "us", "virtual time since boot"),
        M_STRING("digest", GOLDEN, digest, "of the state"),
        M_VALUE("components", GOLDEN, components, &xe_rpc_components, "digest by component"),
        M_STRING("decoder", GOLDEN, decoder,
                 "what made samples of XMA: another version may make others; none: they are silent",
                 WHEN_NOT(GOLDEN, decoder, 0)),
        M_VALUE("fingerprint", GOLDEN, fingerprint, &xe_rpc_text_or_null,
                "of the hang, told without symbols; null: nobody is stuck",
                GIVEN_SET(GOLDEN, fingerprint)),
        M_STRING("renderer", GOLDEN, renderer, "who made pictures", WHEN_SET(GOLDEN, renderer)),
        M_VALUE("frames", GOLDEN, frames, &xe_rpc_frame_rows, "the newest 256 of them",
                WHEN_SET(GOLDEN, frames)),
        M_VALUE("picture", GOLDEN, picture, &xe_rpc_golden_picture,
                "the newest one itself, where it was asked for", WHEN_SET(GOLDEN, picture)),
        M_PART("counters", &counters, "what else was counted"),
        M_END,
    }};

static const char *const schema_words[] = {"xe360/golden/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};
static const char *const mode_words[] = {"lockstep", NULL};
static const struct xe_rpc_type mode = {.kind = XE_RPC_KIND_ENUM, .values = mode_words};

const struct xe_rpc_type xe_rpc_golden = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of goldens"),
        M_VALUE("image", GOLDEN, image, &xe_rpc_title, "the title"),
        M_CONSTANT("mode", &mode, "how threads take turns"),
        M_VALUE("engine", GOLDEN, engine, &xe_rpc_engine_brief, "what ran it; not compared"),
        M_VALUE("config", GOLDEN, config, &xe_rpc_config_seen,
                "the settings that the guest can tell"),
        M_VALUE("mounts", GOLDEN, mounts, &xe_rpc_vfs_mount_list, "drives and what was in them"),
        M_INT("instructions", GOLDEN, instructions, "instructions", "asked for"),
        M_PART("result", &result, "what came out"),
        M_END,
    }};
