/* Modules: the title and the libraries beside it, each an LDR entry in guest memory, which is its
 * handle, and a record here of what the guest can't be trusted with (where it lies, what it
 * imports, what is still to be called).
 *
 * An entry stands in the guest's three lists, and its LoadCount there is the truth: titles are
 * known to write it. A module goes when its count is 0, or when nobody who stays needs it: then it
 * has no more references than the modules have that go with it. So libraries that import each other
 * in a circle go, too.
 *
 * Entries of libraries are called on the thread that loads, starts or ends, one after the other;
 * what comes next is kept with the guest call (struct xe_module_step), for it is state.
 * Source: doc/facts/modules.md, sections 1 to 5; NT's loader, where those say nothing.
 *
 * One thread loads or unloads at a time (module_lock.c). */
#ifndef XE_KERNEL_CORE_MODULE_H
#define XE_KERNEL_CORE_MODULE_H

#include "xe/image.h"
#include "xe/kernel.h"

struct xe_codec;
struct xe_guest_call;
struct xe_kernel;
struct xe_thread;

#define XE_MODULES        128u /* loaded at once, and imported by one */
#define XE_MODULE_IMPORTS 32u

/* Arguments of XexLoadImage, and flags of headers. Source: doc/facts/modules.md, section 2. */
#define XE_MODULE_TITLE   0x00000001u
#define XE_MODULE_LIBRARY 0x00000008u
#define XE_MODULE_PATCH   0x00000070u

/* Why an entry is called: r4. */
enum xe_module_reason {
    XE_MODULE_DETACH,
    XE_MODULE_ATTACH,
    XE_MODULE_THREAD_ATTACH,
    XE_MODULE_THREAD_DETACH,
    XE_MODULE_REASONS
};

struct xe_module {
    char name[XE_MODULE_NAME];
    uint32_t id; /* in the order of loading, from 1 */
    enum xe_module_state state;
    uint32_t flags; /* as it was loaded with                        */
    uint32_t order; /* of initialisation: who is imported is before */
    uint32_t batch; /* the load or unload that is going on with it  */
    xe_gva ldr, base, entry, headers;
    xe_gva exports; /* the table by ordinal; 0: none                */
    uint32_t size;
    uint32_t import[XE_MODULE_IMPORTS]; /* ids of modules */
    uint32_t imports;
    bool attached;      /* its entry has answered ATTACH, */
    uint32_t result;    /* so                             */
    uint8_t sha256[32]; /* of its file */
};

/* What goes on when the entry that was called has returned. */
struct xe_module_step {
    enum xe_module_reason reason;
    uint32_t module; /* whose entry it is                                       */
    uint32_t root;   /* ATTACH: who was asked for                               */
    uint32_t batch;
    uint32_t status; /* DETACH: what the call that led to it returns            */
    xe_gva out;      /* ATTACH: where the handle goes; 0: nowhere               */
    uint32_t result; /* r3 of the entry                                         */
    uint32_t place;  /* THREAD_...: how far it is, an id or an order            */
    bool starts;     /* before the title's first instruction: nothing returns   */
    bool ends;       /* the thread ends behind it, with this code               */
    bool process;    /* DETACH: of a title that ends; nothing is unmapped       */
    uint32_t code;
};

/* ---- module.c: the list -----------------------------------------------------------------------
 */

struct xe_module *xe_kernel_module_by_handle(const struct xe_kernel *kernel, xe_gva handle);
struct xe_module *xe_kernel_module_by_name(const struct xe_kernel *kernel, const char *path);
struct xe_module *xe_kernel_module_by_id(const struct xe_kernel *kernel, uint32_t id);
/* Whose image an address is in; NULL: none. */
struct xe_module *xe_kernel_module_holding(const struct xe_kernel *kernel, xe_gva address);
/* The newest that was loaded as an executable beside the title; NULL: none. */
const struct xe_module *xe_kernel_module_executable(const struct xe_kernel *kernel);
/* The entry of "xboxkrnl.exe" or "xam.xex", which have no image here; 0: no such. */
xe_gva xe_kernel_module_own(uint32_t hle_module);
/* The address of an export; 0: none. */
xe_gva xe_kernel_module_export(const struct xe_kernel *kernel, const struct xe_module *module,
                               uint32_t ordinal);
/* A module's version as its headers in guest memory say; 0: they don't. */
uint32_t xe_kernel_module_version(const struct xe_kernel *kernel, const struct xe_module *module);
/* The last part of a guest path. */
const char *xe_kernel_module_base_name(const char *path);

/* ---- module_load.c ----------------------------------------------------------------------------
 */

struct xe_module_request {
    const char *path;
    const void *bytes; /* the file; NULL: it is looked for by its path */
    uint32_t size;
    uint32_t flags;
    uint32_t version; /* the oldest that will do; 0: any */
    xe_gva out;       /* where the handle goes; may be 0 */
};

/* On the running thread, in an export call: its r3 is set then or, if entries are to be called
 * before, when they have returned. */
void xe_kernel_module_load(struct xe_thread *thread, const struct xe_module_request *request);
/* ends: the thread ends behind it. */
void xe_kernel_module_unload(struct xe_thread *thread, struct xe_module *module, bool ends,
                             uint32_t code);

/* ---- module_lock.c ----------------------------------------------------------------------------
 */

/* Where the critical section lies that loading and unloading take. */
xe_gva xe_kernel_loader_lock(void);

/* ---- module_file.c ----------------------------------------------------------------------------
 */

/* The path of a title's by devices: beside its executable, if it says no place. false: too long. */
bool xe_kernel_module_resolve(struct xe_kernel *kernel, const char *path, char *ret, size_t size);
/* The bytes of a file by the path that a title has for it (owned by the caller); NULL: none there,
 * or it can't be read, which is logged. */
void *xe_kernel_module_read(struct xe_kernel *kernel, const char *path, uint32_t *ret_size);
/* The first bytes of one, at most so many. How many there are; 0: it can't be read. */
uint32_t xe_kernel_module_head(struct xe_kernel *kernel, const char *path, void *bytes,
                               uint32_t size);
/* The same of the patch that a mounted update has for this file of the title's own; NULL: none. */
void *xe_kernel_module_read_update(struct xe_kernel *kernel, const char *path, uint32_t *ret_size);

#endif
