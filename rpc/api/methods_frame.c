/* Rows about pictures. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define FRAME struct xe_rpc_picture_view

const struct xe_rpc_type xe_rpc_picture = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(FRAME, base.),
        M_INT("number", FRAME, frame.number, NULL, "of pictures shown so far, with this one"),
        M_INT("time", FRAME, frame.time, "100 ns", "of virtual time when it was shown"),
        M_INT("width", FRAME, frame.width, "pixels", "of a row"),
        M_INT("height", FRAME, frame.height, "rows", "from the top"),
        M_STRING("sha256", FRAME, sha256,
                 "of width and height, 32 bits each, big-endian, and of the pixels: red, green, "
                 "blue, 255"),
        M_INT("png_bytes", FRAME, png_bytes, "bytes", "of the file", WHEN_SET(FRAME, png)),
        M_STRING("png", FRAME, png, "base64: a PNG file", WHEN_SET(FRAME, png)),
        M_END,
    }};

#define NOTE struct xe_rpc_frame_note_view
#define LIST struct xe_rpc_frame_list_view

#define NOTE_MEMBERS                                                                               \
    M_INT("number", NOTE, note.number, NULL, "of pictures shown so far, with this one"),           \
        M_INT("at_cycle", NOTE, note.cycle, "instructions", "retired when it was shown"),          \
        M_INT("time", NOTE, note.time, "100 ns", "of virtual time when it was shown"),             \
        M_INT("width", NOTE, note.width, "pixels", "of a row"),                                    \
        M_INT("height", NOTE, note.height, "rows", "from the top"),                                \
        M_STRING("sha256", NOTE, sha256, "as frame.get has it")

const struct xe_rpc_type xe_rpc_frame_hash = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){M_BASE(NOTE, base.), NOTE_MEMBERS, M_END},
};

const struct xe_rpc_type xe_rpc_frame_row = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){NOTE_MEMBERS, M_END},
};
static const struct xe_rpc_field frame_item = {"frame", &xe_rpc_frame_row, REQUIRED, 0, 0, "one",
                                               0};
const struct xe_rpc_type xe_rpc_frame_rows = {.kind = XE_RPC_KIND_ARRAY, .items = &frame_item};

const struct xe_rpc_type xe_rpc_frame_list = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &xe_rpc_frame_rows, "the oldest first"),
        M_END,
    }};

#define DIFF       struct xe_rpc_picture_diff_view
#define FRAME_DIFF struct xe_rpc_frame_diff_view

#define DIFF_MEMBERS(S, at)                                                                        \
    M_BOOL("equal", S, at equal, "no pixel that is looked at differs"),                            \
        M_INT("compared", S, at diff.compared, "pixels", "that are looked at"),                    \
        M_INT("different", S, at diff.different, "pixels", "that differ"),                         \
        M_INT("greatest", S, at diff.greatest, NULL, "difference of a channel, of 255"),           \
        M_INT("ssim", S, at diff.ssim, "millionths",                                               \
              "structural similarity of luma, over squares of 8 by 8"),                            \
        M_INT("x", S, at diff.x, "pixels", "of the first that differs", WHEN(S, at equal, false)), \
        M_INT("y", S, at diff.y, "pixels", "of the first that differs", WHEN(S, at equal, false))

const struct xe_rpc_type xe_rpc_picture_diff = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){DIFF_MEMBERS(DIFF, ), M_END},
};

const struct xe_rpc_type xe_rpc_frame_diff = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(FRAME_DIFF, base.),
        M_INT("number", FRAME_DIFF, number, NULL, "of the instance's picture, as frame.get has it"),
        M_STRING("sha256", FRAME_DIFF, sha256, "of the instance's picture, as frame.get has it"),
        M_STRING("with_sha256", FRAME_DIFF, with_sha256,
                 "of the other; the same only if every pixel is, masked ones too"),
        DIFF_MEMBERS(FRAME_DIFF, picture.),
        M_BOOL("alike", FRAME_DIFF, alike,
               "they differ by no more than was allowed: equal, where nothing was"),
        M_INT("heat_bytes", FRAME_DIFF, heat_bytes, "bytes", "of the file",
              WHEN_SET(FRAME_DIFF, heat)),
        M_STRING("heat", FRAME_DIFF, heat,
                 "base64: a PNG file, the instance's picture in grey, red over it as much as a "
                 "channel differs, masks blue",
                 WHEN_SET(FRAME_DIFF, heat)),
        M_END,
    }};

static const struct xe_rpc_field mask_fields[] = {
    {"x", &xe_rpc_int, REQUIRED, 0, XE_PICTURE_SIDE, "pixels from the left", 0},
    {"y", &xe_rpc_int, REQUIRED, 0, XE_PICTURE_SIDE, "rows from the top", 0},
    {"width", &xe_rpc_int, REQUIRED, 1, XE_PICTURE_SIDE, "pixels", 0},
    {"height", &xe_rpc_int, REQUIRED, 1, XE_PICTURE_SIDE, "rows", 0},
    {.name = NULL},
};
static const struct xe_rpc_type mask = {.kind = XE_RPC_KIND_OBJECT, .fields = mask_fields};
static const struct xe_rpc_field mask_item = {"mask", &mask, REQUIRED, 0, 0, "a rectangle", 0};
const struct xe_rpc_type xe_rpc_picture_masks = {.kind = XE_RPC_KIND_ARRAY, .items = &mask_item};

#define GOLDEN_PICTURE struct xe_rpc_golden_picture_view

const struct xe_rpc_type xe_rpc_golden_picture = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("number", GOLDEN_PICTURE, number, NULL, "of pictures shown so far, with this one"),
        M_STRING("png", GOLDEN_PICTURE, png, "base64: a PNG file"),
        M_END,
    }};

static const struct xe_rpc_field given_fields[] = {
    {"number", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX, "for information", 0},
    {"png", &xe_rpc_string, REQUIRED, 1, INT64_MAX, "base64: a PNG file", 0},
    {"greatest", &xe_rpc_int, OPTIONAL, 0, 255, "as frame.diff has it", 0},
    {"ssim", &xe_rpc_int, OPTIONAL, 0, XE_PICTURE_ALIKE, "as frame.diff has it", 0},
    {"mask", &xe_rpc_picture_masks, OPTIONAL, 0, XE_PICTURE_MASKS, "as frame.diff has it", 0},
    {.name = NULL},
};
const struct xe_rpc_type xe_rpc_golden_picture_given = {.kind = XE_RPC_KIND_OBJECT,
                                                        .fields = given_fields};

const struct xe_rpc_method xe_rpc_method_frame_diff = {
    .name = "frame.diff",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc =
        "Hold the newest picture of an instance against another one of the same size: the newest "
        "of a second instance ('with'), or a PNG file ('png' or 'file'); one of them is to be "
        "given.",
    .result = &xe_rpc_frame_diff,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INSTANCE_WRONG_STATE, XE_ERR_IMAGE_NOT_FOUND,
               XE_ERR_PATH_FORBIDDEN, XE_ERR_RANGE_TOO_LARGE, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"with", &xe_rpc_string, OPTIONAL, 1, 64, "instance id of the other picture", 0},
            {"png", &xe_rpc_string, OPTIONAL, 1, XE_RPC_BODY_MAX, "base64: a PNG file", 0},
            {"file", &xe_rpc_string, OPTIONAL, 1, 4096, "path of a PNG file beneath a --root", 0},
            {"mask", &xe_rpc_picture_masks, OPTIONAL, 0, XE_PICTURE_MASKS,
             "rectangles that are not looked at; they may reach beyond the picture", 0},
            {"greatest", &xe_rpc_int, OPTIONAL, 0, 255,
             "difference of a channel that is still alike", 0},
            {"ssim", &xe_rpc_int, OPTIONAL, 0, XE_PICTURE_ALIKE,
             "millionths: structural similarity that is alike at the least", 0},
            {"heat", &xe_rpc_bool, OPTIONAL, 0, 0,
             "with a picture of where they differ; default false", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_frame_get = {
    .name = "frame.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc =
        "The newest picture that the title has shown, if the instance has a renderer "
        "(instance.create's config). Of a fork or a loaded state, pictures are made from there on; if "
        "whoever it came from had that renderer, they are those of the uninterrupted run.",
    .result = &xe_rpc_picture,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INSTANCE_WRONG_STATE, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"png", &xe_rpc_bool, OPTIONAL, 0, 0, "with the picture itself; default false", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_frame_hash = {
    .name = "frame.hash",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What a picture was, by its hash: one of those that frame.list has.",
    .result = &xe_rpc_frame_hash,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INSTANCE_WRONG_STATE, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"number", &xe_rpc_int, OPTIONAL, 1, XE_RPC_COUNT_MAX, "which; default the newest", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_frame_list = {
    .name = "frame.list",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The newest pictures that were made, 256 at most, by their hashes. Of an instance "
           "without a renderer there are none.",
    .result = &xe_rpc_frame_list,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"from", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX,
             "number of the first; default the oldest that is kept", 0},
            {"limit", &xe_rpc_int, OPTIONAL, 1, 256, "most items in the answer", 256},
        },
};
