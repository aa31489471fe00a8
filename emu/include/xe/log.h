/* Log: a bounded ring of structured lines per instance; the owner reads or is told, emu never
 * prints. Lines carry cycle and thread so that they are as reproducible as the run itself. */
#ifndef XE_LOG_H
#define XE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum xe_log_level {
    XE_LOG_ERROR,
    XE_LOG_WARN,
    XE_LOG_INFO,
    XE_LOG_DEBUG,
    XE_LOG_STUB,  /* ours is missing: an export without a handler  */
    XE_LOG_GUEST, /* the title did something invalid               */
    XE_LOG_PRINT, /* the title's own debug output (DbgPrint)       */
    XE_LOG_LEVELS
};
/* In the order of the enum. */
#define XE_LOG_LEVEL_WORDS "error", "warn", "info", "debug", "stub", "guest", "print"

struct xe_log_line {
    uint64_t seq;   /* 1, 2, 3 ... in this log; never reused */
    uint64_t cycle; /* retired guest instructions            */
    uint32_t tid;   /* guest thread id, 0 when none          */
    enum xe_log_level level;
    const char *category; /* static string, e.g. "kernel"     */
    const char *text;     /* owned by the log, NUL terminated */
};

/* Where lines get their cycle and thread from. Any member may be NULL. */
struct xe_log_clock {
    void *ctx;
    uint64_t (*cycle)(void *ctx);
    uint32_t (*tid)(void *ctx);
};

struct xe_log;

/* A log keeping the newest `capacity` lines (>= 1). NULL when out of memory. */
struct xe_log *xe_log_create(size_t capacity);
void xe_log_destroy(struct xe_log *log);
void xe_log_set_clock(struct xe_log *log, struct xe_log_clock clock);

/* Write one line. log may be NULL (nothing happens). Texts over 4 KiB are cut with "...". */
void xe_log_write(struct xe_log *log, enum xe_log_level level, const char *category,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
void xe_log_writev(struct xe_log *log, enum xe_log_level level, const char *category,
                   const char *format, va_list args) __attribute__((format(printf, 4, 0)));

/* Visit kept lines with seq >= from, oldest first, until fn returns false. Returns the seq that the
 * next new line will get. */
uint64_t xe_log_visit(const struct xe_log *log, uint64_t from,
                      bool (*fn)(void *ctx, const struct xe_log_line *line), void *ctx);

/* "error", "warn", ... and back; -1 for an unknown name. */
const char *xe_log_level_name(enum xe_log_level level);
int xe_log_level_parse(const char *name);

#endif
