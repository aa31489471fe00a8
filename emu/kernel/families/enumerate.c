/* Enumerators of xam: lists that are made by one call and read in pieces by XamEnumerate.
 *
 * Items lie behind the object's own words in guest memory, so nothing of one is kept on the host.
 * Nobody's achievements or statistics are known; content_list.c has what is.
 * Source: words and results as xenia has them (xam_enum.cc, xenumerator.h). */
#include "kernel/core/object.h"
#include "kernel/families/enumerate.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define ERROR_INVALID_HANDLE      0x006u
#define ERROR_NO_MORE_FILES       0x012u
#define ERROR_INVALID_PARAMETER   0x057u
#define ERROR_INSUFFICIENT_BUFFER 0x07Au
#define ERROR_IO_PENDING          0x3E5u
#define ERROR_NO_SUCH_USER        0x525u
#define ERROR_OUTOFMEMORY         0x00Eu
#define ERROR_FUNCTION_FAILED     0x65Bu
#define HRESULT_NO_MORE_FILES     0x80070012u

/* What XamGetPrivateEnumStructureFromHandle shows, and behind it what is ours. */
enum {
    APP = 0x00,
    OPEN = 0x04,
    CLOSE = 0x08,
    USER = 0x0C,
    AT_ONCE = 0x10,
    FLAGS = 0x14,
    ITEM_SIZE = 0x18,
    ITEMS = 0x1C,
    NEXT = 0x20,
    BODY = 0x24
};
#define NOWHERE   99u /* no argument: a size that nobody asks for */
#define EXTRA_MAX 0x10000u

static const struct xe_object_type *const type = &xe_object_enumerator_type;

xe_gva xe__kernel_list_make(struct xe_call *call, const struct xe__list_request *list, unsigned n,
                            uint32_t *ret_error)
{
    const uint32_t words[] = {list->app,     list->open,  list->close,     list->user,
                              list->at_once, list->flags, list->item_size, list->items};
    struct xe_object *object;
    uint32_t status;
    xe_gva body;

    *ret_error = ERROR_INVALID_PARAMETER;
    if (list->at_once > XE__LIST_ITEMS_MAX || list->extra > EXTRA_MAX ||
        !xe_arg_view_rw(call, n, 4))
        return 0;
    *ret_error = ERROR_OUTOFMEMORY;
    object = xe_kernel_object_create(call->kernel, type,
                                     BODY + list->extra + list->items * list->item_size);
    if (!object)
        return 0;
    body = object->body;
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        xe_mem_set_u32(call->mem, body + 4 * i, words[i]);
    status = xe_kernel_object_give_handle(object, xe_arg_gva(call, n));
    if (status != XE_STATUS_SUCCESS)
        return 0;
    *ret_error = 0;
    return body + BODY;
}

/* An empty list, of which so many items would be read at a time; the size of a buffer for them goes
 * through argument `size`. */
static void make_empty(struct xe_call *call, uint32_t user, uint32_t at_once, uint32_t item_size,
                       unsigned size, unsigned handle)
{
    const struct xe__list_request list = {.user = user, .at_once = at_once, .item_size = item_size};
    uint32_t error;

    if (xe__kernel_list_make(call, &list, handle, &error) && size != NOWHERE)
        xe__kernel_store_u32(call, size, at_once * item_size);
    xe_ret_u32(call, error);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Copy as many as are read at once, or as are left. Returns how many; *ret_error says why none.
 * There has to be room for as many as are read at once, even if fewer are left; some titles tell
 * that number for the room. Source: XEnumerate as titles use it; the latter as xenia found it. */
static uint32_t read_items(struct xe_call *call, xe_gva body, uint32_t *ret_error)
{
    uint32_t at_once = xe_mem_u32(call->mem, body + AT_ONCE);
    uint32_t size = xe_mem_u32(call->mem, body + ITEM_SIZE);
    uint32_t items = xe_mem_u32(call->mem, body + ITEMS), next = xe_mem_u32(call->mem, body + NEXT);
    uint32_t room = xe_arg_u32(call, 3), n;
    const uint8_t *from;

    *ret_error = ERROR_INSUFFICIENT_BUFFER;
    if (room != at_once && room < (uint64_t)at_once * size)
        return 0;
    *ret_error = ERROR_NO_MORE_FILES;
    if (next >= items || !size)
        return 0;
    n = items - next < at_once ? items - next : at_once;
    *ret_error = ERROR_INSUFFICIENT_BUFFER;
    from = xe_mem_view(call->mem, body + BODY + next * size, n * size);
    if (!n || !from || !xe_mem_write(call->mem, xe_arg_gva(call, 2), from, n * size))
        return 0;
    xe_mem_set_u32(call->mem, body + NEXT, next + n);
    *ret_error = 0;
    return n;
}

/* Exactly one of the count and the overlapped is given, and gets the answer. */
static void xam_enumerate(struct xe_call *call)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, 0));
    xe_gva count = xe_arg_gva(call, 4), overlapped = xe_arg_gva(call, 5);
    uint32_t n, error;

    if (!object || object->type != type) {
        xe_ret_u32(call, ERROR_INVALID_HANDLE);
        return;
    }
    if (!count == !overlapped) {
        xe_ret_u32(call, ERROR_INVALID_PARAMETER);
        return;
    }
    n = read_items(call, object->body, &error);
    if (!overlapped) {
        xe_mem_set_u32(call->mem, count, n);
        xe_ret_u32(call, error);
        return;
    }
    xe__kernel_answer_later(call, overlapped, error, n);
}

static void create_enumerator(struct xe_call *call)
{
    const struct xe__list_request list = {.user = xe_arg_u32(call, 0),
                                          .app = xe_arg_u32(call, 1),
                                          .open = xe_arg_u32(call, 2),
                                          .close = xe_arg_u32(call, 3),
                                          .extra = xe_arg_u32(call, 4),
                                          .at_once = xe_arg_u32(call, 5),
                                          .flags = xe_arg_u32(call, 6)};
    uint32_t error;

    xe__kernel_list_make(call, &list, 7, &error);
    xe_ret_u32(call, error);
}

static void get_private_structure(struct xe_call *call)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, 0));
    bool known = object && object->type == type;

    xe__kernel_store_u32(call, 1, known ? object->body : 0);
    xe_ret_u32(call, known ? 0 : ERROR_INVALID_HANDLE);
}

/* ---- lists that are empty ------------------------------------------------------------------- */

#define ACHIEVEMENT_SIZE 0x024u
#define STRINGS_SIZE     0x1D0u /* of an achievement, if any were asked for */
#define TITLE_SIZE       0x080u
#define PROFILE_SIZE     0x188u

static void achievement_enumerator(struct xe_call *call)
{
    uint32_t strings = xe_arg_u32(call, 3) & 7 ? STRINGS_SIZE : 0;

    make_empty(call, xe_arg_u32(call, 1), xe_arg_u32(call, 5), ACHIEVEMENT_SIZE + strings, 6, 7);
}

static void titles_played_enumerator(struct xe_call *call)
{
    make_empty(call, xe_arg_u32(call, 1), xe_arg_u32(call, 4), TITLE_SIZE, 5, 6);
}

static void stats_enumerator(struct xe_call *call)
{
    make_empty(call, xe_arg_u32(call, 1), 1, xe_arg_u32(call, 4) & 0xFFFF, 6, 7);
}

static void profile_enumerator(struct xe_call *call)
{
    make_empty(call, 0, 1, PROFILE_SIZE, NOWHERE, 1);
}

/* XamEnumerate of one, without a size and a count. */
static void profile_enumerate(struct xe_call *call)
{
    bool later = xe_arg_gva(call, 3);

    if (later)
        xe__hle_overlapped_end(call, xe_arg_gva(call, 3), ERROR_FUNCTION_FAILED,
                               HRESULT_NO_MORE_FILES, 0);
    xe_ret_u32(call, later ? ERROR_IO_PENDING : ERROR_NO_MORE_FILES);
}

static void profile_find_account(struct xe_call *call)
{
    xe_ret_u32(call, ERROR_NO_SUCH_USER);
}

const struct xe_hle xe_hle_enumerate[] = {
    XE_HLE(XAM, XamCreateEnumeratorHandle, create_enumerator,
           "user:u32 app:u32 open:u32 close:u32 extra:u32 items:u32 flags:u32 handle:HANDLE* "
           "-> u32"),
    XE_HLE(XAM, XamGetPrivateEnumStructureFromHandle, get_private_structure,
           "enumerator:handle out:ptr -> u32"),
    XE_HLE(XAM, XamEnumerate, xam_enumerate,
           "enumerator:handle flags:u32 buffer:ptr size:u32 count:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamUserCreateAchievementEnumerator, achievement_enumerator,
           "title:u32 user:u32 xuid:u64 flags:u32 start:u32 items:u32 size:ptr handle:HANDLE* "
           "-> u32"),
    XE_HLE(XAM, XamUserCreateTitlesPlayedEnumerator, titles_played_enumerator,
           "title:u32 user:u32 xuid:u64 start:u32 items:u32 size:ptr handle:HANDLE* -> u32"),
    XE_HLE(XAM, XamUserCreateStatsEnumerator, stats_enumerator,
           "title:u32 user:u32 count:u32 flags:u32 item_size:u32 stats:ptr size:ptr "
           "handle:HANDLE* -> u32"),
    XE_HLE(XAM, XamProfileCreateEnumerator, profile_enumerator, "device:u32 handle:HANDLE* -> u32"),
    XE_HLE(XAM, XamProfileEnumerate, profile_enumerate,
           "enumerator:handle flags:u32 buffer:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamProfileFindAccount, profile_find_account,
           "xuid:u64 account:ptr device:ptr -> u32"),
    XE_HLE_END,
};
