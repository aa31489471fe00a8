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
    KEY_TLS,
    KEY_BASE_VERSION,
    KEY_DISC,
    KEY_HEAP,
    KEY_LIBRARY,
    KEY_OF_TITLE,
    KEY_FROM,
    KEY_NAMES
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Write the XEX here (required)", 1},
    {"verbose", 'v', 0, 0, "Say what was made, with all imports", 1},
    {0, 0, 0, 0, "How the image is packed:", 2},
    {"compress", 'c', "none|basic|lzx", 0, "Compression of the image (default none)", 2},
    {"encrypt", 'e', "none|retail|devkit", 0,
     "Encrypt the image for this kind of console (default none)", 2},
    {"page-size", 'p', "4k|64k", 0,
     "Image page size; 4k images belong at 0x90000000 or above (default 64k)", 2},
    {"lzx-blocks", KEY_BLOCKS, "verbatim|aligned|uncompressed|mixed", 0,
     "LZX block types to use (default verbatim)", 2},
    {"lzx-window", KEY_WINDOW, "BITS", 0, "LZX window, 15 to 21 bits (default 15)", 2},
    {0, 0, 0, 0, "What is in it:", 3},
    {"resource", 'r', "NAME=FILE", 0, "Add a resource; the name has at most 8 characters", 3},
    {"export", 'x', "ORDINAL=SYMBOL", 0, "Export a function or variable by ordinal", 3},
    {"export-names", KEY_NAMES, 0, 0, "Exports are found by the names of their symbols, too", 3},
    {"library", KEY_LIBRARY, 0, 0, "A library, not a title: it may do without an entry point", 3},
    {"title-library", KEY_OF_TITLE, 0, 0,
     "A library of the title's own process, which is told of its threads", 3},
    {"import-from", KEY_FROM, "NAME[:VERSION]", 0,
     "Imports of number 3 (then 4 and so on) are from this library, of this version or newer "
     "(default: any); may be repeated",
     3},
    {"stack", KEY_STACK, "BYTES", 0, "Default thread stack size (default 0x10000)", 3},
    {"heap", KEY_HEAP, "BYTES", 0, "Default heap size (default none)", 3},
    {"tls-slots", KEY_TLS, "N", 0, "TLS slots (default 64)", 3},
    {0, 0, 0, 0, "What it says about itself:", 4},
    {"title-id", KEY_TITLE, "HEX", 0, "Title id of the execution info (default 58450001)", 4},
    {"media-id", KEY_MEDIA, "HEX", 0, "Media id (default 0)", 4},
    {"title-version", KEY_VERSION, "VERSION", 0,
     "Version, as 1.2.34.5 or as a hex word (default 00000100)", 4},
    {"base-version", KEY_BASE_VERSION, "VERSION", 0,
     "Version that an update is for (default: the title's)", 4},
    {"disc", KEY_DISC, "N/M", 0, "It is disc N of M (default 1/1)", 4},
    {"privilege", 'P', "BIT", 0, "Set privilege BIT, 0 to 95; may be repeated", 4},
    {"pe-name", KEY_NAME, "NAME", 0, "Original PE name (default: the output's name with .exe)", 4},
    {0},
};

struct arguments {
    struct mkxex *x;
    const char *input, *output;
    bool verbose;
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

static void add_export(struct mkxex *x, const char *text, struct argp_state *state)
{
    struct mkxex_export *export = &x->exports[x->export_count];
    char *equals;
    unsigned long ordinal = strtoul(text, &equals, 0);

    if (equals == text || *text == '-' || *equals != '=' || !equals[1] || ordinal == 0 ||
        ordinal > 0xFFFF || x->export_count == MKXEX_EXPORTS)
        argp_error(state, "--export: '%s' is not ORDINAL=SYMBOL with an ordinal of 1 to 65535",
                   text);
    export->ordinal = (uint32_t)ordinal;
    export->symbol = equals + 1;
    x->export_count++;
}

/* A hex word, or four numbers of 4, 4, 16 and 8 bits. */
static uint32_t version(const char *text, const char *what, struct argp_state *state)
{
    unsigned major, minor, build, qfe;
    char more;

    if (!strchr(text, '.'))
        return number(text, 16, what, state);
    if (sscanf(text, "%2u.%2u.%5u.%3u%c", &major, &minor, &build, &qfe, &more) != 4 || major > 15 ||
        minor > 15 || build > 0xFFFF || qfe > 0xFF)
        argp_error(state, "%s: '%s' is not a version like 1.2.34.5 (at most 15.15.65535.255)", what,
                   text);
    return major << 28 | minor << 24 | build << 8 | qfe;
}

static void set_disc(struct mkxex *x, const char *text, struct argp_state *state)
{
    unsigned disc, discs;
    char more;

    if (sscanf(text, "%3u/%3u%c", &disc, &discs, &more) != 2 || disc == 0 || disc > discs ||
        discs > 255)
        argp_error(state, "--disc: '%s' is not N/M with N from 1 to M", text);
    x->disc_number = (uint8_t)disc;
    x->disc_count = (uint8_t)discs;
}

static void add_privilege(struct mkxex *x, const char *text, struct argp_state *state)
{
    uint32_t bit = number(text, 10, "--privilege", state);

    if (bit > 95)
        argp_error(state, "--privilege: %u is not between 0 and 95", bit);
    x->privileges[bit / 32] |= 1u << bit % 32;
}

static error_t parse_packing(int key, const char *text, struct argp_state *state, struct mkxex *x)
{
    switch (key) {
    case 'c':
        x->compression =
            (enum mkxex_compression)choice(text, "none|basic|lzx", "--compress", state);
        return 0;
    case 'e':
        x->encryption =
            (enum mkxex_encryption)choice(text, "none|retail|devkit", "--encrypt", state);
        return 0;
    case 'p':
        x->page_size = choice(text, "4k|64k", "--page-size", state) ? 0x10000 : 0x1000;
        return 0;
    case KEY_BLOCKS:
        x->lzx_blocks = choice(text, "mixed|verbatim|aligned|uncompressed", "--lzx-blocks", state);
        return 0;
    case KEY_WINDOW:
        x->window_bits = number(text, 10, "--lzx-window", state);
        if (x->window_bits < 15 || x->window_bits > 21)
            argp_error(state, "--lzx-window: %u is not between 15 and 21", x->window_bits);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_identity(int key, const char *text, struct argp_state *state, struct mkxex *x)
{
    switch (key) {
    case KEY_TITLE:
        x->title_id = number(text, 16, "--title-id", state);
        return 0;
    case KEY_MEDIA:
        x->media_id = number(text, 16, "--media-id", state);
        return 0;
    case KEY_VERSION:
        x->version = version(text, "--title-version", state);
        return 0;
    case KEY_BASE_VERSION:
        x->base_version = version(text, "--base-version", state);
        return 0;
    case KEY_DISC:
        set_disc(x, text, state);
        return 0;
    case 'P':
        add_privilege(x, text, state);
        return 0;
    case KEY_NAME:
        x->pe_name = text;
        return 0;
    default:
        return parse_packing(key, text, state, x);
    }
}

static void add_from(struct mkxex *x, const char *text, struct argp_state *state)
{
    size_t length = strcspn(text, ":");

    if (!length || length > 31 || MKXEX_OWN + x->froms == MKXEX_LIBRARIES)
        argp_error(state,
                   "--import-from: '%s' is no name of at most 31 characters, or one too many",
                   text);
    memcpy(x->from[x->froms], text, length);
    if (text[length])
        x->from_version[x->froms] = version(text + length + 1, "--import-from", state);
    x->froms++;
}

static error_t parse_content(int key, const char *text, struct argp_state *state, struct mkxex *x)
{
    switch (key) {
    case 'r':
        add_resource(x, text, state);
        return 0;
    case 'x':
        add_export(x, text, state);
        return 0;
    case KEY_NAMES:
        x->export_names = true;
        return 0;
    case KEY_OF_TITLE:
        x->of_title = true;
        x->library = true;
        return 0;
    case KEY_LIBRARY:
        x->library = true;
        return 0;
    case KEY_FROM:
        add_from(x, text, state);
        return 0;
    case KEY_STACK:
        x->stack_size = number(text, 0, "--stack", state);
        return 0;
    case KEY_HEAP:
        x->heap_size = number(text, 0, "--heap", state);
        return 0;
    case KEY_TLS:
        x->tls_slots = number(text, 0, "--tls-slots", state);
        if (x->tls_slots > 1024)
            argp_error(state, "--tls-slots: %u is more than 1024", x->tls_slots);
        return 0;
    default:
        return parse_identity(key, text, state, x);
    }
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'o':
        arguments->output = text;
        return 0;
    case 'v':
        arguments->verbose = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->input)
            argp_error(state, "one ELF file, please: '%s' is one too many", text);
        arguments->input = text;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->input || !arguments->output)
            argp_error(state, "give an ELF file and -o FILE");
        return 0;
    default:
        return parse_content(key, text, state, arguments->x);
    }
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

static void describe(const struct mkxex *x, const char *path, size_t size)
{
    printf("%s: %zu bytes; image 0x%08x to 0x%08x, entry 0x%08x, %u imports\n", path, size, x->base,
           x->base + x->size, x->entry, x->imports);
    for (uint32_t i = 0; i < x->imports; i++)
        printf("  %-12s 0x%03x %s%s\n", mkxex_library_name(x, x->import[i].library),
               x->import[i].ordinal, mkxex_import_name(&x->import[i]),
               x->import[i].thunk ? "" : " (variable)");
}

/* "dir/hello.xex" has the PE name "hello.exe". */
static void default_pe_name(struct mkxex *x, const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);

    snprintf(name, size, "%.*s.exe", length < 50 ? length : 50, base);
    x->pe_name = name;
}

static void write_file(const char *path, const struct mkxex_buffer *out)
{
    FILE *file = fopen(path, "wb");

    if (!file)
        mkxex_fail("cannot write '%s': %m", path);
    if (fwrite(out->bytes, 1, out->size, file) != out->size || fclose(file) != 0) {
        remove(path);
        mkxex_fail("cannot write '%s': %m", path);
    }
}

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

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    gcry_check_version(NULL);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    if (!x.pe_name)
        default_pe_name(&x, arguments.output, name, sizeof(name));
    mkxex_read_elf(&x, arguments.input);
    mkxex_add_resources(&x);
    mkxex_add_exports(&x);
    mkxex_add_export_names(&x);
    mkxex_add_unwinds(&x);
    mkxex_write_pe_header(&x);
    mkxex_build(&x, &out);
    write_file(arguments.output, &out);
    if (arguments.verbose)
        describe(&x, arguments.output, out.size);
    free(out.bytes);
    free(x.image);
    free(x.page_kind);
    return 0;
}
