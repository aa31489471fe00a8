/* Bytes that come in JSON. */
#include <string.h>

#include "clients/ctl/ctl.h"

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

bool ctl_base64(const char *text, uint8_t *to, size_t n)
{
    uint32_t word = 0, bits = 0;
    size_t done = 0;

    for (; *text && done < n; text++) {
        int value = digit(*text);

        if (value < 0)
            return false;
        word = word << 6 | (uint32_t)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            to[done++] = (uint8_t)(word >> bits);
        }
    }
    return done == n;
}
