#include "cases.h"

#include <stdlib.h>
#include <string.h>

#include "build_elf.h"

static void malformed(const char *line)
{
    fprintf(stderr, "malformed line in a case file: %s\n", line);
    exit(99);
}

static size_t hex_bytes(const char *hex, uint8_t *bytes, size_t size)
{
    size_t n = 0;

    for (; hex[0] && hex[1] && n < size; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};

        bytes[n++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return n;
}

static bool parse_set(struct bad_case *bad, const char *line)
{
    static const char *const places[] = {
        [EDIT_IMAGE] = "image", [EDIT_BLOCK] = "block", [EDIT_FILE] = "file"};
    struct edit *edit = &bad->edits[bad->edit_count];
    char where[16], hex[2 * sizeof(edit->bytes) + 1];

    if (bad->edit_count == sizeof(bad->edits) / sizeof(bad->edits[0]) ||
        sscanf(line, "set %15s %zi %128s", where, (ssize_t *)&edit->offset, hex) != 3)
        return false;
    for (int i = EDIT_IMAGE; i <= EDIT_FILE; i++)
        if (strcmp(where, places[i]) == 0) {
            edit->where = (enum edit_where)i;
            edit->size = hex_bytes(hex, edit->bytes, sizeof(edit->bytes));
            bad->edit_count++;
            return true;
        }
    return false;
}

/* One line of a stanza; true when it was the last. */
static bool parse_line(struct bad_case *bad, const char *line)
{
    if (sscanf(line, "error %39s %511[^\n]", bad->kind, bad->text) == 2)
        return true;
    if (sscanf(line, "[%79[^]]", bad->name) != 1 && sscanf(line, "file %31s", bad->file) != 1 &&
        sscanf(line, "cut %zi", (ssize_t *)&bad->cut) != 1 && !parse_set(bad, line))
        malformed(line);
    return false;
}

bool bad_case_next(FILE *in, struct bad_case *ret_case)
{
    char line[1024];

    memset(ret_case, 0, sizeof(*ret_case));
    ret_case->cut = SIZE_MAX;
    while (fgets(line, sizeof(line), in)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (parse_line(ret_case, line))
            return true;
    }
    if (ret_case->name[0])
        malformed("a stanza without an error line");
    return false;
}

static uint8_t *build_edited_elf(const struct bad_case *bad, size_t *ret_size)
{
    static const char *const kinds[] = {
        [BUILD_ELF32] = "elf32", [BUILD_ELF64_V1] = "elf64v1", [BUILD_ELF64_V2] = "elf64v2"};
    uint8_t *file = calloc(1, BUILD_ELF_SIZE);

    for (int i = BUILD_ELF32; i <= BUILD_ELF64_V2; i++)
        if (strcmp(bad->file, kinds[i]) == 0)
            build_elf((enum build_elf_kind)i, file);
    if (file[0] == 0)
        malformed(bad->file);
    for (size_t i = 0; i < bad->edit_count; i++)
        memcpy(file + bad->edits[i].offset, bad->edits[i].bytes, bad->edits[i].size);
    *ret_size = BUILD_ELF_SIZE;
    return file;
}

uint8_t *bad_case_build(const struct bad_case *bad, size_t *ret_size)
{
    const struct build_xex *kind = build_xex_find(bad->file);
    uint8_t *file = kind ? build_xex(kind, bad->edits, bad->edit_count, ret_size)
                         : build_edited_elf(bad, ret_size);

    if (*ret_size > bad->cut)
        *ret_size = bad->cut;
    return file;
}
