#include "rpc/api/json_bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *xe__rpc_json_guest(const char *text)
{
    char *clean = strdup(text);
    json_t *value;

    for (char *at = clean; at && *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    value = clean ? json_string(clean) : NULL;
    free(clean);
    return value;
}

json_t *xe__rpc_json_text(const char *text)
{
    json_t *string = json_string(text);
    char *escaped;
    size_t used = 0;

    if (string)
        return string;
    escaped = malloc(strlen(text) * 4 + 1);
    if (!escaped)
        return json_string("");
    for (; *text; text++)
        if (*text & 0x80)
            used += (size_t)sprintf(escaped + used, "\\x%02x", (uint8_t)*text);
        else
            escaped[used++] = *text;
    escaped[used] = '\0';
    string = json_string(escaped);
    free(escaped);
    return string;
}

char *xe__rpc_hex_text(const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(size * 2 + 1);

    if (!text)
        return NULL;
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[size * 2] = '\0';
    return text;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20; /* lower case */
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool xe__rpc_hex_read(const char *text, uint8_t *bytes, size_t size)
{
    if (!text || strlen(text) != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
