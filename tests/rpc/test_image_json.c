/* Images as JSON and as text: built files in, every part of them out. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/report/image_json.h"
#include "rpc/report/report_text.h"
#include "rpc/api/rows.h"
#include "tests/loader/build_elf.h"
#include "tests/loader/build_xex.h"

static json_t *of_bytes(const uint8_t *file, size_t size, xe_rpc_export_name *name)
{
    const struct xe_rpc_field field = {.name = "image", .type = &xe_rpc_image};
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = xe_image_parse(file, size, &err);
    struct xe_rpc_misfit misfit;
    json_t *json;

    cr_assert_not_null(image, "%s", err.text);
    json = xe_rpc_image_json_named(image, name, NULL);
    cr_assert_not_null(json);
    cr_expect(xe_rpc_check(&field, json, "image", &misfit), "%s: expected %s", misfit.path,
              misfit.expected);
    xe_image_destroy(image);
    return json;
}

static json_t *of_xex(const char *kind, xe_rpc_export_name *name)
{
    size_t size;
    uint8_t *file = build_xex(build_xex_find(kind), NULL, 0, &size);
    json_t *json = of_bytes(file, size, name);

    free(file);
    return json;
}

static json_t *of_elf(void)
{
    uint8_t file[BUILD_ELF_SIZE];

    build_elf(BUILD_ELF32, file);
    return of_bytes(file, sizeof(file), NULL);
}

static const char *name_of(void *ctx, const char *library, unsigned ordinal)
{
    (void)ctx;
    return strcmp(library, "xboxkrnl.exe") == 0 && ordinal == 0x0D ? "ExCreateThread" : NULL;
}

/* The value behind a path of members and indices, e.g. "imports/0/name", as compact JSON. */
static char *at(const json_t *json, const char *path)
{
    char step[64];
    int n;

    for (; sscanf(path, "%63[^/]%n", step, &n) == 1; path += n + (path[n] == '/'))
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(step))
                                   : json_object_get(json, step);
    cr_assert_not_null(json, "%s is missing", path);
    return json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
}

static const struct expected {
    const char *path, *value;
} xex_values[] = {
    {"schema", "\"xe360/image/1\""},
    {"kind", "\"xex2\""},
    {"title_id", "\"0x58450001\""},
    {"media_id", "\"0x11111111\""},
    {"base", "\"0x92000000\""},
    {"entry", "\"0x92001040\""},
    {"size", "16384"},
    {"page_size", "4096"},
    {"stack_size", "262144"},
    {"heap_size", "1048576"},
    {"checks/header_hash", "\"good\""},
    {"checks/block_hashes", "\"absent\""},
    {"xex/encryption", "\"retail\""},
    {"xex/compression", "\"basic\""},
    {"xex/lzx_window", "null"},
    {"xex/pe_name", "\"builder.exe\""},
    {"xex/original_base", "null"},
    {"xex/module_flags", "{\"value\":\"0x00000001\",\"names\":[\"title\"]}"},
    {"xex/image_flags/names", "[\"4 KiB pages\"]"},
    {"xex/allowed_media/names", "[\"hard disk\",\"DVD/CD\",\"direct from RAM\"]"},
    {"xex/privileges/words", "[\"0x00000041\",\"0x00000002\",\"0x00000000\"]"},
    {"xex/privileges/names",
     "[\"no forced reboot\",\"insecure sockets\",\"uninterruptible reads\"]"},
    {"xex/execution/version", "\"2.0.1.0\""},
    {"xex/execution/disc_count", "1"},
    {"xex/headers/0", "{\"key\":\"0x000002ff\",\"value\":\"0x000004a0\",\"name\":\"resources\"}"},
    {"tls", "{\"slots\":64,\"raw_address\":\"0x92002000\",\"data_size\":128,\"raw_size\":64}"},
    {"sections/1", "{\"name\":\".text\",\"address\":\"0x92001000\",\"size\":4096,"
                   "\"protect\":\"r-x\",\"kind\":\"code\"}"},
    {"libraries/1", "{\"name\":\"xam.xex\",\"version\":\"2.0.21256.0\",\"min_version\":"
                    "\"2.0.1861.0\",\"imports\":2,\"digest\":\"good\"}"},
    {"imports/0", "{\"library\":\"xboxkrnl.exe\",\"ordinal\":13,\"name\":\"ExCreateThread\","
                  "\"kind\":\"function\",\"slot\":\"0x92000400\",\"thunk\":\"0x92001000\"}"},
    {"imports/1", "{\"library\":\"xboxkrnl.exe\",\"ordinal\":430,\"name\":null,"
                  "\"kind\":\"variable\",\"slot\":\"0x92000404\",\"thunk\":null}"},
    {"imports/3/slot", "null"},
    {"resources", "[{\"name\":\"RES1\",\"address\":\"0x92003000\",\"size\":256}]"},
    {"export_count", "3"},
    {"exports/1", "{\"ordinal\":3,\"address\":\"0x92001048\",\"name\":\"third\"}"},
    {"symbols", "[]"},
    {"function_count", "0"},
};

Test(rpc_image_json, xex_shows_every_part)
{
    json_t *json = of_xex("retail-basic", name_of);

    for (size_t i = 0; i < sizeof(xex_values) / sizeof(xex_values[0]); i++) {
        char *value = at(json, xex_values[i].path);

        cr_expect_str_eq(value, xex_values[i].value, "%s is %s", xex_values[i].path, value);
        free(value);
    }
    json_decref(json);
}

Test(rpc_image_json, elf_has_symbols_and_no_xex_part)
{
    static const struct expected values[] = {
        {"kind", "\"elf32\""},
        {"xex", "null"},
        {"tls", "null"},
        {"title_id", "null"},
        {"spa", "null"},
        {"symbol_count", "2"},
        {"symbols/0", "{\"name\":\"start\",\"address\":\"0x82000204\",\"size\":8}"},
    };
    json_t *json = of_elf();

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char *value = at(json, values[i].path);

        cr_expect_str_eq(value, values[i].value, "%s is %s", values[i].path, value);
        free(value);
    }
    json_decref(json);
}

static void expect_lines(const char *text, const char *const *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *found = strstr(text, lines[i]);

        cr_expect_not_null(found, "'%s' is missing in:\n%s", lines[i], text);
        text = found ? found : text;
    }
}

Test(rpc_image_text, sections_in_order)
{
    static const char *const lines[] = {
        "image\n",
        "  kind             xex2\n",
        "  entry            0x92001040\n",
        "\nchecks\n  header hash      good\n",
        "  block hashes     absent\n",
        "\nxex\n  PE name          builder.exe\n",
        "  module flags     0x00000001  title\n",
        "  0x00010100 0x92001040  entry point\n",
        "\nexecution info\n  title id         0x58450001\n",
        "\nthread-local storage\n  slots            0x40\n",
        "\nsections (4)\n  0x92000000 0x00001000 r-- rodata .rdata\n",
        "\nresources (1)\n  0x92003000 0x00000100 RES1\n",
        "\nlibraries (2)\n",
        "\nimports (4)\n",
        "  xboxkrnl.exe     0x0000d function 0x92000400 0x92001000 ExCreateThread\n",
        "  xboxkrnl.exe     0x001ae variable 0x92000404 -          -\n",
        "\nexports (3)\n  0x00001 0x92001040 -\n",
    };
    json_t *json = of_xex("retail-basic", name_of);
    char *text = xe_report_image_text(json);

    expect_lines(text, lines, sizeof(lines) / sizeof(lines[0]));
    free(text);
    json_decref(json);
}

Test(rpc_image_text, counts_the_functions_of_the_unwind_table)
{
    size_t size;
    uint8_t *file = build_xex(build_xex_find("basic"), build_xex_functions, BUILD_FUNCTIONS, &size);
    json_t *json = of_bytes(file, size, NULL);
    char *text = xe_report_image_text(json);

    cr_expect_not_null(strstr(text, "\n  functions        0x3\n"), "%s", text);
    free(text);
    free(file);
    json_decref(json);
}

Test(rpc_image_text, what_a_title_tells_of_itself)
{
    static const char *const lines[] = {
        "\ntitle\n  name             The Wait\n",
        "  language         english\n",
        "  german           Das Warten\n",
        "  icon             0x92003100, 0x20 bytes\n",
        "  damage           offset 0x1\n",
        "\nachievements (1)\n      1   20  First: Be the first\n",
    };
    static struct xe_spa_achievement first = {1, 20, 3, 0, "First", "Be the first"};
    struct xe_spa spa = {1,      "The Wait", {{1, "The Wait"}, {3, "Das Warten"}},
                         2,      0x92003100, 0x20,
                         &first, 1,          "offset 0x1"};
    const struct xe_image image = {.kind = XE_IMAGE_XEX2, .spa = &spa};
    json_t *json = xe_rpc_image_json_named(&image, NULL, NULL);
    char *text = xe_report_image_text(json), *value = at(json, "spa/icon/size");

    expect_lines(text, lines, sizeof(lines) / sizeof(lines[0]));
    cr_expect_str_eq(value, "32");
    free(value);
    free(text);
    json_decref(json);
}

Test(rpc_image_text, absent_parts_print_nothing)
{
    json_t *json = of_elf();
    char *text = xe_report_image_text(json);

    cr_expect_null(strstr(text, "\nxex\n"));
    cr_expect_null(strstr(text, "imports ("));
    cr_expect_null(strstr(text, "  functions "));
    cr_expect_not_null(strstr(text, "\nsymbols (2)\n  0x82000204 0x00000008 start\n"));
    free(text);
    json_decref(json);
}

Test(rpc_image_text, members_that_are_missing_do_not_crash)
{
    json_t *empty = json_object();
    char *text = xe_report_image_text(empty);

    cr_expect_not_null(text);
    free(text);
    json_decref(empty);
}
