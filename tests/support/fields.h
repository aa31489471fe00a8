/* Does a state function visit every field? Each byte of a sample is changed in turn; the digest
 * must change, or a row says why not. A new field fails until it is visited or listed. */
#ifndef XE_TEST_FIELDS_H
#define XE_TEST_FIELDS_H

#include <stddef.h>

#include "base/codec.h"

enum field_exception {
    FIELD_LEADS,  /* not changed: it leads somewhere, or says how much is there; row says where that
                     is visited */
    FIELD_BESIDE, /* saved, but no part of the digest                                      */
    FIELD_NONE,   /* neither                                                               */
};

struct field_range {
    size_t from, to; /* [from, to) */
    enum field_exception what;
    const char *why;
};

#define FIELD(type, field, what, why)                                                              \
    {                                                                                              \
        offsetof(type, field), offsetof(type, field) + sizeof(((type *)0)->field), (what), (why)   \
    }
/* The hole between two neighbours. */
#define FIELD_HOLE(type, before, after)                                                            \
    {                                                                                              \
        offsetof(type, before) + sizeof(((type *)0)->before), offsetof(type, after), FIELD_NONE,   \
            "padding"                                                                              \
    }
#define FIELD_TAIL(type, before)                                                                   \
    {                                                                                              \
        offsetof(type, before) + sizeof(((type *)0)->before), sizeof(type), FIELD_NONE, "padding"  \
    }

struct field_test {
    const char *name;
    void *sample;
    size_t size;
    void (*state)(struct xe_codec *c, void *sample);
    const struct field_range *except;
    size_t exceptions;
};

/* Fails the test for each byte that is neither seen nor listed, or listed wrongly. */
void fields_check(const struct field_test *test);

#endif
