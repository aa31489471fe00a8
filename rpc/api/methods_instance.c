/* Rows of image.* and instance.*. */
#include "rpc/api/daemon_views.h"
#include "rpc/api/once_row.h"
#include "rpc/api/rows.h"

#define INSTANCE  struct xe_rpc_instance_view
#define INSTANCES struct xe_rpc_instances_view
#define DESTROYED struct xe_rpc_destroyed_view

static const char *const state_words[] = {XE_RPC_INSTANCE_STATES, NULL};
static const struct xe_rpc_type instance_state = {.kind = XE_RPC_KIND_ENUM, .values = state_words};

const struct xe_rpc_type xe_rpc_instance_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("instance", INSTANCE, instance, &xe_rpc_string, 1, 64, "instance id"),
        M_BOUNDED("name", INSTANCE, name, &xe_rpc_string, 0, 64, "as given"),
        M_VALUE("state", INSTANCE, state, &instance_state, "of the instance"),
        M_VALUE("reason", INSTANCE, reason, &xe_rpc_text_or_null, "why it is crashed or lost",
                GIVEN_SET(INSTANCE, reason)),
        M_INT("cycle", INSTANCE, cycle, "instructions", "retired so far"),
        M_VALUE("image", INSTANCE, image, &xe_rpc_title, "the title; {} until it is loaded"),
        M_VALUE("run", INSTANCE, run, &xe_rpc_text_or_null, "the newest run",
                GIVEN_SET(INSTANCE, run)),
        M_VALUE("stop", INSTANCE, stop, &xe_rpc_stop, "why that stopped, as run.get tells it",
                WHEN_SET(INSTANCE, stop)),
        M_VALUE("taint", INSTANCE, taint, &xe_rpc_taint,
                "why no input log tells its run; absent: one does", WHEN_SET(INSTANCE, taint)),
        M_VALUE("break", INSTANCE, hit, &xe_rpc_hit, "what it stopped at, as run.get tells it",
                WHEN_SET(INSTANCE, hit)),
        M_VALUE("engine", INSTANCE, engine, &xe_rpc_engine,
                "what runs it, as debug.engine tells it, at the newest progress",
                WHEN_SET(INSTANCE, engine)),
        M_INT("worker_pid", INSTANCE, worker_pid, NULL, "0 when there is no worker"),
        M_INT("memory", INSTANCE, memory, "bytes",
              "of the host's that the worker has; absent: there is none, or the host doesn't tell",
              WHEN_SET(INSTANCE, memory)),
        M_VALUE("warnings", INSTANCE, warnings, &xe_rpc_strings,
                "missing lock-down layers, odd checksums"),
        M_END,
    }};

static const struct xe_rpc_field instance_item = {.name = "instance",
                                                  .type = &xe_rpc_instance_object};
static const struct xe_rpc_type instance_items = {.kind = XE_RPC_KIND_ARRAY,
                                                  .items = &instance_item};
const struct xe_rpc_type xe_rpc_instances = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("items", INSTANCES, items, &instance_items, "in order of creation"),
        M_NEXT_CURSOR(INSTANCES, next_cursor),
        M_INT("total", INSTANCES, total, NULL, "instances that exist"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_forks = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("instances", INSTANCES, items, &instance_items, 1, 1000,
                  "the forks, as instance.get shows them"),
        M_END,
    }};

static const char *const destroyed_words[] = {"destroyed", NULL};
static const struct xe_rpc_type destroyed = {.kind = XE_RPC_KIND_ENUM, .values = destroyed_words};
const struct xe_rpc_type xe_rpc_destroyed = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("instance", DESTROYED, instance, &xe_rpc_string, 1, 64, "instance id"),
        M_CONSTANT("state", &destroyed, "it is no more"),
        M_END,
    }};

static const struct xe_rpc_type mount = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"device", &xe_rpc_string, REQUIRED, 1, 63,
         "a drive: game:, hdd:, cache:, update:, mu0:, usb0: ... or its device; content:, and "
         "packages there are content of the title",
         0},
        {"path", &xe_rpc_string, REQUIRED, 1, 4095,
         "a folder, at or below one of the daemon's roots", 0},
        {"file", &xe_rpc_string, OPTIONAL, 1, 255,
         "of that folder: a disc image, a package or a hard disk's image; what it holds is mounted, "
         "not the folder",
         0},
        END}};
static const struct xe_rpc_field mount_item = {.name = "mount", .type = &mount};
const struct xe_rpc_type xe_rpc_mounts = {.kind = XE_RPC_KIND_ARRAY, .items = &mount_item};

const struct xe_rpc_method xe_rpc_method_image_inspect = {
    .name = "image.inspect",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_SLOW,
    .doc = "What is in an image, and whether its checksums hold, without running it.",
    .result = &xe_rpc_image,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN},
    .params =
        {
            {"image", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_container_inspect = {
    .name = "container.inspect",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_SLOW,
    .doc =
        "What a disc image or a package says of itself, and whether its hashes hold; all that has "
        "one is read.",
    .result = &xe_rpc_container,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_PATH_FORBIDDEN},
    .params =
        {
            {"file", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_instance_create = {
    .name = "instance.create",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW | XE_RPC_NAMES | XE_RPC_FROM,
    .doc = "Start a worker, load the image into it, make its main thread ready.",
    .result = &xe_rpc_instance_object,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN, XE_ERR_INSTANCE_LIMIT,
               XE_ERR_CONFIG_INVALID, XE_ERR_FOCUS_INVALID, XE_ERR_SNAPSHOT_NOT_FOUND,
               XE_ERR_SNAPSHOT_INCOMPATIBLE, XE_ERR_STORE_FAILED},
    .params =
        {
            {"image", &xe_rpc_string, OPTIONAL, 1, 4095,
             "path below one of the daemon's roots, or artifact:SHA256", 0},
            {"name", &xe_rpc_string, OPTIONAL, 1, 64, "for people; none that could be an id", 0},
            {"config", &xe_rpc_config, OPTIONAL, 0, 0, "settings", 0},
            {"audit", &xe_rpc_audit_option, OPTIONAL, 0, 0, "the handle audit", 0},
            {"record", &xe_rpc_bool, OPTIONAL, 0, 0, "as record.start, from cycle 0 on", 0},
            {"modules", &xe_rpc_modules, OPTIONAL, 0, XE_RPC_MODULES_MAX,
             "libraries that the title may import or load by their files' names; paths like image",
             0},
            {"patch_xex", &xe_rpc_string, OPTIONAL, 1, 4095,
             "a delta patch (XEXP) of the image, as title updates have; a path like image", 0},
            {"patches", &xe_rpc_patches, OPTIONAL, 0, XE_RPC_PATCHES_MAX,
             "words to change before the title begins, in its image or in a module's", 0},
            {"game_folder", &xe_rpc_bool, OPTIONAL, 0, 0,
             "the title finds the folder that it lies in as game: and d:", true},
            {"mounts", &xe_rpc_mounts, OPTIONAL, 0, XE_RPC_MOUNTS_MAX, "more drives for the title",
             0},
            {"snapshot", &xe_rpc_string, OPTIONAL, 1, 64,
             "load it, as snapshot.load does; settings that config leaves out are its own", 0},
            {"artifact", &xe_rpc_string, OPTIONAL, 64, 64,
             "instead of image: an artifact's SHA-256", 0},
            PARAM_ONCE,
        },
};

const struct xe_rpc_method xe_rpc_method_instance_fork = {
    .name = "instance.fork",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW | XE_RPC_NAMES,
    .doc = "More instances that are what this one is now, its records and focus included, each in "
           "a worker of its own; all of them or none. It may be running, and goes on. Forks have "
           "no breakpoints and no runs.",
    .result = &xe_rpc_forks,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INSTANCE_WRONG_STATE, XE_ERR_INSTANCE_LIMIT,
               XE_ERR_WORKER_LOST, XE_ERR_SNAPSHOT_INCOMPATIBLE},
    .params = {PARAM_INSTANCE,
               {"count", &xe_rpc_int, OPTIONAL, 1, 1000, "how many; default 1", 1},
               {"name", &xe_rpc_string, OPTIONAL, 1, 59,
                "of the fork; of several, with -1, -2 ... behind it", 0},
               PARAM_ONCE},
};

const struct xe_rpc_method xe_rpc_method_instance_reset = {
    .name = "instance.reset",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .doc = "Back to the moment when its title was loaded, records and focus included. "
           "Breakpoints stay; runs of before can be looked at, not continued.",
    .result = &xe_rpc_instance_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INSTANCE_WRONG_STATE, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_instance_list = {
    .name = "instance.list",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The instances, in order of creation.",
    .result = &xe_rpc_instances,
    .params = {PARAM_LIMIT, PARAM_CURSOR},
};

const struct xe_rpc_method xe_rpc_method_instance_get = {
    .name = "instance.get",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "State of one instance.",
    .result = &xe_rpc_instance_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_instance_destroy = {
    .name = "instance.destroy",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .doc = "End the worker and forget the instance; calls under way fail.",
    .result = &xe_rpc_destroyed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND},
    .params = {PARAM_INSTANCE},
};
