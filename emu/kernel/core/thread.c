/* Birth and death of threads: their guest structures, and what an exit does.
 * Source: field values as xenia and xenia-canary set them; see kernel/layout.h. */
#include "kernel/core/thread.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/module_internal.h"
#include "kernel/core/seed.h"
#include "kernel/except/except.h"

#define STACK_PAGE   0x10000u
#define STACK_MIN    0x4000u
#define STACK_MAX    0x01000000u
#define STACK_MARGIN 0x100u /* above the first frame: some titles write there */
#define TLS_OFFSET   0x300u /* of the TLS block in the environment pages      */
#define QUANTUM      60
#define MSR_MASK     0xFDFFD7FFu

static void thread_destroy(struct xe_object *object);

const struct xe_object_type xe_object_thread_type = {
    .class = XE_OBJECT_THREAD,
    .name = "thread",
    .body_size = XE_X_THREAD_SIZE,
    .wait_offset = 0,
    .ordinal = XE_ORD_XBOXKRNL_ExThreadObjectType,
    .pool_tag = 0x65726854,
    .destroy = thread_destroy,
    .state = xe_kernel_object_no_state, /* threads have a section of their own */
};

/* ---- the list of threads -------------------------------------------------------------------- */

/* Ascending ids; only the kernel's few own threads can lie behind a new one. */
static void list_insert(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_thread *before = kernel->last_thread;

    while (before && before->tid > thread->tid)
        before = before->tid_prev;
    thread->tid_prev = before;
    thread->tid_next = before ? before->tid_next : kernel->first_thread;
    if (before)
        before->tid_next = thread;
    else
        kernel->first_thread = thread;
    if (thread->tid_next)
        thread->tid_next->tid_prev = thread;
    else
        kernel->last_thread = thread;
}

static void list_remove(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;

    if (thread->tid_prev)
        thread->tid_prev->tid_next = thread->tid_next;
    else
        kernel->first_thread = thread->tid_next;
    if (thread->tid_next)
        thread->tid_next->tid_prev = thread->tid_prev;
    else
        kernel->last_thread = thread->tid_prev;
}

struct xe_thread *xe_kernel_thread_of(struct xe_object *object)
{
    return object && object->type == &xe_object_thread_type ? object->host.thread : NULL;
}

struct xe_thread *xe_kernel_thread_at(struct xe_kernel *kernel, xe_gva kthread)
{
    return xe_kernel_thread_of(xe_kernel_object_at(kernel, kthread));
}

struct xe_thread *xe_kernel_thread_by_id(const struct xe_kernel *kernel, uint32_t tid)
{
    return xe_map_get(&kernel->by_tid, tid);
}

/* ---- guest structures ----------------------------------------------------------------------- */

static bool make_stack(struct xe_thread *thread, uint32_t size)
{
    struct xe_mem *mem = thread->kernel->mem;
    uint32_t room;

    size = size < STACK_MIN ? STACK_MIN : size > STACK_MAX ? STACK_MAX : size;
    size = (size + STACK_PAGE - 1) & ~(STACK_PAGE - 1);
    /* A page that stays uncommitted on each side is the guard; so the range has room for 1,280 of
     * the smallest stacks, and no more threads. */
    room = size + 2 * STACK_PAGE;
    thread->stack_alloc =
        xe_mem_alloc(mem, XE_MEM_HEAP_STACK, 0, room, 0, XE_PAGE_READWRITE, false, false);
    if (!thread->stack_alloc)
        return false;
    xe_mem_claim(mem, XE_MEM_HEAP_STACK, thread->stack_alloc);
    thread->stack_limit = thread->stack_alloc + STACK_PAGE;
    thread->stack_base = thread->stack_limit + size;
    return xe_mem_commit(mem, thread->stack_limit, size, XE_PAGE_READWRITE);
}

bool xe__kernel_stack_overflows(const struct xe_thread *thread, xe_gva address)
{
    return thread->stack_alloc && address - thread->stack_alloc < STACK_PAGE;
}

/* KPCR and TLS share pages. A title turns interrupts off with the KPCR's address as a mask, so bit
 * 15 must be 0 in it: hence the alignment. */
static bool make_environment(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    uint32_t size = (TLS_OFFSET + xe__kernel_tls_size(kernel) + 0xFFF) & ~0xFFFu;

    thread->kpcr = xe_mem_alloc(kernel->mem, XE_MEM_HEAP_VIRTUAL_4K, 0, size, 0x10000,
                                XE_PAGE_READWRITE, true, true);
    if (!thread->kpcr)
        return false;
    xe_mem_claim(kernel->mem, XE_MEM_HEAP_VIRTUAL_4K, thread->kpcr);
    thread->tls = thread->kpcr + TLS_OFFSET;
    xe__kernel_tls_fill(thread);
    return true;
}

static void fill_kpcr(struct xe_thread *thread)
{
    struct xe_mem *mem = thread->kernel->mem;
    xe_gva at = thread->kpcr;

    xe_mem_set_u32(mem, at + XE_X_PCR_TLS, thread->tls);
    xe_mem_set_u8(mem, at + XE_X_PCR_PROCESS_TYPE, XE_PROCESS_TITLE);
    xe_mem_set_u64(mem, at + XE_X_PCR_GPR13, at);
    xe_mem_set_u32(mem, at + XE_X_PCR_STACK_BASE, thread->stack_base);
    xe_mem_set_u32(mem, at + XE_X_PCR_STACK_LIMIT, thread->stack_limit);
    xe_mem_set_u32(mem, at + XE_X_PCR_THREAD, thread->kthread);
    xe_mem_set_u32(mem, at + XE_X_PCR_PRCB, at + 0x100);
    xe_mem_set_u32(mem, at + XE_X_PCR_DPC_ACTIVE, thread->system);
}

static void list_self(struct xe_mem *mem, xe_gva list)
{
    xe_mem_set_u32(mem, list, list);
    xe_mem_set_u32(mem, list + 4, list);
}

static void fill_lists(struct xe_thread *thread)
{
    static const uint16_t list[] = {XE_X_THREAD_MUTANTS,   XE_X_THREAD_TIMER_BLOCK,
                                    XE_X_THREAD_APC_LISTS, XE_X_THREAD_APC_LISTS + 8,
                                    XE_X_THREAD_LIST,      XE_X_THREAD_TIMER_LIST,
                                    XE_X_THREAD_IRP_LIST};
    struct xe_kernel *kernel = thread->kernel;
    xe_gva semaphore = thread->kthread + XE_X_THREAD_SUSPEND_SEMAPHORE;

    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
        list_self(kernel->mem, thread->kthread + list[i]);
    xe_kernel_header_init(kernel, thread->kthread, XE_X_THREAD, 0);
    xe_kernel_header_init(kernel, thread->kthread + XE_X_THREAD_TIMER, XE_X_TIMER_MANUAL, 0);
    xe_mem_set_u32(kernel->mem, thread->kthread + XE_X_THREAD_TIMER_BLOCK + 8, thread->kthread);
    xe_mem_set_u32(kernel->mem, thread->kthread + XE_X_THREAD_TIMER_BLOCK + 12,
                   thread->kthread + XE_X_THREAD_TIMER);
    xe_kernel_header_init(kernel, semaphore, XE_X_SEMAPHORE, 0);
    xe_mem_set_u32(kernel->mem, semaphore + XE_X_SEMAPHORE_LIMIT, 2);
}

static void fill_kthread(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_mem *mem = kernel->mem;
    xe_gva at = thread->kthread;
    uint8_t class[3];

    fill_lists(thread);
    xe__kernel_process_priorities(thread->process, class);
    xe_mem_set_u32(mem, at + XE_X_THREAD_STACK_BASE, thread->stack_base);
    xe_mem_set_u32(mem, at + XE_X_THREAD_STACK_LIMIT, thread->stack_limit);
    xe_mem_set_u32(mem, at + XE_X_THREAD_KERNEL_STACK, thread->stack_base - 0xF0);
    xe_mem_set_u32(mem, at + XE_X_THREAD_STACK_ALLOC, thread->stack_base);
    xe_mem_set_u32(mem, at + XE_X_THREAD_TLS, thread->tls);
    xe_mem_set_u8(mem, at + XE_X_THREAD_CREATE_PROCESS, (uint8_t)thread->process);
    xe_mem_set_u8(mem, at + XE_X_THREAD_CURRENT_PROCESS, (uint8_t)thread->process);
    xe_mem_set_u32(mem, at + XE_X_THREAD_PROCESS, kernel->process[thread->process]);
    xe_mem_set_u8(mem, at + XE_X_THREAD_APC_QUEUEABLE, 1);
    xe_mem_set_u32(mem, at + XE_X_THREAD_MSR_MASK, MSR_MASK);
    xe_mem_write(mem, at + XE_X_THREAD_CLASSES, class, 3);
    xe_mem_set_u32(mem, at + XE_X_THREAD_QUANTUM, QUANTUM);
    xe_mem_set_u64(mem, at + XE_X_THREAD_CREATE_TIME, xe_kernel_system_time(kernel));
    /* Guess: ExitStatus is 0 until it ends. A KTHREAD of a running thread, read on the console,
     * would tell whether it is 103 (pending) there; titles are seen to look at HasTerminated first.
     */
    xe_mem_set_u32(mem, at + XE_X_THREAD_ID, thread->tid);
    xe_mem_set_u32(mem, at + XE_X_THREAD_START, thread->start_routine);
    xe_mem_set_u32(mem, at + XE_X_THREAD_CREATE_OPTIONS, thread->create_flags);
    xe_mem_set_u32(mem, at + XE_X_THREAD_VSCR + 12, 1);
}

/* The fields that change while it lives. */
void xe__kernel_thread_sync(struct xe_thread *thread)
{
    struct xe_mem *mem = thread->kernel->mem;
    xe_gva at = thread->kthread, pcr = thread->kpcr;

    xe_mem_set_u8(mem, at + XE_X_THREAD_PRIORITY, (uint8_t)thread->priority);
    xe_mem_set_u8(mem, at + XE_X_THREAD_BASE_PRIORITY, (uint8_t)thread->base_priority);
    xe_mem_set_u8(mem, at + XE_X_THREAD_DISABLE_BOOST, thread->disable_boost);
    xe_mem_set_u8(mem, at + XE_X_THREAD_SUSPEND_COUNT, (uint8_t)thread->suspend_count);
    xe_mem_set_u8(mem, at + XE_X_THREAD_PROCESSOR, (uint8_t)thread->hw);
    xe_mem_set_u32(mem, at + XE_X_THREAD_CURRENT_PRCB, pcr ? pcr + 0x100 : 0);
    xe_mem_set_u32(mem, at + XE_X_THREAD_AFFINITY_PRCB, pcr ? pcr + 0x100 : 0);
    if (!pcr)
        return;
    xe_mem_set_u8(mem, pcr + XE_X_PCR_NUMBER, (uint8_t)thread->hw);
    xe_mem_set_u32(mem, pcr + XE_X_PCR_SET_MEMBER, 1u << thread->hw);
    xe_mem_set_u8(mem, pcr + XE_X_PCR_IRQL, (uint8_t)thread->irql);
}

/* ---- birth ---------------------------------------------------------------------------------- */

static void set_registers(struct xe_thread *thread)
{
    struct xe_cpu *cpu = &thread->cpu;

    xe_cpu_reset(cpu);
    cpu->hw_thread = thread->hw;
    cpu->gpr[1] = thread->stack_base - STACK_MARGIN;
    cpu->gpr[13] = thread->kpcr;
    if (thread->startup) {
        cpu->pc = thread->startup;
        cpu->gpr[3] = thread->start_routine;
        cpu->gpr[4] = thread->start_context;
        cpu->lr = XE__TRAMPOLINE_STARTUP;
    } else {
        cpu->pc = thread->start_routine;
        cpu->gpr[3] = thread->start_context;
        cpu->lr = XE__TRAMPOLINE_EXIT;
    }
}

static uint32_t choose_hw(const struct xe_kernel *kernel, const struct xe_thread_request *request)
{
    uint32_t mask = request->flags >> 24 & 0x3F;

    if (request->hw >= 0)
        return (uint32_t)request->hw % XE_KERNEL_HW_THREADS;
    if (mask)
        return (uint32_t)__builtin_ctz(mask);
    return kernel->running ? kernel->running->hw : 0;
}

static int32_t choose_priority(const struct xe_thread_request *request)
{
    uint8_t class[3];

    xe__kernel_process_priorities(request->process, class);
    if (request->system)
        return XE__PRIORITY_DPC;
    if (request->priority)
        return request->priority;
    /* Guess: the two flags stand for the ends of the process's range. */
    if (request->flags & XE_THREAD_CREATE_RAISED)
        return class[2];
    return request->flags & XE_THREAD_CREATE_LOWERED ? class[0] : class[1];
}

static void describe(struct xe_thread *thread, const struct xe_thread_request *request)
{
    struct xe_kernel *kernel = thread->kernel;

    thread->system = request->system;
    thread->helper = request->helper;
    thread->process = request->process;
    thread->tid = request->system ? kernel->next_system_tid++ : kernel->next_tid++;
    thread->hw = choose_hw(kernel, request);
    thread->base_priority = thread->priority = choose_priority(request);
    thread->quantum = QUANTUM;
    thread->irql = request->system ? 2 : 0;
    thread->startup = request->startup;
    thread->start_routine = request->start;
    thread->start_context = request->context;
    thread->create_flags = request->flags;
    thread->fresh = !request->system;
    if (kernel->running)
        thread->creator_tid = kernel->running->tid;
    if (kernel->call)
        thread->creator_lr = kernel->call->lr;
}

static void free_memory(struct xe_thread *thread)
{
    if (thread->stack_alloc)
        xe_mem_free(thread->kernel->mem, thread->stack_alloc, NULL);
    if (thread->kpcr)
        xe_mem_free(thread->kernel->mem, thread->kpcr, NULL);
    thread->stack_alloc = thread->kpcr = thread->tls = 0;
}

/* Does the title go on while this thread does? */
static bool keeps_title(const struct xe_thread *thread)
{
    return !thread->system && !thread->helper;
}

/* Put a complete thread into the lists and start it. */
static void enter(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;

    list_insert(thread);
    xe__kernel_process_thread_count(kernel, thread->process, 1);
    xe_kernel_object_ref(thread->object); /* held until it ends */
    if (keeps_title(thread))
        kernel->title_threads++;
    xe__kernel_life_begins(thread);
    if (thread->system)
        thread->state = XE_THREAD_WAITING; /* for its first DPC */
    else if (thread->suspend_count)
        xe__kernel_suspend(thread);
    else
        xe__kernel_sched_ready(thread, false);
}

struct xe_thread *xe_kernel_thread_create(struct xe_kernel *kernel,
                                          const struct xe_thread_request *request,
                                          uint32_t *ret_status)
{
    struct xe_object *object = xe_kernel_object_create(kernel, &xe_object_thread_type, 0);
    struct xe_thread *thread;

    *ret_status = XE_STATUS_NO_MEMORY;
    if (!object)
        return NULL;
    thread = xe_calloc(1, sizeof(*thread));
    if (!thread)
        goto fail;
    object->host.thread = thread;
    thread->kernel = kernel;
    thread->object = object;
    thread->kthread = object->body;
    thread->state = XE_THREAD_TERMINATED; /* until it is complete */
    describe(thread, request);
    if (!make_stack(thread,
                    request->stack_size ? request->stack_size : kernel->title.default_stack_size) ||
        !make_environment(thread) || !xe_map_put(&kernel->by_tid, thread->tid, thread))
        goto fail;
    thread->suspend_count = request->flags & XE_THREAD_CREATE_SUSPENDED ? 1 : 0;
    if (thread->suspend_count)
        xe__kernel_thread_note_suspended(thread);
    fill_kthread(thread);
    fill_kpcr(thread);
    xe__kernel_thread_sync(thread);
    set_registers(thread);
    enter(thread);
    *ret_status = XE_STATUS_SUCCESS;
    return thread;

fail:
    xe_kernel_object_unref(object);
    return NULL;
}

/* ---- death ---------------------------------------------------------------------------------- */

static void drop_wait(struct xe_thread *thread)
{
    struct xe_wait *wait = &thread->wait;

    if (wait->parked)
        for (uint32_t i = 0; i < wait->count; i++)
            xe__kernel_record_wait(thread, i, XE_AUDIT_OP_WAKE, XE_AUDIT_INTERRUPTED,
                                   XE_STATUS_THREAD_IS_TERMINATING,
                                   xe_kernel_header_state(wait->link[i].object));
    xe__kernel_wait_unlink(thread);
    xe__kernel_wait_release(wait);
}

static void abandon_mutants(struct xe_thread *thread)
{
    struct xe_mem *mem = thread->kernel->mem;
    int32_t previous;

    while (thread->mutant_count) {
        struct xe_object *mutant = thread->mutants[0];
        xe_gva owner = xe_mem_u32(mem, mutant->header + XE_X_MUTANT_OWNER);

        if (owner != thread->kthread ||
            xe_kernel_mutant_release(mutant, xe_kernel_object_handle(mutant), thread, true,
                                     &previous))
            xe__kernel_mutant_forget(thread, mutant); /* the title has made it something else */
    }
}

static void mark_ended(struct xe_thread *thread, uint32_t code)
{
    struct xe_mem *mem = thread->kernel->mem;

    thread->exit_code = code;
    thread->ended_cycle = xe_kernel_cycle(thread->kernel);
    xe_mem_set_u8(mem, thread->kthread + XE_X_THREAD_TERMINATED, 1);
    xe_mem_set_u8(mem, thread->kthread + XE_X_THREAD_APC_QUEUEABLE, 0);
    xe_mem_set_u32(mem, thread->kthread + XE_X_THREAD_EXIT_STATUS, code);
    xe_mem_set_u64(mem, thread->kthread + XE_X_THREAD_EXIT_TIME,
                   xe_kernel_system_time(thread->kernel));
}

void xe_kernel_thread_end(struct xe_thread *thread, uint32_t code)
{
    if (thread->exiting || thread->system) {
        xe_kernel_thread_exit(thread, thread->exiting ? thread->exit_code : code);
        return;
    }
    thread->exiting = true;
    thread->exit_code = code;
    xe__kernel_guest_calls_drop(thread);
    xe_kernel_thread_set_irql(thread, 0);
    if (!xe__kernel_module_threads(thread, XE_MODULE_THREAD_DETACH))
        xe__kernel_thread_end_notes(thread);
}

void xe__kernel_thread_end_rest(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_kernel_scope outer = xe_kernel_internal_begin(kernel, "thread_exit", NULL);

    xe_mem_set_u8(kernel->mem, thread->kthread + XE_X_THREAD_APC_QUEUEABLE, 0);
    xe__kernel_ktimer_rundown(thread);
    abandon_mutants(thread);
    xe__kernel_apc_rundown_next(thread);
    xe_kernel_internal_end(kernel, outer);
}

void xe_kernel_thread_exit(struct xe_thread *thread, uint32_t code)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_kernel_scope outer;

    if (thread->state == XE_THREAD_TERMINATED)
        return;
    outer = xe_kernel_internal_begin(kernel, "thread_exit", NULL);
    drop_wait(thread);
    xe__kernel_guest_calls_drop(thread);
    xe__kernel_io_thread_gone(thread);
    xe__kernel_life_ends(thread);
    xe__kernel_sched_block(thread, XE_THREAD_TERMINATED);
    mark_ended(thread, code);
    xe__kernel_apc_rundown(thread);
    xe__kernel_ktimer_rundown(thread);
    abandon_mutants(thread);
    xe__kernel_queue_leave(thread);
    xe_kernel_signal(thread->object,
                     &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL,
                                         .state = 1,
                                         .key = xe_kernel_object_handle(thread->object)});
    xe_kernel_internal_end(kernel, outer);
    free_memory(thread);
    xe__kernel_process_thread_count(kernel, thread->process, -1);
    if (keeps_title(thread) && --kernel->title_threads == 0)
        xe_kernel_exit(kernel, XE_CAUSE_LAST_THREAD, &code, NULL);
    if (thread->system)
        xe__kernel_dpc_thread_gone(thread);
    if (thread->helper)
        xe__kernel_audio_thread_gone(thread);
    xe_kernel_object_unref(thread->object);
}

static void thread_destroy(struct xe_object *object)
{
    struct xe_thread *thread = object->host.thread;
    struct xe_kernel *kernel = object->kernel;

    if (!thread)
        return;
    if (thread->tid && xe_map_get(&kernel->by_tid, thread->tid) == thread) {
        xe_map_take(&kernel->by_tid, thread->tid);
        if (thread->tid_prev || thread->tid_next || kernel->first_thread == thread)
            list_remove(thread);
    }
    free_memory(thread);
    xe_free(thread->mutants);
    xe_free(thread->apcs[XE_APC_KERNEL].entry);
    xe_free(thread->apcs[XE_APC_USER].entry);
    xe_free(thread);
    object->host.thread = NULL;
}

/* The thread of an object that is being loaded: no more of it is known than its id. */
bool xe__kernel_thread_restore(struct xe_object *object, uint32_t tid)
{
    struct xe_kernel *kernel = object->kernel;
    struct xe_thread *thread = xe_calloc(1, sizeof(*thread));

    if (!thread)
        return false;
    thread->kernel = kernel;
    thread->object = object;
    thread->tid = tid;
    thread->state = XE_THREAD_TERMINATED;
    if (!xe_map_put(&kernel->by_tid, tid, thread)) {
        xe_free(thread);
        return false;
    }
    object->host.thread = thread;
    list_insert(thread);
    return true;
}

/* The kernel goes: threads let go of everything without any effect. */
void xe__kernel_threads_fini(struct xe_kernel *kernel)
{
    for (struct xe_thread *thread = kernel->first_thread; thread; thread = thread->tid_next) {
        xe__kernel_wait_unlink(thread);
        xe__kernel_guest_calls_drop(thread);
    }
}

/* ---- trampolines ---------------------------------------------------------------------------- */

/* One of the core's trampolines was executed by the thread. */
void xe__kernel_thread_entered(struct xe_thread *thread, xe_gva trampoline)
{
    xe__kernel_still_ends(thread);
    switch (trampoline) {
    case XE__TRAMPOLINE_EXIT:
        xe_kernel_thread_end(thread, (uint32_t)thread->cpu.gpr[3]);
        break;
    case XE__TRAMPOLINE_STARTUP:
        xe_kernel_thread_end(thread, 0);
        break;
    case XE__TRAMPOLINE_RETURN:
        xe__kernel_guest_call_returned(thread);
        break;
    case XE__TRAMPOLINE_AUDIO_WAIT:
        xe__kernel_audio_wait(thread);
        break;
    case XE__TRAMPOLINE_AUDIO_CALL:
        xe__kernel_audio_call(thread);
        break;
    case XE__TRAMPOLINE_EXCEPT:
        xe_except_returned(thread);
        break;
    default:
        xe_kernel_crash(
            thread->kernel,
            &(struct xe_stop_info){.cause = XE_CAUSE_KERNEL_JUMP, .address = trampoline}, NULL);
    }
}
