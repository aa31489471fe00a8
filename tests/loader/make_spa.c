/* make_spa OUT NAME: what a title of that name tells of itself, as a file, for scripts. */
#include <stdio.h>

#include "build_spa.h"

int main(int argc, char **argv)
{
    static uint8_t bytes[BUILD_SPA_MAX];
    const struct build_spa_achievement first = {1, 1, 2, 20, 3, 0};
    FILE *out;

    if (argc != 3 || !(out = fopen(argv[1], "wb"))) {
        fprintf(stderr, "usage: make_spa OUT NAME\n");
        return 2;
    }
    const struct build_spa_string strings[] = {
        {1, BUILD_SPA_NAME, argv[2]}, {1, 1, "First"}, {1, 2, "Be the first"}};
    const struct build_spa spa = {1, strings, 3, &first, 1, 0x20};

    fwrite(bytes, 1, build_spa(&spa, bytes), out);
    return fclose(out) != 0;
}
