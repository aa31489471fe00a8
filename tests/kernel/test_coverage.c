/* What the kernel says of itself: which exports and devices there are, and what lacks in some. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/core/device.h"

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    cr_assert(xe_kernel_devices_add(h.bench.kernel));
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(kernel_coverage, .init = setup, .fini = teardown);

struct seen {
    const char *name;
    struct xe_export_info info;
    uint32_t all, partial;
};

static void find(void *ctx, const struct xe_export_info *info)
{
    struct seen *seen = ctx;

    seen->all++;
    seen->partial += info->state == XE_COVERAGE_PARTIAL;
    if (seen->name && strcmp(info->name, seen->name) == 0)
        seen->info = *info;
}

static struct seen look(const char *name)
{
    struct seen seen = {.name = name};

    xe_kernel_exports(h.bench.kernel, XE_EXPORTS_KNOWN, find, &seen);
    return seen;
}

Test(kernel_coverage, an_export_is_there_or_not)
{
    cr_expect_eq(look("NtSetEvent").info.state, XE_COVERAGE_DONE);
    cr_expect(look("NtSetEvent").info.implemented);
    cr_expect_null(look("NtSetEvent").info.lacks);
    cr_expect_eq(look("StfsControlDevice").info.state, XE_COVERAGE_MISSING);
    cr_expect_not(look("StfsControlDevice").info.implemented);
    cr_expect_str_eq(look("StfsControlDevice").info.why, "its arguments aren't known");
    cr_expect_null(look("VdSwap").info.why);
    cr_expect_str_eq(look("XuiFindClass").info.why, look("XuiFree").info.why, "by how they begin");
    cr_expect_null(look("KeGetVidInfo").info.why, "nobody has said");
    cr_expect_eq(look("VdSwap").info.state, XE_COVERAGE_PARTIAL);
    cr_expect(look("VdSwap").info.implemented);
    cr_expect_not_null(look("VdSwap").info.lacks);
}

Test(kernel_coverage, a_variable_is_there_if_it_is_known_what_it_holds)
{
    cr_expect_eq(look("KeTimeStampBundle").info.state, XE_COVERAGE_DONE);
    cr_expect_eq(look("XboxKrnlVersion").info.state, XE_COVERAGE_DONE);
    cr_expect_eq(look("ExLoadedImageName").info.state, XE_COVERAGE_DONE);
    cr_expect_eq(look("KeDebugMonitorData").info.state, XE_COVERAGE_DONE);
    cr_expect_eq(look("VdGlobalDevice").info.state, XE_COVERAGE_DONE);
    cr_expect_eq(look("VdHSIOTrainCount").info.state, XE_COVERAGE_MISSING);
}

/* A row of xe/partial.def whose export has no handler, or that is there twice, would say nothing.
 */
Test(kernel_coverage, every_partial_export_has_a_handler)
{
    static const char *const names[] = {
#define PARTIAL_EXPORT(module, name, lacks) #name,
#include "xe/partial.def"
    };
    uint32_t count = sizeof(names) / sizeof(names[0]);

    for (uint32_t i = 0; i < count; i++)
        cr_expect_eq(look(names[i]).info.state, XE_COVERAGE_PARTIAL, "%s", names[i]);
    cr_expect_eq(look(NULL).partial, count);
}

/* Nor would one that gives a reason for what is there, or is nowhere. */
Test(kernel_coverage, every_reason_is_of_what_is_missing)
{
    static const char *const names[] = {
#define MISSING_EXPORT(module, name, why) #name,
#include "xe/partial.def"
    };

    for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct seen seen = look(names[i]);

        cr_expect_not_null(seen.info.name, "%s", names[i]);
        cr_expect_eq(seen.info.state, XE_COVERAGE_MISSING, "%s", names[i]);
        cr_expect_not_null(seen.info.why, "%s", names[i]);
    }
}

Test(kernel_coverage, all_that_the_lists_know_is_told_once)
{
    uint32_t all = 0;

#define EXPORT(ordinal, name, kind, returns) all++;
#include "kernel/hle/xboxkrnl.def"
#undef EXPORT
#undef ASYNC
#define EXPORT(ordinal, name, kind, returns) all++;
#include "kernel/hle/xam.def"
#undef EXPORT
#undef ASYNC
#define EXPORT(ordinal, name, kind, returns) all++;
#include "kernel/hle/xbdm.def"
#undef EXPORT
    cr_expect_eq(look(NULL).all, all);
}

/* ---- devices -------------------------------------------------------------------------------- */

struct device {
    const char *module, *name;
    struct xe_coverage_row row;
};

static void find_device(void *ctx, const struct xe_coverage_row *row)
{
    struct device *device = ctx;

    if (strcmp(row->module, device->module) == 0 && strcmp(row->name, device->name) == 0)
        device->row = *row;
}

static struct xe_coverage_row device(enum xe_coverage_kind kind, const char *module,
                                     const char *name)
{
    struct device device = {module, name, {.state = XE_COVERAGE_STATES}};

    xe_kernel_coverage_devices(h.bench.kernel, kind, find_device, &device);
    return device.row;
}

Test(kernel_coverage, a_device_is_there_in_part_or_not)
{
    cr_expect_eq(device(XE_COVERAGE_DEVICES, "", "UART").state, XE_COVERAGE_DONE);
    cr_expect_eq(device(XE_COVERAGE_DEVICES, "", "XMA decoder").state, XE_COVERAGE_PARTIAL);
    cr_expect_eq(device(XE_COVERAGE_DEVICES, "", "flash controller").state, XE_COVERAGE_PARTIAL,
                 "it answers, and is none");
    cr_expect_eq(device(XE_COVERAGE_DEVICES, "", "audio controller").state, XE_COVERAGE_MISSING,
                 "it has its time only: an access faults");
    cr_expect_eq(device(XE_COVERAGE_DEVICES, "", "PCI configuration").state, XE_COVERAGE_MISSING);
}

static void find_class(void *ctx, const struct xe_coverage_row *row)
{
    struct device *class = ctx;

    if (strcmp(row->module, class->module) == 0 && strcmp(row->name, class->name) == 0)
        class->row = *row;
}

static enum xe_coverage_state class(const char *module, const char *name) {
    struct device class = {module, name, {.state = XE_COVERAGE_STATES}};

    xe_kernel_coverage_files(find_class, &class);
    return class.row.state;
}

Test(kernel_coverage, a_class_or_code_is_there_if_it_has_a_row)
{
    cr_expect_eq(class("file", "FileBasicInformation"), XE_COVERAGE_DONE);
    cr_expect_eq(class("file", "FileModeInformation"), XE_COVERAGE_PARTIAL);
    cr_expect_eq(class("file", "FileStreamInformation"), XE_COVERAGE_MISSING);
    cr_expect_eq(class("volume", "FileFsSizeInformation"), XE_COVERAGE_DONE);
    cr_expect_eq(class("volume", "FileFsLabelInformation"), XE_COVERAGE_MISSING);
    cr_expect_eq(class("", "IOCTL_DISK_GET_DRIVE_GEOMETRY"), XE_COVERAGE_DONE);
}

Test(kernel_coverage, a_register_is_there_as_its_device_is)
{
    cr_expect_eq(device(XE_COVERAGE_REGISTERS, "UART", "transmit").state, XE_COVERAGE_DONE);
    cr_expect_eq(device(XE_COVERAGE_REGISTERS, "XMA decoder", "control").state, XE_COVERAGE_DONE);
    cr_expect_eq(device(XE_COVERAGE_REGISTERS, "flash controller", "status").state,
                 XE_COVERAGE_PARTIAL);
}
