/* Why a run stopped: reason, cause and place as data. The words are in stops.def. */
#ifndef XE_STOP_H
#define XE_STOP_H

#include <stdbool.h>

#include "xe/types.h"

enum xe_stop {
    XE_STOP_NONE, /* never ran, or runs */
#define STOP(name, word, until, signal, doc) XE_STOP_##name,
#include "xe/stops.def"
    XE_STOP_COUNT
};

enum xe_cause {
    XE_CAUSE_NONE,
#define CAUSE(name, word, reason, has, signal, says, doc) XE_CAUSE_##name,
#include "xe/stops.def"
    XE_CAUSE_COUNT
};

#define XE_STOP_ARGUMENTS 4u
#define XE_STOP_DETAIL    512u /* bytes of the sentence about one */

/* Exceptions whose handlers had not returned when it happened. */
struct xe_stop_within {
    uint32_t count; /* 0: none, and the rest is 0 */
    uint32_t newest_code, first_code;
    xe_gva newest_address, first_address;
};

/* Filled where it happens. What a cause leaves out (xe_cause_has) is 0. */
struct xe_stop_info {
    enum xe_stop reason;
    enum xe_cause cause; /* NONE: the reason says it all                       */
    uint32_t tid;        /* whose doing; 0: no thread's, and no pc and lr      */
    xe_gva pc, lr;       /* where that thread is                               */
    xe_gva address;
    uint32_t code;
    bool has_code; /* an exit may come without one */
    uint32_t argument[XE_STOP_ARGUMENTS], arguments;
    struct xe_stop_within within;
    char what[240]; /* words that the sentence has beside these: an export, "unmapped" */
};

enum xe_stop_has { XE_STOP_HAS_ADDRESS = 1, XE_STOP_HAS_CODE = 2, XE_STOP_HAS_ARGUMENTS = 4 };

/* "target", "exit", "crash", "hang", ...; "none". */
const char *xe_stop_name(enum xe_stop stop);
const char *xe_stop_doc(enum xe_stop stop);
/* By its name, which may be NULL or anything; NONE: there is none of that name. */
enum xe_stop xe_stop_find(const char *name);

/* "illegal_instruction", "bug_check", ...; "none". */
const char *xe_cause_name(enum xe_cause cause);
enum xe_cause xe_cause_find(const char *name);
/* The reason that it is a cause of; NONE of NONE. */
enum xe_stop xe_cause_reason(enum xe_cause cause);
/* Bits of enum xe_stop_has. */
unsigned xe_cause_has(enum xe_cause cause);
/* How the sentence about it begins; may be "". */
const char *xe_cause_says(enum xe_cause cause);

#endif
