/* Members of a thread that spins or polls: the rows of spin_json.h's views. */
#include "rpc/api/rows.h"
#include "rpc/report/spin_json.h"

#define SPIN  struct xe_rpc_spin_view
#define WORD  struct xe_rpc_spin_word_view
#define ASK   struct xe_rpc_spin_ask_view
#define STORE struct xe_rpc_spin_store_view

static const char *const certainty_words[] = {XE_CERTAINTY_WORDS, NULL};
static const struct xe_rpc_type certainty = {.kind = XE_RPC_KIND_ENUM, .values = certainty_words};
static const char *const where_words[] = {XE_SPIN_WHERE_WORDS, NULL};
static const struct xe_rpc_type where = {.kind = XE_RPC_KIND_ENUM, .values = where_words};

static const char *const coming_words[] = {XE_GPU_COMING_WORDS, NULL};
static const struct xe_rpc_type coming = {.kind = XE_RPC_KIND_ENUM, .values = coming_words};

#define IS_COMING WHEN_SET(WORD, fence.command)
static const struct xe_rpc_type fence = {
    .kind = XE_RPC_KIND_OBJECT,
    .null = true,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("coming", WORD, fence.coming, &coming,
                "a command that stores to it was given to the GPU, or lies behind the ring's write "
                "pointer, or does not, as far as can be told"),
        M_STRING("command", WORD, fence.command, "which", IS_COMING),
        M_HEX("at", WORD, fence.at, "physical address of that", IS_COMING),
        M_INT("ahead", WORD, fence.ahead, NULL, "commands before it", IS_COMING),
        M_VALUE("value", WORD, coming, &xe_rpc_text_or_null, "that it stores; null: not known yet",
                IS_COMING, GIVEN_SET(WORD, coming)),
        M_INT("stores", WORD, fence.stores, NULL, "that the GPU made there so far"),
        M_VALUE("stored", WORD, stored, &xe_rpc_text_or_null, "the last of them",
                GIVEN_SET(WORD, stored)),
        M_END,
    }};
static const struct xe_rpc_type store = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("pc", STORE, at, "of the instruction"),
        M_VALUE("place", STORE, place, &xe_rpc_guest, "that address by name",
                WHEN_SET(STORE, place)),
        M_INT("tid", STORE, tid, NULL, "thread whose start routine leads there",
              WHEN_SET(STORE, tid)),
        M_END,
    }};
static const struct xe_rpc_field store_item = {"store", &store, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type stores = {.kind = XE_RPC_KIND_ARRAY, .items = &store_item};

static const struct xe_rpc_type word = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("address", WORD, word.address, "of its first byte"),
        M_INT("size", WORD, word.size, "bytes", "that are read"),
        M_VALUE("where", WORD, word.where, &where,
                "by whom it can be written: a device by itself, the clock each millisecond, memory "
                "by whoever runs"),
        M_VALUE("value", WORD, value, &xe_rpc_text_or_null, "now", GIVEN_SET(WORD, value)),
        M_STRING("device", WORD, word.place.name, "whose register it is",
                 WHEN_SET(WORD, word.place.name)),
        M_STRING("register", WORD, word.place.register_name, "that register's name",
                 WHEN_SET(WORD, word.place.register_name)),
        M_PART("gpu", &fence, "what the GPU does to it; null: nothing is known",
               GIVEN(WORD, has_gpu, true)),
        M_INT("tid", WORD, word.tid, NULL, "in whose stack it lies", WHEN(WORD, has_tid, true)),
        M_INT("object_id", WORD, word.object_id, NULL, "of the object whose head it is",
              WHEN(WORD, has_object, true)),
        M_STRUCT(
            "writers", WORD, word.writers, &xe_rpc_writers,
            "who wrote it, if all of it is watched (debug.break.set); not what the kernel or a "
            "device wrote by itself",
            WHEN(WORD, word.writers.watched, true)),
        M_VALUE("last_place", WORD, last_place, &xe_rpc_guest, "last_pc of these by name",
                WHEN_SET(WORD, last_place)),
        M_ARRAY("stores", WORD, store, stores, &stores,
                "who could write it by code: instructions of the title that store there, as far as "
                "those before them tell; what goes through a pointer is not among them"),
        M_BOOL("more_stores", WORD, more_stores, "than are told"),
        M_END,
    }};
static const struct xe_rpc_field word_item = {"word", &word, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type words = {.kind = XE_RPC_KIND_ARRAY, .items = &word_item};

static const struct xe_rpc_type ask = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("export", ASK, ask.src, "that it calls"),
        M_HEX("lr", ASK, ask.lr, "where that call returns to"),
        M_VALUE("place", ASK, place, &xe_rpc_guest, "that address by name", WHEN_SET(ASK, place)),
        M_INT("times", ASK, ask.times, NULL, "with the same answer"),
        M_HEX("answer", ASK, ask.answer, "which is this; left out: it never returns",
              WHEN(ASK, ask.answers, true)),
        M_STRING("kind", ASK, kind, "of what it asks for", WHEN_SET(ASK, kind)),
        M_ARRAY("keys", ASK, ask.key, ask.keys, &xe_rpc_hex_32_list,
                "what it asks for, as the title names it; none: it only yields"),
        M_INT("owner", ASK, ask.owner, NULL, "thread that holds it", WHEN_SET(ASK, ask.owner)),
        M_END,
    }};
static const struct xe_rpc_field ask_item = {"ask", &ask, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type asks = {.kind = XE_RPC_KIND_ARRAY, .items = &ask_item};

const struct xe_rpc_type xe_rpc_spin = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("tid", SPIN, tid, NULL, "thread id"),
        M_VALUE("name", SPIN, name, &xe_rpc_guest, "its name; may be empty"),
        M_VALUE("certainty", SPIN, certainty, &certainty,
                "that it spins: certain when registers and memory recur; possible when registers "
                "change, or it looks at the time"),
        M_VALUE("stuck", SPIN, stuck, &certainty, "that it never goes on; healthy: it may"),
        M_INT("since_cycle", SPIN, about.since_cycle, "instructions",
              "nothing new has come of it since"),
        M_INT("instructions", SPIN, about.instructions, "instructions", "that it did since"),
        M_INT_OR_NULL("period", SPIN, about.period, "instructions",
                      "of one round; null: not certain", GIVEN_SET(SPIN, about.period)),
        M_HEX("first", SPIN, about.first, "first instruction of the loop's own function"),
        M_HEX("last", SPIN, about.last, "the last one"),
        M_VALUE("place", SPIN, place, &xe_rpc_guest, "the first by name", WHEN_SET(SPIN, place)),
        M_BOOL("clock", SPIN, about.clock, "it looks at the time"),
        M_ARRAY("changes", SPIN, change, changes, &xe_rpc_int_list,
                "general registers that do, if it isn't certain"),
        M_ARRAY("words", SPIN, word, about.words, &words,
                "what it reads that somebody can write; what it waits for comes first"),
        M_BOOL("more_words", SPIN, about.more, "than are told"),
        M_ARRAY("asks", SPIN, ask, about.asks, &asks, "what it asks the kernel again and again"),
        M_LIST("writers", SPIN, writer, writers, &xe_rpc_int_list,
               "threads that go on or may be let go on: who could write what it reads"),
        M_END,
    }};
static const struct xe_rpc_field spin_item = {"spin", &xe_rpc_spin, REQUIRED, 0, 0, "one", 0};
const struct xe_rpc_type xe_rpc_spins = {.kind = XE_RPC_KIND_ARRAY, .items = &spin_item};
