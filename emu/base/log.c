/* The log ring. Lines own their texts; a full ring frees the oldest line for each new one. */
#include "xe/log.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define LINE_MAX 4096

struct xe_log {
    struct xe_log_line *lines; /* owned ring of `capacity` */
    size_t capacity;
    uint64_t next_seq; /* of the line written next; the ring holds the newest min(n, capacity) */
    struct xe_log_clock clock;
};

static const char *const level_names[XE_LOG_LEVELS] = {XE_LOG_LEVEL_WORDS};

struct xe_log *xe_log_create(size_t capacity)
{
    struct xe_log *log = xe_calloc(1, sizeof(*log));

    if (!log)
        return NULL;
    log->capacity = capacity ? capacity : 1;
    log->next_seq = 1;
    log->lines = xe_calloc(log->capacity, sizeof(*log->lines));
    if (!log->lines) {
        xe_free(log);
        return NULL;
    }
    return log;
}

void xe_log_destroy(struct xe_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->capacity; i++)
        xe_free((char *)(uintptr_t)log->lines[i].text);
    xe_free(log->lines);
    xe_free(log);
}

void xe_log_set_clock(struct xe_log *log, struct xe_log_clock clock)
{
    log->clock = clock;
}

void xe_log_writev(struct xe_log *log, enum xe_log_level level, const char *category,
                   const char *format, va_list args)
{
    char text[LINE_MAX];
    struct xe_log_line *line;
    int n;

    if (!log)
        return;
    n = vsnprintf(text, sizeof(text), format, args);
    if (n < 0)
        return;
    if ((size_t)n >= sizeof(text))
        memcpy(text + sizeof(text) - 4, "...", 4);
    line = &log->lines[(log->next_seq - 1) % log->capacity];
    xe_free((char *)(uintptr_t)line->text);
    *line = (struct xe_log_line){
        .seq = log->next_seq++,
        .cycle = log->clock.cycle ? log->clock.cycle(log->clock.ctx) : 0,
        .tid = log->clock.tid ? log->clock.tid(log->clock.ctx) : 0,
        .level = level,
        .category = category,
        .text = xe_strdup(text),
    };
}

void xe_log_write(struct xe_log *log, enum xe_log_level level, const char *category,
                  const char *format, ...)
{
    va_list args;

    va_start(args, format);
    xe_log_writev(log, level, category, format, args);
    va_end(args);
}

uint64_t xe_log_visit(const struct xe_log *log, uint64_t from,
                      bool (*fn)(void *ctx, const struct xe_log_line *line), void *ctx)
{
    uint64_t oldest = log->next_seq > log->capacity ? log->next_seq - log->capacity : 1;

    for (uint64_t seq = from > oldest ? from : oldest; seq < log->next_seq; seq++) {
        const struct xe_log_line *line = &log->lines[(seq - 1) % log->capacity];

        if (line->text && !fn(ctx, line))
            break;
    }
    return log->next_seq;
}

const char *xe_log_level_name(enum xe_log_level level)
{
    return level < XE_LOG_LEVELS ? level_names[level] : "?";
}

int xe_log_level_parse(const char *name)
{
    for (int i = 0; i < XE_LOG_LEVELS; i++)
        if (strcmp(level_names[i], name) == 0)
            return i;
    return -1;
}
