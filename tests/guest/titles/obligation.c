/* Asks for saved content asynchronously, ignores the answer and waits for the completion event. */
#include <xe360/kernel.h>

struct xoverlapped {
    u32 result, length, context;
    HANDLE event;
    u32 routine, routine_context, extended_error;
};

u32 XamContentCreate(u32 user, const char *root, void *data, u32 flags, u32 *disposition,
                     u32 *license, struct xoverlapped *overlapped);

int main(void)
{
    static struct xoverlapped overlapped;
    static u8 data[0x134];

    NtCreateEvent(&overlapped.event, NULL, EVENT_MANUAL, 0);
    XamContentCreate(0, "save", data, 3, NULL, NULL, &overlapped);
    DbgPrint("waiting for content\n");
    NtWaitForSingleObjectEx(overlapped.event, 1, 0, NULL);
    return 0;
}
