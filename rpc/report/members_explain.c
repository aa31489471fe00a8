/* Members of diagnose.explain (schema xe360/explain/1): the rows of explain_json.h's views. */
#include "rpc/report/explain_json.h"
#include "rpc/api/rows.h"

#define PRODUCER struct xe_rpc_producer_view
#define OBJECT   struct xe_rpc_explained_object
#define WAITER   struct xe_rpc_explained_waiter
#define ROOT     struct xe_rpc_explained_root
#define GROUP    struct xe_rpc_explained_group
#define LACKING  struct xe_rpc_lacking_view
#define NEXT     struct xe_rpc_next_view
#define EXPLAIN  struct xe_rpc_explain_view

static const char *const certainty_words[] = {XE_CERTAINTY_WORDS, NULL};
static const struct xe_rpc_type certainty = {.kind = XE_RPC_KIND_ENUM, .values = certainty_words};
static const struct xe_rpc_type certainty_or_null = {
    .kind = XE_RPC_KIND_ENUM, .null = true, .values = certainty_words};

/* ---- producers ------------------------------------------------------------------------------- */

static const char *const kind_words[] = {XE_PRODUCER_KIND_WORDS, NULL};
static const struct xe_rpc_type kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};
static const char *const standing_words[] = {XE_STANDING_WORDS, NULL};
static const struct xe_rpc_type standing = {.kind = XE_RPC_KIND_ENUM, .values = standing_words};

#define MEMBERS_OF_STANDING(S, at)                                                                 \
    M_VALUE("state", S, at.who.standing, &standing, "what it does now"),                           \
        M_INT("since_cycle", S, at.who.since_cycle, "instructions", "it does so; 0: not known"),   \
        M_INT_OR_NULL("until_cycle", S, at.who.until_cycle, "instructions",                        \
                      "if no idle time is skipped; null: no end is set",                           \
                      GIVEN(S, at.has_until, true)),                                               \
        M_INT_OR_NULL("until_100ns", S, at.who.until_100ns, "100 ns", "from now on; null: never",  \
                      GIVEN(S, at.has_until, true)),                                               \
        M_INT("by_tid", S, at.who.by_tid, NULL, "who suspended, starves or cancelled it",          \
              WHEN_SET(S, at.who.by_tid)),                                                         \
        M_HEX("waits_on", S, at.who.waits_on, "the first object that it waits for",                \
              WHEN_SET(S, at.who.waits_on)),                                                       \
        M_HEX("exit_code", S, at.who.exit_code, "of one that has ended",                           \
              WHEN(S, at.who.standing, XE_STANDS_ENDED)),                                          \
        M_VALUE("spins_on", S, at.spins_on, &xe_rpc_guest, "what it spins on, or asks for",        \
                WHEN_SET(S, at.spins_on)),                                                         \
        M_STRING("last_export", S, at.who.last_export, "that it called",                           \
                 WHEN_SET(S, at.who.last_export)),                                                 \
        M_INT("last_export_cycle", S, at.who.last_export_cycle, "instructions", "when it did",     \
              WHEN_SET(S, at.who.last_export)),                                                    \
        M_INT("last_progress_cycle", S, at.who.last_progress_cycle, "instructions",                \
              "when a thread last did an instruction", WHEN_SET(S, at.who.last_progress_cycle))

struct producer_row {
    PRODUCER it;
};

static const struct xe_rpc_type producer = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("kind", struct producer_row, it.who.kind, &kind, "what makes it one"),
        M_INT("tid", struct producer_row, it.who.tid, NULL,
              "thread; of a promise or timer its maker", WHEN_SET(struct producer_row, it.who.tid)),
        M_VALUE("name", struct producer_row, it.who.name, &xe_rpc_guest, "of the thread"),
        M_STRING("host", struct producer_row, it.who.what, "what of the machine",
                 WHEN_SET(struct producer_row, it.who.what)),
        M_INT("for_tid", struct producer_row, it.who.for_tid, NULL,
              "of the machine: whose requests it carries out",
              WHEN_SET(struct producer_row, it.who.for_tid)),
        MEMBERS_OF_STANDING(struct producer_row, it),
        M_INT("acts", struct producer_row, it.who.acts, NULL, "how often it released the object"),
        M_INT("last_act_cycle", struct producer_row, it.who.last_cycle, "instructions",
              "when it last did, or was made to", WHEN(struct producer_row, it.has_acted, true)),
        M_STRING("last_act_src", struct producer_row, it.who.last_src, "by which export or source",
                 WHEN(struct producer_row, it.has_acted, true)),
        M_HEX("last_act_lr", struct producer_row, it.who.last_lr, "where that call returns to",
              WHEN(struct producer_row, it.has_acted, true)),
        M_VALUE("place", struct producer_row, it.place, &xe_rpc_guest, "that address by name",
                WHEN_SET(struct producer_row, it.place)),
        M_INT("evidence", struct producer_row, it.who.last_seq, NULL, "number of that record",
              WHEN_SET(struct producer_row, it.who.last_seq)),
        M_END,
    }};
static const struct xe_rpc_field producer_item = {"producer", &producer, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type producers = {.kind = XE_RPC_KIND_ARRAY, .items = &producer_item};

/* ---- objects --------------------------------------------------------------------------------- */

static const struct xe_rpc_type created = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_INT("cycle", OBJECT, about.created.cycle, "instructions", "when"),
        M_INT("tid", OBJECT, about.created.tid, NULL, "the thread that did"),
        M_HEX("lr", OBJECT, about.created.lr, "where that call returns to"),
        M_VALUE("src", OBJECT, about.created.src, &xe_rpc_text_or_null, "the export",
                GIVEN_SET(OBJECT, about.created.src)),
        M_VALUE("place", OBJECT, made_at, &xe_rpc_guest, "that address by name",
                WHEN_SET(OBJECT, made_at)),
        M_END,
    }};

static const struct xe_rpc_type object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("object_id", OBJECT, about.object_id, NULL,
              "its identity, whatever its names become"),
        M_HEX("key", OBJECT, key, "handle or object address, as the waiter named it"),
        M_STRING("kind", OBJECT, kind, "such as Event/Manual"),
        M_VALUE("name", OBJECT, about.name, &xe_rpc_guest, "as the title named it; may be empty"),
        M_BOOL("closed", OBJECT, about.closed, "no handle leads to it any more"),
        M_BOOL("complete", OBJECT, about.complete, "all who ever released it are told"),
        M_PART("created", &created, "by whom, if that was recorded",
               GIVEN(OBJECT, about.has_creator, true)),
        M_LIST("producers", OBJECT, producer, producers, &producers,
               "who can release it, in order of weight"),
        M_END,
    }};
static const struct xe_rpc_field object_item = {"object", &object, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type objects = {.kind = XE_RPC_KIND_ARRAY, .items = &object_item};

/* ---- roots ----------------------------------------------------------------------------------- */

static const struct xe_rpc_type waiter = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("tid", WAITER, tid, NULL, "thread id"),
        M_VALUE("name", WAITER, name, &xe_rpc_guest, "its name; may be empty"),
        M_VALUE("certainty", WAITER, certainty, &certainty, "that it never goes on"),
        M_HEX("key", WAITER, key, "what it waits for, as it named it"),
        M_STRING("kind", WAITER, kind, "of that object"),
        M_INT("since_cycle", WAITER, since_cycle, "instructions", "when it parked"),
        M_VALUE("src", WAITER, src, &xe_rpc_text_or_null, "the export that it called",
                GIVEN_SET(WAITER, src)),
        M_HEX("lr", WAITER, lr, "where that call returns to"),
        M_VALUE("place", WAITER, place, &xe_rpc_guest, "that address by name",
                WHEN_SET(WAITER, place)),
        M_VALUE("type", WAITER, all, &xe_rpc_wait_type, "for which of its objects"),
        M_BOOL("alertable", WAITER, alertable, "an APC or alert ends the wait"),
        M_BOOL("suspended", WAITER, suspended, "and it is suspended"),
        M_INT("polls", WAITER, polls, NULL, "it doesn't wait, but has asked so often",
              WHEN_SET(WAITER, polls)),
        M_LIST("apc_producers", WAITER, poster, posters, &producers,
               "who ended its alertable waits before, by APCs or alerts"),
        M_END,
    }};
static const struct xe_rpc_field waiter_item = {"waiter", &waiter, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type waiters = {.kind = XE_RPC_KIND_ARRAY, .items = &waiter_item};

static const struct xe_rpc_type thread_now = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_INT("tid", ROOT, thread.who.tid, NULL, "thread id"),
        M_VALUE("name", ROOT, thread.who.name, &xe_rpc_guest, "its name; may be empty"),
        MEMBERS_OF_STANDING(ROOT, thread),
        M_END,
    }};

static const char *const what_words[] = {"object", "cycle", "thread", NULL};
static const struct xe_rpc_type what = {.kind = XE_RPC_KIND_ENUM, .values = what_words};

static const struct xe_rpc_type why = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("code", ROOT, code, &xe_rpc_audit_code, "verdict of the audit"),
        M_STRING("sub", ROOT, sub, "what refines it"),
        M_STRING("text", ROOT, text, "that verdict as a sentence"),
        M_VALUE("detail", ROOT, detail, &xe_rpc_guest, "what it rests on; may be empty"),
        M_HEX("call_at", ROOT, call_at, "an instruction that would signal it, and never ran",
              WHEN_SET(ROOT, call_at)),
        M_VALUE("place", ROOT, call_place, &xe_rpc_guest, "of that; may be empty",
                WHEN_SET(ROOT, call_at)),
        M_END,
    }};

static const struct xe_rpc_type root = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("what", ROOT, what, &what,
                "objects that nobody stuck can release, threads that wait for each other, or one "
                "that is suspended"),
        M_VALUE("certainty", ROOT, certainty, &certainty, "that those who wait never go on"),
        M_INT("since_cycle", ROOT, since_cycle, "instructions", "the oldest wait for it"),
        M_PART("why", &why, "what came of it, for who has waited longest"),
        M_LIST("verdicts", ROOT, verdict, verdicts, &xe_rpc_audit_verdicts,
               "of each waiter, if not all have the same", WHEN_SET(ROOT, verdicts)),
        M_LIST("objects", ROOT, object, objects, &objects,
               "several: each would do for whoever waits for any of them"),
        M_INT("objects_total", ROOT, objects_all, NULL, "with those that are left out"),
        M_LIST("cycle", ROOT, cycle, cycles, &waiters, "each waits for the next one"),
        M_INT("cycle_total", ROOT, cycles_all, "threads", "with those that are left out"),
        M_PART("thread", &thread_now, "if it is one", GIVEN(ROOT, has_thread, true)),
        M_LIST("waiters", ROOT, waiter, waiters, &waiters, "wait for the objects themselves"),
        M_INT("waiters_total", ROOT, waiters_all, "threads", "with those that are left out"),
        M_LIST("behind", ROOT, behind, behinds, &xe_rpc_int_list,
               "threads that wait for those, and so on"),
        M_LIST("chains", ROOT, chain, behinds, &waiters, "what each of those waits for"),
        M_INT("behind_total", ROOT, behinds_all, "threads", "with those that are left out"),
        M_LIST("alike", ROOT, alike, alikes, &xe_rpc_int_list,
               "threads with the start routine of the first that waits, which go on: it may be one "
               "of a pool that was given nothing"),
        M_ARRAY("evidence", ROOT, evidence, evidences, &xe_rpc_int_list,
                "numbers of the records that it rests on"),
        M_END,
    }};
static const struct xe_rpc_field root_item = {"root", &root, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type roots = {.kind = XE_RPC_KIND_ARRAY, .items = &root_item};

/* ---- the others ------------------------------------------------------------------------------ */

static const struct xe_rpc_type group = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_LIST("tids", GROUP, tid, count, &xe_rpc_int_list, "threads that stand alike"),
        M_VALUE("name", GROUP, first.who.name, &xe_rpc_guest, "of the first"),
        M_VALUE("certainty", GROUP, certainty, &certainty,
                "healthy: their wait is served; possible: it may never end",
                WHEN_SET(GROUP, certainty)),
        MEMBERS_OF_STANDING(GROUP, first),
        M_VALUE("src", GROUP, src, &xe_rpc_text_or_null, "the export that parked it",
                GIVEN_SET(GROUP, src)),
        M_VALUE("place", GROUP, place, &xe_rpc_guest, "where it called that",
                WHEN_SET(GROUP, place)),
        M_LIST("objects", GROUP, object, objects, &objects, "what the first still waits for"),
        M_LIST("apc_producers", GROUP, poster, posters, &producers,
               "who ended its alertable waits before, by APCs or alerts"),
        M_END,
    }};
static const struct xe_rpc_field group_item = {"group", &group, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type groups = {.kind = XE_RPC_KIND_ARRAY, .items = &group_item};

static const struct xe_rpc_type lacking = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("kind", LACKING, kind,
                 "export, promise, device, or what else is missing: gpu, file; partial: an export "
                 "that is there in part, these come last"),
        M_VALUE("name", LACKING, name, &xe_rpc_guest, "what it is"),
        M_INT("count", LACKING, count, NULL, "how often it was wanted"),
        M_HEX("first_caller", LACKING, first_caller,
              "where the first call returns to, or the first access is made",
              WHEN(LACKING, has_caller, true)),
        M_VALUE("place", LACKING, place, &xe_rpc_guest, "the function of the first caller",
                WHEN_SET(LACKING, place)),
        M_VALUE("called_by", LACKING, behind, &xe_rpc_guest,
                "who called that one, the nearest first", WHEN_SET(LACKING, behind)),
        M_INT("first_tid", LACKING, tid, NULL, "the thread that wanted it first",
              WHEN_SET(LACKING, tid)),
        M_VALUE("thread", LACKING, thread, &xe_rpc_guest, "its name", WHEN_SET(LACKING, thread)),
        M_STRING("lacks", LACKING, lacks, "what isn't there of what is partial",
                 WHEN_SET(LACKING, lacks)),
        M_END,
    }};
static const struct xe_rpc_field lacking_item = {"lacking", &lacking, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type lackings = {.kind = XE_RPC_KIND_ARRAY, .items = &lacking_item};

static const struct xe_rpc_type next = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("command", NEXT, command, "to type as it stands"),
        M_STRING("why", NEXT, why, "what it shows"),
        M_END,
    }};
static const struct xe_rpc_field next_item = {"next", &next, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type nexts = {.kind = XE_RPC_KIND_ARRAY, .items = &next_item};

static const struct xe_rpc_field shape_item = {"line", &xe_rpc_guest, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type shape = {.kind = XE_RPC_KIND_ARRAY, .items = &shape_item};

/* ---- the whole ------------------------------------------------------------------------------- */

static const char *const code_words[] = {XE_VERDICT_WORDS, NULL};
static const struct xe_rpc_type code = {.kind = XE_RPC_KIND_ENUM, .values = code_words};

static const struct xe_rpc_type verdict = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("code", EXPLAIN, verdict, &code, "how it stands with the title, in one word"),
        M_VALUE("certainty", EXPLAIN, certainty, &certainty_or_null,
                "how sure it is that somebody never goes on; null: nothing says so",
                GIVEN_SET(EXPLAIN, certainty)),
        M_VALUE("sentence", EXPLAIN, sentence, &xe_rpc_guest, "the same for people"),
        M_END,
    }};

static const struct xe_rpc_type counts = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("live", EXPLAIN, count.live, "threads", "of the title"),
        M_INT("certain", EXPLAIN, count.stuck[XE_CERTAINTY_CERTAIN], "threads",
              "stuck for certain"),
        M_INT("likely", EXPLAIN, count.stuck[XE_CERTAINTY_LIKELY], "threads", "likely stuck"),
        M_INT("possible", EXPLAIN, count.stuck[XE_CERTAINTY_POSSIBLE], "threads", "possibly stuck"),
        M_INT("able", EXPLAIN, count.able, "threads", "that have work"),
        M_INT("timed", EXPLAIN, count.timed, "threads", "that wait or sleep until a time"),
        M_INT("waiting", EXPLAIN, count.waiting, "threads", "that wait for what others do"),
        M_INT("suspended", EXPLAIN, count.suspended, "threads", "that are suspended"),
        M_INT("spinning", EXPLAIN, count.spinning, "threads", "that spin or poll, stuck or not"),
        M_INT("starved", EXPLAIN, count.starved, "threads", "that have work and get no turn"),
        M_END,
    }};

static const struct xe_rpc_type gpu = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("state", EXPLAIN, gpu.about.info.doing, &xe_rpc_gpu_doing,
                "what its command processor does"),
        M_VALUE("certainty", EXPLAIN, gpu.certainty, &certainty, "that it never goes on"),
        M_STRING("halt", EXPLAIN, gpu.halt, "why it halted", WHEN_SET(EXPLAIN, gpu.halt)),
        M_HEX("halt_at", EXPLAIN, gpu.about.info.halt_at, "physical address of that command",
              WHEN_SET(EXPLAIN, gpu.halt)),
        M_HEX("at", EXPLAIN, gpu.about.info.at, "physical address of the next command; 0: none"),
        M_STRUCT("wait", EXPLAIN, gpu.about.info.wait, &xe_rpc_gpu_wait, "what it waits for",
                 WHEN(EXPLAIN, gpu.about.info.doing, XE_GPU_WAITS)),
        M_LIST("writers", EXPLAIN, gpu.writer, gpu.writers, &xe_rpc_int_list,
               "threads that go on or may be let go on: who could do what it waits for"),
        M_HEX("callback", EXPLAIN, gpu.about.callback, "that its interrupts call; 0: none is set"),
        M_INT("vblanks", EXPLAIN, gpu.about.info.vblanks, NULL,
              "interrupts sent for vertical blanks"),
        M_INT("interrupts", EXPLAIN, gpu.about.info.interrupts, NULL, "sent for commands"),
        M_INT("unheard", EXPLAIN, gpu.about.info.unheard, NULL,
              "of both: with nothing there to be called"),
        M_INT("masked", EXPLAIN, gpu.about.info.masked, NULL,
              "commands that interrupted no hardware thread"),
        M_END,
    }};

static const char *const schema_words[] = {"xe360/explain/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};

const struct xe_rpc_type xe_rpc_explain = {
    .kind = XE_RPC_KIND_OBJECT,
    .other = &xe_rpc_text_result,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this report"),
        M_STRING("instance", EXPLAIN, instance, "instance id"),
        M_VALUE("title", EXPLAIN, title.name, &xe_rpc_guest, "name of its file; may be empty"),
        M_STRING("called", EXPLAIN, title.called, "as the title tells the dashboard, if it does",
                 WHEN_SET(EXPLAIN, title.called)),
        M_BOOL("library", EXPLAIN, title.library,
               "it is a library (DLL) and no title: its entry was called as an attach",
               WHEN(EXPLAIN, title.library, true)),
        M_HEX("attached", EXPLAIN, module.result, "what that returned",
              WHEN(EXPLAIN, module.attached, true)),
        M_INT("cycle", EXPLAIN, cycle, "instructions", "retired so far"),
        M_STRING("engine", EXPLAIN, engine, "what runs it"),
        M_BOOL("recorded", EXPLAIN, recorded, "the audit is on: who released what is known"),
        M_PART("verdict", &verdict, "how it stands with the title"),
        M_PART("threads", &counts, "how many do what"),
        M_LIST("roots", EXPLAIN, root, roots, &roots, "what threads are stuck behind"),
        M_INT("roots_total", EXPLAIN, roots_all, NULL, "with those that are left out"),
        M_LIST("spins", EXPLAIN, spin, spins, &xe_rpc_spins,
               "threads that run in a circle: what they read or ask for, and who could end that"),
        M_PART("gpu", &gpu, "how the GPU stands; null: the title has nothing to do with it",
               GIVEN(EXPLAIN, gpu.about.there, true)),
        M_LIST("going_on", EXPLAIN, going, goings, &groups, "threads that have work or sleep"),
        M_LIST("healthy", EXPLAIN, healthy, healthies, &groups,
               "threads whose wait is served: its timeout keeps ending, a timer or a promise is "
               "open, or somebody who goes on did it not long ago"),
        M_LIST("waiting", EXPLAIN, waiting, waitings, &groups,
               "threads that may go on, though nothing shows that they will"),
        M_LIST("lacking", EXPLAIN, lacking, lackings, &lackings,
               "what the emulator hasn't got and this title wanted"),
        M_ARRAY("next", EXPLAIN, next, nexts, &nexts, "commands that show more"),
        M_VALUE("fingerprint", EXPLAIN, fingerprint, &xe_rpc_text_or_null,
                "hash of the shape: one hang has one, in every build; null: nobody is stuck",
                GIVEN_SET(EXPLAIN, fingerprint)),
        M_LIST("shape", EXPLAIN, shape, shapes, &shape, "what it is the hash of: a line each"),
        M_END,
    }};
