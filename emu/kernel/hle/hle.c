/* Export calls: from an entry address to a handler and back; stubs and statistics.
 *
 * Every function export that exists has a fixed 8-byte entry (export word, blr) in guest memory;
 * ordinals and modules that no list knows get one when a title asks for them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "kernel/core/clock.h"
#include "kernel/hle/hle_internal.h"
#include "kernel/core/milestone.h"
#include "kernel/core/thread.h"

#define LOG_CATEGORY "export"

struct def {
    uint32_t ordinal;
    const char *name;
    bool variable;
    enum xe_hle_returns returns;
};

#define FUNC               false
#define DATA               true
#define EXPORT(o, n, k, r) {o, #n, k, XE_HLE_RETURNS_##r},
static const struct def xboxkrnl_defs[] = {
#include "kernel/hle/xboxkrnl.def"
};
static const struct def xam_defs[] = {
#include "kernel/hle/xam.def"
};
static const struct def xbdm_defs[] = {
#include "kernel/hle/xbdm.def"
};
#undef EXPORT
#undef FUNC
#undef DATA

static const struct {
    const char *name;
    const struct def *def;
    size_t count;
} modules[XE_HLE_MODULES] = {
    [XE_HLE_XBOXKRNL] = {"xboxkrnl", xboxkrnl_defs, sizeof(xboxkrnl_defs) / sizeof(struct def)},
    [XE_HLE_XAM] = {"xam", xam_defs, sizeof(xam_defs) / sizeof(struct def)},
    [XE_HLE_XBDM] = {"xbdm", xbdm_defs, sizeof(xbdm_defs) / sizeof(struct def)},
};

/* ---- tables -------------------------------------------------------------------------------- */

const char *xe_hle_name(enum xe_hle_module module, uint32_t ordinal, bool *ret_variable)
{
    for (size_t i = 0; i < modules[module].count; i++) {
        if (modules[module].def[i].ordinal != ordinal)
            continue;
        if (ret_variable)
            *ret_variable = modules[module].def[i].variable;
        return modules[module].def[i].name;
    }
    return NULL;
}

const char *xe_hle_known_name(const char *text)
{
    for (uint32_t m = 0; m < XE_HLE_MODULES; m++)
        for (size_t i = 0; i < modules[m].count; i++)
            if (strcmp(modules[m].def[i].name, text) == 0)
                return modules[m].def[i].name;
    return NULL;
}

uint32_t xe__hle_module(const char *name)
{
    for (uint32_t i = 0; i < XE_HLE_MODULES; i++) {
        size_t n = strlen(modules[i].name);

        if (strncasecmp(name, modules[i].name, n) == 0 && (!name[n] || name[n] == '.'))
            return i;
    }
    return XE__HLE_OTHERS;
}

const char *xe_kernel_export_name(const char *library, uint32_t ordinal)
{
    uint32_t module = xe__hle_module(library);

    return module == XE__HLE_OTHERS ? NULL : xe_hle_name(module, ordinal, NULL);
}

/* ---- entries ------------------------------------------------------------------------------- */

static bool write_entry(struct xe_hle_state *hle, uint32_t i)
{
    struct xe_mem *mem = xe_kernel_mem(hle->kernel);
    xe_gva at = XE_KERNEL_EXPORTS + i * XE__HLE_ENTRY_SIZE;
    bool for_guest = xe_mem_for_guest(mem, false), ok; /* a title may not write there */

    ok =
        xe_mem_set_u32(mem, at, XE_CPU_WORD_EXPORT) && xe_mem_set_u32(mem, at + 4, XE_CPU_WORD_BLR);
    xe_mem_for_guest(mem, for_guest);
    return ok;
}

/* A kept copy of an unknown module's name, for reports; a title that names too many shares "?". */
static const char *keep_name(struct xe_hle_state *hle, const char *name)
{
    for (uint32_t i = 0; i < hle->others; i++)
        if (strncasecmp(hle->other[i], name, sizeof(hle->other[i]) - 1) == 0)
            return hle->other[i];
    if (hle->others == XE__HLE_OTHERS_MAX)
        return "?";
    snprintf(hle->other[hle->others], sizeof(hle->other[0]), "%s", name);
    return hle->other[hle->others++];
}

static struct xe__hle_entry *add_entry(struct xe_hle_state *hle, const char *module,
                                       const char *name, uint32_t ordinal)
{
    struct xe__hle_entry *entry;

    if (hle->entries == XE__HLE_ENTRIES || !module || !write_entry(hle, hle->entries))
        return NULL;
    entry = &hle->entry[hle->entries++];
    entry->module = module;
    entry->name = name;
    entry->ordinal = ordinal;
    entry->returns =
        module == modules[XE_HLE_XBOXKRNL].name ? XE_HLE_RETURNS_STATUS : XE_HLE_RETURNS_ERROR;
    return entry;
}

static bool add_known(struct xe_hle_state *hle)
{
    for (uint32_t m = 0; m < XE_HLE_MODULES; m++) {
        for (size_t i = 0; i < modules[m].count; i++) {
            const struct def *def = &modules[m].def[i];
            struct xe__hle_entry *entry = add_entry(hle, modules[m].name, def->name, def->ordinal);

            if (!entry)
                return false;
            entry->variable = def->variable;
            entry->returns = def->returns;
            hle->index[m][def->ordinal] = (uint16_t)hle->entries;
        }
    }
    for (uint32_t i = 0; xe_families[i]; i++)
        for (const struct xe_hle *row = xe_families[i]->exports; row->handler; row++) {
            struct xe__hle_entry *entry = &hle->entry[hle->index[row->module][row->ordinal] - 1];

            entry->row = row;
            entry->family = i;
            entry->ask = xe_kernel_ask_row(row->name);
        }
    xe__hle_signals_init(hle);
    hle->known = hle->entries;
    return true;
}

struct xe__hle_entry *xe__hle_entry_of(struct xe_hle_state *hle, uint32_t module, const char *name,
                                       uint32_t ordinal)
{
    struct xe__hle_entry *entry;

    if (module < XE_HLE_MODULES) {
        if (ordinal < XE__HLE_ORDINALS && hle->index[module][ordinal])
            return &hle->entry[hle->index[module][ordinal] - 1];
        name = modules[module].name;
    }
    for (uint32_t i = 0; i < hle->entries; i++)
        if (hle->entry[i].ordinal == ordinal && strcasecmp(hle->entry[i].module, name) == 0)
            return &hle->entry[i];
    entry = add_entry(hle, module < XE_HLE_MODULES ? name : keep_name(hle, name), "?", ordinal);
    if (entry && module < XE_HLE_MODULES && ordinal < XE__HLE_ORDINALS)
        hle->index[module][ordinal] = (uint16_t)hle->entries;
    return entry;
}

xe_gva xe__hle_function(struct xe_hle_state *hle, uint32_t module, const char *name,
                        uint32_t ordinal)
{
    const struct xe__hle_entry *entry = xe__hle_entry_of(hle, module, name, ordinal);

    if (!entry || entry->variable)
        return 0;
    return XE_KERNEL_EXPORTS + (uint32_t)(entry - hle->entry) * XE__HLE_ENTRY_SIZE;
}

/* Is the entry the export that "name" or "#ordinal" means? */
static bool is_called(const struct xe__hle_entry *entry, const char *text)
{
    char *end;

    if (text[0] == '#' && text[1] >= '0' && text[1] <= '9')
        return entry->ordinal == strtoul(text + 1, &end, 10) && !*end;
    return strcmp(entry->name, text) == 0;
}

xe_gva xe_kernel_export_address(const struct xe_kernel *kernel, const char *text)
{
    const struct xe_hle_state *hle = xe_kernel_hle(kernel);
    const char *name = strchr(text, '!');
    char module[64] = "";

    if (name)
        snprintf(module, sizeof(module), "%.*s", (int)(name - text), text);
    name = name ? name + 1 : text;
    for (uint32_t i = 0; i < hle->entries; i++) {
        const struct xe__hle_entry *entry = &hle->entry[i];

        if (!entry->variable && is_called(entry, name) &&
            (!module[0] || xe__hle_module(module) == xe__hle_module(entry->module)))
            return XE_KERNEL_EXPORTS + i * XE__HLE_ENTRY_SIZE;
    }
    return 0;
}

const char *xe_hle_entry_name(const struct xe_kernel *kernel, xe_gva address)
{
    const struct xe_hle_state *hle = xe_kernel_hle(kernel);
    uint32_t i = (address - XE_KERNEL_EXPORTS) / XE__HLE_ENTRY_SIZE;

    if (address < XE_KERNEL_EXPORTS || i >= hle->entries ||
        (address - XE_KERNEL_EXPORTS) % XE__HLE_ENTRY_SIZE || hle->entry[i].variable)
        return NULL;
    return hle->entry[i].name;
}

void xe_kernel_export_offer(const struct xe_kernel *kernel, struct xe_nearest *nearest)
{
    const struct xe_hle_state *hle = xe_kernel_hle(kernel);

    for (uint32_t i = 0; i < hle->entries; i++)
        if (!hle->entry[i].variable)
            xe_nearest_offer(nearest, hle->entry[i].name);
}

bool xe_kernel_export_at(const struct xe_kernel *kernel, xe_gva address, char *text, size_t size)
{
    const struct xe_hle_state *hle = xe_kernel_hle(kernel);
    uint32_t i = (address - XE_KERNEL_EXPORTS) / XE__HLE_ENTRY_SIZE;
    const struct xe__hle_entry *entry = &hle->entry[i < hle->entries ? i : 0];
    uint32_t module = xe__hle_module(entry->module);
    const char *suffix = module == XE_HLE_XBOXKRNL ? ".exe" : module < XE_HLE_MODULES ? ".xex" : "";

    if (address < XE_KERNEL_EXPORTS || i >= hle->entries || entry->variable)
        return false;
    if (strcmp(entry->name, "?") == 0)
        snprintf(text, size, "%s%s!#%u", entry->module, suffix, entry->ordinal);
    else
        snprintf(text, size, "%s%s!%s", entry->module, suffix, entry->name);
    return true;
}

struct xe_hle_state *xe_hle_create(struct xe_kernel *kernel, struct xe_error *err)
{
    struct xe_hle_state *hle = xe_calloc(1, sizeof(*hle));

    if (hle) {
        hle->kernel = kernel;
        hle->entry = xe_calloc(XE__HLE_ENTRIES, sizeof(*hle->entry));
    }
    if (!hle || !hle->entry || !xe__kernel_families_create(hle) || !xe__kernel_gpu_add(kernel) ||
        !xe_mem_alloc(xe_kernel_mem(kernel), XE_MEM_HEAP_IMAGE_64K, XE_KERNEL_EXPORTS, 0x10000, 0,
                      XE_PAGE_EXECUTE_READ, true, false) ||
        !add_known(hle)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "kernel exports: out of memory");
        xe_hle_destroy(hle);
        return NULL;
    }
    return hle;
}

void xe_hle_destroy(struct xe_hle_state *hle)
{
    if (!hle)
        return;
    xe__kernel_families_destroy(hle);
    xe_free(hle->entry);
    xe_free(hle);
}

/* ---- arguments and results ----------------------------------------------------------------- */

uint64_t xe_arg_u64(const struct xe_call *call, unsigned n)
{
    if (n < 8)
        return call->cpu->gpr[3 + n];
    return xe_mem_u64(call->mem, (xe_gva)call->cpu->gpr[1] + 0x50 + 8 * (n - 8));
}

bool xe_arg_cstr(const struct xe_call *call, unsigned n, char *text, size_t size)
{
    xe_gva at = xe_arg_gva(call, n);
    int32_t length = at ? xe_mem_strnlen(call->mem, at, (uint32_t)size - 1) : -1;

    text[0] = '\0';
    if (length < 0) {
        /* Longer than the buffer, or unreadable: take what fits, if all of that is there. */
        if (!at || !xe_mem_read(call->mem, at, text, (uint32_t)size - 1))
            return false;
        length = (int32_t)size - 1;
    } else if (length && !xe_mem_read(call->mem, at, text, (uint32_t)length)) {
        return false;
    }
    text[length] = '\0';
    return true;
}

const void *xe_arg_view(const struct xe_call *call, unsigned n, uint32_t size)
{
    xe_gva at = xe_arg_gva(call, n);

    return at ? xe_mem_view(call->mem, at, size) : NULL;
}

void *xe_arg_view_rw(const struct xe_call *call, unsigned n, uint32_t size)
{
    xe_gva at = xe_arg_gva(call, n);

    return at ? xe_mem_view_rw(call->mem, at, size) : NULL;
}

void xe_ret_u32(struct xe_call *call, uint32_t value)
{
    call->cpu->gpr[3] = value;
}

void xe_ret_s32(struct xe_call *call, int32_t value)
{
    call->cpu->gpr[3] = (uint64_t)(int64_t)value;
}

void xe_ret_u64(struct xe_call *call, uint64_t value)
{
    call->cpu->gpr[3] = value;
}

void xe_ret_status(struct xe_call *call, uint32_t status)
{
    xe_ret_s32(call, (int32_t)status);
}

void xe_kernel_call_guest_error(const struct xe_call *call, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_GUEST, LOG_CATEGORY, "%s (lr=0x%08x): %s",
                 call->row ? call->row->name : "?", call->lr, text);
}

/* ---- stubs --------------------------------------------------------------------------------- */

/* What an export without a handler answers, by what it returns. */
#define SET  true
#define KEEP false
static const struct {
    bool set;
    uint64_t r3;
    const char *says;
} answers[] = {
#define RETURNS(name, answer, r3, says) {answer, r3, says},
#include "kernel/hle/returns.def"
#undef RETURNS
};
#undef SET
#undef KEEP

static bool caller_is_new(struct xe_hle_state *hle, uint32_t entry, uint32_t lr)
{
    xe_kernel_work(hle->kernel, hle->callers);
    for (uint32_t i = 0; i < hle->callers; i++)
        if (hle->caller[i].entry == entry && hle->caller[i].lr == lr)
            return false;
    if (hle->callers < XE__HLE_CALLERS) {
        hle->caller[hle->callers].entry = entry;
        hle->caller[hle->callers++].lr = lr;
        return true;
    }
    return false;
}

static void call_stub(struct xe_hle_state *hle, struct xe_call *call,
                      const struct xe__hle_entry *entry)
{
    hle->stub_calls++;
    xe__hle_stub_promise(call, xe__hle_module(entry->module), entry->ordinal);
    if (caller_is_new(hle, (uint32_t)(entry - hle->entry), call->lr))
        xe_log_write(
            xe_kernel_log(call->kernel), XE_LOG_STUB, LOG_CATEGORY,
            "%s!%s (ordinal 0x%03x) is not implemented and returns %s; called from 0x%08x with "
            "r3=0x%" PRIx64 " r4=0x%" PRIx64 " r5=0x%" PRIx64 " r6=0x%" PRIx64,
            entry->module, entry->name, entry->ordinal, answers[entry->returns].says, call->lr,
            call->cpu->gpr[3], call->cpu->gpr[4], call->cpu->gpr[5], call->cpu->gpr[6]);
    if (answers[entry->returns].set)
        xe_ret_u64(call, answers[entry->returns].r3);
}

/* ---- dispatch ------------------------------------------------------------------------------ */

/* What is stored meanwhile is stored for the title. */
static void answer(struct xe_hle_state *hle, struct xe_call *call,
                   const struct xe__hle_entry *entry)
{
    xe_gva pc = call->cpu->pc, refused;

    if (!entry->row) {
        call_stub(hle, call, entry);
        return;
    }
    xe_mem_for_guest(call->mem, true);
    entry->row->handler(call);
    xe_mem_for_guest(call->mem, false);
    if (xe_mem_take_refused(call->mem, &refused))
        xe__kernel_call_refused(call, refused, call->cpu->pc == pc);
}

void xe_hle_dispatch(struct xe_kernel *kernel, struct xe_cpu *cpu, xe_gva address)
{
    struct xe_hle_state *hle = xe_kernel_hle(kernel);
    uint32_t i = (address - XE_KERNEL_EXPORTS) / XE__HLE_ENTRY_SIZE;
    struct xe__hle_entry *entry;
    struct xe_hle unknown = {0};
    struct xe_call call;

    if (address < XE_KERNEL_EXPORTS || i >= hle->entries ||
        (address - XE_KERNEL_EXPORTS) % XE__HLE_ENTRY_SIZE) {
        cpu->pc = address;
        xe_kernel_crash(kernel,
                        &(struct xe_stop_info){.cause = XE_CAUSE_EXPORT_WORD, .address = address},
                        NULL);
        return;
    }
    entry = &hle->entry[i];
    unknown.name = entry->name;
    call = (struct xe_call){.kernel = kernel,
                            .mem = xe_kernel_mem(kernel),
                            .cpu = cpu,
                            .thread = xe_kernel_current(kernel),
                            .row = entry->row ? entry->row : &unknown,
                            .ask = entry->ask,
                            .self = entry->row ? hle->self[entry->family] : NULL,
                            .lr = (uint32_t)cpu->lr};
    if (!entry->calls++) {
        entry->first_lr = call.lr;
        xe_kernel_milestone_export(&call, xe__hle_module(entry->module), entry->ordinal);
    }
    xe_kernel_milestone_site(&call);
    entry->last_tid = call.thread ? call.thread->tid : 0;
    entry->last_lr = call.lr;
    entry->last_cycle = xe_kernel_cycle(kernel);
    xe_kernel_call_begin(kernel, &call);
    answer(hle, &call, entry);
    entry->last_result = cpu->gpr[3];
    xe_kernel_call_end(kernel, &call);
}

void xe_hle_totals(const struct xe_kernel *kernel, struct xe_kernel_totals *ret)
{
    ret->stub_calls = xe_kernel_hle(kernel)->stub_calls;
    xe__kernel_families_totals(xe_kernel_hle(kernel), ret);
}

static struct xe_export_info told(const struct xe_hle_state *hle, const struct xe__hle_entry *entry)
{
    struct xe_export_info info = {.module = entry->module,
                                  .ordinal = entry->ordinal,
                                  .name = entry->name,
                                  .variable = entry->variable,
                                  .imported = entry->imported,
                                  .calls = entry->calls,
                                  .first_lr = entry->first_lr,
                                  .last_tid = entry->last_tid,
                                  .last_lr = entry->last_lr,
                                  .last_cycle = entry->last_cycle,
                                  .last_result = entry->last_result,
                                  .signature = entry->row ? entry->row->signature : NULL};

    info.state = xe__hle_coverage(hle, entry, &info.lacks, &info.why);
    info.implemented = info.state != XE_COVERAGE_MISSING;
    return info;
}

void xe_kernel_exports(const struct xe_kernel *kernel, enum xe_export_choice which,
                       void (*fn)(void *ctx, const struct xe_export_info *info), void *ctx)
{
    const struct xe_hle_state *hle = xe_kernel_hle(kernel);

    for (uint32_t i = 0; i < hle->entries; i++) {
        struct xe_export_info info;

        if (which == XE_EXPORTS_TOUCHED ? !hle->entry[i].imported && !hle->entry[i].calls
                                        : i >= hle->known)
            continue;
        info = told(hle, &hle->entry[i]);
        fn(ctx, &info);
    }
}
