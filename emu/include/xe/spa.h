/* What a title says of itself to the dashboard: its name in several languages, its icon, its
 * achievements. It is a resource of the image that is called as the title's id.
 *
 * It decides nothing of a run, so what is damaged is told and the rest is there. Texts are UTF-8;
 * what is none, or no character to be shown, is a '?'. */
#ifndef XE_SPA_H
#define XE_SPA_H

#include "xe/types.h"

#define XE_SPA_TEXT             128u /* bytes, with the NUL; longer ones are cut */
#define XE_SPA_LANGUAGES        12u
#define XE_SPA_ACHIEVEMENTS_MAX 1024u
#define XE_SPA_DAMAGE           160u

/* Of XE_SPA_LANGUAGES, from 1 on. */
#define XE_SPA_LANGUAGE_WORDS                                                                      \
    "unknown", "english", "japanese", "german", "french", "spanish", "italian", "korean",          \
        "traditional_chinese", "portuguese", "simplified_chinese", "polish", "russian"

struct xe_spa_name {
    uint32_t language;
    char text[XE_SPA_TEXT];
};

struct xe_spa_achievement {
    uint16_t id, score;
    uint32_t image, flags;
    char name[XE_SPA_TEXT], description[XE_SPA_TEXT]; /* in the title's own language */
};

struct xe_spa {
    uint32_t language;      /* the title's own; 0: not said */
    char name[XE_SPA_TEXT]; /* in that; ""; it has none     */
    struct xe_spa_name names[XE_SPA_LANGUAGES];
    uint32_t name_count;
    xe_gva icon; /* PNG, in the image */
    uint32_t icon_size;
    struct xe_spa_achievement *achievement; /* owned */
    uint32_t achievements;
    char damage[XE_SPA_DAMAGE]; /* the first; "": none */
};

#endif
