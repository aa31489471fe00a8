/* One emulated console: made of memory, CPU, kernel and audit; created, loaded, run, examined.
 *
 * Everything hangs off struct xe_instance; two of them in one process do not know each other. All
 * functions are for the owner's thread. Reads change nothing a digest or a later run could see and
 * may be made between run steps or, while xe_instance_run is on, from the config's `poll`. */
#ifndef XE_INSTANCE_H
#define XE_INSTANCE_H

#include "xe/audit.h"
#include "xe/breath.h"
#include "xe/decoder.h"
#include "xe/engine.h"
#include "xe/error.h"
#include "xe/files.h"
#include "xe/image.h"
#include "xe/kernel.h"
#include "xe/log.h"
#include "xe/settings.h"
#include "xe/stop.h"
#include "xe/symbols.h"
#include "xe/types.h"

struct xe_instance;

/* Make one, with its title loaded and at cycle 0; NULL with err set: a setting, the file, memory.
 * Free it by destroy, which takes NULL. */
struct xe_instance *xe_instance_create(const struct xe_instance_config *config,
                                       struct xe_error *err);
void xe_instance_destroy(struct xe_instance *instance);

/* Give it files, before its title is loaded: a folder of the host, or the container in it, as a
 * drive (xe/files.h; files is copied), any number of times; then the drives that are always there.
 * A title that is loaded without this has none. */
bool xe_instance_mount(struct xe_instance *instance, const struct xe_mount *mount,
                       const struct xe_files *files, struct xe_error *err);
bool xe_instance_mount_scratch(struct xe_instance *instance, struct xe_error *err);

/* To be taken whenever a function of this instance lasts; see xe/breath.h. */
void xe_instance_breath(struct xe_instance *instance, struct xe_breath breath);
/* Who decodes XMA; borrowed. Before the title runs. Where its answers can't be what a replay would
 * get - it has failed, or is another than the one of a state that was loaded - the run is tainted.
 */
void xe_instance_decoder(struct xe_instance *instance, const struct xe_decoder *decoder);

/* A file by the path that a title has for it ("update:\\default.xexp"), whole; NULL: there is none,
 * or it can't be read. xe_instance_file_free frees it. */
void *xe_instance_file_read(struct xe_instance *instance, const char *path, size_t *ret_size);
void xe_instance_file_free(void *bytes);

/* Load a title (image borrowed for the call): maps it, resolves imports, makes its main thread
 * ready. name is what reports call it; the guest never sees it. Once per instance. */
bool xe_instance_load(struct xe_instance *instance, const struct xe_image *image, const char *name,
                      struct xe_error *err);

#define XE_INSTANCE_MODULES 32u

/* A library that the title may import or load, by the name that it is asked for there ("foo.dll");
 * before the title is loaded. The image is given: the instance owns it, or it is destroyed. */
bool xe_instance_module_add(struct xe_instance *instance, const char *name, struct xe_image *image,
                            struct xe_error *err);

/* Those that were given, in that order. */
struct xe_module_file_info {
    char name[XE_MODULE_NAME];
    uint8_t sha256[32];
};
uint32_t xe_instance_module_files(const struct xe_instance *instance,
                                  struct xe_module_file_info ret[XE_INSTANCE_MODULES]);

#define XE_INSTANCE_PATCHES 1024u

/* A word that was changed before the title was loaded. */
struct xe_patch {
    xe_gva address;
    uint32_t value, old;
};
/* Change a word of the title (its image, which is loaded next) or of a module that was added,
 * before it is mapped. false with err set: it is in none of them, or is an import. */
bool xe_instance_patch(struct xe_instance *instance, struct xe_image *title, xe_gva address,
                       uint32_t value, struct xe_error *err);
/* Those made, in that order. Borrowed. */
const struct xe_patch *xe_instance_patches(const struct xe_instance *instance, uint32_t *ret_count);

struct xe_run_result {
    enum xe_stop stop;           /* info's reason                          */
    struct xe_stop_info info;    /* what happened, where                   */
    uint64_t retired;            /* by this call                           */
    uint64_t cycle;              /* instance total                         */
    char detail[XE_STOP_DETAIL]; /* crash, exit or break, one line; or ""  */
};

/* Retire exactly n instructions over all hardware threads, or stop earlier and say why. poll (may
 * be NULL) is called about every millisecond of work, never changes the run, and cancels it at the
 * next safe point by returning false. */
bool xe_instance_run(struct xe_instance *instance, uint64_t n, bool (*poll)(void *ctx),
                     void *poll_ctx, struct xe_run_result *ret, struct xe_error *err);

/* ---- reading -------------------------------------------------------------------------------- */

/* Where it stands: instructions retired; the guest's time; why the last run stopped. */
uint64_t xe_instance_cycle(const struct xe_instance *instance);
uint64_t xe_instance_virtual_us(const struct xe_instance *instance);
enum xe_stop xe_instance_last_stop(const struct xe_instance *instance);
/* The whole of it, reason NONE before the first run. Borrowed, and good until the next one. */
const struct xe_stop_info *xe_instance_stop_info(const struct xe_instance *instance);
const char *xe_instance_stop_detail(const struct xe_instance *instance);
/* The value that a title ended with: main's, if its start-up code prints it as the console's own
 * does
 * ("[XAPI RETURN VALUE] n"), or its last thread's. false: it hasn't ended, or gave none. */
bool xe_instance_exit_code(const struct xe_instance *instance, uint32_t *ret);
const struct xe_instance_config *xe_instance_config_get(const struct xe_instance *instance);
struct xe_log *xe_instance_log(struct xe_instance *instance);
struct xe_audit *xe_instance_audit(struct xe_instance *instance);
const struct xe_audit_world *xe_instance_audit_world(const struct xe_instance *instance);
struct xe_kernel *xe_instance_kernel(struct xe_instance *instance);
void xe_instance_audit_enable(struct xe_instance *instance, bool on);

/* Facts of the loaded title (all zero before a load). */
struct xe_title_info {
    bool loaded;
    char name[64];
    char called[XE_SPA_TEXT]; /* as it tells the dashboard (xe/spa.h); "": it doesn't */
    char path[256];           /* by devices, of one that the title before it launched; else "" */
    uint8_t sha256[32];
    uint8_t identity[32]; /* of all files that go into a run; without others the same */
    bool library;         /* it is no title, but a library run by itself */
    bool modified;        /* its pages don't fit their hashes            */
    bool patched;         /* by a delta patch, whose file has this hash, */
    uint8_t patch_sha256[32];
    uint32_t patch_source, patch_target; /* from one version to the other */
    uint32_t patches;                    /* words that were changed before it began     */
    uint32_t title_id;
    xe_gva base, entry;
    uint32_t size;
};
/* What was loaded, as the file and its headers have it; strings are the instance's. */
void xe_instance_title(const struct xe_instance *instance, struct xe_title_info *ret);

/* Guest memory, whatever its protection; err names the first address that is not committed. */
bool xe_instance_mem_read(const struct xe_instance *instance, xe_gva address, void *buffer,
                          uint32_t size, struct xe_error *err);

/* What an address lies in by any name that xe/symbols.h knows, or the kernel export whose entry it
 * is; false: nothing that has one. */
bool xe_instance_place(const struct xe_instance *instance, xe_gva address, struct xe_place *ret);
/* The same of a call, by where it returns to: the line is the call's, the offset the return's. */
bool xe_instance_place_of_call(const struct xe_instance *instance, xe_gva lr, struct xe_place *ret);

/* Take names and lines from a file beside the title, if it is this title's; see xe/symbols.h. */
bool xe_instance_symbols_load(struct xe_instance *instance, const void *file, size_t size,
                              struct xe_symbols_file *ret, struct xe_error *err);
/* The other way: "main", "entry", "sub_82061840+0x10", "NtClose", "xam.xex!XamInputGetState". */
bool xe_instance_address(const struct xe_instance *instance, const char *text, xe_gva *ret,
                         struct xe_error *err);

/* Registers of a thread: the full set by name through the visitor, 64-bit values ("r0".."r31",
 * "f0".., "lr", "ctr", "pc", "cr", "xer", "msr", "fpscr", "vscr", "vrsave", "tb", "tbu",
 * "pvr", "pir") and vectors as 16 guest bytes ("v0".."v127"). false: no such thread. */
bool xe_instance_registers(const struct xe_instance *instance, uint32_t tid,
                           void (*reg)(void *ctx, const char *name, uint64_t value),
                           void (*vec)(void *ctx, const char *name, const uint8_t bytes[16]),
                           void *ctx);

/* ---- digest --------------------------------------------------------------------------------- */

/* What digests begin with, and a colon: another version, another encoding. */
#define XE_DIGEST_VERSION    "xd9"
#define XE_DIGEST_COMPONENTS 10
#define XE_DIGEST_TEXT       40 /* version, colon, 32 hex digits, NUL; rounded up */

struct xe_digest_component {
    /* "files", "objects", "threads", "timers", "clock", "kernel", "gpu", "io", "memory"; static.
     * Where what is drawn comes back to the title, that of its renderer's name, too. */
    const char *name;
    uint8_t hash[16];
};

struct xe_digest {
    uint8_t hash[16];
    struct xe_digest_component component[XE_DIGEST_COMPONENTS];
    uint32_t components;
};

/* Digest of guest-visible state (doc/determinism.md). Changes nothing the guest can see. */
void xe_instance_digest(struct xe_instance *instance, struct xe_digest *ret);
void xe_digest_text(const uint8_t hash[16], char text[XE_DIGEST_TEXT]); /* with its version */

/* The hash of some lines, for what is to be known again: "xf1:" and 16 hexadecimal digits. */
#define XE_FINGERPRINT_VERSION "xf1"
#define XE_FINGERPRINT_TEXT    24
void xe_fingerprint_text(const char *const *line, uint32_t lines, char text[XE_FINGERPRINT_TEXT]);

/* ---- state ---------------------------------------------------------------------------------- */

/* All that decides how the run goes on, and what reports tell of the past. Between runs, or while
 * one is polled. NULL with err set; xe_instance_state_free frees it. */
uint8_t *xe_instance_state_save(struct xe_instance *instance, size_t *ret_size,
                                struct xe_error *err);
void xe_instance_state_free(uint8_t *bytes);
/* Into a fresh instance with the same title and settings (engines may differ), not while it runs:
 * it goes on as the saved one would have. The bytes may be anybody's: what can't be a state is
 * refused (XE_ERR_SNAPSHOT_INCOMPATIBLE, saying where and what), and then the instance can load
 * another state, or be destroyed, and nothing else. */
bool xe_instance_state_load(struct xe_instance *instance, const uint8_t *bytes, size_t size,
                            struct xe_error *err);
/* true: equal in all that the digest covers. Else err says the first difference by component, what
 * it belongs to and field (XE_ERR_NONDETERMINISTIC), or why they can't be compared. */
bool xe_instance_state_compare(struct xe_instance *instance, const uint8_t *bytes, size_t size,
                               struct xe_error *err);

/* The same as a file that can be kept (xe/snapshot.h): compressed, with a head that says of what it
 * is. breath as xe_instance_breath has it, or NULL. NULL with err set; freed as a state. */
uint8_t *xe_instance_snapshot_save(struct xe_instance *instance, const struct xe_breath *breath,
                                   size_t *ret_size, struct xe_error *err);
/* Into an instance with the same title and settings, whatever it has run. What is damaged, or of
 * another title or other settings, is refused with what and where, and then the instance is as it
 * was. */
bool xe_instance_snapshot_load(struct xe_instance *instance, const uint8_t *file, size_t size,
                               const struct xe_breath *breath, struct xe_error *err);

#endif
