#include "rpc/json_bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *xe__json_guest(const char *text)
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

json_t *xe__json_text(const char *text)
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
