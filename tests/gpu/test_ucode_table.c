/* The table of microcode: it leaves no bit out, and says none twice; words are what the fields of
 * doc/facts say, not what the table does. */
#include <criterion/criterion.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

static uint32_t width_of(enum xe_ucode_form form)
{
    return form < XE_UCODE_ALU ? 48 : 96;
}

Test(ucode_table, fields_of_a_form_cover_each_bit_once)
{
    for (int form = 0; form < XE_UCODE_FORMS; form++) {
        uint32_t told[96] = {0};

        for (uint32_t i = 0; i < xe__ucode_field_count; i++)
            for (uint32_t k = 0; k < xe__ucode_fields[i].width; k++)
                if (xe__ucode_fields[i].form == form)
                    told[xe__ucode_fields[i].bit + k]++;
        for (uint32_t bit = 0; bit < 96; bit++)
            cr_expect_eq(told[bit], bit < width_of((enum xe_ucode_form)form), "form %d, bit %u",
                         form, bit);
    }
}

Test(ucode_table, names_of_a_form_differ)
{
    for (uint32_t i = 0; i < xe__ucode_field_count; i++)
        cr_expect_eq(xe__ucode_field(xe__ucode_fields[i].form, xe__ucode_fields[i].name),
                     &xe__ucode_fields[i], "%s", xe__ucode_fields[i].name);
}

/* Every field alone, all ones, is got back, and nothing else is. */
Test(ucode_table, a_field_touches_no_other)
{
    for (uint32_t i = 0; i < xe__ucode_field_count; i++) {
        const struct xe__ucode_field *field = &xe__ucode_fields[i];
        struct xe_ucode_word word = {{0}};

        xe__ucode_set(&word, field, UINT32_MAX);
        for (uint32_t k = 0; k < xe__ucode_field_count; k++) {
            const struct xe__ucode_field *other = &xe__ucode_fields[k];
            uint32_t all = (uint32_t)((UINT64_C(1) << other->width) - 1);

            if (other->form == field->form)
                cr_expect_eq(xe__ucode_get(&word, other), k == i ? all : 0, "%s", other->name);
        }
    }
}

Test(ucode_table, numbers_with_a_sign_have_it)
{
    struct xe_ucode_word word = {{0, 0, 0x7FFFFF00}};
    struct xe_ucode_vfetch vfetch;
    struct xe_ucode_tfetch tfetch;

    xe_ucode_vfetch(&word, &vfetch);
    cr_expect_eq(vfetch.offset, -1);
    word.w[2] = 0x40 << 2 | 0x0F << 16;
    xe_ucode_tfetch(&word, &tfetch);
    cr_expect_eq(tfetch.lod_bias, -64);
    cr_expect_eq(tfetch.offset_x, 15);
}

/* Numbers of operations that are easily taken for each other: the orders of comparisons differ. */
Test(ucode_table, operations_have_their_numbers)
{
    static const struct {
        const struct xe_ucode_op *ops;
        uint32_t number;
        const char *name;
        uint32_t operands;
    } rows[] = {
        {xe_ucode_vector_ops, 0, "add", 2},           {xe_ucode_vector_ops, 4, "seq", 2},
        {xe_ucode_vector_ops, 7, "sne", 2},           {xe_ucode_vector_ops, 11, "mad", 3},
        {xe_ucode_vector_ops, 17, "dp2add", 3},       {xe_ucode_vector_ops, 20, "setp_eq_push", 2},
        {xe_ucode_vector_ops, 21, "setp_ne_push", 2}, {xe_ucode_vector_ops, 24, "kill_eq", 2},
        {xe_ucode_vector_ops, 25, "kill_gt", 2},      {xe_ucode_vector_ops, 27, "kill_ne", 2},
        {xe_ucode_vector_ops, 29, "maxa", 2},         {xe_ucode_vector_ops, 30, NULL, 0},
        {xe_ucode_scalar_ops, 4, "muls_prev2", 2},    {xe_ucode_scalar_ops, 19, "rcp", 1},
        {xe_ucode_scalar_ops, 27, "setp_eq", 1},      {xe_ucode_scalar_ops, 28, "setp_ne", 1},
        {xe_ucode_scalar_ops, 35, "kills_eq", 1},     {xe_ucode_scalar_ops, 36, "kills_gt", 1},
        {xe_ucode_scalar_ops, 41, NULL, 0},           {xe_ucode_scalar_ops, 42, "mulsc0", 2},
        {xe_ucode_scalar_ops, 50, "retain_prev", 0},  {xe_ucode_scalar_ops, 51, NULL, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct xe_ucode_op *op = &rows[i].ops[rows[i].number];

        if (rows[i].name)
            cr_assert_str_eq(op->name, rows[i].name);
        else
            cr_assert_null(op->name);
        cr_expect_eq(op->operands, rows[i].operands, "%s", rows[i].name);
    }
}

/* The flow ends where the first body begins, wherever an exec says that is. */
Test(ucode_table, control_flow_ends_at_the_lowest_body)
{
    uint32_t words[18] = {0};

    cr_expect_eq(xe_ucode_cf_count(words, 18), 12, "nothing but flow");
    words[0] = 3;
    words[1] = 0x2000 | 2 << 16; /* exec_end at 3; the second is an exec at 2 */
    words[2] = 0x1000 << 16;
    cr_expect_eq(xe_ucode_cf_count(words, 18), 4);
    words[0] = 0;
    cr_expect_eq(xe_ucode_cf_count(words, 18), 4, "0 is no address");
    words[1] = 0x2000 | 9 << 16;
    cr_expect_eq(xe_ucode_cf_count(words, 18), 12, "behind the end");
    words[0] = 1;
    cr_expect_eq(xe_ucode_cf_count(words, 2), 0, "no whole slot");
}

Test(ucode_table, lanes_read_components_relative_to_themselves)
{
    for (uint32_t lane = 0; lane < 4; lane++) {
        cr_expect_eq(xe_ucode_lane(0x00, lane), lane);
        cr_expect_eq(xe_ucode_lane(0x6C, lane), 0, "xxxx is 0x6C");
        cr_expect_eq(xe_ucode_lane(0xB1, lane), 1, "yyyy is 0xB1");
    }
}

Test(ucode_table, formats_take_their_words)
{
    cr_expect_eq(xe_ucode_format_words(6), 1);
    cr_expect_eq(xe_ucode_format_words(57), 3);
    cr_expect_eq(xe_ucode_format_words(38), 4);
    cr_expect_eq(xe_ucode_format_words(0), 0);
}
