/* What the families share that handle files: from names to nodes, opening, the guest's structures.
 */
#ifndef XE_KERNEL_FAMILIES_FILE_H
#define XE_KERNEL_FAMILIES_FILE_H

#include "kernel/core/file.h"
#include "kernel/core/io.h"
#include "kernel/hle/hle_internal.h"

/* Dispositions of NtCreateFile, and what it says that it did. Source: Windows' documentation. */
enum {
    XE__FILE_SUPERSEDE,
    XE__FILE_OPEN,
    XE__FILE_CREATE,
    XE__FILE_OPEN_IF,
    XE__FILE_OVERWRITE,
    XE__FILE_OVERWRITE_IF,
    XE__FILE_DISPOSITIONS
};
enum {
    XE__FILE_SUPERSEDED,
    XE__FILE_OPENED,
    XE__FILE_CREATED,
    XE__FILE_OVERWRITTEN,
    XE__FILE_EXISTS,
    XE__FILE_DOES_NOT_EXIST
};

#define XE__FILE_PATH        1024u
#define XE__FILE_NAME_LENGTH 42u /* of what a title makes. Source: FATX, doc/containers.md */

/* Where a name leads: a path from a node on. */
struct xe__file_place {
    struct xe_vfs_node *from; /* borrowed */
    char path[XE__FILE_PATH];
    char name[XE_OBJECT_NAME_MAX + 1]; /* as the title gave it, for reports */
};

/* Of a name, or of OBJECT_ATTRIBUTES, which may be relative to a folder that is open. The status
 * says what is wrong, or that there is no such device: then it has been told. */
uint32_t xe__kernel_file_place(struct xe_call *call, const char *name, struct xe__file_place *ret);
uint32_t xe__kernel_file_place_at(struct xe_call *call, xe_gva attributes,
                                  struct xe__file_place *ret);
/* The node there, opened. What is not there is told to the report. */
uint32_t xe__kernel_file_find(struct xe_call *call, const struct xe__file_place *place,
                              struct xe_vfs_node **ret);
/* What became of looking for something, told where that is of interest; its status. */
uint32_t xe__kernel_file_result(struct xe_call *call, const struct xe__file_place *place,
                                enum xe_vfs_result result, const struct xe_error *err);

struct xe__file_how {
    uint32_t access, attributes, share, disposition, options;
    int64_t room; /* what it is to have as soon as it is made, or written over */
};
/* NtCreateFile without its arguments. *ret_did as its status block has it, also on failure. */
uint32_t xe__kernel_file_open(struct xe_call *call, const struct xe__file_place *place,
                              const struct xe__file_how *how, struct xe_object **ret,
                              uint32_t *ret_did);

/* The file of a handle argument; NULL after answering the call. */
struct xe_object *xe__kernel_file_arg(struct xe_call *call, unsigned n);
void xe__kernel_file_iosb(struct xe_call *call, xe_gva iosb, uint32_t status, uint32_t information);
/* May it be asked for from there, or so much? */
bool xe__kernel_file_is_whole(const struct xe__file *file, uint64_t offset);
uint64_t xe__kernel_file_allocated(const struct xe_vfs_entry *entry);
void xe__kernel_file_volume(const struct xe_vfs_mount *mount, struct xe_vfs_volume *ret);

/* FILE_NETWORK_OPEN_INFORMATION, and FILE_DIRECTORY_INFORMATION without the name. */
#define XE__FILE_NETWORK_OPEN_SIZE 0x38u
#define XE__FILE_DIRECTORY_SIZE    0x40u
void xe__kernel_file_network_open(struct xe_mem *mem, xe_gva at, const struct xe_vfs_entry *entry);

/* WIN32_FILE_ATTRIBUTE_DATA, with which WIN32_FIND_DATA begins. */
void xe__kernel_file_attribute_data(struct xe_mem *mem, xe_gva at,
                                    const struct xe_vfs_entry *entry);

/* Disposition, rename, sizes: what sets a file's facts, by handle or by Windows' calls. */
uint32_t xe__kernel_file_delete(struct xe_object *file, bool on);
uint32_t xe__kernel_file_rename(struct xe_call *call, struct xe_object *file,
                                const struct xe__file_place *to, bool replace);
uint32_t xe__kernel_file_resize(struct xe_call *call, struct xe_object *file, uint64_t size);

/* A read or write by its place and length; the call is answered but for Windows' part. */
struct xe__file_move {
    struct xe_object *file;
    enum xe_io_op op;
    xe_gva iosb, buffer, apc, apc_context;
    uint32_t key, event, size;
    const uint64_t *offset; /* NULL: where it stands */
    enum xe_wait_end end;   /* as a request's */
};
uint32_t xe__kernel_file_move(struct xe_call *call, const struct xe__file_move *move,
                              bool *ret_waits);

/* Calls whose result is known at once, and told later: file, event, routine, its context and the
 * status block are their first arguments. A request of these; the status says what is wrong. */
uint32_t xe__kernel_file_request(struct xe_call *call, struct xe_object *file,
                                 struct xe_io_request *ret);
/* It ends so; the call is answered, now or when the file has been waited for. */
void xe__kernel_file_finish(struct xe_call *call, struct xe_io_request *request, uint32_t status,
                            uint32_t information);

/* The next entry of a folder that fits; the pattern is kept with the file. */
uint32_t xe__kernel_file_next(struct xe_call *call, struct xe_object *file, const char *pattern,
                              bool restart, struct xe_vfs_entry *ret);

/* Is there a row for it? */
bool xe__kernel_file_has_class(uint32_t class);
bool xe__kernel_file_has_volume_class(uint32_t class);
bool xe__kernel_file_has_control(uint32_t code);

extern const struct xe_hle xe_hle_file_io[], xe_hle_file_info[], xe_hle_file_list[],
    xe_hle_file_volume[], xe_hle_win32_file[], xe_hle_win32_find[];

#endif
