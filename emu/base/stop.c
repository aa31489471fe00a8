/* The rows of stops.def at run time. */
#include "xe/stop.h"

#include <string.h>

static const struct {
    const char *word, *doc;
} stops[XE_STOP_COUNT] = {
    {"none", "it never ran"},
#define STOP(name, word, until, signal, doc) {word, doc},
#include "xe/stops.def"
};

#define HAS_N  0
#define HAS_C  XE_STOP_HAS_CODE
#define HAS_A  XE_STOP_HAS_ADDRESS
#define HAS_CA (XE_STOP_HAS_CODE | XE_STOP_HAS_ADDRESS)
#define HAS_X  (XE_STOP_HAS_CODE | XE_STOP_HAS_ARGUMENTS)
#define HAS_XA (XE_STOP_HAS_CODE | XE_STOP_HAS_ARGUMENTS | XE_STOP_HAS_ADDRESS)

static const struct {
    const char *word, *says;
    enum xe_stop reason;
    unsigned has;
} causes[XE_CAUSE_COUNT] = {
    {"none", "", XE_STOP_NONE, 0},
#define CAUSE(name, word, reason, has, signal, says, doc) {word, says, XE_STOP_##reason, HAS_##has},
#include "xe/stops.def"
};

const char *xe_stop_name(enum xe_stop stop)
{
    return stop < XE_STOP_COUNT ? stops[stop].word : "?";
}

const char *xe_stop_doc(enum xe_stop stop)
{
    return stop < XE_STOP_COUNT ? stops[stop].doc : "?";
}

enum xe_stop xe_stop_find(const char *name)
{
    for (int i = XE_STOP_NONE + 1; name && i < XE_STOP_COUNT; i++)
        if (!strcmp(stops[i].word, name))
            return (enum xe_stop)i;
    return XE_STOP_NONE;
}

const char *xe_cause_name(enum xe_cause cause)
{
    return cause < XE_CAUSE_COUNT ? causes[cause].word : "?";
}

enum xe_cause xe_cause_find(const char *name)
{
    for (int i = XE_CAUSE_NONE + 1; name && i < XE_CAUSE_COUNT; i++)
        if (!strcmp(causes[i].word, name))
            return (enum xe_cause)i;
    return XE_CAUSE_NONE;
}

enum xe_stop xe_cause_reason(enum xe_cause cause)
{
    return cause < XE_CAUSE_COUNT ? causes[cause].reason : XE_STOP_NONE;
}

unsigned xe_cause_has(enum xe_cause cause)
{
    return cause < XE_CAUSE_COUNT ? causes[cause].has : 0;
}

const char *xe_cause_says(enum xe_cause cause)
{
    return cause < XE_CAUSE_COUNT ? causes[cause].says : "";
}
