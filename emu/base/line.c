#include "base/line.h"

#include <stdarg.h>
#include <stdio.h>

void xe_line_add(struct xe_line *line, const char *format, ...)
{
    size_t room = line->size - line->used;
    va_list args;
    int n;

    if (room == 0)
        return;
    va_start(args, format);
    n = vsnprintf(line->text + line->used, room, format, args);
    va_end(args);
    if (n > 0)
        line->used += (size_t)n < room ? (size_t)n : room - 1;
}
