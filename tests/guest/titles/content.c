/* A saved game as titles have it: made, written to, closed, listed, opened again, deleted; and what
 * goes wrong with one. The user's if somebody is signed in, else everybody's. What content was
 * given beside it is told. It makes what it needs and takes it away, so that it runs on a console,
 * too. */
#define TITLE "content"
#include "files.h"

#define ANYBODY       0xFFu
#define SAVED_GAME    1u
#define MARKETPLACE   2u
#define PENDING       0x3E5u
#define NOT_FOUND     2u
#define NO_PATH       3u
#define DENIED        5u
#define NO_MORE       0x12u
#define PROTECTED     0x13u
#define EXISTS        0xB7u
#define TOO_SMALL     0x7Au
#define FAILED        0x65Bu
#define HRESULT(code) (0x80070000u | (code))

enum { CREATE_NEW = 1, CREATE_ALWAYS, OPEN_EXISTING, OPEN_ALWAYS, TRUNCATE_EXISTING };

struct content_data {
    u32 device, type;
    u16 text[128];
    char name[42];
    u8 pad[2];
};
_Static_assert(sizeof(struct content_data) == 0x134, "XCONTENT_DATA");

struct overlapped {
    u32 result, length, context;
    HANDLE event;
    u32 routine, routine_context, extended;
};

u32 XamUserGetSigninState(u32 user);
/* The size has 64 bits, in one register of a console: this much fits in 32. */
u32 XamContentCreateEx(u32 user, const char *root, struct content_data *data, u32 flags,
                       u32 *disposition, u32 *license, u32 cache, u32 size,
                       struct overlapped *overlapped);
u32 XamContentClose(const char *root, struct overlapped *overlapped);
u32 XamContentFlush(const char *root, struct overlapped *overlapped);
u32 XamContentDelete(u32 user, struct content_data *data, struct overlapped *overlapped);
u32 XamContentSetThumbnail(u32 user, struct content_data *data, const void *buffer, u32 size,
                           struct overlapped *overlapped);
u32 XamContentGetThumbnail(u32 user, struct content_data *data, void *buffer, u32 *size,
                           struct overlapped *overlapped);
u32 XamContentGetCreator(u32 user, struct content_data *data, u32 *is_creator, u64 *creator,
                         struct overlapped *overlapped);
u32 XamContentCreateEnumerator(u32 user, u32 device, u32 type, u32 flags, u32 items, u32 *size,
                               HANDLE *list);
u32 XamContentCreateDeviceEnumerator(u32 type, u32 flags, u32 items, u32 *size, HANDLE *list);
u32 XamEnumerate(HANDLE list, u32 flags, void *buffer, u32 size, u32 *count,
                 struct overlapped *overlapped);

static struct overlapped later;
static struct content_data save = {.type = SAVED_GAME, .name = "slot 1"}, listed[4];
static u32 user, did, license;
static char buffer[64];

/* What was begun is waited for, as titles do; its result. */
static u32 result_of(u32 begun)
{
    CHECK(begun == PENDING);
    CHECK(wait(later.event) == STATUS_SUCCESS);
    return later.result == FAILED ? later.extended : later.result;
}

static u32 open_save(const char *root, u32 disposition)
{
    did = 0xEE;
    return result_of(
        XamContentCreateEx(user, root, &save, disposition, &did, &license, 0, 0x1000, &later));
}

static void find_device(void)
{
    u8 device[0x50];
    u32 size = 0, count = 0;
    HANDLE list = 0;

    CHECK(XamContentCreateDeviceEnumerator(SAVED_GAME, 0, 1, &size, &list) == 0);
    CHECK(size == sizeof(device));
    CHECK(XamEnumerate(list, 0, device, size, &count, NULL) == 0 && count == 1);
    save.device = device[3];
    NtClose(list);
}

static void make_save(void)
{
    static const char story[] = "it was saved";
    HANDLE file;

    CHECK(open_save("save", OPEN_EXISTING) == HRESULT(NO_PATH));
    CHECK(open_save("save", CREATE_NEW) == 0);
    CHECK(did == 1 && later.length == 1);
    CHECK(open_save("save", OPEN_EXISTING) == HRESULT(EXISTS)); /* the root */
    CHECK(open_save("other", CREATE_NEW) == HRESULT(EXISTS));   /* the package */
    file = make("save:\\state.bin");
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, story, sizeof(story), NULL) == 0);
    NtClose(file);
    CHECK(XamContentSetThumbnail(user, &save, "picture", 7, NULL) == 0);
    CHECK(XamContentFlush("save", NULL) == 0);
    CHECK(XamContentFlush("none", NULL) == NOT_FOUND);
    CHECK(XamContentDelete(user, &save, NULL) == DENIED);
    CHECK(XamContentClose("save", NULL) == 0);
    CHECK(XamContentClose("save", NULL) == NOT_FOUND);
    CHECK(create("save:\\state.bin", &file, GENERIC_READ, SHARE_READ, FILE_OPEN, OPTION_SYNC) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
}

/* How many there are of a type; the first ones are in `listed`. */
static u32 list_all(u32 type)
{
    u32 size = 0, all = 0;
    HANDLE list = 0;

    CHECK(XamContentCreateEnumerator(user, save.device, type, 0, 4, &size, &list) == 0);
    CHECK(size == sizeof(listed));
    later.length = 0;
    while (result_of(XamEnumerate(list, 0, listed, size, NULL, &later)) == 0)
        all += later.length;
    CHECK(later.extended == HRESULT(NO_MORE));
    NtClose(list);
    return all;
}

static void read_save(void)
{
    u32 is_creator = 9, size = 3;
    u64 creator = 9;
    HANDLE file;

    CHECK(open_save("again", OPEN_ALWAYS) == 0 && did == 2);
    CHECK(create("AGAIN:\\State.bin", &file, GENERIC_READ | ACCESS_SYNC, SHARE_READ, FILE_OPEN,
                 OPTION_SYNC) == 0);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, buffer, sizeof(buffer), NULL) == 0);
    CHECK(done.information == 13 && same(buffer, "it was saved", 13));
    NtClose(file);
    CHECK(XamContentGetThumbnail(user, &save, buffer, &size, NULL) == TOO_SMALL && size == 7);
    CHECK(XamContentGetThumbnail(user, &save, buffer, &size, NULL) == 0 && same(buffer, "pic", 3));
    CHECK(XamContentGetCreator(user, &save, &is_creator, &creator, NULL) == 0);
    CHECK(is_creator == (user == 0) && (creator != 0) == is_creator);
    CHECK(XamContentClose("again", NULL) == 0);
}

static void begin_anew(void)
{
    HANDLE file;

    CHECK(open_save("anew", TRUNCATE_EXISTING) == 0 && did == 2);
    CHECK(create("anew:\\state.bin", &file, GENERIC_READ, SHARE_READ, FILE_OPEN, OPTION_SYNC) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(XamContentClose("anew", NULL) == 0);
}

static void delete_save(void)
{
    CHECK(result_of(XamContentDelete(user, &save, &later)) == 0);
    CHECK(result_of(XamContentDelete(user, &save, &later)) == HRESULT(NOT_FOUND));
    CHECK(list_all(SAVED_GAME) == 0);
    CHECK(open_save("save", OPEN_EXISTING) == HRESULT(NO_PATH));
}

/* What was given, and what is in it. */
static void tell_given(void)
{
    HANDLE file;

    if (list_all(MARKETPLACE) == 0)
        return;
    DbgPrint("given: %s\n", listed[0].name);
    CHECK(result_of(XamContentCreateEx(user, "more", &listed[0], OPEN_EXISTING, &did, &license, 0,
                                       0, &later)) == 0);
    CHECK(create("more:\\note.txt", &file, GENERIC_READ | ACCESS_SYNC, SHARE_READ, FILE_OPEN,
                 OPTION_SYNC) == 0);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, buffer, sizeof(buffer) - 1, NULL) == 0);
    NtClose(file);
    DbgPrint("note: %s\n", buffer);
    CHECK(create("more:\\new", &file, GENERIC_WRITE, 0, FILE_CREATE, OPTION_SYNC) < 0);
    CHECK(XamContentClose("more", NULL) == 0);
    CHECK(XamContentDelete(user, &listed[0], NULL) == PROTECTED);
}

int main(void)
{
    later.event = make_event(EVENT_MANUAL, 0);
    user = XamUserGetSigninState(0) ? 0 : ANYBODY;
    find_device();
    make_save();
    CHECK(list_all(SAVED_GAME) == 1);
    CHECK(same(listed[0].name, "slot 1", 7) && listed[0].device == save.device);
    read_save();
    begin_anew();
    delete_save();
    tell_given();
    return verdict();
}
