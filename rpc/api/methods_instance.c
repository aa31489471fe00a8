/* Rows of image.* and instance.*. */
#include "rpc/api/rows.h"

static const char *const state_words[] = {"created", "running", "stopped",   "paused",
                                          "crashed", "lost",    "destroyed", NULL};
static const struct xe_rpc_type instance_state = {.kind = XE_RPC_KIND_ENUM, .values = state_words};

static const struct xe_rpc_field instance_members[] = {
    MEMBER_INSTANCE,
    {"name", &xe_rpc_string, REQUIRED, 0, 64, "as given", 0},
    {"state", &instance_state, REQUIRED, 0, 0, "of the instance", 0},
    {"reason", &xe_rpc_text_or_null, REQUIRED, 0, 0, "why it is crashed or lost", 0},
    MEMBER_CYCLE,
    {"image", &xe_rpc_title, REQUIRED, 0, 0, "the title; {} until it is loaded", 0},
    {"run", &xe_rpc_text_or_null, REQUIRED, 0, 0, "the newest run", 0},
    {"stop", &xe_rpc_stop, OPTIONAL, 0, 0, "why that stopped, as run.get tells it", 0},
    {"taint", &xe_rpc_taint, OPTIONAL, 0, 0, "why no input log tells its run; absent: one does", 0},
    {"break", &xe_rpc_hit, OPTIONAL, 0, 0, "what it stopped at, as run.get tells it", 0},
    {"engine", &xe_rpc_engine, OPTIONAL, 0, 0,
     "what runs it, as debug.engine tells it, at the newest progress", 0},
    {"worker_pid", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "0 when there is no worker", 0},
    {"warnings", &xe_rpc_strings, REQUIRED, 0, 0, "missing lock-down layers, odd checksums", 0},
    END};
const struct xe_rpc_type xe_rpc_instance_object = {.kind = XE_RPC_KIND_OBJECT,
                                                   .fields = instance_members};

static const struct xe_rpc_field instance_item = {.name = "instance",
                                                  .type = &xe_rpc_instance_object};
static const struct xe_rpc_type instance_items = {.kind = XE_RPC_KIND_ARRAY,
                                                  .items = &instance_item};
static const struct xe_rpc_type list_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"items", &instance_items, REQUIRED, 0, 0, "in order of creation", 0},
        MEMBER_NEXT_CURSOR,
        {"total", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "instances that exist", 0},
        END}};

static const struct xe_rpc_type destroy_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE, {"state", &instance_state, REQUIRED, 0, 0, "destroyed", 0}, END}};

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

const struct xe_rpc_method xe_rpc_method_instance_create = {
    .name = "instance.create",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "Start a worker, load the image into it, make its main thread ready.",
    .result = &xe_rpc_instance_object,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN, XE_ERR_INSTANCE_LIMIT,
               XE_ERR_CONFIG_INVALID, XE_ERR_FOCUS_INVALID},
    .params =
        {
            {"image", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
            {"name", &xe_rpc_string, OPTIONAL, 1, 64, "for people; none that could be an id", 0},
            {"config", &xe_rpc_config, OPTIONAL, 0, 0, "settings", 0},
            {"audit", &xe_rpc_audit_option, OPTIONAL, 0, 0, "the handle audit", 0},
            {"record", &xe_rpc_bool, OPTIONAL, 0, 0, "as record.start, from cycle 0 on", 0},
        },
};

static const struct xe_rpc_type fork_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){{"instances", &instance_items, REQUIRED, 1, 1000,
                                             "the forks, as instance.get shows them", 0},
                                            END}};

const struct xe_rpc_method xe_rpc_method_instance_fork = {
    .name = "instance.fork",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "More instances that are what this one is now, its records and focus included, each in "
           "a worker of its own; all of them or none. It may be running, and goes on. Forks have "
           "no breakpoints and no runs.",
    .result = &fork_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INSTANCE_WRONG_STATE, XE_ERR_INSTANCE_LIMIT,
               XE_ERR_WORKER_LOST, XE_ERR_SNAPSHOT_INCOMPATIBLE},
    .params = {PARAM_INSTANCE,
               {"count", &xe_rpc_int, OPTIONAL, 1, 1000, "how many; default 1", 1},
               {"name", &xe_rpc_string, OPTIONAL, 1, 59,
                "of the fork; of several, with -1, -2 ... behind it", 0}},
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
    .result = &list_result,
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
    .result = &destroy_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND},
    .params = {PARAM_INSTANCE},
};
