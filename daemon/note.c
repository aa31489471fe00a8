/* The daemon's own log; see note.h. */
#include "daemon/note.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/printable.h"

static const char *const names[] = {"error", "warn", "info", "debug"};
static atomic_int wanted = XE_NOTE_WARN;

void xe_note_set_level(enum xe_note_level level)
{
    atomic_store(&wanted, (int)level);
}

int xe_note_level_parse(const char *name)
{
    for (int i = 0; i < 4; i++)
        if (!strcmp(name, names[i]))
            return i;
    return -1;
}

void xe_note(enum xe_note_level level, const char *format, ...)
{
    char text[1024], *clean;
    va_list args;

    if ((int)level > atomic_load(&wanted))
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    clean = xe_printable(text); /* a client or a worker may have chosen parts of it */
    fprintf(stderr, "xe360d: %s: %s\n", names[level], clean ? clean : "out of memory");
    free(clean);
}
