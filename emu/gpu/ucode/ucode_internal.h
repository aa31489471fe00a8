/* What the files about microcode share: fields by number, and what their values are called. */
#ifndef XE_GPU_UCODE_INTERNAL_H
#define XE_GPU_UCODE_INTERNAL_H

#include <stdarg.h>

#include "gpu/ucode/ucode.h"

/* ---- the table (table.c) -------------------------------------------------------------------- */

enum xe__ucode_values {
    XE__UCODE_NUMBER,
    XE__UCODE_SIGNED,
    XE__UCODE_FLAG,
    XE__UCODE_ALLOC,
    XE__UCODE_FILTER,
    XE__UCODE_DIMENSION,
    XE__UCODE_VERTEX_FORMAT
};

struct xe__ucode_field {
    const char *name;
    uint8_t form, bit, width;
    uint16_t usual;
    uint8_t values;
};
extern const struct xe__ucode_field xe__ucode_fields[];
extern const uint32_t xe__ucode_field_count;
/* Of control flow: where in the table a field is. */
enum {
#define CF_FIELD(form, name, bit, width, usual, values) XE__UCODE_##form##_##name,
#include "gpu/ucode/ucode.def"
};

/* Bits of a field, without its sign. */
uint32_t xe__ucode_get(const struct xe_ucode_word *word, const struct xe__ucode_field *field);
void xe__ucode_set(struct xe_ucode_word *word, const struct xe__ucode_field *field, uint32_t bits);
/* As a number: with its sign where it has one. */
int32_t xe__ucode_value(const struct xe_ucode_word *word, const struct xe__ucode_field *field);
/* NULL: the form has none of that name. */
const struct xe__ucode_field *xe__ucode_field(enum xe_ucode_form form, const char *name);
/* By name, of a field that the form has. */
void xe__ucode_put(struct xe_ucode_word *word, enum xe_ucode_form form, const char *name,
                   int32_t value);
/* A word of that form where nothing is said. */
struct xe_ucode_word xe__ucode_usual(enum xe_ucode_form form);

/* A value of a set by its name, and the name of a value: NULL, none. */
bool xe__ucode_named(enum xe__ucode_values set, const char *name, uint32_t *ret);
const char *xe__ucode_name(enum xe__ucode_values set, uint32_t value);

const char *xe__ucode_cf_name(enum xe_ucode_cf_op op);
enum xe_ucode_form xe__ucode_cf_form(enum xe_ucode_cf_op op);
const char *xe__ucode_fetch_name(uint32_t op);

/* Names of exports: "oPos", "o3"; the number that a name has; false: no such. */
void xe__ucode_export_name(enum xe_ucode_stage stage, uint32_t number, char ret[16]);
bool xe__ucode_export_named(enum xe_ucode_stage stage, const char *name, uint32_t *ret);

/* Decoded instructions as words again (decode.c). */
void xe__ucode_alu_word(const struct xe_ucode_alu *from, struct xe_ucode_word *ret);
void xe__ucode_vfetch_word(const struct xe_ucode_vfetch *from, struct xe_ucode_word *ret);
void xe__ucode_tfetch_word(const struct xe_ucode_tfetch *from, struct xe_ucode_word *ret);

/* ---- text out (print*.c) -------------------------------------------------------------------- */

/* A line as it grows; what does not fit is left out. */
struct xe__ucode_text {
    char text[XE_UCODE_LINE];
    size_t size;
};
void xe__ucode_add(struct xe__ucode_text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What the syntax says of an instruction by itself; what else it holds goes into braces. */
void xe__ucode_print_alu(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                         const struct xe_ucode_alu *alu);
void xe__ucode_print_vfetch(struct xe__ucode_text *out, const struct xe_ucode_vfetch *vfetch);
void xe__ucode_print_tfetch(struct xe__ucode_text *out, const struct xe_ucode_tfetch *tfetch);

/* ---- text in (parse*.c) --------------------------------------------------------------------- */

#define XE__UCODE_NAME 32 /* bytes of the longest name */

struct xe__ucode_parser {
    enum xe_ucode_stage stage;
    const char *text, *at;
    const char *token;            /* what was looked at last begins there */
    struct xe_ucode_fault *fault; /* of the first that was met */
    bool failed;
    char label[XE__UCODE_NAME]; /* that the last control flow went to; "": a number */
    bool with_body;             /* of the last exec: what it runs follows */
};

/* The fault is where the last token begins. Returns false. */
bool xe__ucode_wrong(struct xe__ucode_parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Past blanks and comments; lines too: also past ends of lines. */
void xe__ucode_blanks(struct xe__ucode_parser *p, bool lines);
/* Is this character next? Then it is taken. */
bool xe__ucode_eat(struct xe__ucode_parser *p, char c);
bool xe__ucode_want(struct xe__ucode_parser *p, char c);
/* Letters, digits and '_'; "": none is next. */
void xe__ucode_next_name(struct xe__ucode_parser *p, char ret[XE__UCODE_NAME]);
/* A number, which is from least to most. */
bool xe__ucode_number(struct xe__ucode_parser *p, int64_t least, int64_t most, int64_t *ret);
/* A name that is a letter and a number below limit: "r12". */
bool xe__ucode_numbered(const char *name, const char *letters, uint32_t limit, uint32_t *ret);
/* {name=value, flag, ...}, if that is next. */
bool xe__ucode_braces(struct xe__ucode_parser *p, enum xe_ucode_form form,
                      struct xe_ucode_word *word);
/* "(p0)" or "(!p0)", if that is next. */
bool xe__ucode_guard(struct xe__ucode_parser *p, bool *ret_is, bool *ret_cond);

/* An instruction by its first name, which was taken. */
bool xe__ucode_parse_cf(struct xe__ucode_parser *p, const char *name, struct xe_ucode_word *ret);
bool xe__ucode_is_cf(const char *name);
bool xe__ucode_parse_slot(struct xe__ucode_parser *p, const char *name, struct xe_ucode_word *ret,
                          bool *ret_fetch);
bool xe__ucode_parse_alu(struct xe__ucode_parser *p, const char *name, struct xe_ucode_word *ret);
/* Digits of a swizzle: "xyzw01_" up to most of them after a dot. */
bool xe__ucode_letters(struct xe__ucode_parser *p, const char *allowed, char ret[5]);

#endif
