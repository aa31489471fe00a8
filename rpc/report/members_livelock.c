/* Members of diagnose.livelock: the rows of livelock_json.h's views. */
#include "rpc/api/rows.h"
#include "rpc/report/livelock_json.h"

#define LIVELOCK struct xe_rpc_livelock_view
#define STARVED  struct xe_rpc_starved_view

static const char *const verdict_words[] = {XE_VERDICT_WORDS, NULL};
static const struct xe_rpc_type verdict = {.kind = XE_RPC_KIND_ENUM, .values = verdict_words};
static const char *const certainty_words[] = {"certain", "likely", "possible", NULL};
static const struct xe_rpc_type certainty_or_null = {
    .kind = XE_RPC_KIND_ENUM, .null = true, .values = certainty_words};

static const struct xe_rpc_type starved = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("tid", STARVED, tid, NULL, "thread id"),
        M_VALUE("name", STARVED, name, &xe_rpc_guest, "its name; may be empty"),
        M_INT("by_tid", STARVED, by_tid, NULL, "who has its hardware thread",
              WHEN_SET(STARVED, by_tid)),
        M_INT("since_cycle", STARVED, since_cycle, "instructions", "it has had no turn since"),
        M_END,
    }};
static const struct xe_rpc_field starved_item = {"starved", &starved, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type starveds = {.kind = XE_RPC_KIND_ARRAY, .items = &starved_item};

static const char *const schema_words[] = {"xe360/livelock/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};

const struct xe_rpc_type xe_rpc_livelock = {
    .kind = XE_RPC_KIND_OBJECT,
    .other = &xe_rpc_text_result,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this report"),
        M_STRING("instance", LIVELOCK, instance, "instance id"),
        M_INT("cycle", LIVELOCK, cycle, "instructions", "retired so far"),
        M_VALUE("verdict", LIVELOCK, verdict, &verdict, "as diagnose.explain has it"),
        M_VALUE("certainty", LIVELOCK, certainty, &certainty_or_null,
                "that one of those who spin never goes on, of the surest; null: nothing says so",
                GIVEN_SET(LIVELOCK, certainty)),
        M_BOOL("livelocked", LIVELOCK, livelocked,
               "what stops a run with stop_on livelock is so now"),
        M_INT("livelock_after", LIVELOCK, after, "instructions",
              "that a spin has to last for that; looked for at multiples of it"),
        M_LIST("spins", LIVELOCK, spin, spins, &xe_rpc_spins,
               "threads that run in a circle: what they read or ask for, and who could end that"),
        M_INT("spins_total", LIVELOCK, spinning, NULL, "with those that are left out"),
        M_LIST("starved", LIVELOCK, starved, starveds, &starveds,
               "threads that have work and get no turn"),
        M_END,
    }};
