/* Setting points, writing registers and memory, names: what is checked, what is marked, what runs.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/debug/fixture.h"
#include "tests/support/titles.h"
#include "xe/debug.h"

/* ---- setting and writing -------------------------------------------------------------------- */

static const struct {
    enum xe_point_kind kind;
    uint32_t address, size;
    enum xe_err code;
} wrong_points[] = {
    {XE_POINT_EXEC, 0x82010002, 4, XE_ERR_INVALID_PARAMS},
    {XE_POINT_WRITE, 0x82010000, 0, XE_ERR_RANGE_TOO_LARGE},
    {XE_POINT_WRITE, 0x82010000, XE_POINT_SIZE_MAX + 1, XE_ERR_RANGE_TOO_LARGE},
    {XE_POINT_READ, 0xfffffffe, 4, XE_ERR_RANGE_TOO_LARGE},
};

Test(debug, points_are_checked_and_counted)
{
    struct xe_instance *instance = debug_make("spin", XE_ENGINE_JIT);
    struct xe_error err;

    for (size_t i = 0; i < sizeof(wrong_points) / sizeof(wrong_points[0]); i++) {
        err = (struct xe_error)XE_ERROR_INIT;
        cr_expect_eq(xe_instance_point_set(instance,
                                           &(struct xe_point){.kind = wrong_points[i].kind,
                                                              .address = wrong_points[i].address,
                                                              .size = wrong_points[i].size},
                                           &err),
                     0);
        cr_expect_eq(err.code, wrong_points[i].code, "row %zu: %s", i, err.text);
    }
    debug_set(instance, XE_POINT_WRITE, 0xfffffffc, 4);
    debug_set(instance, XE_POINT_EXEC, 0, 4);
    for (uint32_t i = 2; i < XE_POINTS_MAX; i++)
        debug_set(instance, i % 2 ? XE_POINT_EXEC : XE_POINT_READ, 0x40000000 - 0x1000 * i, 4);
    err = (struct xe_error)XE_ERROR_INIT;
    cr_expect_eq(
        xe_instance_point_set(instance, &(struct xe_point){.kind = XE_POINT_EXEC, .size = 4}, &err),
        0);
    cr_expect_eq(err.code, XE_ERR_BREAKPOINT_LIMIT);
    cr_expect_not(xe_instance_point_remove(instance, XE_POINTS_MAX + 1, NULL));
    cr_expect_eq(debug_run(instance, 1000), XE_STOP_TARGET);
    for (uint32_t id = 1; id <= XE_POINTS_MAX; id++)
        cr_expect(xe_instance_point_remove(instance, id, NULL));
    cr_expect_eq(debug_set(instance, XE_POINT_EXEC, 0, 4), XE_POINTS_MAX + 1,
                 "ids are not used again");
    xe_instance_destroy(instance);
}

/* A register, what is written and what it then shows. */
static const struct {
    const char *name;
    uint64_t value, shows;
} writes[] = {
    {"r0", 0x0123456789abcdef, 0x0123456789abcdef},
    {"r31", 1, 1},
    {"f0", 0x3ff0000000000000, 0x3ff0000000000000},
    {"f31", 0x7ff8000000000001, 0x7ff8000000000001},
    {"pc", 0x82010004, 0x82010004},
    {"lr", 0x1122334482010004, 0x1122334482010004},
    {"ctr", ~0ull, ~0ull},
    {"cr", 0x12345678, 0x12345678},
    {"xer", 0xffffffff, 0xe000007f},
    {"vscr", 0xffffffff, 0x00010001},
    {"vrsave", 0x80000001, 0x80000001},
    {"fpscr", 0x00000003, 0x00000003}, /* rounding */
    {"fpscr", 0x60000000, 0x00000000}, /* FEX and VX follow from the rest */
};

static void put_be64(uint8_t bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> 8 * (7 - i));
}

Test(debug, registers_are_written_by_name)
{
    struct xe_instance *instance = debug_make("spin", XE_ENGINE_JIT);
    uint8_t bytes[16], shown[16];

    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        put_be64(bytes, writes[i].value);
        cr_expect(xe_instance_register_write(instance, 1, writes[i].name, bytes, 8, NULL), "%s",
                  writes[i].name);
        cr_expect_eq(debug_number_of(instance, 1, writes[i].name), writes[i].shows, "%s: 0x%llx",
                     writes[i].name,
                     (unsigned long long)debug_number_of(instance, 1, writes[i].name));
    }
    for (uint8_t i = 0; i < 16; i++)
        bytes[i] = i;
    cr_expect(xe_instance_register_write(instance, 1, "v127", bytes, 16, NULL));
    debug_vector_of(instance, 1, "v127", shown);
    cr_expect_arr_eq(shown, bytes, 16);
    xe_instance_destroy(instance);
}

static const struct {
    const char *name;
    uint32_t tid, size;
    uint64_t value;
    enum xe_err code;
} wrong_writes[] = {
    {"r32", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r01", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r-1", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r1x", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"v128", 1, 16, 0, XE_ERR_INVALID_PARAMS},
    {"v1", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r1", 1, 16, 0, XE_ERR_INVALID_PARAMS},
    {"msr", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"pir", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"pvr", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"tb", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"tbu", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r1", 77, 8, 0, XE_ERR_HANDLE_UNKNOWN},
    {"pc", 1, 8, 0x82010002, XE_ERR_INVALID_PARAMS},
    {"pc", 1, 8, 0x182010000, XE_ERR_INVALID_PARAMS},
    {"cr", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"xer", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"fpscr", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"vscr", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"vrsave", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
};

/* What mfspr reads and what is shown, each before it is read: the numbers of all registers that a
 * title can read. */
Test(debug, special_registers_show_what_a_title_reads)
{
    static const struct {
        const char *name;
        uint32_t number;
    } specials[] = {{"xer", 1},  {"lr", 8},    {"ctr", 9},   {"vrsave", 256},
                    {"tb", 268}, {"tbu", 269}, {"pvr", 287}, {"pir", 1023}};
    struct xe_instance *instance = debug_make("spin", XE_ENGINE_INTERPRETER);
    uint32_t pc;

    debug_run(instance, 100000);
    pc = (uint32_t)debug_number_of(instance, 1, "pc");
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
        uint32_t n = specials[i].number;
        uint32_t word = 0x7C6002A6 | (n & 31) << 16 | (n >> 5) << 11; /* mfspr r3,n */
        const uint8_t code[4] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8),
                                 (uint8_t)word};
        uint64_t shown;

        cr_assert(xe_instance_mem_write(instance, pc + 4 * (uint32_t)i, code, 4, NULL));
        shown = debug_number_of(instance, 1, specials[i].name);
        cr_assert(xe_instance_step(instance, 1, 1, 0, 0, NULL));
        cr_expect_eq(debug_run(instance, 100000), XE_STOP_STEP);
        cr_expect_eq(debug_number_of(instance, 1, "r3"), shown, "%s: 0x%llx", specials[i].name,
                     (unsigned long long)shown);
    }
    xe_instance_destroy(instance);
}

Test(debug, a_read_only_register_says_why)
{
    struct xe_instance *instance = debug_make("spin", XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    const uint8_t bytes[8] = {0};

    cr_expect_not(xe_instance_register_write(instance, 1, "pvr", bytes, 8, &err));
    cr_expect_str_eq(err.text, "register 'pvr' can't be written: the version of the processor is "
                               "fixed");
    xe_instance_destroy(instance);
}

/* ---- names ---------------------------------------------------------------------------------- */

Test(debug, places_have_names_both_ways)
{
    static const struct {
        const char *text, *name;
        uint32_t offset;
    } places[] = {
        {"entry", "entry", 0},
        {"entry+8", "entry", 8},
        {"NtCreateEvent", "xboxkrnl.exe!NtCreateEvent", 0},         /* the title's thunk  */
        {"xam.xex!XamInputGetState", "xam.xex!XamInputGetState", 0} /* the kernel's entry */
    };
    struct xe_instance *instance = debug_make("four-handles", XE_ENGINE_JIT);
    struct xe_place place;
    xe_gva address;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        cr_assert(xe_instance_address(instance, places[i].text, &address, NULL), "%s",
                  places[i].text);
        cr_assert(xe_instance_place(instance, address, &place), "%s", places[i].text);
        cr_expect_str_eq(place.name, places[i].name);
        cr_expect_eq(place.offset, places[i].offset, "%s: 0x%x", places[i].text, place.offset);
    }
    cr_expect(xe_instance_place(instance, address + 4, &place));
    cr_expect_eq(place.offset, 4);
    cr_expect_not(xe_instance_place(instance, 0x10, &place));
    cr_expect_not(xe_instance_place(instance, 0xFFFFFFFC, &place));
    cr_expect_not(xe_instance_address(instance, "no such name", &address, NULL));
    xe_instance_destroy(instance);
}

Test(debug, wrong_names_are_answered_with_near_ones)
{
    struct xe_instance *instance = debug_make("four-handles", XE_ENGINE_INTERPRETER);
    struct xe_error symbol = XE_ERROR_INIT, export = XE_ERROR_INIT;
    xe_gva address;

    cr_expect_not(xe_instance_address(instance, "xam.xex!NtCraeteEvent+8", &address, &symbol));
    cr_expect(strstr(symbol.text, "did you mean 'NtCreateEvent'"), "%s", symbol.text);
    cr_expect_eq(debug_set_named(instance, "NtSetEvnet", &export), 0);
    cr_expect(strstr(export.text, "did you mean 'NtSetEvent'"), "%s", export.text);
    xe_instance_destroy(instance);
}

static bool is_interfered(struct xe_instance *instance)
{
    struct xe_audit_report report;
    bool interfered;

    cr_assert(xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance),
                                   NULL, 0, &report, NULL));
    interfered = report.interfered;
    xe_audit_report_fini(&report);
    return interfered;
}

Test(debug, only_a_write_that_was_made_marks_the_run)
{
    const uint8_t value[8] = {0};
    struct xe_instance *instance = debug_make("healthy", XE_ENGINE_JIT);

    debug_run(instance, 100);
    cr_expect_not(xe_instance_register_write(instance, 1, "q9", value, 8, NULL));
    cr_expect_not(xe_instance_register_write(instance, 9, "r3", value, 8, NULL));
    cr_expect_not(xe_instance_mem_write(instance, 0x10, value, 8, NULL));
    cr_expect_not(is_interfered(instance));
    cr_expect(xe_instance_register_write(instance, 1, "r31", value, 8, NULL));
    cr_expect(is_interfered(instance));
    xe_instance_destroy(instance);
}

Test(debug, wrong_writes_are_refused)
{
    struct xe_instance *instance = debug_make("spin", XE_ENGINE_JIT);
    uint8_t bytes[16] = {0};
    struct xe_error err;

    for (size_t i = 0; i < sizeof(wrong_writes) / sizeof(wrong_writes[0]); i++) {
        err = (struct xe_error)XE_ERROR_INIT;
        put_be64(bytes, wrong_writes[i].value);
        cr_expect_not(xe_instance_register_write(instance, wrong_writes[i].tid,
                                                 wrong_writes[i].name, bytes, wrong_writes[i].size,
                                                 &err),
                      "%s", wrong_writes[i].name);
        cr_expect_eq(err.code, wrong_writes[i].code, "%s: %s", wrong_writes[i].name, err.text);
    }
    err = (struct xe_error)XE_ERROR_INIT;
    cr_expect_not(xe_instance_mem_write(instance, 0x10, bytes, 16, &err));
    cr_expect_eq(err.code, XE_ERR_ADDRESS_UNMAPPED);
    xe_instance_destroy(instance);
}

/* Code written from outside runs, also where its old form was translated. */
Test(debug, written_code_is_run)
{
    for (int e = 0; e < ENGINES; e++) {
        const uint8_t stay[4] = {0x48, 0x00, 0x00, 0x00}; /* b . */
        struct xe_instance *instance = debug_make("spin", debug_engines[e]);
        uint32_t pc;

        debug_run(instance, 5000);
        pc = (uint32_t)debug_number_of(instance, 1, "pc");
        cr_assert(xe_instance_mem_write(instance, pc, stay, 4, NULL));
        debug_run(instance, 5000);
        cr_expect_eq(debug_number_of(instance, 1, "pc"), pc, "%s",
                     xe_engine_name(debug_engines[e]));
        xe_instance_destroy(instance);
    }
}
