/* Files beside a title: the bytes are the file, the title stays what its build made of it. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define FILE_MAX 0x10000

/* Made by make-symbols.sh; those that a missing toolchain would have made are empty. */
static const char *const files[] = {"dwarf5.elf", "dwarf4.elf", "packed.elf", "id.elf",
                                    "gnu.elf",    "dwarf5.map", "gnu.map",    "nm-size.map"};
#define FILES (sizeof(files) / sizeof(files[0]))

static uint8_t *read_made(const char *name, size_t *ret_size)
{
    uint8_t *bytes = calloc(1, FILE_MAX);
    char path[128];
    FILE *in;

    snprintf(path, sizeof(path), "tests/loader/symbols/%s", name);
    in = fopen(path, "rb");
    *ret_size = in ? fread(bytes, 1, FILE_MAX, in) : 0;
    if (in)
        fclose(in);
    return bytes;
}

static struct xe_image *title(const char *name)
{
    size_t size;
    uint8_t *bytes = read_made(name, &size);
    struct xe_image *image = xe_image_parse(bytes, size, NULL);

    free(bytes);
    if (!image)
        abort();
    return image;
}

/* Whatever was read can be looked up; whatever was not says why. */
static void look(const struct xe_image *image, const uint8_t *data, size_t size)
{
    struct xe_symbols *symbols = xe_symbols_create(image, NULL, NULL, NULL);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_symbols_file about;
    struct xe_place place;
    char text[XE_PLACE_TEXT];

    if (!xe_symbols_load(symbols, data, size, NULL, &about, &err) && !err.text[0])
        abort();
    for (xe_gva at = image->entry - 0x80; at < image->entry + 0x80; at += 4)
        if (xe_symbols_place(symbols, at, &place))
            xe_place_text(&place, text);
    xe_symbols_destroy(symbols);
}

const int fuzz_rounds = 4000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct xe_image *images[2]; /* kept until the end */

    if (!images[0]) {
        images[0] = title("dwarf5.elf");
        images[1] = title("id.elf");
    }
    look(images[0], data, size);
    look(images[1], data, size);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    uint8_t *bytes = i < FILES ? read_made(files[i], ret_size) : NULL;

    if (bytes && !*ret_size)
        bytes[(*ret_size)++] = '\n';
    return bytes;
}
