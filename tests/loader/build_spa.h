/* Writes what a title tells of itself (emu/loader/spa.c reads it), one part behind the other. */
#ifndef TESTS_LOADER_BUILD_SPA_H
#define TESTS_LOADER_BUILD_SPA_H

#include <stddef.h>
#include <stdint.h>

struct build_spa_string {
    uint16_t language, id;
    const char *text;
};

struct build_spa_achievement {
    uint16_t id, name, description, score;
    uint32_t image, flags;
};

struct build_spa {
    uint32_t language;
    const struct build_spa_string *string; /* by language */
    size_t strings;
    const struct build_spa_achievement *achievement;
    size_t achievements;
    uint32_t icon; /* bytes of it; 0: none */
};

#define BUILD_SPA_NAME 0x8000
#define BUILD_SPA_MAX  0x1000u /* bytes of one */

/* Returns how many bytes it has. */
size_t build_spa(const struct build_spa *spa, uint8_t bytes[BUILD_SPA_MAX]);

#endif
