/* Import resolution and exported variables.
 *
 * A function import's thunk becomes the real kernel's sequence (lis, ori, mtctr, bctr) to the
 * export's entry, its slot the entry's address. A variable's slot gets the address of the kernel's
 * variable. */
#include <stdio.h>
#include <string.h>

#include "kernel/core/clock.h"
#include "kernel/core/module.h"
#include "kernel/hle/hle_internal.h"

#define LIS_R11   0x3D600000u
#define ORI_R11   0x616B0000u
#define MTCTR_R11 0x7D6903A6u
#define BCTR      0x4E800420u

static bool patch_function(struct xe_mem *mem, const struct xe_image_import *import, xe_gva target)
{
    bool ok = true;

    if (import->thunk)
        ok = xe_mem_set_u32(mem, import->thunk, LIS_R11 | target >> 16) &&
             xe_mem_set_u32(mem, import->thunk + 4, ORI_R11 | (target & 0xFFFF)) &&
             xe_mem_set_u32(mem, import->thunk + 8, MTCTR_R11) &&
             xe_mem_set_u32(mem, import->thunk + 12, BCTR);
    if (import->slot)
        ok = ok && xe_mem_set_u32(mem, import->slot, target);
    return ok;
}

bool xe_hle_is_kernel(const char *library)
{
    return xe__hle_module(library) != XE__HLE_OTHERS;
}

/* What a module exports; 0: nothing, and the first such import is told. */
static xe_gva from_module(const struct xe_kernel *kernel, const struct xe_image_import *import,
                          struct xe_missing *missing)
{
    const struct xe_module *module = xe_kernel_module_by_name(kernel, import->library);
    xe_gva address = module ? xe_kernel_module_export(kernel, module, import->ordinal) : 0;

    if (!address && !missing->library[0]) {
        snprintf(missing->library, sizeof(missing->library), "%s", import->library);
        missing->ordinal = import->ordinal;
        missing->loaded = module;
    }
    return address;
}

bool xe_hle_link(struct xe_kernel *kernel, const struct xe_image *image,
                 struct xe_missing *ret_missing, struct xe_error *err)
{
    struct xe_hle_state *hle = xe_kernel_hle(kernel);
    struct xe_mem *mem = xe_kernel_mem(kernel);

    if (!hle->variable_page)
        xe__hle_variables_init(hle);
    for (uint32_t i = 0; i < image->import_count; i++) {
        const struct xe_image_import *import = &image->import[i];
        uint32_t module = xe__hle_module(import->library);
        xe_gva target = module == XE__HLE_OTHERS ? from_module(kernel, import, ret_missing) : 0;
        struct xe__hle_entry *entry;
        bool ok;

        /* What lacks something will not be loaded; a title is all the same, for its report. */
        if (ret_missing->library[0] && xe_kernel_title(kernel)->loaded)
            return true;
        entry = target ? NULL : xe__hle_entry_of(hle, module, import->library, import->ordinal);
        if (!entry && !target)
            return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                                "import %u (%s ordinal 0x%x): no room for more exports", i,
                                import->library, import->ordinal);
        if (entry)
            entry->imported = true;
        /* A slot without a thunk is a function for executables of free toolchains. */
        if (target)
            ok = patch_function(mem, import, target);
        else if (entry->variable || (!import->function && strcmp(entry->name, "?") == 0))
            ok = !import->slot ||
                 xe_mem_set_u32(mem, import->slot, xe__hle_variable(hle, module, import->ordinal));
        else
            ok = patch_function(mem, import,
                                xe__hle_function(hle, module, import->library, import->ordinal));
        if (!ok)
            return xe_error_set(
                err, XE_ERR_IMAGE_CORRUPT,
                "import %u (%s ordinal 0x%x): slot 0x%08x or thunk 0x%08x is not in "
                "the image",
                i, import->library, import->ordinal, import->slot, import->thunk);
    }
    return true;
}

/* ---- variables ------------------------------------------------------------------------------ */

/* Contents of the exported variables that are not the kernel core's. Up to 16 bytes of words; more
 * is zero. Source: xkelib and xenia. */
static const struct {
    uint32_t ordinal, size;
    uint32_t word[4];
} variable_rows[] = {
    {XE_ORD_XBOXKRNL_ExConsoleGameRegion, 4, {0xFFFFFFFF}},
    {XE_ORD_XBOXKRNL_KeDebugMonitorData, 4, {0}},
    {XE_ORD_XBOXKRNL_KiBugCheckData, 20, {0}},
    {XE_ORD_XBOXKRNL_XboxHardwareInfo, 16, {0x00000020, 0x06000000, 0, 0}},
    {XE_ORD_XBOXKRNL_XboxKrnlBaseVersion, 8, {0x00020000, 0x44970000}},
    {XE_ORD_XBOXKRNL_XboxKrnlVersion, 8, {0x00020000, 0x44970000}},
    {XE_ORD_XBOXKRNL_VdGlobalDevice, 4, {0}},
    {XE_ORD_XBOXKRNL_VdGlobalXamDevice, 4, {0}},
    {XE_ORD_XBOXKRNL_VdGpuClockInMHz, 4, {500}},
    {XE_ORD_XBOXKRNL_KeCertMonitorData, 4, {0}},
};

static xe_gva place(struct xe_hle_state *hle, uint32_t ordinal, uint32_t size)
{
    xe_gva at = hle->variable_page + hle->variable_used;

    if (!hle->variable_page || hle->variables == XE__HLE_VARIABLES ||
        size > XE__HLE_VARIABLE_BYTES - hle->variable_used)
        return 0;
    hle->variable_used += (size + 15) & ~15u;
    hle->variable[hle->variables++] = (struct xe__hle_variable){ordinal, at};
    return at;
}

static void place_text(struct xe_hle_state *hle, uint32_t ordinal, uint32_t size, const char *text)
{
    xe_gva at = place(hle, ordinal, size);

    if (at && strlen(text) < size)
        xe_mem_write(xe_kernel_mem(hle->kernel), at, text, (uint32_t)strlen(text));
}

void xe__hle_variables_init(struct xe_hle_state *hle)
{
    struct xe_mem *mem = xe_kernel_mem(hle->kernel);
    xe_gva lock;

    hle->variable_page = xe_kernel_pool_alloc(hle->kernel, XE__HLE_VARIABLE_BYTES);
    for (size_t i = 0; i < sizeof(variable_rows) / sizeof(variable_rows[0]); i++) {
        xe_gva at = place(hle, variable_rows[i].ordinal, variable_rows[i].size);

        for (uint32_t w = 0; at && w < 4 && 4 * w < variable_rows[i].size; w++)
            xe_mem_set_u32(mem, at + 4 * w, variable_rows[i].word[w]);
    }
    place_text(hle, XE_ORD_XBOXKRNL_ExLoadedCommandLine, 0x200, "\"" XE_KERNEL_TITLE_NAME "\"");
    place_text(hle, XE_ORD_XBOXKRNL_ExLoadedImageName, 0x100,
               "\\Device\\Cdrom0\\" XE_KERNEL_TITLE_NAME);
    /* A critical section, initialised as RtlInitializeCriticalSectionAndSpinCount(10000) does. */
    lock = place(hle, XE_ORD_XBOXKRNL_VdHSIOCalibrationLock, 0x1C);
    if (lock) {
        xe_mem_set_u32(mem, lock, 0x01280000);
        xe_mem_set_u32(mem, lock + 8, lock + 8);
        xe_mem_set_u32(mem, lock + 12, lock + 8);
        xe_mem_set_u32(mem, lock + 16, 0xFFFFFFFF);
    }
}

/* Those that are placed at the start, and the kernel core's own. */
bool xe__hle_variable_known(const struct xe_hle_state *hle, uint32_t module, uint32_t ordinal)
{
    static const uint32_t others[] = {XE_ORD_XBOXKRNL_ExLoadedCommandLine,
                                      XE_ORD_XBOXKRNL_ExLoadedImageName,
                                      XE_ORD_XBOXKRNL_VdHSIOCalibrationLock};

    if (module != XE_HLE_XBOXKRNL)
        return false;
    for (size_t i = 0; i < sizeof(variable_rows) / sizeof(variable_rows[0]); i++)
        if (variable_rows[i].ordinal == ordinal)
            return true;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i] == ordinal)
            return true;
    return xe_kernel_variable(hle->kernel, ordinal) != 0;
}

xe_gva xe__hle_variable(struct xe_hle_state *hle, uint32_t module, uint32_t ordinal)
{
    const char *name = module < XE_HLE_MODULES ? xe_hle_name(module, ordinal, NULL) : NULL;
    uint32_t key = module == XE_HLE_XBOXKRNL ? ordinal : module << 16 | ordinal;
    xe_gva at = module == XE_HLE_XBOXKRNL ? xe_kernel_variable(hle->kernel, ordinal) : 0;

    for (uint32_t i = 0; i < hle->variables && !at; i++)
        if (hle->variable[i].ordinal == key)
            at = hle->variable[i].address;
    if (at)
        return at;
    xe_log_write(xe_kernel_log(hle->kernel), XE_LOG_STUB, "export",
                 "variable %s (module %u ordinal 0x%03x) has no known contents; it reads as zero",
                 name ? name : "?", module, ordinal);
    return place(hle, key, 64);
}
