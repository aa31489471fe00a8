/* Texts of files, which may hold anything. */
#include "loader/image_internal.h"

void xe__loader_image_copy_text(char *ret_text, size_t ret_size, const uint8_t *bytes, size_t size)
{
    size_t n = 0;

    for (; n < size && n + 1 < ret_size && bytes[n]; n++)
        ret_text[n] = bytes[n] >= 0x20 && bytes[n] < 0x7F ? (char)bytes[n] : '?';
    ret_text[n] = '\0';
}
