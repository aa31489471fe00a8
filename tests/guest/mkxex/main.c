/* xe360-mkxex: command line and small helpers. */
#include <argp.h>
#include <gcrypt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/guest/mkxex/mkxex.h"
#include "xe/types.h"

void mkxex_fail(const char *format, ...)
{
    va_list args;

    fputs("xe360-mkxex: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void *mkxex_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    if (!p)
        mkxex_fail("out of memory");
    return p;
}

uint8_t *mkxex_read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;
    long size;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
        mkxex_fail("cannot read '%s': %m", path);
    rewind(file);
    bytes = mkxex_alloc((size_t)size);
    *ret_size = (size_t)size;
    if (fread(bytes, 1, *ret_size, file) != *ret_size)
        mkxex_fail("cannot read '%s': %m", path);
    fclose(file);
    return bytes;
}

void mkxex_put(struct mkxex_buffer *buffer, const void *bytes, size_t size)
{
    if (buffer->capacity - buffer->size < size) {
        buffer->capacity = (buffer->size + size) * 2;
        buffer->bytes = realloc(buffer->bytes, buffer->capacity);
        if (!buffer->bytes)
            mkxex_fail("out of memory");
    }
    if (bytes)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    else
        memset(buffer->bytes + buffer->size, 0, size);
    buffer->size += size;
}

void mkxex_put16(struct mkxex_buffer *buffer, uint16_t value)
{
    uint8_t b[2];

    xe_store_be16(b, value);
    mkxex_put(buffer, b, sizeof(b));
}

void mkxex_put32(struct mkxex_buffer *buffer, uint32_t value)
{
    uint8_t b[4];

    xe_store_be32(b, value);
    mkxex_put(buffer, b, sizeof(b));
}

void mkxex_set32(uint8_t *at, uint32_t value)
{
    xe_store_be32(at, value);
}

/* ---- command line -------------------------------------------------------------------------- */

const char *argp_program_version = "xe360-mkxex " PACKAGE_VERSION;

enum {
    KEY_TITLE = 256,
    KEY_MEDIA,
    KEY_VERSION,
    KEY_STACK,
    KEY_BLOCKS,
    KEY_WINDOW,
    KEY_NAME,
    KEY_TLS
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Write the XEX here (required)", 0},
    {"compress", 'c', "none|basic|lzx", 0, "Compression of the image (default none)", 0},
    {"encrypt", 'e', "none|retail|devkit", 0,
     "Encrypt the image for this kind of console (default none)", 0},
    {"page-size", 'p', "4k|64k", 0,
     "Image page size; 4k images belong at 0x90000000 or above (default 64k)", 0},
    {"resource", 'r', "NAME=FILE", 0, "Add a resource; the name has at most 8 characters", 0},
    {"title-id", KEY_TITLE, "HEX", 0, "Title id of the execution info (default 58450001)", 0},
    {"media-id", KEY_MEDIA, "HEX", 0, "Media id (default 0)", 0},
    {"title-version", KEY_VERSION, "HEX", 0, "Version word (default 00000100)", 0},
    {"stack", KEY_STACK, "BYTES", 0, "Default thread stack size (default 0x10000)", 0},
    {"tls-slots", KEY_TLS, "N", 0, "TLS slots (default 64)", 0},
    {"pe-name", KEY_NAME, "NAME", 0, "Original PE name (default: the output's name with .exe)", 0},
    {"lzx-blocks", KEY_BLOCKS, "verbatim|aligned|uncompressed|mixed", 0,
     "LZX block types to use (default verbatim)", 0},
    {"lzx-window", KEY_WINDOW, "BITS", 0, "LZX window, 15 to 21 bits (default 15)", 0},
    {0},
};

struct arguments {
    struct mkxex *x;
    const char *input, *output;
};

static uint32_t number(const char *text, int base, const char *what, struct argp_state *state)
{
    char *end;
    unsigned long value = strtoul(text, &end, base);

    if (!*text || *end || *text == '-' || value > UINT32_MAX)
        argp_error(state, "%s: '%s' is not a number that fits", what, text);
    return (uint32_t)value;
}

/* Index of text in a '|'-separated list, or a usage error. */
static int choice(const char *text, const char *list, const char *what, struct argp_state *state)
{
    size_t length = strlen(text);
    int i = 0;

    for (const char *at = list; at; i++) {
        const char *bar = strchr(at, '|');
        size_t n = bar ? (size_t)(bar - at) : strlen(at);

        if (n == length && strncmp(at, text, n) == 0)
            return i;
        at = bar ? bar + 1 : NULL;
    }
    argp_error(state, "%s: '%s' is none of %s", what, text, list);
    return 0;
}

static void add_resource(struct mkxex *x, const char *text, struct argp_state *state)
{
    const char *equals = strchr(text, '=');

    if (!equals || equals == text || equals - text > 8 || x->resources == MKXEX_RESOURCES)
        argp_error(state, "--resource: '%s' is not NAME=FILE with a name of 1 to 8 characters",
                   text);
    memcpy(x->resource[x->resources].name, text, (size_t)(equals - text));
    x->resource[x->resources++].path = equals + 1;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct mkxex *x = arguments->x;

    switch (key) {
    case 'o':
        arguments->output = text;
        break;
    case 'c':
        x->compression =
            (enum mkxex_compression)choice(text, "none|basic|lzx", "--compress", state);
        break;
    case 'e':
        x->encryption =
            (enum mkxex_encryption)choice(text, "none|retail|devkit", "--encrypt", state);
        break;
    case 'p':
        x->page_size = choice(text, "4k|64k", "--page-size", state) ? 0x10000 : 0x1000;
        break;
    case 'r':
        add_resource(x, text, state);
        break;
    case KEY_TITLE:
        x->title_id = number(text, 16, "--title-id", state);
        break;
    case KEY_MEDIA:
        x->media_id = number(text, 16, "--media-id", state);
        break;
    case KEY_VERSION:
        x->version = number(text, 16, "--title-version", state);
        break;
    case KEY_STACK:
        x->stack_size = number(text, 0, "--stack", state);
        break;
    case KEY_TLS:
        x->tls_slots = number(text, 0, "--tls-slots", state);
        break;
    case KEY_NAME:
        x->pe_name = text;
        break;
    case KEY_BLOCKS:
        x->lzx_blocks = choice(text, "mixed|verbatim|aligned|uncompressed", "--lzx-blocks", state);
        break;
    case KEY_WINDOW:
        x->window_bits = number(text, 10, "--lzx-window", state);
        if (x->window_bits < 15 || x->window_bits > 21)
            argp_error(state, "--lzx-window: %u is not between 15 and 21", x->window_bits);
        break;
    case ARGP_KEY_ARG:
        if (arguments->input)
            argp_error(state, "one ELF file, please: '%s' is one too many", text);
        arguments->input = text;
        break;
    case ARGP_KEY_END:
        if (!arguments->input || !arguments->output)
            argp_error(state, "give an ELF file and -o FILE");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    options,
    parse,
    "ELF",
    "Turn a big-endian PowerPC ELF executable into an XEX2 that the Xbox 360 kernel's format rules accept: "
    "imports by ordinal, TLS, resources, execution info, page hashes that verify.\v"
    "Link the title with lib/xe360.ld and lib/imports.S of the guest SDK. Example:\n"
    "  clang --target=powerpc-unknown-elf -O2 -ffreestanding -I include -c hello.c\n"
    "  ld.lld --gc-sections -T lib/xe360.ld -o hello.elf crt0.o hello.o imports.o\n"
    "  xe360-mkxex -c lzx -e devkit -o hello.xex hello.elf",
    NULL,
    NULL,
    NULL};

int main(int argc, char **argv)
{
    static struct mkxex x = {.page_size = 0x10000,
                             .title_id = 0x58450001,
                             .version = 0x00000100,
                             .stack_size = 0x10000,
                             .tls_slots = 64,
                             .window_bits = 15,
                             .lzx_blocks = 1,
                             .disc_number = 1,
                             .disc_count = 1};
    struct arguments arguments = {.x = &x};
    struct mkxex_buffer out = {0};
    char name[64];
    FILE *file;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    gcry_check_version(NULL);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    if (!x.pe_name) {
        const char *slash = strrchr(arguments.output, '/');

        snprintf(name, sizeof(name), "%.50s.exe", slash ? slash + 1 : arguments.output);
        x.pe_name = name;
    }
    mkxex_read_elf(&x, arguments.input);
    mkxex_add_resources(&x);
    mkxex_write_pe_header(&x);
    mkxex_build(&x, &out);
    file = fopen(arguments.output, "wb");
    if (!file || fwrite(out.bytes, 1, out.size, file) != out.size || fclose(file) != 0)
        mkxex_fail("cannot write '%s': %m", arguments.output);
    free(out.bytes);
    free(x.image);
    free(x.page_kind);
    return 0;
}
