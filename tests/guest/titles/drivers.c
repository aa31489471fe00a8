/* A driver makes a device: name, room, lock, and what it answers to what it can't do. */
#include <xe360/test.h>

#include "check.h"

#define NAME_COLLISION  0xC0000035u
#define NO_SUCH_NAME    0xC0000034u
#define INVALID_REQUEST 0xC0000010u
#define NO_RESOURCES    0xC000009Au
#define ROOM            0x40u
#define KIND            0x3Au

struct device {
    s16 type;
    u16 size;
    u32 references;
    void *driver, *mounted, *irp;
    u32 flags;
    void *extension;
    u8 device_type, start_io, stack_size, deleting;
    u32 sector, alignment, queue[4];
    struct kevent lock;
    u32 started, key;
};
_Static_assert(sizeof(struct device) == 0x50, "guest layout");

struct irp {
    u16 type, size;
    u32 flags;
    struct list_entry threads;
    struct io_status_block status;
    u32 counts;
    void *buffer;
    struct io_status_block *user_status;
    struct kevent *user_event;
    void *apc, *apc_context;
    u32 tail[12];
};
_Static_assert(sizeof(struct irp) == 0x60, "guest layout");

NTSTATUS IoCreateDevice(void *driver, u32 extension, struct ansi_string *name, u32 type, u32 flags,
                        struct device **device);
void IoDeleteDevice(struct device *device);
void IoAcquireDeviceObjectLock(struct device *device);
void IoReleaseDeviceObjectLock(struct device *device);
void IoCompleteRequest(struct irp *irp, s32 increment);
NTSTATUS IoInvalidDeviceRequest(struct device *device, struct irp *irp);
NTSTATUS ObReferenceObjectByName(struct ansi_string *name, u32 attributes, void *type,
                                 void *context, void **object);
extern void *const volatile __imp_IoDeviceObjectType;
extern void *const volatile __imp_ExEventObjectType;

static u32 driver[14];
static struct ansi_string name = {12, 13, "\\Device\\Own0"};

static void devices_have_names(void)
{
    struct device *device = NULL, *other = &(struct device){0};
    void *found = NULL;

    TEST_STATUS(IoCreateDevice(driver, ROOM, &name, KIND, 0, &device), STATUS_SUCCESS);
    TEST_STATUS(IoCreateDevice(driver, ROOM, &name, KIND, 0, &other), NAME_COLLISION);
    TEST_STATUS(ObReferenceObjectByName(&name, 0x40, __imp_ExEventObjectType, NULL, &found),
                STATUS_OBJECT_TYPE_MISMATCH);
    TEST_STATUS(ObReferenceObjectByName(&name, 0x40, __imp_IoDeviceObjectType, NULL, &found),
                STATUS_SUCCESS);
    TEST_EQUAL(found, device);
    IoDeleteDevice(device);
    TEST_EQUAL(device->deleting, 1); /* there is a reference left */
    ObDereferenceObject(found);
    TEST_STATUS(ObReferenceObjectByName(&name, 0x40, NULL, NULL, &found), NO_SUCH_NAME);
    TEST_STATUS(IoCreateDevice(driver, 0, &name, KIND, 0, &device), STATUS_SUCCESS);
    IoDeleteDevice(device);
}

static void devices_have_room(void)
{
    struct device *device = NULL;
    u8 *room;

    TEST_STATUS(IoCreateDevice(driver, ROOM, NULL, KIND, 0, &device), STATUS_SUCCESS);
    TEST_EQUAL(device->type, 3);
    TEST_EQUAL(device->size, sizeof(*device) + ROOM);
    TEST_EQUAL(device->driver, driver);
    TEST_EQUAL(device->device_type, KIND);
    TEST_EQUAL(device->extension, device + 1);
    room = device->extension;
    for (u32 i = 0; i < ROOM; i++)
        TEST_EQUAL(room[i], 0);
    IoDeleteDevice(device);
    TEST_STATUS(IoCreateDevice(driver, 0, NULL, KIND, 0, &device), STATUS_SUCCESS);
    TEST_EQUAL(device->extension, NULL);
    IoDeleteDevice(device);
    TEST_STATUS(IoCreateDevice(driver, 0x10000, NULL, KIND, 0, &device), NO_RESOURCES);
}

static struct device *locked;
static volatile u32 inside;

static u32 enter(void *context)
{
    IoAcquireDeviceObjectLock(locked);
    inside = 1;
    IoReleaseDeviceObjectLock(locked);
    return 0;
}

static void one_holds_the_lock(void)
{
    HANDLE thread;

    inside = 0;
    TEST_STATUS(IoCreateDevice(driver, 0, NULL, KIND, 0, &locked), STATUS_SUCCESS);
    IoAcquireDeviceObjectLock(locked);
    TEST_EQUAL(locked->lock.header.signal_state, 0);
    thread = start(enter, NULL, 2);
    sleep_ms(2);
    TEST_EQUAL(inside, 0);
    IoReleaseDeviceObjectLock(locked);
    join(thread);
    TEST_EQUAL(inside, 1);
    TEST_EQUAL(locked->lock.header.signal_state, 1);
    IoDeleteDevice(locked);
}

static void requests_are_completed(void)
{
    struct io_status_block told = {7, 7};
    struct kevent event;
    struct irp irp = {.status = {5, 6}, .user_status = &told, .user_event = &event};

    KeInitializeEvent(&event, EVENT_MANUAL, 0);
    IoCompleteRequest(&irp, 0);
    TEST_EQUAL(told.status, 5);
    TEST_EQUAL(told.information, 6);
    TEST_EQUAL(KeResetEvent(&event), 1);
    TEST_STATUS(IoInvalidDeviceRequest(NULL, &irp), INVALID_REQUEST);
    TEST_STATUS(irp.status.status, INVALID_REQUEST);
    TEST_STATUS(told.status, INVALID_REQUEST);
    TEST_EQUAL(KeResetEvent(&event), 1);
}

static const struct test tests[] = {
    TEST(devices_have_names),
    TEST(devices_have_room),
    TEST(one_holds_the_lock),
    TEST(requests_are_completed),
};
static const struct test_suite suites[] = {TEST_SUITE("drivers", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
