#include <criterion/criterion.h>
#include <string.h>

#include "xe/error.h"

Test(base_error, first_error_wins_and_prefixes_add_where)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert_not(xe_error_set(&err, XE_ERR_IMAGE_CORRUPT, "section %d", 3));
    cr_assert_not(xe_error_set(&err, XE_ERR_INTERNAL, "later"));
    cr_assert_not(xe_error_prefix(&err, "load '%s'", "a.xex"));
    cr_assert_eq(err.code, XE_ERR_IMAGE_CORRUPT);
    cr_assert_str_eq(err.text, "load 'a.xex': section 3");
}

Test(base_error, null_is_allowed)
{
    cr_assert_not(xe_error_set(NULL, XE_ERR_INTERNAL, "x"));
    cr_assert_not(xe_error_prefix(NULL, "x"));
    xe_error_clear(NULL);
}

Test(base_error, long_text_is_cut_not_overrun)
{
    struct xe_error err = XE_ERROR_INIT;
    char big[2000];

    memset(big, 'a', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    xe_error_set(&err, XE_ERR_INTERNAL, "%s", big);
    xe_error_prefix(&err, "%s", big);
    cr_assert_eq(strlen(err.text), sizeof(err.text) - 1);
}

Test(base_error, every_code_has_kind_and_number)
{
    for (int i = 1; i < XE_ERR_COUNT; i++) {
        cr_assert_not_null(xe_err_kind((enum xe_err)i));
        cr_assert_neq(xe_err_rpc_code((enum xe_err)i), 0);
    }
}
