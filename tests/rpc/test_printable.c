/* What a terminal would obey is shown instead; what it would print stays. */
#include <stdlib.h>

#include <criterion/criterion.h>

#include "rpc/api/printable.h"

static const struct {
    const char *text, *shown;
} rows[] = {
    {"", ""},
    {"plain text, \ttabs and \\x1b as letters", "plain text, \ttabs and \\x1b as letters"},
    {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
    {"\x1b]0;title\a", "\\x1b]0;title\\x07"},
    {"a\r\nb\b\x7f", "a\\r\\nb\\x08\\x7f"},
    {"\xc2\x9b"
     "31m",
     "\\x9b31m"}, /* CSI as one character of C1 */
    {"\x9b"
     "31m",
     "\\x9b31m"},                              /* and as one byte            */
    {"\xe2\x80\xaegnp.exe", "\\u202egnp.exe"}, /* written from right to left */
    {"\xe2\x81\xa6x\xd8\x9c", "\\u2066x\\u061c"},
    {"na\xc3\xafve \xe6\x97\xa5 \xf0\x9f\x8e\xae", "na\xc3\xafve \xe6\x97\xa5 \xf0\x9f\x8e\xae"},
    {"\xc3", "\\xc3"},
    {"\xe2\x80", "\\xe2\\x80"},
    {"\xc0\x9b", "\\xc0\\x9b"}, /* a longer form than needed */
    {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
    {"\xff\xfe", "\\xff\\xfe"},
};

Test(printable, shows_what_a_terminal_would_obey)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *once = xe_printable(rows[i].text), *twice = xe_printable(once);

        cr_expect_str_eq(once, rows[i].shown, "row %zu", i);
        cr_expect_str_eq(twice, once, "row %zu, done twice", i);
        free(once);
        free(twice);
    }
}

Test(printable, every_string_of_a_value)
{
    json_t *value =
        json_pack("{s:s, s:[s, {s:s}], s:i, s:n}", "a", "\x1b", "b", "\n", "c", "d\r", "e", 1, "f");
    json_t *want = json_pack("{s:s, s:[s, {s:s}], s:i, s:n}", "a", "\\x1b", "b", "\\n", "c", "d\\r",
                             "e", 1, "f");

    xe_printable_json(value);
    cr_expect(json_equal(value, want));
    json_decref(value);
    json_decref(want);
}
