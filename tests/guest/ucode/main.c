/* xe360-ucode: shaders from text to the words that the graphics chip runs, and back. */
#include <argp.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xe/types.h"
#include "xe/ucode.h"

#define INPUT_MAX (4u << 20)

const char *argp_program_version = "xe360-ucode " PACKAGE_VERSION;

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Write there; standard output unless given", 0},
    {"format", 'f', "binary|c", 0,
     "Words, most significant byte first (default), or a C array of them", 0},
    {"name", 'n', "NAME", 0, "Name of the C array (default: the input's name, with _ for dots)", 0},
    {"disassemble", 'd', 0, 0, "FILE holds words: print them as text", 0},
    {"pixel", 'p', 0, 0, "With -d: it is a pixel shader", 0},
    {0},
};

struct arguments {
    const char *input, *output, *name;
    bool c, disassemble, pixel;
};

static _Noreturn void fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'o':
        arguments->output = text;
        return 0;
    case 'f':
        arguments->c = !strcmp(text, "c");
        if (!arguments->c && strcmp(text, "binary"))
            argp_error(state, "--format: '%s' is neither binary nor c", text);
        return 0;
    case 'n':
        arguments->name = text;
        return 0;
    case 'd':
        arguments->disassemble = true;
        return 0;
    case 'p':
        arguments->pixel = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->input)
            argp_error(state, "one FILE, please: '%s' is one too many", text);
        arguments->input = text;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->input)
            argp_error(state, "give a FILE, or - for standard input");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "FILE",
    "Assemble a shader of the Xbox 360's graphics chip, or tell one as text.\v"
    "xe360-ucode(1) has the syntax. Example:\n"
    "  xe360-ucode -f c -o triangle.vs.h triangle.vs",
    NULL,
    NULL,
    NULL};

/* ---- files ---------------------------------------------------------------------------------- */

/* All of it, with a NUL behind. */
static char *read_all(const char *path, size_t *ret_size)
{
    FILE *in = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    char *bytes = malloc(INPUT_MAX + 1);

    if (!in)
        fail("xe360-ucode: cannot read '%s': %m", path);
    if (!bytes)
        fail("xe360-ucode: out of memory");
    *ret_size = fread(bytes, 1, INPUT_MAX, in);
    if (ferror(in))
        fail("xe360-ucode: cannot read '%s': %m", path);
    if (fgetc(in) != EOF)
        fail("xe360-ucode: '%s' has more than %u bytes", path, INPUT_MAX);
    bytes[*ret_size] = '\0';
    if (in != stdin)
        fclose(in);
    return bytes;
}

static FILE *open_output(const char *path)
{
    FILE *out = path ? fopen(path, "wb") : stdout;

    if (!out)
        fail("xe360-ucode: cannot write '%s': %m", path);
    return out;
}

/* A file that is not all there is none. */
static void close_output(FILE *out, const char *path)
{
    bool failed = ferror(out) != 0;

    failed |= fclose(out) != 0;
    if (failed && path)
        remove(path);
    if (failed)
        fail("xe360-ucode: cannot write '%s'", path ? path : "-");
}

/* ---- words ---------------------------------------------------------------------------------- */

static void write_binary(FILE *out, const struct xe_ucode_program *program)
{
    for (uint32_t i = 0; i < program->count; i++) {
        uint8_t bytes[4];

        xe_store_be32(bytes, program->words[i]);
        fwrite(bytes, 1, sizeof(bytes), out);
    }
}

/* "dir/a-b.vs" is a_b_vs. */
static void default_name(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/');

    snprintf(name, size, "%s", slash ? slash + 1 : path);
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) || (c == name && isdigit((unsigned char)*c)))
            *c = '_';
}

static void write_c(FILE *out, const struct xe_ucode_program *program, const char *name)
{
    fprintf(out, "/* Made by xe360-ucode: a %s shader. */\nstatic const unsigned %s[%u] = {",
            program->stage == XE_UCODE_PIXEL ? "pixel" : "vertex", name, program->count);
    for (uint32_t i = 0; i < program->count; i++)
        fprintf(out, "%s0x%08X,", i % 3 ? " " : "\n    ", program->words[i]);
    fputs("\n};\n", out);
}

static void assemble(const struct arguments *arguments, const char *text, size_t size)
{
    static struct xe_ucode_program program;
    struct xe_ucode_fault fault;
    char name[256];
    FILE *out;

    if (strlen(text) != size)
        fail("xe360-ucode: '%s' is not text", arguments->input);
    if (!xe_ucode_assemble(text, &program, &fault))
        fail("%s:%u:%u: %s", arguments->input, fault.line, fault.column, fault.text);
    default_name(arguments->input, name, sizeof(name));
    out = open_output(arguments->output);
    if (arguments->c)
        write_c(out, &program, arguments->name ? arguments->name : name);
    else
        write_binary(out, &program);
    close_output(out, arguments->output);
}

static void put_line(void *ctx, const char *line)
{
    fprintf(ctx, "%s\n", line);
}

static void disassemble(const struct arguments *arguments, const char *bytes, size_t size)
{
    static uint32_t words[XE_UCODE_WORDS];
    FILE *out;

    if (size % 4 || size / 4 > XE_UCODE_WORDS)
        fail("xe360-ucode: '%s' has %zu bytes: expected words, %u at most", arguments->input, size,
             XE_UCODE_WORDS);
    for (size_t i = 0; i < size / 4; i++)
        words[i] = xe_load_be32((const uint8_t *)bytes + 4 * i);
    out = open_output(arguments->output);
    xe_ucode_disassemble(arguments->pixel ? XE_UCODE_PIXEL : XE_UCODE_VERTEX, words, size / 4,
                         put_line, out);
    close_output(out, arguments->output);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.input = NULL};
    size_t size;
    char *bytes;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    bytes = read_all(arguments.input, &size);
    if (arguments.disassemble)
        disassemble(&arguments, bytes, size);
    else
        assemble(&arguments, bytes, size);
    free(bytes);
    return 0;
}
