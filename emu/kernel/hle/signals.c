/* The exports by which a title's code signals an object itself. */
#include "kernel/core/object.h"
#include "kernel/hle/hle_internal.h"

#define BIT(class) (1u << XE_OBJECT_##class)

/* The object is the first argument of all. */
static const struct {
    uint32_t ordinal;
    struct xe_hle_signals signals;
} rows[] = {
#define SIGNALS(export, classes, pointer)                                                          \
    {                                                                                              \
        XE_ORD_XBOXKRNL_##export,                                                                  \
        {                                                                                          \
#export, classes, pointer                                                              \
        }                                                                                          \
    }
    SIGNALS(KeInsertHeadQueue, BIT(QUEUE), true),
    SIGNALS(KeInsertQueue, BIT(QUEUE), true),
    SIGNALS(KePulseEvent, BIT(EVENT), true),
    SIGNALS(KeReleaseSemaphore, BIT(SEMAPHORE), true),
    SIGNALS(KeSetEvent, BIT(EVENT), true),
    SIGNALS(KeSetEventBoostPriority, BIT(EVENT), true),
    SIGNALS(NtPulseEvent, BIT(EVENT), false),
    SIGNALS(NtReleaseSemaphore, BIT(SEMAPHORE), false),
    SIGNALS(NtSetEvent, BIT(EVENT), false),
    SIGNALS(NtSetIoCompletion, BIT(IO_COMPLETION), false),
    SIGNALS(NtSignalAndWaitForSingleObjectEx, BIT(EVENT) | BIT(SEMAPHORE), false),
#undef SIGNALS
};

void xe__hle_signals_init(struct xe_hle_state *hle)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        hle->entry[hle->index[XE_HLE_XBOXKRNL][rows[i].ordinal] - 1].signals = &rows[i].signals;
}

const struct xe_hle_signals *xe_hle_signals_at(const struct xe_kernel *kernel, xe_gva address)
{
    const struct xe_hle_state *hle = xe_kernel_hle(kernel);
    uint32_t i = (address - XE_KERNEL_EXPORTS) / XE__HLE_ENTRY_SIZE;

    if (address < XE_KERNEL_EXPORTS || (address & (XE__HLE_ENTRY_SIZE - 1)) || i >= hle->entries)
        return NULL;
    return hle->entry[i].signals;
}
