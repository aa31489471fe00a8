/* Any bytes as what a title tells of itself. */
#include <stdlib.h>
#include <string.h>

#include "build_spa.h"
#include "loader/spa.h"
#include "tests/support/fuzz.h"

const int fuzz_rounds = 20000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xe_spa *spa;

    if (!xe__loader_spa_read(data, (uint32_t)size, 0x82000000u, &spa))
        abort();
    if (spa->icon_size > size || strlen(spa->name) >= XE_SPA_TEXT ||
        spa->name_count > XE_SPA_LANGUAGES)
        abort();
    xe__loader_spa_free(spa);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static const struct build_spa_string strings[] = {
        {1, 0x8000, "Name"}, {1, 1, "First"}, {2, 0x8000, "\xE9\x95\xB7"}};
    static const struct build_spa_achievement achievements[] = {{1, 1, 1, 20, 3, 1}};
    const struct build_spa spa = {1, strings, 3, achievements, i, 0x20};
    uint8_t *bytes;

    if (i > 1)
        return NULL;
    bytes = malloc(BUILD_SPA_MAX);
    *ret_size = build_spa(&spa, bytes);
    return bytes;
}
