/* Windows' own calls as xam exports them to plug-ins: events, mutexes, threads, waits, clocks.
 *
 * Each does what the kernel's call of the kind does; a failure is FALSE, NULL or -1, and its code
 * is the thread's last error. Source: the documented Windows routines of the same names. */
#include <string.h>

#include "kernel/core/clock.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/milestone.h"
#include "kernel/families/shared.h"
#include "kernel/families/text.h"

#define ERROR_ALREADY_EXISTS 183u
#define CREATE_SUSPENDED     4u
#define PER_MS               10000

#define TIME_ZONE_INFORMATION_SIZE 172u
#define TIME_ZONE_ID_UNKNOWN       0u

static void fail(struct xe_call *call, uint32_t status, int32_t result)
{
    xe_kernel_thread_set_last_error(call->thread, xe__kernel_dos_error(status));
    xe_ret_s32(call, result);
}

/* The object of a handle argument; NULL after telling the caller so. */
static struct xe_object *object_arg(struct xe_call *call, const struct xe_object_type *type,
                                    enum xe_audit_op op, int32_t result)
{
    struct xe_object *object = xe__kernel_nt_object(call, 0, type, op);

    if (!object)
        fail(call, (uint32_t)call->cpu->gpr[3], result);
    return object;
}

/* ---- events and mutexes --------------------------------------------------------------------- */

/* The object of that name at argument n, if it is there already: the answer is given. */
static bool existing(struct xe_call *call, unsigned n, const struct xe_object_type *type,
                     char name[XE_OBJECT_NAME_MAX + 1])
{
    struct xe_object *object;

    xe_arg_cstr(call, n, name, XE_OBJECT_NAME_MAX + 1);
    object = *name ? xe_kernel_object_named(call->kernel, name) : NULL;
    if (!object)
        return false;
    if (object->type != type) {
        fail(call, XE_STATUS_INVALID_HANDLE, 0);
        return true;
    }
    xe_kernel_thread_set_last_error(call->thread, ERROR_ALREADY_EXISTS);
    xe_ret_u32(call, xe_kernel_handle_open(object));
    return true;
}

/* Name a new object and hand out its handle. */
static void give(struct xe_call *call, struct xe_object *object, const char *name)
{
    xe_handle handle = 0;

    if (object && (!*name || xe_kernel_object_set_name(object, name)))
        handle = xe_kernel_handle_open(object);
    if (object)
        xe_kernel_object_unref(object);
    if (!handle) {
        fail(call, XE_STATUS_NO_MEMORY, 0);
        return;
    }
    xe_kernel_thread_set_last_error(call->thread, 0);
    xe_ret_u32(call, handle);
}

static void create_event(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];

    if (!existing(call, 3, &xe_object_event_type, name))
        give(call,
             xe_kernel_event_create(call->kernel, xe_arg_u32(call, 1) != 0,
                                    xe_arg_u32(call, 2) != 0),
             name);
}

static void create_mutex(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];

    if (!existing(call, 2, &xe_object_mutant_type, name))
        give(call, xe_kernel_mutant_create(call->kernel, xe_arg_u32(call, 1) ? call->thread : NULL),
             name);
}

static void open_mutex(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];

    if (!existing(call, 2, &xe_object_mutant_type, name))
        fail(call, XE_STATUS_OBJECT_NAME_NOT_FOUND, 0);
    else if (call->cpu->gpr[3])
        xe_kernel_thread_set_last_error(call->thread, 0);
}

static void event_act(struct xe_call *call, enum xe_audit_op op,
                      int32_t (*act)(struct xe_object *event, uint32_t key))
{
    struct xe_object *event = object_arg(call, &xe_object_event_type, op, 0);

    if (!event)
        return;
    act(event, xe_arg_u32(call, 0));
    xe_ret_u32(call, 1);
}

static void set_event(struct xe_call *call)
{
    event_act(call, XE_AUDIT_OP_SIGNAL, xe_kernel_event_set);
}

static void reset_event(struct xe_call *call)
{
    event_act(call, XE_AUDIT_OP_RESET, xe_kernel_event_reset);
}

static void release_mutex(struct xe_call *call)
{
    struct xe_object *mutant = object_arg(call, &xe_object_mutant_type, XE_AUDIT_OP_SIGNAL, 0);
    uint32_t status;
    int32_t previous;

    if (!mutant)
        return;
    status = xe_kernel_mutant_release(mutant, xe_arg_u32(call, 0), call->thread, false, &previous);
    if (status)
        fail(call, status, 0);
    else
        xe_ret_u32(call, 1);
}

/* ---- waits ---------------------------------------------------------------------------------- */

static int64_t timeout_of(uint32_t ms)
{
    return ms == UINT32_MAX ? XE_WAIT_FOREVER : -(int64_t)ms * PER_MS;
}

static void wait_for(struct xe_call *call, bool alertable)
{
    xe_handle handle = xe_arg_u32(call, 0);
    struct xe_object *object = xe_kernel_handle_object(call->kernel, handle);
    uint32_t status = !object           ? XE_STATUS_INVALID_HANDLE
                      : !object->header ? XE_STATUS_OBJECT_TYPE_MISMATCH
                                        : XE_STATUS_SUCCESS;

    if (status) {
        xe_kernel_signal_failed(call->kernel, NULL, handle, XE_AUDIT_OP_WAIT, status);
        fail(call, status, -1);
        return;
    }
    xe_kernel_wait(call->thread,
                   &(struct xe_wait_request){.count = 1,
                                             .object = {object},
                                             .key = {handle},
                                             .user_mode = true,
                                             .alertable = alertable,
                                             .timeout = timeout_of(xe_arg_u32(call, 1))});
}

static void wait_for_single_object(struct xe_call *call)
{
    wait_for(call, false);
}

static void wait_for_single_object_ex(struct xe_call *call)
{
    wait_for(call, xe_arg_u32(call, 2) != 0);
}

static void sleep_ex(struct xe_call *call)
{
    xe_kernel_wait_delay(call->thread, timeout_of(xe_arg_u32(call, 0)), xe_arg_u32(call, 1) != 0,
                         true);
}

/* Milliseconds as the kernel takes them; nothing for ever. */
static void format_time_out(struct xe_call *call)
{
    uint32_t ms = xe_arg_u32(call, 1);
    bool stored = ms != UINT32_MAX &&
                  xe_mem_set_u64(call->mem, xe_arg_gva(call, 0), (uint64_t)timeout_of(ms));

    xe_ret_u32(call, stored ? xe_arg_gva(call, 0) : 0);
}

/* ---- threads -------------------------------------------------------------------------------- */

/* On a processor, or -1: where the kernel likes; its id goes where argument `id` says. */
static void begin_thread(struct xe_call *call, int hw, unsigned id)
{
    uint32_t status;
    struct xe_thread_request request = {
        .stack_size = xe_arg_u32(call, 1),
        .start = xe_arg_gva(call, 2),
        .context = xe_arg_gva(call, 3),
        .flags = xe_arg_u32(call, 4) & CREATE_SUSPENDED ? XE_THREAD_CREATE_SUSPENDED : 0,
        .process = call->thread->process,
        .hw = hw,
    };
    struct xe_thread *thread = xe_kernel_thread_create(call->kernel, &request, &status);
    xe_handle handle;

    if (!thread) {
        fail(call, status, 0);
        return;
    }
    xe_kernel_milestone_reached(call->kernel, XE_MILESTONE_THREAD, call);
    xe__kernel_store_u32(call, id, thread->tid);
    handle = xe_kernel_handle_open(thread->object);
    xe_kernel_object_unref(thread->object);
    if (!handle) {
        xe_kernel_thread_exit(thread, XE_STATUS_NO_MEMORY); /* nobody could ever name it */
        fail(call, XE_STATUS_NO_MEMORY, 0);
        return;
    }
    xe_ret_u32(call, handle);
}

static void create_thread(struct xe_call *call)
{
    begin_thread(call, -1, 5);
}

static void xapip_create_thread(struct xe_call *call)
{
    uint32_t processor = xe_arg_u32(call, 5);

    if (processor != UINT32_MAX && processor >= XE_KERNEL_HW_THREADS)
        fail(call, XE_STATUS_INVALID_PARAMETER, 0);
    else
        begin_thread(call, (int)processor, 6);
}

static void resume_thread(struct xe_call *call)
{
    uint32_t status;
    struct xe_thread *thread = xe_kernel_thread_of(
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0), &xe_object_thread_type, &status));

    if (thread)
        xe_ret_u32(call, xe_kernel_thread_resume(thread));
    else
        fail(call, status, -1);
}

static void exit_thread(struct xe_call *call)
{
    xe_kernel_thread_end(call->thread, xe_arg_u32(call, 0));
}

/* ---- clocks --------------------------------------------------------------------------------- */

static void get_tick_count(struct xe_call *call)
{
    xe_ret_u32(call, (uint32_t)(xe_kernel_interrupt_time(call->kernel) / PER_MS));
}

static void query_performance_counter(struct xe_call *call)
{
    xe_ret_u32(call,
               xe_mem_set_u64(call->mem, xe_arg_gva(call, 0), xe_kernel_timebase(call->kernel)));
}

static void query_performance_frequency(struct xe_call *call)
{
    xe_ret_u32(call, xe_mem_set_u64(call->mem, xe_arg_gva(call, 0), XE_TIMEBASE_HZ));
}

/* Guess: a FILETIME is one 64-bit number here, as KeQuerySystemTime's is; where the halves of one
 * lie in a structure of the console's headers would settle that. */
static void get_system_time_as_file_time(struct xe_call *call)
{
    xe_mem_set_u64(call->mem, xe_arg_gva(call, 0), xe_kernel_system_time(call->kernel));
}

/* SYSTEMTIME has the day of the week in the middle. */
static const uint8_t in_system_time[8] = {0, 1, 3, 4, 5, 6, 7, 2};

static bool put_system_time(struct xe_call *call, xe_gva to, uint64_t time)
{
    uint16_t fields[8];

    xe__kernel_time_fields(time, fields);
    for (uint32_t i = 0; i < 8; i++)
        if (!xe_mem_set_u16(call->mem, to + 2u * in_system_time[i], fields[i]))
            return false;
    return true;
}

/* The console's time zone is UTC (config.def), so local time is the system's. */
static void get_time(struct xe_call *call)
{
    put_system_time(call, xe_arg_gva(call, 0), xe_kernel_system_time(call->kernel));
}

/* UTC without daylight time, which has no names: 172 bytes of zeros. */
static void get_time_zone_information(struct xe_call *call)
{
    uint8_t *information = xe_arg_view_rw(call, 0, TIME_ZONE_INFORMATION_SIZE);

    if (information)
        memset(information, 0, TIME_ZONE_INFORMATION_SIZE);
    xe_ret_u32(call, TIME_ZONE_ID_UNKNOWN);
}

static void file_time_to_system_time(struct xe_call *call)
{
    uint64_t time = xe_mem_u64(call->mem, xe_arg_gva(call, 0));

    if (time >> 63 || !put_system_time(call, xe_arg_gva(call, 1), time))
        fail(call, XE_STATUS_INVALID_PARAMETER, 0);
    else
        xe_ret_u32(call, 1);
}

static void system_time_to_file_time(struct xe_call *call)
{
    uint16_t fields[7];
    uint64_t time;

    for (uint32_t i = 0; i < 7; i++)
        fields[i] = xe_mem_u16(call->mem, xe_arg_gva(call, 0) + 2u * in_system_time[i]);
    if (!xe__kernel_time_of_fields(fields, &time) ||
        !xe_mem_set_u64(call->mem, xe_arg_gva(call, 1), time))
        fail(call, XE_STATUS_INVALID_PARAMETER, 0);
    else
        xe_ret_u32(call, 1);
}

static void file_time_to_local_file_time(struct xe_call *call)
{
    xe_ret_u32(call, xe_mem_set_u64(call->mem, xe_arg_gva(call, 1),
                                    xe_mem_u64(call->mem, xe_arg_gva(call, 0))));
}

const struct xe_hle xe_hle_win32[] = {
    XE_HLE(XAM, CreateEventA, create_event,
           "attributes:ptr manual:u32 state:u32 name:cstr -> handle"),
    XE_HLE(XAM, SetEvent, set_event, "event:handle -> bool"),
    XE_HLE(XAM, ResetEvent, reset_event, "event:handle -> bool"),
    XE_HLE(XAM, CreateMutexA, create_mutex, "attributes:ptr owned:u32 name:cstr -> handle"),
    XE_HLE(XAM, OpenMutexA, open_mutex, "access:u32 inherit:u32 name:cstr -> handle"),
    XE_HLE(XAM, ReleaseMutex, release_mutex, "mutex:handle -> bool"),
    XE_HLE(XAM, WaitForSingleObject, wait_for_single_object, "object:handle ms:u32 -> u32"),
    XE_HLE(XAM, WaitForSingleObjectEx, wait_for_single_object_ex,
           "object:handle ms:u32 alertable:u32 -> u32"),
    XE_HLE(XAM, SleepEx, sleep_ex, "ms:u32 alertable:u32 -> u32"),
    XE_HLE(XAM, RtlSleep, sleep_ex, "ms:u32 alertable:u32 -> u32"),
    XE_HLE(XAM, XapiFormatTimeOut, format_time_out, "timeout:ptr ms:u32 -> ptr"),
    XE_HLE(XAM, CreateThread, create_thread,
           "attributes:ptr stack:u32 start:ptr context:ptr flags:u32 id:ptr -> handle"),
    XE_HLE(XAM, XapipCreateThread, xapip_create_thread,
           "attributes:ptr stack:u32 start:ptr context:ptr flags:u32 processor:u32 id:ptr "
           "-> handle"),
    XE_HLE(XAM, ResumeThread, resume_thread, "thread:handle -> u32"),
    XE_HLE(XAM, ExitThread, exit_thread, "code:u32 -> void"),
    XE_HLE(XAM, GetTickCount, get_tick_count, "-> u32"),
    XE_HLE(XAM, QueryPerformanceCounter, query_performance_counter, "count:ptr -> bool"),
    XE_HLE(XAM, QueryPerformanceFrequency, query_performance_frequency, "hz:ptr -> bool"),
    XE_HLE(XAM, GetSystemTimeAsFileTime, get_system_time_as_file_time, "time:ptr -> void"),
    XE_HLE(XAM, GetSystemTime, get_time, "time:SYSTEMTIME* -> void"),
    XE_HLE(XAM, GetLocalTime, get_time, "time:SYSTEMTIME* -> void"),
    XE_HLE(XAM, GetTimeZoneInformation, get_time_zone_information, "information:ptr -> u32"),
    XE_HLE(XAM, FileTimeToSystemTime, file_time_to_system_time, "from:ptr to:SYSTEMTIME* -> bool"),
    XE_HLE(XAM, SystemTimeToFileTime, system_time_to_file_time, "from:SYSTEMTIME* to:ptr -> bool"),
    XE_HLE(XAM, FileTimeToLocalFileTime, file_time_to_local_file_time, "from:ptr to:ptr -> bool"),
    XE_HLE_END,
};
