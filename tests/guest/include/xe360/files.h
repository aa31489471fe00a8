/* Files, for titles. Layouts and numbers are those that Windows documents. */
#ifndef XE360_FILES_H
#define XE360_FILES_H

#include <xe360/kernel.h>

#define ROOT_DOS_DEVICES 0xFFFFFFFDu

enum { FILE_SUPERSEDE, FILE_OPEN, FILE_CREATE, FILE_OPEN_IF, FILE_OVERWRITE, FILE_OVERWRITE_IF };
enum {
    FILE_SUPERSEDED,
    FILE_OPENED,
    FILE_CREATED,
    FILE_OVERWRITTEN,
    FILE_EXISTS,
    FILE_DOES_NOT_EXIST
};

#define GENERIC_READ     0x80000000u
#define GENERIC_WRITE    0x40000000u
#define ACCESS_DELETE    0x00010000u
#define ACCESS_SYNC      0x00100000u
#define SHARE_READ       1u
#define SHARE_WRITE      2u
#define SHARE_DELETE     4u
#define OPTION_FOLDER    0x00000001u
#define OPTION_SYNC      0x00000020u
#define OPTION_NO_FOLDER 0x00000040u
#define OPTION_DELETE    0x00001000u

#define FILE_FOLDER 0x10u

#define STATUS_BUFFER_OVERFLOW       ((NTSTATUS)0x80000005)
#define STATUS_NO_MORE_FILES         ((NTSTATUS)0x80000006)
#define STATUS_NO_SUCH_FILE          ((NTSTATUS)0xC000000F)
#define STATUS_END_OF_FILE           ((NTSTATUS)0xC0000011)
#define STATUS_ACCESS_DENIED         ((NTSTATUS)0xC0000022)
#define STATUS_OBJECT_NAME_INVALID   ((NTSTATUS)0xC0000033)
#define STATUS_OBJECT_NAME_NOT_FOUND ((NTSTATUS)0xC0000034)
#define STATUS_OBJECT_NAME_COLLISION ((NTSTATUS)0xC0000035)
#define STATUS_OBJECT_PATH_NOT_FOUND ((NTSTATUS)0xC000003A)
#define STATUS_SHARING_VIOLATION     ((NTSTATUS)0xC0000043)
#define STATUS_DELETE_PENDING        ((NTSTATUS)0xC0000056)
#define STATUS_FILE_IS_A_DIRECTORY   ((NTSTATUS)0xC00000BA)
#define STATUS_DIRECTORY_NOT_EMPTY   ((NTSTATUS)0xC0000101)
#define STATUS_NOT_A_DIRECTORY       ((NTSTATUS)0xC0000103)
#define STATUS_CANCELLED             ((NTSTATUS)0xC0000120)

struct file_network_open {
    u64 created, accessed, written, changed, allocated, size;
    u32 attributes, pad;
};

struct file_directory {
    u32 next, index;
    u64 created, accessed, written, changed, size, allocated;
    u32 attributes, length;
    char name[256];
};

struct file_rename {
    u32 replace;
    HANDLE root;
    struct ansi_string name;
};

typedef void io_apc(void *context, struct io_status_block *status, u32 reserved);

NTSTATUS NtCreateFile(HANDLE *file, u32 access, struct object_attributes *attributes,
                      struct io_status_block *status, u64 *size, u32 file_attributes, u32 share,
                      u32 disposition, u32 options);
NTSTATUS NtOpenFile(HANDLE *file, u32 access, struct object_attributes *attributes,
                    struct io_status_block *status, u32 share, u32 options);
NTSTATUS NtReadFile(HANDLE file, HANDLE event, io_apc *apc, void *context,
                    struct io_status_block *status, void *buffer, u32 size, const u64 *offset);
NTSTATUS NtReadFileScatter(HANDLE file, HANDLE event, io_apc *apc, void *context,
                           struct io_status_block *status, void *const *pages, u32 size,
                           const u64 *offset);
NTSTATUS NtWriteFile(HANDLE file, HANDLE event, io_apc *apc, void *context,
                     struct io_status_block *status, const void *buffer, u32 size,
                     const u64 *offset);
NTSTATUS NtWriteFileGather(HANDLE file, HANDLE event, io_apc *apc, void *context,
                           struct io_status_block *status, void *const *pages, u32 size,
                           const u64 *offset);
NTSTATUS NtQueryInformationFile(HANDLE file, struct io_status_block *status, void *info, u32 size,
                                u32 class);
NTSTATUS NtSetInformationFile(HANDLE file, struct io_status_block *status, const void *info,
                              u32 size, u32 class);
NTSTATUS NtQueryVolumeInformationFile(HANDLE file, struct io_status_block *status, void *info,
                                      u32 size, u32 class);
NTSTATUS NtQueryDirectoryFile(HANDLE file, HANDLE event, io_apc *apc, void *context,
                              struct io_status_block *status, struct file_directory *info, u32 size,
                              struct ansi_string *mask, u32 restart);
NTSTATUS NtQueryFullAttributesFile(struct object_attributes *attributes,
                                   struct file_network_open *info);
NTSTATUS NtDeleteFile(struct object_attributes *attributes);
NTSTATUS NtFlushBuffersFile(HANDLE file, struct io_status_block *status);
NTSTATUS NtDeviceIoControlFile(HANDLE file, HANDLE event, io_apc *apc, void *context,
                               struct io_status_block *status, u32 code, void *in, u32 in_size,
                               void *out, u32 out_size);
NTSTATUS NtCancelIoFile(HANDLE file, struct io_status_block *status);

#endif
