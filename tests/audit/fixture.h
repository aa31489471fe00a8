/* What audit tests share: acts in one line, a world made of a table. */
#ifndef XE_TEST_AUDIT_FIXTURE_H
#define XE_TEST_AUDIT_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>

#include "audit/audit.h"

struct fake_object {
    uint32_t key;
    struct xe_audit_object object;
};

struct fake_parked {
    uint32_t key;
    struct xe_audit_parked who;
};

/* A world of tables; entries end with key 0. What threads wait for without a name any more. */
struct fake_world {
    uint64_t cycle;
    struct fake_object object[8];
    struct fake_parked parked[8];
    struct fake_nameless {
        struct xe_audit_object object;
        struct xe_audit_parked who;
    } nameless[4];     /* end with object_id 0 */
    uint64_t promised; /* object id with a promise that nobody keeps, made at cycle 7; 0: none */
    const char *peek;
    struct xe_producer thread[4]; /* what threads do if not what `parked` says; end with tid 0 */
    struct xe_producer timer;     /* the only producer, if its standing is set */
    bool closed, over;
    struct fake_fate {
        uint32_t tid;
        struct xe_audit_fate fate;
    } fate[4]; /* what comes of threads; end with tid 0 */
    struct xe_audit_fates fates;
    const struct xe_audit *audit;
};

struct xe_audit_world fake_world(struct fake_world *tables);

/* An audit that records from boot on. */
struct xe_audit *audit_on(uint32_t ring);
void focus_on(struct xe_audit *audit, const char *list);

struct xe_audit_site site_at(uint64_t cycle, uint32_t tid, const char *src);
void create_at(struct xe_audit *audit, uint64_t cycle, uint32_t key, uint64_t object_id,
               enum xe_audit_object_kind kind);
void close_at(struct xe_audit *audit, uint64_t cycle, uint32_t key);
void act_at(struct xe_audit *audit, uint64_t cycle, uint32_t tid, uint32_t key, uint64_t object_id,
            enum xe_audit_op op, enum xe_audit_effect effect);
void park_at(struct xe_audit *audit, uint64_t cycle, uint32_t tid, uint32_t key, uint64_t object_id,
             uint64_t wait_id);

/* Report on one key; the caller ends it with xe_audit_report_fini. */
struct xe_audit_report report_on(const struct xe_audit *audit, struct fake_world *tables,
                                 uint32_t key);

/* Compare with tests/audit/golden/<name>; XE_UPDATE_GOLDEN in the environment writes it anew. */
void expect_golden(const char *name, const char *text);

/* ---- diagnoses ------------------------------------------------------------------------------- */

/* Keys that tests of diagnoses use, and the texts of the branches. */
#define KEY       0x1004u
#define OTHER     0x1008u
#define D1        "no waiter: handle is not blocking anything"
#define D2        "waiter parked via non-audited path"
#define D3        "producer is a missing kernel signal source (or BST-paradox upstream)"
#define D4        "signal landed but no waiter was ever woken"
#define SHUT      "nothing known can release it: "
#define OPEN(who) "not signalled yet: " who " can still release it"
#define D5        "signals and wakes were seen; this waiter is not served"

/* The report on a key says exactly this. */
void expect_diagnosis(const struct xe_audit *audit, struct fake_world *world, uint32_t key,
                      const char *code, const char *sub, const char *text, const char *detail);
/* A thread that waits by a recorded path, and could be released. */
struct xe_audit_parked parked_waiter(uint32_t tid, uint64_t since, uint64_t wait_id);

/* tid 2 waits for KEY, recorded at cycle 10. */
struct xe_audit *waiting_audit(struct fake_world *world);

#endif
