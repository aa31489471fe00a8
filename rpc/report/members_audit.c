/* Members of audit reports and records (schema xe360/audit-report/1): the rows of what
 * emu/audit makes, from which audit.report, audit.timeline and their schemas follow. */
#include "rpc/report/audit_json.h"

#include <string.h>

#include "rpc/api/rows.h"

#define REC    struct xe_audit_rec
#define WAITER struct xe_audit_waiter
#define VERD   struct xe_audit_diagnosis
#define HANDLE struct xe_audit_handle_report
#define REPORT struct xe_rpc_audit_view

/* ---- records --------------------------------------------------------------------------------- */

static const char *const op_words[] = {XE_AUDIT_OP_WORDS, NULL};
const struct xe_rpc_type xe_rpc_audit_op = {.kind = XE_RPC_KIND_ENUM, .values = op_words};
static const char *const effect_words[] = {XE_AUDIT_EFFECT_WORDS, NULL};
static const struct xe_rpc_type effect = {.kind = XE_RPC_KIND_ENUM, .values = effect_words};
static const char *const class_words[] = {"KernelInternal", "GuestExport", NULL};
static const struct xe_rpc_type class = {.kind = XE_RPC_KIND_ENUM, .values = class_words};
static const char *const wait_words[] = {"any", "all", NULL};
const struct xe_rpc_type xe_rpc_wait_type = {.kind = XE_RPC_KIND_ENUM, .values = wait_words};

static const struct xe_rpc_type origin = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("cycle", REC, origin_cycle, "instructions", "when it was called"),
        M_INT("tid", REC, origin_tid, NULL, "who called it"),
        M_HEX("lr", REC, origin_lr, "where that returns to"),
        M_STRING("src", REC, origin_src, "the export"),
        M_END,
    }};

#define REC_MEMBERS                                                                                \
    M_INT("cycle", REC, cycle, "instructions", "when it was made"),                                \
        M_INT("seq", REC, seq, NULL, "number of the record; one each, in order"),                  \
        M_INT("tid", REC, tid, NULL, "the thread that did it"),                                    \
        M_VALUE("op", REC, op, &xe_rpc_audit_op, "what was done"),                                 \
        M_VALUE("class", REC, guest, &class, "by a call of the guest's, or by the kernel itself"), \
        M_STRING("src", REC, src, "the export called, or the part of the kernel"),                 \
        M_HEX("lr", REC, lr, "where the call returns to; 0 for the kernel itself"),                \
        M_LATER("caller", &xe_rpc_place, "where that call is, if its line is known"),              \
        M_HEX("pc", REC, pc, "where the call is"),                                                 \
        M_INT("hw_thread", REC, hw_thread, NULL, "on which hardware thread"),                      \
        M_BOOL("ghost", REC, ghost, "of a handle in focus that no object had"),                    \
        M_VALUE("effect", REC, effect, &effect, "what came of it"),                                \
        M_HEX("status", REC, status, "what the guest was answered"),                               \
        M_INT("waiters_at", REC, waiters_at, "threads", "parked on the object just before"),       \
        M_INT("eligible_at", REC, eligible_at, "threads", "of them: could be woken"),              \
        M_INT("woken", REC, woken, "threads", "that it woke"),                                     \
        M_INT("prev_state", REC, prev_state, NULL, "signal state before"),                         \
        M_INT("new_state", REC, new_state, NULL, "signal state after"),                            \
        M_INT("tid_woken", REC, tid_woken, NULL, "of a wake: the thread",                          \
              WHEN(REC, op, XE_AUDIT_OP_WAKE)),                                                    \
        M_INT("wait_id", REC, wait_id, NULL,                                                       \
              "which wait; one that is for several objects has one "                               \
              "record each",                                                                       \
              WHEN_SET(REC, wait_id)),                                                             \
        M_VALUE("wait_type", REC, wait_all, &xe_rpc_wait_type,                                     \
                "of a wait: for which of its objects", WHEN(REC, op, XE_AUDIT_OP_WAIT)),           \
        M_INT_OR_NULL("timeout_100ns", REC, timeout, "100 ns",                                     \
                      "of a wait: as given, null for none; below 0: from then on",                 \
                      WHEN(REC, op, XE_AUDIT_OP_WAIT), GIVEN_NOT(REC, timeout, INT64_MAX)),        \
        M_ARRAY("frames", REC, frames, frame_count, &xe_rpc_hex_32_list,                           \
                "return addresses of the guest's callers, nearest first"),                         \
        M_PART("origin", &origin, "the call that promised this, if one did",                       \
               WHEN_SET(REC, origin_src)),                                                         \
        M_END

static const struct xe_rpc_member rec_members[] = {REC_MEMBERS};
const struct xe_rpc_type xe_rpc_audit_rec = {.kind = XE_RPC_KIND_OBJECT, .members = rec_members};
static const struct xe_rpc_type rec_or_null = {
    .kind = XE_RPC_KIND_OBJECT, .members = rec_members, .null = true};
static const struct xe_rpc_field rec_item = {"record", &xe_rpc_audit_rec, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_audit_recs = {.kind = XE_RPC_KIND_ARRAY, .items = &rec_item};

/* ---- one handle ------------------------------------------------------------------------------ */

static const struct xe_rpc_type waiter = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("tid", WAITER, tid, NULL, "the thread"),
        M_VALUE("name", WAITER, name, &xe_rpc_guest, "its name"),
        M_INT("since_cycle", WAITER, since_cycle, "instructions", "when it parked"),
        M_HEX("lr", WAITER, lr, "where its call returns to"),
        M_LATER("caller", &xe_rpc_place, "where that call is, if its line is known"),
        M_STRING("src", WAITER, src, "the export that it called"),
        M_BOOL("recorded", WAITER, recorded, "this wait has a record"),
        M_INT("due_cycle", WAITER, due_cycle, "instructions",
              "when it ends by itself; sooner where time passes idle", WHEN(WAITER, timed, true)),
        M_END,
    }};
static const struct xe_rpc_field waiter_item = {"waiter", &waiter, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type waiters = {.kind = XE_RPC_KIND_ARRAY, .items = &waiter_item};

static const char *const code_words[] = {XE_AUDIT_CODE_WORDS, NULL};
const struct xe_rpc_type xe_rpc_audit_code = {.kind = XE_RPC_KIND_ENUM, .values = code_words};

static const struct xe_rpc_type diagnosis = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("code", VERD, code, &xe_rpc_audit_code, "the verdict"),
        M_STRING("sub", VERD, sub, "what refines it"),
        M_INT("branch", VERD, branch, NULL, "number of the verdict, 1 to 5"),
        M_STRING("text", VERD, text, "the verdict as a sentence"),
        M_VALUE("detail", VERD, detail, &xe_rpc_guest, "what it rests on; may be empty"),
        M_ARRAY("evidence", VERD, evidence, evidence_count, &xe_rpc_int_list,
                "numbers of the records that it rests on"),
        M_INT("producer_tid", VERD, producer_tid, NULL, "the thread that could release it",
              WHEN_SET(VERD, producer_tid)),
        M_INT("owner_tid", VERD, owner_tid, NULL, "who holds it", WHEN_SET(VERD, owner_tid)),
        M_STRING("state", VERD, state, "what that thread, or the timer, does now",
                 WHEN_SET(VERD, state)),
        M_INT("until_cycle", VERD, until_cycle, "instructions",
              "when that, or the wait itself, ends; sooner where time passes idle",
              WHEN_SET(VERD, until_cycle)),
        M_ARRAY("chain", VERD, chain, chain_count, &xe_rpc_int_list,
                "threads from the waiter on, each waits for the next", WHEN_SET(VERD, chain_count)),
        M_ARRAY("cycle", VERD, cycle, cycle_count, &xe_rpc_int_list,
                "threads that wait for each other", WHEN_SET(VERD, cycle_count)),
        M_HEX("call_at", VERD, call_at, "an instruction that would signal it, and never ran",
              WHEN_SET(VERD, call_at)),
        M_ARRAY("unsignaled", VERD, unsignaled, unsignaled_count, &xe_rpc_hex_32_list,
                "what a wait for all lacks beside this", WHEN_SET(VERD, unsignaled_count)),
        M_END,
    }};

#define FOLD struct xe_audit_verdict
static const struct xe_rpc_type verdict = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("waiters", FOLD, waiters, "threads", "that share it"),
        M_ARRAY("tids", FOLD, tid, tids, &xe_rpc_int_list, "the first of them"),
        M_STRUCT("diagnosis", FOLD, diagnosis, &diagnosis, "what it is"),
        M_END,
    }};
static const struct xe_rpc_field verdict_item = {"verdict", &verdict, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_audit_verdicts = {.kind = XE_RPC_KIND_ARRAY,
                                                  .items = &verdict_item};

static const struct xe_rpc_type attempts = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("total", HANDLE, signal_attempts.total, "records", "ever made, kept or not"),
        M_INT("primary", HANDLE, signal_attempts.primary, "records", "of the object"),
        M_INT("ghost", HANDLE, signal_attempts.ghost, "records", "of the handle without an object"),
        M_INT("dropped", HANDLE, signal_attempts.dropped, "records", "that newer ones replaced"),
        M_INT("failed", HANDLE, failed, "records", "that ended in an error"),
        M_END,
    }};

static const char *const flag_words[] = {"AUDIT_BLIND", "AUDIT_PARTIAL", NULL};
static const struct xe_rpc_type flag = {.kind = XE_RPC_KIND_ENUM, .values = flag_words};
static const struct xe_rpc_field flag_item = {"flag", &flag, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type flags = {.kind = XE_RPC_KIND_ARRAY, .items = &flag_item};

static bool has_flag(const void *value, size_t word)
{
    const HANDLE *h = value;

    return word == 0 ? h->blind : h->partial;
}

void xe__rpc_member_kind(const void *value, char *text, size_t size)
{
    xe_audit_kind_text(value, text, size);
}

/* Without counts, which have members of their own. */
static void kind_name(const void *value, char *text, size_t size)
{
    xe_audit_kind_text(value, text, size);
    text[strcspn(text, "(")] = '\0';
}

const struct xe_rpc_type xe_rpc_audit_handle = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("key", HANDLE, key, "the handle or object address, mirrors folded"),
        M_HEX("given", HANDLE, given_key, "the same as it was asked for"),
        M_INT("generation", HANDLE, generation, NULL,
              "1 for the handle's first object; 0: none that was seen"),
        M_BOOL("complete", HANDLE, complete, "all that ever happened to it was recorded"),
        M_INT("since_cycle", HANDLE, since_cycle, "instructions",
              "all since then was; means nothing while the audit is off"),
        M_INT("dropped", HANDLE, dropped, "records", "of all sorts that newer ones replaced"),
        M_MADE("kind", HANDLE, kind, kind_name, "such as Event/Manual, Semaphore, <UNCREATED>"),
        M_INT("count", HANDLE, kind.count, NULL, "of a semaphore",
              WHEN(HANDLE, kind.kind, XE_AUDIT_SEMAPHORE)),
        M_INT("limit", HANDLE, kind.limit, NULL, "of a semaphore",
              WHEN(HANDLE, kind.kind, XE_AUDIT_SEMAPHORE)),
        M_INT("waiters", HANDLE, waiters, "threads", "parked on it now"),
        M_VALUE("signaled", HANDLE, signaled, &xe_rpc_bool_or_null, "null: there is no object",
                GIVEN(HANDLE, known, true)),
        M_PART("signal_attempts", &attempts, "how often it was to be signaled"),
        M_INT("waits", HANDLE, waits, "records", "ever made"),
        M_INT("polls", HANDLE, polls, "waits", "that had no time and got nothing"),
        M_INT("timeouts", HANDLE, timeouts, "waits", "that parked and ended by time"),
        M_INT("wakes", HANDLE, wakes, "records", "ever made"),
        M_INT("resets", HANDLE, resets, "records", "ever made"),
        M_WORDS("flags", has_flag, &flags, "waits without a record: of all waiters, of some"),
        M_ARRAY("aliases", HANDLE, aliases, alias_count, &xe_rpc_hex_32_list,
                "other handles of the same object"),
        M_VALUE("peek", HANDLE, peek, &xe_rpc_guest_or_null,
                "what memory shows where no object is known", GIVEN_SET(HANDLE, peek)),
        M_STRUCT("created", HANDLE, created, &rec_or_null, "null: not seen",
                 GIVEN(HANDLE, has_created, true)),
        M_STRUCT("closed", HANDLE, closed, &rec_or_null, "null: not seen",
                 GIVEN(HANDLE, has_closed, true)),
        M_ARRAY("timeline", HANDLE, timeline, timeline_count, &xe_rpc_audit_recs,
                "the newest records, oldest first"),
        M_INT("timeline_total", HANDLE, timeline_total, "records", "ever made, kept or not"),
        M_LIST("waiters_list", HANDLE, waiter, waiters, &waiters, "who waits"),
        M_STRUCT("diagnosis", HANDLE, diagnosis, &diagnosis,
                 "why nobody is woken; of several waiters the one recorded first"),
        M_LIST("verdicts", HANDLE, verdict, verdicts, &xe_rpc_audit_verdicts,
               "why each waiter is not woken, equal ones folded; the first is the diagnosis"),
        M_INT("verdict_others", HANDLE, verdict_others, "waiters",
              "with verdicts beyond those listed"),
        M_END,
    }};
static const struct xe_rpc_field handle_item = {
    "handle", &xe_rpc_audit_handle, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type handles = {.kind = XE_RPC_KIND_ARRAY, .items = &handle_item};

/* ---- the report ------------------------------------------------------------------------------ */

/* Codes that no handle has are left out. */
#define CODE(branch, name)                                                                         \
    M_INT(name, REPORT, codes[branch], "handles", "with this verdict",                             \
          WHEN_SET(REPORT, codes[branch]))
static const struct xe_rpc_type codes = {.kind = XE_RPC_KIND_OBJECT,
                                         .members = (const struct xe_rpc_member[]){
                                             CODE(XE_AUDIT_D1_NO_WAITER, "NO_WAITER"),
                                             CODE(XE_AUDIT_D2_AUDIT_BLIND, "AUDIT_BLIND"),
                                             CODE(XE_AUDIT_D3_NO_PRODUCER, "NO_PRODUCER"),
                                             CODE(XE_AUDIT_D4_NOT_DELIVERED, "NOT_DELIVERED"),
                                             CODE(XE_AUDIT_D5_STARVED, "STARVED"),
                                             M_END,
                                         }};

static const struct xe_rpc_type summary = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("handles", REPORT, report.handles, "handles", "in the report"),
        M_PART("codes", &codes, "how many have which verdict"),
        M_END,
    }};

#define GAP struct xe_audit_gap
static const struct xe_rpc_type gap = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("from", GAP, from, "instructions", "cycle of its begin"),
        M_INT("to", GAP, to, "instructions", "cycle of its end; of one that goes on: now"),
        M_END,
    }};
static const struct xe_rpc_field gap_item = {"gap", &gap, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type gaps = {.kind = XE_RPC_KIND_ARRAY, .items = &gap_item};

static const char *const schema_words[] = {"xe360/audit-report/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};
static const char *const about_words[] = {"handles", "focus", "blocking", NULL};
static const struct xe_rpc_type about = {.kind = XE_RPC_KIND_ENUM, .values = about_words};

const struct xe_rpc_type xe_rpc_audit_report = {
    .kind = XE_RPC_KIND_OBJECT,
    .other = &xe_rpc_text_result,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this report"),
        M_STRING("instance", REPORT, instance, "instance id"),
        M_INT("cycle", REPORT, report.cycle, "instructions", "retired so far"),
        M_INT("seq", REPORT, report.seq, NULL, "number of the newest record"),
        M_BOOL("enabled", REPORT, report.enabled, "is the audit on?"),
        M_BOOL("complete", REPORT, report.complete, "nothing went unheard since the beginning"),
        M_INT("since_cycle", REPORT, report.since_cycle, "instructions",
              "nothing went unheard since; means nothing while the audit is off"),
        M_ARRAY("gaps", REPORT, report.gap, report.gaps, &gaps,
                "the newest times when nothing was recorded, oldest first; the audit was off"),
        M_INT("gaps_ever", REPORT, report.gaps_ever, "gaps", "how many there were"),
        M_BOOL("interfered", REPORT, report.interfered, "somebody signaled or wrote from outside"),
        M_LIST("handles", REPORT, report.handle, report.handles, &handles, "in the order asked"),
        M_PART("summary", &summary, "these handles in short"),
        M_INT("keys", REPORT, keys, "handles", "that were asked for, on this and other pages"),
        M_INT_OR_NULL("next_cursor", REPORT, next, NULL,
                      "cursor of the first handle that is left out; null: none is",
                      GIVEN(REPORT, more, true)),
        M_VALUE("about", REPORT, about, &about,
                "handles that were named, those in focus, or what threads wait for"),
        M_END,
    }};
