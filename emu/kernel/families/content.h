/* Content: packages of a title, by device, profile, title, type and name. Those that titles write
 * are folders of what lies over a drive, so they are state, within its quota:
 * Content\<profile>\<title>\<type>\<name>, with `data`, what the title sees, `head`, what it is
 * called, and `picture`. A console has one file there; who looks at a drive sees the difference.
 * Those that were given (kernel/core/given.h) are mounted, and can't be deleted. */
#ifndef XE_KERNEL_FAMILIES_CONTENT_H
#define XE_KERNEL_FAMILIES_CONTENT_H

#include "kernel/core/given.h"
#include "kernel/families/file.h"

#define XE__CONTENT_NAME_MAX 42u
#define XE__CONTENT_PLACE    192u
#define XE__CONTENT_ROOT_MAX 31u
#define XE__CONTENT_ROOTS    64u /* open at once */
#define XE__CONTENT_PICTURE  0x4000u

/* XCONTENT_DATA, and what an XCONTENT_AGGREGATE_DATA has behind it. Source:
 * doc/facts/kernel-calls.md, section 11. */
enum {
    XE_X_CONTENT_DEVICE = 0x000,
    XE_X_CONTENT_TYPE = 0x004,
    XE_X_CONTENT_TEXT = 0x008, /* 128 units */
    XE_X_CONTENT_NAME = 0x108,
    XE_X_CONTENT_SIZE = 0x134,
    XE_X_CONTENT_XUID = 0x138,
    XE_X_CONTENT_TITLE = 0x140,
    XE_X_CONTENT_AGGREGATE_SIZE = 0x148,
};

enum {
    XE__CONTENT_SAVED_GAME = 1,
    XE__CONTENT_NOT_COMMON = 0x1000, /* a flag of enumerators */
};

enum {
    XE__ERROR_FILE_NOT_FOUND = 2,
    XE__ERROR_PATH_NOT_FOUND = 3,
    XE__ERROR_ACCESS_DENIED = 5,
    XE__ERROR_OUTOFMEMORY = 0xE,
    XE__ERROR_WRITE_PROTECT = 0x13,
    XE__ERROR_INVALID_PARAMETER = 0x57,
    XE__ERROR_DISK_FULL = 0x70,
    XE__ERROR_INSUFFICIENT_BUFFER = 0x7A,
    XE__ERROR_ALREADY_EXISTS = 0xB7,
    XE__ERROR_DEVICE_NOT_CONNECTED = 0x48F,
    XE__ERROR_NO_SUCH_USER = 0x525,
    XE__ERROR_FUNCTION_FAILED = 0x65B,
};

/* A drive that packages can be on. */
struct xe__content_device {
    uint32_t id, type;
    const char *device, *name;
};

/* The n-th that there is; NULL: no more. */
const struct xe__content_device *xe__content_device(const struct xe_kernel *kernel, uint32_t n);
/* The mount of an id; 0 is the hard disk's. NULL: there is none. */
struct xe_vfs_mount *xe__content_mount(const struct xe_kernel *kernel, uint32_t id);

struct xe__content_key {
    uint32_t device, type, title;
    uint64_t xuid; /* 0: everybody's */
    char name[XE__CONTENT_NAME_MAX + 1];
};

struct xe__content {
    const struct xe_given *given;  /* NULL: one that a title wrote                  */
    struct xe_vfs_node *folder;    /* opened: its folder; NULL: given, or not there */
    char place[XE__CONTENT_PLACE]; /* what a root leads to                          */
};

/* Find it: an error that no more than that it isn't there is XE__ERROR_FILE_NOT_FOUND, with its
 * place. To be let go of. */
uint32_t xe__content_find(struct xe_call *call, const struct xe__content_key *key,
                          struct xe__content *ret);
void xe__content_done(struct xe__content *content);
/* One that wasn't there, with this data of the title's. */
uint32_t xe__content_make(struct xe_call *call, const struct xe__content_key *key,
                          const uint8_t data[XE_X_CONTENT_SIZE]);
/* Take away what a package has (`data` alone), or all of it. */
uint32_t xe__content_clear(struct xe_call *call, const struct xe__content *content, bool all);
/* A small file of its folder: head, picture. Up to n bytes; how many it has, 0: none. */
uint32_t xe__content_read(const struct xe__content *content, const char *name, uint8_t *bytes,
                          uint32_t n);
uint32_t xe__content_write(struct xe_call *call, const struct xe__content *content,
                           const char *name, const uint8_t *bytes, uint32_t n);

/* Visit those of a device, type and title that a profile has, by name; fn gets their XCONTENT_DATA.
 */
typedef void xe__content_visit(void *ctx, const struct xe__content_key *key,
                               const uint8_t data[XE_X_CONTENT_SIZE]);
void xe__content_kept(struct xe_call *call, const struct xe__content_key *like,
                      xe__content_visit *fn, void *ctx);
void xe__content_given(const struct xe_kernel *kernel, const struct xe__content_key *like,
                       xe__content_visit *fn, void *ctx);
/* The error that a result of the file system is. */
uint32_t xe__content_error(enum xe_vfs_result result);

/* Roots that lead to packages: what the family keeps. */
struct xe__content_root {
    char name[XE__CONTENT_ROOT_MAX + 1];
    char place[XE__CONTENT_PLACE];
};
struct xe__contents {
    struct xe__content_root root[XE__CONTENT_ROOTS];
    uint32_t count;
};
void xe__kernel_contents_state(struct xe_codec *c, void *self);

extern const struct xe_family xe_family_content;
extern const struct xe_hle xe_hle_content_list[];

#endif
