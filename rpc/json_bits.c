#include "rpc/json_bits.h"

#include <stdlib.h>
#include <string.h>

json_t *xe__json_count(uint64_t value)
{
    return json_integer((json_int_t)value);
}

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
