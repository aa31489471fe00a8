/* Names of files; see source.h. */
#include <string.h>

#include "vfs/source.h"

/* As RtlUpperChar has it: what has no upper case within the page stays. */
uint8_t xe_vfs_upcase(uint8_t c)
{
    bool lower = (c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7);

    return lower ? (uint8_t)(c - 0x20) : c;
}

int xe_vfs_name_compare(const char *a, const char *b)
{
    uint8_t x, y;

    do {
        x = xe_vfs_upcase((uint8_t)*a++);
        y = xe_vfs_upcase((uint8_t)*b++);
    } while (x && x == y);
    return x - y;
}

bool xe_vfs_name_is_valid(const char *name, size_t length)
{
    if (!length || length > XE_VFS_NAME_MAX || (length == 1 && name[0] == '.') ||
        (length == 2 && name[0] == '.' && name[1] == '.'))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((uint8_t)name[i] < 0x20 || strchr("\"*/:<>?\\|", name[i]))
            return false;
    return true;
}
