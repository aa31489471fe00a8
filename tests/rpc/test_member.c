/* Rows of members: the JSON, schema and checks that follow from them; and that every row of the
 * method table can be written. */
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/api/member.h"

/* ---- a struct with one of each --------------------------------------------------------------- */

enum colour { RED, GREEN };

struct point {
    uint16_t x;
    int32_t y;
};

struct sample {
    bool on;
    uint8_t small;
    uint32_t word;
    uint64_t big;
    int64_t left;
    enum colour colour;
    char name[8];
    const char *what;
    struct point inside;
    const struct point *elsewhere;
    uint32_t array[3], in_array;
    struct point corner[2];
    uint32_t in_corner;
    const struct point *list;
    uint32_t in_list;
    json_t *made;
};

static const char *const colour_words[] = {"red", "green", NULL};
static const struct xe_rpc_type colour = {.kind = XE_RPC_KIND_ENUM, .values = colour_words};
static const char *const is_words[] = {"off", "on", NULL};
static const struct xe_rpc_type is_on = {.kind = XE_RPC_KIND_ENUM, .values = is_words};

static const struct xe_rpc_type point_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        XE_RPC_M_INT("x", struct point, x, "pixels", "to the right"),
        XE_RPC_M_INT("y", struct point, y, "pixels", "down"), XE_RPC_M_END}};
static const struct xe_rpc_field point_item = {"point", &point_type, true, 0, 0, "one", 0};
static const struct xe_rpc_type point_list = {.kind = XE_RPC_KIND_ARRAY, .items = &point_item};

static void product(const void *value, char *text, size_t size)
{
    const struct point *at = value;

    snprintf(text, size, "%d", at->x * at->y);
}

static const struct xe_rpc_field word_item = {"word", &colour, true, 0, 0, "one", 0};
static const struct xe_rpc_type words = {.kind = XE_RPC_KIND_ARRAY, .items = &word_item};

static bool has_word(const void *object, size_t n)
{
    return n == 1 && ((const struct sample *)object)->on;
}

#define S struct sample
static const struct xe_rpc_type part_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members =
        (const struct xe_rpc_member[]){XE_RPC_M_BOOL("on", S, on, "the same"), XE_RPC_M_END}};
static const struct xe_rpc_type sample_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        XE_RPC_M_CONSTANT("kind", &is_on, "always off"),
        XE_RPC_M_BOOL("on", S, on, "is it on?"),
        XE_RPC_M_VALUE("is", S, on, &is_on, "as a word"),
        XE_RPC_M_INT("small", S, small, NULL, "a byte"),
        XE_RPC_M_HEX("word", S, word, "of 32 bits"),
        XE_RPC_M_HEX("big", S, big, "of 64 bits"),
        XE_RPC_M_INT_OR_NULL("left", S, left, NULL, "null: no end",
                             XE_RPC_GIVEN_NOT(S, left, INT64_MAX)),
        XE_RPC_M_VALUE("colour", S, colour, &colour, "a word"),
        XE_RPC_M_BOUNDED("name", S, name, &xe_rpc_string, 0, 6, "inside"),
        XE_RPC_M_VALUE("guest", S, name, &xe_rpc_guest, "printable"),
        XE_RPC_M_STRING("what", S, what, "there or not", XE_RPC_WHEN_SET(S, what)),
        XE_RPC_M_STRUCT("inside", S, inside, &point_type, "a struct"),
        XE_RPC_M_STRUCT_AT("elsewhere", S, elsewhere, &point_type, "by pointer",
                           XE_RPC_WHEN_SET(S, elsewhere)),
        XE_RPC_M_MADE("product", S, inside, product, "made of a value"),
        XE_RPC_M_PART("part", &part_type, "of the same struct", XE_RPC_WHEN(S, colour, GREEN)),
        XE_RPC_M_ARRAY("array", S, array, in_array, &xe_rpc_hex_32_list, "words"),
        XE_RPC_M_ALL("all", S, array, &xe_rpc_int_list, "however many count"),
        XE_RPC_M_ARRAY_COLUMN("ys", S, corner, y, in_corner, &xe_rpc_int_list, "one of each"),
        XE_RPC_M_COLUMN("xs", S, list, x, in_list, &xe_rpc_int_list, "one of each"),
        XE_RPC_M_WORDS("words", has_word, &words, "those that it has"),
        XE_RPC_M_LIST("list", S, list, in_list, &point_list, "structs"),
        XE_RPC_M_VALUE("made", S, made, &xe_rpc_strings, "as it comes", XE_RPC_WHEN_SET(S, made)),
        XE_RPC_M_END}};
#undef S

static void expect_json(const struct sample *sample, const char *wanted)
{
    const struct xe_rpc_field field = {.name = "sample", .type = &sample_type};
    struct xe_rpc_misfit misfit;
    json_t *json = xe_rpc_write(&sample_type, sample);
    char *text = json_dumps(json, JSON_COMPACT);

    cr_expect_str_eq(text, wanted);
    cr_expect(xe_rpc_check(&field, json, "sample", &misfit), "%s: expected %s", misfit.path,
              misfit.expected);
    free(text);
    json_decref(json);
}

Test(rpc_member, a_struct_is_written_by_its_rows)
{
    const struct point points[] = {{1, -2}, {3, 4}};
    json_t *made = json_pack("[s]", "x");
    const struct sample sample = {.on = true,
                                  .small = 255,
                                  .word = 0x8200ABCD,
                                  .big = UINT64_C(0xFEDCBA9876543210),
                                  .left = INT64_MIN,
                                  .colour = GREEN,
                                  .name = "a\n\xff",
                                  .what = "why",
                                  .inside = {7, -6},
                                  .elsewhere = &points[1],
                                  .array = {1, 2, 3},
                                  .in_array = 2,
                                  .corner = {{1, 5}, {2, 6}},
                                  .in_corner = 2,
                                  .list = points,
                                  .in_list = 2,
                                  .made = made};

    expect_json(
        &sample,
        "{\"kind\":\"off\",\"on\":true,\"is\":\"on\",\"small\":255,\"word\":\"0x8200abcd\","
        "\"big\":\"0xfedcba9876543210\",\"left\":-9223372036854775808,"
        "\"colour\":\"green\",\"name\":\"a\\n\\\\xff\",\"guest\":\"a??\",\"what\":\"why\","
        "\"inside\":{\"x\":7,\"y\":-6},\"elsewhere\":{\"x\":3,\"y\":4},"
        "\"product\":\"-42\",\"part\":{\"on\":true},"
        "\"array\":[\"0x00000001\",\"0x00000002\"],"
        "\"all\":[1,2,3],\"ys\":[5,6],\"xs\":[1,3],"
        "\"words\":[\"green\"],\"list\":[{\"x\":1,\"y\":-2},{\"x\":3,\"y\":4}],\"made\":[\"x\"]}");
    json_decref(made);
}

Test(rpc_member, what_is_not_there_is_left_out_or_null)
{
    const struct sample sample = {.left = INT64_MAX};

    expect_json(&sample,
                "{\"kind\":\"off\",\"on\":false,\"is\":\"off\",\"small\":0,"
                "\"word\":\"0x00000000\",\"big\":\"0x0000000000000000\",\"left\":null,"
                "\"colour\":\"red\",\"name\":\"\",\"guest\":\"\","
                "\"inside\":{\"x\":0,\"y\":0},\"product\":\"0\",\"array\":[],\"all\":[0,0,0],"
                "\"ys\":[],\"xs\":[],\"words\":[],"
                "\"list\":[]}");
}

Test(rpc_member, a_count_beyond_the_array_and_a_word_beyond_the_list_harm_nothing)
{
    struct sample sample = {.left = 1, .in_array = 1000, .colour = (enum colour)9};
    json_t *json = xe_rpc_write(&sample_type, &sample);

    cr_expect_eq(json_array_size(json_object_get(json, "array")), 3);
    cr_expect_str_eq(json_string_value(json_object_get(json, "colour")), "?");
    json_decref(json);
}

/* ---- the schema, and the check --------------------------------------------------------------- */

Test(rpc_member, the_schema_tells_all_of_a_row)
{
    const struct xe_rpc_field field = {.name = "sample", .type = &sample_type};
    json_t *schema = xe_rpc_schema(&field);
    json_t *properties = json_object_get(schema, "properties"), *x, *required, *item;
    size_t i;

    x = json_object_get(json_object_get(json_object_get(properties, "inside"), "properties"), "x");
    cr_expect(json_is_false(json_object_get(schema, "additionalProperties")));
    cr_expect_str_eq(json_string_value(json_object_get(x, "x-unit")), "pixels");
    cr_expect_str_eq(json_string_value(json_object_get(x, "description")), "to the right");
    cr_expect_eq(json_integer_value(json_object_get(x, "maximum")), UINT16_MAX);
    x = json_object_get(properties, "name");
    cr_expect_eq(json_integer_value(json_object_get(x, "maxLength")), 6);
    required = json_object_get(schema, "required");
    cr_expect_eq(json_array_size(required), json_object_size(properties) - 4);
    json_array_foreach(required, i, item)
        cr_expect(json_object_get(properties, json_string_value(item)));
    json_decref(schema);
}

static bool fits(const struct xe_rpc_type *type, const char *text, struct xe_rpc_misfit *ret)
{
    const struct xe_rpc_field field = {.name = "it", .type = type};
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    bool ok = xe_rpc_check(&field, json, "it", ret);

    json_decref(json);
    return ok;
}

Test(rpc_member, a_member_without_a_row_and_a_row_without_its_member_are_misfits)
{
    struct xe_rpc_misfit misfit;

    cr_expect(fits(&point_type, "{\"x\": 1, \"y\": 2}", &misfit));
    cr_expect_not(fits(&point_type, "{\"x\": 1, \"y\": 2, \"z\": 3}", &misfit));
    cr_expect_str_eq(misfit.path, "it.z");
    cr_expect_not(fits(&point_type, "{\"x\": 1}", &misfit));
    cr_expect_str_eq(misfit.path, "it.y");
    cr_expect_not(fits(&point_type, "{\"x\": 65536, \"y\": 2}", &misfit));
    cr_expect_str_eq(misfit.path, "it.x");
    cr_expect_not(fits(&xe_rpc_hex_32, "\"0x123\"", &misfit));
    cr_expect_not(fits(&xe_rpc_hex_32, "291", &misfit));
    cr_expect_not(fits(&xe_rpc_hex_32, "\"0x0000012G\"", &misfit));
    cr_expect(fits(&xe_rpc_hex_32, "\"0x0000012a\"", &misfit));
}

Test(rpc_member, a_text_beyond_its_bounds_is_a_misfit)
{
    const struct xe_rpc_field field = {.name = "sample", .type = &sample_type};
    const struct sample sample = {.left = 1, .name = "1234567"};
    json_t *json = xe_rpc_write(&sample_type, &sample);
    struct xe_rpc_misfit misfit;

    cr_expect_not(xe_rpc_check(&field, json, "sample", &misfit));
    cr_expect_str_eq(misfit.path, "sample.name");
    json_decref(json);
}

Test(rpc_member, one_of_two_forms_fits)
{
    const struct xe_rpc_type either = {
        .kind = XE_RPC_KIND_OBJECT, .members = point_type.members, .other = &part_type};
    const struct xe_rpc_field field = {.name = "it", .type = &either};
    struct xe_rpc_misfit misfit;
    json_t *schema = xe_rpc_schema(&field);

    cr_expect(fits(&either, "{\"x\": 1, \"y\": 2}", &misfit));
    cr_expect(fits(&either, "{\"on\": true}", &misfit));
    cr_expect_not(fits(&either, "{\"x\": 1, \"y\": 2, \"on\": true}", &misfit));
    cr_expect_str_eq(misfit.path, "it.on");
    cr_expect_eq(json_array_size(json_object_get(schema, "oneOf")), 2);
    json_decref(schema);
}

Test(rpc_member, a_map_has_any_names_and_one_sort_of_value)
{
    const struct xe_rpc_field value = {.name = "value", .type = &xe_rpc_hex_32};
    const struct xe_rpc_type map = {.kind = XE_RPC_KIND_MAP, .items = &value};
    struct xe_rpc_misfit misfit;

    cr_expect(fits(&map, "{\"r1\": \"0x00000001\", \"r2\": \"0x00000002\"}", &misfit));
    cr_expect(fits(&map, "{}", &misfit));
    cr_expect_not(fits(&map, "{\"r1\": \"0x00000001\", \"r2\": 2}", &misfit));
    cr_expect_str_eq(misfit.path, "it.r2");
    cr_expect_not(fits(&map, "[]", &misfit));
}

/* ---- the table's rows ------------------------------------------------------------------------ */

static bool scalar_writes(const struct xe_rpc_type *type, enum xe_rpc_c c)
{
    bool number = c >= XE_RPC_C_BOOL && c <= XE_RPC_C_I64;

    switch (type->kind) {
    case XE_RPC_KIND_BOOL:
        return c == XE_RPC_C_BOOL;
    case XE_RPC_KIND_INT:
        return number && c != XE_RPC_C_BOOL;
    case XE_RPC_KIND_HEX:
        return c >= XE_RPC_C_U8 && c <= XE_RPC_C_U64;
    case XE_RPC_KIND_ENUM:
        return number || c == XE_RPC_C_NONE || c == XE_RPC_C_STRING;
    case XE_RPC_KIND_STRING:
        return c == XE_RPC_C_CHARS || c == XE_RPC_C_STRING || c == XE_RPC_C_TEXT;
    default:
        return false;
    }
}

/* Can a value that lies so be written as this type? */
static bool can_write(const struct xe_rpc_type *type, const struct xe_rpc_member *member)
{
    bool is_object = type->kind == XE_RPC_KIND_OBJECT && type->members;

    if (member->given.test != XE_RPC_ALWAYS && !type->null)
        return false;
    switch (member->c) {
    case XE_RPC_C_JSON:
        return true;
    case XE_RPC_C_WORDS:
        return type->kind == XE_RPC_KIND_ARRAY && type->items &&
               type->items->type->kind == XE_RPC_KIND_ENUM;
    case XE_RPC_C_STRUCT:
    case XE_RPC_C_STRUCT_AT:
        return is_object;
    case XE_RPC_C_ARRAY:
    case XE_RPC_C_LIST:
        return type->kind == XE_RPC_KIND_ARRAY && type->items &&
               (type->items->type->members || scalar_writes(type->items->type, member->item));
    default:
        return (member->c == XE_RPC_C_NONE && is_object) || scalar_writes(type, member->c);
    }
}

static void walk(const struct xe_rpc_type *type, const char *method)
{
    struct xe_rpc_slot slot;

    for (size_t i = 0; (slot = xe_rpc_slot(type, i)).field; i++) {
        const struct xe_rpc_field *field = slot.field;

        cr_expect(field->doc && field->doc[0] && field->min <= field->max, "%s: %s", method,
                  field->name);
        if (type->members)
            cr_expect(can_write(field->type, &type->members[i]), "%s: %s can't be written", method,
                      field->name);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(xe_rpc_slot(type, k).field->name, field->name, "%s", method);
        walk(field->type, method);
    }
    if (type->items)
        walk(type->items->type, method);
    if (type->other)
        walk(type->other, method);
}

Test(rpc_member, every_row_of_the_table_can_be_written)
{
    walk(&sample_type, "sample");
    for (int i = 0; i < XE_RPC_METHODS; i++)
        walk(xe_rpc_methods[i]->result, xe_rpc_methods[i]->name);
}

Test(rpc_member, rows_that_do_not_suit_their_value_are_found)
{
    const struct xe_rpc_member text_as_number =
        XE_RPC_M_VALUE("n", struct sample, name, &xe_rpc_int, "");
    const struct xe_rpc_member number_as_text =
        XE_RPC_M_VALUE("n", struct sample, word, &xe_rpc_string, "");
    const struct xe_rpc_member null_without_leave =
        XE_RPC_M_INT("n", struct sample, word, NULL, "", XE_RPC_GIVEN_SET(struct sample, word));

    cr_expect_not(can_write(text_as_number.field.type, &text_as_number));
    cr_expect_not(can_write(number_as_text.field.type, &number_as_text));
    cr_expect_not(can_write(null_without_leave.field.type, &null_without_leave));
}
