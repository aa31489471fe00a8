/* The configuration: rows of config.def, their values, and where each came from.
 *
 * What the command line gives goes before the file, and the file before the defaults; of a list one
 * of them gives all. The file is YAML, one mapping of keys to values: no anchors, aliases, tags or
 * second document, nothing deeper than a list of texts. What is wrong is told with file, line and
 * column. */
#ifndef XE_DAEMON_CONFIG_H
#define XE_DAEMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/error.h"

#define XE_CONFIG_FILE_MAX (64u * 1024u)
#define XE_CONFIG_LIST_MAX 64

/* A place in the file, from 1; line 0: it is in none. */
struct xe_config_mark {
    size_t line, column;
};

struct xe_config_list {
    const char *item[XE_CONFIG_LIST_MAX];
    struct xe_config_mark mark[XE_CONFIG_LIST_MAX];
    uint32_t count;
};

#define XE_CONFIG_C_TEXT  const char *
#define XE_CONFIG_C_WORD  const char *
#define XE_CONFIG_C_COUNT uint32_t
#define XE_CONFIG_C_FLAG  bool
#define XE_CONFIG_C_LIST  struct xe_config_list

struct xe_daemon_options {
#define KEY(field, name, kind, min, max, fallback, words, what, when, doc) XE_CONFIG_C_##kind field;
#include "daemon/config.def"
#undef KEY
};

enum xe_config_key {
#define KEY(field, ...) XE_CONFIG_##field,
#include "daemon/config.def"
#undef KEY
    XE_CONFIG_KEYS
};

enum xe_config_kind {
    XE_CONFIG_TEXT,
    XE_CONFIG_WORD,
    XE_CONFIG_COUNT,
    XE_CONFIG_FLAG,
    XE_CONFIG_LIST
};

struct xe_config_row {
    const char *name;
    enum xe_config_kind kind;
    size_t offset, size; /* in struct xe_daemon_options */
    uint32_t min, max;
    const char *const *words;
    const char *what;
    bool always;
    const char *doc;
};

extern const struct xe_config_row xe_config_rows[XE_CONFIG_KEYS];

struct xe_config {
    struct xe_daemon_options value;
    bool given[XE_CONFIG_KEYS];
    struct xe_config_mark mark[XE_CONFIG_KEYS];
    const char *file; /* borrowed: what marks are in */
    char **string;    /* owned, each: texts of value */
    size_t strings;
};

/* Zeroed, it gives nothing. */
void xe_config_fini(struct xe_config *config);

/* A value as text; of a list, one more item. The error names neither file nor key. */
bool xe_config_set(struct xe_config *config, enum xe_config_key key, const char *text,
                   struct xe_config_mark mark, struct xe_error *err);
/* Read a file's text; file is its name, borrowed. */
bool xe_config_parse(struct xe_config *config, const char *file, const char *text, size_t size,
                     struct xe_error *err);
bool xe_config_load(struct xe_config *config, const char *file, struct xe_error *err);

/* What the file (NULL: there is none) and the command line say together, and defaults: given is
 * borrowed as long as ret lives. Checks what keys say of each other, too. */
bool xe_config_make(struct xe_config *ret, const char *file, const struct xe_config *given,
                    struct xe_error *err);

/* Is a key the same in both? */
bool xe_config_equal(const struct xe_daemon_options *a, const struct xe_daemon_options *b,
                     enum xe_config_key key);

/* The same error behind "FILE:LINE:COLUMN: ", where the mark is in a file. Returns false. */
bool xe_config_place(const struct xe_config *config, struct xe_config_mark mark,
                     struct xe_error *err);

#endif
