/* Control characters made visible; see printable.h. */
#include "rpc/api/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX                                                                                  \
    6u /* characters that one byte of text can become: \uNNNN stands for two or three */

/* The character that begins at text, and how many bytes it has; a byte that begins none is returned
 * as it is, with *ret_size 0. */
static uint32_t decode(const uint8_t *text, size_t *ret_size)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least; /* smaller values have a shorter form */
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

    for (size_t more = 0; more < sizeof(forms) / sizeof(forms[0]); more++) {
        uint32_t value = text[0] & (uint8_t)~forms[more].mask;
        size_t i;

        if ((text[0] & forms[more].mask) != forms[more].lead)
            continue;
        for (i = 1; i <= more && (text[i] & 0xC0) == 0x80; i++)
            value = value << 6 | (text[i] & 0x3F);
        if (i <= more || value < forms[more].least || value > 0x10FFFF)
            break;
        *ret_size = more + 1;
        return value;
    }
    *ret_size = 0;
    return text[0];
}

/* Source: Unicode 15, bidirectional formatting characters and line separators; ECMA-48 for C1. */
static bool controls(uint32_t c)
{
    return (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0x200E ||
           c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static int show(char *to, uint32_t c)
{
    if (c == '\n' || c == '\r')
        return sprintf(to, "\\%c", c == '\n' ? 'n' : 'r');
    return sprintf(to, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
}

char *xe_printable(const char *text)
{
    char *clean = malloc(strlen(text) * SHOWN_MAX + 1);
    size_t used = 0, size;

    if (!clean)
        return NULL;
    for (; *text; text += size ? size : 1) {
        uint32_t c = decode((const uint8_t *)text, &size);

        if (!size || controls(c)) {
            used += (size_t)show(clean + used, c);
        } else {
            memcpy(clean + used, text, size);
            used += size;
        }
    }
    clean[used] = '\0';
    return clean;
}

static void clean_string(json_t *string)
{
    char *clean = xe_printable(json_string_value(string));

    json_string_set(string, clean ? clean : "");
    free(clean);
}

void xe_printable_json(json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_string(value))
        clean_string(value);
    json_array_foreach(value, i, item) xe_printable_json(item);
    json_object_foreach(value, key, item) xe_printable_json(item);
}
