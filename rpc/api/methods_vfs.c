/* Rows about files: drives, what is on them, what a title wrote. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define MOUNT struct xe_mount_info
#define FILE_ struct xe_file_info
#define VIEW  struct xe_rpc_vfs_view
#define STAT  struct xe_rpc_vfs_stat_view
#define READ  struct xe_rpc_vfs_read_view

#define PARAM_PATH                                                                                 \
    {                                                                                              \
        "path", &xe_rpc_string, REQUIRED, 1, 255, "as the title names it: game:\\media", 0         \
    }

#define FILE_MEMBERS(V, at)                                                                        \
    M_BOOL("folder", V, at folder, "not a file"),                                                  \
        M_INT("attributes", V, at attributes, NULL, "FILE_ATTRIBUTE_ bits"),                       \
        M_INT("size", V, at size, "bytes", "0 of a folder")

/* ---- vfs.mounts ------------------------------------------------------------------------------ */

static const struct xe_rpc_type manifest = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_MADE_BOUNDED("sha256", MOUNT, manifest, xe__rpc_member_sha256, 64, 64,
                       "of names and sizes, below it, too; not of what is in files"),
        M_INT("files", MOUNT, files, NULL, "that there are"),
        M_INT("folders", MOUNT, folders, NULL, "that there are"),
        M_INT("bytes", MOUNT, bytes, "bytes", "that the files have"),
        M_BOOL("whole", MOUNT, whole, "false: of the first 4096 only"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_vfs_mount = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("device", MOUNT, device, "as the kernel knows it"),
        M_STRING("kind", MOUNT, kind,
                 "folder of the host, a kind of container, or scratch: empty at first"),
        M_BOOL("writable", MOUNT, writable, "the title may write; that stays with the instance"),
        M_MADE_BOUNDED("identity", MOUNT, identity, xe__rpc_member_sha256, 64, 64,
                       "hash of what is mounted; absent: a folder, or nothing",
                       WHEN(MOUNT, identified, true)),
        M_PART("manifest", &manifest,
               "of a folder: what there is to see at this time. A golden or a replay with another "
               "passes if all else is the same, and says it where something isn't",
               WHEN(MOUNT, listed, true)),
        M_END,
    }};
static const struct xe_rpc_field mount_item = {"mount", &xe_rpc_vfs_mount, REQUIRED, 0,
                                               0,       "a drive",         0};
const struct xe_rpc_type xe_rpc_vfs_mount_list = {.kind = XE_RPC_KIND_ARRAY, .items = &mount_item};

const struct xe_rpc_type xe_rpc_vfs_mounts = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(VIEW, base.),
        M_VALUE("mounts", VIEW, items, &xe_rpc_vfs_mount_list, "in order of mounting"),
        M_INT("written", VIEW, usage.used, "bytes",
              "of overlay_limit, that what was written takes"),
        M_INT("limit", VIEW, usage.limit, "bytes", "overlay_limit"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_vfs_mounts = {
    .name = "vfs.mounts",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The drives that the title has, and how much it wrote to them.",
    .result = &xe_rpc_vfs_mounts,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

/* ---- vfs.list, vfs.stat ---------------------------------------------------------------------- */

const struct xe_rpc_type xe_rpc_vfs_entry = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("name", FILE_, path, &xe_rpc_guest, "in its folder"),
        FILE_MEMBERS(FILE_, ),
        M_END,
    }};
static const struct xe_rpc_field entry_item = {"entry", &xe_rpc_vfs_entry,  REQUIRED, 0,
                                               0,       "a file or folder", 0};
static const struct xe_rpc_type entry_list = {.kind = XE_RPC_KIND_ARRAY, .items = &entry_item};

const struct xe_rpc_type xe_rpc_vfs_list = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(VIEW, base.),
        M_VALUE("items", VIEW, items, &entry_list, "in the order of upper-cased names"),
        M_BOOL("more", VIEW, more, "there are others behind: ask with the last name as after"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_vfs_list = {
    .name = "vfs.list",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What is in a folder, as the title would find it.",
    .result = &xe_rpc_vfs_list,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_FILE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE,
               PARAM_PATH,
               {"after", &xe_rpc_string, OPTIONAL, 0, 255, "a name; only what comes behind it", 0},
               PARAM_LIMIT},
};

const struct xe_rpc_type xe_rpc_vfs_stat = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(STAT, base.),
        M_VALUE("name", STAT, info.path, &xe_rpc_guest, "as it is spelled; of a root none"),
        FILE_MEMBERS(STAT, info.),
        M_BOOL("changed", STAT, info.changed, "the title made it, or wrote to it"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_vfs_stat = {
    .name = "vfs.stat",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "A file or folder, as the title would find it.",
    .result = &xe_rpc_vfs_stat,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_FILE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_PATH},
};

/* ---- vfs.read -------------------------------------------------------------------------------- */

const struct xe_rpc_type xe_rpc_vfs_read = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(READ, base.),
        M_INT("offset", READ, offset, "bytes", "of the first"),
        M_INT("count", READ, count, "bytes", "that there were; fewer only at the end"),
        M_STRING("bytes", READ, bytes, "base64"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_vfs_read = {
    .name = "vfs.read",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Bytes of a file, as the title would read them.",
    .result = &xe_rpc_vfs_read,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_FILE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            PARAM_PATH,
            {"offset", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX, "of the first byte", 0},
            {"length", &xe_rpc_int, OPTIONAL, 1, XE_RPC_VFS_READ_MAX, "at most", 0x10000},
        },
};

/* ---- vfs.overlay.diff ------------------------------------------------------------------------ */

const struct xe_rpc_type xe_rpc_vfs_difference = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("path", FILE_, path, &xe_rpc_guest, "from its device on"),
        M_BOOL("removed", FILE_, removed, "the title removed it; the rest says nothing then"),
        FILE_MEMBERS(FILE_, ),
        M_END,
    }};
static const struct xe_rpc_field difference_item = {
    "difference", &xe_rpc_vfs_difference, REQUIRED, 0, 0, "what is otherwise", 0};
static const struct xe_rpc_type difference_list = {.kind = XE_RPC_KIND_ARRAY,
                                                   .items = &difference_item};

const struct xe_rpc_type xe_rpc_vfs_differences = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(VIEW, base.),
        M_VALUE("items", VIEW, items, &difference_list, "by drive and path; the first 1000"),
        M_BOOL("more", VIEW, more, "there are others"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_vfs_overlay_diff = {
    .name = "vfs.overlay.diff",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What the title made, wrote to, renamed or removed.",
    .result = &xe_rpc_vfs_differences,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

/* ---- vfs.overlay.reset ----------------------------------------------------------------------- */

const struct xe_rpc_method xe_rpc_method_vfs_overlay_reset = {
    .name = "vfs.overlay.reset",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Take back all that the title wrote, on all drives. Refused while it has open what it "
           "changed, moved or deleted. Kept in the input log.",
    .result = &xe_rpc_changed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};
