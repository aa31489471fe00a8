/* A thread waits to hear that a controller has come or gone, and asks none: one that has all areas
 * but the system's hears nothing of it. Another thread computes meanwhile, so that cycles pass. */
#define TITLE "plug"
#include "check.h"

#define SYSTEM  1u
#define OTHERS  0xEEu
#define CHANGED 0x12u

HANDLE XamNotifyCreateListener(u64 areas, u32 version);
u32 XNotifyGetNext(HANDLE listener, u32 id, u32 *ret_id, u32 *ret_param);

static u32 compute(void *context)
{
    for (volatile u32 i = 0; i < 200000; i++)
        continue;
    return 0;
}

int main(void)
{
    HANDLE listener = XamNotifyCreateListener(SYSTEM, 0);
    HANDLE deaf = XamNotifyCreateListener(OTHERS, 10), thread = start(compute, NULL, 2);
    NTSTATUS status = wait_ms(listener, 3);
    u32 id = 0, param = 1;

    CHECK(listener && deaf);
    CHECK(!XNotifyGetNext(listener, CHANGED + 1, &id, &param));
    if (status == STATUS_SUCCESS) {
        CHECK(wait_ms(listener, 0) == STATUS_SUCCESS);
        CHECK(XNotifyGetNext(listener, CHANGED, &id, &param));
        DbgPrint("notified of %08x %u\n", id, param);
    }
    CHECK(!XNotifyGetNext(listener, 0, &id, &param));
    CHECK(wait_ms(listener, 0) == STATUS_TIMEOUT);
    CHECK(!XNotifyGetNext(deaf, 0, &id, &param));
    join(thread);
    return verdict();
}
