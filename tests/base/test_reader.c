#include <criterion/criterion.h>

#include "base/reader.h"

Test(base_reader, reads_big_and_little_endian)
{
    static const uint8_t bytes[] = {0x12, 0x34, 0x56, 0x78, 0x78, 0x56, 0x34, 0x12};
    struct xe_reader r = xe_reader_make(bytes, sizeof(bytes));

    cr_assert_eq(xe_reader_be32(&r), 0x12345678u);
    cr_assert_eq(xe_reader_le32(&r), 0x12345678u);
    cr_assert(r.ok);
}

Test(base_reader, failure_is_sticky)
{
    static const uint8_t bytes[3] = {1, 2, 3};
    struct xe_reader r = xe_reader_make(bytes, sizeof(bytes));

    cr_assert_eq(xe_reader_be32(&r), 0);
    cr_assert_not(r.ok);
    cr_assert_eq(xe_reader_u8(&r), 0);
}

Test(base_reader, huge_lengths_do_not_overflow)
{
    static const uint8_t bytes[3] = {1, 2, 3};
    struct xe_reader r = xe_reader_make(bytes, sizeof(bytes));

    r.at = 2;
    cr_assert_not(xe_reader_has(&r, 2, SIZE_MAX));
    cr_assert_null(xe_reader_bytes(&r, SIZE_MAX - 1));
}
