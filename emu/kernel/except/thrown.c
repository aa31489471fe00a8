/* The type of a C++ exception: a record leads to the list of types that catch it, whose first is
 * its own, and a descriptor has the name as compilers encode it. Of the encoding, what names of
 * thrown types are made of is read: names in names, and the plain types. The rest stays as it is.
 * Source: doc/facts/exceptions.md, section 6. Measured: names in descriptors of public images. */
#include <stdio.h>
#include <string.h>

#include "kernel/except/except_internal.h"

#define MAGIC      0x19930520u
#define MAGIC_PURE 0x01994000u
#define NAME_AT    8u
#define NAME_MAX   200u

static const struct {
    const char *code, *name;
} plain[] = {
    {"C", "signed char"},         {"D", "char"},  {"E", "unsigned char"}, {"F", "short"},
    {"G", "unsigned short"},      {"H", "int"},   {"I", "unsigned int"},  {"J", "long"},
    {"K", "unsigned long"},       {"M", "float"}, {"N", "double"},        {"_J", "long long"},
    {"_K", "unsigned long long"}, {"_N", "bool"}, {"_W", "wchar_t"},      {"X", "void"}};

/* "bad_alloc@std@@": from the outermost to the innermost. */
static bool names(const char *code, char *text, size_t size)
{
    const char *end = strstr(code, "@@");
    size_t used = 0;

    text[0] = '\0';
    if (!end || end[2] || strchr(code, '?') || strchr(code, '$'))
        return false;
    while (end > code && used < size) {
        const char *from = end;

        while (from > code && from[-1] != '@')
            from--;
        used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? "::" : "",
                                 (int)(end - from), from);
        end = from > code ? from - 1 : code;
    }
    return true;
}

static bool plain_type(const char *code, char *text, size_t size)
{
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strcmp(plain[i].code, code) == 0) {
            snprintf(text, size, "%s", plain[i].name);
            return true;
        }
    return false;
}

static bool class_type(const char *code, char *text, size_t size)
{
    if (code[0] == 'V' || code[0] == 'U' || code[0] == 'T')
        return names(code + 1, text, size);
    return code[0] == 'W' && code[1] == '4' && names(code + 2, text, size);
}

/* ".?AVname@@", ".H", ".PAD" (char *), ".PBD" (const char *) */
static void undecorate(const char *code, char *text, size_t size)
{
    char of[NAME_MAX + 1];
    const char *type = code + 1;

    if (code[0] == '.' && type[0] == '?' && type[1] == 'A' && class_type(type + 2, text, size))
        return;
    if (code[0] == '.' && plain_type(type, text, size))
        return;
    if (code[0] == '.' && type[0] == 'P' && (type[1] == 'A' || type[1] == 'B') &&
        (plain_type(type + 2, of, sizeof(of)) || class_type(type + 2, of, sizeof(of))))
        snprintf(text, size, "%s%s *", type[1] == 'B' ? "const " : "", of);
    else
        snprintf(text, size, "%s", code);
}

void xe__except_thrown(const struct xe_mem *mem, xe_gva record, char *text, size_t size)
{
    uint32_t magic = xe_mem_u32(mem, record + XE__RECORD_PARAMETERS);
    xe_gva info = xe_mem_u32(mem, record + XE__RECORD_PARAMETERS + 8);
    xe_gva list = info ? xe_mem_u32(mem, info + 0xC) : 0;
    xe_gva first = list && xe_mem_u32(mem, list) ? xe_mem_u32(mem, list + 4) : 0;
    xe_gva name = first ? xe_mem_u32(mem, first + 4) + NAME_AT : 0;
    int32_t n = name ? xe_mem_strnlen(mem, name, NAME_MAX) : -1;
    char code[NAME_MAX + 1];

    text[0] = '\0';
    if (xe_mem_u32(mem, record + XE__RECORD_COUNT) < 3 || (magic != MAGIC && magic != MAGIC_PURE))
        return;
    if (!info) /* throw without an operand: the runtime knows of what */
        snprintf(text, size, "what was caught");
    if (n < 1 || !xe_mem_read(mem, name, code, (uint32_t)n))
        return;
    code[n] = '\0';
    for (int32_t i = 0; i < n; i++)
        if (code[i] < ' ' || code[i] > '~')
            return;
    undecorate(code, text, size);
}
