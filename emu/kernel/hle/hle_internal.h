/* Inside the HLE half: export entries, exported variables, and what families keep. */
#ifndef XE_KERNEL_HLE_HLE_INTERNAL_H
#define XE_KERNEL_HLE_HLE_INTERNAL_H

#include "kernel/hle/hle.h"
#include "kernel/core/kernel.h"
#include "xe/coverage.h"
#include "xe/promise.h"

#define XE__HLE_ORDINALS       4096u
#define XE__HLE_ENTRIES        8192u /* 8 bytes each fill the 64 KiB at XE_KERNEL_EXPORTS */
#define XE__HLE_ENTRY_SIZE     8u
#define XE__HLE_OTHERS         (XE_HLE_MODULES) /* index of "a module we do not know" */
#define XE__HLE_OTHERS_MAX     64u
#define XE__HLE_CALLERS        4096u
#define XE__HLE_VARIABLES      64u
#define XE__HLE_VARIABLE_BYTES 0x1000u
#define XE__HLE_FAMILIES       96u

/* The most bytes that one call works through byte by byte (hashes, conversions): what a title can
 * ask for is a fraction of a second of ours. */
#define XE__HLE_SPAN_MAX 0x4000000u

/* One export that has a guest address: all known functions, and what else a title asked for. */
struct xe__hle_entry {
    const char *module; /* static, or in `other` below */
    const char *name;   /* static; "?" if no such ordinal is known */
    uint32_t ordinal;
    const struct xe_hle *row;             /* NULL: a stub */
    const struct xe_hle_signals *signals; /* static; NULL: it signals nothing by itself */
    const struct xe_ask_row *ask;         /* NULL: it does more than asking */
    uint32_t family;                      /* of the row's: index of xe_families */
    bool variable, imported;
    enum xe_hle_returns returns;
    uint64_t calls;
    uint32_t first_lr; /* of the first call */
    uint32_t last_tid, last_lr;
    uint64_t last_cycle, last_result;
};

struct xe__hle_variable {
    uint32_t ordinal;
    xe_gva address;
};

/* families/gpu.c: plug in the graphics chip (false: out of memory), and the chip. */
bool xe__kernel_gpu_add(struct xe_kernel *kernel);
struct xe_gpu *xe__kernel_gpu(const struct xe_kernel *kernel);

struct xe_hle_state {
    struct xe_kernel *kernel;
    struct xe__hle_entry *entry;                      /* owned, XE__HLE_ENTRIES */
    uint32_t entries, known;                          /* known: those of the lists come first */
    uint16_t index[XE_HLE_MODULES][XE__HLE_ORDINALS]; /* entry + 1, 0 = none */
    char other[XE__HLE_OTHERS_MAX][40];               /* names of unknown modules */
    uint32_t others;
    struct {
        uint32_t entry, lr;
    } caller[XE__HLE_CALLERS]; /* stubs reported already */
    uint32_t callers;
    uint64_t stub_calls;
    struct xe__hle_variable variable[XE__HLE_VARIABLES];
    uint32_t variables;
    xe_gva variable_page; /* where small variables go */
    uint32_t variable_used;
    void *self[XE__HLE_FAMILIES]; /* owned: what each family keeps, as in xe_families */
};

/* A call stored where the title may not write (core/refused.c). returns: it returns to its caller,
 * as far as its handler goes. */
void xe__kernel_call_refused(struct xe_call *call, xe_gva at, bool returns);

static inline struct xe_hle_state *xe__hle(const struct xe_call *call)
{
    return xe_kernel_hle(call->kernel);
}

/* The guest address to call for an export; 0 for a variable or when the table is full. Makes an
 * entry for ordinals that no list knows. module: enum xe_hle_module, or XE__HLE_OTHERS with a name.
 */
xe_gva xe__hle_function(struct xe_hle_state *hle, uint32_t module, const char *name,
                        uint32_t ordinal);
struct xe__hle_entry *xe__hle_entry_of(struct xe_hle_state *hle, uint32_t module, const char *name,
                                       uint32_t ordinal);
/* "xboxkrnl.exe", "XAM" ... to a module index; XE__HLE_OTHERS if it is none of ours. */
uint32_t xe__hle_module(const char *name);

/* signals.c */
void xe__hle_signals_init(struct xe_hle_state *hle);

/* Guest address of an exported variable, placing it at first use. */
xe_gva xe__hle_variable(struct xe_hle_state *hle, uint32_t module, uint32_t ordinal);
void xe__hle_variables_init(struct xe_hle_state *hle);
/* Is it known what the variable holds? What isn't reads as zero. */
bool xe__hle_variable_known(const struct xe_hle_state *hle, uint32_t module, uint32_t ordinal);

/* coverage.c. *ret_lacks: what lacks where it is there in part; *ret_why: why it is missing, where
 * somebody has said that; else NULL. */
enum xe_coverage_state xe__hle_coverage(const struct xe_hle_state *hle,
                                        const struct xe__hle_entry *entry, const char **ret_lacks,
                                        const char **ret_why);

/* promise.c. An export without a handler was called: if it would have promised something,
 * nobody will keep it. */
void xe__hle_stub_promise(const struct xe_call *call, uint32_t module, uint32_t ordinal);
/* A callback was registered, in place of the one before with this token, that nothing in this build
 * calls; 0: none any more. */
void xe__hle_callback_promise(const struct xe_call *call, enum xe_promise_kind kind, uint64_t token,
                              xe_gva callback);
/* Complete an XOVERLAPPED on the spot: fill it, set its event. false: there is none, the call is
 * synchronous. */
bool xe__hle_overlapped_done(const struct xe_call *call, xe_gva overlapped, uint32_t result);
/* The same with all that it tells. */
bool xe__hle_overlapped_end(const struct xe_call *call, xe_gva overlapped, uint32_t result,
                            uint32_t extended, uint32_t length);

/* families/dos_error.c. The Win32 error code that a status means. */
uint32_t xe__kernel_dos_error(uint32_t status);

/* families/families.c: each for all of them. */
bool xe__kernel_families_create(struct xe_hle_state *hle);
void xe__kernel_families_destroy(struct xe_hle_state *hle);
void xe__kernel_families_state(struct xe_codec *c, struct xe_hle_state *hle);
void xe__kernel_families_totals(const struct xe_hle_state *hle, struct xe_kernel_totals *ret);

/* ---- what families keep --------------------------------------------------------------------- */

/* DbgPrint output: lines go to the log when complete. */
struct xe__print {
    struct xe_kernel *kernel;
    char line[1024]; /* text before its newline */
    uint32_t line_size;
    bool has_return_value; /* main's, which start-up code prints before it ends the title */
    uint32_t return_value;
};

struct xe__random {
    uint64_t state;
};
/* families/random.c: the next bytes of the instance's. */
void xe__kernel_random(struct xe_kernel *kernel, uint8_t *bytes, uint32_t size);

#define XE__TASKS 64u
struct xe__tasks {
    uint32_t cancelled[XE__TASKS]; /* thread ids */
    uint32_t count;
};

extern const struct xe_family xe_family_launch, xe_family_print, xe_family_random, xe_family_task,
    xe_family_video, xe_family_net, xe_family_user, xe_family_input;

/* State functions of families that keep something (struct xe_family). */
void xe__kernel_print_state(struct xe_codec *c, void *self);
void xe__kernel_random_state(struct xe_codec *c, void *self);
void xe__kernel_tasks_state(struct xe_codec *c, void *self);

void xe__kernel_print(struct xe__print *self, const char *text);
/* The title ends: what was printed without a newline so far becomes a line. Returns main's value;
 * NULL if it told none. */
const uint32_t *xe__kernel_print_end(struct xe_kernel *kernel);

/* ---- formatting ----------------------------------------------------------------------------- */

/* Format like the guest's C library. Arguments come from `next`, 64 bits each. text gets one
 * character a unit (<= 255 unless wide: the format, %s and the result are 16-bit). Always
 * NUL-terminates when size > 0; returns the length it would have had. */
struct xe__format_source {
    void *ctx;
    uint64_t (*next)(void *ctx);
    uint32_t work; /* what it took, in characters; set by xe__kernel_format */
};
/* printf by the C runtime's rules of the console's age, into UTF-16 units; returns how many it
 * would be. */
uint32_t xe__kernel_format(struct xe_mem *mem, xe_gva format, bool wide,
                           struct xe__format_source *source, uint16_t *text, uint32_t size);

#define XE__DOUBLE_PRECISION 512  /* digits behind the point; more are not made */
#define XE__DOUBLE_TEXT      1024 /* characters, at most */

/* A double by %e, %f, %g or %a (E, G, A), without its sign and without a NUL. Returns the length.
 */
uint32_t xe__kernel_format_double(uint64_t bits, char type, int precision, bool alternate,
                                  char text[XE__DOUBLE_TEXT]);

extern const struct xe_hle xe_hle_rtl_string[], xe_hle_rtl_unicode[], xe_hle_rtl_misc[],
    xe_hle_memory[], xe_hle_module[], xe_hle_system[], xe_hle_config[], xe_hle_file[],
    xe_hle_audio[], xe_hle_absent[], xe_hle_enumerate[], xe_hle_locale[], xe_hle_message[],
    xe_hle_net_names[], xe_hle_xnet[], xe_hle_smc[], xe_hle_sockets[], xe_hle_crypt[],
    xe_hle_crypt_hash[], xe_hle_crypt_cipher[], xe_hle_crypt_number[], xe_hle_xam_misc[];

#endif
