/* Kernel imports that titles may call; each links against its stub in lib/imports.S, and
 * xe360-mkxex makes the import record. Any other export of emu/kernel/hle/xboxkrnl.def or xam.def
 * can be declared and called the same way, within the limits of the two calling conventions: at
 * most eight argument words, integers or pointers; and no 64-bit value in a register, since 32-bit
 * compilers pass that in two and the console's kernel in one. Those calls declared here that have
 * one (KeSetTimer, say) go through a shim in lib/wide.S. */
#ifndef XE360_KERNEL_H
#define XE360_KERNEL_H

#include <xe360/types.h>

/* ---- debug output, process ----------------------------------------------------------------- */
u32 DbgPrint(const char *format, ...);
void DbgBreakPoint(void);
void HalReturnToFirmware(u32 routine);
void KeBugCheck(u32 code);
struct title_terminate_registration {
    void (*routine)(struct title_terminate_registration *me);
    u32 priority; /* the highest runs first */
    struct list_entry links;
};
void ExRegisterTitleTerminateNotification(struct title_terminate_registration *registration,
                                          u32 create);

/* ---- threads ------------------------------------------------------------------------------- */
typedef u32 thread_start(void *context);
#define THREAD_SUSPENDED 1u
#define THREAD_ON(n)     (1u << (24 + (n)))
NTSTATUS ExCreateThread(HANDLE *handle, u32 stack_size, u32 *id, void *startup, thread_start *start,
                        void *context, u32 flags);
void ExTerminateThread(u32 code);
NTSTATUS NtSuspendThread(HANDLE thread, u32 *previous);
NTSTATUS NtResumeThread(HANDLE thread, u32 *previous);
NTSTATUS NtQueueApcThread(HANDLE thread, void *routine, void *context, void *argument1,
                          void *argument2);
NTSTATUS NtYieldExecution(void);
typedef void apc_routine(void *context, void *argument1, void *argument2);
void KeInitializeApc(struct kapc *apc, void *thread, void *kernel_routine, void *rundown_routine,
                     apc_routine *normal_routine, u32 mode, void *context);
u32 KeInsertQueueApc(struct kapc *apc, void *argument1, void *argument2, u32 increment);
u32 KeRemoveQueueApc(struct kapc *apc);
u32 KeTestAlertThread(u32 mode);
u32 KeAlertThread(void *thread, u32 mode);
s32 KeSetBasePriorityThread(void *thread, s32 increment);
s32 KeQueryBasePriorityThread(void *thread);
NTSTATUS KeSetAffinityThread(void *thread, u32 affinity, u32 *previous);
NTSTATUS KeDelayExecutionThread(u32 mode, u32 alertable, const s64 *interval);
u32 KeTlsAlloc(void);
u32 KeTlsFree(u32 index);
u32 KeTlsGetValue(u32 index);
u32 KeTlsSetValue(u32 index, u32 value);

/* ---- objects and waits --------------------------------------------------------------------- */
NTSTATUS NtClose(HANDLE handle);
NTSTATUS NtDuplicateObject(HANDLE handle, HANDLE *copy, u32 options);
NTSTATUS ObReferenceObjectByHandle(HANDLE handle, void *type, void **object);
void ObDereferenceObject(void *object);
NTSTATUS NtCreateEvent(HANDLE *handle, struct object_attributes *attributes, u32 type, u32 state);
NTSTATUS NtSetEvent(HANDLE event, u32 *previous);
NTSTATUS NtClearEvent(HANDLE event);
NTSTATUS NtPulseEvent(HANDLE event, u32 *previous);
NTSTATUS NtQueryEvent(HANDLE event, u32 info[2]); /* type, state */
NTSTATUS NtCreateSemaphore(HANDLE *handle, struct object_attributes *attributes, s32 count,
                           s32 limit);
NTSTATUS NtReleaseSemaphore(HANDLE semaphore, s32 count, s32 *previous);
NTSTATUS NtCreateMutant(HANDLE *handle, struct object_attributes *attributes, u32 owned);
NTSTATUS NtReleaseMutant(HANDLE mutant, s32 *previous);
NTSTATUS NtCreateTimer(HANDLE *handle, struct object_attributes *attributes, u32 type);
NTSTATUS NtSetTimerEx(HANDLE timer, const s64 *due, void *routine, u32 mode, void *context,
                      u32 resume, u32 period_ms, u32 *previous);
NTSTATUS NtCancelTimer(HANDLE timer, u32 *state);
NTSTATUS NtWaitForSingleObjectEx(HANDLE handle, u32 mode, u32 alertable, const s64 *timeout);
NTSTATUS NtWaitForMultipleObjectsEx(u32 count, const HANDLE *handles, u32 type, u32 mode,
                                    u32 alertable, const s64 *timeout);
NTSTATUS NtSignalAndWaitForSingleObjectEx(HANDLE signal, HANDLE wait, u32 mode, u32 alertable,
                                          const s64 *timeout);
void KeInitializeEvent(struct kevent *event, u32 type, u32 state);
s32 KeSetEvent(struct kevent *event, s32 increment, u32 wait);
s32 KeResetEvent(struct kevent *event);
s32 KePulseEvent(struct kevent *event, s32 increment, u32 wait);
void KeInitializeSemaphore(struct ksemaphore *semaphore, s32 count, s32 limit);
s32 KeReleaseSemaphore(struct ksemaphore *semaphore, s32 increment, s32 adjustment, u32 wait);
void KeInitializeMutant(struct kmutant *mutant, u32 owned);
s32 KeReleaseMutant(struct kmutant *mutant, s32 increment, u32 abandon, u32 wait);
void KeInitializeTimerEx(struct ktimer *timer, u32 type, u32 process_type);
u32 KeSetTimer(struct ktimer *timer, s64 due, struct kdpc *dpc);
u32 KeSetTimerEx(struct ktimer *timer, s64 due, s32 period_ms, struct kdpc *dpc);
u32 KeCancelTimer(struct ktimer *timer);
typedef void dpc_routine(struct kdpc *dpc, void *context, void *argument1, void *argument2);
void KeInitializeDpc(struct kdpc *dpc, dpc_routine *routine, void *context);
u32 KeInsertQueueDpc(struct kdpc *dpc, void *argument1, void *argument2);
u32 KeRemoveQueueDpc(struct kdpc *dpc);
void KeInitializeQueue(struct kqueue *queue, u32 count);
s32 KeInsertQueue(struct kqueue *queue, struct list_entry *entry);
s32 KeInsertHeadQueue(struct kqueue *queue, struct list_entry *entry);
struct list_entry *KeRemoveQueue(struct kqueue *queue, u32 mode, const s64 *timeout);
NTSTATUS KeWaitForSingleObject(void *object, u32 reason, u32 mode, u32 alertable,
                               const s64 *timeout);
NTSTATUS KeWaitForMultipleObjects(u32 count, void **objects, u32 type, u32 reason, u32 mode,
                                  u32 alertable, const s64 *timeout, void *wait_blocks);

/* ---- locks --------------------------------------------------------------------------------- */
void RtlInitializeCriticalSection(struct critical_section *section);
void RtlEnterCriticalSection(struct critical_section *section);
u32 RtlTryEnterCriticalSection(struct critical_section *section);
void RtlLeaveCriticalSection(struct critical_section *section);
void ExInitializeReadWriteLock(struct erwlock *lock);
void ExAcquireReadWriteLockExclusive(struct erwlock *lock);
void ExAcquireReadWriteLockShared(struct erwlock *lock);
u32 ExTryToAcquireReadWriteLockExclusive(struct erwlock *lock);
u32 ExTryToAcquireReadWriteLockShared(struct erwlock *lock);
void ExReleaseReadWriteLock(struct erwlock *lock);
u32 KfAcquireSpinLock(u32 *lock); /* the IRQL before */
void KfReleaseSpinLock(u32 *lock, u32 irql);
u32 KeTryToAcquireSpinLockAtRaisedIrql(u32 *lock);
void KeReleaseSpinLockFromRaisedIrql(u32 *lock);
u32 KfRaiseIrql(u32 irql);
void KfLowerIrql(u32 irql);

/* ---- time ---------------------------------------------------------------------------------- */
void KeQuerySystemTime(s64 *time);
u64 KeQueryInterruptTime(void);
u32 KeQueryPerformanceFrequency(void);
/* A variable import: the slot holds the address of the kernel's variable. */
extern struct time_stamp_bundle *const volatile __imp_KeTimeStampBundle;
#define KeTimeStampBundle (*__imp_KeTimeStampBundle)

/* ---- memory -------------------------------------------------------------------------------- */
#define MEM_COMMIT      0x1000u
#define MEM_RESERVE     0x2000u
#define MEM_DECOMMIT    0x4000u
#define MEM_RELEASE     0x8000u
#define MEM_LARGE_PAGES 0x20000000u
#define PAGE_READONLY   2u
#define PAGE_READWRITE  4u
NTSTATUS NtAllocateVirtualMemory(void **base, u32 *size, u32 type, u32 protect, u32 debug);
NTSTATUS NtFreeVirtualMemory(void **base, u32 *size, u32 type, u32 debug);
NTSTATUS NtProtectVirtualMemory(void **base, u32 *size, u32 protect, u32 *old, u32 debug);
u32 MmQueryAddressProtect(void *at);
NTSTATUS NtQueryVirtualMemory(void *base, struct memory_info *info, u32 region_type);
void *MmAllocatePhysicalMemoryEx(u32 type, u32 size, u32 protect, u32 min, u32 max, u32 align);
void MmFreePhysicalMemory(u32 type, void *address);
u32 MmGetPhysicalAddress(void *address);

/* ---- modules ------------------------------------------------------------------------------- */
NTSTATUS XexGetModuleHandle(const char *name, void **module);
NTSTATUS XexGetModuleSection(void *module, const char *name, void **data, u32 *size);
NTSTATUS XexGetProcedureAddress(void *module, u32 ordinal, void **address);
u32 XexCheckExecutablePrivilege(u32 privilege);
extern void **const volatile __imp_XexExecutableModuleHandle;
#define XexExecutableModuleHandle (*__imp_XexExecutableModuleHandle)

/* ---- xam ----------------------------------------------------------------------------------- */
void XamLoaderTerminateTitle(void);

/* ---- this SDK ------------------------------------------------------------------------------ */
/* 100 ns units for timeouts: negative is relative. */
#define MS(n) (-(s64)(n)*10000)

/* The running thread's KTHREAD, from the processor control region (r13). */
static inline void *current_thread(void)
{
    void *thread;

    __asm__ volatile("lwz %0, 0x100(13)" : "=r"(thread));
    return thread;
}

/* Number of the processor (hardware thread) that runs this. */
static inline u32 current_processor(void)
{
    u32 number;

    __asm__ volatile("lbz %0, 0x10C(13)" : "=r"(number));
    return number;
}

/* The processor's interrupt request level: 0, or 2 in a DPC or under a spin lock. */
static inline u32 current_irql(void)
{
    u32 irql;

    __asm__ volatile("lbz %0, 0x18(13)" : "=r"(irql));
    return irql;
}

/* Thread-local data with initial values: define it with XE_TLS, reach this thread's copy with
 * XE_TLS_OF(variable); the variable itself is the template that every thread starts with. */
#define XE_TLS __attribute__((section(".xe.tls"), used))
extern u8 __xe_tls_start[];
#define XE_TLS_OF(variable)                                                                        \
    ((__typeof__(variable) *)(xe_tls_block() + ((u8 *)&(variable)-__xe_tls_start)))
static inline u8 *xe_tls_block(void)
{
    u8 *block;

    __asm__ volatile("lwz %0, 0(13)" : "=r"(block));
    return block;
}

#endif
