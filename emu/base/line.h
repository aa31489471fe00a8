/* A line of text that grows and is cut, never overrun. */
#ifndef XE_BASE_LINE_H
#define XE_BASE_LINE_H

#include <stddef.h>

struct xe_line {
    char *text; /* ends with NUL after the first xe_line_add */
    size_t size, used;
};

void xe_line_add(struct xe_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
