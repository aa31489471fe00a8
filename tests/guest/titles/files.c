/* Files as titles use them: opening with every disposition, reading and writing where it stands and
 * elsewhere, folders, sharing, renaming, deleting on close, times and sizes. It makes what it needs
 * on its own drive, cache:, so that it runs on a console, too. */
#define TITLE "files"
#include "files.h"

#define ALL_SHARE (SHARE_READ | SHARE_WRITE | SHARE_DELETE)

static char buffer[0x30000], again[0x30000];

static void missing(void)
{
    HANDLE file;

    CHECK(create("cache:\\none.dat", &file, GENERIC_READ, 1, FILE_OPEN, 0) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(file == 0 && done.information == FILE_DOES_NOT_EXIST);
    CHECK(create("cache:\\none\\a.dat", &file, GENERIC_READ, 1, FILE_OPEN, 0) ==
          STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK(create("nowhere:\\a.dat", &file, GENERIC_READ, 1, FILE_OPEN, 0) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(create("cache:\\a?b", &file, GENERIC_WRITE, 1, FILE_CREATE, 0) ==
          STATUS_OBJECT_NAME_INVALID);
    CHECK(create("cache:\\..\\a", &file, GENERIC_READ, 1, FILE_OPEN, 0) ==
          STATUS_OBJECT_NAME_INVALID);
}

static void dispositions(void)
{
    static const struct {
        u32 disposition;
        NTSTATUS status;
        u32 did;
    } rows[] = {
        {FILE_OVERWRITE, STATUS_OBJECT_NAME_NOT_FOUND, FILE_DOES_NOT_EXIST},
        {FILE_CREATE, STATUS_SUCCESS, FILE_CREATED},
        {FILE_CREATE, STATUS_OBJECT_NAME_COLLISION, FILE_EXISTS},
        {FILE_OPEN, STATUS_SUCCESS, FILE_OPENED},
        {FILE_OPEN_IF, STATUS_SUCCESS, FILE_OPENED},
        {FILE_OVERWRITE, STATUS_SUCCESS, FILE_OVERWRITTEN},
        {FILE_OVERWRITE_IF, STATUS_SUCCESS, FILE_OVERWRITTEN},
        {FILE_SUPERSEDE, STATUS_SUCCESS, FILE_SUPERSEDED},
    };

    for (u32 i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        HANDLE file;

        CHECK(create("cache:\\one.dat", &file, GENERIC_WRITE, 0, rows[i].disposition,
                     OPTION_SYNC) == rows[i].status);
        CHECK(done.information == rows[i].did);
        if (file)
            NtClose(file);
    }
}

static void read_and_write(void)
{
    HANDLE file = make("cache:\\data.bin");
    u64 at = 0x10003;

    for (u32 i = 0; i < sizeof(buffer); i++)
        buffer[i] = (char)(i * 7 + (i >> 8));
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, buffer, sizeof(buffer), NULL) == 0);
    CHECK(done.status == 0 && done.information == sizeof(buffer));
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, again, 16, NULL) == STATUS_END_OF_FILE);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, again, sizeof(again), &at) == 0);
    CHECK(done.information == sizeof(buffer) - 0x10003);
    CHECK(same(again, buffer + 0x10003, sizeof(buffer) - 0x10003));
    at = 0;
    CHECK(NtSetInformationFile(file, &done, &at, 8, 0xE) == 0);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, again, 5, NULL) == 0);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, again + 5, 5, NULL) == 0);
    CHECK(same(again, buffer, 10));
    CHECK(NtQueryInformationFile(file, &done, &at, 8, 0xE) == 0 && at == 10);
    NtClose(file);
}

static void sizes(void)
{
    HANDLE file = make("cache:\\size.bin");
    struct file_network_open info;
    u64 size = 5, size_of_disk[3];

    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, "0123456789", 10, NULL) == 0);
    CHECK(NtSetInformationFile(file, &done, &size, 8, 0x14) == 0);
    CHECK(NtSetInformationFile(file, &done, &size, 8, 0x13) == 0);
    CHECK(NtQueryInformationFile(file, &done, &info, sizeof(info), 0x22) == 0);
    CHECK(info.size == 5 && info.allocated >= 5 && info.created);
    size = 8;
    CHECK(NtSetInformationFile(file, &done, &size, 8, 0x14) == 0);
    size = 0;
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, again, 16, &size) == 0);
    CHECK(done.information == 8 && same(again, "01234\0\0", 8));
    CHECK(NtQueryInformationFile(file, &done, &info, 8, 0x22) == (NTSTATUS)0xC0000004);
    CHECK(NtQueryInformationFile(file, &done, &info, 8, 0x7F) == (NTSTATUS)0xC0000003);
    CHECK(NtQueryVolumeInformationFile(file, &done, size_of_disk, 24, 3) == 0);
    CHECK(size_of_disk[0] >= size_of_disk[1] && (u32)size_of_disk[2] == 0x200);
    CHECK(NtFlushBuffersFile(file, &done) == 0);
    NtClose(file);
    CHECK(NtQueryFullAttributesFile(named("cache:\\SIZE.bin"), &info) == 0);
    CHECK(info.size == 8 && !(info.attributes & FILE_FOLDER));
}

static void sharing(void)
{
    HANDLE file = make("cache:\\alone.dat"), other;

    CHECK(create("cache:\\alone.dat", &other, GENERIC_READ, ALL_SHARE, FILE_OPEN, 0) ==
          STATUS_SHARING_VIOLATION);
    CHECK(create("cache:\\alone.dat", &other, ACCESS_SYNC, 0, FILE_OPEN, 0) == 0);
    NtClose(other);
    NtClose(file);
    CHECK(create("cache:\\alone.dat", &file, GENERIC_READ, SHARE_READ, FILE_OPEN, 0) == 0);
    CHECK(create("cache:\\alone.dat", &other, GENERIC_READ, SHARE_READ, FILE_OPEN, 0) == 0);
    NtClose(other);
    CHECK(create("cache:\\alone.dat", &other, GENERIC_READ, 0, FILE_OPEN, 0) ==
          STATUS_SHARING_VIOLATION);
    CHECK(create("cache:\\alone.dat", &other, GENERIC_WRITE, ALL_SHARE, FILE_OPEN, 0) ==
          STATUS_SHARING_VIOLATION);
    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, "x", 1, NULL) == STATUS_ACCESS_DENIED);
    NtClose(file);
}

static HANDLE open_folder(const char *name)
{
    HANDLE folder;

    CHECK(create(name, &folder, ACCESS_SYNC | 1, 3, FILE_OPEN, OPTION_SYNC | OPTION_FOLDER) == 0);
    return folder;
}

/* How many names there are, by the first letters of each in order. */
static u32 list(HANDLE folder, struct ansi_string *mask, char *letters)
{
    struct file_directory entry;
    u32 n = 0;
    NTSTATUS status;

    for (status =
             NtQueryDirectoryFile(folder, 0, NULL, NULL, &done, &entry, sizeof(entry), mask, 1);
         status == 0; status = NtQueryDirectoryFile(folder, 0, NULL, NULL, &done, &entry,
                                                    sizeof(entry), NULL, 0))
        letters[n++] = entry.name[0];
    letters[n] = '\0';
    CHECK(status == (n ? STATUS_NO_MORE_FILES : STATUS_NO_SUCH_FILE));
    return n;
}

static void folders(void)
{
    struct ansi_string all = {0, 0, NULL}, some = text_of("*.TXT"), none = text_of("*.none");
    HANDLE folder, file;
    char letters[16];

    CHECK(create("cache:\\dir", &folder, ACCESS_SYNC, 3, FILE_CREATE, OPTION_FOLDER) == 0);
    NtClose(folder);
    NtClose(make("cache:\\dir\\c.txt"));
    NtClose(make("cache:\\dir\\B.txt"));
    NtClose(make("cache:\\dir\\a.dat"));
    folder = open_folder("cache:\\dir\\");
    CHECK(list(folder, &all, letters) == 3 && same(letters, "aBc", 4));
    CHECK(list(folder, &some, letters) == 2 && same(letters, "Bc", 3));
    CHECK(list(folder, &none, letters) == 0);
    CHECK(create("cache:\\dir", &file, GENERIC_READ, 3, FILE_OPEN, OPTION_NO_FOLDER) ==
          STATUS_FILE_IS_A_DIRECTORY);
    CHECK(create("cache:\\dir\\a.dat", &file, GENERIC_READ, 3, FILE_OPEN, OPTION_FOLDER) ==
          STATUS_NOT_A_DIRECTORY);
    name_string = text_of("a.dat");
    name_attributes = (struct object_attributes){folder, &name_string, 0x40};
    CHECK(NtOpenFile(&file, GENERIC_READ, &name_attributes, &done, 3, 0) == 0);
    NtClose(file);
    NtClose(folder);
}

static void renaming(void)
{
    struct file_rename rename = {0, ROOT_DOS_DEVICES, text_of("cache:\\dir\\d.dat")};
    HANDLE file = make("cache:\\moves.dat");
    struct file_network_open info;

    CHECK(NtWriteFile(file, 0, NULL, NULL, &done, "here", 4, NULL) == 0);
    CHECK(NtSetInformationFile(file, &done, &rename, sizeof(rename), 0xA) == 0);
    NtClose(file);
    CHECK(NtQueryFullAttributesFile(named("cache:\\moves.dat"), &info) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(NtQueryFullAttributesFile(named("cache:\\dir\\D.DAT"), &info) == 0 && info.size == 4);
    file = make("cache:\\moves.dat");
    CHECK(NtSetInformationFile(file, &done, &rename, sizeof(rename), 0xA) ==
          STATUS_OBJECT_NAME_COLLISION);
    rename.replace = 0x01000000;
    CHECK(NtSetInformationFile(file, &done, &rename, sizeof(rename), 0xA) == 0);
    NtClose(file);
    CHECK(NtQueryFullAttributesFile(named("cache:\\dir\\d.dat"), &info) == 0 && info.size == 0);
}

static void deleting(void)
{
    HANDLE file = make("cache:\\gone.dat"), other;
    struct file_network_open info;
    u8 yes = 1;

    CHECK(NtSetInformationFile(file, &done, &yes, 1, 0xD) == 0);
    CHECK(create("cache:\\gone.dat", &other, ACCESS_SYNC, 7, FILE_OPEN, 0) ==
          STATUS_DELETE_PENDING);
    NtClose(file);
    CHECK(NtQueryFullAttributesFile(named("cache:\\gone.dat"), &info) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(create("cache:\\gone.dat", &file, GENERIC_WRITE | ACCESS_DELETE, 0, FILE_CREATE,
                 OPTION_DELETE) == 0);
    NtClose(file);
    CHECK(NtDeleteFile(named("cache:\\gone.dat")) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(create("cache:\\dir", &file, ACCESS_DELETE, 7, FILE_OPEN, OPTION_FOLDER) == 0);
    CHECK(NtSetInformationFile(file, &done, &yes, 1, 0xD) == STATUS_DIRECTORY_NOT_EMPTY);
    NtClose(file);
}

static void pages(void)
{
    void *page[3] = {buffer + 0x2000, buffer, buffer + 0x5000};
    HANDLE file = make("cache:\\pages.bin");
    u64 at = 0;

    CHECK(NtWriteFileGather(file, 0, NULL, NULL, &done, page, 0x2800, &at) == 0);
    CHECK(done.information == 0x2800);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, again, 0x2800, &at) == 0);
    CHECK(same(again, buffer + 0x2000, 0x1000) && same(again + 0x1000, buffer, 0x1000) &&
          same(again + 0x2000, buffer + 0x5000, 0x800));
    page[0] = again + 0x8000;
    page[1] = again + 0x4000;
    page[2] = again + 0x6000;
    CHECK(NtReadFileScatter(file, 0, NULL, NULL, &done, page, 0x2800, &at) == 0);
    CHECK(same(again + 0x4000, buffer, 0x1000) && same(again + 0x8000, buffer + 0x2000, 0x1000));
    NtClose(file);
}

int main(void)
{
    missing();
    dispositions();
    read_and_write();
    sizes();
    sharing();
    folders();
    renaming();
    deleting();
    pages();
    return verdict();
}
