/* Prints the rows of xe/coverage.h as C, asked of a kernel with all its parts: what the daemon
 * tells of them is what titles meet, though it links none of them. Runs while xe360d is built. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gpu/gpu.h"
#include "gpu/ucode/ucode.h"
#include "kernel/core/device.h"
#include "kernel/core/kernel.h"
#include "kernel/hle/hle_internal.h"
#include "mem/mem.h"
#include "xe/audit.h"
#include "xe/device.h"

static const char *const kinds[] = {
#define KIND(NAME, word, doc) #NAME,
    XE_COVERAGE_KINDS_OF(KIND)
#undef KIND
};
static const char *const states[] = {"DONE", "PARTIAL", "MISSING"};

static void print_clause(const char *clause, const char *behind)
{
    if (clause)
        printf("\"%s\"%s", clause, behind);
    else
        printf("0%s", behind);
}

/* Names and clauses of the tables have no character that C would read otherwise. */
static void print_row(void *ctx, const struct xe_coverage_row *row)
{
    (void)ctx;
    printf("    {XE_COVERAGE_%s, \"%s\", 0x%" PRIX32 ", \"%s\", XE_COVERAGE_%s, ", kinds[row->kind],
           row->module, row->number, row->name, states[row->state]);
    print_clause(row->lacks, ", ");
    print_clause(row->why, "},\n");
}

static void print_export(void *ctx, const struct xe_export_info *info)
{
    print_row(ctx, &(struct xe_coverage_row){.kind = XE_COVERAGE_EXPORTS,
                                             .module = info->module,
                                             .number = info->ordinal,
                                             .name = info->name,
                                             .state = info->state,
                                             .lacks = info->lacks,
                                             .why = info->why});
}

static void print_all(struct xe_kernel *kernel)
{
    printf("/* Made by emu/coverage/make_rows. */\n"
           "#include \"xe/coverage.h\"\n\n"
           "const struct xe_coverage_row xe_coverage[] = {\n");
    xe_kernel_exports(kernel, XE_EXPORTS_KNOWN, print_export, NULL);
    xe_gpu_coverage_packets(print_row, NULL);
    xe_gpu_coverage_registers(print_row, NULL);
    xe_kernel_coverage_devices(kernel, XE_COVERAGE_REGISTERS, print_row, NULL);
    xe_kernel_coverage_devices(kernel, XE_COVERAGE_DEVICES, print_row, NULL);
    xe_kernel_coverage_files(print_row, NULL);
    xe_ucode_coverage(print_row, NULL);
    printf("};\n"
           "const uint32_t xe_coverage_rows = sizeof(xe_coverage) / sizeof(xe_coverage[0]);\n");
}

int main(void)
{
    static const struct xe_kernel_config config = {.slice = 1000, .clock_hz = 1000000000};
    struct xe_error err = XE_ERROR_INIT;
    struct xe_mem *mem = xe_mem_create(0, &err);
    struct xe_audit *audit = xe_audit_create(64, &err);
    struct xe_log *log = xe_log_create(256);
    struct xe_kernel *kernel =
        mem && audit && log ? xe_kernel_create(mem, audit, log, &config, &err) : NULL;
    bool made = kernel && xe_kernel_devices_add(kernel);

    if (made)
        print_all(kernel);
    else
        fprintf(stderr, "make_rows: %s\n", err.text);
    xe_kernel_destroy(kernel);
    xe_log_destroy(log);
    xe_audit_destroy(audit);
    xe_mem_destroy(mem);
    return made && !fflush(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
