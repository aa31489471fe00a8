/* The daemon's own log: one line on standard error per event, for journald or a terminal. Secrets
 * (tokens) are never passed here. */
#ifndef XE_DAEMON_NOTE_H
#define XE_DAEMON_NOTE_H

enum xe_note_level { XE_NOTE_ERROR, XE_NOTE_WARN, XE_NOTE_INFO, XE_NOTE_DEBUG };

void xe_note_set_level(enum xe_note_level level);
int xe_note_level_parse(const char *name); /* -1: no such level */
void xe_note(enum xe_note_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
