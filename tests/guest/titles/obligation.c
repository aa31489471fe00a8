/* Asks for a package by its path asynchronously, which isn't there yet, ignores the answer and
 * waits for the completion event. */
#include <xe360/kernel.h>

struct xoverlapped {
    u32 result, length, context;
    HANDLE event;
    u32 routine, routine_context, extended_error;
};

u32 XamContentOpenFile(u32 user, const char *root, const char *path, u32 flags, u32 cache,
                       u32 *license, struct xoverlapped *overlapped);

int main(void)
{
    static struct xoverlapped overlapped;

    NtCreateEvent(&overlapped.event, NULL, EVENT_MANUAL, 0);
    XamContentOpenFile(0, "save", "save.pkg", 3, 0, NULL, &overlapped);
    DbgPrint("waiting for content\n");
    NtWaitForSingleObjectEx(overlapped.event, 1, 0, NULL);
    return 0;
}
