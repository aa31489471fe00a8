/* Kernel imports that titles may call; each links against its stub in lib/imports.S, and
 * xe360-mkxex makes the import record. Any other export of emu/kernel/xboxkrnl.def or xam.def can
 * be declared and called the same way. Calls that take a 64-bit value in a register (KeSetTimer,
 * say) are left out: 32-bit compilers pass those in two registers, the console's kernel in one. */
#ifndef XE360_KERNEL_H
#define XE360_KERNEL_H

#include <xe360/types.h>

/* ---- debug output, process ----------------------------------------------------------------- */
u32 DbgPrint(const char *format, ...);
void DbgBreakPoint(void);
void HalReturnToFirmware(u32 routine);
void KeBugCheck(u32 code);

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
NTSTATUS NtSignalAndWaitForSingleObjectEx(HANDLE signal, HANDLE wait, u32 alertable, u32 mode,
                                          const s64 *timeout);
void KeInitializeEvent(struct kevent *event, u32 type, u32 state);
s32 KeSetEvent(struct kevent *event, s32 increment, u32 wait);
s32 KeResetEvent(struct kevent *event);
s32 KePulseEvent(struct kevent *event, s32 increment, u32 wait);
void KeInitializeSemaphore(struct ksemaphore *semaphore, s32 count, s32 limit);
s32 KeReleaseSemaphore(struct ksemaphore *semaphore, s32 increment, s32 adjustment, u32 wait);
void KeInitializeTimerEx(struct ktimer *timer, u32 type, u32 process_type);
u32 KeCancelTimer(struct ktimer *timer);
void KeInitializeDpc(struct kdpc *dpc, void *routine, void *context);
u32 KeInsertQueueDpc(struct kdpc *dpc, void *argument1, void *argument2);
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
void ExReleaseReadWriteLock(struct erwlock *lock);
u32 KfAcquireSpinLock(u32 *lock);
void KfReleaseSpinLock(u32 *lock, u32 irql);

/* ---- time ---------------------------------------------------------------------------------- */
void KeQuerySystemTime(s64 *time);
u32 KeQueryPerformanceFrequency(void);
/* A variable import: the slot holds the address of the kernel's variable. */
extern struct time_stamp_bundle *const volatile __imp_KeTimeStampBundle;
#define KeTimeStampBundle (*__imp_KeTimeStampBundle)

/* ---- memory -------------------------------------------------------------------------------- */
#define MEM_COMMIT      0x1000u
#define MEM_RESERVE     0x2000u
#define MEM_RELEASE     0x8000u
#define MEM_LARGE_PAGES 0x20000000u
#define PAGE_READWRITE  4u
NTSTATUS NtAllocateVirtualMemory(void **base, u32 *size, u32 type, u32 protect, u32 debug);
NTSTATUS NtFreeVirtualMemory(void **base, u32 *size, u32 type, u32 debug);
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

#endif
