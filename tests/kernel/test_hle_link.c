/* How calls get to exports: the tables themselves, import linking, stubs, modules. */
#include <ctype.h>
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_link, .init = setup, .fini = teardown);

/* ---- signatures ----------------------------------------------------------------------------- */

static size_t word_length(const char *at)
{
    size_t n = 0;

    while (isalnum((unsigned char)at[n]) || at[n] == '_')
        n++;
    return n;
}

/* A type: one of the known words, or NAME* in capitals. Its length, 0 if it is none. */
static size_t type_length(const char *at)
{
    static const char *const types[] = {"u8",  "u16",    "u32",    "u64",  "s32",  "s64", "bool",
                                        "ptr", "handle", "status", "cstr", "wstr", "f64"};
    size_t n = word_length(at);

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strlen(types[i]) == n && strncmp(at, types[i], n) == 0 && at[n] != '*')
            return n;
    if (!n || at[n] != '*')
        return 0;
    for (size_t i = 0; i < n; i++)
        if (!isupper((unsigned char)at[i]) && !isdigit((unsigned char)at[i]) && at[i] != '_')
            return 0;
    return n + 1;
}

/* "name:type name:type ... -> type", single spaces, "..." only last, "void" only as result. */
static bool signature_parses(const char *at)
{
    bool varargs = false;
    size_t n;

    while (strncmp(at, "-> ", 3) != 0) {
        if (varargs)
            return false;
        if (strncmp(at, "... ", 4) == 0) {
            varargs = true;
            at += 4;
            continue;
        }
        n = word_length(at);
        if (!n || at[n] != ':')
            return false;
        at += n + 1;
        n = type_length(at);
        if (!n || at[n] != ' ')
            return false;
        at += n + 1;
    }
    at += 3;
    return strcmp(at, "void") == 0 || ((n = type_length(at)) && !at[n]);
}

Test(hle_link, the_parser_can_fail)
{
    static const char *const bad[] = {
        "",
        "void",
        "->u32",
        "a -> u32",
        "a:int -> u32",
        "a:u32->",
        "a:u32  -> u32",
        "a:u32 -> u32 ",
        "... a:u32 -> u32",
        "a:void -> u32",
        "a:u32 ->",
        "a:Event* -> u32",
        ":u32 -> u32",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_not(signature_parses(bad[i]), "'%s'", bad[i]);
    cr_expect(signature_parses("a:u32 b:KEVENT* ... -> status"));
    cr_expect(signature_parses("-> void"));
}

Test(hle_link, every_row_is_well_formed_and_alone)
{
    static uint8_t seen[XE_HLE_MODULES][XE__HLE_ORDINALS];
    uint32_t rows = 0;

    for (uint32_t i = 0; xe_families[i]; i++)
        for (const struct xe_hle *row = xe_families[i]->exports; row->handler; row++, rows++) {
            bool variable = true;
            const char *name = xe_hle_name(row->module, row->ordinal, &variable);

            cr_expect(signature_parses(row->signature), "%s: '%s'", row->name, row->signature);
            cr_assert_lt(row->ordinal, XE__HLE_ORDINALS);
            cr_expect_eq(seen[row->module][row->ordinal]++, 0, "%s has two rows", row->name);
            cr_expect(name && strcmp(name, row->name) == 0, "%s", row->name);
            cr_expect_not(variable, "%s", row->name);
        }
    cr_expect_gt(rows, 150, "%u rows", rows);
}

/* Whatever garbage a guest passes, an export answers. (What ends or parks the instance's thread is
 * looked at by its own tests.) */
Test(hle_link, exports_survive_garbage)
{
    static const uint64_t garbage[] = {0,          UINT64_MAX, 0x80000000, SCRATCH + 0xFFFF,
                                       0x7FC80000, 0xFFFFFFFC};
    const struct xe_hle *const tables[] = {xe_family_print.exports, xe_family_random.exports,
                                           xe_hle_rtl_string,       xe_hle_rtl_misc,
                                           xe_hle_memory,           xe_hle_module,
                                           xe_hle_system,           xe_hle_file,
                                           xe_family_video.exports, xe_hle_crypt,
                                           xe_family_user.exports};

    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
        for (const struct xe_hle *row = tables[t]; row->handler; row++)
            for (size_t g = 0; g < sizeof(garbage) / sizeof(garbage[0]); g++) {
                uint64_t args[12];

                if (row->module == XE_HLE_XBOXKRNL &&
                    row->ordinal == XE_ORD_XBOXKRNL_XexUnloadImageAndExitThread)
                    continue;
                for (size_t i = 0; i < 12; i++)
                    args[i] = garbage[(g + i * (g & 1)) % 6];
                hle_call(&h, row->module, row->ordinal, 12, args);
                h.bench.kernel->stop = XE_STOP_NONE;
            }
}

/* ---- imports -------------------------------------------------------------------------------- */

#define THUNK(i) (PROGRAM_BASE + 0x1000 + 16 * (i))
#define SLOT(i)  (PROGRAM_BASE + 0x2000 + 4 * (i))

static const struct xe_image_import imports[] = {
    {"xboxkrnl.exe", 0, XE_ORD_XBOXKRNL_DbgPrint, true, SLOT(0), THUNK(0)},
    {"XAM.XEX", 1, XE_ORD_XAM_XamAlloc, true, 0, THUNK(1)},
    {"xboxkrnl.exe", 0, XE_ORD_XBOXKRNL_KeTimeStampBundle, false, SLOT(2), 0},
    {"xboxkrnl.exe", 0, XE_ORD_XBOXKRNL_XboxKrnlVersion, false, SLOT(3), 0},
    {"xboxkrnl.exe", 0, XE_ORD_XBOXKRNL_ExLoadedCommandLine, false, SLOT(4), 0},
    {"xboxkrnl.exe", 0, 4000, true, SLOT(5), THUNK(5)}, /* no such ordinal */
    {"xboxkrnl.exe", 0, 60000, true, 0, THUNK(6)},      /* nor this one    */
    {"nonesuch.xex", 2, 7, true, SLOT(7), THUNK(7)},
    {"NoneSuch.XEX", 2, 7, true, 0, THUNK(8)},
    {"nonesuch.xex", 2, 8, false, SLOT(9), 0},
    {"xboxkrnl.exe", 0, XE_ORD_XBOXKRNL_sprintf, false, SLOT(10), 0}, /* of a free toolchain */
    {"xam.xex", 1, XE_ORD_XAM_XamContentOpenFile, true, 0, THUNK(11)},
};

static uint8_t headers[0x200];

/* XEX headers with one optional header: resources DATA and LONGNAME. */
static void put_headers(void)
{
    xe_store_be32(headers + 0x14, 1);
    xe_store_be32(headers + 0x18, 0x000002FF);
    xe_store_be32(headers + 0x1C, 0x100);
    xe_store_be32(headers + 0x100, 4 + 3 * 16);
    memcpy(headers + 0x104, "DATA", 4);
    xe_store_be32(headers + 0x10C, 0x82001000);
    xe_store_be32(headers + 0x110, 0x1234);
    memcpy(headers + 0x114, "LONGNAME", 8);
    xe_store_be32(headers + 0x11C, 0x82002000);
}

static bool load(const struct xe_image_import *import, uint32_t count, struct xe_error *err)
{
    static uint8_t bytes[0x10000];
    struct xe_image_section section = {
        .name = ".text", .address = PROGRAM_BASE, .size = sizeof(bytes), .kind = "code"};
    struct xe_image image = {.kind = XE_IMAGE_XEX2,
                             .base = PROGRAM_BASE,
                             .entry = PROGRAM_BASE,
                             .bytes = bytes,
                             .size = sizeof(bytes),
                             .page_size = 0x10000,
                             .headers = headers,
                             .headers_size = sizeof(headers),
                             .section = &section,
                             .section_count = 1,
                             .import = (struct xe_image_import *)import,
                             .import_count = count};

    put_headers();
    return xe_kernel_load(h.bench.kernel, &image, err);
}

static void load_all(void)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(load(imports, sizeof(imports) / sizeof(imports[0]), &err), "%s", err.text);
}

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

/* The address that a thunk jumps to, 0 if it is no thunk. */
static xe_gva thunk_target(xe_gva at)
{
    bool good = word(at) >> 16 == 0x3D60 && word(at + 4) >> 16 == 0x616B &&
                word(at + 8) == 0x7D6903A6 && word(at + 12) == 0x4E800420;

    return good ? word(at) << 16 | (word(at + 4) & 0xFFFF) : 0;
}

Test(hle_link, function_imports_lead_to_entries)
{
    struct xe_hle_state *hle = xe_kernel_hle(h.bench.kernel);

    load_all();
    cr_expect_eq(thunk_target(THUNK(0)),
                 xe__hle_function(hle, XE_HLE_XBOXKRNL, NULL, XE_ORD_XBOXKRNL_DbgPrint));
    cr_expect_eq(word(SLOT(0)), thunk_target(THUNK(0)));
    cr_expect_eq(word(thunk_target(THUNK(0))), XE_CPU_WORD_EXPORT);
    cr_expect_eq(word(thunk_target(THUNK(0)) + 4), XE_CPU_WORD_BLR);
    cr_expect_eq(thunk_target(THUNK(1)),
                 xe__hle_function(hle, XE_HLE_XAM, NULL, XE_ORD_XAM_XamAlloc));
    cr_expect_eq(word(SLOT(10)),
                 xe__hle_function(hle, XE_HLE_XBOXKRNL, NULL, XE_ORD_XBOXKRNL_sprintf));
    cr_expect_eq(word(SLOT(1)), 0, "no slot was asked for");
}

Test(hle_link, unknown_imports_get_entries_of_their_own)
{
    load_all();
    for (uint32_t i = 5; i <= 8; i++)
        cr_expect_eq(word(thunk_target(THUNK(i))), XE_CPU_WORD_EXPORT, "import %u", i);
    cr_expect_neq(thunk_target(THUNK(5)), thunk_target(THUNK(6)));
    cr_expect_neq(thunk_target(THUNK(6)), thunk_target(THUNK(7)));
    cr_expect_eq(thunk_target(THUNK(7)), thunk_target(THUNK(8)), "modules by any case");
}

Test(hle_link, variable_imports_lead_to_variables)
{
    char text[512];

    load_all();
    cr_expect_eq(word(SLOT(2)),
                 xe_kernel_variable(h.bench.kernel, XE_ORD_XBOXKRNL_KeTimeStampBundle));
    cr_expect_neq(word(SLOT(2)), 0);
    cr_expect_eq(word(word(SLOT(3))), 0x00020000);
    cr_expect(hle_is(&h, word(SLOT(4)), "\"default.xex\""));
    cr_expect(word(SLOT(9)) && !word(word(SLOT(9))), "an unknown one reads as zero");
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), 1, "and is reported");
}

Test(hle_link, imports_outside_memory_are_an_error)
{
    static const struct xe_image_import bad[] = {
        {"xboxkrnl.exe", 0, XE_ORD_XBOXKRNL_DbgPrint, true, 0, PROGRAM_BASE + 0xFFF8}};
    struct xe_error err = XE_ERROR_INIT;

    cr_expect_not(load(bad, 1, &err));
    cr_expect(strstr(err.text, "import 0"), "%s", err.text);
}

/* ---- calls ---------------------------------------------------------------------------------- */

static void call_at(xe_gva entry, uint32_t lr)
{
    struct xe_cpu *cpu = &h.thread->cpu;

    bench_as(&h.bench, h.thread);
    cpu->lr = lr;
    xe_hle_dispatch(h.bench.kernel, cpu, entry);
}

struct seen {
    const char *module;
    uint32_t ordinal;
    struct xe_export_info info;
};

static void find_export(void *ctx, const struct xe_export_info *info)
{
    struct seen *seen = ctx;

    if (info->ordinal == seen->ordinal && strcmp(info->module, seen->module) == 0)
        seen->info = *info;
}

static struct xe_export_info export_info(const char *module, uint32_t ordinal)
{
    struct seen seen = {module, ordinal, {0}};

    xe_kernel_exports(h.bench.kernel, XE_EXPORTS_TOUCHED, find_export, &seen);
    return seen.info;
}

Test(hle_link, stubs_fail_and_are_logged_once_for_each_caller)
{
    struct xe_kernel_totals totals = {0};
    char text[512];
    uint32_t before;

    load_all();
    before = hle_logged(&h, XE_LOG_STUB, text);
    call_at(thunk_target(THUNK(5)), 0x82000100);
    cr_expect_eq(h.thread->cpu.gpr[3], 0xFFFFFFFFC0000002u, "xboxkrnl: STATUS_NOT_IMPLEMENTED");
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), before + 1);
    cr_expect(strstr(text, "xboxkrnl!? (ordinal 0xfa0)") && strstr(text, "0x82000100"), "%s", text);
    call_at(thunk_target(THUNK(5)), 0x82000100);
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), before + 1, "the same caller");
    call_at(thunk_target(THUNK(5)), 0x82000200);
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), before + 2, "another one");
    call_at(thunk_target(THUNK(7)), 0x82000100);
    cr_expect_eq(h.thread->cpu.gpr[3], 0x65B, "unknown modules");
    call_at(thunk_target(THUNK(11)), 0x82000100);
    cr_expect_eq(h.thread->cpu.gpr[3], 0x65B, "xam");
    xe_hle_totals(h.bench.kernel, &totals);
    cr_expect_eq(totals.stub_calls, 5);
    cr_expect_eq(export_info("xboxkrnl", 4000).calls, 3);
    cr_expect_not(export_info("xboxkrnl", 4000).implemented);
    cr_expect_eq(export_info("xboxkrnl", 4000).last_lr, 0x82000200);
    cr_expect_eq(export_info("xboxkrnl", 4000).first_lr, 0x82000100);
    cr_expect(export_info("xam", XE_ORD_XAM_XamAlloc).implemented);
    cr_expect_eq(export_info("nonesuch.xex", 7).calls, 1);
}

/* By what the export returns: a status is a bad pointer, and ERROR_FUNCTION_FAILED a good HRESULT.
 */
Test(hle_link, stubs_fail_as_their_type_does)
{
    static const struct {
        uint32_t module, ordinal;
        uint64_t r3;
        const char *says;
    } rows[] = {
        {XE_HLE_XBOXKRNL, XE_ORD_XBOXKRNL_IoCallDriver, 0xFFFFFFFFC0000002u,
         "returns STATUS_NOT_IMPLEMENTED;"},
        {XE_HLE_XBOXKRNL, XE_ORD_XBOXKRNL_IoAllocateIrp, 0, "returns NULL;"},
        {XE_HLE_XBOXKRNL, XE_ORD_XBOXKRNL_KeGetVidInfo, 0, "returns 0;"},
        {XE_HLE_XBOXKRNL, XE_ORD_XBOXKRNL_XeCryptBnQwBeSigVerify, 0, "returns FALSE;"},
        {XE_HLE_XBOXKRNL, XE_ORD_XBOXKRNL_XeCryptParveEcb, 42, "returns nothing;"},
        {XE_HLE_XAM, XE_ORD_XAM_XuiElementGetParent, 0xFFFFFFFF80004001u, "returns E_NOTIMPL;"},
        {XE_HLE_XAM, XE_ORD_XAM_XamContentOpenFile, 0x65B, "returns ERROR_FUNCTION_FAILED;"},
        {XE_HLE_XAM, XE_ORD_XAM_NetDll_UpnpCleanup, UINT64_MAX, "returns -1;"},
        {XE_HLE_XAM, XE_ORD_XAM_XuiFindClass, 0, "returns NULL;"},
        {XE_HLE_XBDM, XE_ORD_XBDM_DmSetMemory, 0xFFFFFFFF82DA0000u, "returns XBDM's failure"},
        {XE_HLE_XBDM, XE_ORD_XBDM_DmIsThreadStopped, 0, "returns FALSE;"},
    };
    char text[512];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t r3 = hle_call(&h, rows[i].module, rows[i].ordinal, 1, (uint64_t[]){42});

        cr_expect_eq(r3, rows[i].r3, "row %zu: 0x%lx", i, (unsigned long)r3);
        cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), i + 1);
        cr_expect(strstr(text, rows[i].says), "row %zu: %s", i, text);
    }
}

Test(hle_link, the_export_word_elsewhere_is_a_crash_of_the_instance)
{
    static const xe_gva where[] = {PROGRAM_BASE, XE_KERNEL_EXPORTS + 4, XE_KERNEL_EXPORTS + 0xFFF8,
                                   UINT32_MAX & ~3u, 0};

    for (size_t i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
        h.bench.kernel->stop = XE_STOP_NONE;
        call_at(where[i], LR);
        cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH, "0x%08x", where[i]);
        cr_expect_eq(h.thread->cpu.pc, where[i]);
    }
}

/* ---- modules -------------------------------------------------------------------------------- */

#define OUT (SCRATCH + 0x10)
#define STR (SCRATCH + 0x100)

static uint32_t module_handle(const char *name)
{
    hle_put(&h, STR, name);
    CALL(&h, XBOXKRNL, XexGetModuleHandle, STR, OUT);
    return word(OUT);
}

Test(hle_link, modules_and_procedures)
{
    uint32_t xam, kernel;

    load_all();
    kernel = module_handle("xboxkrnl.exe");
    xam = module_handle("xam.xex");
    cr_expect(kernel && xam && kernel != xam);
    cr_expect_eq(module_handle("Default.XEX"), xe_kernel_title(h.bench.kernel)->module);
    cr_expect_eq(module_handle("other.xex"), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XexGetModuleHandle, STR, OUT), 0xC0000225);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XexGetProcedureAddress, xam, XE_ORD_XAM_XamAlloc, OUT), 0);
    cr_expect_eq(word(OUT), thunk_target(THUNK(1)));
    cr_expect_eq(CALL32(&h, XBOXKRNL, XexGetProcedureAddress, kernel,
                        XE_ORD_XBOXKRNL_KeTimeStampBundle, OUT),
                 0);
    cr_expect_eq(word(OUT), word(SLOT(2)), "variables have addresses too");
    for (uint32_t i = 0; i < 3; i++) {
        const uint32_t bad[3][2] = {
            {kernel, 4095}, {kernel + 1, XE_ORD_XBOXKRNL_DbgPrint}, {0, XE_ORD_XBOXKRNL_DbgPrint}};

        cr_expect_eq(CALL32(&h, XBOXKRNL, XexGetProcedureAddress, bad[i][0], bad[i][1], OUT),
                     0xC0000263, "row %u", i);
        cr_expect_eq(word(OUT), 0);
    }
}

static uint32_t section(uint32_t module, const char *name)
{
    hle_put(&h, STR, name);
    xe_mem_set_u64(h.bench.mem, OUT, 0);
    return CALL32(&h, XBOXKRNL, XexGetModuleSection, module, STR, OUT, OUT + 4);
}

Test(hle_link, resources_by_name)
{
    load_all();
    cr_expect_eq(section(xe_kernel_title(h.bench.kernel)->module, "DATA"), 0);
    cr_expect(word(OUT) == 0x82001000 && word(OUT + 4) == 0x1234);
    cr_expect_eq(section(xe_kernel_title(h.bench.kernel)->module, "LONGNAME"), 0, "8 characters");
    cr_expect_eq(word(OUT), 0x82002000);
    cr_expect_eq(section(0, "LONGNAMES"), 0xC0000225);
    cr_expect_eq(section(0, "DAT"), 0xC0000225);
    cr_expect_eq(section(0, ""), 0xC0000225, "the third row has no name");
    cr_expect_eq(section(0x1234, "DATA"), 0xC0000008);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XexGetModuleSection, 0, UNREADABLE, OUT, OUT + 4),
                 0xC0000225);
}
