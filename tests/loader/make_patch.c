/* make_patch OLD NEW PATCH [retail|devkit]: the delta patch (XEXP) from one XEX file to another,
 * for tests by hand and by scripts. With a key its body is encrypted, by way of the new file's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_patch.h"
#include "xe/image.h"

#define FILE_MAX ((size_t)1 << 24)

static struct xe_image *read_image(const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = NULL;
    uint8_t *bytes = malloc(FILE_MAX);
    FILE *file = fopen(path, "rb");

    if (file && bytes)
        image = xe_image_parse(bytes, fread(bytes, 1, FILE_MAX, file), &err);
    if (!image)
        fprintf(stderr, "make_patch: %s: %s\n", path, file ? err.text : "can't be read");
    if (file)
        fclose(file);
    free(bytes);
    return image;
}

static struct build_side side_of(const struct xe_image *image)
{
    return (struct build_side){image->headers, image->bytes, image->headers_size, image->size};
}

static enum build_key key_of(const char *word)
{
    return !word ? KEY_NONE : !strcmp(word, "retail") ? KEY_RETAIL : KEY_DEVKIT;
}

int main(int argc, char **argv)
{
    struct xe_image *old, *fresh;
    struct build_patch patch;
    uint8_t *bytes;
    size_t size;
    FILE *file;
    bool ok;

    if (argc < 4 || argc > 5)
        return 2;
    old = read_image(argv[1]);
    fresh = read_image(argv[2]);
    if (!old || !fresh)
        return 1;
    patch = (struct build_patch){side_of(old), side_of(fresh), key_of(argv[4]), {0}, {0}};
    bytes = build_patch(&patch, NULL, 0, &size);
    file = fopen(argv[3], "wb");
    ok = file && fwrite(bytes, 1, size, file) == size;
    ok = file && fclose(file) == 0 && ok;
    free(bytes);
    xe_image_destroy(old);
    xe_image_destroy(fresh);
    return ok ? 0 : 1;
}
