/* Rules of files that titles stumble over: who may open what is there, what may replace it, what is
 * deleted when, how searches end, what devices answer and when, and buffers that can't be written
 * to. As Windows documents them; on drive cache:, so that it runs on a console, too. */
#define TITLE "file-rules"
#include "files.h"

#define STATUS_INVALID_PARAMETER ((NTSTATUS)0xC000000D)
#define STATUS_BUFFER_TOO_SMALL  ((NTSTATUS)0xC0000023)
#define STATUS_ACCESS_VIOLATION  ((NTSTATUS)0xC0000005)
#define STATUS_DISK_FULL         ((NTSTATUS)0xC000007F)
#define STATUS_NOT_SAME_DEVICE   ((NTSTATUS)0xC00000D4)
#define STATUS_CANNOT_DELETE     ((NTSTATUS)0xC0000121)

#define READ_ONLY       0x01u
#define HIDDEN          0x02u
#define NORMAL          0x80u
#define SHARE_ALL       (SHARE_READ | SHARE_WRITE | SHARE_DELETE)
#define OPTION_ALERT    0x10u
#define OPTION_BARE     0x08u /* without a buffer between */
#define READ_ATTRIBUTE  0x80u
#define WRITE_ATTRIBUTE 0x100u

NTSTATUS NtCreateIoCompletion(HANDLE *port, u32 access, struct object_attributes *attributes,
                              u32 threads);
NTSTATUS NtRemoveIoCompletion(HANDLE port, u32 *key, u32 *context, struct io_status_block *iosb,
                              const s64 *timeout);

struct basic {
    u64 created, accessed, written, changed;
    u32 attributes, pad;
};

static HANDLE file, other;

static NTSTATUS open_as(const char *name, HANDLE *ret, u32 access, u32 share, u32 options)
{
    return create(name, ret, access | ACCESS_SYNC, share, FILE_OPEN, options | OPTION_SYNC);
}

static NTSTATUS set_attributes(HANDLE handle, u32 attributes)
{
    struct basic basic = {.attributes = attributes};

    return NtSetInformationFile(handle, &done, &basic, sizeof(basic), 4);
}

static u32 attributes_of(const char *name)
{
    struct file_network_open info;

    return NtQueryFullAttributesFile(named(name), &info) == 0 ? info.attributes : 0;
}

static NTSTATUS set_delete(HANDLE handle, u8 yes)
{
    return NtSetInformationFile(handle, &done, &yes, 1, 0xD);
}

static NTSTATUS rename_to(HANDLE handle, HANDLE root, const char *name)
{
    struct file_rename rename = {0, root, text_of(name)};

    return NtSetInformationFile(handle, &done, &rename, sizeof(rename), 0xA);
}

static NTSTATUS move_to(HANDLE handle, const char *name, u32 replace)
{
    struct file_rename rename = {replace << 24, ROOT_DOS_DEVICES, text_of(name)};

    return NtSetInformationFile(handle, &done, &rename, sizeof(rename), 0xA);
}

static void make_folder(const char *name)
{
    HANDLE folder;

    CHECK(create(name, &folder, ACCESS_SYNC, SHARE_ALL, FILE_CREATE, OPTION_FOLDER) == 0);
    NtClose(folder);
}

static void ways_to_open(void)
{
    static const u32 no_attribute[] = {0x80000000u /* CreateFile's flags are none */, 0x10000,
                                       0x40};

    NtClose(make("cache:\\way.dat"));
    CHECK(create("cache:\\way.dat", &file, GENERIC_READ, 8, FILE_OPEN, 0) ==
          STATUS_INVALID_PARAMETER);
    CHECK(create("cache:\\way.dat", &file, GENERIC_READ, 1, FILE_OPEN,
                 OPTION_SYNC | OPTION_ALERT) == STATUS_INVALID_PARAMETER);
    CHECK(create("cache:\\way.dat", &file, 1, 1, FILE_OPEN, OPTION_SYNC) ==
          STATUS_INVALID_PARAMETER); /* who waits needs the right to */
    CHECK(create("cache:\\way.dat", &file, GENERIC_READ, 1, FILE_OPEN_IF + 3, 0) ==
          STATUS_INVALID_PARAMETER);
    CHECK(create("cache:\\way.dat", &file, 4, 1, FILE_OPEN, OPTION_BARE) ==
          STATUS_INVALID_PARAMETER); /* the end is seldom where a sector ends */
    for (u32 i = 0; i < sizeof(no_attribute) / sizeof(no_attribute[0]); i++)
        CHECK(NtCreateFile(&file, GENERIC_READ, named("cache:\\way.dat"), &done, NULL,
                           no_attribute[i], 7, FILE_OPEN_IF, 0) == STATUS_INVALID_PARAMETER);
    CHECK(create("cache:\\way.dat", &file, GENERIC_READ, 1, FILE_OPEN, 0x01000000) ==
          STATUS_INVALID_PARAMETER); /* no option */
    CHECK(open_as("cache:\\way.dat", &file, GENERIC_READ, SHARE_READ, 0) == 0);
    CHECK(create("cache:\\way.dat", &other, GENERIC_READ, SHARE_ALL, FILE_OVERWRITE, 0) ==
          STATUS_SHARING_VIOLATION); /* what it holds would be gone */
    CHECK(create("cache:\\way.dat", &other, GENERIC_READ, SHARE_ALL, FILE_SUPERSEDE, 0) ==
          STATUS_SHARING_VIOLATION);
    NtClose(file);
}

static void attributes(void)
{
    file = make("cache:\\kept.dat");
    CHECK(set_attributes(file, READ_ONLY | NORMAL) == 0);
    NtClose(file);
    CHECK(attributes_of("cache:\\kept.dat") == READ_ONLY);
    CHECK(create("cache:\\kept.dat", &file, GENERIC_WRITE, 0, FILE_OPEN, 0) ==
          STATUS_ACCESS_DENIED);
    CHECK(open_as("cache:\\kept.dat", &file, ACCESS_DELETE, 7, 0) == 0);
    CHECK(set_attributes(file, HIDDEN) == STATUS_ACCESS_DENIED); /* that is another right */
    NtClose(file);
    CHECK(open_as("cache:\\kept.dat", &file, ACCESS_DELETE | WRITE_ATTRIBUTE, 7, 0) == 0);
    CHECK(set_delete(file, 1) == STATUS_CANNOT_DELETE);
    CHECK(set_attributes(file, FILE_FOLDER) == STATUS_INVALID_PARAMETER); /* it is none */
    CHECK(set_attributes(file, HIDDEN) == 0);
    NtClose(file);
    CHECK(create("cache:\\kept.dat", &file, GENERIC_WRITE, 0, FILE_OVERWRITE_IF, 0) ==
          STATUS_ACCESS_DENIED); /* a hidden one is no other's to replace */
    CHECK(attributes_of("cache:\\kept.dat") == HIDDEN);
    make_folder("cache:\\plain");
    CHECK(open_as("cache:\\plain", &file, GENERIC_WRITE, 7, OPTION_FOLDER) == 0);
    CHECK(set_attributes(file, NORMAL) == 0);
    NtClose(file);
    CHECK(attributes_of("cache:\\plain") == FILE_FOLDER);
}

static void replacing(void)
{
    make_folder("cache:\\to");
    NtClose(make("cache:\\to\\held.dat"));
    file = make("cache:\\from.dat");
    CHECK(open_as("cache:\\to\\held.dat", &other, WRITE_ATTRIBUTE, 7, 0) == 0);
    CHECK(move_to(file, "cache:\\to\\held.dat", 0) == STATUS_OBJECT_NAME_COLLISION);
    CHECK(move_to(file, "cache:\\to\\held.dat", 1) == STATUS_ACCESS_DENIED);
    CHECK(move_to(file, "cache:\\to", 1) == STATUS_ACCESS_DENIED);
    CHECK(set_attributes(other, READ_ONLY) == 0);
    NtClose(other);
    CHECK(move_to(file, "cache:\\to\\held.dat", 1) == STATUS_ACCESS_DENIED);
    CHECK(move_to(file, "cache:\\none\\a.dat", 1) == STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK(move_to(file, "hdd:\\a.dat", 1) == STATUS_NOT_SAME_DEVICE);
    CHECK(move_to(file, "cache:\\FROM.DAT", 0) == 0); /* only its letters are others */
    CHECK(rename_to(file, 0, "beside.dat") == 0);     /* a bare name: in the same folder */
    CHECK(attributes_of("cache:\\beside.dat") != 0 && attributes_of("cache:\\from.dat") == 0);
    CHECK(rename_to(file, 0, "no?name") == STATUS_OBJECT_NAME_INVALID);
    CHECK(rename_to(file, 0, "cache:\\from.dat") == 0);
    NtClose(file);
    CHECK(open_as("cache:\\to\\held.dat", &file, READ_ATTRIBUTE, 7, 0) == 0);
    CHECK(open_as("cache:\\to", &other, ACCESS_DELETE, 7, OPTION_FOLDER) == 0);
    CHECK(move_to(other, "cache:\\moved", 0) == STATUS_ACCESS_DENIED); /* one below is open */
    NtClose(file);
    CHECK(move_to(other, "cache:\\moved", 0) == 0);
    NtClose(other);
    CHECK(attributes_of("cache:\\moved\\held.dat") == READ_ONLY);
    CHECK(open_as("cache:\\", &file, ACCESS_DELETE, 7, OPTION_FOLDER) == 0);
    CHECK(move_to(file, "cache:\\root", 0) == STATUS_ACCESS_DENIED);
    CHECK(set_delete(file, 1) == STATUS_CANNOT_DELETE);
    NtClose(file);
}

static void deleting(void)
{
    struct file_network_open info;

    file = make("cache:\\gone.dat");
    CHECK(set_delete(file, 1) == 0);
    CHECK(NtQueryFullAttributesFile(named("cache:\\gone.dat"), &info) == STATUS_DELETE_PENDING);
    CHECK(set_delete(file, 0) == 0);
    CHECK(NtQueryFullAttributesFile(named("cache:\\gone.dat"), &info) == 0);
    NtClose(file);

    /* As long as anybody has it open, its name is taken. */
    CHECK(open_as("cache:\\gone.dat", &other, READ_ATTRIBUTE, 7, 0) == 0);
    CHECK(NtDeleteFile(named("cache:\\gone.dat")) == 0);
    CHECK(create("cache:\\gone.dat", &file, GENERIC_WRITE, 0, FILE_CREATE, 0) ==
          STATUS_DELETE_PENDING);
    NtClose(other);
    CHECK(attributes_of("cache:\\gone.dat") == 0);

    /* A folder that is to go takes in nothing new. */
    make_folder("cache:\\goes");
    CHECK(open_as("cache:\\goes", &other, ACCESS_DELETE, 7, OPTION_FOLDER) == 0);
    CHECK(set_delete(other, 1) == 0);
    CHECK(create("cache:\\goes\\a", &file, GENERIC_WRITE, 0, FILE_CREATE, 0) ==
          STATUS_DELETE_PENDING);
    NtClose(other);

    /* A folder that is not empty when it is to go stays. */
    make_folder("cache:\\full");
    CHECK(open_as("cache:\\full", &file, ACCESS_DELETE, 7, OPTION_FOLDER | OPTION_DELETE) == 0);
    NtClose(make("cache:\\full\\a.dat"));
    NtClose(file);
    CHECK(attributes_of("cache:\\full") == FILE_FOLDER);
    CHECK(attributes_of("cache:\\full\\a.dat") != 0);
}

static NTSTATUS next(HANDLE folder, struct file_directory *entry, u32 size, const char *mask,
                     u32 restart)
{
    struct ansi_string text = text_of(mask ? mask : "");

    return NtQueryDirectoryFile(folder, 0, NULL, NULL, &done, entry, size, mask ? &text : NULL,
                                restart);
}

static void searching(void)
{
    struct file_directory entry;

    make_folder("cache:\\many");
    NtClose(make("cache:\\many\\b.txt"));
    NtClose(make("cache:\\many\\a long name of a file.txt"));
    CHECK(open_as("cache:\\many", &file, 1, 7, OPTION_FOLDER) == 0);
    CHECK(next(file, &entry, sizeof(entry), "*.none", 0) == STATUS_NO_SUCH_FILE);
    CHECK(next(file, &entry, sizeof(entry), NULL, 0) == STATUS_NO_MORE_FILES);
    CHECK(next(file, &entry, sizeof(entry), "*", 0) == STATUS_NO_MORE_FILES); /* it is kept */
    NtClose(file);
    CHECK(open_as("cache:\\many", &file, 1, 7, OPTION_FOLDER) == 0);
    CHECK(next(file, &entry, 0x47, NULL, 0) == (NTSTATUS)0xC0000004);
    CHECK(next(file, &entry, 0x48, NULL, 0) == STATUS_BUFFER_OVERFLOW);
    CHECK(entry.length == 25 && done.information == 0x48 && same(entry.name, "a long n", 8));
    CHECK(next(file, &entry, sizeof(entry), NULL, 0) == 0 && same(entry.name, "b.txt", 5));
    CHECK(entry.length == 5 && done.information == 0x45);
    CHECK(next(file, &entry, sizeof(entry), NULL, 0) == STATUS_NO_MORE_FILES);
    CHECK(next(file, &entry, sizeof(entry), NULL, 1) == 0 && same(entry.name, "a long", 6));
    NtClose(make("cache:\\many\\aa.txt")); /* behind where it stands */
    CHECK(NtDeleteFile(named("cache:\\many\\b.txt")) == 0);
    CHECK(next(file, &entry, sizeof(entry), NULL, 0) == 0 && same(entry.name, "aa.txt", 6));
    CHECK(next(file, &entry, sizeof(entry), NULL, 0) == STATUS_NO_MORE_FILES);
    NtClose(file);
    CHECK(open_as("cache:\\many", &file, READ_ATTRIBUTE, 7, OPTION_FOLDER) == 0);
    CHECK(next(file, &entry, sizeof(entry), "*", 0) == STATUS_ACCESS_DENIED);
    NtClose(file);
    CHECK(open_as("cache:\\many\\aa.txt", &file, 1, 7, 0) == 0);
    CHECK(next(file, &entry, sizeof(entry), NULL, 0) == STATUS_INVALID_PARAMETER);
    NtClose(file);
}

#define LONGEST "0123456789012345678901234567890123456789.1"

/* The file system's names have 42 characters at most. */
static void long_names(void)
{
    file = make("cache:\\" LONGEST);
    CHECK(create("cache:\\" LONGEST "2", &other, GENERIC_WRITE, 0, FILE_CREATE, 0) ==
          STATUS_OBJECT_NAME_INVALID);
    CHECK(create("cache:\\" LONGEST "2", &other, ACCESS_SYNC, 0, FILE_CREATE, OPTION_FOLDER) ==
          STATUS_OBJECT_NAME_INVALID);
    CHECK(move_to(file, "cache:\\" LONGEST "2", 1) == STATUS_OBJECT_NAME_INVALID);
    CHECK(move_to(file, "cache:\\" LONGEST, 0) == 0);
    NtClose(file);
}

static u64 size_of(HANDLE handle)
{
    struct {
        u64 allocated, size, rest;
    } info = {0};

    CHECK(NtQueryInformationFile(handle, &done, &info, sizeof(info), 5) == 0);
    return info.size;
}

/* A disk has no holes: a file can't be larger than what is free. */
static void room(void)
{
    u64 huge = 0xF0000000, none = ~0ull, small = 0x8000, far = 0xE0000000;

    file = make("cache:\\room.dat");
    CHECK(NtSetInformationFile(file, &done, &huge, 8, 0x14) == STATUS_DISK_FULL);
    CHECK(NtSetInformationFile(file, &done, &huge, 8, 0x13) == STATUS_DISK_FULL);
    CHECK(NtSetInformationFile(file, &done, &none, 8, 0x13) == STATUS_INVALID_PARAMETER);
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, "x", 1, &far) == STATUS_DISK_FULL);
    CHECK(size_of(file) == 0);
    CHECK(NtSetInformationFile(file, &done, &small, 8, 0x13) == 0 && size_of(file) == 0);
    CHECK(NtSetInformationFile(file, &done, &small, 8, 0x14) == 0 && size_of(file) == small);
    small = 3;
    CHECK(NtSetInformationFile(file, &done, &small, 8, 0x13) == 0 && size_of(file) == 3);
    NtClose(file);
}

struct standard {
    u64 allocated, size;
    u32 links;
    u8 pending, folder;
    u16 pad;
};

static u64 allocated(HANDLE handle)
{
    struct standard info = {0};

    CHECK(NtQueryInformationFile(handle, &done, &info, sizeof(info), 5) == 0);
    return info.allocated;
}

static u64 free_bytes(HANDLE handle)
{
    struct {
        u64 total, left;
        u32 unit, sector;
    } volume = {0};

    CHECK(NtQueryVolumeInformationFile(handle, &done, &volume, sizeof(volume), 3) == 0);
    return volume.left * volume.unit * volume.sector;
}

/* Room that a file asks for is its own, until nobody has it open any more. */
static void room_is_kept(void)
{
    u64 large = 0x200000, huge = 0xF0000000, none = ~0ull, last = large - 1, left, more;

    file = make("cache:\\kept.room");
    left = free_bytes(file);
    CHECK(NtSetInformationFile(file, &done, &large, 8, 0x13) == 0);
    CHECK(size_of(file) == 0 && allocated(file) >= large && free_bytes(file) <= left - large);
    other = make("cache:\\other.room");
    left = free_bytes(other);
    more = left + 0x10000;
    CHECK(NtSetInformationFile(other, &done, &left, 8, 0x13) == 0);
    CHECK(NtSetInformationFile(other, &done, &more, 8, 0x13) == STATUS_DISK_FULL);
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, "x", 1, &last) == 0); /* into what was kept */
    NtClose(other);
    NtClose(file);
    CHECK(open_as("cache:\\other.room", &other, GENERIC_READ, 7, 0) == 0);
    CHECK(allocated(other) == 0 && free_bytes(other) > 0);
    NtClose(other);
    CHECK(NtCreateFile(&file, GENERIC_WRITE | ACCESS_SYNC, named("cache:\\new.room"), &done, &large,
                       NORMAL, 0, FILE_CREATE, OPTION_SYNC) == 0);
    CHECK(size_of(file) == 0 && allocated(file) >= large);
    NtClose(file);
    CHECK(NtCreateFile(&file, GENERIC_WRITE, named("cache:\\no.room"), &done, &huge, NORMAL, 0,
                       FILE_CREATE, 0) == STATUS_DISK_FULL);
    CHECK(NtCreateFile(&file, GENERIC_WRITE, named("cache:\\no.room"), &done, &none, NORMAL, 0,
                       FILE_CREATE, 0) == STATUS_INVALID_PARAMETER);
    CHECK(attributes_of("cache:\\no.room") == 0);
}

/* A device answers as a file does: later, by an event or a port. */
static void never(void *context, struct io_status_block *status, u32 reserved)
{
    (void)status, (void)reserved;
    DbgPrint("FAIL " TITLE ": %p was called\n", context);
}

static void devices(void)
{
    static struct io_status_block later;
    HANDLE event = make_event(1, 1);
    u32 geometry[2] = {0, 0}, key = 0, context = 0, binding[2];
    u64 partition[2], at = 0;

    CHECK(create("cache:\\", &file, GENERIC_READ, 7, FILE_OPEN, OPTION_FOLDER) == 0);
    later.status = STATUS_PENDING;
    CHECK(NtDeviceIoControlFile(file, event, NULL, NULL, &later, 0x70000, NULL, 0, geometry, 8) ==
          STATUS_PENDING);
    CHECK(wait_ms(event, 0) == STATUS_TIMEOUT && later.status == STATUS_PENDING);
    CHECK(wait(event) == 0 && later.status == 0 && later.information == 8);
    CHECK(geometry[0] && geometry[1] == 0x200);
    CHECK(NtDeviceIoControlFile(file, event, NULL, NULL, &later, 0x70000, NULL, 0, geometry, 4) ==
          STATUS_BUFFER_TOO_SMALL);
    CHECK(NtDeviceIoControlFile(file, file, NULL, NULL, &later, 0x70000, NULL, 0, geometry, 8) ==
          (NTSTATUS)0xC0000024); /* no event */
    CHECK(NtCreateIoCompletion(&binding[0], 0x1F0003, NULL, 0) == 0);
    binding[1] = 7;
    CHECK(NtSetInformationFile(file, &done, binding, 8, 0x1E) == 0);
    CHECK(NtDeviceIoControlFile(file, 0, NULL, &later, &later, 0x74004, NULL, 0, partition, 16) ==
          STATUS_PENDING);
    CHECK(NtRemoveIoCompletion(binding[0], &key, &context, &done, NULL) == 0);
    CHECK(key == 7 && context == (u32)&later && done.information == 16 && partition[1]);
    CHECK(NtDeviceIoControlFile(file, 0, never, &later, &done, 0x74004, NULL, 0, partition, 16) ==
          STATUS_INVALID_PARAMETER); /* a routine, and a packet to a port */
    NtClose(binding[0]);
    NtClose(file);
    file = make("cache:\\port.dat");
    NtClose(file);
    CHECK(create("cache:\\port.dat", &file, GENERIC_WRITE, 7, FILE_OPEN, 0) == 0);
    CHECK(NtCreateIoCompletion(&binding[0], 0x1F0003, NULL, 0) == 0);
    CHECK(NtSetInformationFile(file, &done, binding, 8, 0x1E) == 0);
    CHECK(NtWriteFile(file, 0, never, &later, &later, "x", 1, &at) == STATUS_INVALID_PARAMETER);
    NtClose(binding[0]);
    NtClose(file);
    CHECK(open_as("cache:\\", &file, GENERIC_READ, 7, OPTION_FOLDER) == 0);
    CHECK(NtDeviceIoControlFile(file, 0, NULL, NULL, &done, 0x70000, NULL, 0, geometry, 8) == 0);
    CHECK(done.status == 0 && done.information == 8);
    NtClose(file);
    NtClose(event);
}

/* Memory that can only be read is as it was. */
static void buffers(void)
{
    struct ansi_string all = text_of("");
    void *base = NULL;
    u32 size = 0x10000, old, *words;
    u64 at = 0;

    CHECK(NtAllocateVirtualMemory(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0) == 0);
    words = base;
    words[0] = words[64] = 0x1234;
    CHECK(NtProtectVirtualMemory(&base, &size, PAGE_READONLY, &old, 0) == 0);
    file = make("cache:\\bytes.dat");
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, words, 0x200, NULL) == 0);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, words, 16, &at) == STATUS_ACCESS_VIOLATION);
    CHECK(NtReadFile(file, 0, NULL, NULL, (struct io_status_block *)words, &old, 4, &at) ==
          STATUS_ACCESS_VIOLATION);
    CHECK(NtQueryInformationFile(file, &done, words, 8, 0xE) == STATUS_ACCESS_VIOLATION);
    CHECK(NtQueryVolumeInformationFile(file, &done, words, 24, 3) == STATUS_ACCESS_VIOLATION);
    CHECK(NtQueryFullAttributesFile(named("cache:\\bytes.dat"), (void *)words) ==
          STATUS_ACCESS_VIOLATION);
    NtClose(file);
    CHECK(open_as("cache:\\", &file, 1, 7, OPTION_FOLDER) == 0);
    CHECK(NtQueryDirectoryFile(file, 0, NULL, NULL, &done, (void *)words, 0x200, &all, 0) ==
          STATUS_ACCESS_VIOLATION);
    NtClose(file);
    CHECK(words[0] == 0x1234 && words[64] == 0x1234);
}

/* Without a buffer between, only whole sectors are asked for. */
static void bare(void)
{
    static char sector[0x200];
    u64 at = 0x100;

    file = make("cache:\\bare.dat");
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, sector, sizeof(sector), NULL) == 0);
    NtClose(file);
    CHECK(open_as("cache:\\bare.dat", &file, GENERIC_READ, 7, OPTION_BARE) == 0);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, sector, 0x100, NULL) == STATUS_INVALID_PARAMETER);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, sector, 0x200, &at) == STATUS_INVALID_PARAMETER);
    CHECK(NtSetInformationFile(file, &done, &at, 8, 0xE) == STATUS_INVALID_PARAMETER);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, sector, 0x200, NULL) == 0);
    NtClose(file);
}

int main(void)
{
    ways_to_open();
    attributes();
    replacing();
    deleting();
    searching();
    long_names();
    room();
    room_is_kept();
    devices();
    buffers();
    bare();
    return verdict();
}
