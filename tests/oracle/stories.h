/* Histories worth telling each time: those that a report once told wrong, cut down, and those that
 * reach rows of the contract which short histories don't. */
#ifndef XE_TESTS_ORACLE_STORIES_H
#define XE_TESTS_ORACLE_STORIES_H

#include "oracle/model.h"

#define ORACLE_STORY 24u

struct oracle_story {
    struct oracle_cast cast; /* its menu is not asked for */
    struct oracle_move move[ORACLE_STORY];
    uint32_t moves;
};

extern const struct oracle_story oracle_stories[];
extern const uint32_t oracle_story_count;

#endif
