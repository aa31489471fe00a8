/* HLE exports: how a guest call to a kernel export reaches a C function and how that answers.
 *
 * xboxkrnl.def, xam.def and xbdm.def list every export that exists. A file that implements some
 * ends with a table of XE_HLE rows; families/families.c lists the families that they belong to.
 * An export without a row is a stub: a counted, logged, structured event, answered by the failure
 * of the type that it returns (returns.def), never a silent success.
 *
 * A handler fetches arguments only through the getters (they know registers, stack and bounds),
 * calls a host function that can be tested without a CPU, and sets the result. A handler whose call
 * must block starts a wait (dispatcher.h) and returns; the thread's r3 is set when the wait ends.
 */
#ifndef XE_KERNEL_HLE_HLE_H
#define XE_KERNEL_HLE_HLE_H

#include "cpu/cpu.h"
#include "mem/mem.h"
#include "xe/coverage.h"
#include "xe/kernel.h"

struct xe_object; /* kernel/object.h */
struct xe_thread; /* kernel/thread.h */

enum xe_hle_module { XE_HLE_XBOXKRNL, XE_HLE_XAM, XE_HLE_XBDM, XE_HLE_MODULES };

enum xe_hle_returns {
#define RETURNS(name, answer, r3, says) XE_HLE_RETURNS_##name,
#include "kernel/hle/returns.def"
#undef RETURNS
};

/* One export call in progress; lives for the handler's call only. */
struct xe_call {
    struct xe_kernel *kernel;
    struct xe_mem *mem;
    struct xe_cpu *cpu;       /* the caller's registers; pc is behind the entry word */
    struct xe_thread *thread; /* the caller                                          */
    const struct xe_hle *row;
    const struct xe_ask_row *ask; /* NULL: it does more than asking */
    void *self;                   /* what the row's family keeps; NULL if that is nothing */
    uint32_t lr;                  /* guest return address                                */
};

struct xe_hle {
    enum xe_hle_module module;
    uint16_t ordinal;
    const char *name;
    void (*handler)(struct xe_call *call);
    const char
        *signature; /* "event:KEVENT* increment:s32 wait:bool -> s32": drives tracing, reports
                     * and docs. Types: u8 u16 u32 u64 s32 s64 bool ptr handle status cstr
                     * wstr NAME* (pointer to guest struct) f64 ... (varargs); "-> void" */
};

/* The ordinals, made of the .def files: XE_ORD_XBOXKRNL_KeSetEvent = 0x09D ... */
enum {
#define EXPORT(ordinal, name, kind, returns) XE_ORD_XBOXKRNL_##name = (ordinal),
#include "kernel/hle/xboxkrnl.def"
#undef EXPORT
#define EXPORT(ordinal, name, kind, returns) XE_ORD_XAM_##name = (ordinal),
#include "kernel/hle/xam.def"
#undef EXPORT
#define EXPORT(ordinal, name, kind, returns) XE_ORD_XBDM_##name = (ordinal),
#include "kernel/hle/xbdm.def"
#undef EXPORT
};

#define XE_HLE(mod, export, fn, sig)                                                               \
    {                                                                                              \
        .module = XE_HLE_##mod, .ordinal = XE_ORD_##mod##_##export, .name = #export,               \
        .handler = (fn), .signature = (sig)                                                        \
    }
#define XE_HLE_END                                                                                 \
    {                                                                                              \
        .handler = NULL                                                                            \
    }

/* Arguments by position (0 = r3). The ninth and later lie in 8-byte slots of the caller's stack
 * from r1 + 0x50 on (a 32-bit value in a slot's second half); unreadable stack gives 0. */
uint64_t xe_arg_u64(const struct xe_call *call, unsigned n);
static inline uint32_t xe_arg_u32(const struct xe_call *call, unsigned n)
{
    return (uint32_t)xe_arg_u64(call, n);
}
static inline int32_t xe_arg_s32(const struct xe_call *call, unsigned n)
{
    return (int32_t)xe_arg_u64(call, n);
}
static inline xe_gva xe_arg_gva(const struct xe_call *call, unsigned n)
{
    return (xe_gva)xe_arg_u64(call, n);
}
/* Copy a guest string of at most size-1 bytes; false (and "" ) when it is not readable. A longer
 * one is cut. */
bool xe_arg_cstr(const struct xe_call *call, unsigned n, char *text, size_t size);
/* Host view of n bytes at a pointer argument, NULL when the pointer is 0 or not committed. */
const void *xe_arg_view(const struct xe_call *call, unsigned n, uint32_t size);
void *xe_arg_view_rw(const struct xe_call *call, unsigned n, uint32_t size);

/* Results. A status is sign-extended as the real kernel's compiled code leaves it. */
void xe_ret_u32(struct xe_call *call, uint32_t value); /* zero-extended */
void xe_ret_s32(struct xe_call *call, int32_t value);  /* sign-extended */
void xe_ret_u64(struct xe_call *call, uint64_t value);
void xe_ret_status(struct xe_call *call, uint32_t status);

/* Log with this call's export name and lr in front. */
void xe_kernel_call_guest_error(const struct xe_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A family of exports, and what it keeps in an instance. The functions are NULL where that is
 * nothing. */
struct xe_family {
    const char *name;
    const struct xe_hle *exports;              /* ended by XE_HLE_END    */
    void *(*create)(struct xe_kernel *kernel); /* NULL: out of memory    */
    void (*destroy)(void *self);
    void (*state)(struct xe_codec *c, void *self); /* base/codec.h; what reports alone ask for goes
                                                    * beside */
    void (*totals)(const void *self, struct xe_kernel_totals *ret); /* adds what it counts; may be
                                                                     * NULL */
    /* Visits the objects that it holds a reference of; may be NULL. */
    void (*holds)(const void *self, void (*fn)(void *ctx, const struct xe_object *object),
                  void *ctx);
};

/* All families, NULL terminated (families/families.c). */
extern const struct xe_family *const xe_families[];

/* families/file_coverage.c: information classes and control codes of files, and whether each is
 * there. */
void xe_kernel_coverage_files(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx);

/* What a family keeps, for others than its own handlers. */
void *xe_kernel_family_self(const struct xe_kernel *kernel, const struct xe_family *family);

/* An export by which code of the title signals an object: its first argument. */
struct xe_hle_signals {
    const char *name;
    uint32_t classes; /* bits by enum xe_object_class: what it can signal */
    bool pointer;     /* it takes the object's address, not a handle      */
};

/* The same of the export whose entry is at an address; NULL: it isn't one of those. */
const struct xe_hle_signals *xe_hle_signals_at(const struct xe_kernel *kernel, xe_gva address);

/* The .def's name and kind of an export; NULL for no such. */
const char *xe_hle_name(enum xe_hle_module module, uint32_t ordinal, bool *ret_variable);

#endif
