/* Files as objects: what is open, and how. The file system itself is vfs/vfs.h; requests that take
 * their time are io.h. A file object's body is the console's FILE_OBJECT, whose event is what
 * waiting for a file waits for. */
#ifndef XE_KERNEL_CORE_FILE_H
#define XE_KERNEL_CORE_FILE_H

#include "kernel/core/object.h"
#include "vfs/vfs.h"
#include "xe/files.h"

/* Source: access rights, sharing and options of NtCreateFile as Windows documents them. */
enum {
    XE_FILE_READ = 0x00000001,
    XE_FILE_WRITE = 0x00000002,
    XE_FILE_APPEND = 0x00000004,
    XE_FILE_WRITE_ATTRIBUTES = 0x00000100,
    XE_FILE_DELETE = 0x00010000,
    XE_FILE_SYNCHRONIZE = 0x00100000,
    XE_FILE_GENERIC_ALL = 0x10000000,
    XE_FILE_GENERIC_EXECUTE = 0x20000000,
    XE_FILE_GENERIC_WRITE = 0x40000000,
    XE_FILE_MAXIMUM = 0x02000000,
    XE_FILE_GENERIC_READ = (int)0x80000000u,

    XE_FILE_SHARE_READ = 1,
    XE_FILE_SHARE_WRITE = 2,
    XE_FILE_SHARE_DELETE = 4,

    XE_FILE_OPTION_FOLDER = 0x00000001,
    XE_FILE_OPTION_NO_BUFFER = 0x00000008,
    XE_FILE_OPTION_SYNC_ALERT = 0x00000010,
    XE_FILE_OPTION_SYNC = 0x00000020,
    XE_FILE_OPTION_NO_FOLDER = 0x00000040,
    XE_FILE_OPTION_DELETE = 0x00001000,
    XE_FILE_OPTION_VOLUME = 0x00800000, /* only free space is asked for */
};

/* FILE_OBJECT. Source: doc/facts/kernel-structs.md, section 3. */
enum {
    XE_X_FILE_TYPE = 0x00,
    XE_X_FILE_STATUS = 0x10,
    XE_X_FILE_OFFSET = 0x14,
    XE_X_FILE_LOCK = 0x28,
    XE_X_FILE_EVENT = 0x38,
    XE_X_FILE_SIZE = 0x68,
};

struct xe__file {
    struct xe_vfs_node *node; /* opened; NULL: not loaded yet */
    uint32_t access, share, options;
    uint64_t position;
    bool closed;    /* its last handle is */
    bool searching; /* the pattern is set */
    bool found;     /* something, or that there is nothing */
    char pattern[XE_VFS_NAME_MAX + 1], last[XE_VFS_NAME_MAX + 1];
    struct xe_object *port; /* completions go there; reference held */
    uint32_t port_key;
    uint32_t pending; /* requests under way */
};

extern const struct xe_object_type xe_object_file_type;

/* Mount a folder, or the container in it, as a drive of the console (xe/drives.def), with its
 * links; and as empty ones those that are always there, if nothing else is. Before a title is
 * loaded. */
bool xe_kernel_mount(struct xe_kernel *kernel, const struct xe_mount *mount,
                     const struct xe_files *files, struct xe_error *err);
bool xe_kernel_mount_scratch(struct xe_kernel *kernel, struct xe_error *err);
void xe__kernel_drives_close(struct xe_kernel *kernel);

/* Open a node as a file: takes its opening in any case. The status says that others who have it
 * open do not share it so, or that memory is out. access holds no generic rights. */
uint32_t xe_kernel_file_create(struct xe_kernel *kernel, struct xe_vfs_node *node, uint32_t access,
                               uint32_t share, uint32_t options, struct xe_object **ret);
/* Would it be shared? Nothing is opened. */
uint32_t xe_kernel_file_check_share(const struct xe_vfs_node *node, uint32_t access,
                                    uint32_t share);
/* Where the next read or write begins, for the guest's view of it, too. */
void xe_kernel_file_seek(struct xe_object *file, uint64_t position);
/* Of a synchronous file calls return when they are done. */
static inline bool xe_kernel_file_waits(const struct xe__file *file)
{
    return file->options & (XE_FILE_OPTION_SYNC | XE_FILE_OPTION_SYNC_ALERT);
}

/* What a result of the file system is to the guest. */
uint32_t xe_kernel_file_status(enum xe_vfs_result result);

/* The last handle is closed: pending requests are cancelled, the name goes if it is to. */
void xe__kernel_file_closed(struct xe_object *object);
void xe__kernel_file_state(struct xe_codec *c, struct xe_object *object);

#endif
