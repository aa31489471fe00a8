/* Members of replies: one row says a member's name, type, unit, meaning, when it is there, and
 * where its value lies in a C struct. xe_rpc_write makes JSON of the struct by its rows;
 * rpc.discover and xe_rpc_check read the same rows, so nothing can be in a reply that isn't in its
 * schema.
 *
 * The row's macro finds out what C type the value has. The JSON follows from that and the row's
 * type: a uint32_t is a number (INT), "0x%08x" (HEX) or one of the type's words (ENUM), and so is
 * a bool. What a struct doesn't have (a count of something, a text made of several fields) goes
 * into a view: a struct that whoever replies fills for the purpose. */
#ifndef XE_RPC_API_MEMBER_H
#define XE_RPC_API_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "rpc/api/rpc.h"

/* How a value lies in the struct. */
enum xe_rpc_c {
    XE_RPC_C_NONE, /* it doesn't: a constant, or an object made of the same struct */
    XE_RPC_C_BOOL,
    XE_RPC_C_U8,
    XE_RPC_C_U16,
    XE_RPC_C_U32, /* enums too */
    XE_RPC_C_U64,
    XE_RPC_C_I32,
    XE_RPC_C_I64,
    XE_RPC_C_CHARS,     /* char[], ends with NUL                          */
    XE_RPC_C_STRING,    /* const char *                                   */
    XE_RPC_C_TEXT,      /* whatever the row's function makes a text of    */
    XE_RPC_C_WORDS,     /* which words the struct has, says a function    */
    XE_RPC_C_STRUCT,    /* a struct inside                                */
    XE_RPC_C_STRUCT_AT, /* pointer to one                                 */
    XE_RPC_C_ARRAY,     /* items inside, with a uint32_t that counts them */
    XE_RPC_C_LIST,      /* pointer to the first of them                   */
    XE_RPC_C_JSON,      /* json_t *, borrowed                             */
    XE_RPC_C_KINDS
};

/* A condition on another value of the struct, or on the row's own. */
struct xe_rpc_when {
    enum { XE_RPC_ALWAYS, XE_RPC_IS, XE_RPC_IS_NOT } test;
    enum xe_rpc_c c; /* CHARS: 0 is "", STRING and JSON: 0 is NULL */
    uint32_t offset;
    int64_t value;
};

/* Makes the text of a value; at most size bytes with the NUL. */
typedef void xe_rpc_text(const void *value, char *text, size_t size);

/* Has the struct the n-th word of the items' type? */
typedef bool xe_rpc_has_word(const void *object, size_t n);

#define XE_RPC_NO_COUNT UINT32_MAX /* all of the array */

struct xe_rpc_member {
    struct xe_rpc_field field;
    const char *unit; /* NULL: it has none */
    enum xe_rpc_c c;
    uint32_t offset;
    /* Arrays and lists: each item, and where its value is in it; where the count is; array: at
     * most so many. */
    enum xe_rpc_c item;
    uint32_t item_size, item_at, count, room;
    xe_rpc_text *text;
    xe_rpc_has_word *has_word;
    struct xe_rpc_when when;  /* else the member is left out */
    struct xe_rpc_when given; /* else it is null             */
};

/* JSON of a struct, by the members of an object type. NULL without memory. Owned by the caller. */
json_t *xe_rpc_write(const struct xe_rpc_type *type, const void *object);

/* ---- rows ------------------------------------------------------------------------------------ */

#define XE_RPC__FIELD(S, f) (((S *)0)->f)
/* clang-format off */
#define XE_RPC__CHOOSE(S, f, flag, u8, u16, u32, u64, i32, i64, other)                             \
    _Generic(XE_RPC__FIELD(S, f),                                                                  \
        bool: flag, uint8_t: u8, uint16_t: u16, uint32_t: u32, uint64_t: u64, int32_t: i32,        \
        int64_t: i64, default: other)
/* clang-format on */
#define XE_RPC__C(S, f)                                                                            \
    XE_RPC__CHOOSE(S, f, XE_RPC_C_BOOL, XE_RPC_C_U8, XE_RPC_C_U16, XE_RPC_C_U32, XE_RPC_C_U64, XE_RPC_C_I32,      \
                   XE_RPC_C_I64,                                                                   \
                   _Generic(&XE_RPC__FIELD(S, f),                                                  \
                       const char **: XE_RPC_C_STRING,                                             \
                       json_t **: XE_RPC_C_JSON,                                                   \
                       default: XE_RPC_C_CHARS))
#define XE_RPC__MIN(S, f) XE_RPC__CHOOSE(S, f, 0, 0, 0, 0, 0, INT32_MIN, INT64_MIN, 0)
#define XE_RPC__MAX(S, f)                                                                          \
    XE_RPC__CHOOSE(S, f, 0, UINT8_MAX, UINT16_MAX, UINT32_MAX, XE_RPC_COUNT_MAX, INT32_MAX,        \
                   INT64_MAX, 0)
#define XE_RPC__AT(S, f) .c = XE_RPC__C(S, f), .offset = offsetof(S, f)
#define XE_RPC__ROW(name, type, min, max, doc)                                                     \
    .field = {name, type, XE_RPC_REQUIRED, min, max, doc, 0}

/* `...`: XE_RPC_WHEN and XE_RPC_GIVEN. S: the struct, f: the value in it. */
#define XE_RPC_M_INT(name, S, f, unit_, doc, ...)                                                  \
    {                                                                                              \
        XE_RPC__ROW(name, &xe_rpc_int, XE_RPC__MIN(S, f), XE_RPC__MAX(S, f), doc),                 \
            .unit = unit_, XE_RPC__AT(S, f), ##__VA_ARGS__                                         \
    }
#define XE_RPC_M_INT_OR_NULL(name, S, f, unit_, doc, ...)                                          \
    {                                                                                              \
        XE_RPC__ROW(name, &xe_rpc_int_or_null, XE_RPC__MIN(S, f), XE_RPC__MAX(S, f), doc),         \
            .unit = unit_, XE_RPC__AT(S, f), ##__VA_ARGS__                                         \
    }
/* Any type that a value in the struct can be written as, bounded by the value's own type. */
#define XE_RPC_M_VALUE(name, S, f, type, doc, ...)                                                 \
    {                                                                                              \
        XE_RPC__ROW(name, type, XE_RPC__MIN(S, f), XE_RPC__MAX(S, f), doc), XE_RPC__AT(S, f),      \
            ##__VA_ARGS__                                                                          \
    }
/* The same with other bounds: of a number, or of a text's bytes. */
#define XE_RPC_M_BOUNDED(name, S, f, type, min, max, doc, ...)                                     \
    {                                                                                              \
        XE_RPC__ROW(name, type, min, max, doc), XE_RPC__AT(S, f), ##__VA_ARGS__                    \
    }
#define XE_RPC_M_HEX(name, S, f, doc, ...)                                                         \
    XE_RPC_M_VALUE(name, S, f,                                                                     \
                   (sizeof(XE_RPC__FIELD(S, f)) > 4 ? &xe_rpc_hex_64 : &xe_rpc_hex_32), doc,       \
                   ##__VA_ARGS__)
#define XE_RPC_M_BOOL(name, S, f, doc, ...)                                                        \
    XE_RPC_M_VALUE(name, S, f, &xe_rpc_bool, doc, ##__VA_ARGS__)
#define XE_RPC_M_STRING(name, S, f, doc, ...)                                                      \
    XE_RPC_M_VALUE(name, S, f, &xe_rpc_string, doc, ##__VA_ARGS__)
#define XE_RPC_M_MADE(name, S, f, function, doc, ...)                                              \
    {                                                                                              \
        XE_RPC__ROW(name, &xe_rpc_string, 0, 0, doc),                                              \
            .c = XE_RPC_C_TEXT, .offset = offsetof(S, f), .text = function, ##__VA_ARGS__          \
    }
#define XE_RPC_M_MADE_BOUNDED(name, S, f, function, min, max, doc, ...)                            \
    {                                                                                              \
        XE_RPC__ROW(name, &xe_rpc_string, min, max, doc),                                          \
            .c = XE_RPC_C_TEXT, .offset = offsetof(S, f), .text = function, ##__VA_ARGS__          \
    }
#define XE_RPC_M_MADE_OR_NULL(name, S, f, function, doc, ...)                                      \
    {                                                                                              \
        XE_RPC__ROW(name, &xe_rpc_text_or_null, 0, 0, doc),                                        \
            .c = XE_RPC_C_TEXT, .offset = offsetof(S, f), .text = function, ##__VA_ARGS__          \
    }
/* An array of words, those that the struct has. */
#define XE_RPC_M_WORDS(name, function, type, doc, ...)                                             \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc), .c = XE_RPC_C_WORDS, .has_word = function,             \
                                            ##__VA_ARGS__                                          \
    }
/* The one word of its type. */
#define XE_RPC_M_CONSTANT(name, type, doc)                                                         \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc)                                                         \
    }
/* An object: in a struct inside, behind a pointer, or of the same struct. */
#define XE_RPC_M_STRUCT(name, S, f, type, doc, ...)                                                \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc), .c = XE_RPC_C_STRUCT, .offset = offsetof(S, f),        \
                                            ##__VA_ARGS__                                          \
    }
#define XE_RPC_M_STRUCT_AT(name, S, f, type, doc, ...)                                             \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc), .c = XE_RPC_C_STRUCT_AT, .offset = offsetof(S, f),     \
                                            ##__VA_ARGS__                                          \
    }
#define XE_RPC_M_PART(name, type, doc, ...)                                                        \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc), .c = XE_RPC_C_NONE, ##__VA_ARGS__                      \
    }
/* An object that the struct doesn't have: whoever knows it adds it to the JSON afterwards. */
#define XE_RPC_M_LATER(name, type, doc)                                                            \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc), .c = XE_RPC_C_NONE, .when = {.test = XE_RPC_IS_NOT }   \
    }
/* Items inside the struct, and behind a pointer; n counts them. */
#define XE_RPC_M_ARRAY(name, S, f, n, type, doc, ...)                                              \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc),                                                        \
            .c = XE_RPC_C_ARRAY, .offset = offsetof(S, f), .item = XE_RPC__C(S, f[0]),             \
            .item_size = sizeof(XE_RPC__FIELD(S, f)[0]), .count = offsetof(S, n),                  \
            .room = sizeof(XE_RPC__FIELD(S, f)) / sizeof(XE_RPC__FIELD(S, f)[0]), ##__VA_ARGS__    \
    }
#define XE_RPC_M_LIST(name, S, f, n, type, doc, ...)                                               \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc),                                                        \
            .c = XE_RPC_C_LIST, .offset = offsetof(S, f), .item = XE_RPC__C(S, f[0]),              \
            .item_size = sizeof(XE_RPC__FIELD(S, f)[0]), .count = offsetof(S, n), ##__VA_ARGS__    \
    }
/* The same, of one value in each of the structs there. */
#define XE_RPC_M_ARRAY_COLUMN(name, S, f, sub, n, type, doc, ...)                                  \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc),                                                        \
            .c = XE_RPC_C_ARRAY, .offset = offsetof(S, f), .item = XE_RPC__C(S, f[0].sub),         \
            .item_at = offsetof(__typeof__(XE_RPC__FIELD(S, f)[0]), sub),                          \
            .item_size = sizeof(XE_RPC__FIELD(S, f)[0]), .count = offsetof(S, n),                  \
            .room = sizeof(XE_RPC__FIELD(S, f)) / sizeof(XE_RPC__FIELD(S, f)[0]), ##__VA_ARGS__    \
    }
#define XE_RPC_M_COLUMN(name, S, f, sub, n, type, doc, ...)                                        \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc),                                                        \
            .c = XE_RPC_C_LIST, .offset = offsetof(S, f), .item = XE_RPC__C(S, f[0].sub),          \
            .item_at = offsetof(__typeof__(XE_RPC__FIELD(S, f)[0]), sub),                          \
            .item_size = sizeof(XE_RPC__FIELD(S, f)[0]), .count = offsetof(S, n), ##__VA_ARGS__    \
    }
/* All items of an array. */
#define XE_RPC_M_ALL(name, S, f, type, doc, ...)                                                   \
    {                                                                                              \
        XE_RPC__ROW(name, type, 0, 0, doc),                                                        \
            .c = XE_RPC_C_ARRAY, .offset = offsetof(S, f), .item = XE_RPC__C(S, f[0]),             \
            .item_size = sizeof(XE_RPC__FIELD(S, f)[0]), .count = XE_RPC_NO_COUNT,                 \
            .room = sizeof(XE_RPC__FIELD(S, f)) / sizeof(XE_RPC__FIELD(S, f)[0]), ##__VA_ARGS__    \
    }
#define XE_RPC_M_END                                                                               \
    {                                                                                              \
        .field = {.name = NULL }                                                                   \
    }

/* The member is there only if f is value, isn't, is something (not 0, "" or NULL); it is null
 * unless f is value, something, anything but value. */
#define XE_RPC__WHEN(S, f, t, v)                                                                   \
    {                                                                                              \
        .test = t, XE_RPC__AT(S, f), .value = v                                                    \
    }
#define XE_RPC_WHEN(S, f, v)      .when = XE_RPC__WHEN(S, f, XE_RPC_IS, v)
#define XE_RPC_WHEN_NOT(S, f, v)  .when = XE_RPC__WHEN(S, f, XE_RPC_IS_NOT, v)
#define XE_RPC_WHEN_SET(S, f)     .when = XE_RPC__WHEN(S, f, XE_RPC_IS_NOT, 0)
#define XE_RPC_GIVEN(S, f, v)     .given = XE_RPC__WHEN(S, f, XE_RPC_IS, v)
#define XE_RPC_GIVEN_SET(S, f)    .given = XE_RPC__WHEN(S, f, XE_RPC_IS_NOT, 0)
#define XE_RPC_GIVEN_NOT(S, f, v) .given = XE_RPC__WHEN(S, f, XE_RPC_IS_NOT, v)

#endif
